//! Certification paths: found in a pool of certificates, and validated as of a time.
//!
//! What it is for: [`build`] proposes chains from a certificate to a trust anchor, and [`validate`] judges one of them under RFC 5280, 6.1.
//! Revocation is none of it (see `revocation`), nor are purposes (see `purpose`) and the age of algorithms.
//!
//! Invariant: every search runs under a budget, and an exhausted budget is said to be that, never "there is no path".
//! Invariant: nothing depends on a clock; a path can be judged as of any time.
//!
//! Specified in RFC 5280, 6.1 and RFC 9618. Nouns: [`Path`], [`PathFault`] (which certificate), [`StepFault`] (what about it).

use super::certificate::Certificate;
pub(crate) use super::purpose::{self, Purpose, PurposeFault};
use super::trust::store::TrustAnchor;

pub(crate) mod build;
mod fault;
mod name_constraints;
mod policy;
pub(crate) mod validate;

#[cfg(test)]
mod pkits;

pub(crate) use build::Paths;
pub(crate) use fault::{PathFault, StepFault};
pub(crate) use policy::named_policies;
pub(crate) use validate::{PathSettings, ValidityCheck, check_extensions, validate};

/// A prospective path: `certificates` from the target upwards, the last one issued by `anchor`.
///
/// The anchor's own certificate is not among them, unless the target itself is the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) anchor: TrustAnchor,
}

impl Path {
    /// The path of `certificates` below `anchor`, with the key parameters that each hands down to the next (RFC 5280, 6.1.4 (d) to (f)):
    /// here and not in [`validate`], because revocation asks the same keys.
    pub(crate) fn new(mut certificates: Vec<Certificate>, anchor: &TrustAnchor) -> Self {
        let mut issuer = anchor.certificate().clone();
        for certificate in certificates.iter_mut().rev() {
            *certificate = certificate.below(&issuer);
            issuer = certificate.clone();
        }
        Self { certificates, anchor: anchor.clone() }
    }

    /// Whether the target has the anchor's name and key, so that nothing is left to validate.
    pub(crate) fn is_anchor(&self) -> bool {
        matches!(self.certificates.as_slice(), [only] if self.anchor.is(only))
    }

    /// Each certificate, from the target upwards, with its issuer; the last issuer is the anchor.
    pub(crate) fn links(&self) -> impl DoubleEndedIterator<Item = (&Certificate, &Certificate)> {
        let issuers = self.certificates.iter().skip(1).chain([self.anchor.certificate()]);
        let links: Vec<_> = self.certificates.iter().zip(issuers).collect();
        links.into_iter()
    }
}
