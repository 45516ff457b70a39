//! What keeps a signature from being of a PAdES baseline level: requirements of EN 319 142-1 that it breaks, apart from its validity.
//!
//! Invariant: nothing here changes a verdict: a signature can be valid and break rules of form, and the other way round.

use std::fmt;

use super::Level;

/// One requirement that is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LevelFinding {
    /// Which one.
    pub requirement: Requirement,
    /// What was found instead, for people.
    pub message: String,
}

/// How strongly the standard asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// What does not meet it is not of the level.
    Shall,
    /// A recommendation.
    Should,
}

/// One row: variant, word in JSON, level from which on it counts, how strongly, clause of EN 319 142-1.
macro_rules! requirements {
    ($($(#[doc = $doc:literal])+ $name:ident: $word:literal, $level:ident, $presence:ident, $clause:literal;)+) => {
        /// The requirements of the baseline levels that are checked (EN 319 142-1, 6.3, with the letters of its table 1; 5.4).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Requirement {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Requirement {
            /// Every requirement that is checked.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word in the JSON report.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The level from which on it counts.
            pub fn level(self) -> Level {
                match self { $(Self::$name => Level::$level),+ }
            }

            /// How strongly it is asked for.
            pub fn presence(self) -> Presence {
                match self { $(Self::$name => Presence::$presence),+ }
            }

            /// Its clause, as in `EN 319 142-1, 6.3 (a)`.
            pub fn clause(self) -> &'static str {
                match self { $(Self::$name => concat!("EN 319 142-1, ", $clause)),+ }
            }
        }
    };
}

requirements! {
    /// `/SubFilter` is `ETSI.CAdES.detached`.
    SubFilter: "sub_filter", B, Shall, "6.3 (l)";
    /// There is a `/Filter`.
    Filter: "filter", B, Shall, "6.3 (j)";
    /// The byte range covers the whole file of the time, without `/Contents`.
    ByteRange: "byte_range", B, Shall, "6.3 (k)";
    /// The CMS carries no content of its own, and one signer.
    Detached: "detached", B, Shall, "6.2.1";
    /// The CMS is DER.
    Encoding: "encoding", B, Shall, "6.3 (h)";
    /// The signing certificate is in the CMS, and every certificate there can be read.
    SigningCertificateIncluded: "signing_certificate_included", B, Shall, "6.3 (a)";
    /// The other certificates of the path are in the CMS.
    PathIncluded: "path_included", B, Should, "6.3 (b)";
    /// The signed content type is id-data.
    ContentType: "content_type", B, Shall, "6.3 (c)";
    /// The digest of the document is a signed attribute.
    MessageDigest: "message_digest", B, Shall, "6.3, message-digest";
    /// A signing-certificate attribute names the certificate.
    SigningCertificateAttribute: "signing_certificate_attribute", B, Shall, "6.3 (e), (f)";
    /// The attribute is of version 2.
    SigningCertificateVersion: "signing_certificate_version", B, Should, "6.3 (e)";
    /// `/M` says when, as a PDF date.
    ClaimedTime: "claimed_time", B, Shall, "6.3 (g)";
    /// The CMS says no signing time of its own.
    NoSigningTime: "no_signing_time", B, Shall, "6.3, signing-time";
    /// There is no `/Cert`.
    NoCertEntry: "no_cert_entry", B, Shall, "6.3, Cert";
    /// No `/Reason` beside a commitment type or a signature policy.
    NoReason: "no_reason", B, Shall, "6.3 (d), (m)";
    /// `/Contents` has room for a later timestamp.
    Room: "room", B, Should, "6.3 (q)";
    /// The store is built as it has to be.
    StoreStructure: "store_structure", Lt, Shall, "5.4.2.2";
    /// The certificates of all paths are in the file.
    PathValues: "path_values", Lt, Shall, "6.3 (r)";
    /// The revocation values of all paths are in the file.
    RevocationValues: "revocation_values", Lt, Shall, "6.3 (t)";
    /// No value stands in the store twice.
    NoDuplicates: "no_duplicates", Lt, Should, "6.3 (s)";
    /// The values of the store are DER.
    StoreEncoding: "store_encoding", Lt, Shall, "6.3 (u)";
    /// There is no `/VRI`.
    NoVri: "no_vri", Lt, Should, "6.3 (v)";
    /// What stands under `/VRI` stands in the store's own lists, too.
    VriInStore: "vri_in_store", Lt, Shall, "6.3 (v)";
    /// `/VRI` states no time.
    NoVriTime: "no_vri_time", Lt, Should, "5.4.2.3";
    /// What a document timestamp is to preserve was there before it.
    EvidenceBeforeTimestamp: "evidence_before_timestamp", Lta, Shall, "6.3 (x)";
    /// A document timestamp's `/SubFilter` is `ETSI.RFC3161`.
    TimestampSubFilter: "timestamp_sub_filter", Lta, Shall, "6.3 (y)";
    /// A document timestamp's token is DER. (Those inside of a signature count with its own [`Encoding`](Self::Encoding).)
    TimestampEncoding: "timestamp_encoding", Lta, Shall, "5.4.3";
    /// A document timestamp's dictionary has no entries that only signatures have.
    TimestampEntries: "timestamp_entries", Lta, Shall, "5.4.3";
    /// A document timestamp's dictionary says nothing of who, when and why: the token does.
    TimestampTexts: "timestamp_texts", Lta, Should, "5.4.3";
}

impl LevelFinding {
    pub(crate) fn new(requirement: Requirement, message: impl fmt::Display) -> Self {
        Self { requirement, message: message.to_string() }
    }

    /// Whether the level is missed because of it.
    pub fn is_nonconformity(&self) -> bool {
        self.requirement.presence() == Presence::Shall
    }
}

impl Presence {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shall => "shall",
            Self::Should => "should",
        }
    }
}

impl fmt::Display for LevelFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (level, presence) = (self.requirement.level().as_str(), self.requirement.presence().as_str());
        write!(f, "{level}, {presence}: {} ({})", self.message, self.requirement.clause())
    }
}
