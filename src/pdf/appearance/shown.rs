//! What a visible signature shows: layers, each over the one before.

use std::fmt;
use std::sync::Arc;

use super::canvas::Canvas;
use super::color::Color;
use super::image::Image;
use super::text::Text;

/// What a visible signature shows, in whatever box it gets: images, texts and drawings, each over the one before.
///
/// There is no background and no border unless asked for.
///
/// # Examples
/// A seal at the left, and who signed at the right:
/// ```no_run
/// use pades_ltv::{Appearance, Font, Image, Text};
///
/// let seal = Image::from_png(&std::fs::read("seal.png")?)?;
/// let font = Font::from_bytes(std::fs::read("gothic.ttf")?, 0)?;
/// let appearance = Appearance::new()
///     .part([0.0, 0.0, 0.4, 1.0], Appearance::new().image(&seal))
///     .part([0.4, 0.0, 1.0, 1.0], Appearance::new().padding(4.0).text(Text::new("架空市長 甲野太郎\n2026年10月7日", &font)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Appearance {
    pub(super) background: Option<Color>,
    pub(super) border: Option<(Color, f64)>,
    pub(super) padding: f64,
    pub(super) layers: Vec<Layer>,
}

/// One thing to show.
#[derive(Clone)]
pub(super) enum Layer {
    Image(Image),
    Text(Text),
    Drawing(Arc<dyn Fn(&mut Canvas<'_>) + Send + Sync>),
    /// Left, bottom, right, top as fractions, and what is shown there.
    Part([f64; 4], Appearance),
}

impl Appearance {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows an image, as large as fits in its own proportions, in the middle.
    #[must_use]
    pub fn image(self, image: &Image) -> Self {
        self.layer(Layer::Image(image.clone()))
    }

    /// Shows a text.
    #[must_use]
    pub fn text(self, text: Text) -> Self {
        self.layer(Layer::Text(text))
    }

    /// Shows what `draw` draws when the size is known.
    #[must_use]
    pub fn draw(self, draw: impl Fn(&mut Canvas<'_>) + Send + Sync + 'static) -> Self {
        self.layer(Layer::Drawing(Arc::new(draw)))
    }

    /// Shows something in a part of the box: its left, bottom, right and top edge as fractions of width and height, from the lower
    /// left corner on.
    #[must_use]
    pub fn part(self, area: [f64; 4], shown: Self) -> Self {
        self.layer(Layer::Part(area, shown))
    }

    /// Fills the box with a colour, below everything else.
    #[must_use]
    pub fn background(mut self, color: Color) -> Self {
        self.background = Some(color);
        self
    }

    /// Draws a border of so many points within the edges of the box.
    #[must_use]
    pub fn border(mut self, color: Color, points: f64) -> Self {
        self.border = Some((color, points));
        self
    }

    /// Keeps images, texts, drawings and parts so many points away from the edges, or from the border where there is one.
    #[must_use]
    pub fn padding(mut self, points: f64) -> Self {
        self.padding = points;
        self
    }

    fn layer(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(image) => image.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Drawing(_) => f.write_str("Drawing"),
            Self::Part(area, shown) => f.debug_tuple("Part").field(area).field(shown).finish(),
        }
    }
}
