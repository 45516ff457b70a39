//! What a signature says and shows, and what it permits later.

use pades_ltv::{Certification, Document, FieldLock, Language, Signing};

use crate::about::About;
use crate::arguments::{Arguments, Moment};
use crate::failure::Stop;
use crate::fields;
use crate::look::{Drawn, Look};

/// All that is settled when a signature is prepared, but who signs.
#[derive(Default)]
pub(crate) struct Terms {
    texts: Texts,
    about: About,
    rules: Rules,
    look: Look,
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

impl Terms {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        Ok(self.texts.take(option, arguments)?
            || self.about.take(option, arguments)?
            || self.rules.take(option, arguments)?
            || self.look.take(option, arguments)?)
    }

    pub(crate) fn check(&mut self, arguments: &Arguments) -> Result<(), Stop> {
        self.about.settle(arguments)?;
        self.look.check(arguments)
    }

    /// Reads images and fonts.
    pub(crate) fn draw(&self) -> Result<Drawn, Stop> {
        self.look.read()
    }

    /// The signature on `document`, with `room` bytes for its timestamp unless that is what most need.
    pub(crate) fn signing<'d>(
        &self,
        document: &'d Document<'d>,
        drawn: &Drawn,
        (at, language): (Moment, Language),
        room: Option<usize>,
    ) -> pades_ltv::Result<Signing<'d>> {
        let locked = self.rules.lock.iter().flat_map(|lock| lock.names.iter().map(String::as_str));
        fields::check(document, drawn.filled(), None)?;
        fields::check(document, locked, self.texts.field.as_deref())?;
        let signing = Signing::new(document, at.time).utc_offset(at.offset(language));
        let signing = match room {
            Some(bytes) => signing.timestamp_room(bytes),
            None => signing,
        };
        Ok(drawn.show(self.rules.hold(self.about.say(self.texts.say(signing)))))
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
    fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "certify" => self.certification = Some(arguments.parsed(option, "1 | 2 | 3", certification)?),
            "lock" => self.lock = Some(arguments.parsed(option, "all | include:NAME,… | exclude:NAME,…", lock)?),
            "ignore-permissions" => self.ignores_permissions = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

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
