//! The NIST PKITS suite, with revocation on for every case.

use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::corpora;
use crate::limits::Limits;
use crate::pki::certificates::Certificates;
use crate::pki::path::policy::{InitialPolicyFlags, PolicySet};
use crate::pki::revocation;
use crate::pki::revocation::crl::Crl;
use crate::pki::revocation::select::{StatusAt, newest_usable};
use crate::pki::signature::Checks;
use crate::pki::trust::store::TrustStore;
use crate::time::Time;

const FOLDER: &str = "nist_2011_sha256_rsa2048";

pub(super) struct Suite {
    root: PathBuf,
    pub(super) trust: TrustStore,
    pub(super) limits: Limits,
    pub(super) at: Time,
}

impl Suite {
    pub(super) fn open() -> Option<Self> {
        let root = corpora::folder("pkits")?;
        let mut trust = TrustStore::new();
        trust
            .add_der(&std::fs::read(root.join(FOLDER).join("certs/TrustAnchorRootCertificate.crt")).ok()?, "PKITS")
            .unwrap();
        Some(Self { root, trust, limits: Limits::default(), at: "2026-01-01T00:00:00Z".parse().unwrap() })
    }

    pub(super) fn cases(&self, file: &str) -> Vec<Value> {
        serde_json::from_slice(&std::fs::read(self.root.join(file)).unwrap()).unwrap()
    }

    pub(super) fn read(&self, kind: &str, name: &str) -> Vec<u8> {
        std::fs::read(self.root.join(FOLDER).join(kind).join(name)).unwrap()
    }

    pub(super) fn run(&self, case: &Value) -> Result<(), String> {
        let certificate =
            |name: &str| Certificate::from_der(&self.read("certs", name)).map_err(|fault| format!("{name}: {fault}"));
        let names = |key: &str| strings(&case[key]);
        let target = certificate(case["cert"].as_str().unwrap())?;
        let pool = names("other_certs").iter().map(|name| certificate(name)).collect::<Result<Certificates, _>>()?;
        let mut crls = vec!["TrustAnchorRootCRL.crl".to_owned()];
        crls.extend(names("crls"));
        // A CRL that cannot be read is as good as none.
        let crls = crls.iter().filter_map(|name| Crl::from_der(&self.read("crls", name), &self.limits).ok());
        let job = Job { suite: self, pool, crls: crls.collect(), settings: settings(&case["params"], &self.limits) };
        let length = case["path_len"].as_u64();
        job.validate(&target, &mut Vec::new(), None, length)
    }
}

struct Job<'a> {
    suite: &'a Suite,
    pool: Certificates,
    crls: Vec<Crl>,
    settings: PathSettings,
}

impl Job<'_> {
    /// Tries paths until one holds, with every status known and good. `asking` are those whose status is being asked.
    fn validate(
        &self,
        target: &Certificate,
        asking: &mut Vec<Certificate>,
        settings: Option<&PathSettings>,
        length: Option<u64>,
    ) -> Result<(), String> {
        let mut why = String::new();
        for path in Paths::new(target, &self.pool, &self.suite.trust, &self.suite.limits) {
            let outcome = path.map_err(|fault| fault.to_string()).and_then(|path| {
                let settings = settings.unwrap_or(&self.settings);
                validate(&path, self.suite.at, settings).map_err(|fault| fault.to_string())?;
                let expected = length.is_none_or(|length| length == path.certificates.len() as u64 + 1);
                assert!(expected, "length {}", path.certificates.len());
                path.links().rev().try_for_each(|(one, issuer)| self.status(one, issuer, asking))
            });
            match outcome {
                Ok(()) => return Ok(()),
                Err(reason) => why = reason,
            }
        }
        Err(why)
    }

    fn status(&self, one: &Certificate, issuer: &Certificate, asking: &mut Vec<Certificate>) -> Result<(), String> {
        if asking.contains(one) {
            return Ok(());
        }
        asking.push(one.clone());
        let found = revocation::answers(one, issuer, &self.crls, &[], &[&self.pool], &Checks::new(1_000));
        let plain = PathSettings::new(&self.suite.limits);
        let mut believed = found.answers;
        believed.retain(|answer| {
            let own = answer.signer.subject() == issuer.subject() && answer.signer.spki() == issuer.spki();
            own || self.validate(&answer.signer, asking, Some(&plain), None).is_ok()
        });
        asking.retain(|other| other != one);
        match newest_usable(&believed, self.suite.at, None) {
            StatusAt::Good { .. } => Ok(()),
            other => Err(format!("{one}: {other:?}; refused: {:?}", found.refused)),
        }
    }
}

/// Valid, revoked, not known to be good, or no valid path: as the suite says.
fn is_expected(outcome: &Result<(), String>, class: &Value) -> bool {
    match (outcome, class.as_str()) {
        (Ok(()), class) => class.is_none(),
        (Err(fault), Some("RevokedError")) => fault.contains(": Revoked") || fault.contains(": OnHold"),
        (Err(fault), Some("InsufficientRevinfoError" | "StaleRevinfoError")) => {
            fault.contains(": Unknown") || fault.contains(": TryLater")
        }
        (Err(fault), Some("PathValidationError")) => fault.contains("RFC 5280") || fault.starts_with("no path"),
        _ => false,
    }
}

pub(super) fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
}

pub(super) fn settings(params: &Value, limits: &Limits) -> PathSettings {
    let flag = |key: &str| params[key].as_bool().unwrap_or(false);
    let policies = params["user_initial_policy_set"].as_array().map(|_| {
        let oids = strings(&params["user_initial_policy_set"]);
        PolicySet::Only(oids.iter().map(|oid| oid.parse::<crate::pki::oid::Oid>().unwrap()).collect())
    });
    PathSettings {
        policies: policies.unwrap_or(PolicySet::Any),
        policy_flags: InitialPolicyFlags {
            explicit_policy: flag("initial_explicit_policy"),
            policy_mapping_inhibit: flag("initial_policy_mapping_inhibit"),
            any_policy_inhibit: flag("initial_any_policy_inhibit"),
        },
        ..PathSettings::new(limits)
    }
}

fn run(file: &str) {
    let Some(suite) = Suite::open() else { return };
    let cases = suite.cases(file);
    let mut wrong = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let outcome = suite.run(case);
        let as_expected = is_expected(&outcome, &case["error"]["class"]);
        let said = outcome.map_or_else(|fault| fault, |()| "valid".to_owned());
        if !as_expected {
            wrong.push(format!("{id} {}: {said}", case["name"]));
        }
    }
    println!("{} of {} cases as expected", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{}\n{} wrong", wrong.join("\n"), wrong.len());
}

#[test]
fn all_cases() {
    run("pkits.json");
}

#[test]
fn user_notices() {
    run("pkits-user-notice.json");
}
