//! AWS-LC, where it does the same as the crates in pure Rust: RSA and ECDSA over the NIST curves, with SHA-2, and Ed25519.
//!
//! Invariant: it never changes a verdict. What it does not judge in exactly the same way (PSS with other salts or masks, short keys,
//! other digests) is `None`, and done without it.
//! Departs: ECDSA is verified here and never signed: AWS-LC draws its nonces, and ours follow from key and message (RFC 6979), so that
//! the same input gives the same bytes. Of RSA it signs PSS as well, and draws the salt: there the constant time is worth more, because
//! the `rsa` crate has none (RUSTSEC-2023-0071). Held by `the_same_input_gives_the_same_value_but_for_drawn_salts`.
//!
//! Specified in RFC 8017, 8 (RSA); FIPS 186-5, 6.4 (ECDSA); RFC 8032, 5.1 (Ed25519).

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{Algorithm, Digest, SHA256, SHA384, SHA512};
use aws_lc_rs::signature::{self, ParsedPublicKey, UnparsedPublicKey, VerificationAlgorithm};
use ed25519_dalek::VerifyingKey;

use super::Claim;
use super::elliptic::EcKey;
use super::rsa::RsaKey;
use crate::digest::DigestAlgorithm::{self, Sha256, Sha384, Sha512};
use crate::pki::algorithm::SignatureAlgorithm;

/// How an RSA signature is padded, as far as AWS-LC knows it: with one digest, and with salts as long.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    Pkcs1(DigestAlgorithm),
    Pss(DigestAlgorithm),
}

impl Padding {
    fn of(algorithm: SignatureAlgorithm) -> Option<Self> {
        match algorithm {
            SignatureAlgorithm::RsaPkcs1(digest) => Some(Self::Pkcs1(digest)),
            SignatureAlgorithm::RsaPss { digest, mask, salt_len } => {
                (mask == digest && usize::from(salt_len) == digest.len()).then_some(Self::Pss(digest))
            }
            _ => None,
        }
    }
}

/// A public RSA key as AWS-LC reads it, for the padding that it was first asked about: reading it takes as long as asking.
#[derive(Clone, Default)]
pub(crate) struct RsaVerifier(Arc<OnceLock<(Padding, Option<ParsedPublicKey>)>>);

impl RsaVerifier {
    /// Whether the value holds under `key`, whose own this is.
    fn holds(
        &self,
        padding: Padding,
        algorithm: &'static dyn VerificationAlgorithm,
        key: &RsaKey,
        digest: &Digest,
        signature: &[u8],
    ) -> Option<bool> {
        let parse = || ParsedPublicKey::new(algorithm, key.to_pkcs1_der()?).ok();
        let (first, parsed) = self.0.get_or_init(|| (padding, parse()));
        let parsed = if *first == padding { parsed.as_ref()? } else { &parse()? };
        Some(parsed.verify_digest_sig(digest, signature).is_ok())
    }
}

/// What was read of a key says nothing that the key does not say.
impl PartialEq for RsaVerifier {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for RsaVerifier {}

impl fmt::Debug for RsaVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaVerifier")
    }
}

pub(super) fn rsa_holds(key: &RsaKey, claim: Claim<'_>) -> Option<bool> {
    let padding = Padding::of(claim.algorithm)?;
    let (algorithm, hash): (&'static dyn VerificationAlgorithm, _) = match padding {
        Padding::Pkcs1(Sha256) => (&signature::RSA_PKCS1_2048_8192_SHA256, &SHA256),
        Padding::Pkcs1(Sha384) => (&signature::RSA_PKCS1_2048_8192_SHA384, &SHA384),
        Padding::Pkcs1(Sha512) => (&signature::RSA_PKCS1_2048_8192_SHA512, &SHA512),
        Padding::Pss(Sha256) => (&signature::RSA_PSS_2048_8192_SHA256, &SHA256),
        Padding::Pss(Sha384) => (&signature::RSA_PSS_2048_8192_SHA384, &SHA384),
        Padding::Pss(Sha512) => (&signature::RSA_PSS_2048_8192_SHA512, &SHA512),
        _ => return None,
    };
    (2048..=8192).contains(&key.bits()).then_some(())?;
    let digest = Digest::import_less_safe(claim.message, hash).ok()?;
    key.verifier().holds(padding, algorithm, key, &digest, claim.signature)
}

