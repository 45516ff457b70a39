//! Files that other programs signed: what they hold stays, and the collector says what they need.

use std::path::PathBuf;

use pades_ltv::{Augmentation, Collected, Collector, Document, Time, TrustStore, Verification};
use serde_json::Value;

/// Every file of the corpus, at its own time and under its own anchors.
#[test]
fn files_of_the_corpus_lose_nothing_and_gain_what_is_there() {
    let root =
        PathBuf::from(std::env::var("PADES_CORPORA").unwrap_or_else(|_| "../shared/corpora".into())).join("foreign");
    let Ok(cases) = std::fs::read_to_string(root.join("cases.jsonl")) else {
        println!("skipped: no corpora");
        return;
    };
    let (mut seen, mut complete, mut incomplete, mut refused) = (std::collections::BTreeSet::new(), 0, 0, 0);
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let (Some(pdf), Some(now)) = (case["pdf"].as_str(), case["now"].as_str()) else { continue };
        if !seen.insert((pdf.to_owned(), now.to_owned())) || case["encrypted"] == true {
            continue;
        }
        let time: Time = format!("{}Z", now.replace(' ', "T").get(..19).unwrap()).parse().unwrap();
        let bytes = std::fs::read(root.join(pdf)).unwrap();
        let Ok(document) = Document::open(bytes.as_slice()) else {
            refused += 1;
            continue;
        };
        let trust = trust(&root, &case);
        let Ok(mut collector) = Collector::new(&document, &trust, time) else {
            refused += 1;
            continue;
        };
        for answer in case["http"].as_array().into_iter().flatten() {
            let Ok(body) = std::fs::read(root.join(answer["resp"].as_str().unwrap_or_default())) else { continue };
            let mut evidence = pades_ltv::Evidence::new();
            let _ = evidence.add_crl(&body);
            let _ = evidence.add_ocsp(&body);
            let _ = evidence.add_certificates(&body);
            collector = collector.evidence(&evidence);
        }
        let evidence = match collector.outcome() {
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
    println!("{} files: {complete} complete, {incomplete} with named shortages, {refused} refused", seen.len());
    assert!(complete > 0 && incomplete > 0);
}

fn trust(root: &std::path::Path, case: &Value) -> TrustStore {
    let mut trust = TrustStore::new();
    let input = &case["input"];
    for policy in [&input["vc"], &input["ts_vc"], &input["spec"]["signer_policy"], &input["spec"]["ts_policy"]] {
        for name in policy["roots"].as_array().into_iter().flatten() {
            let der = std::fs::read(root.join(name.as_str().unwrap())).unwrap();
            trust.add_der(&der, "foreign").unwrap();
        }
    }
    trust
}
