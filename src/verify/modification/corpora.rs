//! The rules against published attacks and against real signed files, where they are at hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::tests::judge;
use crate::report::Modification;

/// The corpora beside the crate, or where `PADES_CORPORA` says.
fn corpora(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let folder = root.join(part);
    if !folder.is_dir() {
        println!("skipped: no corpora");
        return None;
    }
    Some(folder)
}

fn pdfs(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "pdf")).collect();
    paths.sort();
    paths
}

#[test]
fn published_attacks_are_not_permitted() {
    let Some(folder) = corpora("attacks") else { return };
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

#[test]
fn real_files_are_judged() {
    let Some(folder) = corpora("foreign/blobs") else { return };
    let mut histogram: BTreeMap<String, usize> = BTreeMap::new();
    for path in pdfs(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let start = std::time::Instant::now();
        let Some(found) = judge(&fs::read(&path).unwrap()) else {
            *histogram.entry("not opened".into()).or_default() += 1;
            println!("J {name}\t-\tNOT OPENED");
            continue;
        };
        for (field, modified) in found {
            *histogram.entry(format!("{:?} {}", modified.modification, modified.is_permitted)).or_default() += 1;
            println!(
                "J {name}\t{field}\t{:?}\t{}\t{:?}",
                modified.modification,
                modified.is_permitted,
                modified.findings.iter().map(|f| f.message.clone()).collect::<Vec<_>>()
            );
        }
        assert!(start.elapsed().as_secs() < 5, "{name}");
    }
    println!("{histogram:#?}");
}
