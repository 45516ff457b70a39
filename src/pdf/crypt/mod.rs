//! Encrypted files (ISO 32000-2, 7.6; AES-GCM by ISO/TS 32003).
//!
//! What it is for: from an encryption dictionary and a password to the file encryption key, and from there to every string and
//! stream: decrypted as it is read, encrypted as it is appended.
//!
//! Invariant: what cannot be decrypted is an error, never ciphertext that passes for text.
//! Invariant: the `/Contents` of a signature, the strings of the encryption dictionary, and cross-reference streams are never
//! touched, in either direction.
//! Invariant: no randomness here: initialisation vectors are derived ([`vector`] says how and why that is enough).
//!
//! Nouns: [`EncryptionDictionary`] (what the file says), [`SecurityHandler`] (that and the key), `Method` (the cipher of a crypt
//! filter), [`Encryption`] and [`Permissions`] (what the caller sees). Passwords of the standard security handler only; public-key
//! handlers are [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).

mod cipher;
#[cfg(test)]
mod corpora;
mod dictionary;
mod encryption;
mod extended;
mod handler;
mod legacy;
mod password;
mod permissions;
#[cfg(test)]
mod tests;
mod values;
mod vector;

pub(crate) use dictionary::EncryptionDictionary;
pub use encryption::{Access, Encryption};
pub(crate) use encryption::{Deed, Enforcement};
pub(crate) use handler::SecurityHandler;
pub use permissions::Permissions;
pub(crate) use values::has_strings;
pub(crate) use vector::Seed;
