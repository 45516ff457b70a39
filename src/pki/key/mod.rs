//! Public keys, and the one question asked of them: does this signature verify?
//!
//! Invariant: a key never chooses an algorithm: it verifies with the one that it is told, or says that the two do not belong together.
//!
//! Specified in RFC 3279, RFC 4055, RFC 5480, RFC 8410 and RFC 9881 (keys). Nouns: [`PublicKey`], with one file a family.

#[cfg_attr(not(feature = "aws-lc"), path = "without_aws_lc.rs")]
pub(crate) mod aws_lc;
mod backend;
mod brainpool512;
mod dsa;
pub(crate) mod edwards;
pub(crate) mod elliptic;
pub(crate) mod emsa;
pub(crate) mod making;
#[cfg(feature = "ml-dsa")]
pub(crate) mod module_lattice;
pub(crate) mod rsa;
#[cfg(test)]
mod wycheproof;

use const_oid::ObjectIdentifier;
#[cfg(feature = "ml-dsa")]
use const_oid::db::fips204;
use const_oid::db::{rfc5912, rfc8410};
use der::Decode;
use spki::SubjectPublicKeyInfoRef;

pub(crate) use self::backend::Backend;
#[cfg(feature = "software")]
pub(crate) use self::brainpool512::BrainpoolP512r1;
use self::dsa::DsaKey;
pub(crate) use self::dsa::inherit;
use self::edwards::EdwardsKey;
use self::elliptic::EcKey;
#[cfg(feature = "ml-dsa")]
use self::module_lattice::MlDsaKey;
use self::rsa::RsaKey;
use super::algorithm::SignatureAlgorithm;
use crate::digest::DigestAlgorithm;

/// Algorithm, parameters and bits of a key, for a `SubjectPublicKeyInfo`.
#[cfg(feature = "authority")]
type SpkiParts = (ObjectIdentifier, Option<der::Any>, Vec<u8>);

/// A public key that can verify, read from a `SubjectPublicKeyInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa(RsaKey),
    Elliptic(EcKey),
    Edwards(EdwardsKey),
    #[cfg(feature = "ml-dsa")]
    ModuleLattice(MlDsaKey),
    Dsa(DsaKey),
}

/// What a key is asked: whether `signature` is its over `message`.
#[derive(Clone, Copy)]
struct Claim<'a> {
    algorithm: SignatureAlgorithm,
    /// The message itself for the algorithms that sign it, else its digest.
    message: &'a [u8],
    signature: &'a [u8],
}

/// Why a signature does not verify, or was not even tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyFault {
    #[error("the public key algorithm {0} is not supported")]
    UnknownKey(ObjectIdentifier),
    #[error("the public key spells its curve out, where only named curves are read (RFC 5480, 2.1.1)")]
    SpelledOutCurve,
    #[error("the public key's exponent of {0} bits is too long: 256 are read")]
    LongExponent(u32),
    #[error("the public key cannot be read")]
    Malformed,
    #[error("the public key has no parameters of its own")]
    InheritedParameters,
    #[error("the signature algorithm does not belong to the key's type")]
    Mismatch,
    #[error("the key may not be used with this signature algorithm or these parameters")]
    Restricted,
    #[error("the signature algorithm signs the message itself, and only its digest is there")]
    NeedsMessage,
    #[error("the signature value does not verify under the public key")]
    BadSignature,
}

impl KeyFault {
    /// Whether the key may be as good as any, and nobody here can tell.
    pub(crate) fn is_unsupported(self) -> bool {
        matches!(self, Self::UnknownKey(_) | Self::SpelledOutCurve | Self::LongExponent(_))
    }
}

impl PublicKey {
    /// Reads a DER `SubjectPublicKeyInfo`.
    pub(crate) fn from_spki(spki: &[u8]) -> Result<Self, KeyFault> {
        let spki = SubjectPublicKeyInfoRef::from_der(spki).map_err(|_| KeyFault::Malformed)?;
        let bits = spki.subject_public_key.as_bytes().ok_or(KeyFault::Malformed)?;
        match spki.algorithm.oid {
            // A key restricted to PSS is an RSA key (RFC 4055, 1.2).
            rfc5912::RSA_ENCRYPTION | rfc5912::ID_RSASSA_PSS => RsaKey::from_spki(spki, bits).map(Self::Rsa),
            rfc5912::ID_EC_PUBLIC_KEY => EcKey::from_spki(spki, bits).map(Self::Elliptic),
            rfc8410::ID_ED_25519 | rfc8410::ID_ED_448 => EdwardsKey::from_spki(spki, bits).map(Self::Edwards),
            #[cfg(feature = "ml-dsa")]
            fips204::ID_ML_DSA_44 | fips204::ID_ML_DSA_65 | fips204::ID_ML_DSA_87 => {
                MlDsaKey::from_spki(spki, bits).map(Self::ModuleLattice)
            }
            rfc5912::ID_DSA => DsaKey::from_spki(spki, bits).map(Self::Dsa),
            oid => Err(KeyFault::UnknownKey(oid)),
        }
    }

