//! Time-stamps: what is asked of a TSA, what it answers, and the token that stays in the file.
//!
//! Specified in RFC 3161 and RFC 5816.

pub(crate) mod asn1;
