//! A signature that waits for its value: can be stored, sent, and completed elsewhere.

use super::layout::cms;
use super::reserved::Reserved;
use super::revision::not_as_meant;
use super::signed::{Refusal, Signed, signer_of};
use super::state::{self, PreparedState, malformed};
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::document::Document;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::cms::SignedData;
use crate::pki::cms::known::Known;
use crate::pki::ecdsa_value;
use crate::port::{Identity, SigningInput};

/// Everything but the signature value. A few KB that hold no part of the document: store it, send
/// [`input`](Self::input) to the key, and [`complete`](Self::complete) it days later on another machine.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) reserved: Reserved,
    pub(super) identity: Identity,
    pub(super) input: SigningInput,
}

impl Prepared {
    /// `attributes` are the signed attributes of a signature by `identity` in the place `reserved`.
    pub(super) fn new(reserved: Reserved, identity: Identity, attributes: Vec<u8>) -> Self {
        let input = SigningInput::new(attributes, identity.algorithm());
        Self { reserved, identity, input }
    }

    /// What is to be signed.
    pub fn input(&self) -> &SigningInput {
        &self.input
    }

    /// Who was prepared for.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The digest, under the algorithm of [`input`](Self::input), of everything that the signature will cover: the message-digest
    /// attribute of the signed attributes in it, and of a CMS that somebody else makes.
    pub fn imprint(&self) -> &[u8] {
        self.reserved.imprint()
    }

    /// How many bytes longer the file will be.
    pub fn update_len(&self) -> usize {
        self.reserved.update_len()
    }

