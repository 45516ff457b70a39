//! Private keys for Ed25519 and Ed448.
//!
//! Specified in RFC 8410, 7 (keys), RFC 8032 (signing; the nonce follows from key and message).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc8410;
use der::Decode;
use der::asn1::OctetStringRef;
use ecdsa::signature::Signer;

use super::unreadable;
use crate::error::Result;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::edwards::EdwardsKey;

/// A private key with its curve; the crates wipe it when it is dropped.
#[derive(Clone)]
pub(crate) enum EdwardsPrivateKey {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Ed448(Box<ed448_goldilocks::SigningKey>),
}

impl EdwardsPrivateKey {
    /// Reads a DER `CurvePrivateKey` of the algorithm `oid`.
    pub(super) fn from_der(oid: ObjectIdentifier, der: &[u8]) -> Result<Self> {
        let seed = <&OctetStringRef>::from_der(der).map_err(unreadable)?;
        Self::from_seed(oid, seed.as_bytes()).ok_or_else(|| unreadable("it has not the curve's length"))
    }

    pub(crate) fn from_seed(oid: ObjectIdentifier, seed: &[u8]) -> Option<Self> {
        match oid {
            rfc8410::ID_ED_25519 => {
                let key = ed25519_dalek::SigningKey::from_bytes(seed.try_into().ok()?);
                Some(Self::Ed25519(Box::new(key)))
            }
            _ => Some(Self::Ed448(Box::new(ed448_goldilocks::SigningKey::try_from(seed).ok()?))),
        }
    }

    pub(crate) fn public_key(&self) -> EdwardsKey {
        match self {
            Self::Ed25519(key) => EdwardsKey::from_ed25519(key.verifying_key()),
            Self::Ed448(key) => EdwardsKey::from_ed448(key.verifying_key()),
        }
    }

    pub(super) fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, String> {
        match (self, algorithm) {
            (Self::Ed25519(key), SignatureAlgorithm::Ed25519) => Ok(key.sign(message).to_bytes().to_vec()),
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
