//! What speaks against a signature without forbidding it.

use std::fmt;

use super::super::layout::Layout;
use super::super::signing::Signing;
use super::Chain;
#[cfg(feature = "appearance")]
use crate::pdf::appearance::structure_of;
use crate::pdf::field::FieldOrigin;
use crate::pdf::transform::Certification;
use crate::port::Identity;

/// One thing that speaks against a signature; [`code`](Self::code) is for scripts, `Display` for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Verifiers will not accept the certificate, or one above it, for signing documents at this time: why.
    Certificate(String),
    /// The certificates given do not lead up to a root: others have to find the rest.
    ChainIncomplete(Chain),
    /// The signature permits no changes, and Acrobat and Foxit count evidence and document timestamps as changes.
    NoLongTerm,
    /// The signature of this field will be invalid: it forbids the new one.
    Breaks {
        /// Which, in words.
        signature: String,
    },
    /// The document is certified, and the new signature adds a field to it, which not every verifier counts as signing.
    NewFieldInCertified,
    /// The field's author would rather have another signature, but does not insist.
    SeedValue {
        /// The entry that says so, as in `SV /Reasons`.
        entry: String,
        /// What it asks for.
        why: String,
    },
    /// The field requires a timestamp: there has to be one before [`finish`](crate::Signed::finish).
    TimestampRequired,
    /// The document is tagged, and the seal gets no place in its structure, which was signed: the file is no PDF/UA any more.
    Untagged,
    /// The document has usage rights for Adobe Reader, which end with any change made by others.
    UsageRights,
}

impl Warning {
    /// The code in JSON, as in `no_long_term`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "certificate",
            Self::ChainIncomplete(_) => "chain_incomplete",
            Self::NoLongTerm => "no_long_term",
            Self::Breaks { .. } => "breaks",
            Self::NewFieldInCertified => "new_field_in_certified",
            Self::SeedValue { .. } => "seed_value",
            Self::TimestampRequired => "timestamp_required",
            Self::Untagged => "untagged",
            Self::UsageRights => "usage_rights",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(why) => write!(f, "verifiers will not accept the signing certificate: {why}"),
            Self::ChainIncomplete(Chain::EndsBelow(issuer)) => {
                write!(f, "the chain ends below \"{issuer}\": give that certificate, too, so that nobody has to find it")
            }
            Self::ChainIncomplete(Chain::Broken(why)) => write!(f, "the chain does not hold together: {why}"),
            Self::ChainIncomplete(Chain::ToRoot) => f.write_str("the chain is complete"),
            Self::NoLongTerm => f.write_str(
                "the signature permits no changes: Acrobat and Foxit will call it invalid once evidence or a document \
                 timestamp is added; permit filling in forms (P 2) instead",
            ),
            Self::Breaks { signature } => write!(f, "{signature} forbids this one, and will be invalid"),
            Self::NewFieldInCertified => f.write_str(
                "the document is certified, and this signature adds a field: sign a field that was there, if there is one",
            ),
            Self::SeedValue { entry, why } => write!(f, "the field's /{entry} would rather have {why}"),
            Self::TimestampRequired => f.write_str("the field requires a timestamp"),
            Self::Untagged => f.write_str(
                "the document is tagged, and its structure was signed: the seal gets no place in it; sign a field that was there",
            ),
            Self::UsageRights => f.write_str("the document's usage rights for Adobe Reader end with this signature"),
        }
    }
}

/// Everything that speaks against what is laid out.
pub(super) fn all(signing: &Signing<'_>, identity: &Identity, layout: &Layout, chain: &Chain) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(identity.objection(signing.now, signing.document.limits()).map(Warning::Certificate));
    if *chain != Chain::ToRoot {
        warnings.push(Warning::ChainIncomplete(chain.clone()));
    }
    let lock = signing.lock.as_ref().or(layout.rules.lock.as_ref());
    let own = signing.certification.into_iter().chain(lock.and_then(|lock| lock.permission)).min();
    if own == Some(Certification::NoChanges) {
        warnings.push(Warning::NoLongTerm);
    }
    warnings.extend(layout.rules.broken().map(|rule| Warning::Breaks { signature: rule.to_string() }));
    let restrictions = &layout.rules.restrictions;
    if restrictions.least().is_some() && layout.rules.field.origin == FieldOrigin::New {
        warnings.push(Warning::NewFieldInCertified);
    }
    warnings.extend(
        layout
            .objections
            .iter()
            .map(|objection| Warning::SeedValue { entry: objection.entry.to_owned(), why: objection.why.clone() }),
    );
    if layout.timestamp.is_required {
        warnings.push(Warning::TimestampRequired);
    }
    #[cfg(feature = "appearance")]
    if loses_tags(signing, layout) {
        warnings.push(Warning::Untagged);
    }
    if restrictions.has_usage_rights {
        warnings.push(Warning::UsageRights);
    }
    warnings
}

/// Whether a new seal stands outside of the structure that the document has.
#[cfg(feature = "appearance")]
fn loses_tags(signing: &Signing<'_>, layout: &Layout) -> bool {
    let is_new = layout.rules.field.origin == FieldOrigin::New;
    let is_signed = !layout.rules.restrictions.rules.is_empty();
    let is_tagged = || structure_of(signing.document.latest()).is_ok_and(|root| root.is_some());
    signing.seal.is_some() && is_new && is_signed && is_tagged()
}
