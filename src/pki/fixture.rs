//! Certificates, CRLs and OCSP responses made on the spot, for tests.

use const_oid::ObjectIdentifier;
use der::asn1::{Any, BitString, GeneralizedTime, Int, Null, OctetString};
use der::{Decode, Encode};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};

use super::certificate::Certificate;
use super::extension::Extension;
use super::oid::Oid;
use super::revocation::ocsp::asn1::{
    BasicOcspResponse, CertId, CertStatus, ID_PKIX_OCSP_BASIC, OcspResponse, OcspResponseStatus, ResponderId,
    ResponseBytes, ResponseData, SingleResponse,
};
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::time::Time;

const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
const BASIC_CONSTRAINTS: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_BASIC_CONSTRAINTS;
const KEY_USAGE: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_KEY_USAGE;
const EXT_KEY_USAGE: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_EXT_KEY_USAGE;

/// A name and a key; both may be shared by several parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Party {
    pub(crate) name: u8,
    pub(crate) key: u8,
}

pub(crate) fn party(name: u8, key: u8) -> Party {
    Party { name, key }
}

impl Party {
    fn signing_key(self) -> SigningKey {
        SigningKey::from_slice(&[self.key.max(1); 32]).unwrap()
    }

    fn name_der(self) -> Vec<u8> {
        let value = tlv(0x0c, &[format!("Party {}", self.name).as_bytes()]);
        let attribute = tlv(0x30, &[&[6, 3, 0x55, 4, 3], &value]);
        tlv(0x30, &[&tlv(0x31, &[&attribute])])
    }

    fn spki(self) -> Vec<u8> {
        let curve = const_oid::db::rfc5912::SECP_256_R_1.to_der().unwrap();
        let kind = tlv(0x30, &[&const_oid::db::rfc5912::ID_EC_PUBLIC_KEY.to_der().unwrap(), &curve]);
        let point = self.signing_key().verifying_key().to_sec1_point(false);
        tlv(0x30, &[&kind, &tlv(3, &[&[0], point.as_bytes()])])
    }

    pub(crate) fn sign(self, message: &[u8]) -> Vec<u8> {
        let digest = DigestAlgorithm::Sha256.digest(message);
        let signature: Signature = self.signing_key().sign_prehash(&digest).unwrap();
        signature.to_der().as_bytes().to_vec()
    }

    fn signed(self, tbs: &[u8]) -> Vec<u8> {
        let algorithm = ALGORITHM.to_identifier().to_der().unwrap();
        tlv(0x30, &[tbs, &algorithm, &tlv(3, &[&[0], &self.sign(tbs)])])
    }

    /// A certificate for `subject`, valid 2020 to 2030.
    pub(crate) fn issue(self, subject: Party, extensions: &[Extension]) -> Certificate {
        self.issue_until(subject, extensions, "300101000000Z")
    }

    pub(crate) fn issue_until(self, subject: Party, extensions: &[Extension], end: &str) -> Certificate {
        let algorithm = ALGORITHM.to_identifier().to_der().unwrap();
        let validity = tlv(0x30, &[&tlv(0x17, &[b"200101000000Z"]), &tlv(0x17, &[end.as_bytes()])]);
        let extensions = match extensions {
            [] => Vec::new(),
            some => tlv(0xa3, &[&some.to_vec().to_der().unwrap()]),
        };
        let serial = tlv(2, &[&[0x40, subject.name, subject.key, self.key]]);
        let (issuer, name) = (self.name_der(), subject.name_der());
        let tbs =
            [b"\xa0\x03\x02\x01\x02", &*serial, &algorithm, &issuer, &validity, &name, &subject.spki(), &extensions];
        Certificate::from_der(&self.signed(&tlv(0x30, &tbs))).unwrap()
    }

