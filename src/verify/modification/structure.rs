//! Rules for the structure of tagged files (ISO 32000-2, 14.7): the widget of a new signature field may get an element, and nothing else
//! changes.
//!
//! The element is a `/Form` whose content is that widget alone; the last leaf of the parent tree (7.9.7) leads to it, and so does an
//! element, or the root, that was there before. Other ways to write the same stay unexplained, and are refused.

use std::collections::HashMap;

use super::clearance::{Clearance, Place};
use super::equality::differences;
use super::fields::appended;
use super::signing::{says, strange};
use super::step::Step;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::report::Modification;

/// What the element of a widget may say.
const ELEMENT: [&str; 8] = ["Type", "S", "P", "K", "Pg", "Alt", "T", "Lang"];
/// What the reference to a widget may say (14.7.5.3).
const OBJECT_REFERENCE: [&str; 3] = ["Type", "Obj", "Pg"];

/// The new elements, and who has them.
#[derive(Default)]
struct Elements {
    /// The parent of each.
    parents: HashMap<Ref, Ref>,
    /// The highest key of the parent tree among them.
    highest: i64,
}

impl Step<'_> {
    /// The structure of a document whose catalog is `catalog`, after the signature fields.
    pub(super) fn structure(&mut self, catalog: &Dictionary) -> Result<()> {
        let Some(root) = catalog.get("StructTreeRoot").and_then(Object::as_reference) else { return Ok(()) };
        let widgets = self.numbered_widgets();
        let Some((leaf, limited)) = self.last_leaf(root)?.filter(|_| !widgets.is_empty()) else { return Ok(()) };
        let elements = self.enter_elements(leaf, &widgets);
        if elements.parents.is_empty() {
            return Ok(());
        }
        for node in limited {
            self.grow_limits(node, leaf, elements.highest);
        }
        let parents: std::collections::BTreeSet<Ref> = elements.parents.values().copied().chain([root]).collect();
        for parent in parents {
            self.adopt(parent, root, &elements);
        }
        self.raise(Modification::Form);
        Ok(())
    }

    /// The new widgets of signature fields, by their `/StructParent`.
    fn numbered_widgets(&self) -> HashMap<i64, Ref> {
        let numbered = |number: &u32| {
            let change = self.changes.get(number)?;
            Some((change.after.as_dictionary()?.get("StructParent")?.as_integer()?, change.id))
        };
        self.signing.widgets.iter().filter_map(numbered).collect()
    }

    /// The last leaf of the parent tree as it was, and the nodes on the way to it.
    fn last_leaf(&self, root: Ref) -> Result<Option<(Ref, Vec<Ref>)>> {
        let root = self.object(self.before, root)?;
        let mut node = root.as_dictionary().and_then(|root| root.get("ParentTree")).and_then(Object::as_reference);
        let mut way = Vec::new();
        while let Some(id) = node.filter(|_| way.len() < self.ground.document.limits().nesting) {
            way.push(id);
            let tree = self.object(self.before, id)?;
            let Some(tree) = tree.as_dictionary() else { return Ok(None) };
            let kids = self.was(tree.get("Kids"))?;
            match kids.as_array().and_then(|kids| kids.last()) {
                None => return Ok(Some((id, way))),
                Some(last) => node = last.as_reference(),
            }
        }
        Ok(None)
    }

    /// The entries that were added to the leaf, if each leads to the element of a new widget.
    fn enter_elements(&mut self, leaf: Ref, widgets: &HashMap<i64, Ref>) -> Elements {
        let mut elements = Elements::default();
        let Some((before, after)) = self.both(leaf) else { return elements };
        let nothing = Object::Null;
        let numbers = |tree: &Dictionary| tree.get("Nums").cloned().unwrap_or(nothing.clone());
        let (was, is) = (numbers(&before), numbers(&after));
        let Some((first, added)) = appended(&was, &is) else { return elements };
        let (pairs, rest) = added.as_chunks::<2>();
        let last = was.as_array().and_then(|was| was.iter().rev().nth(1)).and_then(Object::as_integer);
        let mut highest = last.unwrap_or(-1);
        for (index, [key, element]) in pairs.iter().enumerate() {
            let entry = key.as_integer().filter(|key| *key > highest).zip(element.as_reference());
            let known = entry.and_then(|(key, id)| Some((key, id, self.element_of(id, *widgets.get(&key)?)?)));
            let Some((key, id, parent)) = known.filter(|_| rest.is_empty()) else { return Elements::default() };
            highest = key;
            let place = Place::object(leaf.number)
                .key("Nums")
                .item(first.saturating_add(index.saturating_mul(2)).saturating_add(1));
            self.admit(&place, id, Clearance::Whole);
            elements.parents.insert(id, parent);
        }
        elements.highest = highest;
        elements
    }

    /// The parent of a new element, if that is one of `widget` and has nothing else in it.
    fn element_of(&self, id: Ref, widget: Ref) -> Option<Ref> {
        let element = self.new_dictionary(id)?;
        let content = match element.get("K")? {
            Object::Array(content) => match &**content {
                [only] => only.clone(),
                _ => return None,
            },
            content => content.clone(),
        };
        let content = content.as_dictionary()?;
        let is_plain = says(&element, "S", "Form") && strange(&element, &[&ELEMENT]).is_none();
        let is_widget = says(content, "Type", "OBJR")
            && content.get("Obj").and_then(Object::as_reference) == Some(widget)
            && strange(content, &[&OBJECT_REFERENCE]).is_none();
        let parent = element.get("P")?.as_reference().filter(|parent| !self.is_new(parent.number))?;
        (is_plain && is_widget).then_some(parent)
    }

    /// A node of the parent tree: its `/Limits` reach as far as the new entries, and a leaf has those.
    fn grow_limits(&mut self, node: Ref, leaf: Ref, highest: i64) {
        let Some((before, after)) = self.both(node) else { return };
        let is_known = differences(&before, &after).iter().all(|one| match one.key.as_bytes() {
            b"Limits" => match (one.before.and_then(Object::as_array), one.after.and_then(Object::as_array)) {
                (Some([low, _]), Some([same, high])) => low == same && high.as_integer() == Some(highest),
                _ => false,
            },
            b"Nums" => node == leaf,
            _ => false,
        });
        if is_known {
            self.clear(node.number, Clearance::Keys);
        }
    }

    /// An element, or the root, whose `/K` got new elements of its own.
    fn adopt(&mut self, parent: Ref, root: Ref, elements: &Elements) {
        let Some((before, after)) = self.both(parent) else { return };
        let number = |value: Option<&Object>| value.and_then(Object::as_integer).unwrap_or(0);
        let mut added = Vec::new();
        for one in differences(&before, &after) {
            match one.key.as_bytes() {
                b"ParentTreeNextKey" if parent == root => {
                    if number(one.after) <= number(one.before).max(elements.highest) {
                        return;
                    }
                }
                b"K" => {
                    let was = match one.before {
                        None => Object::Null,
                        Some(array @ Object::Array(_)) => array.clone(),
                        Some(single) => Object::Array([single.clone()].into()),
                    };
                    let Some((first, items)) = one.after.and_then(|is| appended(&was, is)) else { return };
                    added.extend((first..).zip(items.iter().cloned()));
                }
                _ => return,
            }
        }
        let own = |item: &Object| item.as_reference().filter(|id| elements.parents.get(id) == Some(&parent));
        let Some(own): Option<Vec<_>> = added.iter().map(|(at, item)| Some((*at, own(item)?))).collect() else {
            return;
        };
        self.clear(parent.number, Clearance::Keys);
        for (at, id) in own {
            self.admit(&Place::object(parent.number).key("K").item(at), id, Clearance::Whole);
        }
    }

    /// A dictionary before and after, where it changed.
    fn both(&self, id: Ref) -> Option<(Dictionary, Dictionary)> {
        let change = self.changes.get(&id.number).filter(|change| change.id == id)?;
        let (before, after) = change.dictionaries()?;
        Some((before.clone(), after.clone()))
    }
}
