//! From a text to lines at places: wrapping and fitting.
//!
//! Invariant: all of the text is shown, and within its area; or it is an error.

use super::area::{Area, factor};
use super::font::{Font, Glyph};
use super::line_break::may_break;
use super::text::{Align, FontSize, VerticalAlign};
use super::unusable;
use crate::error::{Error, Result};

/// Below this size in points nobody reads a letter in print.
const SMALLEST: f64 = 3.0;
/// Above it no letter fits on a page.
const LARGEST: f64 = 14_400.0;
/// The longest text, in characters. A page full of small print has 10,000.
const LONGEST: usize = 20_000;
/// Steps of the search for a size: they halve the range down to a thousandth of a point.
const STEPS: usize = 24;
/// What rounding may add to a sum of widths, as a part of the whole.
const ROUNDING: f64 = 1.000_001;

/// A text, laid out.
#[derive(Debug)]
pub(super) struct Layout {
    /// The font size in points.
    pub(super) size: f64,
    pub(super) lines: Vec<Line>,
}

/// A line and where its first letter stands on the baseline.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) glyphs: Vec<Glyph>,
}

/// Whether lines that are too long are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrap {
    /// Where a reader expects it.
    Words,
    /// Where there is no other place, in the middle of a word, too.
    Anywhere,
    Never,
}

/// A text before it is laid out.
pub(super) struct Paragraphs<'f> {
    font: &'f Font,
    lines: Vec<Vec<Glyph>>,
}

