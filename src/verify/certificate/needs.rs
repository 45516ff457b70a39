//! What judging a certificate takes, and what of it is missing.

use std::rc::Rc;

use super::status::is_exempt;
use super::{Validator, is_same_authority, links};
use crate::pki::certificate::Certificate;
use crate::pki::path::{Path, ValidityCheck, validate};
use crate::pki::revocation::Answer;
use crate::pki::revocation::select::{StatusAt, newest_usable};
use crate::time::Time;

/// Something that is missing for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// No path leads from this certificate to an anchor; the certificate named is the last that was reached.
    Issuer(Certificate),
    /// A path leads from this certificate to an anchor, but it does not hold at the time: why.
    Path(Certificate, String),
    /// Nothing says whether the first certificate, issued by the second, was revoked.
    Revocation(Certificate, Certificate),
}

/// What judging a certificate takes.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// The certificates of its path without the anchor, and those that signed revocation values.
    pub(crate) certificates: Vec<Certificate>,
    /// The revocation values that speak for them.
    pub(crate) answers: Vec<Answer>,
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
                    needs.gaps.push(Gap::Issuer(self.top_of(&certificate)));
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
            let found = &self.answers(subject, issuer).answers;
            let (StatusAt::Good { answer } | StatusAt::Revoked { answer, .. } | StatusAt::OnHold { answer, .. }) =
                newest_usable(found, time, None)
            else {
                needs.gaps.push(Gap::Revocation(subject.clone(), issuer.clone()));
                continue;
            };
            if !is_same_authority(&answer.signer, issuer) {
                needs.add_certificate(&answer.signer);
                if !answer.nocheck {
                    open.push(answer.signer.clone());
                }
            }
            needs.answers.push(answer.clone());
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

    /// The highest certificate that can be reached from `target`: the one whose issuer is missing.
    fn top_of(&self, target: &Certificate) -> Certificate {
        let mut top = target.clone();
        for _ in 0..self.limits.path_length {
            let issuer = self.pool.evidence.certificates().named(top.issuer()).find(|one| **one != top);
            match issuer {
                Some(issuer) if !top.is_self_issued() => top = issuer.clone(),
                _ => break,
            }
        }
        top
    }
}
