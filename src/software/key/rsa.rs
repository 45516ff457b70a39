//! RSA private keys.
//!
//! Specified in RFC 8017: A.1.2 (keys), 8.1.1 and 8.2.1 (signing).

use std::sync::Arc;

use der::Decode;
use rsa::hazmat::rsa_decrypt_and_check;
use rsa::pkcs1::{RsaPrivateKeyRef, Version};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};

use super::super::derived::Derived;
use super::{Secret, unreadable};
use crate::error::Result;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::algorithm::pss::Pss;
use crate::pki::key::aws_lc::RsaSigner;
use crate::pki::key::rsa::{RsaKey, Scheme, pkcs1_scheme, pss_bits};
use crate::pki::key::{Backend, emsa};

/// The lengths that are signed with, in bits: FIPS 186-5, 5.1 begins at 2048; beyond 8192 a signature takes seconds.
const BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

const NEW_KEY: &str = "make a new key: `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`";

/// A private key; the crates wipe it when it is dropped.
#[derive(Clone)]
pub(crate) struct RsaSigningKey {
    key: Box<RsaPrivateKey>,
    /// What the file that it came in lets it be used for.
    scheme: Scheme,
    /// The same key once more, where AWS-LC signs with it.
    fast: Option<Arc<RsaSigner>>,
}

impl RsaSigningKey {
    /// Reads a DER `RSAPrivateKey`, which is for `scheme`.
    pub(super) fn from_pkcs1_der(der: &[u8], scheme: Scheme) -> Result<Self> {
        let parts = RsaPrivateKeyRef::from_der(der).map_err(unreadable)?;
        let unsupported = |what: &str| Err(crate::software::unsupported(what).advise(NEW_KEY));
        if parts.version() == Version::Multi {
            return unsupported("an RSA private key of more than two primes is not supported");
        }
        let bits = BoxedUint::from_be_slice_vartime(parts.modulus.as_bytes()).bits();
        if !BITS.contains(&bits) {
            return unsupported(&format!("an RSA private key of {bits} bits is outside 2048 to 8192 bits"));
        }
        let exponent = BoxedUint::from_be_slice_vartime(parts.public_exponent.as_bytes());
        if exponent > BoxedUint::from(RsaPublicKey::MAX_PUB_EXPONENT) {
            let bits = exponent.bits();
            return unsupported(&format!("an RSA private key whose public exponent has {bits} bits is not supported"));
        }
        let key = RsaPrivateKey::try_from(parts).map_err(unreadable)?;
        if key.crt_coefficient().is_none() {
            return Err(unreadable("its two primes have a divisor in common"));
        }
        Self { scheme, ..Self::new(key) }.accepted()
    }

    /// A key for any scheme.
    pub(crate) fn new(key: RsaPrivateKey) -> Self {
        Self { fast: RsaSigner::new(&key).map(Arc::new), scheme: Scheme::Any, key: Box::new(key) }
    }

    /// The key, unless AWS-LC is to sign and will not have it: whoever chose its constant time gets nothing less without being told.
    fn accepted(self) -> Result<Self> {
        if cfg!(feature = "aws-lc") && self.fast.is_none() {
            return Err(unreadable("AWS-LC does not take it for an RSA key").advise("make a new key"));
        }
        Ok(self)
    }

    pub(super) fn bits(&self) -> u32 {
        self.key.n().bits()
    }

    /// The public half, for the same scheme.
    pub(super) fn public_key(&self) -> RsaKey {
        RsaKey::new(self.key.to_public_key(), self.scheme)
    }

    /// The signature value, or why there is none.
    pub(super) fn sign(
        &self,
        backend: Backend,
        algorithm: SignatureAlgorithm,
        prehash: &[u8],
    ) -> Result<Vec<u8>, String> {
        self.scheme.check(algorithm).map_err(|fault| fault.to_string())?;
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

#[cfg(test)]
mod tests {
    use rsa::pkcs1::{self, UintRef};

    use super::*;
    use crate::error::{ErrorClass, ErrorKind};

    /// A key of one prime, twice: it reads as a key, and cannot sign. DER, and as the `rsa` crate has it.
    fn square() -> (Vec<u8>, RsaPrivateKey) {
        let whole = RsaPrivateKey::new(&mut Derived::from_parts(&[b"square"]), 2048).unwrap();
        let prime = whole.primes().first().unwrap();
        let wide = [vec![0; 128], prime.to_be_bytes().into_vec()].concat();
        let wide = BoxedUint::from_be_slice(&wide, 2048).unwrap();
        let modulus = wide.wrapping_mul(&wide);
        let exponent = whole.dp().unwrap().clone();
        let primes = vec![prime.as_ref().clone(), prime.as_ref().clone()];
        let key = RsaPrivateKey::from_components(modulus.clone(), whole.e().clone(), exponent.clone(), primes).unwrap();
        let bytes = |number: &BoxedUint| number.to_be_bytes().into_vec();
        let [n, e, d, p] = [&modulus, whole.e(), &exponent, prime.as_ref()].map(bytes);
        let number = |bytes| UintRef::new(bytes).unwrap();
        let der = der::Encode::to_der(&pkcs1::RsaPrivateKey {
            modulus: number(&n),
            public_exponent: number(&e),
            private_exponent: number(&d),
            prime1: number(&p),
            prime2: number(&p),
            exponent1: number(&d),
            exponent2: number(&d),
            coefficient: number(&[1]),
            other_prime_infos: None,
        });
        (der.unwrap(), key)
    }

    /// Whoever computes, and before anything is signed.
    #[test]
    fn a_key_that_cannot_sign_is_refused_when_it_is_read() {
        let (der, key) = square();
        let error = RsaSigningKey::from_pkcs1_der(&der, Scheme::Any).err().unwrap();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Key, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("the private key cannot be read: its two primes"), "{error}");
        // Were it not refused before, AWS-LC would not have it.
        let accepted = RsaSigningKey::new(key).accepted();
        assert_eq!(accepted.is_err(), cfg!(feature = "aws-lc"));
        if let Err(error) = accepted {
            assert_eq!((error.kind(), error.class()), (ErrorKind::Key, ErrorClass::Operator), "{error}");
            assert!(error.to_string().contains("AWS-LC does not take it"), "{error}");
        }
    }
}
