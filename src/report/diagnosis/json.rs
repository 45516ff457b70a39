//! A diagnosis as JSON, schema `pades-ltv/diagnosis/1`.
//!
//! Invariant: every key is always there; `null` is what is not known.

use serde::Serialize;

use super::{Diagnosis, Held, Missing, Thing};
use crate::report::Language;
use crate::time::Time;

/// The schema's name, in every diagnosis.
const SCHEMA: &str = "pades-ltv/diagnosis/1";

#[derive(Serialize)]
struct File<'a> {
    schema: &'a str,
    file: &'a str,
    error: Option<()>,
    validation_time: String,
    verdict: &'a str,
    has: Vec<HeldJson<'a>>,
    missing: Vec<MissingJson<'a>>,
    level_after: Option<&'a str>,
    verifies_until: Option<String>,
    because: Vec<String>,
    at_hand_until: Option<String>,
    renewal_due: Option<String>,
    next: Vec<String>,
}

#[derive(Serialize)]
struct HeldJson<'a> {
    field: &'a str,
    kind: &'a str,
    level: Option<&'a str>,
    ltv: bool,
    indication: &'a str,
    sub_indication: Option<&'a str>,
    proved: Option<String>,
    authority: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct MissingJson<'a> {
    r#for: &'a str,
    certificate: Option<&'a str>,
    what: &'a str,
    url: Option<&'a str>,
    field: &'a str,
    issuer: Option<&'a str>,
    serial: Option<&'a str>,
    chain: Option<&'a str>,
    urls: Vec<&'a str>,
    reasons: Vec<&'a str>,
}

impl Diagnosis {
    /// This diagnosis as one JSON object, for the file that the caller calls `file`. Every key is always there; times are RFC 3339 in UTC.
    ///
    /// | key | what |
    /// |---|---|
    /// | `schema`, `file`, `error` | `pades-ltv/diagnosis/1`; the caller's name; `null` |
    /// | `validation_time`, `verdict` | as of when; the worst indication, or `NO-SIGNATURE` |
    /// | `has` | each signature and document timestamp: `field`, `kind`, `level`, `ltv` (Acrobat's LTV enabled), `indication`, `sub_indication`, `proved`, `authority` |
    /// | `missing` | `for` (`B-B`, `B-T`, `B-LT`, `B-LTA`, `LTV`), `certificate` (the subject that it is about, or `null`), `what` (`timestamp`, `document_timestamp`, `revocation_value`, `issuer_certificate`, `trust_anchor`, `path`, `baseline_form`), `url` (where it may be had first, or `null`), `field`, `issuer`, `serial`, `chain` (`signer`, `timestamp_authority`), `urls`, `reasons` |
    /// | `level_after` | the level once that is there, or `null` |
    /// | `verifies_until`, `because` | the last second, or `null` where nothing known ends it; the validation time where it does not verify now. Why |
    /// | `at_hand_until` | the same if nobody is asked for anything |
    /// | `renewal_due` | the last second at which a renewal helps, or `null` |
    /// | `next` | what to do, in English |
    pub fn to_json(&self, file: &str) -> String {
        let time = |time: Option<Time>| time.map(|time| time.to_string());
        let json = File {
            schema: SCHEMA,
            file,
            error: None,
            validation_time: self.validation_time.to_string(),
            verdict: self.verdict.map_or("NO-SIGNATURE", |verdict| verdict.as_str()),
            has: self.has.iter().map(HeldJson::from).collect(),
            missing: self.missing.iter().map(MissingJson::from).collect(),
            level_after: self.level_after.map(|level| level.as_str()),
            verifies_until: time(self.outlook.holds_until),
            because: self.because(Language::English),
            at_hand_until: time(self.outlook.at_hand.until),
            renewal_due: time(self.outlook.renewal_due),
            next: self.next.iter().map(|advice| advice.text(Language::English)).collect(),
        };
        // Strings and numbers alone: nothing here can fail to serialize.
        serde_json::to_string(&json).unwrap_or_default()
    }
}

impl<'a> From<&'a Held> for HeldJson<'a> {
    fn from(held: &'a Held) -> Self {
        Self {
            field: &held.field,
            kind: held.kind.as_str(),
            level: held.level.map(|level| level.as_str()),
            ltv: held.long_term,
            indication: held.conclusion.indication.as_str(),
            sub_indication: held.conclusion.sub_indication.map(|sub| sub.as_str()),
            proved: held.proved.map(|time| time.to_string()),
            authority: held.authority.as_deref(),
        }
    }
}

impl<'a> From<&'a Missing> for MissingJson<'a> {
    fn from(missing: &'a Missing) -> Self {
        let blank = Self {
            r#for: missing.goal.as_str(),
            what: missing.thing.as_str(),
            field: &missing.field,
            ..Self::default()
        };
        match &missing.thing {
            Thing::Evidence(one) => Self {
                certificate: Some(&one.certificate.subject),
                url: one.urls.first().map(String::as_str),
                issuer: Some(&one.certificate.issuer),
                serial: Some(&one.certificate.serial),
                chain: Some(one.chain.as_str()),
                urls: one.urls.iter().map(String::as_str).collect(),
                reasons: one.reasons.iter().map(String::as_str).collect(),
                ..blank
            },
            Thing::Form(why) => Self { reasons: vec![why], ..blank },
            Thing::Timestamp | Thing::DocumentTimestamp => blank,
        }
    }
}
