//! What no rule allows, and ways around the rules.

use super::*;

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
        assert_refused(&changed(7, "/Rect", "/OC 9 0 R/Rect"), "object 7 0 (/Annot) was changed in /OC");
        assert_refused(&changed(9, "<<", "<</JavaScript 1"), "object 9 0 was changed in /JavaScript");
        assert_refused(&changed(3, "/MediaBox", "/Rotate 90/MediaBox"), "object 3 0 (/Page) was changed in /Rotate");
        assert_refused(&changed(3, "7 0 R", ""), "the annotation object 7 0 was removed");
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
        let found = first(&with(&pdf, &[(3, &appended(3)), (80, note)]));
        assert_eq!((found.modification, found.is_permitted), (Modification::Annotate, false));
        let screen = "<</Type/Annot/Subtype/Screen/Rect[0 0 9 9]>>";
        assert_refused(&with(&pdf, &[(3, &appended(3)), (80, screen)]), "the annotation object 80 0 was added");
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
                put_stream(writer, id(50), Dictionary::new(), b"0 0 9 9 re f");
            })
        };
        assert_refused(&store("50 0 R"), "object 50 0 is also used elsewhere");
        assert_refused(&with(&pdf, &[(50, "<<>>stream 0 0 9 9 re f")]), "object 50 0 was added");
        assert_refused(&with(&pdf, &[(51, "1")]), "object 51 0 was added");
        // A signature's appearance, which is the page's content as well.
        let shown = signed_with(&pdf, &entries(), |writer, field| {
            let field = writer.edit_dictionary(&Place::object(field)).unwrap();
            field.set("AP", object("<</N 50 0 R>>"));
            put_stream(writer, id(50), Dictionary::new(), b"0 0 9 9 re f");
        });
        assert_refused(&shown, "object 50 0 is also used elsewhere");
        // What nothing refers to, and what only such objects refer to, shows nothing.
        let orphans = [(60, "<</A 61 0 R>>"), (61, "<</B 60 0 R/C 5 0 R>>")];
        assert_silent(&with(&pdf, &orphans), Modification::None);
        assert_refused(&with(&pdf, &[(52, "<</A 61 0 R>>"), (61, "null")]), "object 52 0 was added");
        assert_refused(&with(&pdf, &[(60, "<</A 61 0 R>>"), (61, "<<>>"), (52, "[61 0 R]")]), "object 52 0 was added");
    }
}

/// Readers that count 20 bytes a line see other objects than are there, or look for some of their own.
#[test]
fn uneven_lines_behind_a_signature_are_not_judged() {
    let uneven = |pdf: &[u8]| {
        let start = pdf.windows(6).rposition(|window| window == b"\nxref\n").unwrap();
        let table = String::from_utf8(pdf[start..].to_vec()).unwrap();
        assert!(table.contains(" n \n") || table.contains(" n\r\n"), "{table}");
        let table = table.replace(" n \n", " n\n").replace(" n\r\n", " n\n");
        [&pdf[..start], table.as_bytes()].concat()
    };
    let [base, _] = both_styles(&[(6, "(said)")]);
    // Who signs such a file has signed all that anybody may read into it.
    let signed = sign(&uneven(&base));
    let grown = with(&signed, &[(60, "(aside)"), (61, "(aside)")]);
    assert_silent(&grown, Modification::None);
    let found = first(&uneven(&grown));
    assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
    assert!(found.findings.iter().any(|finding| finding.message.contains("20 bytes")), "{found:?}");
    assert!(found.changes.iter().any(|change| !change.allowed), "{found:?}");
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
fn object_streams_are_not_replaced_under_their_objects() {
    let pdf = sign(&stream_pdf(&one_page_with(&[(6, "<</A 1>>")]), ""));
    // Object 7 holds objects 1, 2, 3 and 6.
    let document = Document::open(&pdf).unwrap();
    let Object::Stream(stream) = document.latest().get(id(7)).unwrap() else { panic!() };
    let data = String::from_utf8(document.latest().stream_data(&stream).unwrap()).unwrap();
    let forged = edit(&pdf, |writer| {
        let mut dictionary = stream.dictionary.clone();
        dictionary.remove("Length");
        put_stream(writer, id(7), dictionary, data.replace("/A 1", "/A 2").as_bytes());
    });
    let changed = Document::open(&forged).unwrap();
    assert_ne!(document.latest().get(id(6)).unwrap(), changed.latest().get(id(6)).unwrap(), "the attack works");
    // The layer below already finds bytes that the revision does not account for, so that nothing can be told for certain.
    let found = first(&forged);
    assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false), "{:?}", found.findings);
    let message = "object 7 0, the object stream of earlier objects, was replaced or freed";
    assert!(found.findings.iter().any(|finding| finding.message.contains(message)), "{:?}", found.findings);
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

