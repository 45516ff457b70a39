//! ASN.1 values one by one, as received.
//!
//! What it is for: taking apart structures whose parts are hashed, stored or passed on, so that every part keeps its
//! bytes; and putting such parts together again. Typed values (names, algorithms) are left to `der`.
//!
//! Invariant: nothing here recurses, and no value reaches beyond the one that contains it.
//!
//! Specified in X.690, 8.1. Nouns: [`Header`], [`Element`], [`Elements`].

use const_oid::ObjectIdentifier;
use der::Decode;
use spki::AlgorithmIdentifierOwned;

use super::fault::CmsFault;
use crate::pki::oid::Oid;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
pub(crate) const CONSTRUCTED: u8 = 0x20;
const INDEFINITE: u8 = 0x80;

/// `[number]`, constructed.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | (number & 0x1f)
}

/// Identifier and length octets (X.690, 8.1.2 and 8.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The first identifier octet.
    pub(crate) tag: u8,
    /// Identifier octets: more than one where the tag number is above 30.
    pub(crate) tag_len: usize,
    /// Identifier and length octets together.
    pub(crate) len: usize,
    /// Content octets; `None` is the indefinite form.
    pub(crate) content: Option<usize>,
    /// Whether the length is written in the fewest octets (X.690, 10.1).
    pub(crate) is_minimal: bool,
}

impl Header {
    /// The header at the start of `bytes`, or `None` where there is none.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let tag = *bytes.first()?;
        let tag_len = tag_len(bytes)?;
        let first = *bytes.get(tag_len)?;
        let len = tag_len.checked_add(1)?;
        if first == INDEFINITE {
            return Some(Self { tag, tag_len, len, content: None, is_minimal: false });
        }
        if first < INDEFINITE {
            return Some(Self { tag, tag_len, len, content: Some(first.into()), is_minimal: true });
        }
        let end = len.checked_add(usize::from(first & 0x7f))?;
        let content = bytes
            .get(len..end)?
            .iter()
            .try_fold(0usize, |length, octet| length.checked_mul(256)?.checked_add(usize::from(*octet)))?;
        let is_minimal = length_len(content) == end.saturating_sub(tag_len);
        Some(Self { tag, tag_len, len: end, content: Some(content), is_minimal })
    }

    pub(crate) fn is_constructed(&self) -> bool {
        self.tag & CONSTRUCTED != 0
    }
}

/// One value of definite length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    /// The value with its header.
    pub(crate) whole: &'a [u8],
    pub(crate) content: &'a [u8],
    /// Where the value begins, in bytes from where reading began.
    pub(crate) offset: usize,
}

impl<'a> Element<'a> {
    /// The values inside.
    pub(crate) fn children(self) -> Elements<'a> {
        let header = self.whole.len().saturating_sub(self.content.len());
        Elements { rest: self.content, offset: self.offset.saturating_add(header) }
    }

    /// This value, which must have this tag.
    pub(crate) fn of(self, tag: u8, what: &'static str) -> Result<Self, CmsFault> {
        if self.tag == tag { Ok(self) } else { Err(self.fault(what)) }
    }

    pub(crate) fn oid(self, what: &'static str) -> Result<Oid, CmsFault> {
        Oid::from_der(self.whole).map_err(|_| self.fault(what))
    }

    pub(crate) fn algorithm(self, what: &'static str) -> Result<AlgorithmIdentifierOwned, CmsFault> {
        AlgorithmIdentifierOwned::from_der(self.whole).map_err(|_| self.fault(what))
    }

    pub(crate) fn fault(self, what: &'static str) -> CmsFault {
        CmsFault::Malformed { offset: self.offset, what }
    }
}

