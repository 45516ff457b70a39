//! `pades renew`: by when files must be renewed, told from the files alone, and renewing those whose time has come.
//!
//! A renewal is `pades augment --lta`, file by file; what fails for one is that one's failure.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pades_ltv::report::{CertificateReport, Kind};
use pades_ltv::{Language, Report, Time, UtcOffset};
use serde::Serialize;

use crate::arguments::{Arguments, Given};
use crate::augment;
use crate::basis::{Basis, Ground};
use crate::bulk::walk::{Found, Walk};
use crate::bulk::{BYTE_ORDER_MARK, quoted, unreadable_folder};
use crate::failure::{Failure, Stop};
use crate::inputs::{Input, Use};
use crate::many::check_names;
use crate::messages::{Message, one_line};
use crate::outcome::{self, ErrorJson};
use crate::progress::Progress;

/// What is due this soon is renewed, unless told.
const WITHIN: Duration = Duration::from_secs(90 * 86_400);
/// Options of verifying that every renewal is given, too, with their values.
const SHARED: [&str; 9] =
    ["trust", "list-signer", "accredited", "crl", "ocsp", "cert", "password", "password-file", "at"];
/// Those that only renewals know; all of `--tsa-…` are, too.
const THEIRS: [&str; 5] = ["tsa", "retry", "cache", "crl-limit", "vri"];
const SCHEMA: &str = "pades-ltv/plan/1";
/// The exit code where some are renewed and some are not.
const SOME: u8 = 5;

pub(crate) struct Options {
    basis: Basis,
    now: Time,
    within: Duration,
    form: Form,
    has_mark: bool,
    work: Option<Renewing>,
    files: Vec<PathBuf>,
}

/// How files are renewed.
struct Renewing {
    arguments: Vec<OsString>,
    out_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Csv,
    Json,
}

/// What is known of one file.
#[derive(Clone, Debug, Serialize)]
struct Entry {
    file: String,
    state: State,
    /// The last second at which a renewal helps.
    due: Option<String>,
    /// Until when it verifies without.
    until: Option<String>,
    because: Vec<String>,
    /// Who made its newest timestamp, and who certified them.
    authority: Option<String>,
    ca: Option<String>,
    error: Option<String>,
    /// Why there is no date, for people.
    #[serde(skip)]
    why: Option<String>,
    #[serde(skip)]
    time: Option<Time>,
    #[serde(skip)]
    path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// To be renewed now.
    Due,
    Later,
    /// It was to be renewed before now.
    Overdue,
    /// It does not verify, or no renewal helps: the doctor knows more.
    Unknown,
    /// Nothing known ends it.
    Never,
}

/// Files whose newest timestamp is by one authority.
#[derive(Serialize)]
struct Group<'p> {
    authority: Option<&'p str>,
    ca: Option<&'p str>,
    due: Option<&'p str>,
    count: usize,
}

