//! The X.509 block: is there a path from a certificate to a trust anchor that holds at a time, and was nothing on it revoked?
//!
//! Invariant: revocation data that is newer than the time of interest is used: it is what past validation needs.
//! Invariant: every certificate that signed revocation data is itself judged.
//!
//! Specified in EN 319 102-1, 5.2.6 (steps by their numbers), RFC 5280, 6, RFC 6960.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::policy;
use crate::limits::Limits;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::evidence::Evidence;
use crate::pki::path::purpose::{self, Purpose};
use crate::pki::path::{Path, PathFault, PathSettings, Paths, StepFault, ValidityCheck, validate};
use crate::pki::revocation::select::{StatusAt, newest_usable};
use crate::pki::revocation::{Answer, Answers, Refusal, Source, answers};
use crate::pki::trust::store::{TrustAnchor, TrustStore};
use crate::report::{Code, Conclusion, Finding, SubIndication};
use crate::time::Time;

/// How deep judging a certificate may lead to judging those who signed its revocation data, and so on.
const SIGNER_DEPTH: u8 = 3;

/// How many values that cannot be used are named about one certificate before the rest is counted only.
const REFUSALS: usize = 16;

/// What judging needs: anchors, evidence and bounds.
#[derive(Clone, Copy)]
pub(crate) struct Validator<'a> {
    pub(crate) trust: &'a TrustStore,
    pub(crate) pool: &'a Pool<'a>,
    pub(crate) limits: &'a Limits,
}

/// Evidence with the answers that were read out of it: they depend on no time, and a file that is full of worthless values would have
/// each checked again for every signature and time.
pub(crate) struct Pool<'a> {
    pub(crate) evidence: &'a Evidence,
    /// By certificate and issuer.
    answers: RefCell<HashMap<(Certificate, Certificate), Rc<Answers>>>,
    /// By certificate, purpose, time and depth: a thousand signatures may name the same certificate.
    judged: RefCell<HashMap<(Certificate, Purpose, Time, u8), Judged>>,
    /// By certificate and time.
    needs: RefCell<HashMap<(Certificate, Time), Rc<Needs>>>,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(evidence: &'a Evidence) -> Self {
        Self { evidence, answers: RefCell::default(), judged: RefCell::default(), needs: RefCell::default() }
    }
}

/// What the block found.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) conclusion: Conclusion,
    /// The path that the conclusion is about; the last one tried where none held.
    pub(crate) path: Option<Path>,
    /// When the certificate, or one above it, was revoked.
    pub(crate) revoked_at: Option<Time>,
    pub(crate) findings: Vec<Finding>,
}

