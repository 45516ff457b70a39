//! THREATS, A: signed files of which nothing says where their objects are. Lenient viewers search them, and show a signature; so it is told
//! here, and passes under no policy, whatever it covers and whoever is trusted.

use std::io::Result;
use std::ops::Range;

use pades_ltv::report::{Advice, Code, Coverage, Modification, ModificationRule, SubIndication};
use pades_ltv::{
    Augmentation, Document, ErrorKind, Evidence, Indication, Language, Limits, Policy, Report, SignatureTimestamping,
    Signer, Signing, Source, Timestamping, Verification,
};
use proptest::prelude::*;

use crate::common::{World, all, now, pdf};
use crate::forge::Forge;

const RULES: [ModificationRule; 3] =
    [ModificationRule::EvidenceOnly, ModificationRule::AsPermitted, ModificationRule::ListedOnly];

/// A file that ends where it ends: whoever asks for a byte behind that has made one up.
struct Fenced<'f>(&'f [u8]);

impl Source for Fenced<'_> {
    fn len(&self) -> Result<u64> {
        Ok(u64::try_from(self.0.len()).unwrap())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let start = usize::try_from(offset).unwrap();
        buffer.copy_from_slice(&self.0[start..start + buffer.len()]);
        Ok(())
    }
}

/// Ways to lose the cross-reference of `file` without moving a byte, each with the places that are written over.
fn losses(file: &[u8]) -> Vec<(&'static str, Vec<Range<usize>>)> {
    let places = |word: &[u8]| all(file, word).into_iter().map(|at| at..at + word.len()).collect::<Vec<_>>();
    let end = places(b"startxref\n").pop().unwrap().end;
    let pointer = Range { start: end, end: end + 1 };
    let tables = places(b"\nxref\n").into_iter().map(|place| place.start + 1..place.end - 1);
    let mut ways = vec![
        ("a pointer that points nowhere", vec![pointer]),
        ("no pointer anywhere", places(b"startxref")),
        ("no end anywhere", places(b"%%EOF")),
        ("no section anywhere", [tables.collect(), places(b"/Type/XRef")].concat()),
    ];
    if !places(b"trailer").is_empty() {
        ways.push(("a section without a trailer", vec![places(b"trailer").pop().unwrap()]));
        ways.push(("a malformed entry", vec![places(b" 00000 n").pop().unwrap()]));
    }
    ways
}

/// `file` with `x` all over `places`; in a digit's place that is no digit either.
fn overwritten(file: &[u8], places: &[Range<usize>]) -> Vec<u8> {
    let mut file = file.to_vec();
    places.iter().for_each(|place| file[place.clone()].fill(b'x'));
    file
}

/// `file` with its one signature made anew over the bytes as they are now.
fn signed_again(forge: &Forge, mut file: Vec<u8>) -> Vec<u8> {
    let hole = pdf::holes(&file).pop().unwrap();
    let content = [&file[..hole.start], &file[hole.end..]].concat();
    pdf::fill(&mut file, &hole, &forge.cms(&content, |_| {}).to_der());
    file
}

fn judged(world: &World, file: &[u8], evidence: &Evidence, rule: ModificationRule) -> (Report, Option<String>) {
    let document = Document::open_damaged(Fenced(file), Limits::default()).unwrap();
    let policy = Policy::etsi_119312().modifications(rule);
    let verification = Verification::new(&document, &world.trust, now()).evidence(evidence).policy(policy);
    assert_eq!(verification.outlook().holds_until, document.damage().map(|_| now()));
    (verification.verify(), document.damage().map(str::to_owned))
}

