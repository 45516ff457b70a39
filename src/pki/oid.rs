//! Object identifiers as they are received.
//!
//! What it is for: policies, purposes, extensions and attributes are named by anybody's object identifiers, and most are only compared. Those of
//! `const_oid` have at most 39 octets, 32 bits an arc and no second arc above 39 (2.999, 2.25 with a UUID and all the longer ones do not fit): what
//! it cannot hold must not cost the certificate that names it.
//!
//! Invariant: two are equal exactly where their content octets are (RFC 5280 compares them as values, and DER writes each in one way).
//!
//! Specified in X.690, 8.19; X.660. Noun: [`Oid`].

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use const_oid::ObjectIdentifier;
use der::{DecodeValue, EncodeValue, FixedTag, Header, Length, Reader, Tag, Writer};

/// The most digits of an arc in decimal that are written or read: those of 128 bits, which is a UUID (X.667).
const ARC_BITS: u32 = u128::BITS;

/// An object identifier of any length.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Oid {
    /// What `const_oid` holds, and always so.
    Held(ObjectIdentifier),
    /// The content octets of any other.
    Other(Arc<[u8]>),
}

impl Oid {
    /// Reads content octets; `None` where they are no object identifier (X.690, 8.19.2).
    pub(crate) fn from_bytes(content: &[u8]) -> Option<Self> {
        let ends = content.last()? & 0x80 == 0;
        let mut arcs = content.split_inclusive(|octet| octet & 0x80 == 0);
        // `const_oid` takes arcs with leading zeros, which would be a second way to write the same.
        if !ends || arcs.any(|arc| arc.starts_with(&[0x80])) {
            return None;
        }
        let held = ObjectIdentifier::from_bytes(content).map(Self::Held);
        Some(held.unwrap_or_else(|_| Self::Other(content.into())))
    }

    /// The identifier as constants are matched; no constant is one that does not fit.
    pub(crate) fn held(&self) -> Option<ObjectIdentifier> {
        match self {
            Self::Held(held) => Some(*held),
            Self::Other(_) => None,
        }
    }

    /// The content octets.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Held(held) => held.as_bytes(),
            Self::Other(content) => content,
        }
    }

    /// Whether it is one of `known`.
    pub(crate) fn is_among(&self, known: &[ObjectIdentifier]) -> bool {
        self.held().is_some_and(|held| known.contains(&held))
    }

    /// The arcs; `None` where one has more than 128 bits.
    fn arcs(&self) -> Option<Vec<u128>> {
        let mut arcs = Vec::new();
        let mut arc: u128 = 0;
        for octet in self.as_bytes() {
            if arc.leading_zeros() < 7 {
                return None;
            }
            arc = arc << 7 | u128::from(octet & 0x7f);
            if octet & 0x80 == 0 {
                if arcs.is_empty() {
                    let root = (arc / 40).min(2);
                    arcs.push(root);
                    arc = arc.saturating_sub(root.saturating_mul(40));
                }
                arcs.push(arc);
                arc = 0;
            }
        }
        Some(arcs)
    }
}

/// The text is none of an object identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no object identifier: numbers with dots between them, as in 2.999.1")]
pub(crate) struct NoOid;

impl FromStr for Oid {
    type Err = NoOid;

