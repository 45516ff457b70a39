//! Signed files of which only the front can be opened, or nothing.
//!
//! What it is for: attacks on signed files break what stands behind the signed revision, just so far that lenient viewers show it and
//! strict readers refuse the file. What was signed is still there; who asks shall hear of it, and that the file is something else now.
//! Other attacks move what was signed, and lose the cross-reference with it: lenient viewers search for the objects, and show a signature.
//!
//! Invariant: nothing is repaired. The front is opened as strictly as any file; what stands behind it belongs to no revision, so that
//! nothing in it passes for unmodified, and nothing can be appended to it.
//! Invariant: where no front holds a signature, the file is searched, and opened only if that finds one. What was found so is a guess: it
//! closes no revision, never passes, and takes nothing that is appended.
//! Invariant: the ends cost one more reading of every byte, and so many are tried; the search costs a few.
//!
//! Specified in ISO 32000-2, 7.5.5 and 7.5.6: what was saved once stays where it is, with an end of its own.

use super::bytes::Bytes;
use super::document::{Damage, Document, Known, header, history, last};
use super::form::{FieldValue, Form};
use super::parser::offset;
use super::repair::{said, search};
use super::revision::{self, Ending, Head, Revision};
use super::source::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// How many ends are tried, the last one first.
const TRIES: usize = 16;
/// How many bytes are looked through at once.
const WINDOW: u64 = 64 << 10;
const KEYWORD: &[u8] = b"startxref";

impl<'a> Document<'a> {
    /// Opens a file for verifying what was signed in it, although it is damaged: the longest front that opens by itself, if it holds
    /// a signature. What stands behind that is told as a change that nobody permitted.
    ///
    /// Where no such front opens, the file is searched for objects, as lenient viewers do, the last one of each number taken. The signatures
    /// that are found so are reported, and never pass; no [revision](Self::revisions) is told apart from another then.
    ///
    /// What is broken says [`damage`](Self::damage); a sound file has none, and is opened as [`open_with`](Self::open_with) does. Nothing can
    /// be appended to a damaged one.
    ///
    /// # Errors
    /// Those of [`open_with`](Self::open_with), where neither way leads to a signature.
    pub fn open_damaged(source: impl Source + 'a, limits: Limits) -> Result<Self> {
        Self::damaged(source, limits, b"")
    }

    /// Opens an encrypted file as [`open_damaged`](Self::open_damaged) does, with its user or owner password.
    ///
    /// # Errors
    /// Those of [`open_damaged`](Self::open_damaged) and [`unlock`](Self::unlock). Where the password does not open a damaged file, no
    /// signature is found in it.
    pub fn open_damaged_with_password(
        source: impl Source + 'a,
        limits: Limits,
        password: impl AsRef<[u8]>,
    ) -> Result<Self> {
        Self::damaged(source, limits, password.as_ref())?.unlock(password)
    }

    fn damaged(source: impl Source + 'a, limits: Limits, password: &[u8]) -> Result<Self> {
        let bytes = Bytes::new(Box::new(source), limits)?;
        let header = header(&bytes)?;
        let error = match last(&bytes).and_then(|last| history(&bytes, header, last)) {
            Ok((head, revisions)) => return Self::assemble(bytes, head, revisions, Known::with(password)),
            Err(error) if !matches!(error.kind(), ErrorKind::NotPdf | ErrorKind::Syntax) => return Err(error),
            Err(error) => error,
        };
        let (head, revisions, damage) = match front(&bytes, header, password)? {
            Some((head, revisions)) => (head, revisions, Damage::Behind(said(&error))),
            None => match signed_in(&bytes, header, password)? {
                Some((head, revisions)) => (head, revisions, Damage::Lost(lost(&error))),
                None => return Err(error),
            },
        };
        let mut document = Self::assemble(bytes, head, revisions, Known::with(password))?;
        document.set_damage(damage);
        Ok(document)
    }
}

type History = (Head, Vec<Revision>);

/// The longest front that opens, if it holds a signature.
fn front(bytes: &Bytes<'_>, header: u64, password: &[u8]) -> Result<Option<History>> {
    let mut end = bytes.len();
    for _ in 0..TRIES {
        let Some(start) = end_before(bytes, end)? else { break };
        end = start;
        if let Ok(found) = ending(bytes, start).and_then(|last| history(bytes, header, last)) {
            return Ok(is_signed(bytes, &found, password)?.then_some(found));
        }
    }
    Ok(None)
}

