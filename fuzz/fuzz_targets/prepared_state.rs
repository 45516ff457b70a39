//! Reads any bytes as a stored signature or timestamp and asserts that it is stored the same again. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::prepared_state(data);
});
