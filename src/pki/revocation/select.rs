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
/// CRLs for some reasons only count together: "good" needs all reasons covered, and is as old as the oldest of them.
pub(crate) fn newest_usable(answers: &[Answer], at: Time, max_freshness: Option<Duration>) -> StatusAt<'_> {
    let mut usable: Vec<_> =
        answers.iter().filter(|answer| answer.is_conclusive() && answer.is_signer_valid_at_issuance()).collect();
    usable.sort_by_key(|answer| Reverse((answer.issued_at(), matches!(answer.status, Status::Revoked { .. }))));
    let mut covered = ReasonSet::NONE;
    for answer in usable {
        // An older list for the same reasons was superseded by a newer one.
        if covered.or(answer.reasons) == covered {
            continue;
        }
        match revoked_by(answer, at) {
            Some(revoked) => return revoked,
            None => covered = covered.or(answer.reasons),
        }
        if covered.is_all() {
            return if is_fresh(answer, at, max_freshness) {
                StatusAt::Good { answer }
            } else {
                StatusAt::TryLater { answer }
            };
        }
    }
    StatusAt::Unknown
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
fn is_fresh(answer: &Answer, at: Time, max_freshness: Option<Duration>) -> bool {
    let until_next = answer.next_update.and_then(|next| {
        let seconds = next.to_unix().saturating_sub(answer.this_update.to_unix());
        u64::try_from(seconds).ok().map(Duration::from_secs)
    });
    let age = max_freshness.or(until_next).unwrap_or_default();
    // A "revoked later" is newer than `at` in any case.
    answer.issued_at().after(age) >= at || matches!(answer.status, Status::Revoked { .. })
}
