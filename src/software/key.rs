//! Private keys: reading PKCS#8 and signing.
//!
//! Invariant: signing is a function of key, algorithm and message; `Display` names the key's type and never its value.

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use pkcs8::PrivateKeyInfoRef;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{Pss, RsaPrivateKey};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::derived::Derived;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::{PublicKey, pkcs1_scheme};

/// The RSA lengths that are signed with, in bits: FIPS 186-5, 5.1 begins at 2048; beyond 8192 a signature takes
/// seconds.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// RFC 6979 over the curve's own digest for the nonce; the value as DER.
macro_rules! ecdsa {
    ($curve:ident, $key:expr, $prehash:expr) => {{
        use $curve::ecdsa::signature::hazmat::PrehashSigner;
        let signed: Result<$curve::ecdsa::Signature, _> = $key.sign_prehash($prehash);
        signed.map(|value| value.to_der().as_bytes().to_vec()).map_err(|fault| fault.to_string())
    }};
}

/// A private key in memory; wiped when dropped.
#[derive(Clone)]
pub(crate) enum PrivateKey {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(Box<p521::ecdsa::SigningKey>),
}

impl PrivateKey {
    /// Reads a DER `PrivateKeyInfo` (RFC 5958, 2).
    pub(crate) fn from_pkcs8_der(der: &[u8]) -> Result<Self> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(unreadable)?;
        let algorithm = info.algorithm.oid;
        let key = match (algorithm, info.algorithm.parameters_oid().ok()) {
            (rfc5912::RSA_ENCRYPTION, _) => Self::Rsa(Box::new(RsaPrivateKey::try_from(info).map_err(unreadable)?)),
            (rfc5912::ID_EC_PUBLIC_KEY, Some(curve)) => Self::elliptic(curve, info)?,
            _ => return Err(unsupported(algorithm)),
        };
        match &key {
            Self::Rsa(rsa) if !RSA_BITS.contains(&rsa.n().bits()) => {
                Err(Error::new(ErrorKind::Unsupported, format!("{key} is outside 2048 to 8192 bits")))
            }
            _ => Ok(key),
        }
    }

    fn elliptic(curve: ObjectIdentifier, info: PrivateKeyInfoRef<'_>) -> Result<Self> {
        match curve {
            rfc5912::SECP_256_R_1 => info.try_into().map(Self::P256).map_err(unreadable),
            rfc5912::SECP_384_R_1 => info.try_into().map(Self::P384).map_err(unreadable),
            rfc5912::SECP_521_R_1 => info.try_into().map(|key| Self::P521(Box::new(key))).map_err(unreadable),
            _ => Err(unsupported(curve)),
        }
    }

    /// The public half.
    pub(crate) fn public_key(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.to_public_key()),
            Self::P256(key) => PublicKey::P256(*key.verifying_key()),
            Self::P384(key) => PublicKey::P384(*key.verifying_key()),
            Self::P521(key) => PublicKey::P521(*key.verifying_key()),
        }
    }

    /// The signature value over `message`, in the form that [`Signer::sign`](crate::Signer::sign) promises.
    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>> {
        let prehash = algorithm.digest().digest(message);
        let signed = match (self, algorithm) {
            (Self::Rsa(key), SignatureAlgorithm::RsaPkcs1(digest)) => key
                .sign_with_rng(&mut blinding(key, &prehash), pkcs1_scheme(digest), &prehash)
                .map_err(|fault| fault.to_string()),
            (Self::Rsa(key), SignatureAlgorithm::RsaPss { digest, salt_len }) => {
                sign_pss(key, digest, salt_len.into(), &prehash).map_err(|fault| fault.to_string())
            }
            (Self::P256(key), SignatureAlgorithm::Ecdsa(_)) => ecdsa!(p256, key, &prehash),
            (Self::P384(key), SignatureAlgorithm::Ecdsa(_)) => ecdsa!(p384, key, &prehash),
            (Self::P521(key), SignatureAlgorithm::Ecdsa(_)) => ecdsa!(p521, key, &prehash),
            _ => Err("the algorithm does not belong to the key's type".to_owned()),
        };
        signed.map_err(|fault| {
            Error::new(ErrorKind::Signer, format!("{self} did not sign with {algorithm}"))
                .because(fault)
                .class_is(ErrorClass::Permanent)
        })
    }
}

/// The key's type.
impl fmt::Display for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(key) => write!(f, "an RSA private key of {} bits", key.n().bits()),
            Self::P256(_) => write!(f, "a P-256 private key"),
            Self::P384(_) => write!(f, "a P-384 private key"),
            Self::P521(_) => write!(f, "a P-521 private key"),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({self})")
    }
}

/// The blinding factor and PSS salt of one signature, derived as RFC 6979 derives a nonce: from the secret and the
/// message.
fn blinding(key: &RsaPrivateKey, prehash: &[u8]) -> Derived {
    let secret = super::Secret::new(key.d().to_be_bytes().into_vec());
    Derived::from_parts(&[b"RSA blinding and salt", &secret, prehash])
}

fn sign_pss(key: &RsaPrivateKey, digest: DigestAlgorithm, salt: usize, prehash: &[u8]) -> rsa::Result<Vec<u8>> {
    let rng = &mut blinding(key, prehash);
    match digest {
        DigestAlgorithm::Sha1 => key.sign_with_rng(rng, Pss::<Sha1>::new_with_salt(salt), prehash),
        DigestAlgorithm::Sha224 => key.sign_with_rng(rng, Pss::<Sha224>::new_with_salt(salt), prehash),
        DigestAlgorithm::Sha256 => key.sign_with_rng(rng, Pss::<Sha256>::new_with_salt(salt), prehash),
        DigestAlgorithm::Sha384 => key.sign_with_rng(rng, Pss::<Sha384>::new_with_salt(salt), prehash),
        DigestAlgorithm::Sha512 => key.sign_with_rng(rng, Pss::<Sha512>::new_with_salt(salt), prehash),
    }
}

fn unreadable(fault: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Key, "the private key is not readable PKCS#8").because(fault.to_string())
}

fn unsupported(algorithm: ObjectIdentifier) -> Error {
    Error::new(ErrorKind::Unsupported, format!("private keys of the algorithm or curve {algorithm} are not supported"))
        .advise("use RSA of 2048 to 8192 bits, P-256, P-384 or P-521")
}
