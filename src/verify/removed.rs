//! Signatures that a file once had: a later revision took them away, and with them every sign that it was ever signed.
//!
//! Invariant: the form of a revision is read again only where something in it may be a signature that the last revision lacks, so that
//! a long history of signatures costs as much as its own bytes.
//!
//! Specified in ISO 32000-2, 12.8.1 (the signed revision stays in the file) and 12.7.5.5.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::integrity::Facts;
use crate::error::{ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::form::{FieldValue, Form};
use crate::pdf::object::{Object, Ref};
use crate::pdf::revision::Revision;
use crate::pdf::view::View;
use crate::pdf::xref::XrefEntry;
use crate::report::{Code, Finding};

/// A history of more revisions than this is a long one.
const LONG: usize = 8;

/// What earlier revisions of `document` had, and its last one, which has `facts`, has not. `known` has the news of revisions, by their
/// index, of which somebody met every object.
pub(super) fn find(document: &Document<'_>, facts: &[Facts], known: &HashMap<usize, News>) -> Result<Vec<Finding>> {
    let there: HashSet<Ref> = facts.iter().filter_map(|facts| facts.dictionary.id).collect();
    let mut lost: BTreeMap<Ref, (Arc<str>, usize)> = BTreeMap::new();
    let (mut fields, mut has_others) = (0_usize, false);
    if document.revisions().len() > LONG {
        // It pays to know where each object ends.
        document.places();
    }
    for revision in document.revisions().iter().take(document.revisions().len().saturating_sub(1)) {
        let index = revision.number().saturating_sub(1);
        let view = document.view(index);
        let news = match known.get(&index) {
            _ if index == 0 => News::Others,
            Some(known) => *known,
            None => news(view, revision, &there)?,
        };
        has_others |= revision.number() > 1 && news == News::Others;
        // A form may also come to lead to what was there before.
        let is_read = news == News::Others || (has_others && news == News::Form);
        if !is_read {
            continue;
        }
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
        has_others |= revision.number() == 1 && signed(&form).any(|(value, _)| !there.contains(&value));
        for (value, name) in signed(&form).filter(|(value, _)| !there.contains(value)) {
            lost.entry(value).or_insert((name, revision.number()));
        }
    }
    let removed = lost.into_values().map(|(field, revision)| {
        let message =
            format!("revision {revision} has a signature in the field \"{field}\" that a later revision took away");
        Finding::new(Code::SignatureRemoved, message)
    });
    Ok(removed.collect())
}

/// What a revision, or an object that it writes, may have changed about signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum News {
    Nothing,
    /// Which fields there are, all signatures being those of the last revision.
    Form,
    /// A field has a value that the last revision does not have as a signature.
    Others,
}

impl News {
    /// What an object says about signatures; `there` are those of the last revision. One that cannot be read may say anything.
    pub(super) fn of(object: Option<&Object>, there: &HashSet<Ref>) -> Self {
        let Some(object) = object else { return Self::Others };
        let Some(dictionary) = object.as_dictionary() else {
            // The array of fields, or of kids, may be an object of its own.
            return if matches!(object, Object::Array(_)) { Self::Form } else { Self::Nothing };
        };
        let is_signature = dictionary.get("FT").and_then(Object::as_name).is_none_or(|kind| *kind == *"Sig");
        match dictionary.get("V").and_then(Object::as_reference) {
            Some(value) if is_signature && !there.contains(&value) => Self::Others,
            _ if ["Fields", "Kids", "AcroForm", "FT", "V"].iter().any(|key| dictionary.get(key).is_some()) => {
                Self::Form
            }
            _ => Self::Nothing,
        }
    }
}

/// What the objects of `revision` say.
fn news(view: View<'_>, revision: &Revision, there: &HashSet<Ref>) -> Result<News> {
    let mut news = News::Nothing;
    for (number, entry) in &revision.changed {
        let generation = match entry {
            XrefEntry::Free => continue,
            XrefEntry::InFile { generation, .. } => *generation,
            XrefEntry::InStream { .. } => 0,
        };
        let object = match view.get(Ref { number: *number, generation }) {
            Err(error) if error.kind() == ErrorKind::Io => return Err(error),
            read => read.ok(),
        };
        news = news.max(News::of(object.as_ref(), there));
    }
    Ok(news)
}

/// The signature dictionaries of `form`, and the names of their fields.
pub(super) fn signed(form: &Form) -> impl Iterator<Item = (Ref, Arc<str>)> {
    form.signatures().filter_map(|field| match field.value {
        FieldValue::Indirect(value) => Some((value, Arc::clone(&field.name))),
        _ => None,
    })
}
