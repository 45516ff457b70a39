//! The law of looking ahead, as the doctor says it, over random histories: at the last second that the outlook names everything passes, one second later it does not.
//!
//! Each history is a document with a life of its own: signed by one or two, stamped or not, archived, renewed in time or late, under
//! policies whose algorithms end and anchors whose trust does, looked at after some years. The authority's clock is an argument.

use pades_ltv::report::{Cause, Diagnosis, Outlook};
use pades_ltv::{
    Algorithm, Augmentation, Collector, Document, Evidence, Fetch, Indication, Policy, Report, Time, TrustStore,
    Verification,
};

use crate::common::{World, days, minutes, now, pdf, years};

/// How many lives one test tells, and at how many times and under how many rules each is looked at. Two tests, as they run side by side.
const LIVES: u64 = 17;
const LOOKS: u64 = 6;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A document, and when something was last done to it.
struct Life {
    story: String,
    file: Vec<u8>,
    last: Time,
}

impl Life {
    fn new(world: &World, dice: &mut Dice) -> Self {
        let base = pdf::table(&[]);
        let mut life = Self { story: String::new(), file: base, last: now() };
        for _ in 0..=dice.below(2) {
            let (what, file) = match dice.below(3) {
                0 => ("signed", world.signed(&life.file, life.last)),
                _ => ("stamped", world.stamped(&life.file, life.last)),
            };
            life.then(what, file, days(dice.below(40)));
        }
        if dice.below(4) > 0 {
            let file = world.archived(&life.file, life.last);
            life.then("archived", file, days(1 + dice.below(3_000)));
            for _ in 0..dice.below(3) {
                let Some(file) = renewed(world, &life.file, life.last, &Evidence::new()) else { break };
                life.then("renewed", file, days(1 + dice.below(3_600)));
            }
        } else if dice.below(2) == 0 {
            let file = world.extended(&life.file, life.last);
            life.then("extended", file, days(1 + dice.below(200)));
        }
        life
    }

    fn then(&mut self, what: &str, file: Vec<u8>, later: std::time::Duration) {
        self.story += &format!("{what} {}; ", self.last);
        self.file = file;
        self.last = self.last.after(later).after(minutes(10));
    }
}

/// With what could be had at `time`, if it was enough, and what was `known` before.
fn renewed(world: &World, file: &[u8], time: Time, known: &Evidence) -> Option<Vec<u8>> {
    let document = Document::open(file).unwrap();
    let evidence = if known.is_empty() {
        Evidence::collect(&document, &world.trust, &world.authority.at(time), time).ok()?
    } else {
        asked(world, file, time, known)
    };
    let update = Augmentation::new(&document, time).evidence(&evidence).timestamp(&world.authority.at(time)).ok()?;
    update.apply(file).ok()
}

/// Rules of one's own.
struct Rules {
    story: String,
    policy: Policy,
    trust: TrustStore,
}

