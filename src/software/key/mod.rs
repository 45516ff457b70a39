//! Private keys: reading them and signing.
//!
//! Invariant: signing is a function of key, algorithm and message, but for PSS by AWS-LC, which draws the salt; `Display` names the key's type and never its value.
//!
//! Specified in RFC 5958 (PKCS#8), RFC 8017, A.1.2 (PKCS#1), RFC 5915 (SEC 1). Nouns: [`PrivateKey`], with one file a family.

pub(crate) mod edwards;
pub(crate) mod elliptic;
#[cfg(feature = "ml-dsa")]
pub(crate) mod module_lattice;
pub(crate) mod rsa;

use std::fmt;

use const_oid::ObjectIdentifier;
#[cfg(feature = "ml-dsa")]
use const_oid::db::fips204;
use const_oid::db::{rfc5912, rfc8410};
use der::{Tag, Tagged};
use pkcs8::PrivateKeyInfoRef;

use self::edwards::EdwardsPrivateKey;
use self::elliptic::EcPrivateKey;
#[cfg(feature = "ml-dsa")]
use self::module_lattice::MlDsaPrivateKey;
use self::rsa::RsaSigningKey;
use super::Secret;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::rsa::Scheme;
use crate::pki::key::{Backend, PublicKey};

/// A private key in memory; wiped when dropped.
#[derive(Clone)]
pub(crate) enum PrivateKey {
    Rsa(RsaSigningKey),
    Elliptic(EcPrivateKey),
    Edwards(EdwardsPrivateKey),
    #[cfg(feature = "ml-dsa")]
    ModuleLattice(MlDsaPrivateKey),
}

impl PrivateKey {
    /// Reads a DER `PrivateKeyInfo` (RFC 5958, 2).
    pub(crate) fn from_pkcs8_der(der: &[u8]) -> Result<Self> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(unreadable)?;
        let inner = info.private_key.as_bytes();
        match info.algorithm.oid {
            rfc5912::RSA_ENCRYPTION | rfc5912::ID_RSASSA_PSS => {
                let scheme = Scheme::of(info.algorithm).map_err(unreadable)?;
                RsaSigningKey::from_pkcs1_der(inner, scheme).map(Self::Rsa)
            }
            rfc5912::ID_EC_PUBLIC_KEY => {
                if info.algorithm.parameters.is_some_and(|parameters| parameters.tag() == Tag::Sequence) {
                    return Err(spelled_out());
                }
                let curve = info.algorithm.parameters_oid().map_err(unreadable)?;
                EcPrivateKey::from_sec1_der(inner, Some(curve)).map(Self::Elliptic)
            }
            oid @ (rfc8410::ID_ED_25519 | rfc8410::ID_ED_448) => {
                let public = info.public_key.map(|public| public.raw_bytes());
                EdwardsPrivateKey::from_der(oid, inner, public).map(Self::Edwards)
            }
            #[cfg(feature = "ml-dsa")]
            oid @ (fips204::ID_ML_DSA_44 | fips204::ID_ML_DSA_65 | fips204::ID_ML_DSA_87) => {
                MlDsaPrivateKey::from_der(oid, inner).map(Self::ModuleLattice)
            }
            other => Err(unsupported(other)),
        }
    }

    /// Reads a DER `RSAPrivateKey` (RFC 8017, A.1.2).
    pub(crate) fn from_pkcs1_der(der: &[u8]) -> Result<Self> {
        RsaSigningKey::from_pkcs1_der(der, Scheme::Any).map(Self::Rsa)
    }

    /// Reads a DER `ECPrivateKey` (RFC 5915, 3) that names its curve.
    pub(crate) fn from_sec1_der(der: &[u8]) -> Result<Self> {
        EcPrivateKey::from_sec1_der(der, None).map(Self::Elliptic)
    }

    /// The public half.
    pub(crate) fn public_key(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.public_key()),
            Self::Elliptic(key) => PublicKey::Elliptic(key.public_key()),
            Self::Edwards(key) => PublicKey::Edwards(key.public_key()),
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => PublicKey::ModuleLattice(key.public_key()),
        }
    }

    /// The signature value over `message`, in the form that [`Signer::sign`](crate::Signer::sign) promises.
    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>> {
        self.sign_by(Backend::BEST, algorithm, message)
    }

    /// As [`sign`](Self::sign), computed by `backend`.
    pub(crate) fn sign_by(&self, backend: Backend, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>> {
        self.try_sign_by(backend, algorithm, message).map_err(|fault| {
            Error::new(ErrorKind::Signer, format!("{self} did not sign with {algorithm}"))
                .because(fault)
                .class_is(ErrorClass::Permanent)
        })
    }

    /// Whether what signs compares each value, raised to the public exponent, with what it signed, and gives none that differs: RSA, by
    /// either backend, since a wrong value may give the key away (Boneh, DeMillo and Lipton, 1997).
    pub(crate) fn verifies_itself(&self) -> bool {
        matches!(self, Self::Rsa(_))
    }

    /// As [`sign`](Self::sign); or why not, alone.
    pub(crate) fn try_sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, String> {
        self.try_sign_by(Backend::BEST, algorithm, message)
    }

    fn try_sign_by(&self, backend: Backend, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, String> {
        let prehash = || algorithm.digest().digest(message);
        match self {
            Self::Rsa(key) => key.sign(backend, algorithm, &prehash()),
            Self::Elliptic(key) => key.sign(algorithm, &prehash()),
            Self::Edwards(key) => key.sign(backend, algorithm, message),
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => key.sign(algorithm, message),
        }
    }
}

/// The key's type.
impl fmt::Display for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(key) => write!(f, "an RSA private key of {} bits", key.bits()),
            Self::Elliptic(key) => f.write_str(key.name()),
            Self::Edwards(key) => f.write_str(key.name()),
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => f.write_str(key.name()),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({self})")
    }
}

