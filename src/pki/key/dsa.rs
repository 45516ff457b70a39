//! DSA keys, to verify what is old.
//!
//! Specified in FIPS 186-4 (FIPS 186-5 withdrew it for new signatures); RFC 3279, 2.3.2 (keys) and 2.2.2 (values).

use const_oid::db::rfc5912::ID_DSA;
use crypto_primes::Flavor;
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
        let (g, y) = (g?, y?);
        if g >= p || y >= p {
            return None;
        }
        let components = Components::from_components(p, q, g.clone()).ok()?;
        // FIPS 186-4, A.2.2: under a generator of another order, such as 1, one value signs everything. The crate asks this of `y` alone.
        let generates = VerifyingKey::from_components(components.clone(), g);
        generates.and_then(|_| VerifyingKey::from_components(components, y)).ok().map(|key| Self(Box::new(key)))
    }

    pub(super) fn holds(&self, claim: Claim<'_>) -> Result<bool, KeyFault> {
        let SignatureAlgorithm::Dsa(_) = claim.algorithm else { return Err(KeyFault::Mismatch) };
        let value = Signature::from_der(claim.signature);
        Ok(value.is_ok_and(|value| self.0.verify_prehash(claim.message, &value).is_ok()) && self.is_over_a_field())
    }

    /// FIPS 186-4, A.1.1.3: `p` and `q` are prime. Who chooses others finds a key under which one value signs everything, stamps that value,
    /// and covers with it later what he likes. Asked last, for it takes longer than all else.
    fn is_over_a_field(&self) -> bool {
        let components = self.0.components();
        let numbers: [&BoxedUint; 2] = [components.p().as_ref(), components.q().as_ref()];
        numbers.into_iter().all(|number| crypto_primes::is_prime(Flavor::Any, number))
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
    use crate::digest::DigestAlgorithm;

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

    /// Numbers of the right size: q divides p - 1, and `G` is of order q.
    const P: &str = "a2b5244cea8783da21c035b975e56374bdfdfce05912651756351afa7f1ec4b3f5cd2206a733d7818580d56d66adb41e\
        ae1413a7e56a96879c38b41e7d400b28d7625a9b5d88c6547a6aca7f5e4e7e2cc0eb40d41b8314500c308dc7bfa05dec\
        1ca977715b29658384192b32f8e57b2cf7e22746363acf196a5c5a93e52b73cb";
    const Q: &str = "dc76f18a0585a01c4c7d6df0621aef57e4cc4133";
    const G: &str = "17e5d62569094fbe276fc948dac10b0d5fd41b9c80c16755630381facebeae0526b7d47a11f16b46c542260b3e4b63bd\
        44db7ea21f3879af04f0ff2629ef85ead71e20dc674a8ff126789003489834f5da5cb61e84a88aea93a9ee22a41888fb\
        2254e72465a30f09cf3bd4f9146d28db2dda88c5ffb31c1d9e40a68b8cb500c7";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    /// Numbers of the right size, where p is q times another prime, and G is of order q and, modulo q, 1: so is every power of it.
    const COMPOSITE_P: &str = "bdda3f5f2bd32165a00a5a45e95fdca8ad708a93e20aba95a45df52b89b55cfe37a487dbec76ea5d06c12d8c230f2365\
        a7f29cd44eefdc870e40bff2e4448e530322ed6bf88479ee8fc573de10df847ce5261ca37ae27a25adfb0be2c16f89fc\
        a20081feb073ab3967f77b1d17ec9eeac71f2ee2524339613df17da417bab401";
    const COMPOSITE_Q: &str = "e57bae11417e16c97c7dfaf5eba38bf6a8fe622b";
    const COMPOSITE_G: &str = "4a532a91b0a6ee6a23024519460769ad6e748f73abff169e6247dc72a60e431faafb977f1a5f81fab6bb569aaeed985c\
        9d5fb3b2ae21f143f1264f520053afd7fe9403ee52c2f26c4d08175a3f1d69d7a3f1ea7ca2559b7d8199b019f1c66e8a\
        be633aa7999c7e62032ccb66357cc9edbf4a40f7340687801753f919bf58482a";

    /// The value (1, 4711) would be the signature of everything.
    #[test]
    fn a_key_is_over_a_field() {
        let [p, q, g] = [COMPOSITE_P, COMPOSITE_Q, COMPOSITE_G].map(bytes);
        let [p, q, g] = [&p, &q, &g].map(|number| UintRef::new(number).unwrap());
        let key = DsaKey::new(&Parameters { p, q, g }, g).unwrap();
        let signature = [0x30, 7, 2, 1, 1, 2, 2, 0x12, 0x67];
        for message in [[1; 20], [2; 20]] {
            let value = Signature::from_der(&signature).unwrap();
            assert!(key.0.verify_prehash(&message, &value).is_ok());
            let algorithm = SignatureAlgorithm::Dsa(DigestAlgorithm::Sha1);
            assert_eq!(key.holds(Claim { algorithm, message: &message, signature: &signature }), Ok(false));
        }
    }

    /// Under the generator 1, one value would be the signature of everything.
    #[test]
    fn a_generator_has_the_order_of_q() {
        let [p, q, y] = [P, Q, G].map(bytes);
        let read = |g: &[u8]| {
            let [p, q, g, y] = [&p, &q, g, &y].map(|number| UintRef::new(number).unwrap());
            DsaKey::new(&Parameters { p, q, g }, y).is_some()
        };
        let minus_one = [&p[..p.len() - 1], &[p[p.len() - 1] - 1]].concat();
        assert!(read(&y));
        assert_eq!([&[1][..], &[2], &minus_one, &p].map(read), [false; 4]);
    }
}
