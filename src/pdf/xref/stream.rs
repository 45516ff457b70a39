//! Cross-reference streams (ISO 32000-2, 7.5.8).

use super::super::bytes::{Bytes, Cursor, syntax};
use super::super::filter::{Filter, decode};
use super::super::object::{Dictionary, Object};
use super::super::parser::{self, Body, stream_end};
use super::{Lines, Section, XrefEntry, XrefStyle, numbered, too_many};
use crate::error::{Error, ErrorKind, Result};

/// Reads a stream; the cursor stands at its object number. All its values must be direct (7.5.8.2), also `/Length`.
pub(super) fn read(bytes: &Bytes<'_>, mut cursor: Cursor<'_>, shift: u64, room: usize) -> Result<Section> {
    let offset = cursor.offset();
    let object = cursor.parse(|window, base| parser::indirect(window, base, bytes.limits()))?;
    let Body::Stream(trailer) = object.body else {
        return Err(syntax(offset, "neither a cross-reference table nor a cross-reference stream"));
    };
    if trailer.get("Type").and_then(Object::as_name).is_none_or(|name| *name != *"XRef") {
        return Err(syntax(offset, "the stream is no cross-reference stream"));
    }
    let data = cursor.offset();
    let length = trailer.get("Length").and_then(Object::as_integer).and_then(|length| u64::try_from(length).ok());
    let data_end = length.and_then(|length| data.checked_add(length)).filter(|end| *end <= bytes.len());
    let data_end =
        data_end.ok_or_else(|| syntax(offset, "the cross-reference stream has no direct, possible /Length"))?;
    let mut tail = bytes.cursor(data_end..bytes.len(), 256);
    tail.lex(stream_end).map_err(|error| error.advise("the /Length of the cross-reference stream may be wrong"))?;
    let end = tail.offset();

    let chain = Filter::chain(&trailer, bytes.limits().filters, &direct)?;
    let most = bytes.limits().stream_bytes.min(bytes.budget());
    let (decoded, made) = decode(bytes.read(data..data_end)?, &chain, most).map_err(|error| at(offset, error))?;
    bytes.charge(made)?;
    let bounds = Bounds { shift, room, most: bytes.limits().objects };
    let entries = entries(&trailer, &decoded, bounds).map_err(|error| at(offset, error))?;
    Section { offset, end, style: XrefStyle::Stream, lines: Lines::Even, entries, trailer, hidden: None }.check()
}

/// What entries may say, and how many there may be.
#[derive(Clone, Copy)]
struct Bounds {
    shift: u64,
    room: usize,
    most: u32,
}

fn entries(dictionary: &Dictionary, data: &[u8], bounds: Bounds) -> Result<Vec<(u32, XrefEntry)>> {
    let widths = Widths::new(dictionary)?;
    let is_first = dictionary.get("Prev").is_none();
    let mut rows = data.chunks_exact(widths.row);
    let mut left = bounds.most;
    let mut entries = Vec::new();
    for (first, count) in subsections(dictionary)? {
        for index in 0..count {
            let row =
                rows.next().ok_or_else(|| wrong("the cross-reference stream holds fewer entries than it says"))?;
            left = left.checked_sub(1).ok_or_else(|| too_many("the number of cross-reference entries"))?;
            let number = numbered(first, index, bounds.most)?;
            match widths.entry(row, bounds.shift)? {
                None => {}
                // What never was need not be free: small files may list millions.
                Some(XrefEntry::Free) if is_first => {}
                Some(_) if entries.len() >= bounds.room => {
                    return Err(too_many("the number of cross-reference entries"));
                }
                Some(entry) => entries.push((number, entry)),
            }
        }
    }
    Ok(entries)
}

/// `/Index`, or all numbers up to `/Size`.
fn subsections(dictionary: &Dictionary) -> Result<Vec<(u64, u64)>> {
    let natural = |object: &Object| object.as_integer().and_then(|value| u64::try_from(value).ok());
    let size =
        dictionary.get("Size").and_then(natural).ok_or_else(|| wrong("the cross-reference stream has no /Size"))?;
    let Some(index) = dictionary.get("Index") else { return Ok(vec![(0, size)]) };
    let numbers: Option<Vec<u64>> = index.as_array().and_then(|items| items.iter().map(natural).collect());
    let pairs =
        numbers.filter(|numbers| numbers.len().is_multiple_of(2)).ok_or_else(|| wrong("/Index is malformed"))?;
    Ok(pairs.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect())
}

/// `/W`: how many bytes the three fields of an entry have.
struct Widths {
    fields: [usize; 3],
    row: usize,
}

