//! A PDF file, opened where it lies.
//!
//! What it is for: header, end, revisions, and the objects as of each revision (ISO 32000-2, 7.5).
//!
//! Invariant: opening reads the end of the file and its cross-reference sections, nothing else; no repair mode.
//! Invariant: offsets are bytes from the start of the file, whatever stands before the header.
//!
//! Nouns: [`Document`]; [`Revision`] and [`View`] come out of it.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

use super::bytes::Bytes;
use super::container::Container;
use super::parser::offset;
use super::revision::{self, Ending, Revision};
use super::source::Source;
use super::view::View;
use super::xref::{self, Section, XrefEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// How far from the start of the file the header may stand; what other readers accept (ISO 32000-1, annex H.3, note 13).
const HEAD: u64 = 1024;
/// How far from the end of the file `startxref` may stand. Others look through 1024 bytes or a little more (annex H.3, note 18);
/// mail gateways append more, and what stands behind the end is reported anyway.
const TAIL: u64 = 4096;

/// A PDF file and its revisions.
///
/// It reads from its source when asked, and keeps decoded object streams only. The source must not change meanwhile.
pub struct Document<'a> {
    bytes: Bytes<'a>,
    /// What all offsets in the file lack.
    shift: u64,
    revisions: Vec<Revision>,
    /// Object number and revision index of every entry, ascending: the history of each object without a map for each revision.
    index: Vec<(u32, u32)>,
    /// Object streams by where they stand.
    containers: Mutex<HashMap<u64, Arc<Container>>>,
    /// Every offset at which some revision places an object, ascending; made when first wanted.
    places: OnceLock<Vec<u64>>,
}

impl<'a> Document<'a> {
    /// Opens a document within the default [`Limits`].
    ///
    /// # Errors
    /// [`ErrorKind::NotPdf`] if it is no PDF or is cut off, [`ErrorKind::Syntax`] with the byte where its cross-reference
    /// structure is broken, [`ErrorKind::Limit`] if it asks for more than the limits allow, [`ErrorKind::Io`] if the source
    /// fails.
    pub fn open(source: impl Source + 'a) -> Result<Self> {
        Self::open_with(source, Limits::default())
    }

    /// Opens a document within given limits.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(source: impl Source + 'a, limits: Limits) -> Result<Self> {
        let bytes = Bytes::new(Box::new(source), limits)?;
        let header = header(&bytes)?;
        let last = last(&bytes)?;
        let shift = shift(&bytes, header, last.pointer);
        let sections = xref::chain(&bytes, last.pointer, shift)?;
        let revisions = revision::cut(&bytes, sections, shift, last)?;
        let index = index(&revisions);
        let (containers, places) = (Mutex::default(), OnceLock::new());
        Ok(Self { bytes, shift, revisions, index, containers, places })
    }

    /// The length of the file in bytes.
    #[allow(clippy::len_without_is_empty, reason = "an empty file cannot be opened")]
    pub fn len(&self) -> u64 {
        self.bytes.len()
    }

    /// Its revisions, oldest first; there is at least one.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Whether its last revision is encrypted (7.6).
    pub fn is_encrypted(&self) -> bool {
        self.latest().trailer().get("Encrypt").is_some()
    }

    /// What stands behind the last revision: nothing, in a sound file. In bytes from the start of the file.
    pub(crate) fn trailing(&self) -> Range<u64> {
        let end = self.revisions.last().map_or(0, Revision::end);
        end..self.len().max(end)
    }

    /// The objects as of a revision, counted from 0; the last one for any larger index.
    pub(crate) fn view(&self, revision: usize) -> View<'_> {
        View::new(self, revision.min(self.revisions.len().saturating_sub(1)))
    }

    /// The objects as of the last revision.
    pub(crate) fn latest(&self) -> View<'_> {
        self.view(usize::MAX)
    }

    /// What all offsets that are written in the file lack: 0, unless bytes stand before the header.
    pub(crate) fn shift(&self) -> u64 {
        self.shift
    }

    pub(crate) fn source(&self) -> &dyn Source {
        self.bytes.source()
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.bytes.limits()
    }

    /// The bytes of `range`, at most [`Limits::stream_bytes`].
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Vec<u8>> {
        self.bytes.read(range)
    }

    pub(super) fn bytes(&self) -> &Bytes<'a> {
        &self.bytes
    }

    pub(super) fn containers(&self) -> &Mutex<HashMap<u64, Arc<Container>>> {
        &self.containers
    }

    /// What was known of an object at a revision (index from 0), and since which.
    pub(crate) fn history(&self, number: u32, revision: usize) -> Option<(usize, XrefEntry)> {
        let revision = u32::try_from(revision).unwrap_or(u32::MAX);
        let behind = self.index.partition_point(|item| *item <= (number, revision));
        let (found, since) = *self.index.get(behind.checked_sub(1)?)?;
        let since = usize::try_from(since).ok().filter(|_| found == number)?;
        Some((since, self.revisions.get(since)?.entry(number)?))
    }

    /// Object number and revision index of every entry, ascending.
    pub(super) fn index(&self) -> &[(u32, u32)] {
        &self.index
    }

    /// Charges what an object takes beyond the place where another begins. Only hostile files have such objects, and
    /// could otherwise make every one of many objects as long as the file.
    pub(super) fn charge_overlap(&self, range: Range<u64>) -> Result<()> {
        if range.end.saturating_sub(range.start) <= 4096 {
            return Ok(());
        }
        let places = self.places.get_or_init(|| {
            let entries = self.revisions.iter().flat_map(|revision| &revision.changed);
            let mut places: Vec<u64> = entries
                .filter_map(|(_, entry)| match entry {
                    XrefEntry::InFile { offset, .. } => Some(*offset),
                    _ => None,
                })
                .collect();
            places.sort_unstable();
            places.dedup();
            places
        });
        match places.get(places.partition_point(|place| *place <= range.start)) {
            Some(next) if *next < range.end => self.bytes.charge(range.end.saturating_sub(*next)),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("len", &self.len()).field("revisions", &self.revisions.len()).finish()
    }
}

