//! What a server says in its own words, made fit for a line of a log.
//!
//! Invariant: no control characters and no more than [`QUOTED`] characters, whatever the server sends.

/// How many characters of a server's words are passed on.
const QUOTED: usize = 200;

/// The words of `body`, quoted, behind a colon; nothing where there are none.
#[cfg(any(feature = "http", feature = "csc"))]
pub(crate) fn spoken(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let words = without_markup(&text);
    let words = printable(words.split_whitespace().collect::<Vec<_>>().join(" ").as_str());
    if words.is_empty() { words } else { format!(": \"{words}\"") }
}

/// `text` as one line of at most [`QUOTED`] characters.
pub(crate) fn printable(text: &str) -> String {
    let mut safe = text.chars().map(|one| if is_safe(one) { one } else { '\u{fffd}' });
    let mut shown: String = safe.by_ref().take(QUOTED).collect();
    if safe.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Neither a control character nor one that turns the direction of what follows.
fn is_safe(one: char) -> bool {
    !one.is_control() && !matches!(one, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` without tags, and without what stands between those of scripts and styles.
#[cfg(any(feature = "http", feature = "csc"))]
fn without_markup(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        words.push(' ');
        let end = ["script", "style"]
            .into_iter()
            .find(|name| tag.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name)));
        rest = match end {
            Some(name) => find_end(tag, name),
            None => tag,
        };
        rest = rest.split_once('>').map_or("", |(_, rest)| rest);
    }
    words.push_str(rest);
    words
}

/// From the end tag of `name` on.
#[cfg(any(feature = "http", feature = "csc"))]
fn find_end<'t>(text: &'t str, name: &str) -> &'t str {
    let ends = text.match_indices("</").map(|(at, mark)| text.get(at.saturating_add(mark.len())..).unwrap_or_default());
    let mut ends = ends.filter(|tag| tag.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name)));
    ends.next().unwrap_or_default()
}

#[cfg(all(test, any(feature = "http", feature = "csc")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_are_reduced_to_their_words() {
        for (body, expected) in [
            ("", ""),
            ("busy\r\n\ttry  later", ": \"busy try later\""),
            (
                "<!DOCTYPE html><html><head><STYLE>p { a > b }</Style><title>503</title></head><p>Down</html>",
                ": \"503 Down\"",
            ),
            ("<script>if (a < b) {}", ""),
            ("\u{1b}[31mred\u{202e}", ": \"\u{fffd}[31mred\u{fffd}\""),
            ("a < b", ": \"a\""),
        ] {
            assert_eq!(spoken(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn long_words_are_cut_by_characters() {
        let words = spoken("障害".repeat(200).as_bytes());
        assert_eq!(words.chars().count(), QUOTED + 5);
        assert!(words.ends_with("害…\""), "{words}");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_one_bounded_line(body: Vec<u8>, text in "(<|>|/|script|style|[a\u{85}é\n]){0,300}") {
            for words in [spoken(&body), spoken(text.as_bytes())] {
                prop_assert!(words.chars().count() <= QUOTED + 5 && words.chars().all(|one| !one.is_control()));
            }
        }
    }
}
