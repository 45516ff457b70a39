//! The reader against files made to break readers, where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::account::account;
use super::document::Document;
use super::object::Object;
use crate::corpora;
use crate::error::Result;

#[allow(dead_code, reason = "the benches use all of it")]
#[path = "../../benches/common/clock.rs"]
mod clock;

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut waiting, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { waiting.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// Reads all that can be read; what is broken inside is no matter.
fn walk(bytes: &[u8]) -> Result<()> {
    let document = Document::open(bytes)?;
    for revision in 0..document.revisions().len() {
        let _ = account(&document, revision);
        let view = document.view(revision);
        let _ = (view.catalog(), view.first_page());
    }
    let view = document.latest();
    for id in view.live_objects() {
        if let Ok(Object::Stream(stream)) = view.get(id) {
            let _ = view.stream_data(&stream);
        }
    }
    Ok(())
}

/// All strays of all revisions, in words.
fn strays(document: &Document<'_>) -> Vec<String> {
    let all = (0..document.revisions().len()).flat_map(|revision| account(document, revision).unwrap());
    all.map(|stray| format!("{} at {:?}", stray.what, stray.range)).collect()
}

#[test]
fn hostile_files_neither_panic_nor_take_long() {
    let Some(folder) = corpora::folder("hostile") else { return };
    let (mut times, mut open, mut real) = (Vec::new(), 0, (0, 0));
    let paths = files(&folder);
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        let start = clock::computed();
        let opens = u64::from(walk(&bytes).is_ok());
        times.push((clock::computed().saturating_sub(start), path));
        open += opens;
        if path.starts_with(folder.join("pdfjs")) {
            real = (real.0 + opens, real.1 + 1);
        }
    }
    times.sort();
    let (slowest, path) = times.last().unwrap();
    println!("{open} of {} open; the slowest, {}, took {slowest:?}", paths.len(), path.display());
    assert!(*slowest < Duration::from_secs(5), "{}", path.display());
    println!("{} of {} files from bug reports open", real.0, real.1);
    assert!(real.0 * 100 >= real.1 * 95);
}

#[test]
fn incremental_saving_attacks_do_not_open_or_have_stray_bytes() {
    let Some(folder) = corpora::folder("attacks") else { return };
    let attacks = files(&folder).into_iter().filter(|path| path.to_string_lossy().contains("rub2019_isa_"));
    for path in attacks {
        let bytes = fs::read(&path).unwrap();
        if let Ok(document) = Document::open(&bytes) {
            assert!(!strays(&document).is_empty(), "{}", path.display());
        }
    }
}

/// Signed files of another project open, and account for all their bytes. The exceptions are what they should be.
#[test]
fn signed_files_open_without_stray_bytes() {
    let Some(folder) = corpora::folder("foreign") else { return };
    let expected = [
        ("045ea0afc9461df41bfb.pdf", "object 6 is placed outside"), // a hybrid file in two saves, before any signature
        ("752f20c6ebd494ec7965.pdf", "object 6 is placed outside"), // the same
        ("831eeac70ba68cc24c41.pdf", "object 9 is placed outside"), // an attack by way of a hybrid file
        ("18f1fa93a4f66ec48203.pdf", "the trailer has no /Root"),   // an update that only frees an object
    ];
    let mut unseen: Vec<_> = expected.to_vec();
    for path in files(&folder).iter().filter(|path| path.extension().is_some_and(|extension| extension == "pdf")) {
        let bytes = fs::read(path).unwrap();
        let document = Document::open(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let found = strays(&document);
        match unseen.iter().position(|(name, _)| path.ends_with(name)) {
            Some(at) => assert!(found.iter().any(|stray| stray.starts_with(unseen.remove(at).1)), "{found:?}"),
            None => assert!(found.is_empty() && document.trailing().is_empty(), "{}: {found:?}", path.display()),
        }
    }
    assert!(unseen.is_empty(), "{unseen:?}");
}
