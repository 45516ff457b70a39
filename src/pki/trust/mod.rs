//! Trust: which keys a verification starts from, and who says so.
//!
//! Invariant: nothing is trusted because it stands in a file under verification; every anchor was put here by the caller.
//!
//! Specified in RFC 5280, 6.1.1 (d). Noun: [`store::TrustStore`].

pub(crate) mod store;
