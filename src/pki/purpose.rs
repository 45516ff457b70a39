//! Whether a certificate may do what it did.
//!
//! Invariant: this says what key usage and extended key usage say; whether that decides anything is the verifier's policy.
//!
//! Specified in RFC 5280, 4.2.1.3 and 4.2.1.12; RFC 3161, 2.3; RFC 6960, 4.2.2.2; RFC 9336. Nouns: [`Purpose`], [`PurposeFault`].

use const_oid::ObjectIdentifier;
use x509_cert::ext::pkix::{KeyUsage, KeyUsages};

use crate::pki::certificate::{Certificate, CertificateFault, Criticality};

pub(crate) const EKU_TIME_STAMPING: ObjectIdentifier = const_oid::db::rfc5912::ID_KP_TIME_STAMPING;
pub(crate) const EKU_OCSP_SIGNING: ObjectIdentifier = const_oid::db::rfc5912::ID_KP_OCSP_SIGNING;

/// Extended key usages under which documents are signed: anyExtendedKeyUsage, emailProtection, documentSigning (RFC 9336), and what
/// Adobe and Microsoft used before there was one.
const EKU_DOCUMENT_SIGNING: [ObjectIdentifier; 5] = [
    const_oid::db::rfc5912::ANY_EXTENDED_KEY_USAGE,
    const_oid::db::rfc5912::ID_KP_EMAIL_PROTECTION,
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36"),
    ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.5"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12"),
];

/// What a certificate was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    DocumentSigning,
    /// Signing and saying what may change afterwards (ISO 32000-2, 12.8.2.2): no other certificate, but not every anchor vouches for it.
    DocumentCertification,
    TimeStamping,
    OcspSigning,
    CrlSigning,
}

impl Purpose {
    /// Whether what it signs says who was revoked.
    pub(crate) fn is_of_revocation_data(self) -> bool {
        matches!(self, Self::OcspSigning | Self::CrlSigning)
    }
}

