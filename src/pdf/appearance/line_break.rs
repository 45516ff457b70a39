//! Where a line may end: the rules of JIS X 4051 (禁則処理) and UAX #14 that contracts need.

/// Whether a line may end between two characters. Spaces at the end of a line are not shown.
pub(super) fn may_break(before: char, after: char) -> bool {
    if after == ' ' || before == '\u{A0}' || after == '\u{A0}' {
        return false;
    }
    if before == ' ' {
        return true;
    }
    if never_begins(after) || never_ends(before) {
        return false;
    }
    is_ideographic(before) || is_ideographic(after) || (before == '-' && after.is_alphabetic())
}

/// 行頭禁則: closing brackets, marks behind a word, small kana, and what lengthens or repeats.
fn never_begins(character: char) -> bool {
    const SMALL: &str = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ";
    const CLOSING: &str = "、。，．・：；？！‐゠–〜～ー々〻ゝゞヽヾ」』】〉》〕］｝）〙〗〟’”»›,.:;?!)]}%‰℃";
    SMALL.contains(character) || CLOSING.contains(character)
}

/// 行末禁則: opening brackets, and what stands before an amount.
fn never_ends(character: char) -> bool {
    "「『【〈《〔［｛（〘〖〝‘“«‹([{¥￥$＄£€№".contains(character)
}

/// Letters that stand for themselves, between which a line may end anywhere.
fn is_ideographic(character: char) -> bool {
    matches!(character,
        '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `|` where a line may end.
    fn marked(text: &str) -> String {
        let characters: Vec<char> = text.chars().collect();
        let mut out: String = characters[..1].iter().collect();
        for pair in characters.windows(2) {
            if may_break(pair[0], pair[1]) {
                out.push('|');
            }
            out.push(pair[1]);
        }
        out
    }

    #[test]
    fn lines_end_where_readers_expect_it() {
        for (text, expected) in [
            ("甲野太郎 様", "甲|野|太|郎 |様"),
            ("「承認」しました。", "「承|認」|し|ま|し|た。"),
            ("データッー", "デー|タッー"),
            ("signed by taro@example.jp", "signed |by |taro@example.jp"),
            ("well-known 2026-10-07", "well-|known |2026-10-07"),
            ("金￥1,000円", "金|￥1,000|円"),
            ("a\u{A0}b  c", "a\u{A0}b  |c"),
        ] {
            assert_eq!(marked(text), expected);
        }
    }
}
