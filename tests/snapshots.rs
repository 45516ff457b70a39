//! What people and scripts read, word by word: the report of a whole contract, and the errors of the usual mistakes.
//!
//! `INSTA_UPDATE=always cargo test --test snapshots` writes `tests/snapshots/` anew: read the difference before it is committed.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod common;

use std::fmt::Write;
use std::sync::LazyLock;

use insta::assert_snapshot;
use pades_ltv::authority::{Misbehaviour, Subscriber};
use pades_ltv::report::Future;
use pades_ltv::{
    Augmentation, Document, Error, Evidence, Language, Prepared, Report, Signer, Signing, SoftwareSigner, Time,
    TrustStore, UtcOffset, Verification,
};

use common::{CONTRACT, World, certificates, days, minutes, now, pdf, years};

/// Two parties agree, each with its own timestamp, and the file is archived: the contract of the example, at a fixed time.
static ARCHIVED: LazyLock<(World, Vec<u8>)> = LazyLock::new(|| {
    let world = World::new();
    let japan = UtcOffset::east(9, 0);
    let mut file = CONTRACT.to_vec();
    for (field, party, ago) in
        [("FIELD_2336416_0", "甲野太郎 様 taro@example.jp", 20), ("FIELD_2336416_1", "架空市 乙川花子 様", 10)]
    {
        let time = now().before(minutes(ago));
        let document = Document::open(file.as_slice()).unwrap();
        let reason = format!("{party} が{} JSTに承認しました", time.display_in(japan));
        let signing = Signing::new(&document, time).field(field).reason(reason).location("日本").utc_offset(japan);
        let signed = signing.sign(&world.signer).unwrap().timestamp(&world.authority.at(time)).unwrap();
        let update = signed.finish().unwrap();
        drop(document);
        file = update.apply(&file).unwrap();
    }
    let archived = world.archived(&file, now());
    (world, archived)
});

fn report() -> Report {
    let (world, file) = &*ARCHIVED;
    world.verify(file, now().after(minutes(1)))
}

fn now_after(time: std::time::Duration) -> Time {
    now().after(time)
}

/// One key a line.
fn lines(json: &str) -> String {
    json.replace(",\"", ",\n\"")
}

#[test]
fn the_report_as_json() {
    assert_snapshot!("contract_json", lines(&report().to_json("contract.pdf")));
}

#[test]
fn the_signature_panel_in_japanese() {
    assert_snapshot!("contract_ja", report().to_text(Language::Japanese));
}

#[test]
fn the_signature_panel_in_english() {
    assert_snapshot!("contract_en", report().to_text(Language::English));
}

#[test]
fn every_step_in_japanese_and_english() {
    assert_snapshot!("explained_ja", report().explain(Language::Japanese));
    assert_snapshot!("explained_en", report().explain(Language::English));
}

#[test]
fn what_is_to_be_expected() {
    let (world, file) = &*ARCHIVED;
    let document = Document::open(file.as_slice()).unwrap();
    let mut text = String::new();
    for (now, asked) in [(minutes(1), years(5)), (minutes(1), years(12)), (years(16), years(20))] {
        let verification = Verification::new(&document, &world.trust, now_after(now));
        let mut report = verification.verify();
        report.future = Some(Future::new(now_after(asked), verification.outlook()));
        for language in [Language::Japanese, Language::English] {
            let panel = report.to_text(language);
            text.push_str(panel.rsplit("\n\n").next().unwrap());
        }
        let json: serde_json::Value = serde_json::from_str(&report.to_json("contract.pdf")).unwrap();
        writeln!(text, "{}\n", json["outlook"]).unwrap();
    }
    assert_snapshot!("outlook", text);
}

#[test]
fn the_panel_of_a_file_that_nobody_renewed() {
    let (world, file) = &*ARCHIVED;
    let report = world.verify(file, now().after(years(16)));
    assert_snapshot!("expired_ja", report.to_text(Language::Japanese));
    assert_snapshot!("expired_en", report.to_text(Language::English));
}

#[test]
fn the_panel_of_a_file_that_was_changed() {
    let (world, file) = &*ARCHIVED;
    let mut changed = file.clone();
    let place = common::all(&changed, b"/MediaBox")[0] + 1;
    changed[place] = b'm';
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>";
    let appended = pdf::append(&world.stamped(&pdf::table(&[]), now()), &[(3, page)]);
    for (name, file) in [("changed", changed), ("appended", appended)] {
        let report = world.verify(&file, now().after(minutes(1)));
        assert_snapshot!(format!("{name}_ja"), report.to_text(Language::Japanese));
        assert_snapshot!(format!("{name}_en"), report.to_text(Language::English));
    }
}

