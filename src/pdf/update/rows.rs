//! Cross-reference entries as bytes: rows of a table, or fields of a stream (ISO 32000-2, 7.5.4, 7.5.8.3).

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object};
use crate::pdf::parser::offset;
use crate::pdf::serializer::write_natural;
use crate::pdf::update::chunk::deflate;
use crate::pdf::xref::XrefEntry;

/// An entry of a table has ten digits.
const LARGEST_IN_TABLE: u64 = 9_999_999_999;

/// The entries of one section in object-number order, with offsets as they are written in the file.
#[derive(Clone, Debug, Default)]
pub(in crate::pdf) struct Rows(Vec<(u32, XrefEntry)>);

impl Rows {
    /// Adds an entry; its number is larger than those before.
    pub(in crate::pdf) fn push(&mut self, number: u32, entry: XrefEntry) {
        self.0.push((number, entry));
    }

    /// Whether a table can hold them.
    pub(in crate::pdf) fn fit_table(&self) -> bool {
        self.0.iter().all(|(_, entry)| match entry {
            XrefEntry::Free => true,
            XrefEntry::InFile { offset, .. } => *offset <= LARGEST_IN_TABLE,
            XrefEntry::InStream { .. } => false,
        })
    }

    /// 7.5.4: entries of exactly 20 bytes, in subsections of neighbours.
    pub(in crate::pdf) fn write_table(&self, table: &mut Vec<u8>) -> Result<()> {
        table.extend_from_slice(b"xref\n");
        for run in self.runs() {
            let first = run.first().map_or(0, |(number, _)| *number);
            write_natural(table, u64::from(first), 1);
            table.push(b' ');
            write_natural(table, offset(run.len()), 1);
            table.push(b'\n');
            for (number, entry) in run {
                match entry {
                    XrefEntry::InFile { offset, generation } if *offset <= LARGEST_IN_TABLE => {
                        write_natural(table, *offset, 10);
                        table.push(b' ');
                        write_natural(table, u64::from(*generation), 5);
                        table.extend_from_slice(b" n \n");
                    }
                    XrefEntry::InFile { offset, .. } => {
                        return Err(beyond_tables(*offset).at(format_args!("object {number}")));
                    }
                    XrefEntry::Free => table.extend_from_slice(b"0000000000 65535 f \n"),
                    XrefEntry::InStream { .. } => {
                        let message = "a cross-reference table cannot place an object in an object stream";
                        return Err(Error::new(ErrorKind::State, message).at(format_args!("object {number}")));
                    }
                }
            }
        }
        Ok(())
    }

    /// 7.5.8: the entries as a stream's data; `dictionary` is told their shape.
    pub(in crate::pdf) fn stream(&self, dictionary: &mut Dictionary) -> Vec<u8> {
        let fields: Vec<[u64; 3]> = self.0.iter().map(|(_, entry)| fields(*entry)).collect();
        let width =
            |largest: u64| 8_usize.saturating_sub(usize::try_from(largest.leading_zeros() / 8).unwrap_or(0)).max(1);
        let second_width = width(fields.iter().map(|[_, second, _]| *second).max().unwrap_or(0));
        let third_width = width(fields.iter().map(|[.., third]| *third).max().unwrap_or(0));
        let mut data = Vec::new();
        for [kind, second, third] in fields {
            data.extend(last_bytes(kind, 1));
            data.extend(last_bytes(second, second_width));
            data.extend(last_bytes(third, third_width));
        }
        let integer = |value: usize| Object::Integer(i64::try_from(value).unwrap_or(i64::MAX));
        let index = self.runs().flat_map(|run| {
            [Object::Integer(run.first().map_or(0, |(number, _)| i64::from(*number))), integer(run.len())]
        });
        dictionary.set("Type", Object::name("XRef"));
        dictionary.set("Index", Object::Array(index.collect()));
        dictionary.set("W", Object::Array([integer(1), integer(second_width), integer(third_width)].into()));
        match deflate(&data) {
            Some(compressed) => {
                dictionary.set("Filter", Object::name("FlateDecode"));
                compressed
            }
            None => data,
        }
    }

    /// The entries in groups of consecutive numbers.
    fn runs(&self) -> impl Iterator<Item = &[(u32, XrefEntry)]> {
        self.0.chunk_by(|(left, _), (right, _)| left.checked_add(1) == Some(*right))
    }
}

/// Table 18. Object 0, the only free one that is ever written, has generation 65535.
fn fields(entry: XrefEntry) -> [u64; 3] {
    match entry {
        XrefEntry::Free => [0, 0, 65_535],
        XrefEntry::InFile { offset, generation } => [1, offset, u64::from(generation)],
        XrefEntry::InStream { stream, index } => [2, u64::from(stream), u64::from(index)],
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
