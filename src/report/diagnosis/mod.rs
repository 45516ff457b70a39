//! The LTV doctor's findings: what a file has, what it lacks for each level, what to do next, and until when it verifies.
//!
//! Invariant: what is missing is told from what lies in the file; whether anybody still has it, nobody was asked.
//!
//! Nouns: [`Diagnosis`], [`Held`], [`Missing`] (for a [`Goal`], a [`Thing`]), [`Advice`].

#[cfg(feature = "json")]
mod json;
mod text;

use super::{
    Conclusion, Indication, Kind, Level, MissingEvidence, MissingValue, Modification, Outlook, Report, SignatureReport,
    SubIndication,
};
use crate::time::Time;

/// What is to be said of a file's future: what it has, what is missing, and until when it verifies.
///
/// # Examples
/// ```
/// # use pades_ltv::{Document, Signing, Time, Verification, authority::Authority, report::Goal};
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let pdf = include_bytes!("../../../examples/contract.pdf").as_slice();
/// # let authority = Authority::new("doc", now)?;
/// # let base = Document::open(pdf)?;
/// # let signed = Signing::new(&base, now).sign(&authority.issue("signer")?)?.finish()?.apply(pdf)?;
/// # let trust = authority.anchors();
/// let document = Document::open(signed.as_slice())?;
/// let diagnosis = Verification::new(&document, &trust, now).diagnose();
/// let first = diagnosis.missing.first().map(|missing| missing.goal);
/// assert_eq!(first, Some(Goal::T)); // signed, and nothing proves when
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// When: the validation time that the caller gave.
    pub validation_time: Time,
    /// The verdict as of then, of all signatures together; `None` where there is none.
    pub verdict: Option<Indication>,
    /// Every signature and document timestamp, oldest revision first.
    pub has: Vec<Held>,
    /// What is missing, level by level.
    pub missing: Vec<Missing>,
    /// The level of the signature that is worst off, once all that is missing is there. `None` where there is no signature, one is
    /// broken, or one is no PAdES baseline signature, which nothing that is added makes it.
    pub level_after: Option<Level>,
    /// What to do, in this order.
    pub next: Vec<Advice>,
    /// Until when it verifies as it is, and because of what no longer.
    pub outlook: Outlook,
}

/// A signature or document timestamp that the file has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// The name of its field.
    pub field: String,
    /// Signature or document timestamp.
    pub kind: Kind,
    /// The PAdES baseline level reached; `None` for document timestamps and for what is no PAdES baseline signature.
    pub level: Option<Level>,
    /// Whether all that verifying it offline takes is in the file: what Acrobat calls LTV enabled.
    pub long_term: bool,
    /// The verdict.
    pub conclusion: Conclusion,
    /// Since when it is proved to have been there.
    pub proved: Option<Time>,
    /// Who answers for the time: the name of the authority of its timestamp.
    pub authority: Option<String>,
}

/// Something missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// For what.
    pub goal: Goal,
    /// The field of the signature or document timestamp that lacks it.
    pub field: String,
    /// What.
    pub thing: Thing,
}

/// What something is missing for, from the lowest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Goal {
    /// To be a PAdES baseline signature at all.
    B,
    /// B-T.
    T,
    /// B-LT.
    Lt,
    /// B-LTA.
    Lta,
    /// What Acrobat calls LTV enabled.
    LongTerm,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Thing {
    /// Its form is another: nothing that is added mends that. The words are English.
    Form(String),
    /// A timestamp in the signature, or over the document.
    Timestamp,
    /// A certificate or a revocation value.
    Evidence(MissingEvidence),
    /// A document timestamp that covers the evidence.
    DocumentTimestamp,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// These signatures are broken, and stay so: sign again.
    SignAgain(Vec<String>),
    /// Give these roots as trust anchors, if they are to be trusted.
    Trust(Vec<String>),
    /// Nobody signed it: sign.
    Sign,
    /// All that lasts is there, but not what was said of late: ask for the revocation data of today, and look again.
    AskAgain,
    /// Add evidence.
    AddEvidence,
    /// Add evidence and a document timestamp over it.
    Archive,
    /// All is there: renew (evidence, and a document timestamp over it) by then at the latest.
    RenewBy(Time),
    /// It verifies until this time, and no renewal that is possible changes that.
    Ends(Time),
    /// Nothing.
    Nothing,
}

impl Diagnosis {
    /// What `report` and `outlook` of one file say.
    pub(crate) fn new(report: &Report, outlook: Outlook) -> Self {
        let mut missing: Vec<Missing> = report.signatures.iter().flat_map(missing_of).collect();
        missing.sort_by_key(|one| one.goal);
        let signatures = || report.signatures.iter().filter(|one| one.kind == Kind::Signature);
        let level_after = signatures().map(level_after).min().flatten();
        let next = advice(report, &missing, &outlook);
        let has = report.signatures.iter().map(Held::of).collect();
        let (validation_time, verdict) = (report.validation_time, report.verdict());
        Self { validation_time, verdict, has, missing, level_after, next, outlook }
    }

