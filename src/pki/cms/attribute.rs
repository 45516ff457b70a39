//! Signed and unsigned attributes, and the values that this crate reads in them.
//!
//! Invariant: values are kept as received; reading one never changes what is hashed.
//!
//! Specified in RFC 5652, 11; RFC 5035 (signing-certificate); RFC 6211 (algorithm protection); ISO 32000-2, 12.8.3.3.2
//! (Adobe's revocation information); EN 319 122-1 (CAdES). Nouns: [`Attribute`], [`EssCertificateId`],
//! [`RevocationValues`].

use const_oid::ObjectIdentifier;
use der::{Any, Decode};
use spki::AlgorithmIdentifierOwned;

use super::element::{Element, Elements, OCTET_STRING, SEQUENCE, SET, context, oid, tlv};
use super::fault::CmsFault;
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::digest_of;
use crate::pki::asn1_time::time_of;
use crate::pki::certificate::Certificate;
use crate::pki::name::Name;
use crate::pki::oid::Oid;
use crate::time::Time;

pub(crate) const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
pub(crate) const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
pub(crate) const ALGORITHM_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");
pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
pub(crate) const SIGNATURE_TIMESTAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
pub(crate) const CONTENT_TIMESTAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.20");
pub(crate) const SIGNER_ATTRIBUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.18");
pub(crate) const SIGNER_ATTRIBUTES_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.19122.1.1");
pub(crate) const SIGNATURE_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.15");
pub(crate) const COMMITMENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.16");
pub(crate) const CERTIFICATE_VALUES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.23");
pub(crate) const REVOCATION_VALUES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.24");
pub(crate) const ADBE_REVOCATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.8");
const OCSP_BASIC: ObjectIdentifier = const_oid::db::rfc6960::ID_PKIX_OCSP_BASIC;

/// One attribute with its values as received (RFC 5652, 5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) oid: Oid,
    /// Each a DER value with its header.
    pub(crate) values: Vec<Vec<u8>>,
}

impl Attribute {
    pub(super) fn read(element: Element<'_>) -> Result<Self, CmsFault> {
        let what = "an attribute: its type and its set of values";
        let mut parts = element.of(SEQUENCE, what)?.children();
        let oid = parts.any(what)?.oid(what)?;
        let values = parts.expect(SET, what)?.children().all(what)?;
        parts.end(what)?;
        Ok(Self { oid, values: values.into_iter().map(|value| value.whole.to_vec()).collect() })
    }

    /// The one value of the one attribute `oid`; `None` where the attribute is absent.
    pub(super) fn single<'a>(
        attributes: &'a [Self],
        oid: ObjectIdentifier,
        name: &'static str,
    ) -> Result<Option<&'a [u8]>, CmsFault> {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(CmsFault::RepeatedAttribute(name)),
            (Some(attribute), None) => match attribute.values.as_slice() {
                [value] => Ok(Some(value)),
                _ => Err(CmsFault::AttributeValues(name)),
            },
        }
    }

    /// All values of all attributes `oid`, in order.
    pub(super) fn all(attributes: &[Self], oid: ObjectIdentifier) -> impl Iterator<Item = &[u8]> {
        attributes.iter().filter(move |attribute| attribute.oid == oid).flat_map(|one| &one.values).map(Vec::as_slice)
    }
}

/// Which certificate the signer says it is (RFC 5035, 4 and 5.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EssCertificateId {
    /// SHA-1 where the attribute is version 1.
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) digest: Vec<u8>,
    pub(crate) issuer_serial: Option<IssuerSerial>,
    pub(crate) version: EssVersion,
}

/// Which of the two attributes it was (EN 319 142-1, letters e and f).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EssVersion {
    V1,
    V2,
}

/// `IssuerSerial` (RFC 5035, 5.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IssuerSerial {
    /// The directory name; `None` where the issuer is named otherwise.
    pub(crate) issuer: Option<Name>,
    /// The serial number's content octets.
    pub(crate) serial: Vec<u8>,
}

