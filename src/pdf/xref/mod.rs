//! Cross-reference sections (ISO 32000-2, 7.5.4 and 7.5.8): which object stands where.
//!
//! What it is for: from the offset behind `startxref` to all sections of a file, newest first.
//!
//! Invariant: no repair mode. A section that is not where it should be is an error with its place.
//! Invariant: memory grows with the bytes that were read or decoded, never with `/Size` or a count.
//!
//! Nouns: [`Section`], [`XrefEntry`], [`XrefStyle`], [`Lines`].

mod chain;
mod stream;
mod table;

use super::bytes::{Bytes, syntax};
use super::lexer::{digits, space};
use super::object::{Dictionary, Object};
use super::parser::lex;
use crate::error::{Error, ErrorKind, Result};

pub(crate) use self::chain::chain;

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum XrefEntry {
    /// Nowhere: it does not exist, or no longer.
    Free,
    /// At a byte of the file, where `n g obj` stands.
    InFile { offset: u64, generation: u16 },
    /// The `index`th object of an object stream.
    InStream { stream: u32, index: u32 },
}

/// How a section, or a revision, is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum XrefStyle {
    /// 7.5.4.
    Table,
    /// 7.5.8.
    Stream,
    /// A table and, for what older readers should not see, a stream (7.5.8.4).
    Hybrid,
}

/// Whether all lines of a table are of 20 bytes (7.5.4), so that readers which count bytes find the same entries as those that read tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    /// They are, or there are none.
    Even,
    /// Some are not.
    Uneven,
}

/// One section with its trailer.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// Where the keyword `xref`, or the stream's object number, stands.
    pub(crate) offset: u64,
    /// Just behind the trailer dictionary, or behind `endobj`.
    pub(crate) end: u64,
    pub(crate) style: XrefStyle,
    pub(crate) lines: Lines,
    /// In file order; the first of a number counts.
    pub(crate) entries: Vec<(u32, XrefEntry)>,
    pub(crate) trailer: Dictionary,
    /// The section that `/XRefStm` of a hybrid file points to.
    pub(crate) hidden: Option<Box<Section>>,
}

impl Section {
    /// Reads the section to which `pointer` points. `shift` is what all offsets in this file lack; at most `room` entries.
    pub(crate) fn read(bytes: &Bytes<'_>, pointer: u64, shift: u64, room: usize) -> Result<Self> {
        let place = pointer.checked_add(shift).filter(|place| *place < bytes.len());
        let place =
            place.ok_or_else(|| syntax(pointer, "a cross-reference section lies behind the end of the file"))?;
        let mut cursor = bytes.cursor(place..bytes.len(), 4096);
        let is_stream = cursor.parse(|window, _| {
            let ((), length) = lex(window, space)?;
            let rest = window.get(length..).unwrap_or_default();
            let (is_stream, _) = lex(rest, starts_stream).map_err(|stop| stop.further(length))?;
            Ok((is_stream, length))
        })?;
        match is_stream {
            true => stream::read(bytes, cursor, shift, room),
            false => table::read(bytes, cursor, shift, room),
        }
    }

    /// The pointer to the section before this one. 0 stands for none in files of some writers, and can be nothing else.
    pub(super) fn previous(&self) -> Result<Option<u64>> {
        Ok(self.pointer("Prev")?.filter(|pointer| *pointer != 0))
    }

    /// A pointer of the trailer, which must be a direct integer.
    fn pointer(&self, key: &str) -> Result<Option<u64>> {
        let wrong = || syntax(self.offset, format!("/{key} in the trailer is no offset"));
        match self.trailer.get(key) {
            None => Ok(None),
            Some(value) => value.as_integer().and_then(|value| u64::try_from(value).ok()).ok_or_else(wrong).map(Some),
        }
    }

    /// Refuses what different readers would understand differently.
    fn check(self) -> Result<Self> {
        let double = self.trailer.duplicate_key().map(|key| format!("the trailer has two values for {key:?}"));
        if let Some(message) = double {
            return Err(syntax(self.offset, message));
        }
        match self.trailer.get("Root") {
            None | Some(Object::Reference(_)) => Ok(self),
            Some(_) => Err(syntax(self.offset, "/Root in the trailer is no reference")),
        }
    }
}

/// Whether a number follows (an indirect object) and not the keyword `xref`.
fn starts_stream(input: &[u8]) -> super::lexer::Lexed<'_, bool> {
    match input.first() {
        None => Err(nom::Err::Incomplete(nom::Needed::new(1))),
        Some(byte) if byte.is_ascii_digit() => digits(input).map(|(rest, _)| (rest, true)),
        Some(_) => super::lexer::keyword("xref")(input).map(|(rest, ())| (rest, false)),
    }
}

/// The object number of the `index`th entry from `first` on.
fn numbered(first: u64, index: u64, most: u32) -> Result<u32> {
    let number = first.checked_add(index).and_then(|number| u32::try_from(number).ok());
    number.filter(|number| *number <= most).ok_or_else(|| too_many("an object number"))
}

fn too_many(what: &str) -> Error {
    Error::new(ErrorKind::Limit, format!("{what} is beyond Limits::objects, or what the file has room for"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::limits::Limits;

    pub(crate) fn read(text: &[u8]) -> Result<Section> {
        let bytes = Bytes::new(Box::new(text), Limits::default())?;
        Section::read(&bytes, 0, 0, 1_000)
    }

    #[test]
    fn what_is_neither_table_nor_stream_is_refused_with_its_place() {
        for (text, place) in [("trailer", "byte 0"), ("  /x", "byte 2"), ("", "byte 0"), ("1 0 obj 5 endobj", "byte 0")]
        {
            let error = read(text.as_bytes()).unwrap_err();
            assert_eq!((error.kind(), error.place()), (ErrorKind::Syntax, Some(place)), "{text}");
        }
    }

    #[test]
    fn trailers_that_readers_would_understand_differently_are_refused() {
        for trailer in ["/Prev 1/Prev 2", "/Root<<>>"] {
            assert!(read(format!("xref 0 0 trailer<<{trailer}>>").as_bytes()).is_err(), "{trailer}");
        }
        for (prev, ok) in [("-1", false), ("1 0 R", false), ("1.0", false), ("0", true), ("7", true), ("null", true)] {
            let section = read(format!("xref 0 0 trailer<</Prev {prev}>>").as_bytes()).unwrap();
            assert_eq!(section.previous().is_ok(), ok, "{prev}");
        }
    }
}
