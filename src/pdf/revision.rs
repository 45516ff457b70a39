//! Revisions: what was saved at one time (ISO 32000-2, 7.5.6).
//!
//! What it is for: cutting the chain of cross-reference sections into the saves that made them, oldest first, each with
//! the place where it ends and the objects that it defines or frees.
//!
//! Invariant: revisions stand one behind the other in the file; a chain that jumps is refused.
//!
//! Nouns: [`Revision`].

use std::ops::Range;

use nom::Parser;
use nom::bytes::streaming::{tag, take_while};
use nom::combinator::opt;

use super::bytes::{Bytes, syntax};
use super::lexer::{Fault, Lexed, digits, is_white};
use super::object::{Dictionary, Object};
use super::parser::{self, Body};
use super::xref::{Lines, Section, XrefEntry, XrefStyle};
use crate::error::Result;

/// How far behind a section its `startxref` is looked for, should anything stand between. Nothing should.
const REACH: u64 = 64 << 10;
/// How long an ending may be. Others look for it among the last 1024 bytes (annex H.3, note 18), and where they do not find it, they make up a
/// document of their own from whatever looks like an object: nobody is to bring that about behind what was signed.
const ENDING: usize = 512;

/// One save of a document: its first version, or what was appended later.
#[derive(Clone, Debug)]
pub struct Revision {
    pub(crate) number: usize,
    pub(crate) range: Range<u64>,
    /// Where each section and its trailer stand, the one that counts first; the streams of hybrid files too.
    pub(crate) sections: Vec<Range<u64>>,
    pub(crate) style: XrefStyle,
    /// Of all its tables.
    pub(crate) lines: Lines,
    /// Of the section that `startxref` points to.
    pub(crate) trailer: Dictionary,
    /// Where the section stands to which `startxref` points.
    pub(crate) startxref: u64,
    /// What it says about objects, by object number.
    pub(crate) changed: Vec<(u32, XrefEntry)>,
    /// Objects that it places twice, differently: readers of different age see different documents.
    pub(crate) conflicts: Vec<u32>,
}

impl Revision {
    /// Counted from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Where it starts: the end of the revision before, or 0. In bytes from the start of the file.
    pub fn start(&self) -> u64 {
        self.range.start
    }

    /// Where it ends: just behind its `%%EOF` and the line end there, if any. In bytes from the start of the file: the
    /// first `end` bytes of the file are the document as this revision left it.
    pub fn end(&self) -> u64 {
        self.range.end
    }

    /// What this revision itself says about an object.
    pub(crate) fn entry(&self, number: u32) -> Option<XrefEntry> {
        let index = self.changed.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.changed.get(index).map(|(_, entry)| *entry)
    }
}

/// The start of a file: where its header stands, and what all offsets in the file lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) offset: u64,
    pub(crate) shift: u64,
}

/// The end of a file, as its last bytes tell: where `startxref` points, and the first byte behind `%%EOF` and its line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) pointer: u64,
    pub(crate) end: u64,
}

/// Cuts sections, newest first, into revisions, oldest first.
///
/// A section without a `startxref` of its own belongs to the save that made the next one: so does Acrobat write the table and the
/// stream of a hybrid file.
pub(crate) fn cut(bytes: &Bytes<'_>, mut sections: Vec<Section>, head: Head, last: Ending) -> Result<Vec<Revision>> {
    sections.reverse();
    let mut revisions: Vec<Revision> = Vec::new();
    let mut parts: Vec<Section> = Vec::new();
    let mut sections = sections.into_iter().peekable();
    while let Some(section) = sections.next() {
        let start = revisions.last().map_or(0, Revision::end).max(parts.first().map_or(0, |part| part.end));
        if section.offset < start {
            return Err(syntax(section.offset, "a cross-reference section lies inside an earlier revision"));
        }
        let tail = section.end;
        let first_page = match sections.peek() {
            // Of a linearized file the first page's section counts first, and stands first (annex F.3.7).
            Some(next) if next.offset < section.offset && start == 0 && is_linearized(bytes, head.offset) => {
                sections.next()
            }
            Some(next) if next.offset < tail => {
                return Err(syntax(next.offset, "/Prev points forward: the revisions do not follow each other"));
            }
            _ => None,
        };
        parts.insert(0, section);
        parts.splice(0..0, first_page);
        let own = parts.first().map_or(0, |part| part.offset);
        let bound = sections.peek().map_or(bytes.len(), |next| next.offset);
        let end = match end(bytes, own, tail..bound, head.shift)? {
            None if sections.peek().is_some() => continue,
            found => found.unwrap_or(last.end),
        };
        let start = revisions.last().map_or(0, Revision::end);
        if let Some(late) = parts.iter().filter_map(|part| part.hidden.as_ref()).find(|hidden| hidden.end > end) {
            return Err(syntax(late.offset, "a cross-reference stream of a hybrid file stands behind its revision"));
        }
        revisions.push(revision(revisions.len().saturating_add(1), start..end, std::mem::take(&mut parts)));
    }
    Ok(revisions)
}