impl EssCertificateId {
    /// Whether the digest is that of `certificate`.
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match self.algorithm {
            // Known already: every certificate at hand is asked.
            DigestAlgorithm::Sha256 => certificate.fingerprint() == self.digest,
            algorithm => algorithm.digest(certificate.der()) == self.digest,
        }
    }

    /// Issuer and serial number, where present, are those of `certificate`.
    pub(crate) fn check_issuer_serial(&self, certificate: &Certificate) -> Result<(), CmsFault> {
        let Some(named) = &self.issuer_serial else { return Ok(()) };
        let same_issuer = named.issuer.as_ref().is_none_or(|issuer| issuer == certificate.issuer());
        let same = same_issuer && named.serial == certificate.serial();
        if same { Ok(()) } else { Err(CmsFault::EssIssuerSerial) }
    }

    /// Reads the first certificate of the attribute's value; the others limit the path and are not about the signer.
    pub(super) fn read(value: &[u8], version: EssVersion) -> Result<Self, CmsFault> {
        let what = "an ESS certificate identifier";
        let mut attribute = Elements::new(value).expect(SEQUENCE, what)?.children();
        let mut parts = attribute.expect(SEQUENCE, what)?.children().expect(SEQUENCE, what)?.children();
        let algorithm = match version {
            EssVersion::V1 => DigestAlgorithm::Sha1,
            EssVersion::V2 => match parts.optional(SEQUENCE, what)? {
                Some(algorithm) => digest_of(&algorithm.algorithm(what)?).map_err(CmsFault::UnknownDigest)?,
                None => DigestAlgorithm::Sha256,
            },
        };
        let digest = parts.expect(OCTET_STRING, what)?.content.to_vec();
        let issuer_serial = parts.optional(SEQUENCE, what)?.map(IssuerSerial::read).transpose()?;
        parts.end(what)?;
        Ok(Self { algorithm, digest, issuer_serial, version })
    }
}

impl IssuerSerial {
    fn read(element: Element<'_>) -> Result<Self, CmsFault> {
        let what = "issuer and serial number";
        let mut parts = element.children();
        let names = parts.expect(SEQUENCE, what)?.children().all(what)?;
        let directory_name = names.into_iter().find(|name| name.tag == context(4));
        let issuer =
            directory_name.map(|name| Name::from_der(name.content).map_err(|_| name.fault(what))).transpose()?;
        let serial = parts.any(what)?.content.to_vec();
        Ok(Self { issuer, serial })
    }
}

/// Revocation data that a signer put into attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RevocationValues {
    /// DER `CertificateList`s.
    pub(crate) crls: Vec<Vec<u8>>,
    /// DER `OCSPResponse`s.
    pub(crate) ocsps: Vec<Vec<u8>>,
}

impl RevocationValues {
    /// Adobe's `RevocationInfoArchival`: whole OCSP responses (ISO 32000-2, 12.8.3.3.2).
    pub(super) fn adobe(value: &[u8]) -> Result<Self, CmsFault> {
        Self::read(value, |response| response.to_vec())
    }

    /// CAdES `RevocationValues`: basic OCSP responses, here made whole (EN 319 122-1, 5.4.3 and A.1.3).
    pub(super) fn cades(value: &[u8]) -> Result<Self, CmsFault> {
        Self::read(value, whole_ocsp_response)
    }

    fn read(value: &[u8], ocsp: impl Fn(&[u8]) -> Vec<u8>) -> Result<Self, CmsFault> {
        let what = "revocation values";
        let mut parts = Elements::new(value).expect(SEQUENCE, what)?.children();
        let mut list = |number| -> Result<Vec<&[u8]>, CmsFault> {
            let Some(list) = parts.optional(context(number), what)? else { return Ok(Vec::new()) };
            let values = list.children().expect(SEQUENCE, what)?.children().all(what)?;
            Ok(values.into_iter().map(|value| value.whole).collect())
        };
        let crls = list(0)?.into_iter().map(<[u8]>::to_vec).collect();
        let ocsps = list(1)?.into_iter().map(ocsp).collect();
        Ok(Self { crls, ocsps })
    }
}

