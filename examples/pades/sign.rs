//! `pades sign`: one signature, with a timestamp where there is somebody to ask; or what it would be.

use std::path::PathBuf;

use pades_ltv::{Certification, Document, FieldLock, Language, Signer, Signing, TimestampAuthority, Update};

use crate::access::Password;
use crate::arguments::{Arguments, Given, Moment};
use crate::failure::{During, Failure, Stop};
use crate::fields;
use crate::inputs::Input;
use crate::look::{Drawn, Look};
use crate::mending::{self, Mending, Opened};
use crate::messages::Message;
use crate::output::{Errand, Files, Paths};
use crate::preflight::{self, Form, Plan};
use crate::progress::Progress;
use crate::services::{self, Services, Tsa};

pub(crate) struct Options {
    who: Who,
    tsa: Option<Tsa>,
    /// Bytes for the timestamp, where its authority needs more than most.
    timestamp_room: Option<usize>,
    texts: Texts,
    rules: Rules,
    look: Look,
    password: Password,
    mending: Mending,
    at: Moment,
    /// How to say what would be done, if nothing is to be done.
    dry_run: Option<Form>,
    paths: Paths,
}

/// Who signs.
enum Who {
    TestAuthority,
    Key {
        key: PathBuf,
        chain: PathBuf,
    },
    /// Somebody whose key is not at hand, as in a dry run.
    Owner {
        chain: PathBuf,
    },
}

/// What the signature says.
#[derive(Default)]
struct Texts {
    field: Option<String>,
    reason: Option<String>,
    location: Option<String>,
    name: Option<String>,
    contact: Option<String>,
}

/// What it permits later, and what it is not stopped by.
#[derive(Default)]
struct Rules {
    certification: Option<Certification>,
    lock: Option<Lock>,
    ignores_permissions: bool,
}

/// A lock, and the names that it is about.
struct Lock {
    lock: FieldLock,
    names: Vec<String>,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut key, mut chain, mut tsa, mut at, mut timestamp_room) = (None, None, None, None, None);
        let (mut texts, mut rules, mut look) = (Texts::default(), Rules::default(), Look::default());
        let (mut password, mut files) = (Password::default(), Files::default());
        let (mut errand, mut form, mut mending) = (Errand::Real, None, Mending::Refused);
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.operand(path),
                Given::Option(option) => match option.as_str() {
                    "key" => key = Some(arguments.path(&option)?),
                    "chain" => chain = Some(arguments.path(&option)?),
                    "tsa" => tsa = Some(arguments.tsa_or_none(&option)?),
                    "timestamp-room" => timestamp_room = Some(arguments.room(&option)?),
                    "at" => at = Some(arguments.moment(&option)?),
                    "repair" => mending = Mending::Allowed,
                    "dry-run" => errand = Errand::DryRun,
                    _ if Form::take(&mut form, &option, arguments)?
                        || texts.take(&option, arguments)?
                        || rules.take(&option, arguments)?
                        || look.take(&option, arguments)?
                        || password.take(&option, arguments)?
                        || files.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        let who = match (key, chain, errand) {
            (Some(key), Some(chain), _) => Who::Key { key, chain },
            (None, Some(chain), Errand::DryRun) => Who::Owner { chain },
            (None, None, _) => Who::TestAuthority,
            _ => return Err(arguments.wrong(Message::Together("key", "chain"))),
        };
        if let (Some(form), Errand::Real) = (form, errand) {
            return Err(arguments.wrong(Message::OnlyWith(form.name(), "dry-run")));
        }
        let is_test_signer = matches!(who, Who::TestAuthority);
        let tsa = tsa.unwrap_or_else(|| is_test_signer.then_some(Tsa::Local));
        if tsa.is_none() && timestamp_room.is_some() {
            return Err(arguments.wrong(Message::OnlyWith("timestamp-room", "tsa")));
        }
        look.check(arguments)?;
        let paths = files.complete(arguments, is_test_signer || tsa == Some(Tsa::Local), errand)?;
        let dry_run = (errand == Errand::DryRun).then(|| form.unwrap_or(Form::Json));
        let at = at.unwrap_or_else(Moment::now);
        Ok(Self { who, tsa, timestamp_room, texts, rules, look, password, mending, at, dry_run, paths })
    }
}

impl Texts {
    fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        let text = match option {
            "field" => &mut self.field,
            "reason" => &mut self.reason,
            "location" => &mut self.location,
            "name" => &mut self.name,
            "contact" => &mut self.contact,
            _ => return Ok(false),
        };
        *text = Some(arguments.text(option)?);
        Ok(true)
    }
}

impl Rules {
    fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "certify" => self.certification = Some(arguments.parsed(option, "1 | 2 | 3", certification)?),
            "lock" => self.lock = Some(arguments.parsed(option, "all | include:NAME,… | exclude:NAME,…", lock)?),
            "ignore-permissions" => self.ignores_permissions = true,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    match options.dry_run {
        None => options.run(language),
        Some(form) => match options.preflight(language) {
            Ok(plan) => {
                crate::print(&preflight::text(form, &plan, &options.paths.input, options.at, language));
                Ok(0)
            }
            Err(Stop::Failure(failure)) => {
                if form == Form::Json {
                    crate::print(&preflight::failed(&failure, &options.paths.input));
                }
                Err(failure.into())
            }
            Err(stop) => Err(stop),
        },
    }
}

