//! Project Wycheproof's signature vectors: every file in the folder, every test in each file.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{KeyFault, PublicKey};
use crate::corpora;
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::SignatureAlgorithm;

/// What one test came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Right,
    Wrong,
    /// A digest that no PDF and no certificate uses: truncated SHA-512.
    NoSuchDigest,
    /// ML-DSA with a context, which RFC 9882 leaves empty.
    Context,
    /// An ML-DSA key without the feature.
    NoSuchKey,
}

fn digest(name: &Value) -> Option<DigestAlgorithm> {
    let name = name.as_str().unwrap();
    DigestAlgorithm::ALL.iter().copied().find(|one| one.name() == name)
}

/// The algorithm of a group of tests; `None` where its digest is none of ours.
fn algorithm(group: &Value, key: Option<&PublicKey>) -> Option<SignatureAlgorithm> {
    match group["type"].as_str().unwrap() {
        "EcdsaVerify" => digest(&group["sha"]).map(SignatureAlgorithm::Ecdsa),
        "RsassaPkcs1Verify" => digest(&group["sha"]).map(SignatureAlgorithm::RsaPkcs1),
        "RsassaPssVerify" | "RsassaPssWithParametersVerify" => {
            assert_eq!(group["mgf"], "MGF1");
            let salt_len = u16::try_from(group["sLen"].as_u64().unwrap()).unwrap();
            Some(SignatureAlgorithm::RsaPss {
                digest: digest(&group["sha"])?,
                mask: digest(&group["mgfSha"])?,
                salt_len,
            })
        }
        "EddsaVerify" | "MlDsaVerify" => Some(key.map_or(SignatureAlgorithm::Ed25519, PublicKey::default_algorithm)),
        other => panic!("no test knows {other}"),
    }
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn run(group: &Value, test: &Value) -> Outcome {
    let key = match group["publicKeyDer"].as_str() {
        Some(_) => PublicKey::from_spki(&bytes(&group["publicKeyDer"])),
        // Keys of a length that no encoding has.
        None => Err(KeyFault::Malformed),
    };
    if matches!(key, Err(KeyFault::UnknownKey(_))) && group["type"] == "MlDsaVerify" {
        return Outcome::NoSuchKey;
    }
    if test["ctx"].as_str().is_some_and(|context| !context.is_empty()) {
        return Outcome::Context;
    }
    let Some(algorithm) = algorithm(group, key.as_ref().ok()) else { return Outcome::NoSuchDigest };
    let good = key.is_ok_and(|key| key.verify(algorithm, &bytes(&test["msg"]), &bytes(&test["sig"])).is_ok());
    let right = match test["result"].as_str().unwrap() {
        "valid" => good,
        "invalid" => !good,
        // BER where DER is asked, and a missing NULL: verifying by comparison refuses it.
        "acceptable" => !good,
        other => panic!("no result is {other}"),
    };
    if right { Outcome::Right } else { Outcome::Wrong }
}

#[test]
fn no_vector_is_judged_wrongly() {
    let Some(folder) = corpora::folder("wycheproof") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let suite: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let mut outcomes = BTreeMap::new();
        for group in suite["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                let outcome = run(group, test);
                *outcomes.entry(outcome).or_insert(0u64) += 1;
                if outcome == Outcome::Wrong {
                    wrong.push(format!("{name} {}: {} should be {}", test["tcId"], test["comment"], test["result"]));
                }
            }
        }
        println!("{name}: {outcomes:?}");
        assert_eq!(outcomes.values().sum::<u64>(), suite["numberOfTests"].as_u64().unwrap(), "{name}");
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