/// A rule sees what an object is, and must see what it was, too.
#[test]
fn objects_do_not_slip_into_another_role() {
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources 7 0 R>>"),
        (6, "<</S/JavaScript/JS(old)>>"),
        (7, "<</Font<<>>>>"),
    ];
    let pdf = sign(&table_pdf(&one_page_with(&objects), ""));
    let previous = Document::open(&pdf).unwrap().revisions().last().unwrap().startxref;
    let action = format!(
        "6 0 obj\n<</S/JavaScript/JS(new)>>\nendobj\nxref\n6 1\n{:010} 00000 n \ntrailer\n<</Root 1 0 R/Info 6 0 R/Size 60/Prev {previous}>>\nstartxref\n{}\n%%EOF\n",
        pdf.len(),
        pdf.len() + "6 0 obj\n<</S/JavaScript/JS(new)>>\nendobj\n".len(),
    );
    assert_refused(&[&pdf[..], action.as_bytes()].concat(), "object 6 0 is also used elsewhere");
    for (key, after) in [("DSS", "<</Certs[]>>"), ("AcroForm", "<</Fields[]>>"), ("Extensions", "<<>>")] {
        let pdf = table_pdf(&one_page_with(&objects), "");
        let forged = edit(&pdf, |writer| {
            writer.edit_dictionary(&Place::object(id(1))).unwrap().set(key, object("7 0 R"));
            writer.put(id(7), object(after));
        });
        let document = Document::open(&forged).unwrap();
        let found = analyse(&document, &[Some(0)]).modified.remove(0);
        assert!(!found.is_permitted);
        let said = "object 7 0 is also used elsewhere";
        assert!(found.findings.iter().any(|finding| finding.message.contains(said)), "{:?}", found.findings);
    }
}

#[test]
fn names_and_flags_do_not_deceive() {
    let objects =
        [(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R]>>>>"), (20, "<</FT/Tx/T(S9)/V(contract)>>")];
    for pdf in both_styles(&objects) {
        let pdf = sign(&pdf);
        let with_field = |key: &'static str, value: &str| {
            let value = object(value);
            signed_with(&pdf, &entries(), |writer, field| {
                let field = writer.edit_dictionary(&Place::object(field)).unwrap();
                field.set("Rect", object("[0 0 9 9]"));
                field.set(key, value);
            })
        };
        assert_refused(&with_field("T", "(S9)"), "has the name of another field, \"S9\"");
        for (flags, is_shown) in [(0, true), (2, false), (4, true), (32, false), (36, true), (288, true), (6, false)] {
            let found = first(&with_field("F", &flags.to_string()));
            assert_eq!(found.modification, Modification::Form);
            assert_eq!(!found.findings.is_empty(), is_shown, "{flags}: {:?}", found.findings);
        }
    }
}

/// A revision may place an object twice, in its table for older readers and in its stream for newer ones.
#[test]
fn both_views_of_a_hybrid_file_count() {
    let pdf = sign(&table_pdf(&one_page_with(&[(6, "<</A 1>>")]), ""));
    let previous = Document::open(&pdf).unwrap().revisions().last().unwrap().startxref;
    let hybrid = |numbers: [u32; 2]| {
        let mut pdf = pdf.clone();
        let mut put = |text: &str| {
            let at = pdf.len();
            pdf.extend_from_slice(text.as_bytes());
            at
        };
        let first = put(&format!("{} 0 obj\n<</B 1>>\nendobj\n", numbers[0]));
        let second = put(&format!("{} 0 obj\n<</B 2>>\nendobj\n", numbers[1]));
        let hex = format!("01{second:06x}00>");
        let dictionary = format!(
            "<</Type/XRef/W[1 3 1]/Index[{} 1]/Size 99/Filter/ASCIIHexDecode/Length {}>>",
            numbers[1],
            hex.len()
        );
        let stream = put(&format!("90 0 obj\n{dictionary}\nstream\n{hex}\nendstream\nendobj\n"));
        let start = put("");
        put(&format!(
            "xref\n{} 1\n{first:010} 00000 n \n90 1\n{stream:010} 00000 n \ntrailer\n<</Root 1 0 R/Size 99/Prev {previous}/XRefStm {stream}>>\nstartxref\n{start}\n%%EOF\n",
            numbers[0]
        ));
        pdf
    };
    let found = first(&hybrid([80, 81]));
    assert_eq!((found.modification, found.is_permitted), (Modification::None, true), "{:?}", found.findings);
    let found = first(&hybrid([80, 80]));
    assert!(!found.is_permitted);
    let said = "is placed twice, for older and for newer readers";
    assert!(found.findings.iter().any(|finding| finding.message.contains(said)), "{:?}", found.findings);
}

