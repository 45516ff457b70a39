//! Evidence that lasts: collected in every world, cached, awaited, written, and judged by somebody else.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod cache;
#[path = "../common/mod.rs"]
mod common;
mod foreign;
mod grace;
mod laws;
mod others;
mod renewal;
mod shortages;
mod stamping;
#[path = "../interop/tools.rs"]
mod tools;
mod vri;
mod worlds;
