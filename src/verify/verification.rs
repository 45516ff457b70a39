//! The verb: from a document, anchors, evidence and a time to a report.

use super::certificate::Pool;
use super::context::PolicyDocuments;
use super::integrity::{Facts, Hashed, hash};
use super::modification::{self, Analysis, Modified};
use super::outlook::look_ahead;
use super::policy::Policy;
use super::provenance;
use super::proving::Covered;
use super::reading::{evidence_in, read_signatures};
use super::reliance::covered;
use super::removed;
use super::stage::{Stage, name_makers};
use super::transaction;
use crate::error::Result;
use crate::pdf::document::Document;
use crate::pki::evidence::Evidence;
use crate::pki::trust::store::TrustStore;
use crate::report::{Code, Finding, Kind, Model, Outlook, Report, StatusReport};
use crate::time::Time;

/// A verification of all signatures and document timestamps of a document.
///
/// # Examples
/// ```
/// # use pades_ltv::{Document, TrustStore, Verification, Time, Indication};
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// let document = Document::open(pdf)?;
/// let mut trust = TrustStore::new();
/// // trust.add_pem(&std::fs::read("anchors.pem")?, "our list of anchors")?;
/// let report = Verification::new(&document, &trust, now).verify();
/// for signature in &report.signatures {
///     println!("{}: {}", signature.field, signature.conclusion.indication);
/// }
/// assert_eq!(report.verdict(), None); // nobody signed it
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verification<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) trust: &'a TrustStore,
    pub(super) now: Time,
    evidence: Evidence,
    pub(super) policy: Policy,
    pub(super) model: Model,
    pub(super) policy_documents: PolicyDocuments,
}

/// What does not depend on the time: read and hashed once.
pub(super) struct Read {
    pub(super) facts: Vec<Facts>,
    /// What later revisions changed of each.
    pub(super) modified: Vec<Modified>,
    pub(super) digests: Vec<Hashed>,
    pub(super) in_file: Evidence,
    pub(super) at_hand: Evidence,
    /// What each document timestamp covers.
    pub(super) covered: Covered,
}

impl<'a> Verification<'a> {
    /// A verification of `document` under the anchors in `trust`, as of `now`.
    pub fn new(document: &'a Document<'a>, trust: &'a TrustStore, now: Time) -> Self {
        let (evidence, policy, model) = (Evidence::new(), Policy::default(), Model::default());
        Self { document, trust, now, evidence, policy, model, policy_documents: PolicyDocuments::new() }
    }

    /// Uses `evidence` besides what the file holds.
    #[must_use]
    pub fn evidence(mut self, evidence: &Evidence) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Judges algorithms by `policy`; by [`Policy::etsi_119312`] unless told.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Judges chains of certificates by `model`; by [`Model::Shell`] unless told.
    #[must_use]
    pub fn model(mut self, model: Model) -> Self {
        self.model = model;
        self
    }

    /// Takes `document` for the signature policy `identifier`, a dotted OID: signatures that were made under that policy name the digest
    /// of its document, which is compared (EN 319 102-1, 5.2.4). What the policy asks for is not read out of it: put that into
    /// [`policy`](Self::policy).
    #[must_use]
    pub fn signature_policy(mut self, identifier: impl Into<String>, document: &[u8]) -> Self {
        self.policy_documents.insert(identifier.into(), document.to_vec());
        self
    }

    /// Verifies. Whatever is wrong stands in the report.
    pub fn verify(&self) -> Report {
        let mut report = self.blank();
        report.findings.extend(self.document.damage().into_iter().flat_map(|damage| self.damaged(damage)));
        if let Err(error) = self.judge(&mut report) {
            report.findings.push(Finding::new(Code::Structure, error));
        }
        report
    }

    /// How long the document will go on to verify, because of what no longer, and by when it has to be renewed: the same engine at each
    /// date on which a certificate, a revocation value, an algorithm or an anchor ends. Without renewal it is told twice: supposing that
    /// whoever is in good standing now stays so and says so, and with what is at hand alone. A renewal is supposed to be a document
    /// timestamp over everything, by an authority that never ends.
    ///
    /// Whose standing is not known now, because everything passes without it, is not supposed to be in a good one: the dates may be too
    /// early for that, never too late.
    pub fn outlook(&self) -> Outlook {
        look_ahead(self)
    }

