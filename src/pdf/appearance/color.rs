//! Colours.

use pdf_writer::Content;

/// A colour (sRGB).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    /// Black.
    pub const BLACK: Self = Self::rgb(0, 0, 0);
    /// White.
    pub const WHITE: Self = Self::rgb(0xFF, 0xFF, 0xFF);
    /// The vermilion of seal ink (朱肉).
    pub const VERMILION: Self = Self::rgb(0xD3, 0x2F, 0x1E);

    /// A colour by its parts, each from 0 to 255.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }
}

/// A colour as a content stream says it, each part from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Paint {
    Gray(f32),
    Rgb([f32; 3]),
    Cmyk([f32; 4]),
}

impl Paint {
    pub(super) const BLACK: Self = Self::Gray(0.0);

    /// For what is filled, text among it.
    pub(super) fn fill(self, content: &mut Content) {
        match self {
            Self::Gray(gray) => content.set_fill_gray(gray),
            Self::Rgb([red, green, blue]) => content.set_fill_rgb(red, green, blue),
            Self::Cmyk([cyan, magenta, yellow, black]) => content.set_fill_cmyk(cyan, magenta, yellow, black),
        };
    }

    /// For lines.
    pub(super) fn stroke(self, content: &mut Content) {
        match self {
            Self::Gray(gray) => content.set_stroke_gray(gray),
            Self::Rgb([red, green, blue]) => content.set_stroke_rgb(red, green, blue),
            Self::Cmyk([cyan, magenta, yellow, black]) => content.set_stroke_cmyk(cyan, magenta, yellow, black),
        };
    }

    /// As a screen shows it (10.4.2.2, 10.4.2.5).
    pub(super) fn to_rgb(self) -> Self {
        Self::Rgb(match self {
            Self::Gray(gray) => [gray; 3],
            Self::Rgb(parts) => parts,
            Self::Cmyk([cyan, magenta, yellow, black]) => {
                [cyan, magenta, yellow].map(|ink| 1.0 - (ink + black).min(1.0))
            }
        })
    }

    /// From one, three or four parts, as in `/MK` (table 192); no parts are no colour.
    pub(super) fn from_parts(parts: &[f64]) -> Option<Self> {
        let part = |value: f64| super::area::real(value.clamp(0.0, 1.0));
        match *parts {
            [gray] => Some(Self::Gray(part(gray))),
            [red, green, blue] => Some(Self::Rgb([red, green, blue].map(part))),
            [cyan, magenta, yellow, black] => Some(Self::Cmyk([cyan, magenta, yellow, black].map(part))),
            _ => None,
        }
    }
}

impl From<Color> for Paint {
    fn from(color: Color) -> Self {
        Self::Rgb([color.red, color.green, color.blue].map(|part| super::area::real(f64::from(part) / 255.0)))
    }
}
