//! Imports only go down: the table below is the house of ARCHITECTURE.md, and this test holds it.
//!
//! Read are all files under `src/`, without comments, strings and test code. An import is a `use` or a path that starts with
//! `crate`, `self` or `super`; a re-export counts as what it stands for. Modules in the table that do not exist are no fault.
#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use source::{Source, join};

#[path = "layers/source.rs"]
mod source;

/// Everything sees the ground, and the ground sees only itself.
const GROUND: &[&str] = &["error", "limits", "time", "digest", "words", "transaction", "xml"];

/// What stands on it, each with what it sees below.
const TOWERS: &[(&str, &[&str])] = &[
    ("pki", &[]),
    ("pdf", &[]),
    ("report", &[]),
    ("port", &["pki"]),
    ("asking", &["pki", "port"]),
    ("sign", &["pki", "pdf", "port"]),
    ("verify", &["pki", "pdf", "report"]),
    ("ltv", &["pki", "pdf", "port", "sign", "verify", "report"]),
    ("trustlist", &["pki", "pdf", "report", "verify"]),
    ("software", &["pki", "port"]),
    ("authority", &["pki", "port", "software"]),
    ("http", &["pki", "port"]),
    ("csc", &["pki", "port", "http"]),
    ("pkcs11", &["pki", "port"]),
    ("render", &["pdf", "report"]),
    (
        "fuzzing",
        &["pki", "pdf", "report", "port", "sign", "verify", "ltv", "trustlist", "software", "authority", "http"],
    ),
];

/// The floors inside the two towers: each sees those to its left, and modules of one floor see one another.
const FLOORS: &[(&str, &str)] = &[
    (
        "pki",
        "pem < algorithm < key ecdsa_value < asn1_time oid < extension name < general_name < signature < certificate < certificates < cms purpose < timestamp < trust < path < revocation < evidence",
    ),
    (
        "pdf",
        "object < text < lexer < long_list < parser < mention < filter < crypt < source < bytes < xref container document revision hashing security view account \
         < serializer < byte_range contents < transform < signature form dss seed_value < restriction listing \
         < placeholder < update < repair field extensions metadata appearance < evidence damaged",
    ),
];

#[test]
fn imports_only_go_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(root, &root.join("src"), &mut files);
    assert!(files.iter().any(|(name, _)| name == "src/lib.rs"), "the sources were not found");
    let found = offences(&files);
    assert!(found.is_empty(), "the import table of tests/layers.rs does not hold:\n{}\n", found.join("\n"));
}

#[test]
fn the_table_itself_goes_down() {
    for (index, (tower, sees)) in TOWERS.iter().enumerate() {
        for seen in *sees {
            assert!(
                TOWERS[..index].iter().any(|(below, _)| below == seen),
                "{tower} sees {seen}, which is not below it"
            );
        }
    }
    assert!(FLOORS.iter().all(|(tower, _)| TOWERS.iter().any(|(name, _)| name == tower)));
}

