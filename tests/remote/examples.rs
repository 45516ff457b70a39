//! The examples, as programs beside this test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use pades_ltv::{Document, TrustStore, Verification};

/// What a run said.
pub(crate) struct Run {
    pub(crate) succeeded: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the example `name` without any environment.
pub(crate) fn run(name: &str, arguments: &[&str]) -> Run {
    let Output { status, stdout, stderr } = Command::new(binary(name)).args(arguments).env_clear().output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let run = Run { succeeded: status.success(), out: text(stdout), err: text(stderr) };
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

/// Cargo builds examples for a plain `cargo test`; for a filtered one an old binary would pass for the new, so its age is
/// checked.
fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap();
    let binary = folder.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let changed = newest(&root.join("src")).max(modified(&root.join(format!("examples/{name}.rs"))));
    assert!(modified(&binary) >= changed, "{} is old or missing: run `cargo build --examples`", binary.display());
    binary
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { newest(&path) } else { modified(&path) }).max().flatten()
}

#[test]
fn the_envelope_is_signed_but_for_the_one_that_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let run = run("batch", &[folder.path().to_str().unwrap()]);
    assert!(run.succeeded, "{}", run.err);
    assert!(run.out.contains("one question with 19 digests"), "{}", run.out);
    assert!(run.out.contains("10: put aside: ") && run.out.contains("19 of 20 signed"), "{}", run.out);
    let mut trust = TrustStore::new();
    trust.add_pem(&std::fs::read(folder.path().join("anchor.pem")).unwrap(), "the example").unwrap();
    for number in (1..=20).filter(|number| *number != 10) {
        let file = std::fs::read(folder.path().join(format!("{number:02}.pdf"))).unwrap();
        let document = Document::open(file.as_slice()).unwrap();
        let now = SystemTime::now().into();
        let report = Verification::new(&document, &trust, now).verify();
        assert!(report.signatures.iter().all(|one| one.intact) && report.signatures.len() == 1, "{report:#?}");
    }
}

#[test]
fn the_kms_example_reaches_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let run = run("async_kms", &[folder.path().to_str().unwrap()]);
    assert!(run.succeeded, "{}{}", run.out, run.err);
    assert_eq!(run.out.matches("TOTAL-PASSED, B-LTA").count(), 3, "{}", run.out);
}