/// What a search of the whole file finds, if that is a signature.
fn signed_in(bytes: &Bytes<'_>, header: u64, password: &[u8]) -> Result<Option<History>> {
    let found = match search(bytes, header, password) {
        Ok(revision) => (Head { offset: header, shift: 0 }, vec![revision]),
        Err(error) if error.kind() == ErrorKind::Io => return Err(error),
        Err(_) => return Ok(None),
    };
    Ok(is_signed(bytes, &found, password)?.then_some(found))
}

/// Whether a signature is found in these revisions of the file.
fn is_signed(bytes: &Bytes<'_>, (head, revisions): &History, password: &[u8]) -> Result<bool> {
    let draft = Document::draft(bytes, *head, revisions.clone(), password)?;
    let form = Form::read(draft.latest());
    Ok(form.is_ok_and(|form| form.signatures().any(|field| field.value != FieldValue::Empty)))
}

/// What is said of a file that was searched; without advice, which is meant for files that nobody signed.
fn lost(error: &Error) -> String {
    let why = said(error);
    format!(
        "the cross-reference is lost, and the signatures were found by searching through the file, as lenient viewers do: {why}"
    )
}

/// What the `startxref` at `start` says.
fn ending(bytes: &Bytes<'_>, start: u64) -> Result<Ending> {
    let mut cursor = bytes.cursor(start..bytes.len(), 64);
    let pointer = cursor.lex(revision::ending)?;
    Ok(Ending { pointer, end: cursor.offset() })
}

