//! Where a seal stands on its page (ISO 32000-2, 7.7.3.3, 14.11.2).

use super::area::{Area, Rotation, number_of};
use super::unusable;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::view::View;

/// Where a visible signature stands.
///
/// Corners are those that a reader sees: of the crop box, and after the page was rotated. The seal stands upright for that reader.
/// Lengths are in points, or in the page's own unit where it has a `/UserUnit`.
///
/// # Examples
/// ```
/// use pades_ltv::{Page, Placement};
///
/// let contractor = Placement::bottom_right(Page::Last, 60.0, 60.0, 36.0);
/// let city = contractor.moved(-72.0, 0.0); // beside it
/// let third = Placement::at(1, [72.0, 72.0, 200.0, 120.0]); // page 1, in the page's own coordinates
/// let prepared = Placement::in_field(); // where the empty field stands
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    place: Place,
    /// To the right and up, as it is seen.
    moved: (f64, f64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Field,
    /// In the page's own coordinates.
    Rect(Page, [f64; 4]),
    Corner {
        page: Page,
        corner: Corner,
        size: (f64, f64),
        margin: f64,
    },
}

/// A page of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The page of this number; the first is 1.
    Number(usize),
    /// The last page.
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Corner {
    BottomLeft,
    BottomRight,
    TopLeft,
    TopRight,
}

/// A place on a page that was found in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) page: Ref,
    /// In the page's own coordinates.
    pub(super) area: Area,
    pub(super) rotation: Rotation,
}

impl Placement {
    /// In the rectangle of the field that is signed, which stands in the document with a rectangle already.
    pub fn in_field() -> Self {
        Self { place: Place::Field, moved: (0.0, 0.0) }
    }

    /// In a rectangle in the page's own coordinates (ISO 32000-2, 8.3.2.3), as `/Rect` has them: x and y of two opposite corners.
    pub fn at(page: impl Into<Page>, rect: [f64; 4]) -> Self {
        Self { place: Place::Rect(page.into(), rect), moved: (0.0, 0.0) }
    }

    /// In the lower left corner, `margin` away from the edges.
    pub fn bottom_left(page: impl Into<Page>, width: f64, height: f64, margin: f64) -> Self {
        Self::corner(page.into(), Corner::BottomLeft, (width, height), margin)
    }

    /// In the lower right corner, `margin` away from the edges.
    pub fn bottom_right(page: impl Into<Page>, width: f64, height: f64, margin: f64) -> Self {
        Self::corner(page.into(), Corner::BottomRight, (width, height), margin)
    }

    /// In the upper left corner, `margin` away from the edges.
    pub fn top_left(page: impl Into<Page>, width: f64, height: f64, margin: f64) -> Self {
        Self::corner(page.into(), Corner::TopLeft, (width, height), margin)
    }

    /// In the upper right corner, `margin` away from the edges.
    pub fn top_right(page: impl Into<Page>, width: f64, height: f64, margin: f64) -> Self {
        Self::corner(page.into(), Corner::TopRight, (width, height), margin)
    }

    /// The same size further to the right and further up, as the reader sees it; negative for left and down.
    #[must_use]
    pub fn moved(mut self, right: f64, up: f64) -> Self {
        self.moved = (self.moved.0 + right, self.moved.1 + up);
        self
    }

    fn corner(page: Page, corner: Corner, size: (f64, f64), margin: f64) -> Self {
        Self { place: Place::Corner { page, corner, size, margin }, moved: (0.0, 0.0) }
    }

