//! Timestamps of accredited authorities, from lists of certificates.

use std::io::Write;

use pades_ltv::trustlist::accredited;
use pades_ltv::{Document, ErrorClass, ErrorKind, Evidence, Language, Time, TrustStore, Verification};

use crate::common::{CONTRACT, World, certificates, certificates_in, days, now};

/// A ZIP of files, each stored or deflated.
fn zip<N: AsRef<[u8]>>(files: &[(N, &[u8])], deflated: bool) -> Vec<u8> {
    let table = (0..256u32).map(|at| (0..8).fold(at, |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }));
    let table: Vec<u32> = table.collect();
    let crc = |data: &[u8]| !data.iter().fold(!0u32, |crc, one| crc >> 8 ^ table[(crc as u8 ^ one) as usize]);
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in files {
        let name = name.as_ref();
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
        out.extend([b"PK\x03\x04", &common[..], name, &packed].concat());
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10], &offset.to_le_bytes(), name].concat());
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

/// As a ministry may publish it: made on Japanese Windows, in folders, certificates of three authorities in DER and PEM, some of them twice,
/// with notes beside them.
#[test]
fn a_published_archive_is_read_whatever_its_files_are_called() {
    let world = World::new();
    let stamped = world.stamped(CONTRACT, now());
    let pem = world.authority.root_pem().as_bytes().to_vec();
    let own: Vec<Vec<u8>> = certificates_in(&stamped);
    let (first, second) = (own[0].clone(), own[1].clone());
    let guide = [b"%PDF-1.7\n".to_vec(), vec![0x80; 3 << 20]].concat();
    // Shift_JIS: 認定/ソフト.cer, whose second character ends in a backslash; and 表.pem.
    let (folder, soft, table) =
        (b"\x94\x46\x92\xe8/", b"\x94\x46\x92\xe8/\x83\x5c\x83\x74\x83\x67.cer", b"\x95\x5c.pem");
    let files: Vec<(&[u8], &[u8])> = vec![
        (folder, b""),
        (soft, &first),
        (table, &pem),
        ("令和8年度/時刻認証業務/一般/TSA証明書.cer".as_bytes(), &second),
        ("令和8年度/時刻認証業務/一般/TSA証明書.cer".as_bytes(), &second),
        ("別名.der".as_bytes(), &first),
        ("ご案内.pdf".as_bytes(), &guide),
        (b"\x94\x46\x92\xe8/\x82\xe6.txt", b"\x82\xe6\x82\xeb\x82\xb5\x82\xad"),
        (b"../../../../etc/passwd.cer", b"root:x:0:0"),
        (b"C:\\Windows\\tsa.cer", &pem),
        (b"a\x1b[2Jb\n.cer", b"nothing"),
        (b"", b"no name"),
    ];
    for deflated in [false, true] {
        let list = accredited(&zip(&files, deflated), "tsa.zip").unwrap();
        assert_eq!((list.len(), list.subjects().count()), (3, 6));
        let names: Vec<&str> = list.subjects().map(|(name, _)| name).collect();
        let expected =
            ["file 2 (its name is no UTF-8)", "file 3 (its name is no UTF-8)", "別名.der", "C:\\Windows\\tsa.cer"];
        assert!(expected.iter().all(|one| names.contains(one)), "{names:?}");
        assert_eq!(names.iter().filter(|one| one.ends_with("TSA証明書.cer")).count(), 2, "{names:?}");
        let mut trust = world.trust.clone();
        let added = list.add_to(&mut trust, "総務大臣認定 時刻認証業務, 2026-04-01", None, None);
        println!("{added:#?}");
        // Whatever is no certificate is named, one line each; nothing of it is anywhere but in that list.
        assert_eq!((added.accredited, added.unreadable.len()), (3, 5));
        assert!(added.unreadable.iter().all(|one| !one.chars().any(char::is_control)), "{:?}", added.unreadable);
        for (name, why) in [
            ("ご案内.pdf: ", "too large for a certificate"),
            ("file 8 (its name is no UTF-8): ", ""),
            ("../../../../etc/passwd.cer: ", ""),
        ] {
            let is_named = |one: &String| one.starts_with(name) && one.contains(why);
            assert!(added.unreadable.iter().any(is_named), "{name}{why}: {:?}", added.unreadable);
        }
        let document = Document::open(stamped.as_slice()).unwrap();
        let report = Verification::new(&document, &trust, now()).verify();
        assert!(report.signatures[0].signature_timestamps[0].accredited.is_some());
    }
}

/// What is said where nothing can be taken, and of which class it is: `docs/faults.md` has it.
#[test]
fn each_way_to_be_no_archive_of_certificates_has_its_words_and_its_class() {
    let refused = |bytes: &[u8]| {
        let error = accredited(bytes, "list").unwrap_err();
        let class = if error.kind() == ErrorKind::Limit { ErrorClass::Permanent } else { ErrorClass::Operator };
        assert_eq!(error.class(), class, "{error}");
        error.to_string()
    };
    let none = "no certificate of a timestamp authority is in the list";
    assert!(refused(b"PK\x03\x04 cut").contains("the ZIP cannot be read"));
    assert!(refused(b"<html>").contains(none) && refused(b"").contains(none));
    let der = World::new().authority.root_der().to_vec();
    let encrypted = {
        let mut archive = zip(&[("a.cer", &der[..])], false);
        let directory = archive.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
        archive[6] |= 1;
        archive[directory + 8] |= 1;
        archive
    };
    let said = refused(&encrypted);
    assert!(said.contains(none) && said.contains("the file cannot be unpacked: it is encrypted"), "{said}");
    let many: Vec<(String, &[u8])> = (0..10_001).map(|at| (format!("{at}.cer"), &b""[..])).collect();
    assert!(refused(&zip(&many, false)).contains("the ZIP holds more than 10000 files"));
    let big = vec![b' '; 2 << 20];
    let bombs: Vec<(&str, &[u8])> = std::iter::repeat_n(("bomb.cer", &big[..]), 80).collect();
    assert!(refused(&zip(&bombs, true)).contains("the ZIP holds more than 67108864 bytes"));
    // An archive in an archive is not opened.
    let inner = zip(&[("a.cer", &der[..])], true);
    assert!(refused(&zip(&[("inner.zip", &inner[..])], true)).contains(none));
}
