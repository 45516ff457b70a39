//! A signature with its value: may take a timestamp, then becomes an update.

use std::fmt;

use const_oid::db::rfc5911::ID_DATA;

use super::layout::check_validity;
use super::reserved::Reserved;
use super::revision;
use super::state::{self, SignedState};
use super::update::Update;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::document::Document;
use crate::pki::certificate::Certificate;
use crate::pki::cms::attribute::SIGNING_TIME;
use crate::pki::cms::{CmsFault, SignedData, SignerInfo, add_timestamp};
use crate::pki::key::making::check_digest;
use crate::pki::timestamp::{TimestampRequest, TimestampTerms};
use crate::port::TimestampAuthority;
use crate::sign::timestamping::{accept, derived_nonce};

/// A signature that verifies, not yet in a file.
pub struct Signed<'d> {
    document: &'d Document<'d>,
    reserved: Reserved,
    cms: Vec<u8>,
}

/// Whether the field takes a signature without a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimestampRequirement {
    Required,
    Optional,
}

impl<'d> Signed<'d> {
    pub(super) fn new(document: &'d Document<'d>, reserved: Reserved, cms: Vec<u8>) -> Self {
        Self { document, reserved, cms }
    }

    /// A signature in the place `reserved` with a CMS that was made, or stored, elsewhere.
    pub(super) fn adopt(document: &'d Document<'d>, reserved: Reserved, cms: &[u8]) -> Result<Self> {
        Self::adopt_from(document, reserved, cms).map(|(signed, _)| signed)
    }

    /// As [`adopt`](Self::adopt), with the signing certificate.
    pub(super) fn adopt_from(
        document: &'d Document<'d>,
        reserved: Reserved,
        cms: &[u8],
    ) -> Result<(Self, Certificate)> {
        reserved.check_imprint(document)?;
        let (certificate, _) = check_cms(&reserved, cms).map_err(|fault| {
            Error::new(ErrorKind::Signer, "the CMS is no PAdES signature for this place").because(fault).advise(
                "have it made over the imprint of this very place: DER, detached, with the signing certificate inside and named by \
                 signing-certificate-v2, and without signing-time",
            ).class_is(ErrorClass::Operator)
        })?;
        check_validity(&certificate, reserved.now)?;
        Ok((Self::new(document, reserved, cms.to_vec()), certificate))
    }

    /// The DER CMS `SignedData` as it stands now.
    pub fn cms(&self) -> &[u8] {
        &self.cms
    }

