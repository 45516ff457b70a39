//! Other people's CRLs and OCSP responses.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::select::{StatusAt, newest_usable};
use super::*;
use crate::corpora;
use crate::limits::Limits;
use crate::pki::certificates::Certificates;
use crate::pki::path::{PathSettings, Paths, validate};
use crate::pki::trust::store::TrustStore;

/// The files below `root` with one of the extensions, in order of their names.
fn files(root: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().and_then(|one| one.to_str()).unwrap_or_default();
            if path.is_dir() {
                open.push(path);
            } else if extensions.contains(&extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// The DER in Base64 without armour.
fn armoured(text: &[u8]) -> Vec<u8> {
    let mut pem = b"-----BEGIN X-----\n".to_vec();
    pem.extend(text);
    pem.extend(b"-----END X-----\n");
    der::pem::decode_vec(&pem).unwrap().1
}

#[test]
fn openssl_ocsp_cases() {
    let Some(root) = corpora::folder("") else { return };
    let root = root.join("ocsp/ocsp_openssl");
    let read = |name: &str| std::fs::read(root.join(name)).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&read("openssl-ocsp.json")).unwrap();
    let certificate = |name: &Value| {
        let mut store = TrustStore::new();
        store.add_pem(&read(name.as_str().unwrap()), "").unwrap();
        store.anchors()[0].certificate().clone()
    };
    let limits = Limits::default();
    for case in &cases {
        let mut trust = TrustStore::new();
        trust.add(certificate(&case["root"]), "OpenSSL");
        let pool: Certificates = case["other_certs"].as_array().into_iter().flatten().map(certificate).collect();
        let target = certificate(&case["cert"]);
        let names = case["ocsps"].as_array().unwrap();
        let ocsps: Vec<_> = names
            .iter()
            .map(|name| OcspResponse::from_der(&armoured(&read(name.as_str().unwrap())), &limits).unwrap())
            .collect();
        let at: Time = case["moment"].as_str().unwrap().parse().unwrap();
        let path = Paths::new(&target, &pool, &trust, &limits).next().unwrap().unwrap();
        validate(&path, at, &PathSettings::new(&limits)).unwrap();
        // Cases with one response leave the status of the intermediate open.
        let mut faults = String::new();
        let good = path.links().take(names.len()).all(|(one, issuer)| {
            let found = answers(one, issuer, &[], &ocsps, &[&pool], &Checks::new(1_000));
            faults += &format!("{:?}", found.refused);
            matches!(newest_usable(&found.answers, at, None), StatusAt::Good { .. })
        });
        assert_eq!(good, case.get("error").is_none(), "{}: {faults}", case["name"]);
    }
    assert_eq!(cases.len(), 29);
}

/// The CRLs of the webpki suite that say nothing, and the beginning of why. All others are read: webpki refuses more of them, as it does
/// without what RFC 5280 allows (v1, no nextUpdate, long or negative numbers, indirect and delta lists).
const REFUSED_CRLS: [(&str, &str); 7] = [
    ("crl.entry.unknown.crit.ext.der", "the critical extension 2.5.29.99"),
    ("crl.idp.invalid.bool.der", "it is not readable DER"),
    ("crl.idp.invalid.name.der", "it is not readable DER"),
    ("crl.idp.unknown.tag.der", "it is not readable DER"),
    ("crl.mismatched.sigalg.der", "the signature algorithm inside"),
    ("crl.unknown.crit.ext.der", "the critical extension 2.5.29.69"),
    ("crl.wrong.version.der", "it is not readable DER"),
];

#[test]
fn webpki_crls() {
    let Some(root) = corpora::folder("") else { return };
    let files = files(&root.join("crl/crl_webpki/tests/crls"), &["der"]);
    for path in &files {
        let outcome = Crl::from_der(&std::fs::read(path).unwrap(), &Limits::default());
        let fault = outcome.and_then(|crl| match crl.unknown_critical() {
            Some(oid) => Err(RevocationFault::CriticalExtension(oid.clone())),
            None => crl.find(crl.issuer(), b"\0"),
        });
        let fault = fault.err().map(|fault| fault.to_string());
        let expected = REFUSED_CRLS.iter().find(|(known, _)| *known == name(path)).map(|(_, why)| *why);
        let same = fault.as_deref().zip(expected).is_some_and(|(fault, why)| fault.starts_with(why));
        assert!(same || (fault.is_none() && expected.is_none()), "{}: {fault:?}", name(path));
    }
    assert_eq!(files.len(), 31);
}

#[test]
fn whatever_there_is_is_read_without_panic() {
    let Some(root) = corpora::folder("") else { return };
    let limits = Limits::default();
    let mut read = [0; 3];
    for folder in ["crl", "ocsp", "pkits"] {
        for path in files(&root.join(folder), &["der", "crt", "crl", "ors", "bin"]) {
            let bytes = std::fs::read(&path).unwrap();
            read[0] += usize::from(Crl::from_der(&bytes, &limits).is_ok());
            read[1] += usize::from(OcspResponse::from_der(&bytes, &limits).is_ok());
            read[2] += usize::from(Certificate::from_der(&bytes).is_ok());
        }
    }
    println!("{} CRLs, {} OCSP responses, {} certificates", read[0], read[1], read[2]);
    assert!(read[0] > 190 && read[2] > 400);
}
