//! What stands in a file, whatever its cross-reference says.
//!
//! Invariant: the file is read forward in small windows; what is read twice has a budget that grows with the file.
//! Invariant: the data of a stream is never searched for objects, unless the stream itself cannot be read.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::signs::{self, Signatures};
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::bytes::Bytes;
use crate::pdf::lexer::{is_white, keyword, space};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::parser::{self, Body, Indirect, Stop, lex, offset, stream_end};
use crate::pdf::view::endstream;

/// The largest window; the first one behind an object is much smaller.
const WINDOW: u64 = 64 << 10;
/// How far before `obj` its numbers may start, and so how far windows overlap.
const BACK: u64 = 48;
/// How many places that cannot be read are kept to be told.
const TOLD: usize = 64;

/// All that was found, the later of two where they have one number.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) objects: BTreeMap<u32, Found>,
    /// In file order.
    pub(super) trailers: Vec<Trailer>,
    /// The last object that says it is a catalog.
    pub(super) catalog: Option<Ref>,
    /// Where something stands that looks like an encryption dictionary.
    pub(super) encryption: Option<u64>,
    /// Where an object begins that cannot be read, and why.
    pub(super) unreadable: Vec<(u64, String)>,
    /// Objects that are integers: lengths of streams, perhaps.
    lengths: HashMap<u32, u64>,
    /// Whether the length of a stream stood in an object that was not yet seen.
    is_guessed: bool,
}

/// An object of the file.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) generation: u16,
    pub(super) offset: u64,
    /// Whether it is an object stream.
    pub(super) is_container: bool,
    pub(super) end: End,
}

/// How an object ends that can be read.
#[derive(Clone, Debug)]
pub(super) enum End {
    Endobj,
    /// A value, and nothing behind it.
    Nothing,
    /// A stream, and nothing behind its `endstream`; with where its data stands.
    Endstream(Range<u64>),
}

/// What a trailer, or the dictionary of a cross-reference stream, says about the document.
#[derive(Clone, Debug)]
pub(super) struct Trailer {
    pub(super) offset: u64,
    /// Its `/Root`, `/Info`, `/ID` and `/Encrypt` only.
    pub(super) entries: Dictionary,
}

impl Scan {
    /// Reads all of the file.
    ///
    /// # Errors
    /// [`ErrorKind::Repair`] where it meets a signature, unless those are sought; [`ErrorKind::Limit`] where there is more, or more that is broken, than the
    /// limits allow; [`ErrorKind::Io`].
    pub(super) fn read(bytes: &Bytes<'_>, signatures: Signatures) -> Result<Self> {
        let first = Self::with_lengths(bytes, signatures, HashMap::new())?;
        if !first.is_guessed {
            return Ok(first);
        }
        Self::with_lengths(bytes, signatures, first.lengths)
    }

    fn with_lengths(bytes: &Bytes<'_>, signatures: Signatures, lengths: HashMap<u32, u64>) -> Result<Self> {
        let budget = bytes.len().saturating_mul(8).saturating_add(1 << 20);
        let mut scanner = Scanner { bytes, signatures, at: 0, budget, scan: Self { lengths, ..Self::default() } };
        while let Some(mark) = scanner.next()? {
            match mark {
                Mark::Object { start, keyword_end } => scanner.object(start, keyword_end)?,
                Mark::Trailer(start) => scanner.trailer(start)?,
                Mark::ByteRange(start) => scanner.byte_range(start)?,
            }
        }
        Ok(scanner.scan)
    }
}

/// Where something of interest stands.
enum Mark {
    Object { start: u64, keyword_end: u64 },
    Trailer(u64),
    ByteRange(u64),
}

struct Scanner<'b> {
    bytes: &'b Bytes<'b>,
    signatures: Signatures,
    /// What stands before it is done.
    at: u64,
    /// How many bytes may still be read in vain.
    budget: u64,
    scan: Scan,
}

