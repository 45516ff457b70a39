//! What did the revisions behind a signature change?
//!
//! What it is for: a signature covers the file as it was. Later revisions may show something else; this layer says whether they
//! do, by comparing every revision with the one before it, object by object.
//!
//! Invariant: default deny. A change counts as harmless only where a rule names it, and only if every way that leads to the
//! changed object is one that the rule knows. What cannot be read is [`Modification::Unknown`], never nothing.
//! Invariant: linear in the file. Every revision is compared once, however many signatures stand before it, and every object is
//! read once for what it refers to. What a file makes the rules look at is counted, and ends in proportion to its length.
//!
//! Specified in ISO 32000-2, 12.8.2 (what may change) and 7.5.6 (revisions); the rules go by THREATS of the literature: hidden,
//! replaced and shadowed content, annotations laid over pages, and objects that were referred to before they existed.
//!
//! Nouns: [`Modified`] (the answer), `Ground` (what is known of the whole file), `Step` (one revision against the one before).

mod annotations;
mod catalog;
mod clearance;
mod equality;
mod fields;
mod filling;
mod ground;
mod groups;
pub(crate) mod meter;
#[cfg(test)]
mod mutant;
mod pages;
mod permission;
mod references;
mod settle;
mod signing;
mod step;
mod store;
mod structure;
#[cfg(test)]
mod tests;
mod told;
mod work;

use std::collections::HashMap;
use std::sync::Arc;

use super::removed::News;
use crate::pdf::document::Document;
use crate::pdf::revision::Revision;
use crate::report::{Change, Changes, Code, Finding, Modification};
use ground::Ground;
use step::Outcome;

/// How many findings one signature gets before the rest is counted only.
const FINDINGS: usize = 16;

/// What later revisions made of one signature's document.
#[derive(Clone, Debug)]
pub(crate) struct Modified {
    pub(crate) modification: Modification,
    /// Whether the signatures and certifications before each change permit it.
    pub(crate) is_permitted: bool,
    pub(crate) findings: Vec<Finding>,
    /// Everything that changed; all signatures share the list.
    pub(crate) changes: Changes,
}

/// What was found by comparing every revision behind the first signature with the one before.
#[derive(Debug)]
pub(crate) struct Analysis {
    /// For each signature.
    pub(crate) modified: Vec<Modified>,
    /// What the revisions that were compared say about signatures, by their index from 0.
    pub(super) news: HashMap<usize, News>,
    /// How many values were looked at.
    #[cfg_attr(not(any(test, feature = "fuzzing")), expect(dead_code, reason = "only who doubts the bounds asks"))]
    pub(crate) work: u64,
}

/// What the revisions after each signature changed. `revisions` has, for each signature, the index (from 0) of the revision that it
/// closes, or none where its byte range ends at no revision: then nothing can be told.
pub(crate) fn analyse(document: &Document<'_>, revisions: &[Option<usize>]) -> Analysis {
    if document.is_searched() {
        let modified = revisions.iter().map(|_| lost()).collect();
        return Analysis { modified, news: HashMap::new(), work: 0 };
    }
    let count = document.revisions().len();
    let closed = |revision: &Option<usize>| revision.filter(|revision| *revision < count);
    let first = revisions.iter().filter_map(closed).min().unwrap_or(count);
    let (mut outcomes, news, work) = Ground::outcomes(document, first);
    outcomes.extend(trailing(document));
    let (history, views) = (History::of(outcomes), two_views(document));
    let modified = |revision: &Option<usize>| {
        let Some(own) = closed(revision) else { return Modified::unknown() };
        let mut modified = history.since(own.saturating_sub(first));
        if let Some((_, finding)) = views.as_ref().filter(|(since, _)| *since <= own) {
            modified.modification = Modification::Unknown;
            modified.is_permitted = false;
            modified.findings.insert(0, finding.clone());
        }
        modified
    };
    Analysis { modified: revisions.iter().map(modified).collect(), news, work }
}

/// The outcomes of all revisions behind the first signature, so that what came after any signature is known without going through
/// them again.
struct History {
    findings: Vec<Finding>,
    changes: Arc<[Change]>,
    /// What came from each revision on; the last entry says that nothing did.
    from: Vec<From>,
    /// The last finding that says that a bound was reached: nobody is to miss it for many others.
    limit: Option<usize>,
}

