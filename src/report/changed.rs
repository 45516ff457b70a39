//! What later revisions changed, as the panel says it: in a sentence, and one by one.
//!
//! Invariant: that a document was not modified is said only where nothing that can be read changed; that changes are permitted, only where
//! all of them are.

use super::text::Panel;
use super::{
    Act, Change, ChangeKind, Code, Finding, Language, Modification, Report, Rule, SignatureReport, SubIndication,
};

/// How many changes are listed for each signature.
const CHANGES: usize = 20;

impl Panel {
    /// The viewer's sentence on the whole.
    pub(super) fn summed_changes(&self, report: &SignatureReport) -> &'static str {
        // Where nobody knows which revision was signed, what was signed is not what is shown.
        let is_untold = if report.intact { report.revision.is_none() } else { !is_refuted(report) };
        if is_untold {
            return self.say(
                "文書が、署名されたときのままかどうか確認できません。",
                "It cannot be told whether the document is what was signed.",
            );
        }
        if !report.intact {
            return self.say(
                "文書は、この署名が適用されてから変更または破損しています。",
                "The document has been altered or corrupted since this signature was applied.",
            );
        }
        let is_permitted = report.changes.iter().all(|change| change.allowed);
        match report.modification {
            Modification::None | Modification::Lta if report.changes.iter().all(is_evidence) => self.say(
                "文書は、この署名が適用されてから変更されていません。",
                "The document has not been modified since this signature was applied.",
            ),
            Modification::Unknown => self.say(
                "この署名の対象となるバージョンの文書は変更されていませんが、その後、内容を判定できない変更が文書に加えられています。",
                "The revision of the document that was covered by this signature has not been altered; however, there have been \
                 subsequent changes to the document that could not be judged.",
            ),
            Modification::Other => self.refused_changes(),
            _ if is_permitted => self.say(
                "この署名の対象となるバージョンの文書は変更されていませんが、その後、文書に許可された変更が加えられています。",
                "The revision of the document that was covered by this signature has not been altered; however, there have been \
                 subsequent changes to the document, all of which are permitted.",
            ),
            _ => self.refused_changes(),
        }
    }

    fn refused_changes(&self) -> &'static str {
        self.say(
            "この署名の対象となるバージョンの文書は変更されていませんが、その後、文書に許可されていない変更が加えられています。",
            "The revision of the document that was covered by this signature has not been altered; however, there have been \
             subsequent changes to the document that are not permitted.",
        )
    }

    /// What a certification leaves for others to do (ISO 32000-2, table 257), in the viewer's words.
    pub(super) fn certification(&mut self, report: &SignatureReport) {
        let (japanese, english) = match report.certification {
            None => return,
            Some(2) => (
                "認証者は、この文書へのフォームの入力と署名を許可しています。その他の変更は許可されていません。",
                "The certifier has specified that form fill-in and signing are allowed for this document. No other changes are permitted.",
            ),
            Some(3) => (
                "認証者は、この文書へのフォームの入力、署名および注釈の追加を許可しています。その他の変更は許可されていません。",
                "The certifier has specified that form fill-in, signing and commenting are allowed for this document. No other changes \
                 are permitted.",
            ),
            Some(_) => (
                "認証者は、この文書への変更を許可していません。",
                "The certifier has specified that no changes are allowed for this document.",
            ),
        };
        self.line(2, self.say(japanese, english));
    }

    /// What a reader would want to know of.
    pub(super) fn changes(&mut self, report: &SignatureReport) {
        let told: Vec<&Change> = report.changes.iter().filter(|change| is_told(change)).collect();
        for change in told.iter().take(CHANGES) {
            let line = self.change(change);
            self.entry(2, self.say("変更", "Change"), line);
        }
        let more = told.len().saturating_sub(CHANGES);
        if more > 0 {
            let line = match self.language {
                Language::Japanese => format!("ほか {more} 件"),
                Language::English => format!("and {more} more"),
            };
            self.entry(2, self.say("変更", "Change"), line);
        }
    }

    /// Where, what, from what to what, whether it is permitted and why, and who signed it.
    fn change(&self, change: &Change) -> String {
        let revision = change.revision;
        let mut line = match (self.language, change.page) {
            (Language::Japanese, None) => format!("リビジョン {revision}、"),
            (Language::Japanese, Some(page)) => format!("リビジョン {revision}、{page} ページ、"),
            (Language::English, None) => format!("revision {revision}, "),
            (Language::English, Some(page)) => format!("revision {revision}, page {page}, "),
        };
        line.push_str(&self.thing(change));
        line.push_str(&self.values(change));
        let allowed =
            if change.allowed { self.say("許可", "permitted") } else { self.say("不許可", "not permitted") };
        line.push_str(&format!(" ({allowed}: {}", change.rule.said(self.language)));
        if let Some(by) = &change.by {
            // Whoever signs next saw what is there, which is not to say that nobody else made it.
            let is_signature = change.kind == ChangeKind::Signature;
            let said = match is_signature {
                true => self.say("、署名者: ", "; signed by "),
                false => self.say("、次の署名者: ", "; next signed by "),
            };
            line.push_str(&format!("{said}{by}"));
        }
        line.push(')');
        line
    }

    /// What changed, and what became of it.
    fn thing(&self, change: &Change) -> String {
        let mut thing = self.kind(change.kind).to_owned();
        let gap = self.say(" ", "");
        match (change.kind, change.object, &change.subtype) {
            // What has no other name.
            (ChangeKind::Object, Some(number), _) => thing.push_str(&format!(" {number}{gap}")),
            (ChangeKind::Annotation, _, Some(subtype)) => {
                thing.push_str(&format!(" ({}){gap}", self.annotation(subtype)));
            }
            _ => {}
        }
        if let Some(field) = &change.field {
            thing.push_str(&self.quoted(field));
        }
        match (change.kind, change.act) {
            (ChangeKind::Signature, Act::Added | Act::Changed) => thing.push_str(self.say("への署名", " was signed")),
            // What it says is told, or nothing more is known of it.
            (ChangeKind::FormField, Act::Changed) | (ChangeKind::Bytes, _) => {}
            (_, Act::Added) => thing.push_str(self.say("の追加", " was added")),
            (_, Act::Changed) => thing.push_str(self.say("の変更", " was changed")),
            (_, Act::Removed) => thing.push_str(self.say("の削除", " was removed")),
        }
        thing
    }

    /// What it said before and what it says now, where that differs.
    fn values(&self, change: &Change) -> String {
        if change.old == change.new {
            return String::new();
        }
        let value = |value: &Option<String>| match value.as_deref().unwrap_or_default() {
            "" => self.say("(空欄)", " (blank)").to_owned(),
            "Off" if change.subtype.as_deref() == Some("Btn") => self.say("「オフ」", " \"off\"").to_owned(),
            value => self.quoted(value),
        };
        match (change.act, &change.old, &change.new) {
            (Act::Added, None, new) => format!(":{}", value(new)),
            (Act::Removed, old, None) => format!(":{}", value(old)),
            (_, old, new) => format!(":{} →{}", value(old), value(new)),
        }
    }

    fn quoted(&self, text: &str) -> String {
        match self.language {
            Language::Japanese => format!("「{text}」"),
            Language::English => format!(" \"{text}\""),
        }
    }

    fn kind(&self, kind: ChangeKind) -> &'static str {
        match kind {
            ChangeKind::Signature => self.say("署名フィールド", "the signature field"),
            ChangeKind::DocumentTimestamp => self.say("文書のタイムスタンプ", "the document timestamp"),
            ChangeKind::SignatureField => self.say("空の署名フィールド", "the empty signature field"),
            ChangeKind::FormField => self.say("フォームフィールド", "form field"),
            ChangeKind::Annotation => self.say("注釈", "an annotation"),
            ChangeKind::SecurityStore => self.say("検証用データ", "the security store"),
            ChangeKind::Metadata => self.say("メタデータ", "the metadata"),
            ChangeKind::Information => self.say("文書情報", "the document information"),
            ChangeKind::Catalog => self.say("文書全体の設定", "the catalog"),
            ChangeKind::Page => self.say("ページの内容", "the page"),
            ChangeKind::Object => self.say("オブジェクト", "object"),
            ChangeKind::Bytes => self.say("どのリビジョンにも属さないバイト", "bytes of no revision"),
        }
    }

    /// A type of annotation (ISO 32000-2, table 171), as viewers call it.
    fn annotation<'s>(&self, subtype: &'s str) -> &'s str {
        match subtype {
            _ if self.language == Language::English => subtype,
            "Text" => "ノート",
            "FreeText" => "テキストボックス",
            "Line" => "線",
            "Square" => "長方形",
            "Circle" => "楕円",
            "Polygon" => "多角形",
            "PolyLine" => "折れ線",
            "Highlight" => "ハイライト",
            "Underline" => "下線",
            "Squiggly" => "波線",
            "StrikeOut" => "取り消し線",
            "Stamp" => "スタンプ",
            "Caret" => "挿入",
            "Ink" => "手書き",
            "Popup" => "ポップアップ",
            "Redact" => "墨消し",
            "Link" => "リンク",
            "FileAttachment" => "添付ファイル",
            other => other,
        }
    }
}

