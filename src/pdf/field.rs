//! Hanging a new signature into the form (ISO 32000-2, 12.7.4, 12.7.5.5).
//!
//! Invariant: what is direct stays direct and what is indirect stays indirect; objects that need no change get none;
//! nothing is removed. Verifiers that compare revisions ask for no less.

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::form::{Field, FieldKind, FieldValue, Form};
use crate::pdf::object::{Array, Dictionary, Object, Ref};
use crate::pdf::text::text_string;
use crate::pdf::update::{Place, UpdateWriter};

/// Which field is to hold the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldChoice<'n> {
    /// The field of this fully qualified name: an empty signature field, or a new one where no field has the name.
    Named(&'n str),
    /// A new field with a name of this stem and the first free number, as in `Signature1`.
    Numbered(&'n str),
}

/// The field that holds a new signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedField {
    pub(crate) name: String,
    pub(crate) id: Ref,
    pub(crate) origin: FieldOrigin,
    /// The annotations that show it.
    pub(crate) widgets: Vec<Ref>,
}

/// Whether the field was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldOrigin {
    /// It was there, empty.
    Existing,
    /// It is made by the same update.
    New,
}

/// Makes `signature` the value of a field: an existing empty one, or a new invisible one on `page`, or else on the
/// first page.
///
/// # Errors
/// [`ErrorKind::Field`] where the field is already signed, is no signature field, or cannot have the name;
/// [`ErrorKind::Syntax`] where the form or the page is not made as it should.
pub(crate) fn sign_field(
    writer: &mut UpdateWriter<'_>,
    choice: FieldChoice<'_>,
    signature: Ref,
    page: Option<Ref>,
) -> Result<SignedField> {
    let form = Form::read(writer.view())?;
    let name = match choice {
        FieldChoice::Named(name) => {
            if let Some(field) = the_only(&form, name)? {
                return fill(writer, field, signature);
            }
            name.to_owned()
        }
        FieldChoice::Numbered(stem) => free_name(&form, stem),
    };
    check_new_name(&name)?;
    let page = match page {
        Some(page) => page,
        None => {
            let (id, page) = writer.view().first_page()?;
            writer.note(id, page);
            id
        }
    };
    let id = add_field(writer, &name, signature, page)?;
    declare_signatures(writer)?;
    Ok(SignedField { name, id, origin: FieldOrigin::New, widgets: vec![id] })
}

/// The field of this name. Two of one name are one field for some readers and two for others (12.7.4.2).
fn the_only<'f>(form: &'f Form, name: &str) -> Result<Option<&'f Field>> {
    let mut found = form.fields.iter().filter(|field| &*field.name == name);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(Error::new(ErrorKind::Field, "more than one field has this name")
            .at(format!("field \"{name}\""))
            .advise("choose another field, or none to add one")),
    }
}

fn fill(writer: &mut UpdateWriter<'_>, field: &Field, signature: Ref) -> Result<SignedField> {
    let refuse = |why: &str| Error::new(ErrorKind::Field, why).at(format!("field \"{}\"", field.name));
    if field.is_group || field.kind != FieldKind::Signature {
        return Err(refuse("the field exists and is no signature field").advise("choose another name"));
    }
    if field.value != FieldValue::Empty {
        return Err(refuse("the field is already signed").advise("choose another field, or none to add one"));
    }
    let id = field.id.ok_or_else(|| refuse("the field is a direct object, which cannot be signed"))?;
    writer.edit_dictionary(&Place::object(id))?.set("V", Object::Reference(signature));
    declare_signatures(writer)?;
    let (name, widgets) = (field.name.to_string(), field.widgets.clone());
    Ok(SignedField { name, id, origin: FieldOrigin::Existing, widgets })
}

fn free_name(form: &Form, stem: &str) -> String {
    let taken: std::collections::HashSet<&str> = form.fields.iter().map(|field| &*field.name).collect();
    // There are more candidates than names taken.
    let mut candidates = (1..=taken.len().saturating_add(1)).map(|number| format!("{stem}{number}"));
    candidates.find(|name| !taken.contains(name.as_str())).unwrap_or_else(|| stem.to_owned())
}

