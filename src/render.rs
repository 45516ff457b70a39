//! Pictures of a page as it was signed and as it is now, with what changed marked: for people, never for the verdict.
//!
//! What it is for: "the price was 100, and now it says 900" is seen at a glance. Somebody else's renderer draws the pages; what it cannot
//! draw, or draws wrongly, changes nothing in the report.
//!
//! Invariant: no verdict comes from here, and no type of the renderer goes out.
//! Invariant: a renderer that fails, even by a panic, is an error here.
//!
//! Marks: where a change of the report has a rectangle, a frame in green if it is permitted and in red if not; other places that look
//! different are tinted red where the report holds a change that is not permitted, else green.
//!
//! Nouns: [`Comparison`], [`Picture`].

mod marks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro::RenderSettings;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::util::PageExt;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::report::SignatureReport;
use marks::Frame;

/// Pixels for each unit of a page (1/72 inch), for pages of ordinary size.
const SCALE: f32 = 1.5;
/// How many pixels wide or high a picture is at most.
const MOST: f32 = 2000.0;

/// A page when a signature was made, and now, both in the same size where the page kept it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The page as the signature covers it, with marks where it looks different now.
    pub before: Picture,
    /// The page as the file shows it now, with the same marks.
    pub after: Picture,
}

/// Pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

/// Draws page `page` (from 1) as `signature` covers it and as it is now, and marks what changed. The whole file is read into memory.
///
/// # Errors
/// [`ErrorKind::Unsupported`] where the signature closes no revision or the renderer cannot read or draw the file,
/// [`ErrorKind::Encrypted`] for encrypted files that no empty password opens, [`ErrorKind::Io`] if the source fails.
pub fn changes(document: &Document<'_>, signature: &SignatureReport, page: usize) -> Result<Comparison> {
    let own = signature.revision.and_then(|number| document.revisions().get(number.checked_sub(1)?));
    let own = own.ok_or_else(|| {
        unsupported("the signature closes no revision of the file, so that there is no page to compare")
    })?;
    document.require_open()?;
    let length =
        usize::try_from(document.len()).map_err(|_| unsupported("the file is larger than this machine's memory"))?;
    let mut file = vec![0; length];
    let failed = |cause| Error::new(ErrorKind::Io, "the document cannot be read").because(cause);
    document.source().read_at(0, &mut file).map_err(failed)?;
    let signed = usize::try_from(own.end()).ok().and_then(|end| file.get(..end)).unwrap_or_default().to_vec();
    let (mut before, to_pixels) = draw(signed, page)?;
    let (mut after, _) = draw(file, page)?;
    let on_page = signature.changes.iter().filter(|change| change.page == Some(page));
    let frames: Vec<Frame> = on_page.filter_map(|change| Frame::new(change, to_pixels)).collect();
    let is_permitted = signature.changes.iter().all(|change| change.allowed);
    marks::mark((&mut before, &mut after), &frames, is_permitted);
    Ok(Comparison { before, after })
}

impl Picture {
    /// In pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// In pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Red, green, blue and opacity of each pixel, line by line from the top, a byte each.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a picture without extent.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.rgba));
        written.map_err(|cause| unsupported("the picture cannot be written as PNG").because(cause))?;
        Ok(file)
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture").field("width", &self.width).field("height", &self.height).finish()
    }
}

/// A page, and how its user space becomes pixels (ISO 32000-2, 8.3.3).
fn draw(file: Vec<u8>, page: usize) -> Result<(Picture, [f64; 6])> {
    let drawn = catch_unwind(AssertUnwindSafe(|| rendered(file, page)));
    drawn.unwrap_or_else(|_| Err(unsupported("the renderer failed")))
}

fn rendered(file: Vec<u8>, page: usize) -> Result<(Picture, [f64; 6])> {
    let pdf = Pdf::new(Arc::new(file)).map_err(|_| unsupported("the renderer cannot read the file"))?;
    let page = page.checked_sub(1).and_then(|index| pdf.pages().get(index));
    let page = page.ok_or_else(|| unsupported("there is no such page, or the renderer cannot find it"))?;
    let (width, height) = page.render_dimensions();
    let scale = SCALE.min(MOST / width.max(height).max(1.0));
    let settings = RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let pixels = hayro::render(page, &InterpreterSettings::default(), &settings);
    let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
    let to_pixels = page.initial_transform(true).as_coeffs().map(|factor| factor * f64::from(scale));
    Ok((Picture { width, height, rgba: pixels.data_as_u8_slice().to_vec() }, to_pixels))
}

fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::Unsupported, what)
}
