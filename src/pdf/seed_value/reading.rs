//! The reading of seed values, entry by entry.

use super::{Constraint, LockDocument, Requirement, SeedValue};
use crate::error::{ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::text::read_text_string;
use crate::pdf::transform::Certification;
use crate::pdf::view::View;

/// The bits of `/Ff` in a seed value dictionary (table 237).
mod flag {
    pub(super) const FILTER: i64 = 1;
    pub(super) const SUB_FILTER: i64 = 1 << 1;
    pub(super) const VERSION: i64 = 1 << 2;
    pub(super) const REASONS: i64 = 1 << 3;
    pub(super) const LEGAL_ATTESTATION: i64 = 1 << 4;
    pub(super) const ADD_REV_INFO: i64 = 1 << 5;
    pub(super) const DIGEST_METHOD: i64 = 1 << 6;
    pub(super) const LOCK_DOCUMENT: i64 = 1 << 7;
    pub(super) const APPEARANCE_FILTER: i64 = 1 << 8;
    pub(super) const KNOWN: i64 = (1 << 9) - 1;
}

/// The bits of `/Ff` in a certificate seed value dictionary (table 238); bit 5 is reserved.
mod certificate_flag {
    pub(super) const SUBJECT: i64 = 1;
    pub(super) const ISSUER: i64 = 1 << 1;
    pub(super) const OID: i64 = 1 << 2;
    pub(super) const SUBJECT_DN: i64 = 1 << 3;
    pub(super) const KEY_USAGE: i64 = 1 << 5;
    pub(super) const URL: i64 = 1 << 6;
    pub(super) const KNOWN: i64 = SUBJECT | ISSUER | OID | SUBJECT_DN | KEY_USAGE | URL;
}

/// Constraints, as far as they are read.
pub(super) struct Reading<'v> {
    view: View<'v>,
    found: Vec<SeedValue>,
}

impl<'v> Reading<'v> {
    pub(super) fn new(view: View<'v>) -> Self {
        Self { view, found: Vec::new() }
    }

    pub(super) fn field(mut self, field: Ref) -> Result<Vec<SeedValue>> {
        let Some(field) = self.tolerate(self.view.get(field))? else {
            self.bind(Constraint::Unreadable("SV"));
            return Ok(self.found);
        };
        let field = field.as_dictionary().cloned().unwrap_or_default();
        match self.entry(&field, "SV")? {
            Some(Object::Null) => {}
            Some(Object::Dictionary(seed)) => self.seed(&seed)?,
            _ => self.bind(Constraint::Unreadable("SV")),
        }
        Ok(self.found)
    }

    fn seed(&mut self, seed: &Dictionary) -> Result<()> {
        let flags = self.flags(seed, flag::KNOWN, "SV /Ff")?;
        let at = |bit: i64| requirement(flags & bit != 0);
        self.read(seed, "Filter", "SV /Filter", at(flag::FILTER), |view, value| {
            Ok(name_or_text(view, value)?.map(Constraint::Filter))
        })?;
        self.read(seed, "SubFilter", "SV /SubFilter", at(flag::SUB_FILTER), |view, value| {
            Ok(names(view, value)?.map(Constraint::SubFilter))
        })?;
        self.read(seed, "V", "SV /V", at(flag::VERSION), |_, value| Ok(whole(value).map(Constraint::Version)))?;
        self.reasons(seed, at(flag::REASONS))?;
        self.read(seed, "LegalAttestation", "SV /LegalAttestation", at(flag::LEGAL_ATTESTATION), |view, value| {
            Ok(names(view, value)?.map(Constraint::LegalAttestation))
        })?;
        self.read(seed, "AddRevInfo", "SV /AddRevInfo", at(flag::ADD_REV_INFO), |_, value| {
            Ok(match value {
                Object::Boolean(add) => Some(Constraint::AddRevInfo(*add)),
                _ => None,
            })
        })?;
        self.read(seed, "DigestMethod", "SV /DigestMethod", at(flag::DIGEST_METHOD), |view, value| {
            Ok(names(view, value)?.map(Constraint::DigestMethod))
        })?;
        self.read(seed, "LockDocument", "SV /LockDocument", at(flag::LOCK_DOCUMENT), |view, value| {
            Ok(lock_document(view, value)?.map(Constraint::LockDocument))
        })?;
        self.read(seed, "AppearanceFilter", "SV /AppearanceFilter", at(flag::APPEARANCE_FILTER), |view, value| {
            Ok(name_or_text(view, value)?.map(Constraint::AppearanceFilter))
        })?;
        self.mdp(seed)?;
        self.timestamp(seed)?;
        match self.entry(seed, "Cert")? {
            Some(Object::Null) => Ok(()),
            Some(Object::Dictionary(certificate)) => self.certificate(&certificate),
            _ => {
                self.bind(Constraint::Unreadable("SV /Cert"));
                Ok(())
            }
        }
    }

