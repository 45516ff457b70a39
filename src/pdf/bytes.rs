//! A source with its length and limits, read in windows that grow.
//!
//! What it is for: everything above reads the file through here, so that a file of 1 GB costs as many bytes as its
//! structure has, and no read or allocation is sized by what the file claims about itself.
//!
//! Invariant: every range is inside the file before anything is allocated for it.
//!
//! Nouns: [`Bytes`], [`Cursor`] (a place that moves forward).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::lexer::{Lexed, SENTINEL};
use super::parser::{self, Parsed, Stop, offset};
use super::source::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// A source, its length, and what may be read from it.
pub(crate) struct Bytes<'a> {
    source: Box<dyn Source + 'a>,
    len: u64,
    limits: Limits,
    /// Decoded bytes so far, of [`Limits::decoded_bytes`].
    decoded: AtomicU64,
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(source: Box<dyn Source + 'a>, limits: Limits) -> Result<Self> {
        let len = source.len().map_err(io)?;
        Ok(Self { source, len, limits, decoded: AtomicU64::new(0) })
    }

    pub(crate) fn source(&self) -> &dyn Source {
        &*self.source
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The bytes of `range`, at most [`Limits::stream_bytes`].
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Vec<u8>> {
        let mut buffer = Vec::new();
        self.append(range, &mut buffer)?;
        Ok(buffer)
    }

    /// As [`read`](Self::read), without a copy where the source lies in memory.
    pub(crate) fn look(&self, range: Range<u64>) -> Result<Cow<'_, [u8]>> {
        match self.lend(range.clone()) {
            Some(lent) => Ok(Cow::Borrowed(lent)),
            None => self.read(range).map(Cow::Owned),
        }
    }

    /// The bytes of `range`, where the source has them in memory and [`read`](Self::read) would give them.
    fn lend(&self, range: Range<u64>) -> Option<&[u8]> {
        let length = range.end.checked_sub(range.start).filter(|length| *length <= self.limits.stream_bytes)?;
        self.source.lend(range).filter(|lent| offset(<[u8]>::len(lent)) == length)
    }

    /// A cursor over `range`, which is cut at the end of the file; it reads `chunk` bytes or more at a time.
    pub(crate) fn cursor(&self, range: Range<u64>, chunk: u64) -> Cursor<'_> {
        let end = range.end.min(self.len);
        let start = range.start.min(end);
        Cursor { bytes: self, buffer: Cow::Borrowed(&[]), at: 0, start, end, chunk, complete: false }
    }

    /// Counts decoded bytes against the budget of the file.
    pub(crate) fn charge(&self, decoded: u64) -> Result<()> {
        let before = self.decoded.fetch_add(decoded, Ordering::Relaxed);
        if before.saturating_add(decoded) <= self.limits.decoded_bytes {
            return Ok(());
        }
        // Spent for good, and no wrap-around however often somebody asks.
        self.decoded.store(self.limits.decoded_bytes.saturating_add(1), Ordering::Relaxed);
        Err(Error::new(ErrorKind::Limit, "the file's streams decode to more than Limits::decoded_bytes"))
    }

    /// How many bytes may still be decoded.
    pub(crate) fn budget(&self) -> u64 {
        self.limits.decoded_bytes.saturating_sub(self.decoded.load(Ordering::Relaxed))
    }

    fn append(&self, range: Range<u64>, buffer: &mut Vec<u8>) -> Result<()> {
        let length = range.end.checked_sub(range.start).filter(|_| range.end <= self.len);
        let length =
            length.ok_or_else(|| syntax(range.start, "what should stand here lies behind the end of the file"))?;
        if length > self.limits.stream_bytes {
            let message = "a part of the file is longer than Limits::stream_bytes";
            return Err(Error::new(ErrorKind::Limit, message).at(format_args!("byte {}", range.start)));
        }
        let old = buffer.len();
        let new = usize::try_from(length).ok().and_then(|length| old.checked_add(length));
        buffer.resize(new.ok_or_else(|| Error::new(ErrorKind::Limit, "this machine has too little memory"))?, 0);
        self.source.read_at(range.start, buffer.get_mut(old..).unwrap_or_default()).map_err(io)
    }
}

/// A place in the file that moves forward as rules read from it.
pub(crate) struct Cursor<'b> {
    bytes: &'b Bytes<'b>,
    /// File bytes from `start` on; then the sentinel, if `complete`.
    buffer: Cow<'b, [u8]>,
    at: usize,
    start: u64,
    end: u64,
    chunk: u64,
    complete: bool,
}

