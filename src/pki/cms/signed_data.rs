//! SignedData as it stands in `/Contents` and in time-stamp tokens.
//!
//! Invariant: reading accepts BER and one bad certificate among good ones; every part keeps its bytes; sets keep
//! their order.
//! Invariant: nothing is decided here. Whether one signer, a detached content or DER is demanded is the caller's
//! question.
//!
//! Specified in RFC 5652, 3 and 5; RFC 5940 (OCSP responses inside). Noun: [`SignedData`].

use const_oid::ObjectIdentifier;

use super::attribute::{RevocationValues, whole_ocsp_response};
use super::ber::Definite;
use super::element::{Element, Elements, INTEGER, OCTET_STRING, SEQUENCE, SET, context};
use super::fault::CmsFault;
use super::signer_info::SignerInfo;
use crate::digest::DigestAlgorithm;
use crate::limits::Limits;
use crate::pki::algorithm::digest_of;
use crate::pki::certificate::Certificate;
use crate::pki::oid::Oid;

const ID_DATA: ObjectIdentifier = const_oid::db::rfc5911::ID_DATA;
const ID_SIGNED_DATA: ObjectIdentifier = const_oid::db::rfc5911::ID_SIGNED_DATA;
/// A whole `OCSPResponse` (RFC 5940, 2.1).
const RI_OCSP_RESPONSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.16.2");
/// A `BasicOCSPResponse`, as CAdES has it (EN 319 122-1, 5.4.3).
const OCSP_BASIC: ObjectIdentifier = const_oid::db::rfc6960::ID_PKIX_OCSP_BASIC;

/// A `ContentInfo` with a `SignedData` in it.
#[derive(Clone, Debug)]
pub(crate) struct SignedData {
    is_der: bool,
    digests: Vec<DigestAlgorithm>,
    content_type: Oid,
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    unreadable_certificates: usize,
    revocation: RevocationValues,
    signers: Vec<SignerInfo>,
}

impl SignedData {
    /// Reads a `ContentInfo`; nothing but zero padding may follow it.
    pub(crate) fn from_der(bytes: &[u8], limits: &Limits) -> Result<Self, CmsFault> {
        Self::with_known(bytes, limits, &[])
    }

