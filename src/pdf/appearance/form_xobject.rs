//! Appearance streams: form XObjects with what they need (ISO 32000-2, 8.10, 12.5.5).

use pdf_writer::{Content, Name, Str};

use super::Embedded;
use super::area::{Area, Rotation, real};
use super::canvas::Canvas;
use super::color::Paint;
use super::embedded::Uses;
use super::font::Font;
use super::image::Image;
use super::layout::{Layout, Paragraphs, Wrap};
use super::shown::{Appearance, Layer};
use super::text::Text;
use super::unusable;
use crate::error::Result;
use crate::pdf::object::Ref;
use crate::pdf::update::{Packed, UpdateWriter};

/// The box of an appearance, as its reader sees it, and how it is turned to stand so on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) rotation: Rotation,
}

/// How many appearances may lie within one another.
const NESTING: usize = 16;

/// A content stream in the making.
pub(super) struct Sheet<'w, 'd> {
    pub(super) content: Content,
    writer: &'w mut UpdateWriter<'d>,
    embedded: &'w mut Embedded,
    uses: Uses,
}

/// Writes what `appearance` shows in `frame`.
pub(super) fn write(
    writer: &mut UpdateWriter<'_>,
    embedded: &mut Embedded,
    appearance: &Appearance,
    frame: Frame,
) -> Result<Ref> {
    let area = Area::sized(frame.width, frame.height)?;
    let mut sheet = Sheet::new(writer, embedded);
    sheet.show(appearance, area)?;
    sheet.finish(frame)
}

impl<'w, 'd> Sheet<'w, 'd> {
    pub(super) fn new(writer: &'w mut UpdateWriter<'d>, embedded: &'w mut Embedded) -> Self {
        Self { content: Content::new(), writer, embedded, uses: Uses::default() }
    }

    /// Writes the form XObject.
    pub(super) fn finish(self, frame: Frame) -> Result<Ref> {
        let area = Area::sized(frame.width, frame.height)?;
        let content = self.content.finish();
        let packed = Packed::new(&content);
        let id = self.writer.allocate()?;
        self.writer.put_chunk(id, |chunk, id| {
            let mut form = chunk.form_xobject(id, packed.data());
            packed.declare(&mut form);
            form.bbox(area.to_rect());
            if frame.rotation != Rotation::None {
                form.matrix(frame.rotation.matrix(frame.width, frame.height).map(real));
            }
            self.embedded.write_resources(&self.uses, form.resources());
        })?;
        Ok(id)
    }

    /// Shows an appearance and all that lies within it, from the lowest layer to the highest.
    fn show(&mut self, appearance: &Appearance, area: Area) -> Result<()> {
        let mut waiting = self.begin(appearance, area, 0)?;
        while let Some((layer, area, depth)) = waiting.pop() {
            match layer {
                Layer::Image(image) => self.image(image, area)?,
                Layer::Text(text) => self.text(text, area)?,
                Layer::Drawing(draw) => self.drawing(&**draw, area)?,
                Layer::Part(part, appearance) => {
                    if !part.iter().all(|fraction| (0.0..=1.0).contains(fraction)) {
                        return Err(unusable(format!("{part:?} is no part of a box: edges go from 0 to 1")));
                    }
                    waiting.extend(self.begin(appearance, area.part(*part), depth)?);
                }
            }
        }
        Ok(())
    }

    /// Draws background and border, and gives the layers above them, the highest first, with the area that they have.
    fn begin<'a>(&mut self, shown: &'a Appearance, area: Area, depth: usize) -> Result<Vec<(&'a Layer, Area, usize)>> {
        Area::sized(area.width, area.height)?;
        if depth >= NESTING {
            return Err(unusable(format!("more than {NESTING} appearances lie within one another")));
        }
        if let Some(color) = shown.background {
            self.background(color.into(), area);
        }
        let width = shown.border.map_or(0.0, |(_, width)| width);
        if !(width >= 0.0 && shown.padding >= 0.0) {
            return Err(unusable("borders and paddings are not negative"));
        }
        if let Some((color, width)) = shown.border {
            self.border(color.into(), width, area);
        }
        let inner = area.inset(width + shown.padding);
        Area::sized(inner.width, inner.height)?;
        Ok(shown.layers.iter().rev().map(|layer| (layer, inner, depth.saturating_add(1))).collect())
    }

    pub(super) fn background(&mut self, paint: Paint, area: Area) {
        self.embedded.paint(paint).fill(&mut self.content);
        self.content.rect(real(area.left), real(area.bottom), real(area.width), real(area.height)).fill_nonzero();
    }

    pub(super) fn border(&mut self, paint: Paint, width: f64, area: Area) {
        let line = area.inset(width / 2.0);
        self.embedded.paint(paint).stroke(&mut self.content);
        self.content.set_line_width(real(width));
        self.content.rect(real(line.left), real(line.bottom), real(line.width), real(line.height)).stroke();
    }

    /// A line along the lower edge.
    pub(super) fn line(&mut self, paint: Paint, width: f64, area: Area) {
        let y = real(area.bottom + width / 2.0);
        self.embedded.paint(paint).stroke(&mut self.content);
        self.content.set_line_width(real(width)).move_to(real(area.left), y).line_to(real(area.right()), y).stroke();
    }

    fn image(&mut self, image: &Image, area: Area) -> Result<()> {
        let name = self.embedded.image(self.writer, &mut self.uses, image)?;
        let area = area.around(f64::from(image.width()), f64::from(image.height()));
        let matrix = [area.width, 0.0, 0.0, area.height, area.left, area.bottom].map(real);
        self.content.save_state().transform(matrix).x_object(Name(name.as_bytes())).restore_state();
        Ok(())
    }

    fn drawing(&mut self, draw: &dyn Fn(&mut Canvas<'_>), area: Area) -> Result<()> {
        self.content.save_state().transform([1.0, 0.0, 0.0, 1.0, real(area.left), real(area.bottom)]);
        let mut canvas = Canvas::new(&mut self.content, area.width, area.height);
        draw(&mut canvas);
        canvas.finish()?;
        self.content.restore_state();
        Ok(())
    }

    /// A name on two lines reads badly: lines are wrapped only where letters become half again as large by it.
    fn text(&mut self, text: &Text, area: Area) -> Result<()> {
        const WORTH_IT: f64 = 1.5;
        let paragraphs = Paragraphs::new(&text.font, &text.text)?;
        let lay_out = |wraps: &[Wrap]| paragraphs.lay_out(area, text.size, wraps, (text.align, text.vertical));
        let wrapped = lay_out(&[Wrap::Words, Wrap::Anywhere])?;
        let whole = lay_out(&[Wrap::Never]).ok().filter(|whole| whole.size * WORTH_IT >= wrapped.size);
        self.lines(&text.font, &whole.unwrap_or(wrapped), text.color.into())
    }

    /// Shows lines that are laid out.
    pub(super) fn lines(&mut self, font: &Font, layout: &Layout, paint: Paint) -> Result<()> {
        self.content.begin_text();
        self.embedded.paint(paint).fill(&mut self.content);
        for line in layout.lines.iter().filter(|line| !line.glyphs.is_empty()) {
            let (name, string) = self.embedded.show(self.writer, &mut self.uses, font, &line.glyphs)?;
            self.content.set_font(Name(name.as_bytes()), real(layout.size));
            self.content.set_text_matrix([1.0, 0.0, 0.0, 1.0, real(line.x), real(line.y)]);
            self.content.show(Str(&string));
        }
        self.content.end_text();
        Ok(())
    }
}
