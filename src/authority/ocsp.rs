//! Answering OCSP requests (RFC 6960, 4.2).

use std::sync::Arc;
use std::time::Duration;

use der::asn1::{BitString, GeneralizedTime, Int, Null, OctetString};
use der::{Any, Decode, Encode, Tag};
use x509_cert::ext::pkix::CrlReason;

use super::certificate::{Seal, sign};
use super::hierarchy::{DAY, Entity};
use super::view::AuthorityAt;
use super::{Misbehaviour, unwritable};
use crate::digest::DigestAlgorithm;
use crate::error::Result;
use crate::pki::algorithm::digest_of;
use crate::pki::revocation::ocsp::asn1::{
    BasicOcspResponse, CertId, CertStatus, ID_PKIX_OCSP_BASIC, ID_PKIX_OCSP_NONCE, OcspRequest, OcspResponse,
    OcspResponseStatus, ResponderId, ResponseBytes, ResponseData, RevokedInfo, SingleResponse, TbsRequest,
};
use crate::time::Time;

const LIFE: Duration = Duration::from_secs(7 * DAY.as_secs());

impl AuthorityAt<'_> {
    /// The DER `OCSPResponse` to the DER `OCSPRequest`.
    pub(super) fn ocsp(&self, issuer: &Arc<Entity>, request: &[u8]) -> Result<Vec<u8>> {
        match (OcspRequest::from_der(request), self.misbehaviour) {
            (_, Some(Misbehaviour::OcspTryLater)) => failure(OcspResponseStatus::TryLater),
            (_, Some(Misbehaviour::OcspUnauthorized)) => failure(OcspResponseStatus::Unauthorized),
            (Err(_), _) => failure(OcspResponseStatus::MalformedRequest),
            // Nobody answers for an issuer whose certificate has expired.
            (Ok(_), _) if !issuer.certificate.is_valid_at(self.time) => failure(OcspResponseStatus::Unauthorized),
            (Ok(request), _) => self.respond(issuer, request.tbs_request),
        }
    }

    fn respond(&self, issuer: &Arc<Entity>, request: TbsRequest) -> Result<Vec<u8>> {
        let responder = self.authority.responder(issuer, self.time, self.misbehaviour)?;
        let tbs = self.response_data(issuer, &responder, request).map_err(unwritable)?;
        let broken = self.is(Misbehaviour::OcspBadSignature);
        let message = tbs.to_der().map_err(unwritable)?;
        let (algorithm, signature) = sign(&message, &responder.key, if broken { Seal::Broken } else { Seal::Good })?;
        let write = || -> der::Result<Vec<u8>> {
            let basic = BasicOcspResponse {
                tbs_response_data: tbs,
                signature_algorithm: algorithm,
                signature: BitString::from_bytes(&signature)?,
                certs: Some(vec![Any::from_der(responder.certificate.der())?]),
            };
            let bytes = ResponseBytes {
                response_type: ID_PKIX_OCSP_BASIC.into(),
                response: OctetString::new(basic.to_der()?)?,
            };
            OcspResponse { response_status: OcspResponseStatus::Successful, response_bytes: Some(bytes) }.to_der()
        };
        write().map_err(unwritable)
    }

    fn response_data(&self, issuer: &Entity, responder: &Entity, request: TbsRequest) -> der::Result<ResponseData> {
        let key_hash = DigestAlgorithm::Sha1.digest(responder.certificate.key_bits());
        let nonce = request.request_extensions.unwrap_or_default().into_iter();
        let nonce: Vec<_> = nonce.filter(|extension| extension.extn_id == ID_PKIX_OCSP_NONCE).collect();
        let single = |one: crate::pki::revocation::ocsp::asn1::Request| self.single(issuer, one.req_cert);
        Ok(ResponseData {
            version: 0,
            responder_id: ResponderId::ByKey(OctetString::new(key_hash)?),
            produced_at: generalized(self.time)?,
            responses: request.request_list.into_iter().map(single).collect::<der::Result<_>>()?,
            response_extensions: (!nonce.is_empty()).then_some(nonce),
        })
    }

    fn single(&self, issuer: &Entity, mut cert_id: CertId) -> der::Result<SingleResponse> {
        let cert_status = self.status(issuer, &cert_id)?;
        if self.is(Misbehaviour::OcspWrongCertificate) {
            cert_id.serial_number = Int::new(&[0x2a])?;
        }
        let expired = self.is(Misbehaviour::OcspExpired);
        let next_update = if expired { self.time.before(DAY) } else { self.time.after(LIFE) };
        Ok(SingleResponse {
            cert_id,
            cert_status,
            this_update: generalized(if expired { next_update.before(LIFE) } else { self.time })?,
            next_update: Some(generalized(next_update)?),
            single_extensions: None,
        })
    }

    /// Good, revoked, or unknown: what this issuer did not issue (RFC 6960, 2.2).
    fn status(&self, issuer: &Entity, cert_id: &CertId) -> der::Result<CertStatus> {
        let revoked = |time, reason: Option<CrlReason>| {
            let revocation_reason = reason.map(|reason| Any::encode_from(&reason)).transpose()?;
            Ok(CertStatus::Revoked(RevokedInfo { revocation_time: generalized(time)?, revocation_reason }))
        };
        match self.misbehaviour {
            Some(Misbehaviour::OcspUnknown) => return Ok(CertStatus::Unknown(Null)),
            Some(Misbehaviour::OcspRevoked) => return revoked(self.time.before(DAY), Some(CrlReason::KeyCompromise)),
            _ => {}
        }
        let serial = cert_id.serial_number.as_bytes();
        if !names(cert_id, issuer) || !self.authority.origin.is_ours(serial) {
            return Ok(CertStatus::Unknown(Null));
        }
        match self.authority.revocation(serial, self.time) {
            Some(revocation) => revoked(revocation.time, revocation.reason.code()),
            None => Ok(CertStatus::Good(Null)),
        }
    }
}

/// Whether both hashes are `issuer`'s (RFC 6960, 4.1.1).
fn names(cert_id: &CertId, issuer: &Entity) -> bool {
    let certificate = &issuer.certificate;
    digest_of(&cert_id.hash_algorithm).is_ok_and(|digest| {
        cert_id.issuer_name_hash.as_bytes() == digest.digest(certificate.subject().der())
            && cert_id.issuer_key_hash.as_bytes() == digest.digest(certificate.key_bits())
    })
}

fn failure(status: OcspResponseStatus) -> Result<Vec<u8>> {
    OcspResponse { response_status: status, response_bytes: None }.to_der().map_err(unwritable)
}

fn generalized(time: Time) -> der::Result<GeneralizedTime> {
    let seconds = u64::try_from(time.to_unix()).map_err(|_| Tag::GeneralizedTime.value_error())?;
    GeneralizedTime::from_unix_duration(Duration::from_secs(seconds))
}
