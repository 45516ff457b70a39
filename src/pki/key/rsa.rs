//! RSA keys.
//!
//! Invariant: a PKCS#1 v1.5 value is checked by encoding the digest and comparing, never by taking the padding apart.
//!
//! Specified in RFC 8017 (RSA), RFC 4055 (keys restricted to PSS).

use std::fmt;

use const_oid::db::rfc5912;
use der::Decode;
use md5::Md5;
use rsa::hazmat::rsa_encrypt;
use rsa::pkcs1::RsaPublicKeyRef;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use sha3::{Sha3_256, Sha3_384, Sha3_512};
use spki::AlgorithmIdentifierRef;

use super::aws_lc::RsaVerifier;
use super::{Backend, Claim, KeyFault, emsa};
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::algorithm::pss::Pss;

/// The lengths that are read, in bits. Policies judge the short ones; beyond the longest nobody has a certificate, and verifying
/// takes long.
const BITS: std::ops::RangeInclusive<usize> = 512..=16_384;

/// The longest public exponent that is read, in bits (FIPS 186-5, A.1.1): verifying takes as long as it is.
const EXPONENT_BITS: u32 = 256;

/// An RSA key and what its certificate lets it be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RsaKey {
    key: RsaPublicKey,
    scheme: Scheme,
    /// The same key once more, where AWS-LC verifies with it.
    verifier: RsaVerifier,
}

/// What a key may sign with, as its certificate or the file of its private half says (RFC 4055, 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Any,
    Pss,
    PssWith(Pss),
}

impl Scheme {
    /// What the identifier of an RSA key says.
    pub(crate) fn of(algorithm: AlgorithmIdentifierRef<'_>) -> Result<Self, KeyFault> {
        match (algorithm.oid, algorithm.parameters) {
            // Departs: RFC 3279, 2.3.1 wants NULL; some keys have nothing, and nobody minds.
            (rfc5912::RSA_ENCRYPTION, parameters) if parameters.is_none_or(|any| any.is_null()) => Ok(Self::Any),
            (rfc5912::ID_RSASSA_PSS, None) => Ok(Self::Pss),
            (rfc5912::ID_RSASSA_PSS, Some(parameters)) => {
                Pss::from_parameters(&parameters.into()).map(Self::PssWith).ok_or(KeyFault::Malformed)
            }
            _ => Err(KeyFault::Malformed),
        }
    }

    /// Whether the key may be used with `algorithm` at all.
    pub(crate) fn check(self, algorithm: SignatureAlgorithm) -> Result<(), KeyFault> {
        let permitted = match (algorithm, self) {
            (SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Shake256), _) => return Err(KeyFault::Mismatch),
            (SignatureAlgorithm::RsaPkcs1(_), scheme) => scheme == Self::Any,
            (SignatureAlgorithm::RsaPss { digest, mask, salt_len }, Self::PssWith(limit)) => {
                limit.permits(Pss { digest, mask, salt_len })
            }
            (SignatureAlgorithm::RsaPss { .. }, _) => true,
            _ => return Err(KeyFault::Mismatch),
        };
        if permitted { Ok(()) } else { Err(KeyFault::Restricted) }
    }
}

/// In words.
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("RSA"),
            Self::Pss => f.write_str("RSASSA-PSS"),
            Self::PssWith(pss) => {
                let algorithm = SignatureAlgorithm::from(*pss);
                let salt = if pss.salt_len == 0 {
                    "any salt".to_owned()
                } else {
                    format!("a salt of {} bytes or more", pss.salt_len)
                };
                write!(f, "{algorithm} and {salt}")
            }
        }
    }
}

impl RsaKey {
    pub(super) fn from_spki(spki: spki::SubjectPublicKeyInfoRef<'_>, bits: &[u8]) -> Result<Self, KeyFault> {
        let scheme = Scheme::of(spki.algorithm)?;
        let malformed = |_| KeyFault::Malformed;
        let parts = RsaPublicKeyRef::from_der(bits).map_err(malformed)?;
        let key = public_key(parts.modulus.as_bytes(), parts.public_exponent.as_bytes())?;
        Ok(Self { key, scheme, verifier: RsaVerifier::default() })
    }

