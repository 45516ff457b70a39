//! The law of looking ahead, as the doctor says it, over random histories: at the last second that the outlook names everything passes, one second later it does not.
//!
//! Each history is a document with a life of its own: signed by one or two, stamped or not, archived, renewed in time or late, by
//! authorities of every shape, whose certificates live for long or not and may be revoked; looked at after some years, under policies
//! whose algorithms end and anchors whose trust does. The authority's clock is an argument. What fails is shrunk to a shorter history.

use std::cell::Cell;

use pades_ltv::authority::{Authority, OcspSigner, RevocationReason, RevocationSources, Shape, Subscriber};
use pades_ltv::report::{Block, Cause, Diagnosis, Outlook, SubIndication};
use pades_ltv::{
    Algorithm, Augmentation, Collector, Document, Evidence, Fetch, Indication, Policy, Report, Signer, Time,
    TrustStore, Verification,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use crate::common::{World, days, minutes, now, pdf, years};

/// Histories in each of the four families below: 208 in all.
const HISTORIES: u32 = 52;
/// More than it takes to outlive a signer's certificate of five years with timestamps of one.
const RENEWALS: usize = 6;

/// What was done, and when: days count from what was done before.
#[derive(Clone, Debug)]
struct History {
    tsa_years: u8,
    signer_days: u64,
    steps: Vec<(Step, u64)>,
    revoked: Option<(Revoked, RevocationReason, u64)>,
    looked: u64,
    rules: Rules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Signed,
    Stamped,
    Extended,
    Archived,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Revoked {
    Signer,
    /// The timestamp unit of the first timestamp.
    Tsa,
}

/// Rules of one's own: in how many days from the beginning something ends.
#[derive(Clone, Copy, Debug)]
struct Rules {
    p256: Option<u64>,
    anchor: Option<u64>,
}

fn histories() -> impl Strategy<Value = History> {
    let signed = (select(vec![Step::Signed, Step::Stamped, Step::Stamped]), 0..400_u64);
    let again = (select(vec![Step::Signed, Step::Stamped]), 0..40_u64);
    let kept =
        proptest::option::weighted(0.9, (select(vec![Step::Extended, Step::Archived, Step::Archived]), 0..300_u64));
    let renewals = proptest::collection::vec((Just(Step::Archived), 1..3_600_u64), 0..=2);
    let steps = (signed, proptest::option::of(again), kept, renewals).prop_map(|(signed, again, kept, renewals)| {
        let renewals = if kept.is_some_and(|(step, _)| step == Step::Archived) { renewals } else { Vec::new() };
        [signed].into_iter().chain(again).chain(kept).chain(renewals).collect()
    });
    let reasons =
        select(vec![RevocationReason::KeyCompromise, RevocationReason::Superseded, RevocationReason::Unspecified]);
    let revoked = (select(vec![Revoked::Signer, Revoked::Tsa]), reasons, 1..4_000_u64);
    let rules = (proptest::option::weighted(0.3, 0..9_000_u64), proptest::option::weighted(0.25, 0..9_000_u64))
        .prop_map(|(p256, anchor)| Rules { p256, anchor });
    let revoked = proptest::option::weighted(0.25, revoked);
    (2..=11_u8, 500..1_900_u64, steps, revoked, 0..500_u64, rules).prop_map(
        |(tsa_years, signer_days, steps, revoked, looked, rules)| History {
            tsa_years,
            signer_days,
            steps,
            revoked,
            looked,
            rules,
        },
    )
}

/// A document, and when something was last done to it.
struct Life {
    file: Vec<u8>,
    last: Time,
}

impl History {
    fn world(&self, shape: &Shape) -> World {
        let mut authority = Authority::shaped("histories", now(), shape.clone().tsa_years(self.tsa_years)).unwrap();
        let signer = Subscriber::new("甲野太郎").valid(now(), now().after(days(self.signer_days)));
        let signer = authority.issue(signer).unwrap();
        if let Some((revoked, reason, day)) = self.revoked {
            let first = self.steps.first().map_or(0, |(_, days)| *days);
            let unit = authority.at(now().after(days(first))).tsa_certificate().unwrap();
            let own = signer.identity().unwrap().certificates().next().unwrap().to_vec();
            let certificate = if revoked == Revoked::Signer { own } else { unit };
            authority.revoke(&certificate, now().after(days(day)), reason).unwrap();
        }
        World { trust: authority.anchors(), authority, signer }
    }

    /// What came of it: a step that could not be taken was the last.
    fn lived(&self, world: &World) -> Life {
        let mut life = Life { file: pdf::table(&[]), last: now() };
        for (step, later) in &self.steps {
            let time = life.last.after(days(*later)).after(minutes(10));
            let signer_lives = time < now().after(days(self.signer_days));
            let file = match step {
                Step::Signed if signer_lives => Some(world.signed(&life.file, time)),
                Step::Stamped if signer_lives => Some(world.stamped(&life.file, time)),
                Step::Extended => extended(world, &life.file, time),
                Step::Archived => renewed(world, &life.file, time, &Evidence::new()),
                _ => None,
            };
            let Some(file) = file else { break };
            life = Life { file, last: time };
        }
        life
    }
}

/// With what could be had at `time`, if it was enough.
fn extended(world: &World, file: &[u8], time: Time) -> Option<Vec<u8>> {
    let document = Document::open(file).unwrap();
    let evidence = Evidence::collect(&document, &world.trust, &world.authority.at(time), time).ok()?;
    Augmentation::new(&document, time).evidence(&evidence).finish().ok()?.apply(file).ok()
}

/// The same with a document timestamp, and what was `known` before.
fn renewed(world: &World, file: &[u8], time: Time, known: &Evidence) -> Option<Vec<u8>> {
    let document = Document::open(file).unwrap();
    let evidence = if known.is_empty() {
        Evidence::collect(&document, &world.trust, &world.authority.at(time), time).ok()?
    } else {
        asked(world, file, time, known)
    };
    let renewal = Augmentation::new(&document, time).evidence(&evidence);
    renewal.timestamp(&world.authority.at(time)).ok()?.apply(file).ok()
}

/// The same by somebody who was told to archive what is left.
fn archived(world: &World, file: &[u8], time: Time, known: &Evidence) -> Vec<u8> {
    let document = Document::open(file).unwrap();
    let renewal = Augmentation::new(&document, time).evidence(&asked(world, file, time, known)).archive_what_is_left();
    renewal.timestamp(&world.authority.at(time)).unwrap().apply(file).unwrap()
}

/// Rules of one's own, made.
struct Ground {
    are_plain: bool,
    policy: Policy,
    trust: TrustStore,
}

impl Rules {
    fn made(self, world: &World) -> Ground {
        let (mut policy, mut trust) = (Policy::etsi_119312(), world.authority.anchors());
        if let Some(day) = self.p256 {
            policy = policy.ending(Algorithm::Ecdsa { bits: 256 }, now().after(days(day)));
        }
        if let Some(day) = self.anchor {
            trust.sunset("test authority, NOT FOR PRODUCTION", now().after(days(day)));
        }
        Ground { are_plain: self.p256.is_none() && self.anchor.is_none(), policy, trust }
    }
}

impl Ground {
    fn report(&self, file: &[u8], time: Time, evidence: &Evidence) -> Report {
        let document = Document::open(file).unwrap();
        let verification = Verification::new(&document, &self.trust, time).policy(self.policy.clone());
        verification.evidence(evidence).verify()
    }

    /// What the doctor says: the verdict now, and the outlook.
    fn diagnosis(&self, file: &[u8], time: Time, evidence: &Evidence) -> Diagnosis {
        let document = Document::open(file).unwrap();
        let verification = Verification::new(&document, &self.trust, time).policy(self.policy.clone());
        verification.evidence(evidence).diagnose()
    }

    fn passes(&self, file: &[u8], time: Time, evidence: &Evidence) -> bool {
        self.report(file, time, evidence).verdict() == Some(Indication::TotalPassed)
    }
}

/// All that the authority says at `time` about those who worked on `file`, and what was `known` before.
fn asked(world: &World, file: &[u8], time: Time, known: &Evidence) -> Evidence {
    let document = Document::open(file).unwrap();
    let mut collector = Collector::new(&document, &world.trust, time).unwrap();
    while let Some(request) = collector.next_request() {
        collector.answer(&request, world.authority.at(time).fetch(&request));
    }
    let mut all = collector.finish_incomplete();
    all.extend(known);
    all
}

fn second(time: Time, later: i64) -> Time {
    Time::from_unix(time.to_unix() + later)
}

/// The end of the test authority: what lies behind it cannot be asked.
fn is_testable(time: Time) -> bool {
    time < now().after(years(45))
}

/// What came of looking at a history.
struct Look {
    passed: bool,
    /// Until when everything goes on to pass, as the outlook says.
    until: Option<Time>,
    /// The outlook was too early, for want of an answer that nobody needed.
    is_early: bool,
    /// It was renewed on the last second.
    is_saved: bool,
}

/// Looks at a history, as somebody does who asks whom he has to.
fn looked_at(history: &History, shape: &Shape) -> Look {
    let world = history.world(shape);
    let life = history.lived(&world);
    let mut time = life.last.after(days(history.looked));
    // What will be revoked one day nobody foresees: it is looked at no earlier.
    if let Some((_, _, day)) = history.revoked {
        time = time.max(now().after(days(day)));
    }
    let ground = history.rules.made(&world);
    let evidence = asked(&world, &life.file, time, &Evidence::new());
    let diagnosis = ground.diagnosis(&life.file, time, &evidence);
    let outlook = &diagnosis.outlook;
    if diagnosis.verdict != Some(Indication::TotalPassed) {
        assert_eq!((outlook.holds_until, outlook.renewal_due), (Some(time), None), "{diagnosis:#?}");
        return Look { passed: false, until: outlook.holds_until, is_early: false, is_saved: false };
    }
    let is_early = assert_asked(&world, &life.file, &ground, (time, &evidence), outlook);
    assert_at_hand(&life.file, &ground, &evidence, outlook);
    let is_saved = match (outlook.holds_until, outlook.renewal_due) {
        (None, due) => {
            assert_eq!((due, outlook.renewed.until), (None, None));
            false
        }
        (Some(until), Some(due)) => {
            assert!(time <= due && due <= until, "due {due}");
            assert_renewed(&world, &life.file, &ground, (time, &evidence), outlook)
        }
        (Some(_), None) => false,
    };
    Look { passed: true, until: outlook.holds_until, is_early, is_saved }
}

/// Whoever is asked answers, up to the last second; and nothing that is said in the next helps, unless by somebody whose standing was not
/// known when it was `looked` at: then the outlook was too early.
fn assert_asked(
    world: &World,
    file: &[u8],
    ground: &Ground,
    (looked, known): (Time, &Evidence),
    outlook: &Outlook,
) -> bool {
    let Some(until) = outlook.holds_until.filter(|until| is_testable(*until)) else { return false };
    let at_last = asked(world, file, until, known);
    let report = ground.report(file, until, &at_last);
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "until {until}: {report:#?}");
    let after = second(until, 1);
    let passes = ground.passes(file, after, &asked(world, file, after, &at_last));
    assert!(!passes || !is_all_known(&ground.report(file, looked, known)), "passes after {until}");
    assert!(!outlook.lost.is_empty() && !outlook.causes.is_empty(), "{outlook:#?}");
    for cause in &outlook.causes {
        let end = match cause {
            Cause::Certificate(certificate) => certificate.not_after,
            Cause::Algorithm(ended) => second(ended.end.unwrap(), -1),
            _ => until,
        };
        assert_eq!(end, until, "{cause}");
    }
    passes
}

/// Whether nobody is left of whom it is not known whether he is in good standing.
fn is_all_known(report: &Report) -> bool {
    let steps = report.signatures.iter().flat_map(|signature| &signature.process);
    steps
        .filter(|step| step.block == Block::X509CertificateValidation)
        .all(|step| step.outcome.sub_indication != Some(SubIndication::TryLater))
}

/// The same of what is at hand: the plain report of the future.
fn assert_at_hand(file: &[u8], ground: &Ground, known: &Evidence, outlook: &Outlook) {
    let Some(until) = outlook.at_hand.until else { return };
    assert!(outlook.holds_until.is_none_or(|asked| until <= asked), "at hand {until}");
    assert!(ground.passes(file, until, known), "at hand until {until}");
    assert!(!ground.passes(file, second(until, 1), known), "at hand after {until}");
    assert!(!outlook.at_hand.causes.is_empty(), "at hand: {until}");
}

/// Renewed on the last second that the outlook allows, it outlives its own end. Only where the newest timestamp had ended before anybody
/// `looked` does it take more than a renewal.
fn assert_renewed(
    world: &World,
    file: &[u8],
    ground: &Ground,
    (looked, known): (Time, &Evidence),
    outlook: &Outlook,
) -> bool {
    let (Some(until), Some(due)) = (outlook.holds_until, outlook.renewal_due) else { return false };
    // The authority's own timestamps are P-256 under the same root: they need both to go on.
    if !is_testable(until) || !ground.are_plain {
        return false;
    }
    let mut file = renewed(world, file, due, known).unwrap_or_else(|| {
        assert_eq!(renewed(world, file, looked, known), None, "cannot be renewed at {due}, but at {looked}");
        archived(world, file, due, known)
    });
    let after = second(until, 1);
    // A unit that lives for two years may end before what it saves: the doctor says by when to renew again.
    let mut time = due;
    for _ in 0..RENEWALS {
        let seen = ground.diagnosis(&file, time, &asked(world, &file, time, &Evidence::new()));
        let Some(until) = seen.outlook.holds_until.filter(|until| *until < after) else { break };
        let due = seen.outlook.renewal_due.unwrap_or_else(|| panic!("renewed at {time}, ends {until}: {seen:#?}"));
        file = renewed(world, &file, due, &Evidence::new()).unwrap_or_else(|| panic!("cannot be renewed at {due}"));
        time = due;
    }
    let report = ground.report(&file, after, &asked(world, &file, after, &Evidence::new()));
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "renewed at {due}: {report:#?}");
    true
}

