//! Looking ahead: on which date will a document stop verifying, because of what, and by when must it be renewed?
//!
//! Invariant: the engine is the one that verifies; only the statuses of the future are supposed, and good, and a renewal is nothing but a proof
//! of existence.
//! Invariant: between two dates on which something ends, no verdict changes; so the dates are tried one after the other, a bounded number.
//!
//! Nouns: [`Ahead`], `World` (what is supposed), `Ends` (what ends when).

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use super::certificate::{Pool, described};
use super::existence::ProofsOfExistence;
use super::reading::newest_timestamp;
use super::stage::Stage;
use super::timestamp::certificate_report;
use super::verification::{Read, Verification};
use crate::pki::certificate::Certificate;
use crate::pki::revocation::select::fresh_until;
use crate::pki::revocation::{Answer, Status};
use crate::report::{AlgorithmEnd, Cause, Finding, Horizon, Indication, Outlook, SignatureReport, Step};
use crate::time::Time;

/// Dates that are tried at most; a contract of decades has some dozens.
const DATES: usize = 512;

/// Without renewal, with it, and with what is at hand alone.
pub(super) fn look_ahead(verification: &Verification<'_>) -> Outlook {
    let now = verification.now;
    let mut findings = Vec::new();
    let read = verification.read(&mut findings);
    // A file that is not read as a whole does not pass, either, whatever its signatures do.
    let is_whole = verification.document.damage().is_none() && !findings.iter().any(Finding::leaves_unread);
    let Some(read) = read.ok().filter(|_| is_whole) else { return lost_now(now, Vec::new()) };
    let mut ahead = Ahead::new(verification, &read);
    let lost = ahead.lost(now, World::Asked);
    if read.facts.is_empty() || !lost.is_empty() {
        return lost_now(now, lost);
    }
    let (asked, lost) = ahead.horizon(now, World::Asked);
    let (at_hand, _) = ahead.horizon(now, World::AtHand);
    let renewal_due = asked.until.and_then(|until| ahead.renewal_due(until));
    let renewed = match (asked.until, renewal_due) {
        (Some(until), Some(due)) => ahead.horizon(just_after(until), World::Renewed(due)).0,
        // What nothing ends needs no renewal; and what none saves ends as it does without.
        _ => asked.clone(),
    };
    Outlook { holds_until: asked.until, causes: asked.causes, lost, at_hand, renewal_due, renewed }
}

/// What does not pass now has no future.
fn lost_now(now: Time, lost: Vec<SignatureReport>) -> Outlook {
    let horizon = || Horizon { until: Some(now), causes: Vec::new() };
    Outlook {
        holds_until: Some(now),
        causes: Vec::new(),
        lost,
        at_hand: horizon(),
        renewal_due: None,
        renewed: horizon(),
    }
}

/// What is supposed of the future.
#[derive(Clone, Copy)]
enum World {
    /// Whoever is asked says what was said until now.
    Asked,
    /// Nobody is asked.
    AtHand,
    /// As [`Asked`](Self::Asked); and at this time everything was covered by a timestamp that lasts.
    Renewed(Time),
}

/// A document at future times.
struct Ahead<'a> {
    verification: &'a Verification<'a>,
    read: &'a Read,
    in_file: Pool<'a>,
    at_hand: Pool<'a>,
    ends: Ends,
}

impl<'a> Ahead<'a> {
    fn new(verification: &'a Verification<'a>, read: &'a Read) -> Self {
        let at_hand = Pool::new(&read.at_hand);
        let in_file = at_hand.beside(&read.in_file);
        Self { verification, read, in_file, at_hand, ends: Ends::of(verification) }
    }

    /// What does not pass at `time`. Notes what ends of all that was looked at.
    fn lost(&mut self, time: Time, world: World) -> Vec<SignatureReport> {
        let (in_file, at_hand) = (self.in_file.again(), self.at_hand.again());
        let mut proofs = ProofsOfExistence::new(time);
        let assumed = match world {
            World::AtHand => None,
            World::Asked => Some(self.verification.now),
            World::Renewed(renewed) => {
                proofs.add_bytes(u64::MAX, renewed);
                proofs.add_objects(self.read.at_hand.fingerprints(), renewed);
                Some(self.verification.now)
            }
        };
        let stage = Stage::new(self.verification, self.read, &in_file, &at_hand).in_future(proofs, assumed);
        let mut reports = stage.judge_all(self.read.modified.clone());
        reports.retain(|report| report.conclusion.indication != Indication::TotalPassed);
        at_hand.judged_certificates().iter().for_each(|certificate| self.ends.add_certificate(certificate));
        at_hand.found_answers().iter().for_each(|(about, answer)| self.ends.add_answer(about, answer));
        reports
    }

    /// The last second after `good`, at which everything passes, for which it goes on to; what ends then, and what is lost.
    fn horizon(&mut self, good: Time, world: World) -> (Horizon, Vec<SignatureReport>) {
        let mut good = good;
        for _ in 0..DATES {
            let Some(last) = self.ends.next(good) else { break };
            let then = just_after(last);
            let lost = self.lost(then, world);
            if !lost.is_empty() {
                let (until, lost) = self.narrow(good, then, lost, world);
                return (Horizon { until: Some(until), causes: self.ends.causes(until, &lost) }, lost);
            }
            good = then;
        }
        (Horizon::default(), Vec::new())
    }

