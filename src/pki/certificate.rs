//! Certificates as views that keep the received bytes.
//!
//! Invariant: reading accepts what real issuers wrote (long serials, odd times, v1); judging is the path's and the policy's work.
//!
//! Specified in RFC 5280, 4. Nouns: [`Certificate`], [`CertificateFault`].

use std::fmt;
use std::sync::{Arc, OnceLock};

use const_oid::db::rfc5912;
use const_oid::{AssociatedOid, ObjectIdentifier};
use der::asn1::{BitString, Int};
use der::{Any, Decode, Encode, Reader, Sequence, Tag, Tagged};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, SubjectKeyIdentifier};

use super::asn1_time::time_of;
use super::extension::Extension;
use super::general_name::{GeneralName, access_urls, general_names, general_names_within};
use super::key::{KeyFault, PublicKey, inherit};
use super::name::Name;
use super::oid::Oid;
use super::signature::{self, KeyMemo, SignatureFault, Signed};
use crate::digest::{DigestAlgorithm, hex};
use crate::time::Time;

const SUBJECT_ALT_NAME: ObjectIdentifier = rfc5912::ID_CE_SUBJECT_ALT_NAME;

/// A certificate, cheap to clone.
#[derive(Clone)]
pub(crate) struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    fingerprint: Vec<u8>,
    tbs: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: Time,
    not_after: Time,
    spki: Vec<u8>,
    inherited: Option<Vec<u8>>,
    key_bits: BitString,
    parsed: TbsCertificate,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
    verified: KeyMemo,
    key_id: OnceLock<Option<Vec<u8>>>,
    key: OnceLock<Result<PublicKey, KeyFault>>,
}

impl Inner {
    fn read(der: &[u8]) -> der::Result<Self> {
        let signed = Signed::from_der(der)?;
        let parsed = TbsCertificate::from_der(signed.tbs)?;
        if parsed.version > 2 {
            return Err(der::Tag::Integer.value_error().into());
        }
        // DER has one encoding of a length, so that these are the bytes received.
        let spki = parsed.subject_public_key_info.to_der()?;
        Ok(Self {
            der: der.to_vec(),
            fingerprint: DigestAlgorithm::Sha256.digest(der),
            tbs: signed.tbs.to_vec(),
            issuer: Name::from_der(&parsed.issuer.to_der()?)?,
            subject: Name::from_der(&parsed.subject.to_der()?)?,
            not_before: time_of(&parsed.validity.not_before)?,
            not_after: time_of(&parsed.validity.not_after)?,
            key_bits: SubjectPublicKeyInfoOwned::from_der(&spki)?.subject_public_key,
            inherited: None,
            spki,
            parsed,
            algorithm: signed.algorithm,
            signature: signed.value,
            verified: KeyMemo::default(),
            key_id: OnceLock::new(),
            key: OnceLock::new(),
        })
    }
}

/// `TBSCertificate` with what is compared or hashed left as received (RFC 5280, 4.1).
#[derive(Sequence)]
struct TbsCertificate {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: u8,
    serial_number: Int,
    signature: AlgorithmIdentifierOwned,
    issuer: Any,
    validity: Validity,
    subject: Any,
    subject_public_key_info: Any,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    issuer_unique_id: Option<BitString>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    subject_unique_id: Option<BitString>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct Validity {
    not_before: Any,
    not_after: Any,
}

/// Why a certificate cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateFault {
    #[error("the certificate is not readable DER: {0}")]
    Malformed(der::Error),
    #[error("the certificate's extension {0} is not readable")]
    Extension(Oid),
    #[error("the certificate's extension {0} stands twice")]
    DuplicateExtension(Oid),
}