/// Holds the law in `HISTORIES` random histories with an authority of this shape.
fn hold(shape: &Shape) {
    let (passed, early, saved) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let config = ProptestConfig { cases: HISTORIES, failure_persistence: None, ..ProptestConfig::default() };
    let held = TestRunner::new(config).run(&histories(), |history| {
        let look = looked_at(&history, shape);
        passed.set(passed.get() + u32::from(look.passed));
        early.set(early.get() + u32::from(look.is_early));
        saved.set(saved.get() + u32::from(look.is_saved));
        Ok(())
    });
    held.unwrap_or_else(|fault| panic!("{fault}"));
    println!(
        "{HISTORIES} histories: {} passed when looked at, {} renewed on the last second",
        passed.get(),
        saved.get()
    );
    assert!(early.get() <= 1, "{} outlooks were too early", early.get());
    assert!(passed.get() >= 10 && saved.get() >= 1, "{} passed, {} renewed", passed.get(), saved.get());
}

#[test]
fn until_when_is_the_last_second_with_ocsp() {
    hold(&Shape::new().sources(RevocationSources::OcspOnly));
}

#[test]
fn until_when_is_the_last_second_with_crls() {
    hold(&Shape::new().sources(RevocationSources::CrlOnly));
}

#[test]
fn until_when_is_the_last_second_with_both_and_nested_timestamp_authorities() {
    hold(&Shape::new().ocsp_signer(OcspSigner::Issuer).nested_tsa(1));
}

