//! Control-time sliding (EN 319 102-1, 5.6.2.2; steps by their letters): from the anchor down, until when could each certificate be
//! relied on?
//!
//! Departs, where the standard would give away what can be known:
//! - (a) An answer that says "revoked" counts whenever it was given, as long as its signer could be relied on; the standard looks only at
//!   what was issued before the control time (`revocation_that_became_known_later_counts`).
//! - (b) What an authority or responder signed must be proved to be no younger than its certificate's end, too: nobody keeps the key of an
//!   expired authority safe (`evidence_that_nobody_stamped_dies_with_its_authority`).
//! - (c) An answer that is no longer fresh moves the control time to the last time for which it was, not to its issuance: with the latter,
//!   evidence that was collected together could never be used, since the answers of the lower certificates are proved to exist only after
//!   those of the higher ones were given. EU DSS asks for no freshness here at all (`renewed contracts`: tests/verification/decades.rs).
//! - (d) An algorithm ends before (b), not after it: what it protects must be proved to be older.

use super::status::{described, is_compromise, is_exempt, signing_purpose};
use super::validation::{policies, untrusted};
use super::{Known, Unmended, Validator, is_same_authority, links};
use crate::pki::certificate::Certificate;
use crate::pki::path::{Path, Purpose, check_extensions};
use crate::pki::revocation::select::{StatusAt, fresh_until, newest_usable};
use crate::pki::revocation::{Answer, Status};
use crate::pki::trust::store::TrustAnchor;
use crate::report::{Block, Conclusion, Model, Step, SubIndication};
use crate::time::Time;

/// How often the control time slides for one certificate: suspended and released as often, none was ever seen.
const ROUNDS: usize = 64;

/// The time that slides.
struct Sliding {
    /// The standard's control-time.
    control: Time,
    /// Until when what the issuer signs can be relied on, however old what is known about its own status.
    issuer: Time,
}

impl Sliding {
    fn not_after(&mut self, time: Time) {
        self.control = self.control.min(time);
        self.issuer = self.issuer.min(time);
    }

    fn before(&mut self, time: Time) {
        self.not_after(just_before(time));
    }
}

