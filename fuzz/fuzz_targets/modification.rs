//! Compares the revisions of any bytes and asserts that the work is in proportion to their length. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::modification(data);
});
