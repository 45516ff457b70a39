//! The driver: leads each signature through the blocks.

use std::collections::BTreeMap;

use super::certificate::{Pool, Validator};
use super::existence::ProofsOfExistence;
use super::integrity::{Content, Cryptography, Facts, is_unsupported};
use super::level::{self, Material};
use super::modification::Modified;
use super::process::validate_signature;
use super::proving::{Covered, Found, Proved};
use super::reliance::covered;
use super::timestamp::{JudgedToken, certificate_report, trust_anchor, trust_source};
use super::verification::{Read, Verification};
use crate::pki::certificate::Certificate;
use crate::pki::cms::SignedData;
use crate::report::{
    AssociatedData, Block, Changes, Code, Conclusion, Coverage, Finding, Indication, Kind, SignatureReport, Step,
    SubIndication,
};
use crate::time::Time;

/// Everything that judging one signature may look at.
pub(super) struct Stage<'s> {
    verification: &'s Verification<'s>,
    read: &'s Read,
    in_file: &'s Pool<'s>,
    at_hand: &'s Pool<'s>,
    nothing_proved: ProofsOfExistence,
    /// What is taken for granted about the future.
    assumed: Option<Time>,
}

/// An intact document timestamp: where it ends, in bytes from the start of the file, what time it states, and what it covers.
struct Stamped<'s> {
    end: u64,
    time: Time,
    pool: Pool<'s>,
}

impl<'s> Stage<'s> {
    pub(super) fn new(
        verification: &'s Verification<'s>,
        read: &'s Read,
        in_file: &'s Pool<'s>,
        at_hand: &'s Pool<'s>,
    ) -> Self {
        let nothing_proved = ProofsOfExistence::new(verification.now);
        Self { verification, read, in_file, at_hand, nothing_proved, assumed: None }
    }

    /// The same at another time, supposing that whoever was in good standing at `assumed` stays so.
    pub(super) fn in_future(self, time: Time, assumed: Time) -> Self {
        Self { nothing_proved: ProofsOfExistence::new(time), assumed: Some(assumed), ..self }
    }

    pub(super) fn judge_all(&self, modified: Vec<Modified>) -> Vec<SignatureReport> {
        let facts = &self.read.facts;
        let covered = self.covered();
        let validator = self.validator(self.at_hand, &self.nothing_proved);
        let Proved { proofs, found } = Proved::extract(validator, facts, &self.read.digests, &covered);
        let stamped = self.stamped(&found, &covered);
        let parts = facts.iter().zip(found).zip(modified);
        parts
            .map(|((facts, found), modified)| {
                let mut report = match (&facts.content, found) {
                    (Content::Timestamp(_), Found::Timestamp(token)) => self.document_timestamp(facts, *token, &proofs),
                    (Content::Signature(cms), found) => self.signature(facts, cms, found, &proofs, &stamped),
                    _ => blank(facts),
                };
                conclude(&mut report, facts, modified);
                report
            })
            .collect()
    }

    fn covered(&self) -> Covered {
        let covered = covered(self.verification.document, &self.read.facts);
        let shared = |(revision, evidence): (usize, crate::pki::evidence::Evidence)| {
            (revision, evidence.shared_with(self.at_hand.evidence))
        };
        covered.into_iter().map(shared).collect()
    }

    fn validator<'e>(&'e self, pool: &'e Pool<'e>, proofs: &'e ProofsOfExistence) -> Validator<'e> {
        let verification = self.verification;
        let limits = verification.document.limits();
        let validator = Validator::new(verification.trust, pool, limits, &verification.policy, proofs);
        Validator { model: verification.model, assumed: self.assumed, ..validator }
    }

