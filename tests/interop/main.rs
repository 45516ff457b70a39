//! Judges that nobody here wrote: qpdf, poppler, OpenSSL and pyHanko say what they think of our files, and we of theirs.
//!
//! A judge that is not installed is said, not passed over: "skipped: no ...". pyHanko is looked for in the python that
//! `PYHANKO_PYTHON` names, or in `python3`.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../common/mod.rs"]
mod common;
mod extract;
mod foreign;
mod real_world;
mod tools;
mod transaction;

use std::path::Path;

use common::{World, now, only, pdf};
use pades_ltv::Indication;
use pades_ltv::authority::KeyType;
use pades_ltv::report::Level;
use tools::Tools;

const LEVELS: [Level; 4] = [Level::B, Level::T, Level::Lt, Level::Lta];

/// `pdf`, signed up to `level`.
fn sign(world: &World, pdf: &[u8], level: Level) -> Vec<u8> {
    match level {
        Level::B => world.signed(pdf, now()),
        Level::T => world.stamped(pdf, now()),
        Level::Lt => world.extended(&world.stamped(pdf, now()), now()),
        Level::Lta => world.archived(&world.stamped(pdf, now()), now()),
    }
}

/// What we ourselves say: passed, at `level`; below B-LT with the evidence that the file lacks.
fn assert_passes(world: &World, pdf: &[u8], level: Level) {
    let report = world.verify_online(pdf, now());
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{report:#?}");
    assert_eq!(report.signatures[0].level, Some(level), "{report:#?}");
}

#[test]
fn outside_judges_accept_every_level_style_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), now());
    let mut files = Vec::new();
    for key in [KeyType::P256, KeyType::Rsa2048] {
        let world = World::with_key(key);
        tools.write("anchor.pem", world.authority.root_pem().as_bytes());
        for (style, base) in pdf::bases() {
            for level in LEVELS {
                let pdf = sign(&world, &base, level);
                assert_passes(&world, &pdf, level);
                let name = format!("{key:?}-{style}-{}.pdf", level.as_str());
                tools.write(&name, &pdf);
                judge_structure(&tools, &name, &pdf);
                judge_cms(&tools, &name, &pdf, level);
                files.push((name, level));
            }
        }
    }
    judge_with_pyhanko(folder.path(), &files);
}

/// What qpdf and poppler say of the file.
fn judge_structure(tools: &Tools, name: &str, pdf: &[u8]) {
    if let Some(words) = tools.run("qpdf", &["--check", name]) {
        assert!(words.is_good && !words.text.contains("WARNING"), "{name}: {}", words.text);
    }
    if let Some(words) = tools.run("pdfsig", &["-nocert", name]) {
        let (signatures, stamps) = extract::signatures(pdf).partition::<Vec<_>, _>(|found| !found.is_timestamp);
        assert_eq!(words.count("Signature is Valid"), signatures.len(), "{name}: {}", words.text);
        // Poppler cannot judge document timestamps, and says so.
        assert_eq!(words.count("has not yet been verified"), stamps.len(), "{name}: {}", words.text);
    }
}

/// What OpenSSL says of each CMS and token inside.
fn judge_cms(tools: &Tools, name: &str, pdf: &[u8], level: Level) {
    let mut stamps = 0;
    for found in extract::signatures(pdf) {
        tools.write("content", &found.content);
        tools.write("cms", &found.cms);
        if found.is_timestamp {
            stamps += 1;
            tools.assert_openssl(name, "ts -verify -data content -in cms -token_in -CAfile anchor.pem");
            continue;
        }
        let verify = "cms -verify -cades -binary -inform DER -in cms -content content -purpose any";
        tools.assert_openssl(name, &format!("{verify} -CAfile anchor.pem -out verified"));
        for token in extract::tokens(&found.cms) {
            stamps += 1;
            tools.write("value", &extract::signature_value(&found.cms));
            tools.write("token", &token);
            tools.assert_openssl(name, "ts -verify -data value -in token -token_in -CAfile anchor.pem");
        }
    }
    assert_eq!(stamps, usize::from(level >= Level::T) + usize::from(level == Level::Lta), "{name}");
}

/// What pyHanko says: trust, timestamps, revocation (hard from B-LT on), modifications, and with a document timestamp
/// its archival process.
fn judge_with_pyhanko(folder: &Path, files: &[(String, Level)]) {
    let Some(python) = tools::pyhanko() else { return };
    let requests = files.iter().map(|(name, level)| format!("{name}={}", level.as_str()));
    let words = tools::python(&python, "judge.py", folder, now(), requests);
    let good = words.lines().filter(|line| line.ends_with(": good")).count();
    assert_eq!(good, files.len(), "{words}");
}

#[test]
fn the_judges_refuse_what_is_broken() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let tools = Tools::new(folder.path(), now());
    tools.write("anchor.pem", world.authority.root_pem().as_bytes());
    let mut broken = sign(&world, &pdf::table(&["(agreed)"]), Level::Lta);
    let at = only(&broken, b"agreed");
    broken[at] = b'A';
    tools.write("broken.pdf", &broken);
    if let Some(words) = tools.run("pdfsig", &["-nocert", "broken.pdf"]) {
        assert_eq!(words.count("Signature is Valid"), 0, "{}", words.text);
    }
    let Some(python) = tools::pyhanko() else { return };
    let words = tools::python(&python, "judge.py", folder.path(), now(), ["broken.pdf=B-LTA".to_owned()]);
    assert!(!words.contains(": good"), "{words}");
}
