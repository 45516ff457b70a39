//! What an anchor's terms make of verdicts.

use pades_ltv::report::Code;
use pades_ltv::{Certification, Document, Signing, Term, Time, TrustStore, TrustUse, Verification};

use crate::common::{CONTRACT, World, days, now, verdict, years};

const LABEL: &str = "a list";

fn trusting(world: &World, terms: &[Term]) -> TrustStore {
    let mut trust = TrustStore::new();
    trust.add_der_for(world.authority.root_der(), LABEL, terms).unwrap();
    trust
}

/// The verdicts on the signature and on its timestamp.
fn verdicts(world: &World, pdf: &[u8], trust: &TrustStore, time: Time) -> (String, String) {
    let document = Document::open(pdf).unwrap();
    let evidence = world.evidence(pdf, time);
    let report = Verification::new(&document, trust, time).evidence(&evidence).verify();
    let one = &report.signatures[0];
    let stamp = one.signature_timestamps.first().map(|stamp| match stamp.conclusion.sub_indication {
        None => stamp.conclusion.indication.to_string(),
        Some(sub_indication) => sub_indication.to_string(),
    });
    println!("{:?}", one.findings);
    (verdict(one), stamp.unwrap_or_default())
}

#[test]
fn an_anchor_of_timestamps_vouches_for_no_signer_and_the_other_way_round() {
    let world = World::new();
    let stamped = world.stamped(CONTRACT, now());
    let of = |uses: &[TrustUse]| verdicts(&world, &stamped, &trusting(&world, &[Term::of(uses)]), now());
    let (passed, none) = ("TOTAL-PASSED".to_owned(), "NO_CERTIFICATE_CHAIN_FOUND".to_owned());
    let unknown = format!("INDETERMINATE/{none}");
    assert_eq!(of(&[TrustUse::Signing, TrustUse::Timestamping]), (passed.clone(), passed.clone()));
    assert_eq!(of(&[TrustUse::Timestamping]), (unknown.clone(), passed.clone()));
    assert_eq!(of(&[TrustUse::Signing]), (passed, none.clone()));
    assert_eq!(of(&[TrustUse::Certifying]), (unknown.clone(), none.clone()));
    assert_eq!(of(&[]), (unknown, none));
}

#[test]
fn a_certification_needs_an_anchor_that_certifies() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let signing = Signing::new(&document, now()).certify(Certification::FillForms);
    let certified = signing.timestamp_room(0).sign(&world.signer).unwrap().finish().unwrap().apply(CONTRACT).unwrap();
    let of = |uses: &[TrustUse]| verdicts(&world, &certified, &trusting(&world, &[Term::of(uses)]), now()).0;
    assert_eq!(of(&[TrustUse::Certifying]), "TOTAL-PASSED");
    assert_eq!(of(&[TrustUse::Signing]), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND");
}

#[test]
fn a_term_that_ended_vouches_for_what_was_proved_before() {
    let world = World::new();
    let archived = world.archived(&world.stamped(CONTRACT, now()), now());
    let all = [TrustUse::Signing, TrustUse::Timestamping];
    let later = now().after(days(200));
    let of = |terms: &[Term], time| verdicts(&world, &archived, &trusting(&world, terms), time).0;
    assert_eq!(of(&[Term::of(&all)], later), "TOTAL-PASSED");
    // The authority of signers was withdrawn after the archive was made, that of timestamps was not.
    let ended = Term::of(&all[..1]).until(now().after(days(100)));
    let stamps = Term::of(&all[1..]);
    assert_eq!(of(&[ended.clone(), stamps.clone()], later), "TOTAL-PASSED");
    // Before, it proves nothing.
    let early = Term::of(&all[..1]).until(now().before(days(1)));
    assert_eq!(of(&[early, stamps.clone()], later), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND_NO_POE");
    let begins = Term::of(&all[..1]).from(later.after(days(1)));
    assert_eq!(of(&[begins, stamps.clone()], later), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND");
    let again = Term::of(&all[..1]).from(now().after(days(150))).until(now().after(years(2)));
    assert_eq!(of(&[ended, again, stamps], later), "TOTAL-PASSED");
}

/// Withdrawn when the signature was made, granted again later, and ended today: nobody vouched when it counts.
#[test]
fn a_gap_between_two_terms_is_no_term() {
    let world = World::new();
    let archived = world.archived(&world.stamped(CONTRACT, now()), now());
    let later = now().after(days(200));
    let signing = || Term::of(&[TrustUse::Signing]);
    let before = |end| [signing().until(end), signing().from(now().after(days(150))).until(now().after(days(190)))];
    for (end, expected) in [
        (now().before(days(1)), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND_NO_POE"),
        (now().after(days(1)), "TOTAL-PASSED"),
    ] {
        let terms = [&before(end)[..], &[Term::of(&[TrustUse::Timestamping])]].concat();
        assert_eq!(verdicts(&world, &archived, &trusting(&world, &terms), later).0, expected);
    }
}

#[test]
fn the_report_says_what_the_anchor_is_trusted_for() {
    let world = World::new();
    let stamped = world.stamped(CONTRACT, now());
    let until = now().after(years(1));
    let trust = trusting(&world, &[Term::of(&[TrustUse::Timestamping, TrustUse::Signing]).until(until)]);
    let document = Document::open(stamped.as_slice()).unwrap();
    let evidence = world.evidence(&stamped, now());
    let report = Verification::new(&document, &trust, now()).evidence(&evidence).verify();
    let one = &report.signatures[0];
    assert_eq!(one.trust_source.as_deref(), Some(LABEL));
    let anchor = one.trust_anchor.as_ref().unwrap();
    assert_eq!(anchor.uses.as_deref(), Some(&["signing".to_owned(), "timestamping".to_owned()][..]));
    assert_eq!((anchor.from, anchor.until), (None, Some(until)));
    let text = report.to_text(pades_ltv::Language::Japanese);
    assert!(
        text.contains("信頼ソース取得元 : a list\n    信頼の用途 : 署名、タイムスタンプ\n    信頼の期間 : "),
        "{text}"
    );
    let json = report.to_json("a.pdf");
    assert!(
        json.contains("\"uses\":[\"signing\",\"timestamping\"],\"from\":null,\"until\":\"2027-10-07T00:25:23Z\""),
        "{json}"
    );
}

/// TS 119 612, 5.3.15: who takes a list beyond its next update is told so, once, with its name.
#[test]
fn an_expired_source_is_said_with_the_verdict_that_rests_on_it() {
    let world = World::new();
    let stamped = world.stamped(CONTRACT, now());
    for (due, expected) in [(now(), 0), (now().before(days(1)), 1)] {
        let trust = trusting(&world, &[Term::unlimited().current_until(due)]);
        let document = Document::open(stamped.as_slice()).unwrap();
        let evidence = world.evidence(&stamped, now());
        let report = Verification::new(&document, &trust, now()).evidence(&evidence).verify();
        let one = &report.signatures[0];
        assert_eq!(verdict(one), "TOTAL-PASSED");
        let said: Vec<_> = one.findings.iter().filter(|finding| finding.code == Code::TrustList).collect();
        assert_eq!(said.len(), expected, "{:?}", one.findings);
        assert!(said.iter().all(|finding| finding.message.ends_with("expired on 2026-10-06T00:25:23Z (a list)")));
    }
}