    /// Every intact and well-formed document timestamp.
    fn stamped<'e>(&self, found: &[Found], covered: &'e Covered) -> Vec<Stamped<'e>> {
        let intact = self.read.facts.iter().zip(found).filter_map(|(facts, found)| {
            let Found::Timestamp(token) = found else { return None };
            let is_sound = facts.is_well_formed && token.cryptography.is_intact();
            let (end, time) = (facts.end()?, token.report.time.filter(|_| is_sound)?);
            let pool = Pool::new(covered.get(&facts.revision?)?);
            Some(Stamped { end, time, pool })
        });
        intact.collect()
    }

    fn document_timestamp(&self, facts: &Facts, token: JudgedToken, proofs: &ProofsOfExistence) -> SignatureReport {
        let signer = token.cryptography.signing_certificate.clone();
        let is_long_term = signer.as_ref().is_some_and(|certificate| {
            let time = token.report.time.unwrap_or(self.verification.now);
            self.validator(self.in_file, proofs).needs(certificate, time).gaps.is_empty()
        });
        let mut report = blank(facts);
        report.conclusion = token.report.conclusion;
        report.intact = token.cryptography.is_intact();
        report.signer = token.report.signer;
        report.trust_source = token.report.trust_source;
        report.trust_anchor = token.report.trust_anchor;
        report.accredited = token.report.accredited;
        report.best_signature_time = token.report.time.filter(|_| report.conclusion.is_passed());
        report.claimed_time = token.report.time;
        report.long_term = is_long_term;
        report.findings.extend(token.findings);
        report.associated = token.report.associated;
        report.process.extend(token.report.process);
        report
    }

    fn signature(
        &self,
        facts: &Facts,
        cms: &SignedData,
        found: Found,
        proofs: &ProofsOfExistence,
        stamped: &[Stamped<'_>],
    ) -> SignatureReport {
        let Found::Signature { cryptography, tokens, findings } = found else { return unhashed(facts, cms) };
        let mut report = blank(facts);
        report.findings.extend(cryptography.findings.iter().cloned());
        report.findings.extend(findings);
        let covered = facts.end().and_then(|end| proofs.of_bytes_by_later(end));
        // best-signature-time begins as now: a time ahead of it proves nothing (EN 319 102-1, 5.5.4).
        let now = proofs.now();
        let best = tokens.iter().filter_map(JudgedToken::proof).chain(covered).filter(|time| *time <= now).min();
        report.process.extend(best.map(|best| Step::new(Block::PoeExtraction, Conclusion::PASSED).at(best)));
        let validated =
            validate_signature(self.validator(self.at_hand, proofs), cms, &cryptography, facts.purpose(), best);
        report.conclusion = validated.conclusion;
        report.associated = validated.associated;
        report.findings.extend(validated.findings);
        report.process.extend(validated.steps);
        report.intact = cryptography.is_intact();
        report.signer = cryptography.signing_certificate.as_ref().map(certificate_report);
        report.trust_source = trust_source(validated.judged.as_ref());
        report.trust_anchor = trust_anchor(validated.judged.as_ref(), facts.purpose(), now);
        report.algorithm = cms
            .signer()
            .ok()
            .and_then(|signer| signer.signature_algorithm().ok())
            .map(|algorithm| algorithm.to_string());
        report.best_signature_time = best;
        self.add_level(&mut report, facts, cms, (&cryptography, &tokens), (proofs, stamped));
        report.signature_timestamps = tokens.into_iter().map(|token| token.report).collect();
        report
    }

    fn add_level(
        &self,
        report: &mut SignatureReport,
        facts: &Facts,
        cms: &SignedData,
        (cryptography, tokens): (&Cryptography, &[JudgedToken]),
        (proofs, stamped): (&ProofsOfExistence, &[Stamped<'_>]),
    ) {
        let Some(end) = facts.end() else { return };
        let covering: Vec<_> = stamped.iter().filter(|stamp| stamp.end > end).collect();
        let intact = || tokens.iter().filter(|token| token.cryptography.is_intact());
        let authorities = intact().filter_map(|token| token.cryptography.signing_certificate.clone());
        let signer = cryptography.signing_certificate.clone();
        let certificates: Vec<Certificate> = signer.into_iter().chain(authorities).collect();
        // What is there was there from the stated time on, whether or not that time can still be proved.
        let stated =
            intact().filter_map(|token| token.report.time).chain(covering.iter().map(|stamp| stamp.time)).min();
        let time = report.best_signature_time.or(stated).unwrap_or(self.verification.now);
        let material = Material {
            has_time: certificates.len() > 1 || !covering.is_empty(),
            time,
            file: self.validator(self.in_file, proofs),
            stamped: covering.iter().map(|stamp| self.validator(&stamp.pool, proofs)).collect(),
            certificates,
        };
        report.long_term = material.certificates.iter().all(|one| material.file.needs(one, time).gaps.is_empty())
            && !material.certificates.is_empty();
        if !facts.is_pades() {
            return;
        }
        let broken = level::nonconformities(facts, cms);
        if broken.is_empty() && facts.is_well_formed {
            report.level = Some(level::level(&material));
        }
        report.findings.extend(broken);
    }
}

/// A signature that could not be hashed.
fn unhashed(facts: &Facts, cms: &SignedData) -> SignatureReport {
    let mut report = blank(facts);
    let (code, conclusion) = match cms.signer().and_then(|signer| signer.digest_algorithm()) {
        Err(fault) if is_unsupported(&fault) => {
            (Code::Algorithm, Conclusion::indeterminate(SubIndication::CryptoConstraintsFailureNoPoe))
        }
        _ => (Code::Cms, report.conclusion),
    };
    report.findings.push(Finding::new(code, "the signature's digest algorithm cannot be used"));
    report.conclusion = conclusion;
    report
}

/// What the dictionary alone says, with the verdict of a signature that cannot be read.
fn blank(facts: &Facts) -> SignatureReport {
    let dictionary = &facts.dictionary;
    let failed = Conclusion::failed(SubIndication::FormatFailure);
    let format = Step::new(Block::FormatChecking, if facts.is_well_formed { Conclusion::PASSED } else { failed });
    let format = match facts.findings.first() {
        Some(finding) if !facts.is_well_formed => format.why(finding),
        _ => format,
    };
    SignatureReport {
        field: facts.field.clone(),
        kind: if facts.is_timestamp() { Kind::DocumentTimestamp } else { Kind::Signature },
        revision: facts.revision.map(|revision| revision.saturating_add(1)),
        sub_filter: dictionary.sub_filter.clone(),
        conclusion: failed,
        level: None,
        intact: false,
        covers: facts.covers,
        modification: crate::report::Modification::Unknown,
        changes: Changes::default(),
        signer: None,
        trust_source: None,
        trust_anchor: None,
        accredited: None,
        algorithm: None,
        claimed_time: dictionary.m.as_deref().and_then(Time::from_pdf_date),
        best_signature_time: None,
        reason: dictionary.reason.clone(),
        location: dictionary.location.clone(),
        name: dictionary.name.clone(),
        contact_info: dictionary.contact_info.clone(),
        signature_timestamps: Vec::new(),
        long_term: false,
        findings: facts.findings.clone(),
        associated: AssociatedData::default(),
        process: vec![format],
    }
}

/// Says of every change who made it: the signer of the next signature over it that is intact.
pub(super) fn name_makers(reports: &mut [SignatureReport]) {
    let signed = reports.iter().filter(|report| report.kind == Kind::Signature && report.intact);
    let signer = |report: &SignatureReport| {
        let signer = report.signer.as_ref()?;
        Some((report.revision?, signer.common_name.as_ref().unwrap_or(&signer.subject).clone()))
    };
    let signers: BTreeMap<usize, String> = signed.filter_map(signer).collect();
    let Some(all) = reports.iter().map(|report| &report.changes).max_by_key(|changes| changes.len()) else { return };
    let named = all.named(|revision| signers.range(revision..).next().map(|(_, name)| name.clone()));
    for report in reports.iter_mut().filter(|report| !report.changes.is_empty()) {
        report.changes = Changes::from(&named, report.changes.first());
    }
}

/// Format beats everything (5.3, step 1); forbidden or unknown changes keep a good signature from passing.
fn conclude(report: &mut SignatureReport, facts: &Facts, modified: Modified) {
    report.modification = modified.modification;
    report.changes = modified.changes;
    report.findings.extend(modified.findings);
    // A signer and the authority of its timestamp often share an issuer, and so what is to be said of it.
    let mut said: Vec<Finding> = Vec::new();
    for finding in std::mem::take(&mut report.findings) {
        if !said.contains(&finding) {
            said.push(finding);
        }
    }
    report.findings = said;
    if !facts.is_well_formed {
        report.conclusion = Conclusion::failed(SubIndication::FormatFailure);
        report.associated = AssociatedData::default();
        report.intact = report.intact && facts.covers != Coverage::Other;
        return;
    }
    if !modified.is_permitted && report.conclusion.indication == Indication::TotalPassed {
        report.conclusion = Conclusion::indeterminate(SubIndication::SigConstraintsFailure);
        let step = Step::new(Block::SignatureAcceptanceValidation, report.conclusion);
        report.process.push(step.why("the document was changed in a way that this signature does not permit"));
    }
}
