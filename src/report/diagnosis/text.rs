//! A diagnosis for people, in Japanese and English.

use super::super::text::Panel;
use super::{Advice, Diagnosis, Goal, Held, Missing, Thing};
use crate::report::{Kind, Language};
use crate::time::{Time, UtcOffset};

impl Diagnosis {
    /// The diagnosis as text, a line ending in `\n` for each statement.
    pub fn to_text(&self, language: Language) -> String {
        let mut panel = Panel::new(language);
        panel.line(0, panel.say("このファイルにあるもの:", "What the file has:"));
        if self.has.is_empty() {
            panel.line(1, panel.say("署名はありません。", "No signature."));
        }
        self.has.iter().for_each(|held| panel.held(held));
        panel.line(0, panel.say("不足しているもの:", "What is missing:"));
        if self.missing.is_empty() {
            panel.line(1, panel.say("ありません。", "Nothing."));
        }
        for (index, missing) in self.missing.iter().enumerate().filter(|(_, missing)| !self.is_said(missing)) {
            let last = index.checked_sub(1).and_then(|before| self.missing.get(before)).map(|one| one.goal);
            panel.missing(missing, last != Some(missing.goal));
        }
        if let Some(level) = self.level_after {
            panel.entry(0, panel.say("すべて追加した後の水準", "Level once all that is there"), level.as_str());
        }
        panel.until(self);
        panel.line(0, panel.say("次に行うこと:", "What to do next:"));
        for advice in &self.next {
            panel.line(1, advice.text(language));
        }
        panel.text
    }

    /// Whether the same stands above, for B-LT.
    fn is_said(&self, missing: &Missing) -> bool {
        let is_same = |one: &Missing| one.goal == Goal::Lt && one.field == missing.field && one.thing == missing.thing;
        missing.goal == Goal::LongTerm && self.missing.iter().any(is_same)
    }

    /// Why it does not verify longer, a sentence each.
    pub(crate) fn because(&self, language: Language) -> Vec<String> {
        let causes: Vec<String> = self.outlook.causes.iter().map(|cause| cause.text(language)).collect();
        if !causes.is_empty() {
            return causes;
        }
        let lost = self.outlook.lost.iter().flat_map(|lost| {
            let sub = lost.conclusion.sub_indication.map(|sub| format!("{}: {}", lost.field, sub.meaning(language)));
            let said = lost.findings.iter().map(|finding| format!("{}: {finding}", lost.field));
            sub.into_iter().chain(said).collect::<Vec<_>>()
        });
        lost.collect()
    }
}

impl Panel {
    fn held(&mut self, held: &Held) {
        let kind = match held.kind {
            Kind::Signature => self.say("署名", "signature"),
            Kind::DocumentTimestamp => self.say("文書タイムスタンプ", "document timestamp"),
        };
        let level = held.level.map(|level| format!(", {}", level.as_str())).unwrap_or_default();
        let ltv = if held.long_term { self.say("、LTV 対応", ", LTV enabled") } else { "" };
        let proved = held.proved.map(|time| format!(", {}", self.time(time))).unwrap_or_default();
        let authority = held.authority.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        self.line(1, format_args!("{} : {kind}{level}{ltv}{proved}{authority}", held.field));
        let sub = held.conclusion.sub_indication.map(|sub| format!(" / {sub}")).unwrap_or_default();
        self.line(2, format_args!("{}{sub}", held.conclusion.indication));
    }

    fn missing(&mut self, missing: &Missing, is_first: bool) {
        if is_first {
            let goal = match missing.goal {
                Goal::B => self.say("PAdES の基本要件 (B-B):", "For a PAdES baseline signature (B-B):"),
                Goal::LongTerm => self.say("Acrobat の「LTV 対応」:", "For Acrobat's \"LTV enabled\":"),
                Goal::T => self.say("B-T:", "For B-T:"),
                Goal::Lt => self.say("B-LT:", "For B-LT:"),
                Goal::Lta => self.say("B-LTA:", "For B-LTA:"),
            };
            self.line(1, goal);
        }
        let what = match &missing.thing {
            Thing::Form(why) => why.clone(),
            Thing::Timestamp => self.say("タイムスタンプ", "a timestamp").to_owned(),
            Thing::DocumentTimestamp => {
                self.say("検証情報を含む文書タイムスタンプ", "a document timestamp over all evidence").to_owned()
            }
            Thing::Evidence(evidence) => evidence.text(self.language),
        };
        self.line(2, format_args!("{} : {what}", missing.field));
        if let Thing::Evidence(evidence) = &missing.thing {
            for url in &evidence.urls {
                self.entry(3, self.say("取得先", "from"), url);
            }
        }
    }

