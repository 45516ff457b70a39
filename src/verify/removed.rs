//! Signatures that a file once had: a later revision took them away, and with them every sign that it was ever signed.
//!
//! Invariant: a revision is read again only where it touches the way to a signature, so that filling in forms costs nothing here.
//!
//! Specified in ISO 32000-2, 12.8.1 (the signed revision stays in the file) and 12.7.5.5.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::error::{ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::form::{FieldKind, FieldValue, Form};
use crate::pdf::object::{Object, Ref};
use crate::pdf::view::View;
use crate::report::{Code, Finding};

/// What earlier revisions of `document` had and `latest`, the form of its last one, has not.
pub(super) fn find(document: &Document<'_>, latest: &Form) -> Result<Vec<Finding>> {
    let mut known: BTreeMap<Ref, (Arc<str>, usize)> = BTreeMap::new();
    let mut watched = HashSet::new();
    let mut fields = 0_usize;
    for revision in document.revisions().iter().take(document.revisions().len().saturating_sub(1)) {
        let is_touched = revision.changed.iter().any(|(number, _)| watched.contains(number));
        if revision.number() > 1 && !is_touched {
            continue;
        }
        let view = document.view(revision.number().saturating_sub(1));
        let form = match Form::read(view) {
            Ok(form) => form,
            Err(error) if error.kind() == ErrorKind::Io => return Err(error),
            // What cannot be read hides no signature that anybody could have seen.
            Err(_) => continue,
        };
        fields = fields.saturating_add(form.fields.len());
        if fields > document.limits().fields {
            let message = "the earlier revisions have more fields than the limits allow to compare";
            return Ok(vec![Finding::new(Code::Limit, message)]);
        }
        for (value, name) in signed(&form) {
            known.entry(value).or_insert((name, revision.number()));
        }
        watched = way_to_signatures(view, &form);
    }
    signed(latest).for_each(|(value, _)| drop(known.remove(&value)));
    let removed = known.into_values().map(|(field, revision)| {
        let message =
            format!("revision {revision} has a signature in the field \"{field}\" that a later revision took away");
        Finding::new(Code::SignatureRemoved, message)
    });
    Ok(removed.collect())
}

/// The signature dictionaries of `form`, and the names of their fields.
fn signed(form: &Form) -> impl Iterator<Item = (Ref, Arc<str>)> {
    form.signatures().filter_map(|field| match field.value {
        FieldValue::Indirect(value) => Some((value, Arc::clone(&field.name))),
        _ => None,
    })
}

/// The numbers of the objects that have to change before the signatures do.
fn way_to_signatures(view: View<'_>, form: &Form) -> HashSet<u32> {
    let mut way = HashSet::new();
    if let Ok((catalog, dictionary)) = view.catalog() {
        way.insert(catalog.number);
        let form = dictionary.get("AcroForm");
        way.extend(form.and_then(Object::as_reference).map(|id| id.number));
        let form = form.and_then(|form| view.resolve(form).ok());
        let fields = form.as_deref().and_then(Object::as_dictionary).and_then(|form| form.get("Fields"));
        way.extend(fields.and_then(Object::as_reference).map(|id| id.number));
    }
    let fields = form.fields.iter().filter(|field| field.is_group || field.kind == FieldKind::Signature);
    way.extend(fields.filter_map(|field| field.id).map(|id| id.number));
    way.extend(signed(form).map(|(value, _)| value.number));
    way
}
