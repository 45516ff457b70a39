//! Signing the fields that forms have: what their authors ask for, what earlier signatures permit, and what is said of it
//! beforehand.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod base;
#[cfg(feature = "appearance")]
mod filling;
mod outside;
mod permissions;
mod preflight;
mod seeds;
#[cfg(feature = "appearance")]
mod structure;
