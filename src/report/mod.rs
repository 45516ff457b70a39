//! What a verification found, as plain data; its JSON and its text.
//!
//! Invariant: nothing here knows how it was found. Data goes down, verbs go up: `verify` fills these values in.
//! Invariant: the same values give the same bytes of JSON and text.
//!
//! Specified in EN 319 102-1, 5.1 (indications) and 5.4 (sub-indications); EN 319 142-1, 6 (levels).
//!
//! Nouns: [`Report`], [`SignatureReport`], [`TimestampReport`], [`Indication`], [`SubIndication`], [`Finding`], [`Change`], [`Step`],
//! [`ChainCertificate`], [`StatusReport`], [`LevelFinding`], [`MissingEvidence`], [`Future`], [`Outlook`], [`Diagnosis`],
//! [`TransactionReport`].

mod chain;
mod change;
mod changed;
mod constraint;
mod diagnosis;
mod explain;
mod finding;
mod future;
mod identifier;
mod indication;
mod japanese;
#[cfg(feature = "json")]
mod json;
mod level;
mod missing;
mod outlook;
mod process;
mod statement;
mod text;
mod transaction;
mod vocabulary;
#[cfg(feature = "xml")]
mod xml;

pub use chain::{CertificateStatus, ChainCertificate, Place, RevocationSource, RevocationValue, StatusReport};
pub use change::{Act, Change, ChangeKind, Changes, Rectangle, Rule};
pub use constraint::{Constraint, ModificationRule};
pub use diagnosis::{Advice, Diagnosis, Goal, Held, Missing, Thing};
pub use finding::{Code, Finding};
pub use future::Future;
pub use identifier::{DigestValue, SignatureIdentifier};
pub use indication::{Indication, SubIndication};
pub use level::{LevelFinding, Presence, Requirement};
pub use missing::{ChainOf, MissingEvidence, MissingValue};
pub use outlook::{Cause, Horizon, Outlook};
pub use process::{AlgorithmEnd, AssociatedData, Block, Revocation, Step};
pub(crate) use statement::commitment_name;
pub use statement::{AttributeOrigin, PolicyDocument, SignaturePolicy, SignerAttribute};
pub use text::Language;
pub use transaction::{SignedTransaction, TransactionReport, TransactionStatus};

use crate::time::Time;

/// What was found in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// When: the validation time that the caller gave.
    pub validation_time: Time,
    /// The file's length, in bytes.
    pub length: u64,
    /// The name of the policy that algorithms were judged by.
    pub policy: String,
    /// How the validity of a chain was judged.
    pub model: Model,
    /// What the policy asked for besides reliable algorithms.
    pub constraints: Vec<Constraint>,
    /// What later revisions were allowed to change.
    pub modification_rule: ModificationRule,
    /// How many revisions the file has; 0 where it had to be searched ([`Document::open_damaged`](crate::Document::open_damaged)), and none
    /// is known.
    pub revisions: usize,
    /// Every signature and document timestamp, oldest revision first.
    pub signatures: Vec<SignatureReport>,
    /// What is to be said of the file as a whole.
    pub findings: Vec<Finding>,
    /// What the file says to be about, and which signatures cover that; `None` where it says nothing.
    pub transaction: Option<TransactionReport>,
    /// Whether it survives until a date; `None` unless the caller asked and put the answer here.
    pub future: Option<Future>,
}

impl Report {
    /// The worst indication of all signatures; `None` where the file has no signature.
    ///
    /// One TOTAL-FAILED makes the file TOTAL-FAILED; else one INDETERMINATE makes it INDETERMINATE. A file whose signatures
    /// could not all be read is INDETERMINATE at best, and so is one whose only signatures were taken away.
    pub fn verdict(&self) -> Option<Indication> {
        let unread = self.is_unread().then_some(Indication::Indeterminate);
        self.signatures.iter().map(|signature| signature.conclusion.indication).chain(unread).max()
    }

    /// Whether there may be signatures besides those that were read, or there were some.
    fn is_unread(&self) -> bool {
        let is_removed = |finding: &Finding| finding.code == Code::SignatureRemoved && self.signatures.is_empty();
        self.findings.iter().any(|finding| finding.leaves_unread() || is_removed(finding))
    }
}

/// An indication with its sub-indication: the answer of a validation process or of one of its blocks (EN 319 102-1, 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// The main status.
    pub indication: Indication,
    /// Why it is not passed; `None` where it is.
    pub sub_indication: Option<SubIndication>,
}

impl Conclusion {
    /// PASSED.
    pub const PASSED: Self = Self { indication: Indication::TotalPassed, sub_indication: None };

