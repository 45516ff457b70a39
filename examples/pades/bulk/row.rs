//! What is said of one of many files: a row, as CSV and as a line of JSON.

use std::path::Path;

use pades_ltv::report::{AccreditationReport, Kind, SignatureReport};
use pades_ltv::{Indication, Language, Report, Time, Verification};
use serde::Serialize;

use super::log::Mark;
use super::window::Holidays;
use crate::outcome::ErrorJson;
use crate::stated::Stated;

/// What came of a file.
#[derive(Serialize)]
pub(crate) struct Row {
    schema: &'static str,
    pub(crate) file: String,
    /// In bytes, and when it was written last: a file that changed is another.
    pub(crate) length: Option<u64>,
    pub(crate) modified: Option<u64>,
    /// The worst indication, `NO-SIGNATURE`, or `UNREAD`.
    pub(crate) verdict: String,
    /// Why it is not TOTAL-PASSED.
    reason: Option<String>,
    signer: Option<String>,
    /// What they signed it for, in their words.
    signed_for: Option<String>,
    timestamp_authority: Option<String>,
    /// Whether every authority that stamped it is accredited; `null` where it has no timestamp, or no list was given that says so.
    accredited: Option<bool>,
    /// The lists by which they are; or, of those that are not, all that were asked.
    accredited_by: Option<String>,
    /// What the newest timestamp of its signatures states, or else the oldest one over the document.
    time: Option<String>,
    /// Until when it verifies if nobody renews it, and the last second to renew it: by the file alone.
    expires: Option<String>,
    renewal_due: Option<String>,
    /// Whether the timestamp came within two months and seven business days of the claimed time; `null` where that was not asked for or
    /// cannot be told.
    in_window: Option<bool>,
    /// What it is about.
    #[serde(flatten)]
    stated: Stated,
    /// As of when it was judged.
    validation_time: String,
    error: Option<ErrorJson>,
    #[serde(skip)]
    pub(crate) stamped: Option<Time>,
}

/// The columns of the CSV.
const COLUMNS: [&str; 12] = [
    "file",
    "verdict",
    "reason",
    "signer",
    "signed_for",
    "timestamp_authority",
    "accredited",
    "accredited_by",
    "time",
    "expires",
    "renewal_due",
    "in_window",
];
const SCHEMA: &str = "pades-ltv/row/1";

impl Row {
    pub(crate) fn unread(file: &Path, (length, modified): Mark, now: Time, error: ErrorJson) -> Self {
        Self {
            schema: SCHEMA,
            file: file.to_string_lossy().into_owned(),
            length,
            modified,
            verdict: "UNREAD".to_owned(),
            reason: None,
            signer: None,
            signed_for: None,
            timestamp_authority: None,
            accredited: None,
            accredited_by: None,
            time: None,
            expires: None,
            renewal_due: None,
            in_window: None,
            stated: Stated::default(),
            validation_time: now.to_string(),
            error: Some(error),
            stamped: None,
        }
    }

    pub(crate) fn of(
        file: &Path,
        report: &Report,
        verification: &Verification<'_>,
        holidays: Option<&Holidays>,
        language: Language,
    ) -> Self {
        let signatures: Vec<&SignatureReport> =
            report.signatures.iter().filter(|one| one.kind == Kind::Signature).collect();
        let stamps: Vec<Stamp> = report.signatures.iter().flat_map(Stamp::all).collect();
        let stamped = stamped(&signatures, &stamps);
        let outlook = verification.outlook_of_file();
        let is_fine = outlook.lost.is_empty() || outlook.renewal_due.is_some() || !outlook.causes.is_empty();
        let until = outlook.holds_until.filter(|_| is_fine && !report.signatures.is_empty());
        let window = holidays.and_then(|holidays| in_window(&signatures, holidays));
        Self {
            schema: SCHEMA,
            file: file.to_string_lossy().into_owned(),
            length: Some(report.length),
            modified: None,
            verdict: report.verdict().map_or("NO-SIGNATURE", |verdict| verdict.as_str()).to_owned(),
            reason: reason(report, language),
            signer: joined(signatures.iter().filter_map(|one| {
                one.signer.as_ref().map(|signer| signer.common_name.as_ref().unwrap_or(&signer.subject).clone())
            })),
            signed_for: joined(signatures.iter().filter_map(|one| one.reason.clone())),
            timestamp_authority: joined(stamps.iter().filter_map(|stamp| stamp.authority.clone())),
            accredited: (!stamps.is_empty()).then(|| stamps.iter().all(|stamp| stamp.list.is_some())),
            accredited_by: joined(stamps.iter().filter_map(|stamp| stamp.list.clone())),
            time: stamped.map(|time| time.to_string()),
            expires: until.map(|time| time.to_string()),
            renewal_due: outlook.renewal_due.map(|time| time.to_string()),
            in_window: window,
            stated: Stated::of(report.transaction.as_ref()),
            validation_time: report.validation_time.to_string(),
            error: None,
            stamped,
        }
    }

