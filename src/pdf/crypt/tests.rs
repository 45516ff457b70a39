//! The encrypted files of `tests/encryption/vectors`, read and appended to.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use crate::error::{ErrorKind, Result};
use crate::pdf::crypt::{Access, Permissions};
use crate::pdf::document::Document;
use crate::pdf::dss::Dss;
use crate::pdf::evidence::DssAdditions;
use crate::pdf::field::{FieldChoice, sign_field};
use crate::pdf::form::Form;
use crate::pdf::object::{Dictionary, Object, Ref, StringForm};
use crate::pdf::specimen;
use crate::pdf::text::text_string;
use crate::pdf::update::{Place, UpdateWriter};
use crate::pdf::view::View;

const FIELD: &str = "署名欄";

/// A file and what must be said of it.
struct Vector {
    name: String,
    pdf: Vec<u8>,
    facts: HashMap<String, String>,
}

impl Vector {
    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encryption/vectors");
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (pdfs, texts): (Vec<_>, Vec<_>) = entries.partition(|path| path.extension().unwrap() == "pdf");
        assert_eq!(pdfs.len(), texts.len(), "each file has its expectation");
        let vector = |path: &std::path::PathBuf| {
            let text = fs::read_to_string(path.with_extension("txt")).unwrap();
            let facts = text.lines().map(|line| line.split_once(": ").unwrap_or((line.trim_end_matches(':'), "")));
            Self {
                name: path.file_stem().unwrap().to_string_lossy().into_owned(),
                pdf: fs::read(path).unwrap(),
                facts: facts.map(|(key, value)| (key.into(), value.into())).collect(),
            }
        };
        pdfs.iter().map(vector).collect()
    }

    /// Those that a password opens.
    fn open() -> impl Iterator<Item = Self> {
        Self::all().into_iter().filter(|vector| vector.facts.contains_key("user"))
    }

    fn named(name: &str) -> Self {
        Self::all().into_iter().find(|vector| vector.name == name).unwrap()
    }

    fn fact(&self, key: &str) -> &str {
        self.facts.get(key).map_or("", String::as_str)
    }

    fn unlock(&self, password: &str) -> Result<Document<'_>> {
        Document::open_with_password(&self.pdf, password)
    }
}

fn id(number: u32) -> Ref {
    Ref { number, generation: 0 }
}

fn dictionary(view: View<'_>, holder: &Dictionary, path: &[&str]) -> Dictionary {
    let object = path.iter().fold(Object::Dictionary(holder.clone()), |object, key| {
        view.entry(object.as_dictionary().unwrap(), key).unwrap()
    });
    object.as_dictionary().unwrap().clone()
}

fn data(view: View<'_>, holder: &Dictionary, key: &str) -> Vec<u8> {
    let Object::Stream(stream) = view.entry(holder, key).unwrap() else { panic!("/{key} is no stream") };
    view.stream_data(&stream).unwrap()
}

/// Everything in the file that is encrypted in one way or another, as it was.
fn assert_readable(view: View<'_>, name: &str) {
    let (_, catalog) = view.catalog().unwrap();
    let info = dictionary(view, view.trailer(), &["Info"]);
    let string = |key: &str| info.get(key).and_then(Object::as_string).map(|string| string.bytes.clone());
    assert_eq!(string("Title").unwrap(), b"An encrypted (small) document", "{name}");
    let (_, page) = view.first_page().unwrap();
    assert_eq!(data(view, &page, "Contents"), b"0 0 200 100 re S", "{name}");
    assert!(data(view, &catalog, "Metadata").starts_with(b"<?xpacket begin"), "{name}");
    let names = dictionary(view, &catalog, &["Names", "EmbeddedFiles"]);
    let files = view.entry(&names, "Names").unwrap().as_array().unwrap().to_vec();
    assert_eq!(files[0].as_string().unwrap().bytes, b"a", "{name}");
    let file = view.resolve(&files[1]).unwrap().as_dictionary().unwrap().clone();
    assert_eq!(data(view, &dictionary(view, &file, &["EF"]), "F"), b"the attached file", "{name}");
    let form = Form::read(view).unwrap();
    assert_eq!((form.faults.as_slice(), form.fields[0].name.as_ref()), ([].as_slice(), FIELD), "{name}");
}

