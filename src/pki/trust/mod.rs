//! Trust: which keys a verification starts from, who says so, for what and how long.
//!
//! Invariant: nothing is trusted because it stands in a file under verification; every anchor was put here by the caller.
//!
//! Specified in RFC 5280, 6.1.1 (d). Nouns: [`store::TrustStore`], [`term::Term`], [`accreditation::Accreditation`].

pub(crate) mod accreditation;
pub(crate) mod store;
pub(crate) mod term;