    /// Whether every signature is valid now.
    pub fn is_valid(&self) -> bool {
        self.verdict == Some(Indication::TotalPassed)
    }
}

impl Held {
    fn of(report: &SignatureReport) -> Self {
        let own = report.signer.as_ref().filter(|_| report.kind == Kind::DocumentTimestamp);
        let stamp = report.signature_timestamps.iter().find_map(|stamp| stamp.signer.as_ref());
        let authority = own.or(stamp).map(|one| one.common_name.clone().unwrap_or_else(|| one.subject.clone()));
        Self {
            field: report.field.clone(),
            kind: report.kind,
            level: report.level,
            long_term: report.long_term,
            conclusion: report.conclusion,
            proved: report.best_signature_time,
            authority,
        }
    }
}

impl Goal {
    /// `B-B`, `B-T`, `B-LT`, `B-LTA`, `LTV`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::B => Level::B.as_str(),
            Self::T => Level::T.as_str(),
            Self::Lt => Level::Lt.as_str(),
            Self::Lta => Level::Lta.as_str(),
            Self::LongTerm => "LTV",
        }
    }
}

impl Thing {
    /// The word in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Form(_) => "baseline_form",
            Self::Timestamp => "timestamp",
            Self::Evidence(missing) => missing.value.as_str(),
            Self::DocumentTimestamp => "document_timestamp",
        }
    }
}

/// What one signature or document timestamp lacks.
fn missing_of(report: &SignatureReport) -> Vec<Missing> {
    let missing = |goal, thing| Missing { goal, field: report.field.clone(), thing };
    let evidence = |goal| report.missing.iter().map(move |one| missing(goal, Thing::Evidence(one.clone())));
    let mut all = Vec::new();
    if report.kind == Kind::Signature {
        let forms = report.level_findings.iter().filter(|one| report.level.is_none() && one.is_nonconformity());
        all.extend(forms.map(|one| missing(Goal::B, Thing::Form(one.message.clone()))));
        if report.level == Some(Level::B) {
            all.push(missing(Goal::T, Thing::Timestamp));
        }
        if matches!(report.level, Some(Level::B | Level::T)) {
            all.extend(evidence(Goal::Lt));
        }
        if report.level.is_some_and(|level| level < Level::Lta) {
            all.push(missing(Goal::Lta, Thing::DocumentTimestamp));
        }
    }
    if !report.long_term {
        all.extend(evidence(Goal::LongTerm));
    }
    all
}

/// The level of a signature once all that it lacks is there.
fn level_after(report: &SignatureReport) -> Option<Level> {
    let level = report.level.filter(|_| report.intact && report.revision.is_some())?;
    let is_stuck = report.missing.iter().any(|one| one.value == MissingValue::Path);
    Some(if is_stuck { level.max(Level::T) } else { Level::Lta })
}

fn advice(report: &Report, missing: &[Missing], outlook: &Outlook) -> Vec<Advice> {
    // What nobody can tell of a damaged file, nothing that is added tells; and nothing can be added to it.
    let is_untold = |one: &SignatureReport| one.modification == Modification::Unknown && !one.conclusion.is_passed();
    let is_broken =
        |one: &&SignatureReport| !one.intact || one.conclusion.indication == Indication::TotalFailed || is_untold(one);
    let broken: Vec<String> = report.signatures.iter().filter(is_broken).map(|one| one.field.clone()).collect();
    if !broken.is_empty() {
        return vec![Advice::SignAgain(broken)];
    }
    let mut roots: Vec<String> = Vec::new();
    for one in missing {
        if let Thing::Evidence(MissingEvidence { value: MissingValue::Anchor, certificate, .. }) = &one.thing
            && !roots.contains(&certificate.subject)
        {
            roots.push(certificate.subject.clone());
        }
    }
    let mut all: Vec<Advice> = if roots.is_empty() { Vec::new() } else { vec![Advice::Trust(roots)] };
    let lacks = |goal: Goal| missing.iter().any(|one| one.goal == goal);
    if lacks(Goal::T) || lacks(Goal::Lt) || lacks(Goal::Lta) {
        all.push(Advice::Archive);
    } else if lacks(Goal::LongTerm) {
        all.push(Advice::AddEvidence);
    }
    match (outlook.renewal_due, outlook.holds_until) {
        _ if report.verdict() != Some(Indication::TotalPassed) => {}
        (Some(due), _) => all.push(Advice::RenewBy(due)),
        (None, Some(until)) => all.push(Advice::Ends(until)),
        (None, None) => {}
    }
    let is_stale = |one: &SignatureReport| one.conclusion.sub_indication == Some(SubIndication::TryLater);
    match all.is_empty() {
        false => all,
        true if report.signatures.is_empty() => vec![Advice::Sign],
        true if report.signatures.iter().any(is_stale) => vec![Advice::AskAgain],
        true => vec![Advice::Nothing],
    }
}
