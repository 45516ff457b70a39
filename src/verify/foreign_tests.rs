//! The CMS without a PDF around them among the validations of another implementation's test-suite, replayed: `tests/verification/foreign.rs`
//! replays the others.

use serde_json::Value;

use super::certificate::{Pool, Validator};
use super::context::{Context, PolicyDocuments};
use super::existence::ProofsOfExistence;
use super::integrity::{Cryptography, Format, TokenList, tokens};
use super::policy::{Algorithm, Policy};
use super::process::{Subject, validate_signature};
use super::proving::judge_all;
use super::reading::add_cms;
use super::timestamp::JudgedToken;
use crate::corpora;
use crate::digest::DigestAlgorithm;
use crate::limits::Limits;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{SignedData, SignerInfo};
use crate::pki::evidence::Evidence;
use crate::pki::path::Purpose;
use crate::pki::trust::store::TrustStore;
use crate::report::{Conclusion, Indication};
use crate::time::Time;

/// Where we differ: the case, what the other said, what we say, and the clause that decides.
const DIFFERENCES: [(&str, &str, &str, &str); 5] = [
    (
        "test_embedded_cades_with_time_sig_tampered_timestamp",
        "TOTAL-FAILED/SIG_CRYPTO_FAILURE",
        "TOTAL-PASSED",
        "the timestamp fails in both; one that is not valid is left aside (5.5.4, step 2), and the signature passes without it",
    ),
    (
        "test_embedded_cades_with_time_happy_path_with_tl[True]",
        "TOTAL-PASSED",
        "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND",
        "its anchors come from a trusted list (TS 119 612), which this test does not read: without an anchor, 5.2.6, step 2",
    ),
    (
        "test_embedded_cades_with_time_fail_qualification_requirements[cert_label0-tsa_label0-requirements0-ts_requirements0]",
        "INDETERMINATE/SIG_CONSTRAINTS_FAILURE",
        "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND",
        "its anchors come from a trusted list (TS 119 612), which this test does not read: without an anchor, 5.2.6, step 2",
    ),
    (
        "test_embedded_cades_with_time_fail_qualification_requirements[cert_label2-tsa_label2-requirements2-None]",
        "INDETERMINATE/SIG_CONSTRAINTS_FAILURE",
        "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND",
        "its anchors come from a trusted list (TS 119 612), which this test does not read: without an anchor, 5.2.6, step 2",
    ),
    (
        "test_embedded_cades_revoked_no_poe",
        "INDETERMINATE/REVOKED_NO_POE",
        "TOTAL-PASSED",
        "the call asked for basic validation alone (5.3), which says the same here; the timestamp is older than the revocation (5.5.4, step 3)",
    ),
];

struct Case {
    root: std::path::PathBuf,
    value: Value,
}

impl Case {
    fn read(&self, name: &Value) -> Vec<u8> {
        std::fs::read(self.root.join(name.as_str().unwrap())).unwrap()
    }

    fn trust(&self) -> TrustStore {
        let mut trust = TrustStore::new();
        let roots = self.value["input"]["spec"]["signer_policy"]["roots"].as_array();
        roots.into_iter().flatten().for_each(|root| trust.add_der(&self.read(root), "foreign").unwrap());
        trust
    }

    /// What the other fetched, and what travels inside.
    fn evidence(&self, cms: &SignedData) -> Evidence {
        let mut evidence = Evidence::new();
        for answer in self.value["http"].as_array().unwrap() {
            // What cannot be read is no evidence.
            let _ = match answer["svc"].as_str().unwrap() {
                "crl" => evidence.add_crl(&self.read(&answer["resp"])),
                "ocsp" => evidence.add_ocsp(&self.read(&answer["resp"])),
                _ => Ok(()),
            };
        }
        add_cms(&mut evidence, cms);
        let lists: [TokenList; 2] = [SignerInfo::signature_timestamps, SignerInfo::content_timestamps];
        for list in lists {
            for token in tokens(cms, &Limits::default(), list).iter().flatten() {
                add_cms(&mut evidence, token.signed_data());
            }
        }
        evidence
    }

