//! The report as text for people: the signature panel, in Japanese or English.
//!
//! Invariant: a sentence stands only where it is true; the words are those that readers know from their viewer.

use std::fmt::{self, Write};

use super::changed::{has_unsigned_changes, is_told_as_change};
use super::japanese::Sentences;
use super::vocabulary::{self, say};
use super::{
    AccreditationReport, Finding, Indication, Kind, Report, SignatureReport, TimestampReport, TransactionReport,
    TransactionStatus, TrustAnchorReport,
};
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
        let mut panel = Panel::new(language);
        panel.line(0, panel.summary(self));
        self.findings.iter().for_each(|finding| panel.finding(1, finding));
        self.transaction.iter().for_each(|transaction| panel.transaction(transaction));
        for (index, signature) in self.signatures.iter().enumerate() {
            panel.signature(index.saturating_add(1), signature);
        }
        if let Some(future) = &self.future {
            panel.future(self, future);
        }
        panel.text
    }
}

/// The text so far, and its language.
pub(super) struct Panel {
    pub(super) language: Language,
    pub(super) text: String,
    sentences: Sentences,
}

impl Panel {
    pub(super) fn new(language: Language) -> Self {
        let sentences = match language {
            Language::Japanese => Sentences::read(),
            Language::English => Sentences::default(),
        };
        Self { language, text: String::new(), sentences }
    }

