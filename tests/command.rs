//! The command `pades` as scripts see it: files, exit codes, standard output and error.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "command/bench.rs"]
mod bench;
#[path = "command/failures.rs"]
mod failures;
#[path = "command/output.rs"]
mod output;
#[path = "command/server.rs"]
mod server;
#[path = "command/timestamps.rs"]
mod timestamps;
#[path = "command/verdicts.rs"]
mod verdicts;
