//! THREATS, A: signature dictionaries and byte ranges.
#![allow(clippy::single_range_in_vec_init, reason = "a list of covered ranges may have one")]

use crate::common::{only, pdf};
use crate::forge::{Cover, ENTRIES, Forge, put, replace, signed_base, whole};
use crate::{Vector, vector};

pub(crate) fn vectors(forge: &Forge) -> Vec<Vector> {
    [forgery(forge), ranges(forge), gaps(forge), keys(forge), vec![wrapped(forge)]].concat()
}

/// Universal signature forgery: a verifier that falls through where a value is missing. The page says something else, too.
fn forgery(forge: &Forge) -> Vec<Vector> {
    let good = replace(&forge.signed(), b"[0 0 9 9]>>", b"[0 0 8 8]>>");
    let hole = pdf::holes(&good)[0].clone();
    let contents = |text: &[u8]| put(&good, hole.clone(), text);
    let range = only(&good, b"/ByteRange [");
    let end = range + good[range..].iter().position(|byte| *byte == b']').unwrap() + 1;
    let byte_range = |text: &[u8]| put(&good, range..end, text);
    let key = hole.start - b"/Contents ".len();
    vec![
        vector("usf_contents_empty", contents(b"<>")),
        vector("usf_contents_00", contents(b"<00>")),
        vector("usf_contents_null", contents(b"null")),
        vector("usf_contents_no_value", contents(b"")),
        vector("usf_contents_missing", put(&good, key..hole.end, b"")),
        vector("usf_contents_zeros", contents(format!("<{}>", "0".repeat(hole.len() - 2)).as_bytes())),
        vector("usf_contents_not_a_string", contents(b"42")),
        vector("usf_contents_indirect", contents(b"3 0 R")),
        vector("usf_byte_range_null", byte_range(b"/ByteRange null")),
        vector("usf_byte_range_missing", byte_range(b"")),
        vector("usf_byte_range_no_value", byte_range(b"/ByteRange")),
        vector("usf_byte_range_empty", byte_range(b"/ByteRange []")),
        vector("usf_byte_range_zeros", byte_range(b"/ByteRange [0 0 0 0]")),
        vector("usf_byte_range_not_an_array", byte_range(b"/ByteRange 0")),
        vector("usf_everything_missing", put(&good, range..hole.end, b"")),
    ]
}

