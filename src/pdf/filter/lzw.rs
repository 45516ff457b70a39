//! LZWDecode (7.4.4): codes of 9 to 12 bits, highest bit first; 256 clears the table, 257 ends the data.

use super::{damaged, too_long};
use crate::error::Result;

const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;
const MOST: usize = 4096;

pub(super) fn decode(data: &[u8], early_change: bool, most: usize) -> Result<Vec<u8>> {
    let mut decoded: Vec<u8> = Vec::new();
    // Every entry beyond the single bytes is a run that was decoded before: its range in `decoded`.
    let mut table: Vec<(usize, usize)> = Vec::with_capacity(MOST);
    let mut last: Option<(usize, usize)> = None;
    let mut bits = Bits { data, position: 0 };
    loop {
        let next = FIRST.saturating_add(table.len()).saturating_add(usize::from(last.is_some()));
        let width = match next.saturating_add(usize::from(early_change)) {
            ..=511 => 9,
            512..=1023 => 10,
            1024..=2047 => 11,
            _ => 12,
        };
        // Many writers leave the end mark out, and the data then ends in less than one code.
        let Some(code) = bits.take(width) else { return Ok(decoded) };
        if code == END {
            return Ok(decoded);
        }
        if code == CLEAR {
            table.clear();
            last = None;
            continue;
        }
        let start = decoded.len();
        if let Some((from, to)) = last
            && FIRST.saturating_add(table.len()) < MOST
        {
            // The run before, and the first byte of this one, which stands right behind it.
            table.push((from, to.saturating_add(1)));
        }
        match (u8::try_from(code), code.checked_sub(FIRST).and_then(|index| table.get(index).copied())) {
            (Ok(byte), _) => decoded.push(byte),
            (_, Some((from, to))) => {
                for index in from..to {
                    let byte = decoded.get(index).copied().ok_or_else(|| damaged("a code refers to itself"))?;
                    decoded.push(byte);
                }
            }
            _ => return Err(damaged("an unknown code")),
        }
        if decoded.len() > most {
            return Err(too_long());
        }
        last = Some((start, decoded.len()));
    }
}

struct Bits<'a> {
    data: &'a [u8],
    /// In bits.
    position: usize,
}

impl Bits<'_> {
    fn take(&mut self, width: usize) -> Option<usize> {
        let first = self.position.checked_div(8)?;
        let window = self.data.get(first..)?;
        let byte = |index: usize| usize::from(window.get(index).copied().unwrap_or_default());
        let value = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        let end = self.position.checked_add(width)?;
        if end > self.data.len().checked_mul(8)? {
            return None;
        }
        let skip = self.position.checked_rem(8)?;
        self.position = end;
        let shift = 24usize.checked_sub(skip)?.checked_sub(width)?;
        Some((value >> shift) & (1usize << width).checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let data = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        assert_eq!(decode(&data, true, 100).unwrap(), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
    }

    /// An encoder that never finds a repetition still walks through all code widths.
    fn pack(bytes: &[u8], early_change: bool) -> Vec<u8> {
        let (mut bits, mut size) = (Vec::new(), 257usize);
        let mut put = |code: usize, width: usize| bits.extend((0..width).rev().map(|bit| (code >> bit) & 1 == 1));
        put(CLEAR, 9);
        for byte in bytes {
            let next = size + 1 + usize::from(early_change);
            let width = (usize::BITS - (next.min(4095)).leading_zeros()) as usize;
            put(usize::from(*byte), width.max(9));
            size = (size + 1).min(4094 + 1);
        }
        let next = size + 1 + usize::from(early_change);
        put(END, (usize::BITS - next.min(4095).leading_zeros()) as usize);
        bits.chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | (u8::from(*bit) << (7 - at))))
            .collect()
    }

    #[test]
    fn the_code_width_changes_in_time() {
        let bytes: Vec<u8> = (0..3_000u32).map(|index| (index * 7 % 251) as u8).collect();
        for early_change in [true, false] {
            assert_eq!(decode(&pack(&bytes, early_change), early_change, 10_000).unwrap(), bytes);
        }
    }

    #[test]
    fn unknown_codes_and_bombs_are_errors() {
        assert!(decode(&[0xff, 0xff], true, 100).is_err());
        assert!(decode(&pack(&[7; 500], true), true, 499).is_err());
    }
}
