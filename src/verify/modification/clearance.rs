//! How a rule allows a change, and how it refuses one.
//!
//! Invariant: a new object is allowed only together with every reference to it. Those in objects that were there before count
//! where a rule names their place; those in new objects count when these are allowed themselves.

use std::ops::Deref;
use std::rc::Rc;

use super::ground::id_of;
use super::meter::steps;
use super::references::Seen;
use super::step::{Change, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::view::View;
use crate::report::{ChangeKind, Code, Finding, Modification, Rule};

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

/// A value as a rule reads it.
#[derive(Clone, Debug)]
pub(super) enum Value<'o> {
    /// It stands in another one: long lists do, and are not copied for being looked at.
    Here(&'o Object),
    /// It is an object of its own.
    Object(Rc<Object>),
}

/// What the rules say.
impl Step<'_> {
    /// A change of this level, at least, that is not worth telling.
    #[cfg_attr(test, track_caller)]
    pub(super) fn raise(&mut self, level: Modification) {
        #[cfg(test)]
        if let Some(mutation) = super::mutant::here() {
            return self.mutated(mutation, super::mutant::Rule::Allows, 0);
        }
        self.level = self.level.max(level);
    }

    /// A change of this object that no rule allows; 0 stands for what is no object.
    #[cfg_attr(test, track_caller)]
    pub(super) fn refuse(&mut self, object: u32, what: impl std::fmt::Display) {
        #[cfg(test)]
        if let Some(mutation) = super::mutant::here() {
            return self.mutated(mutation, super::mutant::Rule::Forbids, object);
        }
        self.refuse_under(Rule::DefaultDeny, object, what);
    }

    /// A change that an earlier signature forbids, if it is one of the field `name`.
    #[cfg_attr(test, track_caller)]
    pub(super) fn refuse_if_frozen(&mut self, name: &str, object: u32, what: &str) -> Result<()> {
        #[cfg(test)]
        if let Some(mutation) = super::mutant::here() {
            self.mutated(mutation, super::mutant::Rule::Forbids, object);
            return Ok(());
        }
        self.look_at(self.ground.permissions.frozen())?;
        if self.ground.permissions.freezes(name, self.revision) {
            let what = format!("the field \"{name}\" was {what}, which an earlier signature forbids");
            self.refuse_under(Rule::FieldLock, object, what);
        }
        Ok(())
    }

    pub(super) fn refuse_under(&mut self, rule: Rule, object: u32, what: impl std::fmt::Display) {
        self.level = self.level.max(Modification::Other);
        self.note(Code::ModifiedAfterSigning, what);
        self.tell_refused(object, rule);
    }

    #[cfg_attr(test, track_caller)]
    pub(super) fn unknown(&mut self, code: Code, what: impl std::fmt::Display) {
        #[cfg(test)]
        if let Some(mutation) = super::mutant::here() {
            return self.mutated(mutation, super::mutant::Rule::Forbids, 0);
        }
        self.level = self.level.max(Modification::Unknown);
        self.note(code, what);
        let kind = if code == Code::StrayBytes { ChangeKind::Bytes } else { ChangeKind::Object };
        self.tell_unknown(kind);
    }

    /// Says what is wrong with a change that stays uncleared: that is what forbids it.
    pub(super) fn explain(&mut self, what: impl std::fmt::Display) {
        self.note(Code::ModifiedAfterSigning, what);
    }

    /// Something to be said, whatever it means.
    pub(super) fn note(&mut self, code: Code, what: impl std::fmt::Display) {
        if self.findings.len() < super::FINDINGS || code == Code::Limit {
            let number = self.revision.saturating_add(1);
            self.findings.push(Finding::new(code, format_args!("revision {number}: {what}")));
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Allows the change of an object.
    #[cfg_attr(test, track_caller)]
    pub(super) fn clear(&mut self, number: u32, clearance: Clearance) {
        #[cfg(test)]
        if let Some(mutation) = super::mutant::here() {
            return self.mutated(mutation, super::mutant::Rule::Allows, number);
        }
        if self.changes.contains_key(&number) || self.scaffold.contains(&number) {
            let cleared = self.cleared.entry(number).or_insert(clearance);
            *cleared = clearance.max(*cleared);
        }
    }

    /// Allows the reference to `id` that stands at `place`, and the change of `id` itself.
    #[cfg_attr(test, track_caller)]
    pub(super) fn admit(&mut self, place: &Place, id: Ref, clearance: Clearance) {
        #[cfg(test)]
        if let Some(mutation) = super::mutant::here() {
            return self.mutated(mutation, super::mutant::Rule::Allows, id.number);
        }
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
    #[cfg_attr(test, track_caller)]
    pub(super) fn admit_all(&mut self, place: &Place, value: &Object) {
        #[cfg(test)]
        if let Some(mutation) = super::mutant::here() {
            return self.mutated(mutation, super::mutant::Rule::Allows, place.holder);
        }
        let mut waiting = vec![(place.clone(), value)];
        while let Some((place, value)) = waiting.pop() {
            steps(1);
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
    pub(super) fn was<'o>(&self, value: Option<&'o Object>) -> Result<Value<'o>> {
        self.read(self.before, value)
    }

    /// What a value is, and where, that was `old`; the reference to it, if there is one, is allowed. Another object than before is
    /// never cleared by its keys alone: the rule did not see what it was.
    pub(super) fn is<'o>(
        &mut self,
        place: Place,
        (old, new): (Option<&Object>, Option<&'o Object>),
        clearance: Clearance,
    ) -> Result<(Place, Value<'o>)> {
        let place = match new {
            Some(Object::Reference(id)) => {
                self.admit(&place, *id, if old == new { clearance } else { Clearance::Whole });
                Place::object(id.number)
            }
            _ => place,
        };
        Ok((place, self.read(self.after, new)?))
    }

    /// Whether what was `old` and is `new` is one and the same value, so that nothing in it can have changed. If not, somebody will
    /// look into both; what this revision wrote is charged for already.
    pub(super) fn is_same(
        &self,
        (old, was): (Option<&Object>, &Value<'_>),
        (new, is): (Option<&Object>, &Value<'_>),
    ) -> Result<bool> {
        if was.is(is) {
            return Ok(true);
        }
        let is_older = |value: Option<&Object>| {
            value.and_then(Object::as_reference).is_some_and(|id| !self.changes.contains_key(&id.number))
        };
        for (_, value) in [(old, was), (new, is)].into_iter().filter(|(value, _)| is_older(*value)) {
            self.ground.work.spend(weight(value))?;
        }
        Ok(false)
    }

    /// Charges for so many values that a loop goes through, whatever this revision wrote.
    pub(super) fn look_at(&self, values: usize) -> Result<()> {
        steps(values);
        self.ground.work.spend(values)
    }

    /// A value, or the object that it refers to. References to references are for a rule to refuse.
    pub(super) fn read<'o>(&self, view: View<'_>, value: Option<&'o Object>) -> Result<Value<'o>> {
        const NOTHING: &Object = &Object::Null;
        match value {
            None => Ok(Value::Here(NOTHING)),
            Some(Object::Reference(id)) => self.object(view, *id).map(Value::Object),
            Some(direct) => Ok(Value::Here(direct)),
        }
    }

    /// An object, null where there is none.
    pub(super) fn object(&self, view: View<'_>, id: Ref) -> Result<Rc<Object>> {
        if let Some(change) = self.changes.get(&id.number).filter(|change| change.id == id) {
            let is_after = view.revision() == self.revision;
            return Ok(Rc::clone(if is_after { &change.after } else { &change.before }));
        }
        let placed = self.ground.document.history(id.number, view.revision());
        let Some((since, _)) = placed.filter(|(_, entry)| id_of(id.number, *entry) == Some(id)) else {
            return Ok(Rc::new(Object::Null));
        };
        if let Some((_, object)) = self.ground.cache.borrow().get(&id.number).filter(|(kept, _)| *kept == since) {
            return Ok(Rc::clone(object));
        }
        let object = Rc::new(view.get(id)?);
        self.ground.work.spend(weight(&object))?;
        self.ground.cache.borrow_mut().insert(id.number, (since, Rc::clone(&object)));
        Ok(object)
    }

    /// The value of a key that nodes inherit (12.7.4.1), in the form as it is before or after.
    pub(super) fn inherited<'o>(&self, view: View<'_>, node: &'o Dictionary, key: &str) -> Result<Value<'o>> {
        if let Some(value) = node.get(key) {
            return self.read(view, Some(value));
        }
        let mut above = self.read(view, node.get("Parent"))?;
        for _ in 0..self.ground.document.limits().nesting {
            let Some(node) = above.as_dictionary() else { return Ok(Value::Object(Rc::new(Object::Null))) };
            self.ground.work.spend(node.iter().count())?;
            let (value, parent) = (node.get(key), node.get("Parent"));
            let next = self.read(view, value.or(parent))?;
            // What stands in a node itself is needed longer than that.
            let next = match next {
                Value::Object(object) => object,
                Value::Here(direct) => {
                    self.ground.work.spend(weight(direct))?;
                    Rc::new(direct.clone())
                }
            };
            if value.is_some() {
                return Ok(Value::Object(next));
            }
            above = Value::Object(next);
        }
        Err(Error::new(ErrorKind::Syntax, "the nodes above lead in a circle, or are too many"))
    }
}

impl Value<'_> {
    /// Whether both are one and the same, so that nothing in it can have changed.
    pub(super) fn is(&self, other: &Value<'_>) -> bool {
        std::ptr::eq::<Object>(&**self, &**other)
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || **self == **other
    }
}

impl Deref for Value<'_> {
    type Target = Object;

    fn deref(&self) -> &Object {
        match self {
            Self::Here(value) => value,
            Self::Object(object) => object,
        }
    }
}

/// How many values a value is.
pub(super) fn weight(object: &Object) -> usize {
    Seen::of(object).weight
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
