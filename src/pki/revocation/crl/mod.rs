//! Certificate revocation lists.
//!
//! Invariant: the received bytes are kept and searched in place: of a million entries only the places are noted, once.
//! Invariant: a list with a critical extension that is not known, in itself or in *any* entry, says nothing (RFC 5280, 5.2 and 5.3).
//!
//! Specified in RFC 5280, 5 and 6.3. Nouns: [`Crl`], [`CrlEntry`], [`distribution::ReasonSet`].

use std::fmt;
use std::sync::{Arc, OnceLock};

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::{Any, Decode, Reader, SliceReader, Tag, Tagged};
use spki::AlgorithmIdentifierOwned;

use self::distribution::IssuingDistributionPoint;
use super::{Reason, RevocationFault};
use crate::digest::DigestAlgorithm;
use crate::limits::Limits;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::asn1_time::time_of;
use crate::pki::extension::{self, Extension};
use crate::pki::general_name::access_urls;
use crate::pki::name::Name;
use crate::pki::oid::Oid;
use crate::pki::signature::{KeyMemo, Signed};
use crate::time::Time;

pub(crate) mod distribution;
mod entry;

pub(crate) use entry::CrlEntry;
use entry::{Entries, Index};

const EXPIRED_CERTS_ON_CRL: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.60");
/// CRL extensions that this crate processes (RFC 5280, 5.2).
const KNOWN_EXTENSIONS: [ObjectIdentifier; 5] = [
    rfc5912::ID_CE_CRL_NUMBER,
    rfc5912::ID_CE_DELTA_CRL_INDICATOR,
    rfc5912::ID_CE_ISSUING_DISTRIBUTION_POINT,
    rfc5912::ID_CE_AUTHORITY_KEY_IDENTIFIER,
    EXPIRED_CERTS_ON_CRL,
];

/// A CRL, cheap to clone.
#[derive(Clone)]
pub(crate) struct Crl(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    fingerprint: Vec<u8>,
    issuer: Name,
    this_update: Time,
    next_update: Option<Time>,
    extensions: Vec<Extension>,
    distribution: Option<IssuingDistributionPoint>,
    verified: KeyMemo,
    /// Read when it is first asked for.
    index: OnceLock<Result<Index, RevocationFault>>,
}

/// A CRL number, compared as the integer that it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CrlNumber(usize, Vec<u8>);

