//! One signer: what it says that it signed, and whether that holds.
//!
//! Invariant: the signature is checked over the signed attributes as received, with their tag alone replaced (RFC
//! 5652, 5.4); they
//! are never encoded again.
//! Invariant: "the content has changed" and "the signature value is wrong" are two questions with two answers (EN 319
//! 102-1, 5.2.7).
//!
//! Specified in RFC 5652, 5.3 to 5.6. Nouns: [`SignerInfo`], [`SignerIdentifier`].

use const_oid::ObjectIdentifier;
use spki::AlgorithmIdentifierOwned;

use super::attribute::{Attribute, EssCertificateId};
use super::element::{Element, Elements, INTEGER, OCTET_STRING, SEQUENCE, SET, context, tlv};
use super::fault::CmsFault;
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::{SignatureAlgorithm, digest_identifier, digest_of};
use crate::pki::certificate::Certificate;
use crate::pki::key::{KeyFault, PublicKey};
use crate::pki::name::Name;
use crate::pki::signature::Memo;

const ID_DATA: ObjectIdentifier = const_oid::db::rfc5911::ID_DATA;

/// A `SignerInfo` with the bytes that matter as received.
#[derive(Clone, Debug)]
pub(crate) struct SignerInfo {
    identifier: SignerIdentifier,
    digest_algorithm: AlgorithmIdentifierOwned,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
    signed_der: Option<Vec<u8>>,
    signed: Vec<Attribute>,
    unsigned: Vec<Attribute>,
    /// Whether the value verifies over the signed attributes.
    verified: Memo<PublicKey, KeyFault>,
}

/// How the signer names its certificate (RFC 5652, 5.3). It is not signed: only the ESS attribute is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignerIdentifier {
    IssuerAndSerial {
        issuer: Name,
        /// The serial number's content octets.
        serial: Vec<u8>,
    },
    SubjectKeyId(Vec<u8>),
}

impl SignerIdentifier {
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                certificate.serial() == serial && certificate.issuer() == issuer
            }
            Self::SubjectKeyId(id) => certificate.subject_key_id() == Some(id.as_slice()),
        }
    }

    fn read(element: Element<'_>) -> Result<Self, CmsFault> {
        let what = "a signer identifier";
        match element.tag {
            SEQUENCE => {
                let mut parts = element.children();
                let issuer = parts.any(what)?;
                let issuer = Name::from_der(issuer.whole).map_err(|_| issuer.fault(what))?;
                let serial = parts.expect(INTEGER, what)?.content.to_vec();
                parts.end(what)?;
                Ok(Self::IssuerAndSerial { issuer, serial })
            }
            // [0] IMPLICIT OCTET STRING.
            0x80 => Ok(Self::SubjectKeyId(element.content.to_vec())),
            _ => Err(element.fault(what)),
        }
    }
}

/// Reading.
impl SignerInfo {
    pub(super) fn read(element: Element<'_>) -> Result<Self, CmsFault> {
        let mut parts = element.of(SEQUENCE, "a signer")?.children();
        parts.expect(INTEGER, "the signer's version")?;
        let identifier = SignerIdentifier::read(parts.any("a signer identifier")?)?;
        let digest_algorithm = parts.any("a digest algorithm")?.algorithm("a digest algorithm")?;
        let signed = parts.optional(context(0), "signed attributes")?;
        let signature_algorithm = parts.any("a signature algorithm")?.algorithm("a signature algorithm")?;
        let signature = parts.expect(OCTET_STRING, "a signature value")?.content.to_vec();
        let unsigned = parts.optional(context(1), "unsigned attributes")?;
        parts.end("the end of the signer")?;
        Ok(Self {
            identifier,
            digest_algorithm,
            signature_algorithm,
            signature,
            signed_der: signed.map(|set| tlv(SET, &[set.content])),
            signed: attributes(signed)?,
            unsigned: attributes(unsigned)?,
            verified: Memo::default(),
        })
    }

    /// The signer of a bare PKCS#1 value: no attributes, and named by its certificate.
    pub(super) fn of_pkcs1(certificate: &Certificate, digest: DigestAlgorithm, signature: &[u8]) -> Self {
        let serial = certificate.serial().to_vec();
        Self {
            identifier: SignerIdentifier::IssuerAndSerial { issuer: certificate.issuer().clone(), serial },
            digest_algorithm: digest_identifier(digest),
            signature_algorithm: SignatureAlgorithm::RsaPkcs1(digest).to_identifier(),
            signature: signature.to_vec(),
            signed_der: None,
            signed: Vec::new(),
            unsigned: Vec::new(),
            verified: Memo::default(),
        }
    }

