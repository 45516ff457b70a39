//! The revision that a repair appends: objects written anew, and one complete cross-reference section without `/Prev`.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::bytes::Bytes;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::parser::{self, Body, offset};
use crate::pdf::serializer::{serialize, serialize_dictionary};
use crate::pdf::update::rows::Rows;
use crate::pdf::xref::XrefEntry;

/// What is to be appended.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Where the header stands, from which offsets count (7.5.2, note).
    pub(super) shift: u64,
    /// In bytes from the start of the file.
    pub(super) entries: BTreeMap<u32, XrefEntry>,
    /// Objects that are written anew as they stand at the offset of their entry; with where the data of a stream stands.
    pub(super) anew: BTreeMap<Ref, Option<Range<u64>>>,
    /// `/Root` and its neighbours.
    pub(super) trailer: Dictionary,
}

impl Plan {
    pub(super) fn write(&self, bytes: &Bytes<'_>) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let last = bytes.read(bytes.len().saturating_sub(1)..bytes.len())?;
        if !matches!(last.as_slice(), [b'\n' | b'\r']) {
            out.push(b'\n');
        }
        let mut entries = self.entries.clone();
        for (id, data) in &self.anew {
            let Some(XrefEntry::InFile { offset, generation }) = entries.get(&id.number).copied() else { continue };
            let place = bytes.len().saturating_add(parser::offset(out.len()));
            write_anew(&mut out, bytes, *id, offset, data.clone())?;
            entries.insert(id.number, XrefEntry::InFile { offset: place, generation });
        }
        self.write_section(&mut out, bytes.len(), entries)?;
        Ok(out)
    }

    fn write_section(&self, out: &mut Vec<u8>, base: u64, mut entries: BTreeMap<u32, XrefEntry>) -> Result<()> {
        let start = base.saturating_add(offset(out.len()));
        let pointer = start.saturating_sub(self.shift);
        entries.insert(0, XrefEntry::Free);
        let mut size = entries.keys().next_back().copied().unwrap_or(0).saturating_add(1);
        let mut trailer = self.trailer.clone();
        let rows = self.rows(&entries);
        if rows.fit_table() {
            trailer.set("Size", Object::Integer(i64::from(size)));
            rows.write_table(out)?;
            out.extend_from_slice(b"trailer\n");
            out.extend_from_slice(&serialize_dictionary(&trailer));
        } else {
            entries.insert(size, XrefEntry::InFile { offset: start, generation: 0 });
            let id = size;
            size = size.saturating_add(1);
            trailer.set("Size", Object::Integer(i64::from(size)));
            let data = self.rows(&entries).stream(&mut trailer);
            write_stream(out, Ref { number: id, generation: 0 }, trailer, &data);
        }
        out.extend_from_slice(format!("\nstartxref\n{pointer}\n%%EOF\n").as_bytes());
        Ok(())
    }

    /// The entries with their offsets as they are written in this file.
    fn rows(&self, entries: &BTreeMap<u32, XrefEntry>) -> Rows {
        let mut rows = Rows::default();
        for (number, entry) in entries {
            rows.push(
                *number,
                match *entry {
                    XrefEntry::InFile { offset, generation } => {
                        XrefEntry::InFile { offset: offset.saturating_sub(self.shift), generation }
                    }
                    other => other,
                },
            );
        }
        rows
    }
}

/// Writes the object that stands at `place` once more, whole: its value and, where it is a stream, the bytes of `data`.
fn write_anew(out: &mut Vec<u8>, bytes: &Bytes<'_>, id: Ref, place: u64, data: Option<Range<u64>>) -> Result<()> {
    let mut cursor = bytes.cursor(place..bytes.len(), 1024);
    if let Some(data) = data {
        let object = cursor.parse(|window, base| parser::indirect(window, base, bytes.limits()))?;
        let Body::Stream(dictionary) = object.body else { return Err(lost(id)) };
        let taken = offset(out.len()).saturating_add(data.end.saturating_sub(data.start));
        if taken > bytes.limits().stream_bytes {
            let message = "the streams to be written anew are longer than Limits::stream_bytes";
            return Err(Error::new(ErrorKind::Limit, message).at(id));
        }
        write_stream(out, id, dictionary, &bytes.read(data)?);
    } else {
        let value = cursor.parse(|window, base| {
            let (_, head) = parser::lex(window, parser::header)?;
            let rest = window.get(head..).unwrap_or_default();
            let (value, length) = parser::object(rest, base.checked_add(offset(head)), bytes.limits())
                .map_err(|stop| stop.further(head))?;
            Ok((value, head.saturating_add(length)))
        })?;
        out.extend_from_slice(format!("{} {} obj\n", id.number, id.generation).as_bytes());
        out.extend_from_slice(&serialize(&value));
        out.extend_from_slice(b"\nendobj");
    }
    out.push(b'\n');
    Ok(())
}

fn write_stream(out: &mut Vec<u8>, id: Ref, mut dictionary: Dictionary, data: &[u8]) {
    dictionary.set("Length", Object::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
    out.extend_from_slice(format!("{} {} obj\n", id.number, id.generation).as_bytes());
    out.extend_from_slice(&serialize_dictionary(&dictionary));
    out.extend_from_slice(b"\nstream\n");
    out.extend_from_slice(data);
    out.extend_from_slice(b"\nendstream\nendobj");
}

fn lost(id: Ref) -> Error {
    Error::new(ErrorKind::SelfCheck, "an object that was found is lost again").at(id)
}