/// Why a certificate may not be used for a purpose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PurposeFault {
    #[error(transparent)]
    Unreadable(#[from] CertificateFault),
    #[error("its key usage does not include {0} (RFC 5280, 4.2.1.3)")]
    KeyUsage(&'static str),
    #[error("its extended key usage does not include {0} (RFC 5280, 4.2.1.12)")]
    ExtendedKeyUsage(&'static str),
    #[error("its extended key usage is not critical (RFC 3161, 2.3)")]
    NotCritical,
    #[error("its extended key usage names more than time-stamping (RFC 3161, 2.3)")]
    NotSole,
}

/// Checks key usage, then extended key usage.
pub(crate) fn check(certificate: &Certificate, purpose: Purpose) -> Result<(), PurposeFault> {
    let usages = certificate.key_usage()?;
    let signs = KeyUsages::DigitalSignature | KeyUsages::NonRepudiation;
    match purpose {
        Purpose::CrlSigning => check_usage(usages, KeyUsages::CRLSign.into(), "cRLSign"),
        Purpose::DocumentSigning | Purpose::DocumentCertification => {
            check_usage(usages, signs, "digitalSignature or nonRepudiation")?;
            let named = certificate.extended_key_usage()?;
            let known = named.is_none_or(|(_, oids)| oids.iter().any(|oid| oid.is_among(&EKU_DOCUMENT_SIGNING)));
            if known { Ok(()) } else { Err(PurposeFault::ExtendedKeyUsage("a purpose of signing documents")) }
        }
        Purpose::TimeStamping => {
            check_usage(usages, signs, "digitalSignature or nonRepudiation")?;
            check_time_stamping(certificate)
        }
        Purpose::OcspSigning => {
            check_usage(usages, signs, "digitalSignature or nonRepudiation")?;
            let named = certificate.extended_key_usage()?;
            let known = named.is_some_and(|(_, oids)| oids.iter().any(|oid| *oid == EKU_OCSP_SIGNING));
            if known { Ok(()) } else { Err(PurposeFault::ExtendedKeyUsage("OCSPSigning")) }
        }
    }
}

/// The key usage is there and names nonRepudiation, which X.509 calls contentCommitment (RFC 5280, 4.2.1.3).
pub(crate) fn check_content_commitment(certificate: &Certificate) -> Result<(), PurposeFault> {
    let usages = certificate.key_usage()?;
    let commits = usages.is_some_and(|usages| usages.0.contains(KeyUsages::NonRepudiation));
    if commits { Ok(()) } else { Err(PurposeFault::KeyUsage("nonRepudiation")) }
}

/// Absent key usage allows everything (RFC 5280, 6.1.4 (n)).
fn check_usage(
    usages: Option<KeyUsage>,
    any_of: der::flagset::FlagSet<KeyUsages>,
    name: &'static str,
) -> Result<(), PurposeFault> {
    let allowed = usages.is_none_or(|usages| !(usages.0 & any_of).is_empty());
    if allowed { Ok(()) } else { Err(PurposeFault::KeyUsage(name)) }
}

fn check_time_stamping(certificate: &Certificate) -> Result<(), PurposeFault> {
    let Some((criticality, oids)) =
        certificate.extended_key_usage()?.filter(|(_, oids)| oids.iter().any(|oid| *oid == EKU_TIME_STAMPING))
    else {
        return Err(PurposeFault::ExtendedKeyUsage("timeStamping"));
    };
    if oids.len() > 1 {
        return Err(PurposeFault::NotSole);
    }
    if criticality == Criticality::NonCritical {
        return Err(PurposeFault::NotCritical);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::extension::Extension;
    use crate::pki::fixture::{party, purposes, usage};

    const CLIENT_AUTH: ObjectIdentifier = const_oid::db::rfc5912::ID_KP_CLIENT_AUTH;
    const TIME_STAMPING: [ObjectIdentifier; 1] = [EKU_TIME_STAMPING];

    fn judge(purpose: Purpose, extensions: &[Extension]) -> Result<(), PurposeFault> {
        check(&party(1, 1).issue(party(2, 2), extensions), purpose)
    }

    #[test]
    fn documents() {
        let judge = |extensions: &[Extension]| judge(Purpose::DocumentSigning, extensions);
        assert_eq!(judge(&[]), Ok(()));
        assert_eq!(judge(&[usage(KeyUsages::NonRepudiation)]), Ok(()));
        assert!(matches!(judge(&[usage(KeyUsages::KeyEncipherment)]), Err(PurposeFault::KeyUsage(_))));
        for known in EKU_DOCUMENT_SIGNING {
            assert_eq!(judge(&[purposes(false, &[CLIENT_AUTH, known])]), Ok(()));
        }
        assert!(matches!(judge(&[purposes(false, &[CLIENT_AUTH])]), Err(PurposeFault::ExtendedKeyUsage(_))));
    }

    #[test]
    fn timestamps() {
        let judge = |extensions: &[Extension]| judge(Purpose::TimeStamping, extensions);
        assert_eq!(judge(&[purposes(true, &TIME_STAMPING)]), Ok(()));
        assert_eq!(judge(&[purposes(false, &TIME_STAMPING)]), Err(PurposeFault::NotCritical));
        assert_eq!(judge(&[purposes(true, &[EKU_TIME_STAMPING, CLIENT_AUTH])]), Err(PurposeFault::NotSole));
        assert!(matches!(judge(&[]), Err(PurposeFault::ExtendedKeyUsage(_))));
        let any = [const_oid::db::rfc5912::ANY_EXTENDED_KEY_USAGE];
        assert!(matches!(judge(&[purposes(true, &any)]), Err(PurposeFault::ExtendedKeyUsage(_))));
    }

    #[test]
    fn revocation() {
        assert_eq!(judge(Purpose::OcspSigning, &[purposes(false, &[EKU_OCSP_SIGNING])]), Ok(()));
        assert!(judge(Purpose::OcspSigning, &[]).is_err());
        assert_eq!(judge(Purpose::CrlSigning, &[]), Ok(()));
        assert!(judge(Purpose::CrlSigning, &[usage(KeyUsages::KeyCertSign)]).is_err());
    }
}
