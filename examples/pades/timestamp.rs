//! `pades timestamp`: a document timestamp over the whole file.

use pades_ltv::{Language, Timestamping};

use crate::arguments::{Arguments, Given, Moment};
use crate::failure::{During, Stop};
use crate::inputs;
use crate::messages::Message;
use crate::output::{Files, Paths};
use crate::progress::Progress;
use crate::services::{Services, Tsa};

pub(crate) struct Options {
    tsa: Tsa,
    field: Option<String>,
    at: Moment,
    paths: Paths,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut tsa, mut field, mut at, mut files) = (Tsa::Local, None, None, Files::default());
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.operand(path),
                Given::Option(option) => match option.as_str() {
                    "tsa" => tsa = arguments.tsa(&option)?,
                    "field" => field = Some(arguments.text(&option)?),
                    "at" => at = Some(arguments.moment(&option)?),
                    _ if files.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        let paths = files.complete(arguments, tsa == Tsa::Local)?;
        Ok(Self { tsa, field, at: at.unwrap_or_else(Moment::now), paths })
    }
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let progress = Progress::start(language);
    let services = Services::new(options.at.time, &progress)?;
    let tsa = services.tsa(&options.tsa)?;
    let input = &options.paths.input;
    let file = inputs::open(input).during(|| Message::CannotOpen(input.clone()))?;
    progress.step(&Message::Reading(input.clone()));
    let document = inputs::document(&file, &progress).during(|| Message::CannotOpen(input.clone()))?;
    let mut timestamping = Timestamping::new(&document, options.at.time);
    if let Some(field) = &options.field {
        timestamping = timestamping.field(field);
    }
    let update = timestamping.timestamp(tsa.as_ref()).during(|| Message::CannotTimestamp(input.clone()))?;
    if options.tsa == Tsa::Local {
        crate::complain(&Message::TestAuthority.text(language));
    }
    options.paths.write(&document, &update, &services, &progress, language)
}
