//! Keys of every kind: read from the files that tools make, and through signatures of every algorithm, judged by others.
//!
//! A judge that is not installed is said, not passed over: "skipped: no ...".

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod chain;
#[path = "../common/mod.rs"]
mod common;
#[path = "../interop/extract.rs"]
mod extract;
mod files;
mod foreign;
mod matrix;
#[path = "../interop/tools.rs"]
mod tools;
