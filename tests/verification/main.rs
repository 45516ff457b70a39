//! Verdicts over time and evidence, in the words of EN 319 102-1.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod archive;
#[path = "../common/mod.rs"]
mod common;
mod decades;
mod foreign;
mod laws;
mod verdicts;
