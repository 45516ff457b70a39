//! What is known of the whole file while its revisions are compared, one after the other.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::pages::PageNumbers;
use super::permission::Permissions;
use super::references::{References, Seen};
use super::step::{Outcome, Step};
use super::work::Work;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::account::account_meeting;
use crate::pdf::document::Document;
use crate::pdf::form::{Field, FieldKind, Form};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::view::View;
use crate::pdf::xref::XrefEntry;
use crate::report::{Code, Finding};
use crate::verify::removed::{News, signed};

/// How many objects are kept from one revision to the next.
const CACHED: usize = 1 << 16;

/// What is known of the whole file, and of the references in it as of the revision under examination.
pub(super) struct Ground<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) references: References,
    pub(super) permissions: Permissions,
    /// The signature fields of the last revision, by object. A field that a later revision took away is a finding there.
    pub(super) fields: HashMap<Ref, Arc<str>>,
    /// The text and choice fields, check boxes and radio buttons of the last revision, by object.
    pub(super) inputs: HashMap<Ref, Field>,
    /// The groups of fields of the last revision, by their own numbers and those of their lists of kids.
    pub(super) groups: HashMap<u32, Ref>,
    /// The names that more than one field of the last revision has.
    pub(super) twins: HashSet<Arc<str>>,
    /// The object streams, and the first revision that has an object in each.
    containers: HashMap<u32, usize>,
    pub(super) section_starts: HashSet<u64>,
    /// The objects that rules looked at last, by number, each with the revision that wrote it.
    pub(super) cache: RefCell<HashMap<u32, (usize, Rc<Object>)>>,
    /// The objects of the revision under examination, each with what was seen of it.
    pub(super) fresh: HashMap<u32, (Rc<Object>, Seen)>,
    pub(super) pages: OnceCell<PageNumbers>,
    /// The objects that pages show, by number, each with the first such page.
    pub(super) shown: OnceCell<HashMap<u32, usize>>,
    pub(super) work: Work,
    /// The signatures of the last revision, by their dictionaries.
    signed: HashSet<Ref>,
    /// What each revision says about signatures, by its index.
    news: HashMap<usize, News>,
    /// An object whose references are not known.
    pub(super) unreadable: Option<String>,
    /// Whether one of these could be read together with what stands behind its revision: then that changes it, whatever it is.
    pub(super) reaches_out: bool,
}

impl<'d> Ground<'d> {
    /// What each revision behind `first` (index from 0) changed, what it says about signatures, and how many values were looked at.
    pub(super) fn outcomes(document: &'d Document<'d>, first: usize) -> (Vec<Outcome>, HashMap<usize, News>, u64) {
        let later = first.saturating_add(1)..document.revisions().len();
        let nothing = |outcomes| (outcomes, HashMap::new(), 0);
        if later.is_empty() {
            return nothing(Vec::new());
        }
        let mut ground = match Self::survey(document, first) {
            Ok(ground) => ground,
            Err(error) => return nothing(later.map(|revision| unknown(revision, &error)).collect()),
        };
        let outcomes = later.map(|revision| ground.step(revision)).collect();
        (outcomes, ground.news, ground.work.spent())
    }

    /// Reads every object of revision `first` for what it refers to.
    fn survey(document: &'d Document<'d>, first: usize) -> Result<Self> {
        let form = Form::read(document.latest())?;
        let mut names = HashSet::new();
        let twins =
            form.fields.iter().map(|field| Arc::clone(&field.name)).filter(|name| !names.insert(Arc::clone(name)));
        let twins = twins.collect();
        let single = || form.fields.iter().filter(|field| !field.is_group);
        let is_input = |kind| matches!(kind, FieldKind::Text | FieldKind::Choice | FieldKind::Button);
        let signatures = single().filter(|field| field.kind == FieldKind::Signature);
        let inputs = single().filter(|field| is_input(field.kind));
        let later = document.revisions().iter().skip(first.saturating_add(1));
        let watched = later.flat_map(|revision| revision.changed.iter().map(|(number, _)| *number)).collect();
        let sections = document.revisions().iter().flat_map(|revision| &revision.sections);
        let mut ground = Self {
            document,
            references: References::to(watched),
            permissions: Permissions::read(document, &form)?,
            fields: signatures.filter_map(|field| Some((field.id?, Arc::clone(&field.name)))).collect(),
            inputs: inputs.filter_map(|field| Some((field.id?, field.clone()))).collect(),
            groups: groups(document, &form),
            twins,
            containers: containers(document),
            section_starts: sections.map(|section| section.start).collect(),
            cache: RefCell::default(),
            fresh: HashMap::new(),
            pages: OnceCell::new(),
            shown: OnceCell::new(),
            work: Work::for_file(document.len()),
            signed: signed(&form).map(|(value, _)| value).collect(),
            news: HashMap::new(),
            unreadable: None,
            reaches_out: false,
        };
        // From here on every object is read, so that it pays to know where each ends.
        document.places();
        document.keep_long_lists();
        let view = document.view(first);
        let mut mentioned = Vec::new();
        for (id, entry) in view.live_entries() {
            match view.mentions(id, entry, &mut mentioned) {
                Ok(true) => ground.references.set_mentioned(id.number, &mentioned),
                _ => drop(ground.index((id, entry), view, || view.at(id, entry))),
            }
        }
        Ok(ground)
    }

