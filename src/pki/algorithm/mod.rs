//! Signature and digest algorithms, read from and written as `AlgorithmIdentifier`.
//!
//! Invariant: an algorithm that is not known, or has other parameters than its standard gives it, keeps its OID for the report; it is
//! never guessed from a key.
//!
//! Specified in RFC 8017, RFC 4055 and RFC 3370 (RSA), RFC 5758 (ECDSA, DSA), RFC 8410 and RFC 8419 (EdDSA), RFC 9882 (ML-DSA), NIST's register
//! (SHA-3). Nouns: [`SignatureAlgorithm`], [`Pss`](pss::Pss).

mod digest;
pub(crate) mod pss;

use const_oid::ObjectIdentifier;
use const_oid::db::{fips204, rfc5912, rfc8410};
use der::Any;
use der::asn1::{AnyRef, Null};
use spki::AlgorithmIdentifierOwned;

pub(crate) use self::digest::{digest_identifier, digest_of};
use self::pss::Pss;
use crate::digest::DigestAlgorithm;

/// `rsaEncryption`, used in CMS as a signature algorithm whose digest stands beside it (RFC 3370, 3.2).
const RSA_ENCRYPTION: ObjectIdentifier = rfc5912::RSA_ENCRYPTION;
/// `id-ecPublicKey`, used by some CMS writers in the same way.
const EC_PUBLIC_KEY: ObjectIdentifier = rfc5912::ID_EC_PUBLIC_KEY;
/// `id-dsa`, likewise (RFC 3370, 3.1).
const DSA: ObjectIdentifier = rfc5912::ID_DSA;

const fn nist(text: &str) -> Option<ObjectIdentifier> {
    Some(ObjectIdentifier::new_unwrap(text))
}

/// A digest with the identifiers of RSA PKCS#1 v1.5, of ECDSA and of DSA over it, where they exist.
type Row = (DigestAlgorithm, Option<ObjectIdentifier>, Option<ObjectIdentifier>, Option<ObjectIdentifier>);

/// RFC 4055, RFC 5758; ANSI X9.62 and RFC 3279 for SHA-1 and MD5; NIST's register for SHA-3 and for DSA with SHA-2.
#[rustfmt::skip]
const BY_DIGEST: [Row; 9] = [
    (DigestAlgorithm::Md5, Some(rfc5912::MD_5_WITH_RSA_ENCRYPTION), None, None),
    (DigestAlgorithm::Sha1, Some(rfc5912::SHA_1_WITH_RSA_ENCRYPTION), nist("1.2.840.10045.4.1"), Some(rfc5912::DSA_WITH_SHA_1)),
    (DigestAlgorithm::Sha224, Some(rfc5912::SHA_224_WITH_RSA_ENCRYPTION), Some(rfc5912::ECDSA_WITH_SHA_224), Some(rfc5912::DSA_WITH_SHA_224)),
    (DigestAlgorithm::Sha256, Some(rfc5912::SHA_256_WITH_RSA_ENCRYPTION), Some(rfc5912::ECDSA_WITH_SHA_256), Some(rfc5912::DSA_WITH_SHA_256)),
    (DigestAlgorithm::Sha384, Some(rfc5912::SHA_384_WITH_RSA_ENCRYPTION), Some(rfc5912::ECDSA_WITH_SHA_384), nist("2.16.840.1.101.3.4.3.3")),
    (DigestAlgorithm::Sha512, Some(rfc5912::SHA_512_WITH_RSA_ENCRYPTION), Some(rfc5912::ECDSA_WITH_SHA_512), nist("2.16.840.1.101.3.4.3.4")),
    (DigestAlgorithm::Sha3_256, nist("2.16.840.1.101.3.4.3.14"), nist("2.16.840.1.101.3.4.3.10"), nist("2.16.840.1.101.3.4.3.6")),
    (DigestAlgorithm::Sha3_384, nist("2.16.840.1.101.3.4.3.15"), nist("2.16.840.1.101.3.4.3.11"), nist("2.16.840.1.101.3.4.3.7")),
    (DigestAlgorithm::Sha3_512, nist("2.16.840.1.101.3.4.3.16"), nist("2.16.840.1.101.3.4.3.12"), nist("2.16.840.1.101.3.4.3.8")),
];

