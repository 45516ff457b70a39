//! The log of a long run: a row for each finished file, so that an interrupted run goes on where it was.
//!
//! Its first line says by which settings the verdicts were found: a run with others is no continuation of it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use pades_ltv::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::outcome;
use crate::settings::Settings;

/// Rows that are there already, and the file that they are in.
pub(crate) struct Log {
    file: File,
    done: HashMap<String, Mark>,
}

/// What tells a finished file from a changed one.
pub(crate) type Mark = (Option<u64>, Option<u64>);

/// The first line.
#[derive(Serialize, Deserialize)]
struct Heading {
    schema: String,
    settings: Settings,
}

const SCHEMA: &str = "pades-ltv/log/1";

#[derive(Deserialize)]
struct Finished {
    file: String,
    length: Option<u64>,
    modified: Option<u64>,
}

impl Log {
    /// Opens the log, or begins one, of a run with `settings`. A last line that was cut off when the run ended is taken away.
    pub(crate) fn open(path: &Path, settings: &Settings) -> Result<Self> {
        let failed = |cause: std::io::Error| Error::new(ErrorKind::Io, "the log cannot be used").because(cause);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        let (mut done, mut end, mut line) = (HashMap::new(), 0_u64, Vec::new());
        let heading = Heading { schema: SCHEMA.to_owned(), settings: settings.clone() };
        let mut reader = BufReader::new(&mut file);
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line).map_err(failed)?;
            if read == 0 || !line.ends_with(b"\n") {
                break;
            }
            let no_log = |fault: serde_json::Error| {
                let error = Error::new(ErrorKind::Syntax, "it is no log of pades verify").because(fault);
                error.at(format_args!("byte {end}")).advise("name a new file; nothing was changed")
            };
            if end == 0 {
                serde_json::from_slice::<Heading>(&line).map_err(no_log)?.check(&heading)?;
            } else {
                let finished: Finished = serde_json::from_slice(&line).map_err(no_log)?;
                done.insert(finished.file, (finished.length, finished.modified));
            }
            end = end.saturating_add(u64::try_from(read).unwrap_or_default());
        }
        file.set_len(end).map_err(failed)?;
        file.seek(SeekFrom::Start(end)).map_err(failed)?;
        let mut log = Self { file, done };
        if end == 0 {
            log.note(&outcome::line(&heading))?;
        }
        Ok(log)
    }

    /// Whether the file was finished, and is what it was.
    pub(crate) fn has(&self, file: &str, mark: Mark) -> bool {
        mark.0.is_some() && self.done.get(file) == Some(&mark)
    }

    /// Notes a row, at once.
    pub(crate) fn note(&mut self, row: &str) -> Result<()> {
        let failed = |cause: std::io::Error| Error::new(ErrorKind::Io, "the log cannot be written to").because(cause);
        self.file.write_all(row.as_bytes()).and_then(|()| self.file.flush()).map_err(failed)
    }
}

impl Heading {
    /// Whether a run with the settings of `ours` goes on where that of this log was.
    fn check(&self, ours: &Self) -> Result<()> {
        let differing = self.settings.differing(&ours.settings).join("; ");
        if self.schema == ours.schema && differing.is_empty() {
            return Ok(());
        }
        let error = Error::new(ErrorKind::State, format!("the log is of a run with other settings: {differing}"));
        Err(error.advise("give the same again, or name a new file; nothing was changed"))
    }
}
