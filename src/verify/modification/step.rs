//! One revision against the one before it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::equality::{has_duplicate_key, same_object};
use super::permission::Permissions;
use super::references::References;
use crate::error::{Error, Result};
use crate::pdf::account::account;
use crate::pdf::document::Document;
use crate::pdf::form::Form;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::view::View;
use crate::pdf::xref::XrefEntry;
use crate::report::{Code, Finding, Modification};

/// What one revision changed.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) level: Modification,
    permitted: Modification,
    pub(super) findings: Vec<Finding>,
    /// How many findings there were beyond those kept.
    more: usize,
}

/// What is known of the whole file, and of the references in it as of the revision under examination.
pub(super) struct Ground<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) references: References,
    pub(super) permissions: Permissions,
    /// The signature fields of the last revision, by object. A field that a later revision took away is a finding there.
    pub(super) fields: HashMap<Ref, Arc<str>>,
    /// The object streams, and the first revision that has an object in each.
    containers: HashMap<u32, usize>,
    section_starts: HashSet<u64>,
    /// Objects that many revisions look at, by number and the revision that wrote them.
    cache: RefCell<HashMap<(u32, usize), Rc<Object>>>,
    pub(super) pages: OnceCell<HashMap<Ref, usize>>,
    /// An object whose references are not known.
    unreadable: Option<String>,
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
    admitted: HashSet<(u32, String)>,
    pub(super) admissions: HashMap<u32, usize>,
    pub(super) signing: super::signing::Signings,
    level: Modification,
    findings: Vec<Finding>,
    more: usize,
}

/// An object that is not what it was.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) id: Ref,
    /// Null where there was none.
    pub(super) before: Rc<Object>,
    /// Null where it was freed.
    pub(super) after: Rc<Object>,
}

/// In which respect a changed object is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clearance {
    /// A dictionary whose changed keys mean something in one role only: who else refers to it does not matter.
    Keys,
    /// If every reference to it is cleared, too.
    Whole,
}

/// Where a value stands: the object that holds it, and the way to it there.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) holder: u32,
    path: String,
}

impl Outcome {
    pub(super) fn unknown(finding: Finding) -> Self {
        Self { level: Modification::Unknown, permitted: Modification::None, findings: vec![finding], more: 0 }
    }

    pub(super) fn is_permitted(&self) -> bool {
        self.level <= self.permitted
    }

    /// How many findings there were.
    pub(super) fn findings(&self) -> usize {
        self.findings.len().saturating_add(self.more)
    }
}

impl<'d> Ground<'d> {
    /// What each revision behind `first` (index from 0) changed.
    pub(super) fn outcomes(document: &'d Document<'d>, first: usize) -> Vec<Outcome> {
        let later = first.saturating_add(1)..document.revisions().len();
        if later.is_empty() {
            return Vec::new();
        }
        let mut ground = match Self::survey(document, first) {
            Ok(ground) => ground,
            Err(error) => return later.map(|revision| unknown(revision, &error)).collect(),
        };
        later.map(|revision| ground.step(revision)).collect()
    }

    /// Reads every object of revision `first` for what it refers to.
    fn survey(document: &'d Document<'d>, first: usize) -> Result<Self> {
        let form = Form::read(document.latest())?;
        let fields = form.signatures().filter(|field| !field.is_group);
        let fields = fields.filter_map(|field| Some((field.id?, Arc::clone(&field.name)))).collect();
        let later = document.revisions().iter().skip(first.saturating_add(1));
        let watched = later.flat_map(|revision| revision.changed.iter().map(|(number, _)| *number)).collect();
        let sections = document.revisions().iter().flat_map(|revision| &revision.sections);
        let mut ground = Self {
            document,
            references: References::to(watched),
            permissions: Permissions::read(document, &form)?,
            fields,
            containers: containers(document),
            section_starts: sections.map(|section| section.start).collect(),
            cache: RefCell::default(),
            pages: OnceCell::new(),
            unreadable: None,
        };
        let view = document.view(first);
        for id in view.live_objects() {
            ground.index(view, id);
        }
        Ok(ground)
    }

    fn index(&mut self, view: View<'_>, id: Ref) {
        match view.get(id) {
            Ok(object) => self.references.set(id.number, &object),
            Err(error) => {
                self.unreadable.get_or_insert_with(|| error.to_string());
            }
        }
    }

    fn step(&mut self, revision: usize) -> Outcome {
        let view = self.document.view(revision);
        for (number, entry) in self.document.revisions().get(revision).map_or(&[][..], |revision| &revision.changed) {
            match id_of(*number, *entry) {
                Some(id) => self.index(view, id),
                None => self.references.set(*number, &Object::Null),
            }
        }
        let outcome = Step::run(self, revision);
        let document = self.document;
        let is_current =
            |number: u32, since: usize| document.history(number, revision).is_some_and(|(now, _)| now == since);
        self.cache.get_mut().retain(|(number, since), _| is_current(*number, *since));
        outcome
    }