#[derive(Clone, Copy)]
struct From {
    level: Modification,
    is_permitted: bool,
    /// Where its findings and changes begin.
    finding: usize,
    change: usize,
    /// How many findings were made, kept or not.
    total: usize,
}

impl History {
    fn of(outcomes: Vec<Outcome>) -> Self {
        let (mut findings, mut changes, mut from) = (Vec::new(), Vec::new(), Vec::new());
        for outcome in outcomes {
            from.push(From {
                level: outcome.level,
                is_permitted: outcome.is_permitted(),
                finding: findings.len(),
                change: changes.len(),
                total: outcome.findings(),
            });
            findings.extend(outcome.findings);
            changes.extend(outcome.changes);
        }
        let end = From {
            level: Modification::None,
            is_permitted: true,
            finding: findings.len(),
            change: changes.len(),
            total: 0,
        };
        let mut later = end;
        for own in from.iter_mut().rev() {
            own.level = own.level.max(later.level);
            own.is_permitted &= later.is_permitted;
            own.total = own.total.saturating_add(later.total);
            later = *own;
        }
        from.push(end);
        let limit = findings.iter().rposition(|finding: &Finding| finding.code == Code::Limit);
        Self { findings, changes: changes.into(), from, limit }
    }

    /// All outcomes together, from the one at `first` on.
    fn since(&self, first: usize) -> Modified {
        let Some(from) = self.from.get(first).or(self.from.last()) else { return Modified::unknown() };
        let later = self.findings.get(from.finding..).unwrap_or_default();
        let mut findings: Vec<Finding> = later.iter().take(FINDINGS).cloned().collect();
        let is_cut = self.limit.filter(|at| *at >= from.finding.saturating_add(FINDINGS));
        if let (Some(limit), Some(last)) = (is_cut.and_then(|at| self.findings.get(at)), findings.last_mut()) {
            *last = limit.clone();
        }
        let more = from.total.saturating_sub(findings.len());
        if more > 0 {
            findings
                .push(Finding::new(Code::ModifiedAfterSigning, format!("and {more} further findings of this kind")));
        }
        let changes = Changes::from(&self.changes, from.change);
        Modified { modification: from.level, is_permitted: from.is_permitted, findings, changes }
    }
}

impl Modified {
    fn unknown() -> Self {
        let (modification, changes) = (Modification::Unknown, Changes::default());
        Self { modification, is_permitted: false, findings: Vec::new(), changes }
    }
}

/// Of a file without a cross-reference nobody can tell what was signed and what came later.
fn lost() -> Modified {
    let message = "the cross-reference of the file is lost: what was changed after signing cannot be told";
    Modified { findings: vec![Finding::new(Code::ModificationUnknown, message)], ..Modified::unknown() }
}

/// A hybrid file (7.5.8.4) that places an object twice, in a revision up to the signed one: what was signed is one document for
/// readers of cross-reference streams, and another one for those that know tables only.
fn two_views(document: &Document<'_>) -> Option<(usize, Finding)> {
    let placed_twice = |revision: &Revision| Some((*revision.conflicts.first()?, revision.number()));
    let (number, revision) = document.revisions().iter().find_map(placed_twice)?;
    let message = format!("revision {revision} places object {number} twice, for older and for newer readers");
    Some((revision.saturating_sub(1), Finding::new(Code::Structure, message)))
}

/// What stands behind the last revision: nothing, or one line end. Of a damaged file, whatever it is: others may read something else into it.
fn trailing(document: &Document<'_>) -> Option<Outcome> {
    let range = document.trailing();
    let length = range.end.saturating_sub(range.start);
    let is_line_end = |bytes: Vec<u8>| matches!(bytes.as_slice(), b"" | b"\n" | b"\r" | b"\r\n");
    if document.damage().is_none() && length <= 2 && document.read(range.clone()).is_ok_and(is_line_end) {
        return None;
    }
    let message = format!("bytes {}..{} stand behind the end of the last revision", range.start, range.end);
    let last = document.revisions().len().saturating_sub(1);
    Some(Outcome::unknown(last, Finding::new(Code::StrayBytes, message)))
}
