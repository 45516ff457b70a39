//! One situation a line: who was revoked when, what evidence is at hand, what the standard says (EN 319 102-1, 5.2 to 5.6).

use pades_ltv::authority::{Misbehaviour, RevocationReason, Subscriber};
use pades_ltv::report::{Code, Level};
use pades_ltv::{Document, Evidence, Policy, Report, Signing, Time, Timestamping, TrustStore, Verification};

use crate::common::{ROOM, World, certificates, days, minutes, now, pdf, signature, verdict, years};

const PASSED: &str = "TOTAL-PASSED";

fn base() -> Vec<u8> {
    pdf::table(&[])
}

/// The verdict on the first signature, and the codes of what was found.
fn told(report: &Report) -> (String, Vec<Code>) {
    let first = signature(report, "Signature1");
    (verdict(first), first.findings.iter().map(|finding| finding.code).collect())
}

fn assert_told(report: &Report, expected: &str, codes: &[Code]) {
    assert_eq!(told(report), (expected.to_owned(), codes.to_vec()), "{report:#?}");
    assert!(signature(report, "Signature1").intact, "integrity is a statement of its own: {report:#?}");
}

#[test]
fn a_bare_signature_waits_for_evidence() {
    let world = World::new();
    let file = world.signed(&base(), now());
    assert_told(&world.verify(&file, now()), "INDETERMINATE/TRY_LATER", &[Code::RevocationMissing]);
    let report = world.verify_online(&file, now());
    assert_told(&report, PASSED, &[]);
    let one = signature(&report, "Signature1");
    assert_eq!((one.level, one.best_signature_time, one.long_term), (Some(Level::B), None, false));
    // What was good a week ago may have been revoked since.
    let old = world.evidence(&file, now());
    let week_later = world.verify_with(&file, now().after(days(8)), &old);
    assert_told(&week_later, "INDETERMINATE/TRY_LATER", &[Code::RevocationMissing]);
    assert!(signature(&week_later, "Signature1").findings[0].message.contains("is too old"));
}

