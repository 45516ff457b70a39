//! One revision against the one before it: what changed, and what became of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use super::clearance::Clearance;
use super::equality::same_object;
use super::ground::{Ground, id_of, unknown_because};
use super::references::Seen;
use super::signing::{Signings, says};
use super::told::Told;
use crate::error::Result;
use crate::pdf::account::Stray;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::view::View;
use crate::pdf::xref::{Lines, XrefEntry};
use crate::report::{self, Act, ChangeKind, Code, Finding, Modification, Rule};

/// What one revision changed.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) level: Modification,
    permitted: Modification,
    pub(super) findings: Vec<Finding>,
    /// How many findings there were beyond those kept.
    more: usize,
    pub(super) changes: Vec<report::Change>,
}

/// The comparison of one revision with the one before.
pub(super) struct Step<'g> {
    pub(super) ground: &'g Ground<'g>,
    pub(super) revision: usize,
    pub(super) before: View<'g>,
    pub(super) after: View<'g>,
    pub(super) changes: BTreeMap<u32, Change>,
    /// The changed objects that a rule allows.
    pub(super) cleared: HashMap<u32, Clearance>,
    /// Cross-reference and object streams of this revision: what they refer to is cleared by them alone in no case.
    pub(super) scaffold: HashSet<u32>,
    /// Allowed occurrences of references in objects that were there before: holder and path.
    pub(super) admitted: HashSet<(u32, String)>,
    pub(super) admissions: HashMap<u32, usize>,
    pub(super) signing: Signings,
    pub(super) level: Modification,
    pub(super) findings: Vec<Finding>,
    pub(super) more: usize,
    /// What is told of each changed object; under 0 what is told of the rest.
    pub(super) told: BTreeMap<(u32, ChangeKind), Told>,
}

/// 7.5.4: some readers count bytes, find other entries than are there, and look for objects of their own.
const UNEVEN: &str = "the lines of its cross-reference table are not all of 20 bytes, which readers take differently";

/// An object that is not what it was.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) id: Ref,
    /// Null where there was none.
    pub(super) before: Rc<Object>,
    /// Null where it was freed.
    pub(super) after: Rc<Object>,
}

impl Outcome {
    /// Of a revision (index from 0) of which nothing can be told.
    pub(super) fn unknown(revision: usize, finding: Finding) -> Self {
        let kind = if finding.code == Code::StrayBytes { ChangeKind::Bytes } else { ChangeKind::Object };
        let change = report::Change {
            revision: revision.saturating_add(1),
            object: None,
            page: None,
            rect: None,
            kind,
            act: if kind == ChangeKind::Bytes { Act::Added } else { Act::Changed },
            subtype: None,
            field: None,
            old: None,
            new: None,
            allowed: false,
            rule: Rule::DefaultDeny,
            by: None,
        };
        Self {
            level: Modification::Unknown,
            permitted: Modification::None,
            findings: vec![finding],
            more: 0,
            changes: vec![change],
        }
    }

    pub(super) fn is_permitted(&self) -> bool {
        self.level <= self.permitted
    }

    /// How many findings there were.
    pub(super) fn findings(&self) -> usize {
        self.findings.len().saturating_add(self.more)
    }
}

impl<'g> Step<'g> {
    /// `strays` are the bytes of the revision that nothing accounts for.
    pub(super) fn run(ground: &'g Ground<'g>, revision: usize, strays: Result<Vec<Stray>>) -> Outcome {
        let mut step = Self {
            ground,
            revision,
            before: ground.document.view(revision.saturating_sub(1)),
            after: ground.document.view(revision),
            changes: BTreeMap::new(),
            cleared: HashMap::new(),
            scaffold: HashSet::new(),
            admitted: HashSet::new(),
            admissions: HashMap::new(),
            signing: Signings::default(),
            level: Modification::None,
            findings: Vec::new(),
            more: 0,
            told: BTreeMap::new(),
        };
        if let Err(error) = step.compare(strays) {
            step.unknown(unknown_because(&error), error);
        }
        step.outcome()
    }

    fn compare(&mut self, strays: Result<Vec<Stray>>) -> Result<()> {
        for stray in strays? {
            self.unknown(
                Code::StrayBytes,
                format_args!("bytes {}..{}: {}", stray.range.start, stray.range.end, stray.what),
            );
        }
        self.collect()?;
        self.trailer()?;
        let root = |view: View<'_>| view.trailer().get("Root").and_then(Object::as_reference);
        match (root(self.before), root(self.after)) {
            (Some(before), Some(after)) if before == after => self.follow_rules(after)?,
            _ => self.refuse(0, "the document has another catalog"),
        }
        if let Some(what) = &self.ground.unreadable
            && (self.level != Modification::None || self.ground.reaches_out)
        {
            self.unknown(
                Code::ModificationUnknown,
                format_args!("an object cannot be read, so that it may refer to what changed: {what}"),
            );
        }
        Ok(())
    }

