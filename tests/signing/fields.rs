//! Which field holds the signature.

use pades_ltv::{Document, ErrorKind, Limits, Signing, Verification};

use crate::common::{World, now, only, pdf, signature};

const FORM: &str = "<</Fields[5 0 R 6 0 R 7 0 R]>>";
const EMPTY: &str = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Party)/Rect[1 1 5 5]/F 4/P 3 0 R>>";
const TEXT: &str = "<</Type/Annot/Subtype/Widget/FT/Tx/T(Text)/Rect[1 1 5 5]/F 4/P 3 0 R>>";
const GROUP: &str = "<</T(Group)/Kids[8 0 R]>>";
const KID: &str = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Kid)/Parent 7 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>";

fn with_form() -> [Vec<u8>; 2] {
    let objects = [FORM, EMPTY, TEXT, GROUP, KID];
    [pdf::table(&objects), pdf::packed(&objects)]
}

fn sign(world: &World, base: &[u8], field: &str) -> pades_ltv::Result<Vec<u8>> {
    let document = Document::open(base).unwrap();
    Signing::new(&document, now()).field(field).sign(&world.signer)?.finish()?.apply(base)
}

#[test]
fn an_empty_field_is_filled_and_stays_as_it_is() {
    let world = World::new();
    for base in with_form() {
        for field in ["Party", "Group.Kid"] {
            let file = sign(&world, &base, field).unwrap();
            let update = &file[base.len()..];
            only(update, b"/FT /Sig");
            only(update, b"/SigFlags 3");
            // Neither the page nor the list of fields changes: the widget is there already.
            for untouched in [b"/Annots".as_slice(), b"/MediaBox"] {
                assert_eq!(crate::common::all(update, untouched), Vec::<usize>::new());
            }
            assert!(signature(&world.verify(&file, now()), field).intact);
        }
        let file = sign(&world, &base, "Party").unwrap();
        only(&file[base.len()..], b"/Rect [1 1 5 5]");
        only(&file[base.len()..], b"/F 4\n");
    }
}

#[test]
fn a_name_is_taken_only_if_it_is_free() {
    let world = World::new();
    let base = pdf::table(&[]);
    let first = sign(&world, &base, "署名 (1)").unwrap();
    assert!(signature(&world.verify(&first, now()), "署名 (1)").intact);
    // Numbers that are taken are passed over, whoever took them.
    let taken = sign(&world, &base, "Signature1").unwrap();
    let document = Document::open(taken.as_slice()).unwrap();
    let next = Signing::new(&document, now()).sign(&world.signer).unwrap().finish().unwrap().apply(&taken).unwrap();
    let report = world.verify(&next, now());
    assert!(signature(&report, "Signature2").intact && signature(&report, "Signature1").intact);
}

#[test]
fn what_cannot_be_signed_is_refused_by_name() {
    let world = World::new();
    for base in with_form() {
        let signed = sign(&world, &base, "Party").unwrap();
        for (file, field, words) in [
            (&signed, "Party", "the field is already signed (field \"Party\")"),
            (&base, "Text", "the field exists and is no signature field (field \"Text\")"),
            (&base, "Group", "the field exists and is no signature field (field \"Group\")"),
            (&base, "Group.Other", "a new field's name must not contain a period (field \"Group.Other\")"),
            (&base, "", "a field needs a name"),
        ] {
            let error = sign(&world, file, field).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Field, "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

/// A form may be direct, indirect, without fields, or have its fields elsewhere: what is there stays where it is.
#[test]
fn forms_of_every_shape_take_a_signature() {
    let world = World::new();
    let rest = [(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"), (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")];
    for (catalog, others) in [
        ("<</Pages 2 0 R/AcroForm<<>>>>", vec![]),
        ("<</Pages 2 0 R/AcroForm<</Fields[]/SigFlags 1>>>>", vec![]),
        ("<</Pages 2 0 R/AcroForm<</Fields 4 0 R>>>>", vec![(4, "[]")]),
        ("<</Pages 2 0 R/AcroForm 4 0 R>>", vec![(4, "<</Fields 5 0 R/SigFlags 6 0 R>>"), (5, "[]"), (6, "0")]),
        ("<</Pages 2 0 R/AcroForm null>>", vec![]),
        ("<</Pages 2 0 R/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>>>", vec![]),
    ] {
        let objects = [&[(1, catalog)], rest.as_slice(), &others].concat();
        let base = pdf::table_with(&objects, "");
        let file = sign(&world, &base, "Party").unwrap();
        let report = world.verify(&file, now());
        assert!(signature(&report, "Party").intact && report.findings.is_empty(), "{catalog}: {report:#?}");
    }
}

#[test]
fn a_limit_of_signatures_counts_no_empty_fields() {
    let world = World::new();
    let [base, _] = with_form();
    let one = sign(&world, &base, "Party").unwrap();
    let two = sign(&world, &one, "Group.Kid").unwrap();
    let mut limits = Limits::default();
    limits.signatures = 1;
    let judged = |file: &[u8]| {
        let document = Document::open_with(file, limits.clone()).unwrap();
        Verification::new(&document, &world.trust, now()).verify()
    };
    assert_eq!((judged(&one).signatures.len(), judged(&one).findings), (1, Vec::new()));
    let beyond = judged(&two);
    assert!(beyond.signatures.is_empty() && beyond.findings[0].message.contains("signatures"), "{:?}", beyond.findings);
}
