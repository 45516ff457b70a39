//! The PDFs in folders, in a fixed order, found while others are verified.

use std::path::{Path, PathBuf};

/// Files by their names, and the PDFs below folders, which are sorted. A folder is read when it is reached; links to folders are not followed.
pub(crate) struct Walk {
    /// What is still to come, the next last.
    open: Vec<PathBuf>,
}

/// What stands there.
pub(crate) enum Found {
    File(PathBuf),
    /// A folder that cannot be read.
    Closed(PathBuf, std::io::Error),
}

impl Walk {
    pub(crate) fn new(operands: &[PathBuf]) -> Self {
        Self { open: operands.iter().rev().cloned().collect() }
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        while let Some(path) = self.open.pop() {
            if !path.is_dir() {
                return Some(Found::File(path));
            }
            match entries(&path) {
                Ok(entries) => self.open.extend(entries),
                Err(error) => return Some(Found::Closed(path, error)),
            }
        }
        None
    }
}

/// The PDFs and folders in a folder, the first by name last.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let is_pdf = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"));
        if kind.is_dir() || is_pdf {
            entries.push(path);
        }
    }
    entries.sort_by(|one, other| other.cmp(one));
    Ok(entries)
}
