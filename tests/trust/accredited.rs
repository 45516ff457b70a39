//! Timestamps of accredited authorities, from lists of certificates.

use std::io::Write;

use pades_ltv::trustlist::accredited;
use pades_ltv::{Document, ErrorKind, Evidence, Language, Time, TrustStore, Verification};

use crate::common::{CONTRACT, World, certificates, certificates_in, days, now};

/// A ZIP of files, each stored or deflated.
fn zip(files: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let table = (0..256u32).map(|at| (0..8).fold(at, |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }));
    let table: Vec<u32> = table.collect();
    let crc = |data: &[u8]| !data.iter().fold(!0u32, |crc, one| crc >> 8 ^ table[(crc as u8 ^ one) as usize]);
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in files {
        let packed = if deflated {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        } else {
            data.to_vec()
        };
        let offset = out.len() as u32;
        let mut common = vec![20, 0, 0, 0, if deflated { 8 } else { 0 }, 0, 0, 0, 0x21, 0];
        common.extend(crc(data).to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((data.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10], &offset.to_le_bytes(), name.as_bytes()].concat());
    }
    let (at, count) = (out.len() as u32, (files.len() as u16).to_le_bytes());
    out.extend(&directory);
    out.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count].concat());
    out.extend([&(directory.len() as u32).to_le_bytes()[..], &at.to_le_bytes(), &[0, 0]].concat());
    out
}

#[test]
fn a_timestamp_of_a_listed_authority_is_reported_as_accredited() {
    let world = World::new();
    let stamped = world.stamped(CONTRACT, now());
    let evidence = world.evidence(&stamped, now());
    let document = Document::open(stamped.as_slice()).unwrap();
    let verify = |trust: &TrustStore| Verification::new(&document, trust, now()).evidence(&evidence).verify();
    let accredited = |trust: &TrustStore| verify(trust).signatures[0].signature_timestamps[0].accredited.clone();
    assert_eq!(accredited(&world.trust), None);
    let with = |der: &[u8], from: Option<Time>, until: Option<Time>| {
        let mut trust = world.trust.clone();
        trust.add_accredited(der, "総務大臣認定 時刻認証業務, 2026-04-01", from, until).unwrap();
        trust
    };
    let own = certificates_in(&stamped);
    // Without anchors there is no path, and only the authority's own certificate can be meant.
    let listed = |der: &&Vec<u8>| {
        let mut alone = TrustStore::new();
        alone.add_accredited(der, "a ministry", None, None).unwrap();
        accredited(&alone).is_some()
    };
    let [tsa] = own.iter().filter(listed).collect::<Vec<_>>()[..] else { panic!("{} certificates", own.len()) };
    // With them, whoever issued it accredits it, too.
    assert!(accredited(&with(world.authority.root_der(), None, None)).is_some());
    let [signer, ..] = &certificates(&world.signer)[..] else { panic!() };
    assert_eq!(accredited(&with(signer, None, None)), None);
    // As of the time that it states.
    assert!(accredited(&with(tsa, Some(now()), Some(now().after(days(1))))).is_some());
    assert_eq!(accredited(&with(tsa, Some(now().after(days(1))), None)), None);
    assert_eq!(accredited(&with(tsa, None, Some(now()))), None);
    let report = verify(&with(tsa, Some(now()), None));
    let said = report.signatures[0].signature_timestamps[0].accredited.as_ref().unwrap();
    assert_eq!((said.list.as_str(), said.from), ("総務大臣認定 時刻認証業務, 2026-04-01", Some(now())));
    let text = report.to_text(Language::Japanese);
    assert!(
        text.contains(
            "タイムスタンプ局の認定 : 総務大臣認定 時刻認証業務, 2026-04-01 (2026-10-07 09:25:23 +09:00から)"
        ),
        "{text}"
    );
    assert!(report.to_json("a.pdf").contains("\"accredited\":{\"list\":\"総務大臣認定 時刻認証業務, 2026-04-01\",\"from\":\"2026-10-07T00:25:23Z\",\"until\":null}"));
    // It is no trust: without anchors the list changes nothing.
    let mut alone = TrustStore::new();
    alone.add_accredited(tsa, "a ministry", None, None).unwrap();
    let report = verify(&alone);
    assert!(!report.signatures[0].signature_timestamps[0].conclusion.is_passed());
}

#[test]
fn a_document_timestamp_is_reported_so_too() {
    let world = World::new();
    let sealed = world.sealed(CONTRACT, now());
    let mut trust = world.trust.clone();
    for der in certificates_in(&sealed) {
        trust.add_accredited(&der, "a ministry", None, None).unwrap();
    }
    let document = Document::open(sealed.as_slice()).unwrap();
    let report = Verification::new(&document, &trust, now()).evidence(&Evidence::new()).verify();
    assert_eq!(report.signatures[0].accredited.as_ref().map(|said| said.list.as_str()), Some("a ministry"));
    let mut broken = sealed.clone();
    broken[CONTRACT.len() / 2] ^= 1;
    let document = Document::open(broken.as_slice()).unwrap();
    let report = Verification::new(&document, &trust, now()).verify();
    assert_eq!((report.signatures[0].intact, &report.signatures[0].accredited), (false, &None));
}

#[test]
fn archives_are_read_within_bounds() {
    let world = World::new();
    let der = world.authority.root_der().to_vec();
    for deflated in [false, true] {
        let archive = zip(&[("a/", b""), ("a/TSA.cer", &der), ("readme.txt", b"hello"), ("b.cer", &der)], deflated);
        let list = accredited(&archive, "tsa.zip").unwrap();
        assert_eq!((list.len(), list.subjects().count()), (1, 2));
        let mut trust = TrustStore::new();
        let added = list.add_to(&mut trust, "a ministry, 2026-04-01", None, None);
        assert_eq!((added.accredited, added.unreadable.len(), trust.is_empty()), (1, 1, true));
        assert!(added.unreadable[0].starts_with("readme.txt: "), "{:?}", added.unreadable);
    }
    let refused = |bytes: &[u8]| accredited(bytes, "list").unwrap_err().kind();
    assert_eq!(refused(b"PK\x03\x04 cut"), ErrorKind::TrustList);
    assert_eq!(refused(&zip(&[("readme.txt", b"hello")], true)), ErrorKind::TrustList);
    let big = vec![b' '; 2 << 20];
    assert_eq!(refused(&zip(&[("bomb.cer", &big)], true)), ErrorKind::TrustList);
    let bombs: Vec<(&str, &[u8])> = std::iter::repeat_n(("bomb.cer", &big[..]), 80).collect();
    assert_eq!(refused(&zip(&bombs, true)), ErrorKind::Limit);
}
