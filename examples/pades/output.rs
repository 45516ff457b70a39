//! Handing over what was made: OUT, and the anchor of the test authority.

use std::io::Write;
use std::path::{Path, PathBuf};

use pades_ltv::{Document, Error, ErrorKind, Language, Update};

use crate::arguments::Arguments;
use crate::atomic;
use crate::failure::{During, Stop};
use crate::messages::Message;
use crate::progress::Progress;
use crate::services::Services;

/// IN, OUT, and what may be written besides.
#[derive(Debug, Default)]
pub(crate) struct Files {
    operands: Vec<PathBuf>,
    anchor: Option<PathBuf>,
}

/// [`Files`], complete.
#[derive(Debug)]
pub(crate) struct Paths {
    pub(crate) input: PathBuf,
    pub(crate) output: PathBuf,
    anchor: Option<PathBuf>,
}

impl Files {
    pub(crate) fn operand(&mut self, path: PathBuf) {
        self.operands.push(path);
    }

    /// Takes `--anchor-out`, if that is what `option` is.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        if option == "anchor-out" {
            self.anchor = Some(arguments.path(option)?);
        }
        Ok(option == "anchor-out")
    }

    /// Exactly IN and OUT; the anchor only where the test authority takes part.
    pub(crate) fn complete(self, arguments: &Arguments, is_test: bool) -> Result<Paths, Stop> {
        let (input, output) = arguments.in_and_out(self.operands)?;
        if self.anchor.is_some() && !is_test {
            return Err(arguments.wrong(Message::NoAnchor));
        }
        Ok(Paths { input, output, anchor: self.anchor })
    }
}

impl Paths {
    /// Writes the document with `update`, and says so.
    pub(crate) fn write(
        &self,
        document: &Document<'_>,
        update: &Update,
        services: &Services<'_>,
        progress: &Progress,
        language: Language,
    ) -> Result<u8, Stop> {
        progress.step(&Message::Writing(self.output.clone()));
        if let Some(path) = &self.anchor {
            file(path, services.test_anchor().as_bytes())?;
        }
        let written = atomic::replace(&self.output, |out| update.write_to(document, out));
        progress.finish();
        written.during(|| Message::CannotWrite(self.output.clone()))?;
        let added = u64::try_from(update.bytes().len()).unwrap_or(u64::MAX);
        let wrote = Message::Wrote { path: self.output.clone(), length: update.file_len(), added };
        crate::print(&format!("{}\n", wrote.text(language)));
        Ok(0)
    }
}

fn file(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let write = |out: &mut dyn Write| {
        out.write_all(bytes).map_err(|cause| Error::new(ErrorKind::Io, "the file cannot be written").because(cause))
    };
    atomic::replace(path, write).during(|| Message::CannotWrite(path.to_owned()))
}
