//! Every rule, and every way around it that we know.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{FINDINGS, Modified, analyse};
use crate::pdf::document::Document;
use crate::pdf::evidence::DssAdditions;
use crate::pdf::field::{FieldChoice, sign_field};
use crate::pdf::form::{FieldValue, Form};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::signature::{SignatureDictionary, SignatureKind};
use crate::pdf::source::Source;
use crate::pdf::specimen::{self, apply, entries, one_page_with, stream_pdf, table_pdf};
use crate::pdf::update::{Place, UpdateWriter};
use crate::report::{Code, Modification};

/// The name of every signature's field, and what was changed after it; none where the file cannot be opened.
pub(super) fn judge(bytes: &[u8]) -> Option<Vec<(String, Modified)>> {
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
    Some(names.into_iter().zip(analyse(&document, &revisions)).collect())
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
                    writer.put_stream(id(*number), dictionary, data.as_bytes().to_vec());
                }
                None => writer.put(id(*number), object(text)),
            }
        }
    })
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
    let (page, _) = document.latest().first_page().unwrap();
    let signature = writer.allocate().unwrap();
    writer.put_signature(signature, entries, 20);
    let field = sign_field(&mut writer, FieldChoice::Numbered("S"), signature, page).unwrap();
    change(&mut writer, field.id);
    let mut update = writer.finish([7; 16]).unwrap();
    update.embed(b"\x30\x03\x02\x01\x05").unwrap();
    apply(pdf, &update)
}

fn evidence(pdf: &[u8], value: u8) -> Vec<u8> {
    let additions =
        DssAdditions { certs: vec![vec![value; 9]], crls: vec![vec![value; 8]], ocsps: vec![vec![value; 7]] };
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
    analyse(&document, &[revision]).remove(0)
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
    assert!(found.findings.iter().all(|finding| finding.code == Code::ModifiedAfterSigning));
}

#[test]
fn evidence_timestamps_and_signatures_are_permitted() {
    for pdf in both_styles(&[]) {
        let pdf = sign(&pdf);
        assert_silent(&pdf, Modification::None);
        let pdf = evidence(&pdf, 1);
        assert_silent(&pdf, Modification::Lta);
        let pdf = timestamp(&evidence(&timestamp(&pdf), 2));
        assert_silent(&pdf, Modification::Lta);
        let pdf = sign(&pdf);
        assert_silent(&pdf, Modification::Form);
        let all: Vec<_> = judge(&pdf).unwrap().into_iter().map(|(_, modified)| modified.modification).collect();
        assert_eq!(all, [Modification::Form, Modification::Form, Modification::Form, Modification::None]);
    }
}

#[test]
fn arrays_of_their_own_grow() {
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm 10 0 R/DSS 12 0 R>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots 11 0 R>>"),
        (10, "<</Fields 13 0 R>>"),
        (11, "[14 0 R]"),
        (12, "<</Certs 15 0 R>>"),
        (13, "[]"),
        (14, "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]>>"),
        (15, "[]"),
    ];
    for pdf in both_styles(&objects) {
        let pdf = sign(&pdf);
        assert_silent(&evidence(&pdf, 1), Modification::Lta);
        assert_silent(&timestamp(&evidence(&pdf, 1)), Modification::Lta);
        assert_silent(&sign(&sign(&pdf)), Modification::Form);
    }
    // One array for the form and the page, as old programs make it.
    let shared = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 11 0 R>>>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots 11 0 R>>"),
        (11, "[]"),
    ];
    for pdf in both_styles(&shared) {
        let pdf = sign(&sign(&pdf));
        assert_ne!(first(&pdf).modification, Modification::None);
    }
}

