//! What a document is about: written when it is signed, kept by whoever signs later, and told apart from what nobody signed.

use pades_ltv::report::{Modification, TransactionStatus};
use pades_ltv::{
    Amount, Certification, Document, ErrorClass, ErrorKind, Indication, Report, Signing, Time, Transaction, Update,
};

use crate::common::{CONTRACT, ROOM, World, all, minutes, now, pdf};

fn about(amount: &str) -> Transaction {
    let transaction = Transaction::new("架空市", "2026-10-07".parse().unwrap()).unwrap();
    transaction.with_amount(Amount::new(amount, "JPY").unwrap())
}

fn signed_with(
    world: &World,
    pdf: &[u8],
    time: Time,
    say: impl Fn(Signing<'_>) -> Signing<'_>,
) -> pades_ltv::Result<Vec<u8>> {
    let document = Document::open(pdf)?;
    let signing = say(Signing::new(&document, time).timestamp_room(ROOM));
    let update: Update = signing.sign(&world.signer)?.timestamp(&world.authority.at(time))?.finish()?;
    update.apply(pdf)
}

fn status(report: &Report) -> Option<TransactionStatus> {
    report.transaction.as_ref().map(|transaction| transaction.status())
}

/// The number of the newest metadata stream.
fn metadata(pdf: &[u8]) -> usize {
    let at = *all(pdf, b"/Type /Metadata").last().unwrap();
    let head = String::from_utf8_lossy(&pdf[at.saturating_sub(80)..at]).into_owned();
    let (before, _) = head.rsplit_once(" 0 obj").unwrap();
    before.rsplit(|one: char| !one.is_ascii_digit()).next().unwrap().parse().unwrap()
}

fn stream(xmp: &str) -> String {
    format!("<</Type/Metadata/Subtype/XML/Length {}>>\nstream\n{xmp}\nendstream", xmp.len())
}

/// The packet of `pdf` with something in it replaced.
fn changed(pdf: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = *all(pdf, b"<?xpacket begin").last().unwrap();
    let packet = String::from_utf8_lossy(&pdf[at..]).into_owned();
    let (packet, _) = packet.split_once("endstream").unwrap();
    assert!(packet.contains(from));
    pdf::append(pdf, &[(metadata(pdf), &stream(&packet.replace(from, to)))])
}

#[test]
fn all_who_sign_sign_it() {
    let world = World::new();
    for (style, base) in pdf::bases() {
        let first = signed_with(&world, &base, now(), |signing| signing.transaction(about("1234567"))).unwrap();
        let later = now().after(minutes(10));
        let same = signed_with(&world, &first, later, |signing| signing.transaction(about("1234567"))).unwrap();
        let silent = signed_with(&world, &first, later, |signing| signing).unwrap();
        for (pdf, signers) in [(first, 1), (same, 2), (silent, 2)] {
            let archived = world.archived(&pdf, later);
            for pdf in [pdf, archived] {
                let document = Document::open(&pdf).unwrap();
                assert_eq!(document.transaction().unwrap(), Some(about("1234567")), "{style}");
                let report = world.verify_online(&pdf, later);
                assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{style}: {report:#?}");
                let transaction = report.transaction.as_ref().unwrap();
                assert_eq!((transaction.signed_in.len(), status(&report)), (signers, Some(TransactionStatus::Signed)));
                assert_eq!(all(&pdf, b"/Type /Metadata").len(), 1, "written once");
            }
        }
    }
    assert_eq!(Document::open(CONTRACT).unwrap().transaction().unwrap(), None);
    assert_eq!(world.verify(&world.signed(CONTRACT, now()), now()).transaction, None);
}

#[test]
fn what_somebody_signed_is_not_contradicted() {
    let world = World::new();
    let first = signed_with(&world, CONTRACT, now(), |signing| signing.transaction(about("1234567"))).unwrap();
    let error = signed_with(&world, &first, now(), |signing| signing.transaction(about("1"))).unwrap_err();
    assert_eq!((error.kind(), error.class()), (ErrorKind::Metadata, ErrorClass::Permanent));
    assert!(error.to_string().contains("states another transaction: 2026-10-07, 架空市, 1234567 JPY"), "{error}");
    // Nor where somebody took it away meanwhile, or wrote something else in its place: that is nobody's word.
    let first = signed_with(&world, &pdf::table(&[]), now(), |signing| signing.transaction(about("1234567"))).unwrap();
    let removed = changed(&first, Transaction::NAMESPACE, "urn:other");
    let forged = changed(&first, ">1234567<", ">1<");
    for pdf in [&removed, &forged] {
        let error = signed_with(&world, pdf, now(), |signing| signing.transaction(about("1"))).unwrap_err();
        assert!(error.to_string().contains("states another transaction: 2026-10-07, 架空市, 1234567 JPY"), "{error}");
    }
    let restored = signed_with(&world, &removed, now(), |signing| signing.transaction(about("1234567"))).unwrap();
    assert_eq!(status(&world.verify(&restored, now())), Some(TransactionStatus::Signed));
}

#[test]
fn a_later_signature_may_add_it_and_the_earlier_ones_stay_valid() {
    let world = World::new();
    let later = now().after(minutes(10));
    for certification in [None, Some(Certification::FillForms), Some(Certification::Annotate)] {
        let first = signed_with(&world, &pdf::table(&[]), now(), |signing| match certification {
            Some(permitted) => signing.certify(permitted),
            None => signing,
        });
        let pdf = signed_with(&world, &first.unwrap(), later, |signing| signing.transaction(about("5"))).unwrap();
        let report = world.verify_online(&pdf, later);
        assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{certification:?}: {report:#?}");
        let transaction = report.transaction.as_ref().unwrap();
        assert_eq!(transaction.signed_in, [report.signatures[1].field.clone()], "who signed before did not see it");
    }
    let closed = signed_with(&world, CONTRACT, now(), |signing| signing.certify(Certification::NoChanges)).unwrap();
    let error = signed_with(&world, &closed, later, |signing| signing.transaction(about("5"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Field);
}

/// A stream that the pages share with the catalog would change for them, too.
#[test]
fn metadata_of_something_else_as_well_stays() {
    let world = World::new();
    let packet = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'></rdf:RDF>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Metadata 90 0 R>>";
    let base = pdf::append(
        &pdf::table(&[]),
        &[(1, "<</Type/Catalog/Pages 2 0 R/Metadata 90 0 R>>"), (3, page), (90, &stream(packet))],
    );
    let first = signed_with(&world, &base, now(), |signing| signing).unwrap();
    let second = signed_with(&world, &first, now(), |signing| signing.transaction(about("5"))).unwrap();
    let report = world.verify_online(&second, now());
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{report:#?}");
    assert_eq!(status(&report), Some(TransactionStatus::Signed));
}

/// Metadata may change after signing, as programs that save write it anew; what it says then is nobody's word.
#[test]
fn what_nobody_signed_is_not_called_signed() {
    let world = World::new();
    let signed = signed_with(&world, &pdf::table(&[]), now(), |signing| signing.transaction(about("1234567"))).unwrap();
    let report = |pdf: &[u8]| world.verify_online(pdf, now());
    let more = report(&changed(&signed, ">1234567<", ">9234567<"));
    assert_eq!(status(&more), Some(TransactionStatus::Changed));
    assert!(more.signatures[0].modification <= Modification::Lta, "{more:#?}");
    let transaction = more.transaction.as_ref().unwrap();
    assert_eq!(transaction.stated, Some(about("9234567")));
    assert_eq!((&transaction.signed_in, &transaction.otherwise[0].transaction), (&Vec::new(), &about("1234567")));
    assert_eq!(transaction.otherwise[0].fields, [more.signatures[0].field.clone()]);
    for (pdf, words, japanese) in [
        (
            changed(&signed, "txn:date", "txn:day"),
            "date cannot be used: it is missing",
            "取引 : 取引日を使用できません: 記載がありません\n",
        ),
        (
            changed(&signed, "</rdf:RDF>", ""),
            "cannot be read as XML",
            "取引 : メタデータを使用できません: メタデータを XML として読めません (原文「",
        ),
        (
            changed(&signed, ">JPY<", ">yen<"),
            "no code of ISO 4217",
            "取引 : 通貨を使用できません: 「yen」は ISO 4217 の通貨コードではありません。JPY や USD のように書きます\n",
        ),
    ] {
        let report = report(&pdf);
        let transaction = report.transaction.as_ref().unwrap();
        assert_eq!((status(&report), &transaction.stated), (Some(TransactionStatus::Changed), &None));
        assert!(transaction.fault.as_ref().unwrap().contains(words), "{transaction:?}");
        let said = report.to_text(pades_ltv::Language::Japanese);
        assert!(said.contains(japanese), "{said}");
        assert_eq!(Document::open(&pdf).unwrap().transaction().unwrap_err().kind(), ErrorKind::Metadata);
    }
    // Taken away, or never there: what else the metadata says does not matter.
    let removed = report(&changed(&signed, Transaction::NAMESPACE, "urn:other"));
    assert_eq!(
        (status(&removed), &removed.transaction.as_ref().unwrap().stated),
        (Some(TransactionStatus::Changed), &None)
    );
    let saved = report(&changed(&signed, "</rdf:RDF>", "<rdf:Description rdf:about=''/></rdf:RDF>"));
    assert_eq!(status(&saved), Some(TransactionStatus::Signed));
    let bare = signed_with(&world, &pdf::table(&[]), now(), |signing| signing).unwrap();
    let packet = String::from_utf8_lossy(&signed[*all(&signed, b"<?xpacket begin").last().unwrap()..]).into_owned();
    let packet = stream(packet.split_once("endstream").unwrap().0);
    let added = pdf::append(&bare, &[(1, "<</Type/Catalog/Pages 2 0 R/Metadata 90 0 R>>"), (90, &packet)]);
    assert_eq!(status(&report(&added)), Some(TransactionStatus::Unsigned));
    let unsigned =
        pdf::append(&pdf::table(&[]), &[(1, "<</Type/Catalog/Pages 2 0 R/Metadata 90 0 R>>"), (90, &packet)]);
    assert_eq!(status(&report(&unsigned)), Some(TransactionStatus::Unsigned));
    // Somebody signs what was changed: both are told.
    let forged = signed_with(&world, &changed(&signed, ">1234567<", ">9<"), now(), |signing| signing).unwrap();
    let forged = report(&forged);
    assert_eq!(status(&forged), Some(TransactionStatus::Changed));
    assert_eq!(forged.transaction.as_ref().unwrap().signed_in, [forged.signatures[1].field.clone()]);
    // A signature whose bytes are not what was signed says nothing.
    let mut broken = signed.clone();
    let at = *all(&broken, b"1234567<").last().unwrap();
    broken[at] = b'9';
    assert_eq!(status(&report(&broken)), Some(TransactionStatus::Unsigned));
}

#[test]
fn json_and_text_say_what_is_stated_and_whether_it_is_signed() {
    let world = World::new();
    let signed = signed_with(&world, &pdf::table(&[]), now(), |signing| signing.transaction(about("12.5"))).unwrap();
    let report = world.verify_online(&changed(&signed, ">12.50<", ">13<"), now());
    let json: serde_json::Value = serde_json::from_str(&report.to_json("a.pdf")).unwrap();
    let transaction = &json["transaction"];
    assert_eq!(transaction["status"], "changed");
    assert_eq!(transaction["stated"]["amount"], "13");
    assert_eq!(transaction["otherwise"][0]["transaction"]["amount"], "12.50");
    assert_eq!(transaction["stated"]["counterparties"][0], "架空市");
    let text = report.to_text(pades_ltv::Language::Japanese);
    for words in [
        "取引 : 2026-10-07, 架空市, 13 JPY",
        "署名後に取引情報が変更されています。",
        "署名された取引 : 2026-10-07, 架空市, 12.50 JPY",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let text = world.verify_online(&signed, now()).to_text(pades_ltv::Language::English);
    assert!(text.contains("This transaction is signed."), "{text}");
}