    fn until(&mut self, diagnosis: &Diagnosis) {
        let (until, at_hand) = (diagnosis.outlook.holds_until, diagnosis.outlook.at_hand.until);
        if diagnosis.has.is_empty() {
            self.line(0, self.say("判定する署名がありません。", "There is nothing to verify."));
        } else if !diagnosis.is_valid() {
            self.line(0, self.say("現時点で、有効と判定できません。", "It does not verify now."));
        } else if let Some(until) = until {
            let until = self.time(until);
            self.entry(0, self.say("有効と判定できる最後の時刻", "Verifies until"), until);
        } else {
            self.line(0, self.say("期限となるものは見つかりません。", "Nothing known will end it."));
        }
        for cause in diagnosis.because(self.language) {
            self.entry(1, self.say("理由", "Because"), cause);
        }
        if let Some(at_hand) = at_hand.filter(|_| diagnosis.is_valid() && at_hand != until) {
            let at_hand = self.time(at_hand);
            self.entry(1, self.say("手元の情報だけでは", "With what is at hand alone"), at_hand);
        }
    }
}

impl Advice {
    /// One sentence for people.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Japanese => self.japanese(),
            Language::English => self.english(),
        }
    }

    fn english(&self) -> String {
        let time = |time: &Time| time.display_in(UtcOffset::UTC);
        match self {
            Self::SignAgain(fields) => {
                format!("sign again: nothing that is added makes {} valid", fields.join(", "))
            }
            Self::Trust(roots) => format!("trust these roots, if they are yours to trust: {}", roots.join("; ")),
            Self::Sign => "sign it: pades sign IN OUT".to_owned(),
            Self::AskAgain => {
                "ask for the revocation data of today: pades doctor --online --trust ANCHORS IN".to_owned()
            }
            Self::AddEvidence => "add evidence: pades augment --online --trust ANCHORS IN OUT".to_owned(),
            Self::Archive => "add evidence and a document timestamp: pades augment --lta --online --tsa URL --trust \
                              ANCHORS IN OUT"
                .to_owned(),
            Self::RenewBy(due) => {
                format!("renew by {}: pades renew --in-place --tsa URL --trust ANCHORS IN", time(due))
            }
            Self::Ends(until) => format!("it ends on {}, and no renewal changes that", time(until)),
            Self::Nothing => "nothing".to_owned(),
        }
    }

    fn japanese(&self) -> String {
        let time = |time: &Time| time.display_in(UtcOffset::east(9, 0));
        match self {
            Self::SignAgain(fields) => {
                format!("署名し直してください。何を追加しても有効になりません: {}", fields.join("、"))
            }
            Self::Trust(roots) => {
                format!("信頼できる場合は、次のルート証明書を信頼に加えてください: {}", roots.join("; "))
            }
            Self::Sign => "署名: pades sign IN OUT".to_owned(),
            Self::AskAgain => "現在の失効情報を取得して再確認: pades doctor --online --trust ANCHORS IN".to_owned(),
            Self::AddEvidence => "検証情報の追加: pades augment --online --trust ANCHORS IN OUT".to_owned(),
            Self::Archive => {
                "検証情報と文書タイムスタンプの追加: pades augment --lta --online --tsa URL --trust ANCHORS IN OUT"
                    .to_owned()
            }
            Self::RenewBy(due) => {
                format!("{} までに更新: pades renew --in-place --tsa URL --trust ANCHORS IN", time(due))
            }
            Self::Ends(until) => format!("{} に終わり、更新でも延ばせません。", time(until)),
            Self::Nothing => "ありません。".to_owned(),
        }
    }
}
