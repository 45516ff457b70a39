//! What the whole verification of long histories costs, opening included, in processor time, and how it grows:
//! `cargo bench --bench modification`; with `--test` each runs once, on short histories.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::panic, missing_docs, dead_code)]

use std::hint::black_box;
use std::time::Duration;

use common::{World, finish, pdf_of_objects};
use pades_ltv::{Document, Indication, Signing, Verification, fuzzing};

#[path = "common/clock.rs"]
mod clock;
mod common;

fn main() {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (rounds, few, many, objects) = if is_test { (1, 3, 9, 500) } else { (9, 100, 1_000, 50_000) };
    let world = World::new();
    println!("each signature in a new field, so that the lists of fields and annotations are written again each time:");
    growth(&world, rounds, pdf_of_objects(20), [few, many]);
    println!("fields that were there from the start:");
    growth(&world, rounds, pdf_with_fields(many), [few, many]);
    let base = pdf_of_objects(objects);
    let archived = [base.clone(), world.archive(&base, &world.server())].concat();
    let total = mean(rounds, || verify(&world, &archived, 2));
    println!("{objects:>6} objects at B-LTA, {:.2} MB: verified in {:.2} ms", megabytes(&archived), millis(total));
}

/// What histories of two lengths on the same base cost.
fn growth(world: &World, rounds: u32, mut file: Vec<u8>, [few, many]: [usize; 2]) {
    let mut times = Vec::new();
    for count in [few, many] {
        file = signed(world, file, count);
        let total = mean(rounds, || verify(world, &file, count));
        let alone = mean(rounds, || {
            let document = Document::open(&file).unwrap();
            black_box(fuzzing::modifications(&document));
        });
        let (total_ms, alone_ms) = (millis(total), millis(alone));
        let size = megabytes(&file);
        println!(
            "{count:>6} signatures, {size:>6.2} MB: verified in {total_ms:.2} ms, of which changes {alone_ms:.2} ms"
        );
        times.push((total, alone, file.len()));
    }
    let ratio = |left: Duration, right: Duration| left.as_secs_f64() / right.as_secs_f64();
    let (few_times, many_times) = (times[0], times[1]);
    println!(
        "    growth {few} -> {many} signatures: verified {:.1} x, changes {:.1} x, bytes {:.1} x",
        ratio(many_times.0, few_times.0),
        ratio(many_times.1, few_times.1),
        many_times.2 as f64 / few_times.2 as f64
    );
}

/// A page with so many empty signature fields, each an object of its own.
fn pdf_with_fields(count: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    let fields: String = (0..count).map(|field| format!("{} 0 R ", field + 5)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[{fields}]>>"),
        format!("<</Fields[{fields}]/SigFlags 3>>"),
    ];
    let widget = "/Type/Annot/Subtype/Widget/FT/Sig/Rect[0 0 0 0]/F 132/P 3 0 R";
    objects.extend((0..count).map(|field| format!("<<{widget}/T(Signature{:04})>>", field + 1)));
    for (index, body) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{body}\nendobj\n", index + 1).into_bytes());
    }
    finish(file, &offsets)
}

/// `file` with signatures up to `count`.
fn signed(world: &World, mut file: Vec<u8>, count: usize) -> Vec<u8> {
    let there = Document::open(&file).unwrap().revisions().len() - 1;
    let has_fields = file.windows(15).any(|window| window == b"(Signature0001)");
    for number in there..count {
        let document = Document::open(&file).unwrap();
        let mut signing = Signing::new(&document, world.now).timestamp_room(0);
        let field = format!("Signature{:04}", number + 1);
        if has_fields {
            signing = signing.field(&field);
        }
        let update = signing.sign(&world.signer).unwrap().finish().unwrap();
        let appended = update.bytes().to_vec();
        drop(document);
        file.extend(appended);
    }
    file
}

fn verify(world: &World, file: &[u8], count: usize) {
    let document = Document::open(file).unwrap();
    let report = Verification::new(&document, &world.trust, world.now).verify();
    assert_eq!(report.signatures.len(), count);
    // Without revocation data the signers stay unknown; what they signed does not.
    assert_ne!(report.verdict(), Some(Indication::TotalFailed));
    assert!(report.signatures.iter().all(|one| one.intact && one.changes.iter().all(|change| change.allowed)));
    black_box(report);
}

/// The mean of some rounds, after one that does not count.
fn mean(rounds: u32, mut work: impl FnMut()) -> Duration {
    work();
    clock::of(|| (0..rounds).for_each(|_| work())) / rounds
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn megabytes(file: &[u8]) -> f64 {
    file.len() as f64 / 1e6
}