#[derive(Serialize)]
struct Plan<'p> {
    schema: &'static str,
    groups: Vec<Group<'p>>,
    files: Vec<&'p Entry>,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut basis, mut files, mut passed) = (Basis::default(), Vec::new(), Vec::<OsString>::new());
        let (mut within, mut form, mut is_dry, mut is_in_place) = (WITHIN, Form::Text, false, false);
        let (mut out_dir, mut has_tsa, mut has_mark) = (None, false, false);
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.push(path),
                Given::Option(option) => match option.as_str() {
                    "dry-run" => is_dry = true,
                    "in-place" => is_in_place = true,
                    "out-dir" => out_dir = Some(arguments.path(&option)?),
                    "within" => within = arguments.parsed(&option, "90d", days)?,
                    "csv" => form = Form::Csv,
                    "bom" => has_mark = true,
                    "json" => form = Form::Json,
                    "online" | "offline" => passed.push(format!("--{option}").into()),
                    _ if SHARED.contains(&option.as_str()) || is_theirs(&option) => {
                        let value = arguments.value(&option)?;
                        has_tsa |= option == "tsa";
                        let mut joined = OsString::from(format!("--{option}="));
                        joined.push(&value);
                        let mut own = Arguments::new(vec![joined.clone()]);
                        own.topic = arguments.topic;
                        if !is_theirs(&option) && own.next()?.is_some() {
                            basis.take(&option, &mut own)?;
                        }
                        passed.push(joined);
                    }
                    _ if basis.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        if files.is_empty() {
            return Err(arguments.wrong(Message::OperandMissing("FILE")));
        }
        if has_mark && form != Form::Csv {
            return Err(arguments.wrong(Message::OnlyWith("bom", "csv")));
        }
        let work = match (is_dry, is_in_place, &out_dir) {
            (true, ..) => None,
            (_, true, Some(_)) => return Err(arguments.wrong(Message::Apart("in-place", "out-dir"))),
            (_, false, None) => {
                return Err(arguments.wrong(Message::OperandMissing("--dry-run | --in-place | --out-dir")));
            }
            _ if !has_tsa => return Err(arguments.wrong(Message::OperandMissing("--tsa"))),
            _ => Some(Renewing { arguments: passed, out_dir }),
        };
        let now = basis.settle();
        Ok(Self { basis, now, within, form, has_mark, work, files })
    }
}

fn is_theirs(option: &str) -> bool {
    option.starts_with("tsa-") || THEIRS.contains(&option)
}

fn days(text: &str) -> Option<Duration> {
    let days: u64 = text.strip_suffix('d')?.parse().ok()?;
    Some(Duration::from_secs(days.checked_mul(86_400)?))
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let ground = options.basis.read(language)?;
    let progress = Progress::start(language);
    let mut entries = Vec::new();
    for found in Walk::new(&options.files) {
        progress.step(&Message::Verifying(entries.len()));
        entries.push(options.entry(&found, &ground, &progress, language));
    }
    progress.finish();
    // Earliest first; what has no date comes last.
    entries.sort_by(|one, other| {
        (one.time.is_none(), one.time, &one.path).cmp(&(other.time.is_none(), other.time, &other.path))
    });
    let mark = if options.has_mark { BYTE_ORDER_MARK } else { "" };
    crate::print(&format!("{mark}{}", text(&entries, options.form, language)));
    if entries.is_empty() {
        crate::complain(&Message::NoFiles.text(language));
        return Ok(crate::FAILED);
    }
    let unread = entries.iter().any(|entry| entry.error.is_some());
    match &options.work {
        None => Ok(if unread { crate::FAILED } else { 0 }),
        Some(work) => work.renew(&entries, language),
    }
}

impl Options {
    fn entry(&self, found: &Found, ground: &Ground, progress: &Progress, language: Language) -> Entry {
        let (path, seen) = match found {
            Found::File(path) => (path, self.seen(path, ground, progress, language)),
            Found::Closed(path, error) => (path, Err(unreadable_folder(error))),
        };
        seen.unwrap_or_else(|error| {
            let failure = Failure::Operation(Message::CannotOpen(path.clone()), error);
            let why = failure.text(language).lines().next().map(str::to_owned);
            Entry { error: Some(ErrorJson::of(&failure).message().to_owned()), why, ..Entry::blank(path) }
        })
    }

