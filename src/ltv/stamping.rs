//! A timestamp inside a signature that is already in a file (B-B to B-T).

use std::ops::Range;

use super::rewrite::Rewrite;
use super::vri;
use crate::digest::hex;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::dss::Dss;
use crate::pdf::parser;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{SignedData, add_timestamp};
use crate::pki::timestamp::{TimestampRequest, TimestampTerms, TimestampToken};
use crate::port::TimestampAuthority;
use crate::sign::timestamping::{accept, derived_nonce};
use crate::time::Time;
use crate::verify::{Content, Cryptography, Facts, evidence_in, hash, read_signatures};

/// A timestamp to be put into a signature that is already there, into the room that was left in its hole (EN 319 142-1, 5.3 and 6.3).
///
/// Bytes of the file change, though none that anybody signed; so the result is no [`Update`](crate::Update) but a [`Rewrite`], a new file.
/// Where another signature or document timestamp covers the hole, or the room does not suffice, a document timestamp
/// ([`Augmentation::timestamp`](crate::Augmentation::timestamp)) does the same.
///
/// # Examples
/// ```
/// # use pades_ltv::{Document, SignatureTimestamping, Signing, Time, authority::Authority};
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let authority = Authority::new("doc", now)?;
/// # let (signer, tsa) = (authority.issue("signer")?, authority.at(now));
/// # let base = Document::open(pdf)?;
/// let signed = Signing::new(&base, now).sign(&signer)?.finish()?.apply(pdf)?; // B-B, with room for a timestamp
/// let document = Document::open(signed.as_slice())?;
/// let stamped = SignatureTimestamping::new(&document, "Signature1", now)?.timestamp(&tsa)?.apply(&signed)?; // B-T
/// # assert_eq!(stamped.len(), signed.len());
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SignatureTimestamping<'d> {
    document: &'d Document<'d>,
    field: String,
    hole: Range<u64>,
    cms: Vec<u8>,
    certificate: Certificate,
    value: Vec<u8>,
    now: Time,
    imprint: Vec<u8>,
    request: TimestampRequest,
}

impl<'d> SignatureTimestamping<'d> {
    /// A timestamp for the signature in `field` of `document`, asked for at `now`. Reads the document once: a signature that does not
    /// verify gets none.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where no signature is in the field, it does not verify, has a timestamp already, or something covers it:
    /// another signature, a document timestamp, or an entry of `/VRI` that names it by its bytes; [`ErrorKind::Capacity`] where no room
    /// is left at all; [`ErrorKind::Unsupported`] where it is not DER, so that it would have to be written anew;
    /// [`ErrorKind::Syntax`] or [`ErrorKind::Io`] where the document cannot be read, or is only the front of its file
    /// ([`Document::damage`]): what stands behind may cover the hole.
    pub fn new(document: &'d Document<'d>, field: &str, now: Time) -> Result<Self> {
        document.require_whole()?;
        let facts = read_signatures(document, &mut Vec::new())?;
        let found = facts.iter().position(|facts| facts.field == field);
        let own =
            found.and_then(|index| facts.get(index)).ok_or_else(|| refused(field, "there is no such signature"))?;
        let (Content::Signature(cms), Ok(contents)) = (&own.content, &own.dictionary.contents) else {
            return Err(refused(field, "it is no signature that can be read"));
        };
        if !own.tokens.is_empty() {
            return Err(refused(field, "it has a timestamp already"));
        }
        check_uncovered(document, &facts, own)?;
        let certificate = check_intact(document, &facts, own, cms)?;
        let value = cms.signer().map_err(|fault| refused(field, fault))?.signature().to_vec();
        let (imprint, request) = asked(&value, now, &TimestampTerms::new());
        let (field, hole, cms) = (own.field.clone(), contents.hole.clone(), contents.der.clone());
        Ok(Self { document, field, hole, cms, certificate, value, now, imprint, request })
    }

    /// Asks on other terms: with another digest, under a policy.
    #[must_use]
    pub fn terms(mut self, terms: &TimestampTerms) -> Self {
        (self.imprint, self.request) = asked(&self.value, self.now, terms);
        self
    }

    /// What to send to the authority.
    pub fn request(&self) -> &TimestampRequest {
        &self.request
    }

    /// Asks `tsa` and gives the new bytes: the one-call form of [`request`](Self::request) and [`complete`](Self::complete).
    ///
    /// # Errors
    /// Those of [`complete`](Self::complete), and whatever the authority says.
    pub fn timestamp<T: TimestampAuthority + ?Sized>(&self, tsa: &T) -> Result<Rewrite> {
        self.complete(&tsa.timestamp(&self.request.to_der())?)
    }

