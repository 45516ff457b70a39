//! By what signatures are judged: trust, evidence, time and rules. What every command that verifies takes.

use pades_ltv::{Document, Evidence, Language, Model, Policy, Time, TrustStore, Verification};

use crate::access::Password;
use crate::arguments::{Arguments, Moment};
use crate::failure::Stop;
use crate::inputs::EvidenceFiles;
use crate::rules::Rules;
use crate::settings::{Fingerprint, Settings};
use crate::trust::TrustFiles;

/// As the command line has it.
#[derive(Default)]
pub(crate) struct Basis {
    trust: TrustFiles,
    evidence: EvidenceFiles,
    password: Password,
    at: Option<Moment>,
    /// Whether `at` is what the clock said.
    is_by_clock: bool,
    rules: Rules,
    model: Model,
}

/// [`Basis`], read.
pub(crate) struct Ground {
    pub(crate) trust: TrustStore,
    /// The names of the lists that say which timestamp authorities are accredited.
    pub(crate) accrediting: Vec<String>,
    pub(crate) evidence: Evidence,
    pub(crate) password: Option<Vec<u8>>,
    pub(crate) now: Time,
    pub(crate) policy: Policy,
    documents: Vec<(String, Vec<u8>)>,
    model: Model,
}

impl Basis {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "at" => self.at = Some(arguments.moment(option)?),
            "model" => self.model = arguments.parsed(option, "shell | chain", model)?,
            _ => {
                return Ok(self.rules.take(option, arguments)?
                    || self.trust.take(option, arguments)?
                    || self.evidence.take(option, arguments)?
                    || self.password.take(option, arguments)?);
            }
        }
        Ok(true)
    }

    /// The time to verify as of; the clock is read where none is given, once.
    pub(crate) fn settle(&mut self) -> Time {
        self.is_by_clock |= self.at.is_none();
        self.at.get_or_insert_with(Moment::now).time
    }

    /// What verdicts follow from besides the files themselves. Passwords are left out: a digest of one can be guessed at.
    pub(crate) fn settings(&self, language: Language) -> Result<Settings, Stop> {
        let of = |take: &dyn Fn(&mut Fingerprint) -> Result<(), Stop>| {
            let mut print = Fingerprint::default();
            take(&mut print).map(|()| print.text())
        };
        let at = self.at.filter(|_| !self.is_by_clock).map_or("the clock".to_owned(), |at| at.time.to_string());
        Ok(Settings::new([
            ("--at", at),
            ("--trust", of(&|print| self.trust.print(print))?),
            ("--crl, --ocsp, --cert", of(&|print| self.evidence.print(print))?),
            ("--policy", of(&|print| self.rules.print(print))?),
            ("--model", self.model.as_str().to_owned()),
            ("--lang", format!("{language:?}")),
        ]))
    }

    /// Reads the files.
    pub(crate) fn read(&self, language: Language) -> Result<Ground, Stop> {
        let now = self.at.unwrap_or_else(Moment::now).time;
        let (trust, accrediting) = self.trust.read(now, language)?;
        Ok(Ground {
            trust,
            accrediting,
            evidence: self.evidence.read()?,
            password: self.password.read()?,
            now,
            policy: self.rules.policy(),
            documents: self.rules.documents()?,
            model: self.model,
        })
    }
}

impl Ground {
    /// A verification of `document` on this ground.
    pub(crate) fn verification<'a>(&'a self, document: &'a Document<'a>) -> Verification<'a> {
        let verification = Verification::new(document, &self.trust, self.now).evidence(&self.evidence);
        let verification = verification.policy(self.policy.clone()).model(self.model);
        let documents = self.documents.iter();
        documents.fold(verification, |verification, (name, document)| verification.signature_policy(name, document))
    }
}

fn model(name: &str) -> Option<Model> {
    [Model::Shell, Model::Chain].into_iter().find(|one| one.as_str() == name)
}
