//! A revision with a hole for a signature or a timestamp: made, hashed, filled and checked in one place.

use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "appearance")]
use crate::pdf::appearance::{Embedded, Fill, Seal};
use crate::pdf::crypt::{Deed, Enforcement};
use crate::pdf::document::Document;
use crate::pdf::extensions::{IsoExtension, declare_extensions, declare_iso};
use crate::pdf::field::{FieldChoice, SignedField, sign_field};
use crate::pdf::form::Form;
use crate::pdf::metadata::{self, Standing};
use crate::pdf::object::{Object, Ref};
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::transform::FieldLock;
use crate::pdf::update::{Appended, Place, UpdateWriter};
use crate::time::Time;
use crate::transaction::Transaction;

/// A revision that has its field, and waits for its signature dictionary.
pub(super) struct Draft<'d> {
    base: &'d Document<'d>,
    writer: UpdateWriter<'d>,
    signature: Ref,
    field: SignedField,
}

impl<'d> Draft<'d> {
    /// A revision behind `base` whose signature stands in the field `choice`, invisible where the field is new.
    pub(super) fn new(base: &'d Document<'d>, choice: FieldChoice<'_>) -> Result<Self> {
        Self::on_page(base, choice, None)
    }

    /// As [`new`](Self::new), with a seal that shows the signature, and with fields that are filled.
    #[cfg(feature = "appearance")]
    pub(super) fn showing(
        base: &'d Document<'d>,
        choice: FieldChoice<'_>,
        seal: Option<&Seal>,
        fills: &[Fill],
    ) -> Result<Self> {
        let seal = seal.map(|seal| seal.place(base.latest())).transpose()?;
        let mut draft = Self::on_page(base, choice, seal.as_ref().and_then(|seal| seal.page()))?;
        let mut embedded = Embedded::new(base.latest())?;
        Fill::write_all(fills, &mut draft.writer, &mut embedded)?;
        if let Some(seal) = seal {
            seal.show(&mut draft.writer, &mut embedded, &draft.field)?;
        }
        embedded.write(&mut draft.writer)?;
        Ok(draft)
    }

    fn on_page(base: &'d Document<'d>, choice: FieldChoice<'_>, page: Option<Ref>) -> Result<Self> {
        let mut writer = UpdateWriter::new(base)?;
        let signature = writer.allocate()?;
        let field = sign_field(&mut writer, choice, signature, page)?;
        declare_extensions(&mut writer)?;
        Ok(Self { base, writer, signature, field })
    }

    /// Whether the permissions of an encrypted base allow `deed`.
    pub(super) fn check_access(&self, permissions: Enforcement, deed: Deed) -> Result<()> {
        permissions.check(self.base.encryption(), deed)
    }

    pub(super) fn field(&self) -> &SignedField {
        &self.field
    }

    pub(super) fn catalog(&self) -> Result<Ref> {
        Ok(self.writer.view().catalog()?.0)
    }

    /// Declares an extension of PDF that the signature needs (7.12).
    pub(super) fn declare(&mut self, extension: IsoExtension) -> Result<()> {
        declare_iso(&mut self.writer, extension)
    }

    /// Gives the field a lock dictionary, an object of its own (12.7.5.5, table 235).
    pub(super) fn lock(&mut self, lock: &FieldLock) -> Result<()> {
        let id = self.writer.allocate()?;
        self.writer.put(id, lock.to_dictionary());
        self.writer.edit_dictionary(&Place::object(self.field.id))?.set("Lock", Object::Reference(id));
        Ok(())
    }

    /// Names the signature as the document's certification, in the catalog's `/Perms` (12.8.6).
    pub(super) fn certify(&mut self) -> Result<()> {
        let catalog = Place::object(self.catalog()?);
        self.writer.dictionary(&catalog, "Perms")?.set("DocMDP", Object::Reference(self.signature));
        Ok(())
    }

    /// Says in the document's metadata what it is about.
    pub(super) fn state(&mut self, transaction: &Transaction, standing: Standing) -> Result<()> {
        metadata::state(&mut self.writer, transaction, standing)
    }

    /// The revision with an empty hole for `reserved` bytes of CMS or timestamp.
    pub(super) fn finish(mut self, entries: SignatureEntries, reserved: usize, now: Time) -> Result<Appended> {
        self.writer.put_signature(self.signature, entries, reserved);
        self.writer.finish(file_id(self.base, now))
    }
}

/// The digest of what the signature in `appended` covers. The base is hashed at most once per document and algorithm.
pub(super) fn imprint(base: &Document<'_>, appended: &Appended, algorithm: DigestAlgorithm) -> Result<Vec<u8>> {
    let [before, behind] = appended.covered().ok_or_else(no_hole)?;
    let mut state = base.digest_state(algorithm)?;
    state.update(before);
    state.update(behind);
    Ok(state.finish())
}

/// Fills the hole with `der` and reads the result back as a stranger would.
///
/// # Errors
/// [`ErrorKind::Capacity`] where `der` does not fit; [`ErrorKind::Encrypted`] where the base is not open; [`ErrorKind::SelfCheck`] where the result does not read back as it was meant.
pub(super) fn fill(base: &Document<'_>, mut appended: Appended, der: &[u8]) -> Result<Appended> {
    base.require_open()?;
    appended.embed(der)?;
    check(base, &appended, der)?;
    Ok(appended)
}

/// Whether a stranger finds `der` in `appended` behind `base`.
fn check(base: &Document<'_>, appended: &Appended, der: &[u8]) -> Result<()> {
    let expected = appended.byte_range().ok_or_else(no_hole)?;
    let document = base.unhashed_with(&appended.bytes).map_err(not_as_meant)?;
    // Each object is then read in one piece; signatures are long.
    let _ = document.places();
    let latest = document.latest();
    let form = Form::read_unprobed(latest).map_err(not_as_meant)?;
    let mut found = form.signatures().filter_map(|field| field.signature(latest).ok().flatten());
    let dictionary = found.find(|dictionary| dictionary.byte_range.as_ref().is_ok_and(|range| *range == expected));
    let dictionary = dictionary.ok_or_else(|| not_as_meant("the new signature is not found"))?;
    if let Some(fault) = dictionary.faults.first() {
        return Err(not_as_meant(fault.to_string()));
    }
    let contents = dictionary.contents.map_err(|fault| not_as_meant(fault.to_string()))?;
    if !contents.der.starts_with(der) {
        return Err(not_as_meant("the signature read back is another"));
    }
    if document.revisions().len() != base.revisions().len().saturating_add(1) {
        return Err(not_as_meant("the update is not one revision"));
    }
    Ok(())
}

/// The second half of `/ID`: names this version of the file (ISO 32000-2, 14.4), the same for the same input.
pub(crate) fn file_id(base: &Document<'_>, now: Time) -> [u8; 16] {
    let named = format!("pades-ltv {} {}", base.len(), now.to_unix());
    let digest = DigestAlgorithm::Sha256.digest(named.as_bytes());
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(byte, new)| *byte = new);
    id
}

/// The output does not pass our own check: nothing is handed out.
pub(super) fn not_as_meant(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::SelfCheck, "the file made does not read back as it was meant; nothing was written")
        .because(cause)
        .advise("report this with the file; it is a defect of this library")
}

fn no_hole() -> Error {
    Error::new(ErrorKind::State, "the update holds no signature")
}