#[test]
fn a_signature_that_holds_does_not_pass_where_it_had_to_be_searched_for() {
    let forge = Forge::new();
    for (base_name, base) in pdf::bases() {
        let good = forge.sign_with_room(&base, 1_200);
        let evidence = forge.world.evidence(&good, now());
        let sound = forge.world.verify_with(&good, now(), &evidence);
        assert_eq!(sound.verdict(), Some(Indication::TotalPassed), "{base_name}: {sound:#?}");
        let mut files: Vec<_> = losses(&good)
            .into_iter()
            .map(|(way, places)| (way, Coverage::File, signed_again(&forge, overwritten(&good, &places))))
            .collect();
        // As it was signed, and behind it more ends than are tried.
        files.push(("ends", Coverage::Other, [&good[..], &b"startxref\n9\n%%EOF\n".repeat(20)].concat()));
        for (way, covers, file) in files {
            let name = format!("{base_name}, {way}");
            let error = Document::open(&file).unwrap_err();
            for rule in RULES {
                let (report, damage) = judged(&forge.world, &file, &evidence, rule);
                let [one] = report.signatures.as_slice() else { panic!("{name}: {report:#?}") };
                assert!(one.intact && one.revision.is_none() && one.covers == covers, "{name}: {one:#?}");
                let said = (one.conclusion.indication, one.conclusion.sub_indication);
                let expected = (Indication::Indeterminate, Some(SubIndication::SigConstraintsFailure));
                assert_eq!((said, one.modification), (expected, Modification::Unknown), "{name}: {one:#?}");
                let has = |finding: &pades_ltv::report::Finding| finding.code == Code::ModificationUnknown;
                assert!(one.findings.iter().any(has), "{name}: {one:#?}");
                assert!(damage.unwrap().starts_with("the cross-reference is lost"), "{name}");
                assert_eq!((report.length, report.revisions), (u64::try_from(file.len()).unwrap(), 0), "{name}");
                told(&report, &name);
            }
            refused(&forge.world, &file, &evidence, &name);
            let repair = Document::repair(&file).err().map(|error| error.kind());
            assert_eq!(repair, Some(ErrorKind::Repair), "{name}");
            assert!(matches!(error.kind(), ErrorKind::Syntax | ErrorKind::NotPdf), "{name}: {error}");
        }
    }
}

/// What is said in every form.
fn told(report: &Report, name: &str) {
    let english = report.to_text(Language::English);
    assert!(english.contains("as lenient viewers do") && !english.contains("has not been modified"), "{english}");
    assert!(!english.contains("repair") && !english.contains("has not been altered"), "{name}: {english}");
    assert!(english.contains("It cannot be told whether the document is what was signed."), "{name}: {english}");
    assert!(english.contains("get the file again from whoever signed it"), "{name}: {english}");
    let explained = report.explain(Language::English);
    assert!(!explained.contains("the document was changed"), "{name}: {explained}");
    let japanese = report.to_text(Language::Japanese);
    assert!(japanese.contains("相互参照が失われているため、一部の閲覧ソフトと同じように"), "{name}: {japanese}");
    assert!(japanese.contains("署名後に何が変更されたかを判定できません"), "{name}: {japanese}");
    assert!(japanese.contains("署名した人からファイルをもう一度入手してください"), "{name}: {japanese}");
    let foreign = ["missing", "unexpected", "malformed", "does not"];
    assert!(foreign.iter().all(|word| !japanese.contains(word)), "{name}: {japanese}");
    assert!(!report.to_xml("file").contains("urn:etsi:019102:mainindication:total-passed"), "{name}");
    let json = report.to_json("file");
    assert!(json.contains("\"revisions\":0") && !json.contains("TOTAL-PASSED"), "{name}: {json}");
}

/// Mail gateways and careless copies do this, nobody's ill will: whoever opens the file hears what to do, in words that take no PDF.
#[test]
fn a_damaged_transfer_is_said_so() {
    let world = World::new();
    for (base_name, base) in pdf::bases() {
        let good = world.signed(&base, now());
        let converted: Vec<u8> = good
            .iter()
            .flat_map(|byte| if *byte == b'\n' { &b"\r\n"[..] } else { std::slice::from_ref(byte) })
            .copied()
            .collect();
        let in_front = [b"HTTP/1.1 200 OK\r\n\r\n", &good[..]].concat();
        for (way, file) in
            [("cut off", good[..good.len() - 12].to_vec()), ("line ends", converted), ("in front", in_front)]
        {
            let name = format!("{base_name}, {way}");
            let Ok(document) = Document::open_damaged(Fenced(&file), Limits::default()) else { panic!("{name}") };
            let report = Verification::new(&document, &world.trust, now()).verify();
            assert_eq!(report.verdict(), Some(Indication::TotalFailed), "{name}");
            let english = report.to_text(Language::English);
            assert!(english.contains("get the file again from whoever signed it"), "{name}: {english}");
            let japanese = report.to_text(Language::Japanese);
            assert!(japanese.contains("もう一度入手してください"), "{name}: {japanese}");
        }
    }
}