/// As [`cut`], of the sections of `known` and one more behind them, without reading those again; `known` is not shifted. None where the
/// last of `known` has more than one section, or `section` does not follow right behind: then they are to be cut together.
pub(crate) fn continued(
    bytes: &Bytes<'_>,
    known: &[Revision],
    section: Section,
    last: Ending,
) -> Option<Vec<Revision>> {
    let before = known.last()?;
    let [only] = before.sections.as_slice() else { return None };
    let follows = section.previous().ok()? == Some(before.startxref) && section.offset >= before.end();
    let is_hybrid = section.trailer.get("XRefStm").is_some();
    let is_same_end = end(bytes, before.startxref, only.end..section.offset, 0).ok()? == Some(before.end());
    if !follows || is_hybrid || !is_same_end {
        return None;
    }
    let end = end(bytes, section.offset, section.end..bytes.len(), 0).ok()?.unwrap_or(last.end);
    let next = revision(known.len().saturating_add(1), before.end()..end, vec![section]);
    Some(known.iter().cloned().chain([next]).collect())
}

/// `startxref`, an offset, `%%EOF` and its line end (7.5.5), within [`ENDING`] bytes.
pub(crate) fn ending(input: &[u8]) -> Lexed<'_, u64> {
    let white = || take_while(is_white);
    let (start, _) = white().parse(input)?;
    let (rest, _) = tag(&b"startxref"[..]).parse(start)?;
    let (rest, pointer) = digits(rest)?;
    let (rest, _) = (white(), tag(&b"%%EOF"[..]), opt(tag(&b"\r"[..])), opt(tag(&b"\n"[..]))).parse(rest)?;
    match start.len().saturating_sub(rest.len()) <= ENDING {
        true => Ok((rest, pointer)),
        false => Fault::at(start, "startxref stands too far before its %%EOF"),
    }
}

/// The place of a keyword in `text`, from `from` on.
pub(crate) fn find(text: &[u8], keyword: &[u8], from: usize) -> Option<usize> {
    let first = *keyword.first()?;
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        at = at.checked_add(rest.iter().position(|byte| *byte == first)?)?;
        if text.get(at..)?.starts_with(keyword) {
            return Some(at);
        }
        at = at.checked_add(1)?;
    }
}

/// The end of the revision whose newest section stands at `section`: the first `startxref` in `range` that points there.
fn end(bytes: &Bytes<'_>, section: u64, range: Range<u64>, shift: u64) -> Result<Option<u64>> {
    let window = range.start..range.end.min(range.start.saturating_add(REACH));
    // Nearly always it stands right here, and the window need not be read.
    let mut cursor = bytes.cursor(window.clone(), 64);
    if let Ok(pointer) = cursor.lex(ending)
        && points(bytes, pointer.saturating_add(shift), section)?
    {
        return Ok(Some(cursor.offset()));
    }
    let text = bytes.look(window.start..window.end.max(window.start))?;
    let mut from = 0;
    while let Some(at) = find(&text, b"startxref", from) {
        let mut cursor = bytes.cursor(window.start.saturating_add(parser::offset(at))..window.end, 64);
        if let Ok(pointer) = cursor.lex(ending)
            && points(bytes, pointer.saturating_add(shift), section)?
        {
            return Ok(Some(cursor.offset()));
        }
        from = at.saturating_add(1);
    }
    Ok(None)
}

/// Whether a pointer means this section: nothing but white space may lie between.
fn points(bytes: &Bytes<'_>, pointer: u64, section: u64) -> Result<bool> {
    if pointer > section || section.saturating_sub(pointer) > 64 {
        return Ok(false);
    }
    Ok(bytes.look(pointer..section)?.iter().copied().all(is_white))
}

/// Whether the first object says so (annex F.3.3).
fn is_linearized(bytes: &Bytes<'_>, header: u64) -> bool {
    let mut cursor = bytes.cursor(header..header.saturating_add(4096), 1024);
    let first = cursor.parse(|window, base| parser::indirect(window, base, bytes.limits()));
    matches!(first.map(|first| first.body), Ok(Body::Value(Object::Dictionary(first))) if first.get("Linearized").is_some())
}

/// `parts` are newest first.
fn revision(number: usize, range: Range<u64>, parts: Vec<Section>) -> Revision {
    let style = parts.first().map_or(XrefStyle::Table, |part| part.style);
    let startxref = parts.first().map_or(0, |part| part.offset);
    let is_uneven = parts.iter().any(|part| part.lines == Lines::Uneven);
    let lines = if is_uneven { Lines::Uneven } else { Lines::Even };
    let mut sections = Vec::new();
    let mut changed = Vec::new();
    let mut trailer = None;
    for part in parts {
        let listed = |is_free| part.entries.iter().filter(move |(_, entry)| (*entry == XrefEntry::Free) == is_free);
        changed.reserve(part.entries.len());
        changed.extend(listed(false));
        sections.push(part.offset..part.end);
        // A hidden object is free in the table: the stream is asked before that counts (7.5.8.4).
        if let Some(hidden) = part.hidden {
            sections.push(hidden.offset..hidden.end);
            changed.extend(hidden.entries);
        }
        changed.extend(listed(true));
        trailer.get_or_insert(part.trailer);
    }
    changed.sort_by_key(|(number, _)| *number);
    let mut conflicts = Vec::new();
    changed.dedup_by(|(number, later), (first_number, first)| {
        let same = number == first_number;
        if same && *later != XrefEntry::Free && *first != XrefEntry::Free && later != first {
            conflicts.push(*number);
        }
        same
    });
    changed.shrink_to_fit();
    conflicts.dedup();
    let trailer = trailer.unwrap_or_default();
    Revision { number, range, sections, style, lines, trailer, startxref, changed, conflicts }
}
