//! Writing certificates (RFC 5280, 4.1 and 4.2).

use const_oid::db::rfc4519::{COMMON_NAME, ORGANIZATION_NAME};
use const_oid::db::rfc5280::ANY_POLICY;
use const_oid::db::rfc5912::{
    ID_AD_CA_ISSUERS, ID_AD_OCSP, ID_KP_CODE_SIGNING, ID_KP_OCSP_SIGNING, ID_KP_TIME_STAMPING,
};
use const_oid::{AssociatedOid, ObjectIdentifier};
use der::asn1::{BitString, Ia5String, Null, OctetString};
use der::{Any, DateTime, Decode, Encode, Sequence, Tag};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Validity;

use super::hierarchy::{Entity, Origin, Template};
use super::view::Service;
use super::{RevocationSources, unwritable};
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::certificate::Criticality::{Critical, NonCritical};
use crate::pki::certificate::{Certificate, Criticality};
use crate::pki::revocation::ocsp::asn1::ID_PKIX_OCSP_NOCHECK;
use crate::software::key::PrivateKey;
use crate::time::Time;

const ORGANIZATION: &str = "pades-ltv test authority, NOT FOR PRODUCTION";
/// `id-kp-documentSigning` (RFC 9336).
const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
const SIGNER_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1.1");
/// Stands in timestamp certificates and in the timestamps themselves.
pub(super) const TSA_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1.2");

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Root,
    Issuer,
    /// An authority above others.
    Intermediate,
    Signer,
    Responder,
    /// A responder whose own revocation is to be asked.
    CheckedResponder,
    Tsa,
    /// Spoilt: the purpose is there, but a reader might skip it.
    NonCriticalTsa,
    /// Spoilt: timestamping is not the only purpose.
    TsaAndMore,
    /// Spoilt: no purpose is named.
    AnyUse,
}

impl Purpose {
    fn key_usage(self) -> KeyUsage {
        match self {
            Self::Root | Self::Issuer | Self::Intermediate => KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign),
            Self::Signer => KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation),
            _ => KeyUsage(KeyUsages::DigitalSignature.into()),
        }
    }

    fn basic_constraints(self) -> Option<BasicConstraints> {
        match self {
            Self::Root | Self::Intermediate => Some(BasicConstraints { ca: true, path_len_constraint: None }),
            Self::Issuer => Some(BasicConstraints { ca: true, path_len_constraint: Some(0) }),
            _ => None,
        }
    }

    fn extended_key_usage(self) -> Option<(Criticality, Vec<ObjectIdentifier>)> {
        match self {
            Self::Root | Self::Issuer | Self::Intermediate | Self::AnyUse => None,
            Self::Signer => Some((NonCritical, vec![DOCUMENT_SIGNING])),
            Self::Responder | Self::CheckedResponder => Some((NonCritical, vec![ID_KP_OCSP_SIGNING])),
            Self::Tsa => Some((Critical, vec![ID_KP_TIME_STAMPING])),
            Self::NonCriticalTsa => Some((NonCritical, vec![ID_KP_TIME_STAMPING])),
            Self::TsaAndMore => Some((Critical, vec![ID_KP_TIME_STAMPING, ID_KP_CODE_SIGNING])),
        }
    }

    fn policy(self) -> Option<ObjectIdentifier> {
        match self {
            Self::Root | Self::Responder | Self::CheckedResponder => None,
            Self::Issuer | Self::Intermediate => Some(ANY_POLICY),
            Self::Signer => Some(SIGNER_POLICY),
            Self::Tsa | Self::NonCriticalTsa | Self::TsaAndMore | Self::AnyUse => Some(TSA_POLICY),
        }
    }
}