    /// FAILED, because of `sub_indication`.
    pub fn failed(sub_indication: SubIndication) -> Self {
        Self { indication: Indication::TotalFailed, sub_indication: Some(sub_indication) }
    }

    /// INDETERMINATE, because of `sub_indication`.
    pub fn indeterminate(sub_indication: SubIndication) -> Self {
        Self { indication: Indication::Indeterminate, sub_indication: Some(sub_indication) }
    }

    /// Whether this is PASSED.
    pub fn is_passed(self) -> bool {
        self.indication == Indication::TotalPassed
    }
}

/// What was found about one signature or document timestamp.
///
/// Two statements stand apart: [`intact`](Self::intact) (the signed bytes are the ones signed) and the
/// [`conclusion`](Self::conclusion) (who signed, when, and whether that holds under the caller's trust anchors).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureReport {
    /// The fully qualified field name (ISO 32000-2, 12.7.4.2).
    pub field: String,
    /// Signature or document timestamp.
    pub kind: Kind,
    /// The revision that it closes, counted from 1; `None` where the byte range ends at no revision.
    pub revision: Option<usize>,
    /// The dictionary's `/SubFilter`.
    pub sub_filter: Option<String>,
    /// The verdict.
    pub conclusion: Conclusion,
    /// The PAdES baseline level reached; `None` for document timestamps and for what is no PAdES baseline signature.
    pub level: Option<Level>,
    /// Whether the digest and the signature value hold for the bytes covered.
    pub intact: bool,
    /// What the byte range covers.
    pub covers: Coverage,
    /// What later revisions changed, at most.
    pub modification: Modification,
    /// Everything that later revisions changed, and whether it is permitted.
    pub changes: Changes,
    /// What a certification permits to change after it: the `/P` of its DocMDP (ISO 32000-2, table 257), 1 for nothing, 2 for forms and
    /// signatures, 3 for annotations, too. `None` where it is none.
    pub certification: Option<u8>,
    /// The signing certificate, where one was found.
    pub signer: Option<CertificateReport>,
    /// Where the trust anchor of the signing certificate's path comes from: the label that the caller gave it.
    pub trust_source: Option<String>,
    /// That anchor, and what its source trusts it for.
    pub trust_anchor: Option<TrustAnchorReport>,
    /// Who accredited the authority of a document timestamp; `None` for signatures.
    pub accredited: Option<AccreditationReport>,
    /// How it was signed, as in `ECDSA with SHA-256`.
    pub algorithm: Option<String>,
    /// The dictionary's `/M`: what the signer claims.
    pub claimed_time: Option<Time>,
    /// The earliest time at which the signature is proved to have existed (EN 319 102-1, 5.5.4); a document
    /// timestamp's own time for a document timestamp.
    pub best_signature_time: Option<Time>,
    /// `/Reason`, `/Location`, `/Name` and `/ContactInfo` as signed.
    pub reason: Option<String>,
    /// See [`reason`](Self::reason).
    pub location: Option<String>,
    /// See [`reason`](Self::reason).
    pub name: Option<String>,
    /// See [`reason`](Self::reason).
    pub contact_info: Option<String>,
    /// The policy that it says to have been made under (EN 319 122-1, 5.2.9).
    pub signature_policy: Option<SignaturePolicy>,
    /// What the signer says to commit to, as in `proof of approval`; a dotted OID where it has no name (EN 319 122-1, 5.2.3).
    pub commitment_types: Vec<String>,
    /// What the signer says about itself (EN 319 122-1, 5.2.6).
    pub signer_attributes: Vec<SignerAttribute>,
    /// The timestamps over the content that were there before it was signed: the signature is no older (EN 319 122-1, 5.2.8).
    pub content_timestamps: Vec<TimestampReport>,
    /// The signature timestamps inside.
    pub signature_timestamps: Vec<TimestampReport>,
    /// Whether everything that is needed to verify it offline lies in the file: certificates and revocation values of
    /// the signer's and the timestamps' paths. What Acrobat calls LTV enabled.
    pub long_term: bool,
    /// What of that is missing: the file itself does not hold it.
    pub missing: Vec<MissingEvidence>,
    /// What is to be said about it, in the order of the checks.
    pub findings: Vec<Finding>,
    /// What the standard wants beside the sub-indication.
    pub associated: AssociatedData,
    /// Every block that was run, in that order.
    pub process: Vec<Step>,
    /// The chain of certificates that the verdict is about, from the signer's up to the anchor; empty where there is none.
    pub chain: Vec<ChainCertificate>,
    /// What was known of the revocation of each certificate of the chain but the anchor, in the same order.
    pub revocation: Vec<StatusReport>,
    /// What keeps it from its level or the next, apart from its validity (EN 319 142-1, 6.3).
    pub level_findings: Vec<LevelFinding>,
    /// What identifies it; `None` where it cannot be read.
    pub identifier: Option<SignatureIdentifier>,
}

