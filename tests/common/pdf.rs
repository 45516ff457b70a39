//! Small PDFs of every build, written by hand, and what signatures look like from outside.

use std::ops::Range;

use super::{CONTRACT, all};

/// Catalog, page tree and one page, as objects 1, 2 and 3.
const ONE_PAGE: [&str; 3] = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
];
const ID: &str = "/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]";

/// A file of each build that has to be answered in its own style, by name.
pub(crate) fn bases() -> [(&'static str, Vec<u8>); 4] {
    let contract = CONTRACT.to_vec();
    [("contract", contract), ("table", table(&[])), ("xref stream", xref_stream(&[])), ("object stream", packed(&[]))]
}

/// One page with `others` as objects 4 and so on; the catalog says what the objects before need.
fn objects<'o>(others: &[&'o str]) -> Vec<(usize, &'o str)> {
    let has_form = others.first().is_some_and(|first| first.contains("/Fields"));
    let catalog = if has_form { "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>" } else { ONE_PAGE[0] };
    let page = [catalog, ONE_PAGE[1], ONE_PAGE[2]];
    page.into_iter().chain(others.iter().copied()).enumerate().map(|(index, body)| (index + 1, body)).collect()
}

/// A small file with a cross-reference table. Where the first of `others` is a form (it has `/Fields`), the catalog names it.
pub(crate) fn table(others: &[&str]) -> Vec<u8> {
    table_with(&objects(others), ID)
}

/// As [`table`], from all its objects, with further entries of the trailer.
pub(crate) fn table_with(objects: &[(usize, &str)], trailer: &str) -> Vec<u8> {
    section(b"%PDF-1.7\n".to_vec(), objects, &format!("/Root 1 0 R{trailer}"), None)
}

/// `pdf` with a further revision that defines `objects`, in a table.
pub(crate) fn append(pdf: &[u8], objects: &[(usize, &str)]) -> Vec<u8> {
    section(pdf.to_vec(), objects, "/Root 1 0 R", Some(startxref(pdf)))
}

fn section(mut pdf: Vec<u8>, objects: &[(usize, &str)], trailer: &str, previous: Option<usize>) -> Vec<u8> {
    let mut entries = if previous.is_none() { "0 1\n0000000000 65535 f \n".to_owned() } else { String::new() };
    for (number, body) in objects {
        entries.push_str(&format!("{number} 1\n{:010} 00000 n \n", pdf.len()));
        pdf.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
    }
    let start = pdf.len();
    let sizes = all(&pdf, b"/Size ").into_iter().map(|at| {
        let digits = pdf[at + 6..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0, |size, digit| size * 10 + usize::from(digit - b'0'))
    });
    let size = objects.iter().map(|(number, _)| number + 1).chain(sizes).max().unwrap_or(1).max(4);
    let previous = previous.map(|offset| format!("/Prev {offset}")).unwrap_or_default();
    let trailer = format!("trailer\n<</Size {size}{previous}{trailer}>>\n");
    pdf.extend(format!("xref\n{entries}{trailer}startxref\n{start}\n%%EOF\n").into_bytes());
    pdf
}

/// A small file with a cross-reference stream, its objects in the open.
pub(crate) fn xref_stream(others: &[&str]) -> Vec<u8> {
    let objects = objects(others);
    let mut file = Streamed::new(objects.len() + 1);
    objects.iter().for_each(|(number, body)| file.plain(*number, body));
    file.finish()
}

/// A small file with a cross-reference stream and its objects in an object stream.
pub(crate) fn packed(others: &[&str]) -> Vec<u8> {
    let objects = objects(others);
    let stream = objects.len() + 1;
    let mut file = Streamed::new(stream + 1);
    let (mut head, mut bodies) = (String::new(), String::new());
    for (index, (number, body)) in objects.iter().enumerate() {
        head.push_str(&format!("{number} {} ", bodies.len()));
        bodies.push_str(&format!("{body}\n"));
        file.entry(*number, 2, stream, u8::try_from(index).unwrap());
    }
    let (first, length) = (head.len(), head.len() + bodies.len());
    let dictionary = format!("<</Type/ObjStm/N {}/First {first}/Length {length}>>", objects.len());
    file.plain(stream, &format!("{dictionary}\nstream\n{head}{bodies}\nendstream"));
    file.finish()
}

/// A file with a cross-reference stream while it grows.
struct Streamed {
    pdf: Vec<u8>,
    entries: Vec<[u8; 6]>,
}

impl Streamed {
    /// The cross-reference stream is object `number`, the last one.
    fn new(number: usize) -> Self {
        Self { pdf: b"%PDF-1.7\n".to_vec(), entries: vec![[0, 0, 0, 0, 0, 255]; number + 1] }
    }

    fn entry(&mut self, number: usize, kind: u8, second: usize, third: u8) {
        let second = u32::try_from(second).unwrap().to_be_bytes();
        self.entries[number] = [kind, second[0], second[1], second[2], second[3], third];
    }

    fn plain(&mut self, number: usize, body: &str) {
        self.entry(number, 1, self.pdf.len(), 0);
        self.pdf.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
    }

    fn finish(mut self) -> Vec<u8> {
        let (number, start) = (self.entries.len() - 1, self.pdf.len());
        self.entry(number, 1, start, 0);
        let (size, rows) = (self.entries.len(), self.entries.concat());
        let entries = format!("/Size {size}/W[1 4 1]/Length {}/Root 1 0 R{ID}", rows.len());
        self.pdf.extend(format!("{number} 0 obj\n<</Type/XRef{entries}>>\nstream\n").into_bytes());
        self.pdf.extend(rows);
        self.pdf.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").into_bytes());
        self.pdf
    }
}

/// Where the last `startxref` points.
pub(crate) fn startxref(pdf: &[u8]) -> usize {
    let at = *all(pdf, b"startxref").last().unwrap();
    String::from_utf8_lossy(&pdf[at + 9..]).split_whitespace().next().unwrap().parse().unwrap()
}

/// Every hole in `pdf`: the hexadecimal strings behind `/Contents`, with `<` and `>`.
pub(crate) fn holes(pdf: &[u8]) -> Vec<Range<usize>> {
    let key = b"/Contents <";
    let end = |start: usize| start + pdf[start..].iter().position(|byte| *byte == b'>').unwrap() + 1;
    all(pdf, key).into_iter().map(|at| at + key.len() - 1).map(|start| start..end(start)).collect()
}

/// What stands in a hole, padding included.
pub(crate) fn contents(pdf: &[u8], hole: &Range<usize>) -> Vec<u8> {
    let digits = &pdf[hole.start + 1..hole.end - 1];
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| u8::try_from(digit).unwrap()).unwrap();
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// Puts `der` into a hole, padded with zeros.
pub(crate) fn fill(pdf: &mut [u8], hole: &Range<usize>, der: &[u8]) {
    let room = hole.len() - 2;
    let digits: String = der.iter().map(|byte| format!("{byte:02X}")).collect();
    assert!(digits.len() <= room, "{} digits do not fit into {room}", digits.len());
    pdf[hole.start + 1..hole.end - 1].copy_from_slice(format!("{digits:0<room$}").as_bytes());
}
