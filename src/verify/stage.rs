//! The driver: leads each signature through the blocks.

use std::collections::{BTreeMap, HashSet};

use super::basis;
use super::certificate::{Pool, Validator};
use super::conformity;
use super::context::{self, Context};
use super::diagnosis::missing;
use super::existence::ProofsOfExistence;
use super::integrity::{Content, Cryptography, Facts, Format, is_unsupported};
use super::level::{self, Material};
use super::modification::Modified;
use super::order::{Claim, Layers};
use super::process::{Subject, validate_signature};
use super::proving::{Covered, Found, Proved};
use super::timestamp::{JudgedToken, certificate_report, expired_list, trust_anchor, trust_source};
use super::verification::{Read, Verification};
use crate::pdf::transform::Certification;
use crate::pki::certificate::Certificate;
use crate::pki::cms::SignedData;
use crate::pki::timestamp::token::Interval;
use crate::report::{
    AssociatedData, Block, ChainOf, Changes, Code, Conclusion, Constraint, Coverage, Finding, Indication, Kind, Level,
    LevelFinding, Modification, ModificationRule, Requirement, SignatureReport, Step, SubIndication,
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
    /// The times that it may have been made at, where it passed.
    proved: Option<Interval>,
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

    /// The same as of the time of `proofs`, with what they prove; whoever was in good standing at `assumed` stays so.
    pub(super) fn in_future(self, proofs: ProofsOfExistence, assumed: Option<Time>) -> Self {
        Self { nothing_proved: proofs, assumed, ..self }
    }

    pub(super) fn judge_all(&self, modified: Vec<Modified>) -> Vec<SignatureReport> {
        let facts = &self.read.facts;
        let covered = &self.read.covered;
        let validator = self.validator(self.at_hand, &self.nothing_proved);
        let Proved { proofs, found } = Proved::extract(validator, facts, &self.read.digests, covered);
        let stamped = self.stamped(&found, covered);
        let parts = facts.iter().zip(&self.read.digests).zip(found).zip(modified);
        parts
            .map(|(((facts, digest), found), modified)| {
                let mut report = match (&facts.content, found) {
                    (Content::Timestamp(_), Found::Timestamp(token)) => {
                        self.document_timestamp(facts, *token, &proofs, &stamped)
                    }
                    (Content::Signature(cms), found) => self.signature(facts, cms, found, &proofs, &stamped),
                    _ => blank(facts),
                };
                conclude(&mut report, facts, modified, self.verification.policy.modification_rule());
                report.identifier = basis::identifier(facts, digest);
                report
            })
            .collect()
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
            let pool = self.at_hand.beside(covered.get(&facts.revision?)?);
            Some(Stamped { end, time, proved: token.proved_interval(), pool })
        });
        intact.collect()
    }

    fn document_timestamp(
        &self,
        facts: &Facts,
        token: JudgedToken,
        proofs: &ProofsOfExistence,
        stamped: &[Stamped<'_>],
    ) -> SignatureReport {
        let own: Vec<Interval> = token.proved_interval().into_iter().collect();
        let signer = token.cryptography.signing_certificate.clone();
        let time = token.report.time.unwrap_or(self.verification.now);
        let needs = signer.as_ref().map(|one| self.validator(self.in_file, proofs).needs(one, time));
        let mut report = blank(facts);
        report.conclusion = token.report.conclusion;
        report.intact = token.cryptography.is_intact();
        report.signer = token.report.signer;
        report.trust_source = token.report.trust_source;
        report.trust_anchor = token.report.trust_anchor;
        report.accredited = token.report.accredited;
        report.best_signature_time = token.report.time.filter(|_| report.conclusion.is_passed());
        report.claimed_time = token.report.time;
        report.long_term = needs.as_ref().is_some_and(|needs| needs.gaps.is_empty());
        report.missing = missing(needs.iter().map(|needs| (ChainOf::TimestampAuthority, needs.as_ref())));
        report.findings.extend(token.findings);
        report.associated = token.report.associated;
        report.process.extend(token.report.process);
        self.check_order(&mut report, facts, &[("the document timestamp", own)], stamped);
        report.chain = token.report.chain;
        report.revocation = token.report.revocation;
        report.level_findings = conformity::of_timestamp(facts);
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
        let Found::Signature { cryptography, tokens, content_tokens, findings, .. } = found else {
            return unhashed(facts, cms);
        };
        let mut report = blank(facts);
        let context = self.context(&mut report, cms);
        report.findings.extend(cryptography.findings.iter().cloned());
        report.findings.extend(findings);
        let covered = facts.end().and_then(|end| proofs.of_bytes_by_later(end));
        // best-signature-time begins as now: a time ahead of it proves nothing (EN 319 102-1, 5.5.4).
        let now = proofs.now();
        let best = tokens.iter().filter_map(JudgedToken::proof).chain(covered).filter(|time| *time <= now).min();
        report.process.extend(best.map(|best| Step::new(Block::PoeExtraction, Conclusion::PASSED).at(best)));
        let content: Vec<Interval> = content_tokens.iter().filter_map(JudgedToken::proved_interval).collect();
        let subject = Subject {
            cms,
            cryptography: &cryptography,
            purpose: facts.purpose(),
            carried: facts.format().and_then(Format::digest),
            context: &context,
            proved: best,
            not_before: content.iter().filter_map(|interval| interval.earliest_time()).max(),
        };
        let validated = validate_signature(self.validator(self.at_hand, proofs), &subject);
        report.conclusion = validated.conclusion;
        report.associated = validated.associated;
        report.findings.extend(validated.findings);
        report.process.extend(validated.steps);
        report.intact = cryptography.is_intact();
        report.signer = cryptography.signing_certificate.as_ref().map(certificate_report);
        report.trust_source = trust_source(validated.judged.as_ref());
        report.trust_anchor = trust_anchor(validated.judged.as_ref(), facts.purpose(), now);
        report.findings.extend(expired_list(validated.judged.as_ref(), facts.purpose(), now));
        report.chain = basis::chain(self.validator(self.at_hand, proofs), validated.judged.as_ref());
        report.revocation = basis::statuses(self.validator(self.at_hand, proofs), validated.judged.as_ref());
        report.algorithm = cms
            .signer()
            .ok()
            .and_then(|signer| signer.signature_algorithm().ok())
            .map(|algorithm| algorithm.to_string());
        report.best_signature_time = best;
        let proved: Vec<Interval> = tokens.iter().filter_map(JudgedToken::proved_interval).collect();
        let claim = Claim {
            time: report.claimed_time,
            proved: best,
            content: content.iter().map(|interval| interval.time).max(),
            certificate: cryptography.signing_certificate.as_ref(),
        };
        self.check_claim(&mut report, &claim);
        let layers = [("the content timestamp", content), ("the signature timestamp", proved)];
        self.check_order(&mut report, facts, &layers, stamped);
        let all: Vec<&JudgedToken> = tokens.iter().chain(&content_tokens).collect();
        report.level_findings = conformity::of_signature(facts, cms);
        self.add_level(&mut report, facts, (&cryptography, &tokens, &all), (proofs, stamped));
        report.content_timestamps = content_tokens.into_iter().map(|token| token.report).collect();
        let path = validated.judged.as_ref().and_then(|judged| judged.path.as_ref());
        if facts.is_pades() {
            let path = path.map(|path| path.certificates.as_slice()).unwrap_or_default();
            report.level_findings.extend(conformity::of_details(facts, cms, path));
        }
        report.signature_timestamps = tokens.into_iter().map(|token| token.report).collect();
        report
    }

    /// 5.2.4, and what else the signer states.
    fn context(&self, report: &mut SignatureReport, cms: &SignedData) -> Context {
        let signer = cms.signer().ok();
        let mut context = Context::initialize(&self.verification.policy, &self.verification.policy_documents, signer);
        report.signature_policy = context.signature_policy.take();
        report.findings.append(&mut context.findings);
        if let Some(signer) = signer {
            context::report_statements(report, signer);
        }
        context
    }

    /// 5.5.4, step 4, and constraints on the claimed time.
    fn check_claim(&self, report: &mut SignatureReport, claim: &Claim<'_>) {
        let Err(message) = claim.check(&self.verification.policy) else { return };
        report.findings.push(Finding::new(Code::Claim, &message));
        refuse(report, Block::SignatureAcceptanceValidation, SubIndication::SigConstraintsFailure, &message);
    }

    /// 5.5.4, step 3 (e), and 5.6.3.4: `layers`, each covering those before it, and the document timestamps over all of them.
    fn check_order(
        &self,
        report: &mut SignatureReport,
        facts: &Facts,
        layers: &[(&str, Vec<Interval>)],
        stamped: &[Stamped<'_>],
    ) {
        let Some(end) = facts.end() else { return };
        let mut order = Layers::default();
        layers.iter().for_each(|(what, layer)| order.cover(what, layer));
        // In the order of the file.
        for stamp in stamped.iter().filter(|stamp| stamp.end > end) {
            order.cover("the document timestamp", stamp.proved.as_slice());
        }
        let findings = order.finish();
        let Some(first) = findings.first().filter(|_| self.verification.policy.requires(Constraint::TimestampOrder))
        else {
            report.findings.extend(findings);
            return;
        };
        refuse(report, Block::SignaturesWithTime, SubIndication::TimestampOrderFailure, &first.message);
        report.findings.extend(findings);
    }

    fn add_level(
        &self,
        report: &mut SignatureReport,
        facts: &Facts,
        (cryptography, tokens, all): (&Cryptography, &[JudgedToken], &[&JudgedToken]),
        (proofs, stamped): (&ProofsOfExistence, &[Stamped<'_>]),
    ) {
        let Some(end) = facts.end() else { return };
        let covering: Vec<_> = stamped.iter().filter(|stamp| stamp.end > end).collect();
        let intact = || tokens.iter().filter(|token| token.cryptography.is_intact());
        // Whose tokens count as evidence to be had: those over the content as well.
        let all = all.iter().filter(|token| token.cryptography.is_intact());
        let authorities = all.filter_map(|token| token.cryptography.signing_certificate.clone());
        let signer = cryptography.signing_certificate.clone();
        let signers = usize::from(signer.is_some());
        let certificates: Vec<Certificate> = signer.into_iter().chain(authorities).collect();
        // What is there was there from the stated time on, whether or not that time can still be proved.
        let stated =
            intact().filter_map(|token| token.report.time).chain(covering.iter().map(|stamp| stamp.time)).min();
        let time = report.best_signature_time.or(stated).unwrap_or(self.verification.now);
        let material = Material {
            has_time: intact().next().is_some() || !covering.is_empty(),
            time,
            file: self.validator(self.in_file, proofs),
            stamped: covering.iter().map(|stamp| self.validator(&stamp.pool, proofs)).collect(),
            certificates,
        };
        let needs: Vec<_> = material.certificates.iter().map(|one| material.file.needs(one, time)).collect();
        let whose = |index| if index < signers { ChainOf::Signer } else { ChainOf::TimestampAuthority };
        report.long_term = !needs.is_empty() && needs.iter().all(|needs| needs.gaps.is_empty());
        report.missing = missing(needs.iter().enumerate().map(|(index, needs)| (whose(index), needs.as_ref())));
        if !facts.is_pades() {
            return;
        }
        if !report.level_findings.iter().any(LevelFinding::is_nonconformity) && facts.is_well_formed {
            report.level = Some(level::level(&material));
        }
        report.findings.extend(report.level_findings.iter().filter_map(nonconformity));
        report.level_findings.extend(self.missing_evidence(&material, report.level));
    }

    /// What keeps a signature with evidence from B-LT, or one under a document timestamp from B-LTA.
    fn missing_evidence(&self, material: &Material<'_>, level: Option<Level>) -> Vec<LevelFinding> {
        let evidence = self.in_file.evidence;
        let has_evidence = !evidence.crls().is_empty() || !evidence.ocsps().is_empty();
        match level {
            Some(Level::B | Level::T) if has_evidence || !material.stamped.is_empty() => {
                let needs = material.certificates.iter().map(|one| material.file.needs(one, material.time));
                let mut findings: Vec<LevelFinding> = Vec::new();
                for finding in needs.flat_map(|needs| conformity::of_needs(&needs)) {
                    if !findings.contains(&finding) {
                        findings.push(finding);
                    }
                }
                findings
            }
            Some(Level::Lt) if !material.stamped.is_empty() => {
                let message = "no document timestamp covers all of the evidence";
                vec![LevelFinding::new(Requirement::EvidenceBeforeTimestamp, message)]
            }
            _ => Vec::new(),
        }
    }
}

/// As a finding about the signature, unless its format says so already.
fn nonconformity(broken: &LevelFinding) -> Option<Finding> {
    let is_format = matches!(broken.requirement, Requirement::Filter | Requirement::ByteRange);
    let message = || format!("not a baseline signature: {} ({})", broken.message, broken.requirement.clause());
    (!is_format).then(|| Finding::new(Code::Conformity, message()))
}

/// What passed does not, because of `why`.
fn refuse(report: &mut SignatureReport, block: Block, sub_indication: SubIndication, why: &str) {
    if report.conclusion.is_passed() {
        report.conclusion = Conclusion::indeterminate(sub_indication);
        report.process.push(Step::new(block, report.conclusion).why(why));
    }
}

/// A signature that could not be hashed.
fn unhashed(facts: &Facts, cms: &SignedData) -> SignatureReport {
    let mut report = blank(facts);
    report.level_findings = conformity::of_signature(facts, cms);
    let (code, conclusion) = match cms.signer().and_then(|signer| signer.digest_algorithm()) {
        // Without a byte range nothing can be hashed, whatever with; and that is said already.
        Ok(_) if facts.dictionary.byte_range.is_err() => return report,
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
        modification: Modification::Unknown,
        changes: Changes::default(),
        certification: facts.certification().map(Certification::level),
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
        signature_policy: None,
        commitment_types: Vec::new(),
        signer_attributes: Vec::new(),
        content_timestamps: Vec::new(),
        signature_timestamps: Vec::new(),
        long_term: false,
        missing: Vec::new(),
        findings: facts.findings.clone(),
        associated: AssociatedData::default(),
        process: vec![format],
        chain: Vec::new(),
        revocation: Vec::new(),
        level_findings: Vec::new(),
        identifier: None,
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
fn conclude(report: &mut SignatureReport, facts: &Facts, modified: Modified, rule: ModificationRule) {
    let is_permitted = match rule {
        ModificationRule::EvidenceOnly => modified.is_permitted && modified.modification <= Modification::Lta,
        ModificationRule::AsPermitted => modified.is_permitted,
        // The verdict is on the signed revision, and so there has to be one.
        ModificationRule::ListedOnly => facts.revision.is_some(),
    };
    report.modification = modified.modification;
    report.changes = modified.changes;
    report.findings.extend(modified.findings);
    // A signer and the authority of its timestamp often share an issuer, and so what is to be said of it.
    let mut said: HashSet<Finding> = HashSet::new();
    report.findings.retain(|finding| said.insert(finding.clone()));
    if !facts.is_well_formed {
        report.conclusion = Conclusion::failed(SubIndication::FormatFailure);
        report.associated = AssociatedData::default();
        report.intact = report.intact && facts.covers != Coverage::Other;
        return;
    }
    if !is_permitted && report.conclusion.indication == Indication::TotalPassed {
        report.conclusion = Conclusion::indeterminate(SubIndication::SigConstraintsFailure);
        let step = Step::new(Block::SignatureAcceptanceValidation, report.conclusion);
        report
            .process
            .push(step.why("the document was changed in a way that this signature or the policy does not permit"));
    }
}
