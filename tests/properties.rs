//! Laws 1, 2 and 4 of THREATS, F, over a small B-LTA file: a signature timestamp, evidence and a document timestamp on a page of
//! 400 bytes.
//!
//! How much of the file each law is tried on is said with the law: every byte that the signature covers, and strides of what only
//! the document timestamp covers, of the holes and of the prefixes, so that all of it takes seconds and not minutes in a build that
//! is not optimised. What the strides leave out, the samples of proptest reach over time, each run at other places.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod common;

use std::ops::Range;
use std::sync::LazyLock;

use pades_ltv::report::SignatureReport;
use pades_ltv::{Document, Indication, Report, TrustStore, Verification};
use proptest::prelude::*;

use common::{World, minutes, now, pdf, signature, verdict};

/// The file, and what is known of it.
struct Subject {
    world: World,
    file: Vec<u8>,
    report: Report,
    /// The holes of the signature and of the document timestamp.
    holes: [Range<usize>; 2],
    /// Where the signature's revision ends.
    signed: usize,
}

static SUBJECT: LazyLock<Subject> = LazyLock::new(|| {
    let world = World::new();
    let base = pdf::table(&[]);
    assert!(base.len() < 1024);
    let stamped = world.stamped(&base, now());
    let file = world.archived(&stamped, now().after(minutes(5)));
    let report = world.verify(&file, now().after(minutes(10)));
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{report:#?}");
    let holes = pdf::holes(&file).try_into().unwrap();
    Subject { world, file, report, holes, signed: stamped.len() }
});

impl Subject {
    /// The report on `file` in full, or on its integrity alone; `None` where it cannot even be opened.
    fn verify(&self, file: &[u8], ask: Ask) -> Option<Report> {
        let document = Document::open(file).ok()?;
        let nobody = TrustStore::new();
        let trust = if ask == Ask::Integrity { &nobody } else { &self.world.trust };
        Some(Verification::new(&document, trust, now().after(minutes(10))).verify())
    }

    fn with(&self, place: usize, change: impl Fn(u8) -> u8) -> Vec<u8> {
        let mut file = self.file.clone();
        file[place] = change(file[place]);
        assert_ne!(file[place], self.file[place]);
        file
    }

    /// Law 1: after a change at `place`, no signature that covers the place holds.
    fn check_covered(&self, file: &[u8], place: usize, ask: Ask) -> Result<(), String> {
        let Some(report) = self.verify(file, ask) else { return Ok(()) };
        for one in report.signatures.iter().filter(|one| self.covers(&one.field, place)) {
            if one.intact || one.conclusion.is_passed() {
                return Err(format!("byte {place}: {}: intact {}, {}", one.field, one.intact, verdict(one)));
            }
        }
        Ok(())
    }

    fn covers(&self, field: &str, place: usize) -> bool {
        match field {
            "Signature1" => place < self.signed && !self.holes[0].contains(&place),
            _ => !self.holes[1].contains(&place),
        }
    }

    /// Law 2: after a change in a hole, nobody else signed and nothing got better.
    fn check_hole(&self, file: &[u8], place: usize) -> Result<(), String> {
        let Some(report) = self.verify(file, Ask::All) else { return Ok(()) };
        for one in &report.signatures {
            let before = self.report.signatures.iter().find(|before| before.field == one.field);
            // The byte may be of a field's name: then it is the old signature, broken, under a new one.
            let Some(before) = before else {
                let holds = one.intact || one.conclusion.is_passed();
                if holds {
                    return Err(format!("byte {place}: a new signature {}", one.field));
                }
                continue;
            };
            if !is_no_better(one, before) {
                return Err(format!("byte {place}: {before:#?}\nbecame {one:#?}"));
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    Integrity,
    All,
}

/// The same signer or none, the same level or a lower one, the same verdict or a worse one, the same time or a later one.
fn is_no_better(after: &SignatureReport, before: &SignatureReport) -> bool {
    (after.signer.is_none() || after.signer == before.signer)
        && after.level <= before.level
        && after.conclusion.indication >= before.conclusion.indication
        && after
            .best_signature_time
            .is_none_or(|time| before.best_signature_time.is_some_and(|earlier| earlier <= time))
        && after.signature_timestamps.len() <= before.signature_timestamps.len()
}

/// A bit for each place, so that every bit has its turn.
fn bit(place: usize) -> u8 {
    1 << (place % 8)
}

/// Another hexadecimal digit, so that the hole stays a hole.
fn next_digit(digit: u8) -> u8 {
    match digit {
        b'9' => b'A',
        b'F' => b'0',
        other => other + 1,
    }
}

/// `places`, each with `check`, on all cores; the first fault is the verdict.
fn every(places: impl Iterator<Item = usize>, check: impl Fn(usize) -> Result<(), String> + Sync) {
    let places: Vec<usize> = places.collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (places, check) = (&places, &check);
            scope.spawn(move || {
                for place in places.iter().skip(worker).step_by(workers) {
                    check(*place).unwrap();
                }
            });
        }
    });
}

/// Law 1: every byte that the signature covers, one bit each.
#[test]
fn no_byte_that_the_signature_covers_leaves_it_passed() {
    let subject = &*SUBJECT;
    let covered = (0..subject.signed).filter(|place| !subject.holes[0].contains(place));
    every(covered, |place| subject.check_covered(&subject.with(place, |byte| byte ^ bit(place)), place, Ask::All));
}

/// Law 1 behind the signature, which the document timestamp covers: the integrity of every ninth byte.
#[test]
fn no_byte_that_the_timestamp_covers_can_change_unnoticed() {
    let subject = &*SUBJECT;
    let covered = (subject.signed..subject.file.len()).step_by(9).filter(|place| !subject.holes[1].contains(place));
    every(covered, |place| {
        subject.check_covered(&subject.with(place, |byte| byte ^ bit(place)), place, Ask::Integrity)
    });
}

/// Law 1, the same with whole verdicts: every 37th byte.
#[test]
fn no_byte_that_the_timestamp_covers_leaves_it_passed() {
    let subject = &*SUBJECT;
    let covered = (subject.signed..subject.file.len()).step_by(37);
    every(covered, |place| subject.check_covered(&subject.with(place, |byte| byte ^ bit(place)), place, Ask::All));
}

/// Law 2: every 31st digit of both holes, replaced by another digit.
#[test]
fn no_digit_in_a_hole_makes_a_signature_better() {
    let subject = &*SUBJECT;
    let digits = subject.holes.iter().flat_map(|hole| hole.start + 1..hole.end - 1);
    every(digits.step_by(31), |place| subject.check_hole(&subject.with(place, next_digit), place));
}

/// Law 4: every prefix that ends near the end of a revision, and every 29th of the others. What cannot be opened is refused; what
/// can deserves no more than its last whole revision.
#[test]
fn no_prefix_is_better_than_its_last_whole_revision() {
    let subject = &*SUBJECT;
    let document = Document::open(subject.file.as_slice()).unwrap();
    let ends: Vec<usize> = document.revisions().iter().map(|one| usize::try_from(one.end()).unwrap()).collect();
    let deserved: Vec<Report> =
        ends.iter().map(|end| subject.verify(&subject.file[..*end], Ask::All).unwrap()).collect();
    let opened = std::sync::Mutex::new(0);
    let is_near = |length: &usize| length.is_multiple_of(29) || ends.iter().any(|end| end.abs_diff(*length) < 24);
    every((0..subject.file.len()).filter(is_near), |length| {
        let Some(report) = subject.verify(&subject.file[..length], Ask::All) else { return Ok(()) };
        *opened.lock().unwrap() += 1;
        // The line end behind %%EOF may be missing.
        let last = ends.iter().rposition(|end| *end <= length + 1).unwrap();
        for one in &report.signatures {
            let before = deserved[last].signatures.iter().find(|before| before.field == one.field);
            if !before.is_some_and(|before| is_no_better(one, before)) {
                return Err(format!("{length} bytes: {before:#?}\nbecame {one:#?}"));
            }
        }
        Ok(())
    });
    assert!(*opened.lock().unwrap() >= ends.len(), "the prefixes that end a revision open");
}

/// Both holes hold what they say: the laws are not kept by refusing everything.
#[test]
fn the_subject_itself_is_in_order() {
    let subject = &*SUBJECT;
    for field in ["Signature1", "Timestamp1"] {
        assert_eq!(verdict(signature(&subject.report, field)), "TOTAL-PASSED");
    }
    assert_eq!(
        subject.verify(&subject.file, Ask::Integrity).unwrap().signatures.iter().filter(|one| one.intact).count(),
        2
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Laws 1 and 2 at places and with bytes of chance.
    #[test]
    fn no_change_makes_a_signature_better(place in any::<prop::sample::Index>(), change in 1..=255u8) {
        let subject = &*SUBJECT;
        let place = place.index(subject.file.len());
        let file = subject.with(place, |byte| byte ^ change);
        prop_assert_eq!(subject.check_covered(&file, place, Ask::All), Ok(()));
        prop_assert_eq!(subject.check_hole(&file, place), Ok(()));
    }

    /// Bytes put in or taken out shift everything behind them.
    #[test]
    fn no_shift_makes_a_signature_better(place in any::<prop::sample::Index>(), taken in 0..40usize, put in prop::collection::vec(any::<u8>(), 0..40)) {
        let subject = &*SUBJECT;
        let place = place.index(subject.file.len());
        let behind = (place + taken).min(subject.file.len());
        let file = [&subject.file[..place], &put, &subject.file[behind..]].concat();
        prop_assume!(file != subject.file);
        if let Some(report) = subject.verify(&file, Ask::All) {
            for one in &report.signatures {
                let before = subject.report.signatures.iter().find(|before| before.field == one.field);
                prop_assert!(before.is_some_and(|before| is_no_better(one, before)), "{}: {:#?}", place, one);
                let shifts_it = place < if one.field == "Signature1" { subject.signed } else { subject.file.len() };
                prop_assert!(!shifts_it || !one.intact, "{}: {:#?}", place, one);
            }
        }
    }
}
