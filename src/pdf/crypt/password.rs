//! The bytes that a password stands for (ISO 32000-2, 7.6.4.3).
//!
//! Several candidates each: as the standard prepares them, and as they were given. Other writers skip the preparation or normalise by
//! a later Unicode, and a password that comes as bytes may be in an encoding that we do not know.

use crate::pdf::text::to_pdf_doc_encoding;

/// The longest password of revisions 5 and later, in bytes (algorithm 2.A, step a).
const LONGEST: usize = 127;

/// What Unicode 3.2, by which passwords are normalised, makes of five ideographs that corrigendum 4 has since mapped otherwise.
const BEFORE_CORRIGENDUM_4: [(char, char); 5] = [
    ('\u{2F868}', '\u{2136A}'),
    ('\u{2F874}', '\u{5F33}'),
    ('\u{2F91F}', '\u{43AB}'),
    ('\u{2F95F}', '\u{7AAE}'),
    ('\u{2F9BF}', '\u{4D57}'),
];

/// For revisions 2 to 4: in PDFDocEncoding (algorithm 2, step a).
pub(super) fn legacy(password: &[u8]) -> Vec<Vec<u8>> {
    let encoded = std::str::from_utf8(password).ok().and_then(to_pdf_doc_encoding);
    distinct([encoded, Some(password.to_vec())])
}

/// For revisions 5 and later: the SASLprep profile of stringprep (RFC 4013) in UTF-8, cut to 127 bytes.
pub(super) fn extended(password: &[u8]) -> Vec<Vec<u8>> {
    let text = std::str::from_utf8(password).ok();
    let prepared = |text: &str| stringprep::saslprep(text).ok().map(|text| text.into_owned().into_bytes());
    let older = |one| BEFORE_CORRIGENDUM_4.iter().find(|(from, _)| *from == one).map_or(one, |(_, to)| *to);
    let by_unicode_3_2 = text.and_then(|text| prepared(&text.chars().map(older).collect::<String>()));
    let mut candidates = [by_unicode_3_2, text.and_then(prepared), Some(password.to_vec())];
    candidates.iter_mut().flatten().for_each(|candidate| candidate.truncate(LONGEST));
    distinct(candidates)
}

fn distinct(candidates: impl IntoIterator<Item = Option<Vec<u8>>>) -> Vec<Vec<u8>> {
    let mut candidates: Vec<_> = candidates.into_iter().flatten().collect();
    candidates.dedup();
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_passwords_are_in_pdf_doc_encoding_or_as_given() {
        assert_eq!(legacy(b"secret"), [b"secret".as_slice()]);
        assert_eq!(legacy("caf\u{e9}\u{20ac}".as_bytes()), [b"caf\xE9\xA0".as_slice(), b"caf\xC3\xA9\xE2\x82\xAC"]);
        assert_eq!(legacy("日本".as_bytes()), ["日本".as_bytes()]);
        assert_eq!(legacy(b"\xFF\xFE"), [b"\xFF\xFE".as_slice()]);
    }

    #[test]
    fn new_passwords_are_prepared_or_as_given() {
        assert_eq!(extended(b"secret"), [b"secret".as_slice()]);
        // RFC 4013, section 3: the soft hyphen is mapped to nothing, a ligature to its letters.
        assert_eq!(extended("I\u{ad}X".as_bytes()), [b"IX".as_slice(), "I\u{ad}X".as_bytes()]);
        assert_eq!(extended("\u{2168}".as_bytes()), [b"IX".as_slice(), "\u{2168}".as_bytes()]);
        let corrected = ["\u{5F33}", "\u{5F53}", "\u{2F874}"].map(str::as_bytes);
        assert_eq!(extended("\u{2F874}".as_bytes()), corrected);
        // What SASLprep forbids is tried as it is.
        assert_eq!(extended(b"\x07"), [b"\x07".as_slice()]);
        assert_eq!(extended(&[b'x'; 200])[0].len(), 127);
    }
}