    fn seen(&self, path: &Path, ground: &Ground, progress: &Progress, language: Language) -> pades_ltv::Result<Entry> {
        let input = Input::open(path, Use::Read)?;
        let document = input.document(ground.password.as_deref(), progress)?;
        let verification = ground.verification(&document);
        let (report, outlook) = (verification.verify(), verification.outlook_of_file());
        let stamp = newest_authority(&report);
        let state = match (outlook.renewal_due, outlook.holds_until) {
            (Some(due), _) if due < self.now => State::Overdue,
            (Some(due), _) if due <= self.now.after(self.within) => State::Due,
            (Some(_), _) => State::Later,
            (None, None) => State::Never,
            (None, Some(_)) => State::Unknown,
        };
        Ok(Entry {
            state,
            due: outlook.renewal_due.map(|due| due.to_string()),
            until: outlook.holds_until.filter(|_| outlook.renewal_due.is_some()).map(|until| until.to_string()),
            because: outlook.causes.iter().map(|cause| cause.text(language)).collect(),
            authority: stamp.map(|one| one.common_name.as_ref().unwrap_or(&one.subject).clone()),
            ca: stamp.map(|one| one.issuer.clone()),
            time: outlook.renewal_due,
            why: (state == State::Unknown).then(|| unknown(&report, language)),
            ..Entry::blank(path)
        })
    }
}

impl Entry {
    fn blank(path: &Path) -> Self {
        Self {
            file: path.to_string_lossy().into_owned(),
            state: State::Unknown,
            due: None,
            until: None,
            because: Vec::new(),
            authority: None,
            ca: None,
            error: None,
            why: None,
            time: None,
            path: path.to_owned(),
        }
    }
}

impl State {
    /// In the plan for people, in columns of one width.
    fn text(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Japanese, Self::Due) => "更新時期",
            (Language::Japanese, Self::Later) => "期限前  ",
            (Language::Japanese, Self::Overdue) => "期限超過",
            (Language::Japanese, Self::Unknown) => "期限不明",
            (Language::Japanese, Self::Never) => "期限なし",
            (_, Self::Due) => "due    ",
            (_, Self::Later) => "later  ",
            (_, Self::Overdue) => "overdue",
            (_, Self::Unknown) => "unknown",
            (_, Self::Never) => "never  ",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Later => "later",
            Self::Overdue => "overdue",
            Self::Unknown => "unknown",
            Self::Never => "never",
        }
    }
}

/// The day by which to renew, where people live.
fn day(time: Time, language: Language) -> String {
    let zone = if language == Language::Japanese { UtcOffset::east(9, 0) } else { UtcOffset::UTC };
    time.display_in(zone).to_string().chars().take(10).collect()
}

/// Why nobody can say by when to renew.
fn unknown(report: &Report, language: Language) -> String {
    let is_stamped = newest_authority(report).is_some();
    let (japanese, english) = match report.signatures.is_empty() {
        true => ("署名がありません", "no signature"),
        false if !is_stamped => {
            ("タイムスタンプがありません (augment --lta で追加できます)", "no timestamp; add one with augment --lta")
        }
        false => (
            "失効情報などが不足しています (pades doctor で確認できます)",
            "something is missing; pades doctor says what",
        ),
    };
    if language == Language::Japanese { japanese } else { english }.to_owned()
}

/// Who made the newest document timestamp, or else the newest signature timestamp.
fn newest_authority(report: &Report) -> Option<&CertificateReport> {
    let own = report.signatures.iter().rev().filter(|one| one.kind == Kind::DocumentTimestamp);
    let inner = report.signatures.iter().rev().flat_map(|one| &one.signature_timestamps);
    own.filter_map(|one| one.signer.as_ref()).chain(inner.filter_map(|stamp| stamp.signer.as_ref())).next()
}

