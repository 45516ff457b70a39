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
pub(crate) mod error;
pub(crate) mod limits;
pub(crate) mod pdf;
pub(crate) mod pki;
pub(crate) mod port;
pub mod report;
#[cfg(feature = "software")]
pub(crate) mod software;
pub(crate) mod time;

pub use error::{Error, ErrorClass, ErrorKind, Result};
pub use limits::Limits;
pub use pki::algorithm::SignatureAlgorithm;
pub use pki::digest::DigestAlgorithm;
pub use pki::trust::store::TrustStore;
pub use port::{Fetch, FetchRequest, Identity, Signer, SigningInput, TimestampAuthority};
#[cfg(feature = "software")]
pub use software::SoftwareSigner;
pub use time::{Time, UtcOffset};