impl Certificate {
    /// Reads one DER certificate; nothing may follow it.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, CertificateFault> {
        Inner::read(der).map(|inner| Self(Arc::new(inner))).map_err(CertificateFault::Malformed)
    }

    /// The same certificate below `issuer`: where its key has no parameters, with those that the issuer's key hands down
    /// (RFC 5280, 6.1.4 (d) to (f)).
    pub(crate) fn below(&self, issuer: &Self) -> Self {
        let Some(inherited) = inherit(self.spki(), issuer.working_key()) else { return self.clone() };
        match Inner::read(self.der()) {
            Ok(inner) => Self(Arc::new(Inner { inherited: Some(inherited), ..inner })),
            Err(_) => self.clone(),
        }
    }

    /// The bytes received.
    pub(crate) fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of the bytes received.
    pub(crate) fn fingerprint(&self) -> &[u8] {
        &self.0.fingerprint
    }

    /// The signed part as received.
    pub(crate) fn tbs(&self) -> &[u8] {
        &self.0.tbs
    }

    /// Checks the signature under the key in the DER `SubjectPublicKeyInfo` `spki`.
    pub(crate) fn verify(&self, spki: &[u8]) -> Result<(), SignatureFault> {
        let check = || signature::verify(spki, self.signature_algorithm(), self.tbs(), &self.0.signature);
        self.0.verified.ask(spki, check)
    }

    /// Whether [`verify`](Self::verify) knows its answer.
    pub(crate) fn is_checked(&self, spki: &[u8]) -> bool {
        self.0.verified.knows(spki)
    }

    pub(crate) fn signature_algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.0.algorithm
    }

    /// The algorithm named inside the signed part; must equal the one outside (RFC 5280, 4.1.1.2).
    pub(crate) fn inner_signature_algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.0.parsed.signature
    }

    /// 1, 2 or 3.
    pub(crate) fn version(&self) -> u8 {
        self.0.parsed.version.saturating_add(1)
    }

    /// The serial number's content octets, big-endian two's complement.
    pub(crate) fn serial(&self) -> &[u8] {
        self.0.parsed.serial_number.as_bytes()
    }

    /// The serial number in lower-case hexadecimal, as reports and messages show it.
    pub(crate) fn serial_hex(&self) -> String {
        hex(self.serial())
    }

    pub(crate) fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    pub(crate) fn subject(&self) -> &Name {
        &self.0.subject
    }

    pub(crate) fn not_before(&self) -> Time {
        self.0.not_before
    }

    pub(crate) fn not_after(&self) -> Time {
        self.0.not_after
    }

    /// Whether `time` lies in the validity, both ends included.
    pub(crate) fn is_valid_at(&self, time: Time) -> bool {
        self.not_before() <= time && time <= self.not_after()
    }

    /// The DER `SubjectPublicKeyInfo` as received.
    pub(crate) fn spki(&self) -> &[u8] {
        &self.0.spki
    }

    /// The key's bits alone, without algorithm: what RFC 6960's key hashes are over.
    pub(crate) fn key_bits(&self) -> &[u8] {
        self.0.key_bits.raw_bytes()
    }

    /// The DER `SubjectPublicKeyInfo` that verifies: as received, or with the parameters that were handed down to it.
    pub(crate) fn working_key(&self) -> &[u8] {
        self.0.inherited.as_deref().unwrap_or(&self.0.spki)
    }

    pub(crate) fn public_key(&self) -> Result<PublicKey, KeyFault> {
        self.0.key.get_or_init(|| PublicKey::from_spki(self.working_key())).clone()
    }

    /// Subject and issuer are the same name (self-issued: RFC 5280, 3.2); says nothing of who signed it.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// All extensions in file order.
    pub(crate) fn extensions(&self) -> &[Extension] {
        self.0.parsed.extensions.as_deref().unwrap_or_default()
    }

    /// The raw extension `oid`, if present.
    pub(crate) fn raw_extension(&self, oid: ObjectIdentifier) -> Option<&Extension> {
        self.extensions().iter().find(|extension| extension.extn_id == oid)
    }

    /// The extension `T` and whether it is critical.
    pub(crate) fn extension<'a, T>(&'a self) -> Result<Option<(Criticality, T)>, CertificateFault>
    where
        T: Decode<'a> + AssociatedOid,
    {
        let mut found = self.extensions().iter().filter(|extension| extension.extn_id == T::OID);
        let Some(extension) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(CertificateFault::DuplicateExtension(T::OID.into()));
        }
        let criticality = if extension.critical { Criticality::Critical } else { Criticality::NonCritical };
        let value = T::from_der(extension.value()).map_err(|_| CertificateFault::Extension(T::OID.into()))?;
        Ok(Some((criticality, value)))
    }

    pub(crate) fn basic_constraints(&self) -> Result<Option<BasicConstraints>, CertificateFault> {
        Ok(self.extension::<BasicConstraints>()?.map(|(_, value)| value))
    }

    pub(crate) fn key_usage(&self) -> Result<Option<KeyUsage>, CertificateFault> {
        Ok(self.extension::<KeyUsage>()?.map(|(_, value)| value))
    }

    /// The purposes named, and whether the extension is critical; `None` where it is absent.
    pub(crate) fn extended_key_usage(&self) -> Result<Option<(Criticality, Vec<Oid>)>, CertificateFault> {
        Ok(self
            .extension::<ExtendedKeyUsage>()?
            .map(|(criticality, ExtendedKeyUsage(purposes))| (criticality, purposes)))
    }

    /// The subject key identifier, a hint (RFC 5280, 4.2.1.2).
    pub(crate) fn subject_key_id(&self) -> Option<&[u8]> {
        let read = || Some(self.extension::<SubjectKeyIdentifier>().ok()??.1.0.as_bytes().to_vec());
        self.0.key_id.get_or_init(read).as_deref()
    }

    /// The authority's key identifier, a hint (RFC 5280, 4.2.1.1).
    pub(crate) fn authority_key_id(&self) -> Option<Vec<u8>> {
        let (_, AuthorityKeyIdentifier(key)) = self.extension::<AuthorityKeyIdentifier>().ok()??;
        key
    }

    /// The names beside the subject; none where there is no such extension (RFC 5280, 4.2.1.6).
    pub(crate) fn alternative_names(&self) -> Result<Vec<GeneralName>, CertificateFault> {
        let Some(extension) = self.raw_extension(SUBJECT_ALT_NAME) else { return Ok(Vec::new()) };
        general_names(extension.value()).map_err(|_| CertificateFault::Extension(SUBJECT_ALT_NAME.into()))
    }

    /// OCSP responder addresses (RFC 5280, 4.2.2.1).
    pub(crate) fn ocsp_urls(&self) -> Vec<String> {
        self.access_urls(rfc5912::ID_AD_OCSP)
    }

    /// Where the issuer's certificate can be had (RFC 5280, 4.2.2.1).
    pub(crate) fn issuer_urls(&self) -> Vec<String> {
        self.access_urls(rfc5912::ID_AD_CA_ISSUERS)
    }

    /// Where CRLs can be had (RFC 5280, 4.2.1.13).
    pub(crate) fn crl_urls(&self) -> Vec<String> {
        let names = self.crl_places().into_iter().flatten().flatten();
        names.filter_map(GeneralName::into_uri).collect()
    }

    /// Places of evidence that are no addresses: names of directory entries, whole or relative to the CRL issuer (RFC 5280, 4.2.1.13).
    pub(crate) fn crl_names(&self) -> Vec<String> {
        let named = self.crl_places().into_iter().flat_map(|place| match place {
            Some(names) => {
                let other = names.into_iter().filter(|name| !matches!(name, GeneralName::Uri(_)));
                other.map(|_| "a directory name".to_owned()).collect()
            }
            None => vec!["a name relative to the CRL issuer".to_owned()],
        });
        named.collect()
    }

    /// The names of each distribution point that has any; `None` for one relative to the CRL issuer.
    fn crl_places(&self) -> Vec<Option<Vec<GeneralName>>> {
        let Ok(Some((_, CrlPlaces(places)))) = self.extension::<CrlPlaces>() else { return Vec::new() };
        places
    }

    fn access_urls(&self, method: ObjectIdentifier) -> Vec<String> {
        let access = self.raw_extension(rfc5912::ID_PE_AUTHORITY_INFO_ACCESS);
        access.map(|extension| access_urls(extension.value(), method)).unwrap_or_default()
    }
}

