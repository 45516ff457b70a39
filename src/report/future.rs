//! Whether a document survives until a date that somebody asked about, and the words for it.

use super::text::Panel;
use super::{Horizon, Indication, Language, Outlook, Report, SignatureReport};
use crate::time::Time;

/// A question about the future, and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Future {
    /// The time that was asked about.
    pub asked: Time,
    /// What is to be expected if nobody renews the document.
    pub outlook: Outlook,
}

impl Future {
    /// The answer for `asked` that `outlook` gives.
    pub fn new(asked: Time, outlook: Outlook) -> Self {
        Self { asked, outlook }
    }

    /// Whether everything still passes at the time that was asked about, which is later than now.
    pub fn survives(&self) -> bool {
        self.outlook.holds_until.is_none_or(|last| self.asked <= last)
    }
}

impl Panel {
    /// Whether it survives, until when, and because of what not longer.
    pub(super) fn future(&mut self, report: &Report, future: &Future) {
        let asked = self.time(future.asked);
        let is_passed = report.verdict().is_none_or(|verdict| verdict == Indication::TotalPassed);
        let is_lost_now = !is_passed && future.outlook.holds_until == Some(report.validation_time);
        let last = future.outlook.holds_until.map(|last| self.time(last));
        let answer = match (self.language, &last) {
            (Language::Japanese, _) if is_lost_now => "現時点で、すでに有効と判定できない署名があります。".to_owned(),
            (Language::English, _) if is_lost_now => "Even now, not every signature passes.".to_owned(),
            (Language::Japanese, _) if future.survives() => format!("{asked} の時点でも有効と判定できる見込みです。"),
            (Language::English, _) if future.survives() => format!("Expected to verify at {asked}."),
            (Language::Japanese, _) => format!("{asked} の時点では有効と判定できない見込みです。"),
            (Language::English, _) => format!("Not expected to verify at {asked}."),
        };
        self.line(0, "");
        self.line(0, self.say("今後の見込み (更新しない場合):", "Outlook, if nobody renews it:"));
        self.line(1, answer);
        match last {
            Some(_) if is_lost_now => {}
            Some(last) => self.entry(1, self.say("有効と判定できる最後の時刻", "Verifies until"), last),
            None => self.line(1, self.say("期限となるものは見つかりません。", "Nothing known will end it.")),
        }
        for cause in &future.outlook.causes {
            self.entry(1, self.say("理由", "Because"), cause.text(self.language));
        }
        if let Some(due) = future.outlook.renewal_due.map(|due| self.time(due)) {
            self.entry(1, self.say("更新の期限", "Renew by"), due);
            let renewed = self.say("期限までに更新した場合の有効期限", "If renewed by then, verifies until");
            self.horizon(renewed, &future.outlook.renewed);
        }
        if !is_lost_now {
            let at_hand = self.say("手元の検証情報だけで判定できる期限", "With what is at hand alone, until");
            self.horizon(at_hand, &future.outlook.at_hand);
        }
        if !is_lost_now && !future.outlook.lost.is_empty() {
            self.line(1, self.say("その後に有効と判定できなくなる署名と理由:", "What is lost after that, and why:"));
        }
        for lost in &future.outlook.lost {
            self.lost(lost);
        }
        if !future.survives() && !is_lost_now {
            let said = "Before then: add current evidence and a new document timestamp (pades augment --lta).";
            self.line(
                1,
                self.say(
                    "その前に、検証情報と新しい文書タイムスタンプを追加してください (pades augment --lta)。",
                    said,
                ),
            );
        }
    }

    /// Until when, and because of what not longer.
    fn horizon(&mut self, label: &'static str, horizon: &Horizon) {
        let open = self.say("期限となるものは見つかりません。", "nothing known will end it").to_owned();
        self.entry(1, label, horizon.until.map_or(open, |until| self.time(until)));
        for cause in &horizon.causes {
            self.entry(2, self.say("理由", "Because"), cause.text(self.language));
        }
    }

    fn lost(&mut self, lost: &SignatureReport) {
        let mut line = format!("{} : {}", lost.field, lost.conclusion.indication);
        if let Some(sub_indication) = lost.conclusion.sub_indication {
            line.push_str(&format!(" / {sub_indication}: {}", sub_indication.meaning(self.language)));
        }
        self.line(2, line);
        lost.findings.iter().for_each(|finding| self.finding(3, finding));
    }
}