    pub(super) fn say(&self, japanese: &'static str, english: &'static str) -> &'static str {
        say(self.language, japanese, english)
    }

    pub(super) fn time(&self, time: Time) -> String {
        match self.language {
            Language::Japanese => time.display_in(UtcOffset::east(9, 0)),
            Language::English => time.display_in(UtcOffset::UTC),
        }
    }

    pub(super) fn line(&mut self, depth: usize, text: impl fmt::Display) {
        let text = one_line(&text.to_string());
        // Writing into a String cannot fail.
        let _ = writeln!(self.text, "{:width$}{text}", "", width = depth.saturating_mul(2));
    }

    /// `name : value`, as the viewer writes it.
    pub(super) fn entry(&mut self, depth: usize, name: &str, value: impl fmt::Display) {
        self.line(depth, format_args!("{name} : {value}"));
    }

    fn summary(&self, report: &Report) -> &'static str {
        match report.verdict() {
            Some(Indication::TotalPassed) if has_unsigned_changes(report) => self.say(
                "署名済みであり、すべての署名が有効ですが、最後の署名の後に、署名されていない変更があります。",
                "Signed and all signatures are valid, but with unsigned changes after the last signature.",
            ),
            Some(Indication::TotalPassed) => {
                self.say("署名済みであり、すべての署名が有効です。", "Signed and all signatures are valid.")
            }
            Some(Indication::Indeterminate) if report.signatures.is_empty() => self.say(
                "この文書の署名は読み取れないか、取り除かれています。有効とも無効とも判定できません。",
                "The signatures of this document cannot be read, or were taken away: it could not be determined whether they are valid.",
            ),
            Some(Indication::Indeterminate) => self.say(
                "少なくとも 1 つの署名に問題があります。有効とも無効とも判定できません。",
                "At least one signature has problems: it could not be determined whether it is valid.",
            ),
            Some(Indication::TotalFailed) => {
                self.say("少なくとも 1 つの署名が無効です。", "At least one signature is invalid.")
            }
            None => self.say("この文書には署名がありません。", "This document is not signed."),
        }
    }

    /// What the file is about, and whether somebody signed that.
    fn transaction(&mut self, report: &TransactionReport) {
        let name = self.say("取引", "Transaction");
        let stated = match (&report.stated, &report.fault) {
            (Some(stated), _) => stated.to_string(),
            (None, Some(fault)) => self.sentence(fault),
            (None, None) => self.say("記載なし", "none stated").to_owned(),
        };
        self.entry(1, name, stated);
        let said = match report.status() {
            TransactionStatus::Signed => self.say("この取引情報は署名されています。", "This transaction is signed."),
            TransactionStatus::Unsigned => {
                self.say("この取引情報は署名されていません。", "Nobody has signed this transaction.")
            }
            TransactionStatus::Changed => {
                self.say("署名後に取引情報が変更されています。", "The transaction was changed after signing.")
            }
            TransactionStatus::Unreadable => {
                self.say("取引情報を読み取れません。", "The transaction cannot be understood.")
            }
        };
        self.line(2, said);
        for other in &report.otherwise {
            self.entry(2, self.say("署名された取引", "Signed"), &other.transaction);
        }
    }

    pub(super) fn heading(&self, number: usize, report: &SignatureReport) -> String {
        let signer = report.signer.as_ref();
        let name = signer.map(|signer| signer.common_name.as_deref().unwrap_or(&signer.subject).to_owned());
        let name = name.unwrap_or_else(|| self.say("不明な署名者", "an unknown signer").to_owned());
        match (self.language, report.kind) {
            (Language::Japanese, Kind::Signature) if report.certification.is_some() => {
                format!("バージョン {number} : {name} により認証済み")
            }
            (Language::Japanese, Kind::Signature) => format!("バージョン {number} : {name} により署名済み"),
            (Language::Japanese, Kind::DocumentTimestamp) => {
                format!("バージョン {number} : {name} による文書のタイムスタンプ")
            }
            (Language::English, Kind::Signature) if report.certification.is_some() => {
                format!("Rev. {number} : Certified by {name}")
            }
            (Language::English, Kind::Signature) => format!("Rev. {number} : Signed by {name}"),
            (Language::English, Kind::DocumentTimestamp) => format!("Rev. {number} : Document timestamp by {name}"),
        }
    }

    fn signature(&mut self, number: usize, report: &SignatureReport) {
        self.line(0, "");
        self.line(0, self.heading(number, report));
        self.verdict(report);
        self.statements(report);
        self.details(report);
        self.changes(report);
        let findings = report.findings.iter().filter(|finding| !is_told_as_change(report, finding));
        findings.for_each(|finding| self.finding(2, finding));
    }

    /// With its code in English, and what that means in Japanese.
    pub(super) fn finding(&mut self, depth: usize, finding: &Finding) {
        match self.language {
            Language::English => self.line(depth, format_args!("! {finding}")),
            Language::Japanese => {
                let (name, code) = (finding.code.name(self.language), finding.code.as_str());
                self.line(depth, format_args!("! {name} ({code}): {}", self.sentence(&finding.message)));
            }
        }
    }

    /// What the engine says, in the reader's language; what the dictionary lacks, as a quotation.
    pub(super) fn sentence(&self, text: &str) -> String {
        match self.language {
            Language::English => text.to_owned(),
            Language::Japanese => self.sentences.translated(text).unwrap_or_else(|| format!("原文「{text}」")),
        }
    }

    fn verdict(&mut self, report: &SignatureReport) {
        let is_stamp = report.kind == Kind::DocumentTimestamp;
        let verdict = match (report.conclusion.indication, is_stamp) {
            (Indication::TotalPassed, false) => self.say("署名は有効です:", "Signature is valid:"),
            (Indication::TotalPassed, true) => self.say("タイムスタンプは有効です:", "Timestamp is valid:"),
            (Indication::Indeterminate, false) => self.say("署名の有効性は不明です:", "Signature validity is unknown:"),
            (Indication::Indeterminate, true) => {
                self.say("タイムスタンプの有効性は不明です:", "Timestamp validity is unknown:")
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
        report.trust_anchor.iter().for_each(|anchor| self.anchor(anchor));
        report.accredited.iter().for_each(|accredited| self.accredited(2, accredited));
        self.line(2, self.summed_changes(report));
        self.certification(report);
        if report.conclusion.is_passed() {
            let (japanese, english) = match report.kind {
                Kind::Signature => ("署名者の ID は有効です", "The signer's identity is valid"),
                Kind::DocumentTimestamp => {
                    ("タイムスタンプ局の ID は有効です", "The timestamp authority's identity is valid")
                }
            };
            self.line(2, self.say(japanese, english));
        }
        if let Some(sub_indication) = report.conclusion.sub_indication {
            self.line(2, sub_indication.meaning(self.language));
        }
        let has_time = report.signature_timestamps.iter().any(|one| one.conclusion.is_passed());
        if has_time {
            let said = "The signature includes an embedded timestamp.";
            self.line(2, self.say("埋め込みタイムスタンプが署名に含まれています。", said));
        } else if report.kind == Kind::Signature
            && report.best_signature_time.is_none()
            && report.claimed_time.is_some()
        {
            let said = "Signing time is from the clock on the signer's computer.";
            self.line(2, self.say("署名時刻は署名者のコンピューターの時計に基づいています。", said));
        }
        if report.conclusion.is_passed() {
            self.long_term(report);
        }
    }

    /// What the anchor is trusted for, where its source says.
    fn anchor(&mut self, anchor: &TrustAnchorReport) {
        if let Some(uses) = &anchor.uses {
            let uses: Vec<&str> = uses.iter().map(|one| self.trust_use(one)).collect();
            self.entry(2, self.say("信頼の用途", "Trusted for"), uses.join(self.say("、", ", ")));
        }
        if anchor.from.is_some() || anchor.until.is_some() {
            let period = self.period((anchor.from, anchor.until));
            self.entry(2, self.say("信頼の期間", "Trusted"), period);
        }
    }

    fn accredited(&mut self, depth: usize, accredited: &AccreditationReport) {
        let mut text = accredited.list.clone();
        if accredited.from.is_some() || accredited.until.is_some() {
            text.push_str(&format!(" ({})", self.period((accredited.from, accredited.until))));
        }
        self.entry(depth, self.say("タイムスタンプ局の認定", "Timestamp authority accredited by"), text);
    }

    fn trust_use<'w>(&self, word: &'w str) -> &'w str {
        match word {
            "signing" => self.say("署名", "signing"),
            "certifying" => self.say("文書の認証", "certifying"),
            "timestamping" => self.say("タイムスタンプ", "timestamping"),
            other => other,
        }
    }

    fn period(&self, (from, until): (Option<Time>, Option<Time>)) -> String {
        let from = from.map(|from| match self.language {
            Language::Japanese => format!("{}から", self.time(from)),
            Language::English => format!("from {}", self.time(from)),
        });
        let until = until.map(|until| match self.language {
            Language::Japanese => format!("{}まで", self.time(until)),
            Language::English => format!("until {}", self.time(until)),
        });
        from.into_iter().chain(until).collect::<Vec<_>>().join(" ")
    }

    fn long_term(&mut self, report: &SignatureReport) {
        if report.long_term {
            return self.line(2, self.say("署名は LTV 対応です", "Signature is LTV enabled"));
        }
        let Some(signer) = &report.signer else { return };
        let end = self.time(signer.not_after);
        let line = match self.language {
            Language::Japanese => format!("署名は LTV 対応ではなく、{end} に有効期限が切れます"),
            Language::English => format!("Signature is not LTV enabled and will expire after {end}"),
        };
        self.line(2, line);
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
        self.stated(report);
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
        for stamp in &report.content_timestamps {
            self.entry(2, self.say("コンテンツタイムスタンプ (署名前)", "Content timestamp"), self.stamp(stamp));
        }
        for stamp in &report.signature_timestamps {
            self.entry(2, self.say("署名タイムスタンプ", "Signature timestamp"), self.stamp(stamp));
            stamp.accredited.iter().for_each(|accredited| self.accredited(3, accredited));
        }
    }

    /// What the signer states besides.
    fn stated(&mut self, report: &SignatureReport) {
        for commitment in &report.commitment_types {
            self.entry(
                2,
                self.say("署名の意図 (署名者の申告)", "Commitment (claimed)"),
                vocabulary::commitment(commitment, self.language),
            );
        }
        for attribute in &report.signer_attributes {
            let values = match attribute.values.as_slice() {
                [] => self.say("内容は読み取っていません", "not read").to_owned(),
                values => values.join(", "),
            };
            let name = self.say("署名者の属性", "Signer attribute");
            self.entry(2, name, format_args!("{values} ({})", attribute.origin.said(self.language)));
        }
        if let Some(policy) = &report.signature_policy {
            let identifier = policy.identifier.as_deref().unwrap_or(self.say("暗黙", "implied"));
            let name = self.say("署名ポリシー", "Signature policy");
            self.entry(2, name, format_args!("{identifier} ({})", policy.document.said(self.language)));
        }
    }

    pub(super) fn stamp(&self, stamp: &TimestampReport) -> String {
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
