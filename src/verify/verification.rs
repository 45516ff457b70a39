//! The driver: reads every signature, hashes the file once, and leads each through the blocks.

use std::collections::BTreeMap;

use super::certificate::{Pool, Validator};
use super::existence::{Proof, Proved, earliest};
use super::integrity::{Content, Cryptography, Facts, hash, is_unsupported};
use super::level::{self, Material};
use super::long_term;
use super::modification::{self, Modified};
use super::removed;
use super::timestamp::{self, JudgedToken, certificate_report, trust_source};
use crate::error::Result;
use crate::pdf::document::Document;
use crate::pdf::dss::Dss;
use crate::pdf::form::Form;
use crate::pki::certificate::Certificate;
use crate::pki::cms::SignedData;
use crate::pki::evidence::Evidence;
use crate::pki::timestamp::TimestampFault;
use crate::pki::trust::store::TrustStore;
use crate::report::{
    Changes, Code, Conclusion, Coverage, Finding, Indication, Kind, Report, SignatureReport, SubIndication,
    TimestampReport,
};
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
    document: &'a Document<'a>,
    trust: &'a TrustStore,
    now: Time,
    evidence: Evidence,
}

impl<'a> Verification<'a> {
    /// A verification of `document` under the anchors in `trust`, as of `now`.
    pub fn new(document: &'a Document<'a>, trust: &'a TrustStore, now: Time) -> Self {
        Self { document, trust, now, evidence: Evidence::new() }
    }

    /// Uses `evidence` besides what the file holds.
    #[must_use]
    pub fn evidence(mut self, evidence: &Evidence) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Verifies. Whatever is wrong stands in the report.
    pub fn verify(&self) -> Report {
        let mut report = Report {
            validation_time: self.now,
            length: self.document.len(),
            revisions: self.document.revisions().len(),
            signatures: Vec::new(),
            findings: Vec::new(),
        };
        match self.judge(&mut report.findings) {
            Ok(signatures) => report.signatures = signatures,
            Err(error) => report.findings.push(Finding::new(Code::Structure, error)),
        }
        report
    }

    fn judge(&self, findings: &mut Vec<Finding>) -> Result<Vec<SignatureReport>> {
        let facts = read_signatures(self.document, findings)?;
        let digests = hash(self.document, &facts)?;
        let revisions: Vec<Option<usize>> = facts.iter().map(|facts| facts.revision).collect();
        let modified = modification::analyse(self.document, &revisions);
        let in_file = evidence_in(self.document, self.document.latest().revision(), &facts, findings);
        let mut at_hand = self.evidence.clone();
        at_hand.extend(&in_file);
        let in_file = in_file.shared_with(&at_hand);
        let (in_file, at_hand) = (Pool::new(&in_file), Pool::new(&at_hand));
        let stage = Stage { verification: self, facts: &facts, in_file: &in_file, at_hand: &at_hand };
        let mut reports = stage.judge_all(&digests, modified);
        name_makers(&mut reports);
        Ok(reports)
    }
}

/// Every signature of `document`, oldest revision first; what has no readable place comes last.
pub(crate) fn read_signatures(document: &Document<'_>, findings: &mut Vec<Finding>) -> Result<Vec<Facts>> {
    document.require_open()?;
    let form = Form::read(document.latest())?;
    findings.extend(form.faults.iter().map(|fault| Finding::new(Code::Structure, fault)));
    findings.extend(removed::find(document, &form)?);
    let mut facts = Vec::new();
    for field in form.signatures() {
        if facts.len() >= document.limits().signatures {
            findings.push(Finding::new(Code::Limit, "there are more signatures than the limits allow to judge"));
            break;
        }
        facts.extend(Facts::read(document, field)?);
    }
    for shared in form.shared_values() {
        for facts in facts.iter_mut().filter(|facts| facts.dictionary.id == Some(shared.value)) {
            let message = format!("the fields {} share one signature dictionary", shared.fields.join(", "));
            facts.findings.push(Finding::new(Code::SharedValue, message));
        }
    }
    facts.sort_by_key(|facts| facts.end().unwrap_or(u64::MAX));
    Ok(facts)
}

