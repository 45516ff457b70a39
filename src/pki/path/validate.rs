//! Judging one path as of a time.
//!
//! Invariant: this is RFC 5280, 6.1 without revocation: whether a status was known is asked separately, of any time.
//!
//! Specified in RFC 5280, 6.1.2 to 6.1.5. Noun: [`PathSettings`] (6.1.1).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use x509_cert::ext::pkix::KeyUsages;

use crate::limits::Limits;
use crate::pki::certificate::{Certificate, CertificateFault};
use crate::pki::extension::repeated;
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

/// Judges `path` as of `at`; returns the policies that it is valid for (RFC 5280, 6.1.6: the user-constrained-policy-set), or the first fault
/// from the anchor downwards.
pub(crate) fn validate(path: &Path, at: Time, settings: &PathSettings) -> Result<PolicySet, PathFault> {
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
    state.policies.finish(target, &settings.policies).map_err(|fault| PathFault::refused(target, fault))
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
    certificate.verify(issuer.working_key())?;
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
pub(crate) fn check_extensions(certificate: &Certificate) -> Result<(), StepFault> {
    let extensions = certificate.extensions();
    if let Some(oid) = repeated(extensions) {
        return Err(CertificateFault::DuplicateExtension(oid.clone()).into());
    }
    let unknown = extensions.iter().find(|extension| extension.is_unknown_critical(&KNOWN_EXTENSIONS));
    unknown.map_or(Ok(()), |extension| Err(StepFault::CriticalExtension(extension.extn_id.clone())))
}

/// A target that is trusted itself has nothing above it (EN 319 102-1, 5.2.6 step 1).
fn anchor_itself(path: &Path, at: Time, settings: &PathSettings) -> Result<PolicySet, PathFault> {
    if let (ValidityCheck::All, Some(target)) = (settings.validity, path.certificates.first()) {
        check_validity(target, at).map_err(|fault| PathFault::refused(target, fault))?;
    }
    Ok(settings.policies.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::certificates::Certificates;
    use crate::pki::fixture::{Party, ca, extension, party, time, usage};
    use crate::pki::path::Paths;
    use crate::pki::trust::store::TrustStore;

    const ROOT: Party = Party { name: 1, key: 1 };
    const SUB: Party = Party { name: 2, key: 2 };
    const LEAF: Party = Party { name: 3, key: 3 };

    fn path(target: &Certificate, pool: &[Certificate]) -> Path {
        let mut trust = TrustStore::new();
        trust.add(ROOT.certify(ROOT), "test");
        Paths::new(target, &Certificates::from(pool), &trust, &Limits::default()).next().unwrap().unwrap()
    }

    fn judge(target: &Certificate, pool: &[Certificate], settings: &PathSettings) -> Result<(), String> {
        let outcome = validate(&path(target, pool), time("2026-01-01"), settings);
        outcome.map(drop).map_err(|fault| fault.to_string())
    }

    fn settings() -> PathSettings {
        PathSettings::new(&Limits::default())
    }

    #[test]
    fn whose_validity_counts_is_a_setting() {
        let old = ROOT.issue_until(LEAF, &[], "250101000000Z");
        let fault = judge(&old, &[], &settings()).unwrap_err();
        assert_eq!(
            fault,
            "\"CN=Party 3\", serial 40030301: not valid after 2025-01-01T00:00:00Z (RFC 5280, 6.1.3 (a)(2))"
        );
        assert!(judge(&old, &[], &settings().validity(ValidityCheck::Issuers)).is_ok());
        let sub = ROOT.issue_until(SUB, &[ca(None)], "250101000000Z");
        let leaf = SUB.issue(LEAF, &[]);
        assert!(judge(&leaf, std::slice::from_ref(&sub), &settings().validity(ValidityCheck::Issuers)).is_err());
        assert!(judge(&leaf, &[sub], &settings().validity(ValidityCheck::Nobody)).is_ok());
    }

    #[test]
    fn a_signature_that_does_not_verify_is_found_here_too() {
        let good = path(&ROOT.issue(LEAF, &[]), &[]);
        let forged = Path { certificates: vec![party(ROOT.name, 9).issue(LEAF, &[])], ..good };
        let fault = validate(&forged, time("2026-01-01"), &settings()).unwrap_err();
        assert!(matches!(fault, PathFault::Refused { fault: StepFault::Signature(_), .. }), "{fault}");
    }

    #[test]
    fn an_empty_path_is_no_path() {
        let empty = Path { certificates: Vec::new(), ..path(&ROOT.issue(LEAF, &[]), &[]) };
        assert!(validate(&empty, time("2026-01-01"), &settings()).is_err());
    }

    #[test]
    fn extensions_twice_are_refused() {
        let twice = SUB.issue(LEAF, &[ca(None), ca(None)]);
        let fault = judge(&twice, &[ROOT.certify(SUB)], &settings()).unwrap_err();
        assert!(fault.contains("stands twice"), "{fault}");
        let unknown = const_oid::ObjectIdentifier::new_unwrap("1.2.3");
        let odd = SUB.issue(LEAF, &[extension(unknown, false, &true)]);
        assert!(judge(&odd, &[ROOT.certify(SUB)], &settings()).is_ok());
        let odd = SUB.issue(LEAF, &[extension(unknown, true, &true)]);
        assert!(judge(&odd, &[ROOT.certify(SUB)], &settings()).unwrap_err().contains("critical extension 1.2.3"));
    }

    #[test]
    fn cas_need_the_right_to_certify() {
        let leaf = SUB.issue(LEAF, &[]);
        for (extensions, expected) in [
            (vec![], "no certificate of a CA"),
            (vec![ca(None), usage(KeyUsages::CRLSign)], "may not sign certificates"),
        ] {
            let fault = judge(&leaf, &[ROOT.issue(SUB, &extensions)], &settings()).unwrap_err();
            assert!(fault.contains(expected), "{fault}");
        }
        assert!(judge(&leaf, &[ROOT.issue(SUB, &[ca(Some(0))])], &settings()).is_ok());
    }

    #[test]
    fn the_target_may_be_the_anchor() {
        let root = ROOT.issue_until(ROOT, &[], "250101000000Z");
        let own = path(&root, &[]);
        assert!(validate(&own, time("2024-01-01"), &settings()).is_ok());
        assert!(validate(&own, time("2026-01-01"), &settings()).is_err());
        assert!(validate(&own, time("2026-01-01"), &settings().validity(ValidityCheck::Issuers)).is_ok());
    }
}
