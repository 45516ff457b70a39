//! What the file says of one signature, and whether its digest and its value hold.
//!
//! Invariant: the dictionary that counts is the one physically inside the signed revision; what a later revision makes of it is
//! a finding.
//! Invariant: nothing is skipped: a signature that cannot be read is a signature that failed.
//!
//! Specified in EN 319 102-1, 5.2.2 (format), 5.2.3 (signing certificate), 5.2.7 (cryptographic verification); ISO 32000-2, 12.8.1.

use crate::digest::DigestAlgorithm;
use crate::error::Result;
use crate::limits::Limits;
use crate::pdf::byte_range::ByteRangeFault;
use crate::pdf::document::Document;
use crate::pdf::form::Field;
use crate::pdf::hashing::{Covered, digests};
use crate::pdf::revision::Revision;
use crate::pdf::signature::{SignatureDictionary, SignatureKind};
use crate::pdf::transform::{Certification, Transform};
use crate::pki::certificate::Certificate;
use crate::pki::cms::{CmsFault, SignedData, SignerInfo};
use crate::pki::path::Purpose;
use crate::pki::timestamp::{TimestampFault, TimestampToken};
use crate::report::{Code, Coverage, Finding};

/// One signature field with everything that was read out of it.
pub(crate) struct Facts {
    pub(crate) field: String,
    pub(crate) dictionary: SignatureDictionary,
    /// The revision whose end is the byte range's end, counted from 0; none in a file that had to be searched.
    pub(crate) revision: Option<usize>,
    pub(crate) covers: Coverage,
    pub(crate) content: Content,
    /// The signature timestamps inside a signature, each readable or not.
    pub(crate) tokens: Vec<Result<TimestampToken, TimestampFault>>,
    /// The timestamps over the content among its signed attributes.
    pub(crate) content_tokens: Vec<Result<TimestampToken, TimestampFault>>,
    pub(crate) findings: Vec<Finding>,
    /// Whether the dictionary is sound enough for the cryptographic checks (EN 319 102-1, 5.2.2).
    pub(crate) is_well_formed: bool,
}

/// What `/Contents` holds.
pub(crate) enum Content {
    Signature(Box<SignedData>),
    Timestamp(Box<TimestampToken>),
    /// Unreadable, or of a format that is not judged: the findings say why.
    None,
}

/// How a signature binds the bytes of its byte range (ISO 32000-2, 12.8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `ETSI.CAdES.detached`: of PAdES.
    Cades,
    /// `adbe.pkcs7.detached`: the same without what CAdES asks for.
    Pkcs7,
    /// `adbe.pkcs7.sha1`: the CMS carries the SHA-1 of the bytes as its content. Nobody should write it any more (12.8.3.3.1).
    Pkcs7Sha1,
    /// `adbe.x509.rsa_sha1`: a PKCS#1 value over the bytes, its certificates in the dictionary. Nor this (12.8.3.2).
    ///
    /// Departs: table 260 allows further digests here; its name says SHA-1, and nobody is known to have written another.
    X509RsaSha1,
}

impl Format {
    fn of(sub_filter: &str) -> Option<Self> {
        match sub_filter {
            "ETSI.CAdES.detached" => Some(Self::Cades),
            "adbe.pkcs7.detached" => Some(Self::Pkcs7),
            "adbe.pkcs7.sha1" => Some(Self::Pkcs7Sha1),
            "adbe.x509.rsa_sha1" => Some(Self::X509RsaSha1),
            _ => None,
        }
    }

    /// What the bytes are digested with, where the format says that.
    pub(crate) fn digest(self) -> Option<DigestAlgorithm> {
        match self {
            Self::Cades | Self::Pkcs7 => None,
            Self::Pkcs7Sha1 | Self::X509RsaSha1 => Some(DigestAlgorithm::Sha1),
        }
    }
}