impl Validator<'_> {
    /// The control time of `path`.
    pub(super) fn slide(
        &self,
        path: &Path,
        purpose: Purpose,
        depth: u8,
        steps: &mut Vec<Step>,
        known: &mut Vec<Known>,
    ) -> Result<Time, Unmended> {
        let now = self.proofs.now();
        let target = path.certificates.first();
        let sunset = path.anchor.sunset(purpose, &policies(path), now);
        let sunset = sunset.map_err(|fault| (SubIndication::NoCertificateChainFound, untrusted(path, &fault)))?;
        let start = sunset.map_or(now, |sunset| now.min(just_before(sunset)));
        let mut sliding = Sliding { control: start, issuer: start };
        for (subject, issuer) in links(path).rev() {
            let before = sliding.control;
            let end = self.end_of_certificate(subject, issuer);
            if let Some(weak) = end.map_err(|fault| (fault.sub_indication, fault.finding.message))? {
                sliding.before(weak.until);
            }
            let proved = self.proofs.of(subject.fingerprint());
            if proved > sliding.control {
                let message = format!("{subject} is proved to exist at {proved} only, later than {}", sliding.control);
                return Err((SubIndication::NoPoe, message));
            }
            let is_target = target == Some(subject);
            let asked = (is_target, self.requires_status(purpose, is_target));
            let (why, status) = self.slide_status((subject, issuer), &path.anchor, asked, depth, &mut sliding)?;
            known.push(status);
            // What it signs is to be older than its end.
            if !is_target && self.model == Model::Shell {
                sliding.not_after(subject.not_after());
            }
            let step = Step::new(Block::ControlTimeSliding, Conclusion::PASSED).about(subject).at(sliding.control);
            steps.push(if sliding.control < before { step.why(why) } else { step });
        }
        Ok(sliding.control)
    }

    /// (a) to (c) for one certificate; says what was found.
    fn slide_status(
        &self,
        (subject, issuer): (&Certificate, &Certificate),
        anchor: &TrustAnchor,
        (is_target, is_required): (bool, bool),
        depth: u8,
        sliding: &mut Sliding,
    ) -> Result<(String, Known), Unmended> {
        let is_exempt = is_exempt(subject);
        let found = self.answers(subject, issuer);
        if let Some(limit) = found.refused.iter().find(|refusal| refusal.fault.is_limit() && !is_exempt) {
            // What was not looked at may say "revoked".
            return Err((SubIndication::NoPoe, format!("about {subject}: {}", limit.fault)));
        }
        let mut usable: Vec<Answer> = found.answers.clone();
        usable.retain(|answer| self.is_usable(answer, issuer, anchor, depth, sliding));
        let (mut why, mut revoked) = (String::new(), None);
        // Each round goes back in time, to one of the times that the answers name.
        for _ in 0..=usable.len().saturating_mul(2).min(ROUNDS) {
            let status = newest_usable(&usable, self.status_time(sliding.control), None);
            let known = Known::new(subject, &status);
            match status {
                StatusAt::Good { answer } if why.is_empty() => {
                    return Ok((format!("not revoked, says {}", described(answer)), known));
                }
                StatusAt::Good { .. } => return Ok((why, revoked.unwrap_or(known))),
                StatusAt::TryLater { .. } | StatusAt::OnHold { .. } | StatusAt::Unknown if is_exempt => {
                    let why = if why.is_empty() { "no revocation data exists for it".to_owned() } else { why };
                    return Ok((why, revoked.unwrap_or_else(|| Known::exempt(subject))));
                }
                StatusAt::TryLater { .. } | StatusAt::Unknown if !is_required => {
                    return Ok(("its status is not known, and the policy does not ask for it".to_owned(), known));
                }
                StatusAt::TryLater { answer } => {
                    why = format!("{} was fresh until then", described(answer));
                    sliding.control = just_before(sliding.control).min(fresh_until(answer, None));
                }
                StatusAt::Revoked { answer, since, reason } => {
                    why = format!("revoked at {since} ({reason}), says {}", described(answer));
                    if self.model == Model::Chain && !is_target && !is_compromise(reason) {
                        return Ok((why, known));
                    }
                    revoked = Some(known);
                    sliding.before(since);
                }
                StatusAt::OnHold { answer, since } => {
                    why = format!("on hold since {since}, says {}", described(answer));
                    revoked = Some(known);
                    sliding.before(since);
                }
                StatusAt::Unknown => break,
            }
        }
        let message = format!("no revocation data about {subject} is proved to be as old as {}", sliding.control);
        Err((SubIndication::NoPoe, message))
    }

    /// Whether `answer` may be used: its signer holds, and it is proved to be older than anything that speaks against its signer.
    fn is_usable(
        &self,
        answer: &Answer,
        issuer: &Certificate,
        anchor: &TrustAnchor,
        depth: u8,
        sliding: &Sliding,
    ) -> bool {
        let proved = self.proofs.of_answer(answer, self.pool.evidence);
        if self.is_ahead(answer) {
            return false;
        }
        let is_issuer = is_same_authority(&answer.signer, issuer);
        let bound = match answer.status {
            Status::Revoked { .. } => sliding.issuer,
            Status::Good => sliding.control,
        };
        let ends = self.end_of_answer(answer).map(|weak| just_before(weak.until));
        let own_end = Some(answer.signer.not_after()).filter(|_| !is_issuer);
        let latest = ends.into_iter().chain(own_end).min();
        // That somebody was revoked need not be proved to be known before: only that he who says so could say it.
        let is_proved = match answer.status {
            Status::Revoked { .. } => true,
            Status::Good => proved <= bound && latest.is_none_or(|latest| self.status_time(proved) <= latest),
        };
        if answer.issued_at() > bound || !is_proved {
            return false;
        }
        if is_issuer {
            return true;
        }
        if answer.nocheck {
            return self.is_unchecked_signer_good(answer, issuer, proved);
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        let signer = self.past_at_depth(&answer.signer, signing_purpose(answer), proved, depth);
        signer.is_ok_and(|past| past.path.anchor.is(anchor.certificate()))
    }

    /// A responder whose status need not be asked (RFC 6960, 4.2.2.2.1) is a certificate like any other in all else.
    fn is_unchecked_signer_good(&self, answer: &Answer, issuer: &Certificate, proved: Time) -> bool {
        let end = self.end_of_certificate(&answer.signer, issuer);
        let proved = self.status_time(proved);
        if self.is_known_lost((&answer.signer, issuer), proved) {
            return false;
        }
        check_extensions(&answer.signer).is_ok() && end.is_ok_and(|weak| weak.is_none_or(|weak| proved < weak.until))
    }
}

/// The last second before `time`.
fn just_before(time: Time) -> Time {
    time.before(std::time::Duration::from_secs(1))
}
