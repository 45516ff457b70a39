//! Rules for groups of fields (ISO 32000-2, 12.7.4.1): one that was there may get signature fields, behind its other kids.

use std::collections::BTreeSet;

use super::clearance::{Clearance, Place};
use super::equality::differences;
use super::fields::appended;
use super::step::Step;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Name, Object, Ref};

impl Step<'_> {
    /// The groups that changed, or whose list of kids did.
    pub(super) fn grow_groups(&mut self) -> Result<()> {
        let ground = self.ground;
        let changed = self.changes.keys().filter(|number| !self.cleared.contains_key(number));
        let groups: BTreeSet<Ref> = changed.filter_map(|number| ground.groups.get(number).copied()).collect();
        groups.into_iter().try_for_each(|group| self.grow_group(group))
    }

    /// What is no growth stays unexplained, and is refused with the keys that changed.
    fn grow_group(&mut self, group: Ref) -> Result<()> {
        let (was, is) = (self.object(self.before, group)?, self.object(self.after, group)?);
        let (Object::Dictionary(before), Object::Dictionary(after)) = (&*was, &*is) else { return Ok(()) };
        let is_grown = differences(before, after).iter().all(|one| *one.key == *"Kids");
        let (old, new) = (before.get("Kids"), after.get("Kids"));
        let (before_kids, after_kids) = (self.was(old)?, self.read(self.after, new)?);
        if !is_grown
            || self.is_same((old, &before_kids), (new, &after_kids))?
            || !self.was_group(before, &before_kids)?
        {
            return Ok(());
        }
        let Some((first, added)) = appended(&before_kids, &after_kids) else { return Ok(()) };
        let field = |item: &Object| item.as_reference().and_then(|id| Some((id, self.new_dictionary(id)?)));
        let Some(fields) = added.iter().map(field).collect::<Option<Vec<_>>>() else { return Ok(()) };
        self.clear(group.number, Clearance::Keys);
        let (place, _) = self.is(Place::object(group.number).key("Kids"), (old, new), Clearance::Whole)?;
        for (at, (id, field)) in (first..).zip(fields) {
            self.admit(&place.item(at), id, Clearance::Whole);
            self.sign_new_field(id, &field, Some(group))?;
        }
        Ok(())
    }

    /// Whether it was a group of fields before, that hands down nothing which would make its new kids something else: a single field
    /// with several widgets is no group, and must not become one.
    fn was_group(&self, before: &Dictionary, kids: &Object) -> Result<bool> {
        let kind = self.inherited(self.before, before, "FT")?;
        let is_neutral = kind.is_null() || kind.as_name().is_some_and(|kind: &Name| *kind == *"Sig");
        if !is_neutral || !self.inherited(self.before, before, "V")?.is_null() {
            return Ok(false);
        }
        for kid in kids.as_array().unwrap_or_default() {
            let kid = self.was(Some(kid))?;
            if kid.as_dictionary().is_some_and(|kid| kid.get("T").is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
