//! By what signatures are judged: the policy with what is asked for besides, and the documents of signature policies.

use std::path::PathBuf;

use pades_ltv::{Constraint, ModificationRule, Policy};

use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::inputs::small;
use crate::messages::Message;
use crate::settings::Fingerprint;

const CONSTRAINTS: &str = "signer_revocation | authority_revocation | timestamp_revocation | key_usage | content_commitment | \
                           signing_certificate_attribute | signature_policy | timestamp_order | claimed_time";
const MODIFICATIONS: &str = "evidence_only | as_permitted | listed_only";

/// As the command line has it.
#[derive(Default)]
pub(crate) struct Rules {
    policy: Policy,
    /// The last word on each check counts, wherever `--policy` stands.
    asked: Vec<(Constraint, Asked)>,
    modifications: ModificationRule,
    /// By the identifiers of their policies.
    documents: Vec<(String, PathBuf)>,
}

/// Whether a check counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Required,
    Waived,
}

impl Rules {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "policy" => self.policy = arguments.parsed(option, "etsi-119312 | cryptrec | permissive", policy)?,
            "require" => self.asked.push((arguments.parsed(option, CONSTRAINTS, constraint)?, Asked::Required)),
            "waive" => self.asked.push((arguments.parsed(option, CONSTRAINTS, constraint)?, Asked::Waived)),
            "modifications" => self.modifications = arguments.parsed(option, MODIFICATIONS, modifications)?,
            "signature-policy" => self.documents.push(arguments.parsed(option, "OID=FILE", document)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The policy with all that is asked for and waived.
    pub(crate) fn policy(&self) -> Policy {
        let policy = self.policy.clone().modifications(self.modifications);
        self.asked.iter().fold(policy, |policy, (constraint, asked)| match asked {
            Asked::Required => policy.requiring(*constraint),
            Asked::Waived => policy.waiving(*constraint),
        })
    }

    /// All that is given here, for telling it from something else.
    pub(crate) fn print(&self, print: &mut Fingerprint) -> Result<(), Stop> {
        print.take(format!("{:?}", self.policy()).as_bytes());
        for (identifier, document) in self.documents()? {
            print.take(identifier.as_bytes());
            print.take(&document);
        }
        Ok(())
    }

    /// The documents of signature policies, read.
    pub(crate) fn documents(&self) -> Result<Vec<(String, Vec<u8>)>, Stop> {
        let read = self.documents.iter().map(|(identifier, path)| {
            let bytes = small(path).during(|| Message::CannotUse { option: "signature-policy", path: path.clone() })?;
            Ok((identifier.clone(), bytes))
        });
        read.collect()
    }
}

fn policy(name: &str) -> Option<Policy> {
    [Policy::etsi_119312(), Policy::cryptrec(), Policy::permissive()].into_iter().find(|one| one.name() == name)
}

fn constraint(name: &str) -> Option<Constraint> {
    Constraint::ALL.iter().copied().find(|one| one.as_str() == name)
}

fn modifications(name: &str) -> Option<ModificationRule> {
    let all = [ModificationRule::EvidenceOnly, ModificationRule::AsPermitted, ModificationRule::ListedOnly];
    all.into_iter().find(|one| one.as_str() == name)
}

/// A dotted identifier and the file with its document.
fn document(value: &str) -> Option<(String, PathBuf)> {
    let (identifier, path) = value.split_once('=')?;
    let is_arc = |arc: &str| !arc.is_empty() && arc.bytes().all(|digit| digit.is_ascii_digit());
    let is_one = identifier.contains('.') && identifier.split('.').all(is_arc);
    (is_one && !path.is_empty()).then(|| (identifier.to_owned(), path.into()))
}