#[test]
fn until_when_is_the_last_second_with_responders_that_are_asked_about_themselves() {
    hold(&Shape::new().ocsp_signer(OcspSigner::DelegatedWithStatus));
}

/// What a unit stamped before it was superseded stays good, and no longer than if it had not been: a key whose certificate has ended nobody
/// answers for.
#[test]
fn a_unit_that_ended_in_good_order_lasts_no_longer_than_its_certificate() {
    let plain = World::new();
    let mut authority = Authority::new("integration tests", now()).unwrap();
    let unit = authority.at(now()).tsa_certificate().unwrap();
    authority.revoke(&unit, now().after(days(30)), RevocationReason::Superseded).unwrap();
    let world = World { trust: authority.anchors(), signer: authority.issue("甲野太郎").unwrap(), authority };
    let (file, time) = (world.archived(&pdf::table(&[]), now()), now().after(days(40)));
    let ground = Rules { p256: None, anchor: None }.made(&world);
    let seen = |world: &World, file: &[u8], time| {
        let known = asked(world, file, time, &Evidence::new());
        ground.diagnosis(file, time, &known).outlook.holds_until.unwrap()
    };
    let end = seen(&world, &file, time);
    assert_eq!(end, seen(&plain, &file, time));
    assert!(!ground.passes(&file, second(end, 1), &asked(&world, &file, second(end, 1), &Evidence::new())));
    // Renewed by then, it goes on, as long as whoever certified the unit does.
    let renewed = renewed(&world, &file, end, &Evidence::new()).unwrap();
    assert!(seen(&world, &renewed, end) > end.after(years(3)));
}

