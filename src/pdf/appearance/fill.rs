//! Filling form fields (ISO 32000-2, 12.7.5.2 to 12.7.5.4): the value, and widgets that show it.
//!
//! Invariant: a value that the field does not take is an error that names the field and what it takes.

use super::text_field::Style;
use super::{Embedded, Font, TextField};
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::form::button::{Switched, button};
use crate::pdf::form::choice::{Choice, ChoiceKind, Selection};
use crate::pdf::form::{Field, FieldKind, Form, FormFault};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::text::text_string;
use crate::pdf::update::{Place, UpdateWriter};
use crate::pdf::view::View;

/// A value to be filled into a field.
#[derive(Clone, Debug)]
pub(crate) struct Fill {
    /// The field's fully qualified name.
    pub(crate) field: String,
    pub(crate) value: String,
    /// What a text is drawn with; buttons bring their pictures along.
    pub(crate) font: Option<Font>,
}

impl Fill {
    /// Sets the values of the fields, and makes all of their widgets show them.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where there is no such field, or it is read-only or takes no such value;
    /// [`ErrorKind::Appearance`] where the value cannot be shown whole.
    pub(crate) fn write_all(fills: &[Self], writer: &mut UpdateWriter<'_>, embedded: &mut Embedded) -> Result<()> {
        let Some(first) = fills.first() else { return Ok(()) };
        let form = Form::read(writer.view())?;
        first.check_form(writer.view(), &form)?;
        fills.iter().try_for_each(|fill| fill.write(&form, writer, embedded))
    }

    fn write(&self, form: &Form, writer: &mut UpdateWriter<'_>, embedded: &mut Embedded) -> Result<()> {
        let field = self.find(form)?;
        let (id, dictionary) = self.dictionary(writer, field)?;
        match field.kind {
            FieldKind::Text => self.text(writer, embedded, field, id),
            FieldKind::Choice => self.choice(writer, embedded, field, (id, &dictionary)),
            FieldKind::Button => self.button(writer, field, id),
            FieldKind::Signature => Err(self.refuse("the field is for a signature", "sign it with field(…)")),
            FieldKind::Unknown => Err(self.refuse("the field is of no known type", "choose another field")),
        }
    }