#[test]
fn what_goes_up_or_across_is_found() {
    let cases: &[(&str, &str, &str)] = &[
        ("src/pdf/form.rs", "\n\nuse crate::pki::name::Name;", "src/pdf/form.rs:3: pdf::form may not import pki::name"),
        (
            "src/pdf/form.rs",
            "fn f() -> crate::pki::name::Name {}",
            "src/pdf/form.rs:1: pdf::form may not import pki::name",
        ),
        ("src/pdf/form.rs", "use super::super::pki::name;", "src/pdf/form.rs:1: pdf::form may not import pki::name"),
        (
            "src/pdf/form.rs",
            "use crate::{\n error::{self, Error},\n pki::{name as n},\n};",
            "src/pdf/form.rs:3: pdf::form may not import pki::name",
        ),
        (
            "src/pdf/form.rs",
            "mod inner { use super::super::super::pki::name; }",
            "src/pdf/form.rs:1: pdf::form may not import pki::name",
        ),
        ("src/pdf/form.rs", "use crate::Name;", "src/pdf/form.rs:1: pdf::form may not import pki::name"),
        (
            "src/pdf/form.rs",
            "#[cfg(test)]\nuse crate::pki::key;\nuse crate::pki::name;",
            "src/pdf/form.rs:3: pdf::form may not import pki::name",
        ),
        (
            "src/pki/name.rs",
            "use super::certificate::Certificate;",
            "src/pki/name.rs:1: pki::name may not import pki::certificate",
        ),
        (
            "src/pki/name/part.rs",
            "use crate::pki::certificate;",
            "src/pki/name/part.rs:1: pki::name may not import pki::certificate",
        ),
        ("src/pki/name.rs", "use super::Certificate;", "src/pki/name.rs:1: pki::name may not import pki::certificate"),
        ("src/error.rs", "use crate::report;", "src/error.rs:1: error may not import report"),
        ("src/sign.rs", "use crate::verify::Verification;", "src/sign.rs:1: sign may not import verify"),
        ("src/verify.rs", "use crate::anything;", "src/verify.rs:1: verify may not import lib.rs (anything)"),
        ("src/shed.rs", "", "src/shed.rs: shed is not in the table"),
        ("src/pki/shed.rs", "", "src/pki/shed.rs: pki::shed is not in the table"),
        ("src/lib.rs", "pub fn f() {}", "src/lib.rs:1: lib.rs holds `fn`; it only declares and re-exports"),
    ];
    for (path, text, expected) in cases {
        assert_eq!(offences(&with_neighbours(path, text)), [*expected], "{text}");
    }
}

#[test]
fn what_is_allowed_or_is_no_import_passes() {
    let cases: &[(&str, &str)] = &[
        ("src/pdf/form.rs", "use crate::error::{Error, Result};\nuse super::signature;\nuse super::object::*;"),
        ("src/pdf/form.rs", "//! [`x`](crate::pki::name)\n/* /* nested */ use crate::pki::name; */"),
        (
            "src/pdf/form.rs",
            r####"const A: &str = "use crate::pki::name;"; const B: &str = r#"" use crate::pki::name;"#;"####,
        ),
        ("src/pdf/form.rs", "fn f<'a>(x: &'a u8) -> char { '\"' } // use crate::pki::name;\nfn g() -> char { '\\'' }"),
        ("src/pdf/form.rs", "#[cfg(test)]\nmod tests { use crate::pki::name; fn f() { if x { } } }"),
        ("src/pdf/form.rs", "#[cfg(test)]\nmod tests;\npub(in crate::pdf) fn f() {}\npub(super) fn g() {}"),
        ("src/pdf/form/field.rs", "use super::*;\nuse super::super::object::Object;\nuse super::widget::Widget;"),
        ("src/pki/mod.rs", "pub(crate) mod name;\npub(crate) use certificate::Certificate;\nuse self::name::Name;"),
        ("src/sign.rs", "use crate::{Error, Name};\nuse std::fmt;"),
    ];
    for (path, text) in cases {
        assert_eq!(offences(&with_neighbours(path, text)), [""; 0], "{text}");
    }
    let mut files = with_neighbours("src/pdf/form.rs", "#[cfg(test)]\nmod tests;");
    files.push(("src/pdf/form/tests/case.rs".into(), "use crate::pki::name;".into()));
    assert_eq!(offences(&files), [""; 0]);
}