/// A unit that was superseded, and whose algorithm ends afterwards: the end is named, though the revocation stands in the report, too.
#[test]
fn the_end_of_an_algorithm_is_named_beside_a_revocation() {
    let history = History {
        tsa_years: 4,
        signer_days: 500,
        steps: vec![(Step::Stamped, 0), (Step::Extended, 0)],
        revoked: Some((Revoked::Tsa, RevocationReason::Superseded, 501)),
        looked: 0,
        rules: Rules { p256: Some(503), anchor: None },
    };
    looked_at(&history, &Shape::new().sources(RevocationSources::OcspOnly));
}

/// What passes without an answer is not asked about: that the signer outlives the unit by a day is not foreseen then.
#[test]
fn who_is_not_asked_is_not_relied_on() {
    let seen = |revoked| {
        let history = History {
            tsa_years: 2,
            signer_days: 730,
            steps: vec![(Step::Stamped, 97), (Step::Extended, 152)],
            revoked,
            looked: 31,
            rules: Rules { p256: None, anchor: None },
        };
        let look = looked_at(&history, &Shape::new().ocsp_signer(OcspSigner::DelegatedWithStatus));
        (look.until, look.is_early)
    };
    let signer = now().after(days(730));
    let superseded = Some((Revoked::Tsa, RevocationReason::Superseded, 98));
    assert_eq!(seen(None), (Some(signer), false));
    assert_eq!(seen(superseded), (Some(signer.before(days(1))), true));
}