#[test]
fn an_empty_signature_field_may_be_signed() {
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R]/SigFlags 1>>>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[20 0 R]>>"),
        (20, "<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
    ];
    for pdf in both_styles(&objects) {
        let signed = sign(&pdf);
        let fill = |pdf: &[u8]| specimen::signed(pdf, FieldChoice::Named("S")).unwrap().0;
        let pdf = fill(&signed);
        let found = judge(&pdf).unwrap().remove(1).1;
        assert_eq!((found.modification, found.is_permitted), (Modification::Form, true), "{:?}", found.findings);
        let moved = specimen::signed(
            &with(&signed, &[(20, "<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/Rect[0 0 9 9]/F 132/P 3 0 R>>")]),
            FieldChoice::Named("S"),
        )
        .unwrap()
        .0;
        assert!(!judge(&moved).unwrap().remove(1).1.is_permitted);
    }
}

#[test]
fn a_visible_signature_is_permitted_and_said() {
    for pdf in both_styles(&[]) {
        let pdf = signed_with(&sign(&pdf), &entries(), |writer, field| {
            let field = writer.edit_dictionary(&Place::object(field)).unwrap();
            field.set("Rect", object("[10 10 90 40]"));
            field.set("AP", object("<</N 60 0 R>>"));
            let Object::Dictionary(form) = object("<</Type/XObject/Subtype/Form/BBox[0 0 80 30]/Resources 61 0 R>>")
            else {
                panic!()
            };
            writer.put_stream(id(60), form, b"q Q".to_vec());
            writer.put(id(61), object("<</Font<</F 62 0 R>>/ProcSet 61 0 R>>"));
            writer.put(id(62), object("<</Type/Font/Subtype/Type1/BaseFont/Courier>>"));
        });
        let found = first(&pdf);
        assert_eq!((found.modification, found.is_permitted), (Modification::Form, true), "{:?}", found.findings);
        assert!(found.findings[0].message.contains("a visible signature was laid on page 1"), "{:?}", found.findings);
        assert_eq!(found.findings.len(), 1);
    }
}

#[test]
fn what_no_rule_allows_is_refused() {
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R/Names 9 0 R>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 5 0 R/Annots[7 0 R]>>"),
        (5, "<</Length 3>>\nstream\nq Q\nendstream"),
        (6, "<</Private(orphan)>>"),
        (7, "<</Type/Annot/Subtype/Widget/FT/Tx/T(t)/V(1)/Rect[0 0 9 9]>>"),
        (8, "<</Fields[7 0 R]>>"),
        (9, "<<>>"),
    ];
    for pdf in both_styles(&objects) {
        let pdf = sign(&pdf);
        let document = Document::open(&pdf).unwrap();
        let text = |number| {
            let serialized = crate::pdf::serializer::serialize(&document.latest().get(id(number)).unwrap());
            String::from_utf8(serialized).unwrap()
        };
        let changed = |number, from: &str, to: &str| {
            let (old, new) = (text(number), text(number).replace(from, to));
            assert_ne!(old, new, "{old} has no {from}");
            with(&pdf, &[(number, &new)])
        };
        assert_refused(&with(&pdf, &[(5, "<<>>stream 0 0 9 9 re f")]), "object 5 0 was changed");
        assert_refused(&changed(7, "(1)", "(2)"), "object 7 0 (/Annot) was changed in /V");
        assert_refused(&changed(9, "<<", "<</JavaScript 1"), "object 9 0 was changed in /JavaScript");
        assert_refused(&changed(3, "/MediaBox", "/Rotate 90/MediaBox"), "object 3 0 (/Page) was changed in /Rotate");
        assert_refused(&changed(3, "7 0 R", ""), "annotations of the page object 3 were removed");
        assert_refused(&changed(2, "/Count 1", "/Count 2"), "object 2 0 (/Pages) was changed in /Count");
        assert_refused(&changed(1, "/Pages", "/OpenAction<</S/JavaScript>>/Pages"), "/OpenAction of the catalog");
        assert_refused(&changed(1, "/AcroForm", "/Form"), "/AcroForm of the catalog was changed");
        assert_refused(&changed(8, "/Fields", "/XFA(x)/Fields"), "/XFA of the form was changed");
        assert_refused(
            &changed(8, "/Fields", "/NeedAppearances true/Fields"),
            "/NeedAppearances of the form was changed",
        );
        assert_refused(&changed(8, "/SigFlags 3", "/SigFlags 1"), "/SigFlags of the form was changed");
        assert_refused(&changed(8, "7 0 R", ""), "fields were removed");
        assert_refused(&changed(6, "orphan", "other"), "object 6 0 was changed in /Private");
        let field = "<</FT/Tx/T(u)/Type/Annot/Subtype/Widget/Rect[0 0 9 9]>>";
        let appended = |number| {
            let text = text(number);
            let end = text.rfind(']').unwrap();
            format!("{} 80 0 R{}", &text[..end], &text[end..])
        };
        assert_refused(&with(&pdf, &[(8, &appended(8)), (80, field)]), "is no signature field with a name");
        assert_refused(&with(&pdf, &[(8, &appended(8).replace("80", "6"))]), "no new dictionary of its own");
        let note = "<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]>>";
        assert_refused(&with(&pdf, &[(3, &appended(3)), (80, note)]), "the annotation object 80 0 was added");
    }
}

