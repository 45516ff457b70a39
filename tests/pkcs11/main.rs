//! Keys on a real token: SoftHSM, set up anew for each test, in a process of its own.
//!
//! Where SoftHSM is not installed, each says "skipped: no softhsm2".

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../common/mod.rs"]
mod common;
mod finding;
mod levels;
mod login;
mod softhsm;
mod threads;
