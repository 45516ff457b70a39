//! Every place at which a rule allows or refuses something is needed: without it, and with its contrary,
//! some vector is judged differently.
//!
//! The vectors are the files of `tests/vectors/modification` and `tests/vectors/threats`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::super::mutant::{Mutation, Site, with};
use super::*;

/// What a rule is made of.
const MARKS: [&str; 10] = [
    "refuse(",
    "refuse_if_frozen(",
    "clear(",
    "admit(",
    "admit_all(",
    "raise(",
    "tell(",
    "unknown(",
    "tell_store(",
    "tell_form(",
];

fn vectors() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in ["modification", "threats"] {
        paths.extend(fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    paths.retain(|path| path.extension().is_some_and(|end| end == "pdf"));
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// For each signature what became of it: how much changed, whether that is permitted, and each change.
fn verdict(file: &[u8]) -> Option<Vec<String>> {
    let judged = judge(file)?;
    let told = |modified: &Modified| {
        let changes: Vec<_> = modified
            .changes
            .iter()
            .map(|change| format!("{:?} {:?} {:?} {}", change.object, change.kind, change.rule, change.allowed))
            .collect();
        format!("{:?} {} {changes:?}", modified.modification, modified.is_permitted)
    };
    Some(judged.iter().map(|(name, modified)| format!("{name} {}", told(modified))).collect())
}

/// Every place in the sources that allows or refuses something: file and line.
fn places() -> BTreeSet<(String, u32)> {
    let mut places = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verify/modification");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "rs") || path.ends_with("mutant.rs") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let is_call = |mark: &str| {
                line.contains(&format!("self.{mark}"))
                    || line.contains(&format!("step.{mark}"))
                    || line.trim_start().starts_with(&format!(".{mark}"))
            };
            if MARKS.iter().any(|mark| is_call(mark)) {
                places.insert((name.clone(), u32::try_from(index + 1).unwrap()));
            }
        }
    }
    places
}

/// Places whose loss no vector can show, by file and a piece of their line; each with the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("clearance.rs", "self.clear(id.number, clearance);", "counted where `admit` is called"),
    ("clearance.rs", "self.admit(&place, *id, Clearance::Whole)", "counted where `admit_all` is called"),
    ("fields.rs", "Rule::FormFilling, Modification::Form));", "counted where `tell_form` is called"),
    ("store.rs", "self.tell(self.signing.store", "counted where `tell_store` is called"),
    ("catalog.rs", "/Encrypt of the trailer was changed", "such a file is refused before it is analysed"),
    ("catalog.rs", "/ID of the encrypted file was changed", "the vectors are not encrypted"),
    ("step.rs", "the object stream of earlier objects", "object_streams_are_not_replaced_under_their_objects"),
    ("structure.rs", "self.", "tests/structure.rs"),
    ("step.rs", "UNEVEN", "uneven_lines_behind_a_signature_are_not_judged"),
    ("step.rs", "is placed twice, for older and for newer", "both_views_of_a_hybrid_file_count"),
];

#[test]
fn every_rule_is_needed() {
    let vectors = vectors();
    let mut sound: Vec<Option<Vec<String>>> = Vec::new();
    let mut met: BTreeMap<Site, Vec<usize>> = BTreeMap::new();
    for (index, (_, file)) in vectors.iter().enumerate() {
        let (found, sites) = with(None, || verdict(file));
        sound.push(found);
        sites.into_iter().for_each(|site| met.entry(site).or_default().push(index));
    }
    let mut idle = Vec::new();
    for (site, indices) in &met {
        for mutation in [Mutation::Removed, Mutation::Inverted] {
            let mutant = Some((*site, mutation));
            let differs = |index: &usize| with(mutant, || verdict(&vectors[*index].1)).0 != sound[*index];
            if !indices.iter().any(differs) {
                let names: Vec<&str> = indices.iter().take(5).map(|index| vectors[*index].0.as_str()).collect();
                let count = indices.len();
                idle.push((*site, format!("{mutation:?}: no vector notices, of {count} that come by: {names:?}")));
            }
        }
    }
    let name = |file: &str| file.rsplit('/').next().unwrap().to_owned();
    let seen: BTreeSet<(String, u32)> = met.keys().map(|(file, line, _)| (name(file), *line)).collect();
    let unmet: Vec<_> = places().into_iter().filter(|place| !seen.contains(place)).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verify/modification");
    let text = |file: &str, line: u32| {
        let source = fs::read_to_string(root.join(file)).unwrap();
        source.lines().nth(usize::try_from(line - 1).unwrap()).unwrap().trim().to_owned()
    };
    let mut complaints = Vec::new();
    let is_excepted =
        |file: &str, line: &str| EXCEPTIONS.iter().any(|(of, part, _)| *of == file && line.contains(part));
    for ((file, line, _), why) in idle {
        let (file, words) = (name(file), text(&name(file), line));
        if !is_excepted(&file, &words) {
            complaints.push(format!("{file}:{line}: {words}: {why}"));
        }
    }
    for (file, line) in unmet {
        let words = text(&file, line);
        if !is_excepted(&file, &words) {
            complaints.push(format!("{file}:{line}: {words}: no vector comes by"));
        }
    }
    println!("{} places, {} mutants, {} vectors", met.len(), met.len() * 2, vectors.len());
    assert!(complaints.is_empty(), "{} places\n{}", complaints.len(), complaints.join("\n"));
}
