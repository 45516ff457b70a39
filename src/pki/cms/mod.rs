//! Cryptographic Message Syntax: the signatures in `/Contents` and the time-stamp tokens.
//!
//! What it is for: reading anybody's SignedData without losing a byte that was signed, checking it, and writing our
//! own.
//!
//! Invariant: what is hashed is what was received; only unsigned structure around it is ever written again.
//! Invariant: what is wrong is a [`CmsFault`] with a name, never a skipped signature.
//!
//! Specified in RFC 5652, RFC 5035, EN 319 122-1. Nouns, from the ground up: [`element`], [`ber`], [`fault`],
//! [`attribute`], [`signer_info`], [`statement`], [`signed_data`], [`builder`], [`known`].

pub(crate) mod attribute;
pub(crate) mod ber;
pub(crate) mod builder;
pub(crate) mod element;
pub(crate) mod fault;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
pub(crate) mod foreign_tests;
pub(crate) mod known;
#[cfg(test)]
mod openssl_tests;
pub(crate) mod signed_data;
mod signer_attributes;
pub(crate) mod signer_info;
mod statement;

pub(crate) use builder::{SignedAttributes, SignedDataWriter, add_timestamp};
pub(crate) use fault::CmsFault;
pub(crate) use signed_data::SignedData;
pub(crate) use signer_info::SignerInfo;
pub(crate) use statement::{ExplicitPolicy, PolicyIdentifier, SignerStatement};
