//! A signature that waits for its value: can be stored, sent, and completed elsewhere.

use const_oid::db::rfc5911::ID_DATA;

use super::layout::cms;
use super::revision::{self, not_as_meant};
use super::signed::{Signed, TimestampRequirement};
use super::state::{Base, PreparedState, malformed};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::document::Document;
use crate::pdf::update::Appended;
use crate::pki::cms::SignedData;
use crate::port::{Identity, SigningInput};
use crate::time::Time;

/// Everything but the signature value. A few KB that hold no part of the document: store it, send
/// [`input`](Self::input) to the key, and [`complete`](Self::complete) it days later on another machine.
#[derive(Clone, Debug)]
pub struct Prepared {
    base: Base,
    appended: Appended,
    identity: Identity,
    input: SigningInput,
    now: Time,
    timestamp: TimestampRequirement,
}

impl Prepared {
    pub(super) fn new(
        document: &Document<'_>,
        appended: Appended,
        identity: Identity,
        attributes: Vec<u8>,
        now: Time,
        timestamp: TimestampRequirement,
    ) -> Result<Self> {
        let input = SigningInput::new(attributes, identity.algorithm());
        Ok(Self { base: Base::of(document)?, appended, identity, input, now, timestamp })
    }

    /// What is to be signed.
    pub fn input(&self) -> &SigningInput {
        &self.input
    }

    /// How many bytes longer the file will be.
    pub fn update_len(&self) -> usize {
        self.appended.bytes.len()
    }

    /// This value as bytes, to be stored. The format carries its version.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where it cannot be written; only for sizes beyond 256 MB.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let message = self.input.message();
        PreparedState::new(&self.base, &self.appended, &self.identity, message, self.now, self.timestamp)?.to_bytes()
    }

    /// Reads back what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where `bytes` are no such value, or of a version that this release does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let state = PreparedState::from_bytes(bytes)?;
        let timestamp = state.timestamp();
        let (base, appended, identity, attributes, now) = state.into_parts()?;
        let input = SigningInput::new(attributes, identity.algorithm());
        Ok(Self { base, appended, identity, input, now, timestamp })
    }

    /// Takes the signature value and gives the signed revision. The same arguments give the same bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `document` is not the file that was prepared, by length or digest; [`ErrorKind::Signer`] where the
    /// value does not verify under the signing certificate; [`ErrorKind::State`] where this value was damaged while it was stored.
    pub fn complete<'d>(self, document: &'d Document<'d>, value: &[u8]) -> Result<Signed<'d>> {
        self.base.check(document)?;
        self.complete_with(document, value)
    }

    /// As [`complete`](Self::complete), for the document that was prepared a moment ago.
    pub(super) fn complete_with<'d>(self, document: &'d Document<'d>, value: &[u8]) -> Result<Signed<'d>> {
        self.check_value(value)?;
        let der = cms(&self.identity, self.input.message(), value);
        self.check_cms(&der, document)?;
        Ok(Signed::new(document, self.appended, der, self.now, self.timestamp))
    }

    fn check_value(&self, value: &[u8]) -> Result<()> {
        self.identity.key().verify(self.input.algorithm(), self.input.message(), value).map_err(|fault| {
            Error::new(ErrorKind::Signer, "the signer's answer is no signature of the signing certificate")
                .at(self.identity.signing_certificate())
                .because(fault)
                .advise("check that key and certificate belong together, and that the digest was not hashed twice")
        })
    }

    /// What was built must read back and verify; and what was signed must be this very revision, whatever happened to it in storage.
    fn check_cms(&self, der: &[u8], document: &Document<'_>) -> Result<()> {
        let read = SignedData::from_der(der, &Limits::default()).map_err(not_as_meant)?;
        let signer = read.signer().map_err(not_as_meant)?;
        signer.check_signature(self.identity.key(), &[]).map_err(not_as_meant)?;
        let imprint = revision::imprint(document, &self.appended, self.input.algorithm().digest())?;
        signer.check_content(&imprint, ID_DATA).map_err(|fault| malformed().because(fault))?;
        let signing = [self.identity.signing_certificate()];
        signer.signing_certificate_in(signing).map(drop).map_err(|fault| malformed().because(fault))
    }
}
