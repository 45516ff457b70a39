//! A revision with a hole for a signature or a timestamp: made, hashed, filled and checked in one place.

use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "appearance")]
use crate::pdf::appearance::Seal;
use crate::pdf::document::Document;
use crate::pdf::extensions::declare_extensions;
use crate::pdf::field::{FieldChoice, sign_field};
use crate::pdf::form::Form;
use crate::pdf::object::Ref;
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::update::{Appended, UpdateWriter};
use crate::time::Time;

/// What goes into the revision.
pub(super) struct Entries<'n> {
    /// The field's name; `None` for the first free number behind `stem`.
    pub(super) field: Option<&'n str>,
    pub(super) stem: &'n str,
    /// What makes it visible.
    #[cfg(feature = "appearance")]
    pub(super) seal: Option<&'n Seal>,
    pub(super) signature: SignatureEntries,
    /// Bytes of CMS that the hole must take.
    pub(super) reserved: usize,
}

/// The revision that `entries` ask for, with an empty hole.
pub(super) fn prepare(base: &Document<'_>, entries: Entries<'_>, now: Time) -> Result<Appended> {
    let mut writer = UpdateWriter::new(base)?;
    let signature = writer.allocate()?;
    hang(&mut writer, &entries, signature)?;
    declare_extensions(&mut writer)?;
    writer.put_signature(signature, &entries.signature, entries.reserved);
    writer.finish(file_id(base, now))
}

/// Makes the signature the value of its field, visible where that was asked for.
fn hang(writer: &mut UpdateWriter<'_>, entries: &Entries<'_>, signature: Ref) -> Result<()> {
    let choice = entries.field.map_or(FieldChoice::Numbered(entries.stem), FieldChoice::Named);
    #[cfg(feature = "appearance")]
    if let Some(seal) = entries.seal {
        let seal = seal.place(writer.view())?;
        let field = sign_field(writer, choice, signature, seal.page())?;
        return seal.show(writer, &field);
    }
    sign_field(writer, choice, signature, None).map(drop)
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
/// [`ErrorKind::Capacity`] where `der` does not fit; [`ErrorKind::SelfCheck`] where the result does not read back as it was meant.
pub(super) fn fill(base: &Document<'_>, mut appended: Appended, der: &[u8]) -> Result<Appended> {
    appended.embed(der)?;
    let expected = appended.byte_range().ok_or_else(no_hole)?;
    let document = base.with_appended(appended.bytes.clone()).map_err(not_as_meant)?;
    let latest = document.latest();
    let form = Form::read(latest).map_err(not_as_meant)?;
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
    Ok(appended)
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