    /// The outlook from the file alone, whatever is known today: as of the newest time that a timestamp or revocation value in it states, at
    /// which its evidence was fresh. An archived file has a [`renewal_due`](Outlook::renewal_due) so without anybody being asked; that
    /// nobody was revoked since is for [`verify`](Self::verify) to say.
    pub fn outlook_of_file(&self) -> Outlook {
        let report = self.verify();
        let values = |statuses: &[StatusReport]| {
            let values = statuses.iter().filter_map(|status| status.value.as_ref());
            values.flat_map(|value| [Some(value.this_update), value.produced_at]).flatten().collect::<Vec<_>>()
        };
        let stated = report.signatures.iter().flat_map(|one| {
            let own = one.claimed_time.filter(|_| one.kind == Kind::DocumentTimestamp);
            let stamps = one.signature_timestamps.iter();
            let inner = stamps.flat_map(|stamp| stamp.time.into_iter().chain(values(&stamp.revocation)));
            own.into_iter().chain(values(&one.revocation)).chain(inner).collect::<Vec<_>>()
        });
        let newest = stated.filter(|time| *time <= self.now).max();
        Self { now: newest.unwrap_or(self.now), ..self.clone() }.outlook()
    }

    fn judge(&self, report: &mut Report) -> Result<()> {
        let mut read = self.read(&mut report.findings)?;
        let modified = std::mem::take(&mut read.modified);
        let at_hand = Pool::new(&read.at_hand);
        let in_file = at_hand.beside(&read.in_file);
        let stage = Stage::new(self, &read, &in_file, &at_hand);
        report.signatures = stage.judge_all(modified);
        name_makers(&mut report.signatures);
        report.transaction = transaction::stated(self.document, &read.facts, &report.signatures);
        provenance::complete(&mut report.signatures, self.document, &read.facts, &self.evidence);
        Ok(())
    }

    pub(super) fn read(&self, findings: &mut Vec<Finding>) -> Result<Read> {
        let facts = read_signatures(self.document, findings)?;
        let revisions: Vec<Option<usize>> = facts.iter().map(|facts| facts.revision).collect();
        let Analysis { modified, news, .. } = modification::analyse(self.document, &revisions);
        findings.extend(removed::find(self.document, &facts, &news)?);
        let digests = hash(self.document, &facts)?;
        let in_file = evidence_in(self.document, self.document.latest().revision(), &facts, findings);
        let mut at_hand = self.evidence.clone();
        at_hand.extend(&in_file);
        let in_file = in_file.shared_with(&at_hand);
        let covered = covered(self.document, &facts, &at_hand);
        Ok(Read { facts, modified, digests, in_file, at_hand, covered })
    }

    /// What is to be said of a file that could not be read as it stands: what is broken, and what to do, for whoever has the file only.
    fn damaged(&self, damage: &str) -> [Finding; 2] {
        const ADVICE: &str =
            "the file was damaged in a transfer, or tampered with: get the file again from whoever signed it";
        let end = self.document.trailing().start;
        let broken = match self.document.is_searched() {
            true => damage.to_owned(),
            false => format!("the file is broken behind byte {end}, and judged is what stands before that: {damage}"),
        };
        [Finding::new(Code::Structure, broken), Finding::new(Code::Structure, ADVICE)]
    }

    /// How many revisions are told apart.
    fn revisions(&self) -> usize {
        if self.document.is_searched() { 0 } else { self.document.revisions().len() }
    }

    fn blank(&self) -> Report {
        Report {
            validation_time: self.now,
            length: self.document.len(),
            policy: self.policy.name().to_owned(),
            model: self.model,
            constraints: self.policy.constraints().collect(),
            modification_rule: self.policy.modification_rule(),
            revisions: self.revisions(),
            signatures: Vec::new(),
            findings: Vec::new(),
            transaction: None,
            future: None,
        }
    }
}