#[test]
fn without_an_anchor_nobody_is_known() {
    let world = World::new();
    let file = world.archived(&world.stamped(&base(), now()), now());
    let document = Document::open(file.as_slice()).unwrap();
    let stranger = pades_ltv::authority::Authority::new("somebody else", now()).unwrap();
    for trust in [TrustStore::new(), stranger.anchors()] {
        let report = Verification::new(&document, &trust, now()).verify();
        for one in &report.signatures {
            assert_eq!(verdict(one), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND", "{report:#?}");
            assert!(one.intact && one.trust_source.is_none() && one.best_signature_time.is_none());
            assert!(one.findings.iter().all(|finding| finding.code == Code::Path), "{one:#?}");
        }
    }
}

/// Who was revoked, when and why, seen from a day later; the signature and its timestamp are of `now`.
#[test]
fn revocation_counts_from_its_own_time_on() {
    let file = World::new().stamped(&base(), now());
    let bare = World::new().signed(&base(), now());
    let (hour_before, hour_after) = (now().before(minutes(60)), now().after(minutes(60)));
    let seen = now().after(days(1));
    for reason in [RevocationReason::KeyCompromise, RevocationReason::CessationOfOperation] {
        let revoked = |certificate: usize, time: Time| {
            let mut world = World::new();
            let der = certificates(&world.signer)[certificate].clone();
            world.authority.revoke(&der, time, reason).unwrap();
            world
        };
        let (revoked_codes, none) = (&[Code::Revocation][..], &[][..]);
        for (world, file, expected, codes) in [
            (revoked(0, hour_before), &file, "INDETERMINATE/REVOKED_NO_POE", revoked_codes),
            (revoked(0, now()), &file, "INDETERMINATE/REVOKED_NO_POE", revoked_codes),
            (revoked(0, hour_after), &file, PASSED, none),
            (revoked(0, hour_before), &bare, "INDETERMINATE/REVOKED_NO_POE", revoked_codes),
            (revoked(0, hour_after), &bare, "INDETERMINATE/REVOKED_NO_POE", revoked_codes),
        ] {
            assert_told(&world.verify_online(file, seen), expected, codes);
        }
        // A revoked authority takes everybody below it along: the timestamp's own certificate, too.
        let report = revoked(1, hour_after).verify_online(&file, seen);
        assert_eq!(told(&report).0, "INDETERMINATE/REVOKED_CA_NO_POE");
        assert_eq!(signature(&report, "Signature1").best_signature_time, None);
        assert_told(
            &revoked(1, hour_after).verify_online(&bare, seen),
            "INDETERMINATE/REVOKED_CA_NO_POE",
            revoked_codes,
        );
    }
}

#[test]
fn on_hold_is_not_known_yet() {
    let mut world = World::new();
    let own = certificates(&world.signer)[0].clone();
    world.authority.revoke(&own, now().before(days(1)), RevocationReason::CertificateHold).unwrap();
    for file in [world.signed(&base(), now()), world.stamped(&base(), now())] {
        let report = world.verify_online(&file, now().after(days(1)));
        assert_told(&report, "INDETERMINATE/TRY_LATER", &[Code::Revocation]);
        assert!(signature(&report, "Signature1").findings[0].message.contains("is on hold since 2026-10-06T00:25:23Z"));
    }
    // Signed before the hold began, and that is proved.
    let mut world = World::new();
    world.authority.revoke(&own, now().after(days(1)), RevocationReason::CertificateHold).unwrap();
    let file = world.stamped(&base(), now());
    assert_told(&world.verify_online(&file, now().after(days(2))), PASSED, &[]);
}

#[test]
fn an_expired_signer_needs_a_proof_of_existence() {
    let world = World::new();
    let period = Subscriber::new("Alice").valid(now().before(minutes(10)), now().after(days(3)));
    let world = World { signer: world.authority.issue(period).unwrap(), ..world };
    let bare = world.signed(&base(), now());
    let stamped = world.stamped(&base(), now());
    // Evidence of its last day, used the day after.
    let (last_day, day_after) = (now().after(days(2)), now().after(days(4)));
    let evidence = |file: &[u8]| world.evidence(file, last_day);
    let report = world.verify_with(&bare, day_after, &evidence(&bare));
    assert_told(&report, "INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED", &[Code::Validity]);
    assert_told(&world.verify_with(&stamped, day_after, &evidence(&stamped)), PASSED, &[]);
    // Nobody said anything while it lived.
    let nothing = world.verify(&bare, day_after);
    assert_told(&nothing, "INDETERMINATE/TRY_LATER", &[Code::RevocationMissing]);
    // Before it began: what is known later is not known then (RFC 6960, 4.2.2.1).
    let early = world.verify_with(&bare, now().before(days(1)), &evidence(&bare));
    assert_told(&early, "INDETERMINATE/TRY_LATER", &[Code::RevocationUnusable, Code::RevocationMissing]);
}

#[test]
fn a_proof_from_before_the_certificate_is_a_proof_against_it() {
    let world = World::new();
    let period = Subscriber::new("Alice").valid(now(), now().after(days(300)));
    let world = World { signer: world.authority.issue(period).unwrap(), ..world };
    let document = base();
    let document = Document::open(document.as_slice()).unwrap();
    // The claimed time is in order; the timestamp says that it was a lie.
    let earlier = now().before(minutes(30));
    let signed = Signing::new(&document, now()).timestamp_room(ROOM).sign(&world.signer).unwrap();
    let file = signed.timestamp(&world.authority.at(earlier)).unwrap().finish().unwrap().apply(&base()).unwrap();
    let report = world.verify_online(&file, now());
    assert_told(&report, "TOTAL-FAILED/NOT_YET_VALID", &[Code::Validity]);
}

/// RFC 3161 gives no time that one has to believe: a timestamp whose authority is revoked proves nothing.
#[test]
fn a_revoked_timestamp_authority_proves_nothing() {
    let file = World::new().stamped(&base(), now());
    let seen = now().after(days(1));
    let mut world = World::new();
    let unit = world.authority.at(now()).tsa_certificate().unwrap();
    world.authority.revoke(&unit, now().after(minutes(60)), RevocationReason::KeyCompromise).unwrap();
    let report = world.verify_online(&file, seen);
    let one = signature(&report, "Signature1");
    assert_eq!(one.best_signature_time, None, "{report:#?}");
    let stamp = &one.signature_timestamps[0];
    assert_eq!(stamp.conclusion.sub_indication.unwrap().as_str(), "REVOKED_NO_POE");
    // The signature does not need it today, and does when the signer is revoked as well.
    assert_eq!(verdict(one), PASSED);
    let own = certificates(&world.signer)[0].clone();
    world.authority.revoke(&own, now().after(minutes(30)), RevocationReason::KeyCompromise).unwrap();
    let report = world.verify_online(&file, seen);
    assert_eq!(told(&report).0, "INDETERMINATE/REVOKED_NO_POE");
    // A document timestamp of before the revocation keeps the signature timestamp alive.
    let archived = World::new().archived(&file, now().after(minutes(10)));
    let other_unit = World::new();
    let mut world = World { authority: other_unit.authority, ..world };
    world.authority.revoke(&own, now().after(minutes(30)), RevocationReason::KeyCompromise).unwrap();
    assert_told(&world.verify_online(&archived, seen), PASSED, &[]);
}

/// The nonce was right, the clock was not: a time ahead of now proves nothing.
#[test]
fn a_timestamp_from_the_future_proves_nothing() {
    let world = World::new();
    let services = world.authority.at(now());
    let future = services.misbehaving(Misbehaviour::FutureTime);
    let pdf = base();
    let document = Document::open(pdf.as_slice()).unwrap();
    let signed = Signing::new(&document, now()).sign(&world.signer).unwrap().timestamp(&future).unwrap();
    let file = signed.finish().unwrap().apply(&pdf).unwrap();
    let report = world.verify_online(&file, now());
    assert_eq!(signature(&report, "Signature1").best_signature_time, None, "{report:#?}");
    let [stamp] = &signature(&report, "Signature1").signature_timestamps[..] else { panic!("{report:#?}") };
    assert_eq!(stamp.conclusion.sub_indication.map(|one| one.as_str()), Some("SIG_CONSTRAINTS_FAILURE"));
    assert!(signature(&report, "Signature1").findings.iter().any(|one| one.message.contains("lies ahead")));
    let document = Document::open(file.as_slice()).unwrap();
    let policy = Policy::default().clocks_apart(minutes(60));
    let tolerant = Verification::new(&document, &world.trust, now()).policy(policy).verify();
    let one = signature(&tolerant, "Signature1");
    assert_eq!(one.best_signature_time, None, "no tolerance makes a proof of what has not come");
    assert!(!one.findings.iter().any(|one| one.message.contains("lies ahead")), "{one:#?}");
    let later = world.verify_online(&file, now().after(days(1)));
    assert_eq!(signature(&later, "Signature1").best_signature_time, Some(now().after(minutes(60))));
}

/// B-T, B-LT and B-LTA years later, with nothing but the file: the time of the signature is proved, but nothing says whether the
/// newest authority still holds.
#[test]
fn evidence_in_the_file_lasts_as_long_as_it_is_fresh() {
    let world = World::new();
    let stamped = world.stamped(&base(), now());
    let extended = world.extended(&stamped, now().after(minutes(5)));
    let archived = world.sealed(&extended, now().after(minutes(10)));
    for (file, level) in [(&stamped, Level::T), (&extended, Level::Lt), (&archived, Level::Lta)] {
        for later in [days(2), days(30), years(5)] {
            let time = now().after(later);
            let report = world.verify(file, time);
            let fresh = level > Level::T && later < days(7);
            let expected = if fresh { PASSED } else { "INDETERMINATE/TRY_LATER" };
            assert_eq!(told(&report).0, expected, "{level:?} after {later:?}: {report:#?}");
            assert_eq!(
                signature(&report, "Signature1").level,
                Some(level),
                "the level is what is there, whatever it proves"
            );
            assert_eq!(signature(&report, "Signature1").long_term, level > Level::T);
        }
    }
}

/// Evidence that is taken out of a file leaves the signature as it was without.
#[test]
fn evidence_that_is_gone_is_missed() {
    let world = World::new();
    let stamped = world.stamped(&base(), now());
    let extended = world.extended(&stamped, now());
    let time = now().after(days(1));
    assert_eq!(told(&world.verify(&extended, time)).0, PASSED);
    let report = world.verify(&stamped, time);
    assert_told(&report, "INDETERMINATE/TRY_LATER", &[Code::RevocationMissing]);
    // The store is hidden by a later revision: the same, and the removal is seen.
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/SigFlags 3>>>>";
    let hidden = pdf::append(&extended, &[(1, catalog)]);
    let report = world.verify(&hidden, time);
    let (said, codes) = told(&report);
    assert_eq!(said, "INDETERMINATE/TRY_LATER");
    assert!(codes.contains(&Code::RevocationMissing) && codes.contains(&Code::ModifiedAfterSigning), "{report:#?}");
    assert_eq!(signature(&report, "Signature1").level, Some(Level::T));
}

/// A store whose values stand under `/VRI` only is a pool like any other.
#[test]
fn evidence_under_a_signatures_own_entry_counts() {
    let world = World::new();
    let extended = world.extended(&world.stamped(&base(), now()), now());
    let text = String::from_utf8_lossy(&extended);
    let after = |mark: &str| text.rsplit_once(mark).unwrap().1;
    let number: usize = after("/DSS ").split(' ').next().unwrap().parse().unwrap();
    let store = after(&format!("\n{number} 0 obj")).split("endobj").next().unwrap();
    let related = store.replace("/Certs", "/Cert").replace("/CRLs", "/CRL").replace("/OCSPs", "/OCSP");
    let moved = pdf::append(&extended, &[(number, &format!("<</VRI<</{}{related}>>>>", "A".repeat(40)))]);
    let report = world.verify(&moved, now().after(days(1)));
    let (said, codes) = told(&report);
    // Taking the arrays away is no permitted change; but nothing is missing.
    assert_eq!(said, "INDETERMINATE/SIG_CONSTRAINTS_FAILURE", "{report:#?}");
    assert!(!codes.contains(&Code::RevocationMissing), "{report:#?}");
}

/// Evidence may come from the caller as well as from the file, one piece at a time.
#[test]
fn evidence_comes_from_anywhere() {
    let world = World::new();
    let stamped = world.stamped(&base(), now());
    let evidence = world.evidence(&stamped, now());
    let mut twice = Evidence::new();
    twice.extend(&evidence);
    twice.extend(&evidence);
    assert_eq!(world.verify_with(&stamped, now(), &twice), world.verify_with(&stamped, now(), &evidence));
    assert_told(&world.verify_with(&stamped, now(), &twice), PASSED, &[]);
}

/// A document timestamp is judged like a signature of its own.
#[test]
fn a_document_timestamp_has_its_own_verdict() {
    let world = World::new();
    let sealed = world.sealed(&base(), now());
    let bare = world.verify(&sealed, now());
    assert_eq!(verdict(signature(&bare, "Timestamp1")), "INDETERMINATE/TRY_LATER");
    let report = world.verify_online(&sealed, now().after(days(400)));
    let one = signature(&report, "Timestamp1");
    assert_eq!((verdict(one).as_str(), one.best_signature_time, one.level), (PASSED, Some(now()), None));
    let document = Document::open(sealed.as_slice()).unwrap();
    let over = Timestamping::new(&document, now()).timestamp(&world.authority.at(now().after(years(1)))).unwrap();
    let twice = over.apply(&sealed).unwrap();
    let report = world.verify_online(&twice, now().after(years(9)));
    let verdicts: Vec<_> = report.signatures.iter().map(verdict).collect();
    assert_eq!(verdicts, [PASSED, PASSED], "{report:#?}");
}