    #[cfg(test)]
    pub(crate) fn identifier(&self) -> &SignerIdentifier {
        &self.identifier
    }

    /// What the content is digested with.
    pub(crate) fn digest_algorithm(&self) -> Result<DigestAlgorithm, CmsFault> {
        // Departs: RFC 5652, 5.3 wants a digest here; old Adobe signers name a signature algorithm, and everybody
        // reads its digest
        // (`a_signature_algorithm_in_the_digests_place_is_its_digest`).
        let by_signature =
            |_| SignatureAlgorithm::from_identifier(&self.digest_algorithm).map(SignatureAlgorithm::digest);
        digest_of(&self.digest_algorithm).or_else(by_signature).map_err(CmsFault::UnknownDigest)
    }

    pub(crate) fn signature_algorithm(&self) -> Result<SignatureAlgorithm, CmsFault> {
        SignatureAlgorithm::from_cms(&self.signature_algorithm, self.digest_algorithm()?)
            .map_err(CmsFault::UnknownSignature)
    }

    /// The signature value: also what a signature timestamp is over.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The signed attributes as received, tagged as the SET OF that was signed (RFC 5652, 5.4).
    pub(crate) fn signed_attributes_der(&self) -> Option<&[u8]> {
        self.signed_der.as_deref()
    }

    /// Whether the signed attributes and their values stand in DER's order (X.690, 11.6): about conformity only.
    pub(crate) fn signed_attributes_are_sorted(&self) -> bool {
        let Some(der) = self.signed_attributes_der() else { return true };
        let set = Elements::new(der).expect(SET, "").and_then(|set| set.children().all(""));
        set.is_ok_and(|set| set.is_sorted_by(|one, next| one.whole <= next.whole))
            && self.signed.iter().all(|attribute| attribute.values.is_sorted())
    }

    pub(crate) fn signed_attributes(&self) -> &[Attribute] {
        &self.signed
    }

    pub(crate) fn unsigned_attributes(&self) -> &[Attribute] {
        &self.unsigned
    }

    pub(crate) fn has_signed(&self, oid: ObjectIdentifier) -> bool {
        self.signed.iter().any(|attribute| attribute.oid == oid)
    }
}

