//! Signature algorithms, read from and written as `AlgorithmIdentifier`.
//!
//! Invariant: an algorithm that is not known keeps its OID for the report; it is never guessed from a key.
//!
//! Specified in RFC 8017 (RSA), RFC 5758 (ECDSA), RFC 4055 (PSS), RFC 5754 (SHA-2 in CMS).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::asn1::{AnyRef, Null};
use der::{Any, Decode, Encode};
use spki::AlgorithmIdentifierOwned;

use crate::digest::DigestAlgorithm;

/// `rsaEncryption`, used in CMS as a signature algorithm whose digest stands beside it (RFC 3370, 3.2).
const RSA_ENCRYPTION: ObjectIdentifier = rfc5912::RSA_ENCRYPTION;
/// `id-ecPublicKey`, used by some CMS writers in the same way.
const EC_PUBLIC_KEY: ObjectIdentifier = rfc5912::ID_EC_PUBLIC_KEY;
const MGF1: ObjectIdentifier = rfc5912::ID_MGF_1;
/// Each digest with the identifiers of RSA PKCS#1 v1.5 and of ECDSA over it (RFC 4055, RFC 5758; ANSI X9.62 for SHA-1).
const BY_DIGEST: [(DigestAlgorithm, ObjectIdentifier, ObjectIdentifier); 5] = [
    (DigestAlgorithm::Sha1, rfc5912::SHA_1_WITH_RSA_ENCRYPTION, ObjectIdentifier::new_unwrap("1.2.840.10045.4.1")),
    (DigestAlgorithm::Sha224, rfc5912::SHA_224_WITH_RSA_ENCRYPTION, rfc5912::ECDSA_WITH_SHA_224),
    (DigestAlgorithm::Sha256, rfc5912::SHA_256_WITH_RSA_ENCRYPTION, rfc5912::ECDSA_WITH_SHA_256),
    (DigestAlgorithm::Sha384, rfc5912::SHA_384_WITH_RSA_ENCRYPTION, rfc5912::ECDSA_WITH_SHA_384),
    (DigestAlgorithm::Sha512, rfc5912::SHA_512_WITH_RSA_ENCRYPTION, rfc5912::ECDSA_WITH_SHA_512),
];

/// How a signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS with MGF1 over the same digest (RFC 8017, 8.1).
    RsaPss {
        /// The digest of message and mask.
        digest: DigestAlgorithm,
        /// The salt's length, in bytes.
        salt_len: u16,
    },
    /// ECDSA, the value as DER `Ecdsa-Sig-Value` (RFC 5758).
    Ecdsa(DigestAlgorithm),
}

impl SignatureAlgorithm {
    /// The digest that is signed.
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss { digest, .. } | Self::Ecdsa(digest) => digest,
        }
    }

    /// Reads an identifier whose digest is part of it, as in certificates.
    pub(crate) fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Result<Self, UnknownAlgorithm> {
        if let Some((digest, rsa, _)) =
            BY_DIGEST.iter().find(|(_, rsa, ecdsa)| [*rsa, *ecdsa].contains(&identifier.oid))
        {
            let is_rsa = *rsa == identifier.oid;
            return Ok(if is_rsa { Self::RsaPkcs1(*digest) } else { Self::Ecdsa(*digest) });
        }
        if identifier.oid == rfc5912::ID_RSASSA_PSS {
            return pss(identifier.parameters.as_ref()).ok_or(UnknownAlgorithm(identifier.oid));
        }
        Err(UnknownAlgorithm(identifier.oid))
    }

    /// Reads a `SignerInfo`'s identifier, whose digest may stand beside it (RFC 5652, 5.3).
    pub(crate) fn from_cms(
        identifier: &AlgorithmIdentifierOwned,
        digest: DigestAlgorithm,
    ) -> Result<Self, UnknownAlgorithm> {
        match identifier.oid {
            RSA_ENCRYPTION => Ok(Self::RsaPkcs1(digest)),
            EC_PUBLIC_KEY => Ok(Self::Ecdsa(digest)),
            _ => Self::from_identifier(identifier),
        }
    }

    /// The identifier as we write it: RSA with NULL, ECDSA without parameters (RFC 4055, 5; RFC 5758, 3.2).
    pub(crate) fn to_identifier(self) -> AlgorithmIdentifierOwned {
        let oids = BY_DIGEST.iter().find(|(digest, ..)| *digest == self.digest());
        let (rsa, ecdsa) = oids.map_or((RSA_ENCRYPTION, EC_PUBLIC_KEY), |(_, rsa, ecdsa)| (*rsa, *ecdsa));
        let (oid, parameters) = match self {
            Self::RsaPkcs1(_) => (rsa, Some(Any::from(AnyRef::from(Null)))),
            Self::Ecdsa(_) => (ecdsa, None),
            Self::RsaPss { digest, salt_len } => (rfc5912::ID_RSASSA_PSS, pss_parameters(digest, salt_len)),
        };
        AlgorithmIdentifierOwned { oid, parameters }
    }
}

