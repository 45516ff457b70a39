//! The validations of another implementation's test-suite, replayed: what it said of each file, what we say, and why we differ.
//!
//! `foreign.tsv` lists every difference: the case, what the other said, what we say, and the clause that decides. A difference that is not
//! listed fails, and so does a listed one that is none any more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pades_ltv::{
    Algorithm, Constraint, DigestAlgorithm, Document, Evidence, ModificationRule, Policy, Report, Term, Time,
    TrustStore, TrustUse, Verification,
};
use serde_json::Value;

use crate::common::{at, certificates_in, is_root, verdict};

const DIFFERENCES: &str = include_str!("foreign.tsv");

/// One call of the other's validation.
struct Case {
    name: String,
    root: PathBuf,
    value: Value,
}

impl Case {
    fn read(&self, name: &Value) -> Vec<u8> {
        std::fs::read(self.root.join(name.as_str().unwrap())).unwrap()
    }

    /// What the policies of signers and of timestamp authorities name under `key`.
    fn named(&self, key: &str) -> Vec<&Value> {
        let input = &self.value["input"];
        let policies = [
            &input["vc"],
            &input["ts_vc"],
            &input["spec"],
            &input["spec"]["signer_policy"],
            &input["spec"]["ts_policy"],
        ];
        policies.into_iter().filter_map(|policy| policy[key].as_array()).flatten().collect()
    }

    fn trust(&self) -> TrustStore {
        let mut trust = TrustStore::new();
        self.named("roots").iter().for_each(|root| trust.add_der(&self.read(root), "foreign").unwrap());
        // The trusted lists of these cases were made while the suite ran, and are not recorded. The root that their files carry stands
        // for the service that was listed.
        if self.value["input"]["spec"]["signer_policy"]["trust_manager"] == "TSPTrustManager" {
            let carried = certificates_in(&self.read(&self.value["pdf"]));
            let root = carried.iter().find(|der| is_root(der, "Qualified Root CA")).unwrap();
            let uses = [TrustUse::Signing, TrustUse::Certifying, TrustUse::Timestamping];
            trust.add_der_for(root, "stands for a trusted list", &[Term::of(&uses)]).unwrap();
        }
        trust
    }

    /// What the other knew or fetched.
    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::new();
        let fetched = |service: &str| {
            let answers = self.value["http"].as_array().unwrap().iter();
            answers.filter(|one| one["svc"] == service).map(|one| &one["resp"]).collect::<Vec<_>>()
        };
        // What cannot be read is no evidence.
        for name in self.named("certs_known") {
            let _ = evidence.add_certificate(&self.read(name));
        }
        for name in self.named("crls_known").into_iter().chain(fetched("crl")) {
            let _ = evidence.add_crl(&self.read(name));
        }
        for name in self.named("ocsps_known").into_iter().chain(fetched("ocsp")) {
            let _ = evidence.add_ocsp(&self.read(name));
        }
        evidence
    }

    /// When the other judged: the moment that it was told, or else its clock.
    fn time(&self) -> Time {
        let input = &self.value["input"];
        let told = [&input["future_time"], &input["vc"]["moment"], &self.value["now"]];
        let text = told.into_iter().find_map(Value::as_str).unwrap();
        let text = text.replace(' ', "T");
        let (seconds, zone) = (text.get(..19).unwrap(), text.get(text.len() - 6..).unwrap());
        format!("{seconds}{zone}").parse().unwrap()
    }

    /// In the words of our reports, as far as the other has them.
    fn recorded(&self) -> String {
        let result = &self.value["result"];
        match (result["ades_subindic"].as_str(), &result["bottom_line"], result["exception"].as_str()) {
            (Some(said), ..) => match said.split_once('.').unwrap() {
                ("AdESPassed", _) => "TOTAL-PASSED".to_owned(),
                ("AdESFailure", sub) => format!("TOTAL-FAILED/{sub}"),
                (_, sub) => format!("INDETERMINATE/{sub}"),
            },
            (_, Value::Bool(true), _) => "TOTAL-PASSED".to_owned(),
            // A timestamp has no bottom line there.
            (_, Value::String(_), _)
                if result["valid"] == true && result["intact"] == true && result["trusted"] == true =>
            {
                "TOTAL-PASSED".to_owned()
            }
            _ => "not passed".to_owned(),
        }
    }

    fn ours(&self) -> String {
        let pdf = self.read(&self.value["pdf"]);
        // The passwords of the suite's encrypted files; one of them is for a certificate's holder.
        let with = |password: &str| Document::open(pdf.as_slice()).and_then(|document| document.unlock(password));
        let opened = if self.value["encrypted"] == true {
            with("ownersecret").or_else(|_| with("usersecret"))
        } else {
            Document::open(pdf.as_slice())
        };
        let document = match opened {
            Ok(document) => document,
            Err(error) => return format!("{:?}", error.kind()),
        };
        let report = self.report(&document);
        match report.signatures.iter().find(|one| Some(one.field.as_str()) == self.value["field"].as_str()) {
            Some(one) => verdict(one),
            None => report.findings.first().map_or_else(|| "no such signature".to_owned(), ToString::to_string),
        }
    }

    fn report(&self, document: &Document<'_>) -> Report {
        let (trust, time) = (self.trust(), self.time());
        let verification = Verification::new(document, &trust, time).evidence(&self.evidence());
        verification.policy(self.policy()).verify()
    }

    /// The other's policy in our words.
    fn policy(&self) -> Policy {
        let input = &self.value["input"];
        let mut policy = self.algorithms();
        if input["skip_diff"] == true {
            policy = policy.modifications(ModificationRule::ListedOnly);
        }
        let rules = |places: [&Value; 2]| places.into_iter().find_map(|place| place["rev_rules"].as_array().cloned());
        let signer = rules([&input["vc"], &input["spec"]["signer_policy"]]).unwrap();
        let authority = rules([&input["ts_vc"], &input["spec"]["ts_policy"]]).unwrap_or_else(|| signer.clone());
        // The first rule is about signers, the second about authorities.
        let is_soft =
            |rules: &[Value], place: usize| ["ifdeclaredsoftcheck", "nocheck"].iter().any(|soft| rules[place] == *soft);
        let waived = [
            (is_soft(&signer, 0), Constraint::SignerRevocation),
            (is_soft(&authority, 0), Constraint::TimestampRevocation),
            (is_soft(&signer, 1) && is_soft(&authority, 1), Constraint::AuthorityRevocation),
        ];
        for (_, requirement) in waived.iter().filter(|(is_waived, _)| *is_waived) {
            policy = policy.waiving(*requirement);
        }
        // It has no word for the documents of signature policies.
        policy.waiving(Constraint::SignaturePolicy)
    }
}

