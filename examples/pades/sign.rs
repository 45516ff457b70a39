//! `pades sign`: one signature, with a timestamp where there is somebody to ask.

use std::path::PathBuf;

use pades_ltv::{Document, Language, Signing, SoftwareSigner, TimestampAuthority, Update};

use crate::arguments::{Arguments, Given, Moment};
use crate::failure::{During, Stop};
use crate::inputs;
use crate::messages::Message;
use crate::output::{Files, Paths};
use crate::progress::Progress;
use crate::services::{self, Services, Tsa};

pub(crate) struct Options {
    key: Option<(PathBuf, PathBuf)>,
    tsa: Option<Tsa>,
    texts: Texts,
    at: Moment,
    paths: Paths,
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

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut key, mut chain, mut tsa, mut at) = (None, None, None, None);
        let (mut texts, mut files) = (Texts::default(), Files::default());
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.operand(path),
                Given::Option(option) => match option.as_str() {
                    "key" => key = Some(arguments.path(&option)?),
                    "chain" => chain = Some(arguments.path(&option)?),
                    "tsa" => tsa = Some(arguments.tsa_or_none(&option)?),
                    "at" => at = Some(arguments.moment(&option)?),
                    _ if texts.take(&option, arguments)? || files.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        let key = match (key, chain) {
            (Some(key), Some(chain)) => Some((key, chain)),
            (None, None) => None,
            _ => return Err(arguments.wrong(Message::Together("key", "chain"))),
        };
        let tsa = tsa.unwrap_or_else(|| key.is_none().then_some(Tsa::Local));
        let is_test = key.is_none() || tsa == Some(Tsa::Local);
        let paths = files.complete(arguments, is_test)?;
        Ok(Self { key, tsa, texts, at: at.unwrap_or_else(Moment::now), paths })
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

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let progress = Progress::start(language);
    let services = Services::new(options.at.time, &progress)?;
    let signer = match &options.key {
        Some((key, chain)) => services::signer(key, chain)?,
        None => services.test_signer()?,
    };
    let tsa = options.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
    let input = &options.paths.input;
    let file = inputs::open(input).during(|| Message::CannotOpen(input.clone()))?;
    progress.step(&Message::Reading(input.clone()));
    let document = inputs::document(&file, &progress).during(|| Message::CannotOpen(input.clone()))?;
    let update = options.sign(&document, &signer, tsa.as_deref(), language);
    let update = update.during(|| Message::CannotSign(input.clone()))?;
    if options.is_test() {
        crate::complain(&Message::TestAuthority.text(language));
    }
    options.paths.write(&document, &update, &services, &progress, language)
}

impl Options {
    fn is_test(&self) -> bool {
        self.key.is_none() || self.tsa == Some(Tsa::Local)
    }

    fn sign(
        &self,
        document: &Document<'_>,
        signer: &SoftwareSigner,
        tsa: Option<&dyn TimestampAuthority>,
        language: Language,
    ) -> pades_ltv::Result<Update> {
        let signing = Signing::new(document, self.at.time).utc_offset(self.at.offset(language));
        let signing = self.texts.say(signing);
        match tsa {
            Some(tsa) => signing.sign(signer)?.timestamp(tsa)?.finish(),
            None => signing.timestamp_room(0).sign(signer)?.finish(),
        }
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
