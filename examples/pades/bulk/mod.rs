//! `pades verify --csv` and `--jsonl`: many files, a row each.
//!
//! Files are found, verified by several threads and told of in the order of their names; what is kept in memory does not grow with their
//! number, but for the names in a folder and, with a log, of what is finished.

mod log;
mod parallel;
mod row;
pub(crate) mod walk;
mod window;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use pades_ltv::{Error, ErrorKind, Language, Time};

use self::log::{Log, Mark};
pub(crate) use self::parallel::in_order;
use self::row::Row;
pub(crate) use self::row::{BYTE_ORDER_MARK, quoted};
use self::walk::{Found, Walk};
use self::window::Holidays;
use crate::arguments::Arguments;
use crate::basis::Ground;
use crate::failure::{During, Failure, Stop};
use crate::inputs::{Input, Use, small};
use crate::messages::Message;
use crate::outcome::{self, ErrorJson};
use crate::progress::Progress;
use crate::settings::{Fingerprint, Settings};

/// Files for each thread that are found at once, and that may wait for a slow one before them.
pub(crate) const EACH: usize = 32;

/// As the command line has it.
#[derive(Default)]
pub(crate) struct Bulk {
    form: Option<Form>,
    from: Option<Time>,
    to: Option<Time>,
    threads: Option<NonZeroUsize>,
    resume: Option<PathBuf>,
    holidays: Option<PathBuf>,
    has_mark: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    JsonLines,
}

impl Bulk {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "csv" => self.form = Some(Form::Csv),
            "jsonl" => self.form = Some(Form::JsonLines),
            "from" => self.from = Some(arguments.moment(option)?.time),
            "to" => self.to = Some(arguments.moment(option)?.time),
            "threads" => self.threads = Some(arguments.parsed(option, "1 … 256", threads)?),
            "resume" => self.resume = Some(arguments.path(option)?),
            "bom" => self.has_mark = true,
            "holidays" => self.holidays = Some(arguments.path(option)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether rows are asked for; what makes sense for them only is refused otherwise.
    pub(crate) fn is_asked_for(&self, arguments: &Arguments) -> Result<bool, Stop> {
        let given = [
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
            ("threads", self.threads.is_some()),
            ("resume", self.resume.is_some()),
            ("holidays", self.holidays.is_some()),
        ];
        if self.has_mark && self.form != Some(Form::Csv) {
            return Err(arguments.wrong(Message::OnlyWith("bom", "csv")));
        }
        match (self.form, given.into_iter().find(|(_, is_given)| *is_given)) {
            (Some(_), _) => Ok(true),
            (None, Some((option, _))) => Err(arguments.wrong(Message::OnlyWith(option, "csv"))),
            (None, None) => Ok(false),
        }
    }

    /// Verifies the files, and those in folders; `worst` learns of each verdict.
    pub(crate) fn run(
        &self,
        operands: &[PathBuf],
        ground: &Ground,
        settings: impl FnOnce() -> Result<Settings, Stop>,
        language: Language,
        mut worst: impl FnMut(&str),
    ) -> Result<(), Stop> {
        let holidays = self.holidays.as_deref().map(|path| {
            Holidays::read(path).during(|| Message::CannotUse { option: "holidays", path: path.to_owned() })
        });
        let holidays = holidays.transpose()?;
        let mut log = match &self.resume {
            Some(path) => Some(self.log(path, settings()?)?),
            None => None,
        };
        let progress = Progress::start(language);
        let available = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = self.threads.unwrap_or_else(available).get();
        let work = Work { ground, holidays: holidays.as_ref(), progress: &progress, language };
        if self.form == Some(Form::Csv) {
            let mark = if self.has_mark { BYTE_ORDER_MARK } else { "" };
            crate::print(&format!("{mark}{}", Row::heading()));
        }
        let (mut walk, mut count) = (Walk::new(operands), 0_usize);
        loop {
            let found: Vec<Found> = walk.by_ref().take(threads.saturating_mul(EACH)).collect();
            if found.is_empty() && count == 0 {
                // Nothing that was looked at is nothing that passed.
                worst("NO-SIGNATURE");
                crate::complain(&Message::NoFiles.text(language));
            }
            if found.is_empty() {
                return Ok(());
            }
            progress.step(&Message::Verifying(count));
            count = count.saturating_add(found.len());
            let fresh: Vec<Found> =
                found.into_iter().filter(|one| self.is_new(one, log.as_ref(), &mut worst)).collect();
            work.rows(&fresh, threads, |row| {
                let json = outcome::line(&row);
                if let (Some(log), Some(path)) = (&mut log, &self.resume) {
                    log.note(&json).during(|| Message::CannotWrite(path.clone()))?;
                }
                if self.is_within(row.stamped) {
                    worst(&row.verdict);
                    let text = if self.form == Some(Form::Csv) { row.csv() } else { json };
                    progress.above(|| crate::print(&text));
                }
                Ok(())
            })?;
        }
    }

    /// The log, of a run like this one.
    fn log(&self, path: &Path, settings: Settings) -> Result<Log, Stop> {
        let mut print = Fingerprint::default();
        if let Some(holidays) = &self.holidays {
            let cannot = || Message::CannotUse { option: "holidays", path: holidays.clone() };
            print.take(&small(holidays).during(cannot)?);
        }
        let settings = settings.with("--holidays", print.text());
        Log::open(path, &settings).during(|| Message::CannotUse { option: "resume", path: path.to_owned() })
    }

    /// Whether the file has to be looked at: it does not stand in the log, or changed since. What an earlier run found counts like what
    /// this one finds.
    fn is_new(&self, found: &Found, log: Option<&Log>, worst: &mut impl FnMut(&str)) -> bool {
        let (Found::File(path), Some(log)) = (found, log) else { return true };
        let Some(finished) = log.finished(&path.to_string_lossy(), mark(path)) else { return true };
        if self.is_within(finished.stamped()) {
            worst(&finished.verdict);
        }
        false
    }

    /// Whether a timestamp is of the period. What has no time at all is told of in any case: it is never passed over.
    fn is_within(&self, stamped: Option<Time>) -> bool {
        let after = |stamped: Time| self.from.is_none_or(|from| from <= stamped);
        let before = |stamped: Time| self.to.is_none_or(|to| stamped <= to);
        stamped.is_none_or(|stamped| after(stamped) && before(stamped))
    }
}

/// A folder that cannot be read.
pub(crate) fn unreadable_folder(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, "the folder cannot be read").because(std::io::Error::from(error.kind()))
}

