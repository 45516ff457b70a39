//! The objects of a document as of one revision.
//!
//! What it is for: every layer above reads the document through a view, so that what was signed and what came later
//! are the same code at two revisions.
//!
//! Invariant: an object is what the newest entry up to the revision says, or an error; it is never searched for.
//! Invariant: of an object nothing is read behind the revision that it stands in, nor behind that of the view: bytes that came later make
//! no object of what was none before.
//!
//! Nouns: [`View`].

mod pages;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, PoisonError};

use super::bytes::{Bytes, syntax};
use super::container::Container;
use super::document::Document;
use super::filter::{Filter, decode};
use super::lexer::{is_line_end, keyword};
use super::mention;
use super::object::{Dictionary, Object, Ref, Stream};
use super::parser::{self, Body, Indirect, stream_end};
use super::revision::{Revision, find};
use super::xref::XrefEntry;
use crate::error::{Error, ErrorKind, Result};

/// How many references may lead from one to the next. Real files have none that lead to a reference.
const REFERENCES: usize = 32;

/// A document as of one of its revisions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'d> {
    document: &'d Document<'d>,
    revision: usize,
}

/// An object with the bytes that it takes in the file.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) object: Object,
    pub(crate) range: Range<u64>,
    pub(crate) length: Length,
}

/// Whether the data of a stream ends where its `/Length` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Right,
    /// The data was taken up to the first `endstream`.
    Wrong,
}

impl<'d> View<'d> {
    pub(super) fn new(document: &'d Document<'d>, revision: usize) -> Self {
        Self { document, revision }
    }

    pub(crate) fn document(&self) -> &'d Document<'d> {
        self.document
    }

    /// The index of its revision, counted from 0.
    pub(crate) fn revision(&self) -> usize {
        self.revision
    }

