//! Rules for text fields, choice fields, check boxes and radio buttons (ISO 32000-2, 12.7.5.2 to 12.7.5.4): they may be filled in with
//! values that they take (12.8.2.2, table 257, P 2), and look accordingly. What must not change after a signature is for that signature
//! to lock (12.8.2.4); what changed is told, with the old value and the new one.
//!
//! Departs: other verifiers let fields look different without another value, which hides or replaces what was signed. Here looks change
//! only with a value. Test: the vectors `filling_*`.

use super::clearance::{Clearance, Place, weight};
use super::equality::{differences, same};
use super::signing::says;
use super::step::Step;
use super::told::{Told, words};
use crate::error::Result;
use crate::pdf::form::button::{Button, OFF};
use crate::pdf::form::choice::Choice;
use crate::pdf::form::{Field, FieldKind};
use crate::pdf::object::{Dictionary, Name, Object, Ref};
use crate::pdf::text::read_text_string;
use crate::report::{ChangeKind, Code, Modification, Rule};

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
        let (was, is) = (self.inherited(self.before, &before, "V")?, self.inherited(self.after, &after, "V")?);
        if same(&was, &is) {
            // Unless it is closed, it stays unexplained, and is refused with the keys that changed.
            return self.close_field(id, &before, &after).map(drop);
        }
        let Some((entered, shown)) = self.entered(field, &after, &is)? else { return Ok(()) };
        self.clear(id.number, Clearance::Keys);
        let name = &field.name;
        self.refuse_if_frozen(name, id.number, "filled")?;
        let short: String = shown.chars().take(60).collect();
        self.note(Code::Overlay, format_args!("the field \"{name}\" was filled with \"{short}\" ({id})"));
        let widget = field.widgets.first().copied().unwrap_or(id);
        let on = match &*self.object(self.after, widget)? {
            Object::Dictionary(widget_dictionary) => self.place_of(widget, widget_dictionary),
            _ => (None, None),
        };
        let told = Told::new(ChangeKind::FormField, Rule::FormFilling, Modification::Form);
        let (old, kind) = (Some(words(&was)), self.inherited(self.after, &after, "FT")?);
        self.tell(id.number, told.field(name).values(old, Some(shown)).on(on).subtype(Some(&kind)));
        self.redraw_entered(id, (&before, &after), &entered, Role::Field)?;
        self.redraw_in_place(field)?;
        self.signing.entered.insert(id.number, entered);
        Ok(())
    }

    /// The looks of widgets that are themselves what they were.
    fn redraw_in_place(&mut self, field: &Field) -> Result<()> {
        self.ground.work.spend(field.widgets.len())?;
        for widget in field.widgets.iter().filter(|widget| Some(**widget) != field.id) {
            if self.changes.contains_key(&widget.number) {
                continue;
            }
            let shown = self.object(self.after, *widget)?;
            if let Some(looks) = shown.as_dictionary().and_then(|widget| widget.get("AP")) {
                self.looks(Place::object(widget.number).key("AP"), looks)?;
            }
        }
        Ok(())
    }

    /// The widget of a field that was filled just now.
    pub(super) fn redraw_input(&mut self, id: Ref) -> Result<()> {
        let Some((_, after)) = self.changes.get(&id.number).and_then(|change| change.dictionaries()) else {
            return Ok(());
        };
        let field = after.get("Parent").and_then(Object::as_reference);
        let entered = field.and_then(|field| self.signing.entered.get(&field.number)).cloned();
        let Some(entered) = entered.filter(|_| says(after, "Subtype", "Widget")) else { return Ok(()) };
        let Some((before, after)) = self.dictionaries(id) else { return Ok(()) };
        self.clear(id.number, Clearance::Keys);
        self.redraw_entered(id, (&before, &after), &entered, Role::Widget)
    }

    /// What a field has as its value now, and in words; none where it is no value of this field.
    fn entered(&mut self, field: &Field, after: &Dictionary, value: &Object) -> Result<Option<(Entered, String)>> {
        let off = Name::from(OFF);
        let entered = match (field.kind, value) {
            (FieldKind::Text, Object::Null) => Some((Entered::Text, String::new())),
            (FieldKind::Text, Object::String(text)) => Some((Entered::Text, read_text_string(text))),
            (FieldKind::Choice, Object::Null) => Some((Entered::Choice, String::new())),
            (FieldKind::Choice, value) => self.chosen(after, value)?.map(|text| (Entered::Choice, text)),
            (FieldKind::Button, Object::Null) => self.button(field, after, &off)?,
            (FieldKind::Button, Object::Name(state)) => self.button(field, after, state)?,
            _ => None,
        };
        if entered.is_none() {
            self.explain(format_args!("the field \"{}\" got a value that it does not take or show", field.name));
        }
        Ok(entered)
    }

    fn chosen(&self, field: &Dictionary, value: &Object) -> Result<Option<String>> {
        let options = self.inherited(self.after, field, "Opt")?;
        self.ground.work.spend(weight(&options))?;
        Ok(Choice::read(self.after, field)?.accepts(value))
    }

    fn button(&self, field: &Field, after: &Dictionary, state: &Name) -> Result<Option<(Entered, String)>> {
        self.ground.work.spend(field.widgets.len())?;
        let button = Button::read(self.after, after, &field.widgets)?;
        let is_shown = button.is_some_and(|button| button.shows(state));
        Ok(is_shown.then(|| (Entered::Button(state.clone()), state.to_text())))
    }

    /// What may change in a field or its widget: how it looks, and the value.
    fn redraw_entered(
        &mut self,
        id: Ref,
        (before, after): (&Dictionary, &Dictionary),
        entered: &Entered,
        role: Role,
    ) -> Result<()> {
        let is_closed = self.becomes_read_only(before, after)?;
        for one in differences(before, after) {
            let key = one.key.to_text();
            let is_field = role == Role::Field;
            let is_allowed = match (key.as_str(), entered, one.after) {
                ("V", ..) => is_field,
                ("M", _, Some(Object::String(_))) => true,
                ("AP", _, Some(_)) => true,
                // How a viewer draws what is entered next.
                ("DA", _, Some(Object::String(_))) => true,
                ("BS", _, Some(Object::Dictionary(style))) => {
                    style.iter().all(|entry| !matches!(entry.value, Object::Reference(_)))
                }
                ("RV", Entered::Text, None) => is_field,
                ("I", Entered::Choice, Some(Object::Array(_)) | None) => is_field,
                ("TI", Entered::Choice, Some(Object::Integer(_))) => is_field,
                ("AS", Entered::Button(state), Some(Object::Name(shown))) => shown == state || *shown == *OFF,
                ("Ff", ..) => is_field && is_closed,
                _ => false,
            };
            if !is_allowed {
                self.refuse(id.number, format_args!("/{key} of the form field {id} was changed"));
            }
        }
        if let Some(looks) = after.get("AP") {
            self.looks(Place::object(id.number).key("AP"), looks)?;
        }
        Ok(())
    }

    fn dictionaries(&self, id: Ref) -> Option<(Dictionary, Dictionary)> {
        let (before, after) = self.changes.get(&id.number)?.dictionaries()?;
        Some((before.clone(), after.clone()))
    }
}
