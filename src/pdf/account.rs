//! Bytes that no revision accounts for.
//!
//! What it is for: an incremental saving attack hides objects behind a signed revision where a lenient reader finds them
//! and a strict one does not look. So every byte of an appended revision must be an object that its cross-reference
//! places just there, the cross-reference itself, its end, white space or a comment. The rest is named.
//!
//! Invariant: the bytes are read forward, once.
//!
//! Nouns: [`Stray`].

use std::ops::Range;

use super::document::Document;
use super::lexer::space;
use super::object::{Object, Ref};
use super::revision::ending;
use super::view::{Length, View};
use super::xref::XrefEntry;
use crate::error::{ErrorKind, Result};

/// Bytes that belong to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stray {
    /// In bytes from the start of the file.
    pub(crate) range: Range<u64>,
    pub(crate) what: String,
}

/// The stray bytes of a revision (index from 0). The first revision has none: nobody could have signed anything before it.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn account(document: &Document<'_>, revision: usize) -> Result<Vec<Stray>> {
    account_meeting(document, revision, |_, _| ())
}

/// The same; `met` gets every object that stands in the revision, as it stands there, encrypted or not.
pub(crate) fn account_meeting(
    document: &Document<'_>,
    revision: usize,
    mut met: impl FnMut(Ref, Object),
) -> Result<Vec<Stray>> {
    let Some(appended) = document.revisions().get(revision).filter(|_| revision > 0) else { return Ok(Vec::new()) };
    let view = document.view(revision);
    let known = known(document, revision);
    let mut strays = misplaced(document, revision);
    let mut at = appended.start();
    let mut next = 0;
    while at < appended.end() {
        let mut cursor = document.bytes().cursor(at..appended.end(), 1024);
        cursor.lex(space)?;
        at = cursor.offset();
        if at >= appended.end() {
            break;
        }
        while known.get(next).is_some_and(|(place, _)| *place < at) {
            next = next.saturating_add(1);
        }
        let step = match known.get(next) {
            Some((place, part)) if *place == at => read(&view, at, part, &mut met)?,
            _ if cursor.lex(ending).is_ok() && cursor.offset() == appended.end() => break,
            _ => Step::Stray("bytes that no cross-reference entry places".into()),
        };
        at = match step {
            Step::Known(end) if end > at => end,
            Step::Known(_) => break,
            Step::Flawed(end, what) => {
                strays.push(Stray { range: at..end, what });
                end.max(at.saturating_add(1))
            }
            Step::Stray(what) => {
                let end = known.iter().skip(next).map(|(place, _)| *place).find(|place| *place > at);
                let end = end.unwrap_or(appended.end()).min(appended.end());
                strays.push(Stray { range: at..end, what });
                end
            }
        };
    }
    Ok(strays)
}

/// What a revision says that no writer says, and that gives bytes which were signed as something else a new meaning: an
/// object placed among the bytes of an earlier revision, where it was not before; an object stream replaced under
/// the objects that it holds; no root.
fn misplaced(document: &Document<'_>, index: usize) -> Vec<Stray> {
    let Some(revision) = document.revisions().get(index) else { return Vec::new() };
    let before = index.saturating_sub(1);
    let is_own = |entry: &XrefEntry| match entry {
        XrefEntry::Free => true,
        XrefEntry::InFile { offset, .. } => revision.range.contains(offset),
        XrefEntry::InStream { stream, .. } => revision.entry(*stream).is_some(),
    };
    let strange = revision.changed.iter().filter(|(number, entry)| {
        !is_own(entry) && document.history(*number, before).is_none_or(|(_, earlier)| earlier != *entry)
    });
    let replaced = revision.changed.iter().filter(|(number, entry)| {
        document.is_container_before(*number, index)
            && document.history(*number, before).is_some_and(|(_, earlier)| earlier != *entry)
    });
    let replaced = replaced.map(|(number, _)| Stray {
        range: revision.startxref..revision.startxref,
        what: format!("object stream {number}, which holds older objects, is replaced"),
    });
    let misplaced = strange.map(|(number, entry)| match entry {
        XrefEntry::InFile { offset, .. } => Stray {
            range: *offset..*offset,
            what: format!("object {number} is placed outside the revision that adds it"),
        },
        _ => Stray {
            range: revision.startxref..revision.startxref,
            what: format!("object {number} is placed in an object stream of an earlier revision"),
        },
    });
    let rootless = revision
        .trailer
        .get("Root")
        .is_none()
        .then(|| Stray { range: revision.startxref..revision.startxref, what: "the trailer has no /Root".into() });
    misplaced.chain(replaced).chain(rootless).collect()
}

/// What stands at a place that the revision knows.
enum Part {
    Object(Ref),
    /// A section, up to its end.
    Section(u64),
}

enum Step {
    /// It is what it should be, and ends here.
    Known(u64),
    /// It ends here, but something is wrong with it.
    Flawed(u64, String),
    Stray(String),
}