    /// The trailer of its revision.
    pub(crate) fn trailer(&self) -> &'d Dictionary {
        const NONE: &Dictionary = &Dictionary::new();
        self.document.revisions().get(self.revision).map_or(NONE, |revision| &revision.trailer)
    }

    /// Whether its revision is encrypted (7.6).
    pub(crate) fn is_encrypted(&self) -> bool {
        self.trailer().get("Encrypt").is_some()
    }

    /// The catalog (7.7.2).
    pub(crate) fn catalog(&self) -> Result<(Ref, Arc<Dictionary>)> {
        let is_latest = self.revision.saturating_add(1) == self.document.revisions().len();
        if let Some(known) = self.document.latest_catalog().get().filter(|_| is_latest) {
            return Ok(known.clone());
        }
        let read = self.read_catalog()?;
        Ok(if is_latest { self.document.latest_catalog().get_or_init(|| read).clone() } else { read })
    }

    fn read_catalog(&self) -> Result<(Ref, Arc<Dictionary>)> {
        let root = self.trailer().get("Root").and_then(Object::as_reference);
        let root = root.ok_or_else(|| Error::new(ErrorKind::Syntax, "the trailer has no /Root"))?;
        match self.get(root)? {
            Object::Dictionary(catalog) => Ok((root, Arc::new(catalog))),
            _ => Err(Error::new(ErrorKind::Syntax, "the catalog is missing or no dictionary").at(root)),
        }
    }

    /// Where an object is; nothing if no revision up to this one says, or of another generation.
    pub(crate) fn location(&self, id: Ref) -> Option<XrefEntry> {
        let (_, entry) = self.document.history(id.number, self.revision)?;
        let generation = match entry {
            XrefEntry::Free => return Some(entry),
            XrefEntry::InFile { generation, .. } => generation,
            XrefEntry::InStream { .. } => 0,
        };
        Some(entry).filter(|_| generation == id.generation)
    }

    /// An object, `Null` if it does not exist (7.3.10).
    pub(crate) fn get(&self, id: Ref) -> Result<Object> {
        self.location(id).map_or(Ok(Object::Null), |entry| self.at(id, entry))
    }

    /// The object of this number, whatever its generation.
    pub(super) fn last_of(&self, number: u32) -> Result<Object> {
        match self.document.history(number, self.revision) {
            Some((_, entry @ XrefEntry::InFile { generation, .. })) => self.at(Ref { number, generation }, entry),
            Some((_, entry)) => self.at(Ref { number, generation: 0 }, entry),
            None => Ok(Object::Null),
        }
    }

    /// The object that `entry`, one for `id`, leads to.
    pub(crate) fn at(&self, id: Ref, entry: XrefEntry) -> Result<Object> {
        match entry {
            XrefEntry::Free => Ok(Object::Null),
            XrefEntry::InFile { offset, .. } => {
                self.placed(id, offset).and_then(|placed| self.document.security().decrypted(id, placed.object))
            }
            XrefEntry::InStream { stream, index } => self.member(id, stream, index),
        }
        .map_err(|error| error.at(id))
    }

    /// Whether what `entry` leads to is spelled so plainly that what it refers to can be said without reading it; `mentioned` then holds
    /// the number of every object that it refers to, as often as it does. Streams never are.
    pub(crate) fn mentions(&self, id: Ref, entry: XrefEntry, mentioned: &mut Vec<u32>) -> Result<bool> {
        let limits = self.document.limits();
        match entry {
            XrefEntry::InFile { offset, .. } => {
                let bytes = self.document.bytes();
                let end = offset.saturating_add(self.document.window(offset)).min(self.bound(offset)?);
                let window = bytes.look(offset.min(end)..end)?;
                Ok(mention::indirect(&window, limits, mentioned) == Some(id))
            }
            XrefEntry::InStream { stream, index } => {
                let container = self.containing(stream)?;
                container.mentions(id.number, index, limits, mentioned)
            }
            XrefEntry::Free => Ok(false),
        }
    }

    /// Whether an object can be read, and the data of a stream ends where it says.
    pub(in crate::pdf) fn examine(&self, id: Ref) -> Result<Length> {
        let Some(XrefEntry::InFile { offset, .. }) = self.location(id) else {
            return self.get(id).map(|_| Length::Right);
        };
        let placed = self.placed(id, offset).map_err(|error| error.at(id))?;
        self.document.security().decrypted(id, placed.object).map(|_| placed.length)
    }

    /// An object, or what the reference that it is leads to.
    pub(crate) fn resolve<'o>(&self, object: &'o Object) -> Result<Cow<'o, Object>> {
        let Object::Reference(first) = object else { return Ok(Cow::Borrowed(object)) };
        let mut id = *first;
        for _ in 0..REFERENCES {
            match self.get(id)? {
                Object::Reference(next) => id = next,
                object => return Ok(Cow::Owned(object)),
            }
        }
        Err(Error::new(ErrorKind::Syntax, "references lead in a circle").at(first))
    }

    /// The resolved value of a key, `Null` if it is absent.
    pub(crate) fn entry(&self, dictionary: &Dictionary, key: &str) -> Result<Object> {
        self.look(dictionary, key).map(Cow::into_owned)
    }

    /// As [`entry`](Self::entry), without a copy where the value stands in the dictionary itself.
    pub(crate) fn look<'o>(&self, dictionary: &'o Dictionary, key: &str) -> Result<Cow<'o, Object>> {
        self.resolve(dictionary.get(key).unwrap_or(&Object::Null))
    }

    /// The decoded data of a stream. What it expands beyond 16 times counts against the budget of the file, so that
    /// reading the same bomb again and again ends, and reading real streams again does not.
    pub(crate) fn stream_data(&self, stream: &Stream) -> Result<Vec<u8>> {
        let raw = stream.data.end.saturating_sub(stream.data.start);
        let (data, made) = self.decoded(stream)?;
        match made.saturating_sub(raw.saturating_mul(16)) {
            0 => Ok(data),
            expanded => self.document.bytes().charge(expanded).map(|()| data),
        }
    }

    /// The data of a stream as it stands in the file, encrypted or not.
    pub(crate) fn raw_stream_data(&self, stream: &Stream) -> Result<Vec<u8>> {
        self.document.read(stream.data.clone())
    }

    /// The largest object number that is in use or that a believable `/Size` allows.
    pub(crate) fn max_object_number(&self) -> u32 {
        let revisions = self.document.revisions().iter().take(self.revision.saturating_add(1));
        let most = self.document.limits().objects;
        let number = |revision: &Revision| {
            let size = revision.trailer.get("Size").and_then(Object::as_integer);
            let by_size =
                size.and_then(|size| u32::try_from(size.checked_sub(1)?).ok()).filter(|number| *number <= most);
            by_size.max(revision.changed.last().map(|(number, _)| *number))
        };
        revisions.filter_map(number).max().unwrap_or_default()
    }

    /// All objects that exist, by number.
    pub(crate) fn live_objects(&self) -> impl Iterator<Item = Ref> + use<'d> {
        self.live_entries().map(|(id, _)| id)
    }

    /// All objects that exist, by number, and where each is: in one walk over what all revisions say, without a search for each.
    pub(crate) fn live_entries(&self) -> impl Iterator<Item = (Ref, XrefEntry)> + use<'d> {
        let (document, own) = (self.document, self.revision);
        let mut walks: Vec<_> = document.revisions().iter().map(|revision| revision.changed.iter()).collect();
        let histories = document.index().chunk_by(|left, right| left.0 == right.0);
        histories.filter_map(move |history| {
            let (number, _) = *history.first()?;
            let revisions = history.iter().map_while(|(_, at)| usize::try_from(*at).ok().filter(|at| *at <= own));
            let entry =
                walks.get_mut(revisions.last()?)?.find(|(found, _)| *found == number).map(|(_, entry)| *entry)?;
            match entry {
                XrefEntry::Free => None,
                XrefEntry::InFile { generation, .. } => Some((Ref { number, generation }, entry)),
                XrefEntry::InStream { .. } => Some((Ref { number, generation: 0 }, entry)),
            }
        })
    }

    /// The object that stands at `offset`, which must be `id`; its strings are as they stand there, encrypted or not.
    pub(crate) fn placed(&self, id: Ref, offset: u64) -> Result<Placed> {
        let (object, start, end) = self.indirect(offset)?;
        if object.id != id {
            return Err(syntax(offset, format!("{} stands where the cross-reference places {id}", object.id)));
        }
        let (object, end, length) = match object.body {
            Body::Value(object) => (object, end, Length::Right),
            Body::Stream(dictionary) => {
                let length = self.length(&dictionary);
                let (data, end, length) = self.data(end, length)?;
                (Object::Stream(Box::new(Stream { id, dictionary, data })), end, length)
            }
        };
        Ok(Placed { object, range: start..end, length })
    }

    /// The object that stands at `offset`, where it starts, and its end or that of its dictionary.
    fn indirect(&self, offset: u64) -> Result<(Indirect, u64, u64)> {
        let bytes = self.document.bytes();
        let mut cursor = bytes.cursor(offset..self.bound(offset)?, self.document.window(offset));
        let long_lists = self.document.long_lists();
        let object = cursor.parse(|window, base| parser::indirect_among(long_lists, window, base, bytes.limits()));
        let end = if object.is_ok() { cursor.offset() } else { cursor.reach() };
        self.document.charge_overlap(offset..end)?;
        Ok((object?, offset, end))
    }

    /// Where the revision ends that an object at `offset` stands in.
    fn bound(&self, offset: u64) -> Result<u64> {
        if offset >= self.document.len() {
            return Err(syntax(offset, "the object lies behind the end of the file"));
        }
        let revisions = self.document.revisions();
        let at = revisions.partition_point(|revision| revision.end() <= offset);
        let own = revisions.get(at).filter(|_| at <= self.revision);
        own.map(Revision::end).ok_or_else(|| syntax(offset, "the object lies behind the end of its revision"))
    }

    /// Whether what `entry` leads to cannot be read only because it would go on, or begin, behind where it has to end: readers that look at
    /// the whole file may see an object there.
    pub(crate) fn reaches_out(&self, entry: XrefEntry) -> bool {
        let location = match entry {
            XrefEntry::InStream { stream, .. } => self.location(Ref { number: stream, generation: 0 }),
            own => Some(own),
        };
        let Some(XrefEntry::InFile { offset, .. }) = location else { return false };
        let Ok(bound) = self.bound(offset) else { return offset < self.document.len() };
        let bytes = self.document.bytes();
        let mut cursor = bytes.cursor(offset..bytes.len(), self.document.window(offset));
        let object = cursor.parse(|window, base| parser::indirect(window, base, bytes.limits()));
        let end = if object.is_ok() { cursor.offset() } else { cursor.reach() };
        let is_charged = self.document.charge_overlap(offset..end).is_ok();
        match object.map(|object| object.body) {
            _ if !is_charged => true,
            Ok(_) if end > bound => true,
            Ok(Body::Stream(dictionary)) => self.data(end, self.length(&dictionary)).is_err(),
            _ => false,
        }
    }

    /// Where data that starts at `start` ends, where its object ends, and whether `length` is right.
    fn data(&self, start: u64, length: Option<u64>) -> Result<(Range<u64>, u64, Length)> {
        let (bytes, bound) = (self.document.bytes(), self.bound(start)?);
        if let Some(end) = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= bytes.len()) {
            let mut cursor = bytes.cursor(end..bytes.len(), 64);
            if cursor.lex(stream_end).is_ok() {
                if cursor.offset() > bound {
                    return Err(syntax(start, "the stream reaches into a later revision"));
                }
                return Ok((start..end, cursor.offset(), Length::Right));
            }
        }
        let found = endstream(bytes, start..bound);
        if found.is_err() {
            self.document.charge_overlap(start..bound)?;
        }
        let (data_end, place) = found?;
        let mut cursor = bytes.cursor(place..bound, 64);
        cursor.lex(keyword("endstream"))?;
        cursor.lex(keyword("endobj"))?;
        self.document.charge_overlap(start..cursor.offset())?;
        Ok((start..data_end, cursor.offset(), Length::Wrong))
    }

    /// `/Length`, if it is there and can be read.
    fn length(&self, dictionary: &Dictionary) -> Option<u64> {
        let length = match dictionary.get("Length")? {
            Object::Reference(id) => match self.location(*id)? {
                XrefEntry::InStream { stream, index } => self.member(*id, stream, index).ok()?,
                _ => return self.plain_length(dictionary),
            },
            direct => direct.clone(),
        };
        u64::try_from(length.as_integer()?).ok()
    }

    /// `/Length`, if it is direct or an object of its own: that of an object stream must not lie in another (7.5.7),
    /// which would be a recursion.
    fn plain_length(&self, dictionary: &Dictionary) -> Option<u64> {
        let length = match dictionary.get("Length")? {
            Object::Reference(id) => match self.location(*id)? {
                XrefEntry::InFile { offset, .. } => match self.indirect(offset).ok()? {
                    (Indirect { id: found, body: Body::Value(length) }, ..) if found == *id => length,
                    _ => return None,
                },
                _ => return None,
            },
            direct => direct.clone(),
        };
        u64::try_from(length.as_integer()?).ok()
    }

    /// A member of an object stream. The stream itself is as of this view too.
    fn member(&self, id: Ref, stream: u32, index: u32) -> Result<Object> {
        self.containing(stream)?.object(id.number, index, self.document.limits())
    }

    /// The object stream of this number.
    fn containing(&self, stream: u32) -> Result<Arc<Container>> {
        let stream = Ref { number: stream, generation: 0 };
        match self.location(stream) {
            Some(XrefEntry::InFile { offset, .. }) => self.container(stream, offset),
            _ => Err(Error::new(ErrorKind::Syntax, format!("its object stream, {stream}, does not exist"))),
        }
    }

    /// The object numbers of the members of the object stream `id`, which stands at `offset`.
    pub(in crate::pdf) fn members(&self, id: Ref, offset: u64) -> Result<Vec<u32>> {
        self.container(id, offset).map(|container| container.numbers().collect())
    }

    fn container(&self, id: Ref, offset: u64) -> Result<Arc<Container>> {
        // The map is never left half changed, so that a panic elsewhere does not matter.
        let cache = || self.document.containers().lock().unwrap_or_else(PoisonError::into_inner);
        self.bound(offset)?;
        if let Some(container) = cache().get(&offset) {
            return Ok(Arc::clone(container));
        }
        let (object, _, start) = self.indirect(offset)?;
        let Body::Stream(dictionary) = object.body else { return Err(syntax(offset, "no object stream")) };
        if object.id != id {
            return Err(syntax(offset, format!("{} stands where the cross-reference places {id}", object.id)));
        }
        let (data, _, _) = self.data(start, self.plain_length(&dictionary))?;
        let stream = Stream { id, dictionary, data };
        let (data, made) = self.decoded(&stream)?;
        self.document.bytes().charge(made)?;
        let container = Arc::new(Container::new(&stream.dictionary, data, self.document.limits())?);
        cache().insert(offset, Arc::clone(&container));
        Ok(container)
    }

    /// The decoded data, and how many bytes all filters together made.
    fn decoded(&self, stream: &Stream) -> Result<(Vec<u8>, u64)> {
        let limits = self.document.limits();
        let resolve = |object: &Object| self.plain(object);
        let mut chain = Filter::chain(&stream.dictionary, limits.filters, &resolve)?;
        let data = self.document.security().decrypted_data(stream, &mut chain, self.raw_stream_data(stream)?)?;
        let most = limits.stream_bytes.min(self.document.bytes().budget());
        decode(data, &chain, most)
    }

    /// A value that may not lie in an object stream, as it stands in the file: a filter or its parameters, since object streams have such
    /// (no recursion), and what encryption says of itself.
    pub(super) fn plain(&self, object: &Object) -> Result<Object> {
        let Object::Reference(id) = object else { return Ok(object.clone()) };
        match self.location(*id) {
            Some(XrefEntry::InFile { offset, .. }) => match self.indirect(offset)?.0.body {
                Body::Value(value) => Ok(value),
                Body::Stream(_) => Err(syntax(offset, "a value that is needed to read others is no stream")),
            },
            Some(XrefEntry::InStream { .. }) => {
                Err(Error::new(ErrorKind::Unsupported, "what is needed to read streams lies in an object stream")
                    .at(id))
            }
            _ => Ok(Object::Null),
        }
    }
}

