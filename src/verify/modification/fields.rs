//! Rules for the interactive form (ISO 32000-2, 12.7.3): signature fields may be added, and empty ones signed; other blank
//! fields may be filled.

use super::clearance::{Clearance, Place};
use super::equality::differences;
use super::step::Step;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::report::Modification;

/// What a form may have that comes with its first signature field.
const NEW_FORM: [&str; 5] = ["Fields", "SigFlags", "DR", "DA", "NeedAppearances"];

impl Step<'_> {
    pub(super) fn acro_form(&mut self, place: Place, old: Option<&Object>, new: Option<&Object>) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, new), Clearance::Keys)?;
        let is_same = std::rc::Rc::ptr_eq(&was, &is);
        let (was, is) = match (&*was, &*is) {
            (Object::Null, Object::Null) => return Ok(()),
            // Nothing but an array of its own can have changed.
            (Object::Dictionary(_), Object::Dictionary(is))
                if is_same && !["Fields", "DR"].iter().any(|key| matches!(is.get(key), Some(Object::Reference(_)))) =>
            {
                return Ok(());
            }
            (Object::Null, Object::Dictionary(is)) => (None, is),
            (Object::Dictionary(was), Object::Dictionary(is)) => (Some(was), is),
            _ => {
                self.refuse("/AcroForm was removed or is no dictionary");
                return Ok(());
            }
        };
        let nothing = Dictionary::new();
        for one in differences(was.unwrap_or(&nothing), is) {
            let key = one.key.to_text();
            match key.as_str() {
                "Fields" if one.after.is_some() => {}
                "DR" if one.before.is_some() => {}
                "SigFlags" if gains_bits(one.before, one.after) => self.raise(Modification::Lta),
                _ if was.is_none() && NEW_FORM.contains(&key.as_str()) => {
                    self.admit_all(&place.key(&key), one.after.unwrap_or(&Object::Null));
                }
                _ => self.refuse(format_args!("/{key} of the form was changed")),
            }
        }
        if let Some(old) = was.and_then(|was| was.get("DR")) {
            self.resources(place.key("DR"), old, is.get("DR"))?;
        }
        self.fields(place.key("Fields"), was.and_then(|was| was.get("Fields")), is.get("Fields"))
    }

    /// Default resources (table 224): names may be added.
    fn resources(&mut self, place: Place, old: &Object, new: Option<&Object>) -> Result<()> {
        let was = self.was(Some(old))?;
        let (place, is) = self.is(place, (Some(old), new), Clearance::Whole)?;
        let (Object::Dictionary(was), Object::Dictionary(is)) = (&*was, &*is) else {
            self.refuse("the default resources of the form were removed or are no dictionary");
            return Ok(());
        };
        if differences(was, is).iter().any(|one| one.after.is_none()) {
            self.refuse("something was removed from the default resources of the form");
        }
        for entry in is.iter() {
            let key = entry.key.to_text();
            self.names(place.key(&key), was.get(&key), &entry.value)?;
        }
        Ok(())
    }

    /// The resources of one kind.
    fn names(&mut self, place: Place, old: Option<&Object>, new: &Object) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, Some(new)), Clearance::Whole)?;
        if was == is {
            return Ok(());
        }
        self.raise(Modification::Form);
        match (&*was, &*is) {
            (Object::Null, added) => self.admit_all(&place, added),
            (Object::Dictionary(was), Object::Dictionary(is)) => {
                for one in differences(was, is) {
                    let key = one.key.to_text();
                    match (one.before, one.after) {
                        (None, Some(added)) => self.admit_all(&place.key(&key), added),
                        _ => self.refuse(format_args!("/{key} of the form's default resources was changed")),
                    }
                }
            }
            _ => self.refuse("the default resources of the form were changed"),
        }
        Ok(())
    }

    /// The form's own fields: new ones come last.
    fn fields(&mut self, place: Place, old: Option<&Object>, new: Option<&Object>) -> Result<()> {
        let was = self.was(old)?;
        let (place, is) = self.is(place, (old, new), Clearance::Whole)?;
        if std::rc::Rc::ptr_eq(&was, &is) {
            return Ok(());
        }
        match appended(&was, &is) {
            Some((first, added)) => {
                for (index, item) in (first..).zip(added) {
                    self.add_field(&place.item(index), item)?;
                }
            }
            None => self.refuse("the form's fields were removed or put into another order"),
        }
        Ok(())
    }

    fn add_field(&mut self, place: &Place, item: &Object) -> Result<()> {
        let Some((id, field)) = item.as_reference().and_then(|id| Some((id, self.new_dictionary(id)?))) else {
            self.refuse("a form field was added that is no new dictionary of its own");
            return Ok(());
        };
        self.admit(place, id, Clearance::Whole);
        self.sign_new_field(id, &field)
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
            self.redraw_widget(id);
            self.redraw_input(id);
        }
        Ok(())
    }
}

/// The elements of `after` behind those of `before`, and the index of the first; none if `after` does not start like `before`.
pub(super) fn appended<'o>(before: &Object, after: &'o Object) -> Option<(usize, &'o [Object])> {
    let before = match before {
        Object::Null => &[],
        before => before.as_array()?,
    };
    let added = match after {
        Object::Null => [].strip_prefix(before),
        after => after.as_array()?.strip_prefix(before),
    };
    Some((before.len(), added?))
}

fn gains_bits(before: Option<&Object>, after: Option<&Object>) -> bool {
    let before = before.map_or(Some(0), Object::as_integer);
    let after = after.and_then(Object::as_integer);
    matches!((before, after), (Some(before), Some(after)) if before & after == before)
}
