//! Single statements about a signature or a file, each with a code for scripts and a sentence for people.

use std::fmt;

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of thing: stable, for scripts.
    pub code: Code,
    /// The thing itself, for people: place and cause included.
    pub message: String,
}

impl Finding {
    pub(crate) fn new(code: Code, message: impl fmt::Display) -> Self {
        Self { code, message: message.to_string() }
    }

    /// Said of a file, that there may be more in it than was read: it does not pass then.
    pub(crate) fn leaves_unread(&self) -> bool {
        matches!(self.code, Code::Structure | Code::Limit)
    }
}

/// The kinds of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The signature dictionary is malformed (ISO 32000-2, 12.8.1).
    SignatureDictionary,
    /// `/ByteRange` is missing or not what a conforming writer makes.
    ByteRange,
    /// `/Contents` is missing, empty or not a hexadecimal string of its own.
    Contents,
    /// The byte range does not end where a revision ends.
    Coverage,
    /// The signature dictionary was written again by a later revision.
    Redefined,
    /// A signature of an earlier revision is no longer there.
    SignatureRemoved,
    /// Two fields share one signature dictionary.
    SharedValue,
    /// Bytes that no revision accounts for.
    StrayBytes,
    /// The file changed after the signature.
    ModifiedAfterSigning,
    /// Something visible was laid over the signed content by a change that is permitted.
    Overlay,
    /// What changed after the signature could not be told.
    ModificationUnknown,
    /// The CMS cannot be read or breaks its rules (RFC 5652).
    Cms,
    /// The `/SubFilter` is not of PAdES.
    SubFilter,
    /// The signed bytes are not the ones that were signed.
    Digest,
    /// The signature value does not verify.
    SignatureValue,
    /// The signing certificate is not identified, or is another one.
    SigningCertificate,
    /// No path to a trust anchor, or the path is not valid.
    Path,
    /// The list that names the trust anchor has expired (TS 119 612, 5.3.15).
    TrustList,
    /// A certificate is outside its validity.
    Validity,
    /// A certificate was revoked.
    Revocation,
    /// Revocation data is missing or too old.
    RevocationMissing,
    /// Revocation data that could not be used.
    RevocationUnusable,
    /// The certificate's purpose does not fit.
    Purpose,
    /// An algorithm or key length that is no longer reliable.
    Algorithm,
    /// A timestamp is not usable.
    Timestamp,
    /// Timestamps that cover each other state times in another order.
    TimestampOrder,
    /// The policy that the signature was made under is not at hand, or is another one.
    SignaturePolicy,
    /// What the signer claims does not satisfy the policy.
    Claim,
    /// A rule of EN 319 142-1 is broken, without harm to validity.
    Conformity,
    /// A bound of the limits was reached.
    Limit,
    /// Something in the document security store cannot be read.
    SecurityStore,
    /// The file's structure is broken.
    Structure,
}

impl Code {
    /// The code in the JSON report, as in `byte_range`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignatureDictionary => "signature_dictionary",
            Self::ByteRange => "byte_range",
            Self::Contents => "contents",
            Self::Coverage => "coverage",
            Self::Redefined => "redefined",
            Self::SignatureRemoved => "signature_removed",
            Self::SharedValue => "shared_value",
            Self::StrayBytes => "stray_bytes",
            Self::ModifiedAfterSigning => "modified_after_signing",
            Self::Overlay => "overlay",
            Self::ModificationUnknown => "modification_unknown",
            Self::Cms => "cms",
            Self::SubFilter => "sub_filter",
            Self::Digest => "digest",
            Self::SignatureValue => "signature_value",
            Self::SigningCertificate => "signing_certificate",
            Self::Path => "path",
            Self::TrustList => "trust_list",
            Self::Validity => "validity",
            Self::Revocation => "revocation",
            Self::RevocationMissing => "revocation_missing",
            Self::RevocationUnusable => "revocation_unusable",
            Self::Purpose => "purpose",
            Self::Algorithm => "algorithm",
            Self::Timestamp => "timestamp",
            Self::TimestampOrder => "timestamp_order",
            Self::SignaturePolicy => "signature_policy",
            Self::Claim => "claim",
            Self::Conformity => "conformity",
            Self::Limit => "limit",
            Self::SecurityStore => "security_store",
            Self::Structure => "structure",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}