impl Scanner<'_> {
    /// The next mark behind `at`.
    fn next(&mut self) -> Result<Option<Mark>> {
        let mut length = 512;
        loop {
            let end = self.bytes.len().min(self.at.saturating_add(length));
            let window = self.bytes.read(self.at..end)?;
            if let Some(mark) = mark(&window, self.at) {
                return Ok(Some(mark));
            }
            if end == self.bytes.len() {
                return Ok(None);
            }
            self.at = self.at.max(end.saturating_sub(BACK));
            length = length.saturating_mul(2).min(WINDOW);
        }
    }

    fn object(&mut self, start: u64, keyword_end: u64) -> Result<()> {
        let bytes = self.bytes;
        let mut cursor = bytes.cursor(start..bytes.len(), 1024);
        let read = cursor.parse(|window, base| parser::indirect(window, base, bytes.limits()));
        self.at = keyword_end;
        let error = match read {
            Ok(Indirect { id, body: Body::Value(value) }) => {
                return self.take(id, start, cursor.offset(), End::Endobj, &value);
            }
            Ok(Indirect { id, body: Body::Stream(dictionary) }) => {
                return self.stream(id, start, cursor.offset(), dictionary);
            }
            Err(error) if error.kind() == ErrorKind::Io => return Err(error),
            Err(error) => error,
        };
        self.spend(cursor.reach().saturating_sub(start))?;
        let mut cursor = bytes.cursor(start..bytes.len(), 1024);
        match cursor.parse(|window, base| unended(window, base, bytes)) {
            Ok((id, value)) => {
                let end = cursor.offset();
                self.take(id, start, end, End::Nothing, &value)
            }
            Err(_) => {
                self.spend(cursor.reach().saturating_sub(start))?;
                self.leave_out(start, &error);
                Ok(())
            }
        }
    }

    fn take(&mut self, id: Ref, start: u64, behind: u64, end: End, value: &Object) -> Result<()> {
        if let Some(length) = value.as_integer().and_then(|length| u64::try_from(length).ok()) {
            self.scan.lengths.insert(id.number, length);
        }
        self.at = behind;
        self.insert(id, start, end, value)
    }

    /// A stream whose data starts at `data`.
    fn stream(&mut self, id: Ref, start: u64, data: u64, dictionary: Dictionary) -> Result<()> {
        let length = match dictionary.get("Length") {
            Some(Object::Reference(length)) => {
                let known = self.scan.lengths.get(&length.number).copied();
                self.scan.is_guessed |= known.is_none();
                known
            }
            length => length.and_then(Object::as_integer).and_then(|length| u64::try_from(length).ok()),
        };
        let Some((behind, end)) = self.stream_end(start, data, length)? else { return Ok(()) };
        if is_of_type(&dictionary, "XRef") {
            self.add_trailer(start, &dictionary)?;
        }
        self.at = behind;
        self.insert(id, start, end, &Object::Dictionary(dictionary))
    }

    /// The place behind the stream that starts at `start`, with its data at `data`; nothing where it does not end.
    fn stream_end(&mut self, start: u64, data: u64, length: Option<u64>) -> Result<Option<(u64, End)>> {
        let bytes = self.bytes;
        let cursor = |from: u64| bytes.cursor(from..bytes.len(), 64);
        if let Some(end) = length.and_then(|length| data.checked_add(length)).filter(|end| *end <= bytes.len()) {
            let mut cursor = cursor(end);
            if cursor.lex(stream_end).is_ok() {
                return Ok(Some((cursor.offset(), End::Endobj)));
            }
        }
        let (data_end, place) = match endstream(bytes, data..bytes.len()) {
            Ok(found) => found,
            Err(error) => {
                self.spend(bytes.len().saturating_sub(data))?;
                self.leave_out(start, &error);
                return Ok(None);
            }
        };
        let mut cursor = cursor(place);
        cursor.lex(keyword("endstream"))?;
        let behind = cursor.offset();
        Ok(Some(match cursor.lex(keyword("endobj")) {
            Ok(()) => (cursor.offset(), End::Endobj),
            Err(_) => (behind, End::Endstream(data..data_end)),
        }))
    }

    fn insert(&mut self, id: Ref, start: u64, end: End, value: &Object) -> Result<()> {
        if self.signatures == Signatures::Refused && signs::is_in(value) {
            return Err(signs::holds_signature(start));
        }
        // Nobody refers to object 0 (7.3.10), and no number is larger than the limit.
        if id.number == 0 || id.number > self.bytes.limits().objects {
            let error = Error::new(ErrorKind::Limit, format!("the number of {id} is out of range"));
            self.leave_out(start, &error);
            return Ok(());
        }
        let mut is_container = false;
        if let Object::Dictionary(dictionary) = value {
            is_container = is_of_type(dictionary, "ObjStm");
            if is_of_type(dictionary, "Catalog") {
                self.scan.catalog = Some(id);
            }
            if ["Filter", "V", "O", "U"].iter().all(|key| dictionary.get(key).is_some()) {
                self.scan.encryption = Some(start);
            }
        }
        let found = Found { generation: id.generation, offset: start, is_container, end };
        self.scan.objects.insert(id.number, found);
        Ok(())
    }

    /// A `/ByteRange` that stands in no object that can be read.
    fn byte_range(&mut self, start: u64) -> Result<()> {
        self.at = start.saturating_add(1);
        match self.signatures {
            Signatures::Refused => Err(signs::holds_signature(start)),
            Signatures::Sought => Ok(()),
        }
    }

    /// A trailer behind its keyword, which ends at `start`.
    fn trailer(&mut self, start: u64) -> Result<()> {
        let bytes = self.bytes;
        self.at = start;
        let mut cursor = bytes.cursor(start..bytes.len(), 1024);
        let read = cursor.parse(|window, base| parser::object(window, Some(base), bytes.limits()));
        match read {
            Ok(Object::Dictionary(dictionary)) => {
                self.at = cursor.offset();
                self.add_trailer(start, &dictionary)
            }
            Err(error) if error.kind() == ErrorKind::Io => Err(error),
            _ => self.spend(cursor.reach().saturating_sub(start)),
        }
    }

    fn add_trailer(&mut self, offset: u64, dictionary: &Dictionary) -> Result<()> {
        if self.scan.trailers.len() >= self.bytes.limits().revisions {
            return Err(Error::new(ErrorKind::Limit, "the file has more trailers than Limits::revisions"));
        }
        let mut entries = Dictionary::new();
        for key in ["Root", "Info", "ID", "Encrypt"] {
            if let Some(value) = dictionary.get(key) {
                entries.set(key, value.clone());
            }
        }
        self.scan.trailers.push(Trailer { offset, entries });
        Ok(())
    }

    fn leave_out(&mut self, start: u64, error: &Error) {
        if self.scan.unreadable.len() < TOLD {
            self.scan.unreadable.push((start, error.to_string()));
        }
    }

    fn spend(&mut self, bytes: u64) -> Result<()> {
        let too_broken = || Error::new(ErrorKind::Limit, "too much of the file cannot be read").at(place(self.at));
        self.budget = self.budget.checked_sub(bytes).ok_or_else(too_broken)?;
        Ok(())
    }
}

