//! Rules for pages (ISO 32000-2, 7.7.3.3): nothing but the widgets of new signature fields, and remarks, may be laid on them.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::clearance::{Clearance, Place, Value};
use super::equality::{differences, front, same};
use super::meter::steps;
use super::references::{Seen, is_page};
use super::step::Step;
use super::told::Told;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::view::View;
use crate::report::{ChangeKind, Modification, Rule};

/// The pages of the last revision: their numbers from 1, and on which of them each annotation stands.
#[derive(Debug, Default)]
pub(super) struct PageNumbers {
    pages: HashMap<Ref, usize>,
    annotations: HashMap<Ref, usize>,
}

impl Step<'_> {
    pub(super) fn pages(&mut self) -> Result<()> {
        let pages = self.changes.iter().filter(|(number, _)| !self.cleared.contains_key(number));
        let pages = pages.filter(|(_, change)| {
            change.dictionaries().is_some_and(|(before, after)| is_page(before) && is_page(after))
        });
        let pages: Vec<_> =
            pages.map(|(number, change)| (*number, Rc::clone(&change.before), Rc::clone(&change.after))).collect();
        let mut lists = HashMap::new();
        for (number, before, after) in &pages {
            if let (Object::Dictionary(before), Object::Dictionary(after)) = (&**before, &**after) {
                self.page(*number, before, after, &mut lists)?;
            }
        }
        self.lists(&lists)
    }

    /// A changed page. `lists` counts which changed pages have which object as `/Annots`.
    fn page(
        &mut self,
        number: u32,
        before: &Dictionary,
        after: &Dictionary,
        lists: &mut HashMap<u32, usize>,
    ) -> Result<()> {
        let changed = differences(before, after);
        let mut is_told = false;
        for one in &changed {
            match (one.key.as_bytes(), one.before, one.after) {
                (b"Annots", ..) => {}
                // When the page was saved, and the order in which keys go from field to field.
                (b"LastModified", _, Some(Object::String(_))) | (b"Tabs", _, Some(Object::Name(_))) => is_told = true,
                (b"Resources" | b"MediaBox" | b"CropBox" | b"Rotate", None, Some(value))
                    if self.is_inherited(before, &one.key.to_text(), value)? => {}
                // It stays unexplained, and is refused with the keys that changed.
                _ => return Ok(()),
            }
        }
        self.clear(number, Clearance::Keys);
        if is_told {
            let told = Told::new(ChangeKind::Page, Rule::Presentation, Modification::Form);
            self.tell(number, told.on((self.page_number(Ref { number, generation: 0 }), None)));
        }
        let was = self.was(before.get("Annots"))?;
        let is = self.read(self.after, after.get("Annots"))?;
        let place = match after.get("Annots") {
            Some(Object::Reference(id)) => {
                let count = lists.entry(id.number).or_insert(0_usize);
                *count = count.saturating_add(1);
                Place::object(id.number)
            }
            _ => Place::object(number).key("Annots"),
        };
        if self.is_same((before.get("Annots"), &was), (after.get("Annots"), &is))? {
            return Ok(());
        }
        self.compare_lists(&place, &was, &is)
    }

    /// Whether the page has this value from a node above (7.7.3.4), of which some writers leave a copy in each page.
    fn is_inherited(&self, page: &Dictionary, key: &str, value: &Object) -> Result<bool> {
        let mut parent = page.get("Parent").and_then(Object::as_reference);
        for _ in 0..self.ground.document.limits().nesting {
            self.look_at(1)?;
            let Some(id) = parent else { return Ok(false) };
            let node = self.object(self.before, id)?;
            let Object::Dictionary(node) = &*node else { return Ok(false) };
            if let Some(inherited) = node.get(key) {
                let is_moved = value.as_reference().is_none() && inherited.as_reference().is_some();
                let inherited = if is_moved { self.was(Some(inherited))? } else { Value::Here(inherited) };
                self.look_at(Seen::of(&inherited).weight)?;
                return Ok(same(&inherited, value));
            }
            parent = node.get("Parent").and_then(Object::as_reference);
        }
        Ok(false)
    }

    /// The changed objects that pages have as `/Annots`, the pages themselves being changed or not.
    fn lists(&mut self, of_changed_pages: &HashMap<u32, usize>) -> Result<()> {
        let lists = self.changes.iter().filter(|(number, _)| self.ground.references.annots(**number) > 0);
        let lists: Vec<_> =
            lists.map(|(number, change)| (*number, change.before.clone(), change.after.clone())).collect();
        for (number, before, after) in lists {
            let pages = of_changed_pages.get(&number).copied().unwrap_or(0);
            let is_new_with_its_pages =
                before.is_null() && after.as_array().is_some() && pages == self.ground.references.annots(number);
            self.clear(number, Clearance::Whole);
            if !is_new_with_its_pages {
                self.compare_lists(&Place::object(number), &before, &after)?;
            }
        }
        Ok(())
    }

    /// The annotations of a page: what is kept stays in its order, so that nothing comes to lie on something else.
    fn compare_lists(&mut self, place: &Place, before: &Object, after: &Object) -> Result<()> {
        let (Some(before), Some(after)) = (items(before), items(after)) else {
            self.refuse(place.holder, "the annotations of a page are no list");
            return Ok(());
        };
        let front = front(before, after);
        let rest = before.get(front..).unwrap_or_default();
        let looked_through = if rest.is_empty() { &[][..] } else { after };
        let kept: HashSet<Ref> = looked_through.iter().filter_map(Object::as_reference).collect();
        steps(front.saturating_add(rest.len()).saturating_add(looked_through.len()));
        let mut index = front;
        for item in rest {
            let is_kept = match item.as_reference() {
                Some(id) => kept.contains(&id),
                None => after.get(index).is_some_and(|other| same(item, other)),
            };
            if !is_kept {
                self.remove_comment(place.holder, item)?;
                continue;
            }
            while let Some(other) = after.get(index).filter(|other| !same(item, other)) {
                self.annotation(&place.item(index), other)?;
                index = index.saturating_add(1);
            }
            if after.get(index).is_none() {
                // It stood there twice.
                self.remove_comment(place.holder, item)?;
                continue;
            }
            index = index.saturating_add(1);
        }
        for (index, item) in after.iter().enumerate().skip(index) {
            self.annotation(&place.item(index), item)?;
        }
        Ok(())
    }

    /// Something that a page got.
    fn annotation(&mut self, place: &Place, item: &Object) -> Result<()> {
        match item.as_reference() {
            Some(id) if self.signing.widgets.contains(&id.number) => self.admit(place, id, Clearance::Whole),
            Some(id) => self.add_comment(place, id)?,
            None => self.refuse(place.holder, "an annotation that is no object of its own was added to a page"),
        }
        Ok(())
    }

    /// The number of a page, from 1.
    pub(super) fn page_number(&self, page: Ref) -> Option<usize> {
        self.page_numbers().pages.get(&page).copied()
    }

    /// The number of the page that an annotation stands on.
    pub(super) fn page_of(&self, annotation: Ref) -> Option<usize> {
        self.page_numbers().annotations.get(&annotation).copied()
    }

    /// The number of the first page whose content, resources or annotations lead to an object of the last revision.
    pub(super) fn page_showing(&self, object: u32) -> Option<usize> {
        let shown = || self.page_numbers().shown(self.ground.document.latest());
        self.ground.shown.get_or_init(shown).get(&object).copied()
    }

    fn page_numbers(&self) -> &PageNumbers {
        self.ground.pages.get_or_init(|| PageNumbers::read(self.ground.document.latest()))
    }
}

