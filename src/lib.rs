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

#[cfg(feature = "authority")]
pub mod authority;
pub(crate) mod digest;
pub(crate) mod error;
#[cfg(feature = "http")]
pub(crate) mod http;
pub(crate) mod limits;
pub(crate) mod ltv;
pub(crate) mod pdf;
pub(crate) mod pki;
pub(crate) mod port;
pub mod report;
pub(crate) mod sign;
#[cfg(feature = "software")]
pub(crate) mod software;
pub(crate) mod time;
pub(crate) mod verify;

pub use digest::DigestAlgorithm;
pub use error::{Error, ErrorClass, ErrorKind, Result};
#[cfg(feature = "http")]
pub use http::{HttpFetch, HttpTsa};
pub use limits::Limits;
pub use ltv::{Augmentation, Collector};
pub use pdf::document::Document;
pub use pdf::revision::Revision;
pub use pdf::source::Source;
pub use pki::algorithm::SignatureAlgorithm;
pub use pki::evidence::Evidence;
pub use pki::timestamp::request::TimestampRequest;
pub use pki::trust::store::TrustStore;
pub use port::{Fetch, FetchRequest, Identity, Signer, SigningInput, TimestampAuthority};
pub use report::{Indication, Language, Report};
pub use sign::{Prepared, PreparedTimestamp, Signed, Signing, Timestamping, Update};
#[cfg(feature = "software")]
pub use software::SoftwareSigner;
pub use time::{Time, UtcOffset};
pub use verify::Verification;
