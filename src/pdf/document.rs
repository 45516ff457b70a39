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
use super::hashing::Digests;
use super::long_list::LongList;
use super::object::{Dictionary, Ref};
use super::parser::offset;
use super::revision::{self, Ending, Head, Revision};
use super::security::{Credential, Security};
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
/// Where it stands in sound files.
const NEAR: u64 = 64;

/// A PDF file and its revisions.
///
/// It reads from its source when asked, and keeps decoded object streams only. The source must not change meanwhile.
pub struct Document<'a> {
    bytes: Bytes<'a>,
    /// What all offsets in the file lack.
    head: Head,
    revisions: Vec<Revision>,
    /// Object number and revision index of every entry, ascending: the history of each object without a map for each revision.
    index: Vec<(u32, u32)>,
    /// The catalog of the last revision, read when first wanted: nearly everything begins there.
    catalog: OnceLock<(Ref, Arc<Dictionary>)>,
    /// Object streams by where they stand.
    containers: Mutex<HashMap<u64, Arc<Container>>>,
    /// Every offset at which some revision places an object, ascending; made when first wanted.
    places: OnceLock<Vec<u64>>,
    /// The long lists that it writes again and again, once somebody wants all versions of them.
    long_lists: OnceLock<Vec<LongList>>,
    digests: Digests,
    security: Security,
    /// Every object stream, and the first revision (index) that places an object in it; made when first wanted.
    first_uses: OnceLock<HashMap<u32, usize>>,
    damage: Option<Damage>,
}

/// What keeps a file from being read as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    /// It is broken behind its last revision; with what is broken.
    Behind(String),
    /// Nothing says where its objects are: they were searched for, and there are no revisions to tell apart. In words.
    Lost(String),
}

/// What is known of a file before it is opened.
pub(super) struct Known<'k> {
    /// The file without its last revision.
    pub(super) base: Option<&'k Document<'k>>,
    pub(super) digests: Digests,
    pub(super) credential: Credential<'k>,
}

impl<'k> Known<'k> {
    /// Nothing but the password that may open it.
    pub(super) fn with(password: &'k [u8]) -> Self {
        Self { base: None, digests: Digests::default(), credential: Credential::Password(password) }
    }
}

