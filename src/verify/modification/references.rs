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

#[derive(Clone, Copy, Debug, Default)]
struct Incoming {
    total: usize,
    annots: usize,
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

    /// Notes what `source` refers to now, instead of what it did.
    pub(super) fn set(&mut self, source: u32, object: &Object) {
        self.replace(source, edges(object).into_iter().filter(|edge| self.is_watched(edge.target)).collect());
    }

    /// The same where the numbers of the objects are known, and none is a page's `/Annots`.
    pub(super) fn set_mentioned(&mut self, source: u32, numbers: &[u32]) {
        let watched = numbers.iter().filter(|number| self.is_watched(**number));
        self.replace(source, watched.map(|number| Edge { target: *number, is_annots: false }).collect());
    }

    fn replace(&mut self, source: u32, edges: Vec<Edge>) {
        let before = self.outgoing.remove(&source).unwrap_or_default();
        steps(before.len().saturating_add(edges.len()));
        // Long lists are written again and again with one more entry: what stays needs no counting.
        let pairs = before.iter().zip(&edges);
        let front = pairs.take_while(|(before, after)| before == after).count();
        let (gone, come) = (before.get(front..).unwrap_or_default(), edges.get(front..).unwrap_or_default());
        let pairs = gone.iter().rev().zip(come.iter().rev());
        let back = pairs.take_while(|(before, after)| before == after).count();
        for edge in gone.iter().take(gone.len().saturating_sub(back)) {
            self.count(*edge, |count| count.saturating_sub(1));
        }
        for edge in come.iter().take(come.len().saturating_sub(back)) {
            self.count(*edge, |count| count.saturating_add(1));
        }
        if !edges.is_empty() {
            self.outgoing.insert(source, edges);
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

fn edges(object: &Object) -> Vec<Edge> {
    let annots = match object {
        Object::Dictionary(page) if is_page(page) => page.get("Annots").and_then(Object::as_reference),
        _ => None,
    };
    let mut edges: Vec<Edge> = Vec::new();
    let mut waiting = vec![object];
    while let Some(value) = waiting.pop() {
        steps(1);
        match value {
            Object::Reference(id) => edges.push(Edge { target: id.number, is_annots: false }),
            Object::Array(items) => waiting.extend(items),
            Object::Dictionary(dictionary) => waiting.extend(dictionary.iter().map(|entry| &entry.value)),
            Object::Stream(stream) => waiting.extend(stream.dictionary.iter().map(|entry| &entry.value)),
            _ => {}
        }
    }
    // Of equal occurrences it does not matter which one carries the mark.
    if let Some(edge) = annots.and_then(|id| edges.iter_mut().find(|edge| edge.target == id.number)) {
        edge.is_annots = true;
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn parse(text: &str) -> Object {
        crate::pdf::parser::object(format!("{text} endobj").as_bytes(), None, &Limits::default()).unwrap().0
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
