//! Who asks for a certificate.

use const_oid::ObjectIdentifier;
#[cfg(feature = "ml-dsa")]
use const_oid::db::fips204;
use const_oid::db::rfc8410;
use der::{Encode, pem as encoding};
use p256::elliptic_curve::Generate;
use rsa::RsaPrivateKey;

use super::certificate::spki;
use crate::digest::{DigestAlgorithm, hex};
use crate::error::{Error, ErrorKind, Result};
use crate::software::derived::Derived;
use crate::software::key::PrivateKey;
use crate::software::key::edwards::EdwardsPrivateKey;
use crate::software::key::elliptic::EcPrivateKey;
#[cfg(feature = "ml-dsa")]
use crate::software::key::module_lattice::MlDsaPrivateKey;
use crate::software::key::rsa::RsaSigningKey;
use crate::software::pem;
use crate::time::Time;

/// Who gets a certificate: name, key and validity. A plain name is a subscriber with the defaults.
#[derive(Clone, Debug)]
pub struct Subscriber {
    pub(super) common_name: String,
    pub(super) key: Key,
    pub(super) validity: Option<(Time, Time)>,
}

impl Subscriber {
    /// A subscriber with a P-256 key, whose certificate is valid for 3 years from the authority's beginning.
    pub fn new(common_name: impl Into<String>) -> Self {
        Self { common_name: common_name.into(), key: Key::Derived(KeyType::P256), validity: None }
    }

    /// Gives another type of key.
    #[must_use]
    pub fn key(mut self, key: KeyType) -> Self {
        self.key = Key::Derived(key);
        self
    }

    /// Gives a key that is there already, in PEM (PKCS#8, PKCS#1 or SEC 1), instead of one that follows from the seed.
    ///
    /// # Errors
    /// Those of [`SoftwareSigner::from_pem`](crate::SoftwareSigner::from_pem), for the key.
    pub fn private_key(mut self, pem: &[u8]) -> Result<Self> {
        let (form, der) = pem::private_key(pem)?;
        self.key = Key::Own(form.read(&der)?);
        Ok(self)
    }

    /// Makes the certificate valid from `not_before` until `not_after`, both included. Who issues it is the authority
    /// in force at `not_before`.
    #[must_use]
    pub fn valid(mut self, not_before: Time, not_after: Time) -> Self {
        self.validity = Some((not_before, not_after));
        self
    }
}

impl From<&str> for Subscriber {
    fn from(common_name: &str) -> Self {
        Self::new(common_name)
    }
}

/// Where the key of an entity comes from.
#[derive(Clone, Debug)]
pub(super) enum Key {
    Derived(KeyType),
    Own(PrivateKey),
}

impl Key {
    /// The key itself.
    pub(super) fn make(&self, derived: &mut Derived) -> Result<PrivateKey> {
        match self {
            Self::Derived(kind) => kind.generate(derived),
            Self::Own(key) => Ok(key.clone()),
        }
    }

    /// What tells it from other keys.
    pub(super) fn label(&self) -> Result<String> {
        match self {
            Self::Derived(kind) => Ok(format!("{kind:?}")),
            Self::Own(key) => Ok(hex(&DigestAlgorithm::Sha256.digest(&public_half(key)?))),
        }
    }
}

/// A type of key. Making an RSA key takes a second or more; the others take next to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyType {
    /// ECDSA over P-256, the default.
    P256,
    /// ECDSA over P-384.
    P384,
    /// ECDSA over P-521.
    P521,
    /// ECDSA over brainpoolP256r1.
    BrainpoolP256,
    /// ECDSA over brainpoolP384r1.
    BrainpoolP384,
    /// ECDSA over brainpoolP512r1.
    BrainpoolP512,
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 4096 bits.
    Rsa4096,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// ML-DSA-44.
    #[cfg(feature = "ml-dsa")]
    MlDsa44,
    /// ML-DSA-65.
    #[cfg(feature = "ml-dsa")]
    MlDsa65,
    /// ML-DSA-87.
    #[cfg(feature = "ml-dsa")]
    MlDsa87,
}

impl KeyType {
    /// The key that follows from `derived`.
    fn generate(self, derived: &mut Derived) -> Result<PrivateKey> {
        /// Of an elliptic curve.
        macro_rules! elliptic {
            ($curve:ident) => {
                PrivateKey::Elliptic(EcPrivateKey::$curve(Box::new(ecdsa::SigningKey::generate_from_rng(derived))))
            };
        }
        Ok(match self {
            Self::P256 => elliptic!(P256),
            Self::P384 => elliptic!(P384),
            Self::P521 => elliptic!(P521),
            Self::BrainpoolP256 => elliptic!(BrainpoolP256),
            Self::BrainpoolP384 => elliptic!(BrainpoolP384),
            Self::BrainpoolP512 => elliptic!(BrainpoolP512),
            Self::Rsa2048 => return rsa(derived, 2048),
            Self::Rsa3072 => return rsa(derived, 3072),
            Self::Rsa4096 => return rsa(derived, 4096),
            Self::Ed25519 => edwards(rfc8410::ID_ED_25519, &derived.bytes::<32>())?,
            Self::Ed448 => edwards(rfc8410::ID_ED_448, &derived.bytes::<57>())?,
            #[cfg(feature = "ml-dsa")]
            Self::MlDsa44 => module_lattice(fips204::ID_ML_DSA_44, derived.bytes()),
            #[cfg(feature = "ml-dsa")]
            Self::MlDsa65 => module_lattice(fips204::ID_ML_DSA_65, derived.bytes()),
            #[cfg(feature = "ml-dsa")]
            Self::MlDsa87 => module_lattice(fips204::ID_ML_DSA_87, derived.bytes()),
        })
    }
}

/// `key` as PKCS#8 PEM.
pub(super) fn pem(key: &PrivateKey) -> Result<String> {
    let unwritable = |fault| Error::new(ErrorKind::Key, "the key cannot be written as PKCS#8").because(fault);
    let der = key.to_pkcs8_der().map_err(unwritable)?;
    encoding::encode_string("PRIVATE KEY", encoding::LineEnding::LF, &der).map_err(|fault| unwritable(fault.into()))
}

fn public_half(key: &PrivateKey) -> Result<Vec<u8>> {
    spki(key).and_then(|spki| spki.to_der()).map_err(super::unwritable)
}

fn rsa(derived: &mut Derived, bits: usize) -> Result<PrivateKey> {
    let key = RsaPrivateKey::new(derived, bits)
        .map_err(|fault| Error::new(ErrorKind::Key, "the RSA key cannot be made").because(fault))?;
    Ok(PrivateKey::Rsa(RsaSigningKey::new(key)))
}

fn edwards(oid: ObjectIdentifier, seed: &[u8]) -> Result<PrivateKey> {
    let key = EdwardsPrivateKey::from_seed(oid, seed);
    key.map(PrivateKey::Edwards).ok_or_else(|| Error::new(ErrorKind::Key, "the key cannot be made"))
}

#[cfg(feature = "ml-dsa")]
fn module_lattice(oid: ObjectIdentifier, seed: [u8; 32]) -> PrivateKey {
    PrivateKey::ModuleLattice(MlDsaPrivateKey::from_seed(oid, &seed.into()))
}
