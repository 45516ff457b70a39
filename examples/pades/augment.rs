//! `pades augment`: a timestamp into a signature (B-T), evidence into the file (B-LT), and a document timestamp behind it (B-LTA).

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

use pades_ltv::{
    Augmentation, Collector, Document, ErrorKind, Evidence, Fetch, Language, Result, Rewrite, SignatureTimestamping,
    TimestampAuthority, TimestampTerms, Timestamping, TrustStore, Update, Vri,
};

use crate::access::Password;
use crate::arguments::{Arguments, Given, Moment};
use crate::failure::{During, Stop};
use crate::inputs::{self, EvidenceFiles, Input};
use crate::keeping::Cache;
use crate::messages::Message;
use crate::output::{Errand, Files, Paths};
use crate::progress::Progress;
use crate::services::{self, Services};
use crate::stamper::{Need, Stampers, Tsa};
use crate::trust::TrustFiles;

pub(crate) struct Options {
    trust: TrustFiles,
    evidence: EvidenceFiles,
    collecting: Collecting,
    /// Who makes timestamps.
    tsa: Option<Tsa>,
    is_lta: bool,
    /// The signature that gets a timestamp of its own.
    signature: Option<String>,
    field: Option<String>,
    vri: Option<Vri>,
    archives_what_is_left: bool,
    ignores_permissions: bool,
    password: Password,
    at: Moment,
    paths: Paths,
}

/// How evidence is collected.
#[derive(Default)]
struct Collecting {
    is_online: bool,
    is_offline: bool,
    grace: Option<Duration>,
    crl_limit: Option<u64>,
    cache: Option<PathBuf>,
}

