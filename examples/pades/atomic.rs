//! Writing OUT: all of it or nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use pades_ltv::{Error, ErrorKind, Result};
use tempfile::{Builder, NamedTempFile};

/// Replaces the file at `path` by what `write` writes, at once: whoever opens it sees the old bytes or the new ones.
///
/// The bytes go into a file beside it and onto the disk first; then that file takes the name. A file that was there keeps its
/// permissions, a symbolic link stays one.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let failed = |cause: io::Error| {
        Error::new(ErrorKind::Io, "the file cannot be written").because(cause).advise("nothing was changed")
    };
    let target = target(path).map_err(failed)?;
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        let error = Error::new(ErrorKind::Io, "there is no such folder").at(folder.display());
        return Err(error.advise("make it first; nothing was changed"));
    }
    let mut new = create(&target, folder).map_err(failed)?;
    let mut buffered = BufWriter::with_capacity(1 << 20, new.as_file_mut());
    write(&mut buffered)?;
    buffered.flush().map_err(failed)?;
    drop(buffered);
    new.as_file().sync_all().map_err(failed)?;
    new.persist(&target).map_err(|error| failed(error.error))?;
    sync(folder).map_err(|cause| {
        Error::new(ErrorKind::Io, "the file is written, but may not survive a power cut").because(cause)
    })
}

/// Where the bytes really go.
fn target(path: &Path) -> io::Result<PathBuf> {
    let Ok(target) = path.canonicalize() else { return Ok(path.to_owned()) };
    if target.metadata()?.is_file() {
        return Ok(target);
    }
    Err(io::Error::other("it exists and is not a file, so it cannot be replaced at once"))
}

fn create(target: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".pades-").suffix(".tmp");
    match target.metadata() {
        Ok(old) => {
            // A file that may not be written to is not to be replaced either.
            OpenOptions::new().write(true).open(target)?;
            let new = builder.tempfile_in(folder)?;
            new.as_file().set_permissions(old.permissions())?;
            Ok(new)
        }
        Err(_) => {
            // As for any new file, less what the process masks out.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            builder.tempfile_in(folder)
        }
    }
}

/// The new name is on the disk, too.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
