//! Signs PDFs so that the signatures stay verifiable for decades (PAdES B-B, B-T, B-LT, B-LTA), and verifies anybody's.
//!
//! # The idea
//! Every step is one incremental update. One noun goes in, [`Document`]; one noun comes out, [`Update`]: the bytes to append. Between
//! them stand verbs: [`Signing`], [`Timestamping`], [`Augmentation`], and beside them [`Verification`], which gives a [`Report`].
//!
//! The level reached is never an input: you say what to add, the report says what was reached.
//!
//! # A tour
//! ```
//! use pades_ltv::{Augmentation, Document, Evidence, Indication, Signing, Time, Verification, authority::Authority};
//! # let pdf = include_bytes!("../examples/contract.pdf").as_slice();
//! let now: Time = "2026-10-07T09:25:23+09:00".parse()?;
//! let authority = Authority::new("the tour", now)?; // stands in for your HSM, your TSA and the internet
//! let (signer, world, anchors) = (authority.issue("甲野太郎")?, authority.at(now), authority.anchors());
//!
//! // B-T: a signature with a timestamp.
//! let document = Document::open(pdf)?;
//! let signature = Signing::new(&document, now).reason("承認しました").sign(&signer)?.timestamp(&world)?.finish()?;
//!
//! // B-LT and B-LTA: evidence, and a document timestamp over it.
//! let signed = signature.document(&document)?;
//! let evidence = Evidence::collect(&signed, &anchors, &world, now)?;
//! let archive = Augmentation::new(&signed, now).evidence(&evidence).timestamp(&world)?;
//! let archived = signature.then(archive)?.apply(pdf)?;
//!
//! // Anybody can verify it from here on, offline.
//! let report = Verification::new(&Document::open(&archived)?, &anchors, now).verify();
//! assert_eq!(report.verdict(), Some(Indication::TotalPassed));
//! # Ok::<(), pades_ltv::Error>(())
//! ```
//!
//! # When the world is elsewhere
//! Keys, authorities and responders are traits of one or two methods, bytes in and bytes out: [`Signer`], [`TimestampAuthority`],
//! [`Fetch`]. Beneath each lies a plain value that does no I/O and can be stored: [`Prepared`] waits for a signature value,
//! [`PreparedTimestamp`] for a token, a [`Collector`] for evidence. Async callers and two-process signing use those. A [`Batch`] asks the key
//! once for many documents.
//!
//! # What holds everywhere
//! - The core does no I/O, reads no clock, starts no thread: bytes, time and answers are arguments.
//! - An [`Error`] means that something could not be done. What is wrong with a signature is a finding in the report.
//! - Never a weaker result than asked for. Every output is parsed back and checked before it is handed out.
//! - Offsets and lengths are bytes from the start of the file, `u64`; a [`Time`] is UTC seconds.
//!
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::as_conversions
    )
)]

pub(crate) mod asking;
#[cfg(feature = "authority")]
pub mod authority;
#[cfg(test)]
pub(crate) mod corpora;
#[cfg(feature = "csc")]
pub mod csc;
pub(crate) mod digest;
pub(crate) mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "http")]
pub(crate) mod http;
pub(crate) mod limits;
pub(crate) mod ltv;
pub(crate) mod pdf;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
pub(crate) mod pki;
pub(crate) mod port;
#[cfg(feature = "render")]
pub mod render;
pub mod report;
pub(crate) mod sign;
#[cfg(feature = "software")]
pub(crate) mod software;
pub(crate) mod time;
pub(crate) mod transaction;
#[cfg(feature = "trust-lists")]
pub mod trustlist;
pub(crate) mod verify;
#[cfg(any(feature = "http", feature = "csc", feature = "trust-lists"))]
pub(crate) mod words;
pub(crate) mod xml;

pub use asking::{Failover, Limited, Punctual, Rate, Refusal, Refusals, Retry, Retrying};
pub use digest::DigestAlgorithm;
pub use error::{Error, ErrorClass, ErrorKind, Result};
#[cfg(feature = "http")]
pub use http::{HttpFetch, HttpTsa};
pub use limits::Limits;
pub use ltv::{
    Attempt, Augmentation, Collected, Collector, EvidenceCache, Lack, Rewrite, Shortage, SignatureTimestamping, Vri,
};
#[cfg(feature = "appearance")]
pub use pdf::appearance::{Align, Appearance, Canvas, Color, Font, Image, Page, Placement, Text, VerticalAlign};
pub use pdf::crypt::{Access, Encryption, Permissions};
pub use pdf::document::Document;
pub use pdf::listing::{FieldType, FormField, SignatureEntry};
pub use pdf::repair::{RepairFlaw, RepairStep};
pub use pdf::revision::Revision;
pub use pdf::source::Source;
pub use pdf::transform::{Certification, FieldLock};
pub use pki::algorithm::SignatureAlgorithm;
pub use pki::evidence::Evidence;
pub use pki::timestamp::request::TimestampRequest;
pub use pki::timestamp::terms::TimestampTerms;
pub use pki::trust::store::TrustStore;
pub use pki::trust::term::{Term, TrustUse};
pub use port::{Fetch, FetchRequest, Identity, Signer, SigningInput, TimestampAuthority};
pub use report::{Constraint, Indication, Language, Model, ModificationRule, Report};
pub use sign::preflight::{self, Preflight};
pub use sign::{Batch, Prepared, PreparedTimestamp, Repair, Reserved, Signed, Signing, Timestamping, Update};
#[cfg(feature = "software")]
pub use software::SoftwareSigner;
pub use time::{Time, UtcOffset};
pub use transaction::{Amount, Date, Transaction};
pub use verify::{Algorithm, Policy, Verification};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
