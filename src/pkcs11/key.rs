//! Where a key is: module, token, key, PIN.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pin::{Pin, PinRequest, PinSource};
use super::signer::Pkcs11Signer;
use super::uri::Uri;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::port::Identity;

/// Sessions unless told: enough to keep an HSM busy over a network, far below what tokens allow.
const SESSIONS: usize = 8;

/// Where a private key is, in as many words as are needed: what is not said matches everything, and exactly one token
/// and one key must be left.
///
/// # Examples
/// ```no_run
/// use pades_ltv::pkcs11::{Pin, Pkcs11Key};
///
/// let signer = Pkcs11Key::new("/usr/lib/softhsm/libsofthsm2.so")
///     .token("contracts")
///     .label("witness")
///     .pin_from(|request| {
///         eprintln!("PIN of {}?", request.token());
///         let mut line = String::new();
///         std::io::stdin().read_line(&mut line).map_err(|fault| {
///             pades_ltv::Error::new(pades_ltv::ErrorKind::Io, "no PIN was typed").because(fault)
///         })?;
///         Ok(Pin::new(line.trim_end()))
///     })
///     .open()?;
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone)]
pub struct Pkcs11Key {
    pub(super) module: Option<PathBuf>,
    pub(super) token: TokenChoice,
    pub(super) key: KeyChoice,
    pub(super) pin: PinSource,
    pin_source: Option<PathBuf>,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) wish: Wish,
    pub(super) sessions: usize,
}

/// How to sign, as far as somebody said.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    algorithm: Option<SignatureAlgorithm>,
    scheme: Scheme,
    digest: Option<DigestAlgorithm>,
}

/// How an RSA key signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Scheme {
    #[default]
    Fitting,
    Pss,
}

impl Wish {
    /// `identity` with the algorithm that was wished for.
    pub(super) fn apply(&self, mut identity: Identity) -> Result<Identity> {
        if let Some(algorithm) = self.algorithm {
            identity = identity.with_algorithm(algorithm);
        }
        if self.scheme == Scheme::Pss {
            identity = identity.with_pss()?;
        }
        match self.digest {
            Some(digest) => identity.with_digest(digest),
            None => Ok(identity),
        }
    }
}

/// Which token.
#[derive(Clone, Debug, Default)]
pub(super) struct TokenChoice {
    pub(super) label: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) slot: Option<u64>,
}

/// Which key on it.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyChoice {
    pub(super) label: Option<String>,
    pub(super) id: Option<Vec<u8>>,
}

impl Pkcs11Key {
    /// A key behind the PKCS #11 module (a shared library) at `module`. Loading it runs it.
    pub fn new(module: impl Into<PathBuf>) -> Self {
        Self { module: Some(module.into()), ..Self::anywhere() }
    }

    /// Reads an RFC 7512 URI of a private key: `token`, `serial`, `manufacturer`, `model`, `slot-id`, `object` and `id` choose;
    /// `module-path` names the module, `pin-value` is the PIN, `pin-source` the file that has it ([`pin_source`](Self::pin_source)).
    /// Everything else is refused by name.
    ///
    /// Take URIs only from those who may run code here, since `module-path` does, or override it by [`module`](Self::module).
    ///
    /// # Errors
    /// [`ErrorKind::Key`] where it is no such URI, asks for something else than a private key, has attributes that are not supported
    /// (`module-name` among them), a `pin-source` that is no file by its absolute path or `file:` URI, or both a `pin-source` and a
    /// `pin-value`.
    pub fn from_uri(uri: &str) -> Result<Self> {
        let Uri { token, key, module, pin, pin_source } = Uri::parse(uri)?;
        let pin = pin.map_or(PinSource::Absent, PinSource::Fixed);
        Ok(Self { token, key, pin, pin_source, module, ..Self::anywhere() })
    }

    fn anywhere() -> Self {
        Self {
            module: None,
            token: TokenChoice::default(),
            key: KeyChoice::default(),
            pin: PinSource::Absent,
            pin_source: None,
            certificates: Vec::new(),
            wish: Wish::default(),
            sessions: SESSIONS,
        }
    }

    /// The module, whatever a URI said.
    #[must_use]
    pub fn module(mut self, module: impl Into<PathBuf>) -> Self {
        self.module = Some(module.into());
        self
    }

    /// The token with this label.
    #[must_use]
    pub fn token(mut self, label: impl Into<String>) -> Self {
        self.token.label = Some(label.into());
        self
    }

    /// The token with this serial number.
    #[must_use]
    pub fn serial(mut self, serial: impl Into<String>) -> Self {
        self.token.serial = Some(serial.into());
        self
    }

    /// The token in this slot. Some modules number slots anew at every start; label and serial number stay.
    #[must_use]
    pub fn slot(mut self, slot: u64) -> Self {
        self.token.slot = Some(slot);
        self
    }

