//! Judging one path as of a time.
//!
//! Invariant: this is RFC 5280, 6.1 without revocation: whether a status was known is asked separately, of any time.
//!
//! Specified in RFC 5280, 6.1.2 to 6.1.5. Nouns: [`PathSettings`] (6.1.1), [`ValidPath`] (6.1.6).

use std::collections::HashSet;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use x509_cert::ext::pkix::KeyUsages;

use crate::limits::Limits;
use crate::pki::certificate::{Certificate, CertificateFault};
use crate::pki::signature;
use crate::time::Time;

use super::name_constraints::NameConstraints;
use super::policy::{InitialPolicyFlags, NamedPolicies, PolicyGraph, PolicySet};
use super::{Path, PathFault, StepFault};

/// Extensions that path validation, purpose and revocation checking process together.
const KNOWN_EXTENSIONS: [ObjectIdentifier; 10] = [
    rfc5912::ID_CE_KEY_USAGE,
    rfc5912::ID_CE_CERTIFICATE_POLICIES,
    rfc5912::ID_CE_POLICY_MAPPINGS,
    rfc5912::ID_CE_SUBJECT_ALT_NAME,
    rfc5912::ID_CE_BASIC_CONSTRAINTS,
    rfc5912::ID_CE_NAME_CONSTRAINTS,
    rfc5912::ID_CE_POLICY_CONSTRAINTS,
    rfc5912::ID_CE_EXT_KEY_USAGE,
    rfc5912::ID_CE_CRL_DISTRIBUTION_POINTS,
    rfc5912::ID_CE_INHIBIT_ANY_POLICY,
];

/// What a path is judged against: the inputs of RFC 5280, 6.1.1.
#[derive(Clone, Debug)]
pub(crate) struct PathSettings {
    pub(crate) validity: ValidityCheck,
    /// The user-initial-policy-set.
    pub(crate) policies: PolicySet,
    pub(crate) policy_flags: InitialPolicyFlags,
    /// Name constraint comparisons for the whole path.
    pub(crate) name_comparisons: usize,
}

/// Whose validity must include the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValidityCheck {
    /// Everybody's (RFC 5280, 6.1.3 (a)(2)).
    All,
    /// Everybody's but the target's, which EN 319 102-1, 5.2.6 looks at later.
    Issuers,
    /// Nobody's: chains of the chain model (EN 319 102-1, 5.6.2.1).
    Nobody,
}

/// A path that holds, and what for.
#[derive(Clone, Debug)]
pub(crate) struct ValidPath {
    pub(crate) path: Path,
    /// The user-constrained policies that the path is valid for.
    pub(crate) policies: PolicySet,
}

impl PathSettings {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            validity: ValidityCheck::All,
            policies: PolicySet::Any,
            policy_flags: InitialPolicyFlags::default(),
            name_comparisons: limits.name_comparisons,
        }
    }

    pub(crate) fn validity(mut self, validity: ValidityCheck) -> Self {
        self.validity = validity;
        self
    }
}

/// Judges `path` as of `at`. The first fault from the anchor downwards is returned.
pub(crate) fn validate(path: &Path, at: Time, settings: &PathSettings) -> Result<ValidPath, PathFault> {
    if path.is_anchor() {
        return anchor_itself(path, at, settings);
    }
    let mut state = State {
        policies: PolicyGraph::new(path.certificates.len(), settings.policy_flags),
        names: NameConstraints::new(settings.name_comparisons),
        path_length: path.certificates.len(),
    };
    let target = path.certificates.first();
    for (certificate, issuer) in path.links().rev() {
        let position = if Some(certificate) == target { Position::Target } else { Position::Issuer };
        let basic = check_basic(certificate, issuer, at, settings.validity, position);
        let step = basic.and_then(|()| state.step(certificate, position));
        step.map_err(|fault| PathFault::refused(certificate, fault))?;
    }
    let Some(target) = target else { return Err(PathFault::TooLong { limit: 0 }) };
    let policies = state.policies.finish(target, &settings.policies);
    let policies = policies.map_err(|fault| PathFault::refused(target, fault))?;
    Ok(ValidPath { path: path.clone(), policies })
}

