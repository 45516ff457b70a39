//! The LTV doctor: what it says is missing is what is missing, and what it says of the future is what happens.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../common/mod.rs"]
mod common;

mod decades;
mod foreign;
mod missing;
