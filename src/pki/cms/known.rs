//! A CMS that was read in full, from which the next ones of the same signer are made.
//!
//! What it is for: many signatures by one signer. Their CMS differ in two octet strings, so that only the first is put together and read
//! back; the next ones are copies of it with these two replaced.
//!
//! Invariant: a copy says what the first said, but for the message digest and the signature value, which keep their lengths: in DER,
//! other octets inside a primitive string change nothing that a reader sees but that string.
//!
//! Specified nowhere. Noun: [`Known`].

use std::ops::Range;

use super::element::SET;

/// A CMS, and where in it stands what changes from one signature to the next.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    der: Vec<u8>,
    /// The signed attributes, without their tag, which is another where they are signed (RFC 5652, 5.4).
    attributes: Range<usize>,
    /// In the attributes: the octets of message-digest.
    imprint: Range<usize>,
    value: Range<usize>,
}

impl Known {
    /// The CMS `der`, which was read in full: these are its signed attributes as they were signed, the message digest in them, and its
    /// signature value. `None` where one of them stands in it more than once, so that its place is not sure.
    pub(crate) fn new(der: &[u8], attributes: &[u8], imprint: &[u8], value: &[u8]) -> Option<Self> {
        let attributes = the_only(der, attributes.get(1..)?)?;
        let imprint = the_only(der, imprint)?;
        let value = the_only(der, value)?;
        let is_inside = attributes.start <= imprint.start && imprint.end <= attributes.end;
        (is_inside && attributes.end <= value.start).then(|| Self { der: der.to_vec(), attributes, imprint, value })
    }

    /// The signed attributes with another message digest, as they are to be signed; `None` where it has another length.
    pub(crate) fn attributes(&self, imprint: &[u8]) -> Option<Vec<u8>> {
        let at = |place: usize| place.checked_sub(self.attributes.start)?.checked_add(1);
        let mut attributes = Vec::with_capacity(self.attributes.len().checked_add(1)?);
        attributes.push(SET);
        attributes.extend_from_slice(self.der.get(self.attributes.clone())?);
        replace(&mut attributes, at(self.imprint.start)?..at(self.imprint.end)?, imprint)?;
        Some(attributes)
    }

    /// The CMS with another message digest and another signature value; `None` where its attributes are then not these `attributes`, as
    /// they were signed, or where a length is another.
    pub(crate) fn again(&self, attributes: &[u8], imprint: &[u8], value: &[u8]) -> Option<Vec<u8>> {
        let mut der = self.der.clone();
        replace(&mut der, self.imprint.clone(), imprint)?;
        replace(&mut der, self.value.clone(), value)?;
        let is_what_was_signed = der.get(self.attributes.clone())? == attributes.strip_prefix(&[SET])?;
        is_what_was_signed.then_some(der)
    }
}

/// Writes `new` to `place` of `bytes`, if it has that length.
fn replace(bytes: &mut [u8], place: Range<usize>, new: &[u8]) -> Option<()> {
    let place = bytes.get_mut(place).filter(|place| place.len() == new.len())?;
    place.copy_from_slice(new);
    Some(())
}

/// Where `part` stands in `whole`, if it does so once.
fn the_only(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let first = part.first()?;
    let mut places = (0..whole.len())
        .filter(|at| whole.get(*at) == Some(first) && whole.get(*at..).is_some_and(|rest| rest.starts_with(part)));
    let start = places.next().filter(|_| places.next().is_none())?;
    Some(start..start.checked_add(part.len())?)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{ALGORITHM, Party};
    use super::super::{SignedAttributes, SignedDataWriter};
    use super::*;
    use crate::digest::DigestAlgorithm::Sha256;

    const DER: &[u8] = b"head 1digest1 alg value tail";

    #[test]
    fn what_is_copied_is_what_would_be_built() {
        let signer = Party::new(1);
        let built = |content: &[u8], value: &[u8]| {
            let imprint = Sha256.digest(content);
            let id_data = const_oid::db::rfc5911::ID_DATA;
            let attributes = SignedAttributes::new(Sha256, id_data, &imprint, &signer.certificate).to_der();
            let der = SignedDataWriter::new(&attributes, ALGORITHM, value, &signer.certificate).finish();
            (imprint, attributes, der)
        };
        let (values, longer) = ([[7; 70], [9; 70]], [9; 71]);
        let (imprint, attributes, der) = built(b"first", &values[0]);
        let known = Known::new(&der, &attributes, &imprint, &values[0]).unwrap();
        let (imprint, attributes, der) = built(b"second", &values[1]);
        assert_eq!(known.attributes(&imprint).unwrap(), attributes);
        assert_eq!(known.again(&attributes, &imprint, &values[1]).unwrap(), der);
        assert_eq!(known.again(&attributes, &imprint, &longer), None);
        assert_eq!(known.attributes(&imprint[1..]), None);
        // Attributes that are not those of the imprint, or of somebody else.
        assert_eq!(known.again(&built(b"third", &longer).1, &imprint, &values[1]), None);
        let mut foreign = attributes.clone();
        foreign.last_mut().map(|last| *last ^= 1).unwrap();
        assert_eq!(known.again(&foreign, &imprint, &values[1]), None);
    }

    #[test]
    fn what_stands_twice_or_elsewhere_has_no_place() {
        assert!(Known::new(DER, b"11digest1", b"digest", b"value").is_some());
        for (attributes, imprint, value) in [
            (&b"11digest1"[..], &b"a"[..], &b"value"[..]),
            (b"11digest1", b"head", b"value"),
            (b"11digest1", b"digest", b"head"),
            (b"11digest1", b"digest", b"missing"),
            (b"11digest1", b"", b"value"),
            (b"", b"digest", b"value"),
        ] {
            assert!(Known::new(DER, attributes, imprint, value).is_none());
        }
    }
}
