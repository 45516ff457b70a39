//! Extensions of certificates, lists, responses and tokens.
//!
//! Invariant: whatever an extension is called, it never costs the others: it is found, or it is unknown.
//!
//! Specified in RFC 5280, 4.1 and 4.2. Noun: [`Extension`].

use std::collections::HashSet;

use const_oid::ObjectIdentifier;
use der::Sequence;
use der::asn1::OctetString;

use super::oid::Oid;

/// One extension, its value unread.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Extension {
    pub(crate) extn_id: Oid,
    #[asn1(default = "Default::default")]
    pub(crate) critical: bool,
    pub(crate) extn_value: OctetString,
}

impl Extension {
    /// The DER that stands in it.
    pub(crate) fn value(&self) -> &[u8] {
        self.extn_value.as_bytes()
    }

    /// Whether nobody who does not know it may go on, and it is none of `known`.
    pub(crate) fn is_unknown_critical(&self, known: &[ObjectIdentifier]) -> bool {
        self.critical && !self.extn_id.is_among(known)
    }
}

/// The value of the first extension `oid`.
pub(crate) fn value(extensions: &[Extension], oid: ObjectIdentifier) -> Option<&[u8]> {
    extensions.iter().find(|extension| extension.extn_id == oid).map(Extension::value)
}

/// The first extension that stands a second time: which of them counts, nobody can say (RFC 5280, 4.2).
pub(crate) fn repeated(extensions: &[Extension]) -> Option<&Oid> {
    let mut seen = HashSet::new();
    extensions.iter().map(|extension| &extension.extn_id).find(|oid| !seen.insert(*oid))
}
