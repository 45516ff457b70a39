//! The answer that counts at a time.
//!
//! Invariant: a pure function over answers; which signers are believed was decided before, by leaving out answers of the others.
//!
//! Specified in EN 319 102-1, 5.2.5 (freshness) and 5.2.6 step 4 (which answer). Noun: [`StatusAt`].

use std::cmp::Reverse;
use std::time::Duration;

use super::crl::distribution::ReasonSet;
use super::{Answer, Reason, Status};
use crate::time::Time;

/// What is known about a certificate at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StatusAt<'a> {
    /// Not revoked then, by an answer that is fresh.
    Good { answer: &'a Answer },
    /// Revoked at `since`, which is not after the time asked about.
    Revoked { answer: &'a Answer, since: Time, reason: Reason },
    /// Suspended then.
    OnHold { answer: &'a Answer, since: Time },
    /// "Not revoked" is all that is known, but the answer is too old for the time asked about.
    TryLater { answer: &'a Answer },
    /// Nothing is known.
    Unknown,
}

/// The status at the time `at` by the newest usable answer.
///
/// Usable is what was issued while its signer's certificate was valid and settles the status (see [`Answer::is_conclusive`]). Answers
/// that were issued *after* `at` count: they know more. An answer is fresh when it was issued later than `at` less `max_freshness`, or
/// less the time from its thisUpdate to its nextUpdate where no maximum is given; without nextUpdate it is fresh only from `at` on.
///
/// A revocation that is no hold counts however old it is.
///
/// CRLs for some reasons only count together: "good" needs all reasons covered, each freshly.
pub(crate) fn newest_usable(answers: &[Answer], at: Time, max_freshness: Option<Duration>) -> StatusAt<'_> {
    let mut usable: Vec<_> =
        answers.iter().filter(|answer| answer.is_conclusive() && answer.is_signer_valid_at_issuance()).collect();
    usable.sort_by_key(|answer| Reverse((answer.issued_at(), matches!(answer.status, Status::Revoked { .. }))));
    // Nobody comes back from a revocation that is not a hold (RFC 5280, 5.3.1): a newer "good" contradicts it, but does not undo it.
    if let Some(revoked) = usable.iter().find_map(|answer| revoked_for_good(answer, at)) {
        return revoked;
    }
    let (mut covered, mut stale) = (ReasonSet::NONE, None);
    for answer in usable {
        // An older list for the same reasons was superseded by a newer one.
        if covered.or(answer.reasons) == covered {
            continue;
        }
        if let Some(revoked) = revoked_by(answer, at) {
            return revoked;
        }
        covered = covered.or(answer.reasons);
        if !is_fresh(answer, at, max_freshness) {
            stale = stale.or(Some(answer));
        }
        if covered.is_all() {
            return stale.map_or(StatusAt::Good { answer }, |answer| StatusAt::TryLater { answer });
        }
    }
    StatusAt::Unknown
}

fn revoked_for_good(answer: &Answer, at: Time) -> Option<StatusAt<'_>> {
    revoked_by(answer, at).filter(|status| matches!(status, StatusAt::Revoked { .. }))
}

/// What a "revoked" means at the time `at`; `None` when the certificate was not revoked yet.
fn revoked_by(answer: &Answer, at: Time) -> Option<StatusAt<'_>> {
    match answer.status {
        Status::Revoked { time, reason } if time <= at && reason.is_hold() => {
            Some(StatusAt::OnHold { answer, since: time })
        }
        Status::Revoked { time, reason } if time <= at => Some(StatusAt::Revoked { answer, since: time, reason }),
        _ => None,
    }
}

/// EN 319 102-1, 5.2.5, for a validation time that may lie in the past.
pub(crate) fn is_fresh(answer: &Answer, at: Time, max_freshness: Option<Duration>) -> bool {
    // A "revoked later" is newer than `at` in any case.
    fresh_until(answer, max_freshness) >= at || matches!(answer.status, Status::Revoked { .. })
}