/// Old content refers to objects that did not exist, or that are also something else.
#[test]
fn objects_that_old_content_refers_to_are_refused() {
    let objects = [
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[5 0 R 50 0 R]/Annots[]>>"),
        (5, "<</Length 3>>\nstream\nq Q\nendstream"),
        (6, "<</Length 51 0 R>>\nstream\nq Q\nendstream"),
        (7, "<</Old 52 0 R>>"),
    ];
    for pdf in both_styles(&objects) {
        let pdf = sign(&pdf);
        let store = |value: &str| {
            edit(&with(&pdf, &[]), |writer| {
                let catalog = Place::object(id(1));
                writer.edit_dictionary(&catalog).unwrap().set("DSS", object(&format!("<</Certs[{value}]>>")));
                writer.put_stream(id(50), Dictionary::new(), b"0 0 9 9 re f".to_vec());
            })
        };
        assert_refused(&store("50 0 R"), "object 50 0 is also used elsewhere");
        assert_refused(&with(&pdf, &[(50, "<<>>stream 0 0 9 9 re f")]), "object 50 0 was added");
        assert_refused(&with(&pdf, &[(51, "1")]), "object 51 0 was added");
        // A signature's appearance, which is the page's content as well.
        let shown = signed_with(&pdf, &entries(), |writer, field| {
            let field = writer.edit_dictionary(&Place::object(field)).unwrap();
            field.set("AP", object("<</N 50 0 R>>"));
            writer.put_stream(id(50), Dictionary::new(), b"0 0 9 9 re f".to_vec());
        });
        assert_refused(&shown, "object 50 0 is also used elsewhere");
        // What nothing refers to, and what only such objects refer to, shows nothing.
        let orphans = [(60, "<</A 61 0 R>>"), (61, "<</B 60 0 R/C 5 0 R>>")];
        assert_silent(&with(&pdf, &orphans), Modification::None);
        assert_refused(&with(&pdf, &[(52, "<</A 61 0 R>>"), (61, "null")]), "object 52 0 was added");
        assert_refused(&with(&pdf, &[(60, "<</A 61 0 R>>"), (61, "<<>>"), (52, "[61 0 R]")]), "object 52 0 was added");
    }
}

#[test]
fn arrays_with_two_uses_are_refused() {
    let pdf = |contents: &str, certs: &str| {
        let catalog = format!("<</Type/Catalog/Pages 2 0 R/DSS<</Certs {certs}>>>>");
        let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents {contents}>>");
        both_styles(&[(1, &catalog), (3, &page), (10, "[5 0 R]"), (5, "<</Length 3>>\nstream\nq Q\nendstream")])
    };
    for pdf in pdf("5 0 R", "10 0 R") {
        assert_silent(&evidence(&sign(&pdf), 1), Modification::Lta);
    }
    for pdf in pdf("10 0 R", "10 0 R") {
        assert_refused(&evidence(&sign(&pdf), 1), "object 10 0 is also used elsewhere");
    }
}

