//! How long the operations of a service take: `cargo bench --bench operations`, with criterion's statistics from run to run.
//! What they cost above the floor is in `ratio.rs`.

#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pades_ltv::{Document, fuzzing};

#[allow(dead_code, reason = "the floor is for ratio.rs")]
mod common;

use common::{LENGTH, Recorded, World, pdf, pdf_of_objects};

fn files(criterion: &mut Criterion) {
    let world = World::new();
    let answers = Recorded::new(world.server());
    for length in [51_000, LENGTH] {
        let base = pdf(length);
        let archived = [base.clone(), world.archive(&base, &answers)].concat();
        let mut group = criterion.benchmark_group("file");
        group.sample_size(20).throughput(Throughput::Bytes(u64::try_from(base.len()).unwrap()));
        let id = |name| BenchmarkId::new(name, base.len());
        group.bench_function(id("sign B-B"), |bench| bench.iter(|| world.sign(&base)));
        group.bench_function(id("sign B-LTA"), |bench| bench.iter(|| world.archive(&base, &answers)));
        group.bench_function(id("verify B-LTA"), |bench| bench.iter(|| world.verify(&archived)));
    }
}

fn objects(criterion: &mut Criterion) {
    let count = 20_000;
    let file = pdf_of_objects(count);
    let mut group = criterion.benchmark_group("objects");
    group.sample_size(20).throughput(Throughput::Elements(u64::try_from(count).unwrap()));
    group.bench_function("open", |bench| bench.iter(|| Document::open(&file).unwrap().len()));
    let document = Document::open(&file).unwrap();
    group.bench_function("parse", |bench| bench.iter(|| fuzzing::objects(&document)));
}

criterion_group!(benches, files, objects);
criterion_main!(benches);
