//! What `pades sign` is to do: sign now, say what would be, prepare, complete, or sign many.

use std::path::PathBuf;

use crate::arguments::Arguments;
use crate::failure::Stop;
use crate::messages::Message;

/// Room for a CMS that somebody else makes, in bytes, unless told: enough for chains of RSA certificates.
const CMS_ROOM: usize = 12_288;
/// What may be given when a signature is completed; all else was settled when it was prepared.
const OPEN: [&str; 22] = [
    "complete",
    "signature",
    "tsa",
    "tsa-user",
    "tsa-pass-file",
    "tsa-cert",
    "tsa-key",
    "tsa-ca",
    "tsa-policy",
    "tsa-digest",
    "tsa-timeout",
    "tsa-header-file",
    "tsa-rate",
    "retry",
    "at",
    "in-place",
    "password",
    "password-file",
    "repair",
    "anchor-out",
    "json",
    "text",
];

/// As the command line has it.
#[derive(Default)]
pub(crate) struct Errands {
    is_dry_run: bool,
    prepare: Option<PathBuf>,
    cms_room: Option<usize>,
    complete: Option<PathBuf>,
    signature: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    /// The names of all options.
    given: Vec<String>,
}

/// One of them.
pub(crate) enum Task {
    Sign,
    DryRun,
    Prepare { state: PathBuf, cms_room: usize },
    Complete { state: PathBuf, signature: PathBuf },
    Many { folder: PathBuf },
}

impl Errands {
    /// Remembers that `option` was given.
    pub(crate) fn note(&mut self, option: String) {
        self.given.push(option);
    }

    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "dry-run" => self.is_dry_run = true,
            "prepare" => self.prepare = Some(arguments.path(option)?),
            "cms-room" => self.cms_room = Some(arguments.room(option)?),
            "complete" => self.complete = Some(arguments.path(option)?),
            "signature" => self.signature = Some(arguments.path(option)?),
            "out-dir" => self.out_dir = Some(arguments.path(option)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(crate) fn complete(self, arguments: &Arguments) -> Result<Task, Stop> {
        let tasks = [
            ("dry-run", self.is_dry_run),
            ("prepare", self.prepare.is_some()),
            ("complete", self.complete.is_some()),
            ("out-dir", self.out_dir.is_some()),
        ];
        let mut tasks = tasks.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name);
        if let (Some(one), Some(other)) = (tasks.next(), tasks.next()) {
            return Err(arguments.wrong(Message::Apart(one, other)));
        }
        if self.cms_room.is_some() && self.prepare.is_none() {
            return Err(arguments.wrong(Message::OnlyWith("cms-room", "prepare")));
        }
        let not_with = |option: &'static str, task| match self.given.iter().any(|given| given == option) {
            true => Err(arguments.wrong(Message::Apart(option, task))),
            false => Ok(()),
        };
        if let Some(state) = self.prepare {
            ["key", "p12", "pkcs11", "csc", "in-place"]
                .into_iter()
                .try_for_each(|option| not_with(option, "prepare"))?;
            return Ok(Task::Prepare { state, cms_room: self.cms_room.unwrap_or(CMS_ROOM) });
        }
        if let Some(folder) = self.out_dir {
            not_with("in-place", "out-dir")?;
            return Ok(Task::Many { folder });
        }
        match (self.complete, self.signature) {
            (Some(state), Some(signature)) => match self.given.into_iter().find(|one| !OPEN.contains(&one.as_str())) {
                Some(settled) => Err(arguments.wrong(Message::Settled(settled))),
                None => Ok(Task::Complete { state, signature }),
            },
            (None, None) if self.is_dry_run => Ok(Task::DryRun),
            (None, None) => Ok(Task::Sign),
            _ => Err(arguments.wrong(Message::Together("complete", "signature"))),
        }
    }
}
