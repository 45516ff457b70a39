//! Reads any bytes as a certificate and asserts that the bytes received are kept. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::certificate(data);
});
