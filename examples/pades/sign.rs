//! `pades sign`: one signature, with a timestamp where there is somebody to ask; or what it would be.
//!
//! What is signed in two steps stands in `two_phase.rs`, what is signed by the hundred in `many.rs`.

use std::path::PathBuf;

use pades_ltv::{Document, Language, Signed, Signer, Signing, TimestampAuthority, Update};

use crate::access::Password;
use crate::arguments::{Arguments, Given, Moment};
use crate::errand::{Errands, Task};
use crate::failure::{During, Failure, Stop};
use crate::inputs::Input;
use crate::look::Drawn;
use crate::mending::{self, Mending, Opened};
use crate::messages::Message;
use crate::outcome::{self, PreparedJson, SignedJson};
use crate::output::{Errand, Files, Paths};
use crate::preflight::{self, Form, Plan};
use crate::progress::Progress;
use crate::services::{self, Services};
use crate::stamper::{Need, Stampers, Tsa};
use crate::terms::Terms;
use crate::who::{self, Keys, Who};

pub(crate) struct Options {
    pub(crate) who: Who,
    pub(crate) tsa: Option<Tsa>,
    /// Bytes for the timestamp, where its authority needs more than most, or there is none.
    pub(crate) room: Option<usize>,
    pub(crate) terms: Terms,
    pub(crate) password: Password,
    pub(crate) mending: Mending,
    pub(crate) at: Moment,
    pub(crate) form: Form,
    task: Task,
    /// Where many are signed, the first of them.
    pub(crate) paths: Paths,
    /// All that is to be signed.
    pub(crate) inputs: Vec<PathBuf>,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut keys, mut errands, mut terms) = (Keys::default(), Errands::default(), Terms::default());
        let (mut password, mut files, mut operands) = (Password::default(), Files::default(), Vec::new());
        let (mut tsa, mut at, mut room, mut form, mut mending) =
            (Stampers::default(), None, None, None, Mending::Refused);
        while let Some(given) = arguments.next()? {
            let option = match given {
                Given::Operand(path) => {
                    operands.push(path);
                    continue;
                }
                Given::Option(option) => option,
            };
            match option.as_str() {
                "timestamp-room" => room = Some(arguments.room(&option)?),
                "at" => at = Some(arguments.moment(&option)?),
                "repair" => mending = Mending::Allowed,
                _ if Form::take(&mut form, &option, arguments)?
                    || tsa.take(&option, arguments)?
                    || keys.take(&option, arguments)?
                    || errands.take(&option, arguments)?
                    || terms.take(&option, arguments)?
                    || password.take(&option, arguments)?
                    || files.take(&option, arguments)? => {}
                _ => return Err(arguments.unknown(option)),
            }
            errands.note(option);
        }
        let (task, who) = (errands.complete(arguments)?, keys.complete(arguments)?);
        let tsa = tsa.complete(Need::Optional, arguments)?;
        let room = timestamp_room(&task, &who, tsa.as_ref(), room).map_err(|message| arguments.wrong(message))?;
        let tsa = tsa.unwrap_or_else(|| (task.signs() && who.is_test_authority()).then(Tsa::local));
        task.check(&who, arguments)?;
        terms.check(arguments)?;
        let is_test =
            task.signs() && who.is_test_authority() || task.stamps() && tsa.as_ref().is_some_and(Tsa::is_local);
        let inputs = task.inputs(operands, &mut files, arguments)?;
        let paths = files.complete(arguments, is_test, task.errand())?;
        let (at, form) = (at.unwrap_or_else(Moment::now), form.unwrap_or(task.form()));
        Ok(Self { who, tsa, room, terms, password, mending, at, form, task, paths, inputs })
    }
}

/// Bytes for the timestamp: 0 where nobody will make one, `None` for what most need.
fn timestamp_room(
    task: &Task,
    who: &Who,
    tsa: Option<&Option<Tsa>>,
    room: Option<usize>,
) -> Result<Option<usize>, Message> {
    let is_expected = match (tsa, task) {
        (Some(tsa), _) => tsa.is_some(),
        // Whether there will be one is said when the signature is completed.
        (None, Task::Prepare { .. }) => true,
        (None, _) => who.is_test_authority(),
    };
    match (is_expected, room) {
        (false, Some(_)) => Err(Message::OnlyWith("timestamp-room", "tsa")),
        (false, None) => Ok(Some(0)),
        (true, room) => Ok(room),
    }
}

impl Task {
    /// Whether a key signs in this run, or would.
    fn signs(&self) -> bool {
        !matches!(self, Self::Prepare { .. } | Self::Complete { .. })
    }

    /// Whether a timestamp may be made in this run.
    fn stamps(&self) -> bool {
        !matches!(self, Self::Prepare { .. })
    }

    fn errand(&self) -> Errand {
        match self {
            Self::Sign | Self::Complete { .. } => Errand::Real,
            Self::DryRun | Self::Prepare { .. } | Self::Many { .. } => Errand::DryRun,
        }
    }

    fn form(&self) -> Form {
        match self {
            Self::DryRun | Self::Prepare { .. } => Form::Json,
            Self::Sign | Self::Complete { .. } | Self::Many { .. } => Form::Text,
        }
    }

    fn check(&self, who: &Who, arguments: &Arguments) -> Result<(), Stop> {
        match self {
            Self::Sign | Self::Many { .. } if who.is_elsewhere() => Err(who::no_key()),
            Self::Prepare { .. } if who.is_pss() && !who.is_elsewhere() => {
                Err(arguments.wrong(Message::OnlyWith("pss", "chain")))
            }
            _ => Ok(()),
        }
    }

