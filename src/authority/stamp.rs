//! Answering timestamp requests (RFC 3161, 2.4).

use const_oid::db::rfc5912::{ID_SHA_256, ID_SHA_512};
use der::asn1::{Int, OctetString};
use der::{Any, Decode, Encode};

use x509_cert::ext::pkix::name::GeneralName;

use super::certificate::TSA_POLICY;
use super::hierarchy::HOUR;
use super::view::AuthorityAt;
use super::{Misbehaviour, token, unwritable};
use crate::error::Result;
use crate::pki::algorithm::digest_of;
use crate::pki::extension::Extension;
use crate::pki::timestamp::asn1::{Accuracy, GenTime, PkiStatusInfo, TimeStampReq, TimeStampResp, TstInfo};
use crate::software::derived::Derived;

/// `PKIFailureInfo` (RFC 3161, 2.4.2).
const BAD_ALGORITHM: u8 = 0;
const BAD_DATA_FORMAT: u8 = 5;
const UNACCEPTED_POLICY: u8 = 15;
const UNACCEPTED_EXTENSION: u8 = 16;
const SYSTEM_FAILURE: u8 = 25;
/// `PKIStatus` (RFC 3161, 2.4.2).
const WAITING: u32 = 3;
const REVOCATION_WARNING: u32 = 4;
/// A policy that the certificate does not name.
const OTHER_POLICY: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1.99");

