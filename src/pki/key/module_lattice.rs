//! Keys for ML-DSA.
//!
//! Invariant: the message itself is signed, without context (RFC 9882, 3: the pure mode).
//!
//! Specified in FIPS 204; identifiers and encodings in RFC 9881.

use const_oid::db::fips204;
use ml_dsa::{EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey};

use super::{Claim, KeyFault};
use crate::pki::algorithm::SignatureAlgorithm;

/// A public key with its parameter set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MlDsaKey {
    MlDsa44(Box<VerifyingKey<MlDsa44>>),
    MlDsa65(Box<VerifyingKey<MlDsa65>>),
    MlDsa87(Box<VerifyingKey<MlDsa87>>),
}

impl Eq for MlDsaKey {}

impl MlDsaKey {
    pub(super) fn from_spki(spki: spki::SubjectPublicKeyInfoRef<'_>, bits: &[u8]) -> Result<Self, KeyFault> {
        if spki.algorithm.parameters.is_some() {
            return Err(KeyFault::Malformed);
        }
        match spki.algorithm.oid {
            fips204::ID_ML_DSA_44 => decode(bits).map(Self::MlDsa44),
            fips204::ID_ML_DSA_65 => decode(bits).map(Self::MlDsa65),
            _ => decode(bits).map(Self::MlDsa87),
        }
    }

    pub(super) fn holds(&self, claim: Claim<'_>) -> Result<bool, KeyFault> {
        match (self, claim.algorithm) {
            (Self::MlDsa44(key), SignatureAlgorithm::MlDsa44) => Ok(holds(key, claim)),
            (Self::MlDsa65(key), SignatureAlgorithm::MlDsa65) => Ok(holds(key, claim)),
            (Self::MlDsa87(key), SignatureAlgorithm::MlDsa87) => Ok(holds(key, claim)),
            _ => Err(KeyFault::Mismatch),
        }
    }

    /// The length of the encoded key.
    pub(super) fn bits(&self) -> u32 {
        match self {
            Self::MlDsa44(_) => 10_496,
            Self::MlDsa65(_) => 15_616,
            Self::MlDsa87(_) => 20_736,
        }
    }

    pub(super) fn default_algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::MlDsa44(_) => SignatureAlgorithm::MlDsa44,
            Self::MlDsa65(_) => SignatureAlgorithm::MlDsa65,
            Self::MlDsa87(_) => SignatureAlgorithm::MlDsa87,
        }
    }

    pub(super) fn signature_len(&self) -> usize {
        match self {
            Self::MlDsa44(_) => 2_420,
            Self::MlDsa65(_) => 3_309,
            Self::MlDsa87(_) => 4_627,
        }
    }

    #[cfg(feature = "authority")]
    pub(super) fn to_spki(&self) -> Option<super::SpkiParts> {
        Some(match self {
            Self::MlDsa44(key) => (fips204::ID_ML_DSA_44, None, key.encode().to_vec()),
            Self::MlDsa65(key) => (fips204::ID_ML_DSA_65, None, key.encode().to_vec()),
            Self::MlDsa87(key) => (fips204::ID_ML_DSA_87, None, key.encode().to_vec()),
        })
    }
}

fn decode<P: MlDsaParams>(bits: &[u8]) -> Result<Box<VerifyingKey<P>>, KeyFault> {
    let encoded = EncodedVerifyingKey::<P>::try_from(bits).map_err(|_| KeyFault::Malformed)?;
    Ok(Box::new(VerifyingKey::decode(&encoded)))
}

fn holds<P: MlDsaParams>(key: &VerifyingKey<P>, claim: Claim<'_>) -> bool {
    let value = Signature::<P>::try_from(claim.signature);
    value.is_ok_and(|value| key.verify_with_context(claim.message, &[], &value))
}
