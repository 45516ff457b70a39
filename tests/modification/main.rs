//! What may change after a signature, as files: `tests/vectors/modification/` is the list. Each `.pdf` has what is told of its changes
//! beside it as `.expected`; one without the other is a fault. They come in pairs, `_good` and `_bad`, as like as can be.
//!
//! `REGENERATE=1 cargo test --test modification` makes the files and writes down what is said of them now: read the difference before
//! it is committed. The signatures hold nothing that could verify: what is judged here is what came after them.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod attacks;
mod base;
#[path = "../common/mod.rs"]
mod common;
mod coverage;
mod file;
mod outside;
mod pairs;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use pades_ltv::report::{Change, Code, Finding, Modification};
use pades_ltv::{Document, Report, Time, TrustStore, Verification};

use base::base;
use file::{Edit, Style};
use pairs::pairs;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/modification")
}

/// The folder, after the vectors were made again if that was asked for.
fn vectors() -> PathBuf {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        if std::env::var_os("REGENERATE").is_some() {
            regenerate();
        }
    });
    folder()
}

fn regenerate() {
    let _ = fs::remove_dir_all(folder());
    fs::create_dir_all(folder()).unwrap();
    for (index, pair) in pairs().enumerate() {
        // Both styles of cross-reference in turns.
        let style = if index % 2 == 0 { Style::Table } else { Style::Stream };
        for (edits, end) in [(pair.good.to_vec(), "good"), (pair.bad.concat(), "bad")] {
            let name = format!("{}_{end}", pair.name);
            let file = made(style, pair.under, &edits);
            assert!(!folder().join(format!("{name}.pdf")).exists(), "{name} is there twice");
            fs::write(folder().join(format!("{name}.expected")), told(&file)).unwrap();
            fs::write(folder().join(format!("{name}.pdf")), file).unwrap();
        }
    }
}

fn made(style: Style, under: &str, edits: &[Edit]) -> Vec<u8> {
    let mut file = base(style, under);
    file.revise(edits);
    file.bytes
}

fn verify(file: &[u8]) -> Option<Report> {
    Document::open(file).ok().map(|document| judged(&document))
}

fn judged(document: &Document<'_>) -> Report {
    let now: Time = "2026-10-07T00:25:23Z".parse().unwrap();
    Verification::new(document, &TrustStore::new(), now).verify()
}

/// A line for each signature, and below it one for each change.
fn told(file: &[u8]) -> String {
    let Some(report) = verify(file) else { return "cannot be opened\n".into() };
    let mut text = String::new();
    for finding in strange(&report) {
        writeln!(text, "{}", finding.code.as_str()).unwrap();
    }
    for signature in &report.signatures {
        let is_permitted = signature.changes.iter().all(|change| change.allowed);
        let permitted = if is_permitted { "permitted" } else { "forbidden" };
        writeln!(text, "{} {} {permitted}", signature.field, signature.modification.as_str()).unwrap();
        signature.changes.iter().for_each(|change| writeln!(text, "  {}", line(change)).unwrap());
    }
    text
}

/// What is said of the file as a whole, but for the certificates, which are none.
fn strange(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.code != Code::SecurityStore)
}

fn line(change: &Change) -> String {
    let mut line = format!("revision {}", change.revision);
    let mut say = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            write!(line, " {name} {value}").unwrap();
        }
    };
    say("object", change.object.map(|object| object.to_string()));
    say("page", change.page.map(|page| page.to_string()));
    say("rect", change.rect.map(|rect| rect.to_string()));
    say("kind", Some(change.kind.as_str().to_owned()));
    say("field", change.field.clone());
    say("old", change.old.as_ref().map(|old| format!("{old:?}")));
    say("new", change.new.as_ref().map(|new| format!("{new:?}")));
    say(if change.allowed { "allowed by" } else { "refused by" }, Some(change.rule.as_str().to_owned()));
    line
}

fn files_with(extension: &str) -> BTreeSet<String> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let of_kind = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    of_kind.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_vector_is_judged_as_expected() {
    let folder = vectors();
    let (files, expected) = (files_with("pdf"), files_with("expected"));
    assert_eq!(files, expected, "a file without expectation, or an expectation without file");
    let mut faults = String::new();
    for name in files {
        let found = told(&fs::read(folder.join(format!("{name}.pdf"))).unwrap());
        let expected = fs::read_to_string(folder.join(format!("{name}.expected"))).unwrap();
        if found != expected {
            writeln!(faults, "{name}: expected\n{expected}but found\n{found}").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The first signature's document is what it was, or more in a permitted way; or it is not.
#[test]
fn the_good_are_permitted_and_the_bad_are_not() {
    let folder = vectors();
    let mut faults = String::new();
    let mut pairs = 0;
    for name in files_with("pdf") {
        let file = fs::read(folder.join(format!("{name}.pdf"))).unwrap();
        let report = verify(&file);
        let first = report.as_ref().and_then(|report| report.signatures.iter().find(|one| one.field == "Signature1"));
        let is_removed = report.as_ref().is_some_and(|report| strange(report).next().is_some());
        let is_good = first.is_some_and(|one| {
            !is_removed && one.changes.iter().all(|change| change.allowed) && one.modification < Modification::Other
        });
        pairs += usize::from(name.ends_with("_good"));
        if is_good != name.ends_with("_good") {
            writeln!(faults, "{name}:\n{}", told(&file)).unwrap();
            if let Some(one) = first {
                one.findings.iter().for_each(|finding| writeln!(faults, "    ! {finding}").unwrap());
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
    assert!(pairs >= 150, "{pairs} pairs");
}

/// What the base itself is: signed, and not changed.
#[test]
fn the_base_is_not_modified() {
    for under in ["", "P1", "P2", "P3", "lock /Action/All", "fields /Action/All"] {
        for style in [Style::Table, Style::Stream] {
            let file = base(style, under).bytes;
            let report = verify(&file).unwrap();
            assert_eq!(report.signatures.len(), 1);
            assert_eq!(report.signatures[0].modification, Modification::None, "{under}");
            assert!(report.signatures[0].changes.is_empty() && strange(&report).next().is_none(), "{report:#?}");
        }
    }
}