impl Widths {
    fn new(dictionary: &Dictionary) -> Result<Self> {
        let width =
            |object: &Object| object.as_integer().and_then(|width| usize::try_from(width).ok()).filter(|w| *w <= 8);
        let widths: Option<Vec<usize>> =
            dictionary.get("W").and_then(Object::as_array).and_then(|items| items.iter().take(3).map(width).collect());
        let fields: Option<[usize; 3]> = widths.and_then(|widths| widths.try_into().ok());
        let fields = fields.ok_or_else(|| wrong("/W is malformed"))?;
        match fields.iter().sum() {
            0 => Err(wrong("/W gives every entry no bytes")),
            row => Ok(Self { fields, row }),
        }
    }

    /// One entry, or none of a type that later versions of PDF may define: "a reference to the null object" (7.5.8.3).
    fn entry(&self, row: &[u8], shift: u64) -> Result<Option<XrefEntry>> {
        let [first, second, _] = self.fields;
        let (kind, row) = row.split_at_checked(first).unwrap_or_default();
        let (left, right) = row.split_at_checked(second).unwrap_or_default();
        let kind = if first == 0 { 1 } else { number(kind) };
        let (left, right) = (number(left), number(right));
        let too_large = |_| wrong("a field of a cross-reference entry is too large");
        Ok(match kind {
            0 => Some(XrefEntry::Free),
            1 if left == 0 => Some(XrefEntry::Free),
            1 => {
                let generation = u16::try_from(right).map_err(too_large)?;
                Some(XrefEntry::InFile { offset: left.saturating_add(shift), generation })
            }
            2 => {
                let stream = u32::try_from(left).map_err(too_large)?;
                Some(XrefEntry::InStream { stream, index: u32::try_from(right).map_err(too_large)? })
            }
            _ => None,
        })
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte))
}

fn direct(object: &Object) -> Result<Object> {
    match object {
        Object::Reference(_) => Err(wrong("a value of the cross-reference stream is not direct")),
        direct => Ok(direct.clone()),
    }
}

fn wrong(what: &'static str) -> Error {
    Error::new(ErrorKind::Syntax, what)
}

fn at(offset: u64, error: Error) -> Error {
    error.at(format_args!("cross-reference stream at byte {offset}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;

    fn stream(dictionary: &str, data: &[u8]) -> Result<Section> {
        let head = format!("9 0 obj<</Type/XRef/Length {}{dictionary}>>stream\n", data.len());
        read(&[head.as_bytes(), data, b"\nendstream\nendobj\nstartxref"].concat())
    }

    #[test]
    fn widths_types_and_index() {
        let data = [0, 0, 0, 9, 1, 1, 2, 0, 2, 0, 5, 3, 7, 1, 1, 1];
        let section = stream("/Size 20/W[1 2 1]/Index[0 1 4 3]", &data).unwrap();
        let in_file = XrefEntry::InFile { offset: 258, generation: 0 };
        let in_stream = XrefEntry::InStream { stream: 5, index: 3 };
        assert_eq!(section.entries, [(4, in_file), (5, in_stream)]);
    }

    #[test]
    fn entries_are_free_only_where_something_can_have_been() {
        let section = stream("/Size 2/W[1 1 1]/Prev 7", &[0; 6]).unwrap();
        assert_eq!(section.entries, [(0, XrefEntry::Free), (1, XrefEntry::Free)]);
        assert_eq!(stream("/Size 2/W[1 1 1]", &[0; 6]).unwrap().entries, []);
    }

    #[test]
    fn absent_fields_have_defaults() {
        let section = stream("/Size 2/W[0 1 0]", &[7, 8]).unwrap();
        let at = |offset| XrefEntry::InFile { offset, generation: 0 };
        assert_eq!(section.entries, [(0, at(7)), (1, at(8))]);
    }

    #[test]
    fn sizes_in_the_billions_and_odd_shapes_are_refused() {
        for dictionary in [
            "/Size 4000000000/W[1 1 1]",
            "/W[1 1 1]",
            "/Size 1",
            "/Size 1/W[0 0 0]",
            "/Size 1/W[1 9 1]",
            "/Size 1/W[1 1]",
            "/Size 1/W[1 -1 1]",
            "/Size 1/W[1 1 1]/Index[0]",
            "/Size 1/W[1 1 1]/Index[0 2]",
            "/Size 1/W 1 0 R",
            "/Size 1/W[1 1 1]/Index[9999999 1]",
            "/Size 1/W[1 1 1]/Filter 8 0 R",
            "/Size 1/W[1 1 1]/Length 8",
        ] {
            assert!(stream(dictionary, &[1, 1, 1]).is_err(), "{dictionary}");
        }
    }
}
