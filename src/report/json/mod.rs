//! The report as JSON, schema `pades-ltv/report/1`.
//!
//! Invariant: every key is always there; `null` is what is not known.

mod basis;
mod statement;
mod transaction;

use serde::Serialize;

use self::basis::{ChainJson, LevelJson, StatusJson};
use self::statement::{AttributeJson, PolicyJson};
use self::transaction::TransactionJson;
use super::{
    AccreditationReport, AssociatedData, CertificateReport, Change, Finding, Future, Horizon, Report, SignatureReport,
    Step, TimestampReport, TrustAnchorReport,
};
use crate::error::Error;
use crate::time::Time;

/// The schema's name, in every report.
const SCHEMA: &str = "pades-ltv/report/1";
/// How many changes all signatures list together, about: each lists those of all later revisions, which would be too many.
const CHANGES: usize = 10_000;
/// How many changes each signature may list, however many signatures there are.
const CHANGES_EACH: usize = 64;

impl Report {
    /// This report as one JSON object, for the file that the caller calls `file`. Every key is always there; times are RFC 3339 in UTC.
    ///
    /// | key | what |
    /// |---|---|
    /// | `schema`, `file`, `error` | `pades-ltv/report/1`; the caller's name; `null` (see [`Error::to_json`]) |
    /// | `verdict` | the worst indication, or `NO-SIGNATURE` |
    /// | `validation_time`, `policy`, `model`, `revisions` | as of when, by which algorithms, which chain model; number of revisions (0: the file had to be searched, and none is known) |
    /// | `constraints`, `modification_rule` | what else the policy asked for ([`Constraint`](super::Constraint)), and what later revisions might change ([`ModificationRule`](super::ModificationRule)) |
    /// | `signatures` | an object for each signature and document timestamp, see below |
    /// | `findings` | of the file as a whole: `code`, `message` |
    /// | `transaction` | `null`, or what the file says to be about: `status` (`signed`, `unsigned`, `changed`, `unreadable`), `stated` (`null`, or `counterparties`, `date`, `amount` (a number as text), `currency`, `title`, `number`), `fault`, `signed_in` (fields of the intact signatures that cover just this), `otherwise` (what others cover: `transaction`, `fields`) |
    /// | `outlook` | `null`, or the answer of [`Report::future`]: `asked`, `survives`, `holds_until` (`null`: nothing known ends it), `causes`, `renewal_due`, `at_hand` (with what is at hand alone) and `renewed` (if it is renewed by then): each `until` (`null`: nothing known ends it) and `causes`; `lost`: `field`, `kind`, `indication`, `sub_indication`, `findings` |
    ///
    /// A signature has the fields of [`SignatureReport`] by their names, and among them:
    ///
    /// | key | what |
    /// |---|---|
    /// | `changes` | what later revisions changed: `revision`, `object`, `page`, `rect`, `kind` ([`ChangeKind`](super::ChangeKind)), `act` (`added`, `changed`, `removed`), `subtype`, `field`, `old`, `new`, `allowed`, `rule` ([`Rule`](super::Rule)), `by` (the signer of the next signature); `more_changes` are left out |
    /// | `certification` | `null`, or the `/P` of a certification: 1, 2 or 3 |
    /// | `associated` | `revocation`, `algorithms`, `try_again`: what the standard wants beside a sub-indication |
    /// | `process` | every block that was run: `block`, `clause`, `about`, `time`, `outcome` (`PASSED`, `INDETERMINATE`, `FAILED`), `sub_indication`, `why` |
    /// | `chain` | from the signer's certificate to the anchor: `subject`, `common_name`, `issuer`, `serial`, `not_before`, `not_after`, `key`, `signature_algorithm`, `trust_source` (the anchor's label), `sha256`, `proved` (since when it is proved to exist) |
    /// | `revocation` | for each of the chain but the anchor: `subject`, `serial`, `status` (`good`, `revoked`, `on_hold`, `too_old`, `unknown`, `exempt`, `not_asked`), `source` (`ocsp`, `crl`, `delta_crl`), `this_update`, `next_update`, `produced_at`, `signer`, `revoked_at`, `reason`, `found_in` (of `cms`, `dss`, `vri`, `given`), `sha256`, `proved` |
    /// | `trust_anchor` | that the chain ends in: `subject`, `uses` (of `signing`, `certifying`, `timestamping`; `null`: everything), `from`, `until` |
    /// | `accredited` | who accredited the authority of a document timestamp: `list`, `from`, `until`; it changes no verdict |
    /// | `level_findings` | what keeps it from its PAdES level or the next, apart from validity: `level`, `presence` (`shall`: non-conformity, `should`: warning), `requirement`, `clause`, `message` |
    /// | `signature_policy` | `null`, or `identifier` (`null`: implied), `digest`, `locations`, `notices`, `document` (`implied`, `not_at_hand`, `matches`, `differs`, `unbound`) |
    /// | `signer_attributes` | what the signer says about itself: `origin` (`claimed`, `certified`, `asserted`), `identifier`, `values` |
    ///
    /// Each of `content_timestamps` and `signature_timestamps` has `associated`, `process`, `chain`, `revocation`, `trust_anchor` and
    /// `accredited` of its own.
    pub fn to_json(&self, file: &str) -> String {
        let most = CHANGES.checked_div(self.signatures.len()).unwrap_or(CHANGES).max(CHANGES_EACH);
        let signatures = self.signatures.iter().map(|signature| Signature::new(signature, most)).collect();
        let json = File {
            schema: SCHEMA,
            file,
            error: None,
            verdict: Some(self.verdict().map_or("NO-SIGNATURE", |verdict| verdict.as_str())),
            validation_time: Some(self.validation_time.to_string()),
            policy: Some(&self.policy),
            model: Some(self.model.as_str()),
            constraints: Some(self.constraints.iter().map(|one| one.as_str()).collect()),
            modification_rule: Some(self.modification_rule.as_str()),
            revisions: Some(self.revisions),
            signatures,
            findings: findings(&self.findings),
            transaction: self.transaction.as_ref().map(TransactionJson::from),
            outlook: self.future.as_ref().map(Outlook::from),
        };
        json.to_text()
    }
}

