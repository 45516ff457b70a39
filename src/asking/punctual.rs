//! Timestamps that a clock bears out.

use std::fmt;
use std::time::Duration;

use super::judged;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pki::timestamp::TimestampRequest;
use crate::port::TimestampAuthority;
use crate::time::Time;

/// An authority whose timestamps have to fit a clock: none that states a time after the answer came, and none from before it was asked
/// for, beyond a tolerance. RFC 3161 asks for no such check; but a time ahead proves nothing until it has come, and one that lies behind
/// proves what nobody knew then.
///
/// # Examples
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use pades_ltv::{Punctual, Time};
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let authority = pades_ltv::authority::Authority::new("doc", now)?;
/// # let tsa = authority.at(now);
/// let tsa = Punctual::new(tsa, || Time::from(SystemTime::now()), Duration::from_secs(60));
/// # Ok::<(), pades_ltv::Error>(())
/// ```
pub struct Punctual<T, C> {
    inner: T,
    clock: C,
    tolerance: Duration,
}

impl<T, C: Fn() -> Time> Punctual<T, C> {
    /// `authority`, held against `clock`, which is read once before and once after each question; its times may be off by `tolerance`.
    pub fn new(authority: T, clock: C, tolerance: Duration) -> Self {
        Self { inner: authority, clock, tolerance }
    }
}

impl<T: TimestampAuthority, C: Fn() -> Time> TimestampAuthority for Punctual<T, C> {
    /// # Errors
    /// Those of the authority; [`ErrorKind::Timestamp`] where its answer is not good in every respect, or its clock is off. The latter is
    /// of [`ErrorClass::Operator`](crate::ErrorClass::Operator): one of both clocks has to be set.
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        let asked = (self.clock)();
        let response = judged(&self.inner, request)?;
        let answered = (self.clock)();
        let unreadable = |fault| Error::new(ErrorKind::Timestamp, "the request cannot be asked").because(fault);
        let token = TimestampRequest::from_der(request).map_err(unreadable)?.judge(&response, &Limits::default())?;
        let latest = token.check_not_after(answered.after(self.tolerance));
        let fits = latest.and_then(|()| token.check_not_before(asked.before(self.tolerance)));
        fits.map_err(|fault| {
            let error = Error::new(ErrorKind::Timestamp, "the timestamp authority's clock and ours are apart");
            error.class_is(fault.class()).advise("have both clocks looked at, or ask another authority").because(fault)
        })?;
        Ok(response)
    }
}

impl<T: fmt::Debug, C> fmt::Debug for Punctual<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = f.debug_struct("Punctual");
        said.field("inner", &self.inner).field("tolerance", &self.tolerance).finish_non_exhaustive()
    }
}