/// The plan, earliest first, and by authority.
fn text(entries: &[Entry], form: Form, language: Language) -> String {
    let mut groups: BTreeMap<(Option<&str>, Option<&str>), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        groups.entry((entry.authority.as_deref(), entry.ca.as_deref())).or_default().push(entry);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, members)| members.first().map(|one| (one.time.is_none(), one.time)));
    let grouped = || groups.iter().flat_map(|(_, members)| members.iter().copied());
    match form {
        Form::Json => {
            let group = |((authority, ca), members): &((Option<&'_ str>, Option<&'_ str>), Vec<&'_ Entry>)| {
                let due = members.first().and_then(|one| one.due.clone());
                (authority.map(str::to_owned), ca.map(str::to_owned), due, members.len())
            };
            let owned: Vec<_> = groups.iter().map(group).collect();
            let groups = owned.iter().map(|(authority, ca, due, count)| Group {
                authority: authority.as_deref(),
                ca: ca.as_deref(),
                due: due.as_deref(),
                count: *count,
            });
            outcome::line(&Plan { schema: SCHEMA, groups: groups.collect(), files: entries.iter().collect() })
        }
        Form::Csv => {
            let heading = "authority,ca,due,state,file,until,because,error\r\n".to_owned();
            grouped().fold(heading, |text, entry| {
                let because = entry.because.join("; ");
                let of = |cell: &Option<String>| cell.clone().unwrap_or_default();
                let cells = [
                    of(&entry.authority),
                    of(&entry.ca),
                    of(&entry.due),
                    entry.state.as_str().to_owned(),
                    entry.file.clone(),
                    of(&entry.until),
                    because,
                    of(&entry.error),
                ];
                format!("{text}{}\r\n", cells.map(|cell| quoted(&cell)).join(","))
            })
        }
        Form::Text => groups.iter().fold(String::new(), |text, ((authority, ca), members)| {
            let nobody = match language {
                Language::Japanese => "(タイムスタンプなし)",
                _ => "(no timestamp)",
            };
            let heading =
                format!("{}\n", one_line(&format!("{} [{}]", authority.unwrap_or(nobody), ca.unwrap_or("-"))));
            members.iter().fold(text + &heading, |text, entry| {
                let state = entry.state.text(language);
                let due = entry.time.map(|due| day(due, language)).unwrap_or_else(|| "-".to_owned());
                // What could not be read is named in its own message.
                let why = match (&entry.error, &entry.why) {
                    (Some(_), Some(why)) => return format!("{text}  {state} {why}\n"),
                    (_, why) => why.as_ref().map(|why| format!("\n    {why}")).unwrap_or_default(),
                };
                format!("{text}  {state} {due:<10}  {}{why}\n", one_line(&entry.file))
            })
        }),
    }
}

impl Renewing {
    /// Renews what is due.
    fn renew(&self, entries: &[Entry], language: Language) -> Result<u8, Stop> {
        let due: Vec<&Entry> = entries.iter().filter(|entry| entry.state == State::Due).collect();
        if self.out_dir.is_some() && !due.is_empty() {
            let mut arguments = Arguments::new(Vec::new());
            arguments.topic = crate::help::Topic::Renew;
            let paths: Vec<PathBuf> = due.iter().map(|entry| entry.path.clone()).collect();
            check_names(&paths, &arguments)?;
        }
        let mut failed = entries.iter().filter(|entry| entry.state == State::Overdue || entry.error.is_some()).count();
        let mut renewed = 0_usize;
        for entry in &due {
            match self.renew_one(&entry.path, language) {
                Ok(_) => renewed = renewed.saturating_add(1),
                Err(Stop::Failure(failure)) => {
                    crate::complain(&failure.text(language));
                    failed = failed.saturating_add(1);
                }
                Err(stop) => return Err(stop),
            }
        }
        crate::complain(&Message::RenewedOf { renewed, count: due.len() }.text(language));
        Ok(match (failed, renewed) {
            (0, _) => 0,
            (_, 0) => crate::FAILED,
            _ => SOME,
        })
    }

    fn renew_one(&self, path: &Path, language: Language) -> Result<u8, Stop> {
        let mut given: Vec<OsString> = vec!["--lta".into()];
        given.extend(self.arguments.iter().cloned());
        match &self.out_dir {
            Some(folder) => {
                let target = folder.join(path.file_name().unwrap_or(path.as_os_str()));
                given.extend(["--".into(), path.into(), target.into()]);
            }
            None => given.extend(["--in-place".into(), "--".into(), path.into()]),
        }
        let mut arguments = Arguments::new(given);
        arguments.topic = crate::help::Topic::Renew;
        augment::run(&augment::Options::read(&mut arguments)?, language)
    }
}
