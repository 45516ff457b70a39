//! Who refers to an object.
//!
//! Invariant: every live object of the view counts, reachable or not, and every occurrence of a reference in it. So an object that
//! is cleared on one way is not cleared on another by accident.
//! Invariant: only references to objects that some later revision writes are kept.

use std::collections::HashMap;

use super::meter::steps;
use crate::pdf::object::{Dictionary, Object};

/// The references to watched objects, as of one view.
#[derive(Debug, Default)]
pub(super) struct References {
    /// Ascending.
    watched: Vec<u32>,
    incoming: HashMap<u32, Incoming>,
    outgoing: HashMap<u32, Vec<Edge>>,
}

/// One occurrence of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) target: u32,
    /// The whole value of a page's `/Annots`.
    pub(super) is_annots: bool,
}

/// What a walk through a value saw.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// How many values it is.
    pub(super) weight: usize,
    /// Whether a key stands twice somewhere in it: readers differ in which of the two they take.
    pub(super) has_duplicate_key: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Incoming {
    total: usize,
    annots: usize,
}

impl Seen {
    pub(super) fn of(object: &Object) -> Self {
        let mut seen = Self::default();
        object.values().for_each(|value| seen.see(value));
        steps(seen.weight);
        seen
    }

    fn see(&mut self, value: &Object) {
        self.weight = self.weight.saturating_add(1);
        let dictionary = value.as_dictionary();
        self.has_duplicate_key |= dictionary.is_some_and(|dictionary| dictionary.duplicate_key().is_some());
    }
}

impl References {
    pub(super) fn to(mut watched: Vec<u32>) -> Self {
        watched.sort_unstable();
        watched.dedup();
        Self { watched, ..Self::default() }
    }

    /// Whether some later revision writes an object of this number.
    fn is_watched(&self, number: u32) -> bool {
        self.watched.binary_search(&number).is_ok()
    }

    /// Notes what `source` refers to now, instead of what it did, and says what was seen on the way.
    pub(super) fn set(&mut self, source: u32, object: &Object) -> Seen {
        let annots = match object {
            Object::Dictionary(page) if is_page(page) => page.get("Annots").and_then(Object::as_reference),
            _ => None,
        };
        let annots = annots.map(|id| id.number);
        // Of equal occurrences it does not matter which one carries the mark.
        let mut is_marked = false;
        let mut edge = |target| {
            let is_annots = annots == Some(target) && !std::mem::replace(&mut is_marked, annots == Some(target));
            Edge { target, is_annots }
        };
        let mut seen = Seen::default();
        let values = object.values().inspect(|value| seen.see(value));
        self.replace(source, values.filter_map(Object::as_reference).map(|id| edge(id.number)));
        steps(seen.weight);
        seen
    }

    /// The same where the numbers of the objects are known, and none is a page's `/Annots`.
    pub(super) fn set_mentioned(&mut self, source: u32, numbers: &[u32]) {
        self.replace(source, numbers.iter().map(|number| Edge { target: *number, is_annots: false }));
    }

    fn replace(&mut self, source: u32, edges: impl Iterator<Item = Edge>) {
        let mut own = self.outgoing.remove(&source).unwrap_or_default();
        let (mut front, mut come, mut looked_at) = (0_usize, Vec::new(), 0_usize);
        edges.for_each(|edge| {
            looked_at = looked_at.saturating_add(1);
            // Long lists are written again and again with one more entry: what stays needs no looking up, and no counting.
            if come.is_empty() && own.get(front) == Some(&edge) {
                front = front.saturating_add(1);
            } else if self.is_watched(edge.target) {
                come.push(edge);
            }
        });
        steps(looked_at.saturating_add(own.len()));
        let gone = own.split_off(front.min(own.len()));
        let pairs = gone.iter().rev().zip(come.iter().rev());
        let back = pairs.take_while(|(before, after)| before == after).count();
        for edge in gone.iter().take(gone.len().saturating_sub(back)) {
            self.count(*edge, |count| count.saturating_sub(1));
        }
        for edge in come.iter().take(come.len().saturating_sub(back)) {
            self.count(*edge, |count| count.saturating_add(1));
        }
        own.extend(come);
        if !own.is_empty() {
            self.outgoing.insert(source, own);
        }
    }

    /// How often an object is referred to.
    pub(super) fn total(&self, target: u32) -> usize {
        self.incoming.get(&target).map_or(0, |incoming| incoming.total)
    }

    /// How many pages have it as `/Annots`.
    pub(super) fn annots(&self, target: u32) -> usize {
        self.incoming.get(&target).map_or(0, |incoming| incoming.annots)
    }

    /// The watched objects that `source` refers to, as often as it does.
    pub(super) fn from(&self, source: u32) -> &[Edge] {
        self.outgoing.get(&source).map_or(&[], Vec::as_slice)
    }

    fn count(&mut self, edge: Edge, change: impl Fn(usize) -> usize) {
        let incoming = self.incoming.entry(edge.target).or_default();
        incoming.total = change(incoming.total);
        if edge.is_annots {
            incoming.annots = change(incoming.annots);
        }
    }
}

/// Whether a dictionary says that it is a page.
pub(super) fn is_page(dictionary: &Dictionary) -> bool {
    dictionary.get("Type").and_then(Object::as_name).is_some_and(|name| *name == *"Page")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn parse(text: &str) -> Object {
        crate::pdf::parser::object(format!("{text} endobj").as_bytes(), None, &Limits::default()).unwrap().0
    }

    #[test]
    fn duplicate_keys_are_found_at_any_depth() {
        let has_twice = |text| References::default().set(1, &parse(text)).has_duplicate_key;
        assert!(has_twice("[<</A[<</B 1/B 1>>]>>]"));
        assert!(!has_twice("[<</A 1/B 1>><</A 1/B 1>>]"));
        assert_eq!(Seen::of(&parse("[<</A 1/B[2 3 0 R]>>]")).weight, 6);
    }

    #[test]
    fn every_occurrence_counts_until_its_source_is_rewritten() {
        let mut references = References::to(vec![6, 5, 6]);
        references.set(1, &parse("<</Type/Page/Annots 5 0 R/Contents[5 0 R 6 0 R 7 0 R]/A<</B[[5 0 R]]>>>>"));
        references.set(2, &parse("5 0 R"));
        assert_eq!((references.total(5), references.annots(5)), (4, 1));
        assert_eq!((references.total(6), references.total(7)), (1, 0));
        references.set(1, &parse("[6 0 R 6 0 R]"));
        assert_eq!((references.total(5), references.annots(5), references.total(6)), (1, 0, 2));
        references.set(2, &Object::Null);
        assert_eq!(references.total(5), 0);
        assert_eq!(references.from(1).len(), 2);
    }
}