/// Whose signature it is, and whether it stands.
impl SignerInfo {
    /// The certificate in `pool` that the signed ESS attribute names by digest, cross-checked with the signer
    /// identifier.
    ///
    /// A signer identifier alone is not enough: it is not signed.
    pub(crate) fn signing_certificate_in<'a>(
        &self,
        pool: impl IntoIterator<Item = &'a Certificate, IntoIter: Clone>,
    ) -> Result<&'a Certificate, CmsFault> {
        self.named_in(&self.signing_certificate()?, pool)
    }

    /// As [`signing_certificate_in`](Self::signing_certificate_in), for timestamp tokens: both versions of the attribute may stand there,
    /// and then name the same certificate (RFC 5816, 2.2.1).
    pub(crate) fn authority_certificate_in<'a>(
        &self,
        pool: impl IntoIterator<Item = &'a Certificate, IntoIter: Clone>,
    ) -> Result<&'a Certificate, CmsFault> {
        let all = self.signing_certificates()?;
        let (first, others) = all.split_first().ok_or(CmsFault::NoSigningCertificate)?;
        let certificate = self.named_in(first, pool)?;
        let agree = others.iter().all(|other| other.names(certificate));
        if agree { Ok(certificate) } else { Err(CmsFault::EssMismatch) }
    }

    fn named_in<'a>(
        &self,
        named: &EssCertificateId,
        pool: impl IntoIterator<Item = &'a Certificate, IntoIter: Clone>,
    ) -> Result<&'a Certificate, CmsFault> {
        let mut pool = pool.into_iter();
        let Some(certificate) = pool.clone().find(|certificate| named.names(certificate)) else {
            let by_identifier = pool.any(|certificate| self.identifier.names(certificate));
            return Err(if by_identifier { CmsFault::EssMismatch } else { CmsFault::SigningCertificateNotFound });
        };
        named.check_issuer_serial(certificate)?;
        if self.identifier.names(certificate) { Ok(certificate) } else { Err(CmsFault::SidMismatch) }
    }

    /// The certificate in `pool` that the signer identifier names: for signatures without an ESS attribute, which
    /// PAdES forbids.
    pub(crate) fn identified_certificate_in<'a>(
        &self,
        pool: impl IntoIterator<Item = &'a Certificate>,
    ) -> Option<&'a Certificate> {
        pool.into_iter().find(|certificate| self.identifier.names(certificate))
    }

    /// Content, algorithms and signature, one after the other; see the three checks.
    pub(crate) fn verify(
        &self,
        certificate: &Certificate,
        content_digest: &[u8],
        content_type: ObjectIdentifier,
    ) -> Result<(), CmsFault> {
        self.check_content(content_digest, content_type)?;
        self.check_algorithms()?;
        self.check_signature(&certificate.public_key().map_err(CmsFault::Key)?, content_digest)
    }

    /// What was signed is the content with this digest (made with [`Self::digest_algorithm`]) and of this type (RFC
    /// 5652, 5.6).
    ///
    /// Without signed attributes there is nothing to compare: the signature itself is over the content.
    pub(crate) fn check_content(&self, digest: &[u8], content_type: ObjectIdentifier) -> Result<(), CmsFault> {
        if self.signed_der.is_none() {
            // RFC 5652, 5.3: any content but id-data needs signed attributes.
            return if content_type == ID_DATA { Ok(()) } else { Err(CmsFault::NoSignedAttributes) };
        }
        let found = self.signed_content_type()?;
        if found != content_type {
            return Err(CmsFault::ContentType { expected: content_type.into(), found });
        }
        if self.message_digest()? == digest { Ok(()) } else { Err(CmsFault::ContentDigest) }
    }

    /// The algorithms belong together (RFC 5652, 5.4), and are those that were signed where that is said (RFC 6211, 2).
    pub(crate) fn check_algorithms(&self) -> Result<(), CmsFault> {
        let (digest, signature) = (self.digest_algorithm()?, self.signature_algorithm()?);
        if let Some(protected) = self.algorithm_protection()? {
            let same_digest = same_algorithm(&protected.digest, &self.digest_algorithm);
            let same_signature =
                protected.signature.is_some_and(|named| same_algorithm(&named, &self.signature_algorithm));
            if !(same_digest && same_signature) {
                return Err(CmsFault::AlgorithmProtection);
            }
        }
        if signature.goes_with(digest) { Ok(()) } else { Err(CmsFault::DigestsDiffer { digest, signature }) }
    }

    /// The signature value verifies over the signed attributes, or over the content (by its digest) where there are
    /// none.
    pub(crate) fn check_signature(&self, key: &PublicKey, content_digest: &[u8]) -> Result<(), CmsFault> {
        let algorithm = self.signature_algorithm()?;
        let checked = match self.signed_attributes_der() {
            Some(attributes) => self.verified.ask(key, || key.verify(algorithm, attributes, &self.signature)),
            None => key.verify_prehash(algorithm, content_digest, &self.signature),
        };
        checked.map_err(CmsFault::Signature)
    }
}

fn attributes(set: Option<Element<'_>>) -> Result<Vec<Attribute>, CmsFault> {
    let Some(set) = set else { return Ok(Vec::new()) };
    set.children().all("attributes")?.into_iter().map(Attribute::read).collect()
}

/// Absent and NULL parameters mean the same (RFC 5754, 2).
fn same_algorithm(one: &AlgorithmIdentifierOwned, other: &AlgorithmIdentifierOwned) -> bool {
    let parameters = |identifier: &AlgorithmIdentifierOwned| identifier.parameters.clone().filter(|any| !any.is_null());
    one.oid == other.oid && parameters(one) == parameters(other)
}

#[cfg(test)]
mod tests {
    use super::super::attribute;
    use super::super::fixture::{ALGORITHM, Party};
    use super::super::{SignedAttributes, SignedData, SignedDataWriter};
    use super::*;
    use crate::limits::Limits;
    use crate::pki::cms::element::oid;

    const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

    fn attribute(attribute: ObjectIdentifier, values: &[&[u8]]) -> Vec<u8> {
        tlv(SEQUENCE, &[&oid(attribute), &tlv(SET, values)])
    }

