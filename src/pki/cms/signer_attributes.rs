//! A signer's attributes by name, typed.
//!
//! Invariant: an attribute that counts stands once, with one value of its type; anything else is a fault with the
//! attribute's name.
//!
//! Specified in RFC 5652, 11; RFC 5035; EN 319 122-1, 5.

use const_oid::ObjectIdentifier;

use super::attribute::{self, AlgorithmProtection, Attribute, EssCertificateId, EssVersion, RevocationValues};
use super::element::{Elements, OCTET_STRING};
use super::fault::CmsFault;
use super::signer_info::SignerInfo;
use crate::limits::Limits;
use crate::pki::certificate::Certificate;
use crate::pki::oid::Oid;
use crate::time::Time;

impl SignerInfo {
    /// The signed digest of the content (RFC 5652, 11.2).
    pub(crate) fn message_digest(&self) -> Result<&[u8], CmsFault> {
        let name = "message-digest";
        let value = self.required(attribute::MESSAGE_DIGEST, name)?;
        let mut reader = Elements::new(value);
        let digest = reader.expect(OCTET_STRING, name).map_err(|_| CmsFault::UnreadableAttribute(name))?;
        Ok(digest.content)
    }

    /// The signed type of the content (RFC 5652, 11.1).
    pub(crate) fn signed_content_type(&self) -> Result<Oid, CmsFault> {
        let name = "content-type";
        let value = self.required(attribute::CONTENT_TYPE, name)?;
        let read = Elements::new(value).any(name).and_then(|element| element.oid(name));
        read.map_err(|_| CmsFault::UnreadableAttribute(name))
    }

    /// Which certificate the signer signed that it is (RFC 5035).
    pub(crate) fn signing_certificate(&self) -> Result<EssCertificateId, CmsFault> {
        let name = "signing-certificate";
        let v1 = Attribute::single(self.signed_attributes(), attribute::SIGNING_CERTIFICATE, name)?;
        let v2 = Attribute::single(self.signed_attributes(), attribute::SIGNING_CERTIFICATE_V2, name)?;
        match (v1, v2) {
            (None, None) => Err(CmsFault::NoSigningCertificate),
            (Some(_), Some(_)) => Err(CmsFault::TwoSigningCertificates),
            (Some(v1), None) => ess(v1, EssVersion::V1),
            (None, Some(v2)) => ess(v2, EssVersion::V2),
        }
    }

    /// As [`signing_certificate`](Self::signing_certificate), for timestamp tokens: both versions may stand there (RFC 5816, 2.2.1). The
    /// newer comes first.
    pub(crate) fn signing_certificates(&self) -> Result<Vec<EssCertificateId>, CmsFault> {
        let one = |oid, version| {
            let value = Attribute::single(self.signed_attributes(), oid, "signing-certificate")?;
            value.map(|value| ess(value, version)).transpose()
        };
        let v2 = one(attribute::SIGNING_CERTIFICATE_V2, EssVersion::V2)?;
        let all: Vec<_> = v2.into_iter().chain(one(attribute::SIGNING_CERTIFICATE, EssVersion::V1)?).collect();
        if all.is_empty() { Err(CmsFault::NoSigningCertificate) } else { Ok(all) }
    }

    /// The claimed time, which PAdES baseline signatures must not have here; `None` also where it is not readable.
    pub(crate) fn signing_time(&self) -> Option<Time> {
        attribute::signing_time(
            Attribute::single(self.signed_attributes(), attribute::SIGNING_TIME, "signing-time").ok()??,
        )
    }

    pub(crate) fn algorithm_protection(&self) -> Result<Option<AlgorithmProtection>, CmsFault> {
        self.read_signed(attribute::ALGORITHM_PROTECTION, "cms-algorithm-protection", AlgorithmProtection::read)
    }

    /// Adobe's signed revocation data; only `adbe.pkcs7.*` signatures should have it.
    pub(crate) fn adbe_revocation(&self) -> Result<RevocationValues, CmsFault> {
        let name = "adbe-revocationInfoArchival";
        Ok(self.read_signed(attribute::ADBE_REVOCATION, name, RevocationValues::adobe)?.unwrap_or_default())
    }

    /// CAdES certificate values: an untrusted pool.
    pub(crate) fn certificate_values(&self) -> Result<Vec<Certificate>, CmsFault> {
        let (oid, name) = (attribute::CERTIFICATE_VALUES, "certificate-values");
        Ok(read(self.unsigned_attributes(), oid, name, attribute::certificate_values)?.unwrap_or_default())
    }

    /// CAdES revocation values: an untrusted pool.
    pub(crate) fn revocation_values(&self) -> Result<RevocationValues, CmsFault> {
        let (oid, name) = (attribute::REVOCATION_VALUES, "revocation-values");
        Ok(read(self.unsigned_attributes(), oid, name, RevocationValues::cades)?.unwrap_or_default())
    }

    /// The time-stamp tokens over the signature value, each unread (EN 319 122-1, 5.3).
    pub(crate) fn signature_timestamps(&self, limits: &Limits) -> Result<Vec<&[u8]>, CmsFault> {
        bounded(Attribute::all(self.unsigned_attributes(), attribute::SIGNATURE_TIMESTAMP), limits)
    }

    /// The time-stamp tokens over the signed content, each unread (EN 319 122-1, 5.2.8).
    pub(crate) fn content_timestamps(&self, limits: &Limits) -> Result<Vec<&[u8]>, CmsFault> {
        bounded(Attribute::all(self.signed_attributes(), attribute::CONTENT_TIMESTAMP), limits)
    }

    fn required(&self, oid: ObjectIdentifier, name: &'static str) -> Result<&[u8], CmsFault> {
        if self.signed_attributes_der().is_none() {
            return Err(CmsFault::NoSignedAttributes);
        }
        Attribute::single(self.signed_attributes(), oid, name)?.ok_or(CmsFault::MissingAttribute(name))
    }

    pub(super) fn read_signed<T>(
        &self,
        oid: ObjectIdentifier,
        name: &'static str,
        parse: impl Fn(&[u8]) -> Result<T, CmsFault>,
    ) -> Result<Option<T>, CmsFault> {
        read(self.signed_attributes(), oid, name, parse)
    }
}

fn read<T>(
    attributes: &[Attribute],
    oid: ObjectIdentifier,
    name: &'static str,
    parse: impl Fn(&[u8]) -> Result<T, CmsFault>,
) -> Result<Option<T>, CmsFault> {
    let Some(value) = Attribute::single(attributes, oid, name)? else { return Ok(None) };
    parse(value).map(Some).map_err(|_| CmsFault::UnreadableAttribute(name))
}

fn bounded<'a>(tokens: impl Iterator<Item = &'a [u8]>, limits: &Limits) -> Result<Vec<&'a [u8]>, CmsFault> {
    let limit = limits.signature_timestamps;
    let tokens: Vec<_> = tokens.take(limit.saturating_add(1)).collect();
    if tokens.len() > limit { Err(CmsFault::TooManyTimestamps { limit }) } else { Ok(tokens) }
}

fn ess(value: &[u8], version: EssVersion) -> Result<EssCertificateId, CmsFault> {
    EssCertificateId::read(value, version).map_err(|fault| match fault {
        CmsFault::Malformed { .. } => CmsFault::UnreadableAttribute("signing-certificate"),
        fault => fault,
    })
}