impl Crl {
    /// Reads one DER `CertificateList`; nothing may follow it. Entries are read when they are looked for.
    pub(crate) fn from_der(der: &[u8], limits: &Limits) -> Result<Self, RevocationFault> {
        if u64::try_from(der.len()).is_ok_and(|len| len > limits.cms_bytes) {
            return Err(RevocationFault::TooLong { limit: limits.cms_bytes });
        }
        let signed = Signed::from_der(der)?;
        let fields = Fields::read(signed.tbs)?;
        if fields.algorithm != signed.algorithm {
            return Err(RevocationFault::AlgorithmMismatch);
        }
        let issuer = Name::from_der(fields.issuer)?;
        let point = extension::value(&fields.extensions, rfc5912::ID_CE_ISSUING_DISTRIBUTION_POINT);
        let distribution = point.map(|point| IssuingDistributionPoint::from_der(point, &issuer)).transpose()?;
        Ok(Self(Arc::new(Inner {
            der: der.to_vec(),
            fingerprint: DigestAlgorithm::Sha256.digest(der),
            this_update: fields.this_update,
            next_update: fields.next_update,
            extensions: fields.extensions,
            distribution,
            issuer,
            verified: KeyMemo::default(),
            index: OnceLock::new(),
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
        SignatureAlgorithm::from_identifier(&Signed::from_der(self.der()).ok()?.algorithm).ok()
    }

    pub(crate) fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    pub(crate) fn this_update(&self) -> Time {
        self.0.this_update
    }

    pub(crate) fn next_update(&self) -> Option<Time> {
        self.0.next_update
    }

    /// RFC 5280, 5.2.3.
    pub(crate) fn number(&self) -> Option<CrlNumber> {
        self.raw_extension(rfc5912::ID_CE_CRL_NUMBER).and_then(CrlNumber::from_der)
    }

    /// What it says about its scope (RFC 5280, 5.2.5).
    pub(crate) fn distribution(&self) -> Option<&IssuingDistributionPoint> {
        self.0.distribution.as_ref()
    }

    /// Where the certificate of who signed it can be had (RFC 5280, 5.2.7).
    pub(crate) fn issuer_urls(&self) -> Vec<String> {
        let access = self.raw_extension(rfc5912::ID_PE_AUTHORITY_INFO_ACCESS);
        access.map(|der| access_urls(der, rfc5912::ID_AD_CA_ISSUERS)).unwrap_or_default()
    }

    /// Whether it lists only changes since another (RFC 5280, 5.2.4).
    pub(crate) fn is_delta(&self) -> bool {
        self.raw_extension(rfc5912::ID_CE_DELTA_CRL_INDICATOR).is_some()
    }

    /// Since when entries of expired certificates are kept (ITU-T X.509, 9.5.2.4).
    pub(crate) fn expired_kept_since(&self) -> Option<Time> {
        time_of(&Any::from_der(self.raw_extension(EXPIRED_CERTS_ON_CRL)?).ok()?).ok()
    }

    /// Whether this delta may be combined with the complete list `base` (RFC 5280, 5.2.4 and 6.3.3 (c)).
    pub(crate) fn is_delta_of(&self, base: &Self) -> bool {
        let since = self.raw_extension(rfc5912::ID_CE_DELTA_CRL_INDICATOR).and_then(CrlNumber::from_der);
        let (Some(since), Some(own), Some(number)) = (since, self.number(), base.number()) else { return false };
        let same = |oid| self.raw_extension(oid) == base.raw_extension(oid);
        self.issuer() == base.issuer()
            && same(rfc5912::ID_CE_ISSUING_DISTRIBUTION_POINT)
            && same(rfc5912::ID_CE_AUTHORITY_KEY_IDENTIFIER)
            && since <= number
            && number < own
    }

    /// A critical extension that is not known, which makes the list unusable.
    pub(crate) fn unknown_critical(&self) -> Option<&Oid> {
        let mut extensions = self.0.extensions.iter();
        extensions.find(|one| one.is_unknown_critical(&KNOWN_EXTENSIONS)).map(|one| &one.extn_id)
    }

    /// An extension that stands twice, which makes the list unusable.
    pub(crate) fn repeated_extension(&self) -> Option<&Oid> {
        extension::repeated(&self.0.extensions)
    }

    /// Checks the signature under the key in the DER `SubjectPublicKeyInfo` `spki`.
    pub(crate) fn verify(&self, spki: &[u8]) -> Result<(), RevocationFault> {
        let signed = Signed::from_der(self.der())?;
        Ok(self.0.verified.ask(spki, || signed.verify(spki))?)
    }

    /// Whether [`verify`](Self::verify) knows its answer.
    pub(crate) fn is_checked(&self, spki: &[u8]) -> bool {
        self.0.verified.knows(spki)
    }

    /// The entry for the certificate `serial` of `issuer`. The first question reads the whole list, as every entry may make it unusable.
    pub(crate) fn find(&self, issuer: &Name, serial: &[u8]) -> Result<Option<CrlEntry>, RevocationFault> {
        let signed = Signed::from_der(self.der())?;
        let Some(content) = Fields::read(signed.tbs)?.entries else { return Ok(None) };
        let indirect = self.distribution().is_some_and(|distribution| distribution.indirect);
        let entries = Entries { content, crl_issuer: self.issuer(), indirect };
        match self.0.index.get_or_init(|| entries.index()) {
            Ok(index) => entries.find(index, issuer, serial),
            Err(fault) => Err(fault.clone()),
        }
    }

    fn raw_extension(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        extension::value(&self.0.extensions, oid)
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl(\"{}\", {})", self.issuer(), self.this_update())
    }
}

impl CrlNumber {
    fn from_der(der: &[u8]) -> Option<Self> {
        let integer = Any::from_der(der).ok().filter(|any| any.tag() == Tag::Integer)?;
        let digits: Vec<u8> = integer.value().iter().copied().skip_while(|byte| *byte == 0).collect();
        Some(Self(digits.len(), digits))
    }
}

/// The parts of a `TBSCertList`, as they stand in the received bytes.
struct Fields<'a> {
    algorithm: AlgorithmIdentifierOwned,
    issuer: &'a [u8],
    this_update: Time,
    next_update: Option<Time>,
    /// The content of `revokedCertificates`.
    entries: Option<&'a [u8]>,
    extensions: Vec<Extension>,
}

impl<'a> Fields<'a> {
    fn read(tbs: &'a [u8]) -> der::Result<Self> {
        SliceReader::new(tbs)?.sequence(|reader| {
            if Tag::peek(reader)? == Tag::Integer && u8::decode(reader)? != 1 {
                return Err(Tag::Integer.value_error().into());
            }
            let algorithm = AlgorithmIdentifierOwned::decode(reader)?;
            let issuer = reader.tlv_bytes()?;
            let this_update = time_of(&Any::decode(reader)?)?;
            let next_update = match next_tag(reader) {
                Some(Tag::UtcTime | Tag::GeneralizedTime) => Some(time_of(&Any::decode(reader)?)?),
                _ => None,
            };
            let entries = match next_tag(reader) {
                Some(Tag::Sequence) => Some(der::asn1::AnyRef::decode(reader)?.value()),
                _ => None,
            };
            let extensions = reader.context_specific::<Vec<Extension>>(der::TagNumber(0), der::TagMode::Explicit)?;
            let extensions = extensions.unwrap_or_default();
            Ok(Self { algorithm, issuer, this_update, next_update, entries, extensions })
        })
    }
}

fn next_tag<'a>(reader: &impl Reader<'a>) -> Option<Tag> {
    if reader.is_finished() { None } else { Tag::peek(reader).ok() }
}