    /// This value as bytes, to be stored. The format carries its version.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where it cannot be written; only for sizes beyond 256 MB.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        state::to_bytes(&PreparedState::new(self)?)
    }

    /// Reads back what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where `bytes` are no such value, or of a version that this release does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        state::from_bytes::<PreparedState>(bytes)?.into_prepared()
    }

    /// Takes the signature value, as [`Signer::sign`](crate::Signer::sign) gives it, and gives the signed revision. The same arguments
    /// give the same bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `document` is not the file that was prepared, by length or digest; [`ErrorKind::Signer`] where the
    /// value does not verify under the signing certificate, as raw `r‖s` neither; [`ErrorKind::State`] where this value was damaged while
    /// it was stored; [`ErrorKind::SelfCheck`] where the CMS does not read back; [`ErrorKind::Io`] where the document cannot be read.
    pub fn complete<'d>(self, document: &'d Document<'d>, value: &[u8]) -> Result<Signed<'d>> {
        self.reserved.base.check(document)?;
        let value = self.checked(value)?;
        // What was signed must be this very revision, whatever happened to it in storage.
        self.reserved.check_imprint(document)?;
        self.assembled(document, &value)
    }

    /// Takes a ready CMS instead of a value, from a service that gives nothing else: made over [`imprint`](Self::imprint), with the
    /// signing certificate that was prepared for.
    ///
    /// # Errors
    /// Those of [`Reserved::complete`]; [`ErrorKind::Signer`] where somebody else signed.
    pub fn complete_cms<'d>(self, document: &'d Document<'d>, cms: &[u8]) -> Result<Signed<'d>> {
        let (signed, theirs) = self.reserved.complete_from(document, cms)?;
        let ours = self.identity.signing_certificate();
        if theirs == *ours {
            return Ok(signed);
        }
        let message = format!("the CMS is one of somebody else: {theirs}");
        let advice = "have it made by the one that was prepared for, or prepare again without a certificate";
        Err(Error::new(ErrorKind::Signer, message).at(ours).advise(advice).class_is(ErrorClass::Operator))
    }

    /// As [`complete`](Self::complete), for the document that was prepared a moment ago, and has not left our hands since.
    pub(super) fn complete_with<'d>(self, document: &'d Document<'d>, value: &[u8]) -> Result<Signed<'d>> {
        let value = self.checked(value)?;
        self.assembled(document, &value)
    }

    /// The signature with a `value` that verifies.
    fn assembled<'d>(self, document: &'d Document<'d>, value: &[u8]) -> Result<Signed<'d>> {
        let cms = match self.again(value) {
            Some(cms) => cms,
            None => self.built(value)?,
        };
        Ok(Signed::new(document, self.reserved, cms))
    }

    /// The CMS with `value` as a copy of one by the same identity that read back.
    fn again(&self, value: &[u8]) -> Option<Vec<u8>> {
        let known = self.identity.known_cms().filter(|_| self.is_as_identified())?;
        known.again(self.input.message(), self.reserved.imprint(), value)
    }

    /// The CMS with `value`; what was built must read back.
    fn built(&self, value: &[u8]) -> Result<Vec<u8>> {
        let (message, imprint) = (self.input.message(), self.reserved.imprint());
        let der = cms(&self.identity, message, value);
        if !self.reads_back(&der, value).map_err(not_as_meant)? {
            return Err(malformed());
        }
        if self.is_as_identified() {
            self.identity.learn_cms(|| Known::new(&der, message, imprint, value));
        }
        Ok(der)
    }

    /// Whether the algorithms are those of the identity, whatever happened to them in storage.
    fn is_as_identified(&self) -> bool {
        let algorithm = self.identity.algorithm();
        self.input.algorithm() == algorithm && self.reserved.digest_algorithm() == algorithm.digest()
    }

    /// Whether what was verified stands in `der`, byte for byte: the certificate, what it signed, and `value`.
    fn reads_back(&self, der: &[u8], value: &[u8]) -> Result<bool, Refusal> {
        let known: Vec<Certificate> = self.identity.all().cloned().collect();
        let read = SignedData::with_known(der, &Limits::default(), &known)?;
        let (signer, certificate) = signer_of(&self.reserved, &read)?;
        Ok(certificate == self.identity.signing_certificate()
            && signer.signature_algorithm()? == self.input.algorithm()
            && signer.signed_attributes_der() == Some(self.input.message())
            && signer.signature() == value)
    }

    /// Whether `value` is the one that its maker verified. The first of an identity is verified here, too, whoever made it.
    fn is_verified(&self, value: &[u8]) -> bool {
        let is_first = self.identity.known_cms().is_none();
        !is_first && self.is_as_identified() && self.input.is_verified(self.identity.signing_certificate(), value)
    }

    /// `value` in the form that CMS wants, once it verifies.
    fn checked(&self, value: &[u8]) -> Result<Vec<u8>> {
        if self.is_verified(value) {
            return Ok(value.to_vec());
        }
        let (algorithm, message) = (self.input.algorithm(), self.input.message());
        let verify = |value: &[u8]| self.identity.key().verify(algorithm, message, value);
        let Err(fault) = verify(value) else { return Ok(value.to_vec()) };
        let converted = match algorithm {
            SignatureAlgorithm::Ecdsa(_) => ecdsa_value::from_raw(value).filter(|converted| verify(converted).is_ok()),
            _ => None,
        };
        converted.ok_or_else(|| {
            Error::new(ErrorKind::Signer, "the signer's answer is no signature of the signing certificate")
                .at(self.identity.signing_certificate())
                .because(fault)
                .advise(advice(algorithm, self.identity.key().signature_len(), value))
                .class_is(ErrorClass::Operator)
        })
    }
}

/// What may be done about a `value` that does not verify: of all values of the key, the longest has `longest` bytes.
fn advice(algorithm: SignatureAlgorithm, longest: usize, value: &[u8]) -> String {
    let has_one_length = !matches!(algorithm, SignatureAlgorithm::Ecdsa(_) | SignatureAlgorithm::Dsa(_));
    if value.is_empty() {
        "the answer is empty: give the bytes that the key returned".to_owned()
    } else if value.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
        "the answer is text: give the bytes themselves, decoded from base64 or hexadecimal".to_owned()
    } else if value.len() > longest || has_one_length && value.len() < longest {
        let most = if has_one_length { "" } else { "at most " };
        format!("the answer has {} bytes, where a value of this key has {most}{longest}", value.len())
    } else {
        "check that key and certificate belong together, that the answer is the one to this very request, made as it says (PKCS#1 v1.5 \
         or PSS, with this digest and salt), and that the digest was not hashed twice"
            .to_owned()
    }
}
