//! `pades find`: files by what they are about: counterparty, date, amount, and all of these together.
//!
//! Every file is verified: what it states now counts, and so does what its signatures cover, so that nobody hides a contract by changing
//! what it says.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use pades_ltv::report::{Kind, TransactionReport, TransactionStatus};
use pades_ltv::{Amount, Date, ErrorKind, Language, Report, Transaction};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::about;
use crate::arguments::{Arguments, Given};
use crate::basis::{Basis, Ground};
use crate::bulk::walk::{Found, Walk};
use crate::bulk::{BYTE_ORDER_MARK, EACH, in_order, quoted, threads, unreadable_folder};
use crate::failure::{During, Failure, Stop};
use crate::inputs::{Input, Use};
use crate::messages::{Message, one_line};
use crate::outcome::{self, ErrorJson};
use crate::progress::Progress;
use crate::stated::Stated;

/// The exit code where no file fits.
const NONE: u8 = 3;
const SCHEMA: &str = "pades-ltv/found/1";

pub(crate) struct Options {
    basis: Basis,
    wanted: Wanted,
    form: Form,
    has_mark: bool,
    threads: Option<NonZeroUsize>,
    folders: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    Csv,
}

/// What all has to be so.
#[derive(Default)]
struct Wanted {
    /// Each is part of the name of a counterparty; as [`folded`] has them.
    counterparties: Vec<String>,
    from: Option<Date>,
    to: Option<Date>,
    least: Option<Amount>,
    most: Option<Amount>,
    is_signed: bool,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut basis, mut wanted, mut folders) = (Basis::default(), Wanted::default(), Vec::new());
        let (mut least, mut most, mut currency) = (None, None, None);
        let (mut form, mut threads, mut has_mark) = (Form::Text, None, false);
        while let Some(given) = arguments.next()? {
            let option = match given {
                Given::Operand(path) => {
                    folders.push(path);
                    continue;
                }
                Given::Option(option) => option,
            };
            match option.as_str() {
                "counterparty" => wanted.counterparties.push(arguments.parsed(&option, "a name | 名称", name)?),
                "from" => wanted.from = Some(about::date(&option, arguments)?),
                "to" => wanted.to = Some(about::date(&option, arguments)?),
                "amount-from" => least = Some(about::number(&option, arguments)?),
                "amount-to" => most = Some(about::number(&option, arguments)?),
                "currency" => currency = Some(about::currency(&option, arguments)?),
                "signed" => wanted.is_signed = true,
                "text" => form = Form::Text,
                "json" => form = Form::Json,
                "csv" => form = Form::Csv,
                "bom" => has_mark = true,
                "threads" => threads = Some(arguments.parsed(&option, "1 … 256", self::threads)?),
                _ if basis.take(&option, arguments)? => {}
                _ => return Err(arguments.unknown(option)),
            }
        }
        if folders.is_empty() {
            return Err(arguments.wrong(Message::OperandMissing("DIR")));
        }
        if currency.is_some() && least.is_none() && most.is_none() {
            return Err(arguments.wrong(Message::OnlyWith("currency", "amount-from | --amount-to")));
        }
        if has_mark && form != Form::Csv {
            return Err(arguments.wrong(Message::OnlyWith("bom", "csv")));
        }
        let currency = currency.as_deref().unwrap_or(about::CURRENCY);
        let amount = |number: Option<String>| number.map(|number| Amount::new(&number, currency)).transpose();
        wanted.least = amount(least).during(|| Message::CannotState)?;
        wanted.most = amount(most).during(|| Message::CannotState)?;
        wanted.check(arguments)?;
        basis.settle();
        Ok(Self { basis, wanted, form, has_mark, threads, folders })
    }
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let ground = options.basis.read(language)?;
    let progress = Progress::start(language);
    let available = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let threads = options.threads.unwrap_or_else(available).get();
    let (mut walk, mut count, mut silent) = (Walk::new(&options.folders), 0_usize, 0_usize);
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    loop {
        let next: Vec<Found> = walk.by_ref().take(threads.saturating_mul(EACH)).collect();
        if next.is_empty() {
            break;
        }
        progress.step(&Message::Verifying(count));
        count = count.saturating_add(next.len());
        let look = |one: &Found| options.look(one, &ground, &progress, language);
        in_order(&next, threads, look, |seen| {
            match seen {
                Seen::Fits(row) => found.push(*row),
                Seen::Unread(row) => unread.push(*row),
                Seen::Silent => silent = silent.saturating_add(1),
                Seen::Other => {}
            }
            Ok(())
        })?;
    }
    progress.finish();
    found.sort_by(|one, other| (&one.stated.date, &one.file).cmp(&(&other.stated.date, &other.file)));
    let code = match (unread.is_empty(), found.is_empty()) {
        (false, _) => crate::FAILED,
        (true, true) => NONE,
        (true, false) => 0,
    };
    found.append(&mut unread);
    let mark = if options.has_mark { BYTE_ORDER_MARK } else { "" };
    crate::print(&format!("{mark}{}", told(&found, options.form)));
    if silent > 0 && options.form == Form::Text {
        crate::complain(&Message::Silent(silent).text(language));
    }
    Ok(code)
}

