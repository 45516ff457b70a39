//! Timestamps from servers: a real RFC 3161 server, authorities that answer badly in every way, and how they are asked again, elsewhere
//! and with a certificate.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod bench;
#[path = "../common/mod.rs"]
mod common;
mod evidence;
mod foreign;
mod http;
mod misbehaving;
#[allow(dead_code, reason = "made for the tests of the command, which use all of it")]
#[path = "../command/server.rs"]
mod server;
mod several;
mod tls;
