//! Why a certificate was revoked.

use std::fmt;

use der::asn1::AnyRef;
use der::{Decode, Tag, Tagged};
use x509_cert::ext::pkix::CrlReason;

/// A revocation reason (RFC 5280, 5.3.1; RFC 6960, 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Also where no reason is given.
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
    /// A value that no standard defines (7 is unused, RFC 5280, 5.3.1), or no readable one: it may mean anything, so that it counts as the
    /// worst. The certificate is revoked for good, and nothing says that its key was not lost.
    Undefined(Option<u8>),
}

impl Reason {
    /// The reason in a DER `CRLReason`, whatever its value: what nobody can name must not undo the revocation that it stands in.
    pub(crate) fn from_der(der: &[u8]) -> Self {
        let value = AnyRef::from_der(der).ok().filter(|value| value.tag() == Tag::Enumerated);
        let number = value.and_then(|value| <[u8; 1]>::try_from(value.value()).ok()).map(|[number]| number);
        CrlReason::from_der(der).map_or(Self::Undefined(number), |reason| Some(reason).into())
    }

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
    /// As the ASN.1 spells it; what has no name there, as `undefined-7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Undefined(Some(number)) => return write!(f, "undefined-{number}"),
            Self::Undefined(None) => "undefined",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_nobody_defined_are_reasons_of_their_own() {
        let read = |der: &[u8]| Reason::from_der(der).to_string();
        assert_eq!(read(&[10, 1, 1]), "keyCompromise");
        assert_eq!(read(&[10, 1, 6]), "certificateHold");
        assert_eq!(read(&[10, 1, 7]), "undefined-7");
        assert_eq!(read(&[10, 1, 200]), "undefined-200");
        for unreadable in [&[][..], &[2, 1, 6], &[10, 2, 0, 6], &[10, 1, 6, 0], &[10, 0]] {
            assert_eq!(read(unreadable), "undefined", "{unreadable:?}");
        }
        assert!(!Reason::Undefined(Some(6)).is_hold());
    }
}
