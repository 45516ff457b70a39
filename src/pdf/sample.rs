//! Small PDFs for tests, with offsets that are right.

use std::fmt::Write as _;

/// A PDF that grows object by object and revision by revision.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) bytes: Vec<u8>,
    /// Number and offset of the objects since the last section.
    entries: Vec<(u32, u64)>,
    last: Option<u64>,
}

impl Sample {
    pub(crate) fn new() -> Self {
        Self { bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), entries: Vec::new(), last: None }
    }

    /// A catalog (1), a page tree (2) and a page (3).
    pub(crate) fn one_page() -> Self {
        Self::new()
            .object(1, "<</Type/Catalog/Pages 2 0 R>>")
            .object(2, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>")
            .object(3, "<</Type/Page/Parent 2 0 R>>")
    }

    pub(crate) fn offset(&self) -> u64 {
        self.bytes.len() as u64
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// `number 0 obj body endobj`, listed in the next section.
    pub(crate) fn object(mut self, number: u32, body: &str) -> Self {
        self.entries.push((number, self.offset()));
        self.raw(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes())
    }

    pub(crate) fn stream(mut self, number: u32, dictionary: &str, data: &[u8]) -> Self {
        self.entries.push((number, self.offset()));
        self.raw(format!("{number} 0 obj\n<<{dictionary}/Length {}>>\nstream\n", data.len()).as_bytes())
            .raw(data)
            .raw(b"\nendstream\nendobj\n")
    }

    /// Lists an object that is not there.
    pub(crate) fn entry(mut self, number: u32, offset: u64) -> Self {
        self.entries.push((number, offset));
        self
    }

    /// A table, `trailer`, and the end.
    pub(crate) fn table(self, trailer: &str) -> Self {
        let offset = self.offset();
        self.bare_table(trailer).end(offset)
    }

    pub(crate) fn bare_table(mut self, trailer: &str) -> Self {
        let offset = self.offset();
        let mut text = String::from("xref\n0 1\n0000000000 65535 f \n");
        for (number, offset) in std::mem::take(&mut self.entries) {
            writeln!(text, "{number} 1\n{offset:010} 00000 n ").unwrap();
        }
        let prev = self.last.map(|last| format!("/Prev {last}")).unwrap_or_default();
        write!(text, "trailer\n<<{trailer}{prev}>>\n").unwrap();
        self.last = Some(offset);
        self.raw(text.as_bytes())
    }

    /// A cross-reference stream, which also lists `members` of object streams, and the end.
    pub(crate) fn xref_stream(self, number: u32, trailer: &str, members: &[(u32, u32, u8)]) -> Self {
        let offset = self.offset();
        let prev = self.last.map(|last| format!("/Prev {last}")).unwrap_or_default();
        let mut sample = self.bare_xref_stream(number, &format!("{trailer}{prev}"), members);
        sample.last = Some(offset);
        sample.end(offset)
    }

    pub(crate) fn bare_xref_stream(mut self, number: u32, trailer: &str, members: &[(u32, u32, u8)]) -> Self {
        self.entries.push((number, self.offset()));
        let (mut index, mut data) = (String::new(), Vec::new());
        let in_file = self.entries.drain(..).map(|(number, offset)| (number, 1, offset as u32, 0));
        for (number, kind, left, right) in in_file.chain(members.iter().map(|(n, stream, at)| (*n, 2, *stream, *at))) {
            write!(index, "{number} 1 ").unwrap();
            data.push(kind);
            data.extend_from_slice(&left.to_be_bytes());
            data.push(right);
        }
        let dictionary = format!("/Type/XRef/W[1 4 1]/Index[{index}]/Size 100{trailer}");
        let mut sample = self.stream(number, &dictionary, &data);
        sample.entries.clear();
        sample
    }

    pub(crate) fn end(self, startxref: u64) -> Self {
        self.raw(format!("startxref\n{startxref}\n%%EOF\n").as_bytes())
    }
}
