//! Predictors of FlateDecode and LZWDecode (7.4.4.4): PNG (RFC 2083, 6) and TIFF 2.

use super::damaged;
use crate::error::{Error, ErrorKind, Result};

/// What was done to the data before compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Predictor {
    None,
    Tiff { colors: usize, bits: usize, columns: usize },
    Png { colors: usize, bits: usize, columns: usize },
}

impl Predictor {
    /// From `/DecodeParms`: `number` finds a key's value or takes the default.
    pub(super) fn new(number: &dyn Fn(&str, i64) -> Result<i64>) -> Result<Self> {
        let kind = number("Predictor", 1)?;
        if kind <= 1 {
            return Ok(Self::None);
        }
        let bounded = |key, default, most| match usize::try_from(number(key, default)?) {
            Ok(value) if (1..=most).contains(&value) => Ok(value),
            _ => Err(damaged("a predictor parameter is out of range")),
        };
        let colors = bounded("Colors", 1, 256)?;
        let bits = bounded("BitsPerComponent", 8, 16)?;
        let columns = bounded("Columns", 1, 1 << 24)?;
        match kind {
            2 if bits == 8 => Ok(Self::Tiff { colors, bits, columns }),
            2 => Err(Error::new(ErrorKind::Unsupported, "the TIFF predictor is supported for 8 bits only")),
            10..=15 => Ok(Self::Png { colors, bits, columns }),
            _ => Err(damaged("an unknown predictor")),
        }
    }

    pub(super) fn undo(self, data: Vec<u8>) -> Result<Vec<u8>> {
        match self {
            Self::None => Ok(data),
            Self::Tiff { colors, bits: _, columns } => Ok(tiff(data, colors, colors.saturating_mul(columns))),
            Self::Png { colors, bits, columns } => {
                let pixel = colors.saturating_mul(bits);
                png(&data, pixel.div_ceil(8), pixel.saturating_mul(columns).div_ceil(8))
            }
        }
    }
}

/// Each component is the difference to the same component of the pixel to its left.
fn tiff(mut data: Vec<u8>, pixel: usize, row: usize) -> Vec<u8> {
    for row in data.chunks_mut(row.max(1)) {
        for index in pixel..row.len() {
            let left = row.get(index.saturating_sub(pixel)).copied().unwrap_or_default();
            if let Some(byte) = row.get_mut(index) {
                *byte = byte.wrapping_add(left);
            }
        }
    }
    data
}

/// Each row starts with the number of its own filter, whatever `/Predictor` says.
fn png(data: &[u8], pixel: usize, row: usize) -> Result<Vec<u8>> {
    let mut decoded: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = 0..0;
    for coded in data.chunks(row.saturating_add(1)) {
        let Some((&filter, coded)) = coded.split_first() else { continue };
        let start = decoded.len();
        for (index, byte) in coded.iter().enumerate() {
            let at = |place: Option<usize>| place.and_then(|place| decoded.get(place)).copied().unwrap_or_default();
            let left_index = index.checked_sub(pixel);
            let from = |base: usize, index: Option<usize>| index.and_then(|index| base.checked_add(index));
            let first_row = above.is_empty();
            let left = at(from(start, left_index));
            let up = if first_row { 0 } else { at(from(above.start, Some(index))) };
            let corner = if first_row { 0 } else { at(from(above.start, left_index)) };
            let predicted = match filter {
                0 => 0,
                1 => left,
                2 => up,
                3 => left.midpoint(up),
                4 => paeth(left, up, corner),
                _ => return Err(damaged("an unknown PNG filter")),
            };
            decoded.push(byte.wrapping_add(predicted));
        }
        above = start..decoded.len();
    }
    Ok(decoded)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left).wrapping_add(i16::from(up)).wrapping_sub(i16::from(corner));
    let distance = |value: u8| estimate.abs_diff(i16::from(value));
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn png_rows_undo_every_filter() {
        let coded = [
            [0, 10, 20, 30], // none
            [1, 1, 1, 1],    // sub
            [2, 1, 1, 1],    // up
            [3, 1, 1, 1],    // average
            [4, 1, 1, 1],    // Paeth
        ];
        let expected = [[10, 20, 30], [1, 2, 3], [2, 3, 4], [2, 3, 4], [3, 4, 5]];
        assert_eq!(png(&coded.concat(), 1, 3).unwrap(), expected.concat());
        assert!(png(&[5, 0, 0, 0], 1, 3).is_err());
        assert_eq!(png(&[2, 1, 2, 3, 2, 1], 1, 3).unwrap(), [1, 2, 3, 2]);
    }

    #[test]
    fn tiff_rows_add_up_by_component() {
        assert_eq!(tiff(vec![1, 2, 1, 2, 1, 2, 9, 9], 2, 6), [1, 2, 2, 4, 3, 6, 9, 9]);
    }

    #[test]
    fn parameters_are_bounded() {
        let with = |key: &'static str, value: i64| {
            Predictor::new(&move |asked, default| {
                Ok(if asked == key {
                    value
                } else if asked == "Predictor" {
                    12
                } else {
                    default
                })
            })
        };
        assert_eq!(with("Columns", 5).unwrap(), Predictor::Png { colors: 1, bits: 8, columns: 5 });
        for (key, value) in
            [("Columns", 0), ("Columns", i64::MAX), ("Colors", -1), ("BitsPerComponent", 64), ("Predictor", 3)]
        {
            assert!(with(key, value).is_err(), "{key} {value}");
        }
    }
}
