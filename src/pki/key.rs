//! Public keys, and the one question asked of them: does this signature verify?
//!
//! Invariant: a signature is checked by encode-and-compare or by the curve's equation, never by parsing what is inside it.
//! Invariant: whether a key is *long enough* is policy, not decided here.
//!
//! Specified in RFC 8017, FIPS 186-5, RFC 5480.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::Decode;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, RsaPublicKey};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use spki::SubjectPublicKeyInfoRef;

use super::algorithm::SignatureAlgorithm;
use crate::digest::DigestAlgorithm;

/// The curve's own `Ecdsa-Sig-Value` parser and equation; the digest is cut to the curve's length (FIPS 186-5, 6.4.2).
macro_rules! ecdsa {
    ($curve:ident, $key:expr, $prehash:expr, $signature:expr) => {
        $curve::ecdsa::Signature::from_der($signature).is_ok_and(|value| {
            $curve::ecdsa::signature::hazmat::PrehashVerifier::verify_prehash($key, $prehash, &value).is_ok()
        })
    };
}
/// A public key that can verify, read from a `SubjectPublicKeyInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa(RsaPublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
}

/// Why a signature does not verify, or was not even tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyFault {
    #[error("the public key algorithm {0} is not supported")]
    UnknownKey(ObjectIdentifier),
    #[error("the public key cannot be read")]
    Malformed,
    #[error("the signature algorithm does not belong to the key's type")]
    Mismatch,
    #[error("the signature value does not verify under the public key")]
    BadSignature,
}

impl PublicKey {
    /// Reads a DER `SubjectPublicKeyInfo`.
    pub(crate) fn from_spki(spki: &[u8]) -> Result<Self, KeyFault> {
        let spki = SubjectPublicKeyInfoRef::from_der(spki).map_err(|_| KeyFault::Malformed)?;
        let bits = spki.subject_public_key.as_bytes().ok_or(KeyFault::Malformed)?;
        match spki.algorithm.oid {
            // A key restricted to PSS is an RSA key (RFC 4055, 1.2).
            rfc5912::RSA_ENCRYPTION | rfc5912::ID_RSASSA_PSS => {
                RsaPublicKey::from_pkcs1_der(bits).map(Self::Rsa).map_err(|_| KeyFault::Malformed)
            }
            rfc5912::ID_EC_PUBLIC_KEY => elliptic(spki.algorithm.parameters_oid().ok(), bits),
            oid => Err(KeyFault::UnknownKey(oid)),
        }
    }

    /// Checks `signature` over a message whose digest is `prehash`.
    pub(crate) fn verify_prehash(
        &self,
        algorithm: SignatureAlgorithm,
        prehash: &[u8],
        signature: &[u8],
    ) -> Result<(), KeyFault> {
        let good = match (self, algorithm) {
            (Self::Rsa(key), SignatureAlgorithm::RsaPkcs1(digest)) => {
                key.verify(pkcs1_scheme(digest), prehash, signature).is_ok()
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPss { digest, salt_len }) => {
                verify_pss(key, digest, salt_len.into(), prehash, signature)
            }
            (Self::P256(key), SignatureAlgorithm::Ecdsa(_)) => ecdsa!(p256, key, prehash, signature),
            (Self::P384(key), SignatureAlgorithm::Ecdsa(_)) => ecdsa!(p384, key, prehash, signature),
            (Self::P521(key), SignatureAlgorithm::Ecdsa(_)) => ecdsa!(p521, key, prehash, signature),
            _ => return Err(KeyFault::Mismatch),
        };
        if good { Ok(()) } else { Err(KeyFault::BadSignature) }
    }

    /// Checks `signature` over `message`.
    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), KeyFault> {
        self.verify_prehash(algorithm, &algorithm.digest().digest(message), signature)
    }

    /// The modulus' or field's length in bits: the number that policies speak of.
    pub(crate) fn bits(&self) -> u32 {
        match self {
            Self::Rsa(key) => key.n().bits(),
            Self::P256(_) => 256,
            Self::P384(_) => 384,
            Self::P521(_) => 521,
        }
    }

    /// The algorithm that this key signs with unless told otherwise: the digest fits the key's strength.
    pub(crate) fn default_algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Rsa(_) => SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            Self::P256(_) => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256),
            Self::P384(_) => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384),
            Self::P521(_) => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512),
        }
    }

    /// The longest signature value of this key, in bytes.
    pub(crate) fn signature_len(&self) -> usize {
        match self {
            Self::Rsa(key) => key.size(),
            // A DER Ecdsa-Sig-Value: two integers with a sign byte each, and three headers.
            Self::P256(_) => 72,
            Self::P384(_) => 104,
            Self::P521(_) => 139,
        }
    }
}

fn elliptic(curve: Option<ObjectIdentifier>, point: &[u8]) -> Result<PublicKey, KeyFault> {
    let malformed = |_| KeyFault::Malformed;
    match curve.ok_or(KeyFault::Malformed)? {
        rfc5912::SECP_256_R_1 => {
            p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map(PublicKey::P256).map_err(malformed)
        }
        rfc5912::SECP_384_R_1 => {
            p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map(PublicKey::P384).map_err(malformed)
        }
        rfc5912::SECP_521_R_1 => {
            p521::ecdsa::VerifyingKey::from_sec1_bytes(point).map(PublicKey::P521).map_err(malformed)
        }
        oid => Err(KeyFault::UnknownKey(oid)),
    }
}

/// PKCS#1 v1.5 padding with the DigestInfo prefix of `digest` (RFC 8017, 9.2).
pub(crate) fn pkcs1_scheme(digest: DigestAlgorithm) -> Pkcs1v15Sign {
    match digest {
        DigestAlgorithm::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        DigestAlgorithm::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        DigestAlgorithm::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        DigestAlgorithm::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        DigestAlgorithm::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

fn verify_pss(key: &RsaPublicKey, digest: DigestAlgorithm, salt: usize, prehash: &[u8], signature: &[u8]) -> bool {
    match digest {
        DigestAlgorithm::Sha1 => key.verify(Pss::<Sha1>::new_with_salt(salt), prehash, signature),
        DigestAlgorithm::Sha224 => key.verify(Pss::<Sha224>::new_with_salt(salt), prehash, signature),
        DigestAlgorithm::Sha256 => key.verify(Pss::<Sha256>::new_with_salt(salt), prehash, signature),
        DigestAlgorithm::Sha384 => key.verify(Pss::<Sha384>::new_with_salt(salt), prehash, signature),
        DigestAlgorithm::Sha512 => key.verify(Pss::<Sha512>::new_with_salt(salt), prehash, signature),
    }
    .is_ok()
}
