//! Distinguished names: comparing them and writing them for people.
//!
//! Invariant: the received bytes are kept; what is written for people is never compared, and what is compared is never re-encoded.
//!
//! Specified in RFC 5280, 7.1 (comparison) and RFC 4514 (text).

use std::fmt;
use std::sync::OnceLock;

use const_oid::ObjectIdentifier;
use der::asn1::AnyRef;
use der::{Any, Decode, Encode, Reader, Sequence, SliceReader, Tag, Tagged};
use x509_cert::attr::AttributeTypeAndValue;

use super::oid::Oid;
use crate::digest::hex;

/// A distinguished name as received, with its attributes ready for comparison.
#[derive(Clone)]
pub(crate) struct Name {
    der: Vec<u8>,
    rdns: Vec<Vec<Attribute>>,
    /// Written when somebody reads it: finding the words for its attributes takes longer than reading the name.
    text: OnceLock<String>,
}

/// One attribute, its value folded for comparison.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Attribute {
    oid: Oid,
    value: Folded,
}

/// Text is compared without case and with runs of spaces as one; anything else by its bytes (RFC 5280, 7.1).
// Departs: RFC 5280, 7.1 asks for LDAP StringPrep (NFKC, bidi); like OpenSSL and NSS we fold case and spaces only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Folded {
    Text(String),
    Bytes(Vec<u8>),
}

impl Name {
    /// Reads a DER `Name`.
    pub(crate) fn from_der(der: &[u8]) -> der::Result<Self> {
        let rdns = read(der)?.into_iter().map(|rdn| {
            let fold = |one: TypeAndValue| Attribute { value: fold(one.value.tag(), one.value.value()), oid: one.oid };
            let mut attributes: Vec<Attribute> = rdn.into_iter().map(fold).collect();
            attributes.sort();
            attributes
        });
        Ok(Self { der: der.to_vec(), rdns: rdns.collect(), text: OnceLock::new() })
    }

    /// The bytes received.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// Whether this name lies in the subtree of `base`: begins with all its parts (RFC 5280, 4.2.1.10).
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self.rdns.starts_with(&base.rdns)
    }

    /// The values of attribute `oid`, most significant first, as text.
    pub(crate) fn values(&self, oid: ObjectIdentifier) -> Vec<String> {
        let attributes = read(&self.der).unwrap_or_default().into_iter().flatten().filter(|one| one.oid == oid);
        attributes.filter_map(|attribute| text_of(attribute.value.tag(), attribute.value.value())).collect()
    }

    fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let rdns = read(&self.der).unwrap_or_default();
            let written = rdns.iter().rev().map(|rdn| rdn.iter().map(TypeAndValue::text).collect::<Vec<_>>().join("+"));
            written.collect::<Vec<_>>().join(",")
        })
    }

    /// Whether attribute `oid` has a value that is this text under RFC 5280, 7.1.
    pub(crate) fn has(&self, oid: ObjectIdentifier, text: &str) -> bool {
        self.values(oid).iter().any(|value| fold_text(value) == fold_text(text))
    }
}

/// `AttributeTypeAndValue` (RFC 5280, 4.1.2.4).
#[derive(Sequence)]
struct TypeAndValue {
    oid: Oid,
    value: Any,
}

impl TypeAndValue {
    /// As RFC 4514, 2.3 and 2.4 have it: what has no short name, by its number and in hexadecimal.
    fn text(&self) -> String {
        match self.oid.held() {
            Some(oid) => AttributeTypeAndValue { oid, value: self.value.clone() }.to_string(),
            None => format!("{}=#{}", self.oid, hex(&self.value.to_der().unwrap_or_default())),
        }
    }
}

/// The relative distinguished names, in their order.
fn read(der: &[u8]) -> der::Result<Vec<Vec<TypeAndValue>>> {
    let mut rdns = Vec::new();
    for rdn in Vec::<Any>::from_der(der)? {
        rdn.tag().assert_eq(Tag::Set)?;
        let mut reader = SliceReader::new(rdn.value())?;
        let mut attributes = Vec::new();
        while !reader.is_finished() {
            attributes.push(TypeAndValue::decode(&mut reader)?);
        }
        rdns.push(attributes);
    }
    Ok(rdns)
}

/// Equal under RFC 5280, 7.1.
impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.rdns == other.rdns
    }
}

impl Eq for Name {}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.rdns.hash(state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

fn fold_text(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn fold(tag: Tag, value: &[u8]) -> Folded {
    match text_of(tag, value) {
        Some(text) => Folded::Text(fold_text(&text)),
        None => Folded::Bytes(AnyRef::new(tag, value).and_then(|any| any.to_der()).unwrap_or_default()),
    }
}

/// The text of an ASN.1 string, whatever its type; `None` for other values.
pub(crate) fn text_of(tag: Tag, value: &[u8]) -> Option<String> {
    match tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            String::from_utf8(value.to_vec()).ok()
        }
        // T.61 is read as Latin-1, as every other implementation does.
        Tag::TeletexString => Some(value.iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString => {
            let units = value.chunks_exact(2).map(|pair| {
                u16::from_be_bytes([pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0)])
            });
            String::from_utf16(&units.collect::<Vec<_>>()).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use x509_cert::name::RdnSequence;

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_der(&RdnSequence::from_str(text).unwrap().to_der().unwrap()).unwrap()
    }

    #[test]
    fn case_and_spaces_do_not_matter_but_order_does() {
        assert_eq!(name("CN=Example  CA,O=Tokyo"), name("CN= example ca,O=TOKYO"));
        assert_ne!(name("CN=a,O=b"), name("O=b,CN=a"));
        assert_ne!(name("CN=a"), name("CN=ab"));
    }

    #[test]
    fn values_are_found_without_case() {
        let name = name("CN=Example  CA,O=Tokyo");
        assert!(name.has(const_oid::db::rfc4519::COMMON_NAME, "example ca"));
        assert!(!name.has(const_oid::db::rfc4519::COMMON_NAME, "example"));
        assert!(!name.has(const_oid::db::rfc4519::ORGANIZATIONAL_UNIT_NAME, "Tokyo"));
    }

    #[test]
    fn subtrees_are_prefixes() {
        assert!(name("CN=x,OU=y,O=z").is_within(&name("O=z")));
        assert!(!name("O=z").is_within(&name("CN=x,O=z")));
    }
}
