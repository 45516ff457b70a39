//! Frames and tints on two pictures.
//!
//! Invariant: what lies outside a picture is not drawn; nothing here can fail.

use super::Picture;
use crate::report::Change;

const GREEN: [u8; 3] = [0, 150, 60];
const RED: [u8; 3] = [215, 20, 30];
/// How many pixels wide a frame is.
const WIDTH: u32 = 3;
/// The side of the squares that are compared, and tinted as a whole, in pixels.
const TILE: usize = 8;

/// The place of a change on a page, in pixels: left, top, right, bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    corners: [u32; 4],
    color: [u8; 3],
}

impl Frame {
    /// Where `change` lies on its page; none where it says no place, or one without extent.
    pub(super) fn new(change: &Change, to_pixels: [f64; 6]) -> Option<Self> {
        let [left, bottom, right, top] = change.rect?.corners();
        let [a, b, c, d, e, f] = to_pixels;
        let point = |x: f64, y: f64| (a * x + c * y + e, b * x + d * y + f);
        let ((x1, y1), (x2, y2)) = (point(left, bottom), point(right, top));
        let corners = [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)].map(pixel);
        let [left, top, right, bottom] = corners;
        (left < right && top < bottom).then_some(Self { corners, color: color(change.allowed) })
    }

    fn holds(&self, x: u32, y: u32) -> bool {
        let [left, top, right, bottom] = self.corners;
        (left..=right).contains(&x) && (top..=bottom).contains(&y)
    }

    /// Whether a pixel lies on the frame itself, which surrounds its place.
    fn is_drawn(&self, x: u32, y: u32) -> bool {
        let [left, top, right, bottom] = self.corners;
        let (outer_left, outer_top) = (left.saturating_sub(WIDTH), top.saturating_sub(WIDTH));
        let is_near = (outer_left..=right.saturating_add(WIDTH)).contains(&x)
            && (outer_top..=bottom.saturating_add(WIDTH)).contains(&y);
        is_near && !self.holds(x, y)
    }
}

/// Marks the frames on both pictures, and tints what looks different elsewhere.
pub(super) fn mark((before, after): (&mut Picture, &mut Picture), frames: &[Frame], is_permitted: bool) {
    let differs = differing(before, after);
    for picture in [before, after] {
        let (width, tiles) = (picture.width.max(1), across(picture.width));
        for (index, pixel) in (0_u32..).zip(picture.rgba.as_chunks_mut::<4>().0) {
            let (x, y) = (index.checked_rem(width).unwrap_or(0), index.checked_div(width).unwrap_or(0));
            let tile = tile(x).saturating_add(tile(y).saturating_mul(tiles));
            let [red, green, blue, _] = pixel;
            let is_framed = frames.iter().any(|frame| frame.holds(x, y));
            if let Some(frame) = frames.iter().rev().find(|frame| frame.is_drawn(x, y)) {
                [*red, *green, *blue] = frame.color;
            } else if !is_framed && differs.get(tile).is_some_and(|differs| *differs) {
                let tint = color(is_permitted);
                [*red, *green, *blue] = [mixed(*red, tint[0]), mixed(*green, tint[1]), mixed(*blue, tint[2])];
            }
        }
    }
}

/// Which squares look different; all of them where the pictures have not the same size.
fn differing(before: &Picture, after: &Picture) -> Vec<bool> {
    let (width, height) = (before.width.max(after.width), before.height.max(after.height));
    let tiles = across(width);
    let is_alike = (before.width, before.height) == (after.width, after.height);
    let mut differs = vec![!is_alike; tiles.saturating_mul(across(height))];
    if !is_alike {
        return differs;
    }
    let pixels = before.rgba.as_chunks::<4>().0.iter().zip(after.rgba.as_chunks::<4>().0);
    for (index, _) in (0_u32..).zip(pixels).filter(|(_, (before, after))| before != after) {
        let (x, y) = (index.checked_rem(width).unwrap_or(0), index.checked_div(width).unwrap_or(0));
        if let Some(differs) = differs.get_mut(tile(x).saturating_add(tile(y).saturating_mul(tiles))) {
            *differs = true;
        }
    }
    differs
}

fn tile(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX) / TILE
}

/// How many squares lie side by side.
fn across(extent: u32) -> usize {
    tile(extent).saturating_add(1)
}

fn color(is_permitted: bool) -> [u8; 3] {
    if is_permitted { GREEN } else { RED }
}

/// Half of each.
fn mixed(one: u8, other: u8) -> u8 {
    u8::midpoint(one, other)
}

/// The pixel at a place, the nearest where it lies outside of any picture.
fn pixel(place: f64) -> u32 {
    const MOST: f64 = 65_535.0;
    #[expect(clippy::as_conversions, reason = "clamped to what both types hold")]
    let pixel = place.clamp(0.0, MOST) as u32;
    pixel
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Picture {
        Picture { width, height, rgba: vec![255; (width * height * 4) as usize] }
    }

    fn at(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
        let start = ((y * picture.width + x) * 4) as usize;
        picture.rgba[start..start + 3].try_into().unwrap()
    }

    #[test]
    fn frames_surround_their_place_and_other_differences_are_tinted() {
        let (mut before, mut after) = (picture(64, 64), picture(64, 64));
        let place = ((40 * 64 + 40) * 4) as usize;
        after.rgba[place] = 0;
        let inside = ((12 * 64 + 12) * 4) as usize;
        after.rgba[inside] = 0;
        let frame = Frame { corners: [10, 10, 20, 20], color: GREEN };
        mark((&mut before, &mut after), &[frame], false);
        for picture in [&before, &after] {
            assert_eq!([at(picture, 9, 15), at(picture, 7, 23)], [GREEN, GREEN]);
            assert_eq!(at(picture, 15, 15), [255; 3]);
            assert_eq!(at(picture, 6, 15), [255; 3]);
            assert_eq!(at(picture, 47, 47), RED.map(|color| mixed(255, color)));
            assert_eq!(at(picture, 48, 48), [255; 3]);
        }
    }

    #[test]
    fn pages_of_another_size_differ_everywhere() {
        let (mut before, mut after) = (picture(8, 8), picture(8, 16));
        mark((&mut before, &mut after), &[], true);
        assert!(
            [at(&before, 0, 0), at(&after, 7, 15)].iter().all(|pixel| *pixel == GREEN.map(|color| mixed(255, color)))
        );
    }
}