impl Facts {
    /// Reads the signature in `field`. Certificates in it that are `known` are not read again.
    pub(crate) fn read(document: &Document<'_>, field: &Field, known: &[Certificate]) -> Result<Option<Self>> {
        let latest = document.latest();
        let Some(now) = field.signature(latest)? else { return Ok(None) };
        let revision = match revision_of(document, &now) {
            // What was found by searching belongs to no revision: where one ends would be another guess.
            _ if document.is_searched() => None,
            None => first_place(document, field, &now)?,
            own => own,
        };
        let mut findings = Vec::new();
        let dictionary = match revision {
            Some(revision) if revision != latest.revision() => match field.signature(document.view(revision))? {
                Some(signed) if signed == now => signed,
                Some(signed) => {
                    findings
                        .push(Finding::new(Code::Redefined, "a later revision defines the signature dictionary anew"));
                    signed
                }
                None => {
                    findings.push(Finding::new(
                        Code::Redefined,
                        "the signature dictionary is not in the revision that it signs",
                    ));
                    now
                }
            },
            _ => now,
        };
        let end = dictionary.byte_range.as_ref().ok().map(|range| range.end());
        let mut facts = Self {
            field: field.name.to_string(),
            covers: covers(document, end, revision),
            dictionary,
            revision,
            content: Content::None,
            tokens: Vec::new(),
            content_tokens: Vec::new(),
            findings,
            is_well_formed: true,
        };
        facts.check_dictionary(document);
        facts.content = facts.read_content(document.limits(), known);
        if let Content::Signature(cms) = &facts.content {
            let limits = document.limits();
            facts.tokens = tokens(cms, limits, SignerInfo::signature_timestamps);
            facts.content_tokens = tokens(cms, limits, SignerInfo::content_timestamps);
        }
        Ok(Some(facts))
    }

    pub(crate) fn is_timestamp(&self) -> bool {
        self.dictionary.kind == SignatureKind::DocumentTimestamp
    }

    /// What a certification permits to change after it.
    pub(crate) fn certification(&self) -> Option<Certification> {
        let certified = self.dictionary.transforms.iter().filter_map(|transform| match transform {
            Transform::DocMdp(permission) => Some(*permission),
            _ => None,
        });
        certified.min().filter(|_| !self.is_timestamp())
    }

    /// What its signing certificate was used for. A certification asks more of the anchor.
    pub(crate) fn purpose(&self) -> Purpose {
        if self.is_timestamp() {
            Purpose::TimeStamping
        } else if self.certification().is_some() {
            Purpose::DocumentCertification
        } else {
            Purpose::DocumentSigning
        }
    }

    /// Whether it says to be of PAdES (EN 319 142-1, 6.3, row T17).
    pub(crate) fn is_pades(&self) -> bool {
        self.format() == Some(Format::Cades)
    }

    /// The format that the dictionary names, where it is one of a signature that is judged here.
    pub(crate) fn format(&self) -> Option<Format> {
        Format::of(self.dictionary.sub_filter.as_deref().unwrap_or_default())
    }

    /// The digest algorithm that the signature's content is hashed with.
    pub(crate) fn digest_algorithm(&self) -> Option<DigestAlgorithm> {
        match &self.content {
            Content::Signature(cms) => self.format()?.digest().or_else(|| cms.signer().ok()?.digest_algorithm().ok()),
            Content::Timestamp(token) => token.imprint_algorithm().ok(),
            Content::None => None,
        }
    }

    /// As [`digest_algorithm`](Self::digest_algorithm), with those of the timestamps over the same bytes; each once.
    fn digest_algorithms(&self) -> Vec<DigestAlgorithm> {
        let stamped = self.content_tokens.iter().flatten().filter_map(|token| token.imprint_algorithm().ok());
        let mut all: Vec<_> = self.digest_algorithm().into_iter().chain(stamped).collect();
        let mut seen = Vec::new();
        all.retain(|one| {
            !seen.contains(one) && {
                seen.push(*one);
                true
            }
        });
        all
    }

    /// Where the signed revision ends, in bytes from the start of the file.
    pub(crate) fn end(&self) -> Option<u64> {
        self.dictionary.byte_range.as_ref().ok().map(|range| range.end())
    }

    fn check_dictionary(&mut self, document: &Document<'_>) {
        let mut faults: Vec<Finding> =
            self.dictionary.faults.iter().map(|fault| Finding::new(Code::SignatureDictionary, fault)).collect();
        if let Err(fault) = &self.dictionary.byte_range {
            faults.push(Finding::new(Code::ByteRange, fault));
            faults.extend(pushed(document, fault));
        }
        if let Err(fault) = &self.dictionary.contents {
            faults.push(Finding::new(Code::Contents, fault));
        }
        if self.dictionary.byte_range.is_ok() && self.covers == Coverage::Other && !document.is_searched() {
            faults.push(Finding::new(Code::Coverage, "the byte range does not end where a revision of the file ends"));
        }
        self.is_well_formed = faults.is_empty() && !self.findings.iter().any(|one| one.code == Code::Redefined);
        self.findings.extend(faults);
    }

