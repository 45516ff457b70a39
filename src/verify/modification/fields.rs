//! Rules for the interactive form (ISO 32000-2, 12.7.3): signature fields may be added, and empty ones signed; other blank
//! fields may be filled.

use super::clearance::{Clearance, Place};
use super::equality::{Difference, differences, front};
use super::meter::steps;
use super::step::Step;
use super::told::{Told, words};
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::report::{ChangeKind, Modification, Rule};

impl Step<'_> {
    pub(super) fn acro_form(&mut self, place: Place, old: Option<&Object>, new: Option<&Object>) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, new), Clearance::Keys)?;
        let is_same = self.is_same((old, &was), (new, &is))?;
        let (was, is) = match (&*was, &*is) {
            (Object::Null, Object::Null) => return Ok(()),
            // Nothing but an array of its own can have changed.
            (Object::Dictionary(_), Object::Dictionary(is))
                if is_same && !["Fields", "DR"].iter().any(|key| matches!(is.get(key), Some(Object::Reference(_)))) =>
            {
                return Ok(());
            }
            (Object::Dictionary(was), Object::Dictionary(is)) => (was, is),
            _ => {
                self.refuse(place.holder, "/AcroForm was removed, came or is no dictionary");
                return Ok(());
            }
        };
        let changed = if is_same { Vec::new() } else { differences(was, is) };
        for one in changed {
            let key = one.key.to_text();
            match key.as_str() {
                "Fields" if one.after.is_some() => {}
                "DR" if one.before.is_some() => {}
                "SigFlags" if gains_bits(one.before, one.after) => self.raise(Modification::Lta),
                // What it is by default; a viewer that regenerates looks could show something else than was signed.
                "NeedAppearances" if matches!(one.after, Some(Object::Boolean(false))) => {}
                // What fields are filled with. Those that were there go by what they say themselves, or were never filled.
                "DA" | "DR" if one.before.is_none() => {
                    self.tell_form(&place);
                    self.admit_all(&place.key(&key), one.after.unwrap_or(&Object::Null));
                }
                _ => self.refuse(place.holder, format_args!("/{key} of the form was changed")),
            }
        }
        if let Some(old) = was.get("DR") {
            self.resources(place.key("DR"), old, is.get("DR"))?;
        }
        self.fields(place.key("Fields"), was.get("Fields"), is.get("Fields"))
    }

    /// What fields are drawn with.
    #[cfg_attr(test, track_caller)]
    fn tell_form(&mut self, form: &Place) {
        self.tell(form.holder, Told::new(ChangeKind::Catalog, Rule::FormFilling, Modification::Form));
    }

    /// Default resources (table 224): names may be added.
    fn resources(&mut self, place: Place, old: &Object, new: Option<&Object>) -> Result<()> {
        let was = self.was(Some(old))?;
        let (place, is) = self.is(place, (Some(old), new), Clearance::Whole)?;
        let is_same = self.is_same((Some(old), &was), (new, &is))?;
        let (Object::Dictionary(was), Object::Dictionary(is)) = (&*was, &*is) else {
            self.refuse(place.holder, "the default resources of the form were removed or are no dictionary");
            return Ok(());
        };
        if !is_same && differences(was, is).iter().any(|one| one.after.is_none()) {
            self.refuse(place.holder, "something was removed from the default resources of the form");
        }
        for entry in is.iter() {
            self.look_at(1)?;
            let key = entry.key.to_text();
            self.names(place.key(&key), was.get(&key), &entry.value)?;
        }
        Ok(())
    }

    /// The resources of one kind.
    fn names(&mut self, place: Place, old: Option<&Object>, new: &Object) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, Some(new)), Clearance::Whole)?;
        if self.is_same((old, &was), (Some(new), &is))? || was == is {
            return Ok(());
        }
        self.tell_form(&place);
        match (&*was, &*is) {
            (Object::Null, added) => self.admit_all(&place, added),
            (Object::Dictionary(was), Object::Dictionary(is)) => {
                for one in differences(was, is) {
                    let key = one.key.to_text();
                    match (one.before, one.after) {
                        (None, Some(added)) => self.admit_all(&place.key(&key), added),
                        _ => self
                            .refuse(place.holder, format_args!("/{key} of the form's default resources was changed")),
                    }
                }
            }
            _ => self.refuse(place.holder, "the default resources of the form were changed"),
        }
        Ok(())
    }

    /// The form's own fields: new ones come last.
    fn fields(&mut self, place: Place, old: Option<&Object>, new: Option<&Object>) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, new), Clearance::Whole)?;
        if self.is_same((old, &was), (new, &is))? {
            return Ok(());
        }
        match appended(&was, &is) {
            Some((first, added)) => {
                for (index, item) in (first..).zip(added) {
                    self.add_field(&place.item(index), item)?;
                }
            }
            None => self.refuse(place.holder, "the form's fields were removed or put into another order"),
        }
        Ok(())
    }

    fn add_field(&mut self, place: &Place, item: &Object) -> Result<()> {
        let Some((id, field)) = item.as_reference().and_then(|id| Some((id, self.new_dictionary(id)?))) else {
            let what = "a form field was added that is no new dictionary of its own";
            self.refuse(place.holder, what);
            return Ok(());
        };
        self.admit(place, id, Clearance::Whole);
        self.sign_new_field(id, &field, None)
    }

    /// Empty signature fields that got a signature, other blank fields that got a value, and the widgets that show them.
    pub(super) fn fill_fields(&mut self) -> Result<()> {
        let ground = self.ground;
        let is_field = |id: &Ref| ground.fields.contains_key(id);
        let is_input = |id: &Ref| ground.inputs.contains_key(id);
        let unclear = self
            .changes
            .iter()
            .filter(|(number, change)| !self.cleared.contains_key(number) && change.dictionaries().is_some());
        let unclear: Vec<Ref> = unclear.map(|(_, change)| change.id).collect();
        let (fields, others): (Vec<Ref>, Vec<Ref>) = unclear.into_iter().partition(is_field);
        let (inputs, widgets): (Vec<Ref>, Vec<Ref>) = others.into_iter().partition(is_input);
        for id in fields {
            self.sign_old_field(id)?;
        }
        for id in inputs {
            self.fill_field(id)?;
        }
        for id in widgets {
            self.redraw_widget(id)?;
            self.redraw_input(id)?;
        }
        Ok(())
    }

    /// A field whose only change is that nobody may fill it any more, as writers do with fields that a signature locks.
    pub(super) fn close_field(&mut self, id: Ref, before: &Dictionary, after: &Dictionary) -> Result<bool> {
        let changed = differences(before, after);
        let is_closed = !changed.is_empty()
            && changed.iter().all(|one| *one.key == *"Ff" || is_modified_date(one))
            && self.becomes_read_only(before, after)?;
        if is_closed {
            self.clear(id.number, Clearance::Keys);
            let value = after.get("V").map(words);
            let told = Told::new(ChangeKind::FormField, Rule::ReadOnly, Modification::Form);
            let told = told.values(value.clone(), value).on(self.place_of(id, after)).subtype(after.get("FT"));
            let name = self.ground.name_of(id, after).unwrap_or_default();
            self.tell(id.number, told.field(&name));
        }
        Ok(is_closed)
    }

    /// Whether `/Ff` is what it was, or gained the bit `ReadOnly` and nothing else (table 227).
    pub(super) fn becomes_read_only(&self, before: &Dictionary, after: &Dictionary) -> Result<bool> {
        const READ_ONLY: i64 = 1;
        let was = self.inherited(self.before, before, "Ff")?.as_integer().unwrap_or(0);
        let is = self.inherited(self.after, after, "Ff")?;
        let is = if is.is_null() { Some(0) } else { is.as_integer() };
        Ok(is == Some(was) || is == Some(was | READ_ONLY))
    }
}

fn is_modified_date(one: &Difference<'_>) -> bool {
    *one.key == *"M" && matches!(one.after, Some(Object::String(_)))
}

/// The elements of `after` behind those of `before`, and the index of the first; none if `after` does not start like `before`.
pub(super) fn appended<'o>(before: &Object, after: &'o Object) -> Option<(usize, &'o [Object])> {
    let before = match before {
        Object::Null => &[],
        before => before.as_array()?,
    };
    let after = match after {
        Object::Null => &[],
        after => after.as_array()?,
    };
    steps(before.len());
    let front = front(before, after);
    let added = after.get(front..)?.strip_prefix(before.get(front..)?)?;
    Some((before.len(), added))
}

fn gains_bits(before: Option<&Object>, after: Option<&Object>) -> bool {
    let before = before.map_or(Some(0), Object::as_integer);
    let after = after.and_then(Object::as_integer);
    matches!((before, after), (Some(before), Some(after)) if before & after == before)
}