/// 12.7.4.2: a partial name has no period.
fn check_new_name(name: &str) -> Result<()> {
    let refuse = |why: &str| Err(Error::new(ErrorKind::Field, why).at(format!("field \"{name}\"")));
    if name.is_empty() {
        return refuse("a field needs a name");
    }
    if name.contains('.') {
        return refuse("no field has this name, and a new field's name must not contain a period");
    }
    Ok(())
}

/// Adds one dictionary that is field and widget, to the form and to the page.
fn add_field(writer: &mut UpdateWriter<'_>, name: &str, signature: Ref, page: Ref) -> Result<Ref> {
    let id = writer.allocate()?;
    let field = Dictionary::of([
        ("Type", Object::name("Annot")),
        ("Subtype", Object::name("Widget")),
        ("FT", Object::name("Sig")),
        ("T", Object::String(text_string(name))),
        ("V", Object::Reference(signature)),
        // An empty rectangle makes it invisible (12.7.5.5) and spares PDF/A's appearance; Print and Locked are set.
        ("Rect", Object::Array(vec![Object::Integer(0); 4].into())),
        ("F", Object::Integer(132)),
        ("P", Object::Reference(page)),
    ]);
    writer.put(id, Object::Dictionary(field));
    writer.append(&Place::object(page), "Annots", vec![Object::Reference(id)])?;
    let acro_form = acro_form(writer)?;
    writer.append(&acro_form, "Fields", vec![Object::Reference(id)])?;
    Ok(id)
}

/// Where the form's dictionary stands; an indirect object is made for it where there is none.
fn acro_form(writer: &mut UpdateWriter<'_>) -> Result<Place> {
    let (catalog, _) = writer.view().catalog()?;
    let catalog = Place::object(catalog);
    let (place, is_there) = writer.look(&catalog, "AcroForm", |form| match form {
        Object::Dictionary(_) => Some(true),
        Object::Null => Some(false),
        _ => None,
    })?;
    match is_there {
        Some(true) => Ok(place),
        Some(false) => {
            let id = writer.allocate()?;
            let form = Dictionary::of([("Fields", Object::Array(Array::new()))]);
            writer.put(id, Object::Dictionary(form));
            writer.edit_dictionary(&catalog)?.set("AcroForm", Object::Reference(id));
            Ok(Place::object(id))
        }
        None => Err(Error::new(ErrorKind::Syntax, "/AcroForm is not a dictionary")),
    }
}