    #[cfg(feature = "software")]
    pub(crate) fn new(key: RsaPublicKey, scheme: Scheme) -> Self {
        Self { key, scheme, verifier: RsaVerifier::default() }
    }

    pub(super) fn scheme(&self) -> Scheme {
        self.scheme
    }

    pub(super) fn holds(&self, claim: Claim<'_>, backend: Backend) -> Result<bool, KeyFault> {
        self.scheme.check(claim.algorithm)?;
        Ok(backend.rsa(self, claim).unwrap_or_else(|| self.holds_purely(claim)))
    }

    fn holds_purely(&self, claim: Claim<'_>) -> bool {
        match claim.algorithm {
            SignatureAlgorithm::RsaPkcs1(digest) => pkcs1_scheme(digest)
                .is_some_and(|scheme| self.key.verify(scheme, claim.message, claim.signature).is_ok()),
            SignatureAlgorithm::RsaPss { digest, mask, salt_len } => {
                self.verify_pss(Pss { digest, mask, salt_len }, claim.message, claim.signature).unwrap_or(false)
            }
            _ => false,
        }
    }

    #[cfg(feature = "aws-lc")]
    pub(super) fn verifier(&self) -> &RsaVerifier {
        &self.verifier
    }

    /// The DER `RSAPublicKey`.
    #[cfg(any(feature = "authority", feature = "aws-lc"))]
    pub(super) fn to_pkcs1_der(&self) -> Option<Vec<u8>> {
        use rsa::pkcs1::EncodeRsaPublicKey;
        Some(self.key.to_pkcs1_der().ok()?.into_vec())
    }

    /// RSASSA-PSS-VERIFY (RFC 8017, 8.1.2); `None` where the value is no number below the modulus.
    fn verify_pss(&self, pss: Pss, prehash: &[u8], signature: &[u8]) -> Option<bool> {
        if signature.len() != self.key.size() {
            return None;
        }
        let value = BoxedUint::from_be_slice(signature, self.key.n().bits_precision()).ok()?;
        if value >= *self.key.n().as_ref() {
            return None;
        }
        let bits = pss_bits(&self.key);
        let number = rsa_encrypt(&self.key, &value).ok()?.to_be_bytes();
        let at = number.len().checked_sub(usize::try_from(bits.div_ceil(8)).ok()?)?;
        let (zeros, em) = number.split_at(at);
        Some(zeros.iter().all(|byte| *byte == 0) && emsa::pss_holds(pss, em, bits, prehash))
    }

    pub(super) fn bits(&self) -> u32 {
        self.key.n().bits()
    }

    pub(super) fn default_algorithm(&self) -> SignatureAlgorithm {
        match self.scheme {
            Scheme::Any => SignatureAlgorithm::RsaPkcs1(self.fitting_digest()),
            Scheme::Pss => SignatureAlgorithm::rsa_pss(self.fitting_digest()),
            Scheme::PssWith(pss) => pss.into(),
        }
    }

    /// The digest of the key's strength (SP 800-57 part 1, Tables 2 and 3).
    fn fitting_digest(&self) -> DigestAlgorithm {
        match self.bits() {
            ..7_680 => DigestAlgorithm::Sha256,
            7_680..15_360 => DigestAlgorithm::Sha384,
            _ => DigestAlgorithm::Sha512,
        }
    }

    pub(super) fn signature_len(&self) -> usize {
        self.key.size()
    }

    /// The numbers alone are the key; what a certificate limits it to is not part of it.
    #[cfg(feature = "software")]
    pub(super) fn is(&self, other: &Self) -> bool {
        self.key == other.key
    }

    #[cfg(feature = "authority")]
    pub(super) fn to_spki(&self) -> Option<super::SpkiParts> {
        let null = der::Any::from(der::asn1::AnyRef::NULL);
        Some((rfc5912::RSA_ENCRYPTION, Some(null), self.to_pkcs1_der()?))
    }
}

