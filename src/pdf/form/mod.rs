//! Form fields (ISO 32000-2, 12.7.4): where signatures hang.
//!
//! Invariant: the order is that of the file, every node is visited once, and what cannot be read is a fault, never
//! nothing.
//!
//! Nouns: [`Form`], [`Field`], [`FieldKind`], [`FieldValue`]; [`Button`](button::Button) and [`Choice`](choice::Choice) are what fields
//! of these kinds can be set to.

#[cfg_attr(not(feature = "appearance"), allow(dead_code, reason = "what a value means matters to filling alone"))]
pub(crate) mod button;
#[cfg_attr(not(feature = "appearance"), allow(dead_code, reason = "what a value means matters to filling alone"))]
pub(crate) mod choice;
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::Result;
use crate::pdf::form::walk::{Values, Walk, limit};
use crate::pdf::object::{Object, Ref};
use crate::pdf::signature::SignatureDictionary;
use crate::pdf::text::read_text_string;
use crate::pdf::transform::FieldLock;
use crate::pdf::view::View;

/// The fields of a document's interactive form, as they stand in one revision.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) fields: Vec<Field>,
    pub(crate) faults: Vec<FormFault>,
}

/// A field that has a value or could have one, or a group of fields.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The fully qualified name (12.7.4.2).
    pub(crate) name: Arc<str>,
    /// `None` where the field is a direct object, against the rules.
    pub(crate) id: Option<Ref>,
    pub(crate) kind: FieldKind,
    /// Whether this is a group: its kids are fields, too.
    pub(crate) is_group: bool,
    pub(crate) value: FieldValue,
    /// The annotations that show the field, itself included where both are one dictionary.
    pub(crate) widgets: Vec<Ref>,
    /// What a signature in this field will freeze.
    pub(crate) lock: Option<FieldLock>,
}

/// The type of a field (`/FT`), its own or inherited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Signature,
    Text,
    Button,
    Choice,
    /// No `/FT`, or one that the standard does not know.
    Unknown,
}

/// The value of a field (`/V`), its own or inherited.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FieldValue {
    /// None, null, or a reference to nothing.
    Empty,
    Indirect(Ref),
    Direct(Object),
}

/// What is wrong with the form itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormFault {
    #[error("/{0} is not what the form needs there")]
    WrongType(&'static str),
    #[error("the field below \"{0}\" is not a dictionary")]
    NotDictionary(Arc<str>),
    #[error("the field cannot be read: {0}")]
    Unreadable(String),
    #[error("{0} is the kid of more than one field, or of itself")]
    SharedKid(Ref),
    #[error("the field \"{0}\" is a direct object")]
    DirectField(Arc<str>),
    #[error("a field of the form has no name")]
    NoName,
}

/// A signature dictionary that is the value of more than one field: one of them pretends (THREATS, A).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SharedValue {
    pub(crate) value: Ref,
    pub(crate) fields: Vec<Arc<str>>,
}

impl Form {
    /// Reads all fields that `/AcroForm` leads to. Without a form there are none.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] beyond [`Limits::fields`] or [`Limits::signatures`], [`ErrorKind::Io`], and what reading
    /// the catalog meets.
    pub(crate) fn read(view: View<'_>) -> Result<Self> {
        Self::walked(view, Values::Read)
    }

    /// As [`read`](Self::read), for whoever reads the signatures themselves: what a signature field refers to is taken for something
    /// that is there.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn read_unprobed(view: View<'_>) -> Result<Self> {
        Self::walked(view, Values::Assumed)
    }

    fn walked(view: View<'_>, values: Values) -> Result<Self> {
        let mut walk = Walk::new(view, values);
        let (_, catalog) = view.catalog()?;
        match &*walk.entry(&catalog, "AcroForm")? {
            Object::Null => {}
            Object::Dictionary(acro_form) => walk.run(acro_form)?,
            _ => walk.fault(FormFault::WrongType("AcroForm")),
        }
        let form = walk.into_form();
        let signed = form.signatures().filter(|field| field.value != FieldValue::Empty).count();
        if signed > view.document().limits().signatures {
            return Err(limit("signatures", signed));
        }
        Ok(form)
    }

    /// The signature fields, signed or not, in file order. Document timestamps stand in such fields, too.
    pub(crate) fn signatures(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.kind == FieldKind::Signature)
    }

    /// The first field of this fully qualified name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| &*field.name == name)
    }

    /// Signature dictionaries that more than one field has as its value.
    pub(crate) fn shared_values(&self) -> Vec<SharedValue> {
        let mut fields_of: BTreeMap<Ref, Vec<Arc<str>>> = BTreeMap::new();
        for field in self.signatures() {
            if let FieldValue::Indirect(value) = field.value {
                fields_of.entry(value).or_default().push(Arc::clone(&field.name));
            }
        }
        let shared = fields_of.into_iter().filter(|(_, fields)| fields.len() > 1);
        shared.map(|(value, fields)| SharedValue { value, fields }).collect()
    }
}

