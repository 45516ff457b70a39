//! What is asked of a TSA.
//!
//! Invariant: the certificate is always asked for: a token without it is worth nothing in ten years.
//! Invariant: a plain value; it can be stored as its own DER and read back in another process to judge the answer.
//!
//! Specified in RFC 3161, 2.4.1. Noun: [`TimestampRequest`].

use der::Decode;

use super::asn1::TimeStampReq;
use super::fault::TimestampFault;
use super::terms::parse_policy;
use crate::digest::DigestAlgorithm;
use crate::error::Result;
use crate::pki::cms::element::{INTEGER, OCTET_STRING, OID, SEQUENCE, oid, tlv};
use crate::pki::oid::Oid;

/// A time-stamp request: what an authority is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampRequest {
    algorithm: DigestAlgorithm,
    imprint: Vec<u8>,
    policy: Option<Oid>,
    nonce: Option<Vec<u8>>,
}

impl TimestampRequest {
    /// Asks for a stamp over the data whose digest is `imprint`.
    ///
    /// `nonce` is eight random bytes. The top two bits are set to 01, so that the INTEGER is positive and always
    /// eight octets long:
    /// some servers stumble over others.
    pub(crate) fn new(algorithm: DigestAlgorithm, imprint: &[u8], nonce: &[u8; 8]) -> Self {
        let [first, rest @ ..] = nonce;
        let nonce = std::iter::once((first & 0x3f) | 0x40).chain(rest.iter().copied());
        Self { algorithm, imprint: imprint.to_vec(), policy: None, nonce: Some(nonce.collect()) }
    }

    /// The request that would have led to `token`.
    #[cfg(test)]
    pub(super) fn answered_by(token: &super::TimestampToken) -> Self {
        Self {
            algorithm: token.imprint_algorithm().unwrap(),
            imprint: token.imprint().to_vec(),
            policy: Some(token.policy().clone()),
            nonce: token.nonce().map(<[u8]>::to_vec),
        }
    }

    /// Asks for a stamp under `policy`, one of the authority's, as a dotted OID.
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`](crate::ErrorKind::Timestamp) where that is no OID.
    pub fn under_policy(mut self, policy: &str) -> Result<Self> {
        self.policy = Some(parse_policy(policy)?);
        Ok(self)
    }

    pub(super) fn under(self, policy: Option<Oid>) -> Self {
        Self { policy, ..self }
    }

    pub(super) fn without_nonce(self) -> Self {
        Self { nonce: None, ..self }
    }

    /// Reads a request. Its extensions, and whether it asks for the certificate, are not kept.
    pub(crate) fn from_der(der: &[u8]) -> std::result::Result<Self, TimestampFault> {
        let request = TimeStampReq::from_der(der).map_err(|_| TimestampFault::MalformedRequest)?;
        let algorithm = request.message_imprint.hash_algorithm.oid;
        Ok(Self {
            algorithm: DigestAlgorithm::from_oid(algorithm)
                .ok_or(TimestampFault::UnknownImprintAlgorithm(algorithm))?,
            imprint: request.message_imprint.hashed_message.as_bytes().to_vec(),
            policy: request.req_policy,
            nonce: request.nonce.map(|nonce| nonce.as_bytes().to_vec()),
        })
    }

    /// The DER `TimeStampReq` (RFC 3161, 2.4.1).
    pub fn to_der(&self) -> Vec<u8> {
        // OpenSSL too writes NULL parameters here; RFC 5754, 2 lets both stand, and servers are used to it.
        let algorithm = tlv(SEQUENCE, &[&oid(self.algorithm.oid()), &[0x05, 0]]);
        let imprint = tlv(SEQUENCE, &[&algorithm, &tlv(OCTET_STRING, &[&self.imprint])]);
        let policy = self.policy.as_ref().map(|policy| tlv(OID, &[policy.as_bytes()])).unwrap_or_default();
        let nonce = self.nonce.as_ref().map(|nonce| tlv(INTEGER, &[nonce])).unwrap_or_default();
        tlv(SEQUENCE, &[&[0x02, 1, 1], &imprint, &policy, &nonce, &[0x01, 1, 0xff]])
    }

    /// What the digest was made with.
    pub fn imprint_algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The digest that gets stamped.
    pub fn imprint(&self) -> &[u8] {
        &self.imprint
    }

    pub(crate) fn requested_policy(&self) -> Option<&Oid> {
        self.policy.as_ref()
    }

    /// The nonce's content octets.
    pub(crate) fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use der::Encode;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn requests_round_trip(nonce in prop::array::uniform8(any::<u8>()), with_policy in any::<bool>()) {
            let mut request = TimestampRequest::new(DigestAlgorithm::Sha256, &[7; 32], &nonce);
            if with_policy {
                request = request.under_policy("1.2.3.4").unwrap();
            }
            let der = request.to_der();
            prop_assert_eq!(TimestampRequest::from_der(&der), Ok(request));
            let typed = TimeStampReq::from_der(&der).unwrap();
            prop_assert!(typed.cert_req && typed.version == 1);
            prop_assert_eq!(typed.nonce.as_ref().unwrap().as_bytes().len(), 8);
            prop_assert_eq!(typed.to_der().unwrap(), der);
        }
    }
}
