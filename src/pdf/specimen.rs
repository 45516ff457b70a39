//! Finished PDFs for tests, in both cross-reference styles, and what is done to them.

use std::fmt::Write;

use crate::pdf::document::Document;
use crate::pdf::dss::Dss;
use crate::pdf::evidence::DssAdditions;
use crate::pdf::extensions::declare_extensions;
use crate::pdf::field::{FieldChoice, SignedField, sign_field};
use crate::pdf::object::Ref;
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::signature::SignatureKind;
use crate::pdf::update::{Appended, UpdateWriter};

/// Catalog, page tree and one page, as objects 1, 2 and 3.
pub(crate) const ONE_PAGE: [(u32, &str); 3] = [
    (1, "<< /Type /Catalog /Pages 2 0 R >>"),
    (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
    (3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"),
];

/// The usual `/ID` of samples.
pub(crate) const ID: &str = "/ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>]";

/// [`ONE_PAGE`] with some objects replaced and others added.
pub(crate) fn one_page_with<'o>(others: &[(u32, &'o str)]) -> Vec<(u32, &'o str)> {
    let mut objects: Vec<(u32, &'o str)> =
        ONE_PAGE.into_iter().filter(|(number, _)| others.iter().all(|(other, _)| other != number)).collect();
    objects.extend(others);
    objects.sort_by_key(|(number, _)| *number);
    objects
}

/// A file with a cross-reference table; `trailer` is added to `/Size` and `/Root 1 0 R`.
pub(crate) fn table_pdf(objects: &[(u32, &str)], trailer: &str) -> Vec<u8> {
    let mut pdf = "%PDF-1.7\n%\u{e2}\u{e3}\n".to_owned();
    let mut entries = String::from("0 1\n0000000000 65535 f \n");
    for (number, body) in objects {
        writeln!(entries, "{number} 1\n{:010} 00000 n ", pdf.len()).unwrap();
        write!(pdf, "{number} 0 obj\n{body}\nendobj\n").unwrap();
    }
    let (start, size) = (pdf.len(), objects.iter().map(|(number, _)| number + 1).max().unwrap());
    write!(pdf, "xref\n{entries}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n")
        .unwrap();
    pdf.into_bytes()
}

/// `pdf` with another section of a cross-reference table, made by hand; `trailer` is added to `/Root 1 0 R` and
/// `/Prev`.
pub(crate) fn with_section(pdf: &[u8], objects: &[(Ref, &str)], trailer: &str) -> Vec<u8> {
    let previous = Document::open(pdf).unwrap().revisions().last().unwrap().startxref;
    let mut pdf = String::from_utf8(pdf.to_vec()).unwrap();
    let mut entries = String::new();
    for (Ref { number, generation }, body) in objects {
        writeln!(entries, "{number} 1\n{:010} {generation:05} n ", pdf.len()).unwrap();
        write!(pdf, "{number} {generation} obj\n{body}\nendobj\n").unwrap();
    }
    let start = pdf.len();
    let trailer = format!("<< /Root 1 0 R /Prev {previous} {trailer} >>");
    write!(pdf, "xref\n{entries}trailer\n{trailer}\nstartxref\n{start}\n%%EOF").unwrap();
    pdf.into_bytes()
}

/// A file with a cross-reference stream; all objects but streams stand in one object stream.
pub(crate) fn stream_pdf(objects: &[(u32, &str)], trailer: &str) -> Vec<u8> {
    let mut pdf = "%PDF-1.7\n%\u{e2}\u{e3}\n".to_owned();
    let highest = objects.iter().map(|(number, _)| *number).max().unwrap();
    let (container, xref) = (highest + 1, highest + 2);
    let mut entries = vec![[0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]; highest as usize + 3];
    let (mut head, mut bodies, mut count) = (String::new(), String::new(), 0_u16);
    for (number, body) in objects {
        if body.contains("stream") {
            entries[*number as usize] = entry(1, pdf.len() as u64, 0);
            write!(pdf, "{number} 0 obj\n{body}\nendobj\n").unwrap();
        } else {
            entries[*number as usize] = entry(2, container.into(), count);
            write!(head, "{number} {} ", bodies.len()).unwrap();
            writeln!(bodies, "{body}").unwrap();
            count += 1;
        }
    }
    entries[container as usize] = entry(1, pdf.len() as u64, 0);
    let (first, length) = (head.len(), head.len() + bodies.len());
    let dictionary = format!("<< /Type /ObjStm /N {count} /First {first} /Length {length} >>");
    write!(pdf, "{container} 0 obj\n{dictionary}\nstream\n{head}{bodies}\nendstream\nendobj\n").unwrap();
    let start = pdf.len();
    entries[xref as usize] = entry(1, start as u64, 0);
    let size = entries.len();
    let dictionary = format!("<< /Type /XRef /Size {size} /W [1 8 2] /Length {} /Root 1 0 R {trailer} >>", size * 11);
    write!(pdf, "{xref} 0 obj\n{dictionary}\nstream\n").unwrap();
    let mut pdf = pdf.into_bytes();
    pdf.extend(entries.concat());
    pdf.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").into_bytes());
    pdf
}

fn entry(kind: u8, second: u64, third: u16) -> [u8; 11] {
    let mut entry = [kind; 11];
    entry[1..9].copy_from_slice(&second.to_be_bytes());
    entry[9..].copy_from_slice(&third.to_be_bytes());
    entry
}

/// `pdf` with an update.
pub(crate) fn apply(pdf: &[u8], update: &Appended) -> Vec<u8> {
    assert_eq!(update.base, pdf.len() as u64);
    [pdf, &update.bytes].concat()
}

/// A signature dictionary's entries, with Japanese text.
pub(crate) fn entries() -> SignatureEntries {
    SignatureEntries {
        kind: SignatureKind::Signature,
        sub_filter: "ETSI.CAdES.detached",
        m: Some("D:20261007092523+09'00'".into()),
        name: None,
        reason: Some("承認しました".into()),
        location: Some("日本".into()),
        contact_info: None,
        references: None,
    }
}

/// `pdf`, signed with the bytes `30 03 02 01 05` in a room of 20, and the field that holds them.
pub(crate) fn signed(pdf: &[u8], choice: FieldChoice<'_>) -> crate::Result<(Vec<u8>, SignedField)> {
    let document = Document::open(pdf)?;
    let mut writer = UpdateWriter::new(&document)?;
    let signature = writer.allocate()?;
    writer.put_signature(signature, entries(), 20);
    let field = sign_field(&mut writer, choice, signature, None)?;
    declare_extensions(&mut writer)?;
    let mut update = writer.finish([7; 16])?;
    update.embed(b"\x30\x03\x02\x01\x05")?;
    Ok((apply(pdf, &update), field))
}

/// `pdf` with values added to its document security store.
pub(crate) fn with_evidence(pdf: &[u8], additions: &DssAdditions) -> crate::Result<Vec<u8>> {
    let document = Document::open(pdf)?;
    let mut writer = UpdateWriter::new(&document)?;
    Dss::append(&mut writer, additions)?;
    Ok(apply(pdf, &writer.finish([8; 16])?))
}
