//! The cross-reference section and trailer of an update, in the style of the base (ISO 32000-2, 7.5.4, 7.5.5, 7.5.8).
//!
//! Invariant: a table answers a table and a stream answers a stream; a reader that knows one style only must never lose
//! the newest revision. A hybrid base is answered with a table that has no `/XRefStm`: it hides nothing.

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, PdfString, Ref, StringForm};
use crate::pdf::revision::Revision;
use crate::pdf::serializer::serialize_dictionary;
use crate::pdf::update::chunk::deflate;
use crate::pdf::update::{Appended, UpdateWriter};
use crate::pdf::view::View;
use crate::pdf::xref::XrefStyle;

/// Trailer entries that belong to one cross-reference section and never to the next.
const OF_ONE_SECTION: [&str; 10] =
    ["Prev", "XRefStm", "W", "Index", "Filter", "DecodeParms", "Length", "Type", "DL", "F"];

/// An entry of a table has ten digits.
const LARGEST_IN_TABLE: u64 = 9_999_999_999;

/// Where the objects of an update stand.
pub(super) struct Section<'d> {
    view: View<'d>,
    /// In object-number order.
    offsets: Vec<(Ref, u64)>,
}

impl<'d> Section<'d> {
    pub(super) fn new(view: View<'d>) -> Self {
        Self { view, offsets: Vec::new() }
    }

    /// Notes that `id` stands at `offset` of the file. Calls come in object-number order.
    pub(super) fn add(&mut self, id: Ref, offset: u64) {
        self.offsets.push((id, self.written(offset)));
    }

    pub(super) fn write(
        mut self,
        appended: &mut Appended,
        writer: &mut UpdateWriter<'_>,
        file_id: [u8; 16],
    ) -> Result<()> {
        let Some(newest) = self.view.document().revisions().last() else {
            return Err(Error::new(ErrorKind::Syntax, "the document has no revision to append to"));
        };
        let start = appended.end();
        let pointer = self.written(start);
        match newest.style {
            XrefStyle::Table | XrefStyle::Hybrid => {
                let trailer = self.trailer(newest, writer.next_number, file_id)?;
                appended.bytes.extend_from_slice(&self.table()?);
                appended.bytes.extend_from_slice(b"trailer\n");
                appended.bytes.extend_from_slice(&serialize_dictionary(&trailer));
            }
            XrefStyle::Stream => {
                let id = writer.allocate()?;
                self.add(id, start);
                let mut trailer = self.trailer(newest, writer.next_number, file_id)?;
                let data = self.fields(&mut trailer);
                appended.bytes.extend_from_slice(format!("{} {} obj\n", id.number, id.generation).as_bytes());
                appended.write_stream(trailer, &data);
                appended.bytes.extend_from_slice(b"\nendobj");
            }
        }
        appended.bytes.extend_from_slice(format!("\nstartxref\n{pointer}\n%%EOF\n").as_bytes());
        Ok(())
    }

    /// An offset as it is written in this file, which counts from its header if bytes stand before that (7.5.2, note).
    fn written(&self, offset: u64) -> u64 {
        offset.saturating_sub(self.view.document().shift())
    }

    /// The base's trailer, brought up to date; private entries are kept.
    fn trailer(&self, base: &Revision, size: u32, file_id: [u8; 16]) -> Result<Dictionary> {
        let mut trailer = base.trailer.clone();
        for key in OF_ONE_SECTION {
            trailer.remove(key);
        }
        trailer.set("Size", Object::Integer(i64::from(size)));
        trailer.set("Prev", Object::Integer(i64::try_from(self.written(base.startxref)).unwrap_or(i64::MAX)));
        // In encrypted files it is never encrypted, wherever it stands (7.6.2).
        let id = match base.trailer.get("ID") {
            Some(id) if self.view.is_encrypted() => self.view.plain(id)?,
            _ => self.view.entry(&base.trailer, "ID")?,
        };
        if let Object::Array(halves) = id
            && let [first @ Object::String(_), _] = halves.as_slice()
        {
            let second = PdfString { bytes: file_id.to_vec(), form: StringForm::Hexadecimal };
            trailer.set("ID", Object::Array(vec![first.clone(), Object::String(second)]));
        }
        Ok(trailer)
    }

    /// 7.5.4: entries of exactly 20 bytes, in subsections of neighbours.
    fn table(&self) -> Result<Vec<u8>> {
        let mut table = b"xref\n".to_vec();
        for run in self.runs() {
            let first = run.first().map_or(0, |(id, _)| id.number);
            table.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
            for (id, offset) in run {
                if *offset > LARGEST_IN_TABLE {
                    return Err(beyond_tables(*offset).at(*id));
                }
                table.extend_from_slice(format!("{offset:010} {:05} n \n", id.generation).as_bytes());
            }
        }
        Ok(table)
    }

    /// 7.5.8: the entries as a stream's data; `dictionary` is told their shape.
    fn fields(&self, dictionary: &mut Dictionary) -> Vec<u8> {
        let width =
            |largest: u64| 8_usize.saturating_sub(usize::try_from(largest.leading_zeros() / 8).unwrap_or(0)).max(1);
        let offset_width = width(self.offsets.iter().map(|(_, offset)| *offset).max().unwrap_or(0));
        let generation_width = width(self.offsets.iter().map(|(id, _)| u64::from(id.generation)).max().unwrap_or(0));
        let mut data = Vec::new();
        for (id, offset) in &self.offsets {
            data.push(1);
            data.extend(last_bytes(*offset, offset_width));
            data.extend(last_bytes(u64::from(id.generation), generation_width));
        }
        let integer = |value: usize| Object::Integer(i64::try_from(value).unwrap_or(i64::MAX));
        let index = self.runs().flat_map(|run| {
            [Object::Integer(run.first().map_or(0, |(id, _)| i64::from(id.number))), integer(run.len())]
        });
        dictionary.set("Type", Object::name("XRef"));
        dictionary.set("Index", Object::Array(index.collect()));
        dictionary.set("W", Object::Array(vec![integer(1), integer(offset_width), integer(generation_width)]));
        match deflate(&data) {
            Some(compressed) => {
                dictionary.set("Filter", Object::name("FlateDecode"));
                compressed
            }
            None => data,
        }
    }

    /// The objects in groups of consecutive numbers.
    fn runs(&self) -> impl Iterator<Item = &[(Ref, u64)]> {
        self.offsets.chunk_by(|(left, _), (right, _)| left.number.checked_add(1) == Some(right.number))
    }
}

fn beyond_tables(offset: u64) -> Error {
    let message = format!("byte {offset} is beyond what a cross-reference table can hold");
    Error::new(ErrorKind::Limit, message)
        .advise("before anybody signs it, rewrite the file with qpdf --object-streams=generate")
}

/// The last `width` bytes of `value`, most significant first.
fn last_bytes(value: u64, width: usize) -> impl Iterator<Item = u8> {
    value.to_be_bytes().into_iter().skip(8_usize.saturating_sub(width))
}
