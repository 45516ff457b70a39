//! Writing SignedData: first the attributes that get signed, then, when the signature value is there, the whole.
//!
//! Invariant: what is written is DER. Adding an unsigned attribute changes no byte of what stands but lengths.
//! Invariant: no signing-time unless asked for: PAdES says the time in the signature dictionary (EN 319 142-1, Table
//! 1).
//!
//! Specified in RFC 5652, 5; RFC 5035; EN 319 122-1, 5. Nouns: [`SignedAttributes`], [`SignedDataWriter`].

use std::borrow::Cow;

use const_oid::ObjectIdentifier;
use der::Encode;
use spki::AlgorithmIdentifierOwned;

use super::attribute;
use super::ber::Definite;
use super::element::{Element, Elements, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, context, oid, set_of, tlv};
use super::fault::CmsFault;
use crate::digest::DigestAlgorithm;
use crate::limits::Limits;
use crate::pki::algorithm::{SignatureAlgorithm, digest_identifier};
use crate::pki::certificate::Certificate;

const ID_DATA: ObjectIdentifier = const_oid::db::rfc5911::ID_DATA;
const ID_SIGNED_DATA: ObjectIdentifier = const_oid::db::rfc5911::ID_SIGNED_DATA;

/// The attributes of a signature to be: what its key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedAttributes(Vec<Vec<u8>>);

impl SignedAttributes {
    /// Content type, the content's digest, and the certificate that signs, named by its `digest` (EN 319 142-1, T02,
    /// T03, T10).
    pub(crate) fn new(
        digest: DigestAlgorithm,
        content_type: ObjectIdentifier,
        message_digest: &[u8],
        signing_certificate: &Certificate,
    ) -> Self {
        Self(vec![
            encode(attribute::CONTENT_TYPE, &oid(content_type)),
            encode(attribute::MESSAGE_DIGEST, &tlv(OCTET_STRING, &[message_digest])),
            encode(attribute::SIGNING_CERTIFICATE_V2, &signing_certificate_v2(digest, signing_certificate)),
        ])
    }

    /// Adds the claimed time, as a TSA does and a PAdES signer must not.
    #[must_use]
    #[cfg(test)]
    pub(crate) fn with_signing_time(mut self, time: crate::time::Time) -> Self {
        if let Some(value) = time_value(time) {
            self.0.push(encode(attribute::SIGNING_TIME, &value));
        }
        self
    }

    /// The DER SET OF: the message that gets signed (RFC 5652, 5.4).
    pub(crate) fn to_der(&self) -> Vec<u8> {
        set_of(SET, self.0.iter().map(Vec::as_slice).collect())
    }
}

/// A SignedData with one signer, put together.
#[derive(Clone, Debug)]
pub(crate) struct SignedDataWriter<'a> {
    attributes: &'a [u8],
    algorithm: SignatureAlgorithm,
    signature: &'a [u8],
    signing: &'a Certificate,
    chain: &'a [Certificate],
    content_type: ObjectIdentifier,
    content: Option<&'a [u8]>,
    crls: &'a [Vec<u8>],
}

impl<'a> SignedDataWriter<'a> {
    /// A detached signature over `id-data`: the signed attributes as [`SignedAttributes::to_der`] gave them, and the
    /// signature value over them. The digest algorithm is the signature algorithm's.
    pub(crate) fn new(
        attributes_der: &'a [u8],
        algorithm: SignatureAlgorithm,
        signature: &'a [u8],
        signing: &'a Certificate,
    ) -> Self {
        Self {
            attributes: attributes_der,
            algorithm,
            signature,
            signing,
            chain: &[],
            content_type: ID_DATA,
            content: None,
            crls: &[],
        }
    }

    /// More certificates; the signing certificate is always there.
    #[must_use]
    pub(crate) fn chain(mut self, chain: &'a [Certificate]) -> Self {
        self.chain = chain;
        self
    }

    /// The content inside, and its type, as in a time-stamp token.
    #[must_use]
    #[cfg(test)]
    pub(crate) fn content(mut self, content_type: ObjectIdentifier, content: &'a [u8]) -> Self {
        self.content_type = content_type;
        self.content = Some(content);
        self
    }

