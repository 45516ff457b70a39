//! Verifies any bytes as a signed PDF and asserts that nobody passes without an anchor. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::verify(data);
});