/// What was seen of one file.
enum Seen {
    Fits(Box<Row>),
    /// It, or what it states, cannot be read: told of in any case, as it might be one that is looked for.
    Unread(Box<Row>),
    /// It states no transaction.
    Silent,
    Other,
}

#[derive(Serialize)]
struct Row {
    schema: &'static str,
    file: String,
    #[serde(flatten)]
    stated: Stated,
    /// What intact signatures cover instead, for people.
    signed_otherwise: Option<String>,
    signer: Option<String>,
    /// The worst indication of its signatures; `NO-SIGNATURE`, or `UNREAD`.
    verdict: String,
    error: Option<ErrorJson>,
    /// What it states, for people.
    #[serde(skip)]
    words: Option<String>,
    /// Whether somebody signed that, for people.
    #[serde(skip)]
    status: Option<&'static str>,
}

impl Options {
    fn look(&self, found: &Found, ground: &Ground, progress: &Progress, language: Language) -> Seen {
        let (path, report) = match found {
            Found::File(path) => (path, verified(path, ground, progress)),
            Found::Closed(path, error) => (path, Err(unreadable_folder(error))),
        };
        let report = match report {
            Ok(report) => report,
            Err(error) => return Seen::Unread(Box::new(Row::unread(path, error, language))),
        };
        match &report.transaction {
            None => Seen::Silent,
            Some(transaction) if transaction.status() == TransactionStatus::Unreadable => {
                Seen::Unread(Box::new(Row::of(path, &report, transaction, language)))
            }
            Some(transaction) if self.wanted.fits(transaction) => {
                Seen::Fits(Box::new(Row::of(path, &report, transaction, language)))
            }
            Some(_) => Seen::Other,
        }
    }
}

fn verified(path: &Path, ground: &Ground, progress: &Progress) -> pades_ltv::Result<Report> {
    let input = Input::open(path, Use::Read)?;
    let document = input.document(ground.password.as_deref(), progress)?;
    // Who cannot be asked, as a locked file, is not silent. What is not understood stands in the report.
    match document.transaction() {
        Err(error) if error.kind() != ErrorKind::Metadata => return Err(error),
        _ => {}
    }
    let report = ground.verification(&document).verify();
    input.check_unchanged()?;
    Ok(report)
}

/// Part of a name; nothing at all is part of every name.
fn name(text: &str) -> Option<String> {
    Some(folded(text)).filter(|name| !name.is_empty())
}

impl Wanted {
    /// Whether anything can be so. Nothing found would otherwise be taken for nothing there.
    fn check(&self, arguments: &Arguments) -> Result<(), Stop> {
        let wrong = |option: &str, value: String, expected: &'static str| {
            Err(arguments.wrong(Message::BadValue { option: option.to_owned(), value, expected }))
        };
        match (self.from, self.to, self.least, self.most) {
            (Some(from), Some(to), ..) if from > to => wrong("to", to.to_string(), "--from … 9999-12-31"),
            (.., Some(least), Some(most)) if least > most => wrong("amount-to", most.number(), "--amount-from …"),
            _ => Ok(()),
        }
    }

    /// Whether what is stated, or what was signed in its place, is looked for.
    fn fits(&self, report: &TransactionReport) -> bool {
        let mut all = report.stated.iter().chain(report.otherwise.iter().map(|other| &other.transaction));
        (!self.is_signed || report.status() == TransactionStatus::Signed) && all.any(|one| self.is(one))
    }

    fn is(&self, transaction: &Transaction) -> bool {
        let names: Vec<String> = transaction.counterparties().iter().map(|name| folded(name)).collect();
        let has = |wanted: &String| names.iter().any(|name| name.contains(wanted.as_str()));
        let date = transaction.date();
        let reaches = |least: Amount| transaction.amount().is_some_and(|amount| amount >= least);
        let keeps_to = |most: Amount| transaction.amount().is_some_and(|amount| amount <= most);
        self.counterparties.iter().all(has)
            && self.from.is_none_or(|from| from <= date)
            && self.to.is_none_or(|to| date <= to)
            && self.least.is_none_or(reaches)
            && self.most.is_none_or(keeps_to)
    }
}

