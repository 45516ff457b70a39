//! BER to definite lengths, once, at the door.
//!
//! What it is for: Adobe's and other signers write the indefinite form and strings in pieces (5 % of real files);
//! everything behind this door sees definite, minimal lengths and whole strings.
//!
//! Invariant: DER comes out as it went in, byte for byte. Sets are never sorted, primitive values never touched.
//! Invariant: time and memory grow with the input's length alone; nesting costs a stack of our own, and has a bound.
//!
//! Specified in X.690, 8.1.3.6 (indefinite form), 8.7.3 and 8.23 (strings in pieces), 10.1.
//! Nouns: [`Definite`]; within, [`Walk`] and its [`Event`]s.

use std::borrow::Cow;

use super::element::{CONSTRUCTED, Header, OCTET_STRING, length_len, write_length};
use super::fault::CmsFault;

/// One value with definite lengths, and what stood behind it.
#[derive(Debug)]
pub(crate) struct Definite<'a> {
    /// The value.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// How many bytes of the input the value took.
    pub(crate) consumed: usize,
}

impl<'a> Definite<'a> {
    /// Reads one BER value from the start of `bytes`, with at most `depth` levels.
    pub(crate) fn read(bytes: &'a [u8], depth: usize) -> Result<Self, CmsFault> {
        let mut walk = Walk::new(bytes, depth);
        let lengths = measure(&mut walk)?;
        let consumed = walk.at;
        let value = bytes.get(..consumed).unwrap_or(bytes);
        let bytes = if walk.is_der { Cow::Borrowed(value) } else { Cow::Owned(write(value, depth, &lengths)?) };
        Ok(Self { bytes, consumed })
    }

    /// Whether nothing had to be changed: all lengths are definite and minimal, and no string is in pieces.
    pub(crate) fn is_der(&self) -> bool {
        matches!(self.bytes, Cow::Borrowed(_))
    }
}

