//! The log of a long run: a row for each finished file, so that an interrupted run goes on where it was.
//!
//! Its first line says by which settings the verdicts were found: a run with others is no continuation of it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use pades_ltv::{Error, ErrorKind, Result, Time};
use serde::{Deserialize, Serialize};

use crate::outcome;
use crate::settings::Settings;

/// Rows that are there already, and the file that they are in.
pub(crate) struct Log {
    file: File,
    done: HashMap<String, Finished>,
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

/// How every log begins.
const BEGINNING: &str = "{\"schema\":\"pades-ltv/log/1\",";

#[derive(Deserialize)]
struct Noted {
    file: String,
    #[serde(flatten)]
    finished: Finished,
}

/// What came of a file in an earlier run.
#[derive(Deserialize)]
pub(crate) struct Finished {
    length: Option<u64>,
    modified: Option<u64>,
    pub(crate) verdict: String,
    time: Option<String>,
}

impl Finished {
    /// What its timestamp states.
    pub(crate) fn stamped(&self) -> Option<Time> {
        self.time.as_ref()?.parse().ok()
    }
}

impl Log {
    /// Opens the log, or begins one, of a run with `settings`. A last line that was cut off when the run ended is taken away.
    pub(crate) fn open(path: &Path, settings: &Settings) -> Result<Self> {
        let failed = |cause: std::io::Error| Error::new(ErrorKind::Io, "the log cannot be used").because(cause);
        // Rows are appended whole, so that two runs at once do each other no harm.
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(failed)?;
        let (mut done, mut end, mut line) = (HashMap::new(), 0_u64, Vec::new());
        let heading = Heading { schema: SCHEMA.to_owned(), settings: settings.clone() };
        let mut reader = BufReader::new(&mut file);
        let is_cut = loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line).map_err(failed)?;
            if read == 0 || !line.ends_with(b"\n") {
                check_cut(&line, end)?;
                break read > 0;
            }
            let no_log = |fault: serde_json::Error| no_log(end).because(fault);
            if end == 0 || line.starts_with(BEGINNING.as_bytes()) {
                serde_json::from_slice::<Heading>(&line).map_err(no_log)?.check(&heading)?;
            } else {
                let noted: Noted = serde_json::from_slice(&line).map_err(no_log)?;
                done.insert(noted.file, noted.finished);
            }
            end = end.saturating_add(u64::try_from(read).unwrap_or_default());
        };
        if is_cut {
            OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(end)).map_err(failed)?;
        }
        let mut log = Self { file, done };
        if end == 0 {
            log.note(&outcome::line(&heading))?;
        }
        Ok(log)
    }

    /// What came of the file, where it was finished and is what it was.
    pub(crate) fn finished(&self, file: &str, mark: Mark) -> Option<&Finished> {
        self.done.get(file).filter(|done| mark.0.is_some() && (done.length, done.modified) == mark)
    }

    /// Notes a row, at once.
    pub(crate) fn note(&mut self, row: &str) -> Result<()> {
        let failed = |cause: std::io::Error| Error::new(ErrorKind::Io, "the log cannot be written to").because(cause);
        self.file.write_all(row.as_bytes()).and_then(|()| self.file.flush()).map_err(failed)
    }
}

/// Whether the last line, which does not end, can be taken away: the first one only where a log of ours begins so. Anything else is
/// somebody's file.
fn check_cut(line: &[u8], at: u64) -> Result<()> {
    let beginning = BEGINNING.as_bytes();
    match at == 0 && !line.starts_with(beginning) && !beginning.starts_with(line) {
        true => Err(no_log(at)),
        false => Ok(()),
    }
}

fn no_log(at: u64) -> Error {
    let error = Error::new(ErrorKind::Syntax, "it is no log of pades verify").at(format_args!("byte {at}"));
    error.advise("name a new file; nothing was changed")
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