/// A signed object ends where its revision does. One that is none by then, for whoever looks at what was signed, is none later: else the
/// bytes that make it one would be no change of it.
#[test]
fn what_comes_later_completes_no_object_that_was_signed() {
    const LATER: usize = 60_000;
    let base = || crate::pdf::sample::Sample::one_page();
    let place = base().offset();
    let data = "9 0 obj\n<</Length 00000>>\nstream\n";
    let length = LATER - usize::try_from(place).unwrap() - data.len();
    let stream = format!("{}q Q\nendstream\nendobj\n", data.replace("00000", &length.to_string()));
    let listed = format!("xref\n9 1\n{LATER:010} 00000 n \n");
    for (signed, later, section) in [
        (base().entry(9, LATER as u64), "9 0 obj\n(shown)\nendobj\n", listed.as_str()),
        (base().entry(9, place).raw(b"9 0 obj\n(\n"), "% shown) endobj\n", "xref\n0 0\n"),
        (base().entry(9, place).raw(stream.as_bytes()), "endstream endobj\n", "xref\n0 0\n"),
    ] {
        let mut file = sign(&signed.table("/Root 1 0 R/Size 10").bytes);
        assert_silent(&file, Modification::None);
        let previous = Document::open(&file).unwrap().revisions().last().unwrap().startxref;
        // A stream ends where its length leads to, in a comment.
        let start = LATER - usize::from(later.starts_with("end"));
        file.resize(start, b' ');
        file.extend_from_slice(if start < LATER { b"%" } else { b"" });
        file.extend_from_slice(later.as_bytes());
        let offset = file.len();
        file.extend_from_slice(format!("{section}trailer\n<</Root 1 0 R/Size 20/Prev {previous}>>\n").as_bytes());
        file.extend_from_slice(format!("startxref\n{offset}\n%%EOF\n").as_bytes());
        let found = first(&file);
        assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false), "{later}");
    }
}

/// Their versions share values, where they are alike.
#[test]
fn long_lists_in_long_histories_hide_nothing() {
    let pdf = (0..40).fold(table_pdf(&one_page_with(&[]), specimen::ID), |pdf, _| sign(&pdf));
    let document = Document::open(&pdf).unwrap();
    let latest = document.latest();
    let form = latest.catalog().unwrap().1.get("AcroForm").and_then(Object::as_reference).unwrap();
    for (holder, key) in [(latest.first_page().unwrap().0, "Annots"), (form, "Fields")] {
        let was = latest.get(holder).unwrap();
        let list = was.as_dictionary().unwrap().get(key).unwrap().as_array().unwrap();
        assert_eq!(list.len(), 40);
        let swapped = [&list[..35], &[list[36].clone(), list[35].clone()], &list[37..]].concat();
        let shorter = [&list[..35], &list[36..]].concat();
        for list in [swapped, shorter] {
            let changed = edit(&pdf, |writer| {
                let dictionary = writer.edit_dictionary(&Place::object(holder)).unwrap();
                dictionary.set(key, Object::Array(list.into()));
            });
            let judged = judge(&(0..3).fold(changed, |pdf, _| sign(&pdf))).unwrap();
            let is_permitted: Vec<bool> = judged.iter().map(|(_, modified)| modified.is_permitted).collect();
            let later = is_permitted.iter().filter(|is_permitted| **is_permitted).count();
            assert_eq!((is_permitted[0], later), (false, 3), "{key}");
        }
    }
}
