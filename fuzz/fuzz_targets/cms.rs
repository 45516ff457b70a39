//! Reads any bytes as a CMS and asserts the laws of transcoding, checking and stamping. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::cms(data);
});
