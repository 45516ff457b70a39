//! Finding chains from a certificate to a trust anchor.
//!
//! What it is for: an iterator over prospective paths, shortest first (among up to 16 issuers of a name) and the likeliest first among equals, so that a caller takes the next
//! one when a path turns out not to be valid (EN 319 102-1, 5.2.6 step 2).
//!
//! Invariant: key identifiers order the search and exclude nothing (RFC 4158, 3.5.12); a root in the pool is no anchor.
//! Invariant: no name and key stands twice in a path; each signature is checked at most once; steps are counted.

use std::collections::VecDeque;

use crate::limits::Limits;
use crate::pki::certificate::Certificate;
use crate::pki::certificates::Certificates;
use crate::pki::key::KeyFault;
use crate::pki::signature::{Checks, SignatureFault};
use crate::pki::trust::store::{TrustAnchor, TrustStore};

use super::{Path, PathFault, StepFault};

/// How many authorities of one name are tried for a chain before the others have their turn, so that a thousand of them do not keep the
/// chains of the likeliest from being followed. No authority at hand has more certificates of one name.
const NAMESAKES: usize = 16;

/// The prospective paths of one certificate; ends after the first `Err`, which comes last if it comes at all.
pub(crate) struct Paths<'a> {
    pool: &'a Certificates,
    trust: &'a TrustStore,
    steps_left: usize,
    limits: &'a Limits,
    /// What this search shares with others.
    checks: Option<&'a Checks>,
    open: VecDeque<Branch<'a>>,
    /// Paths found while extending the last chain.
    found: VecDeque<Path>,
    outcome: Outcome,
}

/// A chain still to be extended.
struct Branch<'a> {
    /// The target first.
    chain: Vec<Certificate>,
    /// Issuers that were not tried yet, the likeliest last; `None` where none was.
    untried: Option<Vec<&'a Certificate>>,
}

/// What the search says when it ends.
enum Outcome {
    /// Nothing was found yet; the likeliest explanation so far.
    Nothing(PathFault),
    /// At least one path was handed out, or the fault was.
    Said,
}

impl<'a> Paths<'a> {
    /// The paths of `target` through certificates of `pool` to anchors of `trust`.
    pub(crate) fn new(target: &Certificate, pool: &'a Certificates, trust: &'a TrustStore, limits: &'a Limits) -> Self {
        let own = trust.anchors_with(target);
        let found = own.map(|anchor| Path::new(vec![target.clone()], anchor));
        Self {
            pool,
            trust,
            steps_left: limits.path_steps,
            limits,
            checks: None,
            open: VecDeque::from([Branch { chain: vec![target.clone()], untried: None }]),
            found: found.collect(),
            outcome: Outcome::Nothing(PathFault::NoIssuer { certificate: target.clone() }),
        }
    }

    /// The same, within what is left of `checks` too.
    pub(crate) fn within(mut self, checks: &'a Checks) -> Self {
        self.checks = Some(checks);
        self
    }

    /// Tries the next issuers of the chain's last certificate, the anchors first; `Err` when the budget ends.
    fn extend(&mut self, branch: Branch<'a>) -> Result<(), PathFault> {
        let Branch { chain, untried } = branch;
        let Some(last) = chain.last() else { return Ok(()) };
        let mut untried = match untried {
            Some(untried) => untried,
            None => {
                self.try_anchors(&chain, last)?;
                let mut issuers: Vec<&'a Certificate> = self.pool.named(last.issuer()).collect();
                let wanted = last.authority_key_id();
                issuers.sort_by_cached_key(|issuer| likelihood(wanted.as_deref(), issuer));
                issuers
            }
        };
        let rest = untried.split_off(untried.len().saturating_sub(NAMESAKES));
        for issuer in rest.into_iter().rev().filter(|issuer| !stands_in(&chain, issuer)) {
            if self.is_signed_by(last, issuer)? {
                self.enqueue(&chain, issuer);
            }
        }
        if !untried.is_empty() {
            self.open.push_back(Branch { chain, untried: Some(untried) });
        }
        Ok(())
    }

