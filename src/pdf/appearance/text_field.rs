//! The appearance of a filled text or choice field (ISO 32000-2, 12.7.4.3, 12.7.5.3, 12.7.5.4), in the field's own style.

use pdf_writer::Name;

use super::area::{Area, Rotation, factor, number_of, real, whole};
use super::color::Paint;
use super::default_appearance::DefaultAppearance;
use super::font::{Font, Glyph};
use super::form_xobject::{Frame, Sheet};
use super::layout::{Layout, Line, Paragraphs, Wrap};
use super::placement::area_of;
use super::seal::{appearance_dictionary, own_rotation};
use super::text::{Align, FontSize, VerticalAlign};
use super::{Embedded, unusable};
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::form::choice::Choice;
use crate::pdf::object::{Array, Dictionary, Object, Ref};
use crate::pdf::update::{Place, UpdateWriter};
use crate::pdf::view::View;

/// Whose style is read: the flags of the two mean different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// A text field.
    Text,
    /// A choice field: lines, each of them one.
    Line,
}

/// A widget of a text or choice field, and its style.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextField {
    widget: Ref,
    frame: Frame,
    text: DefaultAppearance,
    align: Align,
    kind: Kind,
    max_len: Option<usize>,
    background: Option<Paint>,
    border: Border,
}

/// How the text stands in the field (table 231).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SingleLine,
    Multiline,
    /// One cell for each of so many characters.
    Comb(usize),
}

/// A list, laid out.
struct List {
    layout: Layout,
    /// Behind the options that are chosen.
    marks: Vec<Area>,
    /// The first option that is seen.
    top: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Border {
    paint: Option<Paint>,
    width: f64,
    style: BorderStyle,
}

#[derive(Clone, Debug, PartialEq)]
enum BorderStyle {
    Solid,
    Dashed(Vec<f32>),
    Underline,
}

impl TextField {
    /// The largest size of a multiline field that leaves it open, in points, as viewers have it.
    const MULTILINE_SIZE: f64 = 12.0;
    /// How much higher than the field a line may be, and how much wider than its cell a letter.
    const OVERHANG: f64 = 1.2;
    /// The ground of a chosen option in a list: that of Acrobat.
    const MARK: Paint = Paint::Rgb([0.6, 0.757, 0.855]);

    /// Reads the style of a widget: its own, that of its field, or the form's.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where it is no widget, has no rectangle, or must not show its value.
    pub(super) fn read(view: View<'_>, widget: Ref, style: Style) -> Result<Self> {
        let refuse = |why: &str| Error::new(ErrorKind::Field, why).advise("choose another field");
        let Object::Dictionary(entries) = view.get(widget)? else { return Err(refuse("the field has no widget")) };
        let area = area_of(view, &view.entry(&entries, "Rect")?)?;
        let area = area.ok_or_else(|| refuse("the rectangle of the field is empty"))?;
        let rotation = own_rotation(view, &entries)?.unwrap_or(Rotation::None);
        let (width, height) = rotation.turned((area.width, area.height));
        let flags = view.inherited(&entries, "Ff")?.as_integer().unwrap_or(0);
        let max_len = view.inherited(&entries, "MaxLen")?.as_integer().and_then(|most| usize::try_from(most).ok());
        let mk = dictionary(view.entry(&entries, "MK")?);
        let kind = match style {
            Style::Text => Kind::from_flags(flags, max_len),
            Style::Line => Some(Kind::SingleLine),
        };
        Ok(Self {
            widget,
            frame: Frame { width, height, rotation },
            text: text_style(view, &entries)?,
            align: align(view, &entries)?,
            kind: kind.ok_or_else(|| refuse("the field is for a password or a file"))?,
            max_len: max_len.filter(|_| style == Style::Text),
            background: paint(view, &mk, "BG")?,
            border: Border::read(view, &entries, paint(view, &mk, "BC")?)?,
        })
    }

    /// Draws `value` and makes it the widget's only appearance. The value of the field itself is not touched.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where the value is longer than the field allows; [`ErrorKind::Appearance`] where it does not fit, or the
    /// font lacks a letter of it.
    pub(super) fn show(
        &self,
        writer: &mut UpdateWriter<'_>,
        embedded: &mut Embedded,
        value: &str,
        font: &Font,
    ) -> Result<()> {
        let layout = self.layout(value, font)?;
        let form = self.draw(writer, embedded, (&layout, &[]), font)?;
        writer.edit_dictionary(&Place::object(self.widget))?.set("AP", appearance_dictionary(form));
        Ok(())
    }