/// Whether somebody changed what can be read, as the rules permit, and nobody signed that.
pub(super) fn has_unsigned_changes(report: &Report) -> bool {
    // Each list is the end of the longest one: in the shortest stands what came after the last signature or timestamp.
    let last = report.signatures.iter().min_by_key(|one| one.changes.len());
    last.is_some_and(|one| one.changes.iter().any(|change| !is_evidence(change)))
}

/// Whether a finding says again what the list of changes says better.
pub(super) fn is_told_as_change(report: &SignatureReport, finding: &Finding) -> bool {
    finding.code == Code::Overlay && !report.changes.is_empty() && report.changes.len() <= CHANGES
}

/// Evidence and document timestamps that are permitted, and what a file says of its version for them: they change nothing to be read.
fn is_evidence(change: &Change) -> bool {
    change.allowed && matches!(change.rule, Rule::SecurityStore | Rule::DocumentTimestamp | Rule::Version)
}

/// A permitted popup is the window of a comment, which is told itself.
fn is_told(change: &Change) -> bool {
    let is_popup = change.kind == ChangeKind::Annotation && change.subtype.as_deref() == Some("Popup");
    let is_window = change.allowed && is_popup;
    !is_evidence(change) && !is_window
}

/// Whether the digest or the value was computed, and came out otherwise.
fn is_refuted(report: &SignatureReport) -> bool {
    let is_broken = |finding: &Finding| matches!(finding.code, Code::Digest | Code::SignatureValue);
    let reasons = [Some(SubIndication::HashFailure), Some(SubIndication::SigCryptoFailure)];
    reasons.contains(&report.conclusion.sub_indication) || report.findings.iter().any(is_broken)
}