    /// What is to be signed; what `files` needs of the operands, it gets.
    fn inputs(&self, operands: Vec<PathBuf>, files: &mut Files, arguments: &Arguments) -> Result<Vec<PathBuf>, Stop> {
        let first: Vec<PathBuf> = operands.iter().take(1).cloned().collect();
        let (inputs, operands) = match self {
            Self::Many { .. } => {
                crate::many::check_names(&operands, arguments)?;
                (operands, first)
            }
            Self::Prepare { .. } => (vec![arguments.only_in(operands)?], first),
            Self::Sign if operands.len() > 2 => return Err(arguments.wrong(Message::NoFolder)),
            _ => (first, operands),
        };
        operands.into_iter().for_each(|path| files.operand(path));
        Ok(inputs)
    }
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let done = match &options.task {
        Task::Sign => options.run(language),
        Task::DryRun => options.dry_run(language),
        Task::Prepare { state, cms_room } => options.prepare(state, *cms_room, language),
        Task::Complete { state, signature } => options.complete(state, signature, language),
        Task::Many { folder } => options.run_many(folder, language),
    };
    if let (Err(Stop::Failure(failure)), Form::Json) = (&done, options.form) {
        options.inputs.iter().for_each(|path| crate::print(&options.failed(path, failure)));
    }
    done
}

impl Options {
    /// Why nothing came of `path`, with the keys that it would have had.
    fn failed(&self, path: &std::path::Path, failure: &Failure) -> String {
        match &self.task {
            Task::DryRun => preflight::failed(failure, path),
            Task::Prepare { .. } => outcome::line(&PreparedJson::failed(path, failure)),
            _ => outcome::line(&SignedJson::failed(path, failure)),
        }
    }

    fn run(&self, language: Language) -> Result<u8, Stop> {
        let progress = Progress::start(language);
        let services = Services::new(self.at.time, &progress)?;
        let (drawn, password) = (self.terms.draw()?, self.password.read()?);
        let tsa = self.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
        let cannot_open = || Message::CannotOpen(self.paths.input.clone());
        let input = Input::open(&self.paths.input, self.paths.purpose()).during(cannot_open)?;
        self.paths.check()?;
        progress.step(&Message::Reading(self.paths.input.clone()));
        let opened = Opened::new(&input, password.as_deref(), self.mending, &progress).during(cannot_open)?;
        // Last, since a one-time password may be sent for it.
        let key = self.who.key(1, &services)?.ok_or_else(who::no_key)?;
        let tsa = tsa.as_deref().map(services::unshared);
        let update = self.sign(opened.document(), &drawn, key.signer(), tsa, language);
        let update = update.during(|| Message::CannotSign(self.paths.input.clone()))?;
        self.hand_over(&input, &opened, &update, &services, &progress, language)
    }

    /// What would be done, without key or server.
    fn dry_run(&self, language: Language) -> Result<u8, Stop> {
        let progress = Progress::start(language);
        let services = Services::new(self.at.time, &progress)?;
        let (drawn, password) = (self.terms.draw()?, self.password.read()?);
        let identity = self.who.identity(&services)?;
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
        self.say_repair(&self.paths.input, &opened, language);
        let plan = Plan { preflight, input_len: input.length(), repair: opened.steps().to_vec() };
        crate::print(&preflight::text(self.form, &plan, &self.paths.input, self.at, language));
        Ok(0)
    }

    /// Writes what came of it, and says so.
    pub(crate) fn hand_over(
        &self,
        input: &Input,
        opened: &Opened<'_>,
        update: &Update,
        services: &Services<'_>,
        progress: &Progress,
        language: Language,
    ) -> Result<u8, Stop> {
        self.paths.store(input, (opened.document(), opened.repair()), update, services, progress)?;
        match self.form {
            Form::Text => self.paths.tell(input, update, language),
            Form::Json => {
                self.paths.warn(language);
                let (path, out) = (&self.paths.input, self.paths.target());
                crate::print(&outcome::line(&SignedJson::done(path, out, input.length(), update.file_len())));
            }
        }
        self.say_repair(&self.paths.input, opened, language);
        Ok(0)
    }

    pub(crate) fn say_repair(&self, path: &std::path::Path, opened: &Opened<'_>, language: Language) {
        if !opened.steps().is_empty() {
            let head = Message::Repaired(path.to_owned()).text(language);
            crate::complain(&format!("{head}{}", mending::lines(opened.steps(), language)));
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
        self.stamped(signed, tsa)?.finish()
    }

    /// The signature with the timestamp that was asked for.
    pub(crate) fn stamped<'d>(
        &self,
        signed: Signed<'d>,
        tsa: Option<&dyn TimestampAuthority>,
    ) -> pades_ltv::Result<Signed<'d>> {
        match (tsa, &self.tsa) {
            (Some(tsa), Some(Tsa { terms, .. })) => signed.timestamp_with(tsa, terms),
            _ => Ok(signed),
        }
    }

    pub(crate) fn signing<'d>(
        &self,
        document: &'d Document<'d>,
        drawn: &Drawn,
        language: Language,
    ) -> pades_ltv::Result<Signing<'d>> {
        self.terms.signing(document, drawn, (self.at, language), self.room)
    }
}