/// The algorithms that sign the message itself, each with its only identifier.
const PURE: [(SignatureAlgorithm, ObjectIdentifier); 5] = [
    (SignatureAlgorithm::Ed25519, rfc8410::ID_ED_25519),
    (SignatureAlgorithm::Ed448, rfc8410::ID_ED_448),
    (SignatureAlgorithm::MlDsa44, fips204::ID_ML_DSA_44),
    (SignatureAlgorithm::MlDsa65, fips204::ID_ML_DSA_65),
    (SignatureAlgorithm::MlDsa87, fips204::ID_ML_DSA_87),
];

/// How a signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS with MGF1 (RFC 8017, 8.1). [`rsa_pss`](Self::rsa_pss) is the usual choice.
    RsaPss {
        /// The digest of the message.
        digest: DigestAlgorithm,
        /// The digest inside of MGF1.
        mask: DigestAlgorithm,
        /// The salt's length, in bytes.
        salt_len: u16,
    },
    /// ECDSA, the value as DER `Ecdsa-Sig-Value` (RFC 5758).
    Ecdsa(DigestAlgorithm),
    /// DSA, the value as DER `Dss-Sig-Value` (RFC 3279, 2.2.2): verified in old files, never made.
    Dsa(DigestAlgorithm),
    /// Ed25519 over the message itself (RFC 8032, 5.1; RFC 8419).
    Ed25519,
    /// Ed448 over the message itself, without context (RFC 8032, 5.2; RFC 8419).
    Ed448,
    /// ML-DSA-44 over the message itself, without context (FIPS 204; RFC 9882). Keys need the feature `ml-dsa`.
    MlDsa44,
    /// ML-DSA-65, likewise.
    MlDsa65,
    /// ML-DSA-87, likewise.
    MlDsa87,
}

impl SignatureAlgorithm {
    /// RSASSA-PSS as it is usually meant: one digest for message and mask, and a salt as long as the digest (RFC 4055, 3.1).
    pub fn rsa_pss(digest: DigestAlgorithm) -> Self {
        Self::RsaPss { digest, mask: digest, salt_len: u16::try_from(digest.len()).unwrap_or(u16::MAX) }
    }