    /// The key with this label (`CKA_LABEL`).
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.key.label = Some(label.into());
        self
    }

    /// The key with this identifier (`CKA_ID`).
    #[must_use]
    pub fn id(mut self, id: impl Into<Vec<u8>>) -> Self {
        self.key.id = Some(id.into());
        self
    }

    /// The PIN, kept to log in again after the token was lost. It never takes the last try before the token locks.
    #[must_use]
    pub fn pin(mut self, pin: Pin) -> Self {
        self.pin = PinSource::Fixed(pin);
        self
    }

    /// Whom to ask for the PIN, whenever one is needed and not before; the thread that signs waits for the answer.
    #[must_use]
    pub fn pin_from(mut self, ask: impl Fn(&PinRequest) -> Result<Pin> + Send + Sync + 'static) -> Self {
        self.pin = PinSource::Asked(Arc::new(ask));
        self
    }

    /// Certificates, each DER: that of the key, which then need not be on the token, and those above it, in any order. Whatever the token has of
    /// the chain is found there.
    #[must_use]
    pub fn certificates<C: Into<Vec<u8>>>(mut self, certificates: impl IntoIterator<Item = C>) -> Self {
        self.certificates = certificates.into_iter().map(Into::into).collect();
        self
    }

    /// Signs with `algorithm` rather than with the one that fits the key: RSASSA-PSS, say.
    #[must_use]
    pub fn algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.wish = Wish { algorithm: Some(algorithm), ..Wish::default() };
        self
    }

    /// Signs with `digest` rather than with the one that fits the key.
    #[must_use]
    pub fn digest(mut self, digest: DigestAlgorithm) -> Self {
        self.wish.digest = Some(digest);
        self
    }

    /// Signs with RSASSA-PSS rather than with PKCS#1 v1.5: a salt as long as the digest. For an RSA key.
    #[must_use]
    pub fn pss(mut self) -> Self {
        self.wish.scheme = Scheme::Pss;
        self
    }

    /// The file that the URI's `pin-source` names. No file is opened here: read it, and give what it holds to [`pin`](Self::pin).
    pub fn pin_source(&self) -> Option<&Path> {
        self.pin_source.as_deref()
    }

    /// Whether there is a PIN, or somebody who is asked for it: as in the URI, its `pin-value`.
    pub fn has_pin(&self) -> bool {
        !matches!(self.pin, PinSource::Absent)
    }

    /// Whether the module is known: as in the URI, its `module-path`.
    pub fn has_module(&self) -> bool {
        self.module.is_some()
    }

    /// How many sessions may be open at once: 8 unless told, at least 1. Threads beyond that wait their turn; where the token allows
    /// fewer, fewer are used.
    #[must_use]
    pub fn sessions(mut self, count: usize) -> Self {
        self.sessions = count;
        self
    }

    /// Loads the module, finds token, key and certificates, logs in where the token wants it, and checks key and certificate against
    /// each other.
    ///
    /// # Errors
    /// [`ErrorKind::Key`] where no token or key matches, several do, or the key belongs to another certificate; [`ErrorKind::Certificate`] where the
    /// key has none, or one cannot be read; [`ErrorKind::Unsupported`] where the token lacks the mechanism; [`ErrorKind::Signer`] for all that
    /// the module answers, `CKR_PIN_INCORRECT` among it, each with its class.
    pub fn open(self) -> Result<Pkcs11Signer> {
        Pkcs11Signer::open(self)
    }

    pub(super) fn module_path(&self) -> Result<&PathBuf> {
        self.module.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Key, "nobody said which PKCS #11 module to load")
                .advise("give its path by `Pkcs11Key::module`, or `module-path` in the URI")
        })
    }
}

impl fmt::Display for TokenChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slot = self.slot.map(|slot| slot.to_string());
        let words = [
            ("label", &self.label),
            ("serial number", &self.serial),
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("slot", &slot),
        ];
        write_choice(f, words.into_iter().filter_map(|(word, value)| Some((word, value.clone()?))))
    }
}

impl fmt::Display for KeyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_deref().map(crate::digest::hex);
        let words = [("label", &self.label), ("id", &id)];
        write_choice(f, words.into_iter().filter_map(|(word, value)| Some((word, value.clone()?))))
    }
}

fn write_choice(f: &mut fmt::Formatter<'_>, words: impl Iterator<Item = (&'static str, String)>) -> fmt::Result {
    let words: Vec<String> = words.map(|(word, value)| format!("{word} `{value}`")).collect();
    f.write_str(if words.is_empty() { "any" } else { "" })?;
    f.write_str(&words.join(", "))
}

/// Where it is; never the PIN.
impl fmt::Debug for Pkcs11Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let module = self.module.as_deref().unwrap_or_else(|| "?".as_ref()).display();
        write!(f, "Pkcs11Key(module {module}, token: {}, key: {})", self.token, self.key)
    }
}
