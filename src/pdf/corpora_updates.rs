//! Updates of files made to break readers, and of files that others signed, where they are at hand.
//!
//! With `PADES_UPDATES` set to a folder, the results are left there for outside judges.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::account::account;
use super::document::Document;
use super::dss::Dss;
use super::evidence::DssAdditions;
use super::extensions::declare_extensions;
use super::field::{FieldChoice, sign_field};
use super::form::Form;
use super::specimen;
use super::update::UpdateWriter;
use crate::corpora;
use crate::error::{Error, ErrorKind, Result};

fn pdfs(folder: &Path) -> Vec<PathBuf> {
    let (mut waiting, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "pdf") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A signature field, a signature and a value for the store, in one update.
fn updated(pdf: &[u8]) -> Result<Vec<u8>> {
    let document = Document::open(pdf)?;
    let mut writer = UpdateWriter::new(&document)?;
    let signature = writer.allocate()?;
    writer.put_signature(signature, specimen::entries(), 100);
    let field = sign_field(&mut writer, FieldChoice::Numbered("Signature"), signature, None)?;
    declare_extensions(&mut writer)?;
    let additions = DssAdditions { certs: vec![b"a certificate".to_vec()], ..DssAdditions::default() };
    Dss::append(&mut writer, &additions)?;
    let mut update = writer.finish([1; 16])?;
    update.embed(b"a signature")?;
    let whole = specimen::apply(pdf, &update);
    check(pdf, &whole, &field.name)
        .map_err(|fault| Error::new(ErrorKind::SelfCheck, "the result is bad").because(fault))?;
    Ok(whole)
}

/// The result is one revision more, and holds what was added.
fn check(pdf: &[u8], whole: &[u8], name: &str) -> Result<()> {
    let (before, after) = (Document::open(pdf)?, Document::open(whole)?);
    assert!(whole.starts_with(pdf));
    assert_eq!(after.revisions().len(), before.revisions().len() + 1);
    assert!(after.trailing().is_empty());
    // What stood behind the end of the base is no part of the update.
    let strays = account(&after, after.revisions().len() - 1)?;
    assert!(strays.iter().all(|stray| stray.range.start < pdf.len() as u64), "{strays:?}");
    let view = after.latest();
    let form = Form::read(view)?;
    let signature = form.field(name).unwrap().signature(view)?.unwrap();
    assert_eq!(signature.faults, []);
    assert_eq!(signature.byte_range.unwrap().end(), whole.len() as u64);
    assert!(signature.contents.unwrap().der.starts_with(b"a signature\0"));
    let fields = |document: &Document<'_>| Form::read(document.latest()).unwrap().fields.len();
    assert_eq!(fields(&after), fields(&before) + 1);
    let values = |document: &Document<'_>| Dss::read(document.latest()).unwrap().unwrap_or_default().certs.len();
    assert_eq!(values(&after), values(&before) + 1);
    Ok(())
}

#[test]
fn whatever_opens_can_be_signed_or_says_why_not() {
    for part in ["hostile", "foreign", "attacks"] {
        let Some(folder) = corpora::folder(part) else { return };
        let (mut signed, mut refused) = (0, 0);
        for path in pdfs(&folder) {
            let pdf = fs::read(&path).unwrap();
            if Document::open(&pdf).is_err() {
                continue;
            }
            match updated(&pdf) {
                Ok(whole) => {
                    signed += 1;
                    if let Some(target) = env::var_os("PADES_UPDATES") {
                        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('/', "__");
                        fs::write(PathBuf::from(target).join(format!("{part}__{name}")), whole).unwrap();
                    }
                }
                Err(error) => {
                    assert_ne!(error.kind(), ErrorKind::SelfCheck, "{}: {error}", path.display());
                    refused += 1;
                    println!("{}: {error}", path.strip_prefix(&folder).unwrap().display());
                }
            }
        }
        println!("{part}: {signed} signed, {refused} refused");
        assert!(signed > refused);
    }
}

/// What is wrong with each signature of a file, in its latest view.
fn faults(document: &Document<'_>) -> Result<Vec<String>> {
    let view = document.latest();
    let form = Form::read(view)?;
    let mut all: Vec<String> = form.faults.iter().map(ToString::to_string).collect();
    for field in form.signatures() {
        if let Some(signature) = field.signature(view)? {
            all.extend(signature.byte_range.err().map(|fault| fault.to_string()));
            all.extend(signature.contents.err().map(|fault| fault.to_string()));
            all.extend(signature.faults.iter().map(ToString::to_string));
        }
    }
    Ok(all)
}

/// The faults of every file of a folder that opens, by file name.
fn faults_in(folder: &Path) -> Vec<(String, Result<Vec<String>>)> {
    let mut all = Vec::new();
    for path in pdfs(folder) {
        let pdf = fs::read(&path).unwrap();
        // The password of pyHanko's own test files.
        let unlocked = || Document::open_with_password(&pdf, "usersecret").or_else(|_| Document::open(&pdf));
        if let Ok(document) = unlocked() {
            all.push((path.file_name().unwrap().to_string_lossy().into_owned(), faults(&document)));
        }
    }
    all
}

#[test]
fn forged_dictionaries_have_faults_and_shadowed_ones_none() {
    let Some(folder) = corpora::folder("attacks") else { return };
    for (name, faults) in faults_in(&folder) {
        let is_sound = faults.as_ref().is_ok_and(Vec::is_empty);
        if name.contains("_usf_") || name.contains("_siwa_") {
            assert!(!is_sound, "{name}");
        } else if name.contains("_shadow_") {
            assert!(is_sound, "{name}: {faults:?}");
        }
    }
}

#[test]
fn signatures_of_other_writers_have_no_faults() {
    let Some(folder) = corpora::folder("foreign") else { return };
    let all = faults_in(&folder);
    let faulty: Vec<_> = all.iter().filter(|(_, faults)| !faults.as_ref().is_ok_and(Vec::is_empty)).collect();
    // What is left are the others' own vectors of broken files.
    assert!(faulty.len() * 25 < all.len(), "{} of {}: {faulty:#?}", faulty.len(), all.len());
}