    /// Whether objects that were there before `revision` lie in this object stream.
    fn holds_members(&self, number: u32, revision: usize) -> bool {
        self.containers.get(&number).is_some_and(|since| *since < revision)
    }
}

impl<'g> Step<'g> {
    fn run(ground: &'g Ground<'g>, revision: usize) -> Outcome {
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
            signing: super::signing::Signings::default(),
            level: Modification::None,
            findings: Vec::new(),
            more: 0,
        };
        if let Err(error) = step.compare() {
            step.unknown(Code::ModificationUnknown, error);
        }
        step.outcome()
    }

    fn compare(&mut self) -> Result<()> {
        for stray in account(self.ground.document, self.revision)? {
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
            _ => self.refuse("the document has another catalog"),
        }
        if self.level != Modification::None
            && let Some(what) = &self.ground.unreadable
        {
            self.unknown(
                Code::ModificationUnknown,
                format_args!("an object cannot be read, so that it may refer to what changed: {what}"),
            );
        }
        Ok(())
    }

    fn follow_rules(&mut self, root: Ref) -> Result<()> {
        let root_reference = Object::Reference(root);
        let (before, after) = (self.was(Some(&root_reference))?, self.read(self.after, Some(&root_reference))?);
        let (Object::Dictionary(before), Object::Dictionary(after)) = (&*before, &*after) else {
            self.refuse("the catalog is no dictionary");
            return Ok(());
        };
        self.catalog(root, before, after)?;
        self.fill_fields()?;
        self.pages()?;
        self.settle();
        Ok(())
    }

    /// Finds the objects that are not what they were.
    fn collect(&mut self) -> Result<()> {
        let Some(revision) = self.ground.document.revisions().get(self.revision) else { return Ok(()) };
        for number in &revision.conflicts {
            self.refuse(format_args!("object {number} is placed twice, for older and for newer readers"));
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
        let before = was.map_or(Ok(Object::Null), |id| self.before.get(id))?;
        let after = is.map_or(Ok(Object::Null), |id| self.after.get(id))?;
        let kept_generation = was.is_none() || is.is_none() || was == is;
        if kept_generation && same_object((self.before, &before), (self.after, &after))? {
            return Ok(());
        }
        if has_duplicate_key(&after) {
            self.refuse(format_args!("{id} has a key twice"));
        }
        if self.ground.holds_members(number, self.revision) {
            self.refuse(format_args!("{id}, the object stream of earlier objects, was replaced or freed"));
        }
        if !kept_generation {
            self.refuse(format_args!("{id} is another object under a number that was in use"));
        }
        let is_section = |entry: XrefEntry| matches!(entry, XrefEntry::InFile { offset, .. } if self.ground.section_starts.contains(&offset));
        let was_nothing = before.is_null() || earlier.is_some_and(is_section);
        if was_nothing && (is_section(entry) || own_containers.contains(&number)) {
            self.scaffold.insert(number);
            self.clear(number, Clearance::Whole);
        }
        self.changes.insert(number, Change { id, before: Rc::new(before), after: Rc::new(after) });
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
        Outcome { level: self.level, permitted, findings: self.findings, more: self.more }
    }
}