    /// The place in this document; `None` for [`in_field`](Self::in_field).
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`] where the document has no such page, or the page does not show this place.
    pub(super) fn find(&self, view: View<'_>) -> Result<Option<Spot>> {
        let page = match self.place {
            Place::Field if self.moved == (0.0, 0.0) => return Ok(None),
            Place::Field => return Err(unusable("a seal in the rectangle of its field cannot be moved")),
            Place::Rect(page, _) | Place::Corner { page, .. } => page,
        };
        let (id, dictionary) = page.find(view)?;
        let visible = visible_area(view, &dictionary).map_err(|error| error.at(id))?;
        let rotation = rotation(view, &dictionary).map_err(|error| error.at(id))?;
        let area = match self.place {
            Place::Corner { corner, size, margin, .. } => {
                unseen(corner.area(size, margin, rotation, visible), rotation, visible)
            }
            Place::Rect(_, rect) => Area::between(rect),
            Place::Field => return Ok(None),
        };
        let area = area.moved(rotation.turned_vector(self.moved));
        Area::sized(area.width, area.height)?;
        if !visible.holds(&area) {
            let message = format!("the place of the seal, {}, is not within the visible page, {}", area, visible);
            return Err(unusable(message).at(page).advise("move it, or make it smaller"));
        }
        Ok(Some(Spot { page: id, area, rotation }))
    }
}

impl Page {
    fn find(self, view: View<'_>) -> Result<(Ref, Dictionary)> {
        let (mut count, mut last) = (0_usize, None);
        for page in view.pages()? {
            let page = page?;
            count = count.saturating_add(1);
            if self == Self::Number(count) {
                return Ok(page);
            }
            last = Some(page);
        }
        let missing = || unusable(format!("the document has no {self}: its pages are 1 to {count}"));
        last.filter(|_| self == Self::Last).ok_or_else(missing)
    }
}

impl From<usize> for Page {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl std::fmt::Display for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "page {number}"),
            Self::Last => f.write_str("the last page"),
        }
    }
}

impl Corner {
    /// The area as it is seen, counted from the lower left corner of what is seen.
    fn area(self, (width, height): (f64, f64), margin: f64, rotation: Rotation, visible: Area) -> Area {
        let (seen_width, seen_height) = rotation.turned((visible.width, visible.height));
        let left = match self {
            Self::BottomLeft | Self::TopLeft => margin,
            Self::BottomRight | Self::TopRight => seen_width - margin - width,
        };
        let bottom = match self {
            Self::BottomLeft | Self::BottomRight => margin,
            Self::TopLeft | Self::TopRight => seen_height - margin - height,
        };
        Area { left, bottom, width, height }
    }
}

/// From what is seen to the page's own coordinates.
fn unseen(seen: Area, rotation: Rotation, visible: Area) -> Area {
    let (width, height) = rotation.turned((visible.width, visible.height));
    let [a, b, c, d, e, f] = rotation.matrix(width, height);
    let point = |x: f64, y: f64| (a * x + c * y + e + visible.left, b * x + d * y + f + visible.bottom);
    let (first, second) = (point(seen.left, seen.bottom), point(seen.right(), seen.top()));
    Area::between([first.0, first.1, second.0, second.1])
}

/// How a page is turned when it is shown.
pub(super) fn rotation(view: View<'_>, page: &Dictionary) -> Result<Rotation> {
    let degrees = match view.inherited(page, "Rotate")? {
        Object::Null => Some(0.0),
        degrees => number_of(&degrees),
    };
    let turned = |degrees: f64| format!("{degrees:.0}").parse().ok().and_then(Rotation::from_degrees);
    let rotation = degrees.filter(|degrees| degrees.fract() == 0.0).and_then(turned);
    rotation.ok_or_else(|| Error::new(ErrorKind::Syntax, "/Rotate of the page is no multiple of 90"))
}

/// What of a page is shown: the crop box, as far as it lies within the media box (14.11.2.1).
fn visible_area(view: View<'_>, page: &Dictionary) -> Result<Area> {
    let broken = |key: &str| Error::new(ErrorKind::Syntax, format!("/{key} of the page is no rectangle"));
    let media = area_of(view, &view.inherited(page, "MediaBox")?)?.ok_or_else(|| broken("MediaBox"))?;
    match view.inherited(page, "CropBox")? {
        Object::Null => Ok(media),
        crop => {
            let crop = area_of(view, &crop)?.ok_or_else(|| broken("CropBox"))?;
            Ok(crop.meet(&media).unwrap_or(media))
        }
    }
}

/// The area of a rectangle object; `None` where it is none, or empty.
pub(super) fn area_of(view: View<'_>, object: &Object) -> Result<Option<Area>> {
    let Object::Array(items) = object else { return Ok(None) };
    let mut corners = [0.0; 4];
    if items.len() != corners.len() {
        return Ok(None);
    }
    for (corner, item) in corners.iter_mut().zip(items) {
        match number_of(&*view.resolve(item)?) {
            Some(value) => *corner = value,
            None => return Ok(None),
        }
    }
    Ok(Some(Area::between(corners)).filter(|area| area.width > 0.0 && area.height > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::specimen;

    /// The area that a placement finds on a page of these entries.
    fn found(page: &str, placement: Placement) -> Result<[f64; 4]> {
        let page = format!("<< /Type /Page /Parent 2 0 R {page} >>");
        let pdf = specimen::table_pdf(&specimen::one_page_with(&[(3, &page)]), "");
        let document = Document::open(&pdf).unwrap();
        let area = placement.find(document.latest())?.unwrap().area;
        Ok([area.left, area.bottom, area.right(), area.top()])
    }

    #[test]
    fn corners_are_those_that_a_reader_sees() {
        let boxes = "/MediaBox [0 0 600 800] /CropBox [100 50 400 750]";
        for (rotate, corners) in [
            (0, [[105, 55, 145, 75], [355, 55, 395, 75], [105, 725, 145, 745], [355, 725, 395, 745]]),
            (90, [[375, 55, 395, 95], [375, 705, 395, 745], [105, 55, 125, 95], [105, 705, 125, 745]]),
            (180, [[355, 725, 395, 745], [105, 725, 145, 745], [355, 55, 395, 75], [105, 55, 145, 75]]),
            (-90, [[105, 705, 125, 745], [105, 55, 125, 95], [375, 705, 395, 745], [375, 55, 395, 95]]),
        ] {
            let placements = [
                Placement::bottom_left(1, 40.0, 20.0, 5.0),
                Placement::bottom_right(1, 40.0, 20.0, 5.0),
                Placement::top_left(1, 40.0, 20.0, 5.0),
                Placement::top_right(1, 40.0, 20.0, 5.0),
            ];
            for (placement, expected) in placements.into_iter().zip(corners) {
                let area = found(&format!("{boxes} /Rotate {rotate}"), placement);
                assert_eq!(area.unwrap(), expected.map(f64::from), "{rotate}");
            }
        }
    }

    #[test]
    fn moving_follows_the_reader() {
        for (rotate, way) in [(0, (20.0, 5.0)), (90, (-5.0, 20.0)), (180, (-20.0, -5.0)), (270, (5.0, -20.0))] {
            let placement = Placement::at(1, [20.0, 20.0, 10.0, 10.0]).moved(10.0, 5.0).moved(10.0, 0.0);
            let page = format!("/MediaBox [-90 -90 90 90] /Rotate {rotate}");
            let [x0, y0, x1, y1] = found(&page, placement).unwrap();
            let middle = ((x0 + x1) / 2.0 - 15.0, (y0 + y1) / 2.0 - 15.0);
            assert_eq!(middle, way, "{rotate}");
        }
    }

    #[test]
    fn what_no_reader_would_see_is_refused() {
        let a4 = "/MediaBox [0 0 595 842]";
        for (page, placement, why) in [
            (a4, Placement::bottom_right(2, 10.0, 10.0, 0.0), "the document has no page 2: its pages are 1 to 1"),
            (a4, Placement::bottom_right(0, 10.0, 10.0, 0.0), "no page 0: its pages are"),
            (a4, Placement::bottom_right(1, 600.0, 10.0, 0.0), "not within the visible page"),
            (a4, Placement::bottom_right(1, 0.0, 10.0, 0.0), "nothing can be shown"),
            (a4, Placement::bottom_right(1, 10.0, 10.0, f64::NAN), "nothing can be shown"),
            (a4, Placement::at(1, [500.0, 10.0, 600.0, 60.0]), "not within the visible page"),
            (a4, Placement::in_field().moved(1.0, 0.0), "cannot be moved"),
            ("/MediaBox [0 0 595]", Placement::at(1, [0.0, 0.0, 9.0, 9.0]), "/MediaBox of the page is no rectangle"),
            ("/MediaBox [0 0 99 99] /Rotate 45", Placement::at(1, [0.0, 0.0, 9.0, 9.0]), "no multiple of 90"),
        ] {
            let error = found(page, placement).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
        assert!(found(a4, Placement::top_left(Page::Last, 595.0, 842.0, 0.0)).is_ok());
    }
}
