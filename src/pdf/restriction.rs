//! What the signatures of a document leave for others to do (ISO 32000-2, 12.8.2; 12.7.5.5, table 236).
//!
//! Invariant: what cannot be read permits nothing.
//!
//! Nouns: [`Restrictions`] of a document, one [`Rule`] for each signature.

use std::sync::Arc;

use crate::error::Result;
use crate::pdf::form::{FieldValue, Form};
use crate::pdf::object::{Object, Ref};
use crate::pdf::signature::{SignatureDictionary, SignatureKind};
use crate::pdf::transform::{Certification, FieldSelection, Transform};
use crate::pdf::view::View;

/// The rules in force behind one revision.
#[derive(Clone, Debug, Default)]
pub(crate) struct Restrictions {
    /// Those of each signature and document timestamp, in file order.
    pub(crate) rules: Vec<Rule>,
    /// Whether there are usage rights (12.8.2.3), which hold for the file as it was.
    pub(crate) has_usage_rights: bool,
}

/// What one signature says about what comes after it; most say nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The name of its field; `None` for a certification that stands in no field.
    pub(crate) field: Option<Arc<str>>,
    pub(crate) kind: SignatureKind,
    /// Where its byte range ends, in bytes from the start of the file.
    pub(crate) end: Option<u64>,
    /// What it certifies (`DocMDP`).
    pub(crate) certification: Option<Certification>,
    /// What the lock of its field leaves, or nothing where one of its references cannot be read.
    pub(crate) lock: Option<Certification>,
    pub(crate) frozen: Vec<FieldSelection>,
}

impl Restrictions {
    /// The rules of all signatures in `form`, and of the certification that the catalog names.
    pub(crate) fn read(view: View<'_>, form: &Form) -> Result<Self> {
        let mut restrictions = Self::default();
        for field in form.signatures().filter(|field| field.value != FieldValue::Empty) {
            let Some(signature) = field.signature(view)? else { continue };
            let mut rule = Rule::of(Some(Arc::clone(&field.name)), &signature);
            if let Some(lock) = &field.lock {
                rule.lock = least(rule.lock, lock.permission);
                rule.frozen.push(lock.fields.clone());
            }
            restrictions.rules.push(rule);
        }
        let (_, catalog) = view.catalog()?;
        let entry = view.entry(&catalog, "Perms")?;
        let Some(perms) = entry.as_dictionary() else { return Ok(restrictions) };
        restrictions.has_usage_rights = ["UR", "UR3"].iter().any(|key| perms.get(key).is_some());
        match perms.get("DocMDP") {
            Some(Object::Reference(id)) if !stands_in(form, *id) && !view.get(*id)?.is_null() => {
                restrictions.rules.push(Rule::of(None, &SignatureDictionary::read(view, *id)?));
            }
            Some(direct @ Object::Dictionary(_)) => {
                restrictions.rules.push(Rule::of(None, &SignatureDictionary::read_direct(view, direct.clone(), None)?));
            }
            _ => {}
        }
        Ok(restrictions)
    }

    /// The least that any signature permits, and which; none where no signature says anything.
    pub(crate) fn least(&self) -> Option<(Certification, &Rule)> {
        let said = self.rules.iter().filter_map(|rule| Some((rule.permission()?, rule)));
        said.min_by_key(|(permission, _)| *permission)
    }

    /// The first signature that freezes the field of this name.
    pub(crate) fn freezing(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.freezes(name))
    }
}

impl Rule {
    fn of(field: Option<Arc<str>>, signature: &SignatureDictionary) -> Self {
        let end = signature.byte_range.as_ref().ok().map(|range| range.end());
        let mut rule = Self { field, kind: signature.kind, end, certification: None, lock: None, frozen: Vec::new() };
        for transform in &signature.transforms {
            match transform {
                Transform::DocMdp(permission) => rule.certification = least(rule.certification, Some(*permission)),
                Transform::FieldMdp(fields) => rule.frozen.push(fields.clone()),
                Transform::Unreadable => rule.lock = Some(Certification::NoChanges),
                Transform::Other(_) => {}
            }
        }
        rule
    }

