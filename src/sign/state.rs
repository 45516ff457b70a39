//! Stored forms of half-done work: DER, with a version.

use der::asn1::OctetString;
use der::{Decode, Encode, Sequence};
use spki::AlgorithmIdentifierOwned;

use super::signed::TimestampRequirement;
use super::update::wrong_base;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::update::Appended;
use crate::pdf::update::appended::Hole;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::port::Identity;
use crate::time::Time;

/// The version that this release writes and reads.
const VERSION: u8 = 1;

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

/// An update with its hole.
#[derive(Sequence)]
pub(super) struct AppendedState {
    base: u64,
    bytes: OctetString,
    contents_start: u64,
    contents_end: u64,
    byte_range_start: u64,
    byte_range_end: u64,
}

impl AppendedState {
    pub(super) fn new(appended: &Appended) -> Result<Self> {
        let hole = appended.hole.as_ref().ok_or_else(malformed)?;
        Ok(Self {
            base: appended.base,
            bytes: OctetString::new(appended.bytes.clone()).map_err(too_long)?,
            contents_start: hole.contents.start,
            contents_end: hole.contents.end,
            byte_range_start: hole.byte_range_value.start,
            byte_range_end: hole.byte_range_value.end,
        })
    }

    pub(super) fn into_appended(self) -> Result<Appended> {
        let contents = self.contents_start..self.contents_end;
        let byte_range_value = self.byte_range_start..self.byte_range_end;
        let appended = Appended {
            base: self.base,
            bytes: self.bytes.into_bytes().into_vec(),
            hole: Some(Hole { contents, byte_range_value }),
        };
        appended.covered().is_some().then_some(appended).ok_or_else(malformed)
    }
}

/// The stored form of [`Prepared`](super::Prepared).
#[derive(Sequence)]
pub(super) struct PreparedState {
    version: u8,
    base_digest: OctetString,
    appended: AppendedState,
    certificates: Vec<OctetString>,
    algorithm: AlgorithmIdentifierOwned,
    attributes: OctetString,
    now: i64,
    /// Whether the field requires a timestamp.
    timestamp: bool,
}

impl PreparedState {
    pub(super) fn new(
        base: &Base,
        appended: &Appended,
        identity: &Identity,
        attributes: &[u8],
        now: Time,
        timestamp: TimestampRequirement,
    ) -> Result<Self> {
        let octets = |bytes: &[u8]| OctetString::new(bytes.to_vec()).map_err(too_long);
        Ok(Self {
            version: VERSION,
            base_digest: octets(&base.digest)?,
            appended: AppendedState::new(appended)?,
            certificates: identity.certificates().map(octets).collect::<Result<_>>()?,
            algorithm: identity.algorithm().to_identifier(),
            attributes: octets(attributes)?,
            now: now.to_unix(),
            timestamp: timestamp == TimestampRequirement::Required,
        })
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        self.to_der().map_err(too_long)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let state = Self::from_der(bytes).map_err(|fault| malformed().because(fault))?;
        check_version(state.version)?;
        Ok(state)
    }

    pub(super) fn timestamp(&self) -> TimestampRequirement {
        if self.timestamp { TimestampRequirement::Required } else { TimestampRequirement::Optional }
    }

    pub(super) fn into_parts(self) -> Result<(Base, Appended, Identity, Vec<u8>, Time)> {
        let appended = self.appended.into_appended()?;
        let base = Base { length: appended.base, digest: self.base_digest.as_bytes().to_vec() };
        let algorithm =
            SignatureAlgorithm::from_identifier(&self.algorithm).map_err(|fault| malformed().because(fault))?;
        let certificates = self.certificates.iter().map(OctetString::as_bytes);
        let identity = Identity::new(certificates)?.with_algorithm(algorithm);
        Ok((base, appended, identity, self.attributes.as_bytes().to_vec(), Time::from_unix(self.now)))
    }
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

pub(super) fn too_long(fault: der::Error) -> Error {
    Error::new(ErrorKind::State, "the value is too long to be stored").because(fault)
}
