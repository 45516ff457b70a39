//! What AWS-LC is worth: each operation of a key in pure Rust and by the best backend, in turns, in one run, as microseconds and
//! their ratio. `cargo bench --bench backends --features aws-lc`; with `--test` each runs once.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(missing_docs)]

use std::time::Instant;

use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::{DigestAlgorithm, SignatureAlgorithm, Time, fuzzing};

fn main() {
    if !cfg!(feature = "aws-lc") {
        return println!("skipped: built without the feature aws-lc");
    }
    let rounds = if std::env::args().any(|argument| argument == "--test") { 1 } else { 41 };
    println!("{:<12}{:<44}{:<8}{:>12}{:>12}{:>8}", "key", "algorithm", "", "pure us", "aws-lc us", "ratio");
    let pss = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256);
    for (key, algorithm) in [
        (KeyType::Rsa2048, None),
        (KeyType::Rsa2048, Some(pss)),
        (KeyType::P256, None),
        (KeyType::P384, None),
        (KeyType::P521, None),
        (KeyType::Ed25519, None),
    ] {
        let name = algorithm.map_or_else(|| "its own".to_owned(), |algorithm| algorithm.to_string());
        for (operation, [pure, fast]) in fuzzing::key_operations(&pkcs8(key), algorithm).unwrap() {
            let [pure, fast] = in_turns(rounds, &pure, &fast);
            let ratio = pure / fast;
            println!("{:<12}{name:<44}{operation:<8}{pure:>12.1}{fast:>12.1}{ratio:>8.1}", format!("{key:?}"));
        }
    }
}

/// The medians of both, in microseconds.
fn in_turns(rounds: usize, pure: &dyn Fn(), fast: &dyn Fn()) -> [f64; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (operation, times) in [pure, fast].into_iter().zip(&mut times) {
            let start = Instant::now();
            operation();
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

fn pkcs8(key: KeyType) -> Vec<u8> {
    let authority = Authority::new("the bench of backends", Time::from_unix(1_800_000_000)).unwrap();
    let pem = authority.private_key_pem(Subscriber::new("bench").key(key)).unwrap();
    der::pem::decode_vec(pem.as_bytes()).unwrap().1
}
