//! The four levels, over every build of file and with every kind of key.

use pades_ltv::authority::KeyType;
use pades_ltv::report::Level;
use pades_ltv::{Augmentation, Document, Indication, Signing};

use crate::common::{World, days, minutes, now, pdf, signature, verdict};

/// Leads `base` from B-B to B-LTA; every step keeps all bytes of the one before, and reaches its level.
fn climb(world: &World, name: &str, base: &[u8]) {
    let signed = world.signed(base, now());
    let stamped = world.stamped(base, now());
    let extended = world.extended(&stamped, now());
    let archived = world.sealed(&extended, now().after(minutes(1)));
    for (before, after) in [(base, &signed), (base, &stamped), (&stamped, &extended), (&extended, &archived)] {
        assert!(after.starts_with(before) && after.len() > before.len(), "{name}");
        assert!(after.ends_with(b"%%EOF\n"), "{name}");
    }
    let time = now().after(minutes(2));
    for (level, file) in [(Level::B, &signed), (Level::T, &stamped)] {
        // Nobody can tell yet whether the certificates were revoked.
        let report = world.verify(file, time);
        let signature = signature(&report, "Signature1");
        assert_eq!((signature.level, signature.intact), (Some(level), true), "{name}: {report:#?}");
        assert_eq!(verdict(signature), "INDETERMINATE/TRY_LATER", "{name}");
        let online = world.verify_online(file, time);
        assert_eq!(online.verdict(), Some(Indication::TotalPassed), "{name}: {online:#?}");
    }
    for (level, file) in [(Level::Lt, &extended), (Level::Lta, &archived)] {
        let report = world.verify(file, time);
        let signature = signature(&report, "Signature1");
        assert_eq!((signature.level, verdict(signature)), (Some(level), "TOTAL-PASSED".into()), "{name}: {report:#?}");
        assert_eq!(signature.findings, [], "{name}");
        assert!(signature.long_term, "{name}");
    }
}

#[test]
fn every_build_of_file_reaches_every_level() {
    let world = World::new();
    for (name, base) in pdf::bases() {
        climb(&world, name, &base);
    }
}

#[test]
fn rsa_keys_reach_every_level() {
    for key in [KeyType::Rsa2048, KeyType::Rsa3072] {
        let world = World::with_key(key);
        climb(&world, &format!("{key:?} table"), &pdf::table(&[]));
        climb(&world, &format!("{key:?} object stream"), &pdf::packed(&[]));
    }
}

/// Other curves bring other digests: named in the ESS attribute, and computed in the same pass.
#[test]
fn larger_curves_reach_every_level() {
    for key in [KeyType::P384, KeyType::P521] {
        climb(&World::with_key(key), &format!("{key:?}"), &pdf::table(&[]));
    }
}

/// Every revision appended answers in the style of the file it is appended to (ISO 32000-2, 7.5.8.4, note).
#[test]
fn the_base_is_answered_in_its_own_style() {
    let world = World::new();
    for (name, base) in pdf::bases() {
        let archived = world.archived(&world.stamped(&base, now()), now());
        let document = Document::open(archived.as_slice()).unwrap();
        assert_eq!(document.revisions().len(), 4, "{name}: signature, evidence, timestamp");
        let is_stream = name.contains("stream");
        for revision in document.revisions().iter().skip(1) {
            let range = usize::try_from(revision.start()).unwrap()..usize::try_from(revision.end()).unwrap();
            let bytes = &archived[range];
            let at = pdf::startxref(&archived[..usize::try_from(revision.end()).unwrap()]);
            let section = &archived[at..];
            assert_eq!(section.starts_with(b"xref\n"), !is_stream, "{name}");
            assert_eq!(bytes.windows(7).any(|window| window == b"trailer"), !is_stream, "{name}");
            assert_eq!(bytes.windows(10).any(|window| window == b"/Type /XRe"), is_stream, "{name}");
        }
    }
}

/// Letter q and FIELD: the second party signs what the first one signed.
#[test]
fn a_second_signature_leaves_the_first_one_valid() {
    let world = World::new();
    for (name, base) in pdf::bases() {
        let first = world.stamped(&base, now());
        let alone = world.verify_online(&first, now().after(days(1)));
        let second = world.stamped(&first, now().after(minutes(5)));
        assert!(second.starts_with(&first));
        let both = world.verify_online(&second, now().after(days(1)));
        assert_eq!(both.verdict(), Some(Indication::TotalPassed), "{name}: {both:#?}");
        let fields: Vec<&str> = both.signatures.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["Signature1", "Signature2"], "{name}");
        let (before, after) = (signature(&alone, "Signature1"), signature(&both, "Signature1"));
        assert_eq!((before.best_signature_time, before.level), (after.best_signature_time, after.level), "{name}");
        assert!(after.intact && after.findings.is_empty(), "{name}: {after:#?}");
        let archived = world.archived(&second, now().after(days(1)));
        let report = world.verify(&archived, now().after(days(1)));
        let levels: Vec<_> = report.signatures.iter().map(|one| (verdict(one), one.level)).collect();
        let passed = |level| ("TOTAL-PASSED".to_owned(), level);
        assert_eq!(levels, [passed(Some(Level::Lta)), passed(Some(Level::Lta)), passed(None)], "{name}");
    }
}

/// Letter s and STANDARDS 1.3: nothing is stored twice, and nothing is stored where nothing is new.
#[test]
fn evidence_is_merged_and_stored_once() {
    let world = World::new();
    let stamped = world.stamped(&pdf::table(&[]), now());
    let once = world.extended(&stamped, now());
    let document = Document::open(once.as_slice()).unwrap();
    let evidence = world.evidence(&stamped, now());
    let again = Augmentation::new(&document, now()).evidence(&evidence).finish().unwrap();
    assert_eq!(again.bytes(), b"");
    assert_eq!(again.apply(&once).unwrap(), once);
    // A year later the answers are new: they join the old ones.
    let later = now().after(days(365));
    let twice = world.extended(&world.sealed(&once, now()), later);
    let values = |file: &[u8]| world.verify(file, later).findings;
    assert_eq!(values(&twice), []);
    let kept = |file: &[u8], name: &str| crate::common::all(file, name.as_bytes()).len();
    assert!(kept(&twice, "/OCSPs") == 2 && kept(&once, "/OCSPs") == 1);
    assert_eq!(kept(&twice, "/VRI"), 0, "letter v");
}

/// The same input gives the same bytes: nothing here throws dice.
#[test]
fn the_same_input_gives_the_same_bytes() {
    let make = || {
        let world = World::new();
        world.archived(&world.stamped(&pdf::packed(&[]), now()), now())
    };
    assert_eq!(make(), make());
    let world = World::with_key(KeyType::Rsa2048);
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let sign = || Signing::new(&document, now()).sign(&world.signer).unwrap().finish().unwrap();
    assert_eq!(sign(), sign());
}
