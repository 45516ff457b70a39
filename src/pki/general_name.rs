//! General names: what certificates and CRLs call subjects, issuers and places.
//!
//! Invariant: a form that this crate does not know keeps its tag, so that one odd name never costs the list it stands in.
//!
//! Specified in RFC 5280, 4.2.1.6. Noun: [`GeneralName`].

use std::fmt;

use const_oid::ObjectIdentifier;
use der::{Any, Decode, Encode, Reader, Sequence, SliceReader, Tag, Tagged};

use super::name::Name;
use super::oid::Oid;

/// A `GeneralName`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GeneralName {
    /// A mailbox.
    Rfc822(String),
    Dns(String),
    Directory(Name),
    Uri(String),
    /// Network-order bytes: 4 or 16 of an address, 8 or 32 with a mask in name constraints.
    Ip(Vec<u8>),
    /// Any other form, or one that cannot be read: its tag number and content.
    Other(u32, Vec<u8>),
}

impl GeneralName {
    /// Reads one name by its context-specific tag.
    pub(crate) fn from_any(any: &Any) -> Self {
        let Tag::ContextSpecific { number, .. } = any.tag() else { return Self::Other(u32::MAX, any.value().to_vec()) };
        let other = || Self::Other(number.value(), any.value().to_vec());
        let text = || std::str::from_utf8(any.value()).ok().filter(|text| text.is_ascii()).map(str::to_owned);
        let known = match number.value() {
            1 => text().map(Self::Rfc822),
            2 => text().map(Self::Dns),
            4 => Name::from_der(any.value()).ok().map(Self::Directory),
            6 => text().map(Self::Uri),
            7 => Some(Self::Ip(any.value().to_vec())),
            _ => None,
        };
        known.unwrap_or_else(other)
    }

    /// The address, where it is one.
    pub(crate) fn into_uri(self) -> Option<String> {
        match self {
            Self::Uri(uri) => Some(uri),
            _ => None,
        }
    }

    /// The tag number of the form, by which name constraints are grouped.
    pub(crate) fn form(&self) -> u32 {
        match self {
            Self::Rfc822(_) => 1,
            Self::Dns(_) => 2,
            Self::Directory(_) => 4,
            Self::Uri(_) => 6,
            Self::Ip(_) => 7,
            Self::Other(form, _) => *form,
        }
    }
}

impl fmt::Display for GeneralName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc822(text) | Self::Dns(text) | Self::Uri(text) => f.write_str(text),
            Self::Directory(name) => write!(f, "{name}"),
            Self::Ip(bytes) => write!(f, "IP address {}", crate::digest::hex(bytes)),
            Self::Other(form, bytes) => write!(f, "[{form}] {}", crate::digest::hex(bytes)),
        }
    }
}

/// The names of a DER `GeneralNames`.
pub(crate) fn general_names(der: &[u8]) -> der::Result<Vec<GeneralName>> {
    Ok(Vec::<Any>::from_der(der)?.iter().map(GeneralName::from_any).collect())
}

/// The names inside the content of an implicitly tagged `GeneralNames`.
pub(crate) fn general_names_within(content: &[u8]) -> der::Result<Vec<GeneralName>> {
    let mut reader = SliceReader::new(content)?;
    let mut names = Vec::new();
    while !reader.is_finished() {
        names.push(GeneralName::from_any(&Any::decode(&mut reader)?));
    }
    Ok(names)
}

/// The addresses at which a DER `AuthorityInfoAccessSyntax` offers `method` (RFC 5280, 4.2.2.1); none where it cannot be read.
pub(crate) fn access_urls(der: &[u8], method: ObjectIdentifier) -> Vec<String> {
    let access = Vec::<AccessDescription>::from_der(der).unwrap_or_default();
    let offered = access.into_iter().filter(|one| one.access_method == method);
    offered.filter_map(|one| GeneralName::from_any(&one.access_location).into_uri()).collect()
}

#[derive(Sequence)]
struct AccessDescription {
    access_method: Oid,
    access_location: Any,
}

/// `issuer` with one more relative distinguished name, given as the content of its SET (RFC 5280, 4.2.1.13).
pub(crate) fn relative_to(issuer: &Name, rdn: &[u8]) -> der::Result<Name> {
    let mut rdns = Vec::<Any>::from_der(issuer.der())?;
    rdns.push(Any::new(Tag::Set, rdn)?);
    Name::from_der(&rdns.to_der()?)
}
