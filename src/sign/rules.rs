//! What a document and a field ask of the signature that is to stand there, besides seed values.
//!
//! Invariant: no signature is made that one before it forbids, unless the caller says so in as many words.

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::field::{FieldOrigin, SignedField};
#[cfg(feature = "appearance")]
use crate::pdf::form::FieldValue;
use crate::pdf::form::Form;
use crate::pdf::metadata::{self, Standing};
use crate::pdf::object::Object;
use crate::pdf::restriction::{Restrictions, Rule};
use crate::pdf::seed_value::{Requirement, SeedValue};
use crate::pdf::signature::SignatureKind;
use crate::pdf::text::read_text_string;
use crate::pdf::transform::{Certification, FieldLock};
#[cfg(feature = "appearance")]
use crate::pdf::view::View;
use crate::transaction::Transaction;

/// The rules for one field.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) field: SignedField,
    pub(super) restrictions: Restrictions,
    /// The form as it was before anything is appended.
    #[cfg(feature = "appearance")]
    form: Form,
    /// The lock that the field came with.
    pub(super) lock: Option<FieldLock>,
    pub(super) seeds: Vec<SeedValue>,
    /// What the document's author attests (12.8.7).
    pub(super) attestation: Option<String>,
}

impl Rules {
    /// The rules for `field` of `base`, as they were before anything is appended.
    pub(super) fn read(base: &Document<'_>, field: &SignedField) -> Result<Self> {
        let view = base.latest();
        let form = Form::read(view)?;
        let is_old = field.origin == FieldOrigin::Existing;
        let found = form.field(&field.name).filter(|_| is_old);
        let (_, catalog) = view.catalog()?;
        let legal = view.entry(&catalog, "Legal")?;
        let attestation = match legal.as_dictionary() {
            Some(legal) => view.entry(legal, "Attestation")?,
            None => Object::Null,
        };
        Ok(Self {
            field: field.clone(),
            restrictions: Restrictions::read(view, &form)?,
            lock: found.and_then(|field| field.lock.clone()),
            seeds: if is_old { SeedValue::read(view, field.id)? } else { Vec::new() },
            attestation: attestation.as_string().map(read_text_string),
            #[cfg(feature = "appearance")]
            form,
        })
    }

    /// Whether the signatures that are there permit another one here.
    pub(super) fn check_permissions(&self) -> Result<()> {
        const ADVICE: &str = "sign before the document is certified or locked, or let that signature permit it; \
                              danger_ignore_permissions() signs all the same, and makes that signature invalid";
        if let Some((Certification::NoChanges, rule)) = self.restrictions.least() {
            return Err(self.refuse(format!("{rule} permits no changes, and so no further signature")).advise(ADVICE));
        }
        match self.restrictions.freezing(&self.field.name) {
            Some(rule) => Err(self.refuse(format!("{rule} has locked this field")).advise(ADVICE)),
            None => Ok(()),
        }
    }

    /// Whether the signatures that are there leave the field `name` open, to be filled beside this one: it is not locked, and was blank
    /// when they were made.
    #[cfg(feature = "appearance")]
    pub(super) fn check_filling(&self, view: View<'_>, name: &str) -> Result<()> {
        let why = match (self.restrictions.freezing(name), self.restrictions.rules.last()) {
            (Some(rule), _) => format!("{rule} has locked this field"),
            (None, Some(rule)) if !self.is_blank(view, name)? => format!("{rule} was made when this field had a value"),
            _ => return Ok(()),
        };
        let error = Error::new(ErrorKind::Field, why).at(format!("field \"{name}\""));
        Err(error.advise("leave it as it is; danger_ignore_permissions() fills it, and makes that signature invalid"))
    }

    #[cfg(feature = "appearance")]
    fn is_blank(&self, view: View<'_>, name: &str) -> Result<bool> {
        let Some(field) = self.form.field(name) else { return Ok(true) };
        Ok(match &field.value {
            FieldValue::Empty => true,
            FieldValue::Indirect(id) => field.kind.is_blank(&view.get(*id)?),
            FieldValue::Direct(value) => field.kind.is_blank(value),
        })
    }

    /// A certification is the first signature (12.8.1).
    pub(super) fn check_first(&self) -> Result<()> {
        let Some(rule) = self.restrictions.rules.first() else { return Ok(()) };
        Err(self
            .refuse(format!("a certification has to be the first signature, but {rule} is there already"))
            .advise("leave out certify(…) for an approval signature, or certify the file before anybody signs it"))
    }

    /// Whether anybody has signed the document.
    pub(super) fn standing(&self) -> Standing {
        if self.restrictions.rules.is_empty() { Standing::Unsigned } else { Standing::Signed }
    }

    /// Whether nobody signed another transaction. What a later revision made of the metadata does not matter: that was signed by nobody.
    pub(super) fn check_transaction(&self, base: &Document<'_>, transaction: &Transaction) -> Result<()> {
        let signatures = self.restrictions.rules.iter().filter(|rule| rule.kind == SignatureKind::Signature);
        for end in signatures.filter_map(|rule| rule.end) {
            // The line end behind `%%EOF` need not be covered (ISO 32000-2, 12.8.1).
            if let Some(revision) = base.revisions().iter().position(|revision| revision.end() >= end) {
                metadata::check_signed(base.view(revision), transaction)?;
            }
        }
        Ok(())
    }

    /// Whether the field may be given a lock: a new one, or one without lock that no signature covers yet.
    pub(super) fn check_new_lock(&self) -> Result<()> {
        if self.field.origin == FieldOrigin::New || (self.lock.is_none() && self.restrictions.rules.is_empty()) {
            return Ok(());
        }
        let why = if self.lock.is_some() { "the field has a lock of its own" } else { "the field was signed as it is" };
        Err(self.refuse(format!("{why}, which cannot be changed")).advise("leave out lock(…), or sign a new field"))
    }

    /// A document timestamp changes nothing (12.8.5.3), but takes the field, and can meet neither lock nor seed values.
    pub(super) fn check_timestamp(&self) -> Result<()> {
        if self.field.origin == FieldOrigin::New {
            return Ok(());
        }
        let is_frozen = self.restrictions.freezing(&self.field.name).is_some();
        let is_asked = self.seeds.iter().any(|seed| seed.requirement == Requirement::Required);
        if is_frozen || is_asked || self.lock.is_some() {
            return Err(self
                .refuse("the field is locked or meant for a signature, not for a document timestamp".to_owned())
                .advise("leave out the field's name to add one"));
        }
        Ok(())
    }

    /// The signatures that another one in this field would make invalid.
    pub(super) fn broken(&self) -> impl Iterator<Item = &Rule> {
        self.restrictions.rules.iter().filter(|rule| !rule.permits_signing(&self.field.name))
    }

    fn refuse(&self, why: String) -> Error {
        Error::new(ErrorKind::Field, why).at(format!("field \"{}\"", self.field.name))
    }
}