    /// As [`from_der`](Self::from_der), where certificates that stand inside may have been read before.
    pub(crate) fn with_known(bytes: &[u8], limits: &Limits, known: &[Certificate]) -> Result<Self, CmsFault> {
        if bytes.iter().all(|byte| *byte == 0) {
            return Err(CmsFault::Empty);
        }
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.cms_bytes {
            return Err(CmsFault::TooLarge { bytes: bytes.len(), limit: limits.cms_bytes });
        }
        let value = Definite::read(bytes, limits.asn1_depth)?;
        let padding = bytes.get(value.consumed..).unwrap_or_default();
        if let Some(at) = padding.iter().position(|byte| *byte != 0) {
            return Err(CmsFault::TrailingData { offset: value.consumed.saturating_add(at) });
        }
        let parts = Parts::read(&value.bytes)?;
        let certificates = parts.certificates()?;
        if certificates.len() > limits.certificates {
            return Err(CmsFault::TooManyCertificates { limit: limits.certificates });
        }
        let read = |one: &Element<'_>| match known.iter().find(|known| known.der() == one.whole) {
            Some(known) => Ok(known.clone()),
            None => Certificate::from_der(one.whole),
        };
        let parsed: Vec<_> = certificates.iter().flat_map(read).collect();
        let (content_type, content) = encapsulated(parts.content)?;
        Ok(Self {
            is_der: value.is_der(),
            digests: parts.digests()?,
            content_type,
            content,
            unreadable_certificates: certificates.len().saturating_sub(parsed.len()),
            certificates: parsed,
            revocation: revocation(parts.crls)?,
            signers: parts.signers.into_iter().map(SignerInfo::read).collect::<Result<_, _>>()?,
        })
    }

    /// A bare PKCS#1 v1.5 value, a DER OCTET STRING (zero padding may follow), as the signature without attributes that it is;
    /// `certificates` are DER, the signer's first (ISO 32000-2, 12.8.3.2).
    pub(crate) fn from_pkcs1(
        bytes: &[u8],
        certificates: &[Vec<u8>],
        digest: DigestAlgorithm,
    ) -> Result<Self, CmsFault> {
        let what = "an OCTET STRING with a PKCS#1 value";
        if bytes.iter().all(|byte| *byte == 0) {
            return Err(CmsFault::Empty);
        }
        let value = Elements::new(bytes).expect(OCTET_STRING, what)?;
        let padding = bytes.get(value.whole.len()..).unwrap_or_default();
        if let Some(at) = padding.iter().position(|byte| *byte != 0) {
            return Err(CmsFault::TrailingData { offset: value.whole.len().saturating_add(at) });
        }
        let parsed: Vec<_> = certificates.iter().flat_map(|der| Certificate::from_der(der)).collect();
        let signer = certificates.first().and_then(|der| Certificate::from_der(der).ok());
        let signer = signer.ok_or(CmsFault::SigningCertificateNotFound)?;
        Ok(Self {
            is_der: true,
            digests: vec![digest],
            content_type: ID_DATA.into(),
            content: None,
            unreadable_certificates: certificates.len().saturating_sub(parsed.len()),
            signers: vec![SignerInfo::of_pkcs1(&signer, digest, value.content)],
            certificates: parsed,
            revocation: RevocationValues::default(),
        })
    }

    /// Whether it came with definite, minimal lengths and whole strings (EN 319 142-1, letter h). Says nothing of the
    /// order of sets:
    /// see [`SignerInfo::signed_attributes_are_sorted`].
    pub(crate) fn is_der(&self) -> bool {
        self.is_der
    }

    /// Whether the unsigned wrapping announces `digest`, without which a verifier may refuse the signature (RFC 5652, 5.1).
    pub(crate) fn announces(&self, digest: DigestAlgorithm) -> bool {
        self.digests.contains(&digest)
    }

    /// The type of the content, as the unsigned wrapping says.
    pub(crate) fn content_type(&self) -> &Oid {
        &self.content_type
    }

    /// Whether the unsigned wrapping agrees with what a PDF signature signs, which the signed content-type attribute says once more: the two
    /// must match (RFC 5652, 11.1).
    pub(crate) fn check_announces_data(&self) -> Result<(), CmsFault> {
        if self.content_type == ID_DATA { Ok(()) } else { Err(CmsFault::AnnouncedType(self.content_type.clone())) }
    }

    /// The content's octets, where it is inside; `None` is a detached signature.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The same without its content, which comes apart: nothing that is signed changes.
    #[cfg(test)]
    pub(crate) fn detached(self) -> (Self, Option<Vec<u8>>) {
        let content = self.content.clone();
        (Self { content: None, ..self }, content)
    }

    /// The X.509 certificates that can be read, in file order: an untrusted pool.
    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// How many X.509 certificates cannot be read.
    pub(crate) fn unreadable_certificates(&self) -> usize {
        self.unreadable_certificates
    }

    /// DER `CertificateList`s.
    pub(crate) fn crls(&self) -> &[Vec<u8>] {
        &self.revocation.crls
    }

    /// DER `OCSPResponse`s.
    pub(crate) fn ocsp_responses(&self) -> &[Vec<u8>] {
        &self.revocation.ocsps
    }

    /// The one signer that PAdES and RFC 3161 demand.
    pub(crate) fn signer(&self) -> Result<&SignerInfo, CmsFault> {
        match self.signers.as_slice() {
            [] => Err(CmsFault::NoSigner),
            [signer] => Ok(signer),
            several => Err(CmsFault::SeveralSigners(several.len())),
        }
    }
}

/// The parts of a definite-length SignedData, unread.
struct Parts<'a> {
    digests: Vec<Element<'a>>,
    content: Element<'a>,
    certificates: Option<Element<'a>>,
    crls: Option<Element<'a>>,
    signers: Vec<Element<'a>>,
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, CmsFault> {
        let what = "a ContentInfo";
        let mut info = Elements::new(bytes).expect(SEQUENCE, what)?.children();
        let content_type = info.any(what)?.oid(what)?;
        if content_type != ID_SIGNED_DATA {
            return Err(CmsFault::NotSignedData(content_type));
        }
        let mut wrapped = info.expect(context(0), what)?.children();
        info.end(what)?;
        let mut parts = wrapped.expect(SEQUENCE, "a SignedData")?.children();
        wrapped.end("a SignedData")?;
        parts.expect(INTEGER, "the SignedData's version")?;
        // What stands here may disagree with the signers, who alone count (real files do).
        let digests = parts.expect(SET, "digest algorithms")?.children().all("a digest algorithm")?;
        let content = parts.expect(SEQUENCE, "the encapsulated content")?;
        let certificates = parts.optional(context(0), "certificates")?;
        let crls = parts.optional(context(1), "revocation information")?;
        let signers = parts.expect(SET, "signers")?.children().all("a signer")?;
        parts.end("the end of the SignedData")?;
        Ok(Self { digests, content, certificates, crls, signers })
    }

    /// The digests that are announced and known.
    fn digests(&self) -> Result<Vec<DigestAlgorithm>, CmsFault> {
        let algorithms = self.digests.iter().map(|one| one.algorithm("a digest algorithm"));
        Ok(algorithms
            .collect::<Result<Vec<_>, _>>()?
            .iter()
            .filter_map(|algorithm| digest_of(algorithm).ok())
            .collect())
    }

    /// The X.509 certificates; attribute certificates and other formats are left aside (RFC 5652, 10.2.2).
    fn certificates(&self) -> Result<Vec<Element<'a>>, CmsFault> {
        let Some(set) = self.certificates else { return Ok(Vec::new()) };
        let choices = set.children().all("a certificate")?;
        Ok(choices.into_iter().filter(|choice| choice.tag == SEQUENCE).collect())
    }
}

