//! Writing OCSP requests.

use der::Encode;
use der::asn1::{Int, OctetString};

use super::asn1::{CertId, ID_PKIX_OCSP_NONCE, OcspRequest, Request, TbsRequest};
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::digest_identifier;
use crate::pki::certificate::Certificate;
use crate::pki::extension::Extension;

impl OcspRequest {
    /// The DER of a request for the status of `certificate`, which `issuer` issued.
    ///
    /// The identifier is over SHA-1, which every responder knows (RFC 5019, 2.1.1) and which protects nothing here; a `nonce` has 1 to
    /// 128 bytes (RFC 9654, 2.1).
    pub(crate) fn for_certificate(
        certificate: &Certificate,
        issuer: &Certificate,
        nonce: Option<&[u8]>,
    ) -> der::Result<Vec<u8>> {
        let req_cert = CertId::new(certificate, issuer, DigestAlgorithm::Sha1)?;
        let extensions = nonce.map(|nonce| nonce_extension(nonce).map(|extension| vec![extension])).transpose()?;
        let tbs_request = TbsRequest {
            version: 0,
            requestor_name: None,
            request_list: vec![Request { req_cert, single_request_extensions: None }],
            request_extensions: extensions,
        };
        Self { tbs_request, optional_signature: None }.to_der()
    }
}

impl CertId {
    /// The identifier of `certificate`, which `issuer` issued.
    pub(crate) fn new(certificate: &Certificate, issuer: &Certificate, digest: DigestAlgorithm) -> der::Result<Self> {
        Ok(Self {
            hash_algorithm: digest_identifier(digest),
            issuer_name_hash: OctetString::new(digest.digest(certificate.issuer().der()))?,
            issuer_key_hash: OctetString::new(digest.digest(issuer.key_bits()))?,
            serial_number: Int::new(certificate.serial())?,
        })
    }
}

/// The nonce as an OCTET STRING inside the extension's own (RFC 9654, 2.1).
fn nonce_extension(nonce: &[u8]) -> der::Result<Extension> {
    let value = OctetString::new(nonce)?.to_der()?;
    Ok(Extension { extn_id: ID_PKIX_OCSP_NONCE.into(), critical: false, extn_value: OctetString::new(value)? })
}
