//! The rules against published attacks and against real signed files, where they are at hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::judge;
use crate::corpora;
use crate::report::Modification;

fn pdfs(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "pdf")).collect();
    paths.sort();
    paths
}

#[test]
fn published_attacks_are_not_permitted() {
    let Some(folder) = corpora::folder("attacks") else { return };
    let mut judged = 0;
    for path in pdfs(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = judge(&fs::read(&path).unwrap());
        let was_opened = found.is_some();
        let found = found.unwrap_or_default();
        for (field, modified) in &found {
            println!("{name} {field}: {:?} {} {:?}", modified.modification, modified.is_permitted, modified.findings);
        }
        if name.contains("rub2019_isa") || name.contains("_4_") {
            assert!(found.iter().all(|(_, modified)| !modified.is_permitted), "{name}");
            assert!(!was_opened || !found.is_empty(), "{name}");
            judged += 1;
        } else if name.contains("_3_") {
            assert!(
                !found.is_empty() && found.iter().all(|(_, modified)| modified.modification == Modification::None),
                "{name}"
            );
            judged += 1;
        }
    }
    assert!(judged > 20);
}

/// Where ours differs from the expectation of those who made the files: file, field, and the clause that it goes by.
const EXCEPTIONS: &str = include_str!("../../../../tests/vectors/foreign_modification.exceptions");

fn exceptions() -> Vec<(&'static str, &'static str)> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let words: Vec<&str> = line.splitn(3, ' ').collect();
            let [file, field, reason] = words.as_slice() else { panic!("{line}") };
            assert!(reason.len() > 20, "{line}");
            (*file, *field)
        })
        .collect()
}

/// Whether the makers of the files permit what happened after each signature, by file and field.
fn expectations(folder: &Path) -> BTreeMap<(String, String), bool> {
    let lines = fs::read_to_string(folder.join("cases.jsonl")).unwrap();
    let mut expected = BTreeMap::new();
    for line in lines.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let results = [&case["result"], &case["result"]["api_status"]];
        let Some(result) = results.into_iter().find(|result| result["modification_level"].is_string()) else {
            continue;
        };
        let (Some(pdf), Some(field)) = (case["pdf"].as_str(), case["field"].as_str()) else { continue };
        let name = pdf.trim_start_matches("blobs/").trim_end_matches(".pdf").to_owned();
        let is_permitted = result["docmdp_ok"].as_bool().unwrap_or(result["modification_level"] != "OTHER");
        expected.insert((name, field.to_owned()), is_permitted);
    }
    expected
}

#[test]
fn real_files_are_judged_as_their_makers_expect() {
    let Some(folder) = corpora::folder("foreign") else { return };
    let expected = expectations(&folder);
    let (mut histogram, mut surprises) = (BTreeMap::<String, usize>::new(), Vec::new());
    let (known, mut exceptions) = (self::exceptions(), 0);
    for path in pdfs(&folder.join("blobs")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (field, modified) in judge(&fs::read(&path).unwrap()).unwrap_or_default() {
            *histogram.entry(format!("{:?} {}", modified.modification, modified.is_permitted)).or_default() += 1;
            let exception = known.iter().any(|(file, of)| *file == name && *of == field);
            let is_expected =
                expected.get(&(name.clone(), field.clone())).is_none_or(|is| *is == modified.is_permitted);
            exceptions += usize::from(exception);
            if is_expected == exception {
                surprises.push(format!("{name} {field}: {modified:?}"));
            }
        }
    }
    println!("{histogram:#?}");
    assert_eq!(exceptions, known.len());
    assert!(surprises.is_empty(), "{surprises:#?}");
}