pub(super) fn ecdsa_holds(key: &EcKey, claim: Claim<'_>) -> Option<bool> {
    let SignatureAlgorithm::Ecdsa(digest) = claim.algorithm else { return None };
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
    let (_, point) = key.curve_and_point();
    holds(algorithm, hash, &point, claim)
}

/// `key` is canonical and of large order; the value's point has to be so, too, which AWS-LC does not look at.
pub(super) fn ed25519_holds(key: &[u8; 32], claim: Claim<'_>) -> Option<bool> {
    let point = claim.signature.first_chunk::<32>().and_then(|point| VerifyingKey::from_bytes(point).ok());
    let is_strong = point.is_some_and(|point| !point.is_weak());
    let key = UnparsedPublicKey::new(&signature::ED25519, key);
    Some(is_strong && key.verify(claim.message, claim.signature).is_ok())
}

fn holds(
    algorithm: &'static dyn VerificationAlgorithm,
    hash: &'static Algorithm,
    key: &[u8],
    claim: Claim<'_>,
) -> Option<bool> {
    let digest = Digest::import_less_safe(claim.message, hash).ok()?;
    Some(UnparsedPublicKey::new(algorithm, key).verify_digest(&digest, claim.signature).is_ok())
}

/// A private RSA key; AWS-LC wipes it when it is dropped.
#[cfg(feature = "software")]
pub(crate) struct RsaSigner(aws_lc_rs::rsa::KeyPair);

#[cfg(feature = "software")]
impl RsaSigner {
    /// `None` where AWS-LC will not have the key.
    pub(crate) fn new(key: &rsa::RsaPrivateKey) -> Option<Self> {
        use rsa::pkcs1::EncodeRsaPrivateKey;
        let der = key.to_pkcs1_der().ok()?;
        aws_lc_rs::rsa::KeyPair::from_der(der.as_bytes()).ok().map(Self)
    }

    /// The signature value over `prehash`; the salt of a PSS value is drawn.
    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, prehash: &[u8]) -> Option<Vec<u8>> {
        let (padding, hash): (&'static dyn signature::RsaEncoding, _) = match Padding::of(algorithm)? {
            Padding::Pkcs1(Sha256) => (&signature::RSA_PKCS1_SHA256, &SHA256),
            Padding::Pkcs1(Sha384) => (&signature::RSA_PKCS1_SHA384, &SHA384),
            Padding::Pkcs1(Sha512) => (&signature::RSA_PKCS1_SHA512, &SHA512),
            Padding::Pss(Sha256) => (&signature::RSA_PSS_SHA256, &SHA256),
            Padding::Pss(Sha384) => (&signature::RSA_PSS_SHA384, &SHA384),
            Padding::Pss(Sha512) => (&signature::RSA_PSS_SHA512, &SHA512),
            _ => return None,
        };
        let digest = Digest::import_less_safe(prehash, hash).ok()?;
        let mut value = vec![0; self.0.public_modulus_len()];
        self.0.sign_digest(padding, &digest, &mut value).ok().map(|()| value)
    }
}

/// A private Ed25519 key; AWS-LC wipes it when it is dropped.
#[cfg(feature = "software")]
pub(crate) struct Ed25519Signer(signature::Ed25519KeyPair);

#[cfg(feature = "software")]
impl Ed25519Signer {
    pub(crate) fn new(key: &ed25519_dalek::SigningKey) -> Option<Self> {
        let public = key.verifying_key();
        signature::Ed25519KeyPair::from_seed_and_public_key(key.as_bytes(), public.as_bytes()).ok().map(Self)
    }

    /// The signature value over `message`, which no random number changes.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.0.try_sign(message).ok().map(|value| value.as_ref().to_vec())
    }
}