#[test]
fn both_passwords_open_and_say_whose_they_are() {
    for vector in Vector::open() {
        for (password, access) in [(vector.fact("user"), Access::User), (vector.fact("owner"), Access::Owner)] {
            let document = vector.unlock(password).unwrap_or_else(|error| panic!("{}: {error}", vector.name));
            let encryption = document.encryption().unwrap();
            assert_eq!((encryption.method(), encryption.access()), (vector.fact("method"), access), "{}", vector.name);
            assert!(document.is_encrypted());
            assert_readable(document.latest(), &vector.name);
            let permits = |permissions: Permissions| (permissions.may_fill_forms(), permissions.may_create_fields());
            let expected = match vector.fact("permissions") {
                "all" => (true, true),
                "fill" => (true, false),
                _ => (false, false),
            };
            assert_eq!(permits(encryption.permissions()), expected, "{}", vector.name);
        }
    }
}

#[test]
fn a_file_without_a_user_password_is_open_at_once() {
    for vector in Vector::open() {
        let document = Document::open(&vector.pdf).unwrap();
        let access = document.encryption().unwrap().access();
        match vector.fact("user") {
            "" => {
                assert_eq!(access, Access::User, "{}", vector.name);
                assert_readable(document.latest(), &vector.name);
            }
            _ => assert_eq!(access, Access::Locked, "{}", vector.name),
        }
    }
}

#[test]
fn a_wrong_password_is_named_as_such() {
    for vector in Vector::open() {
        for password in ["wrong", "USER", "owner "] {
            let error = vector.unlock(password).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Encrypted, "{}", vector.name);
            assert!(error.to_string().contains("password") && error.advice().is_some(), "{error}");
        }
    }
}

#[test]
fn a_locked_file_gives_structure_and_errors_never_ciphertext() {
    for vector in Vector::all() {
        if vector.facts.get("user").is_some_and(String::is_empty) || vector.name.contains("files-only") {
            continue;
        }
        let document = Document::open(&vector.pdf).unwrap();
        let view = document.latest();
        for id in view.live_objects() {
            match view.get(id) {
                Ok(Object::Stream(stream)) => {
                    let is_xref = stream.dictionary.get("Type") == Some(&Object::name("XRef"));
                    assert!(view.stream_data(&stream).is_err() || is_xref, "{} {id}", vector.name);
                }
                Ok(object) => {
                    let is_own = object.as_dictionary().is_some_and(|dictionary| dictionary.get("Filter").is_some());
                    assert!(is_own || !crate::pdf::crypt::has_strings(&object), "{} {id}", vector.name);
                }
                Err(error) => {
                    assert!([ErrorKind::Encrypted, ErrorKind::Unsupported].contains(&error.kind()), "{error}");
                }
            }
        }
        let error = document.require_open().unwrap_err();
        let refused = UpdateWriter::new(&document).map(drop).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (refused.kind(), refused.to_string()));
        assert!(error.advice().is_some());
    }
}

#[test]
fn what_is_encrypted_for_certificates_or_carries_a_code_says_so() {
    let vector = Vector::named("certificates");
    let document = Document::open(&vector.pdf).unwrap();
    assert_eq!(document.encryption().unwrap().method(), "unknown");
    for error in [document.require_open().unwrap_err(), vector.unlock("x").unwrap_err()] {
        assert!(error.kind() == ErrorKind::Unsupported && error.to_string().contains("certificates"), "{error}");
    }
    let vector = Vector::named("aes-256-code");
    let document = vector.unlock("owner").unwrap();
    let error = UpdateWriter::new(&document).map(drop).unwrap_err();
    assert!(error.kind() == ErrorKind::Unsupported && error.to_string().contains("integrity code"), "{error}");
}

