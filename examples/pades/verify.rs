//! `pades verify`: a verdict on each file.

use std::path::{Path, PathBuf};

use pades_ltv::{Evidence, Indication, Language, Report, TrustStore, Verification};

use crate::arguments::{Arguments, Given, Moment};
use crate::failure::{Failure, Stop};
use crate::inputs::{self, EvidenceFiles};
use crate::messages::Message;
use crate::progress::Progress;

pub(crate) struct Options {
    trust: Vec<PathBuf>,
    evidence: EvidenceFiles,
    at: Moment,
    form: Form,
    files: Vec<PathBuf>,
}

/// How the verdict is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Text,
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
        let (mut trust, mut evidence, mut files) = (Vec::new(), EvidenceFiles::default(), Vec::new());
        let (mut at, mut form) = (None, None);
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.push(path),
                Given::Option(option) => match option.as_str() {
                    "trust" => trust.push(arguments.path(&option)?),
                    "at" => at = Some(arguments.moment(&option)?),
                    "json" if form != Some(Form::Text) => form = Some(Form::Json),
                    "text" if form != Some(Form::Json) => form = Some(Form::Text),
                    "json" | "text" => return Err(arguments.wrong(Message::Apart("json", "text"))),
                    _ if evidence.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        if files.is_empty() {
            return Err(arguments.wrong(Message::OperandMissing("FILE")));
        }
        let (at, form) = (at.unwrap_or_else(Moment::now), form.unwrap_or(Form::Text));
        Ok(Self { trust, evidence, at, form, files })
    }
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let (trust, evidence) = (inputs::trust(&options.trust)?, options.evidence.read()?);
    if trust.is_empty() && options.form == Form::Text {
        crate::complain(&Message::NoTrust.text(language));
    }
    let mut worst = Outcome::Passed;
    for (index, path) in options.files.iter().enumerate() {
        let result = options.verify(path, &trust, &evidence, language);
        worst = worst.max(Outcome::of(&result));
        match options.form {
            Form::Json => crate::print(&format!("{}\n", json(path, &result))),
            Form::Text => {
                let is_only = options.files.len() == 1;
                let heading = if is_only { String::new() } else { format!("== {} ==\n", path.display()) };
                let gap = if index == 0 { "" } else { "\n" };
                match result {
                    Ok(report) => crate::print(&format!("{gap}{heading}{}", report.to_text(language))),
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
    fn verify(
        &self,
        path: &Path,
        trust: &TrustStore,
        evidence: &Evidence,
        language: Language,
    ) -> pades_ltv::Result<Report> {
        let progress = Progress::start(language);
        progress.step(&Message::Reading(path.to_owned()));
        let file = inputs::open(path)?;
        let document = inputs::document(&file, &progress)?;
        Ok(Verification::new(&document, trust, self.at.time).evidence(evidence).verify())
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

fn json(path: &Path, result: &pades_ltv::Result<Report>) -> String {
    let file = path.to_string_lossy();
    match result {
        Ok(report) => report.to_json(&file),
        Err(error) => error.to_json(&file),
    }
}
