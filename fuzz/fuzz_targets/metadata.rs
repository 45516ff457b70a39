//! Reads any XMP packet, states a transaction in it, and asserts that it reads back. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::metadata(data);
});