/// What was found about one timestamp token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimestampReport {
    /// The time that the authority states; `None` where the token cannot be read.
    pub time: Option<Time>,
    /// The verdict on the token.
    pub conclusion: Conclusion,
    /// The authority's certificate.
    pub signer: Option<CertificateReport>,
    /// Where its trust anchor comes from.
    pub trust_source: Option<String>,
    /// That anchor, and what its source trusts it for.
    pub trust_anchor: Option<TrustAnchorReport>,
    /// Who accredited the authority, as of the time that it states.
    pub accredited: Option<AccreditationReport>,
    /// The authority's policy, as a dotted OID.
    pub policy: Option<String>,
    /// The token's number at its authority, in lower-case hexadecimal.
    pub serial: Option<String>,
    /// What the standard wants beside the sub-indication.
    pub associated: AssociatedData,
    /// Every block that was run, in that order.
    pub process: Vec<Step>,
    /// The chain of certificates that the verdict is about, from the authority's up to the anchor.
    pub chain: Vec<ChainCertificate>,
    /// What was known of the revocation of each certificate of the chain but the anchor, in the same order.
    pub revocation: Vec<StatusReport>,
    /// SHA-256 of the token, in lower-case hexadecimal; `None` where it cannot be read.
    pub fingerprint: Option<String>,
}

/// A certificate, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateReport {
    /// Subject, as RFC 4514 writes it.
    pub subject: String,
    /// The subject's common name, where it has one.
    pub common_name: Option<String>,
    /// Issuer, as RFC 4514 writes it.
    pub issuer: String,
    /// Serial number, in lower-case hexadecimal.
    pub serial: String,
    /// The end of its validity.
    pub not_after: Time,
}

/// The trust anchor that a path ends in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustAnchorReport {
    /// Its name, as RFC 4514 writes it.
    pub subject: String,
    /// What it is trusted for: `signing`, `certifying`, `timestamping`; `None` is everything.
    pub uses: Option<Vec<String>>,
    /// From when on, in UTC seconds.
    pub from: Option<Time>,
    /// Until when, in UTC seconds; what is proved to be older stays trusted.
    pub until: Option<Time>,
}

/// That a timestamp authority stands on a list of accredited ones. It changes no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccreditationReport {
    /// The list's name and date.
    pub list: String,
    /// From when on, in UTC seconds.
    pub from: Option<Time>,
    /// Until when, in UTC seconds.
    pub until: Option<Time>,
}

/// How the validity of a chain of certificates is judged (EN 319 102-1, 5.6.2.1 and 5.6.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Model {
    /// Every certificate has to be valid at the time of interest: RFC 5280, the default.
    #[default]
    Shell,
    /// Every certificate has to be valid when the one below it was issued.
    Chain,
}

/// The two kinds of signature (ISO 32000-2, 12.8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Somebody's signature.
    Signature,
    /// A timestamp over the document (12.8.5).
    DocumentTimestamp,
}

/// The baseline levels (EN 319 142-1, 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// B-B: a basic signature.
    B,
    /// B-T: with a trusted time.
    T,
    /// B-LT: with certificates and revocation values.
    Lt,
    /// B-LTA: with a document timestamp over them.
    Lta,
}

/// What a byte range covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The whole file as it is now.
    File,
    /// The whole file as it was when the revision was made.
    Revision,
    /// Something else: no conforming signature, or one in a file of which no revision is known.
    Other,
}

/// What revisions after a signature changed, at most; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Modification {
    /// Nothing.
    None,
    /// Evidence and document timestamps were added.
    Lta,
    /// Further signatures were added, or forms filled in.
    Form,
    /// Annotations were added, changed or removed.
    Annotate,
    /// Something that a signature does not allow.
    Other,
    /// It could not be told: treated like [`Modification::Other`].
    Unknown,
}

impl Kind {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::DocumentTimestamp => "document_timestamp",
        }
    }
}

impl Model {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Chain => "chain",
        }
    }
}

impl Level {
    /// `B-B`, `B-T`, `B-LT`, `B-LTA`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::B => "B-B",
            Self::T => "B-T",
            Self::Lt => "B-LT",
            Self::Lta => "B-LTA",
        }
    }
}

impl Coverage {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Revision => "revision",
            Self::Other => "other",
        }
    }
}

impl Modification {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lta => "lta",
            Self::Form => "form",
            Self::Annotate => "annotate",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}
