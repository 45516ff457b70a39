//! Verdicts over time and evidence, in the words of EN 319 102-1.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod archive;
mod back_dated;
#[path = "../common/mod.rs"]
mod common;
mod constraints;
mod content;
mod decades;
mod foreign;
#[allow(dead_code, reason = "other tests forge other flaws")]
#[path = "../threats/forge.rs"]
mod forge;
mod laws;
mod legacy;
mod sub_indications;
mod verdicts;
