//! The reader against files made to break readers, where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::account::account;
use super::document::Document;
use crate::error::{ErrorKind, Result};

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
fn walk(bytes: &[u8]) -> Result<(usize, usize)> {
    let document = Document::open(bytes)?;
    let (mut objects, mut broken) = (0, 0);
    for (revision, _) in document.revisions().iter().enumerate() {
        let _ = account(&document, revision);
        let view = document.view(revision);
        let _ = (view.catalog(), view.first_page());
    }
    for id in document.latest().live_objects() {
        objects += 1;
        match document.latest().get(id) {
            Ok(object) => {
                if let crate::pdf::object::Object::Stream(stream) = &object {
                    let _ = document.latest().stream_data(stream);
                }
            }
            Err(_) => broken += 1,
        }
    }
    Ok((objects, broken))
}

#[test]
fn hostile_files_neither_panic_nor_take_long() {
    let Some(folder) = corpora("hostile") else { return };
    let (mut times, mut open) = (Vec::new(), 0);
    let paths = files(&folder);
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        let start = Instant::now();
        let outcome = walk(&bytes);
        open += usize::from(outcome.is_ok());
        times.push((start.elapsed(), path));
        if std::env::var_os("PADES_CORPORA_LIST").is_some() {
            println!(
                "{}\t{}",
                path.strip_prefix(&folder).unwrap().display(),
                match outcome {
                    Ok((objects, broken)) => format!("OPEN {objects} {broken}"),
                    Err(error) => format!("ERR {error}"),
                }
            );
        }
    }
    times.sort();
    let (slowest, path) = times.last().unwrap();
    println!("{open} of {} open; the slowest, {}, took {slowest:?}", paths.len(), path.display());
    for (time, path) in times.iter().rev().take(8) {
        println!("  {time:?} {}", path.display());
    }
    assert!(*slowest < Duration::from_secs(5), "{}", path.display());
}

#[test]
fn incremental_saving_attacks_do_not_open_or_have_stray_bytes() {
    let Some(folder) = corpora("attacks") else { return };
    for path in files(&folder).iter().filter(|path| path.to_string_lossy().contains("rub2019_isa_")) {
        let bytes = fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        match Document::open(&bytes) {
            Err(error) => println!("{name}: {error}"),
            Ok(document) => {
                let mut strays = Vec::new();
                for revision in 0..document.revisions().len() {
                    strays.extend(account(&document, revision).unwrap());
                }
                println!(
                    "{name}: {:?} {:?} {strays:?}",
                    document.trailing(),
                    document.revisions().iter().map(|r| r.end()).collect::<Vec<_>>()
                );
                for stray in &strays {
                    println!(
                        "   {}",
                        String::from_utf8_lossy(&bytes[stray.range.start as usize..stray.range.end as usize])
                    );
                }
            }
        }
    }
    let _ = ErrorKind::Syntax;
}

#[test]
fn list() {
    for part in ["foreign", "attacks", "hostile"] {
        let Some(folder) = corpora(part) else { return };
        for path in files(&folder).iter().filter(|path| path.extension().is_some_and(|e| e == "pdf")) {
            let bytes = fs::read(path).unwrap();
            let name = path.strip_prefix(&folder).unwrap().display();
            match Document::open(&bytes) {
                Err(error) => println!("L {part} {name} ERR {error}"),
                Ok(document) => {
                    let t = document.trailing();
                    let n = document.revisions().len();
                    let pages = document.latest().first_page().err().map(|e| e.to_string());
                    let broken = document
                        .latest()
                        .live_objects()
                        .filter_map(|id| document.latest().get(id).err())
                        .map(|e| e.to_string())
                        .next();
                    let conflicts: usize = document.revisions().iter().map(|r| r.conflicts.len()).sum();
                    println!(
                        "L {part} {name} OPEN revisions {n} trailing {} page {pages:?} broken {broken:?} conflicts {conflicts} {}",
                        t.end - t.start,
                        document.is_encrypted()
                    );
                    for revision in 0..n {
                        for s in account(&document, revision).unwrap() {
                            println!("L {part} {name}    S {revision} {:?} {}", s.range, s.what);
                        }
                    }
                }
            }
        }
    }
}
