//! Why a certificate was revoked.

use std::fmt;

use x509_cert::ext::pkix::CrlReason;

/// A revocation reason (RFC 5280, 5.3.1; RFC 6960, 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Also where no reason, or one that does not exist, is given.
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
    AaCompromise,
}

impl Reason {
    /// Whether the certificate is suspended rather than revoked for good.
    pub(crate) fn is_hold(self) -> bool {
        self == Self::CertificateHold
    }
}

impl From<Option<CrlReason>> for Reason {
    fn from(reason: Option<CrlReason>) -> Self {
        match reason {
            None | Some(CrlReason::Unspecified) => Self::Unspecified,
            Some(CrlReason::KeyCompromise) => Self::KeyCompromise,
            Some(CrlReason::CaCompromise) => Self::CaCompromise,
            Some(CrlReason::AffiliationChanged) => Self::AffiliationChanged,
            Some(CrlReason::Superseded) => Self::Superseded,
            Some(CrlReason::CessationOfOperation) => Self::CessationOfOperation,
            Some(CrlReason::CertificateHold) => Self::CertificateHold,
            Some(CrlReason::RemoveFromCRL) => Self::RemoveFromCrl,
            Some(CrlReason::PrivilegeWithdrawn) => Self::PrivilegeWithdrawn,
            Some(CrlReason::AaCompromise) => Self::AaCompromise,
        }
    }
}

impl fmt::Display for Reason {
    /// As the ASN.1 spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        })
    }
}
