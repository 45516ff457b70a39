//! Whether a certificate was revoked: which answers are believed, and what they come to (EN 319 102-1, 5.2.5 and 5.2.6 step 4).

use super::validation::Answered;
use super::{Fault, Judged, Known, Moment, Validator, is_same_authority, links};
use crate::pki::certificate::Certificate;
use crate::pki::path::{Path, Purpose, check_extensions};
use crate::pki::revocation::select::{StatusAt, newest_usable};
use crate::pki::revocation::{Answer, Reason, Refusal, Source, Status};
use crate::pki::trust::store::TrustAnchor;
use crate::report::{AssociatedData, Block, Code, Conclusion, Finding, Model, Revocation, Step, SubIndication};
use crate::time::Time;
use crate::verify::policy::Unreliable;

/// How many values that cannot be used are named about one certificate before the rest is counted only.
const REFUSALS: usize = 16;

impl Validator<'_> {
    /// Step 4 (a) to (d), from the anchor down.
    pub(super) fn check_revocation(
        &self,
        path: &Path,
        (purpose, moment): (Purpose, Moment),
        depth: u8,
        judged: &mut Judged,
    ) -> Result<Answered, Fault> {
        let mut answered = Answered::new();
        let mut below: Vec<&Certificate> = path.certificates.iter().collect();
        for (subject, issuer) in links(path).rev() {
            below.pop();
            // In the chain model an authority has to hold when it issued the certificate below it.
            let time = match (self.model, below.last()) {
                (Model::Chain, Some(issued)) => issued.not_before(),
                _ => moment.time,
            };
            let mut notes = Vec::new();
            let believed_at =
                Moment { time: self.status_time(time), issuers: self.status_time(moment.issuers.max(time)) };
            let believed = self.believed((subject, issuer), &path.anchor, believed_at, depth, &mut notes);
            let is_target = below.is_empty();
            let mut status = newest_usable(&believed, self.status_time(time), None);
            if !is_target || purpose.is_of_revocation_data() {
                status = self.lost_since(&believed, believed_at.issuers).unwrap_or(status);
            }
            // Nobody has to be asked; but who says "revoked" unasked is heard.
            if is_exempt(subject) && !matches!(status, StatusAt::Revoked { .. }) {
                judged.known.push(Known::exempt(subject));
                continue;
            }
            judged.known.push(Known::new(subject, &status));
            if let (StatusAt::Good { .. }, Some(limit)) = (&status, notes.iter().find(|note| note.code == Code::Limit))
            {
                // What was not looked at may say "revoked".
                return Err(Fault::new(SubIndication::TryLater, Code::Limit, limit.message.clone()));
            }
            if let StatusAt::Good { answer } = status {
                judged.steps.push(freshness(subject, answer, time));
                answered.push((answer.clone(), issuer.clone()));
                continue;
            }
            let is_unknown = matches!(status, StatusAt::Unknown | StatusAt::TryLater { .. });
            if is_unknown && !self.requires_status(purpose, is_target) {
                judged.steps.push(unasked(subject, time));
                continue;
            }
            // Values that could not be used matter only where a usable one is missing.
            judged.findings.append(&mut notes);
            judged.is_orderly_end =
                is_target && matches!(status, StatusAt::Revoked { reason, .. } if is_orderly(reason));
            return Err(fault(subject, is_target, &status, time));
        }
        Ok(answered)
    }

    /// That somebody who vouches for others was revoked or suspended by `today`, be it after the time that his status is asked for: a key that is
    /// lost signs with any date. What he vouched for before takes proofs of its own (EN 319 102-1, 5.6).
    fn lost_since<'a>(&self, answers: &'a [Answer], today: Time) -> Option<StatusAt<'a>> {
        match newest_usable(answers, today, None) {
            status @ StatusAt::Revoked { reason, .. } if self.model == Model::Shell || is_compromise(reason) => {
                Some(status)
            }
            status @ StatusAt::OnHold { .. } if self.model == Model::Shell => Some(status),
            _ => None,
        }
    }

    /// The time that statuses are asked for: in a simulated future, whoever says so now will go on to.
    pub(super) fn status_time(&self, time: Time) -> Time {
        self.assumed.map_or(time, |assumed| assumed.min(time))
    }

    /// The authentic answers about `subject`, which `issuer` issued, whose signers hold themselves, under the same anchor
    /// (RFC 5280, 6.3.3 (f)).
    fn believed(
        &self,
        (subject, issuer): (&Certificate, &Certificate),
        anchor: &TrustAnchor,
        moment: Moment,
        depth: u8,
        notes: &mut Vec<Finding>,
    ) -> Vec<Answer> {
        let found = self.answers(subject, issuer);
        let refused = |refusal: &Refusal| {
            let code = if refusal.fault.is_limit() { Code::Limit } else { Code::RevocationUnusable };
            Finding::new(code, format!("about {subject}: {}", refusal.fault))
        };
        // A bound that was reached comes first: it says what else may have been there.
        let (limits, others): (Vec<_>, Vec<_>) = found.refused.iter().partition(|refusal| refusal.fault.is_limit());
        notes.extend(limits.into_iter().chain(others).take(REFUSALS).map(refused));
        let more = found.refused.len().saturating_sub(REFUSALS);
        if more > 0 {
            let message = format!("about {subject}: {more} further values say nothing");
            notes.push(Finding::new(Code::RevocationUnusable, message));
        }
        let mut believed = found.answers.clone();
        believed.retain(|answer| {
            if self.is_ahead(answer) {
                let message = format!("about {subject}: {}", ahead(answer, self.proofs.now()));
                notes.push(Finding::new(Code::RevocationUnusable, message));
                return false;
            }
            if is_same_authority(&answer.signer, issuer) {
                return true;
            }
            if answer.nocheck {
                // What is critical in it has to be known; its algorithms are step 6.
                let fault = check_extensions(&answer.signer).err();
                let fault = fault.map(|fault| fault.to_string());
                let fault = fault.or_else(|| self.is_known_lost((&answer.signer, issuer), moment.issuers).then(lost));
                let message = fault.map(|fault| format!("about {subject}: its signer {}: {fault}", answer.signer));
                notes.extend(message.iter().map(|message| Finding::new(Code::RevocationUnusable, message)));
                return message.is_none();
            }
            let Some(depth) = depth.checked_sub(1) else { return false };
            // An expired signer is judged at its end: what it signed before stays signed, as long as those above it hold.
            let moment = Moment { time: moment.time.min(answer.signer.not_after()), ..moment };
            let signer = self.judge_at_depth(&answer.signer, signing_purpose(answer), moment, depth);
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

    /// Whether `issuer` itself says that by `today` the key of `signer` was lost, whose status nobody has to ask (RFC 6960, 4.2.2.2.1).
    pub(super) fn is_known_lost(&self, (signer, issuer): (&Certificate, &Certificate), today: Time) -> bool {
        let found = self.answers(signer, issuer);
        let says_so = |answer: &&Answer| matches!(answer.status, Status::Revoked { time, reason } if time <= today && is_compromise(reason));
        found.answers.iter().filter(says_so).any(|answer| is_same_authority(&answer.signer, issuer))
    }

    /// Whether `answer` says "good" of a time that has not come: nobody can know that yet, and a clock that runs ahead is none to rely on
    /// (RFC 6960, 4.2.2.1; RFC 5280, 5.1.2.4). "Revoked" counts, whatever the clock. What is newer than the time asked about is another
    /// matter: past validation needs it.
    pub(super) fn is_ahead(&self, answer: &Answer) -> bool {
        let latest = self.proofs.now().after(self.policy.clock_tolerance());
        matches!(answer.status, Status::Good) && answer.this_update.max(answer.issued_at()) > latest
    }

    /// From when on the signature on `answer` is not relied on.
    pub(super) fn end_of_answer(&self, answer: &Answer) -> Option<Unreliable> {
        self.policy.end_of_signature(answer.algorithm?, &answer.signer.public_key().ok()?)
    }
}

/// What the signer of `answer` did.
pub(super) fn signing_purpose(answer: &Answer) -> Purpose {
    match answer.source {
        Source::Ocsp(_) => Purpose::OcspSigning,
        Source::Crl(_) | Source::DeltaCrl { .. } => Purpose::CrlSigning,
    }
}

/// Certificates that say of themselves that no revocation data exists: short-term (EN 319 412-1, 5.2.2) and noRevAvail (RFC 9608).
pub(super) fn is_exempt(certificate: &Certificate) -> bool {
    const SHORT_TERM: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("0.4.0.194121.2.1");
    const NO_REV_AVAIL: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("2.5.29.56");
    let is_ca = certificate.basic_constraints().ok().flatten().is_some_and(|constraints| constraints.ca);
    !is_ca && [SHORT_TERM, NO_REV_AVAIL].into_iter().any(|oid| certificate.raw_extension(oid).is_some())
}

pub(in crate::verify) fn described(answer: &Answer) -> String {
    let kind = match answer.source {
        Source::Ocsp(_) => "OCSP response",
        Source::Crl(_) | Source::DeltaCrl { .. } => "CRL",
    };
    format!("the {kind} of {}", answer.issued_at())
}

/// Why an answer that [lies ahead](Validator::is_ahead) is not used.
pub(super) fn ahead(answer: &Answer, now: Time) -> String {
    format!("{} lies ahead of the validation time {now}", described(answer))
}

/// The key was not lost: what was signed before stays (RFC 3161, 4; ISO 32000-2, 12.8.5.3). A reason that is not given may be any.
fn is_orderly(reason: Reason) -> bool {
    matches!(reason, Reason::AffiliationChanged | Reason::Superseded | Reason::CessationOfOperation)
}

fn lost() -> String {
    "its key was lost, says its issuer".to_owned()
}

fn freshness(subject: &Certificate, answer: &Answer, time: Time) -> Step {
    let said = format!("not revoked, says {}", described(answer));
    Step::new(Block::RevocationFreshnessChecker, Conclusion::PASSED).about(subject).at(time).why(said)
}

fn unasked(subject: &Certificate, time: Time) -> Step {
    let said = "its status is not known, and the policy does not ask for it";
    Step::new(Block::RevocationFreshnessChecker, Conclusion::PASSED).about(subject).at(time).why(said)
}

/// The reasons that reach back behind a certificate's work, also in the chain model.
pub(super) fn is_compromise(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::KeyCompromise
            | Reason::CaCompromise
            | Reason::AaCompromise
            | Reason::Unspecified
            | Reason::Undefined(_)
    )
}

/// Step 4 (b) to (d), and what was not known.
fn fault(subject: &Certificate, is_target: bool, status: &StatusAt<'_>, time: Time) -> Fault {
    let associated = |since, reason: &dyn std::fmt::Display| AssociatedData {
        revocation: Some(Revocation::new(subject, since, reason)),
        ..AssociatedData::default()
    };
    match status {
        StatusAt::Good { .. } | StatusAt::Unknown => {
            // Step 7 (b): of an expired certificate, nothing better will ever be known.
            let is_over = is_target && time > subject.not_after();
            let sub_indication = if is_over { SubIndication::OutOfBoundsNoPoe } else { SubIndication::TryLater };
            let message = format!("nothing at hand says whether {subject} was revoked");
            Fault::new(sub_indication, Code::RevocationMissing, message)
        }
        StatusAt::TryLater { answer } => {
            let said = described(answer);
            let message = format!("whether {subject} was revoked by {time} is not known: {said} is too old");
            let mut fault = Fault::new(SubIndication::TryLater, Code::RevocationMissing, message);
            fault.associated.try_again = answer.next_update;
            fault
        }
        StatusAt::OnHold { answer, since } => {
            let message = format!("{subject} is on hold since {since}, says {}", described(answer));
            let fault = Fault::new(SubIndication::TryLater, Code::Revocation, message);
            let held = associated(*since, &Reason::CertificateHold);
            Fault { associated: Box::new(AssociatedData { try_again: answer.next_update, ..held }), ..fault }
        }
        StatusAt::Revoked { answer, since, reason } => {
            let sub_indication = if is_target { SubIndication::RevokedNoPoe } else { SubIndication::RevokedCaNoPoe };
            let message = format!("{subject} was revoked at {since} ({reason}), says {}", described(answer));
            let fault = Fault::new(sub_indication, Code::Revocation, message);
            Fault { associated: Box::new(associated(*since, reason)), ..fault }
        }
    }
}

#[cfg(test)]
mod tests {
    use const_oid::ObjectIdentifier;

    use super::*;
    use crate::pki::fixture::{ca, extension, party};

    /// RFC 9608 and EN 319 412-1, 5.2.2: what no revocation data exists for is not asked about. Authorities never claim that.
    #[test]
    fn certificates_may_say_that_nobody_can_be_asked() {
        let issue = |extensions: &[crate::pki::extension::Extension]| party(1, 1).issue(party(2, 2), extensions);
        for oid in ["2.5.29.56", "0.4.0.194121.2.1"] {
            let says_so = extension(ObjectIdentifier::new_unwrap(oid), false, &der::asn1::Null);
            assert!(is_exempt(&issue(std::slice::from_ref(&says_so))), "{oid}");
            assert!(!is_exempt(&issue(&[ca(None), says_so])), "{oid}");
        }
        assert!(!is_exempt(&issue(&[])));
    }
}
