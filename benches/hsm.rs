//! What the pool of sessions costs: signatures a second through a `Pkcs11Signer`, beside a bare loop of `C_SignInit` and `C_Sign` on
//! the same SoftHSM token, in turns, in one run. `cargo bench --bench hsm`; with `--test` a few of each.
//!
//! Without SoftHSM it says so and is done.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::panic, missing_docs)]

use std::thread;
use std::time::Instant;

use pades_ltv::authority::{Authority, KeyType};
use pades_ltv::pkcs11::Pkcs11Signer;
use pades_ltv::{Document, Signer, Signing, SigningInput, Time};
use token::{Bare, Token, median};

#[path = "common/token.rs"]
mod token;

fn main() {
    token::in_a_child(|token| token.iter().for_each(measure));
}

fn measure(token: &Token) {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (rounds, count) = if is_test { (1, 4) } else { (9, 400) };
    let authority = Authority::new("the HSM bench", Time::from_unix(1_800_000_000)).unwrap();
    println!("{:<12}{:>10}{:>16}{:>16}{:>8}", "key", "threads", "bare loop /s", "pool /s", "ratio");
    for (key, id) in [(KeyType::Rsa2048, "01"), (KeyType::P256, "02")] {
        let label = format!("{key:?}");
        let signer = token.signer(&authority, key, &label, id);
        for threads in [1, 2] {
            let (mut bare, mut pooled) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                bare.push(rate(threads, count, || {
                    let bare = Bare::open(&label, key);
                    seconds(|| bare.sign(count))
                }));
                pooled.push(rate(threads, count, || through_the_pool(&signer, count)));
            }
            let (bare, pooled) = (median(bare), median(pooled));
            println!("{label:<12}{threads:>10}{bare:>16.0}{pooled:>16.0}{:>8.2}", pooled / bare);
        }
    }
}

/// Signatures a second where each of `threads` does `work`, which is `count` signatures. What `work` gives is the time that each needed.
fn rate(threads: usize, count: usize, work: impl Fn() -> f64 + Sync) -> f64 {
    let seconds = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).fold(0.0, f64::max)
    });
    (threads * count) as f64 / seconds
}

fn through_the_pool(signer: &Pkcs11Signer, count: usize) -> f64 {
    let input = input(signer);
    seconds(|| {
        for _ in 0..count {
            signer.sign(&input).unwrap();
        }
    })
}

/// The time that passes: waiting for one another counts.
fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn input(signer: &Pkcs11Signer) -> SigningInput {
    let pdf = include_bytes!("../examples/contract.pdf");
    let document = Document::open(pdf.as_slice()).unwrap();
    let prepared = Signing::new(&document, Time::from_unix(1_800_000_000)).prepare(&signer.identity().unwrap());
    prepared.unwrap().input().clone()
}