/// Where `%PDF-` stands.
fn header(bytes: &Bytes<'_>) -> Result<u64> {
    let head = bytes.read(0..bytes.len().min(HEAD))?;
    let not_pdf = || match head.is_empty() {
        true => Error::new(ErrorKind::NotPdf, "the file is empty"),
        false => Error::new(ErrorKind::NotPdf, "the file is no PDF: no %PDF- in its first 1024 bytes")
            .advise("check that this is the PDF itself and not, say, an error page or an archive"),
    };
    revision::find(&head, b"%PDF-", 0).map(offset).ok_or_else(not_pdf)
}

/// The last `startxref` of the file.
fn last(bytes: &Bytes<'_>) -> Result<Ending> {
    let start = bytes.len().saturating_sub(TAIL);
    let tail = bytes.read(start..bytes.len())?;
    let mut from = 0;
    let mut found = None;
    while let Some(at) = revision::find(&tail, b"startxref", from) {
        found = Some(at);
        from = at.saturating_add(1);
    }
    let cut_off = || {
        Error::new(ErrorKind::NotPdf, "the PDF is cut off: it does not end in startxref, an offset and %%EOF")
            .advise("fetch the file again")
    };
    let at = found.ok_or_else(cut_off)?;
    let mut cursor = bytes.cursor(start.saturating_add(offset(at))..bytes.len(), TAIL);
    let pointer = cursor.lex(revision::ending).map_err(|error| cut_off().because(error))?;
    Ok(Ending { pointer, end: cursor.offset() })
}

/// What all offsets in the file lack: nothing, or, where the header does not stand at byte 0, the header's offset.
///
/// The standard counts from the header (7.5.2, note), many writers and readers from the first byte. One rule decides for the whole
/// file: if a section stands where `startxref` points, counted from byte 0, all offsets count from there, else from the header.
fn shift(bytes: &Bytes<'_>, header: u64, pointer: u64) -> u64 {
    match header > 0 && Section::read(bytes, pointer, 0, usize::MAX).is_err() {
        true => header,
        false => 0,
    }
}

fn index(revisions: &[Revision]) -> Vec<(u32, u32)> {
    let numbered = (0u32..).zip(revisions);
    let items = numbered.flat_map(|(at, revision)| revision.changed.iter().map(move |(number, _)| (*number, at)));
    let mut index: Vec<_> = items.collect();
    index.sort_unstable();
    index
}
