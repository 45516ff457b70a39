//! Signing from outside: what goes in, what comes out, and what is refused before anything is written.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../common/mod.rs"]
mod common;
mod fields;
mod format;
mod levels;
mod reading;
mod refusals;
mod steps;
mod transaction;
mod updates;
