//! A signing key in memory, read from the files that keys come in.
//!
//! What it is for: services that keep their key in a file or a secret store, and tests. Where the key lives in a
//! device, implement [`Signer`] over the device instead.
//!
//! Invariant: no clock and no randomness. ECDSA nonces, RSA blinding and PSS salts are derived from the key and the
//! message, so the same input gives the same signature. Departs: with the feature `aws-lc` AWS-LC draws the salts of PSS, see
//! [`aws_lc`](crate::pki::key::aws_lc).
//! Invariant: nothing that is shown, `Debug` included, contains a secret; the key's memory is wiped when it is dropped.
//!
//! Specified in RFC 5958 (PKCS#8), RFC 8018 (encrypted), RFC 7292 (PKCS#12), RFC 7468 (PEM), RFC 6979 (deterministic
//! ECDSA), RFC 8017 (RSA). Nouns: [`SoftwareSigner`]; beneath it [`PrivateKey`](key::PrivateKey).

pub(crate) mod derived;
mod form;
pub(crate) mod key;
mod password;
pub(crate) mod pem;
mod pkcs12;

use std::fmt;

use der::zeroize::Zeroizing;

use self::form::Form;
use self::key::PrivateKey;
use self::pkcs12::Contents;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::key::making::Unfit;
use crate::port::{Identity, Signer, SigningInput};