    fn try_anchors(&mut self, chain: &[Certificate], last: &Certificate) -> Result<(), PathFault> {
        let trust = self.trust;
        for anchor in trust.anchors().iter().filter(|anchor| anchor.name() == last.issuer()) {
            if self.is_signed_by(last, anchor.certificate())? {
                self.complete(chain, anchor)?;
            }
        }
        Ok(())
    }

    fn is_signed_by(&mut self, subject: &Certificate, issuer: &Certificate) -> Result<bool, PathFault> {
        let budget = PathFault::Budget { steps: self.limits.path_steps };
        self.steps_left = self.steps_left.checked_sub(1).ok_or(budget)?;
        match self.ask(subject, issuer.spki())? {
            // A key without parameters has them when its path is whole: see `complete`.
            Ok(()) | Err(SignatureFault::Key(KeyFault::InheritedParameters)) => Ok(true),
            Err(fault) => {
                self.explain(PathFault::refused(subject, StepFault::Signature(fault)));
                Ok(false)
            }
        }
    }

    /// Whether the key `spki` signed `subject`, counted.
    fn ask(&self, subject: &Certificate, spki: &[u8]) -> Result<Result<(), SignatureFault>, PathFault> {
        self.checks.map_or(Ok(()), |checks| checks.count(subject.is_checked(spki)))?;
        Ok(subject.verify(spki))
    }

    /// Hands out the path, once the keys that inherited their parameters have been asked, too.
    fn complete(&mut self, chain: &[Certificate], anchor: &TrustAnchor) -> Result<(), PathFault> {
        let path = Path::new(chain.to_vec(), anchor);
        for (subject, issuer) in path.links() {
            if let Err(fault) = self.ask(subject, issuer.working_key())? {
                self.explain(PathFault::refused(subject, StepFault::Signature(fault)));
                return Ok(());
            }
        }
        self.found.push_back(path);
        Ok(())
    }

    fn enqueue(&mut self, chain: &[Certificate], issuer: &Certificate) {
        if chain.len() >= self.limits.path_length {
            self.explain(PathFault::TooLong { limit: self.limits.path_length });
            return;
        }
        // The chain grew: what is missing now is this issuer's issuer.
        self.explain(PathFault::NoIssuer { certificate: issuer.clone() });
        let chain = chain.iter().chain([issuer]).cloned().collect();
        self.open.push_back(Branch { chain, untried: None });
    }

    /// Keeps the fault that says most: a wrong signature more than a missing issuer, a later one more than an earlier.
    fn explain(&mut self, fault: PathFault) {
        let Outcome::Nothing(known) = &mut self.outcome else { return };
        if !matches!((&*known, &fault), (PathFault::Refused { .. }, PathFault::NoIssuer { .. })) {
            *known = fault;
        }
    }
}

impl Iterator for Paths<'_> {
    type Item = Result<Path, PathFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(path) = self.found.pop_front() {
                self.outcome = Outcome::Said;
                return Some(Ok(path));
            }
            let Some(branch) = self.open.pop_front() else { break };
            if let Err(fault) = self.extend(branch) {
                self.open.clear();
                self.outcome = Outcome::Nothing(fault);
            }
        }
        match std::mem::replace(&mut self.outcome, Outcome::Said) {
            Outcome::Nothing(fault) => Some(Err(fault)),
            Outcome::Said => None,
        }
    }
}

/// Whether the chain has a certificate with this name and key already (RFC 4158, 2.4.2).
fn stands_in(chain: &[Certificate], issuer: &Certificate) -> bool {
    chain.iter().any(|member| member.subject() == issuer.subject() && member.spki() == issuer.spki())
}

