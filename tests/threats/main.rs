//! What is thrown at a PDF verifier, as files of our own making: `tests/vectors/threats/` is the list. Each `.pdf` has its verdict
//! beside it as `.expected`; one without the other is a fault.
//!
//! `REGENERATE=1 cargo test --test threats` makes the files and writes down what is said of them now: read the difference before it
//! is committed. The files are not made again otherwise: a verdict is on bytes, not on what the forge makes of them today.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod cms;
#[path = "../common/mod.rs"]
mod common;
mod damaged;
mod dictionary;
mod forge;
mod lost;
mod updates;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pades_ltv::{Document, Evidence, Indication, Report, TrustStore, Verification};

use common::{minutes, now, pdf, verdict};
use forge::Forge;

/// A file and its name.
#[derive(Clone)]
struct Vector {
    name: &'static str,
    file: Vec<u8>,
}

fn vector(name: &'static str, file: Vec<u8>) -> Vector {
    Vector { name, file }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/threats")
}

/// What the verifier is given besides the file.
struct Ground {
    trust: TrustStore,
    evidence: Evidence,
}

impl Ground {
    fn read() -> Self {
        let mut ground = Self { trust: TrustStore::new(), evidence: Evidence::new() };
        ground.trust.add_pem(&fs::read(folder().join("anchor.pem")).unwrap(), "the vectors' anchor").unwrap();
        for path in files_with("ocsp").iter().map(|name| folder().join(format!("{name}.ocsp"))) {
            ground.evidence.add_ocsp(&fs::read(path).unwrap()).unwrap();
        }
        ground
    }

    /// `None` where the file cannot be opened.
    fn verify(&self, file: &[u8]) -> Result<Report, pades_ltv::Error> {
        let document = Document::open(file)?;
        let verification = Verification::new(&document, &self.trust, now().after(minutes(60)));
        Ok(verification.evidence(&self.evidence).verify())
    }
}

/// The names of all files in the folder that end so, without the end.
fn files_with(extension: &str) -> BTreeSet<String> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let of_kind = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    of_kind.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// A line for the file, then one for each signature: field, verdict, level, integrity, codes of what was found.
fn told(report: &Result<Report, pades_ltv::Error>) -> String {
    let report = match report {
        Ok(report) => report,
        Err(error) => return format!("cannot be opened: {:?}\n", error.kind()),
    };
    let codes = |findings: &[pades_ltv::report::Finding]| {
        let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
        codes.dedup();
        if codes.is_empty() { "-".to_owned() } else { codes.join(",") }
    };
    let whole = report.verdict().map_or("NO-SIGNATURE", |verdict| verdict.as_str());
    let mut text = format!("file {whole} {}\n", codes(&report.findings));
    for one in &report.signatures {
        let level = one.level.map_or("-", |level| level.as_str());
        let intact = if one.intact { "intact" } else { "broken" };
        writeln!(text, "{} {} {level} {intact} {}", one.field, verdict(one), codes(&one.findings)).unwrap();
    }
    text
}

/// The ground, after the vectors were made again if that was asked for.
fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(|| {
        if std::env::var_os("REGENERATE").is_some() {
            regenerate();
        }
        Ground::read()
    })
}

fn regenerate() {
    let forge = Forge::new();
    let world = &forge.world;
    fs::create_dir_all(folder()).unwrap();
    for entry in fs::read_dir(folder()).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    fs::write(folder().join("anchor.pem"), world.authority.root_pem()).unwrap();
    let evidence = responses(&forge);
    for (index, response) in evidence.iter().enumerate() {
        fs::write(folder().join(format!("{index}.ocsp")), response).unwrap();
    }
    let ground = Ground::read();
    for Vector { name, file } in [updates::vectors(&forge), dictionary::vectors(&forge), cms::vectors(&forge)].concat()
    {
        assert!(file.len() < 20_000, "{name} has {} bytes", file.len());
        assert!(!folder().join(format!("{name}.pdf")).exists(), "{name} is there twice");
        fs::write(folder().join(format!("{name}.expected")), told(&ground.verify(&file))).unwrap();
        fs::write(folder().join(format!("{name}.pdf")), file).unwrap();
    }
}

/// What the authority answers about everybody who appears in the vectors.
fn responses(forge: &Forge) -> Vec<Vec<u8>> {
    use pades_ltv::{Collector, Fetch};
    let file = forge.world.stamped(&pdf::table(&[]), now());
    let document = Document::open(file.as_slice()).unwrap();
    let mut collector = Collector::new(&document, &forge.world.trust, now()).unwrap();
    let mut responses = Vec::new();
    while let Some(request) = collector.next_request() {
        let answer = forge.world.authority.at(now()).fetch(&request);
        responses.extend(answer.as_ref().ok().cloned());
        collector.answer(&request, answer);
    }
    responses
}

#[test]
fn every_threat_is_met_as_expected() {
    let ground = ground();
    let (files, expected) = (files_with("pdf"), files_with("expected"));
    assert_eq!(files, expected, "a file without expectation, or an expectation without file");
    assert!(files.len() > 100);
    let mut faults = String::new();
    for name in files {
        let report = ground.verify(&fs::read(folder().join(format!("{name}.pdf"))).unwrap());
        let (found, expected) = (told(&report), fs::read_to_string(folder().join(format!("{name}.expected"))).unwrap());
        if found != expected {
            writeln!(faults, "{name}: expected\n{expected}but found\n{found}{report:#?}").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// What is good stays good, and nothing else passes without a word.
#[test]
fn only_what_is_good_passes_without_a_word() {
    let ground = ground();
    for name in files_with("pdf") {
        let is_good = name.starts_with("control_") || name.ends_with("_good");
        let Ok(report) = ground.verify(&fs::read(folder().join(format!("{name}.pdf"))).unwrap()) else {
            assert!(!is_good, "{name}");
            continue;
        };
        let is_silent = report.verdict() == Some(Indication::TotalPassed)
            && report.findings.is_empty()
            && report.signatures.iter().all(|one| one.findings.is_empty());
        assert_eq!(is_silent, is_good, "{name}: {report:#?}");
    }
}
