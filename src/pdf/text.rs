//! Text strings (ISO 32000-2, 7.9.2.2): what people read in a signature, as Unicode.
//!
//! Invariant: reading is total; what the encoding does not define becomes U+FFFD, never nothing.

use crate::pdf::object::{PdfString, StringForm};

/// `text` as a text string: visible ASCII as it is, anything else as UTF-16BE with its mark, in hexadecimal.
///
/// Hexadecimal, since a byte 0x29 inside UTF-16 (as in U+2915 or U+0129) would end a literal string for sloppy readers.
pub(crate) fn text_string(text: &str) -> PdfString {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return PdfString { bytes: text.as_bytes().to_vec(), form: StringForm::Literal };
    }
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    PdfString { bytes: UTF16_MARK.into_iter().chain(units).collect(), form: StringForm::Hexadecimal }
}

/// The text of `string`: UTF-16BE or UTF-8 where its mark stands first, else PDFDocEncoding.
pub(crate) fn read_text_string(string: &PdfString) -> String {
    let bytes = string.bytes.as_slice();
    if let Some(units) = bytes.strip_prefix(&UTF16_MARK) {
        return utf16(units, u16::from_be_bytes);
    }
    // Departs: 7.9.2.2 knows big-endian only; Windows tools write little-endian, and other readers show it.
    // Test: reads_all_marks.
    if let Some(units) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return utf16(units, u16::from_le_bytes);
    }
    match bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        Some(text) => String::from_utf8_lossy(text).into_owned(),
        None => bytes.iter().map(|&byte| pdf_doc_encoding(byte)).collect(),
    }
}

/// `text` in PDFDocEncoding; `None` where it has a character that the encoding has not.
pub(crate) fn to_pdf_doc_encoding(text: &str) -> Option<Vec<u8>> {
    let byte = |wanted| (0..=u8::MAX).find(|byte| pdf_doc_encoding(*byte) == wanted && wanted != '\u{FFFD}');
    text.chars().map(byte).collect()
}

const UTF16_MARK: [u8; 2] = [0xFE, 0xFF];

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text: String =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).map(|c| c.unwrap_or('\u{FFFD}')).collect();
    if !rest.is_empty() {
        text.push('\u{FFFD}');
    }
    text
}

/// Annex D.3: ASCII and Latin-1 but for two rows of accents and typographic signs.
fn pdf_doc_encoding(byte: u8) -> char {
    const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const SIGNS: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł',
        'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
    ];
    let from = |row: &[char], first: u8| row.get(usize::from(byte.saturating_sub(first))).copied();
    match byte {
        0x18..=0x1F => from(&ACCENTS, 0x18).unwrap_or('\u{FFFD}'),
        0x80..=0xA0 => from(&SIGNS, 0x80).unwrap_or('\u{FFFD}'),
        0x7F | 0xAD => '\u{FFFD}',
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(bytes: &[u8]) -> PdfString {
        PdfString { bytes: bytes.to_vec(), form: StringForm::Literal }
    }

    #[test]
    fn reads_all_marks() {
        assert_eq!(read_text_string(&bytes(b"\xFE\xFF\x65\xE5\x67\x2C")), "日本");
        assert_eq!(read_text_string(&bytes(b"\xFF\xFE\xE5\x65\x2C\x67")), "日本");
        assert_eq!(read_text_string(&bytes("\u{FEFF}日本".as_bytes())), "日本");
        assert_eq!(read_text_string(&bytes(b"caf\xE9 \x80 \xA0 \x18")), "café • € ˘");
        assert_eq!(read_text_string(&bytes(b"\x92\x93\x9E\x9F\x7F\xAD")), "™ﬁž\u{FFFD}\u{FFFD}\u{FFFD}");
        assert_eq!(read_text_string(&bytes(b"\xFE\xFF\x65\xE5\x67")), "日\u{FFFD}");
        assert_eq!(read_text_string(&bytes(b"\xFE\xFF\xD8\x00")), "\u{FFFD}");
    }

    #[test]
    fn japanese_is_written_in_hexadecimal() {
        assert_eq!(text_string("Tokyo").form, StringForm::Literal);
        let string = text_string("\u{2915}日本");
        assert_eq!(string.form, StringForm::Hexadecimal);
        assert_eq!(string.bytes, b"\xFE\xFF\x29\x15\x65\xE5\x67\x2C");
    }

    proptest! {
        #[test]
        fn texts_round_trip(text in "\\PC*") {
            prop_assert_eq!(read_text_string(&text_string(&text)), text);
        }

        #[test]
        fn control_characters_round_trip(text in "[\\x00-\\x1F\\x7F-\\u{200}]*") {
            prop_assert_eq!(read_text_string(&text_string(&text)), text);
        }
    }
}