    fn time(&self) -> Time {
        self.value["now"].as_str().unwrap().replace(' ', "T").parse().unwrap()
    }

    fn recorded(&self) -> String {
        let said = self.value["result"]["ades_subindic"].as_str().unwrap();
        match said.split_once('.').unwrap() {
            ("AdESPassed", _) => "TOTAL-PASSED".to_owned(),
            ("AdESFailure", sub) => format!("TOTAL-FAILED/{sub}"),
            (_, sub) => format!("INDETERMINATE/{sub}"),
        }
    }

    fn ours(&self) -> String {
        let (limits, trust) = (Limits::default(), self.trust());
        let cms = SignedData::from_der(&self.read(&self.value["input"]["cms"]), &limits).unwrap();
        let (cms, content) = cms.detached();
        let (content, evidence) = (content.unwrap(), self.evidence(&cms));
        let weak = |policy: Policy, digest| policy.ending(Algorithm::Digest(digest), Time::from_unix(0));
        let policy = weak(weak(Policy::permissive(), DigestAlgorithm::Md5), DigestAlgorithm::Sha1);
        let (pool, mut proofs) = (Pool::new(&evidence), ProofsOfExistence::new(self.time()));
        let signer = cms.signer().unwrap();
        let digest = signer.digest_algorithm().unwrap().digest(&content);
        let certificates = evidence.certificates().as_slice();
        let cryptography = Cryptography::of_signature(&cms, Format::Cades, &digest, certificates, true);
        let before = proofs.clone();
        let validator = Validator::new(&trust, &pool, &limits, &policy, &before);
        let stamps = tokens(&cms, &limits, SignerInfo::signature_timestamps);
        let (stamps, _) = judge_all(validator, &stamps, |digest| Some(digest.digest(signer.signature())), None);
        let proved = stamps.iter().filter_map(JudgedToken::proof).min();
        let contents = tokens(&cms, &limits, SignerInfo::content_timestamps);
        let (contents, _) = judge_all(validator, &contents, |digest| Some(digest.digest(&content)), proved);
        if let Some(proved) = proved {
            let own = cryptography.signing_certificate.iter().map(Certificate::fingerprint);
            proofs.add_objects(own, proved);
        }
        let context = Context::initialize(&policy, &PolicyDocuments::new(), Some(signer));
        let intervals = contents.iter().filter_map(JudgedToken::proved_interval);
        let not_before = intervals.filter_map(|interval| interval.earliest_time()).max();
        let validator = Validator { proofs: &proofs, ..validator };
        let subject = Subject {
            cms: &cms,
            cryptography: &cryptography,
            purpose: Purpose::DocumentSigning,
            carried: None,
            context: &context,
            proved,
            not_before,
        };
        said(validate_signature(validator, &subject).conclusion)
    }
}

fn said(conclusion: Conclusion) -> String {
    match (conclusion.indication, conclusion.sub_indication) {
        (Indication::TotalPassed, _) => "TOTAL-PASSED".to_owned(),
        (indication, sub_indication) => format!("{indication}/{}", sub_indication.unwrap()),
    }
}

#[test]
fn every_bare_cms_is_judged_and_every_difference_has_its_reason() {
    let Some(root) = corpora::folder("foreign") else { return };
    let text = std::fs::read_to_string(root.join("cases.jsonl")).unwrap();
    let values = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let cases: Vec<Case> =
        values.filter(|value| value.get("pdf").is_none()).map(|value| Case { root: root.clone(), value }).collect();
    assert_eq!(cases.len(), 8);
    let mut different = Vec::new();
    for case in &cases {
        let name = case.value["test"].as_str().unwrap().rsplit("::").next().unwrap();
        let (recorded, ours) = (case.recorded(), case.ours());
        println!("{name}: {recorded}, {ours}");
        if recorded != ours {
            different.push((name, recorded, ours));
        }
    }
    let listed: Vec<_> = DIFFERENCES
        .iter()
        .map(|(name, recorded, ours, reason)| {
            assert!(!reason.is_empty());
            (*name, (*recorded).to_owned(), (*ours).to_owned())
        })
        .collect();
    assert_eq!(different, listed);
}
