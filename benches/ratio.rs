//! How far from the floor: each line times our work and the bare operations beneath it in turns, in one run, by processor time, and
//! prints the ratio of the medians. `cargo bench --bench ratio`; with `--test` each runs once.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::panic, missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use common::{ANSWERS, BASIC_CHECKS, CHECKS, Floor, LENGTH, Recorded, World, pdf, pdf_of_objects, small};
use pades_ltv::{Document, fuzzing};

#[path = "common/clock.rs"]
mod clock;
mod common;

fn main() {
    let rounds = if std::env::args().any(|argument| argument == "--test") { 1 } else { 25 };
    let (world, floor) = (World::new(), Floor::new());
    println!("{:<62}{:>12}{:>12}{:>8}", "", "ours", "floor", "ratio");
    basic(&Table { rounds }, &world, &floor);
    for length in [51_000, LENGTH] {
        file(&Table { rounds }, &world, &floor, length);
    }
    objects(&Table { rounds }, &floor, 20_000);
}

/// Verifying a small signature at its lowest level, with the answers that it takes, read anew each time.
fn basic(table: &Table, world: &World, floor: &Floor) {
    let base = small();
    let signed = world.sign(&base);
    let answers = Recorded::new(world.server());
    answers.collect(world, &signed);
    let given = answers.given();
    let size = format!("{:.0} kB", signed.len() as f64 / 1e3);
    table.row(
        &format!("verify B-B, {size}; SHA-256, {BASIC_CHECKS} verify"),
        || world.verify_with(&signed, &given),
        || {
            black_box(floor.hash(&signed));
            floor.check(BASIC_CHECKS);
        },
    );
}

/// Signing and verifying a file of `length` bytes.
fn file(table: &Table, world: &World, floor: &Floor, length: usize) {
    let base = pdf(length);
    let size = format!("{:.1} MB", base.len() as f64 / 1e6);
    table.row(
        &format!("sign B-B, {size}; SHA-256, 1 sign, 1 verify"),
        || world.sign(&base),
        || {
            black_box(floor.hash(&base));
            floor.sign(1);
            floor.check(1);
        },
    );
    let answers = Recorded::new(world.server());
    let words = format!("sign B-LTA, {size}, recorded world; SHA-256, 1 sign, {CHECKS} verify");
    table.row(
        &words,
        || world.archive(&base, &answers),
        || {
            black_box(floor.hash(&base));
            floor.sign(1);
            floor.check(CHECKS);
        },
    );
    let words = format!("sign B-LTA, {size}, live world; SHA-256, {} sign, {CHECKS} verify", 1 + ANSWERS);
    table.row(
        &words,
        || world.archive(&base, &world.server()),
        || {
            black_box(floor.hash(&base));
            floor.sign(1 + ANSWERS);
            floor.check(CHECKS);
        },
    );
    let archived = [base.clone(), world.archive(&base, &answers)].concat();
    table.row(
        &format!("verify B-LTA, {size}; SHA-256, {CHECKS} verify"),
        || world.verify(&archived),
        || {
            black_box(floor.hash(&archived));
            floor.check(CHECKS);
        },
    );
    table.row(
        &format!("open B-LTA, {size}; SHA-256"),
        || Document::open(&archived).unwrap().revisions().len(),
        || {
            black_box(floor.hash(&archived));
        },
    );
    let cms = contents(&archived);
    table.row(
        "read its CMS 100 times; SHA-256 as often",
        || (0..100).all(|_| fuzzing::is_cms(&cms)),
        || {
            for _ in 0..100 {
                black_box(floor.hash(&cms));
            }
        },
    );
}

/// Opening a file of many objects and parsing them all.
fn objects(table: &Table, floor: &Floor, count: usize) {
    let file = pdf_of_objects(count);
    let hash = || {
        black_box(floor.hash(&file));
    };
    table.row(&format!("open {count} objects; SHA-256"), || Document::open(&file).unwrap().len(), hash);
    let document = Document::open(&file).unwrap();
    let taken = table.row(&format!("parse {count} objects; SHA-256"), || fuzzing::objects(&document), hash);
    println!("{:<62}{:>9.0} objects a second", "", count as f64 / taken.as_secs_f64());
}

/// The first CMS in a file.
fn contents(pdf: &[u8]) -> Vec<u8> {
    let after = |key: &[u8]| pdf.windows(key.len()).position(|window| window == key).unwrap() + key.len();
    let digits = &pdf[after(b"/Contents <")..];
    let end = digits.iter().position(|byte| *byte == b'>').unwrap();
    let nibble = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    digits[..end].chunks(2).map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])).collect()
}

struct Table {
    rounds: usize,
}

impl Table {
    /// Times both in turns, so that both see the same machine; gives the median of ours.
    fn row<T>(&self, words: &str, mut ours: impl FnMut() -> T, mut floor: impl FnMut()) -> Duration {
        black_box(ours());
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..self.rounds {
            times[0].push(clock::of(&mut ours));
            times[1].push(clock::of(&mut floor));
        }
        let [ours, floor] = times.map(median);
        let ratio = ours.as_secs_f64() / floor.as_secs_f64();
        let millis = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
        println!("ratio {words:<56}{:>12}{:>12}{ratio:>8.2}", millis(ours), millis(floor));
        ours
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
