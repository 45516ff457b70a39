//! Findings and reasons in Japanese: by the sentences that they are made of, which `japanese.tsv` lists.
//!
//! Invariant: a text that no sentence fits is never taken for translated.
//! Invariant: what stands in a sentence (names, numbers) is kept, or is itself such a sentence; so deep, and no deeper. Times are those of
//! Japan, as everywhere in the panel.
//!
//! A line of the list: the English with `{}` for whatever stands there, a tab, the Japanese with `{0}`, `{1}` for the same. The line
//! that fits with most words of its own counts. That every sentence of the engine is in it, `nothing_stays_english` holds.

use crate::time::{Time, UtcOffset};

/// The sentences.
const LIST: &str = include_str!("japanese.tsv");
/// A certificate, its fault, that fault's key, and what is wrong with the key.
const DEPTH: u8 = 4;

/// Every sentence, ready to be compared.
#[derive(Default)]
pub(super) struct Sentences(Vec<Sentence>);

struct Sentence {
    /// What stands between the gaps.
    english: Vec<&'static str>,
    japanese: &'static str,
}

impl Sentences {
    pub(super) fn read() -> Self {
        let sentences = LIST.lines().filter_map(|line| line.split_once('\t'));
        let sentence =
            |(english, japanese): (&'static str, _)| Sentence { english: english.split("{}").collect(), japanese };
        let mut sentences: Vec<Sentence> = sentences.map(sentence).collect();
        sentences
            .sort_by_key(|sentence| std::cmp::Reverse(sentence.english.iter().map(|part| part.len()).sum::<usize>()));
        Self(sentences)
    }

    /// `text` in Japanese, where it is a sentence of the list.
    pub(super) fn translated(&self, text: &str) -> Option<String> {
        self.translated_within(text, DEPTH)
    }

    /// What stands in a sentence: a certificate, a time or a sentence in Japanese, all else as it is.
    pub(super) fn part(&self, text: &str) -> String {
        self.said(text, DEPTH)
    }

    fn translated_within(&self, text: &str, depth: u8) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let (sentence, gaps) = self.0.iter().find_map(|sentence| Some((sentence, sentence.gaps(text)?)))?;
        let gaps: Vec<String> = gaps.into_iter().map(|gap| self.said(gap, depth)).collect();
        Some(filled(sentence.japanese, &gaps))
    }

    fn said(&self, gap: &str, depth: u8) -> String {
        let named = certificate(gap).or_else(|| time(gap)).or_else(|| object(gap));
        named.or_else(|| self.translated_within(gap, depth)).unwrap_or_else(|| gap.to_owned())
    }
}

impl Sentence {
    /// What stands in the gaps of `text`, if it is this sentence.
    fn gaps<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, rest) = self.english.split_first()?;
        let mut left = text.strip_prefix(first)?;
        let Some((last, inner)) = rest.split_last() else { return left.is_empty().then(Vec::new) };
        let mut gaps = Vec::new();
        for part in inner {
            let (gap, after) = left.split_once(part)?;
            gaps.push(gap);
            left = after;
        }
        gaps.push(left.strip_suffix(last)?);
        Some(gaps)
    }
}

/// The gaps put where the Japanese has them. Once: what stands in a gap is not looked at again.
fn filled(japanese: &str, gaps: &[String]) -> String {
    let mut parts = japanese.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, after) = part.split_once('}').unwrap_or(("", part));
        let gap = number.parse::<usize>().ok().and_then(|number| gaps.get(number));
        text.push_str(gap.map_or("", String::as_str));
        text.push_str(after);
    }
    text
}

/// A certificate, as sentences name it.
fn certificate(gap: &str) -> Option<String> {
    let (subject, serial) = gap.strip_prefix('"')?.rsplit_once("\", serial ")?;
    let is_serial = serial.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_serial.then(|| format!("「{subject}」(シリアル番号 {serial})"))
}

/// An object with its type, as sentences name it: `object 7 0 (/Page)`.
fn object(gap: &str) -> Option<String> {
    let (numbers, kind) = gap.strip_prefix("object ")?.split_once(" (/").unwrap_or((gap.get(7..)?, ""));
    let (number, generation) = numbers.split_once(' ')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let kind = if kind.is_empty() { String::new() } else { format!(" (/{kind}") };
    (is_number(number) && is_number(generation)).then(|| format!("オブジェクト {number} {generation}{kind}"))
}

