//! Private keys on elliptic curves.
//!
//! Specified in RFC 5915 (keys), RFC 6979 (nonces), RFC 5758 (values).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use der::{Decode, Tag, Tagged};
use ecdsa::SigningKey;
use ecdsa::elliptic_curve::FieldBytes;
use ecdsa::signature::hazmat::PrehashSigner;

use super::{Secret, spelled_out, unreadable, unsupported};
use crate::error::{Error, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::BrainpoolP512r1;
use crate::pki::key::elliptic::{BRAINPOOL_P256, BRAINPOOL_P384, BRAINPOOL_P512, EcKey};

/// `ECPrivateKey` (RFC 5915, 3).
#[derive(der::Sequence)]
struct EcPrivateKeyInfo<'a> {
    version: u8,
    private_key: &'a OctetStringRef,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    curve: Option<AnyRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public_key: Option<BitStringRef<'a>>,
}

/// One row a curve.
macro_rules! curves {
    ($($name:ident($curve:ty): $oid:expr, $text:literal;)+) => {
        /// A private key with its curve; the crates wipe it when it is dropped.
        #[derive(Clone)]
        pub(crate) enum EcPrivateKey {
            $($name(Box<SigningKey<$curve>>)),+
        }

        impl EcPrivateKey {
            fn from_number(curve: ObjectIdentifier, number: &[u8]) -> Result<Self> {
                match curve {
                    $(curve if curve == $oid => {
                        let number = fitted(number, FieldBytes::<$curve>::default().len());
                        let key = number.and_then(|number| SigningKey::from_slice(&number).ok());
                        key.map(|key| Self::$name(Box::new(key))).ok_or_else(|| unreadable("its number is none of the curve's"))
                    })+
                    other => Err(unsupported(other)),
                }
            }

            pub(crate) fn public_key(&self) -> EcKey {
                match self { $(Self::$name(key) => EcKey::$name(*key.verifying_key())),+ }
            }

            fn public_bits(&self) -> Vec<u8> {
                match self {
                    $(Self::$name(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),)+
                }
            }

            /// RFC 6979 over the curve's own digest for the nonce; the value as DER.
            fn sign_prehash(&self, prehash: &[u8]) -> Result<Vec<u8>, String> {
                match self {
                    $(Self::$name(key) => {
                        let signed: Result<ecdsa::Signature<$curve>, _> = key.sign_prehash(prehash);
                        signed.map(|value| value.to_der().as_bytes().to_vec()).map_err(|fault| fault.to_string())
                    })+
                }
            }

            pub(super) fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $text),+ }
            }

            /// The number, as long as the curve's order.
            #[cfg(any(test, feature = "authority"))]
            pub(super) fn to_number(&self) -> Vec<u8> {
                match self { $(Self::$name(key) => key.to_bytes().to_vec()),+ }
            }

            #[cfg(any(test, feature = "authority"))]
            pub(super) fn curve(&self) -> ObjectIdentifier {
                match self { $(Self::$name(_) => $oid),+ }
            }
        }
    };
}

curves! {
    P256(p256::NistP256): rfc5912::SECP_256_R_1, "a P-256 private key";
    P384(p384::NistP384): rfc5912::SECP_384_R_1, "a P-384 private key";
    P521(p521::NistP521): rfc5912::SECP_521_R_1, "a P-521 private key";
    BrainpoolP256(bp256::BrainpoolP256r1): BRAINPOOL_P256, "a brainpoolP256r1 private key";
    BrainpoolP384(bp384::BrainpoolP384r1): BRAINPOOL_P384, "a brainpoolP384r1 private key";
    BrainpoolP512(BrainpoolP512r1): BRAINPOOL_P512, "a brainpoolP512r1 private key";
}

/// Departs: RFC 5915, 3 wants a number as long as the curve's order; some writers put a sign before it or leave zeros out, which OpenSSL
/// reads as well (`numbers_of_other_lengths_are_the_same_key`).
fn fitted(number: &[u8], len: usize) -> Option<Secret> {
    let first = number.iter().position(|byte| *byte != 0)?;
    let digits = number.get(first..)?;
    let mut fitted = Secret::new(vec![0; len]);
    fitted.get_mut(len.checked_sub(digits.len())?..)?.copy_from_slice(digits);
    Some(fitted)
}

impl EcPrivateKey {
    /// Reads a DER `ECPrivateKey`; `outside` is the curve that stands around it in PKCS#8. What is said twice must agree.
    pub(super) fn from_sec1_der(der: &[u8], outside: Option<ObjectIdentifier>) -> Result<Self> {
        let info = EcPrivateKeyInfo::from_der(der).map_err(unreadable)?;
        let inside = match info.curve {
            Some(curve) if curve.tag() == Tag::Sequence => return Err(spelled_out()),
            Some(curve) => Some(curve.decode_as().map_err(unreadable)?),
            None => None,
        };
        let curve = match (outside, inside) {
            (Some(outside), Some(inside)) if outside != inside => {
                return Err(Error::new(ErrorKind::Key, "the private key names two curves"));
            }
            (outside, inside) => outside.or(inside).ok_or_else(|| unreadable("it names no curve"))?,
        };
        if info.version != 1 {
            return Err(unreadable(format!("its version is {}", info.version)));
        }
        let key = Self::from_number(curve, info.private_key.as_bytes())?;
        let public = info.public_key.map(|public| public.raw_bytes()).filter(|public| public.first() == Some(&4));
        if public.is_some_and(|public| public != key.public_bits()) {
            return Err(super::no_pair());
        }
        Ok(key)
    }

    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, prehash: &[u8]) -> Result<Vec<u8>, String> {
        match algorithm {
            SignatureAlgorithm::Ecdsa(_) => self.sign_prehash(prehash),
            _ => Err(super::mismatch()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::cms::element::{OCTET_STRING, SEQUENCE, tlv};

    #[test]
    fn numbers_of_other_lengths_are_the_same_key() {
        let read = |number: &[u8]| {
            let der = tlv(SEQUENCE, &[&[2, 1, 1], &tlv(OCTET_STRING, &[number])]);
            EcPrivateKey::from_sec1_der(&der, Some(rfc5912::SECP_521_R_1))
        };
        for number in [&[7; 65][..], &[1; 20], &[1]] {
            let whole = [vec![0; 66 - number.len()], number.to_vec()].concat();
            let key = read(&whole).unwrap();
            assert_eq!(key.to_number(), whole);
            for other in [number.to_vec(), [&[0], &whole[..]].concat(), [&[0; 9], &whole[..]].concat()] {
                assert!(read(&other).unwrap().public_key() == key.public_key(), "{other:02x?}");
            }
        }
        for none in [&[][..], &[0; 66], &[2; 66], &[1; 67]] {
            let error = read(none).err().unwrap();
            assert!(error.to_string().contains("none of the curve's"), "{error}");
        }
    }
}
