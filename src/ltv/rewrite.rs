//! Bytes to write over others of a file: what a timestamp inside an existing signature takes.

use std::fmt;
use std::io::Write;
use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::source::Source;

/// Bytes to write over as many others inside a signature's hole, which no signature covers: the result is a new file, of the same length.
///
/// It is no [`Update`](crate::Update): bytes that are there change. What was signed does not.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a rewrite does nothing until it is applied to its file"]
pub struct Rewrite {
    base_len: u64,
    at: u64,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Rewrite {
    pub(super) fn new(base_len: u64, at: u64, old: Vec<u8>, new: Vec<u8>) -> Self {
        Self { base_len, at, old, new }
    }

    /// Where the bytes go, from the start of the file.
    pub fn range(&self) -> Range<u64> {
        self.at..self.at.saturating_add(u64::try_from(self.new.len()).unwrap_or(u64::MAX))
    }

    /// The bytes to write there.
    pub fn bytes(&self) -> &[u8] {
        &self.new
    }

    /// `file` with the new bytes, as a new buffer.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `file` is not the one that this was made for: by its length, or by the bytes to be written over.
    pub fn apply(&self, file: &[u8]) -> Result<Vec<u8>> {
        let (start, end) = self.places(u64::try_from(file.len()).unwrap_or(u64::MAX))?;
        let mut file = file.to_vec();
        let place = file.get_mut(start..end).filter(|place| **place == *self.old).ok_or_else(other_file)?;
        place.copy_from_slice(&self.new);
        Ok(file)
    }

    /// Writes the file with the new bytes to `sink`, a chunk at a time.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] as [`apply`](Self::apply); [`ErrorKind::Io`] where reading or writing fails.
    pub fn write_to(&self, file: &Document<'_>, mut sink: impl Write) -> Result<()> {
        const CHUNK: u64 = 1 << 16;
        let source = self.over(file)?;
        let failed = |cause: std::io::Error| Error::new(ErrorKind::Io, "the file cannot be written").because(cause);
        let mut at = 0_u64;
        while at < self.base_len {
            let length = self.base_len.saturating_sub(at).min(CHUNK);
            let mut chunk = vec![0; usize::try_from(length).unwrap_or(0)];
            source.read_at(at, &mut chunk).and_then(|()| sink.write_all(&chunk)).map_err(failed)?;
            at = at.saturating_add(length);
        }
        sink.flush().map_err(failed)
    }

    /// The file with the new bytes as a document, without writing it anywhere. An encrypted one has to be unlocked again.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] as [`apply`](Self::apply), and those of [`Document::open`].
    pub fn document<'b>(&'b self, file: &'b Document<'_>) -> Result<Document<'b>> {
        Document::open_with(self.over(file)?, file.limits().clone())
    }

    fn over<'b>(&'b self, file: &'b Document<'_>) -> Result<Overlaid<'b>> {
        self.places(file.len())?;
        if file.read(self.range())? != self.old {
            return Err(other_file());
        }
        Ok(Overlaid { base: file.source(), base_len: self.base_len, at: self.at, new: &self.new })
    }

    fn places(&self, length: u64) -> Result<(usize, usize)> {
        let range = self.range();
        let places = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        places.filter(|_| length == self.base_len).ok_or_else(other_file)
    }
}

impl fmt::Debug for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rewrite({} bytes at {} of {})", self.new.len(), self.at, self.base_len)
    }
}

/// A file with some of its bytes replaced.
struct Overlaid<'b> {
    base: &'b dyn Source,
    base_len: u64,
    at: u64,
    new: &'b [u8],
}

impl Source for Overlaid<'_> {
    fn len(&self) -> std::io::Result<u64> {
        Ok(self.base_len)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.base.read_at(offset, buffer)?;
        let place = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
        // Where the new bytes begin in the buffer, or the buffer in them.
        let (skip, start) = (place(self.at.saturating_sub(offset)), place(offset.saturating_sub(self.at)));
        let targets = buffer.iter_mut().skip(skip);
        targets.zip(self.new.iter().skip(start)).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

fn other_file() -> Error {
    Error::new(ErrorKind::Base, "this is not the file that the timestamp was made for")
        .advise("use the very file, unchanged")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_read_sees_the_new_bytes(at in 0usize..40, count in 0usize..20, offset in 0usize..60, length in 0usize..60) {
            let base = [b'.'; 60];
            let new = vec![b'x'; count];
            let mut whole = base.to_vec();
            whole[at..at + count].copy_from_slice(&new);
            let source = Overlaid { base: &base.to_vec(), base_len: 60, at: at as u64, new: &new };
            let mut buffer = vec![0; length.min(60 - offset)];
            source.read_at(offset as u64, &mut buffer).unwrap();
            prop_assert_eq!(&buffer, &whole[offset..offset + buffer.len()]);
            let rewrite = Rewrite::new(60, at as u64, vec![b'.'; count], new);
            prop_assert_eq!(rewrite.apply(&base).unwrap(), whole.clone());
            prop_assert!(rewrite.apply(&base[1..]).is_err());
            prop_assert_eq!(rewrite.apply(&whole).is_err(), count > 0);
        }
    }
}