#[test]
fn the_store_only_grows() {
    for pdf in both_styles(&[]) {
        let pdf = sign(&evidence(&pdf, 1));
        let document = Document::open(&pdf).unwrap();
        let (_, catalog) = document.latest().catalog().unwrap();
        let store = catalog.get("DSS").unwrap().as_reference().unwrap();
        let Object::Dictionary(dss) = document.latest().get(store).unwrap() else { panic!() };
        let cert = dss.get("Certs").unwrap().as_array().unwrap()[0].as_reference().unwrap();
        let set = |key: &str, text: &str| {
            edit(&pdf, |writer| writer.edit_dictionary(&Place::object(store)).unwrap().set(key, object(text)))
        };
        assert_refused(&set("Certs", "[]"), "a value was removed from /Certs");
        assert_refused(&set("CRLs", "null"), "/CRLs of the document security store was changed");
        assert_refused(&set("Other", "1"), "/Other of the document security store was changed");
        assert_refused(&with(&pdf, &[(cert.number, "<<>>stream other")]), "was changed");
        let without = edit(&pdf, |writer| writer.edit_dictionary(&Place::object(id(1))).unwrap().remove("DSS"));
        assert_refused(&without, "/DSS of the catalog was changed");
        let form = "<</Type/XObject/Subtype/Form>>stream 0 0 9 9 re f";
        let grown = format!("[{} 0 R 90 0 R]", cert.number);
        let with_form = edit(&with(&pdf, &[]), |writer| {
            writer.edit_dictionary(&Place::object(store)).unwrap().set("Certs", object(&grown));
            let Object::Dictionary(dictionary) = object(form.split_once("stream").unwrap().0) else { panic!() };
            writer.put_stream(id(90), dictionary, b"0 0 9 9 re f".to_vec());
        });
        assert_refused(&with_form, "is not just a stream of data");

        let vri = set("VRI", &format!("<</AB<</Cert[{} 0 R]/TU(D:2026)>>>>", cert.number));
        assert_silent(&vri, Modification::Lta);
        let vri = sign(&vri);
        let last = |pdf: &[u8]| judge(pdf).unwrap().remove(1).1.modification;
        let change = |text: &str| {
            edit(&vri, |writer| writer.edit_dictionary(&Place::object(store)).unwrap().set("VRI", object(text)))
        };
        assert_eq!(last(&change("<</AB<</Cert[]>>/CD<</TU(D:2027)>>>>")), Modification::Lta);
        assert_eq!(last(&change("<</CD<</TU(D:2027)>>>>")), Modification::Other);
        assert_eq!(last(&change("<</AB<</Cert 3>>>>")), Modification::Other);
    }
}

