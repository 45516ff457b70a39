//! The two ranges of bytes that a signature covers, and the hole between them (ISO 32000-2, 12.8.1).
//!
//! Invariant: a [`ByteRange`] is `[0 a b c]` inside the file, and its hole is exactly the dictionary's own `/Contents`
//! token. Anything else is a [`ByteRangeFault`]: there is no way to a range of another shape.

use std::ops::Range;

use crate::pdf::object::{Dictionary, Object};
use crate::pdf::serializer::write_natural;

/// The covered ranges `[0, a)` and `[b, b + c)`, in bytes from the start of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByteRange {
    hole_start: u64,
    hole_end: u64,
    end: u64,
}

/// Why `/ByteRange` does not say what the signature covers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ByteRangeFault {
    #[error("/ByteRange is missing or null")]
    Missing,
    #[error("/ByteRange is not an array")]
    NotArray,
    #[error("/ByteRange or a number in it is an indirect reference")]
    Indirect,
    #[error("/ByteRange has {0} elements, not 4")]
    Count(usize),
    #[error("element {0} of /ByteRange is not an integer")]
    NotInteger(usize),
    #[error("/ByteRange holds the negative number {0}")]
    Negative(i64),
    #[error("/ByteRange starts at byte {0}, not at 0")]
    FirstNotZero(u64),
    #[error("a range of /ByteRange is empty")]
    Empty,
    #[error("the second range starts at byte {second}, inside the first, which ends at byte {first_end}")]
    Overlap { first_end: u64, second: u64 },
    #[error("/ByteRange ends at byte {end}, beyond the file's {length} bytes")]
    BeyondEnd { end: u64, length: u64 },
    #[error("the signature dictionary does not stand in the file itself, so that its /Contents has no place in it")]
    NoPlace,
    #[error("bytes {gap:?} are not covered, but /Contents stands at {contents:?}")]
    Gap { gap: Range<u64>, contents: Range<u64> },
}

impl ByteRange {
    /// Reads and checks the `/ByteRange` of the signature dictionary `dictionary` in a file of `length` bytes.
    pub(crate) fn read(dictionary: &Dictionary, length: u64) -> Result<Self, ByteRangeFault> {
        let [first, first_length, second, second_length] = numbers(dictionary)?;
        if first != 0 {
            return Err(ByteRangeFault::FirstNotZero(first));
        }
        if first_length == 0 || second_length == 0 {
            return Err(ByteRangeFault::Empty);
        }
        if second <= first_length {
            return Err(ByteRangeFault::Overlap { first_end: first_length, second });
        }
        // Both come from an `i64`, so that the sum cannot overflow.
        let end = second.saturating_add(second_length);
        if end > length {
            return Err(ByteRangeFault::BeyondEnd { end, length });
        }
        let contents = dictionary.entry("Contents").and_then(|entry| entry.span.clone());
        let contents = contents.ok_or(ByteRangeFault::NoPlace)?;
        let gap = first_length..second;
        if gap != contents {
            return Err(ByteRangeFault::Gap { gap, contents });
        }
        Ok(Self { hole_start: first_length, hole_end: second, end })
    }

    /// The range of a signature whose `/Contents` token is `hole` in a file that ends at `end`; `None` where there is
    /// nothing before, in or after the hole.
    pub(crate) fn around(hole: &Range<u64>, end: u64) -> Option<Self> {
        let fits = hole.start > 0 && hole.start < hole.end && hole.end < end;
        fits.then_some(Self { hole_start: hole.start, hole_end: hole.end, end })
    }

    /// The covered bytes, in the order in which they are hashed.
    pub(crate) fn ranges(&self) -> [Range<u64>; 2] {
        [0..self.hole_start, self.hole_end..self.end]
    }

    /// The `/Contents` token with its `<` and `>`, the only bytes before [`ByteRange::end`] that are not covered.
    #[cfg(test)]
    pub(crate) fn hole(&self) -> Range<u64> {
        self.hole_start..self.hole_end
    }

    /// The four numbers: offset and length of both ranges.
    pub(crate) fn numbers(&self) -> [u64; 4] {
        [0, self.hole_start, self.hole_end, self.end.saturating_sub(self.hole_end)]
    }

    /// The first byte behind what is covered: where the signed revision ends.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// The array as it stands in a file: always [`ByteRange::WIDTH`] bytes, padded inside the brackets.
    pub(crate) fn serialize(&self) -> Vec<u8> {
        let mut array = Vec::with_capacity(Self::WIDTH);
        for (number, before) in self.numbers().into_iter().zip(*b"[   ") {
            array.push(before);
            write_natural(&mut array, number, 1);
        }
        // The width has room for three numbers of 20 digits, which `u64` cannot exceed.
        array.resize(Self::WIDTH.saturating_sub(1), b' ');
        array.push(b']');
        array
    }

    /// What stands in the place of a range that is not known yet.
    pub(crate) fn placeholder() -> Vec<u8> {
        let mut array = Vec::with_capacity(Self::WIDTH);
        array.extend_from_slice(b"[0");
        for _ in 0..3 {
            array.push(b' ');
            write_natural(&mut array, 0, 20);
        }
        array.push(b']');
        array
    }

    /// The length of a written range, in bytes: room for three numbers of 20 digits.
    pub(crate) const WIDTH: usize = 66;
}