/// The certificate that `template` asks for, signed by `issuer` or, without one, by itself.
pub(super) fn certificate(
    origin: &Origin,
    issuer: Option<&Entity>,
    key: &PrivateKey,
    template: &Template<'_>,
) -> Result<Certificate> {
    let signing_key = issuer.map_or(key, |issuer| &issuer.key);
    let write = || -> der::Result<Vec<u8>> {
        let spki = spki(key)?;
        let subject = name(template.common_name)?;
        let tbs = TbsCertificate {
            version: 2,
            serial_number: SerialNumber::new(&origin.serial(&template.label))?,
            signature: signing_key.public_key().default_algorithm().to_identifier(),
            issuer: issuer.map_or_else(|| Ok(subject.clone()), subject_of)?,
            validity: Validity::new(x509_time(template.validity.0)?, x509_time(template.validity.1)?),
            subject,
            extensions: extensions(origin, template.purpose, issuer, &spki)?,
            subject_public_key_info: spki,
        };
        tbs.to_der()
    };
    let der = seal(&write().map_err(unwritable)?, signing_key, Seal::Good)?;
    Certificate::from_der(&der)
        .map_err(|fault| Error::new(ErrorKind::SelfCheck, "the issued certificate cannot be read").because(fault))
}

/// Whether a signature is to verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seal {
    Good,
    Broken,
}

/// `tbs` signed with `key`: the common form of certificates and CRLs (RFC 5280, 4.1 and 5.1).
pub(super) fn seal(tbs: &[u8], key: &PrivateKey, seal: Seal) -> Result<Vec<u8>> {
    let (algorithm, signature) = sign(tbs, key, seal)?;
    let write =
        || Sealed { tbs: Any::from_der(tbs)?, algorithm, signature: BitString::from_bytes(&signature)? }.to_der();
    write().map_err(unwritable)
}

/// The signature over `message` and its algorithm; a broken one is another message's.
pub(super) fn sign(message: &[u8], key: &PrivateKey, seal: Seal) -> Result<(AlgorithmIdentifierOwned, Vec<u8>)> {
    let algorithm = key.public_key().default_algorithm();
    let signature = match seal {
        Seal::Good => key.sign(algorithm, message)?,
        Seal::Broken => key.sign(algorithm, b"another message")?,
    };
    Ok((algorithm.to_identifier(), signature))
}

/// A time as certificates and CRLs write it: UTCTime through 2049, then GeneralizedTime (RFC 5280, 4.1.2.5).
pub(super) fn x509_time(time: Time) -> der::Result<x509_cert::time::Time> {
    let seconds = u64::try_from(time.to_unix()).map_err(|_| Tag::UtcTime.value_error())?;
    Ok(DateTime::from_unix_duration(std::time::Duration::from_secs(seconds))?.into())
}

/// An extension with the value `value`.
pub(super) fn extension<T: Encode + AssociatedOid>(criticality: Criticality, value: &T) -> der::Result<Extension> {
    raw_extension(T::OID, criticality, value.to_der()?)
}

/// The identifier of `issuer`'s key, by which its certificates are found (RFC 5280, 4.2.1.1).
pub(super) fn authority_key_identifier(issuer: &Entity) -> der::Result<Extension> {
    let identifier = AuthorityKeyIdentifier {
        key_identifier: Some(key_identifier(issuer.certificate.key_bits())?),
        ..AuthorityKeyIdentifier::default()
    };
    extension(NonCritical, &identifier)
}

/// The subject's `Name`, as an issuer's name is written.
pub(super) fn subject_of(entity: &Entity) -> der::Result<Any> {
    Any::from_der(entity.certificate.subject().der())
}

fn raw_extension(oid: ObjectIdentifier, criticality: Criticality, value: Vec<u8>) -> der::Result<Extension> {
    Ok(Extension { extn_id: oid, critical: criticality == Critical, extn_value: OctetString::new(value)? })
}

