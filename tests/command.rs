//! The command `pades` as scripts see it: files, exit codes, standard output and error.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use pades_ltv::Font;

#[path = "command/bad_input.rs"]
mod bad_input;
#[path = "command/bench.rs"]
mod bench;
#[path = "command/bulk.rs"]
mod bulk;
#[path = "command/disk.rs"]
mod disk;
#[path = "command/doctor.rs"]
mod doctor;
#[path = "remote/dummy.rs"]
mod dummy;
#[path = "command/evidence.rs"]
mod evidence;
#[path = "command/failures.rs"]
mod failures;
#[path = "command/faults.rs"]
mod faults;
#[path = "command/find.rs"]
mod find;
#[allow(dead_code, clippy::as_conversions, reason = "made for the unit tests, which use all of it")]
#[path = "../src/pdf/appearance/fixture.rs"]
mod fixture;
#[path = "command/form.rs"]
mod form;
#[path = "command/keys.rs"]
mod keys;
#[path = "command/lists.rs"]
mod lists;
#[path = "command/many.rs"]
mod many;
#[path = "command/output.rs"]
mod output;
#[path = "command/preflight.rs"]
mod preflight;
#[path = "command/remote.rs"]
mod remote;
#[path = "command/remote_refusals.rs"]
mod remote_refusals;
#[path = "command/server.rs"]
mod server;
#[allow(dead_code, reason = "made for the tests of the library, which use all of it")]
#[path = "remote/service.rs"]
mod service;
#[cfg(unix)]
#[path = "command/signals.rs"]
mod signals;
#[path = "command/signing.rs"]
mod signing;
#[path = "command/timestamps.rs"]
mod timestamps;
#[path = "command/token.rs"]
mod token;
#[path = "command/two_phase.rs"]
mod two_phase;
#[path = "command/verdicts.rs"]
mod verdicts;