    fn content_type() -> Vec<u8> {
        attribute(attribute::CONTENT_TYPE, &[&oid(ID_DATA)])
    }

    fn message_digest() -> Vec<u8> {
        attribute(attribute::MESSAGE_DIGEST, &[&tlv(OCTET_STRING, &[&SHA256.digest(b"content")])])
    }

    /// A signature by party 1 over exactly these attributes, in this order.
    fn signed(attributes: &[Vec<u8>]) -> SignerInfo {
        let party = Party::new(1);
        let attributes = tlv(SET, &[&attributes.concat()]);
        let signature = party.sign(&attributes);
        let der = SignedDataWriter::new(&attributes, ALGORITHM, &signature, &party.certificate).finish();
        SignedData::from_der(&der, &Limits::default()).unwrap().signer().unwrap().clone()
    }

    fn verify(signer: &SignerInfo) -> Result<(), CmsFault> {
        signer.verify(&Party::new(1).certificate, &SHA256.digest(b"content"), ID_DATA)
    }

    #[test]
    fn attributes_are_hashed_as_received_whatever_their_order() {
        let signer = signed(&[message_digest(), content_type()]);
        assert_eq!(verify(&signer), Ok(()));
        assert!(!signer.signed_attributes_are_sorted());
        assert!(signed(&[content_type(), message_digest()]).signed_attributes_are_sorted());
    }

    #[test]
    fn mandatory_attributes_are_there_once_with_one_typed_value() {
        let name = "message-digest";
        assert_eq!(verify(&signed(&[content_type()])), Err(CmsFault::MissingAttribute(name)));
        assert_eq!(verify(&signed(&[message_digest()])), Err(CmsFault::MissingAttribute("content-type")));
        let twice = [content_type(), message_digest(), message_digest()];
        assert_eq!(verify(&signed(&twice)), Err(CmsFault::RepeatedAttribute(name)));
        let digest = tlv(OCTET_STRING, &[&SHA256.digest(b"content")]);
        let two = attribute(attribute::MESSAGE_DIGEST, &[&digest, &digest]);
        assert_eq!(verify(&signed(&[content_type(), two])), Err(CmsFault::AttributeValues(name)));
        let wrong = attribute(attribute::MESSAGE_DIGEST, &[&tlv(0x0c, &[&SHA256.digest(b"content")])]);
        assert_eq!(verify(&signed(&[content_type(), wrong])), Err(CmsFault::UnreadableAttribute(name)));
        let found = const_oid::db::rfc5911::ID_SIGNED_DATA;
        let other = attribute(attribute::CONTENT_TYPE, &[&oid(found)]);
        let fault = CmsFault::ContentType { expected: ID_DATA.into(), found: found.into() };
        assert_eq!(verify(&signed(&[other, message_digest()])), Err(fault));
    }

    #[test]
    fn no_signed_attributes_signs_the_content_itself() {
        let party = Party::new(1);
        let mut signer = signed(&[content_type(), message_digest()]);
        signer.signed_der = None;
        signer.signed.clear();
        signer.signature = party.sign(b"content");
        assert_eq!(verify(&signer), Ok(()));
        assert_eq!(signer.message_digest(), Err(CmsFault::NoSignedAttributes));
        assert_eq!(signer.signing_certificate(), Err(CmsFault::NoSigningCertificate));
        let other = signer.verify(&party.certificate, &SHA256.digest(b"other"), ID_DATA);
        assert_eq!(other, Err(CmsFault::Signature(crate::pki::key::KeyFault::BadSignature)));
        let tst = crate::pki::timestamp::asn1::ID_CT_TST_INFO;
        assert_eq!(signer.check_content(&[], tst), Err(CmsFault::NoSignedAttributes));
    }

