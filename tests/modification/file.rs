//! Files written by hand, revision by revision: what is tested does not help to make its test.

use std::collections::BTreeMap;

/// What a revision does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit {
    /// Writes an object; `<<...>>stream data` is a stream. `@sig` and `@stamp` are the entries of a signature or document timestamp
    /// that covers the revision; with `/Short` in it, not all of it.
    Put(u32, &'static str),
    /// Writes an object again, with one thing in it replaced by another.
    Swap(u32, &'static str, &'static str),
    Free(u32),
    /// Writes an object under the next generation of its number.
    Again(u32, &'static str),
    /// Adds to the trailer.
    Trailer(&'static str),
    /// Bytes before the revision's section that nothing accounts for.
    Stray(&'static str),
    /// Ends the revision, and begins another.
    Next,
}

/// How cross-references are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Table,
    Stream,
}

/// A file, as it grows.
pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    style: Style,
    objects: BTreeMap<u32, String>,
    previous: Option<usize>,
}

const CONTENTS: &str = "<30030201050000000000000000000000>";
const RANGE: usize = 40;
/// Before the text of an object of generation 1.
const AGAIN: &str = "again";

impl File {
    /// A file whose first revision is signed by whatever `@sig` stands in it.
    pub(crate) fn new(style: Style, objects: &[(u32, String)]) -> Self {
        let mut file =
            Self { bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(), style, objects: BTreeMap::new(), previous: None };
        let bodies: Vec<(u32, Option<String>)> =
            objects.iter().map(|(number, body)| (*number, Some(body.clone()))).collect();
        file.write(&bodies, "", "");
        file
    }

    pub(crate) fn revise(&mut self, edits: &[Edit]) {
        for revision in edits.split(|edit| matches!(edit, Edit::Next)) {
            let mut bodies: BTreeMap<u32, Option<String>> = BTreeMap::new();
            let (mut trailer, mut stray) = (String::new(), "");
            for edit in revision {
                match *edit {
                    Edit::Put(number, body) => drop(bodies.insert(number, Some(body.to_owned()))),
                    Edit::Free(number) => drop(bodies.insert(number, None)),
                    Edit::Again(number, body) => drop(bodies.insert(number, Some(format!("{AGAIN}{body}")))),
                    Edit::Swap(number, from, to) => {
                        let current = bodies.get(&number).cloned().flatten();
                        let current = current.unwrap_or_else(|| self.objects[&number].clone());
                        assert!(current.contains(from), "object {number} has no {from}: {current}");
                        bodies.insert(number, Some(current.replacen(from, to, 1)));
                    }
                    Edit::Trailer(text) => trailer.push_str(text),
                    Edit::Stray(text) => stray = text,
                    Edit::Next => {}
                }
            }
            self.write(&bodies.into_iter().collect::<Vec<_>>(), &trailer, stray);
        }
    }

    fn write(&mut self, bodies: &[(u32, Option<String>)], trailer: &str, stray: &str) {
        let mut entries: BTreeMap<u32, Option<(usize, u8)>> = BTreeMap::new();
        let mut signed = false;
        for (number, body) in bodies {
            let generation = u8::from(body.as_ref().is_some_and(|body| body.starts_with(AGAIN)));
            entries.insert(*number, body.as_ref().map(|_| (self.bytes.len(), generation)));
            let Some(body) = body else { continue };
            let body = body.trim_start_matches(AGAIN).to_owned();
            self.objects.insert(*number, body.clone());
            signed |= body.contains('@');
            self.bytes.extend(format!("{number} {generation} obj\n{}\nendobj\n", spelled(&body)).into_bytes());
        }
        self.bytes.extend(stray.as_bytes());
        let previous = self.previous.map(|at| format!("/Prev {at}")).unwrap_or_default();
        let first = self.previous.is_none();
        let start = self.bytes.len();
        let usual =
            |key: &str, value: &str| if trailer.contains(key) { String::new() } else { format!("{key}{value}") };
        let usual = [usual("/Root", " 1 0 R"), usual("/Info", " 10 0 R"), usual("/Size", " 200")].concat();
        let trailer = format!("{usual}{previous}{trailer}");
        match self.style {
            Style::Table => self.table(first, &entries, &trailer),
            Style::Stream => self.stream(first, entries, start, &trailer),
        }
        self.bytes.extend(format!("startxref\n{start}\n%%EOF\n").into_bytes());
        self.previous = Some(start);
        if signed {
            let range = self.fill_range();
            // Who writes a signature again writes what it says.
            for (number, _) in bodies {
                if let Some(text) = self.objects.get_mut(number).filter(|text| text.contains('@')) {
                    *text = spelled(text).replace(&"#".repeat(RANGE), &range);
                }
            }
        }
    }

    fn table(&mut self, first: bool, entries: &BTreeMap<u32, Option<(usize, u8)>>, trailer: &str) {
        let mut section = String::from("xref\n");
        if first {
            section.push_str("0 1\n0000000000 65535 f \n");
        }
        for (number, place) in entries {
            match place {
                Some((place, generation)) => {
                    section.push_str(&format!("{number} 1\n{place:010} {generation:05} n \n"));
                }
                None => section.push_str(&format!("{number} 1\n0000000000 00001 f \n")),
            }
        }
        self.bytes.extend(format!("{section}trailer\n<<{trailer}>>\n").into_bytes());
    }

    fn stream(&mut self, first: bool, mut entries: BTreeMap<u32, Option<(usize, u8)>>, start: usize, trailer: &str) {
        let own = (100..).find(|number| !self.objects.contains_key(number)).unwrap();
        self.objects.insert(own, String::new());
        entries.insert(own, Some((start, 0)));
        let mut index = String::new();
        let mut data = Vec::new();
        if first {
            index.push_str("0 1 ");
            data.extend([0, 0, 0, 255]);
        }
        for (number, place) in &entries {
            index.push_str(&format!("{number} 1 "));
            let (offset, generation) = place.unwrap_or((0, 1));
            let offset = u16::try_from(offset).unwrap().to_be_bytes();
            data.extend([u8::from(place.is_some()), offset[0], offset[1], generation]);
        }
        let dictionary = format!("<</Type/XRef/W[1 2 1]/Index[{index}]/Length {}{trailer}>>", data.len());
        self.bytes.extend(format!("{own} 0 obj\n{dictionary}\nstream\n").into_bytes());
        self.bytes.extend(data);
        self.bytes.extend(b"\nendstream\nendobj\n");
    }

    /// Writes the byte range of the revision that was just written.
    fn fill_range(&mut self) -> String {
        let place = |needle: &[u8]| self.bytes.windows(needle.len()).rposition(|window| window == needle);
        let marks = "#".repeat(RANGE);
        let range = place(marks.as_bytes()).unwrap();
        let hole = range
            + self.bytes[range..].windows(CONTENTS.len()).position(|window| window == CONTENTS.as_bytes()).unwrap();
        let behind = hole + CONTENTS.len();
        let missing = if self.bytes[range..].windows(6).any(|window| window == b"/Short") { 20 } else { 0 };
        let text = format!("{:RANGE$}", format!("0 {hole} {behind} {}", self.bytes.len() - behind - missing));
        self.bytes[range..range + RANGE].copy_from_slice(text.as_bytes());
        text
    }
}

fn spelled(body: &str) -> String {
    let late = format!("/ByteRange[{}]/Contents{CONTENTS}", "#".repeat(RANGE));
    let signature = format!("/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached{late}");
    let stamp = format!("/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161{late}");
    let body = body.replace("@sig", &signature).replace("@stamp", &stamp);
    match body.split_once(">>stream ") {
        Some((dictionary, data)) => {
            format!("{dictionary}/Length {}>>\nstream\n{data}\nendstream", data.len())
        }
        None => body,
    }
}