    fn follow_rules(&mut self, root: Ref) -> Result<()> {
        let (before, after) = (self.object(self.before, root)?, self.object(self.after, root)?);
        let (Object::Dictionary(before), Object::Dictionary(after)) = (&*before, &*after) else {
            self.refuse(root.number, "the catalog is no dictionary");
            return Ok(());
        };
        self.catalog(root, before, after)?;
        self.grow_groups()?;
        self.fill_fields()?;
        self.change_comments()?;
        self.structure(after)?;
        self.pages()?;
        self.settle();
        Ok(())
    }

    /// Finds the objects that are not what they were.
    fn collect(&mut self) -> Result<()> {
        let Some(revision) = self.ground.document.revisions().get(self.revision) else { return Ok(()) };
        if revision.lines == Lines::Uneven {
            self.unknown(Code::ModificationUnknown, UNEVEN);
        }
        for number in &revision.conflicts {
            self.refuse(*number, format_args!("object {number} is placed twice, for older and for newer readers"));
        }
        let own = revision.changed.iter().filter_map(|(_, entry)| match entry {
            XrefEntry::InStream { stream, .. } => Some(*stream),
            _ => None,
        });
        let own: HashSet<u32> = own.collect();
        for (number, entry) in &revision.changed {
            self.collect_one(*number, *entry, &own)?;
        }
        Ok(())
    }

    fn collect_one(&mut self, number: u32, entry: XrefEntry, own_containers: &HashSet<u32>) -> Result<()> {
        let earlier = self.ground.document.history(number, self.revision.saturating_sub(1)).map(|(_, entry)| entry);
        let was = earlier.and_then(|entry| id_of(number, entry));
        let is = id_of(number, entry);
        let Some(id) = is.or(was) else { return Ok(()) };
        let object = |view, id: Option<Ref>| id.map_or(Ok(Rc::new(Object::Null)), |id| self.object(view, id));
        let before = object(self.before, was)?;
        let (after, seen) = match self.ground.fresh.get(&number) {
            Some((after, seen)) => (Rc::clone(after), *seen),
            None => {
                let after = object(self.after, is)?;
                let seen = Seen::of(&after);
                (after, seen)
            }
        };
        // What it was is looked at no more often than it was written.
        self.ground.work.spend(seen.weight)?;
        let kept_generation = was.is_none() || is.is_none() || was == is;
        let is_ambiguous = seen.has_duplicate_key && before != after;
        if !is_ambiguous && kept_generation && same_object((self.before, &before), (self.after, &after))? {
            return Ok(());
        }
        if is_ambiguous {
            self.refuse(number, format_args!("{id} has a key twice"));
        }
        if self.ground.holds_members(number, self.revision) {
            self.refuse(number, format_args!("{id}, the object stream of earlier objects, was replaced or freed"));
        }
        if let Object::Stream(stream) = &*after
            && let Some(key) = elsewhere(&stream.dictionary)
        {
            self.refuse(number, format_args!("{id} shows what does not stand in the file: {key}"));
        }
        if !kept_generation {
            self.explain(format_args!("{id} is another object under a number that was in use"));
        }
        let is_section = |entry: XrefEntry| matches!(entry, XrefEntry::InFile { offset, .. } if self.ground.section_starts.contains(&offset));
        let was_nothing = before.is_null() || earlier.is_some_and(is_section);
        if was_nothing && (is_section(entry) || own_containers.contains(&number)) {
            self.scaffold.insert(number);
            self.clear(number, Clearance::Whole);
        }
        self.changes.insert(number, Change { id, before, after });
        Ok(())
    }

    fn outcome(mut self) -> Outcome {
        let permitted = self.ground.permissions.at(self.revision);
        if self.level > permitted && self.level < Modification::Other {
            let (what, most) = (words(self.level), words(permitted));
            self.note(
                Code::ModifiedAfterSigning,
                format_args!("{what}, but an earlier signature permits at most: {most}"),
            );
        }
        let changes = self.changes_told(permitted);
        Outcome { level: self.level, permitted, findings: self.findings, more: self.more, changes }
    }
}

impl Change {
    pub(super) fn is_new(&self) -> bool {
        self.before.is_null()
    }

    pub(super) fn is_freed(&self) -> bool {
        self.after.is_null()
    }

    /// The two dictionaries, where it was one and is one.
    pub(super) fn dictionaries(&self) -> Option<(&Dictionary, &Dictionary)> {
        match (&*self.before, &*self.after) {
            (Object::Dictionary(before), Object::Dictionary(after)) => Some((before, after)),
            _ => None,
        }
    }
}

/// The entry by which a stream shows what is no part of the file and may be anything tomorrow: data in another file (7.3.8.2), a
/// page of another document (8.10.4), a proxy for an image elsewhere (14.11.7), a program for a printer (8.8.2).
fn elsewhere(stream: &Dictionary) -> Option<&'static str> {
    let outside = ["F", "Ref", "OPI", "PS"].into_iter().find(|key| stream.get(key).is_some());
    outside.or_else(|| says(stream, "Subtype", "PS").then_some("PS"))
}

fn words(level: Modification) -> &'static str {
    match level {
        Modification::None => "nothing",
        Modification::Lta => "evidence and document timestamps",
        Modification::Form => "signatures and form filling",
        Modification::Annotate => "annotations",
        Modification::Other | Modification::Unknown => "other changes",
    }
}
