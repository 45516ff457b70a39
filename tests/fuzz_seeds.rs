//! Every seed of every fuzz target, replayed on stable: the folder is the list.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pades_ltv::fuzzing;

type Door = fn(&[u8]);

/// The doors by the names of their targets.
const DOORS: [(&str, Door); 13] = [
    ("certificate", fuzzing::certificate),
    ("cms", fuzzing::cms),
    ("crl", fuzzing::crl),
    ("document", fuzzing::document),
    ("metadata", fuzzing::metadata),
    ("modification", fuzzing::modification),
    ("object", fuzzing::object),
    ("ocsp", fuzzing::ocsp),
    ("prepared_state", fuzzing::prepared_state),
    ("repair", fuzzing::repair),
    ("timestamp_response", fuzzing::timestamp_response),
    ("trust_list", fuzzing::trust_list),
    ("verify", fuzzing::verify),
];
/// Below that a fuzzer has nothing to start from.
const SEEDS: usize = 3;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn stems(folder: &str) -> BTreeSet<String> {
    files(folder).iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_target_has_a_door_and_seeds() {
    let doors: BTreeSet<String> = DOORS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(stems("fuzz_targets"), doors);
    assert_eq!(stems("seeds"), doors);
}

#[test]
fn the_laws_hold_for_every_seed() {
    for (name, door) in DOORS {
        let seeds = files(&format!("seeds/{name}"));
        assert!(seeds.len() >= SEEDS, "{name}: {} seeds", seeds.len());
        for seed in seeds {
            println!("{}", seed.display());
            door(&std::fs::read(seed).unwrap());
        }
    }
}

/// What a fuzzer does first: the seeds cut off, and with one byte changed.
#[test]
fn the_laws_hold_for_broken_seeds() {
    for (name, door) in DOORS {
        for seed in files(&format!("seeds/{name}")) {
            let whole = std::fs::read(&seed).unwrap();
            let step = whole.len().div_ceil(40).max(1);
            for at in (0..whole.len()).step_by(step) {
                println!("{} {at}", seed.display());
                door(&whole[..at]);
                let mut flipped = whole.clone();
                flipped[at] ^= 0x21;
                door(&flipped);
            }
        }
    }
}