/// Where a certificate stands in its path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Issuer,
    Target,
}

/// What is carried from certificate to certificate (RFC 5280, 6.1.2).
struct State {
    policies: PolicyGraph,
    names: NameConstraints,
    path_length: usize,
}

impl State {
    fn step(&mut self, certificate: &Certificate, position: Position) -> Result<(), StepFault> {
        let is_target = position == Position::Target;
        if is_target || !certificate.is_self_issued() {
            self.names.check(certificate)?;
        }
        self.policies.enter(&NamedPolicies::of(certificate)?, certificate, is_target)?;
        if !is_target {
            self.policies.leave(certificate)?;
            self.names.pass(certificate)?;
            self.descend(certificate)?;
        }
        check_extensions(certificate)
    }

    /// RFC 5280, 6.1.4 (k) to (n).
    fn descend(&mut self, certificate: &Certificate) -> Result<(), StepFault> {
        let constraints =
            certificate.basic_constraints()?.filter(|constraints| constraints.ca && certificate.version() == 3);
        let constraints = constraints.ok_or(StepFault::NotCa)?;
        if !certificate.is_self_issued() {
            self.path_length = self.path_length.checked_sub(1).ok_or(StepFault::PathLength)?;
        }
        if let Some(limit) = constraints.path_len_constraint {
            self.path_length = self.path_length.min(limit.into());
        }
        match certificate.key_usage()? {
            Some(usage) if !usage.0.contains(KeyUsages::KeyCertSign) => Err(StepFault::NoCertSign),
            _ => Ok(()),
        }
    }
}

/// RFC 5280, 6.1.3 (a) but for revocation.
fn check_basic(
    certificate: &Certificate,
    issuer: &Certificate,
    at: Time,
    validity: ValidityCheck,
    position: Position,
) -> Result<(), StepFault> {
    if certificate.signature_algorithm() != certificate.inner_signature_algorithm() {
        return Err(StepFault::AlgorithmMismatch);
    }
    let algorithm = certificate.signature_algorithm();
    signature::verify(issuer.spki(), algorithm, certificate.tbs(), certificate.signature())?;
    match (validity, position) {
        (ValidityCheck::All, _) | (ValidityCheck::Issuers, Position::Issuer) => check_validity(certificate, at)?,
        _ => {}
    }
    if certificate.issuer() == issuer.subject() { Ok(()) } else { Err(StepFault::NameChaining) }
}

fn check_validity(certificate: &Certificate, at: Time) -> Result<(), StepFault> {
    if at < certificate.not_before() {
        return Err(StepFault::NotYetValid(certificate.not_before()));
    }
    if at > certificate.not_after() {
        return Err(StepFault::Expired(certificate.not_after()));
    }
    Ok(())
}

/// Every critical extension is known, and none stands twice (RFC 5280, 4.2).
fn check_extensions(certificate: &Certificate) -> Result<(), StepFault> {
    let mut seen = HashSet::new();
    for extension in certificate.extensions() {
        if !seen.insert(extension.extn_id) {
            return Err(CertificateFault::DuplicateExtension(extension.extn_id).into());
        }
        if extension.critical && !KNOWN_EXTENSIONS.contains(&extension.extn_id) {
            return Err(StepFault::CriticalExtension(extension.extn_id));
        }
    }
    Ok(())
}

/// A target that is trusted itself has nothing above it (EN 319 102-1, 5.2.6 step 1).
fn anchor_itself(path: &Path, at: Time, settings: &PathSettings) -> Result<ValidPath, PathFault> {
    if let (ValidityCheck::All, Some(target)) = (settings.validity, path.certificates.first()) {
        check_validity(target, at).map_err(|fault| PathFault::refused(target, fault))?;
    }
    Ok(ValidPath { path: path.clone(), policies: settings.policies.clone() })
}