/// The same bytes.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl std::hash::Hash for Certificate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.fingerprint().hash(state);
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({self})")
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\", serial {}", self.subject(), self.serial_hex())
    }
}

/// Whether a reader that does not know an extension must refuse (RFC 5280, 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Criticality {
    Critical,
    NonCritical,
}

/// The purposes of a key, by whatever name (RFC 5280, 4.2.1.12).
struct ExtendedKeyUsage(Vec<Oid>);

impl AssociatedOid for ExtendedKeyUsage {
    const OID: ObjectIdentifier = rfc5912::ID_CE_EXT_KEY_USAGE;
}

impl<'a> Decode<'a> for ExtendedKeyUsage {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        Vec::<Oid>::decode(reader).map(Self)
    }
}

/// The key identifier of an authority; by what names it goes besides is not asked.
struct AuthorityKeyIdentifier(Option<Vec<u8>>);

impl AssociatedOid for AuthorityKeyIdentifier {
    const OID: ObjectIdentifier = rfc5912::ID_CE_AUTHORITY_KEY_IDENTIFIER;
}

impl<'a> Decode<'a> for AuthorityKeyIdentifier {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        let parts = Vec::<Any>::decode(reader)?;
        let key = parts.iter().find(|part| is_context(part, 0)).map(|part| part.value().to_vec());
        Ok(Self(key))
    }
}

/// The names of distribution points (RFC 5280, 4.2.1.13).
struct CrlPlaces(Vec<Option<Vec<GeneralName>>>);

impl AssociatedOid for CrlPlaces {
    const OID: ObjectIdentifier = rfc5912::ID_CE_CRL_DISTRIBUTION_POINTS;
}

impl<'a> Decode<'a> for CrlPlaces {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        let mut places = Vec::new();
        for point in Vec::<Vec<Any>>::decode(reader)? {
            let Some(named) = point.iter().find(|part| is_context(part, 0)) else { continue };
            let name = Any::from_der(named.value())?;
            places.push(if is_context(&name, 0) { Some(general_names_within(name.value())?) } else { None });
        }
        Ok(Self(places))
    }
}

fn is_context(any: &Any, wanted: u32) -> bool {
    matches!(any.tag(), Tag::ContextSpecific { number, .. } if number.value() == wanted)
}
