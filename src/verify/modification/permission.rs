//! What the signatures of a document permit to change after them (ISO 32000-2, 12.8.2; 12.7.5.5, table 236).
//!
//! Invariant: what cannot be placed in time binds from the beginning.

use crate::error::Result;
use crate::pdf::document::Document;
use crate::pdf::form::{FieldValue, Form};
use crate::pdf::object::Object;
use crate::pdf::signature::SignatureDictionary;
use crate::pdf::transform::{FieldSelection, Permission, Transform};
use crate::report::Modification;

/// Each rule with the index of the revision behind which it holds.
#[derive(Debug, Default)]
pub(super) struct Permissions {
    certifications: Vec<(usize, Modification)>,
    locks: Vec<(usize, Modification)>,
    frozen: Vec<(usize, FieldSelection)>,
}

impl Permissions {
    /// Reads the rules of all signatures in `form`, and of the certification that the catalog names.
    pub(super) fn read(document: &Document<'_>, form: &Form) -> Result<Self> {
        let mut permissions = Self::default();
        let view = document.latest();
        for field in form.signatures() {
            let signature = match &field.value {
                FieldValue::Empty => continue,
                FieldValue::Indirect(id) => SignatureDictionary::read(view, *id)?,
                FieldValue::Direct(value) => SignatureDictionary::read_direct(view, value, None)?,
            };
            let since = permissions.note(document, &signature);
            if let Some(lock) = &field.lock {
                permissions.locks.extend(lock.permission.map(|permission| (since, level(permission))));
                permissions.frozen.push((since, lock.fields.clone()));
            }
        }
        let (_, catalog) = view.catalog()?;
        if let Some(perms) = view.entry(&catalog, "Perms")?.as_dictionary()
            && let Some(id) = perms.get("DocMDP").and_then(Object::as_reference)
        {
            permissions.note(document, &SignatureDictionary::read(view, id)?);
        }
        Ok(permissions)
    }

    /// The most that may change from the revision before `revision` to it: what a certification says, else filling in forms
    /// and signing.
    pub(super) fn at(&self, revision: usize) -> Modification {
        let least = |rules: &[(usize, Modification)]| {
            rules.iter().filter(|(since, _)| *since < revision).map(|(_, level)| *level).min()
        };
        let certified = least(&self.certifications).unwrap_or(Modification::Form);
        least(&self.locks).map_or(certified, |locked| locked.min(certified))
    }

    /// Whether a signature before `revision` froze the field of this name.
    pub(super) fn freezes(&self, name: &str, revision: usize) -> bool {
        self.frozen.iter().any(|(since, selection)| *since < revision && selection.selects(name))
    }

    /// Notes the rules of one signature and says behind which revision they hold.
    fn note(&mut self, document: &Document<'_>, signature: &SignatureDictionary) -> usize {
        let end = signature.byte_range.as_ref().ok().map(|range| range.end());
        // A line end behind the revision may be covered or not.
        let behind = |end: u64| document.revisions().partition_point(|revision| revision.end().saturating_add(2) < end);
        let since = end.map_or(0, behind);
        for transform in &signature.transforms {
            match transform {
                Transform::DocMdp(permission) => self.certifications.push((since, level(*permission))),
                Transform::FieldMdp(fields) => self.frozen.push((since, fields.clone())),
                Transform::Unreadable => self.locks.push((since, Modification::Lta)),
                Transform::Other(_) => {}
            }
        }
        since
    }
}

/// Evidence and document timestamps are no changes, even where none are permitted (12.8.2.2.1).
fn level(permission: Permission) -> Modification {
    match permission {
        Permission::NoChanges => Modification::Lta,
        Permission::FillForms => Modification::Form,
        Permission::Annotate => Modification::Annotate,
    }
}
