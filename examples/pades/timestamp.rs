//! `pades timestamp`: a document timestamp over the whole file.

use pades_ltv::{Language, Timestamping};

use crate::access::Password;
use crate::arguments::{Arguments, Given, Moment};
use crate::failure::{During, Stop};
use crate::inputs::Input;
use crate::messages::Message;
use crate::output::{Errand, Files, Paths};
use crate::progress::Progress;
use crate::services::Services;
use crate::stamper::{Need, Stampers, Tsa};

pub(crate) struct Options {
    tsa: Tsa,
    /// Bytes for the timestamp, where its authority needs more than most.
    room: Option<usize>,
    field: Option<String>,
    ignores_permissions: bool,
    password: Password,
    at: Moment,
    paths: Paths,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut tsa, mut field, mut at, mut files) = (Stampers::default(), None, None, Files::default());
        let (mut room, mut ignores_permissions, mut password) = (None, false, Password::default());
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.operand(path),
                Given::Option(option) => match option.as_str() {
                    "field" => field = Some(arguments.text(&option)?),
                    "at" => at = Some(arguments.moment(&option)?),
                    "timestamp-room" => room = Some(arguments.room(&option)?),
                    "ignore-permissions" => ignores_permissions = true,
                    _ if tsa.take(&option, arguments)?
                        || password.take(&option, arguments)?
                        || files.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        let tsa = tsa.complete(Need::Always, arguments)?.flatten().unwrap_or_else(Tsa::local);
        let paths = files.complete(arguments, tsa.is_local(), Errand::Real)?;
        Ok(Self { tsa, room, field, ignores_permissions, password, at: at.unwrap_or_else(Moment::now), paths })
    }
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let progress = Progress::start(language);
    let services = Services::new(options.at.time, &progress)?;
    let tsa = services.tsa(&options.tsa)?;
    let (path, password) = (&options.paths.input, options.password.read()?);
    let input = Input::open(path, options.paths.purpose()).during(|| Message::CannotOpen(path.clone()))?;
    options.paths.check()?;
    progress.step(&Message::Reading(path.clone()));
    let document = input.document(password.as_deref(), &progress).during(|| Message::CannotOpen(path.clone()))?;
    let mut timestamping = Timestamping::new(&document, options.at.time).terms(&options.tsa.terms);
    if let Some(field) = &options.field {
        timestamping = timestamping.field(field);
    }
    if let Some(bytes) = options.room {
        timestamping = timestamping.token_room(bytes);
    }
    if options.ignores_permissions {
        timestamping = timestamping.danger_ignore_permissions();
    }
    let update = timestamping.timestamp(tsa.as_ref()).during(|| Message::CannotTimestamp(path.clone()))?;
    options.paths.store(&input, (&document, None), &update, &services, &progress)?;
    options.paths.tell(&input, &update, language);
    Ok(0)
}
