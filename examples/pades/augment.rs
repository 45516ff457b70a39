//! `pades augment`: evidence into the file (B-LT), and a document timestamp behind it (B-LTA).

use pades_ltv::{
    Augmentation, Collector, Document, Evidence, Fetch, Language, Result, TimestampAuthority, TrustStore, Update,
};

use crate::access::Password;
use crate::arguments::{Arguments, Given, Moment};
use crate::failure::{During, Stop};
use crate::inputs::{EvidenceFiles, Input};
use crate::messages::Message;
use crate::output::{Errand, Files, Paths};
use crate::progress::Progress;
use crate::services::{self, Services, Tsa};
use crate::trust::TrustFiles;

pub(crate) struct Options {
    trust: TrustFiles,
    evidence: EvidenceFiles,
    is_online: bool,
    /// Who makes the document timestamp of B-LTA.
    tsa: Option<Tsa>,
    field: Option<String>,
    ignores_permissions: bool,
    password: Password,
    at: Moment,
    paths: Paths,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> std::result::Result<Self, Stop> {
        let (mut trust, mut evidence, mut files) = (TrustFiles::default(), EvidenceFiles::default(), Files::default());
        let (mut is_online, mut is_lta, mut tsa, mut field, mut at) = (false, false, None, None, None);
        let (mut ignores_permissions, mut password) = (false, Password::default());
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.operand(path),
                Given::Option(option) => match option.as_str() {
                    "online" => is_online = true,
                    "lta" => is_lta = true,
                    "tsa" => tsa = Some(arguments.tsa(&option)?),
                    "field" => field = Some(arguments.text(&option)?),
                    "at" => at = Some(arguments.moment(&option)?),
                    "ignore-permissions" => ignores_permissions = true,
                    _ if trust.take(&option, arguments)?
                        || evidence.take(&option, arguments)?
                        || password.take(&option, arguments)?
                        || files.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        let tsa = match (is_lta, tsa) {
            (true, tsa) => Some(tsa.unwrap_or(Tsa::Local)),
            (false, Some(_)) => return Err(arguments.wrong(Message::OnlyWith("tsa", "lta"))),
            (false, None) if field.is_some() => return Err(arguments.wrong(Message::OnlyWith("field", "lta"))),
            (false, None) => None,
        };
        let is_test = tsa == Some(Tsa::Local);
        let paths = files.complete(arguments, is_test, Errand::Real)?;
        if trust.is_empty() && !is_test {
            return Err(arguments.wrong(Message::OperandMissing("--trust")));
        }
        let at = at.unwrap_or_else(Moment::now);
        Ok(Self { trust, evidence, is_online, tsa, field, ignores_permissions, password, at, paths })
    }
}

pub(crate) fn run(options: &Options, language: Language) -> std::result::Result<u8, Stop> {
    let progress = Progress::start(language);
    let mut services = Services::new(options.at.time, &progress)?;
    if options.is_online {
        services = services.online();
    }
    let (mut trust, files) = (options.trust.read(language)?, options.evidence.read()?);
    let is_test = options.tsa == Some(Tsa::Local);
    if is_test {
        services.trust_test_authority(&mut trust).during(|| Message::CannotUseTestAuthority)?;
    }
    let tsa = options.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
    let (path, password) = (&options.paths.input, options.password.read()?);
    let input = Input::open(path, options.paths.purpose()).during(|| Message::CannotOpen(path.clone()))?;
    options.paths.check()?;
    progress.step(&Message::Reading(path.clone()));
    let document = input.document(password.as_deref(), &progress).during(|| Message::CannotOpen(path.clone()))?;
    let work = Work { options, services: &services, trust: &trust, files: &files };
    let tsa = tsa.as_deref().map(services::unshared);
    let made = work.augment(&document, tsa).during(|| Message::CannotAugment(path.clone()))?;
    let code = options.paths.write(&input, (&document, None), &made.update, &services, &progress, language)?;
    if made.update.bytes().is_empty() {
        crate::complain(&Message::NothingNew.text(language));
    }
    if !made.is_complete {
        crate::complain(&Message::StampEvidenceMissing.text(language));
    }
    Ok(code)
}

/// What all steps look at.
struct Work<'w> {
    options: &'w Options,
    services: &'w Services<'w>,
    trust: &'w TrustStore,
    files: &'w Evidence,
}

/// What came of them.
struct Made {
    update: Update,
    /// Whether the evidence of the new document timestamp is there, too.
    is_complete: bool,
}

impl Work<'_> {
    fn augment(&self, document: &Document<'_>, tsa: Option<&dyn TimestampAuthority>) -> Result<Made> {
        let evidence = self.collected(document)?.finish()?;
        let mut augmentation = self.augmentation(document, &evidence);
        if let Some(field) = &self.options.field {
            augmentation = augmentation.field(field);
        }
        let Some(tsa) = tsa else {
            return Ok(Made { update: augmentation.finish()?, is_complete: true });
        };
        let update = augmentation.timestamp(tsa)?;
        self.with_evidence_of_stamp(document, update)
    }

    /// A new document timestamp brings certificates of its own, whose evidence goes into one more revision.
    fn with_evidence_of_stamp(&self, document: &Document<'_>, update: Update) -> Result<Made> {
        let stamped = update.document(document)?;
        let (evidence, is_complete) = match self.collected(&stamped)?.finish() {
            Ok(evidence) => (evidence, true),
            Err(_) => (self.collected(&stamped)?.finish_incomplete(), false),
        };
        let more = self.augmentation(&stamped, &evidence).finish()?;
        Ok(Made { update: update.then(more)?, is_complete })
    }

    fn augmentation<'d>(&self, document: &'d Document<'d>, evidence: &'d Evidence) -> Augmentation<'d> {
        let augmentation = Augmentation::new(document, self.options.at.time).evidence(evidence);
        if self.options.ignores_permissions { augmentation.danger_ignore_permissions() } else { augmentation }
    }

    /// All that is at hand, and what servers had to add.
    fn collected<'d>(&'d self, document: &'d Document<'_>) -> Result<Collector<'d>> {
        let mut collector = Collector::new(document, self.trust, self.options.at.time)?.evidence(self.files);
        while let Some(request) = collector.next_request() {
            let answer = self.services.fetch(&request);
            collector.answer(&request, answer);
        }
        Ok(collector)
    }
}
