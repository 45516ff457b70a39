//! Keys on elliptic curves, for ECDSA.
//!
//! Invariant: only named curves, points on them, and values in the one DER form; a digest longer than the curve is cut to its length.
//!
//! Specified in RFC 5480, RFC 5758 (identifiers), FIPS 186-5, 6.4 (ECDSA), RFC 5639 (Brainpool).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::{Tag, Tagged};
use ecdsa::signature::hazmat::PrehashVerifier;
use ecdsa::{Signature, VerifyingKey};

use super::brainpool512::BrainpoolP512r1;
use super::{Backend, Claim, KeyFault};
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::SignatureAlgorithm;

/// One row a curve: everything that differs between them.
macro_rules! curves {
    ($($name:ident($curve:ty): $oid:expr, $bits:literal, $der_len:literal, $digest:ident;)+) => {
        /// A public key with its curve.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum EcKey {
            $($name(VerifyingKey<$curve>)),+
        }

        impl EcKey {
            /// Reads a point in SEC 1's form, compressed or not; not the point at infinity.
            fn from_sec1(curve: ObjectIdentifier, point: &[u8]) -> Result<Self, KeyFault> {
                let malformed = |_| KeyFault::Malformed;
                match curve {
                    $(curve if curve == $oid => {
                        VerifyingKey::from_sec1_bytes(point).map(Self::$name).map_err(malformed)
                    })+
                    other => Err(KeyFault::UnknownKey(other)),
                }
            }

            fn holds_purely(&self, claim: Claim<'_>) -> bool {
                match self {
                    $(Self::$name(key) => Signature::<$curve>::from_der(claim.signature)
                        .is_ok_and(|value| key.verify_prehash(claim.message, &value).is_ok()),)+
                }
            }

            #[cfg(any(feature = "authority", feature = "aws-lc"))]
            pub(super) fn curve_and_point(&self) -> (ObjectIdentifier, Vec<u8>) {
                match self {
                    $(Self::$name(key) => ($oid, key.to_sec1_point(false).as_bytes().to_vec()),)+
                }
            }

            /// The field's length.
            pub(super) fn bits(&self) -> u32 {
                match self { $(Self::$name(_) => $bits),+ }
            }

            /// The longest DER `Ecdsa-Sig-Value`: two integers with a sign byte each, and three headers.
            pub(super) fn signature_len(&self) -> usize {
                match self { $(Self::$name(_) => $der_len),+ }
            }

            pub(super) fn default_algorithm(&self) -> SignatureAlgorithm {
                SignatureAlgorithm::Ecdsa(match self { $(Self::$name(_) => DigestAlgorithm::$digest),+ })
            }
        }
    };
}

curves! {
    P256(p256::NistP256): rfc5912::SECP_256_R_1, 256, 72, Sha256;
    P384(p384::NistP384): rfc5912::SECP_384_R_1, 384, 104, Sha384;
    P521(p521::NistP521): rfc5912::SECP_521_R_1, 521, 139, Sha512;
    BrainpoolP256(bp256::BrainpoolP256r1): BRAINPOOL_P256, 256, 72, Sha256;
    BrainpoolP384(bp384::BrainpoolP384r1): BRAINPOOL_P384, 384, 104, Sha384;
    BrainpoolP512(BrainpoolP512r1): BRAINPOOL_P512, 512, 137, Sha512;
}

/// RFC 5639, A.1: the verifiably random curves. Their twists are in no profile for signatures.
pub(crate) const BRAINPOOL_P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7");
pub(crate) const BRAINPOOL_P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11");
pub(crate) const BRAINPOOL_P512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.13");

impl EcKey {
    pub(super) fn from_spki(spki: spki::SubjectPublicKeyInfoRef<'_>, bits: &[u8]) -> Result<Self, KeyFault> {
        match spki.algorithm.parameters {
            Some(parameters) if parameters.tag() == Tag::Sequence => Err(KeyFault::SpelledOutCurve),
            _ => Self::from_sec1(spki.algorithm.parameters_oid().map_err(|_| KeyFault::Malformed)?, bits),
        }
    }

    pub(super) fn holds(&self, claim: Claim<'_>, backend: Backend) -> Result<bool, KeyFault> {
        let SignatureAlgorithm::Ecdsa(_) = claim.algorithm else { return Err(KeyFault::Mismatch) };
        Ok(backend.ecdsa(self, claim).unwrap_or_else(|| self.holds_purely(claim)))
    }

    #[cfg(feature = "authority")]
    pub(super) fn to_spki(&self) -> Option<super::SpkiParts> {
        let (curve, point) = self.curve_and_point();
        Some((rfc5912::ID_EC_PUBLIC_KEY, der::Any::encode_from(&curve).ok(), point))
    }
}
