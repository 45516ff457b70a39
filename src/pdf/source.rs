//! Bytes at offsets: where a document comes from.
//!
//! What it is for: a document is read where it lies, in small pieces, from memory, a file, or whatever the caller has
//! (an object store, a database row).
//!
//! Invariant: a source is never written to, and the crate reads no more of it than it needs.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::ops::Range;
use std::sync::Arc;

/// A fixed run of bytes that can be read at any offset: a `[u8]`, a [`File`], or your own.
///
/// The bytes must not change while a [`Document`](crate::Document) is open on them.
#[expect(clippy::len_without_is_empty, reason = "an empty source is simply not a PDF; nobody asks it")]
pub trait Source: Send + Sync {
    /// How many bytes there are.
    ///
    /// # Errors
    /// Whatever the underlying storage reports.
    fn len(&self) -> Result<u64>;

    /// Fills all of `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`] if there are fewer, or whatever the underlying storage reports.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()>;

    /// The bytes of `range`, from its start on, where they lie in memory as they are: what [`read_at`](Self::read_at) would copy.
    ///
    /// `None` where they do not, or where there are fewer; that is the answer unless told.
    fn lend(&self, range: Range<u64>) -> Option<&[u8]> {
        let _ = range;
        None
    }
}

impl Source for [u8] {
    fn len(&self) -> Result<u64> {
        u64::try_from(<[u8]>::len(self)).map_err(Error::other)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let start = usize::try_from(offset).map_err(|_| ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(buffer.len()).ok_or(ErrorKind::UnexpectedEof)?;
        let bytes = self.get(start..end).ok_or(ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }

    fn lend(&self, range: Range<u64>) -> Option<&[u8]> {
        self.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> Result<u64> {
        Source::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.as_slice().read_at(offset, buffer)
    }

    fn lend(&self, range: Range<u64>) -> Option<&[u8]> {
        self.as_slice().lend(range)
    }
}

/// An adapter, and the only input of the core that is not plain data: positional reads, which move no cursor.
impl Source for File {
    fn len(&self) -> Result<u64> {
        Ok(self.metadata()?.len())
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> Result<()> {
        while !buffer.is_empty() {
            let count = match std::os::windows::fs::FileExt::seek_read(self, buffer, offset) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            buffer = buffer.get_mut(count..).unwrap_or_default();
            offset = offset.saturating_add(u64::try_from(count).map_err(Error::other)?);
        }
        Ok(())
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn len(&self) -> Result<u64> {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buffer)
    }

    fn lend(&self, range: Range<u64>) -> Option<&[u8]> {
        (**self).lend(range)
    }
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn len(&self) -> Result<u64> {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buffer)
    }

    fn lend(&self, range: Range<u64>) -> Option<&[u8]> {
        (**self).lend(range)
    }
}

impl<S: Source + ?Sized> Source for Arc<S> {
    fn len(&self) -> Result<u64> {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buffer)
    }

    fn lend(&self, range: Range<u64>) -> Option<&[u8]> {
        (**self).lend(range)
    }
}

/// A file and what is appended to it.
pub(super) struct Joined<S, A> {
    pub(super) base: S,
    pub(super) base_len: u64,
    pub(super) appended: A,
}

impl<S: Source, A: AsRef<[u8]> + Send + Sync> Source for Joined<S, A> {
    fn len(&self) -> Result<u64> {
        let appended = u64::try_from(self.appended.as_ref().len()).map_err(Error::other)?;
        self.base_len.checked_add(appended).ok_or_else(|| Error::other("the file is too long"))
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let in_base = usize::try_from(self.base_len.saturating_sub(offset)).unwrap_or(usize::MAX).min(buffer.len());
        let (head, tail) = buffer.split_at_mut(in_base);
        if !head.is_empty() {
            self.base.read_at(offset, head)?;
        }
        if tail.is_empty() {
            return Ok(());
        }
        let from = usize::try_from(offset.saturating_sub(self.base_len)).unwrap_or(usize::MAX);
        let until = from.saturating_add(tail.len());
        let bytes = self.appended.as_ref().get(from..until).ok_or(ErrorKind::UnexpectedEof)?;
        tail.copy_from_slice(bytes);
        Ok(())
    }

    fn lend(&self, range: Range<u64>) -> Option<&[u8]> {
        if range.end <= self.base_len {
            return self.base.lend(range);
        }
        let within = |offset: u64| offset.checked_sub(self.base_len);
        self.appended.as_ref().lend(within(range.start)?..within(range.end)?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn law(source: &dyn Source) {
        assert_eq!(source.len().unwrap(), 10);
        let mut buffer = [0; 4];
        source.read_at(3, &mut buffer).unwrap();
        assert_eq!(&buffer, b"3456");
        source.read_at(10, &mut []).unwrap();
        for offset in [7, 10, 11, u64::MAX - 1, u64::MAX] {
            assert!(source.read_at(offset, &mut buffer).is_err(), "{offset}");
            assert_eq!(source.lend(offset..offset.saturating_add(4)).unwrap_or_default(), b"", "{offset}");
        }
    }

    fn law_of_memory(source: &dyn Source) {
        law(source);
        assert_eq!(source.lend(3..7).unwrap(), b"3456");
        assert_eq!(source.lend(10..10).unwrap(), b"");
        assert_eq!(source.lend(Range { start: 4, end: 3 }), None);
    }

    #[test]
    fn memory_and_files_read_alike() {
        let bytes = b"0123456789";
        law_of_memory(&&bytes[..]);
        law_of_memory(&bytes.to_vec());
        law_of_memory(&Arc::new(bytes.to_vec()));
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        law(&file);
        assert_eq!(file.lend(3..7), None);
    }

    #[test]
    fn what_is_joined_is_lent_from_either_part() {
        let joined = Joined { base: &b"01234"[..], base_len: 5, appended: b"56789" };
        law(&joined);
        assert_eq!((joined.lend(3..5), joined.lend(5..10)), (Some(&b"34"[..]), Some(&b"56789"[..])));
        assert_eq!((joined.lend(4..6), joined.lend(9..11)), (None, None));
    }
}