impl AuthorityAt<'_> {
    /// The DER `TimeStampResp` to the DER `TimeStampReq`.
    pub(super) fn stamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        let Ok(request) = TimeStampReq::from_der(request) else {
            return rejection(BAD_DATA_FORMAT, "this is no TimeStampReq");
        };
        match self.refusal(&request) {
            Some((bit, text)) => rejection(bit, text),
            None if self.is(Misbehaviour::RejectedInSilence) => self.unreasoned(PkiStatusInfo::REJECTION),
            None if self.is(Misbehaviour::Waiting) => self.unreasoned(WAITING),
            None if self.is(Misbehaviour::RevocationWarning) => self.unreasoned(REVOCATION_WARNING),
            None if self.is(Misbehaviour::NoToken) => response(PkiStatusInfo::granted(), None),
            None => response(self.granted(), Some(self.token(request)?)),
        }
    }

    fn refusal(&self, request: &TimeStampReq) -> Option<(u8, &'static str)> {
        let imprint = &request.message_imprint;
        let digest = digest_of(&imprint.hash_algorithm);
        if self.is(Misbehaviour::Rejected) {
            return Some((SYSTEM_FAILURE, "the clock is out of order"));
        }
        match digest {
            _ if self.is(Misbehaviour::RejectedAlgorithm) => Some((BAD_ALGORITHM, "use another digest")),
            _ if self.is(Misbehaviour::RejectedPolicy) => Some((UNACCEPTED_POLICY, "use another policy")),
            Err(_) => Some((BAD_ALGORITHM, "the digest algorithm is not supported")),
            Ok(digest) if digest.len() != imprint.hashed_message.as_bytes().len() => {
                Some((BAD_DATA_FORMAT, "the digest is not as long as its algorithm says"))
            }
            _ if request.version != 1 => Some((BAD_DATA_FORMAT, "the version is not 1")),
            _ if request.req_policy.as_ref().is_some_and(|policy| *policy != TSA_POLICY) => {
                Some((UNACCEPTED_POLICY, "the policy is not supported"))
            }
            _ if request.extensions.is_some() => Some((UNACCEPTED_EXTENSION, "no extension is supported")),
            _ => None,
        }
    }

    fn unreasoned(&self, status: u32) -> Result<Vec<u8>> {
        response(PkiStatusInfo { status, ..PkiStatusInfo::granted() }, None)
    }

    fn granted(&self) -> PkiStatusInfo {
        let status = if self.is(Misbehaviour::GrantedWithMods) {
            PkiStatusInfo::GRANTED_WITH_MODS
        } else {
            PkiStatusInfo::GRANTED
        };
        PkiStatusInfo { status, ..PkiStatusInfo::granted() }
    }

    fn token(&self, request: TimeStampReq) -> Result<Vec<u8>> {
        let tsa = self.authority.tsa(self.time, self.misbehaviour)?;
        let with_certificates = request.cert_req && !self.is(Misbehaviour::NoCertificate);
        let certificates = if with_certificates { tsa.chain().cloned().collect() } else { Vec::new() };
        let info = self.tst_info(request).and_then(|info| info.to_der()).map_err(unwritable)?;
        token::token(&info, &tsa, &certificates, self.time, self.misbehaviour)
    }

    fn tst_info(&self, request: TimeStampReq) -> der::Result<TstInfo> {
        let mut info = TstInfo {
            version: 1,
            policy: TSA_POLICY.into(),
            serial_number: self.serial_number(&request)?,
            message_imprint: request.message_imprint,
            gen_time: GenTime::new(self.time),
            accuracy: Some(Accuracy { seconds: Some(1), millis: None, micros: None }),
            ordering: false,
            nonce: request.nonce,
            tsa: None,
            extensions: None,
        };
        let imprint = &mut info.message_imprint;
        match self.misbehaviour {
            Some(Misbehaviour::WrongNonce) => info.nonce = Some(Int::new(&[0x2a])?),
            Some(Misbehaviour::MissingNonce) => info.nonce = None,
            Some(Misbehaviour::WrongVersion) => info.version = 2,
            Some(Misbehaviour::CriticalExtension) => {
                let extn_value = OctetString::new([5, 0])?;
                info.extensions = Some(vec![Extension { extn_id: OTHER_POLICY.into(), critical: true, extn_value }]);
            }
            Some(Misbehaviour::WrongName) => {
                let root = x509_cert::Certificate::from_der(self.authority.root_der())?;
                let name = GeneralName::DirectoryName(root.tbs_certificate().subject().clone());
                info.tsa = Some(Any::encode_from(&name)?);
            }
            Some(Misbehaviour::OldAnswer) => {
                imprint.hashed_message = OctetString::new(vec![0; imprint.hashed_message.as_bytes().len()])?;
                info.nonce = Some(Int::new(&[0x29])?);
            }
            Some(Misbehaviour::WrongPolicy) => info.policy = OTHER_POLICY.into(),
            Some(Misbehaviour::FutureTime) => info.gen_time = GenTime::new(self.time.after(HOUR)),
            Some(Misbehaviour::WrongImprint) => {
                let other: Vec<u8> = imprint.hashed_message.as_bytes().iter().map(|byte| !byte).collect();
                imprint.hashed_message = OctetString::new(other)?;
            }
            Some(Misbehaviour::WrongImprintAlgorithm) => {
                let is_sha256 = imprint.hash_algorithm.oid == ID_SHA_256;
                imprint.hash_algorithm.oid = if is_sha256 { ID_SHA_512 } else { ID_SHA_256 };
            }
            _ => {}
        }
        Ok(info)
    }

    /// 128 bits that follow from the imprint, the nonce and the time; positive.
    fn serial_number(&self, request: &TimeStampReq) -> der::Result<Int> {
        let parts = [&self.authority.origin.seed, &request.to_der()?[..], &self.time.to_unix().to_be_bytes()];
        let mut serial: [u8; 16] = Derived::from_parts(&parts).bytes();
        serial[0] = (serial[0] & 0x7f) | 0x40;
        Int::new(&serial)
    }
}

fn rejection(bit: u8, text: &str) -> Result<Vec<u8>> {
    response(PkiStatusInfo::rejection(bit, text).map_err(unwritable)?, None)
}

fn response(status: PkiStatusInfo, token: Option<Vec<u8>>) -> Result<Vec<u8>> {
    let write = || {
        let time_stamp_token = token.map(|token| Any::from_der(&token)).transpose()?;
        TimeStampResp { status, time_stamp_token }.to_der()
    };
    write().map_err(unwritable)
}