impl Rules {
    fn new(world: &World, dice: &mut Dice) -> Self {
        let mut rules = Self { story: String::new(), policy: Policy::etsi_119312(), trust: world.authority.anchors() };
        if dice.below(3) == 0 {
            let end = now().after(days(dice.below(9_000)));
            rules.story += &format!("P-256 ends {end}; ");
            rules.policy = rules.policy.ending(Algorithm::Ecdsa { bits: 256 }, end);
        }
        if dice.below(4) == 0 {
            let end = now().after(days(dice.below(9_000)));
            rules.story += &format!("the anchor ends {end}; ");
            rules.trust.sunset("test authority, NOT FOR PRODUCTION", end);
        }
        rules
    }

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

#[test]
fn the_outlook_is_what_verifying_says_when_the_time_has_come() {
    look_ahead(Dice(0x2545_f491_4f6c_dd1d));
}

#[test]
fn the_outlook_of_other_lives_is_what_verifying_says_when_the_time_has_come() {
    look_ahead(Dice(0x9e37_79b9_7f4a_7c15));
}

/// At least a hundred looks.
fn look_ahead(mut dice: Dice) {
    let world = World::new();
    let (mut looked, mut saved) = (0, 0);
    for number in 0..LIVES {
        let life = Life::new(&world, &mut dice);
        for _ in 0..LOOKS {
            let rules = Rules::new(&world, &mut dice);
            let time = life.last.after(days(dice.below(500)));
            let story = format!("life {number}: {}seen {time}; {}", life.story, rules.story);
            let evidence = asked(&world, &life.file, time, &Evidence::new());
            let diagnosis = rules.diagnosis(&life.file, time, &evidence);
            let outlook = &diagnosis.outlook;
            looked += 1;
            let holds = diagnosis.verdict == Some(Indication::TotalPassed);
            if !holds {
                assert_eq!((outlook.holds_until, outlook.renewal_due), (Some(time), None), "{story}{diagnosis:#?}");
                continue;
            }
            assert_asked(&world, &life.file, &rules, &evidence, outlook, &story);
            assert_at_hand(&life.file, &rules, &evidence, outlook, &story);
            match (outlook.holds_until, outlook.renewal_due) {
                (None, due) => assert_eq!((due, outlook.renewed.until), (None, None), "{story}"),
                (Some(until), Some(due)) => {
                    assert!(time <= due && due <= until, "{story}due {due}");
                    saved += usize::from(assert_renewed(&world, &life.file, &rules, &evidence, outlook, &story));
                }
                (Some(_), None) => {}
            }
        }
    }
    assert!(looked >= 100, "{looked}");
    assert!(saved >= 25, "{saved} renewed on the last second");
}

/// Whoever is asked answers, up to the last second; and nothing that is said in the next helps.
fn assert_asked(world: &World, file: &[u8], rules: &Rules, known: &Evidence, outlook: &Outlook, story: &str) {
    let Some(until) = outlook.holds_until.filter(|until| is_testable(*until)) else { return };
    let at_last = asked(world, file, until, known);
    let report = rules.report(file, until, &at_last);
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{story}until {until}: {report:#?}");
    let after = second(until, 1);
    assert!(!rules.passes(file, after, &asked(world, file, after, &at_last)), "{story}passes after {until}");
    assert!(!outlook.lost.is_empty() && !outlook.causes.is_empty(), "{story}{outlook:#?}");
    for cause in &outlook.causes {
        let end = match cause {
            Cause::Certificate(certificate) => certificate.not_after,
            Cause::Algorithm(ended) => second(ended.end.unwrap(), -1),
            _ => until,
        };
        assert_eq!(end, until, "{story}{cause}");
    }
}

/// The same of what is at hand: the plain report of the future.
fn assert_at_hand(file: &[u8], rules: &Rules, known: &Evidence, outlook: &Outlook, story: &str) {
    let Some(until) = outlook.at_hand.until else { return };
    assert!(outlook.holds_until.is_none_or(|asked| until <= asked), "{story}at hand {until}");
    assert!(rules.passes(file, until, known), "{story}at hand until {until}");
    assert!(!rules.passes(file, second(until, 1), known), "{story}at hand after {until}");
    assert!(!outlook.at_hand.causes.is_empty(), "{story}at hand: {until}");
}

/// Renewed on the last second that the outlook allows, it outlives its own end.
fn assert_renewed(world: &World, file: &[u8], rules: &Rules, known: &Evidence, outlook: &Outlook, story: &str) -> bool {
    let (Some(until), Some(due)) = (outlook.holds_until, outlook.renewal_due) else { return false };
    // The authority's own timestamps are P-256 under the same root: they need both to go on.
    if !is_testable(until) || !rules.story.is_empty() {
        return false;
    }
    let file = renewed(world, file, due, known).unwrap_or_else(|| panic!("{story}cannot be renewed at {due}"));
    let after = second(until, 1);
    let report = rules.report(&file, after, &asked(world, &file, after, &Evidence::new()));
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{story}renewed at {due}: {report:#?}");
    true
}