impl Collecting {
    /// Takes `option` with its value, if it is one of these.
    fn take(&mut self, option: &str, arguments: &mut Arguments) -> std::result::Result<bool, Stop> {
        match option {
            "online" => self.is_online = true,
            "offline" => self.is_offline = true,
            "grace" => self.grace = Some(arguments.parsed(option, "30m | 24h | 2d", duration)?),
            "crl-limit" => self.crl_limit = Some(arguments.parsed(option, "bytes", |text| text.parse().ok())?),
            "cache" => self.cache = Some(arguments.path(option)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// `30m`, `24h` or `2d`.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.char_indices().next_back()?;
    let seconds = match unit.1 {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let count: u64 = text.get(..unit.0)?.parse().ok()?;
    count.checked_mul(seconds).filter(|seconds| *seconds <= 366 * 86_400).map(Duration::from_secs)
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> std::result::Result<Self, Stop> {
        let (mut trust, mut evidence, mut files) = (TrustFiles::default(), EvidenceFiles::default(), Files::default());
        let (mut is_lta, mut tsa, mut field, mut at) = (false, Stampers::default(), None, None);
        let (mut signature, mut vri, mut archives_what_is_left) = (None, None, false);
        let (mut collecting, mut ignores_permissions) = (Collecting::default(), false);
        let mut password = Password::default();
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.operand(path),
                Given::Option(option) => match option.as_str() {
                    "lta" => is_lta = true,
                    "timestamp-signature" => signature = Some(arguments.text(&option)?),
                    "field" => field = Some(arguments.text(&option)?),
                    "vri" => vri = Some(arguments.parsed(&option, "plain | dated", named_vri)?),
                    "archive-what-is-left" => archives_what_is_left = true,
                    "at" => at = Some(arguments.moment(&option)?),
                    "ignore-permissions" => ignores_permissions = true,
                    _ if trust.take(&option, arguments)?
                        || evidence.take(&option, arguments)?
                        || tsa.take(&option, arguments)?
                        || collecting.take(&option, arguments)?
                        || password.take(&option, arguments)?
                        || files.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        let stamps = is_lta || signature.is_some();
        let only_with_lta = [("field", field.is_some()), ("archive-what-is-left", archives_what_is_left)];
        if let Some((option, _)) = only_with_lta.into_iter().find(|(_, is_given)| *is_given && !is_lta) {
            return Err(arguments.wrong(Message::OnlyWith(option, "lta")));
        }
        let tsa = tsa.complete(Need::Always, arguments)?.flatten();
        if tsa.is_some() && !stamps {
            return Err(arguments.wrong(Message::OnlyWith("tsa", "lta")));
        }
        if collecting.is_online && collecting.is_offline {
            return Err(arguments.wrong(Message::Apart("online", "offline")));
        }
        let tsa = stamps.then(|| tsa.unwrap_or_else(Tsa::local));
        let is_test = tsa.as_ref().is_some_and(Tsa::is_local);
        let paths = files.complete(arguments, is_test, Errand::Real)?;
        if signature.is_some() && paths.purpose() == inputs::Use::Append {
            return Err(arguments.wrong(Message::NotBoth("--timestamp-signature", "--in-place")));
        }
        if trust.is_empty() && !is_test {
            return Err(arguments.wrong(Message::OperandMissing("--trust")));
        }
        let at = at.unwrap_or_else(Moment::now);
        Ok(Self {
            trust,
            evidence,
            collecting,
            tsa,
            is_lta,
            signature,
            field,
            vri,
            archives_what_is_left,
            ignores_permissions,
            password,
            at,
            paths,
        })
    }
}

fn named_vri(text: &str) -> Option<Vri> {
    match text {
        "plain" => Some(Vri::Plain),
        "dated" => Some(Vri::Dated),
        _ => None,
    }
}

pub(crate) fn run(options: &Options, language: Language) -> std::result::Result<u8, Stop> {
    let progress = Progress::start(language);
    let mut services = Services::new(options.at.time, &progress)?;
    if options.collecting.is_online {
        services = services.online();
    }
    let ((mut trust, _), mut files) = (options.trust.read(options.at.time, language)?, options.evidence.read()?);
    let cache = Cache::open(options.collecting.cache.as_deref())?;
    files.extend(&cache.evidence(options.at.time));
    let is_test = options.tsa.as_ref().is_some_and(Tsa::is_local);
    if is_test {
        services.trust_test_authority(&mut trust).during(|| Message::CannotUseTestAuthority)?;
    }
    let tsa = options.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
    let (path, password) = (&options.paths.input, options.password.read()?);
    let input = Input::open(path, options.paths.purpose()).during(|| Message::CannotOpen(path.clone()))?;
    options.paths.check()?;
    progress.step(&Message::Reading(path.clone()));
    let document = input.document(password.as_deref(), &progress).during(|| Message::CannotOpen(path.clone()))?;
    let work = Work { options, services: &services, trust: &trust, files: &files, cache: RefCell::new(cache) };
    let cannot = || Message::CannotAugment(path.clone());
    let tsa = tsa.as_deref().map(services::unshared);
    let late = work.timestamp_signature(&document, tsa).during(cannot)?;
    let rewritten = match &late {
        Late::Stamped(rewrite) => {
            let document = rewrite.document(&document).during(cannot)?;
            Some(match &password {
                Some(password) => document.unlock(password).during(cannot)?,
                None => document,
            })
        }
        _ => None,
    };
    let document = rewritten.as_ref().unwrap_or(&document);
    let made = work.augment(document, tsa, &late).during(cannot)?;
    options.paths.store(&input, (document, None), &made.update, &services, &progress)?;
    options.paths.tell(&input, &made.update, language);
    work.cache.borrow().write()?;
    if made.update.bytes().is_empty() && rewritten.is_none() {
        crate::complain(&Message::NothingNew.text(language));
    }
    if matches!(late, Late::NoRoom) {
        crate::complain(&Message::NoRoomInSignature.text(language));
    }
    if !made.is_complete {
        crate::complain(&Message::StampEvidenceMissing.text(language));
    }
    Ok(0)
}

/// What all steps look at.
struct Work<'w> {
    options: &'w Options,
    services: &'w Services<'w>,
    trust: &'w TrustStore,
    files: &'w Evidence,
    cache: RefCell<Cache>,
}

/// What became of the timestamp inside a signature.
enum Late {
    NotAsked,
    Stamped(Rewrite),
    /// A document timestamp has to do it.
    NoRoom,
}

/// What came of them.
struct Made {
    update: Update,
    /// Whether the evidence of the new document timestamp is there, too.
    is_complete: bool,
}

impl Work<'_> {
    /// The timestamp inside the signature that was asked for, unless its hole has no room.
    fn timestamp_signature(&self, document: &Document<'_>, tsa: Option<&dyn TimestampAuthority>) -> Result<Late> {
        let (Some(field), Some(tsa)) = (&self.options.signature, tsa) else { return Ok(Late::NotAsked) };
        let stamping = SignatureTimestamping::new(document, field, self.options.at.time)?.terms(&self.terms());
        match stamping.timestamp(tsa) {
            Ok(rewrite) => Ok(Late::Stamped(rewrite)),
            Err(error) if matches!(error.kind(), ErrorKind::Capacity | ErrorKind::Unsupported) => Ok(Late::NoRoom),
            Err(error) => Err(error),
        }
    }

    fn augment(&self, document: &Document<'_>, tsa: Option<&dyn TimestampAuthority>, late: &Late) -> Result<Made> {
        let is_lta = self.options.is_lta;
        if let (Late::NoRoom, Some(tsa), false) = (late, tsa, is_lta) {
            let mut timestamping = Timestamping::new(document, self.options.at.time).terms(&self.terms());
            if self.options.ignores_permissions {
                timestamping = timestamping.danger_ignore_permissions();
            }
            let stamp = timestamping.timestamp(tsa)?;
            let stamped = stamp.document(document)?;
            let evidence = self.collected(&stamped)?;
            let update = stamp.then(self.augmentation(&stamped, &evidence).finish()?)?;
            return Ok(Made { update, is_complete: true });
        }
        let evidence = self.collected(document)?;
        let mut augmentation = self.augmentation(document, &evidence);
        if let Some(field) = &self.options.field {
            augmentation = augmentation.field(field);
        }
        if self.options.archives_what_is_left {
            augmentation = augmentation.archive_what_is_left();
        }
        match tsa.filter(|_| is_lta) {
            None => Ok(Made { update: augmentation.finish()?, is_complete: true }),
            Some(tsa) => self.with_evidence_of_stamp(document, augmentation.timestamp(tsa)?),
        }
    }

    /// A new document timestamp brings certificates of its own, whose evidence goes into one more revision.
    fn with_evidence_of_stamp(&self, document: &Document<'_>, update: Update) -> Result<Made> {
        let stamped = update.document(document)?;
        let (evidence, is_complete) = match self.collected(&stamped) {
            Ok(evidence) => (evidence, true),
            Err(_) => (self.collector(&stamped)?.finish_incomplete(), false),
        };
        let more = self.augmentation(&stamped, &evidence).finish()?;
        Ok(Made { update: update.then(more)?, is_complete })
    }

    fn augmentation<'d>(&self, document: &'d Document<'d>, evidence: &'d Evidence) -> Augmentation<'d> {
        let mut augmentation =
            Augmentation::new(document, self.options.at.time).evidence(evidence).terms(&self.terms());
        if let Some(vri) = self.options.vri {
            augmentation = augmentation.vri(vri);
        }
        if self.options.ignores_permissions { augmentation.danger_ignore_permissions() } else { augmentation }
    }

    /// How the authority is asked.
    fn terms(&self) -> TimestampTerms {
        self.options.tsa.as_ref().map(|tsa| tsa.terms.clone()).unwrap_or_default()
    }

    /// All that the document needs; what was found goes into the cache.
    fn collected(&self, document: &Document<'_>) -> Result<Evidence> {
        let evidence = self.collector(document)?.finish()?;
        self.cache.borrow_mut().keep(&evidence, self.options.at.time);
        Ok(evidence)
    }

    /// All that is at hand, and what servers had to add.
    fn collector<'d>(&'d self, document: &'d Document<'_>) -> Result<Collector<'d>> {
        let collecting = &self.options.collecting;
        let mut collector = Collector::new(document, self.trust, self.options.at.time)?.evidence(self.files);
        if let Some(grace) = collecting.grace {
            collector = collector.grace(grace);
        }
        if let Some(limit) = collecting.crl_limit {
            collector = collector.crl_limit(limit);
        }
        while let Some(request) = collector.next_request() {
            let answer = self.services.fetch(&request);
            collector.answer(&request, answer);
        }
        Ok(collector)
    }
}
