//! Where tests find other people's files: never part of the crate, and not always at hand.

use std::path::PathBuf;

/// The folder `part` of the corpora beside the crate, or of where `PADES_CORPORA` says; says so where there is none.
pub(crate) fn folder(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PADES_CORPORA").unwrap_or_else(|| "../shared/corpora".into());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(root).join(part);
    if !folder.is_dir() {
        println!("skipped: no corpora");
        return None;
    }
    Some(folder)
}