    /// Adds a signature timestamp (B-T): the one-call form of [`timestamp_request`](Self::timestamp_request) and
    /// [`timestamped`](Self::timestamped).
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`] where the authority fails or its answer is not good in every respect; [`ErrorKind::Capacity`] where
    /// the token does not fit into the room left for it.
    pub fn timestamp<T: TimestampAuthority + ?Sized>(self, tsa: &T) -> Result<Self> {
        self.timestamp_with(tsa, &TimestampTerms::new())
    }

    /// As [`timestamp`](Self::timestamp), asked on other terms: with another digest, under a policy.
    ///
    /// # Errors
    /// As [`timestamp`](Self::timestamp).
    pub fn timestamp_with<T: TimestampAuthority + ?Sized>(self, tsa: &T, terms: &TimestampTerms) -> Result<Self> {
        let request = self.timestamp_request_with(terms)?;
        let response = tsa.timestamp(&request.to_der())?;
        self.timestamped(&request, &response)
    }

    /// The request for a timestamp over this signature's value (RFC 5126, 6.1.1; RFC 3161).
    ///
    /// Its nonce is derived from the signature value and the time of signing.
    ///
    /// # Errors
    /// [`ErrorKind::SelfCheck`] where the signature does not read back, or does not verify; that would be a defect.
    pub fn timestamp_request(&self) -> Result<TimestampRequest> {
        self.timestamp_request_with(&TimestampTerms::new())
    }

    /// As [`timestamp_request`](Self::timestamp_request), on other terms.
    ///
    /// # Errors
    /// As [`timestamp_request`](Self::timestamp_request).
    pub fn timestamp_request_with(&self, terms: &TimestampTerms) -> Result<TimestampRequest> {
        // Some values were verified by their maker alone, and a wrong one is not worth a timestamp.
        let (_, value) = check_cms(&self.reserved, &self.cms).map_err(revision::not_as_meant)?;
        let imprint = terms.imprint_algorithm().digest(&value);
        Ok(terms.request(&imprint, &derived_nonce(&imprint, self.reserved.now)))
    }

    /// Adds the timestamp in `response`, the DER `TimeStampResp` to `request`.
    ///
    /// # Errors
    /// As [`timestamp`](Self::timestamp).
    pub fn timestamped(self, request: &TimestampRequest, response: &[u8]) -> Result<Self> {
        let imprint = request.imprint_algorithm().digest(&self.value()?);
        let token = accept(request, &imprint, response)?;
        let cms = add_timestamp(&self.cms, &token).map_err(revision::not_as_meant)?;
        let capacity = self.reserved.appended.capacity();
        if cms.len() > capacity {
            let missing = cms.len().saturating_sub(capacity);
            let message = format!("the timestamp of {} bytes does not fit: {missing} bytes are missing", token.len());
            return Err(Error::new(ErrorKind::Capacity, message)
                .advise(format!("sign again with timestamp_room({}) or more", token.len().saturating_add(512))));
        }
        let reserved = Reserved { timestamp: TimestampRequirement::Optional, ..self.reserved };
        Ok(Self { cms, reserved, ..self })
    }

    /// Puts the signature into its revision, reads the result back, and gives the bytes to append.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where the field requires a timestamp (ISO 32000-2, table 237) and there is none;
    /// [`ErrorKind::SelfCheck`] where the result does not read back as meant: nothing is handed out then.
    pub fn finish(self) -> Result<Update> {
        if self.reserved.timestamp == TimestampRequirement::Required {
            let message = "the field requires a timestamp, says its /SV /TimeStamp, and the signature has none";
            return Err(Error::new(ErrorKind::Field, message).advise("call timestamp(&tsa) before finish()"));
        }
        let appended = revision::fill(self.document, self.reserved.appended, &self.cms)?;
        Ok(Update::new(appended.base, appended.bytes))
    }

    /// This value as bytes, to be stored while a timestamp is fetched. The format carries its version.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where it cannot be written; only for sizes beyond 256 MB.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        state::to_bytes(&SignedState::new(&self.reserved, &self.cms)?)
    }

    /// Reads back what [`to_bytes`](Self::to_bytes) wrote, for the file that was signed.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `document` is not the file that was signed, by length or digest; [`ErrorKind::State`] where `bytes` are no such
    /// value, or of a version that this release does not know; [`ErrorKind::Signer`] where its CMS was damaged while it was stored.
    pub fn from_bytes(bytes: &[u8], document: &'d Document<'d>) -> Result<Self> {
        let (reserved, cms) = state::from_bytes::<SignedState>(bytes)?.into_parts()?;
        reserved.base.check(document)?;
        Self::adopt(document, reserved, &cms)
    }

    fn value(&self) -> Result<Vec<u8>> {
        let read = SignedData::from_der(&self.cms, &Limits::default()).map_err(revision::not_as_meant)?;
        Ok(read.signer().map_err(revision::not_as_meant)?.signature().to_vec())
    }
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({:?}, a CMS of {} bytes)", self.reserved.appended, self.cms.len())
    }
}

/// Why a CMS is not what it should be.
pub(super) type Refusal = Box<dyn std::error::Error + Send + Sync>;

/// Whether `cms` is what a PAdES baseline signature in the place `reserved` has to be (EN 319 142-1, 6.3), and verifies; gives the
/// signing certificate and the signature value.
fn check_cms(reserved: &Reserved, cms: &[u8]) -> Result<(Certificate, Vec<u8>), Refusal> {
    let read = SignedData::from_der(cms, &Limits::default())?;
    let (signer, certificate) = signer_of(reserved, &read)?;
    let key = certificate.public_key().map_err(CmsFault::Key)?;
    key.check_making(signer.signature_algorithm()?)?;
    check_digest(signer.signing_certificate()?.algorithm)
        .map_err(|unfit| format!("its signing-certificate attribute: {unfit}"))?;
    signer.check_signature(&key, &reserved.imprint)?;
    Ok((certificate.clone(), signer.signature().to_vec()))
}

/// Everything that a PAdES baseline signature in the place `reserved` has to be, but for the signature value.
pub(super) fn signer_of<'r>(
    reserved: &Reserved,
    read: &'r SignedData,
) -> Result<(&'r SignerInfo, &'r Certificate), Refusal> {
    if !read.is_der() {
        return Err(CmsFault::NotDer.into());
    }
    if read.content().is_some() {
        return Err("it holds the content itself".into());
    }
    let signer = read.signer()?;
    if signer.signed_attributes_der().is_none() {
        return Err(CmsFault::NoSignedAttributes.into());
    }
    if signer.has_signed(SIGNING_TIME) {
        return Err("it has a signing-time attribute, which PAdES forbids".into());
    }
    let certificate = signer.signing_certificate_in(read.certificates())?;
    let (digest, wanted) = (signer.digest_algorithm()?, reserved.digest);
    if digest != wanted {
        return Err(format!("its digest is {}, where the place was made for {}", digest.name(), wanted.name()).into());
    }
    if !read.announces(digest) {
        return Err(format!("its digestAlgorithms do not announce {}, so that others refuse it", digest.name()).into());
    }
    read.check_announces_data()?;
    signer.check_content(&reserved.imprint, ID_DATA)?;
    signer.check_algorithms()?;
    Ok((signer, certificate))
}

#[cfg(test)]
mod tests {
    use rsa::pkcs8::DecodePrivateKey;
    use rsa::{Pkcs1v15Sign, RsaPrivateKey};

    use super::super::layout::{cms, signed_attributes};
    use super::super::signing::Signing;
    use super::*;
    use crate::digest::DigestAlgorithm::{self, Sha256};
    use crate::port::{Identity, Signer, SigningInput};

    const SHORT: &str = include_str!("../../tests/keys/vectors/short.pem");

    /// Whoever makes the CMS, it is none that nobody should make any more.
    #[test]
    fn a_cms_by_a_short_key_is_refused() {
        let document = Document::open(include_bytes!("../../examples/contract.pdf").as_slice()).unwrap();
        let now = "2027-06-01T00:00:00Z".parse().unwrap();
        let reserved = Signing::new(&document, now).reserve(Sha256, 8_000).unwrap();
        let (key, certificate) = SHORT.split_at(SHORT.find("-----BEGIN CERTIFICATE").unwrap());
        let [key, certificate] = [key, certificate].map(|one| der::pem::decode_vec(one.as_bytes()).unwrap().1);
        let identity = Identity::new([certificate]).unwrap();
        let key = RsaPrivateKey::from_pkcs8_der(&key).unwrap();
        let attributes = signed_attributes(&identity, reserved.imprint());
        let value = key.sign(Pkcs1v15Sign::new::<sha2::Sha256>(), &Sha256.digest(&attributes)).unwrap();
        let error = reserved.clone().complete(&document, &cms(&identity, &attributes, &value)).unwrap_err();
        assert!(error.kind() == ErrorKind::Signer && error.to_string().contains("too short"), "{error}");
        assert_eq!(reserved.identify(&identity).unwrap_err().kind(), ErrorKind::Key);
        assert_eq!(
            Signing::new(&document, now).reserve(DigestAlgorithm::Sha1, 8_000).unwrap_err().kind(),
            ErrorKind::Key
        );
    }

    /// What others refuse, or this crate's own verification does not trust, is not adopted.
    #[test]
    fn a_cms_that_others_refuse_is_refused() {
        use crate::pki::cms::element::{OCTET_STRING, SEQUENCE, SET, oid, tlv};
        let document = Document::open(include_bytes!("../../examples/contract.pdf").as_slice()).unwrap();
        let reserved = Signing::new(&document, "2027-06-01T00:00:00Z".parse().unwrap()).reserve(Sha256, 8_000).unwrap();
        let authority = crate::authority::Authority::new("adopted", reserved.now).unwrap();
        let signer = authority.issue("somebody elsewhere").unwrap();
        let identity = signer.identity().unwrap();
        let made = |attributes: &[u8]| {
            let value = signer.sign(&SigningInput::new(attributes.to_vec(), identity.algorithm())).unwrap();
            cms(&identity, attributes, &value)
        };
        let good = made(&signed_attributes(&identity, reserved.imprint()));
        assert!(reserved.clone().complete(&document, &good).is_ok());
        let edited = |from: &[u8], to: u8| {
            let at = good.windows(from.len()).position(|window| window == from).unwrap() + from.len() - 1;
            [&good[..at], &[to], &good[at + 1..]].concat()
        };
        let attribute = |name, value: &[u8]| tlv(SEQUENCE, &[&oid(name), &tlv(SET, &[value])]);
        let sha1 = tlv(OCTET_STRING, &[&DigestAlgorithm::Sha1.digest(identity.signing_certificate().der())]);
        let named = (0..3).fold(sha1, |inner, _| tlv(SEQUENCE, &[&inner]));
        let attributes = [
            attribute(const_oid::db::rfc5911::ID_CONTENT_TYPE, &oid(ID_DATA)),
            attribute(const_oid::db::rfc5911::ID_MESSAGE_DIGEST, &tlv(OCTET_STRING, &[reserved.imprint()])),
            attribute(const_oid::db::rfc5911::ID_AA_SIGNING_CERTIFICATE, &named),
        ];
        for (cms, cause) in [
            // The set of digests and the type of the content are not signed.
            (
                edited(&[SET, 13, SEQUENCE, 11, 6, 9, 0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 1], 2),
                "do not announce SHA-256",
            ),
            (
                edited(&[SEQUENCE, 11, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 1], 2),
                "announces content of type 1.2.840",
            ),
            (made(&tlv(SET, &[&attributes.concat()])), "attribute: SHA-1 is broken"),
        ] {
            let error = reserved.clone().complete(&document, &cms).unwrap_err();
            assert!(error.kind() == ErrorKind::Signer && error.to_string().contains(cause), "{cause}: {error}");
        }
    }

    /// Whoever verified the value before.
    #[test]
    fn what_does_not_verify_is_not_stamped() {
        let document = Document::open(include_bytes!("../../examples/contract.pdf").as_slice()).unwrap();
        let reserved = Signing::new(&document, "2027-06-01T00:00:00Z".parse().unwrap()).reserve(Sha256, 8_000).unwrap();
        let authority = crate::authority::Authority::new("stamped", reserved.now).unwrap();
        let signer = authority.issue("somebody").unwrap();
        let identity = signer.identity().unwrap();
        let attributes = signed_attributes(&identity, reserved.imprint());
        for (message, is_good) in [(attributes.as_slice(), true), (b"something else", false)] {
            let value = signer.sign(&SigningInput::new(message.to_vec(), identity.algorithm())).unwrap();
            let signed = Signed::new(&document, reserved.clone(), cms(&identity, &attributes, &value));
            let refused = signed.timestamp_request().err().map(|error| error.kind());
            assert_eq!(refused, (!is_good).then_some(ErrorKind::SelfCheck));
        }
    }
}