/// A `BasicOCSPResponse` inside a successful `OCSPResponse` (RFC 6960, 4.2.1).
pub(super) fn whole_ocsp_response(basic: &[u8]) -> Vec<u8> {
    let bytes = tlv(SEQUENCE, &[&oid(OCSP_BASIC), &tlv(OCTET_STRING, &[basic])]);
    tlv(SEQUENCE, &[&[0x0a, 1, 0], &tlv(context(0), &[&bytes])])
}

/// CMSAlgorithmProtection (RFC 6211, 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AlgorithmProtection {
    pub(crate) digest: AlgorithmIdentifierOwned,
    pub(crate) signature: Option<AlgorithmIdentifierOwned>,
}

impl AlgorithmProtection {
    pub(super) fn read(value: &[u8]) -> Result<Self, CmsFault> {
        let what = "algorithm identifiers";
        let mut parts = Elements::new(value).expect(SEQUENCE, what)?.children();
        let digest = parts.expect(SEQUENCE, what)?.algorithm(what)?;
        let signature = parts.optional(context(1), what)?;
        let signature = signature.map(|element| {
            let retagged = tlv(SEQUENCE, &[element.content]);
            AlgorithmIdentifierOwned::from_der(&retagged).map_err(|_| element.fault(what))
        });
        Ok(Self { digest, signature: signature.transpose()? })
    }
}

/// A `Time` (RFC 5652, 11.3).
pub(super) fn signing_time(value: &[u8]) -> Option<Time> {
    time_of(&Any::from_der(value).ok()?).ok()
}

/// The certificates of a CAdES `CertificateValues`; those that do not parse are left out (EN 319 122-1, 5.4.2.1 and
/// A.1.1).
pub(super) fn certificate_values(value: &[u8]) -> Result<Vec<Certificate>, CmsFault> {
    let what = "certificate values";
    let values = Elements::new(value).expect(SEQUENCE, what)?.children().all(what)?;
    Ok(values.into_iter().filter_map(|value| Certificate::from_der(value.whole).ok()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ess_digest_algorithm_defaults_to_sha_256() {
        let id = tlv(SEQUENCE, &[&tlv(OCTET_STRING, &[&[9; 32]])]);
        let value = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&id])]);
        let read = EssCertificateId::read(&value, EssVersion::V2).unwrap();
        assert_eq!((read.algorithm, read.digest, read.issuer_serial), (DigestAlgorithm::Sha256, vec![9; 32], None));
    }

    #[test]
    fn revocation_values_of_both_kinds() {
        let crl = tlv(SEQUENCE, &[b"crl"]);
        let ocsp = tlv(SEQUENCE, &[b"ocsp"]);
        let list = |number, value: &[u8]| tlv(context(number), &[&tlv(SEQUENCE, &[value])]);
        let value = tlv(SEQUENCE, &[&list(0, &crl), &list(1, &ocsp)]);
        let adobe = RevocationValues::adobe(&value).unwrap();
        assert_eq!((adobe.crls, adobe.ocsps), (vec![crl], vec![ocsp.clone()]));
        let cades = RevocationValues::cades(&value).unwrap();
        assert!(cades.ocsps[0].ends_with(&ocsp) && cades.ocsps[0].len() > ocsp.len());
    }

    proptest! {
        #[test]
        fn any_value_is_read_without_panic(value in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = EssCertificateId::read(&value, EssVersion::V2);
            let _ = RevocationValues::cades(&value);
            let _ = AlgorithmProtection::read(&value);
            let _ = signing_time(&value);
            let _ = certificate_values(&value);
        }
    }
}
