//! Looking ahead, as plain data.

use std::fmt;

use super::japanese::Sentences;
use super::{AlgorithmEnd, CertificateReport, Language, SignatureReport};
use crate::time::Time;

/// How long a document goes on to verify.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outlook {
    /// If nobody renews it, and whoever is in good standing now stays so and says so when asked: the last second at which everything passes.
    /// Now where something does not pass already, `None` where nothing known will end it.
    pub holds_until: Option<Time>,
    /// What ends then.
    pub causes: Vec<Cause>,
    /// What is lost in the second after, with the findings that say because of what.
    pub lost: Vec<SignatureReport>,
    /// If nobody is asked for anything: until when what is at hand suffices.
    pub at_hand: Horizon,
    /// The last second at which a renewal (evidence and a document timestamp over it) still saves it: `None` where none is needed or none
    /// would help.
    pub renewal_due: Option<Time>,
    /// If it is renewed by then, and its timestamps ever after: until when it verifies.
    pub renewed: Horizon,
}

/// Until when something holds, and because of what no longer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Horizon {
    /// The last second; `None` where nothing known will end it.
    pub until: Option<Time>,
    /// What ends then.
    pub causes: Vec<Cause>,
}

/// What ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The validity of a certificate.
    Certificate(CertificateReport),
    /// Something at hand that says that a certificate was not revoked is too old from then on.
    RevocationValue {
        /// The certificate that it is about, as reports name it.
        about: String,
        /// What it is and when it was issued, as in `the OCSP response of 2026-10-07T00:25:23Z`.
        value: String,
    },
    /// An algorithm.
    Algorithm(AlgorithmEnd),
    /// The trust in an anchor.
    Anchor {
        /// Its subject, as RFC 4514 writes it.
        subject: String,
        /// Where it comes from: the label that the caller gave it.
        source: String,
    },
}

impl Cause {
    /// One sentence for people.
    pub fn text(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, Self::Certificate(CertificateReport { subject, serial, .. })) => {
                format!("the certificate \"{subject}\", serial {serial}, ends")
            }
            (Language::Japanese, Self::Certificate(CertificateReport { subject, serial, .. })) => {
                format!("証明書「{subject}」(シリアル番号 {serial}) の有効期間が終わります。")
            }
            (Language::English, Self::RevocationValue { about, value }) => format!("{value} about {about} is too old"),
            (Language::Japanese, Self::RevocationValue { about, value }) => {
                let sentences = Sentences::read();
                format!("{} の失効情報 ({}) が古くなります。", sentences.part(about), sentences.part(value))
            }
            (Language::English, Self::Algorithm(ended)) => format!("{} is no longer relied on", ended.algorithm),
            (Language::Japanese, Self::Algorithm(ended)) => {
                format!("暗号アルゴリズム {} が信頼されなくなります。", Sentences::read().part(&ended.algorithm))
            }
            (Language::English, Self::Anchor { subject, source }) => {
                format!("the trust in \"{subject}\" ({source}) ends")
            }
            (Language::Japanese, Self::Anchor { subject, source }) => {
                format!("トラストアンカー「{subject}」({source}) の信頼が終わります。")
            }
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_causes_hold_no_english() {
        let about = "\"CN=Signer\", serial 0a".to_owned();
        let value = "the OCSP response of 2026-10-07T00:25:23Z".to_owned();
        let cause = Cause::RevocationValue { about, value };
        let said = "「CN=Signer」(シリアル番号 0a) の失効情報 (2026-10-07 09:25:23 +09:00 の OCSP レスポンス) が古くなります。";
        assert_eq!(cause.text(Language::Japanese), said);
        let value = "the OCSP response of 2026-10-07T00:25:23Z about \"CN=Signer\", serial 0a is too old";
        assert_eq!(cause.to_string(), value);
        let algorithm = AlgorithmEnd { algorithm: "RSA PKCS#1 v1.5 with 1024 bits".to_owned(), end: None };
        let said = Cause::Algorithm(algorithm).text(Language::Japanese);
        assert_eq!(said, "暗号アルゴリズム RSA PKCS#1 v1.5 (1024 ビット) が信頼されなくなります。");
    }
}
