//! Rectangles, and numbers as content streams hold them.

use std::fmt;

use super::unusable;
use crate::error::Result;
use crate::pdf::object::Object;

/// An upright rectangle, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) bottom: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    /// An area whose corner is the origin.
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`](crate::ErrorKind::Appearance) where it is empty, or larger than a page can be.
    pub(super) fn sized(width: f64, height: f64) -> Result<Self> {
        // ISO 32000-1, annex C.2: pages have at most 14,400 units; comparing with it refuses what is no number, too.
        let possible = |length: f64| length > 0.0 && length <= 14_400.0;
        if possible(width) && possible(height) {
            return Ok(Self { left: 0.0, bottom: 0.0, width, height });
        }
        Err(unusable(format!("nothing can be shown in {width} × {height} points")))
    }

    /// The area between two opposite corners, whichever they are (7.9.5).
    pub(super) fn between([x0, y0, x1, y1]: [f64; 4]) -> Self {
        Self { left: x0.min(x1), bottom: y0.min(y1), width: (x1 - x0).abs(), height: (y1 - y0).abs() }
    }

    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(super) fn top(&self) -> f64 {
        self.bottom + self.height
    }

    /// What is left within a margin; empty where the margin takes all.
    pub(super) fn inset(&self, margin: f64) -> Self {
        let shrunk = |length: f64| (length - 2.0 * margin).max(0.0);
        Self {
            left: self.left + margin.min(self.width / 2.0),
            bottom: self.bottom + margin.min(self.height / 2.0),
            width: shrunk(self.width),
            height: shrunk(self.height),
        }
    }

    /// The same extent elsewhere.
    pub(super) fn moved(&self, (right, up): (f64, f64)) -> Self {
        Self { left: self.left + right, bottom: self.bottom + up, ..*self }
    }

    /// A part of it: left, bottom, right and top as fractions of its width and height.
    pub(super) fn part(&self, [left, bottom, right, top]: [f64; 4]) -> Self {
        let x = |fraction: f64| self.left + self.width * fraction;
        let y = |fraction: f64| self.bottom + self.height * fraction;
        Self::between([x(left), y(bottom), x(right), y(top)])
    }

    /// The largest area of the proportions `width` to `height` in the middle of this one.
    pub(super) fn around(&self, width: f64, height: f64) -> Self {
        let scale = (self.width / width).min(self.height / height);
        let (width, height) = (width * scale, height * scale);
        Self {
            left: self.left + (self.width - width) / 2.0,
            bottom: self.bottom + (self.height - height) / 2.0,
            width,
            height,
        }
    }

    /// Whether `other` lies within, but for rounding.
    pub(super) fn holds(&self, other: &Self) -> bool {
        const ROUNDING: f64 = 0.01;
        other.left >= self.left - ROUNDING
            && other.bottom >= self.bottom - ROUNDING
            && other.right() <= self.right() + ROUNDING
            && other.top() <= self.top() + ROUNDING
    }

    /// What both have in common, if anything.
    pub(super) fn meet(&self, other: &Self) -> Option<Self> {
        let (left, bottom) = (self.left.max(other.left), self.bottom.max(other.bottom));
        let (right, top) = (self.right().min(other.right()), self.top().min(other.top()));
        (left < right && bottom < top).then(|| Self::between([left, bottom, right, top]))
    }

    /// As a PDF rectangle (7.9.5).
    pub(super) fn to_object(self) -> Object {
        Object::Array([self.left, self.bottom, self.right(), self.top()].map(number).into())
    }

    /// As pdf-writer's rectangle.
    pub(super) fn to_rect(self) -> pdf_writer::Rect {
        pdf_writer::Rect::new(real(self.left), real(self.bottom), real(self.right()), real(self.top()))
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:.1} {:.1} {:.1} {:.1}]", self.left, self.bottom, self.right(), self.top())
    }
}

/// How a page, or a widget on it, is turned: degrees counterclockwise that make its content stand upright again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rotation {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl Rotation {
    /// From any multiple of 90, as in `/Rotate` (7.7.3.3) and `/R` (table 192).
    pub(super) fn from_degrees(degrees: i64) -> Option<Self> {
        match degrees.rem_euclid(360) {
            0 => Some(Self::None),
            90 => Some(Self::Quarter),
            180 => Some(Self::Half),
            270 => Some(Self::ThreeQuarters),
            _ => None,
        }
    }

    pub(super) fn degrees(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }

    /// The extent that something of this extent has when it is turned.
    pub(super) fn turned(self, (width, height): (f64, f64)) -> (f64, f64) {
        match self {
            Self::None | Self::Half => (width, height),
            Self::Quarter | Self::ThreeQuarters => (height, width),
        }
    }

    /// A way, turned.
    pub(super) fn turned_vector(self, (right, up): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, ..] = self.matrix(0.0, 0.0);
        (a * right + c * up, b * right + d * up)
    }

    /// The matrix that turns a box of `width` and `height` at the origin, and brings its corner back there.
    pub(super) fn matrix(self, width: f64, height: f64) -> [f64; 6] {
        match self {
            Self::None => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            Self::Quarter => [0.0, 1.0, -1.0, 0.0, height, 0.0],
            Self::Half => [-1.0, 0.0, 0.0, -1.0, width, height],
            Self::ThreeQuarters => [0.0, -1.0, 1.0, 0.0, 0.0, width],
        }
    }
}

/// `value` as pdf-writer takes it, rounded to what is seen: no number has an exponent then, which PDF does not know.
#[expect(clippy::as_conversions, reason = "there is no other way from f64 to f32, and it saturates")]
pub(super) fn real(value: f64) -> f32 {
    ((value * 10_000.0).round() / 10_000.0) as f32
}

/// `value` as an object.
pub(super) fn number(value: f64) -> Object {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text.parse() {
        Ok(integer) => Object::Integer(integer),
        Err(_) => Object::Real(text.to_owned()),
    }
}

/// The value of a number object; `None` for anything else.
pub(super) fn number_of(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(value) => i32::try_from(*value).ok().map(f64::from),
        // 7.3.3: no exponents and no names of numbers, which Rust knows; `.5` and `5.` are numbers for both.
        Object::Real(spelling) if spelling.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) => {
            spelling.parse().ok().filter(|value: &f64| value.is_finite())
        }
        _ => None,
    }
}

/// A count as a factor.
pub(super) fn factor(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// How many whole times; none for what is no number.
#[expect(clippy::as_conversions, reason = "the number is within bounds")]
pub(super) fn whole(times: f64) -> usize {
    times.clamp(0.0, 100_000.0) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_have_no_exponent() {
        for (value, text) in [(0.0, "0"), (-0.000_01, "0"), (12.0, "12"), (0.125, "0.125"), (-7.5, "-7.5")] {
            let text_of = |object| String::from_utf8(crate::pdf::serializer::serialize(&object)).unwrap();
            assert_eq!(text_of(number(value)), text);
            assert_eq!(f64::from(real(value)), text.parse::<f64>().unwrap());
        }
        assert_eq!(number_of(&Object::Real("-.5".into())), Some(-0.5));
        assert_eq!(number_of(&Object::Real("5.".into())), Some(5.0));
        assert_eq!(number_of(&Object::name("5")), None);
        assert_eq!(["1e3", "inf", "NaN"].map(|text| number_of(&Object::Real(text.into()))), [None; 3]);
    }

    #[test]
    fn impossible_sizes_are_refused() {
        for (width, height) in [(0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0), (1.0, 20_000.0)] {
            assert!(Area::sized(width, height).is_err(), "{width} {height}");
        }
    }

    proptest! {
        #[test]
        fn turning_keeps_the_box_at_the_origin(width in 1.0..500.0_f64, height in 1.0..500.0_f64, turns in 0..4_i64) {
            let rotation = Rotation::from_degrees(turns * 90).unwrap();
            let [a, b, c, d, e, f] = rotation.matrix(width, height);
            let turned = |x: f64, y: f64| (a * x + c * y + e, b * x + d * y + f);
            let (first, last) = (turned(0.0, 0.0), turned(width, height));
            let area = Area::between([first.0, first.1, last.0, last.1]);
            let (turned_width, turned_height) = rotation.turned((width, height));
            prop_assert_eq!(area, Area { left: 0.0, bottom: 0.0, width: turned_width, height: turned_height });
        }

        #[test]
        fn what_is_fitted_in_stays_in(width in 0.1..500.0_f64, height in 0.1..500.0_f64, w in 1.0..9.0_f64, h in 1.0..9.0_f64) {
            let area = Area { left: 3.0, bottom: -4.0, width, height };
            let fitted = area.around(w, h);
            prop_assert!(area.holds(&fitted));
            prop_assert!((fitted.width / fitted.height - w / h).abs() < 1e-6);
            prop_assert!(area.holds(&area.inset(width)) && area.holds(&area.part([0.1, 0.2, 0.9, 1.0])));
        }
    }
}