/// A small house around the file under test.
fn with_neighbours(path: &str, text: &str) -> Vec<(String, String)> {
    let house = [
        ("src/lib.rs", "pub use error::Error;\npub use pki::name::Name;"),
        ("src/error.rs", ""),
        ("src/report.rs", ""),
        ("src/verify.rs", ""),
        ("src/pki/mod.rs", "pub(crate) use certificate::Certificate;"),
        ("src/pki/key.rs", ""),
        ("src/pki/name.rs", ""),
        ("src/pki/certificate.rs", ""),
        ("src/pdf/mod.rs", ""),
        ("src/pdf/object.rs", ""),
        ("src/pdf/form.rs", ""),
        ("src/pdf/form/widget.rs", ""),
        ("src/pdf/signature.rs", ""),
    ];
    let others = house.iter().filter(|(name, _)| *name != path);
    others.chain([&(path, text)]).map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

// What the table says.

/// A module's place in the house: its tower, or its floor within the tower; `None` if the table does not know it.
fn place(module: &str) -> Option<String> {
    let mut parts = module.split("::");
    let tower = parts.next().unwrap_or_default();
    if tower.is_empty() || GROUND.contains(&tower) {
        return Some(tower.to_owned());
    }
    TOWERS.iter().find(|(name, _)| *name == tower)?;
    let floors = FLOORS.iter().any(|(name, _)| *name == tower);
    match parts.next().filter(|_| floors) {
        Some(room) => height(tower, room).map(|_| join(tower, room)),
        None => Some(tower.to_owned()),
    }
}

/// On which floor of its tower a room is.
fn height(tower: &str, room: &str) -> Option<usize> {
    let (_, floors) = FLOORS.iter().find(|(name, _)| *name == tower)?;
    floors.split('<').position(|floor| floor.split_whitespace().any(|name| name == room))
}

/// Whether what stands at `from` may import from `to`. The root declares everything; nothing imports from it.
fn may_import(from: &str, to: &str) -> bool {
    if from == to || from.is_empty() || GROUND.contains(&to) {
        return true;
    }
    let (tower, room) = from.split_once("::").unwrap_or((from, ""));
    let (other, seen) = to.split_once("::").unwrap_or((to, ""));
    if tower != other {
        return TOWERS.iter().any(|(name, sees)| *name == tower && sees.contains(&other));
    }
    // A tower's page sees all floors, a floor sees its own and those below, and none sees the page.
    room.is_empty() || height(tower, seen).is_some_and(|seen| Some(seen) <= height(tower, room))
}

/// What in `files` (name and text) does not keep to the table.
fn offences(files: &[(String, String)]) -> Vec<String> {
    let sources: Vec<Source> = files.iter().map(|(name, text)| Source::read(name, text)).collect();
    let tests: BTreeSet<&str> = sources.iter().flat_map(|source| &source.test_modules).map(String::as_str).collect();
    let sources: Vec<&Source> =
        sources.iter().filter(|source| !prefixes(&source.module).any(|(head, _)| tests.contains(head))).collect();
    let modules: BTreeSet<&str> = sources.iter().map(|source| &*source.module).collect();
    let reexports = reexports(&sources, &modules);

    let mut found = BTreeSet::new();
    for source in sources {
        let Some(from) = place(&source.module) else {
            found.insert(format!("{}: {} is not in the table", source.name, source.module));
            continue;
        };
        found.extend(source.strangers.iter().map(|(line, item)| {
            format!("{}:{line}: lib.rs holds `{item}`; it only declares and re-exports", source.name)
        }));
        for import in &source.imports {
            let Some(path) = import.resolve(&modules) else { continue };
            let (module, rest) = follow(path, &modules, &reexports);
            let Some(to) = place(&module) else { continue };
            if !may_import(&from, &to) {
                let to = if to.is_empty() { format!("lib.rs ({rest})") } else { to };
                found.insert(format!("{}:{}: {from} may not import {to}", source.name, import.line));
            }
        }
    }
    found.into_iter().collect()
}

// Names.

/// What `pub use` hands on: the path under which it is seen, and the path that it stands for.
fn reexports(sources: &[&Source], modules: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let imports = sources.iter().flat_map(|source| &source.imports);
    let public = imports.filter_map(|import| Some((import.seen_as.clone()?, import.resolve(modules)?)));
    public.collect()
}

/// The module that `path` leads to, through re-exports, and what is left of the path.
fn follow(mut path: String, modules: &BTreeSet<&str>, reexports: &BTreeMap<String, String>) -> (String, String) {
    for _ in 0..16 {
        let hop = prefixes(&path).find_map(|(head, rest)| Some(join(reexports.get(head)?, rest)));
        match hop {
            Some(next) => path = next,
            None => break,
        }
    }
    let split = prefixes(&path).find(|(head, _)| modules.contains(head));
    split.map_or((String::new(), path.clone()), |(head, rest)| (head.to_owned(), rest.to_owned()))
}

/// The ways to cut `path` in two, the longest head first.
fn prefixes(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let cuts = path.rmatch_indices("::").map(|(at, _)| (&path[..at], &path[at + 2..]));
    [(path, "")].into_iter().chain(cuts)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}
