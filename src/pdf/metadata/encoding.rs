//! The encodings of an XMP packet (ISO 16684-1, 7.1): bytes to text and back without a loss.

use super::unusable;
use crate::error::Result;

/// How a packet's text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Be,
    Utf16Le,
}

impl Encoding {
    /// By its byte order mark, or by its first character, which is `<` or white space.
    fn of(bytes: &[u8]) -> Result<Self> {
        match bytes {
            [0, 0, ..] | [0xFF, 0xFE, 0, 0, ..] | [_, 0, 0, 0, ..] => Err(unusable("it is written in UTF-32")),
            [0xFE, 0xFF, ..] | [0, _, ..] => Ok(Self::Utf16Be),
            [0xFF, 0xFE, ..] | [_, 0, ..] => Ok(Self::Utf16Le),
            _ => Ok(Self::Utf8),
        }
    }

    /// The text of `bytes`, a byte order mark included, and its encoding.
    pub(super) fn decode(bytes: &[u8]) -> Result<(Self, String)> {
        let encoding = Self::of(bytes)?;
        let unit = |pair: &[u8; 2]| match encoding {
            Self::Utf16Le => u16::from_le_bytes(*pair),
            _ => u16::from_be_bytes(*pair),
        };
        let text = match encoding {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Utf16Be | Self::Utf16Le => {
                let (pairs, rest) = bytes.as_chunks::<2>();
                let units: Vec<u16> = pairs.iter().map(unit).collect();
                String::from_utf16(&units).ok().filter(|_| rest.is_empty())
            }
        };
        Ok((encoding, text.ok_or_else(|| unusable("it is not written in the Unicode that it begins with"))?))
    }

    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        }
    }
}

/// Whether `word`, which is ASCII, stands in `bytes`, in any encoding.
pub(super) fn mentions(bytes: &[u8], word: &str) -> bool {
    let Some((first, rest)) = word.as_bytes().split_first() else { return true };
    let starts = bytes.iter().enumerate().filter(|(_, byte)| *byte == first);
    starts.filter_map(|(at, _)| bytes.get(at.saturating_add(1)..)).any(|behind| {
        let mut found = behind.iter().filter(|byte| **byte != 0);
        rest.iter().all(|expected| found.next() == Some(expected))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_in_their_encoding() {
        for encoding in [Encoding::Utf8, Encoding::Utf16Be, Encoding::Utf16Le] {
            for text in ["<a>架空市 🏙</a>", "\u{feff}<a/>", " <urn/>"] {
                let bytes = encoding.encode(text);
                assert_eq!(Encoding::decode(&bytes).unwrap(), (encoding, text.to_owned()));
                assert_eq!(mentions(&bytes, "urn"), text.contains("urn"));
            }
        }
        for bytes in [&b"\xFF"[..], b"<a>\xE6</a>", b"\xFE\xFF\xD8\x00", b"\x00<\x00", b"\0\0\0<", b"<\0\0\0"] {
            assert!(Encoding::decode(bytes).is_err(), "{bytes:?}");
        }
    }
}
