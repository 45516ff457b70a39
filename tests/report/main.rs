//! What reports say besides the verdict: sentences of the panel, chain and revocation, the requirements of the PAdES levels, and XML of
//! TS 119 102-2.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code, reason = "made for the threats, which use all of it")]
#[path = "../threats/forge.rs"]
mod forge;
mod levels;
mod panel;
mod statuses;
mod xml;
