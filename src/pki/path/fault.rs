//! What can be wrong with a path.

use crate::pki::oid::Oid;

use crate::pki::certificate::{Certificate, CertificateFault};
use crate::pki::signature::{ChecksSpent, SignatureFault};
use crate::time::Time;

/// Why there is no (valid) path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathFault {
    /// The search ended; `certificate` is the highest one that it reached.
    #[error("no path to a trust anchor: the issuer \"{}\" of {certificate} is neither trusted nor at hand", certificate.issuer())]
    NoIssuer { certificate: Certificate },
    /// A path may exist: the search was cut off.
    #[error("path building stopped at its budget of {steps} steps (Limits::path_steps)")]
    Budget { steps: usize },
    /// As [`Budget`](Self::Budget), for the whole verification.
    #[error("path building: {0}")]
    Checks(#[from] ChecksSpent),
    /// Every chain that was found is longer than the bound.
    #[error("every path is longer than {limit} certificates (Limits::path_length)")]
    TooLong { limit: usize },
    /// A certificate of the path must not be used in it.
    #[error("{certificate}: {fault} (RFC 5280, {})", fault.clause())]
    Refused { certificate: Certificate, fault: StepFault },
}

impl PathFault {
    /// Whether it is a bound of the limits that speaks, not the certificates.
    pub(crate) fn is_limit(&self) -> bool {
        match self {
            Self::Budget { .. } | Self::Checks(_) | Self::TooLong { .. } => true,
            Self::Refused { fault, .. } => matches!(fault, StepFault::NameComparisons(_)),
            Self::NoIssuer { .. } => false,
        }
    }

    pub(crate) fn refused(certificate: &Certificate, fault: impl Into<StepFault>) -> Self {
        Self::Refused { certificate: certificate.clone(), fault: fault.into() }
    }
}

/// What is wrong with one certificate in its place in a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StepFault {
    #[error(transparent)]
    Unreadable(#[from] CertificateFault),
    #[error("the signature algorithm inside differs from the one outside")]
    AlgorithmMismatch,
    #[error("its issuer's signature: {0}")]
    Signature(#[from] SignatureFault),
    #[error("not valid before {0}")]
    NotYetValid(Time),
    #[error("not valid after {0}")]
    Expired(Time),
    #[error("its issuer's name is not the subject of the next certificate")]
    NameChaining,
    #[error("it is no certificate of a CA")]
    NotCa,
    #[error("more CA certificates follow than its issuers allow")]
    PathLength,
    #[error("its key may not sign certificates")]
    NoCertSign,
    #[error("\"{0}\" is outside the names that its issuers may certify")]
    NameNotPermitted(String),
    #[error("\"{0}\" is among the names that its issuers may not certify")]
    NameExcluded(String),
    #[error("a name constraint of the form [{0}] cannot be applied")]
    NameConstraint(u32),
    #[error("it takes more than {0} name comparisons (Limits::name_comparisons)")]
    NameComparisons(usize),
    #[error("the critical extension {0} is not known")]
    CriticalExtension(Oid),
    #[error("no acceptable policy is left where one is required")]
    NoPolicy,
    #[error("it maps anyPolicy")]
    MapsAnyPolicy,
}

impl StepFault {
    /// The clause of RFC 5280 that it breaks.
    pub(crate) fn clause(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "4.2",
            Self::AlgorithmMismatch => "4.1.1.2",
            Self::Signature(_) => "6.1.3 (a)(1)",
            Self::NotYetValid(_) | Self::Expired(_) => "6.1.3 (a)(2)",
            Self::NameChaining => "6.1.3 (a)(4)",
            Self::NameNotPermitted(_) | Self::NameComparisons(_) => "6.1.3 (b)",
            Self::NameExcluded(_) => "6.1.3 (c)",
            Self::NameConstraint(_) => "4.2.1.10",
            Self::NoPolicy => "6.1.3 (f)",
            Self::MapsAnyPolicy => "6.1.4 (a)",
            Self::NotCa => "6.1.4 (k)",
            Self::PathLength => "6.1.4 (l)",
            Self::NoCertSign => "6.1.4 (n)",
            Self::CriticalExtension(_) => "6.1.4 (o)",
        }
    }
}
