//! For what, and for how long, an anchor vouches.
//!
//! Specified in RFC 5914, 2 (anchors with controls), TS 119 612, 5.5.4 and 5.6 (statuses and since when), EN 319 102-1, 5.2.6 (sunset dates).

use std::fmt;

use crate::pki::oid::Oid;
use crate::pki::purpose::Purpose;
use crate::time::Time;

/// What an anchor may vouch for. Who signs revocation values needs no use of its own: he speaks for what the same anchor vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TrustUse {
    /// Those who sign documents.
    Signing,
    /// Those who certify documents: signatures that say what may change after them (ISO 32000-2, 12.8.2.2).
    Certifying,
    /// Timestamp authorities.
    Timestamping,
}

/// One term of an anchor: for which uses it vouches, and from when until when.
///
/// # Examples
/// ```
/// use pades_ltv::{Term, TrustUse};
/// let granted = Term::of(&[TrustUse::Timestamping]).from("2017-07-01T00:00:00Z".parse()?);
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// None: everything.
    uses: Option<Vec<TrustUse>>,
    from: Option<Time>,
    until: Option<Time>,
    policies: Vec<Oid>,
    /// Until when what the source says counts; `None`: until it says otherwise.
    current_until: Option<Time>,
}

/// Why an anchor does not vouch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotVouched {
    /// It never does, for this use.
    Use(String),
    /// Only from this time on.
    NotYet(Time),
    /// No longer, since this time.
    Over(Time),
    /// Only for certificates under other policies.
    Policy,
}

impl Term {
    /// Everything, at all times.
    pub fn unlimited() -> Self {
        Self { uses: None, from: None, until: None, policies: Vec::new(), current_until: None }
    }

    /// These uses alone, at all times.
    pub fn of(uses: &[TrustUse]) -> Self {
        let mut uses = uses.to_vec();
        uses.sort_unstable();
        uses.dedup();
        Self { uses: Some(uses), ..Self::unlimited() }
    }

    /// Not before `time`, in UTC seconds: what is judged as of earlier is not vouched for.
    #[must_use]
    pub fn from(self, time: Time) -> Self {
        Self { from: Some(self.from.map_or(time, |from| from.max(time))), ..self }
    }

    /// From `time` on, in UTC seconds, no longer, but for what is proved to have existed before (EN 319 102-1, 5.2.6 and 5.6.2.2).
    #[must_use]
    pub fn until(self, time: Time) -> Self {
        Self { until: Some(self.until.map_or(time, |until| until.min(time))), ..self }
    }

    /// Only for certificates that name one of these policies; none means any.
    #[cfg(feature = "trust-lists")]
    pub(crate) fn under(self, policies: Vec<Oid>) -> Self {
        Self { policies, ..self }
    }

    /// By a source whose next release was due at `due`, in UTC seconds: what is verified later says so in a finding.
    #[must_use]
    pub fn current_until(self, due: Time) -> Self {
        Self { current_until: Some(due), ..self }
    }

    /// When the next release of its source was due, where that was before `now`.
    pub(crate) fn overdue(&self, now: Time) -> Option<Time> {
        self.current_until.filter(|due| *due < now)
    }

    /// None: everything.
    pub(crate) fn uses(&self) -> Option<&[TrustUse]> {
        self.uses.as_deref()
    }

    /// The time before which nothing is vouched for.
    pub(crate) fn begin(&self) -> Option<Time> {
        self.from
    }

    /// The time from which nothing new is vouched for.
    pub(crate) fn end(&self) -> Option<Time> {
        self.until
    }

    /// Whether it speaks of what was used for `purpose` at all.
    pub(crate) fn covers(&self, purpose: Purpose) -> bool {
        let Some(uses) = &self.uses else { return true };
        match purpose {
            Purpose::DocumentSigning => uses.contains(&TrustUse::Signing),
            Purpose::DocumentCertification => uses.contains(&TrustUse::Certifying),
            Purpose::TimeStamping => uses.contains(&TrustUse::Timestamping),
            Purpose::OcspSigning | Purpose::CrlSigning => !uses.is_empty(),
        }
    }

    /// Whether it allows a certificate that names `policies`; anyPolicy is no answer to who asks for one.
    pub(crate) fn permits(&self, policies: &[Oid]) -> bool {
        self.policies.is_empty() || policies.iter().any(|policy| self.policies.contains(policy))
    }
}

impl TrustUse {
    /// The word in the JSON report: `signing`, `certifying`, `timestamping`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Certifying => "certifying",
            Self::Timestamping => "timestamping",
        }
    }
}

impl fmt::Display for NotVouched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Use(uses) => write!(f, "is trusted for {uses} only"),
            Self::NotYet(from) => write!(f, "is trusted only from {from}"),
            Self::Over(until) => write!(f, "is trusted only until {until}"),
            Self::Policy => f.write_str("is trusted only for certificates under other policies"),
        }
    }
}
