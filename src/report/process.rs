//! How a verdict came about: the blocks of EN 319 102-1 in the order in which they were run, and the data that the standard wants beside
//! a sub-indication.

use super::Conclusion;
use crate::time::Time;

/// One block of the validation process, as it was run once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Which block.
    pub block: Block,
    /// What it was run on, where that is not the signature itself: a certificate, a timestamp.
    pub about: Option<String>,
    /// The time that it took as its validation time, or came to as its control time.
    pub time: Option<Time>,
    /// What it said.
    pub outcome: Conclusion,
    /// Why, for people; `None` where nothing is to be said.
    pub why: Option<String>,
}

/// The building blocks and processes of EN 319 102-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the standard's names are the documentation; `clause` says where they stand")]
pub enum Block {
    FormatChecking,
    IdentificationOfTheSigningCertificate,
    ValidationContextInitialization,
    RevocationFreshnessChecker,
    X509CertificateValidation,
    CryptographicVerification,
    SignatureAcceptanceValidation,
    BasicSignatureValidation,
    TimeStampValidation,
    SignaturesWithTime,
    PastCertificateValidation,
    ControlTimeSliding,
    PoeExtraction,
    PastSignatureValidation,
    ArchivalValidation,
}

impl Block {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FormatChecking => "format_checking",
            Self::IdentificationOfTheSigningCertificate => "identification_of_the_signing_certificate",
            Self::ValidationContextInitialization => "validation_context_initialization",
            Self::RevocationFreshnessChecker => "revocation_freshness_checker",
            Self::X509CertificateValidation => "x509_certificate_validation",
            Self::CryptographicVerification => "cryptographic_verification",
            Self::SignatureAcceptanceValidation => "signature_acceptance_validation",
            Self::BasicSignatureValidation => "basic_signature_validation",
            Self::TimeStampValidation => "time_stamp_validation",
            Self::SignaturesWithTime => "signatures_with_time",
            Self::PastCertificateValidation => "past_certificate_validation",
            Self::ControlTimeSliding => "control_time_sliding",
            Self::PoeExtraction => "poe_extraction",
            Self::PastSignatureValidation => "past_signature_validation",
            Self::ArchivalValidation => "archival_validation",
        }
    }

    /// Its clause in EN 319 102-1.
    pub fn clause(self) -> &'static str {
        match self {
            Self::FormatChecking => "5.2.2",
            Self::IdentificationOfTheSigningCertificate => "5.2.3",
            Self::ValidationContextInitialization => "5.2.4",
            Self::RevocationFreshnessChecker => "5.2.5",
            Self::X509CertificateValidation => "5.2.6",
            Self::CryptographicVerification => "5.2.7",
            Self::SignatureAcceptanceValidation => "5.2.8",
            Self::BasicSignatureValidation => "5.3",
            Self::TimeStampValidation => "5.4",
            Self::SignaturesWithTime => "5.5",
            Self::PastCertificateValidation => "5.6.2.1",
            Self::ControlTimeSliding => "5.6.2.2",
            Self::PoeExtraction => "5.6.2.3",
            Self::PastSignatureValidation => "5.6.2.4",
            Self::ArchivalValidation => "5.6.3",
        }
    }
}

/// What the standard wants beside a sub-indication (EN 319 102-1, 5.1.3, tables 5 and 6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssociatedData {
    /// The revocation or suspension that counts.
    pub revocation: Option<Revocation>,
    /// The algorithms that are not relied on, and the date that each ended.
    pub algorithms: Vec<AlgorithmEnd>,
    /// When newer revocation data is to be had at the latest.
    pub try_again: Option<Time>,
}

impl AssociatedData {
    /// Whether there is nothing to be said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// That a certificate was revoked or suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revocation {
    /// The certificate, as reports name it.
    pub certificate: String,
    /// Since when.
    pub time: Time,
    /// Why, as RFC 5280, 5.3.1 spells it.
    pub reason: String,
}

/// That an algorithm ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlgorithmEnd {
    /// The algorithm, and the size of the key.
    pub algorithm: String,
    /// From when on it is not relied on; `None` where it never was.
    pub end: Option<Time>,
}

impl Step {
    pub(crate) fn new(block: Block, outcome: Conclusion) -> Self {
        Self { block, about: None, time: None, outcome, why: None }
    }

    pub(crate) fn about(mut self, about: impl ToString) -> Self {
        self.about = Some(about.to_string());
        self
    }

    pub(crate) fn at(mut self, time: Time) -> Self {
        self.time = Some(time);
        self
    }

    pub(crate) fn why(mut self, why: impl ToString) -> Self {
        self.why = Some(why.to_string());
        self
    }
}

impl Revocation {
    pub(crate) fn new(certificate: impl ToString, time: Time, reason: impl ToString) -> Self {
        Self { certificate: certificate.to_string(), time, reason: reason.to_string() }
    }
}

impl AlgorithmEnd {
    pub(crate) fn new(algorithm: impl ToString, end: Time) -> Self {
        Self { algorithm: algorithm.to_string(), end: Some(end).filter(|end| *end != Time::MIN) }
    }
}