/// A signature in the field that is there, another title, and evidence, in one update.
fn updated(document: &Document<'_>, seed: u8) -> Result<Vec<u8>> {
    let mut writer = UpdateWriter::new(document)?;
    let signature = writer.allocate()?;
    writer.put_signature(signature, specimen::entries(), 20);
    sign_field(&mut writer, FieldChoice::Named(FIELD), signature, None)?;
    if let Some(info) = document.latest().trailer().get("Info").and_then(Object::as_reference) {
        writer.edit_dictionary(&Place::object(info))?.set("Title", Object::String(text_string("改題")));
    }
    let additions = DssAdditions { certs: vec![b"certificate".to_vec(), vec![b'c'; 500]], ..DssAdditions::default() };
    Dss::append(&mut writer, &additions)?;
    let mut update = writer.finish([seed; 16])?;
    update.embed(b"\x30\x03\x02\x01\x05")?;
    Ok(update.bytes)
}

#[test]
fn updates_read_back_and_show_nothing_to_others() {
    for vector in Vector::open().filter(|vector| vector.fact("update").is_empty()) {
        let document = vector.unlock(vector.fact("owner")).unwrap();
        let update = updated(&document, 1).unwrap();
        assert_eq!(update, updated(&document, 1).unwrap(), "the same input gives the same bytes");
        let whole = [&vector.pdf[..], &update].concat();
        if !vector.name.contains("files-only") {
            for secret in [&b"certificate"[..], b"6539984C", b"627F8A8D", b"D:2026"] {
                assert!(!update.windows(secret.len()).any(|window| window == secret), "{}", vector.name);
            }
        }
        for password in [vector.fact("user"), vector.fact("owner")] {
            let after = Document::open_with_password(&whole, password).unwrap();
            let view = after.latest();
            let info = dictionary(view, view.trailer(), &["Info"]);
            assert_eq!(info.get("Title").and_then(Object::as_string).unwrap().bytes, b"\xFE\xFF\x65\x39\x98\x4C");
            let form = Form::read(view).unwrap();
            let signature = form.field(FIELD).unwrap().signature(view).unwrap().unwrap();
            assert_eq!(signature.faults, []);
            assert_eq!(signature.reason.as_deref(), Some("承認しました"), "{}", vector.name);
            assert!(signature.contents.unwrap().der.starts_with(b"\x30\x03\x02\x01\x05\0"));
            let store = Dss::read(view).unwrap().unwrap();
            assert_eq!((store.certs[0].der.as_ref(), store.certs[1].der.len()), (b"certificate".as_slice(), 500));
            assert_readable(after.view(0), &vector.name);
            let ends = |document: &Document<'_>| {
                let id = document.latest().trailer().get("ID").and_then(Object::as_array).unwrap().to_vec();
                (id[0].clone(), id[1].as_string().unwrap().bytes.clone())
            };
            assert_eq!((ends(&after).0, ends(&after).1), (ends(&document).0, vec![1; 16]), "{}", vector.name);
        }
    }
}

#[test]
fn an_appended_revision_opens_with_what_opened_the_base() {
    for vector in Vector::open().filter(|vector| vector.fact("update").is_empty()) {
        let document = vector.unlock(vector.fact("user")).unwrap();
        let after = document.with_appended(updated(&document, 1).unwrap()).unwrap();
        assert_eq!(after.encryption(), document.encryption(), "{}", vector.name);
        assert_readable(after.view(0), &vector.name);
    }
}

