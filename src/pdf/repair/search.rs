//! The objects of a file of which nothing says where they are, for telling what was signed in it.
//!
//! What it is for: lenient viewers search broken files for objects, and show the signatures that they find. Whoever asks about such
//! a file shall hear of the same signatures.
//!
//! Invariant: nothing is written, and nothing stands behind the end of the file: every place is one of the bytes that are there.
//! Invariant: of several objects of one number the last in the file counts, as those viewers have it; an object that is no whole one is an
//! error where it is read, and never mended.

use super::Repair;
use super::signs::Signatures;
use crate::error::Result;
use crate::pdf::bytes::Bytes;
use crate::pdf::document::Document;
use crate::pdf::revision::{Head, Revision};
use crate::pdf::xref::{Lines, XrefStyle};

/// All objects of the file, as the one revision that no cross-reference tells apart; `header` is where the file says that it is a PDF, and `password`
/// opens it where it is encrypted.
///
/// # Errors
/// Those of a repair, which looks in the same way: [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) where no catalog is found,
/// [`ErrorKind::Encrypted`](crate::ErrorKind::Encrypted) where nobody can read what is found, and the limits.
pub(in crate::pdf) fn search(bytes: &Bytes<'_>, header: u64, password: &[u8]) -> Result<Revision> {
    let head = Head { offset: header, shift: 0 };
    let mut found = Repair::of(bytes, Signatures::Sought)?;
    found.place_objects();
    found.keep_encryption()?;
    if found.has_containers() {
        let draft = found.in_place(head, password)?;
        found.add_members(draft.latest())?;
    }
    let draft = found.in_place(head, password)?;
    let inner_catalog = found.check_members(draft.latest())?;
    found.choose_trailer(draft.latest(), inner_catalog)?;
    Ok(found.revision())
}

impl<'b> Repair<'b> {
    /// The file with what was found so far.
    fn in_place(&self, head: Head, password: &[u8]) -> Result<Document<'b>> {
        let document = Document::draft(self.bytes, head, vec![self.revision()], password)?;
        document.require_open()?;
        Ok(document)
    }

    fn revision(&self) -> Revision {
        Revision {
            number: 1,
            range: 0..self.bytes.len(),
            sections: Vec::new(),
            style: XrefStyle::Table,
            lines: Lines::Uneven,
            trailer: self.plan.trailer.clone(),
            startxref: 0,
            changed: self.plan.entries.iter().map(|(number, entry)| (*number, *entry)).collect(),
            conflicts: Vec::new(),
        }
    }
}