    /// The digest that is signed; of Ed25519, Ed448 and ML-DSA, which sign the message itself, the digest that CMS takes of the
    /// content beside them (RFC 8419, 3; RFC 9882, 3.3).
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss { digest, .. } | Self::Ecdsa(digest) | Self::Dsa(digest) => digest,
            Self::Ed448 => DigestAlgorithm::Shake256,
            Self::Ed25519 | Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => DigestAlgorithm::Sha512,
        }
    }

    /// Whether the content of a CMS signature may be digested with `digest` beside this algorithm (RFC 5652, 5.4; RFC 8419, 3.1;
    /// RFC 9882, Table 1).
    pub(crate) fn goes_with(self, digest: DigestAlgorithm) -> bool {
        use DigestAlgorithm::{Sha3_256, Sha3_384, Sha3_512, Sha256, Sha384, Sha512, Shake256};
        match self {
            Self::MlDsa44 => [Sha256, Sha384, Sha512, Sha3_256, Sha3_384, Sha3_512, Shake256].contains(&digest),
            Self::MlDsa65 => [Sha384, Sha512, Sha3_384, Sha3_512, Shake256].contains(&digest),
            Self::MlDsa87 => [Sha512, Sha3_512, Shake256].contains(&digest),
            _ => self.digest() == digest,
        }
    }

    /// Reads an identifier whose digest is part of it, as in certificates.
    pub(crate) fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Result<Self, UnknownAlgorithm> {
        let unknown = UnknownAlgorithm(identifier.oid);
        if identifier.oid == rfc5912::ID_RSASSA_PSS {
            let pss = identifier.parameters.as_ref().and_then(Pss::from_parameters);
            return pss.map(Self::from).ok_or(unknown);
        }
        let algorithm = Self::from_oid(identifier.oid).ok_or(unknown)?;
        // RFC 4055, 5 lets RSA have NULL; RFC 5758, 3, RFC 8410, 3 and RFC 9882, 3 let the others have nothing.
        let as_specified = match algorithm {
            Self::RsaPkcs1(_) => is_null_or_absent(identifier),
            _ => identifier.parameters.is_none(),
        };
        if as_specified { Ok(algorithm) } else { Err(unknown) }
    }

    fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        let by_digest = BY_DIGEST.iter().find_map(|(digest, rsa, ecdsa, dsa)| match Some(oid) {
            one if one == *rsa => Some(Self::RsaPkcs1(*digest)),
            one if one == *ecdsa => Some(Self::Ecdsa(*digest)),
            one if one == *dsa => Some(Self::Dsa(*digest)),
            _ => None,
        });
        by_digest.or_else(|| PURE.iter().find(|(_, pure)| *pure == oid).map(|(algorithm, _)| *algorithm))
    }

    /// Reads a `SignerInfo`'s identifier, whose digest may stand beside it (RFC 5652, 5.3).
    pub(crate) fn from_cms(
        identifier: &AlgorithmIdentifierOwned,
        digest: DigestAlgorithm,
    ) -> Result<Self, UnknownAlgorithm> {
        match identifier.oid {
            RSA_ENCRYPTION => Ok(Self::RsaPkcs1(digest)),
            EC_PUBLIC_KEY => Ok(Self::Ecdsa(digest)),
            DSA => Ok(Self::Dsa(digest)),
            _ => Self::from_identifier(identifier),
        }
    }

    /// The identifier as we write it into a `SignerInfo`, where the digest stands beside it.
    ///
    /// Departs: RFC 9688, 3 has identifiers for PKCS#1 v1.5 over SHA-3, which pyHanko does not know; RFC 3370, 3.2 has one for any digest, which
    /// OpenSSL writes and everybody reads (`every_algorithm_is_accepted_at_b_b_and_b_lta`).
    pub(crate) fn to_cms_identifier(self) -> AlgorithmIdentifierOwned {
        use DigestAlgorithm::{Sha3_256, Sha3_384, Sha3_512};
        match self {
            Self::RsaPkcs1(Sha3_256 | Sha3_384 | Sha3_512) => {
                AlgorithmIdentifierOwned { oid: RSA_ENCRYPTION, parameters: Some(Any::from(AnyRef::from(Null))) }
            }
            _ => self.to_identifier(),
        }
    }

    /// The identifier as we write it elsewhere: RSA with NULL, PSS with its own, the others without parameters.
    pub(crate) fn to_identifier(self) -> AlgorithmIdentifierOwned {
        let row = BY_DIGEST.iter().find(|(digest, ..)| *digest == self.digest());
        // An identifier without a digest in it is right in CMS alone; no key signs what would need one.
        let (rsa, ecdsa, dsa) = row.map_or((None, None, None), |(_, rsa, ecdsa, dsa)| (*rsa, *ecdsa, *dsa));
        let (oid, parameters) = match self {
            Self::RsaPkcs1(_) => (rsa.unwrap_or(RSA_ENCRYPTION), Some(Any::from(AnyRef::from(Null)))),
            Self::Ecdsa(_) => (ecdsa.unwrap_or(EC_PUBLIC_KEY), None),
            Self::Dsa(_) => (dsa.unwrap_or(DSA), None),
            Self::RsaPss { digest, mask, salt_len } => {
                (rfc5912::ID_RSASSA_PSS, Pss { digest, mask, salt_len }.to_parameters())
            }
            Self::Ed25519 => (rfc8410::ID_ED_25519, None),
            Self::Ed448 => (rfc8410::ID_ED_448, None),
            Self::MlDsa44 => (fips204::ID_ML_DSA_44, None),
            Self::MlDsa65 => (fips204::ID_ML_DSA_65, None),
            Self::MlDsa87 => (fips204::ID_ML_DSA_87, None),
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
            Self::Dsa(_) => "DSA",
            Self::Ed25519 => return f.write_str("Ed25519"),
            Self::Ed448 => return f.write_str("Ed448"),
            Self::MlDsa44 => return f.write_str("ML-DSA-44"),
            Self::MlDsa65 => return f.write_str("ML-DSA-65"),
            Self::MlDsa87 => return f.write_str("ML-DSA-87"),
        };
        write!(f, "{scheme} with {}", self.digest().name())?;
        match self {
            Self::RsaPss { digest, mask, .. } if digest != mask => write!(f, " and MGF1 with {}", mask.name()),
            _ => Ok(()),
        }
    }
}