#[test]
fn new_fields_are_signatures_and_nothing_else() {
    for pdf in both_styles(&[]) {
        let pdf = sign(&pdf);
        let with_field = |key: &'static str, value: &str| {
            let value = object(value);
            signed_with(&pdf, &entries(), |writer, field| {
                writer.edit_dictionary(&Place::object(field)).unwrap().set(key, value)
            })
        };
        assert_silent(&with_field("TU", "(tool tip)"), Modification::Form);
        for (key, value) in [("A", "<</S/JavaScript>>"), ("AA", "<<>>"), ("OC", "<<>>"), ("Parent", "3 0 R")] {
            assert_refused(&with_field(key, value), &format!("has a /{key}"));
        }
        assert_refused(&with_field("FT", "/Tx"), "is no signature field");
        assert_refused(&with_field("V", "<</Type/Sig>>"), "is none");
        assert_refused(&with_field("V", "3 0 R"), "is no new signature");
        assert_refused(&with_field("Kids", "[3 0 R]"), "is no new widget");
        let shared = signed_with(&pdf, &entries(), |writer, field| {
            let Object::Dictionary(mut twin) = writer.current(field).unwrap() else { panic!() };
            twin.set("T", object("(twin)"));
            writer.put(id(70), Object::Dictionary(twin));
            let catalog = writer.view().catalog().unwrap().1;
            let form = catalog.get("AcroForm").unwrap().as_reference().unwrap();
            writer.append(&Place::object(form), "Fields", vec![Object::Reference(id(70))]).unwrap();
        });
        assert_refused(&shared, "is the signature of more than one field");
        // Laid over the page, and never signed.
        let page = Place::object(id(3));
        let unsigned = |look: &'static str| {
            edit(&pdf, |writer| {
                writer.put(id(70), object(&format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(u)/Rect[0 0 9 9]{look}>>")));
                writer.append(&page, "Annots", vec![Object::Reference(id(70))]).unwrap();
                let catalog = writer.view().catalog().unwrap().1;
                let form = catalog.get("AcroForm").unwrap().as_reference().unwrap();
                writer.append(&Place::object(form), "Fields", vec![Object::Reference(id(70))]).unwrap();
            })
        };
        assert_refused(&unsigned("/MK<</BG[1]>>"), "is not signed");
        let found = first(&unsigned(""));
        assert_eq!((found.modification, found.is_permitted), (Modification::Form, true), "{:?}", found.findings);
        assert!(found.findings[0].message.contains("an empty signature field was laid on"));
    }
}

#[test]
fn a_signature_is_never_written_again() {
    for pdf in both_styles(&[]) {
        let pdf = sign(&pdf);
        let document = Document::open(&pdf).unwrap();
        let form = Form::read(document.latest()).unwrap();
        let field = form.signatures().next().unwrap();
        let FieldValue::Indirect(value) = field.value else { panic!() };
        let reason = edit(&pdf, |writer| {
            writer.edit_dictionary(&Place::object(value)).unwrap().set("Reason", object("(other)"))
        });
        assert_refused(&reason, "(/Sig) was changed in /Reason");
        let emptied =
            edit(&pdf, |writer| writer.edit_dictionary(&Place::object(field.id.unwrap())).unwrap().remove("V"));
        assert_refused(&emptied, "was changed in /V");
        let moved = edit(&pdf, |writer| {
            writer.edit_dictionary(&Place::object(field.id.unwrap())).unwrap().set("Rect", object("[0 0 9 9]"))
        });
        assert_refused(&moved, "was changed in /Rect");
    }
}

#[test]
fn information_and_metadata_may_be_saved_anew() {
    let xmp = |text: &str| format!("<</Type/Metadata/Subtype/XML/Length {}>>\nstream\n{text}\nendstream", text.len());
    let old = xmp("<x/>");
    for contents in ["5 0 R", "6 0 R"] {
        let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents {contents}>>");
        let objects = one_page_with(&[
            (1, "<</Type/Catalog/Pages 2 0 R/Metadata 6 0 R>>"),
            (3, &page),
            (6, &old),
            (7, "<</Title(a)/ModDate(D:2026)>>"),
        ]);
        let trailer = format!("/Info 7 0 R {}", specimen::ID);
        for pdf in [table_pdf(&objects, &trailer), stream_pdf(&objects, &trailer)] {
            let pdf = sign(&pdf);
            assert_silent(&with(&pdf, &[(7, "<</Title(a)/ModDate(D:2027)/Producer(p)>>")]), Modification::Lta);
            assert_refused(&with(&pdf, &[(7, "<</Title(b)/ModDate(D:2026)>>")]), "/Title of the document information");
            assert_refused(&with(&pdf, &[(7, "<</Title(a)/ModDate 3 0 R>>")]), "/ModDate of the document information");
            let metadata = with(&pdf, &[(6, "<</Type/Metadata/Subtype/XML>>stream \u{feff}<y/>")]);
            match contents {
                "5 0 R" => assert_silent(&metadata, Modification::Lta),
                _ => assert_refused(&metadata, "object 6 0 (/Metadata) is also used elsewhere"),
            }
            assert_refused(&with(&pdf, &[(6, "<</Type/Metadata/Subtype/XML>>stream q Q")]), "became something else");
            assert_refused(
                &with(&pdf, &[(6, "<</Type/Metadata/Subtype/XML/Resources 3 0 R>>stream <y/>")]),
                "became something else",
            );
        }
    }
}

