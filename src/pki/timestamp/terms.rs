//! What may be chosen when a TSA is asked.
//!
//! Invariant: nothing here makes a request weaker than its reader takes it for: digests that are broken cannot be chosen, and what was
//! chosen is held against the answer.
//!
//! Specified in RFC 3161, 2.4.1. Noun: [`TimestampTerms`].

use super::request::TimestampRequest;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pki::oid::{NoOid, Oid};

/// How a timestamp is asked for: the digest of its imprint, the policy, the nonce. Unless told: SHA-256, whatever policy the authority
/// has, and a nonce. The authority's certificate is always asked for.
///
/// # Examples
/// ```
/// use pades_ltv::{DigestAlgorithm, TimestampTerms};
///
/// let terms = TimestampTerms::new().digest(DigestAlgorithm::Sha512)?.policy("1.2.392.200091.100.721.1")?;
/// # let _ = terms;
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampTerms {
    digest: DigestAlgorithm,
    policy: Option<Oid>,
    nonce: Nonce,
}

/// Whether a nonce is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nonce {
    Sent,
    LeftOut,
}

impl TimestampTerms {
    /// SHA-256, any policy, and a nonce.
    pub fn new() -> Self {
        Self { digest: DigestAlgorithm::Sha256, policy: None, nonce: Nonce::Sent }
    }

    /// What the imprint is made with.
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`] for MD5 and SHA-1, which are broken.
    pub fn digest(mut self, digest: DigestAlgorithm) -> Result<Self> {
        if [DigestAlgorithm::Md5, DigestAlgorithm::Sha1].contains(&digest) {
            let message = format!("{} is broken, and only read", digest.name());
            return Err(Error::new(ErrorKind::Timestamp, message).class_is(ErrorClass::Permanent));
        }
        self.digest = digest;
        Ok(self)
    }

    /// Asks for a stamp under `policy`, one of the authority's, as a dotted OID. A token under another one is refused.
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`] where that is no OID.
    pub fn policy(mut self, policy: &str) -> Result<Self> {
        self.policy = Some(parse_policy(policy)?);
        Ok(self)
    }

    /// Sends no nonce, for authorities that cannot give one back. The imprint still binds the answer to the request; but an answer from
    /// an earlier request over the same bytes can no longer be told from a new one.
    #[must_use]
    pub fn without_nonce(mut self) -> Self {
        self.nonce = Nonce::LeftOut;
        self
    }

    /// What the stamped data must be digested with.
    pub(crate) fn imprint_algorithm(&self) -> DigestAlgorithm {
        self.digest
    }

    /// The request over `imprint`, with these eight octets as nonce if one is sent.
    pub(crate) fn request(&self, imprint: &[u8], nonce: &[u8; 8]) -> TimestampRequest {
        let request = TimestampRequest::new(self.digest, imprint, nonce).under(self.policy.clone());
        match self.nonce {
            Nonce::Sent => request,
            Nonce::LeftOut => request.without_nonce(),
        }
    }
}

impl Default for TimestampTerms {
    fn default() -> Self {
        Self::new()
    }
}

/// The OID of a policy.
pub(super) fn parse_policy(policy: &str) -> Result<Oid> {
    policy.parse().map_err(|fault: NoOid| {
        Error::new(ErrorKind::Timestamp, format!("\"{policy}\" is no policy"))
            .because(fault)
            .advise("write a dotted OID, as in 1.2.392.200091.100.721.1")
            .class_is(ErrorClass::Permanent)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_asked_for() {
        let terms = TimestampTerms::new().digest(DigestAlgorithm::Sha3_512).unwrap().policy("1.2.3.4").unwrap();
        let request = terms.clone().without_nonce().request(&[7; 64], &[9; 8]);
        assert_eq!((request.imprint_algorithm(), request.nonce()), (DigestAlgorithm::Sha3_512, None));
        assert_eq!(request.requested_policy().unwrap().to_string(), "1.2.3.4");
        assert_eq!(TimestampRequest::from_der(&request.to_der()), Ok(request));
        assert!(terms.request(&[7; 64], &[9; 8]).nonce().is_some());
    }

    #[test]
    fn what_is_broken_or_no_oid_is_refused() {
        for digest in [DigestAlgorithm::Md5, DigestAlgorithm::Sha1] {
            assert!(TimestampTerms::new().digest(digest).unwrap_err().to_string().contains("is broken"));
        }
        for policy in ["", "1", "a policy", "1..2"] {
            let error = TimestampTerms::new().policy(policy).unwrap_err();
            assert_eq!((error.kind(), error.class()), (ErrorKind::Timestamp, ErrorClass::Permanent), "{error}");
        }
    }
}
