//! Broken files, repaired: qpdf finds nothing to say, they can be signed, and nothing in them is another than before.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use pades_ltv::{Document, ErrorKind, fuzzing};

use crate::common::World;
use crate::corpus::{all_files, folder, has, name, on_two_threads, pdfs, qpdf_check};
use crate::signed;

/// Real files, each with its end damaged in some way: what is repaired has the same objects.
#[test]
fn real_files_with_a_lost_end_come_back_whole() {
    let Some(folder) = folder("hostile/pdfjs") else { return };
    let has_qpdf = has("qpdf");
    let (world, output) = (World::new(), tempfile::tempdir().unwrap());
    let paths: Vec<PathBuf> = pdfs(&folder).into_iter().step_by(3).collect();
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
    assert!(repaired > 60 || !has_qpdf);
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

/// Whatever the file: repairing it ends soon, with a file that opens or a reason.
#[test]
fn every_hostile_file_is_repaired_or_refused() {
    let Some(folder) = folder("hostile") else { return };
    let (output, has_qpdf) = (tempfile::tempdir().unwrap(), has("qpdf"));
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });
    let paths = all_files(&folder);
    let answers = on_two_threads(&paths, |path| {
        let file = std::fs::read(path).unwrap();
        let start = Instant::now();
        let repair = Document::repair(&file);
        let taken = start.elapsed();
        assert!(taken < limit, "{}: {taken:?}", path.display());
        let said = match repair {
            Err(error) if error.to_string().contains("nothing to repair") => "sound",
            Err(error) if error.kind() == ErrorKind::Repair => "signed",
            Err(_) => "refused",
            Ok(repair) => {
                let repaired = repair.update().apply(&file).unwrap();
                assert!(Document::open(&repaired).is_ok(), "{}", path.display());
                let written = output.path().join(name(path));
                std::fs::write(&written, &repaired).unwrap();
                // Of the others many break qpdf's patience, which is not the question here.
                let is_clean = has_qpdf && path.starts_with(folder.join("pdfjs")) && qpdf_check(&written).is_none();
                std::fs::remove_file(&written).unwrap();
                if is_clean { "clean" } else { "repaired" }
            }
        };
        (said, taken)
    });
    for said in ["sound", "signed", "refused", "clean", "repaired"] {
        println!("{said}: {}", answers.iter().filter(|(found, _)| *found == said).count());
    }
    let total: Duration = answers.iter().map(|(_, taken)| *taken).sum();
    println!("{total:?} for {} files", paths.len());
    let (slowest, path) = answers.iter().zip(&paths).map(|((_, taken), path)| (taken, path)).max().unwrap();
    println!("the slowest took {slowest:?}: {}", path.display());
}