/// A name so that those that people take for one compare alike: width and composition (NFKC), case, space, and how 株式会社, 有限会社 and 合同会社 are
/// abbreviated.
fn folded(name: &str) -> String {
    let text: String = name.nfkc().flat_map(char::to_lowercase).nfkc().filter(|one| !one.is_whitespace()).collect();
    text.replace("(株)", "株式会社").replace("(有)", "有限会社").replace("(同)", "合同会社")
}

impl Row {
    fn of(path: &Path, report: &Report, transaction: &TransactionReport, language: Language) -> Self {
        let signatures = report.signatures.iter().filter(|one| one.kind == Kind::Signature);
        let mut signers: Vec<String> = Vec::new();
        for signer in signatures.filter_map(|one| one.signer.as_ref()) {
            let name = signer.common_name.as_ref().unwrap_or(&signer.subject);
            if !signers.contains(name) {
                signers.push(name.clone());
            }
        }
        let otherwise: Vec<String> = transaction.otherwise.iter().map(|one| one.transaction.to_string()).collect();
        let fault = transaction.fault.as_ref().map(|fault| {
            let error = pades_ltv::Error::new(ErrorKind::Metadata, fault.clone());
            Failure::Operation(Message::CannotOpen(path.to_owned()), error)
        });
        let words = transaction.stated.as_ref().map(ToString::to_string);
        Self {
            schema: SCHEMA,
            file: path.to_string_lossy().into_owned(),
            stated: Stated::of(Some(transaction)),
            signed_otherwise: (!otherwise.is_empty()).then(|| otherwise.join("; ")),
            signer: (!signers.is_empty()).then(|| signers.join("; ")),
            verdict: report.verdict().map_or("NO-SIGNATURE", |verdict| verdict.as_str()).to_owned(),
            words: words.or_else(|| fault.as_ref().and_then(|fault| first_line(fault, language))),
            error: fault.as_ref().map(ErrorJson::of),
            status: Some(transaction.status().text(language)),
        }
    }

    fn unread(path: &Path, error: pades_ltv::Error, language: Language) -> Self {
        let failure = Failure::Operation(Message::CannotOpen(path.to_owned()), error);
        Self {
            schema: SCHEMA,
            file: path.to_string_lossy().into_owned(),
            stated: Stated::default(),
            signed_otherwise: None,
            signer: None,
            verdict: "UNREAD".to_owned(),
            error: Some(ErrorJson::of(&failure)),
            words: first_line(&failure, language),
            status: None,
        }
    }

    fn cells(&self) -> Vec<Option<String>> {
        let error = self.error.as_ref().map(|error| error.message().to_owned());
        let rest = [self.signed_otherwise.clone(), self.signer.clone(), Some(self.verdict.clone()), error];
        [Some(self.file.clone())].into_iter().chain(self.stated.cells()).chain(rest).collect()
    }

    /// A line for people.
    fn line(&self) -> String {
        let said = self.words.clone().unwrap_or_default();
        let signed = [self.status.map(str::to_owned), self.signed_otherwise.clone(), self.signer.clone()];
        let judged: Vec<String> = signed.into_iter().flatten().chain([self.verdict.clone()]).collect();
        format!("{}: {} ({})\n", one_line(&self.file), one_line(&said), one_line(&judged.join(", ")))
    }
}

/// Why, without the details behind it.
fn first_line(failure: &Failure, language: Language) -> Option<String> {
    failure.text(language).lines().next().map(str::to_owned)
}

fn told(rows: &[Row], form: Form) -> String {
    match form {
        Form::Text => rows.iter().map(Row::line).collect(),
        Form::Json => rows.iter().map(outcome::line).collect(),
        Form::Csv => {
            let rest = ["signed_otherwise", "signer", "verdict", "error"];
            let columns: Vec<&str> = ["file"].into_iter().chain(Stated::COLUMNS).chain(rest).collect();
            let row = |row: &Row| {
                let cells: Vec<String> =
                    row.cells().into_iter().map(|cell| quoted(&cell.unwrap_or_default())).collect();
                format!("{}\r\n", cells.join(","))
            };
            format!("{}\r\n", columns.join(",")) + &rows.iter().map(row).collect::<String>()
        }
    }
}