/// Something that is missing for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// No path leads from this certificate to an anchor; the certificate named is the last that was reached.
    Issuer(Certificate),
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
    /// Judges `target` for `purpose` at `time` (5.2.6).
    pub(crate) fn judge(&self, target: &Certificate, purpose: Purpose, time: Time) -> Judged {
        self.judge_at_depth(target, purpose, time, SIGNER_DEPTH)
    }

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
            let Some(path) = self.first_path(&certificate, time) else {
                needs.gaps.push(Gap::Issuer(self.top_of(&certificate)));
                continue;
            };
            for (subject, issuer) in links(&path) {
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
        needs
    }

    fn judge_at_depth(&self, target: &Certificate, purpose: Purpose, time: Time, depth: u8) -> Judged {
        let key = (target.clone(), purpose, time, depth);
        if let Some(judged) = self.pool.judged.borrow().get(&key) {
            return judged.clone();
        }
        let judged = self.judge_paths(target, purpose, time, depth);
        self.pool.judged.borrow_mut().insert(key, judged.clone());
        judged
    }

    fn judge_paths(&self, target: &Certificate, purpose: Purpose, time: Time, depth: u8) -> Judged {
        let mut worst = Judged {
            conclusion: Conclusion::indeterminate(SubIndication::NoCertificateChainFound),
            path: None,
            revoked_at: None,
            findings: Vec::new(),
        };
        // Step 2: another chain, until one holds.
        for candidate in Paths::new(target, self.pool.evidence.certificates(), self.trust, self.limits) {
            match candidate {
                Ok(path) => {
                    let judged = self.judge_path(path, purpose, time, depth);
                    if judged.conclusion.is_passed() {
                        return judged;
                    }
                    if worst.path.is_none() {
                        worst = judged;
                    }
                }
                Err(fault) => worst.findings.push(Finding::new(Code::Path, fault)),
            }
        }
        worst
    }

    fn judge_path(&self, path: Path, purpose: Purpose, time: Time, depth: u8) -> Judged {
        let mut judged = Judged { conclusion: Conclusion::PASSED, path: None, revoked_at: None, findings: Vec::new() };
        let outcome = self
            .check_rfc5280(&path, time)
            .and_then(|()| self.check_revocation(&path, time, depth, &mut judged))
            .and_then(|()| check_purpose(&path, purpose))
            .and_then(|()| check_algorithms(&path, time))
            .and_then(|()| check_validity(&path, time));
        if let Err((sub_indication, finding)) = outcome {
            judged.conclusion = Conclusion::indeterminate(sub_indication);
            judged.findings.push(finding);
        }
        judged.path = Some(path);
        judged
    }

    /// Step 4: RFC 5280, 6.1, leaving out whether `time` lies in the target's own validity.
    fn check_rfc5280(&self, path: &Path, time: Time) -> Result<(), Fault> {
        validate(path, time, &self.settings()).map(drop).map_err(|fault| {
            let (sub_indication, code) = match fault {
                // An authority that expired is out of bounds like a signer that did: an earlier time may help.
                PathFault::Refused { fault: StepFault::Expired(_) | StepFault::NotYetValid(_), .. } => {
                    (SubIndication::OutOfBoundsNoPoe, Code::Validity)
                }
                _ => (SubIndication::CertificateChainGeneralFailure, Code::Path),
            };
            (sub_indication, Finding::new(code, fault))
        })
    }

    /// Step 4 (a) to (d), from the anchor down.
    fn check_revocation(&self, path: &Path, time: Time, depth: u8, judged: &mut Judged) -> Result<(), Fault> {
        for (subject, issuer) in links(path).rev().filter(|(subject, _)| !is_exempt(subject)) {
            let is_target = path.certificates.first() == Some(subject);
            let mut notes = Vec::new();
            let believed = self.believed((subject, issuer), &path.anchor, time, depth, &mut notes);
            let (sub_indication, code, message) = match newest_usable(&believed, time, None) {
                StatusAt::Good { .. } => continue,
                StatusAt::Revoked { answer, since, reason } => {
                    judged.revoked_at = Some(since);
                    let sub_indication =
                        if is_target { SubIndication::RevokedNoPoe } else { SubIndication::RevokedCaNoPoe };
                    let message = format!("{subject} was revoked at {since} ({reason}), says {}", described(answer));
                    (sub_indication, Code::Revocation, message)
                }
                StatusAt::OnHold { answer, since } => {
                    let message = format!("{subject} is on hold since {since}, says {}", described(answer));
                    (SubIndication::TryLater, Code::Revocation, message)
                }
                StatusAt::TryLater { answer } => {
                    let message = format!(
                        "whether {subject} was revoked by {time} is not known: {} is too old",
                        described(answer)
                    );
                    (SubIndication::TryLater, Code::RevocationMissing, message)
                }
                StatusAt::Unknown => {
                    let message = format!("nothing at hand says whether {subject} was revoked");
                    (SubIndication::TryLater, Code::RevocationMissing, message)
                }
            };
            // Values that could not be used matter only where a usable one is missing.
            judged.findings.append(&mut notes);
            return Err((sub_indication, Finding::new(code, message)));
        }
        Ok(())
    }

    /// The authentic answers about `subject`, which `issuer` issued, whose signers hold themselves, under the same anchor
    /// (RFC 5280, 6.3.3 (f)).
    fn believed(
        &self,
        (subject, issuer): (&Certificate, &Certificate),
        anchor: &TrustAnchor,
        time: Time,
        depth: u8,
        notes: &mut Vec<Finding>,
    ) -> Vec<Answer> {
        let found = self.answers(subject, issuer);
        let refused =
            |refusal: &Refusal| Finding::new(Code::RevocationUnusable, format!("about {subject}: {}", refusal.fault));
        notes.extend(found.refused.iter().take(REFUSALS).map(refused));
        let more = found.refused.len().saturating_sub(REFUSALS);
        if more > 0 {
            let message = format!("about {subject}: {more} further values say nothing");
            notes.push(Finding::new(Code::RevocationUnusable, message));
        }
        let mut believed = found.answers.clone();
        believed.retain(|answer| {
            if is_same_authority(&answer.signer, issuer) || answer.nocheck {
                return true;
            }
            let Some(depth) = depth.checked_sub(1) else { return false };
            let purpose = match answer.source {
                Source::Ocsp(_) => Purpose::OcspSigning,
                Source::Crl(_) | Source::DeltaCrl { .. } => Purpose::CrlSigning,
            };
            // An expired signer is judged at its end: what it signed before stays signed.
            let signer = self.judge_at_depth(&answer.signer, purpose, time.min(answer.signer.not_after()), depth);
            let is_same_anchor = signer.path.is_some_and(|path| path.anchor.is(anchor.certificate()));
            let holds = signer.conclusion.is_passed() && is_same_anchor;
            if !holds {
                let message = format!("about {subject}: its signer {} does not hold", answer.signer);
                notes.push(Finding::new(Code::RevocationUnusable, message));
                notes.extend(signer.findings);
            }
            holds
        });
        believed
    }

    /// Every authentic answer at hand. Anchors may sign CRLs for others, so that they are among the candidates.
    fn answers(&self, subject: &Certificate, issuer: &Certificate) -> Rc<Answers> {
        let mut known = self.pool.answers.borrow_mut();
        let found = known.entry((subject.clone(), issuer.clone())).or_insert_with(|| {
            let evidence = self.pool.evidence;
            let anchors = self.trust.anchors().iter().map(|anchor| anchor.certificate().clone());
            let pool: Vec<Certificate> = evidence.certificates().iter().cloned().chain(anchors).collect();
            Rc::new(answers(subject, issuer, evidence.crls(), evidence.ocsps(), &pool, self.limits))
        });
        Rc::clone(found)
    }

    fn settings(&self) -> PathSettings {
        PathSettings::new(self.limits).validity(ValidityCheck::Issuers)
    }

    fn first_path(&self, target: &Certificate, time: Time) -> Option<Path> {
        let settings = self.settings();
        let mut paths =
            Paths::new(target, self.pool.evidence.certificates(), self.trust, self.limits).filter_map(Result::ok);
        let first = paths.next()?;
        if validate(&first, time, &settings).is_ok() {
            return Some(first);
        }
        paths.find(|path| validate(path, time, &settings).is_ok()).or(Some(first))
    }

    /// The highest certificate that can be reached from `target`: the one whose issuer is missing.
    fn top_of(&self, target: &Certificate) -> Certificate {
        let mut top = target.clone();
        for _ in 0..self.limits.path_length {
            let issuer =
                self.pool.evidence.certificates().iter().find(|one| one.subject() == top.issuer() && **one != top);
            match issuer {
                Some(issuer) if !top.is_self_issued() => top = issuer.clone(),
                _ => break,
            }
        }
        top
    }
}

