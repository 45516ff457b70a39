//! Keys that are elsewhere: signing services over the network, many documents at once, steps in processes of their own.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod batch;
#[path = "../common/mod.rs"]
mod common;
mod demo;
mod dummy;
mod examples;
#[path = "../command/server.rs"]
mod server;
mod service;
mod signer;
mod two_phase;
