//! How a rule allows a change.
//!
//! Invariant: a new object is allowed only together with every reference to it. Those in objects that were there before count
//! where a rule names their place; those in new objects count when these are allowed themselves.

use std::rc::Rc;

use super::step::{Change, Step};
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::view::View;
use crate::report::{Code, Finding, Modification};

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

    pub(super) fn unknown(&mut self, code: Code, what: impl std::fmt::Display) {
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

    /// What a value is, and where, that was `old`; the reference to it, if there is one, is allowed. Another object than before is
    /// never cleared by its keys alone: the rule did not see what it was.
    pub(super) fn is(
        &mut self,
        place: Place,
        (old, new): (Option<&Object>, Option<&Object>),
        clearance: Clearance,
    ) -> Result<(Place, Rc<Object>)> {
        let place = match new {
            Some(Object::Reference(id)) => {
                self.admit(&place, *id, if old == new { clearance } else { Clearance::Whole });
                Place::object(id.number)
            }
            _ => place,
        };
        Ok((place, self.read(self.after, new)?))
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
