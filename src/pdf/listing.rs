//! The form fields of a document, for programs that choose one to sign or to fill.
//!
//! Invariant: what the file says, judged by nobody: whether a signature holds is the verifier's word.
//!
//! Specified in ISO 32000-2, 12.7.4 (fields) and 12.8.1 (signature dictionaries). Nouns: [`FormField`], [`FieldType`],
//! [`SignatureEntry`].

use super::document::Document;
use super::form::{Field, FieldKind, FieldValue, Form};
use super::object::Object;
use super::signature::SignatureDictionary;
use super::text::read_text_string;
use super::view::View;
use crate::error::Result;
use crate::time::Time;

/// A form field as the last revision of a document shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormField {
    /// The fully qualified name (12.7.4.2): what [`Signing::field`](crate::Signing::field) takes.
    pub name: String,
    /// Its type.
    pub kind: FieldType,
    /// The text of its value: none where it is empty or a signature field, several where a list has several selected.
    pub values: Vec<String>,
    /// The signature or document timestamp that is its value; `None` in an empty field.
    pub signature: Option<SignatureEntry>,
    /// How many annotations show it; 0 for a field that nobody sees.
    pub widgets: usize,
}

/// The type of a form field (12.7.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// Signatures and document timestamps stand in it (12.7.5.5).
    Signature,
    /// Text (12.7.5.3).
    Text,
    /// A push button, check box or radio button (12.7.5.2).
    Button,
    /// A list or a combo box (12.7.5.4).
    Choice,
    /// None that the standard knows.
    Unknown,
}

/// What a signature dictionary says of itself (12.8.1). Nobody vouches for any of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureEntry {
    /// `/SubFilter`: `ETSI.CAdES.detached` for a PAdES signature, `ETSI.RFC3161` for a document timestamp.
    pub sub_filter: Option<String>,
    /// The revision whose end its byte range reaches, counted from 1; `None` where it reaches no such end, or cannot be read.
    pub revision: Option<usize>,
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/M`, where it is a date.
    pub claimed_time: Option<Time>,
}

impl Document<'_> {
    /// The form fields of the last revision, in the order of the file; groups of fields are left out.
    ///
    /// It reads the fields and their values, not the pages: of a file of 1 GB, some KB.
    ///
    /// # Errors
    /// [`ErrorKind::Encrypted`](crate::ErrorKind::Encrypted) if the document is encrypted and locked, [`ErrorKind::Limit`](crate::ErrorKind::Limit)
    /// beyond [`Limits::fields`](crate::Limits::fields) or [`Limits::signatures`](crate::Limits::signatures),
    /// [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) and [`ErrorKind::Io`](crate::ErrorKind::Io) where the file cannot be read.
    pub fn form_fields(&self) -> Result<Vec<FormField>> {
        let view = self.latest();
        let form = Form::read(view)?;
        form.fields.iter().filter(|field| !field.is_group).map(|field| entry(view, field)).collect()
    }
}

fn entry(view: View<'_>, field: &Field) -> Result<FormField> {
    let is_signature = field.kind == FieldKind::Signature;
    let signature = if is_signature { field.signature(view)? } else { None };
    Ok(FormField {
        name: field.name.to_string(),
        kind: field.kind.into(),
        values: if is_signature { Vec::new() } else { values(view, &field.value)? },
        signature: signature.map(|signature| describe(view.document(), signature)),
        widgets: field.widgets.len(),
    })
}

fn describe(document: &Document<'_>, signature: SignatureDictionary) -> SignatureEntry {
    let end = signature.byte_range.as_ref().map(|range| range.end()).ok();
    let closed = document.revisions().iter().find(|revision| Some(revision.end()) == end && !document.is_searched());
    SignatureEntry {
        sub_filter: signature.sub_filter,
        revision: closed.map(|revision| revision.number()),
        name: signature.name,
        reason: signature.reason,
        location: signature.location,
        claimed_time: signature.m.as_deref().and_then(Time::from_pdf_date),
    }
}

fn values(view: View<'_>, value: &FieldValue) -> Result<Vec<String>> {
    let value = match value {
        FieldValue::Empty => return Ok(Vec::new()),
        FieldValue::Indirect(id) => view.get(*id)?,
        FieldValue::Direct(value) => value.clone(),
    };
    let mut texts = Vec::new();
    for item in value.as_array().unwrap_or(std::slice::from_ref(&value)) {
        texts.extend(text(&*view.resolve(item)?));
    }
    Ok(texts)
}

/// What people read: strings, the names of buttons' states, and streams not at all (long rich text; 12.7.5.3).
fn text(value: &Object) -> Option<String> {
    match value {
        Object::String(string) => Some(read_text_string(string)),
        Object::Name(name) => Some(String::from_utf8_lossy(name.as_bytes()).into_owned()),
        _ => None,
    }
}

impl From<FieldKind> for FieldType {
    fn from(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Signature => Self::Signature,
            FieldKind::Text => Self::Text,
            FieldKind::Button => Self::Button,
            FieldKind::Choice => Self::Choice,
            FieldKind::Unknown => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::sample::Sample;

    #[test]
    fn every_field_is_listed_with_what_the_file_says() {
        let fields = "<</Pages 2 0 R/AcroForm<</Fields[4 0 R 5 0 R 6 0 R 7 0 R 9 0 R]>>>>";
        let sample = Sample::new().object(1, fields).object(2, "<</Kids[]>>");
        let sample = sample.object(4, "<</FT/Tx/T(date)/V<FEFF4EE4548C>>>").object(5, "<</FT/Btn/T(agreed)/V/On>>");
        let sample = sample.object(6, "<</FT/Ch/T(items)/V[(a)8 0 R]>>").object(8, "(b)");
        let sample = sample.object(7, "<</FT/Sig/T(empty)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>");
        let sample =
            sample.object(9, "<</FT/Sig/T(signed)/V<</Type/Sig/Reason(because)/M(D:20261007092523+09'00')>>>>");
        let bytes = sample.table("/Root 1 0 R/Size 10").bytes;
        let fields = Document::open(&bytes).unwrap().form_fields().unwrap();
        let told: Vec<_> = fields.iter().map(|field| (&*field.name, field.kind, field.values.concat())).collect();
        let expected = [
            ("date", FieldType::Text, "令和".to_owned()),
            ("agreed", FieldType::Button, "On".to_owned()),
            ("items", FieldType::Choice, "ab".to_owned()),
            ("empty", FieldType::Signature, "".to_owned()),
            ("signed", FieldType::Signature, "".to_owned()),
        ];
        assert_eq!(told, expected);
        assert_eq!((fields[3].widgets, &fields[3].signature), (1, &None));
        let signature = fields[4].signature.as_ref().unwrap();
        assert_eq!((signature.reason.as_deref(), signature.revision), (Some("because"), None));
        assert_eq!(signature.claimed_time, "2026-10-07T09:25:23+09:00".parse().ok());
    }
}