/// What the security store of `revision` and the signatures up to it hold.
pub(crate) fn evidence_in(
    document: &Document<'_>,
    revision: usize,
    facts: &[Facts],
    findings: &mut Vec<Finding>,
) -> Evidence {
    let mut evidence = Evidence::new();
    let mut note = |added: Result<()>| {
        if let Err(error) = added {
            findings.push(Finding::new(Code::SecurityStore, error));
        }
    };
    match Dss::read(document.view(revision)) {
        Ok(None) => {}
        Ok(Some(store)) => {
            store.certs.iter().for_each(|value| note(evidence.add_certificate(&value.der)));
            store.crls.iter().for_each(|value| note(evidence.add_crl(&value.der)));
            store.ocsps.iter().for_each(|value| note(evidence.add_ocsp(&value.der)));
            findings.extend(store.faults.iter().map(|fault| Finding::new(Code::SecurityStore, fault)));
        }
        Err(error) => note(Err(error)),
    }
    for facts in facts.iter().filter(|facts| facts.revision.is_some_and(|one| one <= revision)) {
        match &facts.content {
            Content::Signature(cms) => {
                add_cms(&mut evidence, cms);
                for token in facts.tokens.iter().flatten() {
                    add_cms(&mut evidence, token.signed_data());
                }
            }
            Content::Timestamp(token) => add_cms(&mut evidence, token.signed_data()),
            Content::None => {}
        }
    }
    evidence
}

/// What travels inside a CMS. A value that cannot be read is no evidence; that the CMS itself is sound was judged before.
fn add_cms(evidence: &mut Evidence, cms: &SignedData) {
    cms.certificates().iter().for_each(|one| evidence.insert_certificate(one.clone()));
    let Ok(signer) = cms.signer() else { return };
    signer.certificate_values().unwrap_or_default().into_iter().for_each(|one| evidence.insert_certificate(one));
    let archived = signer.adbe_revocation().unwrap_or_default();
    let valued = signer.revocation_values().unwrap_or_default();
    for crl in cms.crls().iter().chain(&archived.crls).chain(&valued.crls) {
        let _ = evidence.add_crl(crl);
    }
    for ocsp in cms.ocsp_responses().iter().chain(&archived.ocsps).chain(&valued.ocsps) {
        let _ = evidence.add_ocsp(ocsp);
    }
}

/// An intact document timestamp: where it ends, in bytes from the start of the file, what time it states, and what it covers.
struct Stamped {
    end: u64,
    time: Time,
    evidence: Evidence,
}

/// Everything that judging one signature may look at.
struct Stage<'s> {
    verification: &'s Verification<'s>,
    facts: &'s [Facts],
    in_file: &'s Pool<'s>,
    at_hand: &'s Pool<'s>,
}

