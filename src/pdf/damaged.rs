//! Files of which only the front can be opened.
//!
//! What it is for: attacks on signed files break what stands behind the signed revision, just so far that lenient viewers show it and
//! strict readers refuse the file. What was signed is still there; who asks shall hear of it, and that the file is something else now.
//!
//! Invariant: nothing is repaired or guessed: the front is opened as strictly as any file. What stands behind it belongs to no revision,
//! so that nothing in it passes for unmodified, and nothing can be appended to it.
//! Invariant: every byte is read once more at most, and so many ends are tried.
//!
//! Specified in ISO 32000-2, 7.5.5 and 7.5.6: what was saved once stays where it is, with an end of its own.

use super::bytes::Bytes;
use super::document::{Document, Known, header, history, last};
use super::form::{FieldValue, Form};
use super::hashing::Digests;
use super::parser::offset;
use super::revision::{self, Ending};
use super::security::Credential;
use super::source::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// How many ends are tried, the last one first.
const TRIES: usize = 16;
/// How many bytes are looked through at once.
const WINDOW: u64 = 64 << 10;
const KEYWORD: &[u8] = b"startxref";

impl<'a> Document<'a> {
    /// Opens a file for verifying what was signed in it, although it is damaged behind that: the longest front that opens by itself. Why
    /// it is no more than that says [`damage`](Self::damage); a sound file has none, and is opened as [`open_with`](Self::open_with)
    /// does. What stands behind the front is told as a change that nobody permitted; nothing can be appended.
    ///
    /// # Errors
    /// Those of [`open_with`](Self::open_with), where no front opens either, or the one that does holds no signature.
    pub fn open_damaged(source: impl Source + 'a, limits: Limits) -> Result<Self> {
        let bytes = Bytes::new(Box::new(source), limits)?;
        let known = Known { base: None, digests: Digests::default(), credential: Credential::Password(b"") };
        let header = header(&bytes)?;
        let error = match last(&bytes).and_then(|last| history(&bytes, header, last)) {
            Ok((head, revisions)) => return Self::assemble(bytes, head, revisions, known),
            Err(error) if !matches!(error.kind(), ErrorKind::NotPdf | ErrorKind::Syntax) => return Err(error),
            Err(error) => error,
        };
        let mut end = bytes.len();
        for _ in 0..TRIES {
            let Some(start) = end_before(&bytes, end)? else { break };
            end = start;
            if let Ok((head, revisions)) = ending(&bytes, start).and_then(|last| history(&bytes, header, last)) {
                let mut document = Self::assemble(bytes, head, revisions, known)?;
                let is_signed = Form::read(document.latest())
                    .is_ok_and(|form| form.signatures().any(|field| field.value != FieldValue::Empty));
                document.set_damage(said(&error));
                return if is_signed { Ok(document) } else { Err(error) };
            }
        }
        Err(error)
    }
}

/// What was wrong and where, without advice: that is meant for files that nobody signed.
fn said(error: &Error) -> String {
    match error.place() {
        Some(place) => format!("{} ({place})", error.message()),
        None => error.message().to_owned(),
    }
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
        let mut broken = sound.clone();
        let table = sound.windows(4).position(|window| window == b"xref").unwrap();
        broken[table] = b'y';
        let unsigned = [&Sample::one_page().table("/Root 1 0 R/Size 4").bytes[..], b"startxref\n9\n%%EOF\n"].concat();
        for file in [broken, unsigned, [&sound[..], &b"startxref\n9\n%%EOF\n".repeat(TRIES)].concat()] {
            let (strict, tolerant) = (Document::open(&file), Document::open_damaged(&file, Limits::default()));
            assert_eq!(tolerant.unwrap_err().kind(), strict.unwrap_err().kind());
        }
    }
}
