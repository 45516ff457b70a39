//! Reads any bytes as a PDF value and asserts that it is written so that it reads the same. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::object(data);
});
