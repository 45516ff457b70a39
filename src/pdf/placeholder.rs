//! Signature dictionaries that are still to be signed: their entries now, their two late values as room to fill
//! (ISO 32000-2, 12.8.1).
//!
//! Invariant: all values are direct, `/ByteRange` and `/Contents` stand once, and the room never changes its size.

use std::ops::Range;

use crate::pdf::byte_range::ByteRange;
use crate::pdf::object::{Dictionary, Object};
use crate::pdf::serializer::write_dictionary;
use crate::pdf::signature::SignatureKind;
use crate::pdf::text::text_string;

/// What a new signature dictionary says besides its signature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignatureEntries {
    pub(crate) kind: SignatureKind,
    /// Spelled as the standard does: `ETSI.CAdES.detached`, `ETSI.RFC3161`.
    pub(crate) sub_filter: &'static str,
    /// The claimed signing time as a PDF date.
    pub(crate) m: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) contact_info: Option<String>,
    /// `/Reference`: what it certifies and locks.
    pub(crate) references: Option<Object>,
}

/// Where the late values of a signature dictionary stand in the bytes that it was written behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignatureBody {
    /// The hexadecimal string with its `<` and `>`.
    pub(crate) contents: Range<u64>,
    /// The array with its brackets.
    pub(crate) byte_range: Range<u64>,
}

impl SignatureEntries {
    /// The dictionary with room for `reserved` bytes of CMS or timestamp.
    #[cfg(test)]
    fn with_room_for(&self, reserved: usize) -> (Vec<u8>, SignatureBody) {
        let mut bytes = Vec::new();
        let body = SignatureBody::write(&mut bytes, &self.dictionary(), reserved);
        (bytes, body)
    }

    /// All but the late values.
    pub(crate) fn dictionary(&self) -> Dictionary {
        let filter = ("Filter", Object::name("Adobe.PPKLite"));
        let sub_filter = ("SubFilter", Object::name(self.sub_filter));
        let mut dictionary = match self.kind {
            SignatureKind::Signature => Dictionary::of([("Type", Object::name("Sig")), filter, sub_filter]),
            SignatureKind::DocumentTimestamp => {
                let version = ("V", Object::Integer(0));
                Dictionary::of([("Type", Object::name("DocTimeStamp")), version, filter, sub_filter])
            }
        };
        let texts = [
            ("M", &self.m),
            ("Name", &self.name),
            ("Reason", &self.reason),
            ("Location", &self.location),
            ("ContactInfo", &self.contact_info),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                dictionary.set(key, Object::String(text_string(text)));
            }
        }
        if let Some(references) = &self.references {
            dictionary.set("Reference", references.clone());
        }
        dictionary
    }
}

impl SignatureBody {
    /// Writes `dictionary` behind what stands in `bytes`, with room for `reserved` bytes of CMS or timestamp.
    pub(crate) fn write(bytes: &mut Vec<u8>, dictionary: &Dictionary, reserved: usize) -> Self {
        let digits = reserved.saturating_mul(2);
        write_dictionary(bytes, dictionary);
        bytes.truncate(bytes.len().saturating_sub(b">>".len()));
        let byte_range = push_entry(bytes, b"/ByteRange ", |bytes| bytes.extend_from_slice(&ByteRange::placeholder()));
        let contents = push_entry(bytes, b"/Contents ", |bytes| {
            bytes.push(b'<');
            bytes.resize(bytes.len().saturating_add(digits), b'0');
            bytes.push(b'>');
        });
        bytes.extend_from_slice(b">>");
        Self { contents, byte_range }
    }
}

/// Writes an entry and says where its value stands.
fn push_entry(bytes: &mut Vec<u8>, key: &[u8], write_value: impl FnOnce(&mut Vec<u8>)) -> Range<u64> {
    bytes.extend_from_slice(key);
    let start = bytes.len();
    write_value(bytes);
    let offset = |index: usize| u64::try_from(index).unwrap_or(u64::MAX);
    let range = offset(start)..offset(bytes.len());
    bytes.push(b'\n');
    range
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(kind: SignatureKind) -> SignatureEntries {
        SignatureEntries {
            kind,
            sub_filter: "ETSI.CAdES.detached",
            m: Some("D:20261007092523+09'00'".into()),
            name: None,
            reason: Some("承認".into()),
            location: Some("Tokyo (JP)".into()),
            contact_info: None,
            references: None,
        }
    }

    #[test]
    fn says_where_the_late_values_stand() {
        let (bytes, body) = entries(SignatureKind::Signature).with_room_for(3);
        let text = String::from_utf8(bytes).unwrap();
        let slice = |range: &Range<u64>| &text[range.start as usize..range.end as usize];
        assert_eq!(slice(&body.contents), "<000000>");
        assert_eq!(slice(&body.byte_range).as_bytes(), ByteRange::placeholder());
        assert!(
            text.starts_with("<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n"),
            "{text}"
        );
        assert!(
            text.contains("/M (D:20261007092523+09'00')\n/Reason <FEFF627F8A8D>\n/Location (Tokyo \\(JP\\))\n"),
            "{text}"
        );
        assert!(text.ends_with(">\n>>"), "{text}");
    }

    #[test]
    fn a_document_timestamp_says_so() {
        let (bytes, _) = entries(SignatureKind::DocumentTimestamp).with_room_for(0);
        assert!(bytes.starts_with(b"<<\n/Type /DocTimeStamp\n/V 0\n"));
        assert!(bytes.ends_with(b"/Contents <>\n>>"));
    }
}