impl<'a> Document<'a> {
    /// Opens a document within the default [`Limits`].
    ///
    /// An encrypted one is decrypted as it is read where the empty password opens it, and stays locked otherwise: see
    /// [`encryption`](Self::encryption) and [`unlock`](Self::unlock).
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
        Self::open_knowing(source, limits, Known::with(b""))
    }

    /// Opens a document of which something is known.
    pub(super) fn open_knowing(source: impl Source + 'a, limits: Limits, known: Known<'_>) -> Result<Self> {
        Self::open_strictly(source, limits, known).map_err(|error| match error.kind() {
            ErrorKind::Syntax if error.advice().is_none() => {
                error.advise("if nobody has signed the file yet, Document::repair may mend it")
            }
            _ => error,
        })
    }

    fn open_strictly(source: impl Source + 'a, limits: Limits, known: Known<'_>) -> Result<Self> {
        let bytes = Bytes::new(Box::new(source), limits)?;
        let last = last(&bytes);
        let continued = match (known.base, &last) {
            (Some(base), Ok(last)) => base.continued(&bytes, *last),
            _ => None,
        };
        let (head, revisions) = match continued {
            Some(continued) => continued,
            None => {
                let header = header(&bytes)?;
                history(&bytes, header, last?)?
            }
        };
        Self::assemble(bytes, head, revisions, known)
    }

    /// The document of revisions that were found.
    pub(super) fn assemble(bytes: Bytes<'a>, head: Head, revisions: Vec<Revision>, known: Known<'_>) -> Result<Self> {
        let mut document = Self {
            bytes,
            head,
            damage: None,
            index: index(&revisions),
            revisions,
            catalog: OnceLock::new(),
            containers: Mutex::default(),
            places: OnceLock::new(),
            long_lists: OnceLock::new(),
            first_uses: OnceLock::new(),
            security: Security::None,
            digests: known.digests,
        };
        let security = Security::read(document.latest(), known.credential)?;
        document.set_security(security);
        Ok(document)
    }

    /// A draft of what the file `bytes` is with these revisions, to be asked something, with a budget of its own.
    pub(super) fn draft(bytes: &'a Bytes<'_>, head: Head, revisions: Vec<Revision>, password: &[u8]) -> Result<Self> {
        let again = Bytes::new(Box::new(bytes.source()), bytes.limits().clone())?;
        Self::assemble(again, head, revisions, Known::with(password))
    }

    /// The revisions of the file `bytes` that ends in `last`, where it is this one and one more revision: without reading this one's
    /// sections again. None where that would not surely be what reading them all gives.
    fn continued(&self, bytes: &Bytes<'_>, last: Ending) -> Option<(Head, Vec<Revision>)> {
        let limits = bytes.limits();
        let is_behind = last.pointer >= self.len() && self.trailing().is_empty();
        let is_small = self.revisions.len() < limits.revisions / 2;
        if self.head != (Head { offset: 0, shift: 0 }) || !is_behind || !is_small {
            return None;
        }
        let most = usize::try_from(u64::from(limits.objects).min(bytes.len()) / 2).ok()?;
        let section = Section::read(bytes, last.pointer, 0, most.checked_sub(self.index.len())?).ok()?;
        let revisions = revision::continued(bytes, &self.revisions, section, last)?;
        Some((self.head, revisions))
    }

    /// The length of the file in bytes.
    #[allow(clippy::len_without_is_empty, reason = "an empty file cannot be opened")]
    pub fn len(&self) -> u64 {
        self.bytes.len()
    }

    /// Its revisions, oldest first; there is at least one. Of a [damaged](Self::damage) file whose cross-reference is lost none is known, and the
    /// one that there is stands for the whole file.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Whether its last revision is encrypted (7.6).
    pub fn is_encrypted(&self) -> bool {
        self.latest().is_encrypted()
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
        self.head.shift
    }

    /// Where its header, `%PDF-`, stands.
    pub(crate) fn header(&self) -> u64 {
        self.head.offset
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

    pub(crate) fn security(&self) -> &Security {
        &self.security
    }

    pub(crate) fn set_damage(&mut self, damage: Damage) {
        self.damage = Some(damage);
    }

    /// What is broken, where [`open_damaged`](Self::open_damaged) found that this is only the front of its file, or that the objects of the
    /// file had to be searched for.
    pub fn damage(&self) -> Option<&str> {
        match self.damage.as_ref()? {
            Damage::Behind(said) | Damage::Lost(said) => Some(said),
        }
    }

    /// Whether its objects were searched for, because nothing says where they are: then no revision of it is known.
    pub(crate) fn is_searched(&self) -> bool {
        matches!(self.damage, Some(Damage::Lost(_)))
    }

    /// Whether something can be appended, or written into it.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`] if this is only the front of its file, or was searched for.
    pub(crate) fn require_whole(&self) -> Result<()> {
        let message = match &self.damage {
            None => return Ok(()),
            Some(Damage::Behind(damage)) => format!("only the front of the file can be read: {damage}"),
            Some(Damage::Lost(damage)) => damage.clone(),
        };
        Err(Error::new(ErrorKind::Syntax, message).advise("get the file again from whoever signed it"))
    }

    pub(super) fn set_security(&mut self, security: Security) {
        self.security = security;
        // It may have been read with its strings encrypted.
        self.catalog = OnceLock::new();
    }

    pub(super) fn latest_catalog(&self) -> &OnceLock<(Ref, Arc<Dictionary>)> {
        &self.catalog
    }

    pub(super) fn digests(&self) -> &Digests {
        &self.digests
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
    pub(crate) fn index(&self) -> &[(u32, u32)] {
        &self.index
    }

    /// Whether a revision before `revision` (index) places objects in the object stream `stream`.
    pub(super) fn is_container_before(&self, stream: u32, revision: usize) -> bool {
        let first_uses = self.first_uses.get_or_init(|| {
            let mut first_uses = HashMap::new();
            for (index, revision) in self.revisions.iter().enumerate() {
                for (_, entry) in &revision.changed {
                    if let XrefEntry::InStream { stream, .. } = entry {
                        first_uses.entry(*stream).or_insert(index);
                    }
                }
            }
            first_uses
        });
        first_uses.get(&stream).is_some_and(|first| *first < revision)
    }

    /// Every offset at which some revision places an object, ascending.
    pub(crate) fn places(&self) -> &[u64] {
        self.places.get_or_init(|| {
            let mut places = Vec::with_capacity(self.index.len());
            let entries = self.revisions.iter().flat_map(|revision| &revision.changed);
            places.extend(entries.filter_map(|(_, entry)| match entry {
                XrefEntry::InFile { offset, .. } => Some(*offset),
                _ => None,
            }));
            places.sort_unstable();
            places.dedup();
            places
        })
    }

    /// Keeps the long lists of the objects that it writes again and again, as they are last: earlier versions will be found
    /// in them.
    pub(crate) fn keep_long_lists(&self) {
        const OFTEN: usize = 16;
        const MOST: usize = 8;
        let histories = self.index.chunk_by(|left, right| left.0 == right.0);
        let often = histories.filter_map(|history| history.first().filter(|_| history.len() >= OFTEN));
        let last = often.filter_map(|(number, _)| self.latest().last_of(*number).ok());
        self.long_lists.get_or_init(|| last.flat_map(|object| LongList::all_in(&object)).take(MOST).collect());
    }

    /// The lists that [`keep_long_lists`](Self::keep_long_lists) kept.
    pub(super) fn long_lists(&self) -> &[LongList] {
        self.long_lists.get().map_or(&[], Vec::as_slice)
    }

    /// How many bytes to read at once for the object at `start`: up to the next one, in a small file, and where somebody asked for all
    /// places before.
    pub(super) fn window(&self, start: u64) -> u64 {
        const PLAIN: u64 = 1024;
        const MOST: u64 = 16 << 10;
        /// So many entries are sorted in less time than a few large windows take.
        const FEW: usize = 1_000;
        let places = match self.places.get() {
            Some(places) => places,
            None if self.index.len() <= FEW => self.places(),
            None => return PLAIN,
        };
        let next = places.get(places.partition_point(|place| *place <= start));
        // With the byte behind it, which ends its last keyword.
        next.map_or(PLAIN, |next| next.saturating_sub(start).saturating_add(1).clamp(64, MOST))
    }

    /// Charges what an object takes beyond the place where another begins. Only hostile files have such objects, and
    /// could otherwise make every one of many objects as long as the file.
    pub(super) fn charge_overlap(&self, range: Range<u64>) -> Result<()> {
        if range.end.saturating_sub(range.start) <= 4096 {
            return Ok(());
        }
        let places = self.places();
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
pub(super) fn header(bytes: &Bytes<'_>) -> Result<u64> {
    const MARK: &[u8] = b"%PDF-";
    // Nearly always it stands right here.
    if *bytes.look(0..bytes.len().min(offset(MARK.len())))? == *MARK {
        return Ok(0);
    }
    let head = bytes.read(0..bytes.len().min(HEAD))?;
    let not_pdf = || match head.is_empty() {
        true => Error::new(ErrorKind::NotPdf, "the file is empty"),
        false => Error::new(ErrorKind::NotPdf, "the file is no PDF: no %PDF- in its first 1024 bytes")
            .advise("check that this is the PDF itself and not, say, an error page or an archive"),
    };
    revision::find(&head, MARK, 0).map(offset).ok_or_else(not_pdf)
}

/// The revisions of a file, or of the front of one, that ends in `last`.
pub(super) fn history(bytes: &Bytes<'_>, header: u64, last: Ending) -> Result<(Head, Vec<Revision>)> {
    let head = Head { offset: header, shift: shift(bytes, header, last.pointer) };
    let sections = xref::chain(bytes, last.pointer, head.shift)?;
    Ok((head, revision::cut(bytes, sections, head, last)?))
}

/// The last `startxref` of the file.
pub(super) fn last(bytes: &Bytes<'_>) -> Result<Ending> {
    let found = match startxref(bytes, NEAR)? {
        None => startxref(bytes, TAIL)?,
        found => found,
    };
    let cut_off = || {
        Error::new(ErrorKind::NotPdf, "the PDF is cut off: it does not end in startxref, an offset and %%EOF").advise(
            "fetch the file again; if this is all there is and nobody has signed it, Document::repair may mend it",
        )
    };
    let mut cursor = bytes.cursor(found.ok_or_else(cut_off)?..bytes.len(), TAIL);
    let pointer = cursor.lex(revision::ending).map_err(|error| cut_off().because(error))?;
    Ok(Ending { pointer, end: cursor.offset() })
}

/// Where the last `startxref` among the last `reach` bytes stands.
fn startxref(bytes: &Bytes<'_>, reach: u64) -> Result<Option<u64>> {
    const KEYWORD: &[u8] = b"startxref";
    let start = bytes.len().saturating_sub(reach);
    let tail = bytes.look(start..bytes.len())?;
    let at = tail.windows(KEYWORD.len()).rposition(|window| window == KEYWORD);
    Ok(at.map(|at| start.saturating_add(offset(at))))
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::pdf::object::Object;
    use crate::pdf::sample::Sample;

    fn id(number: u32) -> Ref {
        Ref { number, generation: 0 }
    }

    fn integer(document: &Document<'_>, revision: usize, number: u32) -> Option<i64> {
        document.view(revision).get(id(number)).unwrap().as_integer()
    }

    #[test]
    fn documents_go_between_threads() {
        fn is_send_and_sync<T: Send + Sync>() {}
        is_send_and_sync::<Document<'static>>();
    }

    #[test]
    fn every_revision_shows_its_own_objects() {
        let mut sample = Sample::one_page().object(4, "40").object(5, "50").table("/Root 1 0 R/Size 6");
        let mut ends = vec![sample.bytes.len() as u64];
        for revision in 1..50 {
            sample = sample.object(4, &format!("{}", 40 + revision)).table("/Root 1 0 R/Size 6");
            ends.push(sample.bytes.len() as u64);
        }
        let document = Document::open(&sample.bytes).unwrap();
        assert_eq!(document.revisions().iter().map(Revision::end).collect::<Vec<_>>(), ends);
        for (revision, end) in ends.into_iter().enumerate() {
            assert_eq!(integer(&document, revision, 4), Some(40 + revision as i64));
            assert_eq!(integer(&document, revision, 5), Some(50));
            assert_eq!(document.revisions()[revision].number(), revision + 1);
            let prefix = Document::open(&sample.bytes[..end as usize]).unwrap();
            assert_eq!(prefix.revisions().len(), revision + 1);
        }
        assert!(document.trailing().is_empty());
        assert_eq!(document.latest().live_objects().map(|id| id.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }

    /// What is said of `whole`, opened as `base` and what goes on behind it, and at once.
    fn told(base: &[u8], whole: &[u8]) -> [String; 2] {
        let tell = |document: Result<Document<'_>>| match document {
            Ok(document) => format!("{:?} {:#?} {:?}", document.head, document.revisions, document.index),
            Err(error) => error.to_string(),
        };
        let opened = Document::open(base).unwrap();
        [tell(opened.with_appended(whole[base.len()..].to_vec())), tell(Document::open(whole))]
    }

    #[test]
    fn a_file_that_goes_on_is_what_it_is_as_a_whole() {
        let trailer = "/Root 1 0 R";
        let one_page = || Sample::one_page().object(4, "40");
        let hybrid = one_page();
        let hidden = hybrid.offset();
        let hybrid =
            hybrid.bare_xref_stream(8, "", &[(6, 5, 0)]).entry(3, 1).table(&format!("{trailer}/XRefStm {hidden}"));
        let mut behind_junk = Sample::new();
        behind_junk.bytes = b"junk\n%PDF-1.7\n".to_vec();
        let bases = [
            one_page().table(trailer),
            one_page().table(trailer).object(4, "41").table(trailer),
            one_page().xref_stream(8, trailer, &[]),
            one_page().bare_table(trailer).object(4, "41").table(trailer),
            hybrid,
            behind_junk.object(1, "<<>>").table(trailer),
            one_page().table(trailer).raw(b"trailing"),
        ];
        for (number, base) in bases.iter().enumerate() {
            let start = base.bytes.len();
            let next = || base.clone().object(4, "50");
            let wholes = [
                next().table(trailer),
                next().xref_stream(7, trailer, &[(6, 5, 0)]),
                next().table(trailer).object(5, "60").table(trailer),
                next().table(trailer).raw(b"behind it"),
                next().bare_table(trailer).object(5, "60").table(trailer),
                next().table("/Root<<>>/Root 1 0 R"),
                next().raw(b"startxref 0 %%EOF"),
                base.clone().raw(b"startxref\n99999\n%%EOF\n"),
                base.clone().raw(&base.bytes[start - 24..]),
            ];
            for (kind, whole) in wholes.iter().enumerate() {
                let [continued, at_once] = told(&base.bytes, &whole.bytes);
                assert_eq!(continued, at_once, "base {number}, next {kind}");
            }
        }
        // The short way is the one that was taken, where nothing is unusual.
        let (base, whole) = (&bases[1].bytes, bases[1].clone().object(4, "50").table(trailer).bytes);
        let (document, bytes) =
            (Document::open(base).unwrap(), Bytes::new(Box::new(&whole), Limits::default()).unwrap());
        assert!(document.continued(&bytes, last(&bytes).unwrap()).is_some());
    }

    #[test]
    fn the_header_may_stand_behind_other_bytes_under_one_rule() {
        let pdf = Sample::one_page().table("/Root 1 0 R/Size 4").bytes;
        let from_header = [b"junk\n".as_slice(), &pdf].concat();
        let mut sample = Sample::new();
        sample.bytes = b"junk\n%PDF-1.7\n".to_vec();
        let from_zero = sample.object(1, "<</Pages 2 0 R>>").object(2, "<</Kids[3 0 R]>>").object(3, "<<>>");
        let from_zero = from_zero.table("/Root 1 0 R/Size 4").bytes;
        for bytes in [from_header, from_zero] {
            let document = Document::open(&bytes).unwrap();
            assert_eq!(document.latest().first_page().unwrap().0, id(3));
            assert_eq!(document.revisions()[0].end(), bytes.len() as u64);
            let start = document.revisions()[0].startxref as usize;
            assert!(bytes[start..].starts_with(b"xref"));
        }
        let far = [&[b' '; 1024][..], &pdf].concat();
        assert_eq!(Document::open(&far).unwrap_err().kind(), ErrorKind::NotPdf);
    }

    #[test]
    fn what_is_no_pdf_or_is_cut_off_says_so() {
        for (bytes, text) in [(&b""[..], "empty"), (b"<html>", "no %PDF-"), (b"%PDF-1.7\nstartxref\n12", "cut off")] {
            let error = Document::open(bytes).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotPdf);
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn junk_behind_the_end_is_trailing() {
        let pdf = Sample::one_page().table("/Root 1 0 R/Size 4").bytes;
        let end = pdf.len() as u64;
        let document = [&pdf[..], b"<!-- a mail gateway was here -->"].concat();
        assert_eq!(Document::open(&document).unwrap().trailing(), end..end + 32);
        let repeated = [&pdf[..], b"4 0 obj 17 endobj\n", &pdf[pdf.len() - 20..]].concat();
        let document = Document::open(&repeated).unwrap();
        assert_eq!((document.revisions().len(), document.trailing().start), (1, end));
    }

    #[test]
    fn object_streams_and_hybrid_files() {
        let sample = Sample::one_page().stream(5, "/Type/ObjStm/N 2/First 8", b"6 0 7 3 60 70");
        let sample = sample.xref_stream(8, "/Root 1 0 R", &[(6, 5, 0), (7, 5, 1)]);
        let document = Document::open(&sample.bytes).unwrap();
        assert_eq!((integer(&document, 0, 6), integer(&document, 0, 7)), (Some(60), Some(70)));
        assert_eq!(document.latest().max_object_number(), 99);

        let sample = Sample::one_page().stream(5, "/Type/ObjStm/N 1/First 4", b"6 0 60");
        let hidden = sample.offset();
        let table = sample.bare_xref_stream(8, "", &[(6, 5, 0)]).entry(3, 1).entry(1, 1);
        let offset = table.offset();
        let sample = table.bare_table(&format!("/Root 1 0 R/Size 9/XRefStm {hidden}")).end(offset);
        let document = Document::open(&sample.bytes).unwrap();
        let revision = &document.revisions()[0];
        assert_eq!((revision.style, &revision.conflicts[..]), (xref::XrefStyle::Hybrid, &[1, 3][..]));
        assert_eq!(integer(&document, 0, 6), Some(60));
    }

    #[test]
    fn a_linearized_file_is_one_revision() {
        let sample = Sample::new().object(4, "<</Linearized 1>>");
        let first = sample.offset();
        let room = format!("xref\n4 1\n{first:010} 00000 n \ntrailer\n<</Root 1 0 R/Size 5/Prev 0000000000>>\n");
        let (start, length) = (sample.bytes.len(), room.len());
        let sample = sample.raw(&vec![b' '; length]).end(0).object(1, "<</Pages 2 0 R>>").object(2, "<</Kids[]>>");
        let main = sample.offset();
        let mut sample = sample.bare_table("/Size 4").end(first);
        let section = room.replace("/Prev 0000000000", &format!("/Prev {main:010}"));
        sample.bytes[start..start + length].copy_from_slice(section.as_bytes());
        let document = Document::open(&sample.bytes).unwrap();
        let revisions = document.revisions();
        assert_eq!((revisions.len(), revisions[0].startxref, revisions[0].end()), (1, first, document.len()));
        assert!(document.latest().catalog().is_ok());

        // The same shape without /Linearized is a chain that jumps.
        let mut jumping = sample.bytes.clone();
        let at = jumping.windows(11).position(|window| window == b"/Linearized").unwrap();
        jumping[at + 1] = b'X';
        assert_eq!(Document::open(&jumping).unwrap_err().kind(), ErrorKind::Syntax);
    }

    #[test]
    fn every_prefix_opens_or_says_why_not() {
        let sample = Sample::one_page().stream(5, "/Type/ObjStm/N 2/First 8", b"6 0 7 3 60 70");
        let sample = sample.xref_stream(8, "/Root 1 0 R", &[(6, 5, 0), (7, 5, 1)]).object(4, "4");
        let bytes = sample.table("/Root 1 0 R/Size 9").bytes;
        let opened = (0..=bytes.len()).filter(|length| match Document::open(&bytes[..*length]) {
            Ok(document) => document.latest().live_objects().all(|id| document.latest().get(id).is_ok()),
            Err(_) => false,
        });
        // Both whole revisions, what follows the first, and each without its last line end.
        assert!(opened.count() > 3);
    }

    #[test]
    fn a_flipped_byte_never_panics() {
        let sample = Sample::one_page().stream(5, "/Type/ObjStm/N 2/First 8", b"6 0 7 3 60 70");
        let bytes =
            sample.xref_stream(8, "/Root 1 0 R", &[(6, 5, 0), (7, 5, 1)]).object(4, "4").table("/Root 1 0 R").bytes;
        for at in 0..bytes.len() {
            for value in [0, b'0', b'9', b'<', b'>', b' ', 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                let Ok(document) = Document::open(&bytes) else { continue };
                for revision in 0..document.revisions().len() {
                    let _ = crate::pdf::account::account(&document, revision);
                    let _ = document.view(revision).first_page();
                }
                document.latest().live_objects().for_each(|id| drop(document.latest().get(id)));
            }
        }
    }

    /// A file of 1 GB of which only the ends exist, and that counts what is read.
    struct Sparse {
        head: Vec<u8>,
        tail: Vec<u8>,
        len: u64,
        read: AtomicU64,
    }

    impl Source for Sparse {
        fn len(&self) -> std::io::Result<u64> {
            Ok(self.len)
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
            self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
            let tail = self.len - self.tail.len() as u64;
            for (place, byte) in (offset..).zip(buffer) {
                let part = if place < tail { (&self.head, place) } else { (&self.tail, place - tail) };
                *byte = part.0.get(part.1 as usize).copied().unwrap_or(0);
            }
            Ok(())
        }
    }

    #[test]
    fn opening_a_gigabyte_reads_little() {
        let head = Sample::one_page().bytes;
        let place = |number: u32| {
            let header = format!("{number} 0 obj");
            head.windows(7).position(|window| window == header.as_bytes()).unwrap() as u64
        };
        let mut tail = Sample::new();
        tail.bytes.clear();
        for number in 1..=3 {
            tail = tail.entry(number, place(number));
        }
        let len = 1 << 30;
        let mut tail = tail.bare_table("/Root 1 0 R/Size 4").bytes;
        let end = format!("startxref\n{}\n%%EOF\n", len - 4096);
        tail.resize(4096 - end.len(), b' ');
        tail.extend_from_slice(end.as_bytes());
        let source = Sparse { head, tail, len, read: AtomicU64::new(0) };
        let document = Document::open(&source).unwrap();
        document.latest().first_page().unwrap();
        assert!(source.read.load(Ordering::Relaxed) < 64 << 10, "{:?}", source.read);
    }

    #[test]
    fn objects_inside_objects_spend_the_budget() {
        // Every object is a string that holds all the others: each is as long as the file.
        let mut sample = Sample::one_page();
        let mut places = Vec::new();
        for number in 10..2_000 {
            places.push((number, sample.offset()));
            sample = sample.raw(format!("{number} 0 obj (").as_bytes());
        }
        sample = sample.raw(&b")".repeat(1_990)).raw(b" endobj\n");
        for (number, offset) in places {
            sample = sample.entry(number, offset);
        }
        let bytes = sample.table("/Root 1 0 R/Size 2000").bytes;
        let limits = Limits { decoded_bytes: 100_000, ..Limits::default() };
        let document = Document::open_with(&bytes, limits).unwrap();
        let kinds: Vec<_> =
            document.latest().live_objects().map(|id| document.latest().get(id).err().map(|e| e.kind())).collect();
        assert!(kinds.iter().filter(|kind| **kind == Some(ErrorKind::Limit)).count() > 1_000);
        assert!(matches!(document.latest().get(id(3)), Ok(Object::Dictionary(_))));
    }
}
