//! A contract that is renewed before its timestamps end verifies for as long as anybody renews it; one that is not does not.
//!
//! The authority is built like a real one: a timestamp certificate serves a year and lives for 11, an issuing authority
//! serves 4 and lives for 15, revocation answers live for days. Nothing of the first year is alive after 15.

use pades_ltv::report::{Kind, Level};
use pades_ltv::{Document, Evidence, Indication, Report, Time};

use crate::common::{World, days, minutes, now, pdf, signature, verdict, years};

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
    for passed in 1..50 {
        assert_holds(&world.verify_online(&file, year(passed)), &format!("year {passed}"));
        if passed % 10 == 0 {
            file = world.archived(&file, year(passed));
        }
    }
}