    /// Puts what the lists say beside the answer: without any there is none, and a "no" is by all of them.
    pub(crate) fn accredit(&mut self, lists: &[String]) {
        self.accredited = self.accredited.filter(|_| !lists.is_empty());
        if self.accredited == Some(false) {
            self.accredited_by = joined(lists.iter().cloned());
        }
    }

    pub(crate) fn heading() -> String {
        let columns: Vec<&str> = COLUMNS.into_iter().chain(Stated::COLUMNS).chain(["error"]).collect();
        format!("{}\r\n", columns.join(","))
    }

    pub(crate) fn csv(&self) -> String {
        let yes = |yes: Option<bool>| yes.map(|yes| if yes { "yes" } else { "no" }.to_owned());
        let error = self.error.as_ref().map(|error| error.message().to_owned());
        let cells = [
            Some(self.file.clone()),
            Some(self.verdict.clone()),
            self.reason.clone(),
            self.signer.clone(),
            self.signed_for.clone(),
            self.timestamp_authority.clone(),
            yes(self.accredited),
            self.accredited_by.clone(),
            self.time.clone(),
            self.expires.clone(),
            self.renewal_due.clone(),
            yes(self.in_window),
        ];
        let cells = cells.into_iter().chain(self.stated.cells()).chain([error]);
        let cells: Vec<String> = cells.map(|cell| quoted(&cell.unwrap_or_default())).collect();
        format!("{}\r\n", cells.join(","))
    }
}

/// One timestamp of a file.
struct Stamp {
    kind: Kind,
    time: Option<Time>,
    authority: Option<String>,
    /// By which list it is accredited.
    list: Option<String>,
}

impl Stamp {
    /// The timestamps of a signature, or the document timestamp itself.
    fn all(report: &SignatureReport) -> Vec<Self> {
        let name = |signer: &Option<pades_ltv::report::CertificateReport>| {
            signer.as_ref().map(|one| one.common_name.as_ref().unwrap_or(&one.subject).clone())
        };
        let list = |said: &Option<AccreditationReport>| said.as_ref().map(|one| one.list.clone());
        if report.kind == Kind::DocumentTimestamp {
            let (time, authority) = (report.claimed_time, name(&report.signer));
            return vec![Self { kind: report.kind, time, authority, list: list(&report.accredited) }];
        }
        let stamps = report.signature_timestamps.iter().map(|stamp| Self {
            kind: Kind::Signature,
            time: stamp.time,
            authority: name(&stamp.signer),
            list: list(&stamp.accredited),
        });
        stamps.collect()
    }
}

fn stamped(signatures: &[&SignatureReport], stamps: &[Stamp]) -> Option<Time> {
    let proved = signatures.iter().filter_map(|one| one.best_signature_time).max();
    let own = || stamps.iter().filter(|one| one.kind == Kind::Signature).filter_map(|one| one.time).max();
    proved.or_else(own).or_else(|| stamps.iter().filter_map(|one| one.time).min())
}

/// Each signature with a claimed time and a proved one, in time; `None` where one has no claimed time, or there is none.
fn in_window(signatures: &[&SignatureReport], holidays: &Holidays) -> Option<bool> {
    if signatures.is_empty() {
        return None;
    }
    let in_time = |one: &&SignatureReport| {
        let limit = holidays.limit(one.claimed_time?)?;
        Some(one.best_signature_time.is_some_and(|stamped| stamped <= limit))
    };
    signatures.iter().map(in_time).collect::<Option<Vec<bool>>>().map(|all| all.into_iter().all(|one| one))
}

/// What keeps the worst signature from passing.
fn reason(report: &Report, language: Language) -> Option<String> {
    let failed = report.signatures.iter().filter(|one| one.conclusion.indication != Indication::TotalPassed);
    let worst = failed.max_by_key(|one| one.conclusion.indication);
    let of_file = || report.findings.first().map(ToString::to_string);
    worst.map_or_else(of_file, |one| {
        let sub = one.conclusion.sub_indication;
        let meaning = sub.map(|sub| format!("{sub}: {}", sub.meaning(language))).unwrap_or_default();
        Some(format!("{}: {meaning}", one.field))
    })
}

/// Each once, in order.
fn joined(texts: impl Iterator<Item = String>) -> Option<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    (!all.is_empty()).then(|| all.join("; "))
}

/// What a table begins with where Excel is to take it for UTF-8. Other programs take it for a part of the first heading.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";
/// What a formula begins with; in Japanese spreadsheets in full width, too.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// As RFC 4180, 2 has it. What a spreadsheet would take for a formula is kept from being one.
pub(crate) fn quoted(cell: &str) -> String {
    let text: String = cell.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
    let is_number = text.strip_prefix('-').is_some_and(|rest| rest.chars().all(|one| matches!(one, '0'..='9' | '.')));
    let guard = if text.trim_start().starts_with(FORMULA) && !is_number { "'" } else { "" };
    if guard.is_empty() && !text.contains([',', '"']) {
        return text;
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
