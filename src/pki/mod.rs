//! The PKI tower: digests, keys, certificates, paths, revocation, CMS and timestamps.
//!
//! What it is for: reading and judging the DER that stands in signatures and security stores, and building what we sign.
//!
//! Invariant: nothing here ever sees a PDF.
//! Invariant: what somebody signed is hashed and compared from the bytes received, never from a re-encoding.
//!
//! Nouns, from the ground up: [`algorithm`], [`key`], [`oid`], [`pem`], [`extension`], [`name`], [`certificate`], [`certificates`], [`purpose`], [`cms`], [`timestamp`], [`trust`],
//! [`path`], [`revocation`], [`evidence`].

pub(crate) mod algorithm;
pub(crate) mod asn1_time;
pub(crate) mod certificate;
pub(crate) mod certificates;
pub(crate) mod cms;
pub(crate) mod ecdsa_value;
pub(crate) mod evidence;
pub(crate) mod extension;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod general_name;
pub(crate) mod key;
pub(crate) mod name;
pub(crate) mod oid;
#[cfg(test)]
mod oid_tests;
pub(crate) mod path;
pub(crate) mod pem;
pub(crate) mod purpose;
pub(crate) mod revocation;
pub(crate) mod signature;
pub(crate) mod timestamp;
pub(crate) mod trust;
