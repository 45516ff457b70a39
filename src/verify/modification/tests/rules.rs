//! What the rules allow, and where they end.

use super::*;

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
            put_stream(writer, id(60), form, b"q Q");
            writer.put(id(61), object("<</Font<</F 62 0 R>>/ProcSet 61 0 R>>"));
            writer.put(id(62), object("<</Type/Font/Subtype/Type1/BaseFont/Courier>>"));
        });
        let found = first(&pdf);
        assert_eq!((found.modification, found.is_permitted), (Modification::Form, true), "{:?}", found.findings);
        assert!(found.findings[0].message.contains("a visible signature was laid on page 1"), "{:?}", found.findings);
        assert_eq!(found.findings.len(), 1);
    }
}

/// Of a document timestamp that shows nothing there is nothing to be told.
#[test]
fn a_document_timestamp_that_shows_something_is_told_as_a_signature() {
    let stamp = SignatureEntries { kind: SignatureKind::DocumentTimestamp, sub_filter: "ETSI.RFC3161", ..entries() };
    for pdf in both_styles(&[]) {
        for (rectangle, level, rule) in [
            ("[0 0 0 0]", Modification::Lta, Rule::DocumentTimestamp),
            ("[10 10 90 40]", Modification::Form, Rule::Signature),
        ] {
            let pdf = signed_with(&sign(&pdf), &stamp, |writer, field| {
                writer.edit_dictionary(&Place::object(field)).unwrap().set("Rect", object(rectangle));
            });
            let found = first(&pdf);
            assert_eq!((found.modification, found.is_permitted), (level, true), "{:?}", found.findings);
            let told: Vec<_> = found.changes.iter().map(|change| (change.kind, change.rule)).collect();
            assert_eq!(told, [(ChangeKind::DocumentTimestamp, rule)], "{rectangle}");
        }
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
            put_stream(writer, id(90), dictionary, b"0 0 9 9 re f");
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
            assert_silent(&with(&pdf, &[(7, "<</Title(b)/ModDate(D:2026)>>")]), Modification::Lta);
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
        let longer = adbe.replace(
            "/ADBE<</BaseVersion/1.7/ExtensionLevel 8>>",
            "/ADBE[<</BaseVersion/1.7/ExtensionLevel 8>><</BaseVersion/2.0>>]",
        );
        let longer = format!("<<{longer}>>");
        assert_silent(&set("Extensions", &longer), Modification::Lta);
        let other = longer.replace("Level 8", "Level 7");
        assert_refused(&set("Extensions", &other), "/ADBE of the extensions was changed");
        assert_refused(&set("Extensions", "<<>>"), "/ADBE of the extensions was changed");
        assert_silent(&set("Version", "/2.0"), Modification::Lta);
        assert_refused(&set("Version", "/1.4"), "/Version of the catalog was changed");
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
fn a_field_is_filled_with_or_without_a_signature() {
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R 22 0 R 24 0 R]>>>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[21 0 R 22 0 R 24 0 R]>>"),
        (20, "<</FT/Tx/T(date)/RV(old)/Kids[21 0 R]>>"),
        (21, "<</Type/Annot/Subtype/Widget/Parent 20 0 R/Rect[0 0 9 9]>>"),
        (22, "<</Type/Annot/Subtype/Widget/FT/Tx/T(price)/V(100)/Rect[0 0 9 9]>>"),
        (24, "<</Type/Annot/Subtype/Widget/FT/Tx/T(note)/V()/Rect[0 0 9 9]>>"),
    ];
    let fill = |writer: &mut UpdateWriter<'_>, field: u32, widget: u32| {
        let look = writer.allocate().unwrap();
        put_stream(writer, look, dictionary("<</Subtype/Form/BBox[0 0 9 9]>>"), b"0 0 9 9 re f");
        let widget = writer.edit_dictionary(&Place::object(id(widget))).unwrap();
        widget.set("AP", object(&format!("<</N {} 0 R>>", look.number)));
        let field = writer.edit_dictionary(&Place::object(id(field))).unwrap();
        field.set("V", object("(2026-10-07)"));
        field.remove("RV");
    };
    for pdf in both_styles(&objects) {
        let pdf = sign(&pdf);
        let good = signed_with(&pdf, &entries(), |writer, _| {
            fill(writer, 20, 21);
            fill(writer, 24, 24);
        });
        let found = first(&good);
        assert_eq!((found.modification, found.is_permitted), (Modification::Form, true), "{:?}", found.findings);
        let said = "the field \"date\" was filled with \"2026-10-07\" (object 20 0)";
        assert!(found.findings.iter().any(|one| one.code == Code::Overlay && one.message.contains(said)));

        let stamp =
            SignatureEntries { kind: SignatureKind::DocumentTimestamp, sub_filter: "ETSI.RFC3161", ..entries() };
        let others = [
            edit(&pdf, |writer| fill(writer, 20, 21)),
            signed_with(&pdf, &stamp, |writer, _| fill(writer, 24, 24)),
            signed_with(&pdf, &entries(), |writer, _| fill(writer, 22, 22)),
            signed_with(&good, &entries(), |writer, _| {
                writer.edit_dictionary(&Place::object(id(20))).unwrap().set("V", object("(2027)"));
            }),
        ];
        for other in others {
            let found = first(&other);
            assert_eq!((found.modification, found.is_permitted), (Modification::Form, true), "{:?}", found.findings);
            assert!(found.changes.iter().any(|change| change.kind == ChangeKind::FormField && change.new.is_some()));
        }
        let looks_only = signed_with(&pdf, &entries(), |writer, _| {
            fill(writer, 20, 21);
            writer.edit_dictionary(&Place::object(id(20))).unwrap().remove("V");
        });
        assert_refused(&looks_only, "object 21 0 (/Annot) was changed in /AP");
        let moved = signed_with(&pdf, &entries(), |writer, _| {
            fill(writer, 20, 21);
            writer.edit_dictionary(&Place::object(id(21))).unwrap().set("Rect", object("[0 0 99 99]"));
        });
        assert_refused(&moved, "/Rect of the form field object 21 0 was changed");
    }
}