/// A [`Signer`] whose private key is in memory: RSA of 2048 to 8192 bits, ECDSA over P-256, P-384, P-521 or the Brainpool
/// curves of 256, 384 and 512 bits, Ed25519, Ed448, and with the feature `ml-dsa` ML-DSA-44, -65 and -87.
///
/// The same input gives the same signature. RSA is computed with blinding, but not every step beneath it is free of timing
/// differences ([RUSTSEC-2023-0071](https://rustsec.org/advisories/RUSTSEC-2023-0071)). Where an attacker can measure how long
/// signatures take, use ECDSA, a device, or the feature `aws-lc`: it signs RSA with SHA-2 in constant time, and draws the salts of
/// PSS, so that these signatures differ from call to call.
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
    /// Reads a PEM private key (PKCS#8 `PRIVATE KEY`, PKCS#1 `RSA PRIVATE KEY`, SEC 1 `EC PRIVATE KEY`) and the PEM
    /// certificates of its owner and of the authorities above.
    ///
    /// The certificates may stand in any order: the one with this key's public half becomes the signing certificate,
    /// the others follow as given. Text around the PEM blocks is skipped.
    ///
    /// # Errors
    /// [`ErrorKind::Password`] for an encrypted key; [`ErrorKind::Unsupported`] for other forms and algorithms;
    /// [`ErrorKind::Key`] if the key cannot be read or belongs to none of the certificates; [`ErrorKind::Certificate`] if
    /// there is no certificate or one cannot be read.
    pub fn from_pem(key_pem: &[u8], chain_pem: &[u8]) -> Result<Self> {
        let (form, der) = pem::private_key(key_pem)?;
        Self::new(form.read(&der)?, pem::certificates(chain_pem)?)
    }

    /// As [`from_pem`](Self::from_pem), from an encrypted PKCS#8 key (`ENCRYPTED PRIVATE KEY`): PBES2 with PBKDF2 or scrypt, AES
    /// or triple DES; and the schemes of PKCS#12.
    ///
    /// # Errors
    /// [`ErrorKind::Password`] if the password does not open the key, or the key is not encrypted; [`ErrorKind::Limit`] if
    /// opening it takes more work than 10 million rounds or 256 MiB; and those of [`from_pem`](Self::from_pem).
    pub fn from_encrypted_pem(key_pem: &[u8], password: &str, chain_pem: &[u8]) -> Result<Self> {
        let (form, der) = pem::private_key(key_pem)?;
        Self::new(form.read_encrypted(&der, password)?, pem::certificates(chain_pem)?)
    }

    /// As [`from_pem`](Self::from_pem), from a DER key (PKCS#8, PKCS#1 or SEC 1) and DER certificates.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der<C: AsRef<[u8]>>(key: &[u8], chain: impl IntoIterator<Item = C>) -> Result<Self> {
        Self::new(form_of(key)?.read(key)?, chain)
    }

    /// As [`from_encrypted_pem`](Self::from_encrypted_pem), from DER.
    ///
    /// # Errors
    /// As [`from_encrypted_pem`](Self::from_encrypted_pem).
    pub fn from_encrypted_der<C: AsRef<[u8]>>(
        key: &[u8],
        password: &str,
        chain: impl IntoIterator<Item = C>,
    ) -> Result<Self> {
        Self::new(form_of(key)?.read_encrypted(key, password)?, chain)
    }

    /// Reads a PKCS#12 file (`.p12`, `.pfx`) with one private key, its certificate, and those of the authorities above: PBES2, and
    /// the older encryption with triple DES or RC2. Its MAC is checked first.
    ///
    /// # Errors
    /// [`ErrorKind::Password`] if the password does not open the file; [`ErrorKind::Key`] if the file is damaged, has no key or
    /// several, or its key belongs to none of its certificates; [`ErrorKind::Unsupported`] if it has no MAC, or another encryption;
    /// [`ErrorKind::Limit`] and [`ErrorKind::Certificate`] as above.
    ///
    /// # Examples
    /// ```no_run
    /// use pades_ltv::SoftwareSigner;
    ///
    /// let signer = SoftwareSigner::from_pkcs12(&std::fs::read("signer.p12")?, "its password")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_pkcs12(bytes: &[u8], password: &str) -> Result<Self> {
        Self::from_pkcs12_and_chain::<&[u8]>(bytes, password, [])
    }

    /// As [`from_pkcs12`](Self::from_pkcs12), with certificates beside the file, each DER: many such files hold nothing but the key and its
    /// own certificate. Those of `chain` follow those of the file; what stands there already is not repeated.
    ///
    /// # Errors
    /// As [`from_pkcs12`](Self::from_pkcs12); the key's certificate may be in either.
    pub fn from_pkcs12_and_chain<C: AsRef<[u8]>>(
        bytes: &[u8],
        password: &str,
        chain: impl IntoIterator<Item = C>,
    ) -> Result<Self> {
        let Contents { keys, mut certificates } = Contents::read(bytes, password)?;
        for der in chain {
            if !certificates.iter().any(|one| one == der.as_ref()) {
                certificates.push(der.as_ref().to_vec());
            }
        }
        let count = keys.len();
        match <[PrivateKey; 1]>::try_from(keys) {
            Ok([key]) => Self::new(key, certificates),
            Err(_) => Err(Error::new(ErrorKind::Key, format!("the PKCS#12 file has {count} private keys, not one"))
                .advise("give a file with one key: `openssl pkcs12 -export -inkey key.pem -in chain.pem`")),
        }
    }

    /// Signs with `algorithm` rather than with the one that fits the key.
    ///
    /// # Errors
    /// [`ErrorKind::Key`] if the key cannot sign so: RSA with an ECDSA key, say, or a salt that does not fit; if its certificate keeps
    /// it for other parameters (RFC 4055, 1.2); if the digest is broken (MD5, SHA-1), or no standard names it with this key (SHAKE256
    /// with RSA and ECDSA); if an RSA key has less than 2048 bits; and for DSA, which is withdrawn.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Result<Self> {
        let sample = b"can this key sign so?";
        let identity = self.identity.clone().with_algorithm(algorithm);
        identity.check_making()?;
        if let Err(unfit @ Unfit::Kept(..)) = self.key.public_key().check_making(algorithm) {
            return Err(Error::new(ErrorKind::Key, unfit.to_string()).at(self.certificate()));
        }
        self.key.try_sign(algorithm, sample).map_err(|fault| {
            let error = Error::new(ErrorKind::Key, format!("{} cannot sign with {algorithm}", self.key));
            error.at(self.certificate()).because(fault)
        })?;
        Ok(Self { identity, key: self.key })
    }

    /// Signs with `digest` rather than with the one that fits the key.
    ///
    /// # Errors
    /// [`ErrorKind::Key`] if the key cannot: Ed25519, Ed448 and ML-DSA have no choice; and as
    /// [`with_algorithm`](Self::with_algorithm).
    pub fn with_digest(self, digest: DigestAlgorithm) -> Result<Self> {
        let algorithm = self.identity.clone().with_digest(digest)?.algorithm();
        self.with_algorithm(algorithm)
    }

    /// Signs with RSASSA-PSS rather than with PKCS#1 v1.5: the same digest, a salt as long. What signs with PSS already, stays as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Key`] if the key is not RSA; and as [`with_algorithm`](Self::with_algorithm).
    pub fn with_pss(self) -> Result<Self> {
        let algorithm = self.identity.clone().with_pss()?.algorithm();
        self.with_algorithm(algorithm)
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
            if certificate.public_key().is_ok_and(|theirs| theirs.is(&public)) {
                chain.get_mut(..=position).unwrap_or_default().rotate_right(1);
                let identity = Identity::new(chain)?;
                // The file of a key may restrict it as its certificate may (RFC 4055, 1.2); what neither permits, nobody signs with.
                return Ok(match public.check_making(identity.algorithm()) {
                    Err(Unfit::Kept(..)) => Self { identity: identity.with_algorithm(public.default_algorithm()), key },
                    _ => Self { identity, key },
                });
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
        let value = self.key.sign(input.algorithm(), input.message())?;
        if self.key.verifies_itself() {
            input.note_verified(self.identity.signing_certificate(), &value);
        }
        Ok(value)
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

fn form_of(key: &[u8]) -> Result<Form> {
    Form::of(key).ok_or_else(|| {
        Error::new(ErrorKind::Key, "the bytes are no private key")
            .advise("give DER; PEM is for `SoftwareSigner::from_pem`")
    })
}

/// A form or kind of key that somebody has to change.
fn unsupported(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unsupported, what).class_is(ErrorClass::Operator)
}

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