/// What the rules say.
impl Step<'_> {
    /// A change of this level, at least.
    pub(super) fn raise(&mut self, level: Modification) {
        self.level = self.level.max(level);
    }

    /// A change that no rule allows.
    pub(super) fn refuse(&mut self, what: impl std::fmt::Display) {
        self.raise(Modification::Other);
        self.note(Code::ModifiedAfterSigning, what);
    }

    fn unknown(&mut self, code: Code, what: impl std::fmt::Display) {
        self.raise(Modification::Unknown);
        self.note(code, what);
    }

    /// Something to be said, whatever it means.
    pub(super) fn note(&mut self, code: Code, what: impl std::fmt::Display) {
        if self.findings.len() < super::FINDINGS {
            let number = self.revision.saturating_add(1);
            self.findings.push(Finding::new(code, format_args!("revision {number}: {what}")));
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Allows the change of an object.
    pub(super) fn clear(&mut self, number: u32, clearance: Clearance) {
        if self.changes.contains_key(&number) || self.scaffold.contains(&number) {
            let cleared = self.cleared.entry(number).or_insert(clearance);
            *cleared = clearance.max(*cleared);
        }
    }

    /// Allows the reference to `id` that stands at `place`, and the change of `id` itself.
    pub(super) fn admit(&mut self, place: &Place, id: Ref, clearance: Clearance) {
        if !self.changes.contains_key(&id.number) {
            return;
        }
        self.clear(id.number, clearance);
        // References in new objects count when those are cleared.
        if !self.is_new(place.holder) && self.admitted.insert((place.holder, place.path.clone())) {
            let count = self.admissions.entry(id.number).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Allows all references in a value, and the new objects that they lead to.
    pub(super) fn admit_all(&mut self, place: &Place, value: &Object) {
        let mut waiting = vec![(place.clone(), value)];
        while let Some((place, value)) = waiting.pop() {
            match value {
                Object::Reference(id) if self.is_new(id.number) => self.admit(&place, *id, Clearance::Whole),
                Object::Array(items) => {
                    waiting.extend(items.iter().enumerate().map(|(at, item)| (place.item(at), item)))
                }
                Object::Dictionary(dictionary) => {
                    waiting.extend(dictionary.iter().map(|entry| (place.key(&entry.key.to_text()), &entry.value)));
                }
                _ => {}
            }
        }
    }

    pub(super) fn is_new(&self, number: u32) -> bool {
        self.changes.get(&number).is_some_and(Change::is_new)
    }

    /// A dictionary that this revision added.
    pub(super) fn new_dictionary(&self, id: Ref) -> Option<Dictionary> {
        let change = self.changes.get(&id.number).filter(|change| change.is_new() && change.id == id)?;
        match &*change.after {
            Object::Dictionary(dictionary) => Some(dictionary.clone()),
            _ => None,
        }
    }

    /// What a value was.
    pub(super) fn was(&self, value: Option<&Object>) -> Result<Rc<Object>> {
        self.read(self.before, value)
    }

    /// What a value is, and where; the reference to it, if there is one, is allowed.
    pub(super) fn is(
        &mut self,
        place: Place,
        value: Option<&Object>,
        clearance: Clearance,
    ) -> Result<(Place, Rc<Object>)> {
        let place = match value {
            Some(Object::Reference(id)) => {
                self.admit(&place, *id, clearance);
                Place::object(id.number)
            }
            _ => place,
        };
        Ok((place, self.read(self.after, value)?))
    }

    /// A value, or the object that it refers to. References to references are for a rule to refuse.
    pub(super) fn read(&self, view: View<'_>, value: Option<&Object>) -> Result<Rc<Object>> {
        let id = match value {
            None => return Ok(Rc::new(Object::Null)),
            Some(Object::Reference(id)) => *id,
            Some(direct) => return Ok(Rc::new(direct.clone())),
        };
        if let Some(change) = self.changes.get(&id.number).filter(|change| change.id == id) {
            let is_after = view.revision() == self.revision;
            return Ok(Rc::clone(if is_after { &change.after } else { &change.before }));
        }
        let Some((since, _)) = self.ground.document.history(id.number, view.revision()) else {
            return Ok(Rc::new(Object::Null));
        };
        if let Some(object) = self.ground.cache.borrow().get(&(id.number, since)) {
            return Ok(Rc::clone(object));
        }
        let object = Rc::new(view.get(id)?);
        self.ground.cache.borrow_mut().insert((id.number, since), Rc::clone(&object));
        Ok(object)
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

impl Place {
    pub(super) fn object(number: u32) -> Self {
        Self { holder: number, path: String::new() }
    }

    pub(super) fn key(&self, key: &str) -> Self {
        Self { holder: self.holder, path: format!("{}/{key}", self.path) }
    }

    pub(super) fn item(&self, index: usize) -> Self {
        Self { holder: self.holder, path: format!("{}[{index}]", self.path) }
    }
}

fn unknown(revision: usize, error: &Error) -> Outcome {
    let number = revision.saturating_add(1);
    Outcome::unknown(Finding::new(Code::ModificationUnknown, format_args!("revision {number}: {error}")))
}

/// The object that an entry places; none if it frees it.
fn id_of(number: u32, entry: XrefEntry) -> Option<Ref> {
    match entry {
        XrefEntry::Free => None,
        XrefEntry::InFile { generation, .. } => Some(Ref { number, generation }),
        XrefEntry::InStream { .. } => Some(Ref { number, generation: 0 }),
    }
}

fn containers(document: &Document<'_>) -> HashMap<u32, usize> {
    let mut containers = HashMap::new();
    for (index, revision) in document.revisions().iter().enumerate() {
        for (_, entry) in &revision.changed {
            if let XrefEntry::InStream { stream, .. } = entry {
                containers.entry(*stream).or_insert(index);
            }
        }
    }
    containers
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
