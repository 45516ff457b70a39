//! Keys and certificates made on the spot, for tests.

use const_oid::ObjectIdentifier;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};

use super::element::{INTEGER, OCTET_STRING, OID, SEQUENCE, SET, context, oid, tlv};
use super::{SignedAttributes, SignedDataWriter};
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::timestamp::asn1::{GenTime, ID_CT_TST_INFO, MessageImprint, TstInfo};
use crate::time::Time;

pub(crate) const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
pub(crate) const ID_DATA: ObjectIdentifier = const_oid::db::rfc5911::ID_DATA;
pub(crate) const EKU: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
pub(crate) const TIME_STAMPING: ObjectIdentifier = const_oid::db::rfc5912::ID_KP_TIME_STAMPING;

/// A P-256 key and its self-signed certificate, valid 2020 to 2030.
pub(crate) struct Party {
    key: SigningKey,
    pub(crate) certificate: Certificate,
}

impl Party {
    /// A signer; `seed` makes its key, name and serial number.
    pub(crate) fn new(seed: u8) -> Self {
        Self::with_extensions(seed, &[])
    }

    /// A TSA, with timeStamping critical and alone.
    pub(crate) fn tsa(seed: u8) -> Self {
        Self::with_extensions(seed, &[purposes(true, &[TIME_STAMPING])])
    }

    pub(crate) fn with_extensions(seed: u8, extensions: &[Vec<u8>]) -> Self {
        let key = SigningKey::from_slice(&[seed; 32]).unwrap();
        let point = key.verifying_key().to_sec1_point(false);
        let extensions = match extensions {
            [] => Vec::new(),
            some => tlv(context(3), &[&tlv(SEQUENCE, &[&some.concat()])]),
        };
        let signature = tlv(SEQUENCE, &[&oid(const_oid::db::rfc5912::ECDSA_WITH_SHA_256)]);
        let curve = oid(const_oid::db::rfc5912::SECP_256_R_1);
        let key_type = tlv(SEQUENCE, &[&oid(const_oid::db::rfc5912::ID_EC_PUBLIC_KEY), &curve]);
        let spki = tlv(SEQUENCE, &[&key_type, &tlv(0x03, &[&[0], point.as_bytes()])]);
        let validity = tlv(SEQUENCE, &[&tlv(0x17, &[b"200101000000Z"]), &tlv(0x17, &[b"300101000000Z"])]);
        let (version, serial) = (tlv(context(0), &[&[2, 1, 2]]), tlv(INTEGER, &[&[0x40, seed]]));
        let name = name(seed);
        let tbs = tlv(SEQUENCE, &[&version, &serial, &signature, &name, &validity, &name, &spki, &extensions]);
        let value = tlv(0x03, &[&[0], &sign(&key, &tbs)]);
        let certificate = Certificate::from_der(&tlv(SEQUENCE, &[&tbs, &signature, &value])).unwrap();
        Self { key, certificate }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        sign(&self.key, message)
    }

    /// A detached signature over `content`.
    pub(crate) fn cms(&self, content: &[u8]) -> Vec<u8> {
        let digest = DigestAlgorithm::Sha256.digest(content);
        let attributes = SignedAttributes::new(DigestAlgorithm::Sha256, ID_DATA, &digest, &self.certificate).to_der();
        SignedDataWriter::new(&attributes, ALGORITHM, &self.sign(&attributes), &self.certificate).finish()
    }

    /// A token over `tst`, signed as the certificate `named`.
    pub(crate) fn token(&self, tst: &TstInfo, named: &Certificate) -> Vec<u8> {
        let content = der::Encode::to_der(tst).unwrap();
        let digest = DigestAlgorithm::Sha256.digest(&content);
        let attributes = SignedAttributes::new(DigestAlgorithm::Sha256, ID_CT_TST_INFO, &digest, named).to_der();
        let signature = self.sign(&attributes);
        SignedDataWriter::new(&attributes, ALGORITHM, &signature, &self.certificate)
            .content(ID_CT_TST_INFO, &content)
            .finish()
    }
}

/// A TSTInfo of 2026-10-07 over the data whose SHA-256 is `imprint`.
pub(crate) fn tst(imprint: &[u8]) -> TstInfo {
    let time: Time = "2026-10-07T00:25:23Z".parse().unwrap();
    TstInfo {
        version: 1,
        policy: "2.999.4".parse().unwrap(),
        message_imprint: MessageImprint::new(DigestAlgorithm::Sha256, imprint).unwrap(),
        serial_number: der::asn1::Int::new(&[1]).unwrap(),
        gen_time: GenTime::new(time),
        accuracy: None,
        ordering: false,
        nonce: None,
        tsa: None,
        extensions: None,
    }
}

/// An extended key usage extension.
pub(crate) fn purposes(is_critical: bool, purposes: &[ObjectIdentifier]) -> Vec<u8> {
    let list = tlv(SEQUENCE, &[&purposes.iter().map(|purpose| oid(*purpose)).collect::<Vec<_>>().concat()]);
    let critical: &[u8] = if is_critical { &[1, 1, 0xff] } else { &[] };
    tlv(SEQUENCE, &[&oid(EKU), critical, &tlv(OCTET_STRING, &[&list])])
}

/// `CN=Party <seed>`.
pub(crate) fn name(seed: u8) -> Vec<u8> {
    let value = tlv(0x0c, &[format!("Party {seed}").as_bytes()]);
    let attribute = tlv(SEQUENCE, &[&tlv(OID, &[&[0x55, 4, 3]]), &value]);
    tlv(SEQUENCE, &[&tlv(SET, &[&attribute])])
}

fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign_prehash(&DigestAlgorithm::Sha256.digest(message)).unwrap();
    signature.to_der().as_bytes().to_vec()
}
