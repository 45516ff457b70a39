//! What people see of a field: appearance streams (ISO 32000-2, 12.5.5, 12.7.4.3).
//!
//! What it is for: visible seals (印影) from images, text and drawings, and the text of filled fields, as form XObjects with
//! fonts that are subset and embedded.
//!
//! Invariant: never a weaker picture than asked for: a glyph that a font lacks, text that does not fit, a seal that no
//! reader of the page would see are errors.
//! Invariant: the same arguments give the same bytes, the tags of font subsets included.
//! Invariant: what PDF/A asks for (ISO 19005) holds: fonts are embedded, colours are independent of the device, and what a PDF/A
//! file cannot take (an image that is transparent, or in CMYK) is an error there.
//!
//! Nouns: [`Appearance`], [`Text`], [`Image`], [`Canvas`] (what is shown), [`Font`], [`Placement`] (where), [`Seal`] (both),
//! [`Fill`] (a field and its value), [`Embedded`] (fonts and images of one revision).

mod archive;
mod area;
mod canvas;
mod color;
mod default_appearance;
mod embedded;
mod fill;
#[cfg(test)]
mod fixture;
mod font;
mod form_xobject;
mod image;
mod layout;
mod line_break;
mod placement;
mod seal;
mod shown;
mod structure;
mod text;
mod text_field;

pub use canvas::Canvas;
pub use color::Color;
pub(crate) use embedded::Embedded;
pub(crate) use fill::Fill;
pub use font::Font;
pub use image::Image;
pub use placement::{Page, Placement};
pub(crate) use seal::Seal;
pub use shown::Appearance;
pub(crate) use structure::structure_of;
pub use text::{Align, Text, VerticalAlign};
use text_field::TextField;

use crate::error::{Error, ErrorKind};

/// What was asked for cannot be shown.
fn unusable(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Appearance, why)
}
