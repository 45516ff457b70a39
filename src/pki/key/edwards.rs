//! Keys for Ed25519 and Ed448.
//!
//! Invariant: the message itself is signed, without context; points and numbers have one encoding each, and keys of small order, under
//! which a signature holds for any message, verify nothing.
//!
//! Specified in RFC 8032 (the algorithms), RFC 8410 (keys).

use const_oid::db::rfc8410;

use super::{Backend, Claim, KeyFault};
use crate::pki::algorithm::SignatureAlgorithm;

/// A public key with its curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EdwardsKey {
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    Ed448(Box<Ed448Key>),
}

/// The crate's key, which has no `Eq`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ed448Key(ed448_goldilocks::VerifyingKey);

impl Eq for Ed448Key {}

impl EdwardsKey {
    pub(super) fn from_spki(spki: spki::SubjectPublicKeyInfoRef<'_>, bits: &[u8]) -> Result<Self, KeyFault> {
        if spki.algorithm.parameters.is_some() {
            return Err(KeyFault::Malformed);
        }
        let key = match spki.algorithm.oid {
            rfc8410::ID_ED_25519 => bits.try_into().ok().and_then(ed25519),
            _ => bits.try_into().ok().and_then(ed448),
        };
        key.ok_or(KeyFault::Malformed)
    }

    #[cfg(feature = "software")]
    pub(crate) fn from_ed25519(key: ed25519_dalek::VerifyingKey) -> Self {
        Self::Ed25519(Box::new(key))
    }

    #[cfg(feature = "software")]
    pub(crate) fn from_ed448(key: ed448_goldilocks::VerifyingKey) -> Self {
        Self::Ed448(Box::new(Ed448Key(key)))
    }

    pub(super) fn holds(&self, claim: Claim<'_>, backend: Backend) -> Result<bool, KeyFault> {
        match (self, claim.algorithm) {
            (Self::Ed25519(key), SignatureAlgorithm::Ed25519) => {
                let fast = backend.ed25519(key.as_bytes(), claim);
                Ok(fast.unwrap_or_else(|| ed25519_holds(key, claim)))
            }
            (Self::Ed448(key), SignatureAlgorithm::Ed448) => Ok(ed448_holds(&key.0, claim)),
            _ => Err(KeyFault::Mismatch),
        }
    }

    /// The length of the points' encoding.
    pub(super) fn bits(&self) -> u32 {
        match self {
            Self::Ed25519(_) => 256,
            Self::Ed448(_) => 456,
        }
    }

    pub(super) fn default_algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Ed25519(_) => SignatureAlgorithm::Ed25519,
            Self::Ed448(_) => SignatureAlgorithm::Ed448,
        }
    }

    pub(super) fn signature_len(&self) -> usize {
        match self {
            Self::Ed25519(_) => 64,
            Self::Ed448(_) => 114,
        }
    }

    #[cfg(feature = "authority")]
    pub(super) fn to_spki(&self) -> Option<super::SpkiParts> {
        Some(match self {
            Self::Ed25519(key) => (rfc8410::ID_ED_25519, None, key.as_bytes().to_vec()),
            Self::Ed448(key) => (rfc8410::ID_ED_448, None, key.0.as_bytes().to_vec()),
        })
    }
}

fn ed25519_holds(key: &ed25519_dalek::VerifyingKey, claim: Claim<'_>) -> bool {
    let value = ed25519_dalek::Signature::from_slice(claim.signature);
    value.is_ok_and(|value| key.verify_strict(claim.message, &value).is_ok())
}

fn ed448_holds(key: &ed448_goldilocks::VerifyingKey, claim: Claim<'_>) -> bool {
    let value = ed448_goldilocks::Signature::try_from(claim.signature);
    value.is_ok_and(|value| is_canonical(value.r_bytes()) && key.verify_raw(&value, claim.message).is_ok())
}

/// RFC 8032, 5.1.3: a number not below the field's prime is no encoding.
fn ed25519(bits: &[u8; 32]) -> Option<EdwardsKey> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(bits).ok()?;
    let canonical = key.to_edwards().compress().to_bytes() == *bits;
    (canonical && !key.is_weak()).then(|| EdwardsKey::Ed25519(Box::new(key)))
}

/// RFC 8032, 5.2.3, likewise; the crate refuses points outside of the large subgroup.
fn ed448(bits: &[u8; 57]) -> Option<EdwardsKey> {
    let key = ed448_goldilocks::VerifyingKey::from_bytes(bits).ok()?;
    is_canonical(bits).then(|| EdwardsKey::Ed448(Box::new(Ed448Key(key))))
}

/// Whether these bytes are what the point that they decode to is encoded as: the crate ignores seven bits that have to be zero.
fn is_canonical(point: &[u8; 57]) -> bool {
    let decoded = ed448_goldilocks::CompressedEdwardsY(*point).decompress_unchecked().into_option();
    decoded.is_some_and(|decoded| decoded.compress().as_bytes() == point)
}
