//! DSA keys, to verify what is old.
//!
//! Specified in FIPS 186-4 (FIPS 186-5 withdrew it for new signatures); RFC 3279, 2.3.2 (keys) and 2.2.2 (values).

use der::asn1::UintRef;
use der::{Decode, Encode};
use dsa::{BoxedUint, Components, Signature, VerifyingKey};
use ecdsa::signature::hazmat::PrehashVerifier;

use super::KeyFault;
use crate::pki::algorithm::SignatureAlgorithm;

/// A DSA key of one of the four sizes in FIPS 186-4, 4.2.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DsaKey(Box<VerifyingKey>);

impl Eq for DsaKey {}

/// `Dss-Parms`.
#[derive(der::Sequence)]
struct Parameters<'a> {
    p: UintRef<'a>,
    q: UintRef<'a>,
    g: UintRef<'a>,
}

impl DsaKey {
    /// Reads a key with its parameters. A key that inherits its issuer's (RFC 3279, 2.3.2) cannot be used.
    pub(super) fn from_spki(spki: spki::SubjectPublicKeyInfoRef<'_>, bits: &[u8]) -> Result<Self, KeyFault> {
        let Some(parameters) = spki.algorithm.parameters else { return Err(KeyFault::InheritedParameters) };
        let der = parameters.to_der().map_err(|_| KeyFault::Malformed)?;
        let y = UintRef::from_der(bits).map_err(|_| KeyFault::Malformed)?;
        Parameters::from_der(&der).ok().and_then(|parameters| Self::new(&parameters, y)).ok_or(KeyFault::Malformed)
    }

    fn new(parameters: &Parameters<'_>, y: UintRef<'_>) -> Option<Self> {
        let p = BoxedUint::from_be_slice_vartime(parameters.p.as_bytes());
        let q = BoxedUint::from_be_slice_vartime(parameters.q.as_bytes());
        // The crate computes in the length of `p` and takes it for granted that the others fit.
        let [g, y] = [parameters.g, y].map(|part| BoxedUint::from_be_slice(part.as_bytes(), p.bits_precision()).ok());
        let (g, y) = (g?, y.filter(|y| *y < p)?);
        let components = Components::from_components(p, q, g).ok()?;
        VerifyingKey::from_components(components, y).ok().map(|key| Self(Box::new(key)))
    }

    pub(super) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        prehash: &[u8],
        signature: &[u8],
    ) -> Result<bool, KeyFault> {
        match algorithm {
            SignatureAlgorithm::Dsa(_) => {
                let value = Signature::from_der(signature);
                Ok(value.is_ok_and(|value| self.0.verify_prehash(prehash, &value).is_ok()))
            }
            _ => Err(KeyFault::Mismatch),
        }
    }

    pub(super) fn bits(&self) -> u32 {
        self.0.components().p().bits()
    }

    pub(super) fn signature_len(&self) -> usize {
        // Two integers of the length of `q`, at most 256 bits.
        72
    }
}
