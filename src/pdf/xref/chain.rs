//! The chain of sections from `startxref` along `/Prev` (ISO 32000-2, 7.5.5, 7.5.6).

use std::collections::HashSet;

use super::super::bytes::{Bytes, syntax};
use super::{Section, XrefStyle};
use crate::error::{Error, ErrorKind, Result};

/// All sections of the file, newest first.
pub(crate) fn chain(bytes: &Bytes<'_>, startxref: u64, shift: u64) -> Result<Vec<Section>> {
    let limits = bytes.limits();
    // No file has more objects than bytes, but one of 10 KB can claim millions.
    let most = u64::from(limits.objects).min(bytes.len().saturating_add(4096));
    let mut room = usize::try_from(most).unwrap_or(usize::MAX);
    let mut seen = HashSet::new();
    let mut sections = Vec::new();
    let mut next = Some(startxref);
    while let Some(pointer) = next {
        let mut section = Section::read(bytes, pointer, shift, room)?;
        if !seen.insert(section.offset) {
            return Err(syntax(section.offset, "the cross-reference sections form a loop"));
        }
        if sections.len() >= limits.revisions {
            let message = "the file has more cross-reference sections than Limits::revisions";
            return Err(Error::new(ErrorKind::Limit, message));
        }
        room = room.saturating_sub(section.entries.len());
        if section.style == XrefStyle::Table
            && let Some(pointer) = section.pointer("XRefStm")?
        {
            let hidden = hidden(bytes, pointer, shift, room)?;
            room = room.saturating_sub(hidden.entries.len());
            section.style = XrefStyle::Hybrid;
            section.hidden = Some(Box::new(hidden));
        }
        next = section.previous()?;
        sections.push(section);
    }
    Ok(sections)
}

/// The stream beside a table. Its own `/Prev` says nothing: the table's does (7.5.8.4).
fn hidden(bytes: &Bytes<'_>, pointer: u64, shift: u64, room: usize) -> Result<Section> {
    let section = Section::read(bytes, pointer, shift, room)?;
    match section.style {
        XrefStyle::Stream => Ok(section),
        _ => Err(syntax(section.offset, "/XRefStm does not point to a cross-reference stream")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn offsets(text: &str, start: u64, shift: u64) -> Result<Vec<u64>> {
        let limits = Limits { revisions: 3, ..Limits::default() };
        let bytes = Bytes::new(Box::new(text.as_bytes()), limits)?;
        Ok(chain(&bytes, start, shift)?.iter().map(|section| section.offset).collect())
    }

    #[test]
    fn the_chain_is_followed_newest_first() {
        let text = "xref 0 0 trailer<<>>    xref 0 0 trailer<</Prev 0>> xref 0 0 trailer<</Prev 20>>";
        assert_eq!(offsets(text, 52, 0).unwrap(), [52, 24]);
        assert_eq!(offsets(text, 50, 2).unwrap(), [52, 24]);
    }

    #[test]
    fn loops_and_endless_chains_end() {
        let error = offsets("xref 0 0 trailer<</Prev 28>>xref 0 0 trailer<</Prev  1>>", 28, 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Syntax);
        let text: String = (0..5).map(|index| format!("xref 0 0 trailer<</Prev {:3}>>\n", index * 30 + 30)).collect();
        assert_eq!(offsets(&text, 30, 0).unwrap_err().kind(), ErrorKind::Limit);
    }
}
