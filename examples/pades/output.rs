//! Handing over what was made: OUT, or IN itself, and the anchor of the test authority.

use std::io::Write;
use std::path::{Path, PathBuf};

use pades_ltv::{Document, Error, ErrorClass, ErrorKind, Language, Result, Update};

use crate::arguments::Arguments;
use crate::atomic;
use crate::failure::{During, Stop};
use crate::inputs::{Input, Use};
use crate::messages::Message;
use crate::progress::Progress;
use crate::services::Services;
use crate::signals;

/// IN, OUT, and what may be written besides.
#[derive(Debug, Default)]
pub(crate) struct Files {
    operands: Vec<PathBuf>,
    is_in_place: bool,
    anchor: Option<PathBuf>,
}

/// [`Files`], complete.
#[derive(Debug)]
pub(crate) struct Paths {
    pub(crate) input: PathBuf,
    target: Target,
    /// Whether the test authority takes part.
    is_test: bool,
    anchor: Option<PathBuf>,
}

/// Where the result goes.
#[derive(Debug)]
enum Target {
    Out(PathBuf),
    InPlace,
    /// Nothing is written, and nobody said where it would go.
    Nowhere,
}

/// Whether a command only says what it would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    Real,
    DryRun,
}

impl Files {
    pub(crate) fn operand(&mut self, path: PathBuf) {
        self.operands.push(path);
    }

    /// Takes `--in-place` or `--anchor-out`, if that is what `option` is.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> std::result::Result<bool, Stop> {
        match option {
            "in-place" => self.is_in_place = true,
            "anchor-out" => self.anchor = Some(arguments.path(option)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// IN, and OUT unless the result goes into IN or nowhere; the anchor only where the test authority takes part.
    pub(crate) fn complete(
        self,
        arguments: &Arguments,
        is_test: bool,
        errand: Errand,
    ) -> std::result::Result<Paths, Stop> {
        let count = self.operands.len();
        let (input, target) = match (self.is_in_place, errand) {
            (true, _) if count == 2 => return Err(arguments.wrong(Message::NotBoth("--in-place", "OUT"))),
            (true, _) => (arguments.only_in(self.operands)?, Target::InPlace),
            (false, Errand::DryRun) if count < 2 => (arguments.only_in(self.operands)?, Target::Nowhere),
            (false, _) => {
                let (input, output) = arguments.in_and_out(self.operands)?;
                (input, Target::Out(output))
            }
        };
        if self.anchor.is_some() && !is_test {
            return Err(arguments.wrong(Message::NoAnchor));
        }
        Ok(Paths { input, target, is_test, anchor: self.anchor })
    }
}

impl Paths {
    /// What will be done to IN.
    pub(crate) fn purpose(&self) -> Use {
        match self.target {
            Target::InPlace => Use::Append,
            _ => Use::Read,
        }
    }

    /// Says that the test authority takes part, if it does.
    pub(crate) fn warn(&self, language: Language) {
        if self.is_test {
            crate::complain(&Message::TestAuthority.text(language));
        }
    }

    /// Whether everything can be written, as far as that can be told before there is anything to write.
    pub(crate) fn check(&self) -> std::result::Result<(), Stop> {
        let output = match &self.target {
            Target::Out(path) => Some(path),
            Target::InPlace | Target::Nowhere => None,
        };
        for path in output.into_iter().chain(&self.anchor) {
            atomic::check(path).during(|| Message::CannotWrite(path.clone()))?;
        }
        self.check_anchor([Some(&self.input), output].into_iter().flatten())
    }

    /// Whether the anchor would not take the place of any of `pdfs`.
    pub(crate) fn check_anchor(
        &self,
        pdfs: impl IntoIterator<Item = impl AsRef<Path>>,
    ) -> std::result::Result<(), Stop> {
        let Some(anchor) = &self.anchor else { return Ok(()) };
        let checked = pdfs.into_iter().try_for_each(|pdf| check_apart(anchor, pdf.as_ref()));
        checked.during(|| Message::CannotWrite(anchor.clone()))
    }

    /// Says what [`store`](Self::store) wrote.
    pub(crate) fn tell(&self, input: &Input, update: &Update, language: Language) {
        self.warn(language);
        let length = update.file_len();
        let added = length.saturating_sub(input.length());
        let wrote = Message::Wrote { path: self.target().to_owned(), length, added };
        crate::print(&format!("{}\n", wrote.text(language)));
    }

    /// Where the result goes.
    pub(crate) fn target(&self) -> &Path {
        match &self.target {
            Target::Out(path) => path,
            Target::InPlace | Target::Nowhere => &self.input,
        }
    }

    /// Writes the anchor of the test authority, where that is asked for.
    pub(crate) fn store_anchor(&self, services: &Services<'_>) -> std::result::Result<(), Stop> {
        match &self.anchor {
            Some(path) => file(path, services.test_anchor().as_bytes()),
            None => Ok(()),
        }
    }

    /// Writes the document of `input` with `update`. `repair` is what made the document of a broken file.
    pub(crate) fn store(
        &self,
        input: &Input,
        (document, repair): (&Document<'_>, Option<&Update>),
        update: &Update,
        services: &Services<'_>,
        progress: &Progress,
    ) -> std::result::Result<(), Stop> {
        progress.step(&Message::Writing(self.target().to_owned()));
        self.store_anchor(services)?;
        let written = match &self.target {
            Target::Out(path) => atomic::replace(path, |out| {
                update.write_to(document, out)?;
                input.check_unchanged()
            }),
            Target::InPlace => append(input, repair, update),
            Target::Nowhere => Ok(()),
        };
        progress.finish();
        written.during(|| Message::CannotWrite(self.target().to_owned()))
    }
}

fn append(input: &Input, repair: Option<&Update>, update: &Update) -> Result<()> {
    let failed = |cause: std::io::Error| Error::new(ErrorKind::Io, "the file cannot be written to").because(cause);
    let update = match repair {
        Some(repair) => repair.clone().then(update.clone())?,
        None => update.clone(),
    };
    input.check_unchanged()?;
    let mut file = input.file.try_clone().map_err(failed)?;
    signals::uninterrupted(|| update.append_to(&mut file))
}

/// Writes `bytes` to `path`, which appears whole or not at all.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> std::result::Result<(), Stop> {
    let write = |out: &mut dyn Write| {
        out.write_all(bytes).map_err(|cause| Error::new(ErrorKind::Io, "the file cannot be written").because(cause))
    };
    atomic::replace(path, write).during(|| Message::CannotWrite(path.to_owned()))
}

/// Whether `path` is another file than that of the PDF.
pub(crate) fn check_apart(path: &Path, pdf: &Path) -> Result<()> {
    if !is_same(path, pdf) {
        return Ok(());
    }
    let error = Error::new(ErrorKind::Io, "it is the PDF's own file").advise("choose another name");
    Err(error.class_is(ErrorClass::Operator))
}

/// Whether two names stand for one file, or would.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((real(one), real(other)), (Some(one), Some(other)) if one == other)
}

/// Where a file is, or would be.
fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    })
}
