//! Filling text fields (ISO 32000-2, 12.7.5.3).

use super::{Embedded, Font, TextField};
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::form::{FieldKind, Form};
use crate::pdf::object::Object;
use crate::pdf::text::text_string;
use crate::pdf::update::{Place, UpdateWriter};

/// A text to be filled into a field.
#[derive(Clone, Debug)]
pub(crate) struct Fill {
    /// The field's fully qualified name.
    pub(crate) field: String,
    pub(crate) value: String,
    pub(crate) font: Font,
}

impl Fill {
    /// Sets the value of the field, and makes all of its widgets show it.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where there is no such text field, or it is read-only or takes no such value;
    /// [`ErrorKind::Appearance`] where the value cannot be shown whole.
    pub(crate) fn write(&self, writer: &mut UpdateWriter<'_>, embedded: &mut Embedded) -> Result<()> {
        const READ_ONLY: i64 = 1;
        let view = writer.view();
        let form = Form::read(view)?;
        let mut found = form.fields.iter().filter(|field| *field.name == *self.field);
        let field = match (found.next(), found.next()) {
            (Some(field), None) => field,
            (None, _) => return Err(self.refuse("no field has this name")),
            (_, Some(_)) => return Err(self.refuse("more than one field has this name")),
        };
        if field.is_group || field.kind != FieldKind::Text {
            return Err(self.refuse("the field is no text field"));
        }
        let id = field.id.ok_or_else(|| self.refuse("the field is a direct object, which cannot be filled"))?;
        let old = view.get(id)?;
        let flags = old.as_dictionary().map(|old| view.inherited(old, "Ff")).transpose()?;
        if flags.and_then(|flags| flags.as_integer()).unwrap_or(0) & READ_ONLY != 0 {
            return Err(self.refuse("the field is read-only"));
        }
        for widget in &field.widgets {
            let widget = TextField::read(view, *widget).map_err(|error| error.at(self.place()))?;
            widget.show(writer, embedded, &self.value, &self.font).map_err(|error| error.at(self.place()))?;
        }
        let entries = writer.edit_dictionary(&Place::object(id))?;
        entries.set("V", Object::String(text_string(&self.value)));
        // A rich text says the same as the value (table 228), and would say something else now.
        entries.remove("RV");
        Ok(())
    }

    fn refuse(&self, why: &str) -> Error {
        Error::new(ErrorKind::Field, why).at(self.place())
    }

    fn place(&self) -> String {
        format!("field \"{}\"", self.field)
    }
}
