//! Files that attack verifiers, made by others: the published attacks on PDF signatures, and files that break parsers.
//!
//! The corpora lie outside the crate, in the folder that `PADES_CORPORA` names (`../shared/corpora` unless told). Where they are
//! missing, that is said.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use pades_ltv::report::{Code, Coverage, Modification, SignatureReport};
use pades_ltv::{Document, Indication, Report, TrustStore, Verification};

use common::{at, clock, now};

/// `None`, and a word about it, where there are no corpora.
fn corpus(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
    if !path.is_dir() {
        println!("skipped: no corpora");
        return None;
    }
    Some(path)
}

fn verify(file: &[u8]) -> Option<Report> {
    let document = Document::open(file).ok()?;
    // Nobody is trusted: who signed is not the question here.
    Some(Verification::new(&document, &TrustStore::new(), at("2019-06-01T00:00:00Z")).verify())
}

/// Whether nothing is said against a signature but that nobody knows its signer.
fn is_clean(one: &SignatureReport) -> bool {
    let identity = [Code::Path, Code::RevocationMissing, Code::Validity, Code::Algorithm, Code::Conformity];
    one.intact
        && one.covers != Coverage::Other
        && one.modification <= Modification::Form
        && one.findings.iter().all(|finding| identity.contains(&finding.code))
}

/// Every published attack is met: by an index that says which files are attacks, and which are clean until their last stage.
#[test]
fn published_attacks_are_met_and_their_first_stages_are_not_blamed() {
    let Some(folder) = corpus("attacks") else { return };
    let index = fs::read_to_string(folder.join("index.csv")).unwrap();
    let mut counted = [0, 0, 0];
    for row in index.lines().skip(1) {
        let mut columns = row.split(',');
        let (name, class, must_flag) = (columns.next().unwrap(), columns.next().unwrap(), columns.next().unwrap());
        let report = verify(&fs::read(folder.join(name)).unwrap());
        let clean = report.as_ref().is_some_and(|report| {
            report.findings.is_empty() && !report.signatures.is_empty() && report.signatures.iter().all(is_clean)
        });
        let has_passed = report.as_ref().and_then(Report::verdict) == Some(Indication::TotalPassed);
        match must_flag {
            "Y" => {
                assert!(!clean && !has_passed, "{class}: {name}: {report:#?}");
                counted[0] += 1;
            }
            "N" => {
                assert!(clean, "{class}: {name} is no attack yet: {report:#?}");
                counted[1] += 1;
            }
            _ => {
                assert_eq!(report.as_ref().and_then(Report::verdict), None, "{name} is not signed: {report:#?}");
                counted[2] += 1;
            }
        }
    }
    assert!(counted.iter().all(|count| *count >= 5), "{counted:?}");
    println!(
        "{} attacks, {} signed files before their attack, {} without a signature",
        counted[0], counted[1], counted[2]
    );
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (below, here): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
        folders.extend(below);
        files.extend(here);
    }
    files.sort();
    files
}

/// No file makes opening, verifying or repairing panic or hang; the bound is the one that the command promises, and ten times as
/// much for a build that is not optimised.
#[test]
fn no_hostile_file_hangs_or_panics() {
    let Some(folder) = corpus("hostile") else { return };
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });
    let files = files(&folder);
    let slowest = Mutex::new((Duration::ZERO, PathBuf::new()));
    let counts = Mutex::new([0, 0]);
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (files, slowest, counts) = (&files, &slowest, &counts);
            scope.spawn(move || {
                for path in files.iter().skip(worker).step_by(2) {
                    let file = fs::read(path).unwrap();
                    let start = clock::computed();
                    let report = verify(&file);
                    let _ = Document::repair(&file);
                    let taken = clock::computed().saturating_sub(start);
                    assert!(taken < limit, "{}: {taken:?}", path.display());
                    let verdict = report.as_ref().and_then(Report::verdict);
                    assert_ne!(verdict, Some(Indication::TotalPassed), "{}", path.display());
                    counts.lock().unwrap()[usize::from(report.is_some())] += 1;
                    let mut slowest = slowest.lock().unwrap();
                    if taken > slowest.0 {
                        *slowest = (taken, path.clone());
                    }
                }
            });
        }
    });
    let ([refused, opened], (taken, path)) = (counts.into_inner().unwrap(), slowest.into_inner().unwrap());
    assert!(opened > 100 && refused > 100, "{opened} opened, {refused} refused");
    println!("{opened} opened, {refused} refused; the slowest took {taken:?}: {}", path.display());
}

/// What opens can also be signed, or is refused with a reason: never a broken file.
#[test]
fn hostile_files_are_signed_well_or_not_at_all() {
    let Some(folder) = corpus("hostile") else { return };
    let world = common::World::new();
    let (mut signed, mut refused) = (0, 0);
    for path in files(&folder).into_iter().filter(|path| fs::metadata(path).unwrap().len() < 100_000).step_by(3) {
        let file = fs::read(&path).unwrap();
        let Ok(document) = Document::open(file.as_slice()) else { continue };
        let made = pades_ltv::Signing::new(&document, now())
            .timestamp_room(0)
            .sign(&world.signer)
            .and_then(|made| made.finish());
        let Ok(update) = made else {
            refused += 1;
            continue;
        };
        let after = update.apply(&file).unwrap();
        let report = world.verify(&after, now());
        let last = report.signatures.last().unwrap_or_else(|| panic!("{}: {report:#?}", path.display()));
        assert!(last.intact && last.covers == Coverage::File, "{}: {report:#?}", path.display());
        signed += 1;
    }
    assert!(signed > 20 && refused > 0, "{signed} signed, {refused} refused");
    println!("{signed} signed, {refused} refused");
}
