//! What the verdicts of a long run follow from, in a few words: so that a run that goes on later mixes no verdicts.

use std::collections::BTreeMap;

use pades_ltv::DigestAlgorithm;
use serde::{Deserialize, Serialize};

/// Options by their names, each with its value or a digest of all that it stands for; and the version of this command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Settings(BTreeMap<String, String>);

/// Bytes that were taken, each with its length, to be digested.
#[derive(Default)]
pub(crate) struct Fingerprint(Vec<u8>);

impl Settings {
    pub(crate) fn new<const N: usize>(options: [(&str, String); N]) -> Self {
        let version = ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        let options = options.into_iter().map(|(option, value)| (option.to_owned(), value));
        Self(options.chain([version]).collect())
    }

    /// One more.
    pub(crate) fn with(mut self, option: &str, value: String) -> Self {
        self.0.insert(option.to_owned(), value);
        self
    }

    /// The names of all that is not the same in both.
    pub(crate) fn differing<'s>(&'s self, other: &'s Self) -> Vec<&'s str> {
        let names = self.0.keys().chain(other.0.keys().filter(|name| !self.0.contains_key(*name)));
        names.filter(|name| self.0.get(*name) != other.0.get(*name)).map(String::as_str).collect()
    }
}

impl Fingerprint {
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.0.extend(bytes.len().to_be_bytes());
        // A list has some megabytes: its digest stands for it.
        self.0.extend(DigestAlgorithm::Sha256.digest(bytes));
    }

    /// Half of a SHA-256, hexadecimal: it is held against accidents, not against attacks.
    pub(crate) fn text(&self) -> String {
        let digest = DigestAlgorithm::Sha256.digest(&self.0);
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
