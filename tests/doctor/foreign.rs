//! Files of others: what the doctor says is missing, once it is there, makes the level that it promised.

use std::collections::{BTreeMap, BTreeSet};

use pades_ltv::authority::Authority;
use pades_ltv::report::{Diagnosis, Goal, Kind, Level, Missing, Thing};
use pades_ltv::{
    Augmentation, Collected, Collector, Document, Evidence, Fetch, Indication, Time, TrustStore, Verification,
};

use crate::common::foreign::{ForeignFile, files};

/// The level of the signature that is worst off.
fn level(diagnosis: &Diagnosis) -> Option<Level> {
    let signatures = diagnosis.has.iter().filter(|held| held.kind == Kind::Signature);
    signatures.map(|held| held.level).min().flatten()
}

/// Why a level is promised to nobody, where it is not: what is added to a file mends none of these.
fn no_promise(diagnosis: &Diagnosis) -> Option<&'static str> {
    let mut signatures = diagnosis.has.iter().filter(|held| held.kind == Kind::Signature).peekable();
    let is_other_form = |one: &Missing| one.goal == Goal::B && matches!(one.thing, Thing::Form(_));
    if signatures.peek().is_none() {
        Some("only document timestamps, and levels are those of signatures (EN 319 142-1, 6.1)")
    } else if signatures.any(|held| held.conclusion.indication == Indication::TotalFailed) {
        Some("the signature is broken, and stays so (EN 319 102-1, 5.2.7)")
    } else if diagnosis.missing.iter().any(is_other_form) {
        Some("no CAdES signature in the form of PAdES: its /SubFilter was signed (EN 319 142-1, 6.3)")
    } else {
        None
    }
}

/// The file with all that could be had, if that was all it took.
fn completed(file: &[u8], trust: &TrustStore, had: &Evidence, tsa: &Authority, time: Time) -> Option<Vec<u8>> {
    let document = Document::open(file).ok()?;
    let collected = |document: &Document<'_>| {
        let mut collector = Collector::new(document, trust, time).ok()?.evidence(had);
        while let Some(request) = collector.next_request() {
            collector.answer(&request, tsa.at(time).fetch(&request));
        }
        match collector.outcome() {
            Collected::Complete(evidence) => Some(evidence),
            _ => None,
        }
    };
    let evidence = collected(&document)?;
    let update = Augmentation::new(&document, time).archive_what_is_left().evidence(&evidence);
    let update = update.timestamp(&tsa.at(time)).ok()?;
    let longer = update.apply(file).ok()?;
    let document = Document::open(longer.as_slice()).ok()?;
    let more = Augmentation::new(&document, time).evidence(&collected(&document)?).finish().ok()?;
    more.apply(&longer).ok()
}

#[test]
fn what_is_missing_makes_the_level_promised() {
    let Some(foreign) = files() else { return };
    let (mut examined, mut kept, mut files) = (0, 0, BTreeSet::new());
    let mut unpromised = BTreeMap::new();
    for ForeignFile { pdf, bytes, time, mut trust, answers } in foreign {
        let Ok(document) = Document::open(bytes.as_slice()) else { continue };
        let tsa = Authority::new("the doctor's", time).unwrap();
        trust.add_der(tsa.root_der(), "ours").unwrap();
        let diagnosis = Verification::new(&document, &trust, time).diagnose();
        examined += 1;
        // Of each thing it is said what, for which level, and of evidence about whom.
        for one in &diagnosis.missing {
            if let Thing::Evidence(evidence) = &one.thing {
                assert!(!evidence.certificate.subject.is_empty(), "{pdf}: {one:?}");
            }
        }
        if diagnosis.missing.is_empty() {
            assert_eq!(diagnosis.level_after, level(&diagnosis), "{pdf}");
        }
        let Some(longer) = completed(&bytes, &trust, &answers, &tsa, time) else { continue };
        let document = Document::open(longer.as_slice()).unwrap();
        let after = Verification::new(&document, &trust, time).diagnose();
        if let Some(promised) = diagnosis.level_after {
            assert_eq!(level(&after), Some(promised), "{pdf} at {time}: {diagnosis:#?}{after:#?}");
        }
        let unmended = after.missing.iter().filter(|one| matches!(one.thing, Thing::Evidence(_)));
        assert_eq!(unmended.count(), 0, "{pdf} at {time}: {after:#?}");
        match no_promise(&diagnosis) {
            None => assert!(diagnosis.level_after.is_some(), "{pdf} at {time}: {diagnosis:#?}"),
            Some(why) => {
                assert_eq!((diagnosis.level_after, level(&after)), (None, None), "{pdf} at {time}: {why}");
                *unpromised.entry(why).or_insert(0) += 1;
            }
        }
        kept += usize::from(diagnosis.level_after.is_some());
        files.insert(pdf);
    }
    println!("{examined} examined; {} files completed, {kept} promises of a level kept", files.len());
    unpromised.iter().for_each(|(why, count)| println!("{count} without a promise: {why}"));
    assert!(kept >= 40, "{kept}");
    assert!(examined >= 150 && files.len() >= 40, "{examined} {}", files.len());
}
