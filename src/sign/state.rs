//! Stored forms of half-done work: DER, with a version and a check sum.

use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use der::{Decode, Encode, Sequence};
use spki::AlgorithmIdentifierOwned;

use super::prepared::Prepared;
use super::reserved::Reserved;
use super::signed::TimestampRequirement;
use super::update::wrong_base;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::document::Document;
use crate::pdf::update::Appended;
use crate::pdf::update::appended::Hole;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::cms::element::{Elements, SEQUENCE};
use crate::port::Identity;
use crate::time::Time;

/// The version that this release writes and reads.
pub(super) const VERSION: u8 = 1;

/// The file that something was prepared for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) length: u64,
    /// SHA-256 of the whole file.
    pub(super) digest: Vec<u8>,
}

impl Base {
    pub(super) fn of(document: &Document<'_>) -> Result<Self> {
        let digest = document.digest_state(DigestAlgorithm::Sha256)?.finish();
        Ok(Self { length: document.len(), digest })
    }

    pub(super) fn check(&self, document: &Document<'_>) -> Result<()> {
        if document.len() != self.length {
            return Err(wrong_base(self.length, document.len()));
        }
        if *self == Self::of(document)? {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Base,
            "this file has the right length but other bytes than the one that was prepared",
        )
        .advise("use the very file that was prepared, unchanged"))
    }
}

/// An update with its hole, which is left out: it holds nothing yet.
#[derive(Sequence)]
pub(super) struct AppendedState {
    base: u64,
    before_hole: OctetString,
    behind_hole: OctetString,
    /// The digits in the hole.
    hole: u64,
    byte_range_start: u64,
    byte_range_end: u64,
}

impl AppendedState {
    pub(super) fn new(appended: &Appended) -> Result<Self> {
        let (hole, [before, behind]) = appended.hole.as_ref().zip(appended.covered()).ok_or_else(malformed)?;
        Ok(Self {
            base: appended.base,
            before_hole: octets(before)?,
            behind_hole: octets(behind)?,
            hole: hole.contents.end.saturating_sub(hole.contents.start).saturating_sub(2),
            byte_range_start: hole.byte_range_value.start,
            byte_range_end: hole.byte_range_value.end,
        })
    }

    pub(super) fn into_appended(self) -> Result<Appended> {
        // The longest hole that anybody could verify; more would only take memory.
        let longest = Limits::default().cms_bytes.saturating_mul(2);
        let digits =
            Some(self.hole).filter(|digits| *digits <= longest).and_then(|digits| usize::try_from(digits).ok());
        let digits = digits.ok_or_else(malformed)?;
        let (before, behind) = (self.before_hole.as_bytes(), self.behind_hole.as_bytes());
        let hole = [b"<".as_slice(), &vec![b'0'; digits], b">"].concat();
        let place = |length: usize| self.base.checked_add(u64::try_from(length).ok()?);
        let contents = place(before.len()).zip(place(before.len().saturating_add(hole.len())));
        let contents = contents.map(|(start, end)| start..end).ok_or_else(malformed)?;
        let byte_range_value = self.byte_range_start..self.byte_range_end;
        let appended = Appended {
            base: self.base,
            bytes: [before, &hole, behind].concat(),
            hole: Some(Hole { contents, byte_range_value }),
        };
        appended.covered().is_some().then_some(appended).ok_or_else(malformed)
    }
}

/// The stored form of [`Reserved`].
#[derive(Sequence)]
pub(super) struct ReservedState {
    version: u8,
    base_digest: OctetString,
    appended: AppendedState,
    digest: ObjectIdentifier,
    imprint: OctetString,
    now: i64,
    /// Whether the field requires a timestamp that is not there yet.
    timestamp: bool,
}

/// The stored form of [`Prepared`].
#[derive(Sequence)]
pub(super) struct PreparedState {
    reserved: ReservedState,
    certificates: Vec<OctetString>,
    algorithm: AlgorithmIdentifierOwned,
    attributes: OctetString,
}

/// The stored form of [`Signed`](super::Signed).
#[derive(Sequence)]
pub(super) struct SignedState {
    reserved: ReservedState,
    cms: OctetString,
}

impl ReservedState {
    pub(super) fn new(reserved: &Reserved) -> Result<Self> {
        Ok(Self {
            version: VERSION,
            base_digest: octets(&reserved.base.digest)?,
            appended: AppendedState::new(&reserved.appended)?,
            digest: reserved.digest.oid(),
            imprint: octets(&reserved.imprint)?,
            now: reserved.now.to_unix(),
            timestamp: reserved.timestamp == TimestampRequirement::Required,
        })
    }

