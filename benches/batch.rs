//! What a batch costs above its signatures: documents a second, from opening to the bytes to append, beside the bare signatures of
//! `openssl speed` and of SoftHSM. On one thread, in turns, in one run, and in seconds of processor time, so that other work
//! on the machine takes from both. `cargo bench --bench batch --features aws-lc`; with `--test` a few of each.
//!
//! The last two lines are of all processors, and in seconds that pass: a batch on as many threads beside a bare loop in one
//! session, and beside one such loop for each thread. Other work on the machine blurs these. The first of the two says whether a
//! batch over the pool is as fast as the token's own rate; the second, and the one before them, what it costs above that.
//!
//! The library is compiled as one unit here (`[profile.bench]` in Cargo.toml), as a service would have it.
//!
//! With `OPENSSL_ia32cap=:~0x200000` both compute as on a processor without AVX-512 IFMA, on which an RSA signature takes twice as long.
//!
//! Without openssl or SoftHSM it says so.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::panic, missing_docs)]

use std::num::NonZeroUsize;
use std::process::Command;
use std::thread;
use std::time::Instant;

use common::pdf_of_objects;
use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::{Batch, Document, Signer, Signing, Time};
use token::{Bare, Token, median};

#[path = "common/clock.rs"]
mod clock;
#[allow(dead_code, reason = "the world is for ratio.rs")]
mod common;
#[path = "common/token.rs"]
mod token;

/// How many documents are open at once, for each thread.
const ENVELOPE: usize = 20;
const NOW: Time = Time::from_unix(1_800_000_000);
#[cfg(feature = "aws-lc")]
const BACKEND: &str = "aws-lc";
#[cfg(not(feature = "aws-lc"))]
const BACKEND: &str = "the rsa crate";

/// How much is measured.
struct Extent {
    rounds: usize,
    documents: usize,
    seconds: usize,
}

fn main() {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let extent = if is_test {
        Extent { rounds: 1, documents: 10, seconds: 1 }
    } else {
        Extent { rounds: 7, documents: 1_000, seconds: 3 }
    };
    token::in_a_child(|token| match token {
        // The parent, and where there is no SoftHSM.
        None => in_memory(&extent),
        Some(token) => in_a_token(&extent, &token),
    });
}

fn in_memory(extent: &Extent) {
    let signer = authority().issue(subscriber()).unwrap();
    if openssl(1).is_none() {
        return println!("skipped: no openssl");
    }
    let name = format!("a batch with {BACKEND}");
    compare("openssl speed rsa2048", || openssl(extent.seconds).unwrap(), &name, &signer, extent);
}

fn in_a_token(extent: &Extent, token: &Token) {
    let authority = authority();
    let signer = token.signer(&authority, KeyType::Rsa2048, "batch", "07");
    let bare = Bare::open("batch", KeyType::Rsa2048);
    let floor = || extent.documents as f64 / seconds(|| bare.sign(extent.documents));
    compare("SoftHSM, bare loop", floor, "a batch through the pool", &signer, extent);
    on_all_processors(&bare, &signer, extent);
}

/// Prints the rates and both ratios, where as many threads work as there are processors.
fn on_all_processors(bare: &Bare, signer: &(impl Signer + Sync), extent: &Extent) {
    let threads = thread::available_parallelism().unwrap();
    let files = files(extent);
    let (mut one, mut many, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        one.push(extent.documents as f64 / passed(|| bare.sign(extent.documents)));
        many.push((extent.documents * threads.get()) as f64 / passed(|| loops(threads, extent.documents)));
        ours.push(files.len() as f64 / passed(|| batch(&files, signer, threads)));
    }
    let ours = median(ours);
    let name = format!("a batch on {threads} threads");
    print("SoftHSM, own rate", median(one), &name, ours);
    print(&format!("SoftHSM, {threads} sessions"), median(many), &name, ours);
}

/// One loop a session, all at once; a session stays on its thread.
fn loops(threads: NonZeroUsize, count: usize) {
    let run = || Bare::open("batch", KeyType::Rsa2048).sign(count);
    thread::scope(|scope| (0..threads.get()).for_each(|_| drop(scope.spawn(run))));
}

fn authority() -> Authority {
    Authority::new("the batch bench", NOW).unwrap()
}

fn subscriber() -> Subscriber {
    Subscriber::new("bench").key(KeyType::Rsa2048)
}

/// Prints both rates, and the ratio of their medians.
fn compare(floor: &str, bare: impl Fn() -> f64, name: &str, signer: &(impl Signer + Sync), extent: &Extent) {
    let files = files(extent);
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        theirs.push(bare());
        ours.push(files.len() as f64 / seconds(|| batch(&files, signer, NonZeroUsize::MIN)));
    }
    print(floor, median(theirs), name, median(ours));
}

fn print(floor: &str, theirs: f64, name: &str, ours: f64) {
    println!("{floor:<26}{theirs:>8.0} /s    {name:<32}{ours:>8.0} /s    ratio {:.3}", ours / theirs);
}

fn files(extent: &Extent) -> Vec<Vec<u8>> {
    (0..extent.documents).map(|number| pdf_of_objects(10 + number % 16)).collect()
}

/// Opens, signs and finishes `files` on `threads` threads, so many at a time as an envelope may hold: the memory that a night's work
/// takes is then that of an envelope, and what is opened is still in the cache when it is signed.
fn batch(files: &[Vec<u8>], signer: &(impl Signer + Sync), threads: NonZeroUsize) {
    for files in files.chunks(ENVELOPE * threads.get()) {
        let documents: Vec<Document> = files.iter().map(|file| Document::open(file.as_slice()).unwrap()).collect();
        let signings: Vec<Signing> =
            documents.iter().map(|document| Signing::new(document, NOW).timestamp_room(0)).collect();
        let batch = Batch::new(&signings).threads(threads);
        for update in batch.finish(batch.sign(signer), Ok) {
            let _ = std::hint::black_box(update.unwrap());
        }
    }
}

/// Signatures in a second of processor time, as openssl itself measures them; `None` where it is not installed.
fn openssl(seconds: usize) -> Option<f64> {
    let output = Command::new("openssl").args(["speed", "-seconds", &seconds.to_string(), "rsa2048"]).output().ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("rsa 2048 bits")).unwrap_or_else(|| panic!("{text}"));
    let rate = line.split_whitespace().nth(5).unwrap();
    Some(rate.parse().unwrap())
}

/// The seconds that this thread computes for `work`.
fn seconds(work: impl FnOnce()) -> f64 {
    clock::of(work).as_secs_f64()
}

/// The seconds that pass during `work`.
fn passed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