    /// Checks `signature` over a message whose digest is `prehash`.
    pub(crate) fn verify_prehash(
        &self,
        algorithm: SignatureAlgorithm,
        prehash: &[u8],
        signature: &[u8],
    ) -> Result<(), KeyFault> {
        match self {
            Self::Rsa(_) | Self::Elliptic(_) | Self::Dsa(_) => {
                self.check(Claim { algorithm, message: prehash, signature }, Backend::BEST)
            }
            _ => Err(KeyFault::NeedsMessage),
        }
    }

    /// Checks `signature` over `message`.
    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), KeyFault> {
        self.verify_by(Backend::BEST, algorithm, message, signature)
    }

    /// As [`verify`](Self::verify), computed by `backend`.
    pub(crate) fn verify_by(
        &self,
        backend: Backend,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), KeyFault> {
        let prehash = || algorithm.digest().digest(message);
        match self {
            Self::Rsa(_) | Self::Elliptic(_) | Self::Dsa(_) => {
                self.check(Claim { algorithm, message: &prehash(), signature }, backend)
            }
            _ => self.check(Claim { algorithm, message, signature }, backend),
        }
    }

    fn check(&self, claim: Claim<'_>, backend: Backend) -> Result<(), KeyFault> {
        let holds = match self {
            Self::Rsa(key) => key.holds(claim, backend)?,
            Self::Elliptic(key) => key.holds(claim, backend)?,
            Self::Edwards(key) => key.holds(claim, backend)?,
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => key.holds(claim)?,
            Self::Dsa(key) => key.holds(claim)?,
        };
        if holds { Ok(()) } else { Err(KeyFault::BadSignature) }
    }

    /// The modulus' or field's length in bits: the number that policies speak of.
    pub(crate) fn bits(&self) -> u32 {
        match self {
            Self::Rsa(key) => key.bits(),
            Self::Elliptic(key) => key.bits(),
            Self::Edwards(key) => key.bits(),
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => key.bits(),
            Self::Dsa(key) => key.bits(),
        }
    }

    /// The algorithm that this key signs with unless told otherwise: the digest fits the key's strength.
    pub(crate) fn default_algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Rsa(key) => key.default_algorithm(),
            Self::Elliptic(key) => key.default_algorithm(),
            Self::Edwards(key) => key.default_algorithm(),
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => key.default_algorithm(),
            Self::Dsa(_) => SignatureAlgorithm::Dsa(DigestAlgorithm::Sha256),
        }
    }

    /// The longest signature value of this key, in bytes.
    pub(crate) fn signature_len(&self) -> usize {
        match self {
            Self::Rsa(key) => key.signature_len(),
            Self::Elliptic(key) => key.signature_len(),
            Self::Edwards(key) => key.signature_len(),
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => key.signature_len(),
            Self::Dsa(key) => key.signature_len(),
        }
    }

    /// Whether it is on a curve that PDF 2.0 does not name: Edwards curves and Brainpool's.
    pub(crate) fn is_on_new_curve(&self) -> bool {
        match self {
            Self::Edwards(_) => true,
            Self::Elliptic(key) => !matches!(key, EcKey::P256(_) | EcKey::P384(_) | EcKey::P521(_)),
            _ => false,
        }
    }

    /// Whether the two are the same key, whatever else their certificates say of its use.
    #[cfg(feature = "software")]
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Rsa(one), Self::Rsa(other)) => one.is(other),
            _ => self == other,
        }
    }

    /// The key as a `SubjectPublicKeyInfo`; `None` where it cannot be written, which is never for a key that signs.
    #[cfg(feature = "authority")]
    pub(crate) fn to_spki(&self) -> Option<spki::SubjectPublicKeyInfoOwned> {
        let (oid, parameters, bits) = match self {
            Self::Rsa(key) => key.to_spki(),
            Self::Elliptic(key) => key.to_spki(),
            Self::Edwards(key) => key.to_spki(),
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => key.to_spki(),
            Self::Dsa(_) => None,
        }?;
        let algorithm = spki::AlgorithmIdentifierOwned { oid, parameters };
        let subject_public_key = der::asn1::BitString::from_bytes(&bits).ok()?;
        Some(spki::SubjectPublicKeyInfoOwned { algorithm, subject_public_key })
    }
}
