//! Lists of timestamp authorities that somebody accredited, such as a ministry.
//!
//! Invariant: that an authority is listed trusts nobody: it is said beside the verdict, and changes none.
//!
//! Japan's ministry publishes certificates of authorities (総務大臣認定 時刻認証業務); TS 119 612 lists qualified timestamp services (TSA/QTST).

use crate::pki::certificate::Certificate;
use crate::time::Time;

/// A certificate on a list of accredited timestamp authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accreditation {
    certificate: Certificate,
    list: String,
    /// From when until when, as far as the list says.
    period: (Option<Time>, Option<Time>),
}

impl Accreditation {
    pub(crate) fn new(certificate: Certificate, list: &str, period: (Option<Time>, Option<Time>)) -> Self {
        Self { certificate, list: list.to_owned(), period }
    }

    /// The list's name and date.
    pub(crate) fn list(&self) -> &str {
        &self.list
    }

    pub(crate) fn period(&self) -> (Option<Time>, Option<Time>) {
        self.period
    }

    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Whether it speaks for `certificate` (the same name and key) at `time`.
    pub(crate) fn is_of(&self, certificate: &Certificate, time: Time) -> bool {
        let (from, until) = self.period;
        self.certificate.subject() == certificate.subject()
            && self.certificate.spki() == certificate.spki()
            && from.is_none_or(|from| from <= time)
            && until.is_none_or(|until| time < until)
    }
}