    /// DER `CertificateList`s.
    #[must_use]
    #[cfg(test)]
    pub(crate) fn crls(mut self, crls: &'a [Vec<u8>]) -> Self {
        self.crls = crls;
        self
    }

    /// The DER `ContentInfo`.
    pub(crate) fn finish(self) -> Vec<u8> {
        // RFC 5652, 5.1: 1 for id-data with signers of version 1, else 3.
        let version: u8 = if self.content_type == ID_DATA { 1 } else { 3 };
        let digest = algorithm_der(&digest_identifier(self.algorithm.digest()));
        let mut signed_data = vec![tlv(INTEGER, &[&[version]]), tlv(SET, &[&digest]), self.encapsulated()];
        let certificates = std::iter::once(self.signing).chain(self.chain);
        signed_data.push(set_of(context(0), certificates.map(Certificate::der).collect()));
        if !self.crls.is_empty() {
            signed_data.push(set_of(context(1), self.crls.iter().map(Vec::as_slice).collect()));
        }
        signed_data.push(tlv(SET, &[&self.signer(&digest)]));
        let signed_data = sequence(&signed_data);
        tlv(SEQUENCE, &[&oid(ID_SIGNED_DATA), &tlv(context(0), &[&signed_data])])
    }

    fn encapsulated(&self) -> Vec<u8> {
        let content = self.content.map(|content| tlv(context(0), &[&tlv(OCTET_STRING, &[content])]));
        tlv(SEQUENCE, &[&oid(self.content_type), content.as_deref().unwrap_or_default()])
    }

    fn signer(&self, digest: &[u8]) -> Vec<u8> {
        let serial = tlv(INTEGER, &[self.signing.serial()]);
        sequence(&[
            tlv(INTEGER, &[&[1]]),
            tlv(SEQUENCE, &[self.signing.issuer().der(), &serial]),
            digest.to_vec(),
            retag(context(0), self.attributes),
            algorithm_der(&self.algorithm.to_cms_identifier()),
            tlv(OCTET_STRING, &[self.signature]),
        ])
    }
}

/// Adds the time-stamp `token` over the signature value to a SignedData with one signer (EN 319 122-1, 5.3).
pub(crate) fn add_timestamp(signed_data_der: &[u8], token: &[u8]) -> Result<Vec<u8>, CmsFault> {
    add_unsigned_attribute(signed_data_der, attribute::SIGNATURE_TIMESTAMP, token)
}

/// Adds an unsigned attribute with one DER `value` to a SignedData with one signer; padding behind it is dropped.
///
/// # Errors
/// [`CmsFault::NotDer`] where it is BER, [`CmsFault::NoSigner`] and [`CmsFault::SeveralSigners`], or how it is
/// malformed.
pub(crate) fn add_unsigned_attribute(
    signed_data_der: &[u8],
    attribute: ObjectIdentifier,
    value: &[u8],
) -> Result<Vec<u8>, CmsFault> {
    let definite = Definite::read(signed_data_der, Limits::default().asn1_depth)?;
    if !definite.is_der() {
        return Err(CmsFault::NotDer);
    }
    let (info, wrapped) = split_last(Elements::new(&definite.bytes).expect(SEQUENCE, "a ContentInfo")?)?;
    let (explicit, signed_data) = split_last(wrapped)?;
    let (signed_data_head, signers) = split_last(signed_data)?;
    let signer = match signers.children().all("a signer")?.as_slice() {
        [] => return Err(CmsFault::NoSigner),
        [signer] => *signer,
        several => return Err(CmsFault::SeveralSigners(several.len())),
    };
    let signer = with_attribute(signer, &encode(attribute, value))?;
    let signers = tlv(signers.tag, &[&signer]);
    let signed_data = tlv(signed_data.tag, &[signed_data_head, &signers]);
    let wrapped = tlv(wrapped.tag, &[explicit, &signed_data]);
    Ok(tlv(SEQUENCE, &[info, &wrapped]))
}

