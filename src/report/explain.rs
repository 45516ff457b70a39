//! How the verdict came about, step by step, for a clerk and for an auditor: every block with its outcome and why, the certificates, and
//! what the file lacks for its level.
//!
//! Invariant: nothing is left out that [`super::Report`] holds of the process; what a block used stands below it.

use super::text::Panel;
use super::{
    Block, ChainCertificate, Kind, Language, Report, RevocationValue, SignatureReport, StatusReport, Step,
    TimestampReport,
};

/// A block with those that it used: each line's depth below it.
type Branch<'s> = Vec<(usize, &'s Step)>;

impl Report {
    /// The whole process of validation as text: for each signature every block of EN 319 102-1 that was run, its clause, its outcome and
    /// why; its chain of certificates with what was known of their revocation; and what keeps it from its PAdES level.
    pub fn explain(&self, language: Language) -> String {
        let mut panel = Panel::new(language);
        let time = panel.time(self.validation_time);
        let (heading, policy) = (
            panel.say("検証の詳細 (EN 319 102-1)", "How this was validated (EN 319 102-1)"),
            panel.say("アルゴリズムの基準", "Policy for algorithms"),
        );
        panel.line(0, heading);
        panel.entry(1, panel.say("検証時刻", "Validation time"), time);
        panel.entry(1, policy, &self.policy);
        panel.entry(1, panel.say("有効性モデル", "Model"), self.model.as_str());
        let constraints: Vec<&str> = self.constraints.iter().map(|one| one.said(language)).collect();
        let constraints = constraints.join(panel.say("、", ", "));
        panel.entry(1, panel.say("確認する条件", "Checks asked for"), constraints);
        panel.entry(1, panel.say("署名後の変更", "Changes after signing"), self.modification_rule.said(language));
        for (index, signature) in self.signatures.iter().enumerate() {
            panel.explain(index.saturating_add(1), signature);
        }
        panel.text
    }
}

impl Panel {
    fn explain(&mut self, number: usize, report: &SignatureReport) {
        self.line(0, "");
        self.line(0, self.heading(number, report));
        if let Some(sub_indication) = report.conclusion.sub_indication {
            self.line(1, sub_indication.meaning(self.language));
        }
        self.process(1, &report.process);
        let content = self.say("コンテンツタイムスタンプ", "Content timestamp");
        self.timestamps(content, &report.content_timestamps);
        let signature = self.say("署名タイムスタンプ", "Signature timestamp");
        self.timestamps(signature, &report.signature_timestamps);
        self.certificates(1, &report.chain, &report.revocation);
        self.level_findings(report);
    }

    fn timestamps(&mut self, name: &str, stamps: &[TimestampReport]) {
        for (index, stamp) in stamps.iter().enumerate() {
            self.line(1, format_args!("{name} {} : {}", index.saturating_add(1), self.stamp(stamp)));
            self.process(2, &stamp.process);
            self.certificates(2, &stamp.chain, &stamp.revocation);
        }
    }

    fn process(&mut self, depth: usize, steps: &[Step]) {
        for (below, step) in arranged(steps) {
            self.step(depth.saturating_add(below), step);
        }
    }

    fn step(&mut self, depth: usize, step: &Step) {
        let mut line = format!("[{}] ", step.outcome.said(self.language));
        line.push_str(step.block.name(self.language));
        line.push_str(&format!(" ({})", step.block.clause()));
        if let Some(sub_indication) = step.outcome.sub_indication {
            line.push_str(&format!(" {} / {sub_indication}", step.outcome.outcome()));
        }
        if let Some(time) = step.time {
            line.push_str(&format!(" @ {}", self.time(time)));
        }
        self.line(depth, line);
        let below = depth.saturating_add(2);
        if let Some(about) = &step.about {
            self.entry(below, self.say("対象", "of"), about);
        }
        if let Some(why) = &step.why {
            self.entry(below, self.say("根拠", "because"), self.reason(why));
        }
    }

    /// Why a block came to its outcome. The conditions of the whole stand at the top.
    fn reason(&self, why: &str) -> String {
        let context = why.strip_prefix("policy ").and_then(|said| said.split_once(" model"));
        match context.and_then(|(said, _)| said.rsplit_once(", ")) {
            Some((policy, model)) if self.language == Language::Japanese => {
                format!("アルゴリズムの基準 {policy}、有効性モデル {model}、確認する条件は冒頭のとおり")
            }
            _ => self.sentence(why),
        }
    }

    fn certificates(&mut self, depth: usize, chain: &[ChainCertificate], revocation: &[StatusReport]) {
        if chain.is_empty() {
            return;
        }
        self.line(
            depth,
            self.say("証明書チェーン (署名者からトラストアンカーまで)", "Chain of certificates, up to the anchor"),
        );
        let below = depth.saturating_add(1);
        for (index, certificate) in chain.iter().enumerate() {
            self.line(below, format_args!("{}. {}", index.saturating_add(1), certificate.subject));
            self.certificate(below.saturating_add(1), certificate);
            if let Some(status) = revocation.get(index).filter(|_| certificate.trust_source.is_none()) {
                self.status(below.saturating_add(1), status);
            }
        }
    }

