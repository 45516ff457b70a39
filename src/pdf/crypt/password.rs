//! The bytes that a password stands for (ISO 32000-2, 7.6.4.3).
//!
//! Two candidates each: as the standard prepares them, and as they were given. Other writers skip the preparation, and a password
//! that comes as bytes may be in an encoding that we do not know.

use std::borrow::Cow;

use crate::pdf::text::to_pdf_doc_encoding;

/// The longest password of revisions 5 and later, in bytes (algorithm 2.A, step a).
const LONGEST: usize = 127;

/// For revisions 2 to 4: in PDFDocEncoding (algorithm 2, step a).
pub(super) fn legacy(password: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let encoded = std::str::from_utf8(password).ok().and_then(to_pdf_doc_encoding);
    candidates(encoded.map(Cow::Owned), Cow::Borrowed(password))
}

/// For revisions 5 and later: the SASLprep profile of stringprep (RFC 4013) in UTF-8, cut to 127 bytes.
pub(super) fn extended(password: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let prepared = std::str::from_utf8(password).ok().and_then(|text| stringprep::saslprep(text).ok());
    let cut = |bytes: &[u8]| bytes.get(..LONGEST).unwrap_or(bytes).to_vec();
    candidates(prepared.map(|text| Cow::Owned(cut(text.as_bytes()))), Cow::Owned(cut(password)))
}

fn candidates<'p>(prepared: Option<Cow<'p, [u8]>>, given: Cow<'p, [u8]>) -> Vec<Cow<'p, [u8]>> {
    match prepared {
        Some(prepared) if prepared != given => vec![prepared, given],
        _ => vec![given],
    }
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
        // What SASLprep forbids is tried as it is.
        assert_eq!(extended(b"\x07"), [b"\x07".as_slice()]);
        assert_eq!(extended(&[b'x'; 200])[0].len(), 127);
    }
}
