//! Images that the caller brings, as image XObjects (ISO 32000-2, 8.9.5).

mod jpeg;
mod png;

use std::fmt;
use std::sync::Arc;

use pdf_writer::{Filter, Name};

use super::archive::Archive;
use super::unusable;
use crate::error::Result;
use crate::pdf::object::Ref;
use crate::pdf::update::{Packed, UpdateWriter, pointer};

/// The most pixels of an image: what an A4 page has at 600 dots per inch, rounded up.
const MOST_PIXELS: u64 = 40_000_000;

/// A picture to be shown.
///
/// Cloning is cheap, and an image that is shown more than once goes into the file once.
#[derive(Clone)]
pub struct Image(Arc<Raster>);

/// An image as a PDF holds it.
struct Raster {
    width: u32,
    height: u32,
    colors: Colors,
    data: Data,
}

/// What the components of a pixel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colors {
    Gray,
    Rgb,
    Cmyk,
    /// As Adobe's programs write it into JPEG files: 255 is no ink.
    InvertedCmyk,
}

enum Data {
    /// A byte for each component, row by row; and one for the opacity of each pixel, if there is transparency.
    Samples { colors: Vec<u8>, opacity: Option<Vec<u8>> },
    /// A JPEG file, as it was received.
    Jpeg(Vec<u8>),
}

impl Image {
    /// A PNG or a JPEG file, whichever it is.
    ///
    /// # Errors
    /// Those of [`from_png`](Self::from_png) and [`from_jpeg`](Self::from_jpeg);
    /// [`ErrorKind::Appearance`](crate::ErrorKind::Appearance) for any other kind of file.
    pub fn from_bytes(file: &[u8]) -> Result<Self> {
        match file {
            [0x89, b'P', b'N', b'G', ..] => Self::from_png(file),
            [0xFF, 0xD8, 0xFF, ..] => Self::from_jpeg(file),
            _ => Err(unusable(format!("the image is {}, neither PNG nor JPEG", kind_of(file)))
                .advise("convert it to PNG, which can have a transparent background")),
        }
    }

