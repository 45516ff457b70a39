//! Writing time-stamp tokens: a CMS SignedData over a TSTInfo (RFC 3161, 2.4.2; RFC 5652, 5).
//!
//! Invariant: written apart from the library's own CMS writer, whose answers it is to test.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{
    ID_AA_SIGNING_CERTIFICATE_V_2, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA, ID_SIGNING_TIME,
};
use der::asn1::{OctetString, SetOfVec};
use der::{Any, Decode, Encode, Sequence};
use x509_cert::attr::{Attribute, Attributes};

use super::certificate::{Seal, sign, x509_time};
use super::hierarchy::Entity;
use super::{Misbehaviour, unwritable};
use crate::digest::DigestAlgorithm;
use crate::error::Result;
use crate::pki::algorithm::digest_identifier;
use crate::pki::certificate::Certificate;
use crate::pki::timestamp::asn1::ID_CT_TST_INFO;
use crate::time::Time;

/// The digest that names certificates: the default of RFC 5035, 4.
const NAMING: DigestAlgorithm = DigestAlgorithm::Sha256;

/// The token over `info`, signed by `tsa` at `time`.
pub(super) fn token(
    info: &[u8],
    tsa: &Entity,
    certificates: &[Certificate],
    time: Time,
    misbehaviour: Option<Misbehaviour>,
) -> Result<Vec<u8>> {
    let draft = Draft { info, tsa, time, misbehaviour };
    let mut signer_infos = vec![draft.signer_info(SigningTime::Present)?];
    if misbehaviour == Some(Misbehaviour::TwoSigners) {
        signer_infos.push(draft.signer_info(SigningTime::Absent)?);
    }
    let write = || -> der::Result<Vec<u8>> {
        let choices = certificates.iter().map(choice).collect::<der::Result<Vec<_>>>()?;
        let signed_data = SignedData {
            version: CmsVersion::V3,
            digest_algorithms: SetOfVec::try_from([digest_identifier(draft.digest())])?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: draft.content_type(),
                econtent: Some(Any::encode_from(&OctetString::new(info)?)?),
            },
            certificates: (!choices.is_empty()).then(|| CertificateSet::try_from(choices)).transpose()?,
            crls: None,
            signer_infos: SignerInfos::try_from(signer_infos)?,
        };
        ContentInfo { content_type: ID_SIGNED_DATA, content: Any::encode_from(&signed_data)? }.to_der()
    };
    write().map_err(unwritable)
}

/// A certs-only CMS (RFC 5652, 5.1; RFC 5280, 4.2.2.1).
pub(super) fn bundle(certificates: &[Certificate]) -> Result<Vec<u8>> {
    let write = || -> der::Result<Vec<u8>> {
        let choices = certificates.iter().map(choice).collect::<der::Result<Vec<_>>>()?;
        let signed_data = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::new(),
            encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None },
            certificates: Some(CertificateSet::try_from(choices)?),
            crls: None,
            signer_infos: SignerInfos::try_from(Vec::new())?,
        };
        ContentInfo { content_type: ID_SIGNED_DATA, content: Any::encode_from(&signed_data)? }.to_der()
    };
    write().map_err(unwritable)
}

struct Draft<'a> {
    info: &'a [u8],
    tsa: &'a Entity,
    time: Time,
    misbehaviour: Option<Misbehaviour>,
}

/// Whether the signing-time attribute is there; two signers must differ in something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SigningTime {
    Present,
    Absent,
}

impl Draft<'_> {
    /// The digest of the content, which is that of the signature, too (RFC 5652, 5.4).
    fn digest(&self) -> DigestAlgorithm {
        self.tsa.key.public_key().default_algorithm().digest()
    }

    fn signer_info(&self, signing_time: SigningTime) -> Result<SignerInfo> {
        let attributes = self.attributes(signing_time).map_err(unwritable)?;
        let message = attributes.to_der().map_err(unwritable)?;
        let broken = self.misbehaviour == Some(Misbehaviour::BadSignature);
        let (algorithm, signature) = sign(&message, &self.tsa.key, if broken { Seal::Broken } else { Seal::Good })?;
        let write = || -> der::Result<SignerInfo> {
            let certificate = x509_cert::Certificate::from_der(self.tsa.certificate.der())?;
            Ok(SignerInfo {
                version: CmsVersion::V1,
                sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                    issuer: certificate.tbs_certificate().issuer().clone(),
                    serial_number: certificate.tbs_certificate().serial_number().clone(),
                }),
                digest_alg: digest_identifier(self.digest()),
                signed_attrs: Some(attributes),
                signature_algorithm: algorithm,
                signature: OctetString::new(signature)?,
                unsigned_attrs: None,
            })
        };
        write().map_err(unwritable)
    }

    fn attributes(&self, signing_time: SigningTime) -> der::Result<Attributes> {
        let mut attributes = Attributes::new();
        attributes.insert(attribute(ID_CONTENT_TYPE, &self.content_type())?)?;
        attributes.insert(attribute(ID_MESSAGE_DIGEST, &OctetString::new(self.message_digest())?)?)?;
        if signing_time == SigningTime::Present {
            attributes.insert(attribute(ID_SIGNING_TIME, &x509_time(self.time)?)?)?;
        }
        if self.misbehaviour != Some(Misbehaviour::NoSigningCertificate) {
            attributes.insert(attribute(ID_AA_SIGNING_CERTIFICATE_V_2, &self.signing_certificate()?)?)?;
        }
        Ok(attributes)
    }

    fn content_type(&self) -> ObjectIdentifier {
        if self.misbehaviour == Some(Misbehaviour::WrongContentType) { ID_DATA } else { ID_CT_TST_INFO }
    }

    fn message_digest(&self) -> Vec<u8> {
        match self.misbehaviour {
            Some(Misbehaviour::WrongMessageDigest) => self.digest().digest(b"another content"),
            _ => self.digest().digest(self.info),
        }
    }

    fn signing_certificate(&self) -> der::Result<SigningCertificateV2> {
        let wrong = self.misbehaviour == Some(Misbehaviour::WrongCertificate);
        let named = self.tsa.chain().nth(usize::from(wrong)).unwrap_or(&self.tsa.certificate);
        Ok(SigningCertificateV2 {
            certs: vec![EssCertIdV2 { cert_hash: OctetString::new(NAMING.digest(named.der()))? }],
        })
    }
}

/// `SigningCertificateV2` (RFC 5035, 3).
#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

/// `ESSCertIDv2` (RFC 5035, 4): SHA-256 is the default and thus not written; `issuerSerial` is optional.
#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

fn attribute(oid: ObjectIdentifier, value: &impl Encode) -> der::Result<Attribute> {
    Ok(Attribute { oid, values: SetOfVec::try_from([Any::from_der(&value.to_der()?)?])? })
}

fn choice(certificate: &Certificate) -> der::Result<CertificateChoices> {
    x509_cert::Certificate::from_der(certificate.der()).map(CertificateChoices::Certificate)
}
