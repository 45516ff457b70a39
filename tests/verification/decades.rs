//! A contract that is renewed before its timestamps end verifies for as long as anybody renews it; one that is not does not.
//!
//! The authority is built like a real one: a timestamp certificate serves a year and lives for 11, an issuing authority
//! serves 4 and lives for 15, revocation answers live for days. Nothing of the first year is alive after 15.

use pades_ltv::authority::RevocationReason;
use pades_ltv::report::Level;
use pades_ltv::{Collector, Document, ErrorKind, Evidence, Fetch, Indication, Report, Time};

use crate::common::{World, minutes, now, pdf, signature, verdict, years};

fn year(count: u64) -> Time {
    now().after(years(count))
}

/// A signature of the year 0, archived the same day and renewed in each of `renewals`.
fn renewed(world: &World, base: &[u8], renewals: &[u64]) -> Vec<u8> {
    let stamped = world.stamped(base, now());
    let archived = world.archived(&stamped, now().after(minutes(5)));
    renewals.iter().fold(archived, |file, renewal| world.archived(&file, year(*renewal)))
}

fn assert_holds(report: &Report, name: &str) {
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{name}: {report:#?}");
    let first = signature(report, "Signature1");
    assert_eq!((first.level, first.best_signature_time), (Some(Level::Lta), Some(now())), "{name}");
    assert!(report.signatures.iter().all(|one| one.findings.is_empty()), "{name}: {report:#?}");
}

#[test]
fn a_renewed_contract_verifies_over_decades() {
    let world = World::new();
    for base in [pdf::table(&[]), pdf::packed(&[])] {
        for (renewals, until) in [(&[][..], 5), (&[], 9), (&[10], 20), (&[10, 20, 30], 40), (&[9, 18, 27, 36, 45], 55)]
        {
            let file = renewed(&world, &base, renewals);
            let name = format!("renewed in {renewals:?}, verified in {until}");
            assert_holds(&world.verify_online(&file, year(until)), &name);
        }
    }
}

#[test]
fn every_year_of_a_renewed_contract_verifies() {
    let world = World::new();
    let mut file = renewed(&world, &pdf::table(&[]), &[]);
    for passed in 1..25 {
        assert_holds(&world.verify_online(&file, year(passed)), &format!("year {passed}"));
        if passed % 10 == 0 {
            file = world.archived(&file, year(passed));
        }
    }
}

/// A renewal adds what the last timestamp takes, nothing else: the tenth is no larger than the first.
#[test]
fn renewals_do_not_pile_up() {
    let world = World::new();
    let mut file = renewed(&world, &pdf::table(&[]), &[]);
    let mut sizes = Vec::new();
    for renewal in 1..=6 {
        let after = world.archived(&file, year(renewal * 8));
        sizes.push(after.len() - file.len());
        // What is there is not asked for again: OCSP and CRL for the new timestamp unit and its issuer.
        let asked = {
            let document = Document::open(after.as_slice()).unwrap();
            let mut collector = Collector::new(&document, &world.trust, year(renewal * 8)).unwrap();
            std::iter::from_fn(|| collector.next_request()).take(20).count()
        };
        assert!(asked <= 4, "{asked} requests for the newest timestamp alone");
        file = after;
    }
    let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
    assert!(most - least < 2_000, "{sizes:?}");
}

/// Nobody renewed it: the contract of the year 0 says what can no longer be known, and why; it is never called broken.
#[test]
fn a_contract_that_nobody_renewed_is_not_known_any_more() {
    let world = World::new();
    let archived = renewed(&world, &pdf::table(&[]), &[]);
    for (passed, words) in [(12, "Timestamp Unit 0"), (16, "Issuing CA 0"), (40, "Issuing CA 0")] {
        // Whoever is still there has answered; the file and all that can be had make up the evidence.
        let report = world.verify_with(&archived, year(passed), &everything(&world, &archived, year(passed)));
        assert_eq!(report.verdict(), Some(Indication::Indeterminate), "year {passed}: {report:#?}");
        for one in &report.signatures {
            assert!(one.intact, "year {passed}");
            let said = one.findings.iter().any(|finding| finding.message.contains(words));
            assert!(said, "year {passed}: {words}: {one:#?}");
        }
        let first = signature(&report, "Signature1");
        assert_eq!((first.level, first.best_signature_time), (Some(Level::Lta), None), "year {passed}");
        let error = Evidence::collect(
            &Document::open(archived.as_slice()).unwrap(),
            &world.trust,
            &world.authority.at(year(passed)),
            year(passed),
        );
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Evidence, "it is too late to renew");
    }
}

/// A renewal that came too late does not bring back what was lost.
#[test]
fn a_late_renewal_helps_nobody() {
    let world = World::new();
    let archived = renewed(&world, &pdf::table(&[]), &[]);
    let late = world.sealed(&archived, year(12));
    let report = world.verify_with(&late, year(12), &everything(&world, &late, year(12)));
    let verdicts: Vec<String> = report.signatures.iter().map(verdict).collect();
    assert_eq!(verdicts[2], "TOTAL-PASSED", "the new timestamp itself: {report:#?}");
    assert!(verdicts[..2].iter().all(|one| one.starts_with("INDETERMINATE/")), "{verdicts:?}");
}

/// One link is enough to break the chain: a renewal without the evidence for the timestamp before it.
#[test]
fn a_renewal_without_evidence_breaks_the_chain() {
    let world = World::new();
    let archived = renewed(&world, &pdf::table(&[]), &[]);
    let bare = world.sealed(&archived, year(9));
    let renewed_again = |file: &[u8]| world.verify_with(file, year(17), &everything(&world, file, year(17)));
    // As long as the first timestamp's authority lives, its evidence can still be added behind the second timestamp...
    let saved = world.archived(&bare, year(10));
    assert_holds(&renewed_again(&saved), "saved");
    // ... and is lost with it.
    let report = renewed_again(&bare);
    let verdicts: Vec<String> = report.signatures.iter().map(verdict).collect();
    assert_eq!(report.verdict(), Some(Indication::Indeterminate), "{report:#?}");
    assert!(verdicts[0].starts_with("INDETERMINATE/") && verdicts[2] == "TOTAL-PASSED", "{verdicts:?}");
}

/// The authority of an early timestamp lost its key, but long after a renewal had covered its work.
#[test]
fn what_was_renewed_survives_the_loss_of_an_old_key() {
    let mut world = World::new();
    let file = renewed(&world, &pdf::table(&[]), &[3]);
    for unit in [now(), year(1)] {
        let certificate = world.authority.at(unit).tsa_certificate().unwrap();
        world.authority.revoke(&certificate, year(5), RevocationReason::KeyCompromise).unwrap();
    }
    assert_holds(&world.verify_online(&file, year(6)), "the key of the year 0 is lost in the year 5");
    // Without the renewal there is no saying which timestamps are genuine.
    let bare = renewed(&World::new(), &pdf::table(&[]), &[]);
    let report = world.verify_with(&bare, year(6), &everything(&world, &bare, year(6)));
    assert_eq!(verdict(signature(&report, "Timestamp1")), "INDETERMINATE/REVOKED_NO_POE");
    assert_ne!(report.verdict(), Some(Indication::TotalPassed));
}

/// All that the authority still says about those who worked on `file`, sufficient or not.
fn everything(world: &World, file: &[u8], time: Time) -> Evidence {
    let document = Document::open(file).unwrap();
    let mut collector = Collector::new(&document, &world.trust, time).unwrap();
    while let Some(request) = collector.next_request() {
        collector.answer(&request, world.authority.at(time).fetch(&request));
    }
    collector.finish_incomplete()
}
