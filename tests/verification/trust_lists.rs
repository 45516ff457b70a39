//! A real signed document of somebody's whom everybody trusts: Adobe's list of approved authorities.

use std::path::{Path, PathBuf};

use pades_ltv::{Document, Evidence, Policy, Time, TrustStore, Verification};

use crate::common::{at, verdict};

fn list() -> Option<Vec<u8>> {
    let folder = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("trustlists/aatl-tl12.acrobatsecuritysettings.pdf");
    let read = std::fs::read(path).ok();
    if read.is_none() {
        println!("skipped: no corpora");
    }
    read
}

/// The certificates in the signature that name `name` as subject and issuer, found by how certificates begin.
fn own_root(pdf: &[u8], name: &str) -> TrustStore {
    let begin = pdf.windows(10).position(|window| window == b"/Contents<").unwrap() + 10;
    let digits = pdf[begin..].iter().take_while(|one| **one != b'>').copied().collect::<Vec<u8>>();
    let digit = |one: u8| u8::try_from(char::from(one).to_digit(16).unwrap()).unwrap();
    let der: Vec<u8> = digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
    let mut trust = TrustStore::new();
    for start in 0..der.len() - 4 {
        let [0x30, 0x82, high, low] = der[start..start + 4] else { continue };
        let end = start + 4 + usize::from(u16::from_be_bytes([high, low]));
        let Some(certificate) = der.get(start..end) else { continue };
        let named = certificate.windows(name.len()).filter(|window| *window == name.as_bytes()).count();
        if named == 2 && trust.is_empty() {
            let _ = trust.add_der(certificate, "the list's own root");
        }
    }
    trust
}

#[test]
fn adobes_list_verifies_to_its_own_root_at_its_time_and_says_why_not_today() {
    let Some(pdf) = list() else { return };
    let trust = own_root(&pdf, "Adobe Root CA G2");
    assert_eq!(trust.len(), 1);
    let document = Document::open(pdf.as_slice()).unwrap();
    let verify = |time: Time, policy: Policy| {
        let report = Verification::new(&document, &trust, time).evidence(&Evidence::new()).policy(policy).verify();
        let [one] = report.signatures.as_slice() else { panic!("{report:#?}") };
        assert!(one.intact && one.findings.iter().all(|finding| finding.message.len() < 600), "{report:#?}");
        (verdict(one), one.clone())
    };
    let (then, one) = verify(at("2022-05-31T09:10:00Z"), Policy::default());
    assert_eq!(then, "TOTAL-PASSED", "{one:#?}");
    assert_eq!(one.trust_source.as_deref(), Some("the list's own root"));
    assert_eq!(one.sub_filter.as_deref(), Some("adbe.pkcs7.detached"));
    let (today, one) = verify(at("2026-11-22T00:00:00Z"), Policy::default());
    println!("{today}: {:#?}", one.findings);
    assert!(today.starts_with("INDETERMINATE/"), "{one:#?}");
    let said = |words: &str| one.findings.iter().any(|finding| finding.message.contains(words));
    assert!(said("is too old") || said("not at 2026-11-22"), "{one:#?}");
}