/// The last time for which `answer` is fresh.
///
/// Departs: 5.2.5 counts the same span from the issuance of an OCSP response, too, which ends after its nextUpdate where it was signed
/// after its thisUpdate; RFC 6960, 4.2.2.1 does not let one be relied on then (`nothing_is_fresh_after_its_next_update`).
pub(crate) fn fresh_until(answer: &Answer, max_freshness: Option<Duration>) -> Time {
    let issued = answer.issued_at();
    match (max_freshness, answer.next_update) {
        (Some(max), _) => issued.after(max),
        (None, Some(next)) => {
            let seconds = next.to_unix().saturating_sub(answer.this_update.to_unix());
            issued.after(Duration::from_secs(u64::try_from(seconds).unwrap_or_default())).min(next)
        }
        (None, None) => issued,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;
    use crate::pki::fixture::{party, time};

    /// A CRL's answer, signed 2020 to 2030, about a certificate that ends 2028.
    fn answer(this_update: &str, next_update: Option<&str>, status: Status) -> Answer {
        Answer {
            status,
            this_update: time(this_update),
            next_update: next_update.map(time),
            produced_at: None,
            signer: party(1, 1).certify(party(1, 1)),
            source: Source::Crl(0),
            reasons: ReasonSet::ALL,
            nocheck: false,
            expired_kept_since: None,
            algorithm: None,
            not_after: time("2028-01-01"),
        }
    }

    fn good(this_update: &str, next_update: Option<&str>) -> Answer {
        answer(this_update, next_update, Status::Good)
    }

    fn revoked(this_update: &str, at: &str, reason: Reason) -> Answer {
        answer(this_update, None, Status::Revoked { time: time(at), reason })
    }

    fn status(answers: &[Answer], at: &str) -> char {
        match newest_usable(answers, time(at), None) {
            StatusAt::Good { .. } => '+',
            StatusAt::Revoked { .. } => '-',
            StatusAt::OnHold { .. } => 'h',
            StatusAt::TryLater { .. } => 'l',
            StatusAt::Unknown => '?',
        }
    }

    #[test]
    fn good_is_as_old_as_its_next_update_allows() {
        let list = [good("2026-01-01", Some("2026-02-01"))];
        for (at, expected) in [("2025-01-01", '+'), ("2026-01-15", '+'), ("2026-02-01", '+'), ("2026-02-02", 'l')] {
            assert_eq!(status(&list, at), expected, "{at}");
        }
        let endless = [good("2026-01-01", None)];
        assert_eq!(status(&endless, "2026-01-01"), '+');
        assert_eq!(status(&endless, "2026-01-02"), 'l');
        let week = Some(Duration::from_secs(7 * 86_400));
        assert!(matches!(newest_usable(&endless, time("2026-01-05"), week), StatusAt::Good { .. }));
        assert!(matches!(newest_usable(&endless, time("2026-01-09"), week), StatusAt::TryLater { .. }));
        assert_eq!(status(&[], "2026-01-01"), '?');
    }

    #[test]
    fn nobody_comes_back_from_a_revocation() {
        let gone = revoked("2026-01-01", "2025-12-15", Reason::KeyCompromise);
        let held = revoked("2026-01-01", "2025-12-15", Reason::CertificateHold);
        let newer = good("2026-03-01", Some("2026-04-01"));
        assert_eq!(status(&[gone.clone(), newer.clone()], "2026-03-02"), '-');
        assert_eq!(status(&[gone, newer.clone()], "2025-12-14"), '+');
        assert_eq!(status(&[held, newer], "2026-03-02"), '+');
    }

    #[test]
    fn what_came_after_counts_and_the_newest_wins() {
        let list = [good("2026-01-01", Some("2026-02-01")), revoked("2026-03-01", "2026-02-15", Reason::KeyCompromise)];
        assert_eq!(status(&list, "2026-01-10"), '+');
        assert_eq!(status(&list, "2026-02-15"), '-');
        let held = [revoked("2026-03-01", "2026-02-15", Reason::CertificateHold)];
        assert_eq!(status(&held, "2026-02-20"), 'h');
        let released = [held[0].clone(), good("2026-04-01", Some("2026-05-01"))];
        assert_eq!(status(&released, "2026-02-20"), '+');
    }

    #[test]
    fn good_after_expiry_needs_a_source_that_remembers() {
        let mut late = good("2028-06-01", Some("2029-01-01"));
        assert_eq!(status(std::slice::from_ref(&late), "2026-01-01"), '?');
        let known = [late.clone(), revoked("2027-12-01", "2027-11-01", Reason::Superseded)];
        assert_eq!(status(&known, "2027-12-01"), '-');
        late.expired_kept_since = Some(time("2027-01-01"));
        assert_eq!(status(&[late], "2026-01-01"), '+');
    }

    #[test]
    fn nothing_is_fresh_after_its_next_update() {
        let mut late = good("2026-01-01", Some("2026-02-01"));
        late.produced_at = Some(time("2026-01-20"));
        assert_eq!(status(std::slice::from_ref(&late), "2026-02-01"), '+');
        assert_eq!(status(&[late], "2026-02-02"), 'l');
    }

    #[test]
    fn what_an_expired_signer_said_does_not_count() {
        assert_eq!(status(&[good("2019-01-01", Some("2027-01-01"))], "2026-01-01"), '?');
    }

    #[test]
    fn partial_lists_count_together() {
        let half = |bits, this_update| Answer { reasons: ReasonSet::of(bits), ..good(this_update, Some("2026-02-01")) };
        let [first, second] = [half(0x00e, "2026-01-01"), half(0x1f0, "2026-01-02")];
        assert_eq!(status(std::slice::from_ref(&first), "2026-01-10"), '?');
        assert_eq!(status(&[first.clone(), second.clone()], "2026-01-10"), '+');
        let stale = Answer { next_update: Some(time("2026-01-05")), ..first };
        assert_eq!(status(&[stale, second.clone()], "2026-01-10"), 'l');
        let newer = Answer { this_update: time("2026-01-04"), next_update: Some(time("2026-01-05")), ..second };
        assert_eq!(status(&[half(0x00e, "2026-01-01"), newer], "2026-01-10"), 'l');
        let other =
            Answer { reasons: ReasonSet::of(0x002), ..revoked("2026-01-03", "2026-01-02", Reason::KeyCompromise) };
        assert_eq!(status(&[half(0x1fc, "2026-01-04"), other], "2026-01-10"), '-');
    }
}