/// The first `endstream` in `range`: where it stands, and where the line end before it does.
pub(in crate::pdf) fn endstream(bytes: &Bytes<'_>, range: Range<u64>) -> Result<(u64, u64)> {
    const MOST: u64 = 64 << 10;
    let start = range.start;
    let most = range.end.min(start.saturating_add(bytes.limits().stream_bytes));
    // Most are short, and a file may have many of them: what is read is in proportion to what is looked through.
    let (mut from, mut step) = (start, 1 << 10);
    while from < most {
        // Windows overlap by the keyword and a line end.
        let to = most.min(from.saturating_add(step));
        step = step.saturating_mul(2).min(MOST);
        let window = bytes.read(from..to)?;
        if let Some(at) = find(&window, b"endstream", 0) {
            let before = window.get(..at).unwrap_or_default();
            let line_end = match before {
                [.., b'\r', b'\n'] => 2,
                [.., last] if is_line_end(*last) => 1,
                _ => 0,
            };
            let place = from.saturating_add(parser::offset(at));
            return Ok((place.saturating_sub(line_end), place));
        }
        from = if to == most { most } else { to.saturating_sub(11) };
    }
    Err(syntax(start, "the stream does not end"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::sample::Sample;

    fn id(number: u32) -> Ref {
        Ref { number, generation: 0 }
    }

    #[test]
    fn values_stand_where_their_spans_say() {
        let bytes = Sample::one_page().object(4, "<</A 1 /Contents  <41 42>/B[0 1]>>").table("/Root 1 0 R").bytes;
        let document = Document::open(&bytes).unwrap();
        let Object::Dictionary(dictionary) = document.latest().get(id(4)).unwrap() else { panic!() };
        let span = dictionary.entry("Contents").and_then(|entry| entry.span.clone()).unwrap();
        assert_eq!(document.read(span).unwrap(), b"<41 42>");
    }

    #[test]
    fn lengths_may_be_elsewhere_or_wrong() {
        let sample = Sample::one_page().object(5, "4").object(6, "9").object(7, "(x)");
        let sample = sample.object(10, "<</Length 5 0 R>>\nstream\nDATA\nendstream");
        let sample = sample.object(11, "<</Length 6 0 R>>\nstream\nDATA\r\nendstream");
        let sample =
            sample.object(12, "<</Length 7 0 R>>\nstream\nDATAendstream").object(13, "<<>>\nstream\n\nendstream");
        let bytes = sample.table("/Root 1 0 R").bytes;
        let document = Document::open(&bytes).unwrap();
        let view = document.latest();
        for (number, data) in [(10, "DATA"), (11, "DATA"), (12, "DATA"), (13, "")] {
            let Object::Stream(stream) = view.get(id(number)).unwrap() else { panic!() };
            assert_eq!(view.stream_data(&stream).unwrap(), data.as_bytes(), "{number}");
        }
    }

    #[test]
    fn references_end_and_generations_count() {
        let sample = Sample::one_page().object(4, "5 0 R").object(5, "4 0 R").object(6, "7 0 R").object(7, "(x)");
        let bytes = sample.table("/Root 1 0 R").bytes;
        let document = Document::open(&bytes).unwrap();
        let view = document.latest();
        assert!(view.resolve(&Object::Reference(id(4))).is_err());
        assert!(view.resolve(&Object::Reference(id(6))).unwrap().as_string().is_some());
        assert_eq!(view.get(Ref { number: 6, generation: 1 }).unwrap(), Object::Null);
        assert_eq!(view.get(id(99)).unwrap(), Object::Null);
    }

    #[test]
    fn objects_are_where_the_cross_reference_says_or_nowhere() {
        let sample = Sample::one_page();
        let place = sample.offset();
        let sample = sample.object(14, "(x)").entry(6, place).entry(7, place + 3).entry(5, 9_999_999);
        let bytes = sample.table("/Root 1 0 R").bytes;
        let document = Document::open(&bytes).unwrap();
        for number in 5..=7 {
            assert_eq!(document.latest().get(id(number)).unwrap_err().kind(), ErrorKind::Syntax, "{number}");
        }
    }

    #[test]
    fn object_streams_that_hold_each_other_are_no_recursion() {
        let sample = Sample::one_page().stream(5, "/Type/ObjStm/N 1/First 4/Extends 5 0 R", b"6 0 60");
        let sample = sample.xref_stream(8, "/Root 1 0 R", &[(6, 7, 0), (7, 6, 0), (9, 5, 3)]);
        let document = Document::open(&sample.bytes).unwrap();
        for number in [6, 7, 9] {
            assert_eq!(document.latest().get(id(number)).unwrap_err().kind(), ErrorKind::Syntax);
        }
    }

    #[test]
    fn page_trees_are_walked_within_bounds() {
        let tree = |kids: &str, four: &str| {
            let sample = Sample::new().object(1, "<</Pages 2 0 R>>").object(2, &format!("<</Kids[{kids}]/Rotate 90>>"));
            sample.object(3, "<</Parent 2 0 R>>").object(4, four).table("/Root 1 0 R").bytes
        };
        let bytes = tree("4 0 R", "<</Kids[3 0 R 1 0 R]>>");
        let document = Document::open(&bytes).unwrap();
        let pages: Vec<_> = document.latest().pages().unwrap().map(|page| page.unwrap().0).collect();
        assert_eq!(pages, [id(3), id(1)]);
        let (first, page) = document.latest().first_page().unwrap();
        assert_eq!(first, id(3));
        assert_eq!(document.latest().inherited(&page, "Rotate").unwrap(), Object::Integer(90));
        for (kids, four) in
            [("4 0 R", "<</Kids[2 0 R]>>"), ("4 0 R", "<</Kids[4 0 R]>>"), ("<<>>", "1"), ("9 0 R", "1")]
        {
            let bytes = tree(kids, four);
            assert!(Document::open(&bytes).unwrap().latest().first_page().is_err(), "{kids}");
        }
    }
}
