//! Rules for pages (ISO 32000-2, 7.7.3.3): nothing but the widgets of new signature fields may be laid on them.

use std::collections::{HashMap, HashSet};

use super::clearance::{Clearance, Place};
use super::equality::differences;
use super::fields::appended;
use super::references::is_page;
use super::step::Step;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::view::View;

impl Step<'_> {
    pub(super) fn pages(&mut self) -> Result<()> {
        let pages = self.changes.iter().filter(|(number, _)| !self.cleared.contains_key(number)).filter_map(
            |(number, change)| {
                let (before, after) =
                    change.dictionaries().filter(|(before, after)| is_page(before) && is_page(after))?;
                Some((*number, before.clone(), after.clone()))
            },
        );
        let pages: Vec<(u32, Dictionary, Dictionary)> = pages.collect();
        let mut lists = HashMap::new();
        for (number, before, after) in &pages {
            self.page(*number, before, after, &mut lists)?;
        }
        self.lists(&lists);
        Ok(())
    }

    /// A changed page. `lists` counts which changed pages have which object as `/Annots`.
    fn page(
        &mut self,
        number: u32,
        before: &Dictionary,
        after: &Dictionary,
        lists: &mut HashMap<u32, usize>,
    ) -> Result<()> {
        if differences(before, after).iter().any(|one| *one.key != *"Annots") {
            // It stays unexplained, and is refused with the keys that changed.
            return Ok(());
        }
        self.clear(number, Clearance::Keys);
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
        match appended(&was, &is) {
            Some((first, added)) => self.annotations(&place, first, added),
            None => self
                .refuse(format_args!("annotations of the page object {number} were removed or put into another order")),
        }
        Ok(())
    }

    /// The changed objects that pages have as `/Annots`, the pages themselves being changed or not.
    fn lists(&mut self, of_changed_pages: &HashMap<u32, usize>) {
        let lists = self.changes.iter().filter(|(number, _)| self.ground.references.annots(**number) > 0);
        let lists: Vec<_> =
            lists.map(|(number, change)| (*number, change.before.clone(), change.after.clone())).collect();
        for (number, before, after) in lists {
            let pages = of_changed_pages.get(&number).copied().unwrap_or(0);
            let is_new_with_its_pages =
                before.is_null() && after.as_array().is_some() && pages == self.ground.references.annots(number);
            self.clear(number, Clearance::Whole);
            if is_new_with_its_pages {
                continue;
            }
            match appended(&before, &after).filter(|_| !after.is_null()) {
                Some((first, added)) => self.annotations(&Place::object(number), first, added),
                None => {
                    self.refuse(format_args!("annotations in object {number} were removed or put into another order"))
                }
            }
        }
    }

    fn annotations(&mut self, place: &Place, first: usize, added: &[Object]) {
        for (index, item) in (first..).zip(added) {
            match item.as_reference() {
                Some(id) if self.signing.widgets.contains(&id.number) => {
                    self.admit(&place.item(index), id, Clearance::Whole)
                }
                Some(id) => self.refuse(format_args!("the annotation {id} was added to a page")),
                None => self.refuse("an annotation was added to a page"),
            }
        }
    }

    /// The number of a page, from 1.
    pub(super) fn page_number(&self, page: Ref) -> Option<usize> {
        let document = self.ground.document;
        self.ground.pages.get_or_init(|| page_numbers(document.latest())).get(&page).copied()
    }
}

/// The pages in their order, as far as the tree can be read: for messages only.
fn page_numbers(view: View<'_>) -> HashMap<Ref, usize> {
    let most = view.document().limits().pages;
    let root = view.catalog().ok().and_then(|(_, catalog)| catalog.get("Pages")?.as_reference());
    let mut waiting: Vec<Ref> = root.into_iter().collect();
    let (mut seen, mut numbers) = (HashSet::new(), HashMap::new());
    while let Some(id) = waiting.pop() {
        if seen.len() >= most || !seen.insert(id) {
            continue;
        }
        let Ok(Object::Dictionary(node)) = view.get(id) else { continue };
        match view.entry(&node, "Kids") {
            Ok(Object::Array(kids)) => waiting.extend(kids.iter().rev().filter_map(Object::as_reference).take(most)),
            _ => {
                let next = numbers.len().saturating_add(1);
                numbers.insert(id, next);
            }
        }
    }
    numbers
}
