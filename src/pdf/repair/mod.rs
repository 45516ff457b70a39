//! Repair on request: a broken cross-reference is answered with one revision that has a complete one (ISO 32000-2, 7.5.4 to 7.5.8).
//!
//! What it is for: signing files whose writers were careless. Verifying never repairs: what was signed is fixed by the bytes. Where a file
//! is so broken that no strict reader finds its signatures, verifying borrows the search from here (`search`), to say that they are
//! there and do not pass; that appends nothing, and gives nothing that could be appended to.
//!
//! Invariant: no byte of the file is changed; the result is opened by the strict reader and checked, or there is none.
//! Invariant: a file that holds a signature is refused, whatever its state.
//!
//! Nouns: [`RepairStep`] (what was done), [`Repaired`]; within, `Scan` (what stands in the file) and `Plan` (what is appended).

mod draft;
mod plan;
mod scan;
mod search;
mod signs;
mod step;
#[cfg(test)]
mod tests;

use self::plan::Plan;
use self::scan::{End, Scan};
pub(in crate::pdf) use self::search::search;
use self::signs::Signatures;
pub use self::step::{RepairFlaw, RepairStep};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::bytes::{Bytes, syntax};
use crate::pdf::document::{Document, header};
use crate::pdf::lexer::is_white;
use crate::pdf::source::{Joined, Source};
use crate::pdf::view::Length;
use crate::pdf::xref::XrefEntry;

/// A file that opens strictly with what is appended to it.
pub(crate) struct Repaired<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) base_len: u64,
    pub(crate) appended: Vec<u8>,
    pub(crate) steps: Vec<RepairStep>,
}

/// Repairs a file that does not open well.
pub(crate) fn repair<'a>(source: Box<dyn Source + 'a>, limits: Limits) -> Result<Repaired<'a>> {
    let (base_len, appended, steps) = mend(&*source, &limits)?;
    let joined = Joined { base: source, base_len, appended: appended.clone() };
    let document = Document::open_with(joined, limits).map_err(unopened)?;
    match flaw(&document)? {
        Some(flaw) => Err(beyond(flaw)),
        None => Ok(Repaired { document, base_len, appended, steps }),
    }
}

/// The length of the file, what is to be appended to it, and what that does.
fn mend(source: &dyn Source, limits: &Limits) -> Result<(u64, Vec<u8>, Vec<RepairStep>)> {
    let bytes = Bytes::new(Box::new(source), limits.clone())?;
    let shift = header(&bytes)?;
    let fault = fault(source, limits)?;
    let mut repair = Repair::of(&bytes, Signatures::Refused)?;
    repair.plan.shift = shift;
    let appended = repair.run(fault)?;
    Ok((bytes.len(), appended, repair.steps))
}

/// What is wrong with the file, in words.
fn fault(source: &dyn Source, limits: &Limits) -> Result<String> {
    let document = match Document::open_with(source, limits.clone()) {
        Ok(document) => document,
        Err(error) if error.kind() == ErrorKind::Io => return Err(error),
        Err(error) => return Ok(said(&error)),
    };
    document.require_open()?;
    let sound = || {
        Error::new(ErrorKind::Repair, "the file opens as it is: there is nothing to repair")
            .advise("sign it without a repair")
    };
    flaw(&document)?.ok_or_else(sound)
}

/// What keeps an open document from being read in full: its catalog, all pages, all objects, and nothing behind them.
fn flaw(document: &Document<'_>) -> Result<Option<String>> {
    let view = document.latest();
    let read = view.catalog().and_then(|_| {
        let behind = document.trailing();
        if !document.read(behind.clone())?.into_iter().all(is_white) {
            return Err(syntax(behind.start, "what stands behind the last revision belongs to none"));
        }
        view.first_page()?;
        view.pages()?.try_for_each(|page| page.map(|_| ()))?;
        view.live_objects().try_for_each(|id| match view.examine(id)? {
            Length::Right => Ok(()),
            Length::Wrong => Err(Error::new(ErrorKind::Syntax, "the /Length of a stream is wrong").at(id)),
        })
    });
    match read {
        Ok(()) => Ok(None),
        Err(error) if error.kind() == ErrorKind::Io => Err(error),
        Err(error) => Ok(Some(said(&error))),
    }
}

struct Repair<'b> {
    bytes: &'b Bytes<'b>,
    signatures: Signatures,
    scan: Scan,
    plan: Plan,
    steps: Vec<RepairStep>,
}

impl<'b> Repair<'b> {
    /// What a search of the file finds, and nothing done about it yet.
    fn of(bytes: &'b Bytes<'b>, signatures: Signatures) -> Result<Self> {
        let scan = Scan::read(bytes, signatures)?;
        Ok(Self { bytes, signatures, scan, plan: Plan::default(), steps: Vec::new() })
    }

    /// The bytes to append. Each draft says more than the one before: first the objects of the file, then those in object streams, at
    /// last what the trailer says and which streams to write anew.
    fn run(&mut self, fault: String) -> Result<Vec<u8>> {
        self.place_objects();
        self.keep_encryption()?;
        if self.has_containers() {
            let draft = self.draft()?;
            self.add_members(draft.latest())?;
        }
        let draft = self.draft()?;
        let inner_catalog = self.check_members(draft.latest())?;
        self.find_wrong_lengths(draft.latest())?;
        self.choose_trailer(draft.latest(), inner_catalog)?;
        self.renew_id(draft.latest());
        let unreadable = std::mem::take(&mut self.scan.unreadable).into_iter();
        self.steps.extend(unreadable.map(|(offset, reason)| RepairStep::LeftOut { offset, reason }));
        self.steps.sort_by_key(RepairStep::offset);
        let (offset, objects) = (self.bytes.len(), self.plan.entries.len());
        self.steps.push(RepairStep::Section { fault, offset, objects });
        self.plan.write(self.bytes)
    }

    /// Plans an entry for every object that was found, and to write anew those that do not end as they should.
    fn place_objects(&mut self) {
        for (number, found) in &self.scan.objects {
            let entry = XrefEntry::InFile { offset: found.offset, generation: found.generation };
            self.plan.entries.insert(*number, entry);
            match &found.end {
                End::Endobj => continue,
                End::Nothing => self.plan.anew.insert(found.id(*number), None),
                End::Endstream(data) => self.plan.anew.insert(found.id(*number), Some(data.clone())),
            };
            self.steps.push(found.rewritten(*number, RepairFlaw::End));
        }
    }

    fn has_containers(&self) -> bool {
        self.scan.objects.values().any(|found| found.is_container)
    }

    /// The file with what is planned so far.
    fn draft(&self) -> Result<Document<'b>> {
        let appended = self.plan.write(self.bytes)?;
        let joined = Joined { base: self.bytes.source(), base_len: self.bytes.len(), appended };
        let document = Document::open_with(joined, self.bytes.limits().clone()).map_err(unopened)?;
        document.require_open()?;
        Ok(document)
    }
}

/// A file with what is appended to it does not open.
fn unopened(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Io | ErrorKind::Limit | ErrorKind::Encrypted => error,
        _ => beyond(said(&error)),
    }
}

fn beyond(flaw: String) -> Error {
    Error::new(ErrorKind::Syntax, format!("the file cannot be repaired: {flaw}")).advise("fetch the file again")
}

/// An error without its advice.
fn said(error: &Error) -> String {
    match error.place() {
        Some(place) => format!("{} ({place})", error.message()),
        None => error.message().to_owned(),
    }
}