impl Cursor<'_> {
    /// Where the cursor stands, in bytes from the start of the file.
    pub(crate) fn offset(&self) -> u64 {
        self.start.saturating_add(offset(self.at)).min(self.end)
    }

    /// How far the file has been read for it.
    pub(crate) fn reach(&self) -> u64 {
        self.start.saturating_add(offset(self.buffer.len())).min(self.end)
    }

    /// Reads by `rule`, which gets a window and the offset at which it starts. On an error the cursor does not move.
    pub(crate) fn parse<T>(&mut self, mut rule: impl FnMut(&[u8], u64) -> Parsed<T>) -> Result<T> {
        loop {
            let window = self.buffer.get(self.at..).unwrap_or_default();
            let base = self.start.saturating_add(offset(self.at));
            match rule(window, base) {
                Ok((value, length)) => {
                    self.at = self.at.saturating_add(length);
                    return Ok(value);
                }
                Err(Stop::Incomplete) => self.grow()?,
                Err(Stop::Limit(what)) => {
                    return Err(Error::new(ErrorKind::Limit, what).at(format_args!("byte {base}")));
                }
                Err(Stop::Fault(at, what)) => {
                    let at = base.saturating_add(offset(at));
                    return Err(syntax(at, if at < self.end { what } else { "it ends too early" }));
                }
            }
        }
    }

    /// Reads by a lexical rule.
    pub(crate) fn lex<T>(&mut self, rule: impl Fn(&[u8]) -> Lexed<'_, T>) -> Result<T> {
        self.parse(|window, _| parser::lex(window, &rule))
    }

    /// Makes the window at least twice as long, or complete.
    fn grow(&mut self) -> Result<()> {
        let place = self.offset();
        if self.complete {
            return Err(syntax(place, "it does not end"));
        }
        let had = offset(self.buffer.len().saturating_sub(self.at));
        let from = place.saturating_add(had);
        let to = from.saturating_add(had.max(self.chunk)).min(self.end);
        if had > self.bytes.limits().object_bytes && from < self.end {
            let message = "an object is longer than Limits::object_bytes";
            return Err(Error::new(ErrorKind::Limit, message).at(format_args!("byte {place}")));
        }
        // What is lent has no sentinel; where a rule wants to see it, the window is copied after all.
        let lent = (from < self.end).then(|| self.bytes.lend(place..to)).flatten();
        self.buffer = match lent {
            Some(lent) => Cow::Borrowed(lent),
            None => Cow::Owned(self.longer(from..to)?),
        };
        (self.start, self.at) = (place, 0);
        Ok(())
    }

    /// What is left of the window, the bytes of `more`, and the sentinel where that is the end.
    fn longer(&mut self, more: Range<u64>) -> Result<Vec<u8>> {
        let at = self.at.min(self.buffer.len());
        let mut buffer = match std::mem::take(&mut self.buffer) {
            Cow::Owned(mut buffer) => {
                buffer.drain(..at);
                buffer
            }
            Cow::Borrowed(lent) => lent.get(at..).unwrap_or_default().to_vec(),
        };
        self.complete = more.end == self.end;
        if self.complete {
            let room = usize::try_from(more.end.saturating_sub(more.start)).unwrap_or(0);
            buffer.reserve(room.saturating_add(SENTINEL.len()));
        }
        self.bytes.append(more, &mut buffer)?;
        if self.complete {
            buffer.extend_from_slice(SENTINEL);
        }
        Ok(buffer)
    }
}

/// An error of [`ErrorKind::Syntax`] at a byte of the file.
pub(crate) fn syntax(offset: u64, what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Syntax, what).at(format_args!("byte {offset}"))
}

fn io(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, "the document cannot be read").because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::lexer::{digits, keyword};

    fn bytes(text: &[u8]) -> Bytes<'_> {
        Bytes::new(Box::new(text), Limits { object_bytes: 100, ..Limits::default() }).unwrap()
    }

    #[test]
    fn windows_grow_until_the_rule_is_content() {
        let text = format!("{}12 34  endobj", " ".repeat(90));
        let bytes = bytes(text.as_bytes());
        for chunk in 1..20 {
            let mut cursor = bytes.cursor(0..u64::MAX, chunk);
            assert_eq!((cursor.lex(digits).unwrap(), cursor.offset()), (12, 92));
            assert_eq!(cursor.lex(digits).unwrap(), 34);
            assert!(cursor.lex(digits).is_err());
            cursor.lex(keyword("endobj")).unwrap();
            assert_eq!(cursor.offset(), bytes.len());
        }
    }

    #[test]
    fn windows_stop_at_their_end_and_at_the_limit() {
        let text = format!("12{}34", " ".repeat(1_000));
        let bytes = bytes(text.as_bytes());
        let mut cursor = bytes.cursor(0..1, 1);
        assert_eq!(cursor.lex(digits).unwrap(), 1);
        assert_eq!(cursor.lex(digits).unwrap_err().kind(), ErrorKind::Syntax);
        let mut cursor = bytes.cursor(0..u64::MAX, 8);
        cursor.lex(digits).unwrap();
        assert_eq!(cursor.lex(digits).unwrap_err().kind(), ErrorKind::Limit);
    }

    #[test]
    fn ranges_outside_the_file_are_refused_before_anything_is_allocated() {
        let bytes = bytes(b"0123456789");
        assert_eq!(bytes.read(2..4).unwrap(), b"23");
        for range in [5..11, 0..u64::MAX, u64::MAX - 1..u64::MAX, Range { start: 3, end: 2 }] {
            assert_eq!(bytes.read(range).unwrap_err().kind(), ErrorKind::Syntax);
        }
    }

    #[test]
    fn the_budget_stays_spent() {
        let bytes = bytes(b"");
        assert!(bytes.charge(bytes.budget()).is_ok());
        assert!(bytes.charge(1).is_err());
        assert!(bytes.charge(0).is_err());
        assert_eq!(bytes.budget(), 0);
    }
}