    /// A PNG file. Palettes become colours, 16 bits a component 8, and what is transparent stays so; colour profiles are not kept,
    /// and of an animation the first picture is taken.
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`](crate::ErrorKind::Appearance) where the file is no PNG, is damaged, or is larger than 40 million pixels.
    pub fn from_png(file: &[u8]) -> Result<Self> {
        Ok(Self(Arc::new(png::read(file)?)))
    }

    /// A JPEG file, which goes into the PDF as it is, what a camera noted in it included. A camera's note that the picture is to be
    /// turned (Exif) has no effect.
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`](crate::ErrorKind::Appearance) where the file is no JPEG, or one that PDF readers cannot show
    /// (lossless, arithmetic coding, 12 bits).
    pub fn from_jpeg(file: &[u8]) -> Result<Self> {
        Ok(Self(Arc::new(jpeg::read(file)?)))
    }

    /// Its width in pixels.
    pub fn width(&self) -> u32 {
        self.0.width
    }

    /// Its height in pixels.
    pub fn height(&self) -> u32 {
        self.0.height
    }

    /// Whether a PDF/A file can take it.
    pub(super) fn check(&self, archive: Archive) -> Result<()> {
        if matches!(self.0.data, Data::Samples { opacity: Some(_), .. }) {
            archive.check_transparency()?;
        }
        match self.0.colors {
            Colors::Cmyk | Colors::InvertedCmyk => archive.check_cmyk(),
            Colors::Gray | Colors::Rgb => Ok(()),
        }
    }

    /// Adds it to a file.
    pub(super) fn write(&self, writer: &mut UpdateWriter<'_>) -> Result<Ref> {
        let id = writer.allocate()?;
        match &self.0.data {
            Data::Jpeg(file) => self.put(writer, id, file, None, Filter::DctDecode)?,
            Data::Samples { colors, opacity } => {
                let mask = match opacity {
                    Some(opacity) => Some(self.write_mask(writer, opacity)?),
                    None => None,
                };
                self.put(writer, id, colors, mask, Filter::FlateDecode)?;
            }
        }
        Ok(id)
    }

    fn put(
        &self,
        writer: &mut UpdateWriter<'_>,
        id: Ref,
        data: &[u8],
        mask: Option<Ref>,
        filter: Filter,
    ) -> Result<()> {
        let packed = (filter == Filter::FlateDecode).then(|| Packed::new(data));
        writer.put_chunk(id, |chunk, id| {
            let mut image = chunk.image_xobject(id, packed.as_ref().map_or(data, Packed::data));
            match &packed {
                Some(packed) => packed.declare(&mut image),
                None => drop(image.filter(filter)),
            }
            self.declare(&mut image);
            match self.0.colors {
                Colors::Gray => image.color_space_name(Name(b"DeviceGray")),
                Colors::Rgb => image.color_space_name(Name(b"DeviceRGB")),
                Colors::Cmyk => image.color_space_name(Name(b"DeviceCMYK")),
                Colors::InvertedCmyk => image.color_space_name(Name(b"DeviceCMYK")).decode([1.0, 0.0].repeat(4)),
            };
            if let Some(mask) = mask {
                image.s_mask(pointer(mask));
            }
        })
    }

    /// 11.6.5.2: the opacity of each pixel.
    fn write_mask(&self, writer: &mut UpdateWriter<'_>, opacity: &[u8]) -> Result<Ref> {
        let id = writer.allocate()?;
        let packed = Packed::new(opacity);
        writer.put_chunk(id, |chunk, id| {
            let mut mask = chunk.image_xobject(id, packed.data());
            packed.declare(&mut mask);
            self.declare(&mut mask);
            mask.color_space_name(Name(b"DeviceGray"));
        })?;
        Ok(id)
    }

    fn declare(&self, image: &mut pdf_writer::writers::ImageXObject<'_>) {
        let length = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
        image.width(length(self.0.width)).height(length(self.0.height)).bits_per_component(8);
    }
}

/// Two values are one image where they were cloned from one another.
impl PartialEq for Image {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({} × {}, {:?})", self.0.width, self.0.height, self.0.colors)
    }
}

/// Refuses images without pixels or with too many.
fn check_size(width: u32, height: u32) -> Result<()> {
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if (1..=MOST_PIXELS).contains(&pixels) {
        return Ok(());
    }
    Err(unusable(format!("the image has {width} × {height} pixels, and at most {MOST_PIXELS} can be shown"))
        .advise("make it smaller: 600 pixels an inch are enough for print"))
}

/// The kind of a file, as far as people send it for a seal.
fn kind_of(file: &[u8]) -> &'static str {
    match file {
        [] => "empty",
        [b'G', b'I', b'F', b'8', ..] => "GIF",
        [b'B', b'M', ..] => "BMP",
        [b'I', b'I', 0x2A, 0, ..] | [b'M', b'M', 0, 0x2A, ..] => "TIFF",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "WebP",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "HEIC, AVIF or a film",
        [0, 0, 0, 0x0C, b'j', b'P', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => "JPEG 2000",
        [b'%', b'P', b'D', b'F', ..] => "PDF",
        [b'<', ..] => "SVG or another text",
        _ => "of an unknown kind",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn unknown_kinds_are_named() {
        for (file, kind) in [
            (b"GIF89a".as_slice(), "GIF"),
            (b"RIFF....WEBPVP8 ", "WebP"),
            (b"II\x2A\0", "TIFF"),
            (b"<svg/>", "SVG"),
            (b"", "empty"),
            (b"hello", "unknown"),
        ] {
            let error = Image::from_bytes(file).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Appearance);
            assert!(error.to_string().contains(kind), "{error}");
        }
    }
}
