//! Files that others made and that are sound are signed up to B-LTA, and stay sound.

use std::path::{Path, PathBuf};
use std::process::Command;

use pades_ltv::Document;
use pades_ltv::authority::KeyType;
use pades_ltv::report::Level;

use crate::World;

/// How many files are signed: a test's worth. Every file there is takes minutes.
const FILES: usize = 24;
/// Larger ones add time and show nothing new.
const LENGTH: u64 = 200_000;

#[test]
fn real_files_are_signed_and_stay_sound() {
    let Some(folder) = corpora() else {
        println!("skipped: no corpora");
        return;
    };
    let (world, output) = (World::new(), tempfile::tempdir().unwrap());
    let signers = [world.signer(KeyType::P256), world.signer(KeyType::Rsa2048)];
    let (mut tables, mut streams) = (0, 0);
    for (path, signer) in sound_files(&folder).zip(signers.iter().cycle()) {
        let base = std::fs::read(&path).unwrap();
        let signed = world.sign(&base, signer, Level::Lta).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        world.assert_passes(&signed, Level::Lta);
        assert!(signed.starts_with(&base), "{path:?}");
        let written = output.path().join("signed.pdf");
        std::fs::write(&written, &signed).unwrap();
        assert_ne!(qpdf(&written), Some(false), "{path:?}");
        let style = if has_table(&signed) { &mut tables } else { &mut streams };
        *style += 1;
        if tables + streams == FILES {
            break;
        }
    }
    assert!(tables >= 5 && streams >= 5, "{tables} with tables, {streams} with streams");
}

fn corpora() -> Option<PathBuf> {
    let named = std::env::var_os("PADES_CORPORA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"));
    Some(folder.join("hostile/pdfjs")).filter(|folder| folder.is_dir())
}

/// What opens here, has a page to put a widget on, and is clean to qpdf where that is installed; spread over the folder.
fn sound_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    paths.retain(|path| path.metadata().unwrap().len() < LENGTH);
    paths.sort();
    let spread = (0..7).flat_map(move |start| paths.iter().skip(start).step_by(7).cloned().collect::<Vec<_>>());
    spread.filter(|path| {
        let bytes = std::fs::read(path).unwrap();
        Document::open(bytes.as_slice()).is_ok() && qpdf(path) != Some(false)
    })
}

/// Whether qpdf finds nothing to say; `None` where it is not installed.
fn qpdf(path: &Path) -> Option<bool> {
    Some(Command::new("qpdf").arg("--check").arg(path).output().ok()?.status.success())
}

/// Whether the last section of a file is a table.
fn has_table(pdf: &[u8]) -> bool {
    let at = pdf.windows(9).rposition(|window| window == b"startxref").unwrap();
    let text = String::from_utf8_lossy(&pdf[at + 9..]);
    let start: usize = text.split_whitespace().next().unwrap().parse().unwrap();
    pdf[start..].starts_with(b"xref")
}