impl Error {
    /// The JSON object of a file that could not be read, with the same keys as [`Report::to_json`]: `verdict` is `null`, and
    /// `error` says why: `kind`, `class` ([`ErrorClass`](crate::ErrorClass): whether trying again can help) and `message`.
    pub fn to_json(&self, file: &str) -> String {
        let (kind, class) = (self.kind().as_str(), self.class().as_str());
        let error = ErrorJson { kind, class, message: self.to_string() };
        let json = File {
            schema: SCHEMA,
            file,
            error: Some(error),
            verdict: None,
            validation_time: None,
            policy: None,
            model: None,
            constraints: None,
            modification_rule: None,
            revisions: None,
            signatures: Vec::new(),
            findings: Vec::new(),
            transaction: None,
            outlook: None,
        };
        json.to_text()
    }
}

#[derive(Serialize)]
struct File<'a> {
    schema: &'a str,
    file: &'a str,
    error: Option<ErrorJson<'a>>,
    verdict: Option<&'a str>,
    validation_time: Option<String>,
    policy: Option<&'a str>,
    model: Option<&'a str>,
    constraints: Option<Vec<&'a str>>,
    modification_rule: Option<&'a str>,
    revisions: Option<usize>,
    signatures: Vec<Signature<'a>>,
    findings: Vec<FindingJson<'a>>,
    transaction: Option<TransactionJson<'a>>,
    outlook: Option<Outlook<'a>>,
}