    fn certificate(&mut self, depth: usize, certificate: &ChainCertificate) {
        self.entry(depth, self.say("シリアル番号", "Serial number"), &certificate.serial);
        let validity = format!("{} – {}", self.time(certificate.not_before), self.time(certificate.not_after));
        self.entry(depth, self.say("有効期間", "Valid"), validity);
        let unknown = self.say("不明", "unknown");
        let [key, algorithm] =
            [&certificate.key, &certificate.signature_algorithm].map(|one| one.as_deref().unwrap_or(unknown));
        self.entry(depth, self.say("鍵 / 署名アルゴリズム", "Key / signed with"), format_args!("{key} / {algorithm}"));
        if let Some(source) = &certificate.trust_source {
            self.entry(depth, self.say("信頼ソース取得元", "Source of trust obtained from"), source);
        }
        if let Some(proved) = certificate.proved {
            self.entry(depth, self.say("存在が証明された時刻", "Proved to exist at"), self.time(proved));
        }
    }

    fn status(&mut self, depth: usize, status: &StatusReport) {
        let mut line = status.status.said(self.language).to_owned();
        if let Some(value) = &status.value {
            line.push_str(&format!(" ({})", self.value(value)));
        }
        self.entry(depth, self.say("失効状態", "Revocation"), line);
    }

    fn value(&self, value: &RevocationValue) -> String {
        let mut parts = vec![value.source.said().to_owned(), format!("thisUpdate {}", self.time(value.this_update))];
        let times = [("nextUpdate", value.next_update), ("producedAt", value.produced_at)];
        parts.extend(times.iter().filter_map(|(name, time)| Some(format!("{name} {}", self.time((*time)?)))));
        if let Some(time) = value.revoked_at {
            let reason = value.reason.as_deref().unwrap_or_default();
            parts.push(format!("{} {} {reason}", self.say("失効", "revoked"), self.time(time)));
        }
        parts.extend(value.found_in.iter().map(|place| place.said(self.language).to_owned()));
        if let Some(proved) = value.proved {
            parts.push(format!("{} {}", self.say("存在証明", "proved at"), self.time(proved)));
        }
        parts.join(self.say("、", ", "))
    }

    fn level_findings(&mut self, report: &SignatureReport) {
        let level = report.level.map(|level| format!("PAdES {}", level.as_str()));
        let level = match (level, report.kind) {
            (Some(level), _) => level,
            (None, Kind::Signature) => self.say("PAdES の水準外", "not a PAdES baseline signature").to_owned(),
            (None, Kind::DocumentTimestamp) => return self.lacks(report),
        };
        self.entry(1, self.say("水準", "Level"), level);
        self.lacks(report);
    }

    fn lacks(&mut self, report: &SignatureReport) {
        for finding in &report.level_findings {
            let name = if finding.is_nonconformity() {
                self.say("不適合", "Non-conformity")
            } else {
                self.say("推奨事項との相違", "Warning")
            };
            let (level, presence) = (finding.requirement.level().as_str(), finding.requirement.presence().as_str());
            let (said, clause) = (self.sentence(&finding.message), finding.requirement.clause());
            self.entry(2, name, format_args!("{level}, {presence}: {said} ({clause})"));
        }
    }
}

/// The blocks in the order of reading: each process before the blocks that it used. They are recorded as they end, so that a process
/// follows what it used.
fn arranged(steps: &[Step]) -> Branch<'_> {
    let mut open: Vec<(usize, Branch<'_>)> = Vec::new();
    for step in steps {
        let rank = rank(step.block);
        // Extraction of proofs was done before, and used none of what is listed.
        let is_user = |(own, _): &&(usize, Branch<'_>)| *own > rank && step.block != Block::PoeExtraction;
        let used = open.iter().rev().take_while(is_user).count();
        let mut branch: Branch<'_> = vec![(0, step)];
        for (_, below) in open.split_off(open.len().saturating_sub(used)) {
            branch.extend(below.into_iter().map(|(depth, step)| (depth.saturating_add(1), step)));
        }
        open.push((rank, branch));
    }
    open.into_iter().flat_map(|(_, branch)| branch).collect()
}

/// Which blocks use which: those of a lower number use those of higher ones.
fn rank(block: Block) -> usize {
    match block {
        Block::ArchivalValidation => 0,
        Block::BasicSignatureValidation
        | Block::TimeStampValidation
        | Block::SignaturesWithTime
        | Block::PastSignatureValidation
        | Block::PoeExtraction => 1,
        Block::RevocationFreshnessChecker | Block::ControlTimeSliding => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Conclusion;
    use super::*;

    #[test]
    fn a_process_stands_before_what_it_used() {
        use Block::{
            ArchivalValidation, BasicSignatureValidation, ControlTimeSliding, CryptographicVerification,
            FormatChecking, PastCertificateValidation, PastSignatureValidation, PoeExtraction,
            RevocationFreshnessChecker, X509CertificateValidation,
        };
        let run = [
            FormatChecking,
            PoeExtraction,
            RevocationFreshnessChecker,
            RevocationFreshnessChecker,
            X509CertificateValidation,
            CryptographicVerification,
            BasicSignatureValidation,
            ControlTimeSliding,
            PastCertificateValidation,
            PastSignatureValidation,
            ArchivalValidation,
        ];
        let steps = run.map(|block| Step::new(block, Conclusion::PASSED));
        let found: Vec<(usize, Block)> =
            arranged(&steps).into_iter().map(|(depth, step)| (depth, step.block)).collect();
        let expected = [
            (0, ArchivalValidation),
            (1, FormatChecking),
            (1, PoeExtraction),
            (1, BasicSignatureValidation),
            (2, X509CertificateValidation),
            (3, RevocationFreshnessChecker),
            (3, RevocationFreshnessChecker),
            (2, CryptographicVerification),
            (1, PastSignatureValidation),
            (2, PastCertificateValidation),
            (3, ControlTimeSliding),
        ];
        assert_eq!(found, expected);
        // What was refused at the door has no whole.
        assert_eq!(arranged(&steps[..1]), [(0, &steps[0])]);
    }
}
