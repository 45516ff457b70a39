//! The last word on a revision: what no rule cleared, or not on every way to it.

use std::collections::HashMap;

use super::clearance::Clearance;
use super::equality::differences;
use super::meter::steps;
use super::step::{Change, Step};
use crate::pdf::object::{Object, Ref};

impl Step<'_> {
    /// Refuses every change that is not cleared.
    pub(super) fn settle(&mut self) {
        let from_new = self.clear_what_new_objects_need();
        let islands = self.islands();
        steps(self.changes.len());
        let mut complaints = Vec::new();
        let mut complain = |number: &u32, what: String| complaints.push((*number, what));
        for (number, change) in &self.changes {
            let count = |map: &HashMap<u32, usize>| map.get(number).copied().unwrap_or(0);
            let total = self.ground.references.total(*number);
            let annots = self.ground.references.annots(*number);
            let allowed = count(&from_new).saturating_add(count(&self.admissions)).saturating_add(annots);
            match self.cleared.get(number) {
                Some(Clearance::Keys) if change.dictionaries().is_some() => {}
                Some(_) if total > allowed => complain(number, format!("{} is also used elsewhere", describe(change))),
                Some(_) => {}
                None if change.is_freed() && total == 0 => {}
                None if change.is_freed() => complain(number, format!("{} was freed, but is in use", describe(change))),
                // What nothing refers to shows nothing; some writers leave such objects behind.
                None if change.is_new() && total <= count(&islands) => {}
                None if change.is_new() => complain(number, format!("{} was added", describe(change))),
                None => complain(number, format!("{} was changed{}", describe(change), detail(change))),
            }
        }
        for (number, complaint) in complaints {
            self.refuse(number, complaint);
        }
    }

    /// Clears the new objects that cleared new objects refer to, and counts those references.
    fn clear_what_new_objects_need(&mut self) -> HashMap<u32, usize> {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        let mut waiting: Vec<u32> = self
            .cleared
            .keys()
            .copied()
            .filter(|number| self.is_new(*number) || self.scaffold.contains(number))
            .collect();
        while let Some(source) = waiting.pop() {
            // A page's /Annots count for themselves.
            for edge in self.ground.references.from(source).iter().filter(|edge| !edge.is_annots) {
                steps(1);
                let count = counts.entry(edge.target).or_default();
                *count = count.saturating_add(1);
                let is_needed = self.is_new(edge.target) && !self.scaffold.contains(&source);
                if is_needed && !self.cleared.contains_key(&edge.target) {
                    self.clear(edge.target, Clearance::Whole);
                    waiting.push(edge.target);
                }
            }
        }
        counts
    }

    /// How often each object is referred to by new objects that nothing cleared.
    fn islands(&self) -> HashMap<u32, usize> {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        let unclear =
            self.changes.iter().filter(|(number, change)| change.is_new() && !self.cleared.contains_key(number));
        for (source, _) in unclear {
            for edge in self.ground.references.from(*source) {
                steps(1);
                let count = counts.entry(edge.target).or_default();
                *count = count.saturating_add(1);
            }
        }
        counts
    }
}

/// An object and what it says that it is.
pub(super) fn describe(change: &Change) -> String {
    let object = if change.is_freed() { &change.before } else { &change.after };
    let kind = |key: &str| object.as_dictionary().and_then(|dictionary| dictionary.get(key)).and_then(Object::as_name);
    let kind = kind("Type").or_else(|| kind("Subtype")).or_else(|| kind("FT"));
    match kind {
        Some(name) => named(change.id, &name.to_text()),
        None => change.id.to_string(),
    }
}

fn named(id: Ref, kind: &str) -> String {
    let kind: String = kind.chars().take(40).collect();
    format!("{id} (/{kind})")
}

/// Which keys changed.
fn detail(change: &Change) -> String {
    let Some((before, after)) = change.dictionaries() else { return String::new() };
    let keys: Vec<String> =
        differences(before, after).iter().map(|one| format!("/{}", one.key.to_text())).take(6).collect();
    format!(" in {}", keys.join(", "))
}
