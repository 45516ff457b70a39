//! What only a draft that opens can tell: members of object streams, wrong lengths, and which trailer leads to a catalog.

use super::scan::{End, Found, Trailer, is_of_type};
use super::signs::{self, Signatures};
use super::{Repair, RepairFlaw, RepairStep};
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, PdfString, Ref, StringForm};
use crate::pdf::view::{Length, View};
use crate::pdf::xref::XrefEntry;

impl Repair<'_> {
    /// Takes over how the file is encrypted, which must be one way.
    pub(super) fn keep_encryption(&mut self) -> Result<()> {
        let newest = self.newest("Encrypt").map(|trailer| trailer.offset);
        let with_root = || self.scan.trailers.iter().filter(|trailer| trailer.entries.get("Root").is_some());
        let lost = match newest {
            None => self.scan.encryption,
            Some(_) => with_root().find(|other| other.entries.get("Encrypt").is_none()).map(|other| other.offset),
        };
        if let Some(offset) = lost {
            let message = "the file is encrypted, but not all of its trailers say how";
            return Err(Error::new(ErrorKind::Encrypted, message)
                .at(format_args!("byte {offset}"))
                .advise("repair it with the program that encrypted it"));
        }
        self.take_over("Encrypt");
        self.take_over("ID");
        Ok(())
    }

    /// Adds what object streams hold, unless something of that number stands behind them.
    pub(super) fn add_members(&mut self, view: View<'_>) -> Result<()> {
        let containers = self.scan.objects.iter().filter(|(_, found)| found.is_container);
        let mut containers: Vec<_> = containers.map(|(number, found)| (found.offset, found.id(*number))).collect();
        containers.sort_unstable();
        for (offset, id) in containers {
            let Some(XrefEntry::InFile { offset: place, .. }) = view.location(id) else { continue };
            let members = match view.members(id, place) {
                Ok(members) => members,
                Err(error) if error.kind() == ErrorKind::Io => return Err(error),
                Err(error) => {
                    self.leave_out(offset, &error);
                    continue;
                }
            };
            for (index, number) in (0..).zip(members) {
                let is_newer = self.scan.objects.get(&number).is_none_or(|found| found.offset < offset);
                if is_newer && number != 0 && number <= self.bytes.limits().objects {
                    self.plan.anew.retain(|id, _| id.number != number);
                    self.plan.entries.insert(number, XrefEntry::InStream { stream: id.number, index });
                }
            }
        }
        Ok(())
    }

    /// Leaves out members that cannot be read; gives the last one that is a catalog.
    pub(super) fn check_members(&mut self, view: View<'_>) -> Result<Option<Ref>> {
        let members = self.plan.entries.iter().filter_map(|(number, entry)| match entry {
            XrefEntry::InStream { stream, .. } => Some((*number, *stream)),
            _ => None,
        });
        let members: Vec<_> = members.collect();
        let mut catalog = None;
        for (number, stream) in members {
            let id = Ref { number, generation: 0 };
            let offset = self.scan.objects.get(&stream).map_or(0, |found| found.offset);
            match view.get(id) {
                Ok(object) if self.signatures == Signatures::Refused && signs::is_in(&object) => {
                    return Err(signs::holds_signature(offset));
                }
                Ok(Object::Dictionary(dictionary)) if is_of_type(&dictionary, "Catalog") => catalog = Some(id),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Io => return Err(error),
                Err(error) => {
                    self.leave_out(offset, &error);
                    self.plan.entries.remove(&number);
                }
            }
        }
        Ok(catalog)
    }

    /// Plans to write anew every stream whose data does not end where it says.
    pub(super) fn find_wrong_lengths(&mut self, view: View<'_>) -> Result<()> {
        for (number, found) in &self.scan.objects {
            let id = found.id(*number);
            let is_planned = matches!(self.plan.entries.get(number), Some(XrefEntry::InFile { .. }));
            if !is_planned || !matches!(found.end, End::Endobj) {
                continue;
            }
            let placed = view.placed(id, found.offset).map_err(|error| error.at(id))?;
            if let (Object::Stream(stream), Length::Wrong) = (placed.object, placed.length) {
                self.plan.anew.insert(id, Some(stream.data));
                self.steps.push(found.rewritten(*number, RepairFlaw::Length));
            }
        }
        Ok(())
    }

    /// Takes over `/Root` and `/Info` from the newest trailer that leads to a catalog.
    pub(super) fn choose_trailer(&mut self, view: View<'_>, inner_catalog: Option<Ref>) -> Result<()> {
        let root = |trailer: &Trailer| trailer.entries.get("Root").and_then(Object::as_reference);
        let leads = |trailer: &&Trailer| root(trailer).is_some_and(|root| is_catalog(view, root));
        let chosen = self.scan.trailers.iter().rev().find(leads);
        let (root, step) = match chosen.and_then(|trailer| Some((root(trailer)?, trailer.offset))) {
            Some((root, offset)) => (root, RepairStep::Trailer { offset }),
            None => {
                let found = self.scan.catalog.filter(|id| is_catalog(view, *id)).or(inner_catalog);
                let Ref { number, generation } = found.ok_or_else(|| {
                    Error::new(ErrorKind::Syntax, "the file cannot be repaired: no catalog is left of it")
                        .advise("fetch the file again")
                })?;
                let offset = self.scan.objects.get(&number).map_or(0, |found| found.offset);
                (Ref { number, generation }, RepairStep::Catalog { number, generation, offset })
            }
        };
        self.steps.push(step);
        self.plan.trailer.set("Root", Object::Reference(root));
        let info = chosen.and_then(|trailer| trailer.entries.get("Info")?.as_reference());
        let info = info.or_else(|| self.newest("Info")?.entries.get("Info")?.as_reference());
        if let Some(info) = info.filter(|info| matches!(view.get(*info), Ok(Object::Dictionary(_)))) {
            self.plan.trailer.set("Info", Object::Reference(info));
        }
        Ok(())
    }

    /// The second half of `/ID` names this version of the file (14.4).
    pub(super) fn renew_id(&mut self, view: View<'_>) {
        let Some(id) = self.plan.trailer.get("ID") else { return };
        match view.plain(id) {
            Ok(Object::Array(halves)) if halves.len() == 2 => {
                let digest =
                    DigestAlgorithm::Sha256.digest(format!("pades-ltv repair {}", self.bytes.len()).as_bytes());
                let second = PdfString { bytes: digest.into_iter().take(16).collect(), form: StringForm::Hexadecimal };
                let first = halves.into_iter().next().unwrap_or(Object::Null);
                self.plan.trailer.set("ID", Object::Array([first, Object::String(second)].into()));
            }
            _ => self.plan.trailer.remove("ID"),
        }
    }

    /// The newest trailer with an entry `key`.
    fn newest(&self, key: &str) -> Option<&Trailer> {
        self.scan.trailers.iter().rev().find(|trailer| trailer.entries.get(key).is_some())
    }

    fn take_over(&mut self, key: &str) {
        if let Some(value) = self.newest(key).and_then(|trailer| trailer.entries.get(key)).cloned() {
            self.plan.trailer.set(key, value);
        }
    }

    fn leave_out(&mut self, offset: u64, error: &Error) {
        self.steps.push(RepairStep::LeftOut { offset, reason: error.to_string() });
    }
}

impl Found {
    pub(super) fn id(&self, number: u32) -> Ref {
        Ref { number, generation: self.generation }
    }

    pub(super) fn rewritten(&self, number: u32, flaw: RepairFlaw) -> RepairStep {
        RepairStep::Rewritten { number, generation: self.generation, offset: self.offset, flaw }
    }
}

/// Whether `id` is a catalog. Some writers forget to say so.
fn is_catalog(view: View<'_>, id: Ref) -> bool {
    let is = |dictionary: &Dictionary| is_of_type(dictionary, "Catalog") || dictionary.get("Pages").is_some();
    matches!(view.get(id), Ok(Object::Dictionary(dictionary)) if is(&dictionary))
}
