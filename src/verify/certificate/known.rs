//! What was known of a certificate's revocation when it was judged, kept for the report.

use crate::pki::certificate::Certificate;
use crate::pki::revocation::Answer;
use crate::pki::revocation::select::StatusAt;
use crate::report::CertificateStatus;

/// A certificate, its status, and the answer that gave it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) certificate: Certificate,
    pub(crate) status: CertificateStatus,
    pub(crate) answer: Option<Answer>,
}

impl Known {
    pub(super) fn new(certificate: &Certificate, status: &StatusAt<'_>) -> Self {
        let (status, answer) = match *status {
            StatusAt::Good { answer } => (CertificateStatus::Good, Some(answer)),
            StatusAt::Revoked { answer, .. } => (CertificateStatus::Revoked, Some(answer)),
            StatusAt::OnHold { answer, .. } => (CertificateStatus::OnHold, Some(answer)),
            StatusAt::TryLater { answer } => (CertificateStatus::TooOld, Some(answer)),
            StatusAt::Unknown => (CertificateStatus::Unknown, None),
        };
        Self { certificate: certificate.clone(), status, answer: answer.cloned() }
    }

    /// No revocation data exists for it.
    pub(super) fn exempt(certificate: &Certificate) -> Self {
        Self { certificate: certificate.clone(), status: CertificateStatus::Exempt, answer: None }
    }
}