    fn read_content(&mut self, limits: &Limits, known: &[Certificate]) -> Content {
        let Ok(contents) = &self.dictionary.contents else { return Content::None };
        let der = &contents.der;
        let signature = |read: Result<SignedData, CmsFault>| {
            read.map(|cms| Content::Signature(Box::new(cms))).map_err(|fault| Finding::new(Code::Cms, fault))
        };
        let read = match (self.dictionary.kind, self.format()) {
            (SignatureKind::DocumentTimestamp, _) => TimestampToken::from_der(der, limits)
                .map(|token| Content::Timestamp(Box::new(token)))
                .map_err(|fault| Finding::new(Code::Timestamp, fault)),
            (SignatureKind::Signature, Some(Format::X509RsaSha1)) => {
                signature(SignedData::from_pkcs1(der, &self.dictionary.certificates, DigestAlgorithm::Sha1))
            }
            (SignatureKind::Signature, Some(_)) => signature(SignedData::with_known(der, limits, known)),
            (SignatureKind::Signature, None) => {
                let named = self.dictionary.sub_filter.as_deref().unwrap_or_default();
                let message = format!("the format /{named} is not one that this library judges");
                Err(Finding::new(Code::SubFilter, message))
            }
        };
        let is_old = self.format().is_some_and(|format| format.digest().is_some());
        if is_old && self.dictionary.kind == SignatureKind::Signature {
            let named = self.dictionary.sub_filter.as_deref().unwrap_or_default();
            let message = format!("/{named} is a format of the past, which ISO 32000-2, 12.8.3 keeps for reading only");
            self.findings.push(Finding::new(Code::SubFilter, message));
        }
        read.unwrap_or_else(|finding| {
            self.findings.push(finding);
            self.is_well_formed = false;
            Content::None
        })
    }
}

/// The tokens in one attribute of a signer, each unread.
pub(super) type TokenList = for<'s> fn(&'s SignerInfo, &Limits) -> Result<Vec<&'s [u8]>, CmsFault>;

/// The timestamps that `list` names of the signer of `cms`, each readable or not.
pub(super) fn tokens(
    cms: &SignedData,
    limits: &Limits,
    list: TokenList,
) -> Vec<Result<TimestampToken, TimestampFault>> {
    match cms.signer().and_then(|signer| list(signer, limits)) {
        Ok(tokens) => tokens.into_iter().map(|token| TimestampToken::from_der(token, limits)).collect(),
        Err(CmsFault::NoSigner | CmsFault::SeveralSigners(_)) => Vec::new(),
        Err(fault) => vec![Err(fault.into())],
    }
}

/// The digests of what one signature covers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hashed(Vec<(DigestAlgorithm, Vec<u8>)>);

impl Hashed {
    /// The digest by `algorithm`, where it was needed.
    pub(crate) fn by(&self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| *known == algorithm).map(|(_, digest)| digest.as_slice())
    }
}

/// The digests of what each of `facts` covers, in one pass over the file; empty where there is nothing to hash.
pub(crate) fn hash(document: &Document<'_>, facts: &[Facts]) -> Result<Vec<Hashed>> {
    let mut wanted = Vec::new();
    for (place, facts) in facts.iter().enumerate() {
        let Ok(range) = &facts.dictionary.byte_range else { continue };
        let covered = |algorithm| Covered { algorithm, ranges: range.ranges() };
        wanted.extend(facts.digest_algorithms().into_iter().map(|algorithm| (place, covered(algorithm))));
    }
    let (places, covered): (Vec<usize>, Vec<Covered>) = wanted.into_iter().unzip();
    let found = digests(document, &covered)?;
    let mut hashed = vec![Hashed::default(); facts.len()];
    for ((place, covered), digest) in places.into_iter().zip(covered).zip(found) {
        if let Some(hashed) = hashed.get_mut(place) {
            hashed.0.push((covered.algorithm, digest));
        }
    }
    Ok(hashed)
}