    /// A required reason that is absent, or a lone period, forbids any.
    fn reasons(&mut self, seed: &Dictionary, requirement: Requirement) -> Result<()> {
        if seed.get("Reasons").is_none() && requirement == Requirement::Required {
            self.bind(Constraint::Reasons(Vec::new()));
        }
        self.read(seed, "Reasons", "SV /Reasons", requirement, |view, value| {
            let reasons = names(view, value)?;
            Ok(reasons.map(|reasons| if reasons == ["."] { Vec::new() } else { reasons }).map(Constraint::Reasons))
        })
    }

    /// `/MDP` has no flag: the standard does not say that anybody may pass over it.
    fn mdp(&mut self, seed: &Dictionary) -> Result<()> {
        let Some(value) = self.entry(seed, "MDP")? else {
            self.bind(Constraint::Unreadable("SV /MDP"));
            return Ok(());
        };
        let level = match &value {
            Object::Null => return Ok(()),
            Object::Dictionary(mdp) => self.entry(mdp, "P")?,
            _ => None,
        };
        match level {
            Some(Object::Null) => {}
            Some(Object::Integer(0)) => self.bind(Constraint::Mdp(None)),
            level => {
                let level = level.as_ref().and_then(Object::as_integer).and_then(Certification::from_level);
                self.bind(level.map_or(Constraint::Unreadable("SV /MDP"), |level| Constraint::Mdp(Some(level))));
            }
        }
        Ok(())
    }

    fn timestamp(&mut self, seed: &Dictionary) -> Result<()> {
        let (url, flags) = match self.entry(seed, "TimeStamp")? {
            Some(Object::Null) => return Ok(()),
            Some(Object::Dictionary(timestamp)) => (self.entry(&timestamp, "URL")?, self.entry(&timestamp, "Ff")?),
            _ => (None, None),
        };
        let url = match url {
            Some(Object::Null) => Some(None),
            Some(Object::String(url)) => Some(Some(read_text_string(&url))),
            _ => None,
        };
        match (url, flags) {
            (Some(url), Some(Object::Null | Object::Integer(0))) => {
                self.add(Requirement::Optional, Constraint::Timestamp(url));
            }
            (Some(url), Some(Object::Integer(_))) => self.bind(Constraint::Timestamp(url)),
            _ => self.bind(Constraint::Unreadable("SV /TimeStamp")),
        }
        Ok(())
    }

    fn certificate(&mut self, seed: &Dictionary) -> Result<()> {
        use certificate_flag as flag;
        let flags = self.flags(seed, flag::KNOWN, "SV /Cert /Ff")?;
        let at = |bit: i64| requirement(flags & bit != 0);
        self.read(seed, "Subject", "SV /Cert /Subject", at(flag::SUBJECT), |view, value| {
            Ok(byte_strings(view, value)?.map(Constraint::Subject))
        })?;
        self.read(seed, "Issuer", "SV /Cert /Issuer", at(flag::ISSUER), |view, value| {
            Ok(byte_strings(view, value)?.map(Constraint::Issuer))
        })?;
        self.read(seed, "OID", "SV /Cert /OID", at(flag::OID), |view, value| {
            Ok(names(view, value)?.map(Constraint::Policies))
        })?;
        self.read(seed, "SubjectDN", "SV /Cert /SubjectDN", at(flag::SUBJECT_DN), |view, value| {
            Ok(attributes(view, value)?.map(Constraint::SubjectDn))
        })?;
        self.read(seed, "KeyUsage", "SV /Cert /KeyUsage", at(flag::KEY_USAGE), |view, value| {
            Ok(names(view, value)?.map(Constraint::KeyUsage))
        })?;
        self.url(seed, at(flag::URL))?;
        // No flag says that it may be passed over.
        self.read(seed, "SignaturePolicyOID", "SV /Cert /SignaturePolicyOID", Requirement::Required, |view, value| {
            Ok(name_or_text(view, value)?.map(Constraint::SignaturePolicy))
        })
    }

    /// An address where certificates can be had binds nobody.
    fn url(&mut self, seed: &Dictionary, requirement: Requirement) -> Result<()> {
        if seed.get("URL").is_none() {
            return Ok(());
        }
        self.read(seed, "URLType", "SV /Cert /URL", requirement, |view, value| {
            Ok(name_or_text(view, value)?.map(Constraint::Url))
        })?;
        self.found.retain(|one| !matches!(&one.constraint, Constraint::Url(kind) if kind == "Browser"));
        Ok(())
    }

