//! A signature with its value: may take a timestamp, then becomes an update.

use std::fmt;

use super::revision;
use super::update::Update;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::document::Document;
use crate::pdf::update::Appended;
use crate::pki::cms::{SignedData, add_timestamp};
use crate::pki::timestamp::TimestampRequest;
use crate::port::TimestampAuthority;
use crate::sign::timestamping::{accept, derived_nonce};
use crate::time::Time;

/// A signature that verifies, not yet in a file.
pub struct Signed<'d> {
    document: &'d Document<'d>,
    appended: Appended,
    cms: Vec<u8>,
    now: Time,
    missing: TimestampRequirement,
}

/// Whether the field takes a signature without a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimestampRequirement {
    Required,
    Optional,
}

impl<'d> Signed<'d> {
    pub(super) fn new(
        document: &'d Document<'d>,
        appended: Appended,
        cms: Vec<u8>,
        now: Time,
        missing: TimestampRequirement,
    ) -> Self {
        Self { document, appended, cms, now, missing }
    }

    /// The DER CMS `SignedData` as it stands now.
    pub fn cms(&self) -> &[u8] {
        &self.cms
    }

    /// Adds a signature timestamp (B-T): the one-call form of [`timestamp_request`](Self::timestamp_request) and
    /// [`timestamped`](Self::timestamped).
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`] where the authority fails or its answer is not good in every respect; [`ErrorKind::Capacity`] where
    /// the token does not fit into the room left for it.
    pub fn timestamp<T: TimestampAuthority + ?Sized>(self, tsa: &T) -> Result<Self> {
        let request = self.timestamp_request()?;
        let response = tsa.timestamp(&request.to_der())?;
        self.timestamped(&request, &response)
    }

    /// The request for a timestamp over this signature's value (RFC 5126, 6.1.1; RFC 3161).
    ///
    /// Its nonce is derived from the signature value and the time of signing.
    ///
    /// # Errors
    /// [`ErrorKind::SelfCheck`] where the signature does not read back; that would be a defect.
    pub fn timestamp_request(&self) -> Result<TimestampRequest> {
        let imprint = DigestAlgorithm::Sha256.digest(&self.value()?);
        Ok(TimestampRequest::new(DigestAlgorithm::Sha256, &imprint, &derived_nonce(&imprint, self.now)))
    }

    /// Adds the timestamp in `response`, the DER `TimeStampResp` to `request`.
    ///
    /// # Errors
    /// As [`timestamp`](Self::timestamp).
    pub fn timestamped(self, request: &TimestampRequest, response: &[u8]) -> Result<Self> {
        let imprint = request.imprint_algorithm().digest(&self.value()?);
        let token = accept(request, &imprint, response)?;
        let cms = add_timestamp(&self.cms, &token).map_err(revision::not_as_meant)?;
        let capacity = self.appended.capacity();
        if cms.len() > capacity {
            let missing = cms.len().saturating_sub(capacity);
            let message = format!("the timestamp of {} bytes does not fit: {missing} bytes are missing", token.len());
            return Err(Error::new(ErrorKind::Capacity, message)
                .advise(format!("sign again with timestamp_room({}) or more", token.len().saturating_add(512))));
        }
        Ok(Self { cms, missing: TimestampRequirement::Optional, ..self })
    }

    /// Puts the signature into its revision, reads the result back, and gives the bytes to append.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where the field requires a timestamp (ISO 32000-2, table 237) and there is none;
    /// [`ErrorKind::SelfCheck`] where the result does not read back as meant: nothing is handed out then.
    pub fn finish(self) -> Result<Update> {
        if self.missing == TimestampRequirement::Required {
            let message = "the field requires a timestamp, says its /SV /TimeStamp, and the signature has none";
            return Err(Error::new(ErrorKind::Field, message).advise("call timestamp(&tsa) before finish()"));
        }
        let appended = revision::fill(self.document, self.appended, &self.cms)?;
        Ok(Update::new(appended.base, appended.bytes))
    }

    fn value(&self) -> Result<Vec<u8>> {
        let read = SignedData::from_der(&self.cms, &Limits::default()).map_err(revision::not_as_meant)?;
        Ok(read.signer().map_err(revision::not_as_meant)?.signature().to_vec())
    }
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({:?}, a CMS of {} bytes)", self.appended, self.cms.len())
    }
}
