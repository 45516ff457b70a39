//! Judges any bytes as a timestamp authority's answer, and reads them as a token and as a request. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::timestamp_response(data);
});
