//! Online certificate status: reading responses and writing requests.
//!
//! Invariant: a response that is not bound to the certificate by name hash, key hash and serial number is no data about it.
//! Invariant: a responder is the issuer itself or a certificate that the issuer itself issued for this; never anybody else, and never the certificate
//! that is asked about.
//!
//! Specified in RFC 6960. Nouns: [`OcspResponse`], [`asn1`] (the messages).

use std::fmt;
use std::sync::Arc;

use const_oid::ObjectIdentifier;
use der::asn1::GeneralizedTime;
use der::{Decode, Encode};

use super::RevocationFault;
use crate::digest::DigestAlgorithm;
use crate::limits::Limits;
use crate::pki::algorithm::{SignatureAlgorithm, digest_of};
use crate::pki::certificate::Certificate;
use crate::pki::certificates::{Certificates, key_hash};
use crate::pki::extension::Extension;
use crate::pki::name::Name;
use crate::pki::signature::{KeyMemo, Signed};
use crate::time::Time;

pub(crate) mod asn1;
mod request;

use asn1::{BasicOcspResponse, CertId, OcspResponseStatus, ResponderId, SingleResponse};

/// `id-isismtt-at-certHash`: the digest of the certificate itself (Common PKI 2.0).
const CERT_HASH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.36.8.3.13");
/// Response extensions that this crate processes or may ignore knowingly (RFC 6960, 4.4).
const KNOWN_EXTENSIONS: [ObjectIdentifier; 5] = [
    asn1::ID_PKIX_OCSP_NONCE,
    asn1::ID_PKIX_OCSP_ARCHIVE_CUTOFF,
    // id-pkix-ocsp-crl and id-pkix-ocsp-extended-revoke.
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.3"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.9"),
    CERT_HASH,
];

/// An OCSP response, cheap to clone.
#[derive(Clone)]
pub(crate) struct OcspResponse(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    fingerprint: Vec<u8>,
    status: OcspResponseStatus,
    basic: Option<Basic>,
    verified: KeyMemo,
}

/// The one response type there is (RFC 6960, 4.2.1).
struct Basic {
    der: Vec<u8>,
    read: BasicOcspResponse,
    responder: Responder,
    certificates: Vec<Certificate>,
}

/// Who says to have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Responder {
    Name(Name),
    /// SHA-1 of the key bits.
    Key(Vec<u8>),
}

impl OcspResponse {
    /// Reads one DER `OCSPResponse`; nothing may follow it.
    pub(crate) fn from_der(der: &[u8], limits: &Limits) -> Result<Self, RevocationFault> {
        check_length(der, limits)?;
        let response = asn1::OcspResponse::from_der(der)?;
        let basic = match response.response_bytes {
            Some(bytes) if bytes.response_type == asn1::ID_PKIX_OCSP_BASIC => {
                Some(Basic::from_der(bytes.response.as_bytes(), limits)?)
            }
            Some(bytes) => return Err(RevocationFault::ResponseType(bytes.response_type)),
            None => None,
        };
        Ok(Self(Arc::new(Inner {
            der: der.to_vec(),
            fingerprint: DigestAlgorithm::Sha256.digest(der),
            status: response.response_status,
            basic,
            verified: KeyMemo::default(),
        })))
    }

    /// The bytes received.
    pub(crate) fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of the bytes received.
    pub(crate) fn fingerprint(&self) -> &[u8] {
        &self.0.fingerprint
    }

