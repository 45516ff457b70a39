//! What could not be had: data, and words for people.

use std::fmt;

use crate::pki::evidence::Evidence;
use crate::report::Language;
use crate::time::Time;

/// What collecting came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Collected {
    /// All that the document needs.
    Complete(Evidence),
    /// All is there but revocation data that is new enough: the grace period is not over. What is there can go into the file now.
    Later {
        /// When to collect again, UTC.
        again: Time,
        /// What was found so far.
        evidence: Evidence,
        /// What is still too old.
        shortages: Vec<Shortage>,
    },
    /// Something could not be had.
    Incomplete {
        /// What was found.
        evidence: Evidence,
        /// What was not, in a fixed order.
        shortages: Vec<Shortage>,
    },
}

/// Something that a document needs to be verified offline, and that could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shortage {
    /// The fields whose signatures and timestamps need it.
    pub fields: Vec<String>,
    /// The subject of the certificate that it is about, RFC 4514.
    pub subject: String,
    /// Its issuer, RFC 4514.
    pub issuer: String,
    /// Its serial number, lower-case hexadecimal.
    pub serial: String,
    /// What is missing.
    pub lack: Lack,
    /// Why what is at hand does not do, in English.
    pub reasons: Vec<String>,
    /// Who was asked for it, in order, and what came of it.
    pub attempts: Vec<Attempt>,
    /// Places that the certificate names and that nobody was asked at: LDAP, directory names.
    pub ignored: Vec<String>,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lack {
    /// The certificate is a root, or its issuer is not at hand; no trust anchor was reached.
    Issuer,
    /// A path leads to an anchor, but it does not hold: the reasons say why.
    Path,
    /// Nothing says whether the certificate was revoked.
    Revocation,
    /// What says that it was not revoked is older than the grace period allows.
    Fresh {
        /// When the revocation data must have been issued at the earliest, UTC.
        since: Time,
        /// When such data can be expected, UTC; `None` where nobody will ever give any, as the certificate has expired.
        again: Option<Time>,
    },
}

/// One question to a server, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The address asked.
    pub url: String,
    /// What went wrong, in the server's words where it had any; `None` where an answer came, which did not help.
    pub failure: Option<String>,
}

impl Shortage {
    /// The words for people, on one line.
    pub fn to_text(&self, language: Language) -> String {
        let certificate = format!("\"{}\", serial {}", self.subject, self.serial);
        let mut text = match language {
            Language::Japanese => self.lack_ja(),
            _ => self.lack_en(&certificate),
        };
        if !self.reasons.is_empty() {
            text.push_str(&format!(": {}", self.reasons.join(", ")));
        }
        let (asked, ignored, useless) = match language {
            Language::Japanese => ("問い合わせ先", "対象外", "応答は使用できません"),
            _ => ("asked", "not asked", "the answer did not help"),
        };
        if !self.attempts.is_empty() {
            let said = |one: &Attempt| format!("{}: {}", one.url, one.failure.as_deref().unwrap_or(useless));
            text.push_str(&format!(" ({asked}: {})", self.attempts.iter().map(said).collect::<Vec<_>>().join("; ")));
        }
        if !self.ignored.is_empty() {
            text.push_str(&format!(" ({ignored}: {})", self.ignored.join(", ")));
        }
        text
    }

    /// Whether the same is missing for the same certificate: chains meet in their issuers.
    pub(super) fn is_about_the_same(&self, other: &Self) -> bool {
        (&self.issuer, &self.serial, &self.lack) == (&other.issuer, &other.serial, &other.lack)
    }

    /// Takes in what another says of the same.
    pub(super) fn join(&mut self, other: Self) {
        let Self { fields, reasons, attempts, ignored, .. } = other;
        add_new(&mut self.fields, fields);
        add_new(&mut self.reasons, reasons);
        add_new(&mut self.attempts, attempts);
        add_new(&mut self.ignored, ignored);
    }

    fn lack_en(&self, certificate: &str) -> String {
        match &self.lack {
            Lack::Issuer if self.subject == self.issuer => format!("{certificate} is no trust anchor"),
            Lack::Issuer => format!("the issuer of {certificate}, which is \"{}\" and no trust anchor", self.issuer),
            Lack::Path => format!("a path that holds for {certificate}"),
            Lack::Revocation => format!("current revocation data for {certificate}"),
            Lack::Fresh { since, again } => {
                let again = again.map_or_else(String::new, |again| format!("; come back at {again}"));
                format!("revocation data for {certificate} that was issued at {since} or later{again}")
            }
        }
    }

    fn lack_ja(&self) -> String {
        let certificate = format!("「{}」(シリアル番号 {})", self.subject, self.serial);
        match &self.lack {
            Lack::Issuer if self.subject == self.issuer => format!("{certificate}はトラストアンカーではありません"),
            Lack::Issuer => {
                format!("{certificate}の発行者「{}」の証明書がなく、トラストアンカーでもありません", self.issuer)
            }
            Lack::Path => format!("{certificate}の有効な認証パスがありません"),
            Lack::Revocation => format!("{certificate}の現在の失効情報がありません"),
            Lack::Fresh { since, again } => {
                let again = again.map_or_else(String::new, |again| format!("。{again} 以降に再度実行してください"));
                format!("{certificate}の {since} 以降に発行された失効情報がありません{again}")
            }
        }
    }
}

/// Adds what is not there yet.
fn add_new<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(Language::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lack_has_its_words() {
        let of = |subject: &str, lack| Shortage {
            fields: Vec::new(),
            subject: subject.to_owned(),
            issuer: "CN=CA".to_owned(),
            serial: "01".to_owned(),
            lack,
            reasons: Vec::new(),
            attempts: Vec::new(),
            ignored: Vec::new(),
        };
        let since = Time::from_unix(0);
        for (subject, lack, english, japanese) in [
            ("CN=CA", Lack::Issuer, "is no trust anchor", "CN=CA"),
            ("CN=me", Lack::Issuer, "and no trust anchor", "CN=CA"),
            ("CN=me", Lack::Path, "a path that holds for \"CN=me\"", "CN=me"),
            ("CN=me", Lack::Revocation, "current revocation data for \"CN=me\"", "失効情報がありません"),
            ("CN=me", Lack::Fresh { since, again: None }, "that was issued at 1970-01-01T00:00:00Z or later", "1970"),
            ("CN=me", Lack::Fresh { since, again: Some(since) }, "; come back at 1970-01-01T00:00:00Z", "1970"),
        ] {
            let shortage = of(subject, lack);
            assert!(shortage.to_text(Language::English).contains(english), "{shortage}");
            assert!(
                shortage.to_text(Language::Japanese).contains(japanese),
                "{}",
                shortage.to_text(Language::Japanese)
            );
        }
    }
}
