//! The widget of a visible signature (ISO 32000-2, 12.5.6.19, 12.7.5.5).

use super::area::Rotation;
use super::form_xobject::{self, Frame};
use super::placement::{Placement, Spot, area_of, rotation};
use super::{Appearance, Embedded, structure};
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::field::{FieldOrigin, SignedField};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::update::{Place, UpdateWriter};
use crate::pdf::view::View;

/// A visible signature: what it shows, and where.
#[derive(Clone, Debug)]
pub(crate) struct Seal {
    appearance: Appearance,
    placement: Placement,
}

/// A seal whose place was found in a document.
#[derive(Debug)]
pub(crate) struct PlacedSeal<'s> {
    appearance: &'s Appearance,
    /// `None` where it stands in the rectangle that its field has.
    spot: Option<Spot>,
}

impl Seal {
    pub(crate) fn new(appearance: Appearance, placement: Placement) -> Self {
        Self { appearance, placement }
    }

    /// Finds its place.
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`] where there is no such page, or it does not show the place.
    pub(crate) fn place(&self, view: View<'_>) -> Result<PlacedSeal<'_>> {
        Ok(PlacedSeal { appearance: &self.appearance, spot: self.placement.find(view)? })
    }
}

impl PlacedSeal<'_> {
    /// The page that a new field stands on.
    pub(crate) fn page(&self) -> Option<Ref> {
        self.spot.map(|spot| spot.page)
    }

    /// Makes the widget of a field show it.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where the field has no rectangle to show it in, or one of its own that is not the place asked for;
    /// [`ErrorKind::Appearance`] where something cannot be shown.
    pub(crate) fn show(
        &self,
        writer: &mut UpdateWriter<'_>,
        embedded: &mut Embedded,
        field: &SignedField,
    ) -> Result<()> {
        let refuse = |why: &str, advice: &str| {
            Error::new(ErrorKind::Field, why).at(format!("field \"{}\"", field.name)).advise(advice)
        };
        // 12.7.5.5: a signature field has one widget, at most.
        let [widget] = *field.widgets.as_slice() else {
            return Err(refuse("the field has no widget, or more than one, to show a seal", "sign a new field"));
        };
        match (self.spot, field.origin) {
            (Some(spot), FieldOrigin::New) => {
                self.show_new(writer, embedded, widget, spot)?;
                structure::tag(writer, widget, spot.page, &field.name)
            }
            (None, FieldOrigin::Existing) => {
                self.show_existing(writer, embedded, widget).map_err(|error| error.at(widget))
            }
            (None, FieldOrigin::New) => {
                Err(refuse("a new field has no rectangle yet", "say where the seal is to stand"))
            }
            (Some(_), FieldOrigin::Existing) => {
                Err(refuse("the field stands in its own place", "use Placement::in_field, or sign a new field"))
            }
        }
    }

    fn show_new(&self, writer: &mut UpdateWriter<'_>, embedded: &mut Embedded, widget: Ref, spot: Spot) -> Result<()> {
        let (width, height) = spot.rotation.turned((spot.area.width, spot.area.height));
        let form =
            form_xobject::write(writer, embedded, self.appearance, Frame { width, height, rotation: spot.rotation })?;
        let entries = writer.edit_dictionary(&Place::object(widget))?;
        entries.set("Rect", spot.area.to_object());
        // Print. Unlike that of an invisible field, it is not locked: viewers show a frame around what is.
        entries.set("F", Object::Integer(4));
        if spot.rotation != Rotation::None {
            let characteristics = Dictionary::of([("R", Object::Integer(spot.rotation.degrees()))]);
            entries.set("MK", Object::Dictionary(characteristics));
        }
        entries.set("AP", appearance_dictionary(form));
        Ok(())
    }

    /// The field keeps its rectangle and all else that its author chose.
    fn show_existing(&self, writer: &mut UpdateWriter<'_>, embedded: &mut Embedded, widget: Ref) -> Result<()> {
        const INVISIBLE_HIDDEN_NO_VIEW: i64 = 1 | 2 | 32;
        let view = writer.view();
        let refuse = |why: &str| Error::new(ErrorKind::Field, why).advise("sign another field, or without a seal");
        let Object::Dictionary(entries) = view.get(widget)? else { return Err(refuse("the field has no widget")) };
        if view.entry(&entries, "F")?.as_integer().unwrap_or(0) & INVISIBLE_HIDDEN_NO_VIEW != 0 {
            return Err(refuse("the field is hidden"));
        }
        let area = area_of(view, &view.entry(&entries, "Rect")?)?;
        let area = area.ok_or_else(|| refuse("the field is invisible: its rectangle is empty"))?;
        let rotation = widget_rotation(view, widget, &entries)?;
        let (width, height) = rotation.turned((area.width, area.height));
        let form = form_xobject::write(writer, embedded, self.appearance, Frame { width, height, rotation })?;
        writer.edit_dictionary(&Place::object(widget))?.set("AP", appearance_dictionary(form));
        Ok(())
    }
}

/// 12.5.5: the normal appearance is all that there is.
pub(super) fn appearance_dictionary(form: Ref) -> Object {
    Object::Dictionary(Dictionary::of([("N", Object::Reference(form))]))
}

/// How the content of a widget is turned: as the widget says, or else so that it stands upright on its page.
fn widget_rotation(view: View<'_>, widget: Ref, entries: &Dictionary) -> Result<Rotation> {
    match (own_rotation(view, entries)?, page_of(view, widget, entries)?) {
        (Some(own), _) => Ok(own),
        (None, Some(page)) => rotation(view, &page),
        (None, None) => Ok(Rotation::None),
    }
}

/// What the widget itself says in `/MK` (table 192).
pub(super) fn own_rotation(view: View<'_>, entries: &Dictionary) -> Result<Option<Rotation>> {
    let Object::Dictionary(characteristics) = view.entry(entries, "MK")? else { return Ok(None) };
    let degrees = view.entry(&characteristics, "R")?.as_integer();
    Ok(degrees.and_then(Rotation::from_degrees))
}

/// The page of a widget: what `/P` says, or else the page that lists it.
fn page_of(view: View<'_>, widget: Ref, entries: &Dictionary) -> Result<Option<Dictionary>> {
    if let Object::Dictionary(page) = view.entry(entries, "P")? {
        return Ok(Some(page));
    }
    for page in view.pages()? {
        let (_, page) = page?;
        let annotations = view.entry(&page, "Annots")?;
        let mut annotations = annotations.as_array().unwrap_or_default().iter();
        if annotations.any(|annotation| annotation.as_reference() == Some(widget)) {
            return Ok(Some(page));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::appearance::fixture::font;
    use crate::pdf::appearance::{Color, Page, Text};
    use crate::pdf::document::Document;
    use crate::pdf::field::{FieldChoice, sign_field};
    use crate::pdf::serializer::serialize_dictionary;
    use crate::pdf::specimen;

    const FIELD: &str = "<< /Fields [5 0 R] >>";

    fn seal(placement: Placement) -> Seal {
        let text = Text::new("架空市之印", &font("架空市之印"));
        Seal::new(Appearance::new().border(Color::BLACK, 1.0).text(text), placement)
    }

    /// `objects` with a signature in the field `name`, sealed.
    fn sealed(objects: &[(u32, &str)], name: &str, placement: Placement) -> Result<Vec<u8>> {
        let pdf = specimen::table_pdf(&specimen::one_page_with(objects), specimen::ID);
        let document = Document::open(&pdf)?;
        let mut writer = UpdateWriter::new(&document)?;
        let signature = writer.allocate()?;
        writer.put_signature(signature, specimen::entries(), 20);
        let seal = seal(placement);
        let placed = seal.place(writer.view())?;
        let field = sign_field(&mut writer, FieldChoice::Named(name), signature, placed.page())?;
        let mut embedded = Embedded::new(writer.view())?;
        placed.show(&mut writer, &mut embedded, &field)?;
        embedded.write(&mut writer)?;
        Ok(specimen::apply(&pdf, &writer.finish([7; 16])?))
    }

    /// The dictionary of object `number`, and that of its normal appearance.
    fn widget(pdf: &[u8], number: u32) -> (String, String) {
        let document = Document::open(pdf).unwrap();
        let view = document.latest();
        let text =
            |dictionary: &Dictionary| String::from_utf8(serialize_dictionary(dictionary)).unwrap().replace('\n', " ");
        let widget = view.get(Ref { number, generation: 0 }).unwrap();
        let appearances = view.entry(widget.as_dictionary().unwrap(), "AP").unwrap();
        let form = view.entry(appearances.as_dictionary().unwrap(), "N").unwrap();
        (text(widget.as_dictionary().unwrap()), text(form.as_dictionary().unwrap()))
    }

    fn with_field(field: &str, placement: Placement) -> Result<Vec<u8>> {
        let catalog = format!("<< /Type /Catalog /Pages 2 0 R /AcroForm {FIELD} >>");
        let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Rotate 270 /Annots [5 0 R] >>";
        sealed(&[(1, &catalog), (3, page), (5, field)], "city", placement)
    }

    #[test]
    fn a_new_field_stands_where_it_was_placed() {
        let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Rotate 90 >>";
        let pdf = sealed(&[(3, page)], "city", Placement::bottom_right(1, 40.0, 20.0, 5.0)).unwrap();
        let (widget, form) = widget(&pdf, 5);
        assert!(widget.contains("/Rect [175 55 195 95] /F 4 /P 3 0 R /MK << /R 90 >> /AP << /N"), "{widget}");
        assert!(form.contains("/BBox [0 0 40 20] /Matrix [0 1 -1 0 20 0] /Resources"), "{form}");
        assert!(form.contains("/Font << /F0") && !form.contains("/DefaultRGB"), "{form}");
    }

    #[test]
    fn an_archive_has_no_colours_of_a_device() {
        let xmp = "<< /Length 27 >>\nstream\n<pdfaid:part>2</pdfaid:part\nendstream";
        let catalog = "<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R >>";
        let pdf = sealed(&[(1, catalog), (4, xmp)], "city", Placement::bottom_right(1, 40.0, 20.0, 5.0)).unwrap();
        let (_, form) = widget(&pdf, 6);
        assert!(form.contains("/DefaultRGB [/CalRGB") && form.contains("/DefaultGray [/CalGray"), "{form}");
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes() {
        let make = || sealed(&[], "city", Placement::top_left(Page::Last, 40.0, 20.0, 5.0)).unwrap();
        let pdf = make();
        assert_eq!(pdf, make());
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.contains("/Encoding /Identity-H") && text.contains("+TestBoxes"), "{text}");
        assert_eq!(text.matches("/FontFile2").count(), 1);
    }

    #[test]
    fn an_existing_field_keeps_its_place() {
        let field = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (city) /Rect [9 19 29 99] /F 132 >>";
        let pdf = with_field(field, Placement::in_field()).unwrap();
        let (widget, form) = widget(&pdf, 5);
        assert!(widget.contains("/Rect [9 19 29 99] /F 132 /V 6 0 R /AP << /N"), "{widget}");
        assert!(form.contains("/BBox [0 0 80 20] /Matrix [0 -1 1 0 0 80]"), "upright on its page: {form}");
        let field = field.replace("/F 132", "/MK << /R 0 >>");
        let (_, form) = self::widget(&with_field(&field, Placement::in_field()).unwrap(), 5);
        assert!(form.contains("/BBox [0 0 20 80] /Resources"), "as its author turned it: {form}");
    }

    #[test]
    fn fields_that_cannot_show_it_are_refused() {
        let field = |rest: &str| format!("<< /Type /Annot /Subtype /Widget /FT /Sig /T (city) {rest} >>");
        for (rest, placement, why) in [
            ("/Rect [0 0 0 0]", Placement::in_field(), "its rectangle is empty"),
            ("/Rect [0 0 50 50] /F 6", Placement::in_field(), "hidden"),
            ("/Rect [0 0 50 50]", Placement::top_left(1, 20.0, 20.0, 5.0), "stands in its own place"),
        ] {
            let error = with_field(&field(rest), placement).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Field);
            assert!(error.to_string().contains(why), "{error}");
        }
        let error = with_field("<< /FT /Sig /T (city) >>", Placement::in_field()).unwrap_err();
        assert!(error.to_string().contains("no widget"), "{error}");
        let error = sealed(&[], "new", Placement::in_field()).unwrap_err();
        assert!(error.to_string().contains("no rectangle yet"), "{error}");
    }
}
