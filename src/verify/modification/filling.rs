//! Rules for text fields (ISO 32000-2, 12.7.5.3): an empty one may be filled by whoever signs the same revision.
//!
//! Departs: 12.8.2.2 (table 257, P 2) and other verifiers permit every filling in of forms. Here a value that was signed stays what it
//! was, and a new one has a signature of its own over it. Test: a_text_field_is_filled_with_a_signature_or_not_at_all.

use super::clearance::{Clearance, Place};
use super::equality::differences;
use super::signing::says;
use super::step::Step;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::text::read_text_string;
use crate::report::{Code, Modification};

/// Which part of a field a dictionary is; a field may be its own widget.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Field,
    Widget,
}

impl Step<'_> {
    /// A text field that was there, and is not what it was. What stays unexplained here is refused with the keys that changed.
    pub(super) fn fill_text_field(&mut self, id: Ref) -> Result<()> {
        let Some((before, after)) = self.dictionaries(id) else { return Ok(()) };
        let was = self.before.inherited(&before, "V")?;
        let value = match after.get("V") {
            Some(Object::String(value)) if self.signing.is_signed && is_empty(&was) => read_text_string(value),
            _ => return Ok(()),
        };
        self.clear(id.number, Clearance::Keys);
        self.signing.texts.insert(id.number);
        self.raise(Modification::Form);
        let name = self.ground.texts.get(&id).cloned().unwrap_or_default();
        if self.ground.permissions.freezes(&name, self.revision) {
            self.refuse(format_args!("the field \"{name}\" was filled, which an earlier signature forbids"));
        }
        let shown: String = value.chars().take(60).collect();
        self.note(Code::Overlay, format_args!("the field \"{name}\" was filled with \"{shown}\" ({id})"));
        self.redraw_text(id, &before, &after, Role::Field);
        Ok(())
    }

    /// The widget of a text field that was filled just now.
    pub(super) fn redraw_text_widget(&mut self, id: Ref) {
        let Some((before, after)) = self.dictionaries(id) else { return };
        let field = after.get("Parent").and_then(Object::as_reference);
        if says(&after, "Subtype", "Widget") && field.is_some_and(|field| self.signing.texts.contains(&field.number)) {
            self.clear(id.number, Clearance::Keys);
            self.redraw_text(id, &before, &after, Role::Widget);
        }
    }

    /// What may change in a text field or its widget: how it looks, and the value.
    fn redraw_text(&mut self, id: Ref, before: &Dictionary, after: &Dictionary, role: Role) {
        for one in differences(before, after) {
            let key = one.key.to_text();
            match (key.as_str(), one.after) {
                ("AP", Some(_)) | ("M", Some(Object::String(_))) => {}
                ("V", Some(Object::String(_))) | ("RV", None) if role == Role::Field => {}
                _ => self.refuse(format_args!("/{key} of the text field {id} was changed")),
            }
        }
        if let Some(looks) = after.get("AP") {
            self.looks(Place::object(id.number).key("AP"), looks);
        }
    }

    fn dictionaries(&self, id: Ref) -> Option<(Dictionary, Dictionary)> {
        let (before, after) = self.changes.get(&id.number)?.dictionaries()?;
        Some((before.clone(), after.clone()))
    }
}

fn is_empty(value: &Object) -> bool {
    match value {
        Object::Null => true,
        Object::String(value) => read_text_string(value).is_empty(),
        _ => false,
    }
}
