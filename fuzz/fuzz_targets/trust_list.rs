//! Reads any bytes as each kind of trust list and asserts that nothing unsigned holds. The seeds replay in `cargo test`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    pades_ltv::fuzzing::trust_list(data);
});