#[test]
fn the_panel_of_a_file_without_signatures() {
    let report = World::new().verify(CONTRACT, now());
    let text = [Language::Japanese, Language::English].map(|language| report.to_text(language)).concat();
    assert_snapshot!("unsigned", format!("{text}{}", lines(&report.to_json("contract.pdf"))));
}

/// What goes wrong most, and what is said then: cause, place, what to do.
#[test]
fn errors_name_the_cause_and_what_to_do() {
    let mut text = String::new();
    let mut say = |what: &str, error: Error| {
        writeln!(text, "{what}\n  {:?}, {:?}: {error}", error.kind(), error.class()).unwrap();
    };
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let services = world.authority.at(now());

    say("empty file", Document::open(b"".as_slice()).unwrap_err());
    say("an HTML page", Document::open(b"<!DOCTYPE html>".as_slice()).unwrap_err());
    say("half a file", Document::open(&CONTRACT[..CONTRACT.len() / 2]).unwrap_err());
    let lost = pdf::table_with(&[(1, "<</Type/Catalog/Pages 2 0 R>>")], "");
    let lost = Document::open(lost.as_slice()).unwrap();
    say("no page", Signing::new(&lost, now()).sign(&world.signer).unwrap_err());

    let signed = world.signed(&base, now());
    let signed = Document::open(signed.as_slice()).unwrap();
    let taken = Signing::new(&signed, now()).field("Signature1");
    say("a field that is taken", taken.sign(&world.signer).unwrap_err());
    say("no such field", Signing::new(&document, now()).field("Form.Party").sign(&world.signer).unwrap_err());

    let period = Subscriber::new("Alice").valid(now(), now().after(days(10)));
    let alice = world.authority.issue(period).unwrap();
    say("an expired certificate", Signing::new(&document, now().after(days(11))).sign(&alice).unwrap_err());
    let key = include_bytes!("command/key.pem");
    let chain = certificates(&alice).iter().map(|der| pem(der)).collect::<String>();
    say("key and certificate that do not match", SoftwareSigner::from_pem(key, chain.as_bytes()).unwrap_err());
    say("no key", SoftwareSigner::from_pem(b"", chain.as_bytes()).unwrap_err());
    say("no certificate", SoftwareSigner::from_pem(key, b"").unwrap_err());
    say("no anchor", TrustStore::new().add_pem(b"", "list").unwrap_err());

    let prepared = Signing::new(&document, now()).prepare(&world.signer.identity().unwrap()).unwrap();
    say("a stored value that is none", Prepared::from_bytes(b"0").unwrap_err());
    say(
        "another signer's value",
        prepared.clone().complete(&document, &alice.sign(prepared.input()).unwrap()).unwrap_err(),
    );
    let other = Document::open(CONTRACT).unwrap();
    say("another file", prepared.complete(&other, b"").unwrap_err());

    let cramped = Signing::new(&document, now()).timestamp_room(100).sign(&world.signer).unwrap();
    say("too little room", cramped.timestamp(&services).unwrap_err());
    for (what, bad) in [
        ("a TSA that cannot be reached", Misbehaviour::TransportFailure),
        ("a TSA behind a proxy", Misbehaviour::HtmlPage),
        ("a TSA that refuses", Misbehaviour::Rejected),
        ("a TSA that changed the question", Misbehaviour::GrantedWithMods),
        ("a TSA that answers something else", Misbehaviour::WrongImprint),
        ("a TSA that answers an old question", Misbehaviour::WrongNonce),
        ("a TSA whose certificate has expired", Misbehaviour::ExpiredCertificate),
        ("a TSA whose certificate is for something else", Misbehaviour::NoExtendedKeyUsage),
        ("a TSA whose signature is wrong", Misbehaviour::BadSignature),
    ] {
        let signed = Signing::new(&document, now()).sign(&world.signer).unwrap();
        say(what, signed.timestamp(&services.misbehaving(bad)).unwrap_err());
    }
    let stamped = world.stamped(&base, now());
    let stamped = Document::open(stamped.as_slice()).unwrap();
    let offline = services.misbehaving(Misbehaviour::TransportFailure);
    say("no evidence", Evidence::collect(&stamped, &world.trust, &offline, now()).unwrap_err());
    say("no anchor for the evidence", Evidence::collect(&stamped, &TrustStore::new(), &services, now()).unwrap_err());
    say("no time", "yesterday".parse::<pades_ltv::Time>().unwrap_err());
    say("another base", Augmentation::new(&stamped, now()).finish().unwrap().apply(CONTRACT).unwrap_err());
    assert_snapshot!("errors", text);
}

fn pem(der: &[u8]) -> String {
    der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).unwrap()
}