#[test]
fn declarations_may_be_added() {
    for pdf in both_styles(&[(
        1,
        "<</Type/Catalog/Pages 2 0 R/Version/1.7/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>>>",
    )]) {
        let pdf = sign(&pdf);
        let set = |key: &'static str, text: &str| {
            edit(&pdf, |writer| writer.edit_dictionary(&Place::object(id(1))).unwrap().set(key, object(text)))
        };
        let adbe = "/ADBE<</BaseVersion/1.7/ExtensionLevel 8>>/ESIC<</BaseVersion/1.7/ExtensionLevel 1>>";
        assert_silent(&set("Extensions", &format!("<<{adbe}/ISO_[<</BaseVersion/2.0>>]>>")), Modification::Lta);
        assert_refused(&set("Extensions", "<<>>"), "/ADBE of the extensions was changed");
        assert_silent(&set("Version", "/2.0"), Modification::Lta);
        assert_refused(&set("Version", "/1.4"), "/Version of the catalog was changed");
    }
}

/// `/Reference` of a certification.
fn certified(level: u8) -> String {
    format!("[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P {level}/V/1.2>>>>]")
}

/// A signature whose dictionary has a `/Reference`, made by replacing another entry of the same length.
fn certify(pdf: &[u8], level: u8) -> Vec<u8> {
    let reference = certified(level);
    let room = "x".repeat(reference.len() + "/Reference".len() - "/Location ()".len());
    let entries = SignatureEntries { location: Some(room.clone()), reason: None, ..entries() };
    let signed = signed_with(pdf, &entries, |_, _| {});
    let old = format!("/Location ({room})");
    let at = signed.windows(old.len()).position(|window| window == old.as_bytes()).unwrap();
    let mut signed = signed;
    signed[at..at + old.len()].copy_from_slice(format!("/Reference{reference}").as_bytes());
    signed
}

#[test]
fn a_certification_says_what_is_permitted() {
    for pdf in both_styles(&[]) {
        for (level, permits_signing) in [(1, false), (2, true), (3, true)] {
            let pdf = evidence(&certify(&pdf, level), 1);
            assert_silent(&pdf, Modification::Lta);
            assert_silent(&timestamp(&pdf), Modification::Lta);
            let found = first(&sign(&pdf));
            assert_eq!((found.modification, found.is_permitted), (Modification::Form, permits_signing));
            assert_eq!(found.findings.is_empty(), permits_signing, "{:?}", found.findings);
        }
    }
}

#[test]
fn a_lock_says_what_is_permitted_from_its_signature_on() {
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R 21 0 R 22 0 R]>>>>"),
        (20, "<</FT/Sig/T(A)/Lock<</Action/Include/Fields[(B)]>>>>"),
        (21, "<</FT/Sig/T(B)>>"),
        (22, "<</FT/Sig/T(C)/Lock<</Action/Include/Fields[]/P 1>>>>"),
    ];
    for pdf in both_styles(&objects) {
        let fill = |pdf: &[u8], name| specimen::signed(pdf, FieldChoice::Named(name)).unwrap().0;
        assert_silent(&fill(&fill(&pdf, "B"), "A"), Modification::Form);
        assert_refused(&fill(&fill(&pdf, "A"), "B"), "the field \"B\" was signed, which an earlier signature forbids");
        assert_silent(&fill(&fill(&pdf, "A"), "C"), Modification::Form);
        let locked = evidence(&fill(&fill(&pdf, "A"), "C"), 1);
        assert_silent(&locked, Modification::Form);
        let found = first(&sign(&locked));
        assert_eq!((found.modification, found.is_permitted), (Modification::Form, false));
    }
}

