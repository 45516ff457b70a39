//! `pades verify`: a verdict on each file.

use std::path::{Path, PathBuf};

use pades_ltv::report::Future;
use pades_ltv::{Evidence, Indication, Language, Model, Policy, Report, Time, TrustStore, Verification};

use crate::access::Password;
use crate::arguments::{Arguments, Given, Moment};
use crate::atomic;
use crate::failure::{During, Failure, Stop};
use crate::inputs::{EvidenceFiles, Input, Use};
use crate::messages::Message;
use crate::output;
use crate::preflight::Form;
use crate::progress::Progress;
use crate::reasons::in_options;
use crate::trust::TrustFiles;

pub(crate) struct Options {
    trust: TrustFiles,
    evidence: EvidenceFiles,
    password: Password,
    at: Moment,
    rules: Rules,
    form: Form,
    detail: Detail,
    xml: Option<PathBuf>,
    files: Vec<PathBuf>,
}

/// By what it is judged, and whether the future is asked about.
#[derive(Default)]
struct Rules {
    policy: Policy,
    model: Model,
    future: Option<Time>,
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
        let (mut trust, mut evidence, mut files) = (TrustFiles::default(), EvidenceFiles::default(), Vec::new());
        let (mut at, mut form, mut password) = (None, None, Password::default());
        let (mut rules, mut detail, mut xml) = (Rules::default(), Detail::Panel, None);
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.push(path),
                Given::Option(option) => match option.as_str() {
                    "at" => at = Some(arguments.moment(&option)?),
                    "explain" => detail = Detail::EveryStep,
                    "xml" => xml = Some(arguments.path(&option)?),
                    _ if rules.take(&option, arguments)? => {}
                    _ if Form::take(&mut form, &option, arguments)?
                        || trust.take(&option, arguments)?
                        || evidence.take(&option, arguments)?
                        || password.take(&option, arguments)? => {}
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
        let (at, form) = (at.unwrap_or_else(Moment::now), form.unwrap_or(Form::Text));
        if rules.future.is_some_and(|asked| asked <= at.time) {
            return Err(arguments.wrong(Message::NoFuture));
        }
        Ok(Self { trust, evidence, password, at, rules, form, detail, xml, files })
    }
}

impl Rules {
    /// Takes `--policy`, `--model` or `--future`, if that is what `option` is.
    fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "policy" => self.policy = arguments.parsed(option, "etsi-119312 | cryptrec | permissive", policy)?,
            "model" => self.model = arguments.parsed(option, "shell | chain", model)?,
            "future" => self.future = Some(arguments.moment(option)?.time),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn policy(name: &str) -> Option<Policy> {
    [Policy::etsi_119312(), Policy::cryptrec(), Policy::permissive()].into_iter().find(|one| one.name() == name)
}

fn model(name: &str) -> Option<Model> {
    [Model::Shell, Model::Chain].into_iter().find(|one| one.as_str() == name)
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let (trust, evidence) = (options.trust.read(language)?, options.evidence.read()?);
    let password = options.password.read()?;
    if let Some(path) = &options.xml {
        atomic::check(path).during(|| Message::CannotWrite(path.clone()))?;
    }
    if trust.is_empty() && options.form == Form::Text {
        crate::complain(&Message::NoTrust.text(language));
    }
    let mut worst = Outcome::Passed;
    for (index, path) in options.files.iter().enumerate() {
        let result = options.verify(path, &trust, &evidence, password.as_deref(), language);
        worst = worst.max(Outcome::of(&result));
        if let (Some(xml), Ok(report)) = (&options.xml, &result) {
            let text = report.to_xml(&path.to_string_lossy());
            output::file(xml, text.as_bytes())?;
        }
        match options.form {
            Form::Json => crate::print(&format!("{}\n", json(path, &result))),
            Form::Text => {
                let is_only = options.files.len() == 1;
                let heading = if is_only { String::new() } else { format!("== {} ==\n", path.display()) };
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
    fn verify(
        &self,
        path: &Path,
        trust: &TrustStore,
        evidence: &Evidence,
        password: Option<&[u8]>,
        language: Language,
    ) -> pades_ltv::Result<Report> {
        let progress = Progress::start(language);
        progress.step(&Message::Reading(path.to_owned()));
        let input = Input::open(path, Use::Read)?;
        let document = input.document(password, &progress)?;
        let Rules { policy, model, future } = &self.rules;
        let verification = Verification::new(&document, trust, self.at.time).evidence(evidence);
        let verification = verification.policy(policy.clone()).model(*model);
        let mut report = verification.verify();
        report.future = future.map(|asked| Future::new(asked, verification.outlook()));
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
