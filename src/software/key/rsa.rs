//! RSA private keys.
//!
//! Specified in RFC 8017: A.1.2 (keys), 8.1.1 and 8.2.1 (signing).

use std::sync::Arc;

use rsa::hazmat::rsa_decrypt_and_check;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};

use super::super::derived::Derived;
use super::{Secret, unreadable};
use crate::error::{Error, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::algorithm::pss::Pss;
use crate::pki::key::aws_lc::RsaSigner;
use crate::pki::key::rsa::{pkcs1_scheme, pss_bits};
use crate::pki::key::{Backend, emsa};

/// The lengths that are signed with, in bits: FIPS 186-5, 5.1 begins at 2048; beyond 8192 a signature takes seconds.
const BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// A private key; the crates wipe it when it is dropped.
#[derive(Clone)]
pub(crate) struct RsaSigningKey {
    key: Box<RsaPrivateKey>,
    /// The same key once more, where AWS-LC signs with it.
    fast: Option<Arc<RsaSigner>>,
}

impl RsaSigningKey {
    /// Reads a DER `RSAPrivateKey`.
    pub(super) fn from_pkcs1_der(der: &[u8]) -> Result<Self> {
        let key = Self::new(RsaPrivateKey::from_pkcs1_der(der).map_err(unreadable)?);
        let bits = key.bits();
        if BITS.contains(&bits) {
            return Ok(key);
        }
        Err(Error::new(
            ErrorKind::Unsupported,
            format!("an RSA private key of {bits} bits is outside 2048 to 8192 bits"),
        ))
    }

    pub(crate) fn new(key: RsaPrivateKey) -> Self {
        Self { fast: RsaSigner::new(&key).map(Arc::new), key: Box::new(key) }
    }

    pub(super) fn bits(&self) -> u32 {
        self.key.n().bits()
    }

    pub(super) fn public_key(&self) -> RsaPublicKey {
        self.key.to_public_key()
    }

    /// The signature value, or why there is none.
    pub(super) fn sign(
        &self,
        backend: Backend,
        algorithm: SignatureAlgorithm,
        prehash: &[u8],
    ) -> Result<Vec<u8>, String> {
        let fast = backend.if_aws_lc(|| self.fast.as_ref()?.sign(algorithm, prehash));
        fast.map_or_else(|| sign(&self.key, algorithm, prehash), Ok)
    }

    #[cfg(any(test, feature = "authority"))]
    pub(super) fn to_pkcs1_der(&self) -> der::Result<Vec<u8>> {
        use rsa::pkcs1::EncodeRsaPrivateKey;
        let written = self.key.to_pkcs1_der().map_err(|_| der::ErrorKind::Failed)?;
        Ok(written.as_bytes().to_vec())
    }
}

fn sign(key: &RsaPrivateKey, algorithm: SignatureAlgorithm, prehash: &[u8]) -> Result<Vec<u8>, String> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(digest) => {
            let scheme = pkcs1_scheme(digest).ok_or_else(super::mismatch)?;
            key.sign_with_rng(&mut blinding(key, prehash), scheme, prehash).map_err(|fault| fault.to_string())
        }
        SignatureAlgorithm::RsaPss { digest, mask, salt_len } => sign_pss(key, Pss { digest, mask, salt_len }, prehash)
            .ok_or_else(|| "the digest and the salt are too long for the key".to_owned()),
        _ => Err(super::mismatch()),
    }
}

/// RSASSA-PSS-SIGN (RFC 8017, 8.1.1); `None` where the key is too short for it.
fn sign_pss(key: &RsaPrivateKey, pss: Pss, prehash: &[u8]) -> Option<Vec<u8>> {
    let mut random = blinding(key, prehash);
    let salt = random.vec(pss.salt_len.into());
    let em = emsa::pss_encode(pss, pss_bits(key), prehash, &salt)?;
    let number = BoxedUint::from_be_slice(&em, key.n().bits_precision()).ok()?;
    let value = rsa_decrypt_and_check(key, Some(&mut random), &number).ok()?.to_be_bytes();
    value.get(value.len().checked_sub(key.size())?..).map(<[u8]>::to_vec)
}

/// The blinding factor and PSS salt of one signature, derived as RFC 6979 derives a nonce: from the secret and the
/// message.
fn blinding(key: &RsaPrivateKey, prehash: &[u8]) -> Derived {
    let secret = Secret::new(key.d().to_be_bytes().into_vec());
    Derived::from_parts(&[b"RSA blinding and salt", &secret, prehash])
}