#[test]
fn rewriting_what_was_there_changes_nothing() {
    for pdf in both_styles(&[(5, "<</Length 3>>\nstream\nq Q\nendstream"), (6, "<</A(x)/B 1.50>>")]) {
        let pdf = sign(&pdf);
        assert_silent(&with(&pdf, &[(5, "<<>>stream q Q"), (6, "<</B 1.5/A<78>>>")]), Modification::None);
    }
}

#[test]
fn object_streams_are_not_replaced_under_their_objects() {
    let pdf = sign(&stream_pdf(&one_page_with(&[(6, "<</A 1>>")]), ""));
    // Object 7 holds objects 1, 2, 3 and 6.
    let document = Document::open(&pdf).unwrap();
    let Object::Stream(stream) = document.latest().get(id(7)).unwrap() else { panic!() };
    let data = String::from_utf8(document.latest().stream_data(&stream).unwrap()).unwrap();
    let forged = edit(&pdf, |writer| {
        let mut dictionary = stream.dictionary.clone();
        dictionary.remove("Length");
        writer.put_stream(id(7), dictionary, data.replace("/A 1", "/A 2").into_bytes());
    });
    let changed = Document::open(&forged).unwrap();
    assert_ne!(document.latest().get(id(6)).unwrap(), changed.latest().get(id(6)).unwrap(), "the attack works");
    assert_refused(&forged, "object 7 0, the object stream of earlier objects, was replaced or freed");
}

#[test]
fn freed_objects_are_refused_where_they_are_in_use() {
    let pdf = sign(&table_pdf(&one_page_with(&[(6, "<</A 1>>")]), ""));
    let free = |number: u32| {
        let previous = Document::open(&pdf).unwrap().revisions().last().unwrap().startxref;
        let tail = format!(
            "xref\n{number} 1\n0000000000 00001 f \ntrailer\n<</Root 1 0 R/Size 60/Prev {previous}>>\nstartxref\n{}\n%%EOF\n",
            pdf.len()
        );
        [&pdf[..], tail.as_bytes()].concat()
    };
    assert_refused(&free(3), "object 3 0 (/Page) was freed, but is in use");
    assert_silent(&free(6), Modification::None);
}

#[test]
fn keys_that_stand_twice_are_refused() {
    let pdf = sign(&table_pdf(&one_page_with(&[]), ""));
    assert_refused(&with(&pdf, &[(1, "<</Type/Catalog/Pages 2 0 R/Pages 2 0 R>>")]), "object 1 0 has a key twice");
}

#[test]
fn bytes_that_belong_to_nothing_make_it_unknown() {
    for pdf in both_styles(&[]) {
        let signed = sign(&pdf);
        let junk = |tail: &[u8]| [&signed[..], tail].concat();
        assert_silent(&junk(b"\r\n"), Modification::None);
        for tail in [&b"\n\n "[..], b"9 0 obj null endobj", b"\0"] {
            let found = first(&junk(tail));
            assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
            assert_eq!(found.findings[0].code, Code::StrayBytes);
        }
        let found = first(&evidence(&junk(b"3 0 obj <</Type/Page>> endobj\n"), 1));
        assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
        assert!(found.findings.iter().any(|finding| finding.code == Code::StrayBytes), "{:?}", found.findings);
    }
}