impl Stage<'_> {
    fn judge_all(&self, digests: &[Option<Vec<u8>>], modified: Vec<Modified>) -> Vec<SignatureReport> {
        let Proved { proofs, tokens } = Proved::judge(self.validator(), self.facts, digests, self.verification.now);
        let stamped = self.stamped(&tokens);
        let stamped: Vec<_> = stamped.iter().map(|stamp| (stamp, Pool::new(&stamp.evidence))).collect();
        let parts = self.facts.iter().zip(digests).zip(tokens).zip(modified);
        parts
            .map(|(((facts, digest), token), modified)| {
                let mut report = match (&facts.content, token) {
                    (Content::Timestamp(_), Some(token)) => self.document_timestamp(facts, token),
                    (Content::Signature(cms), _) => self.signature(facts, cms, digest.as_deref(), &proofs, &stamped),
                    _ => blank(facts),
                };
                conclude(&mut report, facts, modified);
                report
            })
            .collect()
    }

    fn validator(&self) -> Validator<'_> {
        self.validator_over(self.at_hand)
    }

    fn validator_over<'e>(&'e self, pool: &'e Pool<'e>) -> Validator<'e> {
        Validator { trust: self.verification.trust, pool, limits: self.verification.document.limits() }
    }

    /// Every intact and well-formed document timestamp.
    fn stamped(&self, tokens: &[Option<JudgedToken>]) -> Vec<Stamped> {
        let document = self.verification.document;
        let intact = self.facts.iter().zip(tokens).filter_map(|(facts, token)| {
            let token = token.as_ref().filter(|token| facts.is_well_formed && token.cryptography.is_intact())?;
            Some((facts.revision?, (facts.end()?, token.report.time?)))
        });
        // However many of them end a revision, what it holds is read once.
        let ends: BTreeMap<usize, (u64, Time)> = intact.collect();
        let covered = |(revision, (end, time))| {
            let evidence = evidence_in(document, revision, self.facts, &mut Vec::new());
            Stamped { end, time, evidence: evidence.shared_with(self.at_hand.evidence) }
        };
        ends.into_iter().map(covered).collect()
    }

    fn document_timestamp(&self, facts: &Facts, token: JudgedToken) -> SignatureReport {
        let signer = token.cryptography.signing_certificate.clone();
        let is_long_term = signer.as_ref().is_some_and(|certificate| {
            let time = token.report.time.unwrap_or(self.verification.now);
            self.validator_over(self.in_file).needs(certificate, time).gaps.is_empty()
        });
        let mut report = blank(facts);
        report.conclusion = token.report.conclusion;
        report.intact = token.cryptography.is_intact();
        report.signer = token.report.signer;
        report.trust_source = token.report.trust_source;
        report.best_signature_time = token.report.time.filter(|_| report.conclusion.is_passed());
        report.claimed_time = token.report.time;
        report.long_term = is_long_term;
        report.findings.extend(token.findings);
        report
    }

    fn signature(
        &self,
        facts: &Facts,
        cms: &SignedData,
        digest: Option<&[u8]>,
        proofs: &[Proof],
        stamped: &[(&Stamped, Pool<'_>)],
    ) -> SignatureReport {
        let mut report = blank(facts);
        let Some(digest) = digest else {
            let (code, conclusion) = match cms.signer().and_then(|signer| signer.digest_algorithm()) {
                Err(fault) if is_unsupported(&fault) => {
                    (Code::Algorithm, Conclusion::indeterminate(SubIndication::CryptoConstraintsFailureNoPoe))
                }
                _ => (Code::Cms, report.conclusion),
            };
            report.findings.push(Finding::new(code, "the signature's digest algorithm cannot be used"));
            report.conclusion = conclusion;
            return report;
        };
        let is_pades = facts.dictionary.sub_filter.as_deref() == Some("ETSI.CAdES.detached");
        let cryptography = Cryptography::of_signature(cms, digest, self.at_hand.evidence.certificates(), is_pades);
        report.findings.extend(cryptography.findings.iter().cloned());
        let proved = facts.end().and_then(|end| earliest(proofs, end));
        let tokens = self.signature_timestamps(facts, cms, proved, &mut report.findings);
        // best-signature-time begins as now: a time ahead of it proves nothing (EN 319 102-1, 5.5.4).
        let now = self.verification.now;
        let best = tokens.iter().filter_map(JudgedToken::proof).chain(proved).filter(|time| *time <= now).min();
        let validated = long_term::validate(self.validator(), cms, &cryptography, self.verification.now, best);
        report.conclusion = validated.conclusion;
        report.findings.extend(validated.findings);
        report.intact = cryptography.is_intact();
        report.signer = cryptography.signing_certificate.as_ref().map(certificate_report);
        report.trust_source = trust_source(validated.judged.as_ref());
        report.algorithm = cms
            .signer()
            .ok()
            .and_then(|signer| signer.signature_algorithm().ok())
            .map(|algorithm| algorithm.to_string());
        report.best_signature_time = best;
        self.add_level(&mut report, facts, cms, &cryptography, &tokens, stamped);
        report.signature_timestamps = tokens.into_iter().map(|token| token.report).collect();
        report
    }

    fn signature_timestamps(
        &self,
        facts: &Facts,
        cms: &SignedData,
        proved: Option<Time>,
        findings: &mut Vec<Finding>,
    ) -> Vec<JudgedToken> {
        let Ok(signer) = cms.signer() else { return Vec::new() };
        let mut judged = Vec::new();
        for token in &facts.tokens {
            let readable = token.as_ref().map_err(TimestampFault::clone);
            match readable.and_then(|token| Ok((token.imprint_algorithm()?, token))) {
                Ok((algorithm, token)) => {
                    let digest = algorithm.digest(signer.signature());
                    let token = timestamp::judge(self.validator(), token, &digest, self.verification.now, proved);
                    findings.extend(token.findings.iter().cloned());
                    judged.push(token);
                }
                Err(fault) => {
                    findings.push(Finding::new(Code::Timestamp, &fault));
                    judged.push(JudgedToken::unreadable());
                }
            }
        }
        judged
    }

    fn add_level(
        &self,
        report: &mut SignatureReport,
        facts: &Facts,
        cms: &SignedData,
        cryptography: &Cryptography,
        tokens: &[JudgedToken],
        stamped: &[(&Stamped, Pool<'_>)],
    ) {
        let Some(end) = facts.end() else { return };
        let covering: Vec<_> = stamped.iter().filter(|(stamp, _)| stamp.end > end).collect();
        let intact = || tokens.iter().filter(|token| token.cryptography.is_intact());
        let authorities = intact().filter_map(|token| token.cryptography.signing_certificate.clone());
        let signer = cryptography.signing_certificate.clone();
        let certificates: Vec<Certificate> = signer.into_iter().chain(authorities).collect();
        // What is there was there from the stated time on, whether or not that time can still be proved.
        let stated =
            intact().filter_map(|token| token.report.time).chain(covering.iter().map(|(stamp, _)| stamp.time)).min();
        let time = report.best_signature_time.or(stated).unwrap_or(self.verification.now);
        let material = Material {
            has_time: certificates.len() > 1 || !covering.is_empty(),
            time,
            file: self.validator_over(self.in_file),
            stamped: covering.iter().map(|(_, pool)| self.validator_over(pool)).collect(),
            certificates,
        };
        report.long_term = material.certificates.iter().all(|one| material.file.needs(one, time).gaps.is_empty())
            && !material.certificates.is_empty();
        if facts.dictionary.sub_filter.as_deref() != Some("ETSI.CAdES.detached") {
            return;
        }
        let broken = level::nonconformities(facts, cms);
        if broken.is_empty() && facts.is_well_formed {
            report.level = Some(level::level(&material));
        }
        report.findings.extend(broken);
    }
}

/// What the dictionary alone says, with the verdict of a signature that cannot be read.
fn blank(facts: &Facts) -> SignatureReport {
    let dictionary = &facts.dictionary;
    SignatureReport {
        field: facts.field.clone(),
        kind: if facts.is_timestamp() { Kind::DocumentTimestamp } else { Kind::Signature },
        revision: facts.revision.map(|revision| revision.saturating_add(1)),
        sub_filter: dictionary.sub_filter.clone(),
        conclusion: Conclusion::failed(SubIndication::FormatFailure),
        level: None,
        intact: false,
        covers: facts.covers,
        modification: crate::report::Modification::Unknown,
        changes: Changes::default(),
        signer: None,
        trust_source: None,
        algorithm: None,
        claimed_time: dictionary.m.as_deref().and_then(Time::from_pdf_date),
        best_signature_time: None,
        reason: dictionary.reason.clone(),
        location: dictionary.location.clone(),
        name: dictionary.name.clone(),
        contact_info: dictionary.contact_info.clone(),
        signature_timestamps: Vec::<TimestampReport>::new(),
        long_term: false,
        findings: facts.findings.clone(),
    }
}

/// Says of every change who made it: the signer of the next signature over it that is intact.
fn name_makers(reports: &mut [SignatureReport]) {
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
        report.intact = report.intact && facts.covers != Coverage::Other;
        return;
    }
    if !modified.is_permitted && report.conclusion.indication == Indication::TotalPassed {
        report.conclusion = Conclusion::indeterminate(SubIndication::SigConstraintsFailure);
    }
}
