//! Signing keys in an HSM or smart card, through its PKCS #11 module.
//!
//! What it is for: a [`Signer`](crate::Signer) over a private key that never leaves its token. Any number of threads share one
//! [`Pkcs11Signer`]; it keeps signing when a session dies, somebody logs out, or the token is taken out and put back.
//!
//! Invariant: no type of the `cryptoki` crate is seen from outside.
//! Invariant: a PIN is asked for only when the token wants a login, is wiped after use, and is never shown. A refused PIN is never tried
//! again: one [`Pkcs11Signer`] spends one try at most, and the last one only where a caller said so for this very try.
//! Invariant: no thread, no clock. The one thing that is global is what PKCS #11 makes global: a module is loaded and initialised once
//! per process, stays loaded until the process ends (many modules do not survive being unloaded), and its login belongs to the
//! whole process. A module that somebody else has initialised is used as it is.
//!
//! What it does not do: make keys, write certificates, or change PINs (the vendor's tools do); sign with a key that wants its PIN for every
//! signature (`CKA_ALWAYS_AUTHENTICATE`) where the token does not hash for itself; sign with SHA-3 inside RSASSA-PSS, or with ML-DSA.
//!
//! Specified in OASIS PKCS #11 v2.40 and v3.0 (base, mechanisms), RFC 7512 (`pkcs11:` URIs: no file that one names is opened here).
//! `examples/hsm.rs` signs a contract with SoftHSM.
//! Nouns: [`Pkcs11Key`] (where the key is), [`Pkcs11Signer`] (the key, found), [`Pin`] with [`PinRequest`].
//!
//! # Examples
//! ```no_run
//! use pades_ltv::pkcs11::{Pin, Pkcs11Key};
//!
//! let pin = std::fs::read_to_string("/run/secrets/pin")?;
//! let signer = Pkcs11Key::from_uri("pkcs11:token=contracts;object=witness")?
//!     .module("/usr/lib/softhsm/libsofthsm2.so")
//!     .pin(Pin::new(pin.trim_end()))
//!     .open()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificates;
mod fault;
mod key;
mod login;
mod mechanism;
mod module;
mod object;
mod pin;
mod pool;
mod session;
mod signer;
mod uri;

pub use self::key::Pkcs11Key;
pub use self::pin::{Pin, PinPurpose, PinRequest};
pub use self::signer::Pkcs11Signer;
