//! Broken files, repaired: qpdf finds nothing to say, they can be signed, and nothing in them is another than before.

use std::path::PathBuf;

use pades_ltv::{Document, ErrorKind, fuzzing};

use crate::common::World;
use crate::corpus::{folder, has, name, on_two_threads, pdfs, qpdf_check};
use crate::signed;

/// Real files, each with its end damaged in some way: what is repaired has the same objects.
#[test]
fn real_files_with_a_lost_end_come_back_whole() {
    let Some(folder) = folder("hostile/pdfjs") else { return };
    let has_qpdf = has("qpdf");
    let (world, output) = (World::new(), tempfile::tempdir().unwrap());
    let paths: Vec<PathBuf> = pdfs(&folder).into_iter().step_by(5).collect();
    let answers = on_two_threads(&paths, |path| {
        let whole = std::fs::read(path).unwrap();
        // What is whole to begin with: it opens, has nothing to repair, and is clean to qpdf.
        let is_whole = Document::repair(&whole).is_err_and(|error| error.to_string().contains("nothing to repair"));
        let is_plain = Document::open(&whole).is_ok_and(|document| document.revisions().len() == 1);
        if !is_whole || !is_plain || !has_qpdf || qpdf_check(path).is_some() {
            return None;
        }
        let broken = damaged(&whole)?;
        let repair = match Document::repair(&broken) {
            Ok(repair) => repair,
            Err(error) if error.kind() == ErrorKind::Repair && error.to_string().contains("signature") => return None,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        assert_eq!(fuzzing::lost(&Document::open(&whole).unwrap(), repair.document()), [0; 0], "{}", path.display());
        let repaired = repair.update().apply(&broken).unwrap();
        let written = output.path().join(name(path));
        std::fs::write(&written, &repaired).unwrap();
        assert_eq!(qpdf_check(&written), None, "{}", path.display());
        match signed(&world, &repaired) {
            Ok(signed) => {
                std::fs::write(&written, &signed).unwrap();
                assert_eq!(qpdf_check(&written), None, "{}", path.display());
            }
            Err(error) => assert!(error.to_string().contains("permissions"), "{}: {error}", path.display()),
        }
        std::fs::remove_file(written).unwrap();
        Some(())
    });
    let repaired = answers.iter().flatten().count();
    println!("{repaired} of {} files damaged and repaired", paths.len());
    assert!(repaired > 40 || !has_qpdf);
}

/// The file with its last pointer, and the keyword of a table there, lost.
fn damaged(whole: &[u8]) -> Option<Vec<u8>> {
    let mut broken = whole.to_vec();
    let at = whole.windows(9).rposition(|window| window == b"startxref")?;
    broken.truncate(at);
    if let Some(table) = whole[..at].windows(5).rposition(|window| window == b"\nxref") {
        broken[table + 1..table + 5].copy_from_slice(b"lost");
    }
    Some(broken)
}

/// What does not open well is repaired, and then opens; or is refused with a reason. Others that are hostile: `tests/corpora.rs`.
#[test]
fn broken_files_of_bug_reports_are_repaired_or_refused() {
    let Some(folder) = folder("hostile/pdfjs") else { return };
    let (output, has_qpdf) = (tempfile::tempdir().unwrap(), has("qpdf"));
    let paths = pdfs(&folder);
    let answers = on_two_threads(&paths, |path| {
        let file = std::fs::read(path).unwrap();
        match Document::repair(&file) {
            Err(error) if error.to_string().contains("nothing to repair") => "sound",
            Err(error) if error.kind() == ErrorKind::Repair => "signed",
            Err(error) => {
                println!("{}: {error}", name(path));
                "refused"
            }
            Ok(repair) => {
                let repaired = repair.update().apply(&file).unwrap();
                assert!(Document::open(&repaired).is_ok(), "{}", path.display());
                let written = output.path().join(name(path));
                std::fs::write(&written, &repaired).unwrap();
                match has_qpdf && qpdf_check(&written).is_none() {
                    true => "clean",
                    false => "repaired",
                }
            }
        }
    });
    let count = |said: &str| answers.iter().filter(|found| **found == said).count();
    for said in ["sound", "signed", "refused", "clean", "repaired"] {
        println!("{said}: {}", count(said));
    }
    assert!(count("sound") > 400 && (count("clean") > 20 || !has_qpdf));
}
