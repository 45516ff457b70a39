//! Certification paths: found in a pool of certificates, and validated as of a time.
//!
//! What it is for: [`build`] proposes chains from a certificate to a trust anchor, and [`validate`] judges one of them under RFC 5280, 6.1.
//! Revocation is none of it (see `revocation`), nor are purposes (see `purpose`) and the age of algorithms.
//!
//! Invariant: every search runs under a budget, and an exhausted budget is said to be that, never "there is no path".
//! Invariant: nothing depends on a clock; a path can be judged as of any time.
//!
//! | RFC 5280 | held by |
//! |---|---|
//! | 6.1.1–6.1.6 as a whole | `pkits`: 256 cases, revocation on, one exception (DSA parameters) |
//! | the same, by another library | `second_opinion`: each of those paths under 41 settings |
//! | validity, of whom (6.1.3 (a)(2)) | `whose_validity_counts_is_a_setting`, `the_target_may_be_the_anchor` |
//! | names of every form (4.2.1.10, 6.1.3 (b), (c)) | `every_form_is_constrained`, `hosts`, `mailboxes`, `uris`, `addresses`; PKITS 4.13 |
//! | policies, mappings, inhibitions (6.1.3 (d)–(f), 6.1.4) | `the_policies_granted_are_in_the_anchors_terms`; PKITS 4.8–4.12 |
//! | self-issued, key rollover (3.2, 6.1.4 (h), (l)) | PKITS 4.5, 4.6.15–4.6.17, 4.10, 4.12 |
//! | CA, path length, keyCertSign (6.1.4 (k)–(n)) | `cas_need_the_right_to_certify`; PKITS 4.6, 4.7 |
//! | critical extensions, duplicates (4.2, 6.1.4 (o)) | `extensions_twice_are_refused`; PKITS 4.16 |
//! | key identifiers (4.2.1.1, 4.2.1.2) | `key_identifiers_are_hints_only`, `a_hint_finds_the_one_among_ten_thousand` |
//! | building: meshes, loops, namesakes (RFC 4158) | `any_graph_is_searched_within_its_bounds`, `a_mesh_of_cross_certificates`, `ten_thousand_authorities_of_one_name` |
//! | bounds (RFC 9618; name comparisons) | `mappings_of_everything_to_everything_stay_small`, `comparisons_are_counted` |
//!
//! Specified in RFC 5280, 6.1 and RFC 9618. Nouns: [`Path`], [`PathFault`] (which certificate), [`StepFault`] (what about it).

use super::certificate::Certificate;
pub(crate) use super::purpose::{self, Purpose, PurposeFault};
use super::trust::store::TrustAnchor;

pub(crate) mod build;
mod fault;
mod name_constraints;
pub(crate) mod policy;
pub(crate) mod validate;

#[cfg(test)]
mod pkits;
#[cfg(test)]
mod second_opinion;

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

    /// Whether the target is the anchor's own certificate, so that nothing is left to validate. Another one of its name and key is not: who
    /// trusts the anchor trusts none of what that one says of itself, so that it is validated as one that the anchor issued (RFC 5280, 6.1;
    /// EN 319 102-1, 5.2.6, step 1).
    pub(crate) fn is_anchor(&self) -> bool {
        matches!(self.certificates.as_slice(), [only] if self.anchor.certificate() == only)
    }

    /// Each certificate, from the target upwards, with its issuer; the last issuer is the anchor.
    pub(crate) fn links(&self) -> impl DoubleEndedIterator<Item = (&Certificate, &Certificate)> {
        let issuers = self.certificates.iter().skip(1).chain([self.anchor.certificate()]);
        let links: Vec<_> = self.certificates.iter().zip(issuers).collect();
        links.into_iter()
    }
}
