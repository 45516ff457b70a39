//! Every file of bug reports that qpdf calls clean is signed and archived, and stays clean.

use std::path::Path;

use pades_ltv::{Document, Indication, Language};

use crate::common::World;
use crate::corpus::{Exceptions, folder, has, name, on_two_threads, pdfs, qpdf_check};
use crate::{LEVELS, verified};

#[test]
fn whatever_qpdf_calls_clean_is_signed_and_stays_clean() {
    let Some(folder) = folder("hostile/pdfjs") else { return };
    if !has("qpdf") {
        return;
    }
    let (world, output) = (World::new(), tempfile::tempdir().unwrap());
    let paths = pdfs(&folder);
    let answers = on_two_threads(&paths, |path| {
        let is_clean = qpdf_check(path).is_none();
        is_clean.then(|| judge(&world, path, output.path()))
    });
    let clean = answers.iter().flatten().count();
    let found = paths.iter().zip(&answers).filter_map(|(path, answer)| match answer {
        Some(Err(why)) => Some((name(path), why.clone())),
        _ => None,
    });
    let found: Vec<_> = found.collect();
    println!("{} files, {clean} clean to qpdf, {} of them not signed", paths.len(), found.len());
    Exceptions::read("unsigned.txt", include_str!("unsigned.txt")).hold(found);
}

/// Signs and archives one file; what went wrong, in words.
fn judge(world: &World, path: &Path, output: &Path) -> Result<(), String> {
    let base = std::fs::read(path).unwrap();
    let written = output.join(name(path));
    for (level, make) in LEVELS {
        let made = make(world, &base).map_err(|error| error.to_string())?;
        assert!(made.starts_with(&base), "{path:?}");
        std::fs::write(&written, &made).unwrap();
        if let Some(words) = qpdf_check(&written) {
            return Err(format!("{level} is not clean: {}", words.trim()));
        }
        passes(world, &made, level)?;
    }
    std::fs::remove_file(written).unwrap();
    Ok(())
}

/// What we say of our own signature.
fn passes(world: &World, pdf: &[u8], level: &str) -> Result<(), String> {
    let document = Document::open(pdf).map_err(|error| error.to_string())?;
    let report = verified(world, &document).map_err(|error| error.to_string())?;
    let ours = report.signatures.iter().filter(|one| one.conclusion.indication == Indication::TotalPassed);
    match ours.filter(|one| one.level.is_some_and(|found| found.as_str() == level)).count() {
        1 => Ok(()),
        _ => Err(format!("{level} in {} revisions: {}", document.revisions().len(), report.to_text(Language::English))),
    }
}