/// Byte ranges of every wrong shape, each with a digest that is right for what it says.
fn ranges(forge: &Forge) -> Vec<Vector> {
    let make = |name: &'static str, cover: &dyn Fn(&std::ops::Range<usize>, usize) -> Cover| {
        let dictionary = format!("<<{ENTRIES}/ByteRange @range/Contents @contents>>");
        vector(name, forge.dictionary(&dictionary, cover))
    };
    let said = |text: String, ranges: Vec<std::ops::Range<usize>>| Cover { text, ranges };
    vec![
        make("byte_range_good", &whole),
        make("byte_range_first_not_zero", &|hole, length| {
            let text = format!("[1 {} {} {}]", hole.start - 1, hole.end, length - hole.end);
            said(text, vec![1..hole.start, hole.end..length])
        }),
        make("byte_range_two_numbers", &|hole, _| said(format!("[0 {}]", hole.start), vec![0..hole.start])),
        make("byte_range_three_pairs", &|hole, length| {
            let cut = hole.end + 8;
            let text = format!("[0 {} {} 4 {cut} {}]", hole.start, hole.end, length - cut);
            said(text, vec![0..hole.start, hole.end..hole.end + 4, cut..length])
        }),
        make("byte_range_overlapping", &|hole, _| {
            said(format!("[0 100 50 {}]", hole.start - 50), vec![0..100, 50..hole.start])
        }),
        make("byte_range_swapped", &|hole, length| {
            let text = format!("[{} {} 0 {}]", hole.end, length - hole.end, hole.start);
            said(text, vec![hole.end..length, 0..hole.start])
        }),
        make("byte_range_without_the_end", &|hole, length| {
            said(
                format!("[0 {} {} {}]", hole.start, hole.end, length - hole.end - 10),
                vec![0..hole.start, hole.end..length - 10],
            )
        }),
        make("byte_range_second_empty", &|hole, _| {
            said(format!("[0 {} {} 0]", hole.start, hole.end), vec![0..hole.start])
        }),
        make("byte_range_first_empty", &|hole, length| {
            said(format!("[0 0 {} {}]", hole.end, length - hole.end), vec![hole.end..length])
        }),
        make("byte_range_beyond_the_end", &|hole, length| {
            let ranges = vec![0..hole.start, hole.end..length];
            said(format!("[0 {} {} {}]", hole.start, hole.end, length - hole.end + 1000), ranges)
        }),
        make("byte_range_negative", &|hole, length| {
            said(format!("[0 {} {} -1]", hole.start, hole.end), vec![0..hole.start, hole.end..length])
        }),
        make("byte_range_overflow", &|hole, length| {
            said(format!("[0 {} {} {}]", hole.start, hole.end, i64::MAX), vec![0..hole.start, hole.end..length])
        }),
        make("byte_range_wraps_around", &|hole, length| {
            // 2^64 more than it should be.
            let wrapped = (1_u128 << 64) + u128::try_from(length - hole.end).unwrap();
            said(format!("[0 {} {} {wrapped}]", hole.start, hole.end), vec![0..hole.start, hole.end..length])
        }),
        make("byte_range_real_number", &|hole, length| {
            let text = format!("[0 {} {} {}.0]", hole.start, hole.end, length - hole.end);
            said(text, vec![0..hole.start, hole.end..length])
        }),
        make("byte_range_indirect_number", &|hole, length| {
            said(format!("[0 {} {} 4 0 R]", hole.start, hole.end), vec![0..hole.start, hole.end..length])
        }),
        make("byte_range_indirect", &|hole, length| said("4 0 R".to_owned(), vec![0..hole.start, hole.end..length])),
        make("byte_range_hole_too_wide", &|hole, length| {
            let text = format!("[0 {} {} {}]", hole.start - 10, hole.end, length - hole.end);
            said(text, vec![0..hole.start - 10, hole.end..length])
        }),
        make("byte_range_hole_beside", &|hole, length| {
            // The gap is another string, which nobody looks at; the CMS is covered up to its own digits.
            said(
                format!("[0 {} {} {}]", hole.start + 1, hole.end - 1, length - hole.end + 1),
                vec![0..hole.start + 1, hole.end - 1..length],
            )
        }),
    ]
}

/// A gap that holds more than one hexadecimal string. The digest is right: the gap is not covered.
fn gaps(forge: &Forge) -> Vec<Vector> {
    let good = forge.signed();
    let hole = pdf::holes(&good)[0].clone();
    let cms = pdf::contents(&good, &hole);
    let cms = crate::common::asn1::Value::read(&cms).whole;
    let digits: String = cms.iter().map(|byte| format!("{byte:02X}")).collect();
    let escaped = |byte: &u8| match byte {
        b'(' | b')' | b'\\' => vec![b'\\', *byte],
        b'\r' => b"\\r".to_vec(),
        byte => vec![*byte],
    };
    let literal: Vec<u8> = [b"(".to_vec(), cms.iter().flat_map(escaped).collect(), b")".to_vec()].concat();
    let gap = |bytes: &[u8]| put(&good, hole.clone(), bytes);
    vec![
        vector("gap_literal_string", gap(&literal)),
        vector("gap_literal_string_and_keys", gap(&[&literal, b"/Reason(I agree to everything)".as_slice()].concat())),
        vector("gap_white_space", gap(format!("<{digits}>").as_bytes())),
        vector("gap_keys", gap(format!("<{digits}>/Reason(I agree to everything)").as_bytes())),
        vector("gap_comment", gap(format!("<{digits}>%<00>").as_bytes())),
        vector("gap_dictionary_ends", gap(format!("<{digits}>>>endobj 9 0 obj<</Contents<00>").as_bytes())),
        vector(
            "gap_white_space_inside_good",
            gap(format!("<{digits}{:width$}>", "", width = hole.len() - digits.len() - 2).as_bytes()),
        ),
    ]
}

