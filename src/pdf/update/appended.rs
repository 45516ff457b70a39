//! The bytes of an update, and the hole that its signature leaves in them.

use std::fmt;
use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::byte_range::ByteRange;
use crate::pdf::object::Dictionary;
use crate::pdf::placeholder::SignatureBody;
use crate::pdf::serializer::hexadecimal;

/// What is to be appended to a base of `base` bytes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Appended {
    /// The length of the base: where the first of `bytes` will stand, in bytes from the start of the file.
    pub(crate) base: u64,
    pub(crate) bytes: Vec<u8>,
    /// The places to fill, where the update holds a signature.
    pub(crate) hole: Option<Hole>,
}

/// Where the two late values of a signature dictionary stand, in bytes from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    /// The hexadecimal string with its `<` and `>`.
    pub(crate) contents: Range<u64>,
    /// The array with its brackets.
    pub(crate) byte_range_value: Range<u64>,
}

impl Appended {
    pub(super) fn new(base: u64) -> Self {
        Self { base, bytes: Vec::new(), hole: None }
    }

    /// The length of the file with the update.
    pub(crate) fn end(&self) -> u64 {
        self.base.saturating_add(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }

    /// What the signature of this update covers.
    pub(crate) fn byte_range(&self) -> Option<ByteRange> {
        ByteRange::around(&self.hole.as_ref()?.contents, self.end())
    }

    /// The appended bytes that the signature covers, before and behind the hole. Before them, it covers the base.
    pub(crate) fn covered(&self) -> Option<[&[u8]; 2]> {
        let hole = self.within(&self.hole.as_ref()?.contents)?;
        Some([self.bytes.get(..hole.start)?, self.bytes.get(hole.end..)?])
    }

    /// How many bytes of CMS or timestamp fit.
    pub(crate) fn capacity(&self) -> usize {
        let digits = self.hole.as_ref().and_then(|hole| self.within(&hole.contents));
        digits.map_or(0, |range| range.len().saturating_sub(2) / 2)
    }

    /// Writes the CMS or timestamp `der` into the hole, padded with zeros (12.8.3.3.1).
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] where it does not fit; [`ErrorKind::State`] where the update holds no signature.
    pub(crate) fn embed(&mut self, der: &[u8]) -> Result<()> {
        let capacity = self.capacity();
        if der.len() > capacity {
            let message = format!("{} bytes are needed, but {capacity} are reserved for the signature", der.len());
            return Err(
                Error::new(ErrorKind::Capacity, message).advise(format!("reserve at least {} bytes", der.len()))
            );
        }
        let hole = self.hole.as_ref().and_then(|hole| self.within(&hole.contents));
        let digits = hole.and_then(|range| self.bytes.get_mut(range.start.checked_add(1)?..range.end.checked_sub(1)?));
        let digits = digits.ok_or_else(|| Error::new(ErrorKind::State, "the update holds no signature"))?;
        let (pairs, _) = digits.as_chunks_mut::<2>();
        let (filled, padding) = pairs.split_at_mut_checked(der.len()).unwrap_or_default();
        filled.iter_mut().zip(der).for_each(|(pair, byte)| *pair = hexadecimal(*byte));
        padding.fill([b'0'; 2]);
        Ok(())
    }

    /// Adds the dictionary and notes where its late values stand.
    pub(super) fn write_signature(&mut self, dictionary: &Dictionary, reserved: usize) -> Result<()> {
        if self.hole.is_some() {
            return Err(Error::new(ErrorKind::State, "an update can hold one signature only"));
        }
        let body = SignatureBody::write(&mut self.bytes, dictionary, reserved);
        let place = |range: &Range<u64>| self.base.saturating_add(range.start)..self.base.saturating_add(range.end);
        self.hole = Some(Hole { contents: place(&body.contents), byte_range_value: place(&body.byte_range) });
        Ok(())
    }

    /// Writes `/ByteRange`, now that the total length is known.
    pub(super) fn seal_byte_range(&mut self) -> Result<()> {
        let Some(hole) = &self.hole else { return Ok(()) };
        let value = self.byte_range().map(|range| range.serialize());
        let place = self.within(&hole.byte_range_value);
        let target = place.and_then(|range| self.bytes.get_mut(range));
        match (target, value) {
            (Some(target), Some(value)) if target.len() == value.len() => target.copy_from_slice(&value),
            _ => return Err(Error::new(ErrorKind::SelfCheck, "the place of /ByteRange is lost")),
        }
        Ok(())
    }

    /// A range of the file as one of the appended bytes.
    fn within(&self, range: &Range<u64>) -> Option<Range<usize>> {
        let index = |offset: u64| usize::try_from(offset.checked_sub(self.base)?).ok();
        Some(index(range.start)?..index(range.end)?)
    }
}

impl fmt::Debug for Appended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Appended({} bytes behind {}, {:?})", self.bytes.len(), self.base, self.hole)
    }
}