    pub(super) fn into_reserved(self) -> Result<Reserved> {
        check_version(self.version)?;
        let appended = self.appended.into_appended()?;
        Ok(Reserved {
            base: Base { length: appended.base, digest: self.base_digest.as_bytes().to_vec() },
            appended,
            digest: DigestAlgorithm::from_oid(self.digest).ok_or_else(malformed)?,
            imprint: self.imprint.as_bytes().to_vec(),
            now: Time::from_unix(self.now),
            timestamp: if self.timestamp { TimestampRequirement::Required } else { TimestampRequirement::Optional },
        })
    }
}

impl PreparedState {
    pub(super) fn new(prepared: &Prepared) -> Result<Self> {
        Ok(Self {
            reserved: ReservedState::new(&prepared.reserved)?,
            certificates: prepared.identity.certificates().map(octets).collect::<Result<_>>()?,
            algorithm: prepared.identity.algorithm().to_identifier(),
            attributes: octets(prepared.input.message())?,
        })
    }

    pub(super) fn into_prepared(self) -> Result<Prepared> {
        let reserved = self.reserved.into_reserved()?;
        let algorithm =
            SignatureAlgorithm::from_identifier(&self.algorithm).map_err(|fault| malformed().because(fault))?;
        let certificates = self.certificates.iter().map(OctetString::as_bytes);
        let identity = Identity::new(certificates)?.with_algorithm(algorithm);
        Ok(Prepared::new(reserved, identity, self.attributes.as_bytes().to_vec()))
    }
}

impl SignedState {
    pub(super) fn new(reserved: &Reserved, cms: &[u8]) -> Result<Self> {
        Ok(Self { reserved: ReservedState::new(reserved)?, cms: octets(cms)? })
    }

    pub(super) fn into_parts(self) -> Result<(Reserved, Vec<u8>)> {
        Ok((self.reserved.into_reserved()?, self.cms.as_bytes().to_vec()))
    }
}

/// A state as DER, and behind it the SHA-256 of that: what comes back from a disk or a queue is what went there. It is no protection
/// against whoever can write there; what such a one changes in what is signed, the signer's value does not verify.
pub(super) fn to_bytes(state: &impl Encode) -> Result<Vec<u8>> {
    let mut bytes = state.to_der().map_err(too_long)?;
    bytes.extend(DigestAlgorithm::Sha256.digest(&bytes));
    Ok(bytes)
}

/// What [`to_bytes`] wrote. Its version goes first: that of another release may have any other shape.
pub(super) fn from_bytes<'b, S: Decode<'b, Error = der::Error>>(bytes: &'b [u8]) -> Result<S> {
    version(bytes).map_or(Ok(()), check_version)?;
    let length = bytes.len().saturating_sub(DigestAlgorithm::Sha256.len());
    let (state, sum) = bytes.split_at_checked(length).filter(|_| length > 0).unwrap_or((bytes, &[]));
    let read = S::from_der(state).map_err(|fault| malformed().because(fault))?;
    if DigestAlgorithm::Sha256.digest(state) != sum {
        return Err(Error::new(ErrorKind::State, "the stored value is not what was stored").advise("prepare again"));
    }
    Ok(read)
}

/// The version, which is the first INTEGER of every state, in the SEQUENCE or in the first one within it.
fn version(bytes: &[u8]) -> Option<u8> {
    let outer = Elements::new(bytes).expect(SEQUENCE, "").ok()?;
    let version = match outer.children().any("").ok()? {
        inner if inner.tag == SEQUENCE => inner.children().any("").ok()?,
        version => version,
    };
    u8::from_der(version.whole).ok()
}

pub(super) fn octets(bytes: &[u8]) -> Result<OctetString> {
    OctetString::new(bytes.to_vec()).map_err(too_long)
}

pub(super) fn check_version(version: u8) -> Result<()> {
    if version == VERSION {
        return Ok(());
    }
    Err(Error::new(ErrorKind::State, format!("the stored value has version {version}, this release reads {VERSION}"))
        .advise("complete it with the release that prepared it"))
}

pub(super) fn malformed() -> Error {
    Error::new(ErrorKind::State, "the stored value cannot be read").advise("prepare again")
}

fn too_long(fault: der::Error) -> Error {
    Error::new(ErrorKind::State, "the value is too long to be stored").because(fault)
}
