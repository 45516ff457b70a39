//! The cross-reference section and trailer of an update, in the style of the base (ISO 32000-2, 7.5.4, 7.5.5, 7.5.8).
//!
//! Invariant: a table answers a table and a stream answers a stream; a reader that knows one style only must never lose
//! the newest revision. A hybrid base is answered with a table that has no `/XRefStm`: it hides nothing.

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, PdfString, Ref, StringForm};
use crate::pdf::revision::Revision;
use crate::pdf::serializer::{write_dictionary, write_natural, write_ref};
use crate::pdf::update::rows::Rows;
use crate::pdf::update::{Appended, UpdateWriter};
use crate::pdf::view::View;
use crate::pdf::xref::{XrefEntry, XrefStyle};

/// Trailer entries that belong to one cross-reference section and never to the next.
const OF_ONE_SECTION: [&str; 10] =
    ["Prev", "XRefStm", "W", "Index", "Filter", "DecodeParms", "Length", "Type", "DL", "F"];

/// Where the objects of an update stand.
pub(super) struct Section<'d> {
    view: View<'d>,
    rows: Rows,
}

impl<'d> Section<'d> {
    pub(super) fn new(view: View<'d>) -> Self {
        Self { view, rows: Rows::default() }
    }

    /// Notes that `id` stands at `offset` of the file. Calls come in object-number order.
    pub(super) fn add(&mut self, id: Ref, offset: u64) {
        let offset = self.written(offset);
        self.rows.push(id.number, XrefEntry::InFile { offset, generation: id.generation });
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
                self.rows.write_table(&mut appended.bytes)?;
                appended.bytes.extend_from_slice(b"trailer\n");
                write_dictionary(&mut appended.bytes, &trailer);
            }
            XrefStyle::Stream => {
                let id = writer.allocate()?;
                self.add(id, start);
                let mut trailer = self.trailer(newest, writer.next_number, file_id)?;
                let data = self.rows.stream(&mut trailer);
                write_ref(&mut appended.bytes, id, b" obj\n");
                appended.write_stream(trailer, &data);
                appended.bytes.extend_from_slice(b"\nendobj");
            }
        }
        appended.bytes.extend_from_slice(b"\nstartxref\n");
        write_natural(&mut appended.bytes, pointer, 1);
        appended.bytes.extend_from_slice(b"\n%%EOF\n");
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
            && let [first @ Object::String(_), _] = &*halves
        {
            let second = PdfString { bytes: file_id.to_vec(), form: StringForm::Hexadecimal };
            trailer.set("ID", Object::Array([first.clone(), Object::String(second)].into()));
        }
        Ok(trailer)
    }
}
