//! The report as text for people: the signature panel, in Japanese or English.
//!
//! Invariant: a sentence stands only where it is true; the words are those that readers know from their viewer.

use std::fmt::{self, Write};

use super::{Indication, Kind, Modification, Report, SignatureReport, TimestampReport};
use crate::time::{Time, UtcOffset};

/// The languages that reports are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// 日本語; times in Japan's zone.
    Japanese,
    /// English; times in UTC.
    English,
}

impl Report {
    /// The signature panel as text, a line ending in `\n` for each statement.
    pub fn to_text(&self, language: Language) -> String {
        let mut panel = Panel { language, text: String::new() };
        panel.line(0, panel.summary(self));
        for finding in &self.findings {
            panel.line(1, format_args!("! {finding}"));
        }
        for (index, signature) in self.signatures.iter().enumerate() {
            panel.signature(index.saturating_add(1), signature);
        }
        panel.text
    }
}

/// The text so far, and its language.
struct Panel {
    language: Language,
    text: String,
}

impl Panel {
    fn say(&self, japanese: &'static str, english: &'static str) -> &'static str {
        match self.language {
            Language::Japanese => japanese,
            Language::English => english,
        }
    }

    fn time(&self, time: Time) -> String {
        match self.language {
            Language::Japanese => time.display_in(UtcOffset::east(9, 0)),
            Language::English => time.display_in(UtcOffset::UTC),
        }
    }

    fn line(&mut self, depth: usize, text: impl fmt::Display) {
        let text = one_line(&text.to_string());
        // Writing into a String cannot fail.
        let _ = writeln!(self.text, "{:width$}{text}", "", width = depth.saturating_mul(2));
    }

    /// `name : value`, as the viewer writes it.
    fn entry(&mut self, depth: usize, name: &str, value: impl fmt::Display) {
        self.line(depth, format_args!("{name} : {value}"));
    }

    fn summary(&self, report: &Report) -> &'static str {
        match report.verdict() {
            Some(Indication::TotalPassed) => {
                self.say("署名済みであり、すべての署名が有効です。", "Signed and all signatures are valid.")
            }
            Some(Indication::Indeterminate) => self.say(
                "少なくとも 1 つの署名の有効性を確認できません。",
                "The validity of at least one signature could not be determined.",
            ),
            Some(Indication::TotalFailed) => {
                self.say("少なくとも 1 つの署名が無効です。", "At least one signature is invalid.")
            }
            None => self.say("この文書には署名がありません。", "This document is not signed."),
        }
    }

    fn signature(&mut self, number: usize, report: &SignatureReport) {
        let signer = report.signer.as_ref();
        let name = signer.map(|signer| signer.common_name.as_deref().unwrap_or(&signer.subject).to_owned());
        let name = name.unwrap_or_else(|| self.say("不明な署名者", "an unknown signer").to_owned());
        let heading = match (self.language, report.kind) {
            (Language::Japanese, Kind::Signature) => format!("バージョン {number} : {name} により署名済み"),
            (Language::Japanese, Kind::DocumentTimestamp) => {
                format!("バージョン {number} : {name} による文書のタイムスタンプ")
            }
            (Language::English, Kind::Signature) => format!("Rev. {number} : Signed by {name}"),
            (Language::English, Kind::DocumentTimestamp) => format!("Rev. {number} : Document timestamp by {name}"),
        };
        self.line(0, "");
        self.line(0, heading);
        self.verdict(report);
        self.statements(report);
        self.details(report);
        for finding in &report.findings {
            self.line(2, format_args!("! {finding}"));
        }
    }

    fn verdict(&mut self, report: &SignatureReport) {
        let is_stamp = report.kind == Kind::DocumentTimestamp;
        let verdict = match (report.conclusion.indication, is_stamp) {
            (Indication::TotalPassed, false) => self.say("署名は有効です:", "Signature is valid:"),
            (Indication::TotalPassed, true) => self.say("タイムスタンプは有効です:", "Timestamp is valid:"),
            (Indication::Indeterminate, false) => {
                self.say("署名の有効性を確認できません:", "Signature validity is unknown:")
            }
            (Indication::Indeterminate, true) => {
                self.say("タイムスタンプの有効性を確認できません:", "Timestamp validity is unknown:")
            }
            (Indication::TotalFailed, false) => self.say("署名は無効です:", "Signature is invalid:"),
            (Indication::TotalFailed, true) => self.say("タイムスタンプは無効です:", "Timestamp is invalid:"),
        };
        self.line(1, verdict);
    }

    /// The sentences of the viewer's panel, each only where it is true.
    fn statements(&mut self, report: &SignatureReport) {
        if let Some(source) = &report.trust_source {
            self.entry(2, self.say("信頼ソース取得元", "Source of trust obtained from"), source);
        }
        self.line(2, self.changes(report));
        if report.conclusion.indication == Indication::TotalPassed {
            self.line(2, self.say("署名者の ID は有効です", "The signer's identity is valid"));
        }
        let has_time = report.signature_timestamps.iter().any(|one| one.conclusion.is_passed());
        if has_time {
            let said = "The signature includes an embedded timestamp.";
            self.line(2, self.say("埋め込みタイムスタンプが署名に含まれています。", said));
        }
        if report.long_term && report.conclusion.indication == Indication::TotalPassed {
            self.line(2, self.say("署名は LTV 対応です", "Signature is LTV enabled"));
        }
    }

    fn changes(&self, report: &SignatureReport) -> &'static str {
        if !report.intact {
            return self.say(
                "文書は、この署名が適用されてから変更または破損しています。",
                "The document has been altered or corrupted since this signature was applied.",
            );
        }
        match report.modification {
            Modification::None | Modification::Lta => self.say(
                "文書は、この署名が適用されてから変更されていません。",
                "The document has not been modified since this signature was applied.",
            ),
            Modification::Form | Modification::Annotate => self.say(
                "この署名の対象となるバージョンの文書は変更されていませんが、その後、文書に許可された変更が加えられています。",
                "The revision that this signature covers has not been altered; permitted changes have followed.",
            ),
            Modification::Other | Modification::Unknown => self.say(
                "この署名の対象となるバージョンの文書は変更されていませんが、その後、文書に許可されない、または判定できない変更が加えられています。",
                "The revision that this signature covers has not been altered; changes that are not permitted or could not be judged have followed.",
            ),
        }
    }

    fn details(&mut self, report: &SignatureReport) {
        let mut conclusion = report.conclusion.indication.to_string();
        if let Some(sub_indication) = report.conclusion.sub_indication {
            conclusion.push_str(&format!(" / {sub_indication}"));
        }
        if let Some(level) = report.level {
            conclusion.push_str(&format!(" (PAdES {})", level.as_str()));
        }
        self.entry(2, self.say("判定", "Verdict"), conclusion);
        self.entry(2, self.say("フィールド", "Field"), &report.field);
        let texts = [
            (self.say("理由", "Reason"), &report.reason),
            (self.say("場所", "Location"), &report.location),
            (self.say("名前", "Name"), &report.name),
            (self.say("連絡先", "Contact"), &report.contact_info),
        ];
        for (name, text) in texts {
            text.iter().for_each(|text| self.entry(2, name, text));
        }
        let is_stamp = report.kind == Kind::DocumentTimestamp;
        if let Some(time) = report.claimed_time.filter(|_| !is_stamp) {
            self.entry(2, self.say("署名時刻 (署名者の申告)", "Signing time (claimed)"), self.time(time));
        }
        if let Some(time) = report.best_signature_time {
            let name = if is_stamp {
                self.say("タイムスタンプの時刻", "Timestamp time")
            } else {
                self.say("存在が証明された時刻", "Proved to exist at")
            };
            self.entry(2, name, self.time(time));
        }
        if let Some(signer) = &report.signer {
            self.entry(2, self.say("証明書の発行者", "Certificate issued by"), &signer.issuer);
            self.entry(2, self.say("証明書の有効期限", "Certificate valid until"), self.time(signer.not_after));
        }
        for stamp in &report.signature_timestamps {
            self.entry(2, self.say("署名タイムスタンプ", "Signature timestamp"), self.stamp(stamp));
        }
    }

    fn stamp(&self, stamp: &TimestampReport) -> String {
        let unknown = || self.say("不明", "unknown").to_owned();
        let time = stamp.time.map_or_else(unknown, |time| self.time(time));
        let authority = stamp.signer.as_ref();
        let authority = authority
            .map_or_else(unknown, |signer| signer.common_name.clone().unwrap_or_else(|| signer.subject.clone()));
        let mut text = format!("{time}, {authority}");
        if let Some(sub_indication) = stamp.conclusion.sub_indication {
            text.push_str(&format!(" ({} / {sub_indication})", stamp.conclusion.indication));
        }
        text
    }
}

/// Texts of the file's and of certificates stand in nearly every line: kept from breaking it, from turning its direction and
/// from steering the terminal.
fn one_line(text: &str) -> String {
    let is_active = |one: char| one.is_control() || matches!(one, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|one| if is_active(one) { ' ' } else { one }).collect()
}
