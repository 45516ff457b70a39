//! Who asks for a certificate.

use p256::elliptic_curve::Generate;
use pkcs8::{EncodePrivateKey, LineEnding};
use rsa::RsaPrivateKey;

use crate::error::{Error, ErrorKind, Result};
use crate::software::derived::Derived;
use crate::software::key::PrivateKey;
use crate::time::Time;

/// Who gets a certificate: name, key and validity. A plain name is a subscriber with the defaults.
#[derive(Clone, Debug)]
pub struct Subscriber {
    pub(super) common_name: String,
    pub(super) key: KeyType,
    pub(super) validity: Option<(Time, Time)>,
}

impl Subscriber {
    /// A subscriber with a P-256 key, whose certificate is valid for 3 years from the authority's beginning.
    pub fn new(common_name: impl Into<String>) -> Self {
        Self { common_name: common_name.into(), key: KeyType::P256, validity: None }
    }

    /// Gives another type of key.
    #[must_use]
    pub fn key(mut self, key: KeyType) -> Self {
        self.key = key;
        self
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
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 4096 bits.
    Rsa4096,
}

impl KeyType {
    /// The key that follows from `derived`.
    pub(super) fn generate(self, derived: &mut Derived) -> Result<PrivateKey> {
        match self {
            Self::P256 => Ok(PrivateKey::P256(p256::ecdsa::SigningKey::generate_from_rng(derived))),
            Self::P384 => Ok(PrivateKey::P384(p384::ecdsa::SigningKey::generate_from_rng(derived))),
            Self::P521 => Ok(PrivateKey::P521(Box::new(p521::ecdsa::SigningKey::generate_from_rng(derived)))),
            Self::Rsa2048 => rsa(derived, 2048),
            Self::Rsa3072 => rsa(derived, 3072),
            Self::Rsa4096 => rsa(derived, 4096),
        }
    }
}

/// `key` as PKCS#8 PEM.
pub(super) fn pem(key: &PrivateKey) -> Result<String> {
    let pem = match key {
        PrivateKey::Rsa(key) => key.to_pkcs8_pem(LineEnding::LF),
        PrivateKey::P256(key) => key.to_pkcs8_pem(LineEnding::LF),
        PrivateKey::P384(key) => key.to_pkcs8_pem(LineEnding::LF),
        PrivateKey::P521(key) => key.to_pkcs8_pem(LineEnding::LF),
    };
    pem.map(|pem| pem.to_string())
        .map_err(|fault| Error::new(ErrorKind::Key, "the key cannot be written as PKCS#8").because(fault.to_string()))
}

fn rsa(derived: &mut Derived, bits: usize) -> Result<PrivateKey> {
    let key = RsaPrivateKey::new(derived, bits)
        .map_err(|fault| Error::new(ErrorKind::Key, "the RSA key cannot be made").because(fault))?;
    Ok(PrivateKey::Rsa(Box::new(key)))
}
