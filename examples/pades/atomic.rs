//! Writing OUT: all of it or nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use pades_ltv::{Error, ErrorClass, ErrorKind, Result};
use tempfile::Builder;

use crate::signals::Unfinished;

/// Replaces the file at `path` by what `write` writes, at once: whoever opens it sees the old bytes or the new ones.
///
/// The bytes go into a file beside it and onto the disk first; then that file takes the name. A file that was there keeps its
/// permissions, a symbolic link stays one.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let place = Place::find(path)?;
    let mut new = place.create().map_err(failed)?;
    let mut buffered = BufWriter::with_capacity(1 << 20, new.file().map_err(failed)?);
    write(&mut buffered)?;
    buffered.flush().map_err(failed)?;
    drop(buffered);
    new.file().and_then(|file| file.sync_all()).map_err(failed)?;
    new.finish(&place.target).map_err(failed)?;
    sync(&place.folder).map_err(|cause| {
        Error::new(ErrorKind::Io, "the file is written, but may not survive a power cut").because(cause)
    })
}

/// Whether [`replace`] could begin: the folder is there and can be written to. Leaves everything as it is.
pub(crate) fn check(path: &Path) -> Result<()> {
    Place::find(path)?.create().map(drop).map_err(failed)
}

/// Where the bytes really go.
struct Place {
    target: PathBuf,
    folder: PathBuf,
}

impl Place {
    fn find(path: &Path) -> Result<Self> {
        let target = target(path)?;
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        if folder.is_dir() {
            return Ok(Self { target, folder });
        }
        Err(no_folder(&folder))
    }

    /// An empty file in the folder, which vanishes unless it takes the target's name.
    fn create(&self) -> io::Result<Unfinished> {
        let mut builder = Builder::new();
        builder.prefix(".pades-").suffix(".tmp");
        match self.target.metadata() {
            Ok(old) => {
                // A file that may not be written to is not to be replaced either.
                OpenOptions::new().write(true).open(&self.target)?;
                let mut new = Unfinished::create(|| builder.tempfile_in(&self.folder))?;
                new.file()?.set_permissions(old.permissions())?;
                Ok(new)
            }
            Err(_) => {
                // As for any new file, less what the process masks out.
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
                Unfinished::create(|| builder.tempfile_in(&self.folder))
            }
        }
    }
}

/// `path`, or what it links to.
fn target(path: &Path) -> Result<PathBuf> {
    let refused =
        |why: &str, advice: &str| Err(Error::new(ErrorKind::Io, why).advise(advice).class_is(ErrorClass::Operator));
    match path.canonicalize() {
        Ok(target) if target.is_dir() => refused("it is a folder", "name the file to be written; nothing was changed"),
        Ok(target) if target.is_file() => Ok(target),
        Ok(_) => refused("it is not a file, so it cannot be replaced at once", "name a file; nothing was changed"),
        Err(_) if path.is_symlink() => refused(
            "it is a symbolic link that leads nowhere",
            "remove the link, or name the file to be written; nothing was changed",
        ),
        Err(_) if path.file_name().is_none() => refused("it is no name of a file", "name the file to be written"),
        Err(_) => Ok(path.to_owned()),
    }
}

/// Why nothing can be written into `folder`.
pub(crate) fn no_folder(folder: &Path) -> Error {
    let (why, advice) = match folder.exists() {
        true => ("it is no folder", "name a folder; nothing was changed"),
        false => ("there is no such folder", "make it first; nothing was changed"),
    };
    Error::new(ErrorKind::Io, why).at(folder.display()).advise(advice).class_is(ErrorClass::Operator)
}

pub(crate) fn failed(cause: io::Error) -> Error {
    let is_full =
        matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge);
    let advice = if is_full { "make room or write elsewhere; nothing was changed" } else { "nothing was changed" };
    Error::new(ErrorKind::Io, "the file cannot be written").because(cause).advise(advice)
}

/// The new name is on the disk, too.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
