//! Looking ahead: on which date will a document stop verifying, and because of what?
//!
//! Invariant: the engine is the one that verifies; only the statuses of the future are supposed, and good.

use std::collections::BTreeSet;
use std::time::Duration;

use super::certificate::Pool;
use super::modification::{self, Modified};
use super::stage::Stage;
use super::verification::{Read, Verification};
use crate::pki::trust::store::TrustAnchor;
use crate::report::{Indication, Outlook, SignatureReport};
use crate::time::Time;

/// Dates that are tried at most; a contract of decades has some dozens.
const DATES: usize = 512;

/// The first date after now on which something no longer passes.
pub(super) fn look_ahead(verification: &Verification<'_>) -> Outlook {
    let now = verification.now;
    let Ok(read) = verification.read(&mut Vec::new()) else { return nothing(now) };
    let revisions: Vec<Option<usize>> = read.facts.iter().map(|facts| facts.revision).collect();
    let modified = modification::analyse(verification.document, &revisions);
    let (present, ends) = judge(verification, &read, &modified, None);
    let mut outlook = Outlook { holds_until: None, lost: lost(&present) };
    if read.facts.is_empty() || !outlook.lost.is_empty() {
        outlook.holds_until = Some(now);
        return outlook;
    }
    for end in ends.into_iter().filter(|end| *end >= now).take(DATES) {
        // A certificate holds on its last second, an algorithm until the one before.
        for time in [end, end.after(Duration::from_secs(1))] {
            let (then, _) = judge(verification, &read, &modified, Some(time));
            let lost = lost(&then);
            if !lost.is_empty() {
                return Outlook { holds_until: Some(time.before(Duration::from_secs(1))), lost };
            }
        }
    }
    outlook
}

fn nothing(now: Time) -> Outlook {
    Outlook { holds_until: Some(now), lost: Vec::new() }
}

/// The signatures as of `time`, and every date on which something that they rest on ends.
fn judge(
    verification: &Verification<'_>,
    read: &Read,
    modified: &[Modified],
    time: Option<Time>,
) -> (Vec<SignatureReport>, BTreeSet<Time>) {
    let at_hand = Pool::new(&read.at_hand);
    let in_file = at_hand.beside(&read.in_file);
    let stage = Stage::new(verification, read, &in_file, &at_hand);
    let stage = match time {
        Some(time) => stage.in_future(time, verification.now),
        None => stage,
    };
    let reports = stage.judge_all(modified.to_vec());
    let mut ends: BTreeSet<Time> = at_hand.judged_certificates().iter().map(|one| one.not_after()).collect();
    ends.extend(verification.policy.ends());
    ends.extend(verification.trust.anchors().iter().flat_map(TrustAnchor::ends));
    (reports, ends)
}

fn lost(reports: &[SignatureReport]) -> Vec<SignatureReport> {
    let lost = reports.iter().filter(|report| report.conclusion.indication != Indication::TotalPassed);
    lost.cloned().collect()
}