/// The four numbers: direct, integer, not negative.
fn numbers(dictionary: &Dictionary) -> Result<[u64; 4], ByteRangeFault> {
    let items = match dictionary.get("ByteRange") {
        None => return Err(ByteRangeFault::Missing),
        Some(Object::Array(items)) => items,
        Some(Object::Reference(_)) => return Err(ByteRangeFault::Indirect),
        Some(_) => return Err(ByteRangeFault::NotArray),
    };
    let items: &[Object; 4] = (**items).try_into().map_err(|_| ByteRangeFault::Count(items.len()))?;
    let mut numbers = [0; 4];
    for (index, (number, item)) in numbers.iter_mut().zip(items).enumerate() {
        *number = match item {
            Object::Integer(value) => u64::try_from(*value).map_err(|_| ByteRangeFault::Negative(*value))?,
            Object::Reference(_) => return Err(ByteRangeFault::Indirect),
            _ => return Err(ByteRangeFault::NotInteger(index)),
        };
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pdf::object::{Entry, Name, PdfString, Ref, StringForm};

    fn dictionary(byte_range: Object, contents: Option<Range<u64>>) -> Dictionary {
        let mut dictionary = Dictionary::new();
        dictionary.set("ByteRange", byte_range);
        let value = Object::String(PdfString { bytes: vec![0x30], form: StringForm::Hexadecimal });
        dictionary.push(Entry { key: Name::from("Contents"), value, span: contents });
        dictionary
    }

    fn read(numbers: &[i64]) -> Result<ByteRange, ByteRangeFault> {
        let array = Object::Array(numbers.iter().copied().map(Object::Integer).collect());
        ByteRange::read(&dictionary(array, Some(100..200)), 1000)
    }

    #[test]
    fn the_one_good_shape() {
        let range = read(&[0, 100, 200, 800]).unwrap();
        assert_eq!(range.ranges(), [0..100, 200..1000]);
        assert_eq!((range.hole(), range.end()), (100..200, 1000));
        assert_eq!(read(&[0, 100, 200, 1]).unwrap().end(), 201, "a later revision may follow");
    }

    #[test]
    fn every_other_shape_has_its_fault() {
        use ByteRangeFault as F;
        let huge = i64::MAX;
        for (numbers, fault) in [
            (vec![], F::Count(0)),
            (vec![0, 100, 200], F::Count(3)),
            (vec![0, 100, 200, 300, 500, 500], F::Count(6)),
            (vec![0, -100, 200, 800], F::Negative(-100)),
            (vec![0, 100, 200, -800], F::Negative(-800)),
            (vec![1, 99, 200, 800], F::FirstNotZero(1)),
            (vec![0, 0, 200, 800], F::Empty),
            (vec![0, 100, 200, 0], F::Empty),
            (vec![0, 100, 99, 800], F::Overlap { first_end: 100, second: 99 }),
            (vec![0, 1000, 0, 1000], F::Overlap { first_end: 1000, second: 0 }),
            (vec![0, 100, 100, 800], F::Overlap { first_end: 100, second: 100 }),
            (vec![0, 100, 200, 801], F::BeyondEnd { end: 1001, length: 1000 }),
            (vec![0, 100, huge, huge], F::BeyondEnd { end: u64::MAX - 1, length: 1000 }),
            (vec![0, 99, 200, 800], F::Gap { gap: 99..200, contents: 100..200 }),
            (vec![0, 101, 200, 800], F::Gap { gap: 101..200, contents: 100..200 }),
            (vec![0, 100, 201, 799], F::Gap { gap: 100..201, contents: 100..200 }),
            (vec![0, 300, 400, 600], F::Gap { gap: 300..400, contents: 100..200 }),
        ] {
            assert_eq!(read(&numbers), Err(fault), "{numbers:?}");
        }
    }

    #[test]
    fn other_types_have_their_faults() {
        let reference = Object::Reference(Ref { number: 1, generation: 0 });
        let with =
            |item: Object| Object::Array([Object::Integer(0), item, Object::Integer(200), Object::Integer(800)].into());
        for (value, fault) in [
            (Object::Null, ByteRangeFault::Missing),
            (Object::Integer(0), ByteRangeFault::NotArray),
            (reference.clone(), ByteRangeFault::Indirect),
            (with(reference), ByteRangeFault::Indirect),
            (with(Object::Real("100.0".into())), ByteRangeFault::NotInteger(1)),
            (with(Object::Null), ByteRangeFault::NotInteger(1)),
        ] {
            assert_eq!(ByteRange::read(&dictionary(value.clone(), Some(100..200)), 1000), Err(fault), "{value:?}");
        }
        let good = with(Object::Integer(100));
        assert_eq!(ByteRange::read(&dictionary(good, None), 1000), Err(ByteRangeFault::NoPlace));
        assert_eq!(ByteRange::read(&Dictionary::new(), 1000), Err(ByteRangeFault::Missing));
    }

    proptest! {
        #[test]
        fn what_is_written_has_one_width(start in 1..u64::MAX / 2, hole in 1..u64::MAX / 4, tail in 1..u64::MAX / 4) {
            let range = ByteRange::around(&(start..start + hole), start + hole + tail).unwrap();
            let text = String::from_utf8(range.serialize()).unwrap();
            prop_assert_eq!(text.len(), ByteRange::WIDTH);
            prop_assert_eq!(ByteRange::placeholder().len(), ByteRange::WIDTH);
            let inner = text.trim_matches(['[', ']']);
            let numbers: Vec<u64> = inner.split_whitespace().map(|number| number.parse().unwrap()).collect();
            prop_assert_eq!(numbers, [0, start, start + hole, tail]);
        }
    }
}
