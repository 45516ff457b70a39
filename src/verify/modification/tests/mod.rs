//! Every rule, and every way around it that we know.

mod attacks;
mod bounds;
mod corpora;
mod growth;
mod mutation;
mod permissions;
mod rules;
mod structure;

use super::{FINDINGS, Modified, analyse};
use crate::pdf::document::Document;
use crate::pdf::evidence::DssAdditions;
use crate::pdf::field::{FieldChoice, sign_field};
use crate::pdf::form::{FieldValue, Form};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::serializer::serialize_dictionary;
use crate::pdf::signature::{SignatureDictionary, SignatureKind};
use crate::pdf::specimen::{self, apply, entries, one_page_with, stream_pdf, table_pdf};
use crate::pdf::update::{Place, UpdateWriter};
use crate::report::{ChangeKind, Code, Modification, Rule};

/// The name of every signature's field, and what was changed after it; none where the file cannot be opened.
fn judge(bytes: &[u8]) -> Option<Vec<(String, Modified)>> {
    let document = Document::open(bytes).ok()?;
    let form = Form::read(document.latest()).ok()?;
    let (mut names, mut revisions) = (Vec::new(), Vec::new());
    for field in form.signatures() {
        let FieldValue::Indirect(id) = field.value else { continue };
        let signature = SignatureDictionary::read(document.latest(), id).unwrap();
        let end = signature.byte_range.ok().map(|range| range.end());
        let closes = |end: u64| document.revisions().iter().position(|revision| revision.end().abs_diff(end) <= 2);
        names.push(field.name.to_string());
        revisions.push(end.and_then(closes));
    }
    Some(names.into_iter().zip(analyse(&document, &revisions).modified).collect())
}

fn id(number: u32) -> Ref {
    Ref { number, generation: 0 }
}

fn object(text: &str) -> Object {
    let limits = crate::limits::Limits::default();
    crate::pdf::parser::object(format!("{text} endobj").as_bytes(), None, &limits).unwrap().0
}

/// The same document in both cross-reference styles.
fn both_styles(objects: &[(u32, &str)]) -> [Vec<u8>; 2] {
    let objects = one_page_with(objects);
    [table_pdf(&objects, specimen::ID), stream_pdf(&objects, specimen::ID)]
}

/// One more revision.
fn edit(pdf: &[u8], change: impl FnOnce(&mut UpdateWriter<'_>)) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let mut writer = UpdateWriter::new(&document).unwrap();
    change(&mut writer);
    apply(pdf, &writer.finish([9; 16]).unwrap())
}

/// One more revision with some objects, new or not.
fn with(pdf: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    edit(pdf, |writer| {
        for (number, text) in objects {
            match text.split_once("stream ") {
                Some((dictionary, data)) => {
                    let Object::Dictionary(dictionary) = object(dictionary) else { panic!() };
                    put_stream(writer, id(*number), dictionary, data.as_bytes());
                }
                None => writer.put(id(*number), object(text)),
            }
        }
    })
}

fn put_stream(writer: &mut UpdateWriter<'_>, id: Ref, mut dictionary: Dictionary, data: &[u8]) {
    dictionary.set("Length", Object::Integer(data.len() as i64));
    let dictionary = serialize_dictionary(&dictionary);
    let head = format!("{} 0 obj\n", id.number);
    writer.put_indirect(id, [head.as_bytes(), &dictionary, b"\nstream\n", data, b"\nendstream\nendobj\n"].concat());
}

fn sign(pdf: &[u8]) -> Vec<u8> {
    specimen::signed(pdf, FieldChoice::Numbered("Signature")).unwrap().0
}

fn timestamp(pdf: &[u8]) -> Vec<u8> {
    let entries = SignatureEntries { kind: SignatureKind::DocumentTimestamp, sub_filter: "ETSI.RFC3161", ..entries() };
    signed_with(pdf, &entries, |_, _| {})
}

/// One more signature, with a change of the writer's besides.
fn signed_with(pdf: &[u8], entries: &SignatureEntries, change: impl FnOnce(&mut UpdateWriter<'_>, Ref)) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let mut writer = UpdateWriter::new(&document).unwrap();
    let signature = writer.allocate().unwrap();
    writer.put_signature(signature, entries.clone(), 20);
    let field = sign_field(&mut writer, FieldChoice::Numbered("S"), signature, None).unwrap();
    change(&mut writer, field.id);
    let mut update = writer.finish([7; 16]).unwrap();
    update.embed(b"\x30\x03\x02\x01\x05").unwrap();
    apply(pdf, &update)
}

fn evidence(pdf: &[u8], value: u8) -> Vec<u8> {
    let additions = DssAdditions {
        certs: vec![vec![value; 9]],
        crls: vec![vec![value; 8]],
        ocsps: vec![vec![value; 7]],
        vri: Vec::new(),
    };
    specimen::with_evidence(pdf, &additions).unwrap()
}

/// What was changed after the first revision with a signature.
fn first(pdf: &[u8]) -> Modified {
    let document = Document::open(pdf).unwrap();
    let is_signed = |revision: &usize| {
        let form = Form::read(document.view(*revision)).unwrap();
        form.signatures().any(|field| field.value != FieldValue::Empty)
    };
    let revision = (0..document.revisions().len()).find(is_signed);
    analyse(&document, &[revision]).modified.remove(0)
}

#[track_caller]
fn assert_silent(pdf: &[u8], level: Modification) {
    let found = first(pdf);
    assert_eq!((found.modification, found.is_permitted, found.findings), (level, true, vec![]));
}

/// It is not permitted, and some finding says `why`.
#[track_caller]
fn assert_refused(pdf: &[u8], why: &str) {
    let found = first(pdf);
    assert_eq!((found.modification, found.is_permitted), (Modification::Other, false), "{:?}", found.findings);
    assert!(found.findings.iter().any(|finding| finding.message.contains(why)), "{why}: {:?}", found.findings);
    let known = [Code::ModifiedAfterSigning, Code::Overlay];
    assert!(found.findings.iter().all(|finding| known.contains(&finding.code)));
}