    /// Draws the options of a list, those of `chosen` on a ground of their own, and gives the first one that is seen.
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`] where not all that is chosen can be seen, or the font lacks a letter.
    pub(super) fn show_list(
        &self,
        writer: &mut UpdateWriter<'_>,
        embedded: &mut Embedded,
        (choice, chosen): (&Choice, &[usize]),
        font: &Font,
    ) -> Result<usize> {
        let list = self.list(choice, chosen, font)?;
        let form = self.draw(writer, embedded, (&list.layout, &list.marks), font)?;
        writer.edit_dictionary(&Place::object(self.widget))?.set("AP", appearance_dictionary(form));
        Ok(list.top)
    }

    /// Draws lines, above marks behind them.
    fn draw(
        &self,
        writer: &mut UpdateWriter<'_>,
        embedded: &mut Embedded,
        (layout, marks): (&Layout, &[Area]),
        font: &Font,
    ) -> Result<Ref> {
        let area = Area::sized(self.frame.width, self.frame.height)?;
        let mut sheet = Sheet::new(writer, embedded);
        if let Some(paint) = self.background {
            sheet.background(paint, area);
        }
        self.border.draw(&mut sheet, area);
        let clip = area.inset(self.border.width);
        // 12.7.4.3: what viewers replace when the value changes stands between these.
        sheet.content.begin_marked_content(Name(b"Tx")).save_state();
        sheet.content.rect(real(clip.left), real(clip.bottom), real(clip.width), real(clip.height));
        sheet.content.clip_nonzero().end_path();
        for mark in marks {
            sheet.background(Self::MARK, *mark);
        }
        sheet.lines(font, layout, self.text.paint)?;
        sheet.content.restore_state().end_marked_content();
        sheet.finish(self.frame)
    }

    /// What is seen of a list: as many options as its height holds, from the one on that the field says, or else from the first
    /// one that is chosen.
    fn list(&self, choice: &Choice, chosen: &[usize], font: &Font) -> Result<List> {
        let area = Area::sized(self.frame.width, self.frame.height)?;
        let inner = area.inset(2.0 * self.border.width.max(1.0));
        let size = self.text.size.unwrap_or(Self::MULTILINE_SIZE);
        let row = size * font.line_height();
        let rows = whole(inner.height / row);
        let is_seen = |top: usize| chosen.iter().all(|index| (top..top.saturating_add(rows)).contains(index));
        let first = chosen.first().copied().unwrap_or(choice.top);
        let top = [choice.top, first].into_iter().find(|top| is_seen(*top)).ok_or_else(|| {
            unusable(format!("the field shows {rows} options at once, and those that are chosen are further apart"))
        })?;
        let mut list = List { layout: Layout { size, lines: Vec::new() }, marks: Vec::new(), top };
        for (index, option) in choice.options.iter().enumerate().skip(top).take(rows) {
            let glyphs = font.glyphs(&option.display)?;
            let width: f64 = glyphs.iter().map(|glyph| glyph.advance * size).sum();
            let bottom = inner.top() - row * factor(list.layout.lines.len().saturating_add(1));
            let x = match self.align {
                Align::Left => inner.left,
                Align::Center => inner.left + (inner.width - width) / 2.0,
                Align::Right => inner.right() - width,
            };
            list.layout.lines.push(Line { x, y: bottom - font.metrics().descent * size, glyphs });
            if chosen.contains(&index) {
                if width > inner.width {
                    return Err(unusable(format!("the option “{}” is wider than the field", option.display)));
                }
                list.marks.push(Area { bottom, height: row, ..area.inset(self.border.width) });
            }
        }
        Ok(list)
    }

    fn layout(&self, value: &str, font: &Font) -> Result<Layout> {
        let length = value.chars().count();
        if let Some(most) = self.max_len.filter(|most| length > *most) {
            let message = format!("the value has {length} characters, and the field takes {most}");
            return Err(Error::new(ErrorKind::Field, message).advise("give a shorter one"));
        }
        let text = Paragraphs::new(font, value)?;
        let area = Area::sized(self.frame.width, self.frame.height)?;
        // As viewers do: a border's width again between border and text.
        let inner = area.inset(2.0 * self.border.width.max(1.0));
        match self.kind {
            Kind::Multiline => {
                let size = self.text.size.map_or(FontSize::AtMost(Self::MULTILINE_SIZE), FontSize::Fixed);
                text.lay_out(inner, size, &[Wrap::Words, Wrap::Anywhere], (self.align, VerticalAlign::Top))
            }
            Kind::SingleLine => {
                let [_] = text.lines() else { return Err(one_line_only()) };
                let (inner, size) = self.for_one_line(inner, font);
                self.check_height(font)?;
                text.lay_out(inner, size, &[Wrap::Never], (self.align, VerticalAlign::Middle))
            }
            Kind::Comb(cells) => {
                let [line] = text.lines() else { return Err(one_line_only()) };
                self.check_height(font)?;
                self.comb(line, cells, area, font)
            }
        }
    }

    /// The area and size of a single line. In the size that the author chose, a line may be higher than what the border leaves: it
    /// hangs over evenly, as far as the field goes.
    fn for_one_line(&self, inner: Area, font: &Font) -> (Area, FontSize) {
        let Some(size) = self.text.size else { return (inner, FontSize::AtMost(f64::MAX)) };
        let hanging = (size * font.line_height() - inner.height).max(0.0);
        let inner = Area { bottom: inner.bottom - hanging / 2.0, height: inner.height + hanging, ..inner };
        (inner, FontSize::Fixed(size))
    }

    /// Table 231: each character in the middle of its cell.
    fn comb(&self, line: &[Glyph], cells: usize, area: Area, font: &Font) -> Result<Layout> {
        let cell = area.width / factor(cells).max(1.0);
        let widest = line.iter().map(|glyph| glyph.advance).fold(0.1, f64::max);
        let fitting = (area.inset(self.border.width.max(1.0)).height / font.line_height()).min(cell / widest);
        let size = self.text.size.unwrap_or(fitting);
        if line.len() > cells || size * widest > cell * Self::OVERHANG {
            return Err(unusable(format!(
                "the value does not fit into {cells} cells of {cell:.1} points at the size {size:.1}"
            )));
        }
        let free = cells.saturating_sub(line.len());
        let first = match self.align {
            Align::Left => 0,
            Align::Center => free / 2,
            Align::Right => free,
        };
        let y = area.height / 2.0 - (font.metrics().ascent + font.metrics().descent) / 2.0 * size;
        let place = |(index, glyph): (usize, &Glyph)| {
            let room = cell - glyph.advance * size;
            Line { x: cell * factor(first.saturating_add(index)) + room / 2.0, y, glyphs: vec![*glyph] }
        };
        Ok(Layout { size, lines: line.iter().enumerate().map(place).collect() })
    }

    /// Letters in a size that the author chose are not cut off: what hangs over the field is only room for accents.
    fn check_height(&self, font: &Font) -> Result<()> {
        let height = self.text.size.unwrap_or(0.0) * font.line_height();
        if height <= self.frame.height * Self::OVERHANG {
            return Ok(());
        }
        let message = format!("a line of {height:.1} points is higher than the field, {:.1} points", self.frame.height);
        Err(unusable(message).advise("use another field: its author chose the size"))
    }
}

impl Kind {
    /// `None` for fields that do not show what they hold.
    fn from_flags(flags: i64, max_len: Option<usize>) -> Option<Self> {
        const MULTILINE: i64 = 1 << 12;
        const PASSWORD: i64 = 1 << 13;
        const FILE_SELECT: i64 = 1 << 20;
        const COMB: i64 = 1 << 24;
        let is = |flag| flags & flag != 0;
        match max_len {
            _ if is(PASSWORD) || is(FILE_SELECT) => None,
            _ if is(MULTILINE) => Some(Self::Multiline),
            Some(cells) if is(COMB) && cells > 0 => Some(Self::Comb(cells)),
            _ => Some(Self::SingleLine),
        }
    }
}

impl Border {
    /// 12.5.4: `/BS`, or `/Border` where there is none.
    fn read(view: View<'_>, widget: &Dictionary, paint: Option<Paint>) -> Result<Self> {
        let bs = dictionary(view.entry(widget, "BS")?);
        let old = match view.entry(widget, "Border")? {
            Object::Array(items) => items.get(2).cloned(),
            _ => None,
        };
        let value = bs.get("W").cloned().or(old.filter(|_| bs.iter().next().is_none()));
        let width = value.map(|value| view.resolve(&value).map(|value| number_of(&value))).transpose()?.flatten();
        let width = width.filter(|width| *width >= 0.0).unwrap_or(1.0);
        let style = match view.entry(&bs, "S")?.as_name().map(|name| name.as_bytes()) {
            Some(b"D") => BorderStyle::Dashed(dashes(view, &bs)?),
            Some(b"U") => BorderStyle::Underline,
            // Bevelled and inset borders are a solid one with shades, which a page on paper does not have.
            _ => BorderStyle::Solid,
        };
        Ok(Self { paint, width, style })
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>, area: Area) {
        let Some(paint) = self.paint.filter(|_| self.width > 0.0) else { return };
        sheet.content.save_state();
        match &self.style {
            BorderStyle::Underline => {
                sheet.line(paint, self.width, area);
            }
            BorderStyle::Dashed(dashes) => {
                sheet.content.set_dash_pattern(dashes.iter().copied(), 0.0);
                sheet.border(paint, self.width, area);
            }
            BorderStyle::Solid => sheet.border(paint, self.width, area),
        }
        sheet.content.restore_state();
    }
}

fn text_style(view: View<'_>, widget: &Dictionary) -> Result<DefaultAppearance> {
    Ok(match of_field_or_form(view, widget, "DA")? {
        Object::String(string) => DefaultAppearance::read(&string),
        _ => DefaultAppearance::default(),
    })
}

fn align(view: View<'_>, widget: &Dictionary) -> Result<Align> {
    Ok(match of_field_or_form(view, widget, "Q")? {
        Object::Integer(1) => Align::Center,
        Object::Integer(2) => Align::Right,
        _ => Align::Left,
    })
}

fn of_field_or_form(view: View<'_>, widget: &Dictionary, key: &str) -> Result<Object> {
    match view.inherited(widget, key)? {
        Object::Null => {
            let (_, catalog) = view.catalog()?;
            view.entry(&dictionary(view.entry(&catalog, "AcroForm")?), key)
        }
        found => Ok(found),
    }
}

/// The colour that a key of `/MK` says, if any.
fn paint(view: View<'_>, mk: &Dictionary, key: &str) -> Result<Option<Paint>> {
    let Object::Array(items) = view.entry(mk, key)? else { return Ok(None) };
    let parts: Result<Vec<_>> = items.iter().take(5).map(|item| Ok(number_of(&*view.resolve(item)?))).collect();
    Ok(parts?.into_iter().collect::<Option<Vec<f64>>>().and_then(|parts| Paint::from_parts(&parts)))
}

/// Table 168: the lengths of dashes and gaps; [3] where nothing useful is said.
fn dashes(view: View<'_>, bs: &Dictionary) -> Result<Vec<f32>> {
    let items = match view.entry(bs, "D")? {
        Object::Array(items) => items,
        _ => Array::new(),
    };
    let lengths: Vec<f32> = items.iter().take(8).filter_map(number_of).map(real).collect();
    let is_useful = lengths.iter().all(|length| *length >= 0.0) && lengths.iter().any(|length| *length > 0.0);
    Ok(if is_useful { lengths } else { vec![3.0] })
}

fn dictionary(object: Object) -> Dictionary {
    match object {
        Object::Dictionary(dictionary) => dictionary,
        _ => Dictionary::new(),
    }
}

fn one_line_only() -> Error {
    unusable("the value has several lines, and the field shows one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::appearance::fixture::font;
    use crate::pdf::document::Document;
    use crate::pdf::specimen;

    /// What is drawn for `value` in a field of these entries: the form XObject's dictionary and its content.
    fn shown(entries: &str, value: &str) -> Result<(String, String)> {
        let form = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /DA (/Helv 10 Tf 0 0 1 rg) /Q 1 >> >>";
        let widget = format!("<< /Subtype /Widget /Parent 4 0 R {entries} /Rect [10 10 110 30] >>");
        let field = "<< /FT /Tx /T (date) /Kids [5 0 R] /MaxLen 30 >>";
        let objects = specimen::one_page_with(&[(1, form), (4, field), (5, &widget)]);
        let pdf = specimen::table_pdf(&objects, specimen::ID);
        let document = Document::open(&pdf)?;
        let mut writer = UpdateWriter::new(&document)?;
        let mut embedded = Embedded::new(writer.view())?;
        let field = TextField::read(writer.view(), Ref { number: 5, generation: 0 }, Style::Text)?;
        field.show(&mut writer, &mut embedded, value, &font("年月日 0123456789ab"))?;
        embedded.write(&mut writer)?;
        let pdf = specimen::apply(&pdf, &writer.finish([7; 16])?);
        let document = Document::open(&pdf)?;
        let view = document.latest();
        let widget = view.get(Ref { number: 5, generation: 0 })?;
        let appearances = view.entry(widget.as_dictionary().unwrap(), "AP")?;
        let Object::Stream(form) = view.entry(appearances.as_dictionary().unwrap(), "N")? else { panic!() };
        let dictionary = crate::pdf::serializer::serialize_dictionary(&form.dictionary);
        let content = view.stream_data(&form)?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace('\n', " ");
        Ok((text(dictionary), text(content)))
    }

    #[test]
    fn a_value_is_shown_in_the_style_of_its_field() {
        let (form, content) = shown("", "2026年10月7日").unwrap();
        assert!(form.contains("/BBox [0 0 100 20]"), "{form}");
        // Six digits of half a size and three kanji: 65 of 100 points, in the middle; the baseline 2 points below it.
        assert!(content.starts_with("/Tx BMC q 1 1 98 18 re W n BT 0 0 1 rg /F0 10 Tf 1 0 0 1 17.5 7 Tm"), "{content}");
        assert!(content.ends_with("Tj ET Q EMC"), "{content}");
        let (_, right) = shown("/Q 2 /DA (/F 4 Tf)", "2026").unwrap();
        assert!(right.contains("0 g /F0 4 Tf 1 0 0 1 90 8.8 Tm"), "{right}");
        let (_, large) = shown("/DA (/F 0 Tf)", "日").unwrap();
        assert!(large.contains("/F0 16 Tf"), "the size follows from the height: {large}");
    }

    #[test]
    fn backgrounds_and_borders_are_drawn() {
        let (_, content) = shown("/MK << /BG [1 1 0] /BC [.5] >> /BS << /W 2 /S /D /D [4 2] >>", "1").unwrap();
        let expected = "1 1 0 rg 0 0 100 20 re f q [4 2] 0 d 0.5 G 2 w 1 1 98 18 re S Q /Tx BMC q 2 2 96 16 re W n";
        assert!(content.starts_with(expected), "{content}");
        let (_, content) = shown("/MK << /BC [1 0 0] >> /BS << /S /U >>", "1").unwrap();
        assert!(content.starts_with("q 1 0 0 RG 1 w 0 0.5 m 100 0.5 l S Q"), "{content}");
        let (_, content) = shown("/MK << /BC [] /BG null >> /Border [0 0 5]", "1").unwrap();
        assert!(content.starts_with("/Tx BMC q 5 5 90 10 re W n"), "{content}");
    }

    #[test]
    fn several_lines_and_cells_are_laid_out() {
        let (_, lines) = shown("/Ff 4096 /DA (/F 0 Tf) /Q 0", "1\n2").unwrap();
        assert!(lines.contains("/F0 8 Tf 1 0 0 1 2 11.6 Tm") && lines.contains("1 0 0 1 2 3.6 Tm"), "{lines}");
        let (_, cells) = shown("/Ff 16777216 /MaxLen 10 /Q 2 /DA (/F 8 Tf)", "12").unwrap();
        assert!(cells.contains("1 0 0 1 83 7.6 Tm") && cells.contains("1 0 0 1 93 7.6 Tm"), "{cells}");
        let (turned, _) = shown("/MK << /R 90 >>", "1").unwrap();
        assert!(turned.contains("/BBox [0 0 20 100] /Matrix [0 1 -1 0 100 0]"), "{turned}");
    }

    #[test]
    fn what_cannot_be_shown_whole_is_refused() {
        for (entries, value, kind, why) in [
            ("", "1\n2", ErrorKind::Appearance, "several lines"),
            ("", "000000000000000000000", ErrorKind::Appearance, "does not fit"),
            ("/MaxLen 3", "2026", ErrorKind::Field, "4 characters, and the field takes 3"),
            ("/Ff 8192", "1", ErrorKind::Field, "password"),
            ("", "x", ErrorKind::Appearance, "no glyph for “x”"),
            ("/Rect [5 5 5 9]", "1", ErrorKind::Field, "empty"),
        ] {
            let error = shown(entries, value).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}
