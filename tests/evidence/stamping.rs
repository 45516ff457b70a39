//! Timestamps put into signatures that are there: nothing signed changes, and what would break is refused.

use pades_ltv::authority::{Misbehaviour, Shape, Subscriber};
use pades_ltv::report::Level;
use pades_ltv::{
    Augmentation, Collector, Document, ErrorKind, Indication, Limits, Result, Rewrite, SignatureTimestamping, Signing,
    Time, Vri,
};

use crate::common::{CONTRACT, World, at, days, minutes, now, pdf};
use crate::shortages::{Network, collect};
use crate::tools;
use crate::worlds::{archived, judged, stamped, world};

/// `pdf`, signed at `now` with room for a timestamp that is not there yet.
fn roomy(world: &World, pdf: &[u8]) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    Signing::new(&document, now()).sign(&world.signer).unwrap().finish().unwrap().apply(pdf).unwrap()
}

fn stamp(world: &World, pdf: &[u8], field: &str, time: Time) -> Result<Rewrite> {
    let document = Document::open(pdf).unwrap();
    SignatureTimestamping::new(&document, field, time)?.timestamp(&world.authority.at(time))
}

#[test]
fn a_late_timestamp_gives_what_one_at_once_gives() {
    let world = world("late", &Shape::new());
    let python = tools::pyhanko();
    let later = now().after(days(2));
    for (style, base) in pdf::bases() {
        let signed = roomy(&world, &base);
        let rewrite = stamp(&world, &signed, "Signature1", later).unwrap();
        let stamped = rewrite.apply(&signed).unwrap();
        let place = |byte: u64| usize::try_from(byte).unwrap();
        let (start, end) = (place(rewrite.range().start), place(rewrite.range().end));
        assert_eq!((&stamped[..start], &stamped[end..]), (&signed[..start], &signed[end..]), "only the hole changes");
        let document = Document::open(signed.as_slice()).unwrap();
        let mut written = Vec::new();
        rewrite.write_to(&document, &mut written).unwrap();
        assert_eq!(written, stamped);
        assert_eq!(rewrite.document(&document).unwrap().len(), document.len());
        let report = world.verify_online(&stamped, later);
        assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{style}: {report:#?}");
        assert_eq!(report.signatures[0].level, Some(Level::T), "{style}");

        if let Some(python) = python.as_ref().filter(|_| style == "contract") {
            let archived = archived(&world, &stamped, later);
            assert_eq!(judged(python, &world, &archived, later.after(minutes(1))), "judged.pdf: good", "{style}");
        }
    }
}

#[test]
fn what_covers_or_names_the_hole_forbids_it() {
    let world = world("covered", &Shape::new());
    let signed = roomy(&world, CONTRACT);
    let twice = roomy(&world, &signed);
    let refused = |pdf: &[u8], field: &str, words: &str| {
        let error = stamp(&world, pdf, field, now()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Field, "{error}");
        assert!(error.to_string().contains(words) && error.advice().is_some(), "{words}: {error}");
    };
    refused(&twice, "Signature1", "\"Signature2\" covers it");
    let _ = stamp(&world, &twice, "Signature2", now()).unwrap();
    refused(&world.sealed(&signed, now()), "Signature1", "\"Timestamp1\" covers it");
    refused(&stamped(&world, CONTRACT, now()), "Signature1", "has a timestamp already");
    refused(&signed, "Signature7", "no such signature");
    refused(&world.sealed(CONTRACT, now()), "Timestamp1", "no signature that can be read");
    let mut broken = signed.clone();
    broken[20] ^= 1;
    refused(&broken, "Signature1", "does not verify");
    // Evidence behind it does no harm, unless it names the signature by its bytes.
    let document = Document::open(signed.as_slice()).unwrap();
    let evidence = world.evidence(&signed, now());
    let plain = Augmentation::new(&document, now()).evidence(&evidence);
    let _ = stamp(&world, &plain.finish().unwrap().apply(&signed).unwrap(), "Signature1", now()).unwrap();
    let named = plain.vri(Vri::Plain).finish().unwrap().apply(&signed).unwrap();
    refused(&named, "Signature1", "/VRI names it");
}

/// What stands behind the front would stay there, and nobody knows what it is.
#[test]
fn the_front_of_a_damaged_file_takes_no_timestamp() {
    let world = world("damaged", &Shape::new());
    let signed = roomy(&world, CONTRACT);
    let damaged = [&signed[..], b"1 0 obj null endobj\nstartxref\n9\n%%EOF\n"].concat();
    let document = Document::open_damaged(damaged.as_slice(), Limits::default()).unwrap();
    let error = SignatureTimestamping::new(&document, "Signature1", now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Syntax, "{error}");
    assert!(error.to_string().contains("only the front of the file"), "{error}");
    let document = Document::open_damaged(signed.as_slice(), Limits::default()).unwrap();
    assert!(SignatureTimestamping::new(&document, "Signature1", now()).is_ok());
}

#[test]
fn no_room_is_said_and_how_much_is_missing() {
    let world = world("tight", &Shape::new());
    let tight = world.signed(CONTRACT, now());
    let error = stamp(&world, &tight, "Signature1", now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Capacity, "{error}");
    assert!(error.to_string().contains("bytes are missing"), "{error}");
}

#[test]
fn a_timestamp_after_the_signers_end_is_refused() {
    let mut world = world("ended", &Shape::new());
    let end = now().after(days(10));
    world.signer = world.authority.issue(Subscriber::new("short").valid(now(), end)).unwrap();
    let signed = roomy(&world, CONTRACT);
    let _ = stamp(&world, &signed, "Signature1", end).unwrap();
    let error = stamp(&world, &signed, "Signature1", end.after(minutes(1))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timestamp, "{error}");
    assert!(error.to_string().contains("ended on"), "{error}");
}

#[test]
fn bad_answers_and_other_files_are_refused() {
    let world = world("bad answers", &Shape::new());
    let signed = roomy(&world, CONTRACT);
    let document = Document::open(signed.as_slice()).unwrap();
    let stamping = SignatureTimestamping::new(&document, "Signature1", now()).unwrap();
    for misbehaviour in [Misbehaviour::WrongImprint, Misbehaviour::WrongNonce, Misbehaviour::BadSignature] {
        let tsa = world.authority.at(now()).misbehaving(misbehaviour);
        assert_eq!(stamping.timestamp(&tsa).unwrap_err().kind(), ErrorKind::Timestamp, "{misbehaviour:?}");
    }
    let rewrite = stamping.timestamp(&world.authority.at(now())).unwrap();
    let stamped = rewrite.apply(&signed).unwrap();
    for other in [&signed[1..], &stamped] {
        assert_eq!(rewrite.apply(other).unwrap_err().kind(), ErrorKind::Base);
    }
    assert_eq!(rewrite.apply(&signed).unwrap(), stamped, "the same answer, the same file");
}

#[test]
fn a_late_timestamp_goes_up_to_the_archive() {
    let world = world("late archive", &Shape::new().nested_tsa(1));
    let time = at("2027-03-01T00:00:00Z");
    let signed = roomy(&world, CONTRACT);
    let stamped = stamp(&world, &signed, "Signature1", time).unwrap().apply(&signed).unwrap();
    let document = Document::open(stamped.as_slice()).unwrap();
    let mut collector = Collector::new(&document, &world.trust, time).unwrap();
    collect(&mut collector, &Network { time, ..Network::new(&world, |_| false) });
    let evidence = collector.finish().unwrap();
    let update = Augmentation::new(&document, time).evidence(&evidence).timestamp(&world.authority.at(time)).unwrap();
    let report = world.verify(&update.apply(&stamped).unwrap(), time);
    assert_eq!(report.signatures[0].level, Some(Level::Lta), "{report:#?}");
}
