//! Files that other programs signed: what they hold stays, and the collector says what they need.

use pades_ltv::{Augmentation, Collected, Collector, Document, Verification};

use crate::common::foreign::{ForeignFile, files};

/// Every file of the corpus, at its own time and under its own anchors.
#[test]
fn files_of_the_corpus_lose_nothing_and_gain_what_is_there() {
    let Some(foreign) = files() else { return };
    let (mut seen, mut complete, mut incomplete, mut refused) = (0, 0, 0, 0);
    for ForeignFile { pdf, bytes, time, trust, answers } in foreign {
        seen += 1;
        let Ok(document) = Document::open(bytes.as_slice()) else {
            refused += 1;
            continue;
        };
        let Ok(collector) = Collector::new(&document, &trust, time) else {
            refused += 1;
            continue;
        };
        let evidence = match collector.evidence(&answers).outcome() {
            Collected::Complete(evidence) => {
                complete += 1;
                evidence
            }
            Collected::Incomplete { evidence, shortages } => {
                assert!(!shortages.is_empty() && shortages.iter().all(|one| !one.fields.is_empty()), "{pdf}");
                incomplete += 1;
                evidence
            }
            other => panic!("{pdf}: {other:?}"),
        };
        let Ok(update) = Augmentation::new(&document, time).evidence(&evidence).finish() else {
            refused += 1;
            continue;
        };
        let longer = update.document(&document).unwrap();
        let integrity = |document: &Document<'_>| {
            let report = Verification::new(document, &trust, time).verify();
            report.signatures.iter().map(|one| (one.field.clone(), one.intact)).collect::<Vec<_>>()
        };
        assert_eq!(integrity(&document), integrity(&longer), "{pdf}");
    }
    println!("{} files: {complete} complete, {incomplete} with named shortages, {refused} refused", seen);
    assert!(complete > 0 && incomplete > 0);
}