#[test]
fn a_button_shows_its_value_and_nothing_else() {
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R 24 0 R 26 0 R]>>>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[21 0 R 22 0 R 24 0 R 26 0 R]>>"),
        (20, "<</FT/Btn/Ff 49152/T(kind)/Kids[21 0 R 22 0 R]>>"),
        (21, "<</Type/Annot/Subtype/Widget/Parent 20 0 R/Rect[0 0 9 9]/AS/Off/AP<</N<</a 30 0 R/Off 31 0 R>>>>>>"),
        (22, "<</Type/Annot/Subtype/Widget/Parent 20 0 R/Rect[0 0 9 9]/AS/Off/AP<</N<</b 31 0 R/Off 30 0 R>>>>>>"),
        (24, "<</Type/Annot/Subtype/Widget/FT/Btn/T(agreed)/V/Off/Rect[0 0 9 9]/AP<</N<</Yes 30 0 R>>>>>>"),
        (26, "<</Type/Annot/Subtype/Widget/FT/Ch/T(work)/Opt[[(a)(A)](b)]/Rect[0 0 9 9]>>"),
        (30, "<</Subtype/Form/BBox[0 0 9 9]/Length 12>>\nstream\n0 0 9 9 re f \nendstream"),
        (31, "<</Subtype/Form/BBox[0 0 9 9]/Length 3>>\nstream\nq Q\nendstream"),
    ];
    let after = |pdf: &[u8], changes: &[(u32, &str, &str)]| {
        signed_with(pdf, &entries(), |writer, _| {
            for (number, key, value) in changes {
                writer.edit_dictionary(&Place::object(id(*number))).unwrap().set(key, object(value));
            }
        })
    };
    for pdf in both_styles(&objects) {
        let pdf = sign(&pdf);
        let good =
            after(&pdf, &[(20, "V", "/b"), (22, "AS", "/b"), (24, "V", "/Yes"), (24, "AS", "/Yes"), (26, "V", "(a)")]);
        let found = first(&good);
        assert_eq!((found.modification, found.is_permitted), (Modification::Form, true), "{:?}", found.findings);
        assert!(found.findings.iter().any(|one| one.message.contains("the field \"kind\" was filled with \"b\"")));

        let unknown = "got a value that it does not take or show";
        let changes: [&[(u32, &str, &str)]; 8] = [
            &[(20, "V", "/c"), (22, "AS", "/c")],
            &[(20, "V", "/b"), (21, "AS", "/b")],
            &[(20, "V", "/a"), (22, "AS", "/b")],
            &[(20, "V", "/a"), (21, "AS", "/a"), (22, "AS", "/b")],
            &[(20, "V", "/a")],
            &[(24, "V", "(Yes)"), (24, "AS", "/Yes")],
            &[(26, "V", "(A)")],
            &[(26, "V", "[(a)(b)]")],
        ];
        for change in changes {
            assert_refused(&after(&pdf, change), unknown);
        }
        let swapped = "<</N<</Yes 31 0 R>>>>";
        assert_refused(&after(&pdf, &[(24, "AP", swapped)]), "was changed in /AP");
        assert_refused(&after(&pdf, &[(24, "AS", "/Yes")]), "was changed in /AS");
        assert_refused(&after(&pdf, &[(22, "AS", "/b")]), "was changed in /AS");
        assert_refused(&after(&pdf, &[(26, "V", "(b)"), (26, "Opt", "[(b)]")]), "/Opt of the form field");
        let other = after(&good, &[(20, "V", "/a"), (21, "AS", "/a"), (22, "AS", "/Off")]);
        assert!(first(&other).is_permitted, "{:?}", first(&other).findings);
        let alone =
            edit(&pdf, |writer| writer.edit_dictionary(&Place::object(id(24))).unwrap().set("V", object("/Yes")));
        assert_refused(&alone, unknown);
    }
}

fn dictionary(text: &str) -> Dictionary {
    object(text).as_dictionary().unwrap().clone()
}