/// Keys that stand twice, are missing or are of the wrong kind; the digest is right.
fn keys(forge: &Forge) -> Vec<Vector> {
    let make = |name: &'static str, entries: &str| vector(name, forge.dictionary(&format!("<<{entries}>>"), whole));
    let late = "/ByteRange @range/Contents @contents";
    let without = |entry: &str| format!("{}{late}", ENTRIES.replace(entry, ""));
    let with = |from: &str, to: &str| format!("{}{late}", ENTRIES.replace(from, to));
    let in_stream = {
        let body = format!("<<{ENTRIES}/ByteRange[0 10 20 30]/Contents<30>>>");
        let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 6 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>";
        pdf::packed(&["<</Fields[5 0 R]/SigFlags 3>>", field, &body])
    };
    vec![
        make("duplicate_byte_range_first", &format!("{ENTRIES}/ByteRange[0 1 2 3]{late}")),
        make("duplicate_byte_range_last", &format!("{ENTRIES}{late}/ByteRange[0 1 2 3]")),
        make("duplicate_contents_first", &format!("{ENTRIES}/Contents(x){late}")),
        make("duplicate_contents_last", &format!("{ENTRIES}{late}/Contents(x)")),
        make("duplicate_reason", &format!("{ENTRIES}/Reason(I refuse)/Reason(I agree){late}")),
        make("duplicate_key_escaped", &format!("{ENTRIES}{late}/By#74eRange[0 1 2 3]")),
        make("indirect_reason", &format!("{ENTRIES}/Reason 7 0 R{late}")),
        make("type_missing_good", &without("/Type/Sig")),
        make("type_wrong", &with("/Type/Sig", "/Type/Annot")),
        make("type_timestamp", &with("/Type/Sig", "/Type/DocTimeStamp")),
        make("filter_missing", &without("/Filter/Adobe.PPKLite")),
        make("sub_filter_missing", &without("/SubFilter/ETSI.CAdES.detached")),
        make("sub_filter_unknown", &with("ETSI.CAdES.detached", "ETSI.CAdES.unknown")),
        make("sub_filter_rsa_sha1", &with("ETSI.CAdES.detached", "adbe.x509.rsa_sha1")),
        make("sub_filter_pkcs7_sha1", &with("ETSI.CAdES.detached", "adbe.pkcs7.sha1")),
        make("sub_filter_pkcs7_detached_good", &with("ETSI.CAdES.detached", "adbe.pkcs7.detached")),
        make("sub_filter_timestamp", &with("ETSI.CAdES.detached", "ETSI.RFC3161")),
        make("certificate_in_dictionary", &format!("{ENTRIES}/Cert(x){late}")),
        make("claimed_time_missing", &without("/M(D:20261007092523+09'00')")),
        vector("value_is_no_dictionary", signed_base("[/Contents<30>]")),
        vector("value_in_object_stream", in_stream),
    ]
}

/// Signature wrapping: the second range moves on, and before it stand a section at the place where the signed one was, and what it
/// points to: another page and a dictionary that says where the range is now. All that was signed is there; the digest is right.
fn wrapped(forge: &Forge) -> Vector {
    let good = forge.signed();
    let hole = pdf::holes(&good)[0].clone();
    let (before, token, behind) = (&good[..hole.start], &good[hole.clone()], &good[hole.end..]);
    let section = |offsets: [usize; 5]| {
        let entries = offsets.map(|at| format!("{at:010} 00000 n \n")).concat();
        format!("xref\n0 6\n0000000000 65535 f \n{entries}trailer\n<</Size 6/Root 1 0 R>>\n")
    };
    let mut file = [before, token].concat();
    file.resize(pdf::startxref(&good), b' ');
    let start = file.len();
    file.extend(section([0; 5]).into_bytes());
    let mut object = |body: String| {
        file.extend(b"\n");
        let at = file.len();
        file.extend(body.into_bytes());
        at
    };
    let catalog = object("1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/SigFlags 3>>>>endobj".into());
    let page = object("3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Annots[5 0 R]>>endobj".into());
    let widget = "/Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 4 0 R/Rect[0 0 0 0]/F 132/P 3 0 R";
    let field = object(format!("5 0 obj<<{widget}>>endobj"));
    let digits = String::from_utf8(token.to_vec()).unwrap();
    let range = format!("[0 {} ########## {}]", before.len(), behind.len());
    let signature = object(format!("4 0 obj<<{ENTRIES}/ByteRange{range}/Contents {digits}>>endobj\n"));
    let table = section([catalog, only(&good, b"2 0 obj"), page, signature, field]).into_bytes();
    file[start..start + table.len()].copy_from_slice(&table);
    let place = only(&file, b"##########");
    let moved = format!("{:010}", file.len());
    file[place..place + 10].copy_from_slice(moved.as_bytes());
    file.extend(behind);
    vector("swa_second_range_moved", file)
}