    fn find<'f>(&self, form: &'f Form) -> Result<&'f Field> {
        let mut found = form.fields.iter().filter(|field| *field.name == *self.field);
        match (found.next(), found.next()) {
            (Some(field), None) if !field.is_group => Ok(field),
            (Some(_), None) => Err(self.refuse("the field is a group of fields", "name one of those below it")),
            (None, _) => Err(self.refuse("no field has this name", "use a fully qualified name, as in group.field")),
            (_, Some(_)) => Err(self.refuse("more than one field has this name", "choose another field")),
        }
    }

    /// The dictionary of a field that may be filled.
    fn dictionary(&self, writer: &UpdateWriter<'_>, field: &Field) -> Result<(Ref, Dictionary)> {
        const READ_ONLY: i64 = 1;
        let view = writer.view();
        let direct = || self.refuse("the field is a direct object, which cannot be filled", "choose another field");
        let id = field.id.ok_or_else(direct)?;
        let Object::Dictionary(dictionary) = view.get(id)? else { return Err(direct()) };
        if view.inherited(&dictionary, "Ff")?.as_integer().unwrap_or(0) & READ_ONLY != 0 {
            return Err(self.refuse("the field is read-only", "leave it as it is"));
        }
        Ok((id, dictionary))
    }

    /// Whether the form is all that there is to fill. 12.7.8: an XFA form has its values twice, and Acrobat shows the other ones. A
    /// widget that cannot be read would show something else than the others.
    fn check_form(&self, view: View<'_>, form: &Form) -> Result<()> {
        let (_, catalog) = view.catalog()?;
        let acro_form = view.entry(&catalog, "AcroForm")?;
        if acro_form.as_dictionary().is_some_and(|form| form.get("XFA").is_some()) {
            return Err(self.refuse("the form is an XFA form, which cannot be filled", "save it as a plain PDF form"));
        }
        let is_lost = |fault: &&FormFault| matches!(fault, FormFault::Unreadable(_) | FormFault::NotDictionary(_));
        match form.faults.iter().find(is_lost) {
            Some(fault) => Err(self.refuse(&format!("not all of the form can be read: {fault}"), "repair the form")),
            None => Ok(()),
        }
    }

    fn text(&self, writer: &mut UpdateWriter<'_>, embedded: &mut Embedded, field: &Field, id: Ref) -> Result<()> {
        let font = self.font()?;
        for widget in &field.widgets {
            let widget =
                TextField::read(writer.view(), *widget, Style::Text).map_err(|error| error.at(self.place()))?;
            widget.show(writer, embedded, &self.value, font).map_err(|error| error.at(self.place()))?;
        }
        let entries = writer.edit_dictionary(&Place::object(id))?;
        entries.set("V", Object::String(text_string(&self.value)));
        // A rich text says the same as the value (table 228), and would say something else now.
        entries.remove("RV");
        Ok(())
    }

    fn choice(
        &self,
        writer: &mut UpdateWriter<'_>,
        embedded: &mut Embedded,
        field: &Field,
        (id, dictionary): (Ref, &Dictionary),
    ) -> Result<()> {
        let font = self.font()?;
        let choice = Choice::read(writer.view(), dictionary)?;
        let selection = choice.select(&self.value).map_err(|text| self.no_such_value(&text, &choice.values()))?;
        let mut top = choice.top;
        for widget in &field.widgets {
            let shown = TextField::read(writer.view(), *widget, Style::Line).map_err(|error| error.at(self.place()))?;
            top = match choice.kind {
                ChoiceKind::Combo | ChoiceKind::EditableCombo => {
                    shown.show(writer, embedded, &selection.display.concat(), font).map(|()| top)
                }
                ChoiceKind::List | ChoiceKind::MultipleList => {
                    shown.show_list(writer, embedded, (&choice, &selection.indices), font)
                }
            }
            .map_err(|error| error.at(self.place()))?;
        }
        let entries = writer.edit_dictionary(&Place::object(id))?;
        set_indices(entries, &selection);
        entries.set("V", selection.value);
        if top != choice.top {
            entries.set("TI", Object::Integer(i64::try_from(top).unwrap_or(0)));
        }
        Ok(())
    }

    fn button(&self, writer: &mut UpdateWriter<'_>, field: &Field, id: Ref) -> Result<()> {
        let Some(button) = button(writer.view(), field)? else {
            return Err(self.refuse("the field is a push button, which has no value", "choose another field"));
        };
        let Switched { state, widgets } =
            button.switch(&self.value).ok_or_else(|| self.no_such_value(&self.value, &button.values()))?;
        for (widget, state) in widgets {
            writer.edit_dictionary(&Place::object(widget))?.set("AS", Object::Name(state));
        }
        writer.edit_dictionary(&Place::object(id))?.set("V", Object::Name(state));
        Ok(())
    }

    fn font(&self) -> Result<&Font> {
        let missing = || self.refuse("the value of this field is drawn, which takes a font", "use fill with a font");
        self.font.as_ref().ok_or_else(missing)
    }

    fn no_such_value(&self, value: &str, values: &[String]) -> Error {
        const MOST: usize = 20;
        let shown = |text: &String| format!("\"{}\"", text.chars().take(40).collect::<String>());
        let mut words = values.iter().take(MOST).map(shown).collect::<Vec<_>>().join(", ");
        if values.len() > MOST {
            words.push_str(&format!(" and {} others", values.len().saturating_sub(MOST)));
        }
        let value: String = value.chars().take(40).collect();
        let why = match values {
            [] => format!("the field does not take \"{value}\": it has no values to choose from"),
            _ => format!("the field does not take \"{value}\": it takes {words}"),
        };
        self.refuse(&why, "choose one of its values")
    }

    fn refuse(&self, why: &str, advice: &str) -> Error {
        Error::new(ErrorKind::Field, why).at(self.place()).advise(advice)
    }

    fn place(&self) -> String {
        format!("field \"{}\"", self.field)
    }
}

/// Table 234: `/I` goes with an array of values; one that was there follows the value.
fn set_indices(entries: &mut Dictionary, selection: &Selection) {
    let index = |index: &usize| Object::Integer(i64::try_from(*index).unwrap_or(i64::MAX));
    if matches!(selection.value, Object::Array(_)) || entries.get("I").is_some() {
        entries.set("I", Object::Array(selection.indices.iter().map(index).collect()));
    }
}