    #[test]
    fn the_signer_is_whom_the_signed_attribute_names() {
        let (party, other) = (Party::new(1), Party::new(2));
        let pool = [other.certificate.clone(), party.certificate.clone()];
        let attributes = |certificate| {
            let der = SignedAttributes::new(SHA256, ID_DATA, &SHA256.digest(b"content"), certificate).to_der();
            let set = Elements::new(&der).any("").unwrap().children().all("").unwrap();
            set.iter().map(|one| one.whole.to_vec()).collect::<Vec<_>>()
        };
        let good = signed(&attributes(&party.certificate));
        assert_eq!(good.signing_certificate_in(&pool), Ok(&party.certificate));
        assert_eq!(good.signing_certificate_in(&pool[..1]), Err(CmsFault::SigningCertificateNotFound));
        assert_eq!(good.identified_certificate_in(&pool), Some(&party.certificate));
        let mismatched = signed(&attributes(&other.certificate));
        assert_eq!(mismatched.signing_certificate_in(&pool), Err(CmsFault::SidMismatch));
        assert_eq!(mismatched.signing_certificate_in(&pool[1..]), Err(CmsFault::EssMismatch));
        let none = signed(&[content_type(), message_digest()]);
        assert_eq!(none.signing_certificate_in(&pool), Err(CmsFault::NoSigningCertificate));
    }

    #[test]
    fn both_versions_of_the_ess_attribute_are_too_many() {
        let hash = |digest: DigestAlgorithm| {
            let id = tlv(SEQUENCE, &[&tlv(OCTET_STRING, &[&digest.digest(Party::new(1).certificate.der())])]);
            tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&id])])
        };
        let v1 = attribute(attribute::SIGNING_CERTIFICATE, &[&hash(DigestAlgorithm::Sha1)]);
        let v2 = attribute(attribute::SIGNING_CERTIFICATE_V2, &[&hash(SHA256)]);
        let pool = [Party::new(1).certificate];
        for one in [&v1, &v2] {
            assert_eq!(signed(std::slice::from_ref(one)).signing_certificate_in(&pool), Ok(&pool[0]));
        }
        let both = signed(&[v1.clone(), v2.clone()]);
        assert_eq!(both.signing_certificate(), Err(CmsFault::TwoSigningCertificates));
        // In a timestamp token they may, and then have to agree.
        assert_eq!(both.authority_certificate_in(&pool), Ok(&pool[0]));
        let stranger = tlv(SEQUENCE, &[&tlv(OCTET_STRING, &[&[7; 20]])]);
        let stranger = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&stranger])]);
        let torn = signed(&[attribute(attribute::SIGNING_CERTIFICATE, &[&stranger]), v2.clone()]);
        assert_eq!(torn.authority_certificate_in(&pool), Err(CmsFault::EssMismatch));
        let twice = signed(&[v2.clone(), v2]).signing_certificate();
        assert_eq!(twice, Err(CmsFault::RepeatedAttribute("signing-certificate")));
    }

    #[test]
    fn ess_issuer_and_serial_are_compared() {
        let party = Party::new(1);
        let issuer = tlv(SEQUENCE, &[&tlv(context(4), &[party.certificate.issuer().der()])]);
        let serial = tlv(SEQUENCE, &[&issuer, &tlv(INTEGER, &[&[7]])]);
        let id = tlv(SEQUENCE, &[&tlv(OCTET_STRING, &[&SHA256.digest(party.certificate.der())]), &serial]);
        let value = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&id])]);
        let signer = signed(&[attribute(attribute::SIGNING_CERTIFICATE_V2, &[&value])]);
        assert_eq!(signer.signing_certificate_in(&[party.certificate]), Err(CmsFault::EssIssuerSerial));
    }

    #[test]
    fn a_signature_algorithm_in_the_digests_place_is_its_digest() {
        let mut signer = signed(&[content_type(), message_digest()]);
        signer.digest_algorithm = SignatureAlgorithm::RsaPkcs1(SHA256).to_identifier();
        assert_eq!(verify(&signer), Ok(()));
        signer.digest_algorithm.oid = ID_DATA;
        assert!(matches!(verify(&signer), Err(CmsFault::UnknownDigest(_))));
    }

    #[test]
    fn algorithm_protection_is_compared_when_present() {
        let protection = |digest: DigestAlgorithm| {
            let digest = tlv(SEQUENCE, &[&oid(digest.oid()), &[5, 0]]);
            let signature = tlv(context(1), &[&oid(const_oid::db::rfc5912::ECDSA_WITH_SHA_256)]);
            attribute(attribute::ALGORITHM_PROTECTION, &[&tlv(SEQUENCE, &[&digest, &signature])])
        };
        let with = |one| signed(&[content_type(), message_digest(), one]);
        assert_eq!(verify(&with(protection(SHA256))), Ok(()));
        assert_eq!(verify(&with(protection(DigestAlgorithm::Sha512))), Err(CmsFault::AlgorithmProtection));
    }
}