fn mismatch() -> String {
    "the algorithm does not belong to the key's type".to_owned()
}

fn unreadable(fault: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Key, "the private key cannot be read")
        .because(fault.to_string())
        .advise("try `openssl pkey -in key.pem -check -noout`, and write it anew with `openssl pkey`")
}

/// What is said twice must agree.
fn no_pair() -> Error {
    Error::new(ErrorKind::Key, "the private key and the public key beside it are not one pair")
        .advise("write the file anew from the private key alone")
}

/// RFC 5480, 2.1.1 wants the name of a curve: whoever may write its numbers may write others.
fn spelled_out() -> Error {
    crate::software::unsupported("the private key spells its curve out instead of naming it")
        .advise("name it: `openssl ec -in key.pem -param_enc named_curve -out named.pem`")
}

fn unsupported(algorithm: ObjectIdentifier) -> Error {
    crate::software::unsupported(format!("private keys of the algorithm or curve {algorithm} are not supported"))
        .advise(
            "use RSA of 2048 to 8192 bits, ECDSA over a NIST or Brainpool curve of 256 bits or more, Ed25519 or Ed448",
        )
}

/// Writing, for tests and what they set up: nothing else takes a key out of its place.
#[cfg(any(test, feature = "authority"))]
impl PrivateKey {
    /// A DER `PrivateKeyInfo`.
    pub(crate) fn to_pkcs8_der(&self) -> der::Result<Vec<u8>> {
        use der::{Any, Encode};

        use crate::pki::cms::element::{OCTET_STRING, SEQUENCE, context, tlv};
        let oid = |oid: ObjectIdentifier| oid.to_der();
        let (algorithm, inner) = match self {
            Self::Rsa(key) => {
                let null = Any::null().to_der()?;
                ([oid(rfc5912::RSA_ENCRYPTION)?, null].concat(), key.to_pkcs1_der()?)
            }
            Self::Elliptic(key) => {
                let (number, curve) = (tlv(OCTET_STRING, &[&key.to_number()]), tlv(context(0), &[&oid(key.curve())?]));
                let inner = tlv(SEQUENCE, &[&[2, 1, 1], &number, &curve]);
                ([oid(rfc5912::ID_EC_PUBLIC_KEY)?, oid(key.curve())?].concat(), inner)
            }
            Self::Edwards(EdwardsPrivateKey::Ed25519(key)) => {
                (oid(rfc8410::ID_ED_25519)?, tlv(OCTET_STRING, &[key.seed()]))
            }
            Self::Edwards(EdwardsPrivateKey::Ed448(key)) => {
                (oid(rfc8410::ID_ED_448)?, tlv(OCTET_STRING, &[key.as_bytes()]))
            }
            #[cfg(feature = "ml-dsa")]
            Self::ModuleLattice(key) => {
                let (algorithm, seed) = key.oid_and_seed();
                (oid(algorithm)?, tlv(0x80, &[&seed]))
            }
        };
        Ok(tlv(SEQUENCE, &[&[2, 1, 0], &tlv(SEQUENCE, &[&algorithm]), &tlv(OCTET_STRING, &[&inner])]))
    }
}
