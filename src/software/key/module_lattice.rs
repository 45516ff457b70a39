//! Private keys for ML-DSA.
//!
//! Invariant: the deterministic variant (FIPS 204, 3.4), as everything here: the same input gives the same signature.
//!
//! Specified in RFC 9881, 6 (keys; the seed is what is kept), FIPS 204 (signing).

use const_oid::ObjectIdentifier;
use const_oid::db::fips204;
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Seed, SigningKey};

use super::{unreadable, unsupported};
use crate::error::Result;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::cms::element::{Elements, OCTET_STRING, SEQUENCE};
use crate::pki::key::module_lattice::MlDsaKey;

/// `[0] IMPLICIT OCTET STRING`, the seed alone.
const SEED: u8 = 0x80;

/// A private key with its parameter set; the crate wipes it when it is dropped.
#[derive(Clone)]
pub(crate) enum MlDsaPrivateKey {
    MlDsa44(Box<SigningKey<MlDsa44>>),
    MlDsa65(Box<SigningKey<MlDsa65>>),
    MlDsa87(Box<SigningKey<MlDsa87>>),
}

impl MlDsaPrivateKey {
    /// Reads a DER `ML-DSA-PrivateKey` that has the seed, alone or beside the expanded key, which follows from it.
    pub(super) fn from_der(oid: ObjectIdentifier, der: &[u8]) -> Result<Self> {
        let what = "an ML-DSA private key";
        let mut outer = Elements::new(der);
        let choice = outer.any(what).map_err(unreadable)?;
        outer.end(what).map_err(unreadable)?;
        let seed = match choice.tag {
            SEED => choice.content,
            SEQUENCE => choice.children().expect(OCTET_STRING, what).map_err(unreadable)?.content,
            _ => return Err(unsupported(oid).advise("keep the seed with the key: it is the expanded key alone")),
        };
        let seed = Seed::try_from(seed).map_err(|_| unreadable("the seed has not 32 bytes"))?;
        Ok(Self::from_seed(oid, &seed))
    }

    pub(crate) fn from_seed(oid: ObjectIdentifier, seed: &Seed) -> Self {
        match oid {
            fips204::ID_ML_DSA_44 => Self::MlDsa44(Box::new(SigningKey::from_seed(seed))),
            fips204::ID_ML_DSA_65 => Self::MlDsa65(Box::new(SigningKey::from_seed(seed))),
            _ => Self::MlDsa87(Box::new(SigningKey::from_seed(seed))),
        }
    }

    pub(crate) fn public_key(&self) -> MlDsaKey {
        match self {
            Self::MlDsa44(key) => MlDsaKey::MlDsa44(Box::new(key.expanded_key().verifying_key())),
            Self::MlDsa65(key) => MlDsaKey::MlDsa65(Box::new(key.expanded_key().verifying_key())),
            Self::MlDsa87(key) => MlDsaKey::MlDsa87(Box::new(key.expanded_key().verifying_key())),
        }
    }

    pub(super) fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, String> {
        match (self, algorithm) {
            (Self::MlDsa44(key), SignatureAlgorithm::MlDsa44) => sign(key, message),
            (Self::MlDsa65(key), SignatureAlgorithm::MlDsa65) => sign(key, message),
            (Self::MlDsa87(key), SignatureAlgorithm::MlDsa87) => sign(key, message),
            _ => Err(super::mismatch()),
        }
    }

    #[cfg(any(test, feature = "authority"))]
    pub(super) fn oid_and_seed(&self) -> (ObjectIdentifier, Vec<u8>) {
        match self {
            Self::MlDsa44(key) => (fips204::ID_ML_DSA_44, key.as_seed().to_vec()),
            Self::MlDsa65(key) => (fips204::ID_ML_DSA_65, key.as_seed().to_vec()),
            Self::MlDsa87(key) => (fips204::ID_ML_DSA_87, key.as_seed().to_vec()),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::MlDsa44(_) => "an ML-DSA-44 private key",
            Self::MlDsa65(_) => "an ML-DSA-65 private key",
            Self::MlDsa87(_) => "an ML-DSA-87 private key",
        }
    }
}

fn sign<P: MlDsaParams>(key: &SigningKey<P>, message: &[u8]) -> Result<Vec<u8>, String> {
    let signed = key.expanded_key().sign_deterministic(message, &[]);
    signed.map(|value| value.encode().to_vec()).map_err(|fault| fault.to_string())
}