impl<'f> Paragraphs<'f> {
    /// The lines of `text` as the author ended them.
    pub(super) fn new(font: &'f Font, text: &str) -> Result<Self> {
        if text.chars().nth(LONGEST).is_some() {
            return Err(unusable(format!("the text has more than {LONGEST} characters")));
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines = text.trim_end_matches('\n').split('\n').map(|line| font.glyphs(line.trim_end_matches(' ')));
        Ok(Self { font, lines: lines.collect::<Result<_>>()? })
    }

    /// The lines before any is wrapped.
    pub(super) fn lines(&self) -> &[Vec<Glyph>] {
        &self.lines
    }

    /// Lays the text out in `area`.
    pub(super) fn lay_out(
        &self,
        area: Area,
        size: FontSize,
        wraps: &[Wrap],
        (align, vertical): (Align, VerticalAlign),
    ) -> Result<Layout> {
        let (size, lines) = match size {
            FontSize::Fixed(size) => (size, self.at_size(area, size, wraps).ok_or_else(|| self.too_large(area, size))?),
            FontSize::AtMost(size) => self.fit(area, size, wraps).ok_or_else(|| self.too_large(area, SMALLEST))?,
        };
        let (line_height, metrics) = (self.font.line_height() * size, self.font.metrics());
        let room = area.height - line_height * factor(lines.len());
        let top = match vertical {
            VerticalAlign::Top => area.top(),
            VerticalAlign::Middle => area.top() - room / 2.0,
            VerticalAlign::Bottom => area.top() - room,
        };
        let place = |(index, glyphs): (usize, Vec<Glyph>)| {
            let room = area.width - width(&glyphs) * size;
            let x = match align {
                Align::Left => area.left,
                Align::Center => area.left + room / 2.0,
                Align::Right => area.left + room,
            };
            Line { x, y: top - line_height * factor(index) - metrics.ascent * size, glyphs }
        };
        Ok(Layout { size, lines: lines.into_iter().enumerate().map(place).collect() })
    }

    /// The largest size that fits, up to `most`, with the lines that it makes. The first way to wrap that is possible is taken.
    fn fit(&self, area: Area, most: f64, wraps: &[Wrap]) -> Option<(f64, Vec<Vec<Glyph>>)> {
        let most = most.min(LARGEST);
        let at = |size: f64, wrap: Wrap| Some((size, self.at_size(area, size, &[wrap])?));
        let wrap = *wraps.iter().find(|wrap| at(SMALLEST.min(most), **wrap).is_some())?;
        if let Some(found) = at(most, wrap) {
            return Some(found);
        }
        let (mut fits, mut too_large) = (SMALLEST, most);
        for _ in 0..STEPS {
            let middle = (fits + too_large) / 2.0;
            match at(middle, wrap) {
                Some(_) => fits = middle,
                None => too_large = middle,
            }
        }
        // A round size is easier to find again in the file; the search ends a thousandth below the largest.
        let round = |size: f64| (size * 10.0).floor() / 10.0;
        [round(fits + 0.001), round(fits), fits].into_iter().find_map(|size| at(size, wrap))
    }

    /// The lines in this size, if all of them fit.
    fn at_size(&self, area: Area, size: f64, wraps: &[Wrap]) -> Option<Vec<Vec<Glyph>>> {
        if !(size > 0.0 && size <= LARGEST) {
            return None;
        }
        let width = area.width / size * ROUNDING;
        let most = area.height / (size * self.font.line_height()) * ROUNDING;
        let wrapped = |wrap: &Wrap| {
            let lines: Option<Vec<_>> = self.lines.iter().map(|line| wrapped(line, width, *wrap)).collect();
            lines.map(|lines| lines.concat()).filter(|lines| factor(lines.len()) <= most)
        };
        wraps.iter().find_map(wrapped)
    }

    fn too_large(&self, area: Area, size: f64) -> Error {
        let text: String = self.lines.iter().flatten().take(20).map(|glyph| glyph.character).collect();
        let (width, height) = (area.width, area.height);
        unusable(format!("the text “{text}…” does not fit into {width:.1} × {height:.1} points at the size {size:.1}"))
            .advise("make the area larger, the text shorter or its size smaller")
    }
}

/// The width of a line as a multiple of the font size.
fn width(glyphs: &[Glyph]) -> f64 {
    glyphs.iter().map(|glyph| glyph.advance).sum()
}

/// `line`, broken into lines of at most `most`; `None` where that cannot be.
fn wrapped(line: &[Glyph], most: f64, wrap: Wrap) -> Option<Vec<Vec<Glyph>>> {
    let mut lines = Vec::new();
    let mut rest = line;
    loop {
        let (head, tail) = rest.split_at_checked(line_end(rest, most, wrap)?)?;
        lines.push(without_spaces(head).to_vec());
        rest = tail;
        if rest.is_empty() {
            return Some(lines);
        }
    }
}

/// How many glyphs the first line takes, spaces at its end included.
fn line_end(rest: &[Glyph], most: f64, wrap: Wrap) -> Option<usize> {
    let (mut sum, mut last_break) = (0.0, None);
    let mut previous = None;
    for (index, glyph) in rest.iter().enumerate() {
        if previous.is_some_and(|previous| may_break(previous, glyph.character)) {
            last_break = Some(index);
        }
        previous = Some(glyph.character);
        sum += glyph.advance;
        // Spaces may hang over the end of a line: nobody sees them.
        if sum > most && glyph.character != ' ' {
            return match wrap {
                Wrap::Never => None,
                Wrap::Words => last_break,
                Wrap::Anywhere => last_break.or(Some(index)).filter(|end| *end > 0),
            };
        }
    }
    Some(rest.len())
}

fn without_spaces(mut line: &[Glyph]) -> &[Glyph] {
    while let [head @ .., Glyph { character: ' ', .. }] = line {
        line = head;
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pdf::appearance::fixture::font;

    const BOX: Area = Area { left: 10.0, bottom: 20.0, width: 100.0, height: 50.0 };
    const MIDDLE: (Align, VerticalAlign) = (Align::Center, VerticalAlign::Middle);

    fn lines(layout: &Layout) -> Vec<String> {
        layout.lines.iter().map(|line| line.glyphs.iter().map(|glyph| glyph.character).collect()).collect()
    }

    fn laid_out(text: &str, size: FontSize, wraps: &[Wrap]) -> Result<Layout> {
        let font = font("abc 契約書。-");
        Paragraphs::new(&font, text)?.lay_out(BOX, size, wraps, MIDDLE)
    }

    #[test]
    fn long_lines_are_wrapped_where_readers_expect_it() {
        let layout = laid_out("aaa bb  契約書。a\n\nb\n", FontSize::Fixed(20.0), &[Wrap::Words]);
        assert!(layout.is_err(), "three lines of 20 points are higher than 50");
        let layout = laid_out("aaaaa bbbbb", FontSize::Fixed(20.0), &[Wrap::Words]).unwrap();
        assert_eq!(lines(&layout), ["aaaaa", "bbbbb"]);
        let layout = laid_out("契約書契約。", FontSize::Fixed(20.0), &[Wrap::Words]).unwrap();
        assert_eq!(lines(&layout), ["契約書契", "約。"], "a full stop begins no line");
    }

    #[test]
    fn words_are_broken_only_where_asked() {
        let word = "aaaaaaaaaaaaaaa";
        assert!(laid_out(word, FontSize::Fixed(20.0), &[Wrap::Words]).is_err());
        let layout = laid_out(word, FontSize::Fixed(20.0), &[Wrap::Words, Wrap::Anywhere]).unwrap();
        assert_eq!(lines(&layout), ["aaaaaaaaaa", "aaaaa"]);
        let error = laid_out("aa bb", FontSize::Fixed(60.0), &[Wrap::Never]).unwrap_err().to_string();
        assert!(error.contains("“aa bb…” does not fit into 100.0 × 50.0 points at the size 60.0"), "{error}");
    }

    #[test]
    fn lines_stand_where_they_should() {
        let font = font("ab");
        let text = Paragraphs::new(&font, "aa\nb").unwrap();
        for (align, vertical, first, second) in [
            (Align::Left, VerticalAlign::Top, (10.0, 62.0), (10.0, 52.0)),
            (Align::Center, VerticalAlign::Middle, (55.0, 47.0), (57.5, 37.0)),
            (Align::Right, VerticalAlign::Bottom, (100.0, 32.0), (105.0, 22.0)),
        ] {
            let layout = text.lay_out(BOX, FontSize::Fixed(10.0), &[Wrap::Never], (align, vertical)).unwrap();
            let places: Vec<_> = layout.lines.iter().map(|line| (line.x, line.y)).collect();
            assert_eq!(places, [first, second], "{align:?} {vertical:?}");
        }
    }

    #[test]
    fn the_largest_size_that_fits_is_found() {
        let most = FontSize::AtMost(f64::MAX);
        assert_eq!(laid_out("契", most, &[Wrap::Words]).unwrap().size, 50.0);
        assert_eq!(laid_out("契約書契約", most, &[Wrap::Never]).unwrap().size, 20.0);
        assert_eq!(laid_out("契約書契約", most, &[Wrap::Words]).unwrap().size, 25.0);
        assert_eq!(laid_out("契約書契約", FontSize::AtMost(7.0), &[Wrap::Words]).unwrap().size, 7.0);
        assert!(laid_out(&"契".repeat(600), most, &[Wrap::Words]).is_err(), "below 3 points nobody reads");
    }

    proptest! {
        #[test]
        fn all_of_a_text_is_shown_within_its_area(
            text in "[abc 契約書。\\-]{0,60}(\n[abc 契約]{1,20}){0,3}",
            width in 40.0..400.0_f64,
            height in 20.0..200.0_f64,
        ) {
            let font = font("abc 契約書。-");
            let area = Area { width, height, ..BOX };
            let text = text.trim_end_matches(['\n', ' ']);
            let paragraphs = Paragraphs::new(&font, text).unwrap();
            let wraps = [Wrap::Words, Wrap::Anywhere];
            let Ok(layout) = paragraphs.lay_out(area, FontSize::AtMost(30.0), &wraps, MIDDLE) else { return Ok(()) };
            let visible = |text: &str| text.replace([' ', '\n'], "");
            prop_assert_eq!(visible(&lines(&layout).concat()), visible(text));
            for line in &layout.lines {
                let shown = Area {
                    left: line.x,
                    bottom: line.y - 0.2 * layout.size,
                    width: super::width(&line.glyphs) * layout.size,
                    height: layout.size,
                };
                prop_assert!(area.holds(&shown), "{:?} in {:?}", shown, area);
            }
        }
    }
}