    /// The last second that passes, and what is `lost` in the next: at `bad`, unless something ended before that nobody noted.
    fn narrow(
        &mut self,
        good: Time,
        bad: Time,
        lost: Vec<SignatureReport>,
        world: World,
    ) -> (Time, Vec<SignatureReport>) {
        let (mut good, mut bad, mut lost) = (good, bad, lost);
        let mut probe = just_before(bad);
        while good < probe {
            let found = self.lost(probe, world);
            if found.is_empty() {
                good = probe;
            } else {
                (bad, lost) = (probe, found);
            }
            let between = u64::try_from(bad.to_unix().saturating_sub(good.to_unix())).unwrap_or_default();
            probe = good.after(Duration::from_secs(between / 2));
        }
        (good, lost)
    }

    /// The last time up to `until` at which a renewal makes everything pass in the second after `until`, and up to which the newest timestamp
    /// lasts: past that, what it proved is lost, and only those renew who are told to archive what is left.
    fn renewal_due(&mut self, until: Time) -> Option<Time> {
        let now = self.verification.now;
        let newest = newest_timestamp(&self.read.facts, self.read.at_hand.certificates().as_slice());
        let chain = newest.map(|(_, end)| end).filter(|end| *end >= now && *end < until);
        let last = chain.unwrap_or(until);
        let dates = [last].into_iter().chain(self.ends.before(last, now)).chain([now]);
        let dates: Vec<Time> = dates.filter(|date| *date >= now).take(DATES).collect();
        dates.into_iter().find(|date| self.lost(just_after(until), World::Renewed(*date)).is_empty())
    }
}

/// What ends, by its last second.
struct Ends(BTreeMap<Time, Vec<Cause>>);

impl Ends {
    /// What `verification` itself sets ends to: algorithms, by their dates alone, and anchors.
    fn of(verification: &Verification<'_>) -> Self {
        let mut ends = Self(verification.policy.ends().map(|end| (just_before(end), Vec::new())).collect());
        for anchor in verification.trust.anchors() {
            for sunset in anchor.ends() {
                let (subject, source) = (anchor.name().to_string(), anchor.label().to_owned());
                ends.add(just_before(sunset), Some(Cause::Anchor { subject, source }));
            }
        }
        ends
    }

    fn add_certificate(&mut self, certificate: &Certificate) {
        self.add(certificate.not_after(), Some(Cause::Certificate(certificate_report(certificate))));
    }

    fn add_answer(&mut self, about: &Certificate, answer: &Answer) {
        let cause = Cause::RevocationValue { about: about.to_string(), value: described(answer) };
        match answer.status {
            Status::Good => self.add(fresh_until(answer, None), Some(cause)),
            Status::Revoked { time, .. } => self.add(just_before(time), None),
        }
    }

    fn add(&mut self, last: Time, cause: Option<Cause>) {
        let causes = self.0.entry(last).or_default();
        causes.extend(cause.filter(|cause| !causes.contains(cause)));
    }

    /// The first end at or after `time`.
    fn next(&self, time: Time) -> Option<Time> {
        self.0.range(time..).next().map(|(last, _)| *last)
    }

    /// The ends between `first` and `until`, the latest first.
    fn before(&self, until: Time, first: Time) -> Vec<Time> {
        let between = (Bound::Included(first), Bound::Excluded(until.max(first)));
        self.0.range(between).rev().map(|(last, _)| *last).collect()
    }

    /// What ends after the second `until`: of all that does, what is named by what is lost.
    fn causes(&self, until: Time, lost: &[SignatureReport]) -> Vec<Cause> {
        let algorithms = ended(lost, just_after(until)).into_iter().map(Cause::Algorithm);
        let ending = self.0.get(&until).map_or(&[][..], Vec::as_slice);
        let named = ending.iter().filter(|cause| is_named(cause, lost)).cloned();
        let causes: Vec<Cause> = algorithms.chain(named).collect();
        if causes.is_empty() { ending.to_vec() } else { causes }
    }
}

/// The algorithms that end on `date` because of which something is lost.
fn ended(lost: &[SignatureReport], date: Time) -> Vec<AlgorithmEnd> {
    let own = lost.iter().flat_map(|report| &report.associated.algorithms);
    let stamps = lost.iter().flat_map(|report| &report.signature_timestamps);
    let mut ended: Vec<AlgorithmEnd> = Vec::new();
    for end in own.chain(stamps.flat_map(|stamp| &stamp.associated.algorithms)) {
        if end.end == Some(date) && !ended.contains(end) {
            ended.push(end.clone());
        }
    }
    ended
}

/// Whether `cause` stands in what is said of `lost`.
fn is_named(cause: &Cause, lost: &[SignatureReport]) -> bool {
    let words: Vec<String> = match cause {
        Cause::Certificate(report) => vec![format!("\"{}\", serial {}", report.subject, report.serial)],
        Cause::RevocationValue { about, value } => vec![about.clone(), value.clone()],
        Cause::Anchor { subject, .. } => vec![format!("\"{subject}\"")],
        Cause::Algorithm(_) => return true,
    };
    let whys = |steps: &[Step]| steps.iter().filter_map(|step| step.why.clone()).collect::<Vec<_>>();
    let said = lost.iter().flat_map(|report| {
        let stamps = report.signature_timestamps.iter().flat_map(|stamp| whys(&stamp.process));
        let findings = report.findings.iter().map(|finding| finding.message.clone());
        findings.chain(whys(&report.process)).chain(stamps).collect::<Vec<_>>()
    });
    said.into_iter().any(|said| words.iter().all(|word| said.contains(word.as_str())))
}

fn just_after(time: Time) -> Time {
    time.after(Duration::from_secs(1))
}

fn just_before(time: Time) -> Time {
    time.before(Duration::from_secs(1))
}