/// What the cryptographic blocks say of a CMS or token over content with a known digest.
pub(crate) struct Cryptography {
    /// The certificate that the signature names (5.2.3).
    pub(crate) signing_certificate: Option<Certificate>,
    /// The digest is the signed one (5.2.7, HASH_FAILURE).
    pub(crate) digest_holds: bool,
    /// Whether the value verifies under the certificate's key (5.2.7).
    pub(crate) value: Value,
    /// The signing certificate is bound by the signature itself.
    pub(crate) certificate_is_bound: bool,
    pub(crate) findings: Vec<Finding>,
}

/// What became of a signature value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Holds,
    /// Tried, and it does not verify (SIG_CRYPTO_FAILURE).
    Broken,
    /// Not tried: there is no certificate, or the algorithm is not known here. That proves nothing against it.
    Untried,
}

impl Cryptography {
    /// The digest and the value both hold.
    pub(crate) fn is_intact(&self) -> bool {
        self.digest_holds && self.value == Value::Holds
    }

    /// Nothing could be checked.
    pub(crate) fn unchecked() -> Self {
        Self {
            signing_certificate: None,
            digest_holds: false,
            value: Value::Untried,
            certificate_is_bound: false,
            findings: Vec::new(),
        }
    }

    /// Checks a signature over bytes with `digest`.
    ///
    /// `needs_ess`: PAdES asks for the signing-certificate attribute (EN 319 142-1, 6.3, rows T08–T10); older formats
    /// lived without, and name the certificate by issuer and serial number alone.
    pub(crate) fn of_signature(
        cms: &SignedData,
        format: Format,
        digest: &[u8],
        pool: &[Certificate],
        needs_ess: bool,
    ) -> Self {
        let mut found = Self::unchecked();
        let signer = match cms.signer() {
            Ok(signer) => signer,
            Err(fault) => return found.with(Code::Cms, fault),
        };
        let (digest, is_carried) = match (cms.content(), format) {
            (None, Format::Cades | Format::Pkcs7 | Format::X509RsaSha1) => (digest.to_vec(), true),
            (Some(_), Format::Cades | Format::Pkcs7 | Format::X509RsaSha1) => {
                return found.with(Code::Cms, "the CMS carries content of its own, but it should be detached");
            }
            (None, Format::Pkcs7Sha1) => {
                return found.with(Code::Cms, "the CMS does not carry the digest that this format signs");
            }
            // What is signed is the digest of the bytes.
            (Some(content), Format::Pkcs7Sha1) => match signer.digest_algorithm() {
                Ok(own) => (own.digest(content), content == digest),
                Err(fault) => return found.with(Code::Algorithm, fault),
            },
        };
        let carried = if is_carried { Ok(()) } else { Err(CmsFault::ContentDigest) };
        let carried = carried.and_then(|()| cms.check_announces_data());
        match carried.and_then(|()| signer.check_content(&digest, const_oid::db::rfc5911::ID_DATA)) {
            Ok(()) => found.digest_holds = true,
            Err(fault) => found.report(Code::Digest, fault),
        }
        let candidates = || cms.certificates().iter().chain(pool);
        match signer.signing_certificate_in(candidates()) {
            Ok(certificate) => {
                found.signing_certificate = Some(certificate.clone());
                found.certificate_is_bound = true;
            }
            Err(CmsFault::NoSigningCertificate) if !needs_ess => {
                found.signing_certificate = signer.identified_certificate_in(candidates()).cloned();
                found.certificate_is_bound = found.signing_certificate.is_some();
            }
            Err(fault) => {
                // Whether the value holds is still worth saying: integrity and identity are separate statements.
                found.signing_certificate = signer.identified_certificate_in(candidates()).cloned();
                found.report(Code::SigningCertificate, fault);
            }
        }
        let value = |certificate: &Certificate| {
            let key = certificate.public_key().map_err(CmsFault::Key)?;
            signer.check_algorithms().and_then(|()| signer.check_signature(&key, &digest))
        };
        match found.signing_certificate.as_ref().map(value) {
            Some(Ok(())) => found.value = Value::Holds,
            Some(Err(fault)) => found.value_failed(&fault),
            None => {
                found.report(Code::SigningCertificate, "the signing certificate is not among the certificates at hand")
            }
        }
        found
    }

