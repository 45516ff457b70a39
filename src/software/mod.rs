//! A signing key in memory, read from PKCS#8.
//!
//! What it is for: services that keep their key in a file or a secret store, and tests. Where the key lives in a
//! device, implement [`Signer`] over the device instead.
//!
//! Invariant: no clock and no randomness. ECDSA nonces, RSA blinding and PSS salts are derived from the key and the
//! message, so the same input gives the same signature.
//! Invariant: nothing that is shown, `Debug` included, contains a secret; the key's memory is wiped when it is dropped.
//!
//! Specified in RFC 5958 (PKCS#8), RFC 7468 (PEM), RFC 6979 (deterministic ECDSA), RFC 8017 (RSA).
//! Nouns: [`SoftwareSigner`]; beneath it [`PrivateKey`](key::PrivateKey).

pub(crate) mod derived;
pub(crate) mod key;
pub(crate) mod pem;

use std::fmt;

use der::zeroize::Zeroizing;

use self::key::PrivateKey;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::port::{Identity, Signer, SigningInput};

/// A [`Signer`] whose private key is in memory: RSA of 2048 to 8192 bits, or ECDSA over P-256, P-384 or P-521.
///
/// RSA is computed with blinding, but not every step beneath it is free of timing differences
/// ([RUSTSEC-2023-0071](https://rustsec.org/advisories/RUSTSEC-2023-0071)). Where an attacker can measure how long
/// signatures take, use ECDSA or a device.
///
/// # Examples
/// ```no_run
/// use pades_ltv::SoftwareSigner;
///
/// let signer = SoftwareSigner::from_pem(&std::fs::read("key.pem")?, &std::fs::read("chain.pem")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SoftwareSigner {
    key: PrivateKey,
    identity: Identity,
}

impl SoftwareSigner {
    /// Reads a PEM private key (`BEGIN PRIVATE KEY`, PKCS#8) and the PEM certificates of its owner and of the
    /// authorities above.
    ///
    /// The certificates may stand in any order: the one with this key's public half becomes the signing certificate,
    /// the others follow as given. Text around the PEM blocks is skipped.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for encrypted keys, for the older forms `RSA PRIVATE KEY` and `EC PRIVATE KEY`, and
    /// for other algorithms; [`ErrorKind::Key`] if the key cannot be read or belongs to none of the certificates;
    /// [`ErrorKind::Certificate`] if there is no certificate or one cannot be read.
    pub fn from_pem(key_pem: &[u8], chain_pem: &[u8]) -> Result<Self> {
        let key = pem::private_key(key_pem)?;
        Self::from_pkcs8_der(&key, pem::certificates(chain_pem)?)
    }

    /// As [`from_pem`](Self::from_pem), from a DER `PrivateKeyInfo` and DER certificates.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem).
    pub fn from_pkcs8_der<C: AsRef<[u8]>>(key: &[u8], chain: impl IntoIterator<Item = C>) -> Result<Self> {
        Self::new(PrivateKey::from_pkcs8_der(key)?, chain)
    }

    /// Signs with `algorithm` rather than with the one that fits the key.
    ///
    /// # Errors
    /// [`ErrorKind::Key`] if the key cannot sign so: RSA with an ECDSA key, say, or a salt that
    /// does not fit.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Result<Self> {
        let sample = b"can this key sign so?";
        self.key.sign(algorithm, sample).map_err(|_| {
            Error::new(ErrorKind::Key, format!("{} cannot sign with {algorithm}", self.key)).at(self.certificate())
        })?;
        Ok(Self { identity: self.identity.with_algorithm(algorithm), key: self.key })
    }

    /// A signer with `key`, whose certificate is somewhere in `chain`.
    pub(crate) fn new<C: AsRef<[u8]>>(key: PrivateKey, chain: impl IntoIterator<Item = C>) -> Result<Self> {
        let mut chain: Vec<C> = chain.into_iter().collect();
        let public = key.public_key();
        let mut names = Vec::new();
        for (position, der) in chain.iter().enumerate() {
            let certificate = Certificate::from_der(der.as_ref()).map_err(|fault| {
                let place = format!("certificate {} of the chain", position.saturating_add(1));
                Error::new(ErrorKind::Certificate, "the certificate cannot be read").at(place).because(fault)
            })?;
            if certificate.public_key().is_ok_and(|theirs| theirs == public) {
                chain.get_mut(..=position).unwrap_or_default().rotate_right(1);
                return Ok(Self { key, identity: Identity::new(chain)? });
            }
            names.push(certificate.to_string());
        }
        Err(if names.is_empty() { no_certificate() } else { foreign_key(&key, &names) })
    }

    fn certificate(&self) -> &Certificate {
        self.identity.signing_certificate()
    }
}

impl Signer for SoftwareSigner {
    fn identity(&self) -> Result<Identity> {
        Ok(self.identity.clone())
    }

    fn sign(&self, input: &SigningInput) -> Result<Vec<u8>> {
        self.key.sign(input.algorithm(), input.message())
    }
}

/// Whose key it is; never the key.
impl fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareSigner({}, {})", self.certificate(), self.key)
    }
}

/// Secret bytes that are wiped when dropped.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

fn no_certificate() -> Error {
    Error::new(ErrorKind::Certificate, "there is no certificate for the key")
        .advise("give the owner's certificate, followed by those of the issuing authorities")
}

fn foreign_key(key: &PrivateKey, certificates: &[String]) -> Error {
    Error::new(ErrorKind::Key, format!("{key} belongs to no certificate of the chain"))
        .at(certificates.join("; "))
        .advise(
            "give the key and the certificate of one owner: `openssl pkey -in key.pem -pubout` and \
             `openssl x509 -in chain.pem -noout -pubkey` must print the same",
        )
}

#[cfg(test)]
mod tests;