/// A SignerInfo with one more unsigned attribute, at its place in DER's order among those already there.
fn with_attribute(signer: Element<'_>, added: &[u8]) -> Result<Vec<u8>, CmsFault> {
    let (head, last) = split_last(signer)?;
    if last.tag != context(1) {
        return Ok(tlv(signer.tag, &[signer.content, &tlv(context(1), &[added])]));
    }
    let mut attributes: Vec<&[u8]> = last.children().all("attributes")?.iter().map(|one| one.whole).collect();
    let place = attributes.iter().position(|one| *one > added).unwrap_or(attributes.len());
    attributes.insert(place, added);
    Ok(tlv(signer.tag, &[head, &tlv(context(1), &attributes)]))
}

/// The bytes before the last value inside, and that value.
fn split_last(element: Element<'_>) -> Result<(&[u8], Element<'_>), CmsFault> {
    let what = "a value inside";
    let children = element.children().all(what)?;
    let last = children.last().copied().ok_or_else(|| element.fault(what))?;
    let head = element.content.len().saturating_sub(last.whole.len());
    Ok((element.content.get(..head).unwrap_or_default(), last))
}

/// `SigningCertificateV2` with this one certificate; SHA-256 is the default and left out (RFC 5035, 4).
fn signing_certificate_v2(digest: DigestAlgorithm, certificate: &Certificate) -> Vec<u8> {
    let (algorithm, hash) = match digest {
        DigestAlgorithm::Sha256 => (Vec::new(), Cow::Borrowed(certificate.fingerprint())),
        other => (algorithm_der(&digest_identifier(other)), Cow::Owned(other.digest(certificate.der()))),
    };
    let hash = tlv(OCTET_STRING, &[&hash]);
    let issuer = tlv(SEQUENCE, &[&tlv(context(4), &[certificate.issuer().der()])]);
    let issuer_serial = tlv(SEQUENCE, &[&issuer, &tlv(INTEGER, &[certificate.serial()])]);
    let id = tlv(SEQUENCE, &[&algorithm, &hash, &issuer_serial]);
    tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&id])])
}

