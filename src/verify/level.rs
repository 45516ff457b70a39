//! How much is there: the PAdES baseline levels, told from what the file holds, whatever the verdict.
//!
//! Specified in EN 319 142-1, 6.3, table 1 (rows by their numbers in STANDARDS).

use super::certificate::Validator;
use crate::pki::certificate::Certificate;
use crate::report::Level;
use crate::time::Time;

/// What the levels above B-B are told from.
pub(super) struct Material<'a> {
    /// Whose paths and revocation values count: the signer and the authorities of its timestamps.
    pub(super) certificates: Vec<Certificate>,
    /// A signature timestamp, or a document timestamp that covers the signature.
    pub(super) has_time: bool,
    /// The time that revocation values must be fresh for.
    pub(super) time: Time,
    /// What lies in the file now.
    pub(super) file: Validator<'a>,
    /// What each later document timestamp covers.
    pub(super) stamped: Vec<Validator<'a>>,
}

/// The level that a baseline signature reaches.
pub(super) fn level(material: &Material<'_>) -> Level {
    if !material.has_time {
        return Level::B;
    }
    let is_complete = |validator: &Validator<'_>| {
        material.certificates.iter().all(|certificate| validator.needs(certificate, material.time).gaps.is_empty())
    };
    if !is_complete(&material.file) {
        return Level::T;
    }
    if material.stamped.iter().any(is_complete) { Level::Lta } else { Level::Lt }
}
