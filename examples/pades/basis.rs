//! By what signatures are judged: trust, evidence, time and rules. What every command that verifies takes.

use pades_ltv::{Document, Evidence, Language, Model, Policy, Time, TrustStore, Verification};

use crate::access::Password;
use crate::arguments::{Arguments, Moment};
use crate::failure::Stop;
use crate::inputs::EvidenceFiles;
use crate::rules::Rules;
use crate::trust::TrustFiles;

/// As the command line has it.
#[derive(Default)]
pub(crate) struct Basis {
    trust: TrustFiles,
    evidence: EvidenceFiles,
    password: Password,
    at: Option<Moment>,
    rules: Rules,
    model: Model,
}

/// [`Basis`], read.
pub(crate) struct Ground {
    pub(crate) trust: TrustStore,
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
        self.at.get_or_insert_with(Moment::now).time
    }

    /// Reads the files.
    pub(crate) fn read(&self, language: Language) -> Result<Ground, Stop> {
        let now = self.at.unwrap_or_else(Moment::now).time;
        Ok(Ground {
            trust: self.trust.read(now, language)?,
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