/// `TBSCertificate` (RFC 5280, 4.1), without what nobody writes.
#[derive(Sequence)]
struct TbsCertificate {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: u8,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Any,
    validity: Validity,
    subject: Any,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

/// `Certificate` and `CertificateList` have this form.
#[derive(Sequence)]
struct Sealed {
    tbs: Any,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

fn extensions(
    origin: &Origin,
    purpose: Purpose,
    issuer: Option<&Entity>,
    spki: &SubjectPublicKeyInfoOwned,
) -> der::Result<Vec<Extension>> {
    let subject_key = SubjectKeyIdentifier(key_identifier(spki.subject_public_key.raw_bytes())?);
    let mut extensions = vec![extension(NonCritical, &subject_key)?, extension(Critical, &purpose.key_usage())?];
    if let Some(constraints) = purpose.basic_constraints() {
        extensions.push(extension(Critical, &constraints)?);
    }
    if let Some((criticality, purposes)) = purpose.extended_key_usage() {
        extensions.push(extension(criticality, &ExtendedKeyUsage(purposes))?);
    }
    if let Some(policy) = purpose.policy() {
        let policy = PolicyInformation { policy_identifier: policy, policy_qualifiers: None };
        extensions.push(extension(NonCritical, &CertificatePolicies(vec![policy]))?);
    }
    let Some(issuer) = issuer else { return Ok(extensions) };
    extensions.push(authority_key_identifier(issuer)?);
    if purpose == Purpose::Responder {
        extensions.push(raw_extension(ID_PKIX_OCSP_NOCHECK, NonCritical, Null.to_der()?)?);
    } else {
        // A responder that spoke for itself would say nothing.
        let sources = match purpose {
            Purpose::CheckedResponder => RevocationSources::CrlOnly,
            _ => origin.shape.sources,
        };
        extensions.extend(addresses(origin, issuer, sources)?);
    }
    Ok(extensions)
}

/// Where `issuer`'s certificate, CRL and OCSP responder are (RFC 5280, 4.2.2.1 and 4.2.1.13).
fn addresses(origin: &Origin, issuer: &Entity, sources: RevocationSources) -> der::Result<Vec<Extension>> {
    let uri = |url: &str| Ia5String::new(url).map(GeneralName::UniformResourceIdentifier);
    let uris = |service| -> der::Result<Vec<GeneralName>> {
        let good = origin.url(&issuer.label, service);
        let decoys = ["ldap://directory.invalid/cn=somebody".to_owned(), format!("{good}/nothing")];
        let decoys = decoys.iter().filter(|_| origin.shape.has_decoys);
        decoys.chain([&good]).map(|url| uri(url)).collect()
    };
    let mut access = Vec::new();
    if sources != RevocationSources::CrlOnly {
        let places = uris(Service::Ocsp)?.into_iter();
        access.extend(places.map(|place| AccessDescription { access_method: ID_AD_OCSP, access_location: place }));
    }
    let places = uris(Service::Certificate)?.into_iter();
    access.extend(places.map(|place| AccessDescription { access_method: ID_AD_CA_ISSUERS, access_location: place }));
    let mut extensions = vec![extension(NonCritical, &AuthorityInfoAccessSyntax(access))?];
    if sources != RevocationSources::OcspOnly {
        let points = CrlDistributionPoints(vec![DistributionPoint {
            distribution_point: Some(DistributionPointName::FullName(uris(Service::Crl)?)),
            reasons: None,
            crl_issuer: None,
        }]);
        extensions.push(extension(NonCritical, &points)?);
    }
    Ok(extensions)
}

/// The organization that warns, then the name.
fn name(common_name: &str) -> der::Result<Any> {
    let mut name = RdnSequence::default();
    for (oid, text) in [(ORGANIZATION_NAME, ORGANIZATION), (COMMON_NAME, common_name)] {
        let mut rdn = RelativeDistinguishedName::default();
        rdn.insert(AttributeTypeAndValue { oid, value: Any::new(Tag::Utf8String, text.as_bytes())? })?;
        name.push(rdn);
    }
    Any::encode_from(&name)
}

pub(super) fn spki(key: &PrivateKey) -> der::Result<SubjectPublicKeyInfoOwned> {
    key.public_key().to_spki().ok_or_else(|| der::Tag::Sequence.value_error().into())
}

/// The first 160 bits of the key bits' SHA-256 (RFC 7093, 2).
fn key_identifier(key_bits: &[u8]) -> der::Result<OctetString> {
    let digest = DigestAlgorithm::Sha256.digest(key_bits);
    OctetString::new(digest.get(..20).unwrap_or(&digest))
}
