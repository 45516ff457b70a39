//! AWS-LC, where it does the same as the crates in pure Rust: PKCS#1 v1.5 and ECDSA over the NIST curves, with SHA-2.
//!
//! Invariant: it never changes an answer: what it does not do in exactly the same way (signing that draws random numbers, PSS with other
//! salts, short keys) is `None`, and done without it.
//!
//! Specified in RFC 8017, 8.2; FIPS 186-5, 6.4.

use aws_lc_rs::digest::{Algorithm, Digest, SHA256, SHA384, SHA512};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use super::elliptic::EcKey;
use crate::digest::DigestAlgorithm;

/// Whether a PKCS#1 v1.5 value holds under the DER `RSAPublicKey` `key`, of 2048 to 8192 bits.
pub(super) fn pkcs1_holds(key: &[u8], digest: DigestAlgorithm, prehash: &[u8], value: &[u8]) -> Option<bool> {
    let (algorithm, hash): (&'static dyn VerificationAlgorithm, _) = match digest {
        DigestAlgorithm::Sha256 => (&signature::RSA_PKCS1_2048_8192_SHA256, &SHA256),
        DigestAlgorithm::Sha384 => (&signature::RSA_PKCS1_2048_8192_SHA384, &SHA384),
        DigestAlgorithm::Sha512 => (&signature::RSA_PKCS1_2048_8192_SHA512, &SHA512),
        _ => return None,
    };
    holds(algorithm, hash, key, prehash, value)
}

/// Whether a DER `Ecdsa-Sig-Value` holds under `key`, whose uncompressed point is `point`.
pub(super) fn ecdsa_holds(
    key: &EcKey,
    point: &[u8],
    digest: DigestAlgorithm,
    prehash: &[u8],
    value: &[u8],
) -> Option<bool> {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    let (algorithm, hash): (&'static dyn VerificationAlgorithm, _) = match (key, digest) {
        (EcKey::P256(_), Sha256) => (&signature::ECDSA_P256_SHA256_ASN1, &SHA256),
        (EcKey::P256(_), Sha384) => (&signature::ECDSA_P256_SHA384_ASN1, &SHA384),
        (EcKey::P256(_), Sha512) => (&signature::ECDSA_P256_SHA512_ASN1, &SHA512),
        (EcKey::P384(_), Sha256) => (&signature::ECDSA_P384_SHA256_ASN1, &SHA256),
        (EcKey::P384(_), Sha384) => (&signature::ECDSA_P384_SHA384_ASN1, &SHA384),
        (EcKey::P384(_), Sha512) => (&signature::ECDSA_P384_SHA512_ASN1, &SHA512),
        (EcKey::P521(_), Sha256) => (&signature::ECDSA_P521_SHA256_ASN1, &SHA256),
        (EcKey::P521(_), Sha384) => (&signature::ECDSA_P521_SHA384_ASN1, &SHA384),
        (EcKey::P521(_), Sha512) => (&signature::ECDSA_P521_SHA512_ASN1, &SHA512),
        _ => return None,
    };
    holds(algorithm, hash, point, prehash, value)
}

fn holds(
    algorithm: &'static dyn VerificationAlgorithm,
    hash: &'static Algorithm,
    key: &[u8],
    prehash: &[u8],
    value: &[u8],
) -> Option<bool> {
    let digest = Digest::import_less_safe(prehash, hash).ok()?;
    Some(UnparsedPublicKey::new(algorithm, key).verify_digest(&digest, value).is_ok())
}

/// A private RSA key; AWS-LC wipes it when it is dropped.
#[cfg(feature = "software")]
pub(crate) struct RsaSigner(aws_lc_rs::rsa::KeyPair);

#[cfg(feature = "software")]
impl RsaSigner {
    /// Reads a DER `RSAPrivateKey`; `None` where AWS-LC will not have it.
    pub(crate) fn from_pkcs1_der(der: &[u8]) -> Option<Self> {
        aws_lc_rs::rsa::KeyPair::from_der(der).ok().map(Self)
    }

    /// The PKCS#1 v1.5 value over `prehash`, which no random number changes.
    pub(crate) fn sign_pkcs1(&self, digest: DigestAlgorithm, prehash: &[u8]) -> Option<Vec<u8>> {
        let (padding, hash): (&'static dyn signature::RsaEncoding, _) = match digest {
            DigestAlgorithm::Sha256 => (&signature::RSA_PKCS1_SHA256, &SHA256),
            DigestAlgorithm::Sha384 => (&signature::RSA_PKCS1_SHA384, &SHA384),
            DigestAlgorithm::Sha512 => (&signature::RSA_PKCS1_SHA512, &SHA512),
            _ => return None,
        };
        let digest = Digest::import_less_safe(prehash, hash).ok()?;
        let mut value = vec![0; self.0.public_modulus_len()];
        self.0.sign_digest(padding, &digest, &mut value).ok().map(|()| value)
    }
}