    /// How it was signed, where that is known here.
    pub(crate) fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        SignatureAlgorithm::from_identifier(&self.basic()?.read.signature_algorithm).ok()
    }

    /// Whether the responder answered at all.
    pub(crate) fn status(&self) -> OcspResponseStatus {
        self.0.status
    }

    /// When the response was signed; `None` without a response.
    pub(crate) fn produced_at(&self) -> Option<Time> {
        Some(time(self.basic()?.read.tbs_response_data.produced_at))
    }

    /// When the first of its answers is out of date; `None` where newer information is to be had at any time (RFC 6960, 4.2.2.1).
    pub(crate) fn next_update(&self) -> Option<Time> {
        let singles = &self.basic()?.read.tbs_response_data.responses;
        let ends: Option<Vec<Time>> = singles.iter().map(|single| single.next_update.map(time)).collect();
        ends?.into_iter().min()
    }

    pub(crate) fn responder(&self) -> Option<&Responder> {
        self.basic().map(|basic| &basic.responder)
    }

    /// The certificates inside that can be read.
    pub(crate) fn certificates(&self) -> &[Certificate] {
        self.basic().map_or(&[], |basic| &basic.certificates)
    }

    /// The single responses about `certificate`, whose issuer is `issuer`.
    pub(crate) fn about<'a>(
        &'a self,
        certificate: &'a Certificate,
        issuer: &'a Certificate,
    ) -> impl Iterator<Item = &'a SingleResponse> {
        let responses = self.basic().map_or(&[][..], |basic| &basic.read.tbs_response_data.responses);
        responses.iter().filter(|single| names(&single.cert_id, certificate, issuer))
    }

    /// Whether `candidate` is who says to have signed.
    pub(crate) fn is_responder(&self, candidate: &Certificate) -> bool {
        match self.responder() {
            Some(Responder::Name(name)) => name == candidate.subject(),
            Some(Responder::Key(hash)) => *hash == key_hash(candidate),
            None => false,
        }
    }

    /// Those of `pool` who may say to have signed.
    pub(crate) fn responders_in<'a>(&self, pool: &'a Certificates) -> Box<dyn Iterator<Item = &'a Certificate> + 'a> {
        match self.responder() {
            Some(Responder::Name(name)) => Box::new(pool.named(name)),
            Some(Responder::Key(hash)) => Box::new(pool.keyed(hash)),
            None => Box::new(std::iter::empty()),
        }
    }

    /// Whether [`verify`](Self::verify) knows its answer.
    pub(crate) fn is_checked(&self, spki: &[u8]) -> bool {
        self.0.verified.knows(spki)
    }

    /// Checks the signature under the key in the DER `SubjectPublicKeyInfo` `spki`.
    pub(crate) fn verify(&self, spki: &[u8]) -> Result<(), RevocationFault> {
        let basic = self.basic().ok_or(RevocationFault::Status(self.status()))?;
        let signed = Signed::from_der(&basic.der)?;
        Ok(self.0.verified.ask(spki, || signed.verify(spki))?)
    }

    /// Whether everything that must be understood in the response and in `single` is, and fits `certificate`.
    pub(crate) fn check(&self, single: &SingleResponse, certificate: &Certificate) -> Result<(), RevocationFault> {
        let basic = self.basic().ok_or(RevocationFault::Status(self.status()))?;
        let data = &basic.read.tbs_response_data;
        if data.version != 0 {
            return Err(RevocationFault::Version(data.version));
        }
        let extensions = data.response_extensions.iter().chain(&single.single_extensions).flatten();
        for extension in extensions {
            if extension.is_unknown_critical(&KNOWN_EXTENSIONS) {
                return Err(RevocationFault::CriticalExtension(extension.extn_id.clone()));
            }
            if extension.extn_id == CERT_HASH {
                check_cert_hash(extension, certificate)?;
            }
        }
        Ok(())
    }

    fn basic(&self) -> Option<&Basic> {
        self.0.basic.as_ref()
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcspResponse({:?}, {:?}, {:?})", self.status(), self.responder(), self.produced_at())
    }
}

impl Basic {
    fn from_der(der: &[u8], limits: &Limits) -> Result<Self, RevocationFault> {
        let read = BasicOcspResponse::from_der(der)?;
        let responder = match &read.tbs_response_data.responder_id {
            ResponderId::ByName(name) => Responder::Name(Name::from_der(&name.to_der()?)?),
            ResponderId::ByKey(hash) => Responder::Key(hash.as_bytes().to_vec()),
        };
        let certs = read.certs.as_deref().unwrap_or_default();
        if certs.len() > limits.certificates {
            return Err(RevocationFault::TooManyCertificates { limit: limits.certificates });
        }
        let certificates = certs.iter().filter_map(|any| Certificate::from_der(&any.to_der().ok()?).ok());
        Ok(Self { certificates: certificates.collect(), der: der.to_vec(), read, responder })
    }
}

/// A time of an OCSP message.
pub(super) fn time(time: GeneralizedTime) -> Time {
    Time::from_unix(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}

/// Until when the responder keeps what expired, from `single` (RFC 6960, 4.4.4).
pub(super) fn archive_cutoff(single: &SingleResponse) -> Option<Time> {
    let extensions = single.single_extensions.as_deref()?;
    let cutoff = extensions.iter().find(|one| one.extn_id == asn1::ID_PKIX_OCSP_ARCHIVE_CUTOFF)?;
    GeneralizedTime::from_der(cutoff.extn_value.as_bytes()).ok().map(time)
}

/// Whether `id` means `certificate` of `issuer`: both hashes and the serial number (RFC 6960, 4.1.1).
fn names(id: &CertId, certificate: &Certificate, issuer: &Certificate) -> bool {
    let Ok(digest) = digest_of(&id.hash_algorithm) else { return false };
    id.serial_number.as_bytes() == certificate.serial()
        && id.issuer_key_hash.as_bytes() == digest.digest(issuer.key_bits())
        && [certificate.issuer().der(), issuer.subject().der()]
            .iter()
            .any(|name| id.issuer_name_hash.as_bytes() == digest.digest(name))
}

#[derive(der::Sequence)]
struct CertHash {
    hash_algorithm: spki::AlgorithmIdentifierOwned,
    hash: der::asn1::OctetString,
}

fn check_cert_hash(extension: &Extension, certificate: &Certificate) -> Result<(), RevocationFault> {
    let cert_hash = CertHash::from_der(extension.extn_value.as_bytes())?;
    let digest = digest_of(&cert_hash.hash_algorithm).map_err(|unknown| RevocationFault::Signature(unknown.into()))?;
    let same = digest.digest(certificate.der()) == cert_hash.hash.as_bytes();
    if same { Ok(()) } else { Err(RevocationFault::CertHash) }
}

fn check_length(der: &[u8], limits: &Limits) -> Result<(), RevocationFault> {
    let fits = u64::try_from(der.len()).is_ok_and(|len| len <= limits.cms_bytes);
    if fits { Ok(()) } else { Err(RevocationFault::TooLong { limit: limits.cms_bytes }) }
}