    /// `/Ff`: all that is known where it cannot be read.
    fn flags(&mut self, seed: &Dictionary, known: i64, entry: &'static str) -> Result<i64> {
        match self.entry(seed, "Ff")? {
            Some(Object::Null) => Ok(0),
            Some(Object::Integer(flags)) => {
                if flags & !known != 0 {
                    self.bind(Constraint::UnknownFlags(entry));
                }
                Ok(flags)
            }
            _ => {
                self.bind(Constraint::Unreadable(entry));
                Ok(known)
            }
        }
    }

    /// Reads `key` by `reader`, which gives none for what is not as it should.
    fn read(
        &mut self,
        seed: &Dictionary,
        key: &str,
        entry: &'static str,
        requirement: Requirement,
        reader: impl Fn(View<'_>, &Object) -> Result<Option<Constraint>>,
    ) -> Result<()> {
        let value = self.entry(seed, key)?;
        if value == Some(Object::Null) {
            return Ok(());
        }
        let constraint = match value {
            Some(value) => self.tolerate(reader(self.view, &value))?.flatten(),
            None => None,
        };
        self.add(requirement, constraint.unwrap_or(Constraint::Unreadable(entry)));
        Ok(())
    }

    /// A resolved entry, null where it is absent; none where it cannot be read.
    fn entry(&self, dictionary: &Dictionary, key: &str) -> Result<Option<Object>> {
        self.tolerate(self.view.entry(dictionary, key))
    }

    fn tolerate<T>(&self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::Io => Err(error),
            Err(_) => Ok(None),
        }
    }

    fn bind(&mut self, constraint: Constraint) {
        self.add(Requirement::Required, constraint);
    }

    fn add(&mut self, requirement: Requirement, constraint: Constraint) {
        self.found.push(SeedValue { requirement, constraint });
    }
}

fn requirement(is_required: bool) -> Requirement {
    if is_required { Requirement::Required } else { Requirement::Optional }
}

/// Writers do not agree about where a name stands and where a string.
fn name_or_text(view: View<'_>, value: &Object) -> Result<Option<String>> {
    Ok(match &*view.resolve(value)? {
        Object::Name(name) => Some(name.to_text()),
        Object::String(string) => Some(read_text_string(string)),
        _ => None,
    })
}

fn names(view: View<'_>, value: &Object) -> Result<Option<Vec<String>>> {
    all(value, |item| name_or_text(view, item))
}

fn byte_strings(view: View<'_>, value: &Object) -> Result<Option<Vec<Vec<u8>>>> {
    all(value, |item| Ok(view.resolve(item)?.as_string().map(|string| string.bytes.clone())))
}

/// All pairs of all dictionaries: the certificate must have each of them.
fn attributes(view: View<'_>, value: &Object) -> Result<Option<Vec<(String, String)>>> {
    let of_one = |item: &Object| {
        let item = view.resolve(item)?;
        let Some(dictionary) = item.as_dictionary() else { return Ok(None) };
        let pairs: Result<Option<Vec<_>>> = dictionary
            .iter()
            .map(|entry| Ok(name_or_text(view, &entry.value)?.map(|value| (entry.key.to_text(), value))))
            .collect();
        pairs
    };
    Ok(all(value, of_one)?.map(|pairs| pairs.into_iter().flatten().collect()))
}

/// What `reader` makes of every item of an array; none where one of them, or the array, is not as it should.
fn all<T>(value: &Object, reader: impl Fn(&Object) -> Result<Option<T>>) -> Result<Option<Vec<T>>> {
    let Some(items) = value.as_array() else { return Ok(None) };
    items.iter().map(reader).collect()
}

fn lock_document(view: View<'_>, value: &Object) -> Result<Option<LockDocument>> {
    Ok(match name_or_text(view, value)?.as_deref() {
        Some("true") => Some(LockDocument::Yes),
        Some("false") => Some(LockDocument::No),
        Some("auto") => Some(LockDocument::Auto),
        _ => None,
    })
}

/// A version, which some write as a real number; any part of one counts as the next.
fn whole(value: &Object) -> Option<i64> {
    match value {
        Object::Integer(value) => Some(*value),
        Object::Real(text) => {
            let (whole, part) = text.split_once('.')?;
            let whole: i64 = whole.parse().ok()?;
            let is_more = part.bytes().any(|digit| digit != b'0');
            part.bytes().all(|digit| digit.is_ascii_digit()).then_some(whole.saturating_add(i64::from(is_more)))
        }
        _ => None,
    }
}