pub(crate) fn threads(text: &str) -> Option<NonZeroUsize> {
    text.parse().ok().filter(|count: &NonZeroUsize| count.get() <= 256)
}

/// Length and time of a file; none of one whose name no row can tell from others.
fn mark(path: &Path) -> Mark {
    if path.to_str().is_none() {
        return (None, None);
    }
    let metadata = path.metadata().ok();
    let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
    let seconds = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_secs());
    (metadata.map(|metadata| metadata.len()), seconds)
}

/// What all threads look at.
struct Work<'w> {
    ground: &'w Ground,
    holidays: Option<&'w Holidays>,
    progress: &'w Progress,
    language: Language,
}

impl Work<'_> {
    /// Tells of a row for each, in their order, as soon as those before it are there.
    fn rows(&self, found: &[Found], threads: usize, each: impl FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
        in_order(found, threads, |one| self.row(one), each)
    }

    fn row(&self, found: &Found) -> Row {
        let (path, verified) = match found {
            Found::File(path) => (path, self.verified(path)),
            Found::Closed(path, error) => (path, Err(unreadable_folder(error))),
        };
        verified.unwrap_or_else(|error| {
            // What could not be read for now, or for want of a password, is tried again.
            let is_for_now =
                matches!(error.kind(), ErrorKind::Io | ErrorKind::Base | ErrorKind::Password | ErrorKind::Encrypted);
            let mark = if is_for_now { (None, None) } else { mark(path) };
            let failure = Failure::Operation(Message::CannotOpen(path.clone()), error);
            Row::unread(path, mark, self.ground.now, ErrorJson::of(&failure))
        })
    }

    fn verified(&self, path: &Path) -> pades_ltv::Result<Row> {
        let (length, modified) = mark(path);
        let input = Input::open(path, Use::Read)?;
        let document = input.evidence(self.ground.password.as_deref(), self.progress)?;
        let verification = self.ground.verification(&document);
        let report = verification.verify();
        let mut row = Row::of(path, &report, &verification, self.holidays, self.language);
        input.check_unchanged()?;
        row.accredit(&self.ground.accrediting);
        (row.length, row.modified) = (length, modified);
        Ok(row)
    }
}
