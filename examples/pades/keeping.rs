//! Evidence kept in a file between runs.

use std::path::{Path, PathBuf};

use pades_ltv::{Error, ErrorKind, Evidence, EvidenceCache, Result, Time};

use crate::failure::{During, Stop};
use crate::messages::Message;
use crate::{atomic, inputs};

/// The file of `--cache`, if it is given, and what is in it.
pub(crate) struct Cache {
    path: Option<PathBuf>,
    kept: EvidenceCache,
}

impl Cache {
    /// Reads the file; one that is not there yet is empty.
    pub(crate) fn open(path: Option<&Path>) -> std::result::Result<Self, Stop> {
        let kept = match path.filter(|path| path.exists()) {
            Some(file) => inputs::small(file)
                .and_then(|bytes| EvidenceCache::from_bytes(&bytes))
                .during(|| Message::CannotUse { option: "cache", path: file.to_owned() })?,
            None => EvidenceCache::new(),
        };
        Ok(Self { path: path.map(Path::to_owned), kept })
    }

    /// What is good at `now`.
    pub(crate) fn evidence(&self, now: Time) -> Evidence {
        self.kept.evidence(now)
    }

    pub(crate) fn keep(&mut self, evidence: &Evidence, now: Time) {
        self.kept.keep(evidence, now);
    }

    /// Writes the file, at once.
    pub(crate) fn write(&self) -> std::result::Result<(), Stop> {
        let Some(path) = &self.path else { return Ok(()) };
        let unwritable = |cause: std::io::Error| Error::new(ErrorKind::Io, "the file cannot be written").because(cause);
        let write = || -> Result<()> {
            let bytes = self.kept.to_bytes()?;
            atomic::replace(path, |out| out.write_all(&bytes).map_err(unwritable))
        };
        write().during(|| Message::CannotWrite(path.clone()))
    }
}