/// The crate takes exponents of up to 33 bits only, and asserts that a modulus without its checks is odd.
fn public_key(modulus: &[u8], exponent: &[u8]) -> Result<RsaPublicKey, KeyFault> {
    let [n, e] = [modulus, exponent].map(BoxedUint::from_be_slice_vartime);
    if e <= BoxedUint::from(RsaPublicKey::MAX_PUB_EXPONENT) {
        return RsaPublicKey::new_with_size_limits(n, e, BITS).map_err(|_| KeyFault::Malformed);
    }
    if e.bits() > EXPONENT_BITS {
        return Err(KeyFault::LongExponent(e.bits()));
    }
    let has_length = usize::try_from(n.bits()).is_ok_and(|bits| BITS.contains(&bits));
    let are_odd = [modulus, exponent].iter().all(|number| number.last().is_some_and(|last| last & 1 == 1));
    if has_length && are_odd { Ok(RsaPublicKey::new_unchecked(n, e)) } else { Err(KeyFault::Malformed) }
}

/// The length of the number that PSS makes: one bit less than the modulus (RFC 8017, 8.1.1).
pub(crate) fn pss_bits(key: &impl PublicKeyParts) -> u32 {
    key.n().bits().saturating_sub(1)
}

/// PKCS#1 v1.5 padding with the DigestInfo prefix of `digest` (RFC 8017, 9.2); `None` where there is none.
pub(crate) fn pkcs1_scheme(digest: DigestAlgorithm) -> Option<Pkcs1v15Sign> {
    Some(match digest {
        DigestAlgorithm::Md5 => Pkcs1v15Sign::new::<Md5>(),
        DigestAlgorithm::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        DigestAlgorithm::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        DigestAlgorithm::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        DigestAlgorithm::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        DigestAlgorithm::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        DigestAlgorithm::Sha3_256 => Pkcs1v15Sign::new::<Sha3_256>(),
        DigestAlgorithm::Sha3_384 => Pkcs1v15Sign::new::<Sha3_384>(),
        DigestAlgorithm::Sha3_512 => Pkcs1v15Sign::new::<Sha3_512>(),
        DigestAlgorithm::Shake256 => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::PublicKey;
    use super::*;
    use crate::pki::certificate::Certificate;

    fn certificate(pem: &str) -> Certificate {
        Certificate::from_der(&der::pem::decode_vec(pem.as_bytes()).unwrap().1).unwrap()
    }

    /// Self-signed, made by OpenSSL 3.0: e is 2^65 + 1.
    #[test]
    fn a_long_public_exponent_verifies() {
        let own = certificate(include_str!("../../../tests/keys/vectors/long-exponent.pem"));
        assert!(own.verify(own.spki()).is_ok());
        let mut broken = own.der().to_vec();
        *broken.last_mut().unwrap() ^= 1;
        assert!(Certificate::from_der(&broken).unwrap().verify(own.spki()).is_err());
    }

    #[test]
    fn numbers_that_are_no_key_are_refused_without_panic() {
        let [long, too_long] = [[1; 32].to_vec(), [1; 33].to_vec()];
        let (even, odd) = ([[0x80; 256].as_slice(), &[2]].concat(), [0x81; 256]);
        assert!(public_key(&odd, &long).is_ok());
        assert_eq!(public_key(&odd, &too_long), Err(KeyFault::LongExponent(257)));
        for (n, e) in [(&even[..], &long[..]), (&odd, &[&long[..31], &[2]].concat()), (&odd[..63], &long), (&[], &long)]
        {
            assert_eq!(public_key(n, e), Err(KeyFault::Malformed));
        }
    }

    /// What nobody here can tell is unknown, not false.
    #[test]
    fn a_key_that_is_not_read_is_unsupported() {
        let own = certificate(include_str!("../../../tests/keys/vectors/spelled-out.pem"));
        let fault = PublicKey::from_spki(own.spki()).unwrap_err();
        assert_eq!(fault, KeyFault::SpelledOutCurve);
        assert!(fault.is_unsupported() && KeyFault::LongExponent(257).is_unsupported());
        assert!(!KeyFault::Malformed.is_unsupported());
    }
}