/// The places that a revision knows, ascending, sections before objects: a cross-reference stream is both.
fn known(document: &Document<'_>, revision: usize) -> Vec<(u64, Part)> {
    let Some(revision) = document.revisions().get(revision) else { return Vec::new() };
    let sections = revision.sections.iter().map(|section| (section.start, Part::Section(section.end)));
    let objects = revision.changed.iter().filter_map(|(number, entry)| match entry {
        XrefEntry::InFile { offset, generation } => {
            Some((*offset, Part::Object(Ref { number: *number, generation: *generation })))
        }
        _ => None,
    });
    let mut known: Vec<_> = sections.chain(objects).collect();
    known.sort_by_key(|(place, _)| *place);
    known
}

fn read(view: &View<'_>, at: u64, part: &Part, met: &mut impl FnMut(Ref, Object)) -> Result<Step> {
    let id = match part {
        Part::Section(end) => return Ok(Step::Known(*end)),
        Part::Object(id) => *id,
    };
    match view.placed(id, at) {
        Ok(placed) if placed.length == Length::Wrong => {
            Ok(Step::Flawed(placed.range.end, format!("{id} is a stream whose /Length is wrong")))
        }
        Ok(placed) => {
            met(id, placed.object);
            Ok(Step::Known(placed.range.end))
        }
        Err(error) if error.kind() == ErrorKind::Syntax => Ok(Step::Stray(format!("{id} cannot be read: {error}"))),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::sample::Sample;

    fn base() -> Sample {
        Sample::one_page().object(4, "(signed)").table("/Root 1 0 R/Size 5")
    }

    fn strays(sample: &Sample) -> Vec<(String, String)> {
        let document = Document::open(&sample.bytes).unwrap();
        let strays = account(&document, document.revisions().len() - 1).unwrap();
        let text = |stray: &Stray| {
            let range = stray.range.start as usize..stray.range.end as usize;
            String::from_utf8_lossy(&sample.bytes[range]).into_owned()
        };
        strays.into_iter().map(|stray| (text(&stray), stray.what)).collect()
    }

    #[test]
    fn sound_updates_account_for_every_byte() {
        let table = base().raw(b"% a comment\n\n").object(4, "5").stream(5, "", b"data").table("/Root 1 0 R");
        assert_eq!(strays(&table), []);
        let stream = base().object(4, "5").xref_stream(6, "/Root 1 0 R", &[]);
        assert_eq!(strays(&stream), []);
        assert_eq!(strays(&base()), []);
    }

    #[test]
    fn objects_that_no_entry_places_are_stray() {
        let hidden = "7 0 obj\n<</Type/Page>>\nendobj\n";
        let sample = base().raw(hidden.as_bytes()).object(4, "5").table("/Root 1 0 R");
        assert_eq!(strays(&sample), [(hidden.to_owned(), "bytes that no cross-reference entry places".to_owned())]);
        let sample = base().object(4, "5").raw(hidden.as_bytes()).table("/Root 1 0 R");
        assert_eq!(strays(&sample)[0].0, hidden);
        let sample = base().object(4, "5").raw(b"xref\n0 0\ntrailer<<>>\n").table("/Root 1 0 R");
        assert_eq!(strays(&sample)[0].0, "xref\n0 0\ntrailer<<>>\n");
    }

    #[test]
    fn wrong_lengths_and_broken_objects_are_stray() {
        let sample = base();
        let place = sample.offset();
        let wrong = sample.raw(b"5 0 obj\n<</Length 3>>\nstream\nlonger\nendstream\nendobj\n").entry(5, place);
        assert_eq!(strays(&wrong.table("/Root 1 0 R"))[0].1, "object 5 0 is a stream whose /Length is wrong");
        let sample = base();
        let place = sample.offset();
        let wrong = sample.raw(b"6 0 obj\n5\nendobj\n").entry(5, place).table("/Root 1 0 R");
        assert!(strays(&wrong)[0].1.starts_with("object 5 0 cannot be read"));
    }

    #[test]
    fn what_an_update_says_about_older_bytes_is_stray_when_it_is_new() {
        let again = base().entry(4, base().bytes.windows(7).position(|w| w == b"4 0 obj").unwrap() as u64);
        assert_eq!(strays(&again.table("/Root 1 0 R")), []);
        let moved = base().entry(4, 20).table("/Root 1 0 R");
        assert_eq!(strays(&moved)[0].1, "object 4 is placed outside the revision that adds it");
        assert_eq!(strays(&base().object(4, "5").table(""))[0].1, "the trailer has no /Root");
    }

    #[test]
    fn an_object_stream_replaced_under_its_objects_is_stray() {
        let sample = Sample::one_page().stream(5, "/Type/ObjStm/N 1/First 4", b"6 0 60");
        let sample = sample.xref_stream(8, "/Root 1 0 R", &[(6, 5, 0)]);
        let sample = sample.stream(5, "/Type/ObjStm/N 1/First 4", b"6 0 61").xref_stream(9, "/Root 1 0 R", &[]);
        assert_eq!(strays(&sample)[0].1, "object stream 5, which holds older objects, is replaced");
    }

    #[test]
    fn ends_that_point_elsewhere_are_stray() {
        let sample = base().object(4, "5").raw(b"startxref\n9\n%%EOF\n").table("/Root 1 0 R");
        assert_eq!(strays(&sample)[0].0, "startxref\n9\n%%EOF\n");
    }
}
