//! The X.509 block: is there a path from a certificate to a trust anchor that holds at a time, and was nothing on it revoked?
//!
//! Invariant: revocation data that is newer than the time of interest is used: it is what past validation needs.
//! Invariant: every certificate that signed revocation data is itself judged.
//!
//! Specified in EN 319 102-1, 5.2.6 (steps by their numbers), RFC 5280, 6, RFC 6960.

use super::policy;
use crate::limits::Limits;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::evidence::Evidence;
use crate::pki::path::purpose::{self, Purpose};
use crate::pki::path::{Path, PathFault, PathSettings, Paths, validate};
use crate::pki::revocation::{Answer, Status, answers};
use crate::pki::trust::store::TrustStore;
use crate::report::{Code, Conclusion, Finding, SubIndication};
use crate::time::Time;

/// How deep judging a certificate may lead to judging those who signed its revocation data, and so on.
const SIGNER_DEPTH: u8 = 3;

/// What judging needs: anchors, evidence and bounds.
#[derive(Clone, Copy)]
pub(crate) struct Validator<'a> {
    pub(crate) trust: &'a TrustStore,
    pub(crate) evidence: &'a Evidence,
    pub(crate) limits: &'a Limits,
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
    pub(crate) fn needs(&self, target: &Certificate, time: Time) -> Needs {
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
                match self.usable(subject, issuer, &mut Vec::new()).into_iter().next() {
                    Some(answer) if is_fresh(&answer, time) => {
                        needs.add_certificate(&answer.signer);
                        if answer.signer != *issuer && !is_no_check(&answer.signer) {
                            open.push(answer.signer.clone());
                        }
                        needs.answers.push(answer);
                    }
                    _ => needs.gaps.push(Gap::Revocation(subject.clone(), issuer.clone())),
                }
            }
        }
        needs
    }

    fn judge_at_depth(&self, target: &Certificate, purpose: Purpose, time: Time, depth: u8) -> Judged {
        let mut worst = Judged {
            conclusion: Conclusion::indeterminate(SubIndication::NoCertificateChainFound),
            path: None,
            revoked_at: None,
            findings: Vec::new(),
        };
        // Step 2: another chain, until one holds.
        for candidate in Paths::new(target, self.evidence.certificates(), self.trust, self.limits) {
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
        if worst.path.is_none() && worst.findings.is_empty() {
            let message = format!("no path leads from {target} to a trust anchor");
            worst.findings.push(Finding::new(Code::Path, message));
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
        let settings = PathSettings { skip_target_validity: true, ..PathSettings::default() };
        match validate(path, time, &settings) {
            Ok(_) => Ok(()),
            Err(fault) => {
                let (sub_indication, code) = match fault {
                    // An authority that expired is out of bounds like a signer that did: an earlier time may help.
                    PathFault::Expired { .. } | PathFault::NotYetValid { .. } => {
                        (SubIndication::OutOfBoundsNoPoe, Code::Validity)
                    }
                    _ => (SubIndication::CertificateChainGeneralFailure, Code::Path),
                };
                Err((sub_indication, Finding::new(code, fault)))
            }
        }
    }

    /// Step 4 (a) to (d), from the anchor down.
    fn check_revocation(&self, path: &Path, time: Time, depth: u8, judged: &mut Judged) -> Result<(), Fault> {
        let links: Vec<_> = links(path).collect();
        for (index, (subject, issuer)) in links.into_iter().enumerate().rev() {
            if is_exempt(subject) {
                continue;
            }
            let answer = self.trustworthy_answer(subject, issuer, time, depth, judged)?;
            let by = format!("{subject}, says the {} of {}", answer.kind, answer.this_update);
            match answer.status {
                Status::Revoked { time: revoked_at, reason } if revoked_at <= time && reason.is_hold() => {
                    judged.revoked_at = Some(revoked_at);
                    return Err((SubIndication::TryLater, Finding::new(Code::Revocation, format!("on hold: {by}"))));
                }
                Status::Revoked { time: revoked_at, reason } if revoked_at <= time => {
                    judged.revoked_at = Some(revoked_at);
                    let sub_indication =
                        if index == 0 { SubIndication::RevokedNoPoe } else { SubIndication::RevokedCaNoPoe };
                    let message = format!("revoked at {revoked_at} ({reason}): {by}");
                    return Err((sub_indication, Finding::new(Code::Revocation, message)));
                }
                // Revoked after the time of interest is good at that time.
                _ if is_fresh(&answer, time) => {}
                _ => {
                    let message = format!("too old for {time}: {by}");
                    return Err((SubIndication::TryLater, Finding::new(Code::RevocationMissing, message)));
                }
            }
        }
        Ok(())
    }

    /// The newest answer about `subject` whose own signer holds.
    fn trustworthy_answer(
        &self,
        subject: &Certificate,
        issuer: &Certificate,
        time: Time,
        depth: u8,
        judged: &mut Judged,
    ) -> Result<Answer, Fault> {
        for answer in self.usable(subject, issuer, &mut judged.findings) {
            if answer.signer == *issuer || is_no_check(&answer.signer) {
                return Ok(answer);
            }
            let Some(depth) = depth.checked_sub(1) else { continue };
            let purpose = if answer.is_ocsp() { Purpose::OcspSigning } else { Purpose::CrlSigning };
            let at = answer.issued_at().max(time.min(answer.signer.not_after()));
            let signer = self.judge_at_depth(&answer.signer, purpose, at, depth);
            if signer.conclusion.is_passed() {
                return Ok(answer);
            }
            judged.findings.push(Finding::new(
                Code::RevocationUnusable,
                format!("the {} about {subject} was signed by {}, which does not hold", answer.kind, answer.signer),
            ));
            judged.findings.extend(signer.findings);
        }
        let message = format!("nothing says whether {subject} was revoked");
        Err((SubIndication::TryLater, Finding::new(Code::RevocationMissing, message)))
    }

    /// The authentic answers about `subject` that were given while their signer's certificate was valid, newest first.
    fn usable(&self, subject: &Certificate, issuer: &Certificate, findings: &mut Vec<Finding>) -> Vec<Answer> {
        let evidence = self.evidence;
        let found = answers(subject, issuer, evidence.crls(), evidence.ocsps(), evidence.certificates(), self.limits);
        findings.extend(found.refused.iter().map(|fault| Finding::new(Code::RevocationUnusable, fault)));
        let mut usable: Vec<Answer> =
            found.answers.into_iter().filter(|answer| answer.signer.is_valid_at(answer.issued_at())).collect();
        usable.sort_by_key(|answer| std::cmp::Reverse(answer.issued_at()));
        usable
    }

    fn first_path(&self, target: &Certificate, time: Time) -> Option<Path> {
        let settings = PathSettings { skip_target_validity: true, ..PathSettings::default() };
        let mut paths = Paths::new(target, self.evidence.certificates(), self.trust, self.limits).filter_map(Result::ok);
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
            let issuer = self.evidence.certificates().iter().find(|one| one.subject() == top.issuer() && **one != top);
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

/// Each certificate of `path` with its issuer, from the target up.
pub(crate) fn links(path: &Path) -> impl DoubleEndedIterator<Item = (&Certificate, &Certificate)> + ExactSizeIterator {
    let issuers: Vec<&Certificate> =
        path.certificates.iter().skip(1).chain(std::iter::once(path.anchor.certificate())).collect();
    // A target that is an anchor itself has no link.
    let subjects: Vec<&Certificate> =
        path.certificates.iter().filter(|certificate| !path.anchor.is(certificate)).collect();
    subjects.into_iter().zip(issuers).collect::<Vec<_>>().into_iter()
}

/// Certificates that say of themselves that no revocation data exists: short-term (EN 319 412-1, 5.2.2) and noRevAvail (RFC 9608).
fn is_exempt(certificate: &Certificate) -> bool {
    const SHORT_TERM: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("0.4.0.194121.2.1");
    const NO_REV_AVAIL: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("2.5.29.56");
    let is_ca = certificate.basic_constraints().ok().flatten().is_some_and(|constraints| constraints.ca);
    !is_ca && [SHORT_TERM, NO_REV_AVAIL].into_iter().any(|oid| certificate.raw_extension(oid).is_some())
}

/// A responder whose issuer vouches for it while its certificate lives (RFC 6960, 4.2.2.2.1); on any other certificate the
/// extension counts for nothing.
fn is_no_check(certificate: &Certificate) -> bool {
    use const_oid::db::rfc5912::ID_KP_OCSP_SIGNING;
    const NO_CHECK: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
    let purposes = certificate.extended_key_usage().ok().flatten();
    purposes.is_some_and(|(_, purposes)| purposes.contains(&ID_KP_OCSP_SIGNING))
        && certificate.raw_extension(NO_CHECK).is_some()
}

/// 5.2.5: issued later than `time` less the freshness that the answer itself promises. An answer that promises nothing
/// is fresh only for times before it was given.
pub(crate) fn is_fresh(answer: &Answer, time: Time) -> bool {
    let issued = answer.this_update;
    answer.next_update.map_or(issued >= time, |next| time < next || issued >= time)
}

fn check_purpose(path: &Path, purpose: Purpose) -> Result<(), Fault> {
    let Some(target) = path.certificates.first() else { return Ok(()) };
    purpose::check(target, purpose)
        .map_err(|fault| (SubIndication::ChainConstraintsFailure, Finding::new(Code::Purpose, fault)))
}

/// Step 6: the algorithms of the chain at `time`.
fn check_algorithms(path: &Path, time: Time) -> Result<(), Fault> {
    let fault = |message: String| (SubIndication::CryptoConstraintsFailureNoPoe, Finding::new(Code::Algorithm, message));
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
