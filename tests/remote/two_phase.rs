//! The process dies between every two steps: each runs in a process of its own, in a folder of its own, with nothing
//! but the files it names.

use std::path::Path;

use crate::common::CONTRACT;
use crate::examples::{Run, run};

/// Each step with what it reads and what it writes.
const STEPS: [(&str, &[&str], &[&str]); 9] = [
    ("prepare", &["contract.pdf"], &["prepared", "digest"]),
    ("sign", &["digest"], &["value"]),
    ("complete", &["contract.pdf", "prepared", "value"], &["signed", "query"]),
    ("stamp", &["query"], &["reply"]),
    ("finish", &["contract.pdf", "signed", "reply"], &["signed.pdf"]),
    ("preserve", &["signed.pdf"], &["preserved.pdf", "sealing", "query"]),
    ("stamp", &["query"], &["reply"]),
    ("seal", &["preserved.pdf", "sealing", "reply"], &["archived.pdf"]),
    ("verify", &["archived.pdf"], &[]),
];

/// The files that are there after each step: what a store would hold.
type Store = std::collections::BTreeMap<&'static str, Vec<u8>>;

fn store(contract: &[u8]) -> Store {
    Store::from([("contract.pdf", contract.to_vec())])
}

/// Another machine: a fresh folder, with copies of what the step reads.
fn step(store: &mut Store, (name, reads, writes): (&str, &[&'static str], &[&'static str])) -> Run {
    let machine = tempfile::tempdir().unwrap();
    let path = |name: &str| machine.path().join(name);
    for name in reads {
        std::fs::write(path(name), &store[name]).unwrap();
    }
    let run = run("remote_two_phase", &[name, machine.path().to_str().unwrap()]);
    if run.succeeded {
        for name in writes {
            store.insert(name, std::fs::read(path(name)).unwrap());
        }
    } else {
        assert_eq!(names(machine.path()), sorted(reads), "something was left behind");
    }
    run
}

fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn sorted(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    names.sort();
    names
}

/// Everything that there is before step `count`.
fn before(count: usize, contract: &[u8]) -> Store {
    let mut store = store(contract);
    for one in STEPS.iter().take(count) {
        let run = step(&mut store, *one);
        assert!(run.succeeded, "{}: {}", one.0, run.err);
    }
    store
}

/// A contract of the same length that differs in one byte of the comment in its second line.
fn other_contract() -> Vec<u8> {
    let mut other = CONTRACT.to_vec();
    assert!(other.starts_with(b"%PDF-1.7\n%"));
    other[11] ^= 1;
    other
}

#[test]
fn every_step_runs_in_a_process_of_its_own_and_may_be_repeated() {
    let mut store = store(CONTRACT);
    for one in STEPS {
        let run = step(&mut store, one);
        assert!(run.succeeded, "{}: {}", one.0, run.err);
        // It died after writing, and nobody knew: once more, and the same.
        let before = store.clone();
        assert!(step(&mut store, one).succeeded);
        assert_eq!(store, before, "{}", one.0);
        if one.0 == "verify" {
            assert!(run.out.contains("TOTAL-PASSED") && run.out.contains("B-LTA"), "{}", run.out);
        }
    }
    assert!(store["archived.pdf"].starts_with(CONTRACT));
    for (name, limit) in [("prepared", 4_000), ("signed", 6_000), ("sealing", 2_000)] {
        assert!(store[name].len() < limit, "{name} has {} bytes", store[name].len());
    }
}

#[test]
fn what_was_changed_or_swapped_is_refused_by_name() {
    let good = before(8, CONTRACT);
    let other = before(8, &other_contract());
    let base = "the right length but other bytes";
    let longer = |file: &[u8]| [file, b"\n"].concat();
    let flipped = |file: &[u8]| {
        let mut file = file.to_vec();
        *file.last_mut().unwrap() ^= 1;
        file
    };
    let cut = |file: &[u8]| file[..file.len() / 2].to_vec();
    let contract = &good["contract.pdf"];
    let no_signature = "is no signature of the signing certificate";
    for (place, name, bytes, words) in [
        (2, "contract.pdf", other["contract.pdf"].clone(), base),
        (2, "contract.pdf", longer(contract), "this was made for a file of"),
        (2, "value", other["value"].clone(), no_signature),
        (2, "value", flipped(&good["value"]), no_signature),
        (2, "value", Vec::new(), no_signature),
        (2, "prepared", cut(&good["prepared"]), "the stored value cannot be read"),
        (2, "prepared", flipped(&good["prepared"]), "is not what was stored"),
        (2, "prepared", other["prepared"].clone(), base),
        (2, "prepared", good["signed"].clone(), "the stored value cannot be read"),
        (4, "contract.pdf", other["contract.pdf"].clone(), base),
        (4, "contract.pdf", longer(contract), "this was made for a file of"),
        (4, "signed", other["signed"].clone(), base),
        (4, "signed", flipped(&good["signed"]), "is not what was stored"),
        (4, "signed", cut(&good["signed"]), "the stored value cannot be read"),
        (4, "reply", good["reply"].clone(), "the timestamp authority's answer is not usable"),
        (4, "reply", good["query"].clone(), "the timestamp authority's answer is not usable"),
        (7, "preserved.pdf", other["preserved.pdf"].clone(), "use the very file that was prepared"),
        (7, "preserved.pdf", longer(&good["preserved.pdf"]), "this was made for a file of"),
        (7, "sealing", flipped(&good["sealing"]), "is not what was stored"),
        (7, "sealing", cut(&good["sealing"]), "the stored value cannot be read"),
        (7, "sealing", good["prepared"].clone(), "the stored value cannot be read"),
        (7, "reply", other["reply"].clone(), "the timestamp authority's answer is not usable"),
    ] {
        let mut store = good.clone();
        store.insert(name, bytes);
        let run = step(&mut store, STEPS[place]);
        assert!(!run.succeeded, "{name} at {} was taken", STEPS[place].0);
        assert!(run.err.contains(words), "{name} at {}: {}", STEPS[place].0, run.err);
    }
}