    /// Reads an object, and notes what it refers to.
    fn index(
        &mut self,
        (id, entry): (Ref, XrefEntry),
        view: View<'_>,
        read: impl FnOnce() -> Result<Object>,
    ) -> Option<(Object, Seen)> {
        match read() {
            Ok(object) => {
                let seen = self.references.set(id.number, &object);
                Some((object, seen))
            }
            Err(error) => {
                self.unreadable.get_or_insert_with(|| error.to_string());
                self.reaches_out = self.reaches_out || view.reaches_out(entry);
                None
            }
        }
    }

    fn step(&mut self, revision: usize) -> Outcome {
        // Nothing more is read, either.
        if let Err(error) = self.work.spend(0) {
            return unknown(revision, &error);
        }
        let view = self.document.view(revision);
        let mut met = HashMap::new();
        let strays = account_meeting(self.document, revision, |id, object| drop(met.insert(id, object)));
        let mut news = News::Nothing;
        for (number, entry) in self.document.revisions().get(revision).map_or(&[][..], |revision| &revision.changed) {
            let object = match id_of(*number, *entry) {
                Some(id) => {
                    let read = self.index((id, *entry), view, || match met.remove(&id) {
                        Some(object) => view.document().security().decrypted(id, object),
                        None => view.at(id, *entry),
                    });
                    news = news.max(News::of(read.as_ref().map(|(object, _)| object), &self.signed));
                    read
                }
                None => Some((Object::Null, self.references.set(*number, &Object::Null))),
            };
            self.fresh.extend(object.map(|(object, seen)| (*number, (Rc::new(object), seen))));
        }
        self.news.insert(revision, news);
        let outcome = Step::run(self, revision, strays);
        let cache = self.cache.get_mut();
        if cache.len() > CACHED {
            cache.clear();
        }
        // What is written again will be compared; the rest is hardly ever looked at.
        let is_last = |number| self.document.history(number, usize::MAX).is_some_and(|(last, _)| last <= revision);
        for (number, (object, _)) in self.fresh.drain() {
            match is_last(number) {
                true => drop(cache.remove(&number)),
                false => drop(cache.insert(number, (revision, object))),
            }
        }
        outcome
    }

    /// The fully qualified name of a field of the last revision.
    pub(super) fn name_of(&self, id: Ref, dictionary: &Dictionary) -> Option<Arc<str>> {
        let named = |id: &Ref| {
            self.fields.get(id).cloned().or_else(|| self.inputs.get(id).map(|field| Arc::clone(&field.name)))
        };
        named(&id).or_else(|| dictionary.get("Parent").and_then(Object::as_reference).as_ref().and_then(named))
    }

    /// Whether objects that were there before `revision` lie in this object stream.
    pub(super) fn holds_members(&self, number: u32, revision: usize) -> bool {
        self.containers.get(&number).is_some_and(|since| *since < revision)
    }
}

fn unknown(revision: usize, error: &Error) -> Outcome {
    let number = revision.saturating_add(1);
    let finding = Finding::new(unknown_because(error), format_args!("revision {number}: {error}"));
    Outcome::unknown(revision, finding)
}

/// What is said where it cannot be told what a revision changed.
pub(super) fn unknown_because(error: &Error) -> Code {
    if error.kind() == ErrorKind::Limit { Code::Limit } else { Code::ModificationUnknown }
}

/// The object that an entry places; none if it frees it.
pub(super) fn id_of(number: u32, entry: XrefEntry) -> Option<Ref> {
    match entry {
        XrefEntry::Free => None,
        XrefEntry::InFile { generation, .. } => Some(Ref { number, generation }),
        XrefEntry::InStream { .. } => Some(Ref { number, generation: 0 }),
    }
}

fn groups(document: &Document<'_>, form: &Form) -> HashMap<u32, Ref> {
    let mut groups = HashMap::new();
    for id in form.fields.iter().filter(|field| field.is_group).filter_map(|field| field.id) {
        let group = document.latest().get(id).ok();
        let kids = group.as_ref().and_then(Object::as_dictionary).and_then(|group| group.get("Kids")?.as_reference());
        groups.extend([id].into_iter().chain(kids).map(|one| (one.number, id)));
    }
    groups
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
