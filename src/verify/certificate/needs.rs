//! What judging a certificate takes, and what of it is missing.

use std::rc::Rc;

use super::status::{self, described, is_exempt};
use super::{Validator, is_same_authority, links};
use crate::pki::certificate::Certificate;
use crate::pki::path::{Path, ValidityCheck, validate};
use crate::pki::revocation::select::{StatusAt, newest_usable};
use crate::pki::revocation::{Answer, Answers};
use crate::time::Time;

/// Something that is missing for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// No path leads from a certificate to an anchor; named are all that were reached, the highest last.
    Issuer(Vec<Certificate>),
    /// A path leads from this certificate to an anchor, but it does not hold at the time: why.
    Path(Certificate, String),
    /// Nothing says whether the first certificate, issued by the second, was revoked; why what is at hand does not.
    Revocation(Certificate, Certificate, Vec<String>),
}

/// That the status of a certificate is known.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) subject: Certificate,
    pub(crate) issuer: Certificate,
    pub(crate) answer: Answer,
}

/// How many values that say nothing are named for one certificate.
const REASONS: usize = 8;

/// What judging a certificate takes.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// The certificates of its path without the anchor, and all that signed revocation values.
    pub(crate) certificates: Vec<Certificate>,
    /// The revocation values that speak for them.
    pub(crate) settled: Vec<Settled>,
    pub(crate) gaps: Vec<Gap>,
}

impl Needs {
    fn add_certificate(&mut self, certificate: &Certificate) {
        if !self.certificates.contains(certificate) {
            self.certificates.push(certificate.clone());
        }
    }
}

impl Validator<'_> {
    /// What judging `target` at `time` takes: what is at hand for it, and what is missing. The certificates that signed revocation
    /// values are included with what they take.
    pub(crate) fn needs(&self, target: &Certificate, time: Time) -> Rc<Needs> {
        let mut known = self.pool.needs.borrow_mut();
        let needs = known.entry((target.clone(), time)).or_insert_with(|| Rc::new(self.find_needs(target, time)));
        Rc::clone(needs)
    }

    fn find_needs(&self, target: &Certificate, time: Time) -> Needs {
        let mut needs = Needs::default();
        let mut open = vec![target.clone()];
        let mut seen: Vec<Certificate> = Vec::new();
        while let Some(certificate) = open.pop() {
            if seen.contains(&certificate) || seen.len() > self.limits.certificates {
                continue;
            }
            seen.push(certificate.clone());
            let path = match self.likeliest_path(&certificate, time) {
                Some((path, None)) => path,
                Some((path, Some(fault))) => {
                    needs.gaps.push(Gap::Path(certificate.clone(), fault));
                    path
                }
                None => {
                    needs.gaps.push(Gap::Issuer(self.reached_from(&certificate)));
                    continue;
                }
            };
            self.add_statuses(&path, time, &mut needs, &mut open);
        }
        needs
    }

    fn add_statuses(&self, path: &Path, time: Time, needs: &mut Needs, open: &mut Vec<Certificate>) {
        for (subject, issuer) in links(path) {
            needs.add_certificate(subject);
            if is_exempt(subject) {
                continue;
            }
            let found = self.answers(subject, issuer);
            let (ahead, known): (Vec<_>, Vec<_>) = found.answers.iter().cloned().partition(|one| self.is_ahead(one));
            let status = newest_usable(&known, time, None);
            let (StatusAt::Good { answer } | StatusAt::Revoked { answer, .. } | StatusAt::OnHold { answer, .. }) =
                status
            else {
                let ahead = ahead.iter().map(|answer| status::ahead(answer, self.proofs.now()));
                let reasons = reasons(&found, &status, time, ahead);
                needs.gaps.push(Gap::Revocation(subject.clone(), issuer.clone(), reasons));
                continue;
            };
            // Lists for some reasons count only together.
            let partial = known.iter().filter(|one| !one.reasons.is_all() && one.issued_at() <= answer.issued_at());
            for answer in [answer].into_iter().chain(partial.filter(|one| *one != answer && !answer.reasons.is_all())) {
                // An anchor that signed revocation values, too: some verifiers look for who did among the certificates of the file.
                needs.add_certificate(&answer.signer);
                if !is_same_authority(&answer.signer, issuer) && !answer.nocheck {
                    open.push(answer.signer.clone());
                }
                let (subject, issuer, answer) = (subject.clone(), issuer.clone(), answer.clone());
                needs.settled.push(Settled { subject, issuer, answer });
            }
        }
    }

    /// The first path of `target` that holds at `time`; or the first there is, and what is wrong with it.
    fn likeliest_path(&self, target: &Certificate, time: Time) -> Option<(Path, Option<String>)> {
        let settings = self.settings(ValidityCheck::Issuers);
        let mut first = None;
        for path in self.paths(target).filter_map(Result::ok) {
            match validate(&path, time, &settings) {
                Ok(_) => return Some((path, None)),
                Err(fault) => first = first.or(Some((path, Some(fault.to_string())))),
            }
        }
        first
    }

    /// The certificates that can be reached from `target` by name, itself first: one of their issuers is missing.
    fn reached_from(&self, target: &Certificate) -> Vec<Certificate> {
        let mut reached = vec![target.clone()];
        let mut next = 0;
        while let Some(current) = reached.get(next).cloned() {
            next = next.saturating_add(1);
            if reached.len() >= self.limits.path_steps || current.is_self_issued() {
                continue;
            }
            let pool = self.pool.evidence.certificates();
            for issuer in pool.named(current.issuer()).cloned() {
                if !reached.contains(&issuer) {
                    reached.push(issuer);
                }
            }
        }
        reached
    }
}

/// Why what is at hand about a certificate does not say how it stood at `time`.
fn reasons(found: &Answers, status: &StatusAt<'_>, time: Time, ahead: impl Iterator<Item = String>) -> Vec<String> {
    let stale = match status {
        StatusAt::TryLater { answer } => Some(format!("{} is too old to speak for {time}", described(answer))),
        _ => None,
    };
    let refused = found.refused.iter().map(|refusal| refusal.fault.to_string());
    let mut reasons: Vec<String> = Vec::new();
    for reason in stale.into_iter().chain(ahead).chain(refused) {
        if reasons.len() < REASONS && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}
