//! The one noun out: bytes to append to a base.

use std::fmt;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::hashing::feed;

/// One or more revisions to append to a base: already checked, not yet written anywhere.
///
/// # Examples
/// See [`Signing`](crate::Signing).
#[derive(Clone, PartialEq, Eq)]
#[must_use = "an update does nothing until it is appended to its base"]
pub struct Update {
    base_len: u64,
    bytes: Vec<u8>,
}

impl Update {
    pub(crate) fn new(base_len: u64, bytes: Vec<u8>) -> Self {
        Self { base_len, bytes }
    }

    /// The bytes to append.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The length of the base that this update belongs to, in bytes.
    pub fn base_len(&self) -> u64 {
        self.base_len
    }

    /// The length of the file with this update, in bytes.
    pub fn file_len(&self) -> u64 {
        self.base_len.saturating_add(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }

    /// `base` with this update, as a new buffer.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `base` has another length than the file that was signed.
    pub fn apply(&self, base: &[u8]) -> Result<Vec<u8>> {
        self.check_length(u64::try_from(base.len()).unwrap_or(u64::MAX))?;
        Ok([base, &self.bytes].concat())
    }

    /// Appends this update to the base itself, and waits until it is on the disk. Where that fails the file is cut back to what it was.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `file` has another length than the file that was signed; [`ErrorKind::Io`] where writing fails.
    pub fn append_to(&self, file: &mut File) -> Result<()> {
        let io = |cause| Error::new(ErrorKind::Io, "the update cannot be appended").because(cause);
        self.check_length(file.metadata().map_err(io)?.len())?;
        let append = |file: &mut File| {
            file.seek(SeekFrom::Start(self.base_len))?;
            file.write_all(&self.bytes)?;
            file.sync_all()
        };
        append(file).map_err(|cause| match self.cut_back(file) {
            Ok(()) => io(cause),
            Err(cut) => io(cause).advise(format!(
                "the file could not be cut back either ({cut}); cut it to {} bytes by hand",
                self.base_len
            )),
        })
    }

    /// Writes the base and this update to `sink`, a chunk at a time.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `base` has another length than the file that was signed; [`ErrorKind::Io`] where reading or writing fails.
    pub fn write_to(&self, base: &Document<'_>, mut sink: impl Write) -> Result<()> {
        self.check_length(base.len())?;
        let mut written = Ok(());
        feed(base, 0..base.len(), |chunk| {
            if written.is_ok() {
                written = sink.write_all(chunk);
            }
        })?;
        let io = |cause| Error::new(ErrorKind::Io, "the signed file cannot be written").because(cause);
        written.and_then(|()| sink.write_all(&self.bytes)).and_then(|()| sink.flush()).map_err(io)
    }

    /// `base` with this update as a document, without writing it anywhere: to sign again, add evidence, or verify.
    ///
    /// The base is not hashed again by what follows.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `base` has another length than the file that was signed.
    pub fn document<'b>(&self, base: &'b Document<'_>) -> Result<Document<'b>> {
        self.check_length(base.len())?;
        base.with_appended(self.bytes.clone())
    }

    /// This update and then `next`, which was made for the file with this update.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `next` was made for another file.
    pub fn then(mut self, next: Self) -> Result<Self> {
        if next.base_len != self.file_len() {
            return Err(wrong_base(next.base_len, self.file_len()));
        }
        self.bytes.extend_from_slice(&next.bytes);
        Ok(self)
    }

    /// Takes back what was appended, if anything was.
    fn cut_back(&self, file: &mut File) -> std::io::Result<()> {
        if file.metadata()?.len() == self.base_len { Ok(()) } else { file.set_len(self.base_len) }
    }

    fn check_length(&self, length: u64) -> Result<()> {
        if length == self.base_len { Ok(()) } else { Err(wrong_base(self.base_len, length)) }
    }
}

impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Update({} bytes behind {})", self.bytes.len(), self.base_len)
    }
}

/// The file at hand is not the one that an operation was prepared for.
pub(crate) fn wrong_base(expected: u64, found: u64) -> Error {
    Error::new(ErrorKind::Base, format!("this was made for a file of {expected} bytes, but this file has {found}"))
        .advise("use the very file that was prepared, unchanged")
}
