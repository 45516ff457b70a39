//! THREATS, A: what is appended to a signed file or put before it.

use crate::common::{all, now, only, pdf};
use crate::forge::Forge;
use crate::{Vector, vector};

pub(crate) fn vectors(forge: &Forge) -> Vec<Vector> {
    [controls(forge), incremental(forge), values(forge), ends(forge)].concat()
}

/// Files in which nothing is wrong.
fn controls(forge: &Forge) -> Vec<Vector> {
    let world = &forge.world;
    let signed = forge.signed();
    let archived = world.archived(&world.signed(&pdf::packed(&[]), now()), now());
    vec![
        vector("control_signed", signed.clone()),
        vector("control_xref_stream", forge.sign(&pdf::xref_stream(&[]))),
        vector("control_object_stream", forge.sign(&pdf::packed(&[]))),
        vector("control_second_signature", forge.sign(&signed)),
        vector("control_line_end", [signed.as_slice(), b"\n"].concat()),
        vector("control_archived", archived),
    ]
}

const OTHER_PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Annots[5 0 R]>>";

/// Incremental saving: a page is replaced, with and without the structure that an update needs.
fn incremental(forge: &Forge) -> Vec<Vector> {
    let good = forge.signed();
    let with = |suffix: String| [good.as_slice(), suffix.as_bytes()].concat();
    let page = format!("3 0 obj\n{OTHER_PAGE}\nendobj\n");
    let (at, previous) = (good.len(), pdf::startxref(&good));
    let section = format!("xref\n3 1\n{at:010} 00000 n \n");
    let trailer = format!("trailer\n<</Size 7/Root 1 0 R/Prev {previous}>>\n");
    let start = at + page.len();
    let end = |pointer: usize| format!("startxref\n{pointer}\n%%EOF\n");
    let duplicate = {
        // Another copy of the signature dictionary, over nothing but what the attacker wants.
        let hole = pdf::holes(&good)[0].clone();
        let object = only(&good, b"4 0 obj");
        let tail = hole.end + only(&good[hole.end..], b"endobj\n5 0 obj") + 7;
        let copy = String::from_utf8(good[object..tail].to_vec()).unwrap();
        pdf::append(
            &with(String::new()),
            &[(3, OTHER_PAGE), (4, copy.trim_start_matches("4 0 obj\n").trim_end_matches("endobj\n"))],
        )
    };
    vec![
        vector("isa_update", pdf::append(&good, &[(3, OTHER_PAGE)])),
        vector("isa_update_and_signature", forge.sign(&pdf::append(&good, &[(3, OTHER_PAGE)]))),
        vector("isa_no_section", with(page.clone())),
        vector("isa_no_section_but_an_end", with(format!("{page}{}", end(previous)))),
        vector("isa_trailer_alone", with(format!("{page}{trailer}{}", end(previous)))),
        vector("isa_section_not_pointed_to", with(format!("{page}{section}{trailer}{}", end(previous)))),
        vector(
            "isa_section_without_previous",
            with(format!("{page}{section}trailer\n<</Size 7/Root 1 0 R>>\n{}", end(start))),
        ),
        vector(
            "isa_previous_points_to_itself",
            with(format!("{page}{section}trailer\n<</Size 7/Root 1 0 R/Prev {start}>>\n{}", end(start))),
        ),
        vector("isa_pointer_a_byte_off", with(format!("{page}{section}{trailer}{}", end(start - 1)))),
        vector("isa_section_of_garbage", with(format!("{page}xref\nfoo\n{trailer}{}", end(start)))),
        vector("isa_signature_object_again", duplicate),
        vector(
            "isa_catalog_replaced",
            pdf::append(&good, &[(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R/OpenAction[3 0 R/Fit]>>")]),
        ),
        vector("isa_form_removed", pdf::append(&good, &[(1, "<</Type/Catalog/Pages 2 0 R>>")])),
        vector(
            "isa_page_added",
            pdf::append(
                &good,
                &[
                    (2, "<</Type/Pages/Kids[3 0 R 7 0 R]/Count 2>>"),
                    (7, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
                ],
            ),
        ),
    ]
}

/// What an update makes of the value of a signature field.
fn values(forge: &Forge) -> Vec<Vector> {
    let good = forge.signed();
    let hole = pdf::holes(&good)[0].clone();
    let object = only(&good, b"4 0 obj\n") + 8;
    let end = hole.end + only(&good[hole.end..], b"endobj\n5 0 obj");
    let dictionary = String::from_utf8(good[object..end].to_vec()).unwrap();
    let other_reason = dictionary.replacen("/M ", "/Reason (I agree to everything)\n/M ", 1);
    let field = |name: &str, value: &str| {
        format!("<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/V {value}/Rect[0 0 0 0]/F 132/P 3 0 R>>")
    };
    let form = "<</Fields[5 0 R 7 0 R]/SigFlags 3>>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[5 0 R 7 0 R]>>";
    vec![
        vector("redefined_with_other_reason", pdf::append(&good, &[(4, other_reason.as_str())])),
        vector("redefined_unchanged", pdf::append(&good, &[(4, dictionary.as_str())])),
        vector("redefined_as_null", pdf::append(&good, &[(4, "null")])),
        vector(
            "redefined_by_the_field",
            pdf::append(&good, &[(5, &field("Signature1", "7 0 R")), (7, other_reason.as_str())]),
        ),
        vector("renamed_field", pdf::append(&good, &[(5, &field("Chairman", "4 0 R"))])),
        vector("shared_value", pdf::append(&good, &[(3, page), (6, form), (7, &field("Chairman", "4 0 R"))])),
        vector("shared_kid", pdf::append(&good, &[(6, "<</Fields[5 0 R 5 0 R]/SigFlags 3>>")])),
        vector("removed_field", pdf::append(&good, &[(6, "<</Fields[]/SigFlags 3>>")])),
    ]
}

/// Games with the ends of the file.
fn ends(forge: &Forge) -> Vec<Vector> {
    let good = forge.signed();
    let with = |suffix: &[u8]| [good.as_slice(), suffix].concat();
    let without = |count: usize| good[..good.len() - count].to_vec();
    let end = *all(&good, b"%%EOF").last().unwrap();
    let packed = forge.sign(&pdf::packed(&[]));
    vec![
        vector("end_twice", with(b"%%EOF\n")),
        vector("end_with_text", with(b"<!-- scanned by a mail gateway -->\r\n")),
        vector("end_with_zeros", with(&[0; 32])),
        vector("end_without_line_end", without(1)),
        vector("end_without_marker", good[..end].to_vec()),
        vector("header_after_text", [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &good].concat()),
        vector("header_twice", [b"%PDF-1.7\n".as_slice(), &good].concat()),
        vector("cut_in_the_hole", good[..pdf::holes(&good)[0].end - 20].to_vec()),
        vector("object_stream_text_behind", [packed.as_slice(), b"9 0 obj<<>>endobj\n"].concat()),
    ]
}