impl Field {
    /// The signature dictionary that is this field's value, as it stands in `view`; `None` for an empty field.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] only: whatever else is wrong is a fault of the signature.
    pub(crate) fn signature(&self, view: View<'_>) -> Result<Option<SignatureDictionary>> {
        match &self.value {
            FieldValue::Empty => Ok(None),
            FieldValue::Indirect(id) => SignatureDictionary::read(view, *id).map(Some),
            FieldValue::Direct(value) => SignatureDictionary::read_direct(view, value.clone(), None).map(Some),
        }
    }

    /// Whether one of its annotations takes room on a page and is not hidden (12.5.3, 12.7.5.5).
    ///
    /// # Errors
    /// Whatever reading the annotations meets.
    pub(crate) fn is_visible(&self, view: View<'_>) -> Result<bool> {
        const HIDDEN_OR_NO_VIEW: i64 = 2 | 32;
        for widget in &self.widgets {
            let widget = view.get(*widget)?;
            let Some(widget) = widget.as_dictionary() else { continue };
            let flags = view.entry(widget, "F")?.as_integer().unwrap_or(0);
            if flags & HIDDEN_OR_NO_VIEW == 0 && has_area(view, &view.entry(widget, "Rect")?)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl FieldKind {
    /// Whether this value of a field is none yet: nothing, an empty text, or the state of a button that nobody pressed.
    #[cfg_attr(not(feature = "appearance"), allow(dead_code, reason = "only who fills fields asks"))]
    pub(crate) fn is_blank(self, value: &Object) -> bool {
        match value {
            Object::Null => true,
            Object::String(text) => read_text_string(text).is_empty(),
            Object::Array(values) => self == Self::Choice && values.is_empty(),
            Object::Name(state) => self == Self::Button && *state == *button::OFF,
            _ => false,
        }
    }
}

/// Whether both extents of a rectangle are more than nothing.
fn has_area(view: View<'_>, rectangle: &Object) -> Result<bool> {
    let mut corners = Vec::new();
    for corner in rectangle.as_array().unwrap_or_default() {
        corners.push(match &*view.resolve(corner)? {
            Object::Integer(value) => value.to_string().parse::<f64>().ok(),
            Object::Real(text) => text.parse().ok(),
            _ => None,
        });
    }
    Ok(match corners.as_slice() {
        [Some(left), Some(bottom), Some(right), Some(top)] => left != right && bottom != top,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::pdf::document::Document;
    use crate::pdf::specimen;
    use crate::pdf::transform::{Certification, FieldSelection};

    fn id(number: u32) -> Ref {
        Ref { number, generation: 0 }
    }

    /// The form of a file with these objects; object 4 is the form's dictionary.
    fn form(objects: &[(u32, &str)]) -> Result<Form> {
        let mut all = vec![(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>")];
        all.extend(objects);
        let pdf = specimen::table_pdf(&specimen::one_page_with(&all), "");
        let document = Document::open(&pdf).unwrap();
        Form::read(document.latest())
    }

    fn names(form: &Form) -> Vec<&str> {
        form.fields.iter().map(|field| &*field.name).collect()
    }

    #[test]
    fn fields_inherit_and_are_named_in_file_order() {
        let form = form(&[
            (4, "<< /Fields [5 0 R 9 0 R] >>"),
            (5, "<< /T (a) /FT /Sig /Kids [6 0 R 7 0 R] >>"),
            (6, "<< /T <FEFF65E5> /V 20 0 R /Type /Annot /Subtype /Widget >>"),
            (7, "<< /T (c) /Kids [8 0 R] >>"),
            (8, "<< /Subtype /Widget >>"),
            (9, "<< /T (d) /FT /Tx /V (x) /Kids [10 0 R 11 0 R] >>"),
            (10, "<< /Subtype /Widget >>"),
            (11, "<< /Subtype /Widget >>"),
            (20, "<< >>"),
        ])
        .unwrap();
        assert_eq!((names(&form), form.faults.as_slice()), (vec!["a", "a.日", "a.c", "d"], [].as_slice()));
        let [group, merged, separate, text] = form.fields.as_slice() else { panic!() };
        assert!(group.is_group && !merged.is_group);
        assert_eq!((merged.kind, merged.value.clone()), (FieldKind::Signature, FieldValue::Indirect(id(20))));
        assert_eq!((merged.widgets.as_slice(), separate.widgets.as_slice()), ([id(6)].as_slice(), [id(8)].as_slice()));
        assert_eq!((separate.kind, &separate.value), (FieldKind::Signature, &FieldValue::Empty));
        assert_eq!((text.kind, text.widgets.len()), (FieldKind::Text, 2));
        assert!(matches!(&text.value, FieldValue::Direct(Object::String(_))));
        assert_eq!(form.signatures().count(), 3);
    }

    #[test]
    fn no_signature_hides_in_a_widget_or_in_a_group() {
        let form = form(&[
            (4, "<< /Fields [5 0 R 7 0 R 9 0 R] >>"),
            (5, "<< /T (a) /FT /Sig /Kids [6 0 R] >>"),
            (6, "<< /Subtype /Widget /V 20 0 R >>"),
            (7, "<< /T (b) /FT /Sig /V 21 0 R /Kids [8 0 R] >>"),
            (8, "<< /T (c) /V << /ByteRange [] >> >>"),
            (9, "<< /FT /Sig /V 99 0 R >>"),
            (20, "[]"),
            (21, "<< >>"),
        ])
        .unwrap();
        let values: Vec<_> = form.signatures().map(|field| (&*field.name, field.value.clone())).collect();
        let [group, widget, parent, kid, nameless] = values.as_slice() else { panic!("{values:?}") };
        assert_eq!(*group, ("a", FieldValue::Empty));
        assert_eq!(*widget, ("a", FieldValue::Indirect(id(20))));
        assert_eq!(*parent, ("b", FieldValue::Indirect(id(21))));
        assert!(matches!(kid, ("b.c", FieldValue::Direct(Object::Dictionary(_)))));
        assert_eq!(*nameless, ("", FieldValue::Empty), "a reference to nothing is null");
        assert_eq!(form.faults, [FormFault::NoName]);
    }

    #[test]
    fn what_is_broken_is_named() {
        let form = form(&[
            (4, "<< /Fields [5 0 R 5 0 R 6 0 R 7 0 R << /T (direct) /FT /Sig >>] >>"),
            (5, "<< /T (loop) /Kids [5 0 R 8 0 R] >>"),
            (6, "[]"),
            (7, "<< /T (open"),
            (8, "<< /T 1 /Kids 1 /V null >>"),
        ])
        .unwrap();
        use FormFault as F;
        let [shared, not_dictionary, unreadable, own_kid, name, kids, direct] = form.faults.as_slice() else {
            panic!("{:?}", form.faults)
        };
        assert_eq!((shared, own_kid), (&F::SharedKid(id(5)), &F::SharedKid(id(5))));
        assert_eq!((name, kids), (&F::WrongType("T"), &F::WrongType("Kids")));
        assert_eq!((not_dictionary, direct), (&F::NotDictionary("".into()), &F::DirectField("direct".into())));
        assert!(matches!(unreadable, F::Unreadable(_)));
    }

    #[test]
    fn shared_values_are_found() {
        let form = form(&[
            (4, "<< /Fields [5 0 R 6 0 R 7 0 R] >>"),
            (5, "<< /T (a) /FT /Sig /V 20 0 R >>"),
            (6, "<< /T (b) /FT /Sig /V 21 0 R >>"),
            (7, "<< /T (c) /FT /Sig /V 20 0 R >>"),
            (20, "<< >>"),
            (21, "<< >>"),
        ])
        .unwrap();
        assert_eq!(form.shared_values(), [SharedValue { value: id(20), fields: vec!["a".into(), "c".into()] }]);
    }

    #[test]
    fn locks_are_read_and_broken_ones_lock_all() {
        let form = form(&[
            (4, "<< /Fields [5 0 R 6 0 R] >>"),
            (5, "<< /T (a) /FT /Sig /Lock << /Action /Exclude /Fields [(x)] /P 2 >> >>"),
            (6, "<< /T (b) /FT /Sig /Lock 1 >>"),
        ])
        .unwrap();
        let locks: Vec<_> = form.signatures().filter_map(|field| field.lock.clone()).collect();
        let first =
            FieldLock { fields: FieldSelection::Exclude(vec!["x".into()]), permission: Some(Certification::FillForms) };
        assert_eq!(locks, [first, FieldLock::STRICTEST]);
    }

    #[test]
    fn a_field_is_visible_where_a_widget_takes_room() {
        for (widget, is_visible) in [
            ("/Rect [1 2 3 4]", true),
            ("/Rect [1 2 3.5 -4.25] /F 4", true),
            ("/Rect [1 2 1 4]", false),
            ("/Rect [0 0 0 0] /F 132", false),
            ("/Rect [1 2 3 4] /F 2", false),
            ("/Rect [1 2 3 4] /F 32", false),
            ("/Rect [1 2]", false),
        ] {
            let kid = format!("<< /Subtype /Widget {widget} >>");
            let objects = [(4, "<< /Fields [5 0 R] >>"), (5, "<< /T (a) /FT /Sig /Kids [6 0 R] >>"), (6, &kid)];
            let mut all = vec![(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>")];
            all.extend(objects);
            let pdf = specimen::table_pdf(&specimen::one_page_with(&all), "");
            let document = Document::open(&pdf).unwrap();
            let form = Form::read(document.latest()).unwrap();
            assert_eq!(form.fields[0].is_visible(document.latest()).unwrap(), is_visible, "{widget}");
        }
    }

    #[test]
    fn deep_forms_end() {
        let objects: Vec<(u32, String)> =
            (5..400).map(|number| (number, format!("<< /T (x) /Kids [{} 0 R] >>", number + 1))).collect();
        let mut all = vec![(4, "<< /Fields [5 0 R] >>")];
        all.extend(objects.iter().map(|(number, body)| (*number, body.as_str())));
        assert_eq!(form(&all).unwrap_err().kind(), ErrorKind::Limit);
    }
}