#[test]
fn another_version_of_the_file_gets_other_vectors() {
    let vector = Vector::named("aes-256");
    let document = vector.unlock("owner").unwrap();
    let value = |seed| {
        let whole = [&vector.pdf[..], &updated(&document, seed).unwrap()].concat();
        let after = Document::open(&whole).unwrap();
        let info = after.latest().trailer().get("Info").and_then(Object::as_reference).unwrap();
        let Some(crate::pdf::xref::XrefEntry::InFile { offset, .. }) = after.latest().location(info) else { panic!() };
        let placed = after.latest().placed(info, offset).unwrap().object;
        let title = placed.as_dictionary().unwrap().get("Title").and_then(Object::as_string).unwrap().clone();
        assert_eq!((title.form, title.bytes.len()), (StringForm::Hexadecimal, 32));
        title.bytes
    };
    assert_ne!(value(1)[..16], value(2)[..16]);
    assert_ne!(value(1)[16..], value(2)[16..]);
}

#[test]
fn a_stream_that_is_only_changed_keeps_its_data() {
    for vector in Vector::open().filter(|vector| vector.fact("update").is_empty()) {
        let document = vector.unlock(vector.fact("owner")).unwrap();
        let view = document.latest();
        let (_, page) = view.first_page().unwrap();
        let contents = page.get("Contents").and_then(Object::as_reference).unwrap();
        let mut writer = UpdateWriter::new(&document).unwrap();
        let Object::Stream(mut stream) = view.get(contents).unwrap() else { panic!() };
        stream.dictionary.set("Note", Object::String(text_string("a note")));
        writer.put(contents, Object::Stream(stream.clone()));
        let after = document.with_appended(writer.finish([1; 16]).unwrap().bytes).unwrap();
        let Object::Stream(found) = after.latest().get(contents).unwrap() else { panic!() };
        assert_eq!(found.dictionary.get("Note").and_then(Object::as_string).unwrap().bytes, b"a note");
        assert_readable(after.latest(), &vector.name);

        let mut writer = UpdateWriter::new(&document).unwrap();
        writer.put(id(99), Object::Stream(stream));
        assert_eq!(writer.finish([1; 16]).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}

#[test]
fn revisions_that_disagree_about_encryption_are_not_decrypted() {
    let vector = Vector::named("aes-256-empty");
    let text = String::from_utf8_lossy(&vector.pdf).into_owned();
    let startxref = text[text.rfind("startxref").unwrap() + 10..].lines().next().unwrap().to_owned();
    let root = text[text.rfind("/Root").unwrap()..].split("R").nth(1).map(|_| "1 0 R").unwrap();
    let end = format!(
        "xref\n0 0\ntrailer <</Root {root}/Size 20/Prev {startxref}>>\nstartxref\n{}\n%%EOF\n",
        vector.pdf.len()
    );
    let whole = [&vector.pdf[..], end.as_bytes()].concat();
    let document = Document::open(&whole).unwrap();
    assert_eq!(document.revisions().len(), 2);
    let error = document.require_open().unwrap_err();
    assert!(error.kind() == ErrorKind::Syntax && error.to_string().contains("some revisions"), "{error}");
}

#[test]
fn permissions_that_perms_does_not_vouch_for_are_none() {
    let vector = Vector::named("aes-256-restricted");
    let at = vector.pdf.windows(4).position(|window| window == b"/P -").unwrap() + 3;
    let end = at + vector.pdf[at..].iter().position(|byte| *byte == b' ').unwrap();
    let mut forged = vector.pdf.clone();
    let value = format!("{:<width$}", "-4", width = end - at);
    forged[at..end].copy_from_slice(value.as_bytes());
    let document = Document::open(&forged).unwrap();
    assert!(!document.encryption().unwrap().permissions().may_fill_forms());
    assert_readable(document.latest(), "forged");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_changed_byte_never_panics(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte: u8) {
        let vectors = Vector::all();
        let vector = &vectors[which.index(vectors.len())];
        let mut pdf = vector.pdf.clone();
        let at = at.index(pdf.len());
        pdf[at] = byte;
        for password in ["", "user", "owner"] {
            let Ok(document) = Document::open_with_password(&pdf, password) else { continue };
            let view = document.latest();
            for id in view.live_objects() {
                if let Ok(Object::Stream(stream)) = view.get(id) {
                    let _ = view.stream_data(&stream);
                }
            }
            let _ = updated(&document, 3);
        }
    }
}
