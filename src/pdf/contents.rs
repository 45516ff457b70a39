//! The `/Contents` of a signature dictionary: the only bytes that the signature does not cover (ISO 32000-2,
//! 12.8.3.3.1).
//!
//! Invariant: [`Contents`] were a hexadecimal string in the file itself, and not empty. There is no way to others.

use std::ops::Range;

use crate::pdf::object::{Dictionary, Object, StringForm};

/// The value of `/Contents`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    /// The decoded bytes: the CMS or timestamp token, and whatever padding stands behind it.
    pub(crate) der: Vec<u8>,
    /// The token with its `<` and `>`, in bytes from the start of the file.
    pub(crate) hole: Range<u64>,
}

/// Why `/Contents` holds no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ContentsFault {
    #[error("/Contents is missing or null")]
    Missing,
    #[error("/Contents is an indirect reference")]
    Indirect,
    #[error("/Contents is not a string")]
    NotString,
    #[error("/Contents is a literal string, not a hexadecimal one")]
    Literal,
    #[error("/Contents is empty")]
    Empty,
    #[error("/Contents holds nothing but zeros")]
    Zeros,
    #[error("/Contents has {0} bytes, more than are read")]
    TooLong(u64),
    #[error("the signature dictionary stands in an object stream, where no byte range can leave out its /Contents")]
    NoPlace,
}

impl Contents {
    /// Checks the `/Contents` of the signature dictionary `dictionary`, and takes its bytes out of it.
    pub(crate) fn take(dictionary: &mut Dictionary, limit: u64) -> Result<Self, ContentsFault> {
        let entry = dictionary.entry_mut("Contents").ok_or(ContentsFault::Missing)?;
        let string = match &mut entry.value {
            Object::Null => return Err(ContentsFault::Missing),
            Object::Reference(_) => return Err(ContentsFault::Indirect),
            Object::String(string) => string,
            _ => return Err(ContentsFault::NotString),
        };
        if string.form != StringForm::Hexadecimal {
            return Err(ContentsFault::Literal);
        }
        if string.bytes.is_empty() {
            return Err(ContentsFault::Empty);
        }
        let length = u64::try_from(string.bytes.len()).unwrap_or(u64::MAX);
        if length > limit {
            return Err(ContentsFault::TooLong(length));
        }
        if string.bytes.iter().all(|byte| *byte == 0) {
            return Err(ContentsFault::Zeros);
        }
        let hole = entry.span.clone().ok_or(ContentsFault::NoPlace)?;
        Ok(Self { der: std::mem::take(&mut string.bytes), hole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::pdf::parser;

    fn read(entries: &str, limit: u64) -> Result<Contents, ContentsFault> {
        read_at(Some(1000), entries, limit)
    }

    fn read_at(base: Option<u64>, entries: &str, limit: u64) -> Result<Contents, ContentsFault> {
        let text = format!("<< {entries} >> |");
        let (object, _) = parser::object(text.as_bytes(), base, &Limits::default()).unwrap();
        let Object::Dictionary(mut dictionary) = object else { panic!() };
        Contents::take(&mut dictionary, limit)
    }

    #[test]
    fn every_broken_contents_has_its_fault() {
        use ContentsFault as F;
        for (entries, fault) in [
            ("", F::Missing),
            ("/Contents null", F::Missing),
            ("/Contents 3 0 R", F::Indirect),
            ("/Contents 0", F::NotString),
            ("/Contents (0)", F::Literal),
            ("/Contents <>", F::Empty),
            ("/Contents < >", F::Empty),
            ("/Contents <0>", F::Zeros),
            ("/Contents <0000 00>", F::Zeros),
            ("/Contents <303030303030303030>", F::TooLong(9)),
        ] {
            assert_eq!(read(entries, 8), Err(fault), "{entries}");
        }
    }

    #[test]
    fn the_token_and_its_bytes() {
        let contents = read("/Contents <30 0>", 8).unwrap();
        assert_eq!((contents.der, contents.hole), (vec![0x30, 0], 1013..1019));
        assert_eq!(read_at(None, "/Contents <30>", 8), Err(ContentsFault::NoPlace));
    }
}
