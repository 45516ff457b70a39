//! What a verdict rests on: chain, revocation, and what keeps a signature from its level.

use serde::Serialize;

use crate::report::{ChainCertificate, LevelFinding, RevocationValue, StatusReport};
use crate::time::Time;

#[derive(Serialize)]
pub(super) struct ChainJson<'a> {
    subject: &'a str,
    common_name: Option<&'a str>,
    issuer: &'a str,
    serial: &'a str,
    not_before: String,
    not_after: String,
    key: Option<&'a str>,
    signature_algorithm: Option<&'a str>,
    trust_source: Option<&'a str>,
    sha256: &'a str,
    proved: Option<String>,
}

#[derive(Serialize)]
pub(super) struct StatusJson<'a> {
    subject: &'a str,
    serial: &'a str,
    status: &'a str,
    source: Option<&'a str>,
    this_update: Option<String>,
    next_update: Option<String>,
    produced_at: Option<String>,
    signer: Option<&'a str>,
    revoked_at: Option<String>,
    reason: Option<&'a str>,
    found_in: Vec<&'a str>,
    sha256: Option<&'a str>,
    proved: Option<String>,
}

#[derive(Serialize)]
pub(super) struct LevelJson<'a> {
    level: &'a str,
    presence: &'a str,
    requirement: &'a str,
    clause: &'a str,
    message: &'a str,
}

impl<'a> From<&'a ChainCertificate> for ChainJson<'a> {
    fn from(one: &'a ChainCertificate) -> Self {
        Self {
            subject: &one.subject,
            common_name: one.common_name.as_deref(),
            issuer: &one.issuer,
            serial: &one.serial,
            not_before: one.not_before.to_string(),
            not_after: one.not_after.to_string(),
            key: one.key.as_deref(),
            signature_algorithm: one.signature_algorithm.as_deref(),
            trust_source: one.trust_source.as_deref(),
            sha256: &one.fingerprint,
            proved: one.proved.map(|time| time.to_string()),
        }
    }
}

impl<'a> From<&'a StatusReport> for StatusJson<'a> {
    fn from(report: &'a StatusReport) -> Self {
        let value = report.value.as_ref();
        let time = |pick: fn(&RevocationValue) -> Option<Time>| value.and_then(pick).map(|time| time.to_string());
        let found_in = value.into_iter().flat_map(|value| &value.found_in);
        Self {
            subject: &report.subject,
            serial: &report.serial,
            status: report.status.as_str(),
            source: value.map(|value| value.source.as_str()),
            this_update: time(|value| Some(value.this_update)),
            next_update: time(|value| value.next_update),
            produced_at: time(|value| value.produced_at),
            signer: value.map(|value| value.signer.as_str()),
            revoked_at: time(|value| value.revoked_at),
            reason: value.and_then(|value| value.reason.as_deref()),
            found_in: found_in.map(|place| place.as_str()).collect(),
            sha256: value.map(|value| value.fingerprint.as_str()),
            proved: time(|value| value.proved),
        }
    }
}

impl<'a> From<&'a LevelFinding> for LevelJson<'a> {
    fn from(finding: &'a LevelFinding) -> Self {
        Self {
            level: finding.requirement.level().as_str(),
            presence: finding.requirement.presence().as_str(),
            requirement: finding.requirement.as_str(),
            clause: finding.requirement.clause(),
            message: &finding.message,
        }
    }
}
