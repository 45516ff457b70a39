//! The fonts and images that the appearances of one revision share.

use std::collections::BTreeSet;

use pdf_writer::Name;
use pdf_writer::writers::Resources;

use super::archive::Archive;
use super::color::Paint;
use super::font::{Font, Glyph, Used};
use super::image::Image;
use crate::error::Result;
use crate::pdf::object::Ref;
use crate::pdf::update::{UpdateWriter, pointer};
use crate::pdf::view::View;

/// Fonts and images that go into a revision, each once. Fonts are written last, when it is known which glyphs are used.
#[derive(Debug, Default)]
#[must_use = "the fonts are missing until they are written"]
pub(crate) struct Embedded {
    fonts: Vec<Used>,
    images: Vec<(Image, Ref)>,
    archive: Option<Archive>,
}

/// What the content of one form XObject uses of it.
#[derive(Debug, Default)]
pub(super) struct Uses {
    fonts: BTreeSet<(String, Ref)>,
    images: BTreeSet<(String, Ref)>,
}

impl Embedded {
    /// For a revision behind `view`, which may be PDF/A.
    ///
    /// # Errors
    /// Whatever reading the catalog and its metadata meets.
    pub(crate) fn new(view: View<'_>) -> Result<Self> {
        Ok(Self { archive: Archive::read(view)?, ..Self::default() })
    }

    /// The paint that the file can take: in PDF/A that of a calibrated space, unless there is an output intent for CMYK.
    pub(super) fn paint(&self, paint: Paint) -> Paint {
        match (self.archive, paint) {
            (Some(archive), Paint::Cmyk(_)) if archive.takes_cmyk() => paint,
            (Some(_), paint) => paint.to_rgb(),
            (None, paint) => paint,
        }
    }

    /// The resource dictionary (7.8.3) of content that uses these.
    pub(super) fn write_resources(&self, uses: &Uses, mut resources: Resources<'_>) {
        // 8.6.5.6: colours of a device are taken for those of a calibrated one, whatever the output intent.
        if self.archive.is_some() {
            let mut spaces = resources.color_spaces();
            spaces.insert(Name(b"DefaultGray")).start::<pdf_writer::writers::ColorSpace<'_>>().d65_gray();
            spaces.insert(Name(b"DefaultRGB")).start::<pdf_writer::writers::ColorSpace<'_>>().srgb();
        }
        uses.write(resources);
    }

    /// Writes the fonts. All appearances are written before.
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`](crate::ErrorKind::Appearance) for a font of which no subset can be made.
    pub(crate) fn write(self, writer: &mut UpdateWriter<'_>) -> Result<()> {
        self.fonts.into_iter().try_for_each(|font| font.write(writer))
    }

    /// The codes that show `glyphs`, as the bytes of a string, and the name of the font.
    pub(super) fn show(
        &mut self,
        writer: &mut UpdateWriter<'_>,
        uses: &mut Uses,
        font: &Font,
        glyphs: &[Glyph],
    ) -> Result<(String, Vec<u8>)> {
        let index = match self.fonts.iter().position(|used| used.font == *font) {
            Some(index) => index,
            None => {
                self.fonts.push(Used::new(font.clone(), writer.allocate()?));
                self.fonts.len().saturating_sub(1)
            }
        };
        let name = format!("F{index}");
        let mut string = Vec::new();
        if let Some(used) = self.fonts.get_mut(index) {
            uses.fonts.insert((name.clone(), used.id));
            for glyph in glyphs {
                string.extend(used.code(*glyph)?.to_be_bytes());
            }
        }
        Ok((name, string))
    }

    /// The name of an image, which is written now if it was not yet.
    pub(super) fn image(&mut self, writer: &mut UpdateWriter<'_>, uses: &mut Uses, image: &Image) -> Result<String> {
        let known = self.images.iter().position(|(known, _)| known == image);
        let index = known.unwrap_or(self.images.len());
        let id = match self.images.get(index) {
            Some((_, id)) => *id,
            None => {
                if let Some(archive) = self.archive {
                    image.check(archive)?;
                }
                let id = image.write(writer)?;
                self.images.push((image.clone(), id));
                id
            }
        };
        let name = format!("I{index}");
        uses.images.insert((name.clone(), id));
        Ok(name)
    }
}

impl Uses {
    fn write(&self, mut resources: Resources<'_>) {
        if !self.fonts.is_empty() {
            let mut fonts = resources.fonts();
            for (name, id) in &self.fonts {
                fonts.pair(Name(name.as_bytes()), pointer(*id));
            }
        }
        if !self.images.is_empty() {
            let mut images = resources.x_objects();
            for (name, id) in &self.images {
                images.pair(Name(name.as_bytes()), pointer(*id));
            }
        }
    }
}