/// What a walk meets, in order.
enum Event<'a> {
    /// A constructed value, or a string in pieces, begins; the tag as it shall be written.
    Open(Cow<'a, [u8]>),
    /// A primitive value.
    Primitive(&'a [u8], &'a [u8]),
    /// A piece of the string that was opened.
    Piece(&'a [u8]),
    /// What was opened ends.
    Close,
}

/// An open constructed value.
struct Level {
    /// Where it ends; `None` is at its end-of-contents octets.
    end: Option<usize>,
    /// Where the innermost enclosing definite value ends: nothing reaches beyond.
    limit: usize,
    /// Whether its children are pieces of one string.
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Values,
    String,
    /// A string in pieces that is itself a piece.
    Piece,
}

/// A pass over one value, front to back.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    levels: Vec<Level>,
    is_der: bool,
    is_done: bool,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8], depth: usize) -> Self {
        Self { bytes, at: 0, depth, levels: Vec::new(), is_der: true, is_done: false }
    }

    /// The next event; `None` after the value's end.
    fn next(&mut self) -> Result<Option<Event<'a>>, CmsFault> {
        while !self.is_done {
            let event = if self.closes() { self.close() } else { self.step()? };
            if event.is_some() {
                return Ok(event);
            }
        }
        Ok(None)
    }

    fn closes(&mut self) -> bool {
        let Some(level) = self.levels.last() else { return false };
        match level.end {
            Some(end) => self.at >= end,
            None => {
                let is_end = self.bytes.get(self.at..level.limit).is_some_and(|rest| rest.starts_with(&[0, 0]));
                self.at = self.at.saturating_add(if is_end { 2 } else { 0 });
                is_end
            }
        }
    }

    fn close(&mut self) -> Option<Event<'a>> {
        let level = self.levels.pop()?;
        self.is_done = self.levels.is_empty();
        (level.kind != Kind::Piece).then_some(Event::Close)
    }

    fn step(&mut self) -> Result<Option<Event<'a>>, CmsFault> {
        let outermost = (self.bytes.len(), Kind::Values);
        let (limit, parent) = self.levels.last().map_or(outermost, |level| (level.limit, level.kind));
        let rest = self.bytes.get(self.at..limit).unwrap_or_default();
        let header = Header::read(rest).ok_or_else(|| self.fault("an ASN.1 value"))?;
        if parent != Kind::Values && header.tag & !CONSTRUCTED != OCTET_STRING {
            return Err(self.fault("a piece of a string"));
        }
        let start = self.at.saturating_add(header.len);
        let end = header.content.map(|content| start.saturating_add(content));
        if end.is_some_and(|end| end > limit) {
            return Err(self.fault("a value that ends within the one around it"));
        }
        self.is_der &= header.is_minimal;
        let tag = rest.get(..header.tag_len).unwrap_or_default();
        if header.is_constructed() {
            return self.open(parent, tag, start, Level { end, limit: end.unwrap_or(limit), kind: Kind::Values });
        }
        let end = end.ok_or_else(|| self.fault("a primitive value of definite length"))?;
        let content = self.bytes.get(start..end).unwrap_or_default();
        self.at = end;
        self.is_done = self.levels.is_empty();
        Ok(Some(if parent == Kind::Values { Event::Primitive(tag, content) } else { Event::Piece(content) }))
    }

    fn open(&mut self, parent: Kind, tag: &'a [u8], at: usize, level: Level) -> Result<Option<Event<'a>>, CmsFault> {
        if self.levels.len() >= self.depth {
            return Err(CmsFault::TooDeep { limit: self.depth });
        }
        let first = tag.first().copied().unwrap_or_default();
        let kind = self.kind(parent, first)?;
        self.is_der &= kind == Kind::Values;
        self.at = at;
        self.levels.push(Level { kind, ..level });
        Ok(match kind {
            Kind::Values => Some(Event::Open(Cow::Borrowed(tag))),
            Kind::String => Some(Event::Open(Cow::Owned(vec![first & !CONSTRUCTED]))),
            Kind::Piece => None,
        })
    }

    fn kind(&self, parent: Kind, tag: u8) -> Result<Kind, CmsFault> {
        match tag {
            _ if parent != Kind::Values => Ok(Kind::Piece),
            // Departs: X.690, 8.6.4 also lets BIT STRINGs come in pieces; no signer writes that
            // (`a_bit_string_in_pieces_is_refused`).
            0x23 => Err(self.fault("a BIT STRING in one piece")),
            // OCTET STRING, UTF8String, the restricted strings, the times, UniversalString and BMPString.
            0x24 | 0x2c | 0x32..=0x3c | 0x3e => Ok(Kind::String),
            _ => Ok(Kind::Values),
        }
    }

    fn fault(&self, what: &'static str) -> CmsFault {
        CmsFault::Malformed { offset: self.at, what }
    }
}

/// The content lengths of everything that is opened, in the order of opening.
fn measure(walk: &mut Walk<'_>) -> Result<Vec<usize>, CmsFault> {
    let mut lengths: Vec<usize> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    while let Some(event) = walk.next()? {
        let added = match event {
            Event::Open(tag) => {
                open.push((lengths.len(), tag.len()));
                lengths.push(0);
                continue;
            }
            Event::Primitive(tag, content) => whole(tag.len(), content.len()),
            Event::Piece(content) => content.len(),
            Event::Close => {
                let Some((slot, tag_len)) = open.pop() else { continue };
                whole(tag_len, lengths.get(slot).copied().unwrap_or(0))
            }
        };
        if let Some(length) = open.last().and_then(|(slot, _)| lengths.get_mut(*slot)) {
            *length = length.saturating_add(added);
        }
    }
    Ok(lengths)
}

/// The length of a value with its header.
fn whole(tag: usize, content: usize) -> usize {
    tag.saturating_add(length_len(content)).saturating_add(content)
}

