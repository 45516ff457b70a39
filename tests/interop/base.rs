//! Small files to sign, in both styles of cross-reference.

use std::fmt::Write;

/// How a file says where its objects are (ISO 32000-2, 7.5.4 and 7.5.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Table,
    /// With the catalog inside an object stream.
    Stream,
}

const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R>>";

/// One page that says hello.
pub(crate) fn pdf(style: Style) -> Vec<u8> {
    let text = "BT /F1 24 Tf 72 720 Td (Hello) Tj ET";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>";
    let stream = format!("<</Length {}>>\nstream\n{text}\nendstream", text.len());
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    let mut file = File { text: "%PDF-1.7\n".to_owned(), offsets: vec![0; 8] };
    for (number, object) in [(3, page), (4, &stream), (5, font)] {
        file.object(number, object);
    }
    match style {
        Style::Table => file.table(),
        Style::Stream => file.stream(),
    }
    file.text.into_bytes()
}

/// A file that grows, and where its objects 0 to 7 are. All of it is ASCII.
struct File {
    text: String,
    offsets: Vec<usize>,
}

impl File {
    fn object(&mut self, number: usize, body: &str) {
        self.offsets[number] = self.text.len();
        write!(self.text, "{number} 0 obj\n{body}\nendobj\n").unwrap();
    }

    fn table(&mut self) {
        self.object(1, CATALOG);
        self.object(2, PAGES);
        let start = self.text.len();
        self.text.push_str("xref\n0 6\n0000000000 65535 f \n");
        for offset in &self.offsets[1..6] {
            writeln!(self.text, "{offset:010} 00000 n ").unwrap();
        }
        let id = "<00112233445566778899aabbccddeeff>";
        write!(self.text, "trailer\n<</Size 6/Root 1 0 R/ID[{id}{id}]>>\nstartxref\n{start}\n%%EOF\n").unwrap();
    }

    fn stream(&mut self) {
        let pairs = format!("1 0 2 {} ", CATALOG.len() + 1);
        let (first, length) = (pairs.len(), pairs.len() + CATALOG.len() + 1 + PAGES.len());
        let header = format!("<</Type/ObjStm/N 2/First {first}/Length {length}>>");
        self.object(6, &format!("{header}\nstream\n{pairs}{CATALOG} {PAGES}\nendstream"));
        let start = self.text.len();
        self.offsets[7] = start;
        // Hexadecimal, so that a person can read it: type, offset or container, generation or index.
        let mut rows = "00 0000 ff\n02 0006 00\n02 0006 01\n".to_owned();
        for offset in &self.offsets[3..8] {
            writeln!(rows, "01 {offset:04x} 00").unwrap();
        }
        rows.push('>');
        let length = rows.len();
        let id = "<00112233445566778899aabbccddeeff>";
        let header = format!("/W[1 2 1]/Size 8/Root 1 0 R/ID[{id}{id}]/Filter/ASCIIHexDecode/Length {length}");
        self.object(7, &format!("<</Type/XRef{header}>>\nstream\n{rows}\nendstream"));
        write!(self.text, "startxref\n{start}\n%%EOF\n").unwrap();
    }
}