#[derive(Serialize)]
struct Outlook<'a> {
    asked: String,
    survives: bool,
    holds_until: Option<String>,
    causes: Vec<String>,
    renewal_due: Option<String>,
    at_hand: HorizonJson,
    renewed: HorizonJson,
    lost: Vec<Lost<'a>>,
}

#[derive(Serialize)]
struct HorizonJson {
    until: Option<String>,
    causes: Vec<String>,
}

impl From<&Horizon> for HorizonJson {
    fn from(horizon: &Horizon) -> Self {
        let causes = horizon.causes.iter().map(ToString::to_string).collect();
        Self { until: horizon.until.map(|time| time.to_string()), causes }
    }
}

#[derive(Serialize)]
struct Lost<'a> {
    field: &'a str,
    kind: &'a str,
    indication: &'a str,
    sub_indication: Option<&'a str>,
    findings: Vec<FindingJson<'a>>,
}

impl File<'_> {
    fn to_text(&self) -> String {
        // Strings and numbers alone: nothing here can fail to serialize.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    kind: &'a str,
    class: &'a str,
    message: String,
}

#[derive(Serialize)]
struct Signature<'a> {
    field: &'a str,
    kind: &'a str,
    revision: Option<usize>,
    sub_filter: Option<&'a str>,
    indication: &'a str,
    sub_indication: Option<&'a str>,
    level: Option<&'a str>,
    intact: bool,
    covers: &'a str,
    modification: &'a str,
    changes: Vec<ChangeJson<'a>>,
    /// How many further changes are left out.
    more_changes: usize,
    certification: Option<u8>,
    signer: Option<Certificate<'a>>,
    trust_source: Option<&'a str>,
    trust_anchor: Option<AnchorJson<'a>>,
    accredited: Option<AccreditedJson<'a>>,
    algorithm: Option<&'a str>,
    claimed_time: Option<String>,
    best_signature_time: Option<String>,
    reason: Option<&'a str>,
    location: Option<&'a str>,
    name: Option<&'a str>,
    contact_info: Option<&'a str>,
    signature_policy: Option<PolicyJson<'a>>,
    commitment_types: &'a [String],
    signer_attributes: Vec<AttributeJson<'a>>,
    content_timestamps: Vec<Timestamp<'a>>,
    signature_timestamps: Vec<Timestamp<'a>>,
    long_term: bool,
    findings: Vec<FindingJson<'a>>,
    associated: Associated<'a>,
    process: Vec<StepJson<'a>>,
    chain: Vec<ChainJson<'a>>,
    revocation: Vec<StatusJson<'a>>,
    level_findings: Vec<LevelJson<'a>>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    revision: usize,
    object: Option<u32>,
    page: Option<usize>,
    rect: Option<[f64; 4]>,
    kind: &'a str,
    act: &'a str,
    subtype: Option<&'a str>,
    field: Option<&'a str>,
    old: Option<&'a str>,
    new: Option<&'a str>,
    allowed: bool,
    rule: &'a str,
    by: Option<&'a str>,
}

#[derive(Serialize)]
struct Timestamp<'a> {
    time: Option<String>,
    indication: &'a str,
    sub_indication: Option<&'a str>,
    signer: Option<Certificate<'a>>,
    trust_source: Option<&'a str>,
    trust_anchor: Option<AnchorJson<'a>>,
    accredited: Option<AccreditedJson<'a>>,
    policy: Option<&'a str>,
    serial: Option<&'a str>,
    associated: Associated<'a>,
    process: Vec<StepJson<'a>>,
    chain: Vec<ChainJson<'a>>,
    revocation: Vec<StatusJson<'a>>,
}

#[derive(Serialize)]
struct Associated<'a> {
    revocation: Option<RevocationJson<'a>>,
    algorithms: Vec<AlgorithmJson<'a>>,
    try_again: Option<String>,
}

#[derive(Serialize)]
struct RevocationJson<'a> {
    certificate: &'a str,
    time: String,
    reason: &'a str,
}

