//! `pades verify`: a verdict on each file.

use std::path::{Path, PathBuf};

use pades_ltv::report::Future;
use pades_ltv::{Indication, Language, Report, Time};

use crate::arguments::{Arguments, Given};
use crate::atomic;
use crate::basis::{Basis, Ground};
use crate::bulk::Bulk;
use crate::failure::{During, Failure, Stop};
use crate::inputs::{Input, Use};
use crate::messages::{Message, named};
use crate::output;
use crate::preflight::Form;
use crate::progress::Progress;
use crate::reasons::in_options;

pub(crate) struct Options {
    basis: Basis,
    future: Option<Time>,
    form: Form,
    detail: Detail,
    xml: Option<PathBuf>,
    bulk: Option<Bulk>,
    files: Vec<PathBuf>,
}

/// How much of the verdict is told to people.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Panel,
    EveryStep,
}

/// What came of a file, from best to worst: the worst of all files is the exit code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Passed,
    NoSignature,
    Indeterminate,
    Failed,
    Unread,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut basis, mut files) = (Basis::default(), Vec::new());
        let (mut form, mut future, mut detail, mut xml) = (None, None, Detail::Panel, None);
        let mut bulk = Bulk::default();
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.push(path),
                Given::Option(option) => match option.as_str() {
                    "future" => future = Some(arguments.moment(&option)?.time),
                    "explain" => detail = Detail::EveryStep,
                    "xml" => xml = Some(arguments.path(&option)?),
                    _ if bulk.take(&option, arguments)?
                        || Form::take(&mut form, &option, arguments)?
                        || basis.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        if files.is_empty() {
            return Err(arguments.wrong(Message::OperandMissing("FILE")));
        }
        if xml.is_some() && files.len() > 1 {
            return Err(arguments.wrong(Message::OnlyOne("--xml", "FILE")));
        }
        let is_bulk = bulk.is_asked_for(arguments)?;
        let alone = [("text", form.is_some()), ("xml", xml.is_some()), ("future", future.is_some())];
        if let Some((option, _)) = alone.into_iter().find(|(_, is_given)| *is_given && is_bulk) {
            return Err(arguments.wrong(Message::Apart(option, "csv")));
        }
        let bulk = is_bulk.then_some(bulk);
        let now = basis.settle();
        if future.is_some_and(|asked| asked <= now) {
            return Err(arguments.wrong(Message::NoFuture));
        }
        Ok(Self { basis, future, form: form.unwrap_or(Form::Text), detail, xml, bulk, files })
    }
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let ground = options.basis.read(language)?;
    if let Some(path) = &options.xml {
        atomic::check(path).during(|| Message::CannotWrite(path.clone()))?;
    }
    if ground.trust.is_empty() && options.form == Form::Text {
        crate::complain(&Message::NoTrust.text(language));
    }
    let mut worst = Outcome::Passed;
    if let Some(bulk) = &options.bulk {
        let settings = || options.basis.settings(language);
        bulk.run(&options.files, &ground, settings, language, |verdict| worst = worst.max(Outcome::named(verdict)))?;
        return Ok(worst.code());
    }
    for (index, path) in options.files.iter().enumerate() {
        let result = options.verify(path, &ground, language);
        worst = worst.max(Outcome::of(&result));
        if let (Some(xml), Ok(report)) = (&options.xml, &result) {
            let text = report.to_xml(&path.to_string_lossy());
            output::file(xml, text.as_bytes())?;
        }
        match options.form {
            Form::Json => crate::print(&format!("{}\n", json(path, &result))),
            Form::Text => {
                let is_only = options.files.len() == 1;
                let heading = if is_only { String::new() } else { format!("== {} ==\n", named(path)) };
                let gap = if index == 0 { "" } else { "\n" };
                match result {
                    Ok(report) => {
                        let text = in_our_words(&report, report.to_text(language));
                        let steps = match options.detail {
                            Detail::Panel => String::new(),
                            Detail::EveryStep => format!("\n{}", report.explain(language)),
                        };
                        crate::print(&format!("{gap}{heading}{text}{steps}"));
                    }
                    Err(error) => {
                        let failure = Failure::Operation(Message::CannotOpen(path.clone()), error);
                        crate::complain(&failure.text(language));
                    }
                }
            }
        }
    }
    Ok(worst.code())
}

impl Options {
    fn verify(&self, path: &Path, ground: &Ground, language: Language) -> pades_ltv::Result<Report> {
        let progress = Progress::start(language);
        progress.step(&Message::Reading(path.to_owned()));
        let input = Input::open(path, Use::Read)?;
        let document = input.evidence(ground.password.as_deref(), &progress)?;
        let verification = ground.verification(&document);
        let mut report = verification.verify();
        report.future = self.future.map(|asked| Future::new(asked, verification.outlook()));
        input.check_unchanged()?;
        Ok(report)
    }
}

impl Outcome {
    fn of(result: &pades_ltv::Result<Report>) -> Self {
        match result.as_ref().map(Report::verdict) {
            Ok(Some(Indication::TotalPassed)) => Self::Passed,
            Ok(Some(Indication::Indeterminate)) => Self::Indeterminate,
            Ok(Some(Indication::TotalFailed)) => Self::Failed,
            Ok(None) => Self::NoSignature,
            Err(_) => Self::Unread,
        }
    }

    /// By the word of a row.
    fn named(verdict: &str) -> Self {
        match verdict {
            "TOTAL-PASSED" => Self::Passed,
            "TOTAL-FAILED" => Self::Failed,
            "INDETERMINATE" => Self::Indeterminate,
            "NO-SIGNATURE" => Self::NoSignature,
            _ => Self::Unread,
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Indeterminate => 2,
            Self::NoSignature => 3,
            Self::Unread => crate::FAILED,
        }
    }
}

/// A report on a file that is locked tells how to open it. What signers wrote stays as they wrote it.
fn in_our_words(report: &Report, text: String) -> String {
    if report.signatures.is_empty() { in_options(&text) } else { text }
}

fn json(path: &Path, result: &pades_ltv::Result<Report>) -> String {
    let file = path.to_string_lossy();
    match result {
        Ok(report) => in_our_words(report, report.to_json(&file)),
        Err(error) => in_options(&error.to_json(&file)),
    }
}
