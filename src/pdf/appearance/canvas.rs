//! A small drawing surface for callbacks.

use std::fmt;

use pdf_writer::Content;

use super::area::real;
use super::color::{Color, Paint};
use super::unusable;
use crate::error::Result;

/// A surface to draw lines and shapes on. The origin is the lower left corner, lengths are in points.
///
/// Drawing builds a path; [`fill`](Self::fill) and [`stroke`](Self::stroke) paint it, and the next path begins. A path that is
/// never painted leaves no trace.
///
/// # Examples
/// ```
/// use pades_ltv::{Appearance, Color};
///
/// let ring = Appearance::new().draw(|canvas| {
///     let (x, y) = (canvas.width() / 2.0, canvas.height() / 2.0);
///     let radius = x.min(y) - 2.0;
///     canvas.ellipse(x, y, radius, radius).stroke(Color::VERMILION, 2.5);
/// });
/// ```
pub struct Canvas<'c> {
    content: &'c mut Content,
    width: f64,
    height: f64,
    path: Vec<Segment>,
    fault: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
enum Segment {
    Move([f64; 2]),
    Line([f64; 2]),
    Curve([f64; 6]),
    Close,
}

impl<'c> Canvas<'c> {
    pub(super) fn new(content: &'c mut Content, width: f64, height: f64) -> Self {
        Self { content, width, height, path: Vec::new(), fault: None }
    }

    /// The width of the surface.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// The height of the surface.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Begins at a point.
    pub fn move_to(&mut self, x: f64, y: f64) -> &mut Self {
        self.path.push(Segment::Move([x, y]));
        self
    }

    /// A straight line to a point.
    pub fn line_to(&mut self, x: f64, y: f64) -> &mut Self {
        self.go_on(Segment::Line([x, y]))
    }

    /// A Bézier curve with two control points to the point (`x`, `y`).
    pub fn curve_to(&mut self, x1: f64, y1: f64, x2: f64, y2: f64, x: f64, y: f64) -> &mut Self {
        self.go_on(Segment::Curve([x1, y1, x2, y2, x, y]))
    }

    /// A straight line back to where this part of the path began.
    pub fn close(&mut self) -> &mut Self {
        self.go_on(Segment::Close)
    }

    /// A rectangle by its lower left corner and its extent.
    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64) -> &mut Self {
        self.move_to(x, y).line_to(x + width, y).line_to(x + width, y + height).line_to(x, y + height).close()
    }

    /// An ellipse, or a circle, around a point.
    pub fn ellipse(&mut self, x: f64, y: f64, radius_x: f64, radius_y: f64) -> &mut Self {
        // The usual four curves: none is off the circle by more than 0.03 % of the radius.
        const REACH: f64 = 0.552_284_75;
        let (h, v) = (radius_x * REACH, radius_y * REACH);
        let (left, right, bottom, top) = (x - radius_x, x + radius_x, y - radius_y, y + radius_y);
        self.move_to(right, y)
            .curve_to(right, y + v, x + h, top, x, top)
            .curve_to(x - h, top, left, y + v, left, y)
            .curve_to(left, y - v, x - h, bottom, x, bottom)
            .curve_to(x + h, bottom, right, y - v, right, y)
            .close()
    }

    /// Fills the path. Where parts of it overlap, every second is left out (even-odd rule), so that a ring has a hole.
    pub fn fill(&mut self, color: Color) {
        Paint::from(color).fill(self.content);
        if self.emit() {
            self.content.fill_even_odd();
        }
    }

    /// Draws the path with a line of this width.
    pub fn stroke(&mut self, color: Color, width: f64) {
        self.check(&[width]);
        Paint::from(color).stroke(self.content);
        self.content.set_line_width(real(width.max(0.0)));
        if self.emit() {
            self.content.stroke();
        }
    }

    pub(super) fn finish(self) -> Result<()> {
        self.fault.map_or(Ok(()), |fault| Err(unusable(fault)))
    }

    fn go_on(&mut self, segment: Segment) -> &mut Self {
        if self.path.is_empty() {
            self.fault = Some("a drawing goes on where none began: move_to comes first");
        }
        self.path.push(segment);
        self
    }

    /// Writes the path and begins a new one; tells whether there was any.
    fn emit(&mut self) -> bool {
        let path = std::mem::take(&mut self.path);
        for segment in &path {
            match *segment {
                Segment::Move([x, y]) => {
                    self.check(&[x, y]);
                    self.content.move_to(real(x), real(y));
                }
                Segment::Line([x, y]) => {
                    self.check(&[x, y]);
                    self.content.line_to(real(x), real(y));
                }
                Segment::Curve(points) => {
                    self.check(&points);
                    let [x1, y1, x2, y2, x, y] = points.map(real);
                    self.content.cubic_to(x1, y1, x2, y2, x, y);
                }
                Segment::Close => {
                    self.content.close_path();
                }
            }
        }
        !path.is_empty()
    }

    /// 7.3.3 and annex C: numbers of a content stream are finite, and small enough for every reader.
    fn check(&mut self, values: &[f64]) {
        if !values.iter().all(|value| value.abs() <= 1e6) {
            self.fault = Some("a drawing has a coordinate that is no number or is beyond a million");
        }
    }
}

impl fmt::Debug for Canvas<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Canvas({} × {}, {:?})", self.width, self.height, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(draw: impl FnOnce(&mut Canvas<'_>)) -> Result<String> {
        let mut content = Content::new();
        let mut canvas = Canvas::new(&mut content, 10.0, 20.0);
        draw(&mut canvas);
        canvas.finish()?;
        Ok(String::from_utf8(content.finish().to_vec()).unwrap())
    }

    #[test]
    fn paths_are_painted_or_leave_no_trace() {
        let content = drawn(|canvas| {
            assert_eq!((canvas.width(), canvas.height()), (10.0, 20.0));
            canvas.rect(0.0, 0.0, 1.0, 2.5).fill(Color::BLACK);
            canvas.move_to(1.0, 1.0).line_to(2.0, 2.0).stroke(Color::WHITE, 0.5);
            canvas.move_to(9.0, 9.0);
        });
        let expected = "0 0 0 rg\n0 0 m\n1 0 l\n1 2.5 l\n0 2.5 l\nh\nf*\n1 1 1 RG\n0.5 w\n1 1 m\n2 2 l\nS";
        assert_eq!(content.unwrap(), expected);
    }

    #[test]
    fn what_no_reader_could_draw_is_an_error() {
        assert!(drawn(|canvas| canvas.line_to(1.0, 1.0).fill(Color::BLACK)).is_err());
        assert!(drawn(|canvas| canvas.move_to(f64::NAN, 1.0).close().fill(Color::BLACK)).is_err());
        assert!(drawn(|canvas| canvas.rect(0.0, 0.0, 1e9, 1.0).fill(Color::BLACK)).is_err());
        assert!(drawn(|canvas| canvas.rect(0.0, 0.0, 1.0, 1.0).stroke(Color::BLACK, f64::INFINITY)).is_err());
    }
}