#[derive(Serialize)]
struct AlgorithmJson<'a> {
    algorithm: &'a str,
    end: Option<String>,
}

#[derive(Serialize)]
struct StepJson<'a> {
    block: &'a str,
    clause: &'a str,
    about: Option<&'a str>,
    time: Option<String>,
    outcome: &'a str,
    sub_indication: Option<&'a str>,
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct Certificate<'a> {
    subject: &'a str,
    issuer: &'a str,
    serial: &'a str,
    not_after: String,
}

#[derive(Serialize)]
struct AnchorJson<'a> {
    subject: &'a str,
    uses: Option<&'a [String]>,
    from: Option<String>,
    until: Option<String>,
}

#[derive(Serialize)]
struct AccreditedJson<'a> {
    list: &'a str,
    from: Option<String>,
    until: Option<String>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    code: &'a str,
    message: &'a str,
}

impl<'a> Signature<'a> {
    /// With at most so many changes.
    fn new(report: &'a SignatureReport, changes: usize) -> Self {
        Self {
            field: &report.field,
            kind: report.kind.as_str(),
            revision: report.revision,
            sub_filter: report.sub_filter.as_deref(),
            indication: report.conclusion.indication.as_str(),
            sub_indication: report.conclusion.sub_indication.map(|sub| sub.as_str()),
            level: report.level.map(|level| level.as_str()),
            intact: report.intact,
            covers: report.covers.as_str(),
            modification: report.modification.as_str(),
            changes: report.changes.iter().take(changes).map(ChangeJson::from).collect(),
            more_changes: report.changes.len().saturating_sub(changes),
            certification: report.certification,
            signer: report.signer.as_ref().map(Certificate::from),
            trust_source: report.trust_source.as_deref(),
            trust_anchor: report.trust_anchor.as_ref().map(AnchorJson::from),
            accredited: report.accredited.as_ref().map(AccreditedJson::from),
            algorithm: report.algorithm.as_deref(),
            claimed_time: report.claimed_time.map(|time| time.to_string()),
            best_signature_time: report.best_signature_time.map(|time| time.to_string()),
            reason: report.reason.as_deref(),
            location: report.location.as_deref(),
            name: report.name.as_deref(),
            contact_info: report.contact_info.as_deref(),
            signature_policy: report.signature_policy.as_ref().map(PolicyJson::from),
            commitment_types: &report.commitment_types,
            signer_attributes: report.signer_attributes.iter().map(AttributeJson::from).collect(),
            content_timestamps: report.content_timestamps.iter().map(Timestamp::from).collect(),
            signature_timestamps: report.signature_timestamps.iter().map(Timestamp::from).collect(),
            long_term: report.long_term,
            findings: findings(&report.findings),
            associated: Associated::from(&report.associated),
            process: report.process.iter().map(StepJson::from).collect(),
            chain: report.chain.iter().map(ChainJson::from).collect(),
            revocation: report.revocation.iter().map(StatusJson::from).collect(),
            level_findings: report.level_findings.iter().map(LevelJson::from).collect(),
        }
    }
}

impl<'a> From<&'a Future> for Outlook<'a> {
    fn from(future: &'a Future) -> Self {
        let lost = future.outlook.lost.iter().map(|lost| Lost {
            field: &lost.field,
            kind: lost.kind.as_str(),
            indication: lost.conclusion.indication.as_str(),
            sub_indication: lost.conclusion.sub_indication.map(|sub| sub.as_str()),
            findings: findings(&lost.findings),
        });
        Self {
            asked: future.asked.to_string(),
            survives: future.survives(),
            holds_until: future.outlook.holds_until.map(|time| time.to_string()),
            causes: future.outlook.causes.iter().map(ToString::to_string).collect(),
            renewal_due: future.outlook.renewal_due.map(|time| time.to_string()),
            at_hand: HorizonJson::from(&future.outlook.at_hand),
            renewed: HorizonJson::from(&future.outlook.renewed),
            lost: lost.collect(),
        }
    }
}