/// A time, as the panel shows it.
fn time(gap: &str) -> Option<String> {
    let time: Time = gap.parse().ok()?;
    // The engine's own way of writing it, and nothing else that may be read as one.
    (time.to_string() == gap).then(|| time.display_in(UtcOffset::east(9, 0)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use proptest::prelude::*;

    use super::*;

    /// Where sentences are written that reach a reader.
    const FOLDERS: [&str; 3] = ["src/verify", "src/pki/path", "src/pki/timestamp"];
    const FILES: [&str; 17] = [
        "src/pki/cms/fault.rs",
        "src/pki/revocation/mod.rs",
        "src/pki/key/mod.rs",
        "src/pki/signature.rs",
        "src/pki/purpose.rs",
        "src/pki/certificate.rs",
        "src/pki/trust/term.rs",
        "src/pdf/byte_range.rs",
        "src/pdf/contents.rs",
        "src/pdf/damaged.rs",
        "src/pdf/dss.rs",
        "src/pdf/signature.rs",
        "src/pdf/form/mod.rs",
        "src/pdf/metadata/encoding.rs",
        "src/pdf/metadata/properties.rs",
        "src/transaction.rs",
        "src/transaction/amount.rs",
    ];

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name == "tests" {
                continue;
            }
            if path.is_dir() {
                sources(&path, found);
            } else if name.ends_with(".rs")
                && !name.contains("tests")
                && !["steps.rs", "hostile.rs", "pkits.rs", "second_opinion.rs"].contains(&name.as_str())
            {
                found.push(path);
            }
        }
    }

    /// The texts in quotation marks, without the tests, comments and names of attributes; a `{}` for whatever is put into them.
    fn texts(source: &str) -> Vec<String> {
        let code = source.split("#[cfg(test)]\nmod").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("reason = "));
        let mut texts = Vec::new();
        for line in lines {
            let line = line.replace("\\\"", "\u{1}").replace("'\"'", "");
            for text in line.split('"').skip(1).step_by(2) {
                let mut parts = text.split('{');
                let mut plain = parts.next().unwrap_or_default().to_owned();
                parts.for_each(|part| {
                    plain.push_str(&format!("X{}", part.split_once('}').map_or("", |(_, after)| after)))
                });
                texts.push(plain.replace('\u{1}', "\""));
            }
        }
        texts
    }

    /// Three words in a row are a sentence, and nothing of that kind stands between quotation marks of ours.
    fn is_english(text: &str) -> bool {
        let words: Vec<bool> =
            text.split(' ').map(|word| word.len() > 1 && word.bytes().all(|one| one.is_ascii_lowercase())).collect();
        words.windows(3).any(|three| three.iter().all(|is_word| *is_word))
    }

    #[test]
    fn nothing_stays_english() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<PathBuf> = FILES.iter().map(|file| root.join(file)).collect();
        FOLDERS.iter().for_each(|folder| sources(&root.join(folder), &mut files));
        let (sentences, mut seen) = (Sentences::read(), 0);
        let mut missing = Vec::new();
        for file in files {
            let found = texts(&fs::read_to_string(&file).unwrap());
            for text in found.into_iter().filter(|text| is_english(text) && !NOT_SAID.contains(&text.as_str())) {
                seen += 1;
                let japanese = sentences.translated(&text);
                if japanese.as_deref().is_none_or(is_english) {
                    missing.push(format!("{}: {text}", file.file_name().unwrap().display()));
                }
            }
        }
        assert!(missing.is_empty(), "{}", missing.join("\n"));
        assert!(seen > 150, "{seen}");
    }

    /// Parts of sentences, and what no report says.
    const NOT_SAID: [&str; 20] = [
        "a name relative to the CRL issuer",
        "a timestamp of X over the signed content is later than X, the end",
        "a signature field that shows something, but is not signed, was laid on",
        "was laid on",
        "was removed from",
        "was changed on",
        "the document security store",
        "an entry of /VRI",
        "the timestamp authority's answer is not usable",
        "ask again, or another authority",
        "ask for what this authority gives (digest, policy), or ask another authority",
        "ask another authority, or have this one mended",
        "ask for something else",
        "X is broken, and only read",
        "\"X\" is no policy",
        "write it as 2026-10-07",
        "write it as JPY or USD",
        "write it as 1234567 or 12.50, without separators",
        "the transaction's X cannot be used",
        "\"X\" is no code of ISO 4217",
    ];

    #[test]
    fn every_gap_is_said() {
        for line in LIST.lines() {
            let (english, japanese) = line.split_once('\t').unwrap();
            for gap in 0..english.matches("{}").count() {
                let is_said = japanese.contains(&format!("{{{gap}}}"));
                assert!(is_said || english.contains("was {}, which"), "{line}");
            }
            assert!(!is_english(japanese), "{line}");
        }
    }

    #[test]
    fn sentences_stand_in_sentences() {
        let sentences = Sentences::read();
        let said = |text: &str| sentences.translated(text);
        let fault = "its issuer's signature: the public key cannot be read (RFC 5280, 6.1.3 (a)(1))";
        let of = |certificate: &str| said(&format!("{certificate}: {fault}")).unwrap();
        let japanese = "発行者の署名: 公開鍵を読めません (RFC 5280, 6.1.3 (a)(1))";
        assert_eq!(of("\"CN=Root, O={0}\", serial 0a"), format!("「CN=Root, O={{0}}」(シリアル番号 0a): {japanese}"));
        // Whoever chooses the name does not choose the sentence.
        let odd = "\"CN=A: of B\", serial 0a";
        assert_eq!(of(odd), format!("{odd}: {japanese}"));
        assert_eq!(said("the moon is of green cheese"), None);
        assert_eq!(said("the CRL of 2026-10-07T00:25:23Z").as_deref(), Some("2026-10-07 09:25:23 +09:00 の CRL"));
        assert_eq!(
            said("object 7 0 (/Page) was changed").as_deref(),
            Some("オブジェクト 7 0 (/Page) が変更されました")
        );
        assert_eq!(said("object 7 0 was changed").as_deref(), Some("オブジェクト 7 0 が変更されました"));
        assert_eq!(said("object 7 was changed").as_deref(), Some("object 7 が変更されました"));
        assert_eq!(said("the CRL of 2026-10-07T00:25:23.5Z").as_deref(), Some("2026-10-07T00:25:23.5Z の CRL"));
    }

    proptest! {
        #[test]
        fn any_text_is_translated_or_not(text in "[a-z{}:\"(), 0-9]{0,60}") {
            let _ = Sentences::read().translated(&text);
        }
    }
}
