//! The PDF tower: from bytes at offsets to signature dictionaries and back, as incremental updates.
//!
//! What it is for: reading any PDF lazily and strictly (ISO 32000-2, 7.2–7.5), finding its signature fields and document
//! security store (12.7, 12.8), and writing one more revision behind the last (7.5.6).
//!
//! Invariant: nothing here ever sees a certificate. CMS, certificates and revocation values are opaque bytes.
//! Invariant: a byte of the base is never changed; the tower only ever appends.
//!
//! Nouns, from the ground up: [`object`] (values), [`crypt`] (strings and streams, encrypted), [`source`] (bytes at offsets),
//! [`document`] (a file and its revisions), [`security`] (what opens it), [`view`] (its objects as of one), [`account`] (bytes that
//! belong to none),
//! [`update`] (one more revision), [`mod@repair`] (one that mends), `damaged` (files that no strict reader
//! opens), [`form`] (fields), [`signature`] (ByteRange and its hole), [`dss`] (evidence),
//! [`metadata`] (the transaction that the file is about).

pub(crate) mod account;
#[cfg(feature = "appearance")]
pub(crate) mod appearance;
pub(crate) mod byte_range;
mod bytes;
mod container;
pub(crate) mod contents;
#[cfg(test)]
mod corpora;
#[cfg(test)]
mod corpora_updates;
pub(crate) mod crypt;
mod damaged;
pub(crate) mod document;
pub(crate) mod dss;
pub(crate) mod evidence;
pub(crate) mod extensions;
pub(crate) mod field;
pub(crate) mod filter;
pub(crate) mod form;
pub(crate) mod hashing;
pub(crate) mod lexer;
pub(crate) mod listing;
mod long_list;
mod mention;
pub(crate) mod metadata;
pub(crate) mod object;
pub(crate) mod parser;
pub(crate) mod placeholder;
pub(crate) mod repair;
pub(crate) mod restriction;
pub(crate) mod revision;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod security;
pub(crate) mod seed_value;
pub(crate) mod serializer;
pub(crate) mod signature;
pub(crate) mod source;
#[cfg(test)]
pub(crate) mod specimen;
pub(crate) mod text;
pub(crate) mod transform;
pub(crate) mod update;
pub(crate) mod view;
pub(crate) mod xref;