impl<'a> From<&'a Change> for ChangeJson<'a> {
    fn from(change: &'a Change) -> Self {
        Self {
            revision: change.revision,
            object: change.object,
            page: change.page,
            rect: change.rect.map(|rect| rect.corners()),
            kind: change.kind.as_str(),
            act: change.act.as_str(),
            subtype: change.subtype.as_deref(),
            field: change.field.as_deref(),
            old: change.old.as_deref(),
            new: change.new.as_deref(),
            allowed: change.allowed,
            rule: change.rule.as_str(),
            by: change.by.as_deref(),
        }
    }
}

impl<'a> From<&'a TimestampReport> for Timestamp<'a> {
    fn from(report: &'a TimestampReport) -> Self {
        Self {
            time: report.time.map(|time| time.to_string()),
            indication: report.conclusion.indication.as_str(),
            sub_indication: report.conclusion.sub_indication.map(|sub| sub.as_str()),
            signer: report.signer.as_ref().map(Certificate::from),
            trust_source: report.trust_source.as_deref(),
            trust_anchor: report.trust_anchor.as_ref().map(AnchorJson::from),
            accredited: report.accredited.as_ref().map(AccreditedJson::from),
            policy: report.policy.as_deref(),
            serial: report.serial.as_deref(),
            associated: Associated::from(&report.associated),
            process: report.process.iter().map(StepJson::from).collect(),
            chain: report.chain.iter().map(ChainJson::from).collect(),
            revocation: report.revocation.iter().map(StatusJson::from).collect(),
        }
    }
}

impl<'a> From<&'a AssociatedData> for Associated<'a> {
    fn from(data: &'a AssociatedData) -> Self {
        let revocation = data.revocation.as_ref().map(|revoked| RevocationJson {
            certificate: &revoked.certificate,
            time: revoked.time.to_string(),
            reason: &revoked.reason,
        });
        let algorithms = data
            .algorithms
            .iter()
            .map(|one| AlgorithmJson { algorithm: &one.algorithm, end: one.end.map(|end| end.to_string()) });
        Self { revocation, algorithms: algorithms.collect(), try_again: data.try_again.map(|time| time.to_string()) }
    }
}

impl<'a> From<&'a Step> for StepJson<'a> {
    fn from(step: &'a Step) -> Self {
        Self {
            block: step.block.as_str(),
            clause: step.block.clause(),
            about: step.about.as_deref(),
            time: step.time.map(|time| time.to_string()),
            outcome: step.outcome.outcome(),
            sub_indication: step.outcome.sub_indication.map(|sub| sub.as_str()),
            why: step.why.as_deref(),
        }
    }
}

impl<'a> From<&'a CertificateReport> for Certificate<'a> {
    fn from(report: &'a CertificateReport) -> Self {
        Self {
            subject: &report.subject,
            issuer: &report.issuer,
            serial: &report.serial,
            not_after: report.not_after.to_string(),
        }
    }
}

impl<'a> From<&'a TrustAnchorReport> for AnchorJson<'a> {
    fn from(report: &'a TrustAnchorReport) -> Self {
        let text = |time: Option<Time>| time.map(|time| time.to_string());
        let (from, until) = (text(report.from), text(report.until));
        Self { subject: &report.subject, uses: report.uses.as_deref(), from, until }
    }
}

impl<'a> From<&'a AccreditationReport> for AccreditedJson<'a> {
    fn from(report: &'a AccreditationReport) -> Self {
        let text = |time: Option<Time>| time.map(|time| time.to_string());
        Self { list: &report.list, from: text(report.from), until: text(report.until) }
    }
}

fn findings(findings: &[Finding]) -> Vec<FindingJson<'_>> {
    findings.iter().map(|finding| FindingJson { code: finding.code.as_str(), message: &finding.message }).collect()
}