fn encode(attribute: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&oid(attribute), &tlv(SET, &[value])])
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(SEQUENCE, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The same content under another tag.
fn retag(tag: u8, value: &[u8]) -> Vec<u8> {
    std::iter::once(tag).chain(value.iter().copied().skip(1)).collect()
}

/// UTCTime until 2049, then GeneralizedTime (RFC 5652, 11.3); `None` before 1970, which no clock says.
#[cfg(test)]
fn time_value(time: crate::time::Time) -> Option<Vec<u8>> {
    use der::asn1::{GeneralizedTime, UtcTime};
    let since = std::time::Duration::from_secs(u64::try_from(time.to_unix()).ok()?);
    let utc = UtcTime::from_unix_duration(since).and_then(|utc| utc.to_der());
    utc.or_else(|_| GeneralizedTime::from_unix_duration(since)?.to_der()).ok()
}

fn algorithm_der(identifier: &AlgorithmIdentifierOwned) -> Vec<u8> {
    let parameters = identifier.parameters.as_ref().and_then(|any| any.to_der().ok());
    tlv(SEQUENCE, &[&tlv(OID, &[identifier.oid.as_bytes()]), parameters.as_deref().unwrap_or_default()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::SignedData;
    use super::super::fixture::{ALGORITHM, Party};
    use super::super::signer_info::SignerIdentifier;
    use super::*;

    fn read(der: &[u8]) -> SignedData {
        SignedData::from_der(der, &Limits::default()).unwrap()
    }

    #[test]
    fn what_is_built_is_what_is_verified() {
        let (signer, other) = (Party::new(1), Party::new(2));
        let digest = DigestAlgorithm::Sha256.digest(b"content");
        let attributes = SignedAttributes::new(DigestAlgorithm::Sha256, ID_DATA, &digest, &signer.certificate);
        let attributes = attributes.to_der();
        let signature = signer.sign(&attributes);
        let chain = [other.certificate.clone(), signer.certificate.clone()];
        let crl = tlv(SEQUENCE, &[&tlv(0x0c, &[b"a list"])]);
        let built = SignedDataWriter::new(&attributes, ALGORITHM, &signature, &signer.certificate)
            .chain(&chain)
            .crls(std::slice::from_ref(&crl))
            .finish();

        let signed = read(&built);
        assert!(signed.is_der() && signed.content().is_none());
        assert_eq!((signed.content_type(), signed.crls()), (&ID_DATA.into(), &[crl][..]));
        assert_eq!(signed.certificates().len(), 2, "each certificate stands once");
        let info = signed.signer().unwrap();
        assert_eq!(info.signed_attributes_der(), Some(&attributes[..]));
        assert!(info.signed_attributes_are_sorted());
        assert_eq!(info.signing_time(), None);
        assert_eq!(info.signing_certificate_in(signed.certificates()), Ok(&signer.certificate));
        assert!(matches!(info.identifier(), SignerIdentifier::IssuerAndSerial { .. }));
        assert_eq!(info.verify(&signer.certificate, &digest, ID_DATA), Ok(()));
        let changed = DigestAlgorithm::Sha256.digest(b"Content");
        assert_eq!(info.verify(&signer.certificate, &changed, ID_DATA), Err(CmsFault::ContentDigest));
    }

    #[test]
    fn adding_a_timestamp_changes_nothing_else() {
        let signer = Party::new(1);
        let before = signer.cms(b"content");
        let (first, second) =
            (tlv(SEQUENCE, &[&tlv(0x0c, &[b"token 2"])]), tlv(SEQUENCE, &[&tlv(0x0c, &[b"token 1"])]));
        let once = add_timestamp(&[&before[..], &[0; 50]].concat(), &first).unwrap();
        let twice = add_timestamp(&once, &second).unwrap();

        let (old, new) = (read(&before), read(&twice));
        let (old, new) = (old.signer().unwrap(), new.signer().unwrap());
        assert_eq!(old.signed_attributes_der(), new.signed_attributes_der());
        assert_eq!(old.signature(), new.signature());
        assert_eq!(new.signature_timestamps(&Limits::default()).unwrap(), [&second[..], &first]);
        // All but the six lengths around the signer stands at the front as it was.
        assert_eq!(once.len(), before.len() + encode(attribute::SIGNATURE_TIMESTAMP, &first).len() + 2);
        let tail = old.signature();
        let at = |der: &[u8]| der.windows(tail.len()).position(|window| window == tail).unwrap();
        let head = 200;
        assert_eq!(before[at(&before) - head..at(&before)], twice[at(&twice) - head..at(&twice)]);

        let few = Limits { signature_timestamps: 1, ..Limits::default() };
        assert_eq!(new.signature_timestamps(&few), Err(CmsFault::TooManyTimestamps { limit: 1 }));
    }

    #[test]
    fn nothing_is_added_to_ber() {
        let der = Party::new(1).cms(b"content");
        let inner = Elements::new(&der).expect(SEQUENCE, "").unwrap().content;
        let ber = [&[0x30, 0x80][..], inner, &[0, 0]].concat();
        assert_eq!(add_timestamp(&ber, &[0x30, 0]), Err(CmsFault::NotDer));
        assert!(read(&ber).signer().is_ok() && !read(&ber).is_der());
    }

    #[test]
    fn a_tsa_writes_signing_time() {
        let signer = Party::new(1);
        let attributes = SignedAttributes::new(DigestAlgorithm::Sha512, ID_DATA, &[0; 64], &signer.certificate);
        for (time, text) in [
            ("2026-10-07T00:25:23Z", &b"\x17\x0d261007002523Z"[..]),
            ("2055-01-01T00:00:00Z", b"\x18\x0f20550101000000Z"),
        ] {
            let der = attributes.clone().with_signing_time(time.parse().unwrap()).to_der();
            assert!(der.windows(text.len()).any(|window| window == text), "{time}");
        }
    }

    proptest! {
        #[test]
        fn additions_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), at in 0usize..1000) {
            let _ = add_timestamp(&bytes, &bytes);
            let byte = bytes.first().copied().unwrap_or(0);
            let mut der = Party::new(1).cms(b"content");
            let at = at % der.len();
            der[at] = byte;
            let _ = add_timestamp(&der, &[0x30, 0]);
        }
    }
}