impl Options {
    fn run(&self, language: Language) -> Result<u8, Stop> {
        let progress = Progress::start(language);
        let services = Services::new(self.at.time, &progress)?;
        let drawn = self.look.read()?;
        let password = self.password.read()?;
        let signer = self.signer(&services)?;
        let tsa = self.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
        let cannot_open = || Message::CannotOpen(self.paths.input.clone());
        let input = Input::open(&self.paths.input, self.paths.purpose()).during(cannot_open)?;
        self.paths.check()?;
        progress.step(&Message::Reading(self.paths.input.clone()));
        let opened = Opened::new(&input, password.as_deref(), self.mending, &progress).during(cannot_open)?;
        let update = self.sign(opened.document(), &drawn, signer.as_ref(), tsa.as_deref(), language);
        let update = update.during(|| Message::CannotSign(self.paths.input.clone()))?;
        let repaired = (opened.document(), opened.repair());
        let code = self.paths.write(&input, repaired, &update, &services, &progress, language)?;
        self.say_repair(&opened, language);
        Ok(code)
    }

    /// What would be done, without key or server.
    fn preflight(&self, language: Language) -> Result<Plan, Stop> {
        let progress = Progress::start(language);
        let services = Services::new(self.at.time, &progress)?;
        let drawn = self.look.read()?;
        let password = self.password.read()?;
        let identity = match &self.who {
            Who::Owner { chain } => services::identity(chain)?,
            _ => self.signer(&services)?.identity().during(|| Message::CannotSign(self.paths.input.clone()))?,
        };
        // An address that cannot be one is found without asking it.
        self.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
        let cannot_open = || Message::CannotOpen(self.paths.input.clone());
        let input = Input::open(&self.paths.input, self.paths.purpose()).during(cannot_open)?;
        self.paths.check()?;
        let opened = Opened::new(&input, password.as_deref(), self.mending, &progress).during(cannot_open)?;
        let signing = self.signing(opened.document(), &drawn, language);
        let preflight = signing.and_then(|signing| signing.preflight(&identity));
        progress.finish();
        self.paths.warn(language);
        let preflight = preflight.during(|| Message::CannotSign(self.paths.input.clone()))?;
        self.say_repair(&opened, language);
        Ok(Plan { preflight, input_len: input.length(), repair: opened.steps().to_vec() })
    }

    fn say_repair(&self, opened: &Opened<'_>, language: Language) {
        if !opened.steps().is_empty() {
            let head = Message::Repaired(self.paths.input.clone()).text(language);
            crate::complain(&format!("{head}{}", mending::lines(opened.steps(), language)));
        }
    }

    fn signer(&self, services: &Services<'_>) -> Result<Box<dyn Signer>, Stop> {
        match &self.who {
            Who::TestAuthority => Ok(Box::new(services.test_signer()?)),
            Who::Key { key, chain } => Ok(Box::new(services::signer(key, chain)?)),
            // Only a dry run has an owner without key, and asks for no signer then.
            Who::Owner { .. } => {
                Err(Failure::usage(crate::help::Topic::Sign, Message::Together("key", "chain")).into())
            }
        }
    }

    fn sign(
        &self,
        document: &Document<'_>,
        drawn: &Drawn,
        signer: &dyn Signer,
        tsa: Option<&dyn TimestampAuthority>,
        language: Language,
    ) -> pades_ltv::Result<Update> {
        let signed = self.signing(document, drawn, language)?.sign(signer)?;
        match tsa {
            Some(tsa) => signed.timestamp(tsa)?.finish(),
            None => signed.finish(),
        }
    }

    fn signing<'d>(
        &self,
        document: &'d Document<'d>,
        drawn: &Drawn,
        language: Language,
    ) -> pades_ltv::Result<Signing<'d>> {
        let locked = self.rules.lock.iter().flat_map(|lock| lock.names.iter().map(String::as_str));
        fields::check(document, drawn.filled(), None)?;
        fields::check(document, locked, self.texts.field.as_deref())?;
        let signing = Signing::new(document, self.at.time).utc_offset(self.at.offset(language));
        let signing = match (&self.tsa, self.timestamp_room) {
            (None, _) => signing.timestamp_room(0),
            (Some(_), Some(bytes)) => signing.timestamp_room(bytes),
            (Some(_), None) => signing,
        };
        Ok(drawn.show(self.rules.hold(self.texts.say(signing))))
    }
}

impl Texts {
    fn say<'d>(&self, mut signing: Signing<'d>) -> Signing<'d> {
        if let Some(field) = &self.field {
            signing = signing.field(field);
        }
        if let Some(reason) = &self.reason {
            signing = signing.reason(reason);
        }
        if let Some(location) = &self.location {
            signing = signing.location(location);
        }
        if let Some(name) = &self.name {
            signing = signing.name(name);
        }
        if let Some(contact) = &self.contact {
            signing = signing.contact_info(contact);
        }
        signing
    }
}

impl Rules {
    fn hold<'d>(&self, mut signing: Signing<'d>) -> Signing<'d> {
        if let Some(certification) = self.certification {
            signing = signing.certify(certification);
        }
        if let Some(lock) = &self.lock {
            signing = signing.lock(lock.lock.clone());
        }
        if self.ignores_permissions {
            signing = signing.danger_ignore_permissions();
        }
        signing
    }
}

fn certification(text: &str) -> Option<Certification> {
    match text {
        "1" => Some(Certification::NoChanges),
        "2" => Some(Certification::FillForms),
        "3" => Some(Certification::Annotate),
        _ => None,
    }
}

fn lock(text: &str) -> Option<Lock> {
    if text == "all" {
        return Some(Lock { lock: FieldLock::all(), names: Vec::new() });
    }
    let (kind, names) = text.split_once(':')?;
    let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
    let lock = match kind {
        _ if names.iter().any(String::is_empty) => return None,
        "include" => FieldLock::include(names.clone()),
        "exclude" => FieldLock::exclude(names.clone()),
        _ => return None,
    };
    Some(Lock { lock, names })
}