impl PageNumbers {
    /// The pages in their order, as far as the tree can be read: for messages only.
    fn read(view: View<'_>) -> Self {
        let most = view.document().limits().pages;
        let root = view.catalog().ok().and_then(|(_, catalog)| catalog.get("Pages")?.as_reference());
        let mut waiting: Vec<Ref> = root.into_iter().collect();
        let (mut seen, mut numbers) = (HashSet::new(), Self::default());
        while let Some(id) = waiting.pop() {
            steps(1);
            if seen.len() >= most || !seen.insert(id) {
                continue;
            }
            let Ok(Object::Dictionary(node)) = view.get(id) else { continue };
            match view.entry(&node, "Kids") {
                Ok(Object::Array(kids)) => {
                    waiting.extend(kids.iter().rev().filter_map(Object::as_reference).take(most));
                }
                _ => numbers.add(id, view.entry(&node, "Annots").ok()),
            }
        }
        numbers
    }

    /// Every object that a page shows, with the first such page: for messages only. Each is read once.
    fn shown(&self, view: View<'_>) -> HashMap<u32, usize> {
        let mut pages: Vec<(Ref, usize)> = self.pages.iter().map(|(page, number)| (*page, *number)).collect();
        pages.sort_unstable_by_key(|(_, number)| *number);
        let own: HashSet<u32> = pages.iter().map(|(page, _)| page.number).collect();
        let mut shown = HashMap::new();
        for (page, number) in pages {
            let mut waiting = vec![page];
            while let Some(id) = waiting.pop() {
                let Ok(object) = view.get(id) else { continue };
                steps(1);
                for id in leading_on(&object).filter(|id| !own.contains(&id.number)) {
                    if let Entry::Vacant(place) = shown.entry(id.number) {
                        place.insert(number);
                        waiting.push(id);
                    }
                }
            }
        }
        shown
    }

    fn add(&mut self, page: Ref, annotations: Option<Object>) {
        let number = self.pages.len().saturating_add(1);
        self.pages.insert(page, number);
        let annotations = annotations.as_ref().and_then(Object::as_array).unwrap_or_default();
        for annotation in annotations.iter().filter_map(Object::as_reference) {
            self.annotations.entry(annotation).or_insert(number);
        }
    }
}

/// The references in an object that do not lead back, to another page, or to what is done.
fn leading_on(object: &Object) -> impl Iterator<Item = Ref> {
    const ELSEWHERE: [&str; 10] = ["Parent", "P", "A", "AA", "Dest", "IRT", "Popup", "V", "B", "StructParent"];
    let entries = object.as_dictionary().into_iter().flat_map(Dictionary::iter);
    let own = entries.filter(|entry| !ELSEWHERE.iter().any(|key| entry.key == **key)).map(|entry| &entry.value);
    let whole = Some(object).filter(|object| object.as_dictionary().is_none());
    whole.into_iter().chain(own).flat_map(Object::values).filter_map(Object::as_reference)
}

fn items(list: &Object) -> Option<&[Object]> {
    match list {
        Object::Null => Some(&[]),
        list => list.as_array(),
    }
}