fn write(bytes: &[u8], depth: usize, lengths: &[usize]) -> Result<Vec<u8>, CmsFault> {
    let mut walk = Walk::new(bytes, depth);
    let mut lengths = lengths.iter().copied();
    let mut written = Vec::with_capacity(bytes.len());
    while let Some(event) = walk.next()? {
        match event {
            Event::Open(tag) => {
                written.extend_from_slice(&tag);
                write_length(&mut written, lengths.next().unwrap_or(0));
            }
            Event::Primitive(tag, content) => {
                written.extend_from_slice(tag);
                write_length(&mut written, content.len());
                written.extend_from_slice(content);
            }
            Event::Piece(content) => written.extend_from_slice(content),
            Event::Close => {}
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::element::tlv;
    use super::*;

    fn definite(bytes: &[u8]) -> Result<Vec<u8>, CmsFault> {
        Definite::read(bytes, 64).map(|value| value.bytes.into_owned())
    }

    #[test]
    fn indefinite_lengths_become_definite() {
        let ber = [0x30, 0x80, 0x02, 0x01, 0x05, 0x31, 0x80, 0x05, 0x00, 0, 0, 0, 0, 0, 0];
        let value = Definite::read(&ber, 64).unwrap();
        assert_eq!((value.bytes.as_ref(), value.consumed), (&[0x30, 7, 2, 1, 5, 0x31, 2, 5, 0][..], 13));
        assert!(!value.is_der());
    }

    #[test]
    fn strings_in_pieces_become_whole() {
        let ber = [0x24, 0x80, 0x04, 1, 0xaa, 0x24, 0x80, 0x04, 2, 0xbb, 0xcc, 0, 0, 0x04, 0, 0, 0];
        assert_eq!(definite(&ber).unwrap(), [0x04, 3, 0xaa, 0xbb, 0xcc]);
        assert_eq!(definite(&[0x2c, 5, 0x04, 3, b'a', b'b', b'c']).unwrap(), [0x0c, 3, b'a', b'b', b'c']);
        assert!(definite(&[0x24, 3, 0x02, 1, 0]).is_err());
    }

    #[test]
    fn a_bit_string_in_pieces_is_refused() {
        assert!(definite(&[0x23, 4, 0x03, 2, 0, 1]).is_err());
    }

    #[test]
    fn long_lengths_become_short() {
        assert_eq!(definite(&[0x30, 0x83, 0, 0, 3, 0x02, 0x81, 0x00]).unwrap(), [0x30, 2, 2, 0]);
    }

    #[test]
    fn values_do_not_reach_out_of_their_parents() {
        assert!(definite(&[0x30, 3, 0x04, 5, 1, 1, 1, 1, 1]).is_err());
        // The inner value has no end-of-contents octets within the outer one.
        assert!(definite(&[0x30, 2, 0x30, 0x80, 0, 0]).is_err());
        assert!(definite(&[0x04, 0x80, 0, 0]).is_err());
        assert!(definite(&[]).is_err());
    }

    #[test]
    fn deep_nesting_fails_fast() {
        for unit in [&[0x30, 0x80][..], &[0x24, 0x80]] {
            let deep = unit.repeat(100_000);
            assert_eq!(definite(&deep), Err(CmsFault::TooDeep { limit: 64 }));
        }
    }

    /// A value as BER may write it, and as DER does.
    fn values() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
        let leaf = prop::collection::vec(any::<u8>(), 0..200).prop_map(|content| {
            let der = tlv(OCTET_STRING, &[&content]);
            let (front, back) = content.split_at(content.len() / 2);
            let ber = [&[0x24, 0x80][..], &tlv(4, &[front]), &tlv(4, &[back]), &[0, 0]].concat();
            (ber, der)
        });
        leaf.prop_recursive(6, 40, 4, |inner| {
            (prop::collection::vec(inner, 0..4), any::<bool>()).prop_map(|(children, indefinite)| {
                let (ber, der): (Vec<_>, Vec<_>) = children.into_iter().unzip();
                let (ber, der) = (ber.concat(), der.concat());
                let open = [&[0xa3, 0x80][..], &ber, &[0, 0]].concat();
                (if indefinite { open } else { tlv(0xa3, &[&ber]) }, tlv(0xa3, &[&der]))
            })
        })
    }

    proptest! {
        #[test]
        fn ber_becomes_der_and_der_stays((ber, der) in values()) {
            prop_assert_eq!(&definite(&ber).unwrap(), &der);
            let again = Definite::read(&der, 64).unwrap();
            prop_assert!(again.is_der());
            prop_assert_eq!(again.bytes.as_ref(), &der[..]);
        }

        #[test]
        fn anything_is_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(value) = Definite::read(&bytes, 8) {
                prop_assert!(value.consumed <= bytes.len());
                let again = Definite::read(&value.bytes, 8).unwrap();
                prop_assert_eq!(again.bytes.as_ref(), value.bytes.as_ref());
            }
        }
    }
}