/// An algorithm that this crate does not know, or whose parameters are not those of its standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the algorithm {0} is not supported")]
pub(crate) struct UnknownAlgorithm(pub(crate) ObjectIdentifier);

fn is_null_or_absent(identifier: &AlgorithmIdentifierOwned) -> bool {
    identifier.parameters.as_ref().is_none_or(|any| any.is_null() && any.value().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<SignatureAlgorithm> {
        let mut all: Vec<_> = PURE.iter().map(|(algorithm, _)| *algorithm).collect();
        for (digest, rsa, ecdsa, dsa) in BY_DIGEST {
            all.extend(rsa.map(|_| SignatureAlgorithm::RsaPkcs1(digest)));
            all.extend(ecdsa.map(|_| SignatureAlgorithm::Ecdsa(digest)));
            all.extend(dsa.map(|_| SignatureAlgorithm::Dsa(digest)));
            all.push(SignatureAlgorithm::rsa_pss(digest));
        }
        all
    }

    #[test]
    fn identifiers_round_trip() {
        let all = all();
        assert_eq!(all.len(), 5 + 9 * 4 - 2);
        for algorithm in all {
            assert_eq!(SignatureAlgorithm::from_identifier(&algorithm.to_identifier()), Ok(algorithm));
        }
    }

    #[test]
    fn what_a_signer_info_says_is_read_with_its_digest() {
        for algorithm in all() {
            let read = SignatureAlgorithm::from_cms(&algorithm.to_cms_identifier(), algorithm.digest());
            assert_eq!(read, Ok(algorithm));
        }
    }

    #[test]
    fn parameters_are_those_of_the_standard() {
        let null = Any::from(AnyRef::from(Null));
        for algorithm in all() {
            let mut identifier = algorithm.to_identifier();
            let is_rsa = matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_));
            for parameters in [None, Some(null.clone()), Any::encode_from(&1u8).ok()] {
                let fine = match &parameters {
                    None => !matches!(algorithm, SignatureAlgorithm::RsaPss { .. }),
                    Some(any) => is_rsa && any.is_null(),
                };
                identifier.parameters = parameters;
                assert_eq!(SignatureAlgorithm::from_identifier(&identifier).is_ok(), fine, "{algorithm}");
            }
        }
    }

    #[test]
    fn what_cms_digests_fits_what_signs() {
        use DigestAlgorithm::{Sha256, Sha512, Shake256};
        assert!(SignatureAlgorithm::Ed25519.goes_with(Sha512) && !SignatureAlgorithm::Ed25519.goes_with(Sha256));
        assert!(SignatureAlgorithm::Ed448.goes_with(Shake256) && !SignatureAlgorithm::Ed448.goes_with(Sha512));
        assert!(SignatureAlgorithm::MlDsa44.goes_with(Sha256) && !SignatureAlgorithm::MlDsa65.goes_with(Sha256));
        for algorithm in all() {
            assert!(algorithm.goes_with(algorithm.digest()), "{algorithm}");
        }
    }
}
