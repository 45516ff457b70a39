//! The chain of certificates that a verdict rests on, and what was known of each: plain data.

use crate::time::Time;

/// One certificate of the chain, from the signer's up to the trust anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainCertificate {
    /// Subject, as RFC 4514 writes it.
    pub subject: String,
    /// The subject's common name, where it has one.
    pub common_name: Option<String>,
    /// Issuer, as RFC 4514 writes it.
    pub issuer: String,
    /// Serial number, in lower-case hexadecimal.
    pub serial: String,
    /// The begin of its validity.
    pub not_before: Time,
    /// The end of its validity.
    pub not_after: Time,
    /// The kind of its key and the key's size, as in `RSA, 2048 bits`; `None` where the key cannot be read.
    pub key: Option<String>,
    /// How its issuer signed it, as in `ECDSA with SHA-256`; `None` where that is not known here.
    pub signature_algorithm: Option<String>,
    /// Where the caller has it from: the label of the trust anchor; `None` for all but the anchor.
    pub trust_source: Option<String>,
    /// SHA-256 of its DER, in lower-case hexadecimal.
    pub fingerprint: String,
    /// Since when it is proved to exist, where that is earlier than the validation time.
    pub proved: Option<Time>,
}

/// What was known of one certificate's revocation when the verdict was made (EN 319 102-1, 5.2.5 and 5.2.6).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusReport {
    /// The certificate's subject, as RFC 4514 writes it.
    pub subject: String,
    /// The certificate's serial number, in lower-case hexadecimal.
    pub serial: String,
    /// What was known.
    pub status: CertificateStatus,
    /// The value that said so; `None` where none did.
    pub value: Option<RevocationValue>,
}

/// The revocation value that an answer was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationValue {
    /// OCSP or CRL.
    pub source: RevocationSource,
    /// When the status was known to be so.
    pub this_update: Time,
    /// When newer information is to be had at the latest.
    pub next_update: Option<Time>,
    /// When an OCSP response was signed.
    pub produced_at: Option<Time>,
    /// The subject of the certificate whose key signed it.
    pub signer: String,
    /// Since when the certificate is revoked or suspended, where it says so.
    pub revoked_at: Option<Time>,
    /// Why, as RFC 5280, 5.3.1 spells it.
    pub reason: Option<String>,
    /// Every place that it was found in, in order.
    pub found_in: Vec<Place>,
    /// SHA-256 of its DER, in lower-case hexadecimal; of a delta CRL, that of the list that it changes.
    pub fingerprint: String,
    /// Since when it is proved to exist, where that is earlier than the validation time.
    pub proved: Option<Time>,
}

/// What was known of a certificate's revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateStatus {
    /// Not revoked, by a value that is fresh enough.
    Good,
    /// Revoked.
    Revoked,
    /// Suspended.
    OnHold,
    /// Not revoked, by a value that is too old for the time that counts.
    TooOld,
    /// Nothing at hand says anything.
    Unknown,
    /// The certificate says that no revocation data exists for it (EN 319 412-1, 5.2.2; RFC 9608).
    Exempt,
    /// It was not asked: the process ended before.
    NotAsked,
}

/// The two kinds of revocation value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationSource {
    /// An OCSP response (RFC 6960).
    Ocsp,
    /// A complete CRL (RFC 5280, 5).
    Crl,
    /// A CRL with its delta CRL (RFC 5280, 5.2.4).
    DeltaCrl,
}

/// Where a value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Place {
    /// Inside a signature's or timestamp's CMS.
    Cms,
    /// In the document security store (ISO 32000-2, 12.8.4.3).
    Dss,
    /// Under `/VRI` in the store (12.8.4.4).
    Vri,
    /// The caller gave it.
    Given,
}

impl CertificateStatus {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked => "revoked",
            Self::OnHold => "on_hold",
            Self::TooOld => "too_old",
            Self::Unknown => "unknown",
            Self::Exempt => "exempt",
            Self::NotAsked => "not_asked",
        }
    }
}

impl RevocationSource {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ocsp => "ocsp",
            Self::Crl => "crl",
            Self::DeltaCrl => "delta_crl",
        }
    }
}

impl Place {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cms => "cms",
            Self::Dss => "dss",
            Self::Vri => "vri",
            Self::Given => "given",
        }
    }
}
