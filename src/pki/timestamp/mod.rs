//! Time-stamps: what is asked of a TSA, what it answers, and the token that stays in the file.
//!
//! What it is for: [`TimestampTerms`] say how to ask; [`TimestampRequest`] asks and judges the answer; [`TimestampToken`] is read again by every verifier.
//!
//! Invariant: the same checks, by the same code, when a token is accepted and when it is verified years later.
//!
//! Specified in RFC 3161 and RFC 5816.

pub(crate) mod asn1;
pub(crate) mod fault;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod terms;
pub(crate) mod token;

pub(crate) use fault::TimestampFault;
pub(crate) use request::TimestampRequest;
pub(crate) use terms::TimestampTerms;
pub(crate) use token::TimestampToken;
