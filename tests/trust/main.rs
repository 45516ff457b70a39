//! Whom published lists trust, for what and for how long, and what verification makes of it.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod accredited;
mod adobe;
#[path = "../common/mod.rs"]
mod common;
mod etsi;
mod hostile;
mod terms;

use std::path::{Path, PathBuf};

/// A real list of the corpora.
fn corpus(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("trustlists").join(name);
    let read = std::fs::read(path).ok();
    if read.is_none() {
        println!("skipped: no corpora");
    }
    read
}