/// Sets `SignaturesExist` and `AppendOnly` in `/SigFlags` (table 225), where they are not set.
fn declare_signatures(writer: &mut UpdateWriter<'_>) -> Result<()> {
    const SIGNATURES_EXIST_APPEND_ONLY: i64 = 3;
    let form = acro_form(writer)?;
    let (place, flags) = writer.look(&form, "SigFlags", Object::as_integer)?;
    let flags = flags.unwrap_or(0);
    if flags & SIGNATURES_EXIST_APPEND_ONLY != SIGNATURES_EXIST_APPEND_ONLY {
        *writer.edit(&place)? = Object::Integer(flags | SIGNATURES_EXIST_APPEND_ONLY);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::specimen;

    fn id(number: u32) -> Ref {
        Ref { number, generation: 0 }
    }

    fn both_styles(objects: &[(u32, &str)]) -> [Vec<u8>; 2] {
        let objects = specimen::one_page_with(objects);
        [specimen::table_pdf(&objects, specimen::ID), specimen::stream_pdf(&objects, specimen::ID)]
    }

    /// The objects that the last revision defines, without its cross-reference stream.
    fn written(pdf: &[u8]) -> Vec<(u32, String)> {
        let document = Document::open(pdf).unwrap();
        let last = document.revisions().last().unwrap();
        let objects = last.changed.iter().map(|(number, _)| (*number, document.latest().get(id(*number)).unwrap()));
        let plain = objects.filter(|(_, object)| !matches!(object, Object::Stream(_)));
        let text = |object: &Object| {
            let bytes = crate::pdf::serializer::serialize(object);
            String::from_utf8(bytes).unwrap().replace('\n', " ")
        };
        plain.map(|(number, object)| (number, text(&object))).collect()
    }

    fn refused(objects: &[(u32, &str)], name: &str) -> Error {
        let [table, stream] =
            both_styles(objects).map(|pdf| specimen::signed(&pdf, FieldChoice::Named(name)).unwrap_err());
        assert_eq!((table.kind(), table.to_string()), (stream.kind(), stream.to_string()));
        table
    }

    #[test]
    fn a_first_signature_makes_the_form() {
        for pdf in both_styles(&[]) {
            let (signed, field) = specimen::signed(&pdf, FieldChoice::Numbered("Signature")).unwrap();
            assert_eq!((field.name.as_str(), field.origin), ("Signature1", FieldOrigin::New));
            let objects = written(&signed);
            let [(1, catalog), (3, page), (signature, _), (widget, field), (form, acro_form)] = objects.as_slice()
            else {
                panic!("{objects:#?}")
            };
            assert!(catalog.contains(&format!("/AcroForm {form} 0 R")), "{catalog}");
            assert!(catalog.contains("/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 1 >> >>"), "{catalog}");
            assert!(page.contains(&format!("/Annots [{widget} 0 R]")), "{page}");
            assert_eq!(*acro_form, format!("<< /Fields [{widget} 0 R] /SigFlags 3 >>"));
            let expected = format!(
                "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /V {signature} 0 R \
                 /Rect [0 0 0 0] /F 132 /P 3 0 R >>"
            );
            assert_eq!(*field, expected);
        }
    }

    #[test]
    fn signatures_follow_each_other() {
        for pdf in both_styles(&[]) {
            let (mut signed, _) = specimen::signed(&pdf, FieldChoice::Numbered("Signature")).unwrap();
            for name in ["Signature2", "Signature3"] {
                let previous = signed.clone();
                let (next, field) = specimen::signed(&previous, FieldChoice::Numbered("Signature")).unwrap();
                assert!(next.starts_with(&previous));
                assert_eq!(field.name, name);
                signed = next;
                // Page, form, signature and field; the catalog has nothing to change any more.
                assert_eq!(written(&signed).len(), 4, "{:#?}", written(&signed));
            }
            let document = Document::open(&signed).unwrap();
            let form = Form::read(document.latest()).unwrap();
            let names: Vec<_> = form.signatures().map(|field| field.name.to_string()).collect();
            assert_eq!(names, ["Signature1", "Signature2", "Signature3"]);
            let ends: Vec<_> = form
                .signatures()
                .map(|field| field.signature(document.latest()).unwrap().unwrap().byte_range.unwrap().end())
                .collect();
            let revisions: Vec<_> = document.revisions()[1..].iter().map(|revision| revision.end()).collect();
            assert_eq!(ends, revisions);
        }
    }

    #[test]
    fn direct_stays_direct_and_indirect_stays_indirect() {
        let indirect: [(u32, &str); 7] = [
            (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R /Extensions 8 0 R >>"),
            (3, "<< /Type /Page /Parent 2 0 R /Annots 5 0 R >>"),
            (4, "<< /Fields 6 0 R /SigFlags 7 0 R /DA (x) >>"),
            (5, "[]"),
            (6, "[]"),
            (7, "1"),
            (8, "<< /ADBE << /BaseVersion /1.7 /ExtensionLevel 3 >> >>"),
        ];
        for pdf in both_styles(&indirect) {
            let (signed, field) = specimen::signed(&pdf, FieldChoice::Named("x")).unwrap();
            let objects = written(&signed);
            let numbers: Vec<u32> = objects.iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers[..4], [5, 6, 7, 8]);
            assert_eq!(numbers.len(), 6, "neither catalog nor page nor form is touched: {objects:#?}");
            assert_eq!(objects[0].1, format!("[{} 0 R]", field.id.number));
            assert_eq!(objects[2].1, "3");
            assert!(objects[3].1.contains("/ADBE") && objects[3].1.contains("/ESIC"));
        }
        let direct: [(u32, &str); 2] = [
            (1, "<< /Pages 2 0 R /AcroForm << /Fields [] /NeedAppearances true /XFA [] >> /Version /2.0 >>"),
            (3, "<< /Type /Page /Parent 2 0 R /Annots [] >>"),
        ];
        for pdf in both_styles(&direct) {
            let (signed, field) = specimen::signed(&pdf, FieldChoice::Named("x")).unwrap();
            let objects = written(&signed);
            let id = field.id.number;
            let form = format!("/AcroForm << /Fields [{id} 0 R] /NeedAppearances true /XFA [] /SigFlags 3 >>");
            assert!(objects[0].1.contains(&form), "{}", objects[0].1);
            assert!(!objects[0].1.contains("/Extensions"), "2.0 needs none: {}", objects[0].1);
            assert!(objects[1].1.contains(&format!("/Annots [{id} 0 R]")), "{}", objects[1].1);
        }
    }

    #[test]
    fn a_dangling_reference_counts_as_absent() {
        let objects = [
            (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 77 0 R >>"),
            (3, "<< /Type /Page /Parent 2 0 R /Annots 78 0 R >>"),
        ];
        for pdf in both_styles(&objects) {
            let (signed, field) = specimen::signed(&pdf, FieldChoice::Named("x")).unwrap();
            let document = Document::open(&signed).unwrap();
            assert_eq!(Form::read(document.latest()).unwrap().field("x").unwrap().id, Some(field.id));
            assert_eq!(document.latest().get(id(77)).unwrap(), Object::Null);
        }
    }

    #[test]
    fn an_empty_field_is_filled_and_nothing_else_is_touched() {
        let objects = [
            (
                1,
                "<< /Pages 2 0 R /AcroForm << /Fields [4 0 R] /SigFlags 3 >>
                 /Extensions << /ESIC << /ExtensionLevel 5 >> >> >>",
            ),
            (4, "<< /FT /Sig /T (group) /Kids [5 0 R] >>"),
            (5, "<< /T (contractor) /Kids [6 0 R] /Parent 4 0 R >>"),
            (6, "<< /Type /Annot /Subtype /Widget /Rect [1 2 3 4] /Parent 5 0 R >>"),
        ];
        for pdf in both_styles(&objects) {
            let (signed, field) = specimen::signed(&pdf, FieldChoice::Named("group.contractor")).unwrap();
            assert_eq!((field.id, field.origin), (id(5), FieldOrigin::Existing));
            let numbers: Vec<u32> = written(&signed).iter().map(|(number, _)| *number).collect();
            assert_eq!((numbers.len(), numbers[0]), (2, 5));
            let error = specimen::signed(&signed, FieldChoice::Named("group.contractor")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Field);
            assert!(error.to_string().contains("already signed"), "{error}");
        }
    }

    #[test]
    fn names_that_cannot_be_signed_are_refused() {
        let objects = [
            (1, "<< /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R << /T (direct) /FT /Sig >> 7 0 R 8 0 R] >> >>"),
            (4, "<< /FT /Sig /T (group) /Kids [5 0 R] >>"),
            (5, "<< /T (kid) >>"),
            (6, "<< /T (text) /FT /Tx >>"),
            (7, "<< /T (twin) /FT /Sig >>"),
            (8, "<< /T (twin) /FT /Sig /V (x) >>"),
        ];
        for (name, why) in [
            ("group", "no signature field"),
            ("text", "no signature field"),
            ("direct", "a direct object"),
            ("new.name", "period"),
            ("group.new", "period"),
            ("twin", "more than one"),
            ("", "needs a name"),
        ] {
            let error = refused(&objects, name);
            assert_eq!(error.kind(), ErrorKind::Field, "{name}");
            assert!(error.to_string().contains(why), "{name}: {error}");
        }
    }

    #[test]
    fn a_form_that_is_none_is_refused() {
        for catalog in [
            "<< /Type /Catalog /Pages 2 0 R /AcroForm [] >>",
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields << >> >> >>",
        ] {
            assert_eq!(refused(&[(1, catalog)], "x").kind(), ErrorKind::Syntax);
        }
    }
}