    /// Reads the dotted form, arcs of up to 128 bits.
    fn from_str(text: &str) -> Result<Self, NoOid> {
        let is_arc = |arc: &str| {
            arc.bytes().all(|digit| digit.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0') && !arc.is_empty())
        };
        if !text.split('.').all(is_arc) {
            return Err(NoOid);
        }
        let arcs: Vec<u128> = text.split('.').map(|arc| arc.parse().map_err(|_| NoOid)).collect::<Result<_, _>>()?;
        let [root, second, rest @ ..] = arcs.as_slice() else { return Err(NoOid) };
        if *root > 2 || (*root < 2 && *second > 39) {
            return Err(NoOid);
        }
        let first = root.checked_mul(40).and_then(|root| root.checked_add(*second)).ok_or(NoOid)?;
        let content: Vec<u8> = std::iter::once(&first).chain(rest).flat_map(|arc| octets(*arc)).collect();
        Self::from_bytes(&content).ok_or(NoOid)
    }
}

/// Groups of seven bits, the most significant first, all but the last marked.
fn octets(arc: u128) -> Vec<u8> {
    let groups = ARC_BITS.saturating_sub(arc.leading_zeros()).div_ceil(7).max(1);
    let group = |at: u32| u8::try_from(arc >> at.saturating_mul(7) & 0x7f).unwrap_or_default();
    (0..groups).rev().map(|at| group(at) | if at == 0 { 0 } else { 0x80 }).collect()
}

impl From<ObjectIdentifier> for Oid {
    fn from(held: ObjectIdentifier) -> Self {
        Self::Held(held)
    }
}

impl PartialEq<ObjectIdentifier> for Oid {
    fn eq(&self, other: &ObjectIdentifier) -> bool {
        matches!(self, Self::Held(held) if held == other)
    }
}

/// Dotted; with an arc of more than 128 bits, the hexadecimal DER after a `#` as RFC 4514 writes values it has no text for.
impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.arcs() {
            Some(arcs) => f.write_str(&arcs.iter().map(u128::to_string).collect::<Vec<_>>().join(".")),
            None => write!(f, "#{}", crate::digest::hex(&der::Encode::to_der(self).unwrap_or_default())),
        }
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

impl FixedTag for Oid {
    const TAG: Tag = Tag::ObjectIdentifier;
}

impl<'a> DecodeValue<'a> for Oid {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        Self::from_bytes(&reader.read_vec(header.length())?).ok_or_else(|| Self::TAG.value_error().into())
    }
}

impl EncodeValue for Oid {
    fn value_len(&self) -> der::Result<Length> {
        Length::try_from(self.as_bytes().len())
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use der::{Decode, Encode};
    use proptest::prelude::*;

    use super::*;

    const UUID: &str = "2.25.340282366920938463463374607431768211455";

    #[test]
    fn what_does_not_fit_elsewhere_is_held_and_written() {
        let long = format!("1.2{}", ".4294967295".repeat(60));
        for text in ["2.999", "2.999.1", UUID, "1.3.6.1.4.1.4294967296", "0.39", "2.5.29.32.0", long.as_str()] {
            let oid: Oid = text.parse().unwrap();
            assert_eq!(oid.to_string(), text);
            assert_eq!(Oid::from_der(&oid.to_der().unwrap()), Ok(oid));
        }
        assert_eq!("2.999.1".parse::<Oid>().unwrap().to_der().unwrap(), [6, 3, 0x88, 0x37, 1]);
        for text in [
            "",
            "2",
            "3.1",
            "1.40",
            "1.2.",
            "1..2",
            "1.02",
            "1.2.x",
            "+1.2",
            "2.25.340282366920938463463374607431768211456",
        ] {
            assert_eq!(text.parse::<Oid>(), Err(NoOid), "{text}");
        }
    }

    #[test]
    fn an_arc_of_any_length_is_read_and_compared() {
        let mut content = vec![0x2a];
        content.extend([0xff; 200]);
        content.push(1);
        let oid = Oid::from_bytes(&content).unwrap();
        assert!(oid.to_string().starts_with("#0681ca2aff"), "{oid}");
        content.push(1);
        assert_ne!(Oid::from_bytes(&content), Some(oid));
    }

    #[test]
    fn octets_that_are_none_are_refused() {
        for content in [&[][..], &[0x80, 1], &[0x2a, 0x80, 1], &[0x2a, 0x81], &[0x88, 0x37, 0x80]] {
            assert_eq!(Oid::from_bytes(content), None, "{content:?}");
        }
    }

    proptest! {
        #[test]
        fn those_that_fit_are_the_same_in_both(arcs in prop::collection::vec(any::<u32>(), 1..6), second in 0u32..40) {
            let text = arcs.iter().fold(format!("1.{second}"), |text, arc| format!("{text}.{arc}"));
            let held: ObjectIdentifier = text.parse().unwrap();
            let oid: Oid = text.parse().unwrap();
            prop_assert_eq!(oid.to_string(), held.to_string());
            prop_assert!(oid == held);
        }

        #[test]
        fn any_octets_are_read_without_panic_and_written_back(content in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Some(oid) = Oid::from_bytes(&content) {
                prop_assert_eq!(oid.as_bytes(), content.as_slice());
                let text = oid.to_string();
                prop_assert!(text.starts_with('#') || text.parse() == Ok(oid));
            }
        }
    }
}
