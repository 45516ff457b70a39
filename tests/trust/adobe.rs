//! The Adobe Approved Trust List, as it was published in 2022.

use pades_ltv::trustlist::{AdobeIdentity, AdobeList, Unchecked};
use pades_ltv::{ErrorKind, TrustStore, TrustUse};

use crate::common::{World, at, certificates_in, is_root, now, pdf};
use crate::corpus;

const LIST: &str = "aatl-tl12.acrobatsecuritysettings.pdf";

/// The certificate in the signature whose subject and issuer are Adobe's root, for it signs itself.
fn root(pdf: &[u8]) -> TrustStore {
    let mut trust = TrustStore::new();
    let own = certificates_in(pdf).into_iter().find(|der| is_root(der, "Adobe Root CA G2")).unwrap();
    trust.add_der(&own, "Adobe's own root").unwrap();
    assert_eq!(trust.len(), 1);
    trust
}

#[test]
fn its_signature_is_verified_before_anything_is_taken_from_it() {
    let Some(pdf) = corpus(LIST) else { return };
    let roots = root(&pdf);
    let read = || Unchecked::<AdobeList>::read(&pdf).unwrap();
    let issued = read().claims().issued().unwrap();
    assert_eq!(issued, at("2022-05-31T09:03:31Z"));
    let report = read().report(&roots, issued).unwrap();
    println!("{}: {:?}", read().claims().label(), report.verdict());
    assert_eq!(report.verdict().map(|verdict| verdict.to_string()).as_deref(), Some("TOTAL-PASSED"));
    let [one] = &report.signatures[..] else { panic!("{report:#?}") };
    assert_eq!(one.trust_source.as_deref(), Some("Adobe's own root"));
    assert_eq!(one.sub_filter.as_deref(), Some("adbe.pkcs7.detached"));
    assert!(one.intact && one.findings.iter().all(|finding| finding.message.len() < 600), "{report:#?}");
    let list = read().verified(&roots, issued).unwrap();
    assert_eq!(list.identities().len(), 263);
    let untrusted = read().verified(&TrustStore::new(), issued).unwrap_err();
    assert_eq!(untrusted.kind(), ErrorKind::TrustList);
    let today = read().verified(&roots, at("2026-11-22T00:00:00Z")).unwrap_err();
    assert!(today.to_string().contains("INDETERMINATE"), "{today}");
    let changed: Vec<u8> = [&pdf[..], b"\n% more"].concat();
    let changed = Unchecked::<AdobeList>::read(&changed).unwrap().verified(&roots, issued).unwrap_err();
    println!("{changed}");
    let middle = pdf.windows(6).position(|window| window == b"stream").unwrap() + 40;
    let mut forged = pdf.clone();
    forged[middle] ^= 1;
    if let Ok(forged) = Unchecked::<AdobeList>::read(&forged) {
        assert!(forged.verified(&roots, issued).unwrap_err().to_string().contains("TOTAL-FAILED"));
    }
}

#[test]
fn its_entries_say_what_each_is_trusted_for() {
    let Some(pdf) = corpus(LIST) else { return };
    let list = Unchecked::<AdobeList>::read(&pdf).unwrap().danger_unverified();
    let count = |uses: &[TrustUse]| list.identities().iter().filter(|one| one.uses() == uses).count();
    let all = [TrustUse::Signing, TrustUse::Timestamping, TrustUse::Certifying];
    // By ElementTree: Root, CertifiedDocuments and ImportAction of each entry.
    assert_eq!((count(&all), count(&all[..2]), count(&all[2..]), count(&[])), (144, 6, 34, 79));
    assert_eq!(list.identities().iter().filter(|one| one.import_action == 3).count(), 67);
    let mut trust = TrustStore::new();
    let added = list.add_to(&mut trust);
    println!("{}: {added:?}", list.label());
    assert_eq!(added.anchors + added.unreadable.len(), 184);
    assert_eq!(added.anchors, trust.len());
    let names: Vec<&str> = list.identities().iter().filter_map(|one| one.name.as_deref()).collect();
    names.iter().for_each(|name| println!("  {name}"));
    assert_eq!(list.identities().iter().filter(|one| one.subject.is_none()).count(), added.unreadable.len());
    // Nobody on this list has a name in Japanese script; ten are of Japan, and two names are Chinese.
    let is_han =
        |name: &&&str| name.chars().any(|one| matches!(one, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
    assert_eq!(names.iter().filter(is_han).collect::<Vec<_>>(), [&"CA 沃通根证书", &"数安时代 R5 根 CA"]);
    let is_japanese = |one: &&AdobeIdentity| one.subject.as_deref().is_some_and(|name| name.ends_with("C=JP"));
    let japanese: Vec<_> = list.identities().iter().filter(is_japanese).filter_map(|one| one.name.as_deref()).collect();
    assert_eq!(japanese.len(), 10, "{japanese:?}");
    assert!(japanese.contains(&"Cybertrust iTrust Root Certification Authority") && japanese.contains(&"Bridge CA U8"));
}

/// Anybody can have a file stamped by an authority under a root that signs lists, too.
#[test]
fn a_list_that_was_only_stamped_is_not_signed() {
    let xml = "<SecuritySettings><TrustedIdentities/></SecuritySettings>";
    let attached = format!("<</Length {}>>\nstream\n{xml}\nendstream", xml.len());
    let objects = [
        "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a) 4 0 R]>>>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        "<</Type/Filespec/F(SecuritySettings.xml)/EF<</F 5 0 R>>>>",
        &attached,
    ];
    let objects: Vec<(usize, &str)> = (1..).zip(objects).collect();
    let base = pdf::table_with(&objects, "/ID[<00><00>]");
    let world = World::new();
    let stamped = world.archived(&world.sealed(&base, now()), now());
    assert_eq!(world.verify(&stamped, now()).verdict().unwrap().to_string(), "TOTAL-PASSED");
    let read = Unchecked::<AdobeList>::read(&stamped).unwrap();
    let refused = read.verified(&world.trust, now()).unwrap_err();
    assert!(refused.to_string().contains("it has none"), "{refused}");
}
