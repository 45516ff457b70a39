//! The messages of OCSP as ASN.1 types, for reading and for writing.
//!
//! Invariant: nothing here judges; and what is signed is hashed from received bytes, never from these types.
//!
//! Specified in RFC 6960, 4.1.1 and 4.2.1; names are the standard's.

use const_oid::ObjectIdentifier;
use der::asn1::{Any, BitString, GeneralizedTime, Int, Null, OctetString};
use der::{Choice, Enumerated, Sequence};
use spki::AlgorithmIdentifierOwned;

use crate::pki::extension::Extension;
use crate::pki::oid::Oid;

/// `id-pkix-ocsp-basic`: the response is a [`BasicOcspResponse`].
pub(crate) const ID_PKIX_OCSP_BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// `id-pkix-ocsp-nonce`: RFC 6960, 4.4.1 and RFC 8954.
pub(crate) const ID_PKIX_OCSP_NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
/// `id-pkix-ocsp-nocheck`: the responder's own status need not be asked (RFC 6960, 4.2.2.2.1).
pub(crate) const ID_PKIX_OCSP_NOCHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
/// `id-pkix-ocsp-archive-cutoff`: status is kept for certificates that expired since (RFC 6960, 4.4.4).
pub(crate) const ID_PKIX_OCSP_ARCHIVE_CUTOFF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.6");

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct OcspRequest {
    pub(crate) tbs_request: TbsRequest,
    /// `Signature`, which this crate neither makes nor reads.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) optional_signature: Option<Any>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct TbsRequest {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "v1")]
    pub(crate) version: u8,
    /// A `GeneralName`.
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) requestor_name: Option<Any>,
    pub(crate) request_list: Vec<Request>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) request_extensions: Option<Vec<Extension>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Request {
    pub(crate) req_cert: CertId,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) single_request_extensions: Option<Vec<Extension>>,
}

/// Which certificate: two digests of its issuer and the serial number.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct CertId {
    pub(crate) hash_algorithm: AlgorithmIdentifierOwned,
    /// Over the issuer's name, DER.
    pub(crate) issuer_name_hash: OctetString,
    /// Over the issuer's key bits, without algorithm.
    pub(crate) issuer_key_hash: OctetString,
    pub(crate) serial_number: Int,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct OcspResponse {
    pub(crate) response_status: OcspResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) response_bytes: Option<ResponseBytes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[repr(u32)]
pub(crate) enum OcspResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct ResponseBytes {
    pub(crate) response_type: Oid,
    /// With [`ID_PKIX_OCSP_BASIC`], the DER of a [`BasicOcspResponse`].
    pub(crate) response: OctetString,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct BasicOcspResponse {
    pub(crate) tbs_response_data: ResponseData,
    pub(crate) signature_algorithm: AlgorithmIdentifierOwned,
    pub(crate) signature: BitString,
    /// Certificates, each left unread: one that cannot be read must not cost the others.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) certs: Option<Vec<Any>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct ResponseData {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "v1")]
    pub(crate) version: u8,
    pub(crate) responder_id: ResponderId,
    pub(crate) produced_at: GeneralizedTime,
    pub(crate) responses: Vec<SingleResponse>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) response_extensions: Option<Vec<Extension>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Choice)]
pub(crate) enum ResponderId {
    /// The responder's subject `Name`, left as received.
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    ByName(Any),
    /// SHA-1 of the responder's key bits.
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct SingleResponse {
    pub(crate) cert_id: CertId,
    pub(crate) cert_status: CertStatus,
    pub(crate) this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) single_extensions: Option<Vec<Extension>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Choice)]
pub(crate) enum CertStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct RevokedInfo {
    pub(crate) revocation_time: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    /// A `CRLReason`, left unread: one that nobody defined must not cost the revocation.
    pub(crate) revocation_reason: Option<Any>,
}

fn v1() -> u8 {
    0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use der::{Decode, Encode};

    use super::*;

    #[test]
    fn a_response_round_trips() {
        let time = GeneralizedTime::from_unix_duration(Duration::from_secs(1_700_000_000)).unwrap();
        let octets = |byte| OctetString::new([byte; 32]).unwrap();
        let identifier = AlgorithmIdentifierOwned { oid: const_oid::db::rfc5912::ID_SHA_256, parameters: None };
        let cert_id = CertId {
            hash_algorithm: identifier.clone(),
            issuer_name_hash: octets(1),
            issuer_key_hash: octets(2),
            serial_number: Int::new(&[0, 0x80]).unwrap(),
        };
        let revoked =
            RevokedInfo { revocation_time: time, revocation_reason: Some(Any::from_der(&[10, 1, 1]).unwrap()) };
        let single = |cert_status| SingleResponse {
            cert_id: cert_id.clone(),
            cert_status,
            this_update: time,
            next_update: Some(time),
            single_extensions: None,
        };
        let statuses = [CertStatus::Good(Null), CertStatus::Revoked(revoked), CertStatus::Unknown(Null)];
        for responder_id in [ResponderId::ByKey(octets(3)), ResponderId::ByName(Any::from_der(&[0x30, 0]).unwrap())] {
            let basic = BasicOcspResponse {
                tbs_response_data: ResponseData {
                    version: 0,
                    responder_id,
                    produced_at: time,
                    responses: statuses.clone().map(single).to_vec(),
                    response_extensions: None,
                },
                signature_algorithm: identifier.clone(),
                signature: BitString::from_bytes(&[1, 2, 3]).unwrap(),
                certs: None,
            };
            let der = basic.to_der().unwrap();
            assert_eq!(BasicOcspResponse::from_der(&der).unwrap(), basic);
            let bytes =
                ResponseBytes { response_type: ID_PKIX_OCSP_BASIC.into(), response: OctetString::new(der).unwrap() };
            let response =
                OcspResponse { response_status: OcspResponseStatus::Successful, response_bytes: Some(bytes) };
            assert_eq!(OcspResponse::from_der(&response.to_der().unwrap()).unwrap(), response);
        }
        let none = OcspResponse { response_status: OcspResponseStatus::TryLater, response_bytes: None };
        assert_eq!(none.to_der().unwrap(), [0x30, 3, 0x0a, 1, 3]);
    }
}
