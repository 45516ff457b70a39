//! What a file does not hold of what verifying it for long takes.

use std::fmt;

use super::{CertificateReport, Language};

/// A value that is needed about one certificate, and that is not in the file (EN 319 142-1, 6.3 (r) and (t)).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingEvidence {
    /// The certificate that it is about.
    pub certificate: CertificateReport,
    /// The chain that it stands in.
    pub chain: ChainOf,
    /// What is missing.
    pub value: MissingValue,
    /// Where it may be had, as the certificate says: OCSP before CRLs. Nobody was asked.
    pub urls: Vec<String>,
    /// Why what is in the file does not do, in English.
    pub reasons: Vec<String>,
}

/// Whose chain of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChainOf {
    /// The signer's.
    Signer,
    /// That of an authority that made a timestamp.
    TimestampAuthority,
}

/// What can be missing about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissingValue {
    /// The certificate of its issuer.
    Issuer,
    /// Trust: it is a root, and no anchor of the caller's.
    Anchor,
    /// A path that holds: there is one, and nothing that can be added mends it.
    Path,
    /// An OCSP response or CRL that says whether it was revoked.
    Revocation,
}

impl ChainOf {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signer => "signer",
            Self::TimestampAuthority => "timestamp_authority",
        }
    }
}

impl MissingValue {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "issuer_certificate",
            Self::Anchor => "trust_anchor",
            Self::Path => "path",
            Self::Revocation => "revocation_value",
        }
    }
}

impl MissingEvidence {
    /// One sentence for people.
    pub fn text(&self, language: Language) -> String {
        let CertificateReport { subject, issuer, serial, .. } = &self.certificate;
        let text = match (language, self.value) {
            (Language::Japanese, MissingValue::Issuer) => {
                format!("「{subject}」(シリアル番号 {serial}) の発行者「{issuer}」の証明書")
            }
            (Language::Japanese, MissingValue::Anchor) => format!("ルート証明書「{subject}」への信頼"),
            (Language::Japanese, MissingValue::Path) => {
                format!("「{subject}」(シリアル番号 {serial}) の有効な認証パス")
            }
            (Language::Japanese, MissingValue::Revocation) => {
                format!("「{subject}」(シリアル番号 {serial}) の失効情報")
            }
            (Language::English, MissingValue::Issuer) => {
                format!("the certificate of \"{issuer}\", which issued \"{subject}\", serial {serial}")
            }
            (Language::English, MissingValue::Anchor) => format!("trust in the root \"{subject}\""),
            (Language::English, MissingValue::Path) => format!("a path that holds for \"{subject}\", serial {serial}"),
            (Language::English, MissingValue::Revocation) => {
                format!("a revocation value about \"{subject}\", serial {serial}")
            }
        };
        if self.reasons.is_empty() { text } else { format!("{text} ({})", self.reasons.join(", ")) }
    }
}

impl fmt::Display for MissingEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}