/// An object that another one, a section or the end of the file follows where its `endobj` should stand.
fn unended(window: &[u8], base: u64, bytes: &Bytes<'_>) -> parser::Parsed<(Ref, Object)> {
    let (id, head) = lex(window, parser::header)?;
    let behind = window.get(head..).unwrap_or_default();
    let (value, length) =
        parser::object(behind, base.checked_add(offset(head)), bytes.limits()).map_err(|stop| stop.further(head))?;
    let length = head.saturating_add(length);
    let rest = window.get(length..).unwrap_or_default();
    let ((), white) = lex(rest, space)?;
    let next = rest.get(white..).unwrap_or_default();
    let follows = |word: &'static str| lex(next, keyword(word)).map(|_| ());
    let header = match lex(next, parser::header) {
        Err(Stop::Incomplete) => return Err(Stop::Incomplete),
        other => other.is_ok(),
    };
    // The sentinel is all that is left at the end of the file.
    match header
        || next.first() == Some(&b'}')
        || ["xref", "trailer", "startxref"].iter().any(|word| follows(word).is_ok())
    {
        true => Ok(((id, value), length)),
        false => Err(Stop::Fault(length, "the keyword endobj is missing")),
    }
}

/// The first mark in `window`, which starts at `base`.
fn mark(window: &[u8], base: u64) -> Option<Mark> {
    let place = |at: usize| base.saturating_add(offset(at));
    for (at, byte) in window.iter().enumerate() {
        let rest = window.get(at..).unwrap_or_default();
        match byte {
            b'o' if rest.starts_with(b"obj") => {
                if let Some(start) = header(window.get(..at).unwrap_or_default()) {
                    return Some(Mark::Object { start: place(start), keyword_end: place(at.saturating_add(3)) });
                }
            }
            b't' if rest.starts_with(b"trailer") => return Some(Mark::Trailer(place(at.saturating_add(7)))),
            b'/' if rest.starts_with(b"/ByteRange") => return Some(Mark::ByteRange(place(at))),
            _ => {}
        }
    }
    None
}

/// Where the two numbers start that end `before`.
fn header(before: &[u8]) -> Option<usize> {
    let skip = |from: usize, is: fn(u8) -> bool| {
        let run = before.get(..from).unwrap_or_default().iter().rev().take_while(|byte| is(**byte)).count();
        (run > 0).then(|| from.saturating_sub(run))
    };
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let generation = skip(skip(before.len(), is_white)?, is_digit)?;
    skip(skip(generation, is_white)?, is_digit)
}

pub(super) fn is_of_type(dictionary: &Dictionary, name: &str) -> bool {
    dictionary.get("Type").and_then(Object::as_name).is_some_and(|found| *found == *name)
}

fn place(offset: u64) -> String {
    format!("byte {offset}")
}
