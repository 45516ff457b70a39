//! What a policy asks of a signature besides reliable algorithms: the standard's validation constraints, by name.
//!
//! Specified in EN 319 102-1, 4.2.4 and annex A (constraints). Nouns: [`Constraint`], [`ModificationRule`].

use std::fmt;

/// One check that a policy may ask for or leave out. What is left out never makes a verdict worse; what is known all the same stays
/// known: a certificate that was revoked is revoked, whether or not its status was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Constraint {
    /// Whether the signing certificate was revoked is known, and freshly enough (EN 319 102-1, 5.2.5 and 5.2.6, step 4).
    SignerRevocation,
    /// The same of every certificate authority on any path.
    AuthorityRevocation,
    /// The same of the certificates that timestamps are signed with.
    TimestampRevocation,
    /// The signing certificate may sign documents, by its key usage and extended key usage (RFC 5280, 4.2.1.3 and 4.2.1.12).
    KeyUsage,
    /// The signing certificate's key usage names nonRepudiation (contentCommitment), as that of a qualified certificate does
    /// (EN 319 412-2, 4.3.2).
    ContentCommitment,
    /// A PAdES signature names its signing certificate in a signed attribute (EN 319 142-1, 6.3, rows T08 to T10). Other formats
    /// never had to.
    SigningCertificateAttribute,
    /// The policy that a signature was made under is at hand, and is the one that was signed (EN 319 102-1, 5.2.4).
    SignaturePolicy,
    /// Timestamps come in the order in which they cover each other (EN 319 102-1, 5.5.4 and 5.6.3.4).
    TimestampOrder,
    /// The claimed signing time is there, lies in the signing certificate's validity, and is neither before a content timestamp nor
    /// after the time at which the signature is proved to have existed.
    ClaimedTime,
}

impl Constraint {
    /// All of them, in the order of the report.
    pub const ALL: &'static [Self] = &[
        Self::SignerRevocation,
        Self::AuthorityRevocation,
        Self::TimestampRevocation,
        Self::KeyUsage,
        Self::ContentCommitment,
        Self::SigningCertificateAttribute,
        Self::SignaturePolicy,
        Self::TimestampOrder,
        Self::ClaimedTime,
    ];

    /// The word in reports, as in `signer_revocation`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignerRevocation => "signer_revocation",
            Self::AuthorityRevocation => "authority_revocation",
            Self::TimestampRevocation => "timestamp_revocation",
            Self::KeyUsage => "key_usage",
            Self::ContentCommitment => "content_commitment",
            Self::SigningCertificateAttribute => "signing_certificate_attribute",
            Self::SignaturePolicy => "signature_policy",
            Self::TimestampOrder => "timestamp_order",
            Self::ClaimedTime => "claimed_time",
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What later revisions may change before a good signature no longer passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModificationRule {
    /// Nothing but evidence and document timestamps: whatever else was added, a further signature included, keeps the signature from
    /// passing.
    EvidenceOnly,
    /// What ISO 32000-2, 12.8.2.2 permits and the signature and its predecessors do not forbid; everything else is denied. The default.
    #[default]
    AsPermitted,
    /// Changes are listed and found fault with, but the verdict is on the signed revision alone.
    ListedOnly,
}

impl ModificationRule {
    /// The word in reports, as in `as_permitted`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EvidenceOnly => "evidence_only",
            Self::AsPermitted => "as_permitted",
            Self::ListedOnly => "listed_only",
        }
    }
}

impl fmt::Display for ModificationRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
