//! What we find in a file is what others find: lopdf, hayro-syntax and qpdf, by object numbers and pages.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;

use pades_ltv::{Document, fuzzing};

use crate::corpus::{Exceptions, folder, has, name, on_two_threads, pdfs};

/// What a reader finds: the numbers of the objects in use, and how many pages there are.
#[derive(Debug, PartialEq)]
struct Found {
    objects: BTreeSet<u32>,
    pages: Option<usize>,
}

#[test]
fn other_readers_find_the_same_objects_and_pages() {
    let Some(folder) = folder("hostile/pdfjs") else { return };
    let has_qpdf = has("qpdf");
    let paths = pdfs(&folder);
    let answers = on_two_threads(&paths, |path| {
        let bytes = std::fs::read(path).unwrap();
        let document = Document::open(&bytes).ok()?;
        let ours =
            Found { objects: fuzzing::numbers(&document).into_iter().collect(), pages: fuzzing::pages(&document) };
        let mut said = Vec::new();
        let mut compare = |reader: &str, theirs: Option<Found>| match theirs {
            None => said.push(format!("{reader} does not open it")),
            Some(theirs) => said.extend(difference(reader, &ours, &theirs)),
        };
        compare("lopdf", lopdf(&bytes));
        if has_qpdf {
            compare("qpdf", qpdf(path));
        }
        let counts = (ours.objects.len(), ours.pages);
        match hayro(&bytes) {
            None => said.push("hayro does not open it".to_owned()),
            Some((objects, pages)) if (objects, Some(pages)) == counts => {}
            Some(theirs) => said.push(format!("hayro counts {theirs:?}, not {counts:?}")),
        }
        Some(said.join("; "))
    });
    let opened = answers.iter().flatten().count();
    let differ = paths.iter().zip(answers).filter_map(|(path, said)| Some((name(path), said?)));
    let differ: Vec<_> = differ.filter(|(_, said)| !said.is_empty()).collect();
    println!("{opened} of {} files open here; {} are something else to others", paths.len(), differ.len());
    if has_qpdf {
        Exceptions::read("readers.txt", include_str!("readers.txt")).hold(differ);
    }
}

/// In words, where they differ.
fn difference(reader: &str, ours: &Found, theirs: &Found) -> Option<String> {
    let list = |numbers: Vec<&u32>| {
        let more = if numbers.len() > 6 { ",.." } else { "" };
        let shown: Vec<_> = numbers.iter().take(6).map(ToString::to_string).collect();
        format!("{}({}{more})", numbers.len(), shown.join(","))
    };
    let mut said = Vec::new();
    let (more, less) = (theirs.objects.difference(&ours.objects), ours.objects.difference(&theirs.objects));
    let (more, less): (Vec<_>, Vec<_>) = (more.collect(), less.collect());
    if !more.is_empty() {
        said.push(format!("{reader} finds objects {}", list(more)));
    }
    if !less.is_empty() {
        said.push(format!("{reader} lacks objects {}", list(less)));
    }
    if ours.pages != theirs.pages {
        said.push(format!("{reader} finds {:?} pages, not {:?}", theirs.pages, ours.pages));
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn lopdf(bytes: &[u8]) -> Option<Found> {
    let read = || {
        let document = lopdf::Document::load_mem(bytes).ok()?;
        let objects = document.objects.keys().map(|(number, _)| *number).collect();
        Some(Found { objects, pages: Some(document.get_pages().len()) })
    };
    catch_unwind(AssertUnwindSafe(read)).ok()?
}

/// It says how many objects there are, not which.
fn hayro(bytes: &[u8]) -> Option<(usize, usize)> {
    let read = || {
        let document = hayro_syntax::Pdf::new(bytes.to_vec()).ok()?;
        Some((document.len(), document.pages().len()))
    };
    catch_unwind(AssertUnwindSafe(read)).ok()?
}

fn qpdf(path: &Path) -> Option<Found> {
    let run = |option: &str| {
        let output = Command::new("qpdf").arg(option).arg(path).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let pages = run("--show-npages").trim().parse().ok();
    let table = run("--show-xref");
    let objects = table.lines().filter_map(|line| line.split_once('/')?.0.parse().ok()).collect();
    Some(Found { objects, pages })
}
