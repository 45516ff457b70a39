//! Repairs any bytes and asserts that what comes out opens and needs no repair. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::repair(data);
});