/// Where the last `startxref` before `end` stands.
fn end_before(bytes: &Bytes<'_>, mut end: u64) -> Result<Option<u64>> {
    let overlap = offset(KEYWORD.len()).saturating_sub(1);
    while end > 0 {
        let start = end.saturating_sub(WINDOW);
        // A keyword that begins before `end` was seen as a whole, if it goes on behind it.
        let window = bytes.read(start..end.saturating_add(overlap).min(bytes.len()))?;
        let found = window.windows(KEYWORD.len()).rposition(|found| found == KEYWORD).map(offset);
        if let Some(at) = found.map(|at| start.saturating_add(at)).filter(|at| *at < end) {
            return Ok(Some(at));
        }
        end = start;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::pdf::sample::Sample;

    fn sound() -> Vec<u8> {
        let field = "<</FT/Sig/T(s)/V<</Type/Sig/Filter/X/ByteRange[0 1 2 3]/Contents<00>>>>>";
        let pages = "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>";
        Sample::new()
            .object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>")
            .object(2, pages)
            .object(3, "<</Type/Page/Parent 2 0 R>>")
            .object(4, field)
            .table("/Root 1 0 R/Size 5")
            .bytes
    }

    #[test]
    fn the_front_opens_and_nothing_can_be_appended() {
        let sound = sound();
        for junk in [
            "4 0 obj (shown) endobj\n%%EOF\n".to_owned(),
            "4 0 obj (shown) endobj\nstartxref\n7 % why not\n%%EOF\n".to_owned(),
            "startxref\n9\n%%EOF\n".repeat(TRIES - 1),
            format!("{}startxref\n9\n%%EOF\n", " ".repeat(200_000)),
        ] {
            let file = [&sound, junk.as_bytes()].concat();
            if Document::open(&file).is_ok() {
                continue;
            }
            let document = Document::open_damaged(&file, Limits::default()).unwrap();
            assert_eq!(document.trailing(), sound.len() as u64..file.len() as u64);
            assert_eq!(document.require_whole().unwrap_err().kind(), ErrorKind::Syntax);
            assert!(document.damage().is_some_and(|damage| !damage.contains("repair")));
        }
    }

    #[test]
    fn sound_files_are_what_they_are_and_others_stay_refused() {
        let sound = sound();
        let document = Document::open_damaged(&sound, Limits::default()).unwrap();
        assert!(document.damage().is_none() && document.require_whole().is_ok());
        let unsigned = |tail: &[u8]| [&Sample::one_page().table("/Root 1 0 R/Size 4").bytes[..], tail].concat();
        for junk in
            [&b""[..], b"/ByteRange[0 1 2 3]\n", b"4 0 obj<</Type/Sig/ByteRange[0 1 2 3]>>endobj\n", b"4 0 obj ("]
        {
            let file = unsigned(&[junk, b"startxref\n9\n%%EOF\n"].concat());
            let strict = Document::open(&file).unwrap_err();
            let tolerant = Document::open_damaged(&file, Limits::default()).unwrap_err();
            assert_eq!((tolerant.kind(), tolerant.message()), (strict.kind(), strict.message()));
        }
    }

    #[test]
    fn what_no_front_holds_is_searched_for_and_belongs_to_no_revision() {
        let mut broken = sound();
        let table = broken.windows(4).position(|window| window == b"xref").unwrap();
        broken[table] = b'y';
        // So many ends are tried, and no more.
        for file in [broken, [&sound()[..], &b"startxref\n9\n%%EOF\n".repeat(TRIES)].concat()] {
            let document = Document::open_damaged(&file, Limits::default()).unwrap();
            assert!(document.is_searched() && document.len() == file.len() as u64 && document.trailing().is_empty());
            assert_eq!(document.require_whole().unwrap_err().kind(), ErrorKind::Syntax);
            let fields = Form::read(document.latest()).unwrap().signatures().count();
            assert_eq!((fields, document.latest().first_page().unwrap().0.number), (1, 3));
        }
    }

    #[test]
    fn a_form_in_an_object_stream_is_found() {
        let members = "1 0 4 44 <</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R>> <</FT/Sig/T(s)/V 7 0 R>>";
        let sample = Sample::one_page()
            .object(6, "<</Fields[4 0 R]>>")
            .object(7, "<</Type/Sig/Filter/X/ByteRange[0 1 2 3]/Contents<00>>>")
            .stream(5, "/Type/ObjStm/N 2/First 9", members.as_bytes());
        for end in [&b""[..], b"trailer\n<</Root 1 0 R>>\nstartxref\n5\n%%EOF"] {
            let file = sample.clone().raw(end).bytes;
            let document = Document::open_damaged(&file, Limits::default()).unwrap();
            assert_eq!(Form::read(document.latest()).unwrap().signatures().count(), 1);
        }
    }

    /// A file that counts what is read of it.
    struct Counted {
        bytes: Vec<u8>,
        read: AtomicU64,
    }

    impl Source for Counted {
        fn len(&self) -> std::io::Result<u64> {
            self.bytes.len().try_into().map_err(std::io::Error::other)
        }

        fn read_at(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<()> {
            self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
            self.bytes.as_slice().read_at(at, buffer)
        }
    }

    #[test]
    fn the_search_is_linear_in_the_file() {
        let lost = || [&sound()[..], &b"startxref\n9\n%%EOF\n".repeat(TRIES)].concat();
        let numbered =
            |count: u32, text: &str| (20..count).map(|number| text.replace('#', &number.to_string())).collect();
        let shapes: [(&str, &dyn Fn(u32) -> String); 10] = [
            ("objects", &|count| numbered(count, "# 0 obj[1]endobj\n")),
            ("versions of one object", &|count| "9 0 obj[1]endobj\n".repeat(count as usize)),
            ("objects within objects", &|count| numbered(count, "# 0 obj(")),
            ("objects without an end", &|count| numbered(count, "# 0 obj[1]\n")),
            ("streams without an end", &|count| numbered(count, "# 0 obj<</Length 7>>stream\n")),
            ("streams that end elsewhere", &|count| {
                numbered(count, "# 0 obj<</Length 7>>stream\nx\nendstream endobj\n")
            }),
            ("byte ranges", &|count| "/ByteRange".repeat(count as usize)),
            ("object streams", &|count| {
                numbered(count, "# 0 obj<</Type/ObjStm/N 1/First 4/Length 5>>stream\n9 0 7\nendstream endobj\n")
            }),
            ("trailers", &|count| "trailer<</Root 1 0 R>>\n".repeat(count as usize)),
            ("trailers that lead to no catalog", &|count| {
                let trailers = "trailer<</Root 9 0 R>>\n".repeat(count as usize / 2);
                format!("9 0 obj[{}]endobj\n{trailers}", "1 ".repeat(count as usize * 4))
            }),
        ];
        for (name, shape) in shapes {
            let read = [2_000, 8_000].map(|count| {
                let bytes = [&lost()[..], shape(count).as_bytes()].concat();
                let source = Counted { bytes, read: AtomicU64::new(0) };
                let _ = Document::open_damaged(&source, Limits::default());
                let (read, len) = (source.read.load(Ordering::Relaxed), source.bytes.len() as u64);
                println!("{name}: {read} bytes read of {len}");
                assert!(read <= len * 200, "{name}: {read} bytes were read of {len}");
                read
            });
            assert!(read[1] < read[0] * 5, "{name}: {read:?}");
        }
    }
}