    /// Checks a token over content with `digest`.
    pub(crate) fn of_token(token: &TimestampToken, digest: &[u8], pool: &[Certificate]) -> Self {
        let mut found = Self::unchecked();
        match token.check_imprint(digest) {
            Ok(()) => found.digest_holds = true,
            Err(fault) => found.report(Code::Timestamp, fault),
        }
        match token.signer(pool) {
            Ok(certificate) => {
                found.certificate_is_bound = true;
                match token.verify_signature(certificate) {
                    Ok(()) => found.value = Value::Holds,
                    Err(TimestampFault::Cms(fault)) => found.value_failed(&fault),
                    Err(fault) => found.report(Code::Timestamp, fault),
                }
                found.signing_certificate = Some(certificate.clone());
            }
            Err(fault) => found.report(Code::SigningCertificate, fault),
        }
        found
    }

    fn value_failed(&mut self, fault: &CmsFault) {
        if is_unsupported(fault) {
            self.report(Code::Algorithm, fault);
        } else {
            self.value = Value::Broken;
            self.report(Code::SignatureValue, fault);
        }
    }

    fn report(&mut self, code: Code, message: impl std::fmt::Display) {
        self.findings.push(Finding::new(code, message));
    }

    fn with(mut self, code: Code, message: impl std::fmt::Display) -> Self {
        self.report(code, message);
        self
    }
}

/// Whether a check was not done for want of an algorithm.
pub(crate) fn is_unsupported(fault: &CmsFault) -> bool {
    let key = match fault {
        CmsFault::UnknownDigest(_) | CmsFault::UnknownSignature(_) => return true,
        CmsFault::Key(key) | CmsFault::Signature(key) => key,
        _ => return false,
    };
    key.is_unsupported()
}

/// What a gateway wrote in front of a file moves all that is in it. Said so to whoever has the file only.
fn pushed(document: &Document<'_>, fault: &ByteRangeFault) -> Option<Finding> {
    let ByteRangeFault::Gap { gap, contents } = fault else { return None };
    let before = contents.start.checked_sub(gap.start).filter(|before| *before > 0 && *before == document.header())?;
    let message = format!(
        "{before} bytes were put in front of the file after signing, by a transfer perhaps: get the file again from whoever signed it"
    );
    Some(Finding::new(Code::ByteRange, message))
}

/// The revision that `dictionary` covers, counted from 0.
fn revision_of(document: &Document<'_>, dictionary: &SignatureDictionary) -> Option<usize> {
    let end = dictionary.byte_range.as_ref().ok()?.end();
    let revisions = document.revisions();
    let first = revisions.partition_point(|revision| revision.end().saturating_add(EOL) < end);
    let mut near = revisions.iter().enumerate().skip(first).take_while(|(_, one)| one.end() <= end.saturating_add(EOL));
    near.find(|(_, revision)| ends_at(revision.end(), end, document)).map(|(index, _)| index)
}

/// How long an end-of-line marker may be.
const EOL: u64 = 2;

/// The revision that the dictionary of `field` covered as it was first written, where that is not the one that there is `now`.
fn first_place(document: &Document<'_>, field: &Field, now: &SignatureDictionary) -> Result<Option<usize>> {
    let Some(id) = now.id else { return Ok(None) };
    let defines = |revision: &Revision| revision.entry(id.number).is_some();
    let Some(first) = document.revisions().iter().position(defines) else { return Ok(None) };
    let written = field.signature(document.view(first))?;
    Ok(written.and_then(|written| revision_of(document, &written)).filter(|own| *own == first))
}

/// A revision ends with `%%EOF` and an optional end-of-line marker, which the byte range may or may not include
/// (ISO 32000-2, 12.8.1).
fn ends_at(revision: u64, end: u64, document: &Document<'_>) -> bool {
    let between = end.min(revision)..end.max(revision);
    let is_eol = |bytes: Vec<u8>| matches!(bytes.as_slice(), b"" | b"\n" | b"\r" | b"\r\n");
    between.end.saturating_sub(between.start) <= EOL && document.read(between).is_ok_and(is_eol)
}

fn covers(document: &Document<'_>, end: Option<u64>, revision: Option<usize>) -> Coverage {
    match (end, revision) {
        (Some(end), _) if end == document.len() => Coverage::File,
        (Some(_), Some(_)) => Coverage::Revision,
        _ => Coverage::Other,
    }
}
