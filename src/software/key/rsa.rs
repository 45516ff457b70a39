//! RSA private keys.
//!
//! Specified in RFC 8017: A.1.2 (keys), 8.1.1 and 8.2.1 (signing).

use rsa::hazmat::rsa_decrypt_and_check;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, RsaPrivateKey};

use super::super::derived::Derived;
use super::{Secret, unreadable};
use crate::error::{Error, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::algorithm::pss::Pss;
use crate::pki::key::emsa;
use crate::pki::key::rsa::{pkcs1_scheme, pss_bits};

/// The lengths that are signed with, in bits: FIPS 186-5, 5.1 begins at 2048; beyond 8192 a signature takes seconds.
const BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// Reads a DER `RSAPrivateKey`.
pub(super) fn from_pkcs1_der(der: &[u8]) -> Result<RsaPrivateKey> {
    let key = RsaPrivateKey::from_pkcs1_der(der).map_err(unreadable)?;
    let bits = key.n().bits();
    if BITS.contains(&bits) {
        return Ok(key);
    }
    Err(Error::new(ErrorKind::Unsupported, format!("an RSA private key of {bits} bits is outside 2048 to 8192 bits")))
}

/// The signature value, or why there is none.
pub(super) fn sign(key: &RsaPrivateKey, algorithm: SignatureAlgorithm, prehash: &[u8]) -> Result<Vec<u8>, String> {
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
