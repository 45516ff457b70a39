//! The one noun out: bytes to append to a base.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

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
    /// `file` must allow writing. Of the base only the length is compared: nobody else may write to the file from the moment it
    /// was opened as a [`Document`] until this returns; two that append at once would overwrite one another.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `file` has another length than the file that was signed, before or after; [`ErrorKind::Io`] where
    /// writing fails.
    pub fn append_to(&self, file: &mut File) -> Result<()> {
        self.check_length(file.metadata().map_err(not_appended)?.len())?;
        let append = |file: &mut File| {
            file.seek(SeekFrom::Start(self.base_len))?;
            file.write_all(&self.bytes)?;
            file.sync_all()?;
            Ok(file.metadata()?.len())
        };
        match append(file) {
            Ok(length) if length == self.file_len() => Ok(()),
            Ok(length) => Err(wrong_base(self.file_len(), length)),
            Err(cause) => Err(self.cut_back(file, cause)),
        }
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
        let written = written.and_then(|()| sink.write_all(&self.bytes)).and_then(|()| sink.flush());
        written.map_err(|cause| unwritten("the signed file cannot be written", cause))
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

    /// Takes back what was appended, if anything was, and says why.
    fn cut_back(&self, file: &File, cause: io::Error) -> Error {
        let cut = || {
            if file.metadata()?.len() == self.base_len {
                return Ok(());
            }
            file.set_len(self.base_len)?;
            file.sync_all()
        };
        match cut() {
            Ok(()) => not_appended(cause).advise("the file is as it was"),
            Err(fault) => {
                let rest = format!("cut it to {} bytes by hand: it could not be cut back ({fault:?})", self.base_len);
                Error::new(ErrorKind::Io, "the update cannot be appended").because(cause).advise(rest)
            }
        }
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

fn not_appended(cause: io::Error) -> Error {
    unwritten("the update cannot be appended", cause)
}

fn unwritten(message: &str, cause: io::Error) -> Error {
    let is_full =
        matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge);
    let error = Error::new(ErrorKind::Io, message).because(cause);
    if is_full { error.advise("make room, or write to another disk") } else { error }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const BASE: &[u8] = b"a base of 20 bytes..";

    fn update(length: usize) -> Update {
        Update::new(20, vec![b'u'; length])
    }

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    fn open(file: &tempfile::NamedTempFile, options: &mut std::fs::OpenOptions) -> File {
        options.open(file.path()).unwrap()
    }

    #[test]
    fn appends_wherever_the_cursor_stands() {
        for is_append in [false, true] {
            let file = file(BASE);
            let mut handle = open(&file, File::options().read(true).write(true).append(is_append));
            handle.seek(SeekFrom::Start(3)).unwrap();
            update(5).append_to(&mut handle).unwrap();
            assert_eq!(std::fs::read(file.path()).unwrap(), [BASE, b"uuuuu"].concat());
        }
    }

    #[test]
    fn a_file_of_another_length_is_not_touched() {
        for bytes in [&BASE[1..], &[BASE, b"x"].concat(), b""] {
            let file = file(bytes);
            let error = update(5).append_to(&mut open(&file, File::options().write(true))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Base);
            assert_eq!(std::fs::read(file.path()).unwrap(), bytes);
        }
    }

    #[test]
    fn a_handle_that_only_reads_is_an_error_and_nothing_else() {
        let file = file(BASE);
        let error = update(5).append_to(&mut open(&file, File::options().read(true))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().ends_with("the file is as it was"), "{error}");
        assert_eq!(std::fs::read(file.path()).unwrap(), BASE);
    }

    /// This test runs itself once more where the system lets files grow to some KB only, and the write stops half-way.
    #[cfg(unix)]
    #[test]
    fn what_was_half_written_is_cut_back() {
        const FILE: &str = "PADES_LTV_TEST_FILE";
        if let Some(path) = std::env::var_os(FILE) {
            let mut handle = File::options().read(true).write(true).open(path).unwrap();
            let error = update(1 << 20).append_to(&mut handle).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io);
            let text = error.to_string();
            assert!(text.contains("too large") && text.contains("make room"), "{text}");
            // A part of it fits: without a limit of the system this would prove nothing.
            update(10).append_to(&mut handle).unwrap();
            return;
        }
        let file = file(BASE);
        let limited = "trap '' XFSZ; ulimit -f 16; exec \"$0\" --exact \"$1\"";
        let name = "sign::update::tests::what_was_half_written_is_cut_back";
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(limited).arg(std::env::current_exe().unwrap()).arg(name).env(FILE, file.path());
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(std::fs::read(file.path()).unwrap(), [BASE, &[b'u'; 10]].concat());
    }
}