    /// The least that it permits, where it says anything.
    pub(crate) fn permission(&self) -> Option<Certification> {
        least(self.certification, self.lock)
    }

    /// Whether this signature froze the field of this fully qualified name.
    pub(crate) fn freezes(&self, name: &str) -> bool {
        self.frozen.iter().any(|fields| fields.selects(name))
    }

    /// Whether another signature in the field `name` leaves this one valid.
    pub(crate) fn permits_signing(&self, name: &str) -> bool {
        self.permission() != Some(Certification::NoChanges) && !self.freezes(name)
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.field, self.kind) {
            (Some(name), SignatureKind::Signature) => write!(f, "the signature \"{name}\""),
            (Some(name), SignatureKind::DocumentTimestamp) => write!(f, "the document timestamp \"{name}\""),
            (None, _) => f.write_str("the certification that /Perms names"),
        }
    }
}

/// Permissions can be denied, never added (table 236).
fn least(one: Option<Certification>, other: Option<Certification>) -> Option<Certification> {
    one.into_iter().chain(other).min()
}

fn stands_in(form: &Form, id: Ref) -> bool {
    form.signatures().any(|field| field.value == FieldValue::Indirect(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::specimen;

    fn restrictions(objects: &[(u32, &str)]) -> Restrictions {
        let pdf = specimen::table_pdf(&specimen::one_page_with(objects), "");
        let document = Document::open(&pdf).unwrap();
        Restrictions::read(document.latest(), &Form::read(document.latest()).unwrap()).unwrap()
    }

    #[test]
    fn the_least_permission_counts_and_every_lock() {
        let found = restrictions(&[
            (1, "<< /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R 6 0 R] >> /Perms << /DocMDP 7 0 R /UR3 9 0 R >> >>"),
            (4, "<< /T (a) /FT /Sig /V 7 0 R >>"),
            (5, "<< /T (b) /FT /Sig /V 8 0 R /Lock << /Action /Include /Fields [(x)] /P 2 >> >>"),
            (6, "<< /T (c) /FT /Sig /Lock << /Action /All /P 1 >> >>"),
            (7, "<< /Reference [<< /TransformMethod /DocMDP /TransformParams << /P 3 >> >>] >>"),
            (
                8,
                "<< /Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields [(y)] >> >>] >>",
            ),
            (9, "<< >>"),
        ]);
        assert!(found.has_usage_rights);
        assert_eq!(found.rules.len(), 2, "an empty field rules nothing: {found:?}");
        let (least, by) = found.least().unwrap();
        assert_eq!((least, by.field.as_deref()), (Certification::FillForms, Some("b")));
        assert!(found.freezing("x.deep").is_some() && found.freezing("y").is_some() && found.freezing("z").is_none());
        assert!(found.rules[1].permits_signing("z") && !found.rules[1].permits_signing("y"));
    }

    #[test]
    fn a_certification_outside_the_form_binds_and_so_does_a_broken_one() {
        for (perms, signature) in [
            ("/DocMDP 7 0 R", "<< /Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 >> >>] >>"),
            ("/DocMDP 7 0 R", "<< /Reference [7] >>"),
            ("/DocMDP << /Reference 1 >>", "null"),
        ] {
            let catalog = format!("<< /Pages 2 0 R /Perms << {perms} >> >>");
            let found = restrictions(&[(1, &catalog), (7, signature)]);
            assert_eq!(found.least().unwrap().0, Certification::NoChanges, "{perms} {signature}");
        }
        assert!(restrictions(&[(1, "<< /Pages 2 0 R /Perms << /DocMDP 77 0 R >> >>")]).rules.is_empty());
    }
}