    /// Takes the DER `TimeStampResp` and gives the new bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`] where the answer is not good in every respect, or of a time after the signer's certificate ended: then it
    /// proves nothing; [`ErrorKind::Capacity`] where the token does not fit into the hole; [`ErrorKind::Unsupported`] where the
    /// signature is not DER; [`ErrorKind::SelfCheck`] where the result does not read back as meant.
    pub fn complete(&self, response: &[u8]) -> Result<Rewrite> {
        let token = accept(&self.request, &self.imprint, response)?;
        self.check_time(&token)?;
        let cms = add_timestamp(&self.cms, &token).map_err(|fault| {
            Error::new(ErrorKind::Unsupported, "the signature cannot take a timestamp without being written anew")
                .at(&self.field)
                .because(fault)
                .advise(INSTEAD)
        })?;
        let digits = usize::try_from(self.hole.end.saturating_sub(self.hole.start)).unwrap_or(0).saturating_sub(2);
        let mut new = hex(&cms);
        if new.len() > digits {
            let missing = new.len().saturating_sub(digits).div_ceil(2);
            let message = format!("the timestamp of {} bytes does not fit: {missing} bytes are missing", token.len());
            return Err(Error::new(ErrorKind::Capacity, message).at(&self.field).advise(INSTEAD));
        }
        new.extend(std::iter::repeat_n('0', digits.saturating_sub(new.len())));
        let old = self.document.read(self.hole.clone())?;
        let new = [b"<".as_slice(), new.as_bytes(), b">"].concat();
        let rewrite = Rewrite::new(self.document.len(), self.hole.start, old, new);
        self.check(&rewrite, &token)?;
        Ok(rewrite)
    }

    /// A timestamp from after the end of the signer's certificate proves nothing that helps.
    fn check_time(&self, token: &[u8]) -> Result<()> {
        let token = TimestampToken::from_der(token, self.document.limits()).map_err(not_as_meant)?;
        let end = self.certificate.not_after();
        if token.gen_time() <= end {
            return Ok(());
        }
        let message =
            format!("the signer's certificate ended on {end}, so a timestamp of {} proves nothing", token.gen_time());
        Err(Error::new(ErrorKind::Timestamp, message).at(&self.field))
    }

    /// The new file holds the same signature, which still verifies, with this token.
    fn check(&self, rewrite: &Rewrite, token: &[u8]) -> Result<()> {
        // The strings of an encrypted file are beside the point: the dictionary alone is looked at, and its hole is never encrypted.
        let text = [rewrite.bytes(), b" "].concat();
        let Ok((object, _)) = parser::object(&text, Some(rewrite.range().start), self.document.limits()) else {
            return Err(not_as_meant("the hole"));
        };
        let bytes = object.as_string().map(|string| string.bytes.as_slice()).unwrap_or_default();
        let read = SignedData::from_der(bytes, self.document.limits()).map_err(not_as_meant)?;
        let old = SignedData::from_der(&self.cms, self.document.limits()).map_err(not_as_meant)?;
        let (read, old) = (read.signer().map_err(not_as_meant)?, old.signer().map_err(not_as_meant)?);
        let tokens = read.signature_timestamps(self.document.limits()).map_err(not_as_meant)?;
        let is_same =
            read.signature() == old.signature() && read.signed_attributes_der() == old.signed_attributes_der();
        if is_same && tokens == [token] { Ok(()) } else { Err(not_as_meant("the signature read back is another")) }
    }
}

/// The imprint of a signature's `value`, and the request for a stamp over it.
fn asked(value: &[u8], now: Time, terms: &TimestampTerms) -> (Vec<u8>, TimestampRequest) {
    let imprint = terms.imprint_algorithm().digest(value);
    let request = terms.request(&imprint, &derived_nonce(&imprint, now));
    (imprint, request)
}

const INSTEAD: &str = "add a document timestamp instead";

/// Nothing covers the hole of `own`, or names what is in it.
fn check_uncovered(document: &Document<'_>, facts: &[Facts], own: &Facts) -> Result<()> {
    let Ok(contents) = &own.dictionary.contents else { return Err(refused(&own.field, "its hole cannot be found")) };
    let hole = &contents.hole;
    let covers = |other: &&Facts| {
        let ranges = other.dictionary.byte_range.as_ref().map(|range| range.ranges());
        ranges.is_ok_and(|ranges| ranges.iter().any(|range| range.start < hole.end && hole.start < range.end))
    };
    if let Some(other) = facts.iter().find(covers) {
        return Err(refused(&own.field, format!("\"{}\" covers it and would break", other.field)));
    }
    let store = Dss::read(document.latest())?;
    let named = store.iter().flat_map(|store| &store.vri).any(|vri| vri::is_key_of(&vri.key, own));
    if named { Err(refused(&own.field, "/VRI names it by its bytes, which would change")) } else { Ok(()) }
}

/// The signature verifies; gives who signed.
fn check_intact(document: &Document<'_>, facts: &[Facts], own: &Facts, cms: &SignedData) -> Result<Certificate> {
    let evidence = evidence_in(document, document.latest().revision(), facts, &mut Vec::new());
    let digests = hash(document, std::slice::from_ref(own))?;
    let digest = own.digest_algorithm().and_then(|algorithm| digests.first()?.by(algorithm));
    let pool = evidence.certificates().as_slice();
    let found = own.format().zip(digest);
    let found = found.map(|(format, digest)| Cryptography::of_signature(cms, format, digest, pool, own.is_pades()));
    let intact = found.filter(|found| own.is_well_formed && found.is_intact());
    let certificate = intact.and_then(|found| found.signing_certificate);
    certificate.ok_or_else(|| refused(&own.field, "it does not verify, and a timestamp would prove a broken signature"))
}

fn refused(field: &str, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Field, format!("the signature cannot take a timestamp: {why}")).at(field).advise(INSTEAD)
}

fn not_as_meant(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::SelfCheck, "the signature does not read back with its timestamp; nothing was written")
        .because(cause)
        .advise("report this with the file; it is a defect of this library")
}