    /// A certificate of a CA for `subject`.
    pub(crate) fn certify(self, subject: Party) -> Certificate {
        self.issue(subject, &[ca(None), usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)])
    }

    /// A version 1 CRL without extensions, over serial numbers and when they were revoked.
    pub(crate) fn crl(self, this_update: &str, next_update: Option<&str>, entries: &[(&[u8], &str)]) -> Vec<u8> {
        let entries = entries.iter().map(|(serial, time)| entry(serial, time, &[]));
        self.crl_with(this_update, next_update, &entries.collect::<Vec<_>>(), &[])
    }

    /// A CRL of entries made by [`entry`]; version 2 where it has extensions.
    pub(crate) fn crl_with(
        self,
        this_update: &str,
        next_update: Option<&str>,
        entries: &[Vec<u8>],
        extensions: &[Extension],
    ) -> Vec<u8> {
        let algorithm = ALGORITHM.to_identifier().to_der().unwrap();
        let version: &[u8] = if extensions.is_empty() { &[] } else { &[2, 1, 1] };
        let times = [Some(this_update), next_update].into_iter().flatten();
        let times: Vec<u8> = times.flat_map(|time| tlv(0x17, &[time.as_bytes()])).collect();
        let list = if entries.is_empty() { Vec::new() } else { tlv(0x30, &[&entries.concat()]) };
        let extensions = match extensions {
            [] => Vec::new(),
            some => tlv(0xa0, &[&some.to_vec().to_der().unwrap()]),
        };
        self.signed(&tlv(0x30, &[version, &algorithm, &self.name_der(), &times, &list, &extensions]))
    }

    /// An OCSP response about one certificate, with the responder by its key.
    pub(crate) fn ocsp(self, id: CertId, status: CertStatus, at: Time, certificates: &[&Certificate]) -> Vec<u8> {
        let time = generalized(at);
        let single = SingleResponse {
            cert_id: id,
            cert_status: status,
            this_update: time,
            next_update: None,
            single_extensions: None,
        };
        self.ocsp_of(vec![single], at, certificates)
    }

    /// An OCSP response of these.
    pub(crate) fn ocsp_of(self, responses: Vec<SingleResponse>, at: Time, certificates: &[&Certificate]) -> Vec<u8> {
        let time = generalized(at);
        let key = SubjectKey::of(self);
        let data = ResponseData {
            version: 0,
            responder_id: ResponderId::ByKey(OctetString::new(key.sha1()).unwrap()),
            produced_at: time,
            responses,
            response_extensions: None,
        };
        let tbs = data.to_der().unwrap();
        let certs: Vec<_> = certificates.iter().map(|one| Any::from_der(one.der()).unwrap()).collect();
        let basic = BasicOcspResponse {
            tbs_response_data: data,
            signature_algorithm: ALGORITHM.to_identifier(),
            signature: BitString::from_bytes(&self.sign(&tbs)).unwrap(),
            certs: (!certs.is_empty()).then_some(certs),
        };
        let response = OctetString::new(basic.to_der().unwrap()).unwrap();
        let bytes = ResponseBytes { response_type: ID_PKIX_OCSP_BASIC.into(), response };
        let status = OcspResponseStatus::Successful;
        OcspResponse { response_status: status, response_bytes: Some(bytes) }.to_der().unwrap()
    }
}

/// The key bits alone.
struct SubjectKey(Vec<u8>);

impl SubjectKey {
    fn of(party: Party) -> Self {
        Self(party.signing_key().verifying_key().to_sec1_point(false).as_bytes().to_vec())
    }

    fn sha1(&self) -> Vec<u8> {
        DigestAlgorithm::Sha1.digest(&self.0)
    }
}

pub(crate) fn good() -> CertStatus {
    CertStatus::Good(Null)
}

pub(crate) fn cert_id(certificate: &Certificate, issuer: &Certificate, digest: DigestAlgorithm) -> CertId {
    CertId::new(certificate, issuer, digest).unwrap()
}

pub(crate) fn generalized(time: Time) -> GeneralizedTime {
    GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(time.to_unix().try_into().unwrap())).unwrap()
}

pub(crate) fn time(text: &str) -> Time {
    format!("{text}T00:00:00Z").parse().unwrap()
}

/// An entry of a CRL.
pub(crate) fn entry(serial: &[u8], time: &str, extensions: &[Extension]) -> Vec<u8> {
    let extensions = if extensions.is_empty() { Vec::new() } else { extensions.to_vec().to_der().unwrap() };
    tlv(0x30, &[&Int::new(serial).unwrap().to_der().unwrap(), &tlv(0x17, &[time.as_bytes()]), &extensions])
}

pub(crate) fn extension(oid: impl Into<Oid>, critical: bool, value: &impl Encode) -> Extension {
    Extension { extn_id: oid.into(), critical, extn_value: OctetString::new(value.to_der().unwrap()).unwrap() }
}

pub(crate) fn ca(path_len_constraint: Option<u8>) -> Extension {
    extension(BASIC_CONSTRAINTS, true, &BasicConstraints { ca: true, path_len_constraint })
}

pub(crate) fn usage(usages: impl Into<der::flagset::FlagSet<KeyUsages>>) -> Extension {
    extension(KEY_USAGE, true, &KeyUsage(usages.into()))
}

pub(crate) fn purposes(critical: bool, purposes: &[ObjectIdentifier]) -> Extension {
    extension(EXT_KEY_USAGE, critical, &ExtendedKeyUsage(purposes.to_vec()))
}

/// DER of the parts under `tag`.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut der = vec![tag];
    match content.len() {
        short @ 0..0x80 => der.push(short as u8),
        long => {
            let length: Vec<u8> = long.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            der.push(0x80 | length.len() as u8);
            der.extend(length);
        }
    }
    der.extend(content);
    der
}
