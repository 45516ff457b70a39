//! THREATS, A: files that are broken behind what was signed, which others mend as they like. Of them no good word is said, and nothing is
//! done to them.

use pades_ltv::report::TransactionStatus;
use pades_ltv::{
    Augmentation, Date, Document, ErrorKind, Evidence, Indication, Language, Limits, SignatureTimestamping, Signing,
    Timestamping, Transaction, Verification,
};

use crate::common::{ROOM, World, now, pdf};

/// What makes strict readers refuse `good`, and lenient ones look for objects.
fn broken(good: &[u8], permitted: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let start = pdf::startxref(good);
    let with = |suffix: String| [good, suffix.as_bytes()].concat();
    let page = "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>\nendobj\n";
    let spaces = |count| " ".repeat(count);
    // The end of a revision that is permitted is pushed out of where it is looked for.
    let stretched = |file: &[u8], count| {
        let end = file.windows(5).rposition(|found| found == b"%%EOF").unwrap();
        [&file[..end], spaces(count).as_bytes(), &file[end..]].concat()
    };
    vec![
        ("no end", with(format!("{page}{}", spaces(5_000)))),
        ("an end that points nowhere", with(format!("{page}startxref\n7\n%%EOF\n"))),
        ("an end without a number", with(format!("{page}startxref\n%%EOF\n"))),
        ("the same end, then none", with(format!("{page}startxref\n{start}\n%%EOF\nstartxref\n"))),
        ("the same end, stretched", with(format!("startxref\n{start}{}%%EOF\n", spaces(70_000)))),
        ("a permitted revision, its end stretched", stretched(permitted, 600)),
        ("a permitted revision, its end stretched far", stretched(permitted, 70_000)),
        ("a permitted revision, its end behind a comment", {
            let at = permitted.windows(9).rposition(|found| found == b"startxref").unwrap() + 9;
            [&permitted[..at], format!("%{page}").replace('\n', " ").as_bytes(), &[b'.'; 600], &permitted[at..]]
                .concat()
        }),
    ]
}

#[test]
fn nothing_in_a_broken_file_passes_and_nothing_is_done_to_it() {
    let world = World::new();
    let bare = pdf::table(&[]);
    let signing = Document::open(&bare).unwrap();
    let about = Transaction::new("架空市", Date::new(2026, 10, 7).unwrap()).unwrap();
    let signed = Signing::new(&signing, now()).timestamp_room(ROOM).transaction(about.clone());
    let signed = signed.sign(&world.signer).unwrap();
    let good = signed.finish().unwrap().apply(&bare).unwrap();
    let evidence = world.evidence(&good, now());
    let permitted = world.extended(&good, now());
    let verified = world.verify(&permitted, now());
    assert_eq!(verified.verdict(), Some(Indication::TotalPassed), "{verified:#?}");
    assert!(SignatureTimestamping::new(&Document::open(&good).unwrap(), "Signature1", now()).is_ok());
    for (name, file) in broken(&good, &permitted) {
        assert!(Document::open(&file).is_err(), "{name}");
        let document = Document::open_damaged(&file, Limits::default()).unwrap();
        let verification = Verification::new(&document, &world.trust, now()).evidence(&evidence);
        let report = verification.verify();
        assert_eq!(report.verdict(), Some(Indication::Indeterminate), "{name}");
        let [one] = report.signatures.as_slice() else { panic!("{name}: {report:#?}") };
        assert!(one.intact && !one.conclusion.is_passed(), "{name}: {one:#?}");
        assert!(one.changes.iter().any(|change| !change.allowed), "{name}: {one:#?}");
        let said = report.to_text(Language::English);
        assert!(!said.contains("has not been modified") && !said.contains("are permitted"), "{name}: {said}");
        // What was signed is told, and not taken for what the file states.
        let transaction = report.transaction.as_ref().unwrap();
        assert_eq!((transaction.status(), &transaction.stated), (TransactionStatus::Unreadable, &None), "{name}");
        assert_eq!(transaction.otherwise[0].transaction, about, "{name}");
        let said = report.to_text(Language::Japanese);
        assert!(said.contains("取引 : ファイルの署名された部分より後ろが壊れています"), "{name}: {said}");
        assert!(
            said.contains("取引情報を読み取れません。") && !said.contains("取引情報は署名されています"),
            "{name}: {said}"
        );
        assert!(!report.to_xml("file").contains("urn:etsi:019102:mainindication:total-passed"), "{name}");
        assert_eq!(verification.outlook().holds_until, Some(now()), "{name}");

        let refused = [
            Signing::new(&document, now()).sign(&world.signer).err(),
            Timestamping::new(&document, now()).timestamp(&world.authority.at(now())).err(),
            Augmentation::new(&document, now()).evidence(&evidence).finish().err(),
            Augmentation::new(&document, now()).evidence(&Evidence::new()).finish().err(),
            SignatureTimestamping::new(&document, "Signature1", now()).err(),
        ];
        for (verb, error) in refused.into_iter().enumerate() {
            assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Syntax), "{name}, verb {verb}");
        }
    }
}
