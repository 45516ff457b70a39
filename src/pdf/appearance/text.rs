//! A text to be shown, and how.

use super::color::Color;
use super::font::Font;

/// A text in one font. `\n` begins a new line, and lines that are too long are wrapped.
///
/// Unless told otherwise it is black, begins at the left, stands in the middle of the height, and is as large as fits; it is wrapped
/// then only where that makes it half again as large.
///
/// # Examples
/// ```no_run
/// use pades_ltv::{Align, Appearance, Color, Font, Text};
///
/// let font = Font::from_bytes(std::fs::read("mincho.ttf")?, 0)?;
/// let text = Text::new("架空市之印", &font).color(Color::VERMILION).align(Align::Center).size_at_most(24.0);
/// let seal = Appearance::new().text(text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Text {
    pub(super) text: String,
    pub(super) font: Font,
    pub(super) size: FontSize,
    pub(super) color: Color,
    pub(super) align: Align,
    pub(super) vertical: VerticalAlign,
}

/// Where lines stand in the width that they have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// They begin at the left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// They end at the right.
    Right,
}

/// Where a text stands in the height that it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerticalAlign {
    /// It begins at the top.
    Top,
    /// In the middle.
    #[default]
    Middle,
    /// It ends at the bottom.
    Bottom,
}

/// How large letters are, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FontSize {
    Fixed(f64),
    /// As large as fits, but not larger than this.
    AtMost(f64),
}

impl Text {
    /// A text in a font.
    pub fn new(text: impl Into<String>, font: &Font) -> Self {
        Self {
            text: text.into(),
            font: font.clone(),
            size: FontSize::AtMost(f64::MAX),
            color: Color::BLACK,
            align: Align::default(),
            vertical: VerticalAlign::default(),
        }
    }

    /// The font size in points. A text that does not fit in this size is an error.
    #[must_use]
    pub fn size(mut self, points: f64) -> Self {
        self.size = FontSize::Fixed(points);
        self
    }

    /// As large as fits, but not larger than so many points.
    #[must_use]
    pub fn size_at_most(mut self, points: f64) -> Self {
        self.size = FontSize::AtMost(points);
        self
    }

    /// The colour of the letters.
    #[must_use]
    pub fn color(mut self, color: Color) -> Self {
        self.color = color;
        self
    }

    /// Where the lines stand in the width.
    #[must_use]
    pub fn align(mut self, align: Align) -> Self {
        self.align = align;
        self
    }

    /// Where the text stands in the height.
    #[must_use]
    pub fn vertical_align(mut self, align: VerticalAlign) -> Self {
        self.vertical = align;
        self
    }
}
