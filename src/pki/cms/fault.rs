//! What can be wrong with a CMS, one variant each.

use crate::pki::oid::Oid;

use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::{SignatureAlgorithm, UnknownAlgorithm};
use crate::pki::key::KeyFault;

/// What is wrong with a CMS: data for a verifier to turn into a finding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CmsFault {
    #[error("there is no CMS: the value is empty or only zeros")]
    Empty,
    #[error("the CMS has {bytes} bytes, more than the limit of {limit}")]
    TooLarge { bytes: usize, limit: u64 },
    #[error("the CMS nests ASN.1 values deeper than the limit of {limit} levels")]
    TooDeep { limit: usize },
    #[error("the CMS holds more than {limit} certificates (Limits::certificates)")]
    TooManyCertificates { limit: usize },
    #[error("the signature holds more than {limit} timestamps (Limits::signature_timestamps)")]
    TooManyTimestamps { limit: usize },
    #[error("the CMS is malformed at byte {offset}: expected {what}")]
    Malformed { offset: usize, what: &'static str },
    #[error("something other than zero padding follows the CMS at byte {offset}")]
    TrailingData { offset: usize },
    #[error("the CMS is not DER, so that nothing can be added to it")]
    NotDer,
    #[error("the CMS is no SignedData but of type {0}")]
    NotSignedData(Oid),
    #[error("the CMS has no signer")]
    NoSigner,
    #[error("the CMS has {0} signers instead of one")]
    SeveralSigners(usize),

    #[error("the digest algorithm {} is not supported", .0.0)]
    UnknownDigest(UnknownAlgorithm),
    #[error("the signature algorithm {} is not supported", .0.0)]
    UnknownSignature(UnknownAlgorithm),
    #[error("the digest algorithm {} is not that of the signature algorithm {signature}", digest.name())]
    DigestsDiffer { digest: DigestAlgorithm, signature: SignatureAlgorithm },
    #[error("the signer's algorithms are not those that the signed cms-algorithm-protection attribute names")]
    AlgorithmProtection,

    #[error("there are no signed attributes, which this kind of signature needs")]
    NoSignedAttributes,
    #[error("the {0} attribute is missing")]
    MissingAttribute(&'static str),
    #[error("the {0} attribute stands more than once")]
    RepeatedAttribute(&'static str),
    #[error("the {0} attribute does not have exactly one value")]
    AttributeValues(&'static str),
    #[error("the {0} attribute is not readable")]
    UnreadableAttribute(&'static str),
    #[error("the signed content type is {found} instead of {expected}")]
    ContentType { expected: Oid, found: Oid },
    #[error("the CMS announces content of type {0}, where data is what a PDF signature signs (RFC 5652, 11.1)")]
    AnnouncedType(Oid),
    #[error("the content's digest is not the one that was signed: the content has changed")]
    ContentDigest,
    #[error("{0}")]
    Signature(KeyFault),

    #[error("the signing certificate's key is not usable: {0}")]
    Key(KeyFault),
    #[error("there is no signing-certificate attribute, so the signature does not say whose it is")]
    NoSigningCertificate,
    #[error("both signing-certificate attributes are there, version 1 and version 2")]
    TwoSigningCertificates,
    #[error("the signing certificate is not among the certificates at hand")]
    SigningCertificateNotFound,
    #[error(
        "the certificate that the signer identifier names is not the one that the signing-certificate attribute names"
    )]
    EssMismatch,
    #[error(
        "issuer and serial number in the signing-certificate attribute are not those of the certificate that it names"
    )]
    EssIssuerSerial,
    #[error(
        "the certificate that the signing-certificate attribute names is not the one that the signer identifier names"
    )]
    SidMismatch,
}
