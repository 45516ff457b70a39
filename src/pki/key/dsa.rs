//! DSA keys, to verify what is old.
//!
//! Specified in FIPS 186-4 (FIPS 186-5 withdrew it for new signatures); RFC 3279, 2.3.2 (keys) and 2.2.2 (values).

use const_oid::db::rfc5912::ID_DSA;
use der::asn1::{AnyRef, UintRef};
use der::{Decode, Encode};
use dsa::{BoxedUint, Components, Signature, VerifyingKey};
use ecdsa::signature::hazmat::PrehashVerifier;
use spki::SubjectPublicKeyInfoRef;

use super::{Claim, KeyFault};
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
    /// Reads a key with its parameters. One that inherits its issuer's (RFC 3279, 2.3.2) has to [`inherit`] them first.
    pub(super) fn from_spki(spki: SubjectPublicKeyInfoRef<'_>, bits: &[u8]) -> Result<Self, KeyFault> {
        let parameters = own_parameters(&spki).ok_or(KeyFault::InheritedParameters)?;
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

    pub(super) fn holds(&self, claim: Claim<'_>) -> Result<bool, KeyFault> {
        let SignatureAlgorithm::Dsa(_) = claim.algorithm else { return Err(KeyFault::Mismatch) };
        let value = Signature::from_der(claim.signature);
        Ok(value.is_ok_and(|value| self.0.verify_prehash(claim.message, &value).is_ok()))
    }

    pub(super) fn bits(&self) -> u32 {
        self.0.components().p().bits()
    }

    pub(super) fn signature_len(&self) -> usize {
        // Two integers of the length of `q`, at most 256 bits.
        72
    }
}

/// The DER `SubjectPublicKeyInfo` `spki` with the parameters of its issuer's key `above`, where it is a DSA key without its own, and the
/// issuer has one with some (RFC 5280, 6.1.4 (d) to (f)). Keys of no other type inherit (RFC 5480, 2.1.1).
pub(crate) fn inherit(spki: &[u8], above: &[u8]) -> Option<Vec<u8>> {
    let [mut key, above] =
        [SubjectPublicKeyInfoRef::from_der(spki).ok()?, SubjectPublicKeyInfoRef::from_der(above).ok()?];
    if [key.algorithm.oid, above.algorithm.oid] != [ID_DSA; 2] || own_parameters(&key).is_some() {
        return None;
    }
    key.algorithm.parameters = Some(own_parameters(&above)?);
    key.to_der().ok()
}

/// NULL is as good as nothing (RFC 5280, 6.1.4 (e)).
fn own_parameters<'a>(spki: &SubjectPublicKeyInfoRef<'a>) -> Option<AnyRef<'a>> {
    spki.algorithm.parameters.filter(|parameters| !parameters.is_null())
}

#[cfg(test)]
mod tests {
    use const_oid::ObjectIdentifier;
    use const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
    use der::Any;
    use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

    use super::super::PublicKey;
    use super::*;

    fn key(oid: ObjectIdentifier, parameters: Option<Any>, bits: u8) -> Vec<u8> {
        let subject_public_key = der::asn1::BitString::from_bytes(&[2, 1, bits]).unwrap();
        let algorithm = AlgorithmIdentifierOwned { oid, parameters };
        SubjectPublicKeyInfoOwned { algorithm, subject_public_key }.to_der().unwrap()
    }

    #[test]
    fn a_key_without_parameters_inherits_those_of_its_own_kind() {
        let some = || Some(Any::encode_from(&7_u8).unwrap());
        let above = key(ID_DSA, some(), 1);
        for none in [None, Some(Any::null())] {
            let heir = key(ID_DSA, none.clone(), 2);
            assert_eq!(PublicKey::from_spki(&heir), Err(KeyFault::InheritedParameters));
            assert_eq!(inherit(&heir, &above), Some(key(ID_DSA, some(), 2)));
            assert_eq!(inherit(&heir, &key(ID_DSA, none, 1)), None);
            assert_eq!(inherit(&heir, &key(ID_EC_PUBLIC_KEY, some(), 1)), None);
        }
        assert_eq!(inherit(&key(ID_DSA, some(), 2), &above), None);
        assert_eq!(inherit(&key(ID_EC_PUBLIC_KEY, None, 2), &above), None);
        assert_eq!(inherit(b"no key", &above), None);
    }
}