/// How likely `issuer` signed what names the authority's key `wanted`; greater is likelier. The later end breaks ties.
fn likelihood(wanted: Option<&[u8]>, issuer: &Certificate) -> (u8, crate::time::Time) {
    let hint = match (wanted, issuer.subject_key_id()) {
        (Some(wanted), Some(own)) if wanted == own => 2,
        (Some(_), Some(_)) => 0,
        _ => 1,
    };
    (hint, issuer.not_after())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::pki::fixture::{Party, party};

    const ROOT: Party = Party { name: 1, key: 1 };

    fn trusting(anchors: &[Certificate]) -> TrustStore {
        let mut store = TrustStore::new();
        anchors.iter().for_each(|anchor| store.add(anchor.clone(), "test"));
        store
    }

    fn held(pool: &[Certificate]) -> Certificates {
        Certificates::from(pool)
    }

    #[test]
    fn the_shortest_path_comes_first_and_others_follow() {
        let root = ROOT.certify(ROOT);
        let (sub, leaf) = (party(2, 2), party(3, 3));
        let other = party(4, 4);
        let pool = [other.certify(sub), ROOT.certify(other), ROOT.certify(sub)];
        let target = sub.issue(leaf, &[]);
        let trust = trusting(&[root]);
        let limits = Limits::default();
        let lengths: Vec<_> =
            Paths::new(&target, &held(&pool), &trust, &limits).map(|path| path.unwrap().certificates.len()).collect();
        assert_eq!(lengths, [2, 3]);
    }

    #[test]
    fn a_root_in_the_pool_is_no_anchor() {
        let target = ROOT.issue(party(2, 2), &[]);
        let pool = [ROOT.certify(ROOT)];
        let (trust, limits) = (TrustStore::new(), Limits::default());
        let found: Vec<_> = Paths::new(&target, &held(&pool), &trust, &limits).collect();
        assert_eq!(found, [Err(PathFault::NoIssuer { certificate: pool[0].clone() })]);
    }

    #[test]
    fn an_anchor_is_a_name_and_key() {
        let reissued = ROOT.issue_until(ROOT, &[], "250101000000Z");
        let trust = trusting(std::slice::from_ref(&reissued));
        let limits = Limits::default();
        let path = Paths::new(&reissued, &held(&[]), &trust, &limits).next().unwrap().unwrap();
        assert!(path.is_anchor());
        // Another certificate of the same name and key is one that the anchor issued, if it did.
        let own = ROOT.certify(ROOT);
        let path = Paths::new(&own, &held(&[]), &trust, &limits).next().unwrap().unwrap();
        assert!(!path.is_anchor() && path.anchor.is(&own));
        let mut forged = own.der().to_vec();
        *forged.last_mut().unwrap() ^= 1;
        let forged = Certificate::from_der(&forged).unwrap();
        let fault = Paths::new(&forged, &held(&[]), &trust, &limits).next().unwrap().unwrap_err();
        assert!(matches!(fault, PathFault::Refused { fault: StepFault::Signature(_), .. }), "{fault}");
        let target = ROOT.issue(party(2, 2), &[]);
        assert!(Paths::new(&target, &held(&[]), &trust, &limits).next().unwrap().is_ok());
        let namesake = party(ROOT.name, 9).issue(party(2, 2), &[]);
        let fault = Paths::new(&namesake, &held(&[]), &trust, &limits).next().unwrap().unwrap_err();
        assert!(matches!(fault, PathFault::Refused { fault: StepFault::Signature(_), .. }), "{fault}");
    }

    #[test]
    fn two_hundred_namesakes_do_not_hide_the_issuer() {
        let sub = party(2, 2);
        let target = sub.issue(party(3, 3), &[]);
        let mut pool: Vec<_> = (10..210).map(|key| party(2, key).certify(party(2, key))).collect();
        let limits = Limits::default();
        let trust = trusting(&[ROOT.certify(ROOT)]);
        let fault = Paths::new(&target, &held(&pool), &trust, &limits).next().unwrap().unwrap_err();
        assert!(matches!(fault, PathFault::Refused { fault: StepFault::Signature(_), .. }), "{fault}");
        pool.push(ROOT.certify(sub));
        assert!(Paths::new(&target, &held(&pool), &trust, &limits).next().unwrap().is_ok());
    }

    /// RFC 5280, 4.2.1.1 and 4.2.1.2 help to build paths; a wrong identifier is no reason to refuse one.
    #[test]
    fn key_identifiers_are_hints_only() {
        use crate::pki::fixture::{ca, extension};
        use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};

        let id = |byte: u8| der::asn1::OctetString::new([byte; 20]).unwrap();
        let sub = party(2, 2);
        let own = extension(const_oid::db::rfc5912::ID_CE_SUBJECT_KEY_IDENTIFIER, false, &SubjectKeyIdentifier(id(7)));
        let wanted = AuthorityKeyIdentifier { key_identifier: Some(id(8)), ..AuthorityKeyIdentifier::default() };
        let wanted = extension(const_oid::db::rfc5912::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &wanted);
        let target = sub.issue(party(3, 3), &[wanted]);
        let (trust, limits) = (trusting(&[ROOT.certify(ROOT)]), Limits::default());
        let pool = held(&[ROOT.issue(sub, &[ca(None), own])]);
        assert!(Paths::new(&target, &pool, &trust, &limits).next().unwrap().is_ok());
    }

    #[test]
    fn an_exponential_pool_ends_at_the_budget_with_few_signatures_checked() {
        // Two CAs on each of twelve floors, all certified by both of the floor above; nobody is trusted.
        let floor = |at: u8| [party(10 + at, 2 * at + 1), party(10 + at, 2 * at + 2)];
        let pool: Vec<_> = (0..12)
            .flat_map(|at| floor(at + 1).map(|issuer| floor(at).map(|subject| issuer.certify(subject))))
            .flatten()
            .collect();
        let target = party(10, 1).issue(party(99, 99), &[]);
        let (trust, limits) = (trusting(&[ROOT.certify(ROOT)]), Limits::default());
        let (pool, checks) = (held(&pool), Checks::new(1_000));
        let mut paths = Paths::new(&target, &pool, &trust, &limits).within(&checks);
        assert_eq!(paths.next(), Some(Err(PathFault::Budget { steps: limits.path_steps })));
        assert_eq!(paths.next(), None);
        assert!(checks.made() <= 4 * 12 * 2, "{}", checks.made());
        // Asked again, nothing is checked again; and where nothing is left, the search says so.
        let made = checks.made();
        assert!(Paths::new(&target, &pool, &trust, &limits).within(&checks).next().is_some());
        assert_eq!(checks.made(), made);
        let (fresh, spent) = (party(10, 1).issue(party(98, 98), &[]), Checks::new(0));
        let fault = Paths::new(&fresh, &pool, &trust, &limits).within(&spent).next().unwrap().unwrap_err();
        assert!(
            matches!(fault, PathFault::Checks(_)) && fault.to_string().contains("Limits::signature_checks"),
            "{fault}"
        );
    }

    #[test]
    fn paths_are_not_longer_than_the_bound() {
        let chain: Vec<_> = (1..10).map(|at| party(at, at).certify(party(at + 1, at + 1))).collect();
        let target = party(10, 10).issue(party(20, 20), &[]);
        let trust = trusting(&[ROOT.certify(ROOT)]);
        let mut limits = Limits::default();
        assert_eq!(Paths::new(&target, &held(&chain), &trust, &limits).next().unwrap().unwrap().certificates.len(), 10);
        limits.path_length = 9;
        assert_eq!(
            Paths::new(&target, &held(&chain), &trust, &limits).collect::<Vec<_>>(),
            [Err(PathFault::TooLong { limit: 9 })]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn any_graph_is_searched_within_its_bounds(edges in proptest::collection::vec((0u8..4, 1u8..4, 0u8..4, 1u8..4), 0..40)) {
            let pool: Vec<_> = edges
                .iter()
                .map(|(name, key, issuer, issuer_key)| party(*issuer, *issuer_key).certify(party(*name, *key)))
                .collect();
            let root = party(0, 1);
            let target = party(3, 3).issue(party(9, 9), &[]);
            let (trust, mut limits) = (trusting(&[root.certify(root)]), Limits::default());
            limits.path_length = 6;
            let (pool, checks) = (held(&pool), Checks::new(1_000));
            let found: Vec<_> = Paths::new(&target, &pool, &trust, &limits).within(&checks).collect();
            prop_assert!(checks.made() <= limits.path_steps);
            prop_assert!(found.iter().rev().skip(1).all(Result::is_ok));
            for path in found.into_iter().flatten() {
                prop_assert!(path.certificates.len() <= limits.path_length);
                let parties: HashSet<_> = path.certificates.iter().map(|one| (one.subject().der(), one.spki())).collect();
                prop_assert_eq!(parties.len(), path.certificates.len());
                for (certificate, issuer) in path.links() {
                    prop_assert_eq!(certificate.issuer(), issuer.subject());
                    prop_assert!(certificate.verify(issuer.spki()).is_ok());
                }
            }
        }
    }
}
