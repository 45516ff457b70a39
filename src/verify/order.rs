//! Times in their order: timestamps that cover each other, and the time that the signer claims.
//!
//! Invariant: only timestamps that passed say anything, and an order is broken only where the accuracies of both leave no doubt.
//!
//! Specified in EN 319 102-1, 5.5.4, steps 3 (e) and 4, and 5.6.3.4; RFC 3161, 2.4.2. Noun: [`Layers`].

use super::policy::Policy;
use crate::pki::certificate::Certificate;
use crate::pki::timestamp::token::Interval;
use crate::report::{Code, Constraint, Finding};
use crate::time::Time;

/// Timestamps by what they cover: those of each layer cover all of the layers before it.
#[derive(Default)]
pub(super) struct Layers {
    /// The latest of the earliest possible times of the layers below, and whose it is.
    inner: Option<(i128, String)>,
    findings: Vec<Finding>,
}

impl Layers {
    /// Adds one layer; `what` names its timestamps.
    pub(super) fn cover(&mut self, what: &str, layer: &[Interval]) {
        for interval in layer {
            if let Some((earliest, below)) = &self.inner
                && interval.latest < *earliest
            {
                let message = format!("{what} of {} covers {below}, which is later", interval.time);
                self.findings.push(Finding::new(Code::TimestampOrder, message));
            }
        }
        let latest = layer.iter().max_by_key(|interval| interval.earliest);
        if let Some(interval) = latest
            && self.inner.as_ref().is_none_or(|(earliest, _)| *earliest < interval.earliest)
        {
            self.inner = Some((interval.earliest, format!("{what} of {}", interval.time)));
        }
    }

    /// What is out of order.
    pub(super) fn finish(self) -> Vec<Finding> {
        self.findings
    }
}

/// The signer's claim to have signed at a time, beside what is known.
pub(super) struct Claim<'a> {
    pub(super) time: Option<Time>,
    /// The earliest proof that the signature existed.
    pub(super) proved: Option<Time>,
    /// The latest proof that it did not exist yet: a content timestamp.
    pub(super) content: Option<Time>,
    pub(super) certificate: Option<&'a Certificate>,
}

impl Claim<'_> {
    /// What of the claim does not satisfy `policy`, where it asks.
    pub(super) fn check(&self, policy: &Policy) -> Result<(), String> {
        if policy.requires(Constraint::ClaimedTime) {
            self.check_time()?;
        }
        let Some(delay) = policy.timestamp_delay() else { return Ok(()) };
        let claimed = self.time.ok_or("there is no claimed signing time to measure a delay from")?;
        let proved = self.proved.ok_or("nothing proves when the signature existed")?;
        // Claimed plus delay lies before best-signature-time: too late.
        if claimed.after(delay) < proved {
            return Err(format!("the signature claims {claimed}, and is proved for {proved} only: too late"));
        }
        Ok(())
    }

    fn check_time(&self) -> Result<(), String> {
        let claimed = self.time.ok_or("there is no claimed signing time")?;
        if let Some(certificate) = self.certificate.filter(|certificate| !certificate.is_valid_at(claimed)) {
            return Err(format!("the claimed signing time, {claimed}, is outside the validity of {certificate}"));
        }
        if let Some(proved) = self.proved.filter(|proved| *proved < claimed) {
            return Err(format!("the signature claims {claimed}, but existed at {proved}"));
        }
        if let Some(content) = self.content.filter(|content| claimed < *content) {
            return Err(format!("the signature claims {claimed}, but covers a timestamp of {content}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(seconds: i64, accuracy: i64) -> Interval {
        let nanos = |seconds: i64| i128::from(seconds) * 1_000_000_000;
        let (earliest, latest) = (nanos(seconds - accuracy), nanos(seconds + accuracy));
        Interval { time: Time::from_unix(seconds), earliest, latest }
    }

    fn disorder(layers: &[&[Interval]]) -> usize {
        let mut all = Layers::default();
        layers.iter().for_each(|layer| all.cover("a timestamp", layer));
        all.finish().len()
    }

    #[test]
    fn accuracies_leave_doubt() {
        assert_eq!(disorder(&[&[interval(100, 1)], &[interval(98, 1)]]), 0, "98 + 1 is 100 - 1");
        assert_eq!(disorder(&[&[interval(100, 1)], &[interval(97, 1)]]), 1);
        assert_eq!(disorder(&[&[interval(100, 0)], &[interval(100, 0)]]), 0);
        assert_eq!(disorder(&[&[interval(100, 0)], &[interval(99, 0)]]), 1);
    }

    #[test]
    fn every_layer_covers_all_below() {
        let (early, middle, late) = (interval(10, 0), interval(20, 0), interval(30, 0));
        assert_eq!(disorder(&[&[early], &[middle], &[late]]), 0);
        assert_eq!(disorder(&[&[late], &[], &[early, middle], &[late]]), 2);
        assert_eq!(disorder(&[&[early, late], &[late], &[middle]]), 1);
        assert_eq!(disorder(&[&[late], &[early], &[middle]]), 2, "against the lowest as well");
    }

    #[test]
    fn claims_are_judged_where_that_is_asked() {
        let time = Time::from_unix;
        let claim = Claim { time: Some(time(100)), proved: Some(time(160)), content: None, certificate: None };
        let within = |seconds| Policy::default().timestamped_within(std::time::Duration::from_secs(seconds));
        assert!(claim.check(&Policy::default()).is_ok());
        assert!(claim.check(&within(60)).is_ok());
        assert!(claim.check(&within(59)).is_err());
        assert!(Claim { proved: None, ..claim }.check(&within(60)).is_err());
        let claim = Claim { time: None, proved: Some(time(160)), content: None, certificate: None };
        assert!(claim.check(&within(60)).is_err());
        let asked = Policy::default().requiring(Constraint::ClaimedTime);
        let at = |claimed| Claim { time: Some(time(claimed)), content: Some(time(90)), ..claim };
        assert!(claim.check(&asked).is_err());
        assert!(at(100).check(&asked).is_ok());
        assert!(at(161).check(&asked).is_err() && at(89).check(&asked).is_err());
        assert!(at(161).check(&Policy::default()).is_ok());
    }
}