impl std::fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = match self {
            Self::RsaPkcs1(_) => "RSA PKCS#1 v1.5",
            Self::RsaPss { .. } => "RSASSA-PSS",
            Self::Ecdsa(_) => "ECDSA",
        };
        write!(f, "{scheme} with {}", self.digest().name())
    }
}

/// An algorithm that this crate does not know, or whose parameters it does not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the algorithm {0} is not supported")]
pub(crate) struct UnknownAlgorithm(pub(crate) ObjectIdentifier);

/// The digest of a digest `AlgorithmIdentifier`; absent and NULL parameters mean the same (RFC 5754, 2).
pub(crate) fn digest_of(identifier: &AlgorithmIdentifierOwned) -> Result<DigestAlgorithm, UnknownAlgorithm> {
    DigestAlgorithm::from_oid(identifier.oid).ok_or(UnknownAlgorithm(identifier.oid))
}

/// The identifier of a digest as we write it: without parameters (RFC 5754, 2).
pub(crate) fn digest_identifier(digest: DigestAlgorithm) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: digest.oid(), parameters: None }
}

/// `RSASSA-PSS-params` (RFC 4055, 3.1).
#[derive(der::Sequence)]
struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_len: Option<u16>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u8>,
}

fn pss(parameters: Option<&Any>) -> Option<SignatureAlgorithm> {
    let parameters = parameters?.decode_as::<PssParameters>().ok()?;
    let digest = parameters.hash.map_or(Some(DigestAlgorithm::Sha1), |hash| digest_of(&hash).ok())?;
    let mask = match parameters.mask {
        None => DigestAlgorithm::Sha1,
        Some(mask) if mask.oid == MGF1 => {
            let hash = AlgorithmIdentifierOwned::from_der(&mask.parameters?.to_der().ok()?).ok()?;
            digest_of(&hash).ok()?
        }
        Some(_) => return None,
    };
    let trailer_ok = parameters.trailer.unwrap_or(1) == 1;
    let salt_len = parameters.salt_len.unwrap_or(20);
    (mask == digest && trailer_ok).then_some(SignatureAlgorithm::RsaPss { digest, salt_len })
}

fn pss_parameters(digest: DigestAlgorithm, salt_len: u16) -> Option<Any> {
    let hash = AlgorithmIdentifierOwned { oid: digest.oid(), parameters: Some(Any::from(AnyRef::from(Null))) };
    let mask = AlgorithmIdentifierOwned { oid: MGF1, parameters: Some(Any::encode_from(&hash).ok()?) };
    let parameters = PssParameters { hash: Some(hash), mask: Some(mask), salt_len: Some(salt_len), trailer: None };
    Any::encode_from(&parameters).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_round_trip() {
        use DigestAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
        for digest in [Sha1, Sha224, Sha256, Sha384, Sha512] {
            for algorithm in [
                SignatureAlgorithm::RsaPkcs1(digest),
                SignatureAlgorithm::Ecdsa(digest),
                SignatureAlgorithm::RsaPss { digest, salt_len: 32 },
            ] {
                assert_eq!(SignatureAlgorithm::from_identifier(&algorithm.to_identifier()), Ok(algorithm));
            }
        }
    }
}