impl Case {
    /// Its keys are judged by none of our policies; of its digests some are weak, which it names or leaves at three.
    fn algorithms(&self) -> Policy {
        let input = &self.value["input"];
        let weak = match input["vc"]["weak_hashes"].as_array() {
            Some(named) => named.iter().map(|name| name.as_str().unwrap()).collect(),
            None => vec!["md5", "sha1"],
        };
        let digests = [("md5", DigestAlgorithm::Md5), ("sha1", DigestAlgorithm::Sha1)];
        let mut policy = Policy::permissive();
        for (_, digest) in digests.iter().filter(|(name, _)| weak.contains(name)) {
            policy = policy.ending(Algorithm::Digest(*digest), at("2012-08-01T00:00:00Z"));
        }
        let named = [&input["vc"], &input["spec"]["signer_policy"]];
        let named = named.into_iter().find_map(|place| place["algo_policy"].as_str()).unwrap();
        // Policies of single cases, whose names and years stand in the suite.
        let sha512 = Algorithm::Digest(DigestAlgorithm::Sha512);
        match named {
            "NoSha512AfterSomeTime" if self.name.contains("no_poe") => {
                policy.ending(sha512, at("2020-01-01T00:00:00Z"))
            }
            "NoSha512AfterSomeTime" => policy.ending(sha512, at("2026-01-01T00:00:00Z")),
            "RSAConsideredHarmful" => policy.ending(Algorithm::RsaPkcs1 { bits: 0 }, at("2000-01-01T00:00:00Z")),
            _ => policy,
        }
    }
}

fn cases() -> Option<Vec<Case>> {
    let folder = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("foreign");
    let Ok(text) = std::fs::read_to_string(root.join("cases.jsonl")) else {
        println!("skipped: no corpora");
        return None;
    };
    let mut seen = BTreeMap::<String, usize>::new();
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let test = value["test"].as_str().unwrap().trim_start_matches("tests/").to_owned();
        let count = seen.entry(test.clone()).or_default();
        *count += 1;
        Case { name: format!("{test} #{count}"), root: root.clone(), value }
    };
    Some(text.lines().map(read).collect())
}

#[test]
fn every_foreign_validation_is_repeated_and_every_difference_has_its_reason() {
    let Some(cases) = cases() else { return };
    assert_eq!(cases.len(), 260);
    let mut listed: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for line in DIFFERENCES.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, recorded, ours, reason] = columns[..] else { panic!("{line}") };
        assert!(!reason.is_empty(), "{line}");
        assert!(listed.insert(name, (recorded, ours)).is_none(), "twice: {name}");
    }
    let (mut same, mut wrong, mut bare) = (0, Vec::new(), 0);
    for case in &cases {
        if case.value.get("pdf").is_none() {
            // A CMS without a PDF around it: `verify::foreign_tests` replays those.
            bare += 1;
            continue;
        }
        let (recorded, ours) = (case.recorded(), case.ours());
        if std::env::var_os("FOREIGN_VERBOSE").is_some() {
            println!("{}: {recorded}, {ours}", case.name);
        }
        let is_same = recorded == ours || (recorded == "not passed" && ours != "TOTAL-PASSED");
        match listed.remove(case.name.as_str()) {
            Some(expected) if !is_same && expected == (recorded.as_str(), ours.as_str()) => {}
            None if is_same => same += 1,
            _ => wrong.push(format!("{}\t{recorded}\t{ours}\t", case.name)),
        }
    }
    let different = DIFFERENCES.lines().count() - 1;
    println!("{same} as recorded, {different} different with a reason, {bare} without a PDF");
    assert_eq!(same + different + bare, 260);
    assert!(wrong.is_empty() && listed.is_empty(), "{}\nno such cases: {listed:?}", wrong.join("\n"));
}
