//! What did the revisions behind a signature change?
//!
//! What it is for: a signature covers the file as it was. Later revisions may show something else; this layer says whether they
//! do, by comparing every revision with the one before it, object by object.
//!
//! Invariant: default deny. A change counts as harmless only where a rule names it, and only if every way that leads to the
//! changed object is one that the rule knows. What cannot be read is [`Modification::Unknown`], never nothing.
//! Invariant: linear in the file. Every revision is compared once, however many signatures stand before it, and every object is
//! read once for what it refers to.
//!
//! Specified in ISO 32000-2, 12.8.2 (what may change) and 7.5.6 (revisions); the rules go by THREATS of the literature: hidden,
//! replaced and shadowed content, annotations laid over pages, and objects that were referred to before they existed.
//!
//! Nouns: [`Modified`] (the answer), `Ground` (what is known of the whole file), `Step` (one revision against the one before).

mod catalog;
mod clearance;
mod equality;
mod fields;
mod filling;
mod ground;
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

use crate::pdf::document::Document;
use crate::report::{Code, Finding, Modification};
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
}

/// What the revisions after each signature changed. `revisions` has, for each signature, the index (from 0) of the revision that it
/// closes, or none where its byte range ends at no revision: then nothing can be told.
pub(crate) fn analyse(document: &Document<'_>, revisions: &[Option<usize>]) -> Vec<Modified> {
    let count = document.revisions().len();
    let closed = |revision: &Option<usize>| revision.filter(|revision| *revision < count);
    let first = revisions.iter().filter_map(closed).min().unwrap_or(count);
    let mut outcomes = Ground::outcomes(document, first);
    outcomes.extend(trailing(document));
    revisions
        .iter()
        .map(|revision| {
            let Some(own) = closed(revision) else { return Modified::UNKNOWN };
            let later: Vec<&Outcome> = outcomes.iter().skip(own.saturating_sub(first)).collect();
            let views = two_views(document, own);
            Modified::of(&[views.iter().collect(), later].concat())
        })
        .collect()
}

impl Modified {
    const UNKNOWN: Self = Self { modification: Modification::Unknown, is_permitted: false, findings: Vec::new() };

    /// All outcomes together.
    fn of(outcomes: &[&Outcome]) -> Self {
        let later = || outcomes.iter().copied();
        let modification = later().map(|outcome| outcome.level).max().unwrap_or(Modification::None);
        let total: usize = later().map(|outcome| outcome.findings()).fold(0, usize::saturating_add);
        let mut findings: Vec<Finding> =
            later().flat_map(|outcome| &outcome.findings).take(FINDINGS).cloned().collect();
        let more = total.saturating_sub(findings.len());
        if more > 0 {
            findings
                .push(Finding::new(Code::ModifiedAfterSigning, format!("and {more} further findings of this kind")));
        }
        Self { modification, is_permitted: later().all(|outcome| outcome.is_permitted()), findings }
    }
}

/// A hybrid file (7.5.8.4) that places an object twice, in a revision up to the signed one: what was signed is one document for
/// readers of cross-reference streams, and another one for those that know tables only.
fn two_views(document: &Document<'_>, signed: usize) -> Option<Outcome> {
    let revisions = document.revisions().iter().take(signed.saturating_add(1));
    let (number, revision) = revisions.filter_map(|one| Some((*one.conflicts.first()?, one.number()))).next()?;
    let message = format!("revision {revision} places object {number} twice, for older and for newer readers");
    Some(Outcome::unknown(Finding::new(Code::Structure, message)))
}

/// What stands behind the last revision: nothing, or one line end.
fn trailing(document: &Document<'_>) -> Option<Outcome> {
    let range = document.trailing();
    let length = range.end.saturating_sub(range.start);
    let is_line_end = |bytes: Vec<u8>| matches!(bytes.as_slice(), b"" | b"\n" | b"\r" | b"\r\n");
    if length <= 2 && document.read(range.clone()).is_ok_and(is_line_end) {
        return None;
    }
    let message = format!("bytes {}..{} stand behind the end of the last revision", range.start, range.end);
    Some(Outcome::unknown(Finding::new(Code::StrayBytes, message)))
}