#[test]
fn what_cannot_be_read_is_unknown() {
    let pdf = sign(&table_pdf(&one_page_with(&[]), ""));
    assert_eq!(first(&pdf).modification, Modification::None);
    // An object of the signed revision that is broken could refer to anything that was added later.
    let broken = sign(&table_pdf(&one_page_with(&[(6, "<</A ]>>")]), ""));
    let found = first(&evidence(&broken, 1));
    assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
    assert_eq!(found.findings.last().unwrap().code, Code::ModificationUnknown);
    let document = Document::open(&pdf).unwrap();
    for revision in [None, Some(2), Some(usize::MAX)] {
        let found = analyse(&document, &[revision]).remove(0);
        assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
    }
}

#[test]
fn findings_are_bounded_and_counted() {
    let objects: Vec<(u32, String)> = (10..60).map(|number| (number, format!("<</A {number}>>"))).collect();
    let changed: Vec<(u32, &str)> = objects.iter().map(|(number, _)| (*number, "<</B 1>>")).collect();
    let objects: Vec<(u32, &str)> = objects.iter().map(|(number, text)| (*number, text.as_str())).collect();
    let found = first(&with(&sign(&table_pdf(&one_page_with(&objects), "")), &changed));
    assert_eq!(found.findings.len(), FINDINGS + 1);
    assert!(found.findings[FINDINGS].message.contains("34 further"), "{:?}", found.findings[FINDINGS]);
}

/// A source that counts the bytes that are read from it.
struct Counting<'c> {
    bytes: &'c [u8],
    read: &'c AtomicUsize,
}

impl Source for Counting<'_> {
    fn len(&self) -> std::io::Result<u64> {
        Source::len(self.bytes)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.read.fetch_add(buffer.len(), Ordering::Relaxed);
        self.bytes.read_at(offset, buffer)
    }
}

/// How many bytes are read to analyse a file.
fn cost(pdf: &[u8]) -> usize {
    let read = AtomicUsize::new(0);
    let document = Document::open(Counting { bytes: pdf, read: &read }).unwrap();
    read.store(0, Ordering::Relaxed);
    let revisions: Vec<_> = (1..document.revisions().len()).map(Some).collect();
    let found = analyse(&document, &revisions);
    assert!(found.iter().all(|modified| modified.is_permitted));
    read.load(Ordering::Relaxed)
}

#[test]
fn the_cost_is_linear_in_the_file() {
    let bodies: Vec<(u32, String)> =
        (10..2010).map(|number| (number, format!("<</Private({number})/Next {} 0 R>>", number + 1))).collect();
    let bodies: Vec<(u32, &str)> = bodies.iter().map(|(number, body)| (*number, body.as_str())).collect();
    for pdf in both_styles(&bodies) {
        let mut pdf = sign(&pdf);
        let mut costs = Vec::new();
        for round in 0..60 {
            if round == 20 || round == 40 {
                costs.push(cost(&pdf));
            }
            pdf = if round % 2 == 0 { evidence(&pdf, round) } else { timestamp(&pdf) };
        }
        costs.push(cost(&pdf));
        // Later rounds cost as much as earlier ones, but for the lists that they write again.
        assert!(costs[2] - costs[1] <= (costs[1] - costs[0]) * 3 / 2, "{costs:?}");
    }
}

#[test]
fn zz_perf() {
    let bodies: Vec<(u32, String)> =
        (10..50010).map(|number| (number, format!("<</Private({number})/Next {} 0 R>>", number + 1))).collect();
    let bodies: Vec<(u32, &str)> = bodies.iter().map(|(number, body)| (*number, body.as_str())).collect();
    for pdf in both_styles(&bodies) {
        let mut pdf = sign(&pdf);
        for round in 0..100u8 {
            if round % 25 == 1 || round == 99 {
                let document = Document::open(&pdf).unwrap();
                let start = std::time::Instant::now();
                let revisions: Vec<_> = (1..document.revisions().len()).map(Some).collect();
                let _ = analyse(&document, &revisions);
                println!("PERF {round} {:?}", start.elapsed());
            }
            pdf = if round % 2 == 0 { evidence(&pdf, round) } else { timestamp(&pdf) };
        }
    }
}