/// The values in a run of bytes, front to back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0 }
    }

    /// The next value, whatever its tag; `what` is what should stand here.
    pub(crate) fn any(&mut self, what: &'static str) -> Result<Element<'a>, CmsFault> {
        self.split().ok_or(CmsFault::Malformed { offset: self.offset, what })
    }

    /// The next value, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, CmsFault> {
        self.any(what).and_then(|element| element.of(tag, what))
    }

    /// The next value if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8, what: &'static str) -> Result<Option<Element<'a>>, CmsFault> {
        if self.rest.first() == Some(&tag) { self.any(what).map(Some) } else { Ok(None) }
    }

    /// Nothing may follow.
    pub(crate) fn end(&self, what: &'static str) -> Result<(), CmsFault> {
        if self.rest.is_empty() { Ok(()) } else { Err(CmsFault::Malformed { offset: self.offset, what }) }
    }

    /// All values that are left.
    pub(crate) fn all(mut self, what: &'static str) -> Result<Vec<Element<'a>>, CmsFault> {
        let mut elements = Vec::new();
        while !self.rest.is_empty() {
            elements.push(self.any(what)?);
        }
        Ok(elements)
    }

    fn split(&mut self) -> Option<Element<'a>> {
        let header = Header::read(self.rest)?;
        let (whole, rest) = self.rest.split_at_checked(header.len.checked_add(header.content?)?)?;
        let element = Element { tag: header.tag, whole, content: whole.get(header.len..)?, offset: self.offset };
        self.offset = self.offset.saturating_add(whole.len());
        self.rest = rest;
        Some(element)
    }
}

/// A value of a low tag number with `parts` as its content.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.iter().fold(0usize, |sum, part| sum.saturating_add(part.len()));
    let mut bytes = Vec::with_capacity(content.saturating_add(6));
    bytes.push(tag);
    write_length(&mut bytes, content);
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

/// A SET OF in DER's order, and each value once (X.690, 11.6).
pub(crate) fn set_of(tag: u8, mut parts: Vec<&[u8]>) -> Vec<u8> {
    parts.sort_unstable();
    parts.dedup();
    tlv(tag, &parts)
}

/// An object identifier.
pub(crate) fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(OID, &[oid.as_bytes()])
}

/// Writes the fewest length octets for `content` (X.690, 10.1).
pub(crate) fn write_length(bytes: &mut Vec<u8>, content: usize) {
    match u8::try_from(content) {
        Ok(short) if short < INDEFINITE => bytes.push(short),
        _ => {
            let octets = content.to_be_bytes();
            let count = length_len(content).saturating_sub(1);
            bytes.push(INDEFINITE | u8::try_from(count).unwrap_or(8));
            bytes.extend_from_slice(octets.get(octets.len().saturating_sub(count)..).unwrap_or(&octets));
        }
    }
}

/// How many octets [`write_length`] writes.
pub(crate) fn length_len(content: usize) -> usize {
    let zeros = usize::try_from(content.leading_zeros() / u8::BITS).unwrap_or_default();
    if content < usize::from(INDEFINITE) { 1 } else { size_of::<usize>().saturating_sub(zeros).saturating_add(1) }
}

/// One identifier octet, or a chain of seven-bit groups after `0x1f` (X.690, 8.1.2.4).
fn tag_len(bytes: &[u8]) -> Option<usize> {
    if bytes.first()? & 0x1f != 0x1f {
        return Some(1);
    }
    // Five octets hold a tag number of 28 bits; no standard comes near it.
    let last = bytes.get(1..)?.iter().take(4).position(|octet| octet & 0x80 == 0)?;
    last.checked_add(2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_tags_are_measured() {
        let header = Header::read(&[0x1f, 0x81, 0x01, 0x03]).unwrap();
        assert_eq!((header.tag_len, header.len, header.content), (3, 4, Some(3)));
        assert_eq!(Header::read(&[0x1f, 0x81, 0x81, 0x81, 0x81, 0x81, 0x01, 0]), None);
    }

    #[test]
    fn lengths_that_overflow_are_no_header() {
        assert_eq!(Header::read(&[0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        let near = Header::read(&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]).unwrap();
        assert_eq!(near.content, Some(usize::MAX));
        assert!(Elements::new(&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]).any("x").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(tag in 0u8..0x1f, content in prop::collection::vec(any::<u8>(), 0..70_000)) {
            let written = tlv(tag, &[&content]);
            let element = Elements::new(&written).any("it").unwrap();
            prop_assert_eq!((element.tag, element.content, element.whole), (tag, &content[..], &written[..]));
            prop_assert!(Header::read(&written).unwrap().is_minimal);
        }
    }
}