/// Type and octets of the encapsulated content (RFC 5652, 5.2).
fn encapsulated(element: Element<'_>) -> Result<(Oid, Option<Vec<u8>>), CmsFault> {
    let what = "the encapsulated content";
    let mut parts = element.children();
    let content_type = parts.any(what)?.oid(what)?;
    let wrapped = parts.optional(context(0), what)?;
    parts.end(what)?;
    let Some(wrapped) = wrapped else { return Ok((content_type, None)) };
    let mut wrapped = wrapped.children();
    let content = wrapped.any(what)?;
    wrapped.end(what)?;
    // PKCS#7 let any value stand here, digested without its header (RFC 5652, 5.2.1): so old tokens and
    // adbe.pkcs7.sha1 have it.
    Ok((content_type, Some(content.content.to_vec())))
}

/// CRLs and OCSP responses (RFC 5652, 10.2.1).
fn revocation(set: Option<Element<'_>>) -> Result<RevocationValues, CmsFault> {
    let what = "revocation information";
    let mut values = RevocationValues::default();
    let choices = set.map_or(Ok(Vec::new()), |set| set.children().all(what))?;
    for choice in choices {
        if choice.tag == SEQUENCE {
            values.crls.push(choice.whole.to_vec());
        } else if choice.tag == context(1) {
            let mut parts = choice.children();
            let format = parts.any(what)?.oid(what)?;
            let value = parts.any(what)?.whole;
            match format.held() {
                Some(RI_OCSP_RESPONSE) => values.ocsps.push(value.to_vec()),
                Some(OCSP_BASIC) => values.ocsps.push(whole_ocsp_response(value)),
                _ => {}
            }
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::element::tlv;
    use super::super::fixture::Party;
    use super::*;

    fn read(bytes: &[u8]) -> Result<SignedData, CmsFault> {
        SignedData::from_der(bytes, &Limits::default())
    }

    /// The CMS with the parts of its SignedData edited.
    fn edited(der: &[u8], edit: impl Fn(&mut Vec<Vec<u8>>)) -> Vec<u8> {
        let info = Elements::new(der).expect(SEQUENCE, "").unwrap().children().all("").unwrap();
        let signed_data = info[1].children().any("").unwrap();
        let mut parts = signed_data.children().all("").unwrap().iter().map(|part| part.whole.to_vec()).collect();
        edit(&mut parts);
        tlv(SEQUENCE, &[info[0].whole, &tlv(context(0), &[&tlv(SEQUENCE, &[&parts.concat()])])])
    }

    #[test]
    fn only_zeros_may_follow() {
        let der = Party::new(1).cms(b"content");
        assert!(read(&[&der[..], &[0; 9]].concat()).is_ok());
        let offset = der.len() + 2;
        assert_eq!(read(&[&der[..], &[0, 0, 1]].concat()).unwrap_err(), CmsFault::TrailingData { offset });
        assert_eq!(read(&[0; 8192]).unwrap_err(), CmsFault::Empty);
        assert_eq!(read(&[]).unwrap_err(), CmsFault::Empty);
    }

    #[test]
    fn signers_are_counted() {
        let der = Party::new(1).cms(b"content");
        let none = edited(&der, |parts| *parts.last_mut().unwrap() = vec![SET, 0]);
        assert_eq!(read(&none).unwrap().signer().unwrap_err(), CmsFault::NoSigner);
        let two = edited(&der, |parts| {
            let signers = parts.pop().unwrap();
            let signer = Elements::new(&signers).any("").unwrap().content;
            parts.push(tlv(SET, &[signer, signer]));
        });
        assert_eq!(read(&two).unwrap().signer().unwrap_err(), CmsFault::SeveralSigners(2));
    }

    /// What no other reader takes for a signer or an attribute is none here.
    #[test]
    fn a_signer_is_a_sequence() {
        let der = Party::new(1).cms(b"content");
        for tag in [SET, 0x20, context(0)] {
            let other = edited(&der, |parts| {
                let signers = parts.pop().unwrap();
                let signer = Elements::new(&signers).any("").unwrap().children().any("").unwrap().content;
                parts.push(tlv(SET, &[&tlv(tag, &[signer])]));
            });
            assert!(matches!(read(&other), Err(CmsFault::Malformed { what: "a signer", .. })), "{tag:02x}");
        }
        let other = edited(&der, |parts| parts[1] = tlv(SET, &[&tlv(SET, &[])]));
        assert!(matches!(read(&other), Err(CmsFault::Malformed { what: "a digest algorithm", .. })));
        assert!(read(&der).unwrap().announces(DigestAlgorithm::Sha256));
        assert!(!read(&der).unwrap().announces(DigestAlgorithm::Sha512));
        let silent = edited(&der, |parts| parts[1] = vec![SET, 0]);
        assert!(!read(&silent).unwrap().announces(DigestAlgorithm::Sha256));
    }

    #[test]
    fn one_bad_certificate_does_not_spoil_the_others() {
        let party = Party::new(1);
        let der = edited(&party.cms(b"content"), |parts| {
            parts[3] = tlv(context(0), &[&[SEQUENCE, 2, 5, 0], party.certificate.der(), &[0xa2, 0]]);
        });
        let signed = read(&der).unwrap();
        assert_eq!((signed.certificates(), signed.unreadable_certificates()), (&[party.certificate][..], 1));
        let few = Limits { certificates: 1, ..Limits::default() };
        let fault = SignedData::from_der(&der, &few).unwrap_err();
        assert_eq!(fault, CmsFault::TooManyCertificates { limit: 1 });
    }

    #[test]
    fn revocation_information_of_all_kinds() {
        let (crl, response) = (tlv(SEQUENCE, &[&tlv(0x0c, &[b"crl"])]), tlv(SEQUENCE, &[&tlv(0x0c, &[b"response"])]));
        let other = |format, value: &[u8]| tlv(context(1), &[&super::super::element::oid(format), value]);
        let set = tlv(context(1), &[&crl, &other(RI_OCSP_RESPONSE, &response), &other(OCSP_BASIC, &response)]);
        let der = edited(&Party::new(1).cms(b"content"), |parts| parts.insert(4, set.clone()));
        let signed = read(&der).unwrap();
        assert_eq!(signed.crls(), [crl]);
        assert_eq!(signed.ocsp_responses(), [response.clone(), whole_ocsp_response(&response)]);
    }

    #[test]
    fn a_hundred_thousand_levels_fail_fast() {
        let deep = [&[0x30, 0x80][..]; 100_000].concat();
        assert_eq!(read(&deep).unwrap_err(), CmsFault::TooDeep { limit: Limits::default().asn1_depth });
        let small = Limits { cms_bytes: 10, ..Limits::default() };
        let fault = SignedData::from_der(&deep, &small).unwrap_err();
        assert_eq!(fault, CmsFault::TooLarge { bytes: 200_000, limit: 10 });
    }

    proptest! {
        #[test]
        fn anything_is_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        /// Whatever one byte is changed to: the verdict never names another signer, and what is signed cannot change
        /// unseen.
        #[test]
        fn no_flipped_byte_forges(at in 0usize..2000, byte in any::<u8>()) {
            let party = Party::new(1);
            let der = party.cms(b"content");
            let original = read(&der).unwrap();
            let original = original.signer().unwrap();
            let mut changed = der.clone();
            let at = at % der.len();
            changed[at] = byte;
            let Ok(signed) = read(&changed) else { return Ok(()) };
            let Ok(signer) = signed.signer() else { return Ok(()) };
            let digest = DigestAlgorithm::Sha256.digest(b"content");
            let Ok(certificate) = signer.signing_certificate_in(signed.certificates()) else { return Ok(()) };
            prop_assert_eq!(certificate, &party.certificate);
            if signer.verify(certificate, &digest, ID_DATA).is_ok() {
                prop_assert_eq!(signer.signed_attributes_der(), original.signed_attributes_der());
                prop_assert_eq!(signer.signature(), original.signature());
            }
        }
    }
}
