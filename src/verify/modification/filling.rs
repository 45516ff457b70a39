//! Rules for text fields, choice fields, check boxes and radio buttons (ISO 32000-2, 12.7.5.2 to 12.7.5.4): a blank one may be filled by
//! whoever signs the same revision, with a value that it takes.
//!
//! Departs: 12.8.2.2 (table 257, P 2) and other verifiers permit every filling in of forms. Here a value that was signed stays what it
//! was, and a new one has a signature of its own over it. Test: a_field_is_filled_with_a_signature_or_not_at_all.

use super::clearance::{Clearance, Place};
use super::equality::differences;
use super::signing::says;
use super::step::Step;
use crate::error::Result;
use crate::pdf::form::button::{Button, OFF};
use crate::pdf::form::choice::Choice;
use crate::pdf::form::{Field, FieldKind};
use crate::pdf::object::{Dictionary, Name, Object, Ref};
use crate::pdf::text::read_text_string;
use crate::report::{Code, Modification};

/// What a field got that was blank before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    Text,
    Choice,
    /// The state that its widgets may show.
    Button(Name),
}

/// Which part of a field a dictionary is; a field may be its own widget.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Field,
    Widget,
}

impl Step<'_> {
    /// A field that was there, and is not what it was. What stays unexplained here is refused with the keys that changed.
    pub(super) fn fill_field(&mut self, id: Ref) -> Result<()> {
        let ground = self.ground;
        let Some((before, after)) = self.dictionaries(id) else { return Ok(()) };
        let Some(field) = ground.inputs.get(&id) else { return Ok(()) };
        let was = self.before.inherited(&before, "V")?;
        if !self.signing.is_signed || !field.kind.is_blank(&was) {
            return Ok(());
        }
        let Some((entered, shown)) = self.entered(field, &after)? else { return Ok(()) };
        self.clear(id.number, Clearance::Keys);
        self.raise(Modification::Form);
        let name = &field.name;
        if ground.permissions.freezes(name, self.revision) {
            self.refuse(format_args!("the field \"{name}\" was filled, which an earlier signature forbids"));
        }
        let shown: String = shown.chars().take(60).collect();
        self.note(Code::Overlay, format_args!("the field \"{name}\" was filled with \"{shown}\" ({id})"));
        self.redraw_entered(id, (&before, &after), &entered, Role::Field);
        self.signing.entered.insert(id.number, entered);
        Ok(())
    }

    /// The widget of a field that was filled just now.
    pub(super) fn redraw_input(&mut self, id: Ref) {
        let Some((before, after)) = self.dictionaries(id) else { return };
        let field = after.get("Parent").and_then(Object::as_reference);
        let entered = field.and_then(|field| self.signing.entered.get(&field.number)).cloned();
        if let Some(entered) = entered.filter(|_| says(&after, "Subtype", "Widget")) {
            self.clear(id.number, Clearance::Keys);
            self.redraw_entered(id, (&before, &after), &entered, Role::Widget);
        }
    }

    /// What a field has as its value now, and in words; none where it is no value of this field.
    fn entered(&mut self, field: &Field, after: &Dictionary) -> Result<Option<(Entered, String)>> {
        let value = after.get("V");
        let entered = match (field.kind, value) {
            (FieldKind::Text, Some(Object::String(text))) => Some((Entered::Text, read_text_string(text))),
            (FieldKind::Choice, Some(value)) => {
                Choice::read(self.after, after)?.accepts(value).map(|text| (Entered::Choice, text))
            }
            (FieldKind::Button, Some(Object::Name(state))) => {
                let button = Button::read(self.after, after, &field.widgets)?;
                let is_shown = button.is_some_and(|button| button.shows(state));
                is_shown.then(|| (Entered::Button(state.clone()), state.to_text()))
            }
            (_, None) => return Ok(None),
            _ => None,
        };
        if entered.is_none() {
            self.refuse(format_args!("the field \"{}\" got a value that it does not take or show", field.name));
        }
        Ok(entered)
    }

    /// What may change in a field or its widget: how it looks, and the value. A button shows what it always could.
    fn redraw_entered(&mut self, id: Ref, (before, after): (&Dictionary, &Dictionary), entered: &Entered, role: Role) {
        for one in differences(before, after) {
            let key = one.key.to_text();
            let is_field = role == Role::Field;
            let is_allowed = match (key.as_str(), entered, one.after) {
                ("V", ..) => is_field,
                ("M", _, Some(Object::String(_))) => true,
                ("AP", Entered::Text | Entered::Choice, Some(_)) => true,
                ("RV", Entered::Text, None) => is_field,
                ("I", Entered::Choice, Some(Object::Array(_)) | None) => is_field,
                ("TI", Entered::Choice, Some(Object::Integer(_))) => is_field,
                ("AS", Entered::Button(state), Some(Object::Name(shown))) => {
                    one.before.and_then(Object::as_name).is_none_or(|was| *was == *OFF)
                        && (shown == state || *shown == *OFF)
                }
                _ => false,
            };
            if !is_allowed {
                self.refuse(format_args!("/{key} of the form field {id} was changed"));
            }
        }
        if let Some(looks) = after.get("AP").filter(|_| !matches!(entered, Entered::Button(_))) {
            self.looks(Place::object(id.number).key("AP"), looks);
        }
    }

    fn dictionaries(&self, id: Ref) -> Option<(Dictionary, Dictionary)> {
        let (before, after) = self.changes.get(&id.number)?.dictionaries()?;
        Some((before.clone(), after.clone()))
    }
}
