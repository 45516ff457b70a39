//! What the signer states about the signature, and nobody else vouches for: reported, not believed.
//!
//! Specified in EN 319 122-1, 5.2.3, 5.2.6 and 5.2.9.

/// The policy that a signature says to have been made under (EN 319 122-1, 5.2.9).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignaturePolicy {
    /// The policy's identifier, a dotted OID; `None` where it is implied by what was signed.
    pub identifier: Option<String>,
    /// The digest of the policy's document, as in `SHA-256 0f1e…`; `None` where the signer gave none.
    pub digest: Option<String>,
    /// Where the signer says that the document is to be found.
    pub locations: Vec<String>,
    /// What the signer wants to be shown with the signature.
    pub notices: Vec<String>,
    /// Whether the document is the one that was signed.
    pub document: PolicyDocument,
}

/// What became of the document of a signature policy (EN 319 102-1, 5.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyDocument {
    /// There is none: the policy is implied.
    Implied,
    /// The caller did not give it.
    NotAtHand,
    /// It is the one that was signed.
    Matches,
    /// It is another one.
    Differs,
    /// It was given, but the signature does not say which one it should be.
    Unbound,
}

impl PolicyDocument {
    /// The word in reports, as in `not_at_hand`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Implied => "implied",
            Self::NotAtHand => "not_at_hand",
            Self::Matches => "matches",
            Self::Differs => "differs",
            Self::Unbound => "unbound",
        }
    }
}

/// Something that the signer says about itself (EN 319 122-1, 5.2.6), a role for example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignerAttribute {
    /// Who says so.
    pub origin: AttributeOrigin,
    /// What it is: a dotted OID; `None` for attribute certificates, which are not read.
    pub identifier: Option<String>,
    /// What is claimed, as text; what is no text, as hexadecimal DER.
    pub values: Vec<String>,
}

/// Who says what a signer attribute says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeOrigin {
    /// The signer alone.
    Claimed,
    /// An attribute authority, in a certificate that is not validated here.
    Certified,
    /// Somebody who signed an assertion, which is not validated here.
    Asserted,
}

impl AttributeOrigin {
    /// The word in reports, as in `claimed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Certified => "certified",
            Self::Asserted => "asserted",
        }
    }
}

/// A commitment type by the name that EN 319 122-1, 5.2.3 gives it, or else as a dotted OID.
pub(crate) fn commitment_name(oid: &str) -> String {
    let name = match oid {
        "1.2.840.113549.1.9.16.6.1" => "proof of origin",
        "1.2.840.113549.1.9.16.6.2" => "proof of receipt",
        "1.2.840.113549.1.9.16.6.3" => "proof of delivery",
        "1.2.840.113549.1.9.16.6.4" => "proof of sender",
        "1.2.840.113549.1.9.16.6.5" => "proof of approval",
        "1.2.840.113549.1.9.16.6.6" => "proof of creation",
        other => other,
    };
    name.to_owned()
}