/// Nothing is appended to it, nor written into it; and the doctor does not send anybody to do so.
fn refused(world: &World, file: &[u8], evidence: &Evidence, name: &str) {
    let document = Document::open_damaged(Fenced(file), Limits::default()).unwrap();
    let errors = [
        Signing::new(&document, now()).sign(&world.signer).err(),
        Signing::new(&document, now()).preflight(&world.signer.identity().unwrap()).err(),
        Timestamping::new(&document, now()).timestamp(&world.authority.at(now())).err(),
        Augmentation::new(&document, now()).evidence(evidence).finish().err(),
        Augmentation::new(&document, now()).evidence(&Evidence::new()).finish().err(),
        SignatureTimestamping::new(&document, "Signature1", now()).err(),
    ];
    let diagnosis = Verification::new(&document, &world.trust, now()).evidence(evidence).diagnose();
    let again = Advice::SignAgain(diagnosis.has.iter().map(|held| held.field.clone()).collect());
    assert_eq!((diagnosis.next, diagnosis.level_after), (vec![again], None), "{name}");
    for (verb, error) in errors.into_iter().enumerate() {
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Syntax), "{name}, verb {verb}");
    }
}

/// What nobody signed is refused as ever, with the same words.
#[test]
fn an_unsigned_file_stays_refused_with_the_same_words() {
    for (base_name, base) in pdf::bases() {
        for (way, places) in losses(&base) {
            let file = overwritten(&base, &places);
            let strict = Document::open(&file).unwrap_err();
            let tolerant = Document::open_damaged(Fenced(&file), Limits::default()).unwrap_err();
            assert_eq!((tolerant.kind(), tolerant.place()), (strict.kind(), strict.place()), "{base_name}, {way}");
            // But for the advice that somebody who opens it for signing gets.
            assert!(strict.to_string().starts_with(&tolerant.to_string()), "{base_name}, {way}: {tolerant}");
        }
    }
}

/// The last definition counts, as in the viewers that search; what it takes away from the signature is a fault of the signature.
#[test]
fn the_last_definition_counts() {
    let world = World::new();
    let good = world.signed(&pdf::table(&[]), now());
    let lost = |behind: &str| {
        let places = losses(&good).remove(1).1;
        [&overwritten(&good, &places)[..], behind.as_bytes()].concat()
    };
    let text = String::from_utf8_lossy(&good).into_owned();
    let value = text.split("/V ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
    for (behind, code) in [
        (format!("{value} 0 obj\n<</Type/Sig/Filter/X/SubFilter/ETSI.CAdES.detached>>\nendobj\n"), Code::ByteRange),
        (format!("{value} 0 obj\n(no signature)\nendobj\n"), Code::SignatureDictionary),
        // What does not end is no object to anybody: the one before counts, and its digest is another.
        (format!("{value} 0 obj\n<</Type/Sig\n"), Code::Digest),
    ] {
        let file = lost(&behind);
        let (report, _) = judged(&world, &file, &Evidence::new(), ModificationRule::ListedOnly);
        let [one] = report.signatures.as_slice() else { panic!("{behind}: {report:#?}") };
        assert_eq!(one.conclusion.indication, Indication::TotalFailed, "{behind}: {one:#?}");
        let codes: Vec<_> = one.findings.iter().map(|finding| finding.code).collect();
        assert!(codes.contains(&code), "{behind}: {one:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is written over a file, and whoever signs the result: what has to be searched for does not pass.
    #[test]
    fn nothing_that_was_searched_for_passes(
        base in 0usize..4,
        way in 0usize..4,
        spots in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        tail in proptest::collection::vec(any::<u8>(), 0..24),
        rule in 0usize..3,
        is_signed_again: bool,
    ) {
        thread_local!(static FORGE: Forge = Forge::new());
        FORGE.with(|forge| {
            let good = forge.sign_with_room(&pdf::bases()[base].1, 1_200);
            let evidence = forge.world.evidence(&good, now());
            let hole = pdf::holes(&good).pop().unwrap();
            let mut file = overwritten(&good, &losses(&good)[way].1);
            for (place, byte) in spots {
                let at = place.index(file.len());
                if !hole.contains(&at) {
                    file[at] = byte;
                }
            }
            if is_signed_again && pdf::holes(&file).last() == Some(&hole) {
                file = signed_again(forge, file);
            }
            file.extend(tail);
            let Ok(document) = Document::open_damaged(Fenced(&file), Limits::default()) else { return Ok(()) };
            if document.damage().is_none() {
                return Ok(());
            }
            let (report, _) = judged(&forge.world, &file, &evidence, RULES[rule]);
            prop_assert_eq!(report.length, u64::try_from(file.len()).unwrap());
            prop_assert_ne!(report.verdict(), Some(Indication::TotalPassed));
            for one in &report.signatures {
                prop_assert!(!one.conclusion.is_passed() || one.revision.is_some());
                prop_assert!(one.revision.is_some() || one.modification == Modification::Unknown);
            }
            Ok(())
        })?;
    }
}