/// A sub-indication with the finding that explains it.
type Fault = (SubIndication, Finding);

/// Each certificate of `path` with its issuer, from the target up. A target that is an anchor has no issuer to ask.
fn links(path: &Path) -> impl DoubleEndedIterator<Item = (&Certificate, &Certificate)> {
    path.links().filter(|_| !path.is_anchor())
}

/// The same name and key, whatever certificate carries them.
fn is_same_authority(one: &Certificate, other: &Certificate) -> bool {
    one.subject() == other.subject() && one.spki() == other.spki()
}

fn described(answer: &Answer) -> String {
    let kind = match answer.source {
        Source::Ocsp(_) => "OCSP response",
        Source::Crl(_) | Source::DeltaCrl { .. } => "CRL",
    };
    format!("the {kind} of {}", answer.issued_at())
}

/// Certificates that say of themselves that no revocation data exists: short-term (EN 319 412-1, 5.2.2) and noRevAvail (RFC 9608).
fn is_exempt(certificate: &Certificate) -> bool {
    const SHORT_TERM: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("0.4.0.194121.2.1");
    const NO_REV_AVAIL: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("2.5.29.56");
    let is_ca = certificate.basic_constraints().ok().flatten().is_some_and(|constraints| constraints.ca);
    !is_ca && [SHORT_TERM, NO_REV_AVAIL].into_iter().any(|oid| certificate.raw_extension(oid).is_some())
}

fn check_purpose(path: &Path, purpose: Purpose) -> Result<(), Fault> {
    let Some(target) = path.certificates.first() else { return Ok(()) };
    purpose::check(target, purpose)
        .map_err(|fault| (SubIndication::ChainConstraintsFailure, Finding::new(Code::Purpose, fault)))
}

/// Step 6: the algorithms of the chain at `time`.
fn check_algorithms(path: &Path, time: Time) -> Result<(), Fault> {
    let fault =
        |message: String| (SubIndication::CryptoConstraintsFailureNoPoe, Finding::new(Code::Algorithm, message));
    for (subject, issuer) in links(path) {
        let algorithm = SignatureAlgorithm::from_identifier(subject.signature_algorithm())
            .map_err(|unknown| fault(format!("{subject}: {unknown}")))?;
        let key = issuer.public_key().map_err(|unknown| fault(format!("{issuer}: {unknown}")))?;
        policy::check_signature(algorithm, &key, time).map_err(|weak| fault(format!("{subject}: {weak}")))?;
    }
    Ok(())
}

/// Step 7: `time` lies in the target's own validity. Revocation was found good before.
fn check_validity(path: &Path, time: Time) -> Result<(), Fault> {
    let Some(target) = path.certificates.first() else { return Ok(()) };
    if target.is_valid_at(time) {
        return Ok(());
    }
    let message = format!("{target} is valid from {} to {}, not at {time}", target.not_before(), target.not_after());
    Err((SubIndication::OutOfBoundsNotRevoked, Finding::new(Code::Validity, message)))
}
