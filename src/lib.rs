//! PAdES
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

pub(crate) mod digest;
pub(crate) mod error;
#[cfg(feature = "http")]
pub(crate) mod http;
pub(crate) mod limits;
pub(crate) mod pdf;
pub(crate) mod pki;
pub(crate) mod port;
pub mod report;
pub(crate) mod time;

pub use digest::DigestAlgorithm;
pub use error::{Error, ErrorClass, ErrorKind, Result};
#[cfg(feature = "http")]
pub use http::{HttpFetch, HttpTsa};
pub use limits::Limits;
pub use pdf::document::Document;
pub use pdf::revision::Revision;
pub use pdf::source::Source;
pub use pki::algorithm::SignatureAlgorithm;
pub use port::{Fetch, FetchRequest, Identity, Signer, SigningInput, TimestampAuthority};
pub use time::{Time, UtcOffset};
