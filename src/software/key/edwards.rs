//! Private keys for Ed25519 and Ed448.
//!
//! Specified in RFC 8410, 7 (keys), RFC 8032 (signing; the nonce follows from key and message).

use std::sync::Arc;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc8410;
use der::Decode;
use der::asn1::OctetStringRef;
use ecdsa::signature::Signer;

use super::unreadable;
use crate::error::Result;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::Backend;
use crate::pki::key::aws_lc::Ed25519Signer;
use crate::pki::key::edwards::EdwardsKey;

/// A private key with its curve; the crates wipe it when it is dropped.
#[derive(Clone)]
pub(crate) enum EdwardsPrivateKey {
    Ed25519(Ed25519PrivateKey),
    Ed448(Box<ed448_goldilocks::SigningKey>),
}

impl EdwardsPrivateKey {
    /// Reads a DER `CurvePrivateKey` of the algorithm `oid`; `public` is what may stand beside it (RFC 5958, 2), and must agree.
    pub(super) fn from_der(oid: ObjectIdentifier, der: &[u8], public: Option<&[u8]>) -> Result<Self> {
        let seed = <&OctetStringRef>::from_der(der).map_err(unreadable)?;
        let key = Self::from_seed(oid, seed.as_bytes()).ok_or_else(|| unreadable("it has not the curve's length"))?;
        if public.is_some_and(|public| public != key.public_bits()) {
            return Err(super::no_pair());
        }
        Ok(key)
    }

    fn public_bits(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.key.verifying_key().as_bytes().to_vec(),
            Self::Ed448(key) => key.verifying_key().to_bytes().to_vec(),
        }
    }

    pub(crate) fn from_seed(oid: ObjectIdentifier, seed: &[u8]) -> Option<Self> {
        match oid {
            rfc8410::ID_ED_25519 => {
                let key = ed25519_dalek::SigningKey::from_bytes(seed.try_into().ok()?);
                Some(Self::Ed25519(Ed25519PrivateKey::new(key)))
            }
            _ => Some(Self::Ed448(Box::new(ed448_goldilocks::SigningKey::try_from(seed).ok()?))),
        }
    }

    pub(crate) fn public_key(&self) -> EdwardsKey {
        match self {
            Self::Ed25519(key) => EdwardsKey::from_ed25519(key.key.verifying_key()),
            Self::Ed448(key) => EdwardsKey::from_ed448(key.verifying_key()),
        }
    }

    pub(super) fn sign(
        &self,
        backend: Backend,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, String> {
        match (self, algorithm) {
            (Self::Ed25519(key), SignatureAlgorithm::Ed25519) => Ok(key.sign(backend, message)),
            (Self::Ed448(key), SignatureAlgorithm::Ed448) => Ok(key.sign_raw(message).to_bytes().to_vec()),
            _ => Err(super::mismatch()),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "an Ed25519 private key",
            Self::Ed448(_) => "an Ed448 private key",
        }
    }
}

/// A private key, and the same once more where AWS-LC signs with it.
#[derive(Clone)]
pub(crate) struct Ed25519PrivateKey {
    key: Box<ed25519_dalek::SigningKey>,
    fast: Option<Arc<Ed25519Signer>>,
}

impl Ed25519PrivateKey {
    fn new(key: ed25519_dalek::SigningKey) -> Self {
        Self { fast: Ed25519Signer::new(&key).map(Arc::new), key: Box::new(key) }
    }

    fn sign(&self, backend: Backend, message: &[u8]) -> Vec<u8> {
        let fast = backend.if_aws_lc(|| self.fast.as_ref()?.sign(message));
        fast.unwrap_or_else(|| self.key.sign(message).to_bytes().to_vec())
    }

    #[cfg(any(test, feature = "authority"))]
    pub(super) fn seed(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::cms::element::{OCTET_STRING, tlv};

    #[test]
    fn a_public_key_beside_the_private_one_is_its_own() {
        for (oid, len) in [(rfc8410::ID_ED_25519, 32), (rfc8410::ID_ED_448, 57)] {
            let der = tlv(OCTET_STRING, &[&vec![7; len]]);
            let read = |public: Option<&[u8]>| EdwardsPrivateKey::from_der(oid, &der, public);
            let mut public = read(None).unwrap().public_bits();
            assert!(public.len() == len && read(Some(&public)).is_ok());
            *public.last_mut().unwrap() ^= 1;
            assert!(read(Some(&public)).err().unwrap().to_string().contains("not one pair"));
        }
    }
}
