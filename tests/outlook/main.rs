//! Looking ahead: what `Verification::outlook` says of the future is what verifying says when the future has come.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../common/mod.rs"]
mod common;

mod histories;
mod words;
