//! Files that other programs signed, as `foreign/cases.jsonl` of the corpora tells of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pades_ltv::{Evidence, Time, TrustStore};
use serde_json::Value;

/// A file at the time and under the anchors of a case.
pub(crate) struct ForeignFile {
    pub(crate) pdf: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) time: Time,
    pub(crate) trust: TrustStore,
    /// What servers answered when the case was recorded.
    pub(crate) answers: Evidence,
}

/// Each file that is not encrypted, once at each of its times; `None`, and a word about it, where there are no corpora.
pub(crate) fn files() -> Option<impl Iterator<Item = ForeignFile>> {
    let folder = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let root = folder.join("foreign");
    let Ok(cases) = std::fs::read_to_string(root.join("cases.jsonl")) else {
        println!("skipped: no corpora");
        return None;
    };
    let cases: Vec<Value> = cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut seen = BTreeSet::new();
    Some(cases.into_iter().filter_map(move |case| {
        let (pdf, now) = (case["pdf"].as_str()?, case["now"].as_str()?);
        let is_new = case["encrypted"] != true && seen.insert((pdf.to_owned(), now.to_owned()));
        is_new.then(|| ForeignFile {
            pdf: pdf.to_owned(),
            bytes: std::fs::read(root.join(pdf)).unwrap(),
            time: format!("{}Z", now.replace(' ', "T").get(..19).unwrap()).parse().unwrap(),
            trust: trust(&root, &case),
            answers: answers(&root, &case),
        })
    }))
}

fn trust(root: &Path, case: &Value) -> TrustStore {
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

fn answers(root: &Path, case: &Value) -> Evidence {
    let mut evidence = Evidence::new();
    for answer in case["http"].as_array().into_iter().flatten() {
        let Ok(body) = std::fs::read(root.join(answer["resp"].as_str().unwrap_or_default())) else { continue };
        let _ = evidence.add_crl(&body);
        let _ = evidence.add_ocsp(&body);
        let _ = evidence.add_certificates(&body);
    }
    evidence
}
