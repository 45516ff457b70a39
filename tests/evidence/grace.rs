//! The grace period: revocation data from after the signing, and when to come back for it.

use std::time::Duration;

use pades_ltv::authority::{RevocationSources, Shape};
use pades_ltv::{Augmentation, Collected, Collector, Document, ErrorClass, ErrorKind, Indication, Lack, Time};

use crate::common::{CONTRACT, World, days, minutes, now};
use crate::shortages::{Network, collect};
use crate::worlds::{stamped, world};

const HOUR: Duration = Duration::from_secs(3_600);

fn outcome(world: &World, pdf: &[u8], time: Time, grace: Duration) -> Collected {
    let document = Document::open(pdf).unwrap();
    let mut collector = Collector::new(&document, &world.trust, time).unwrap().grace(grace);
    collect(&mut collector, &Network { time, ..Network::new(world, |_| false) });
    collector.outcome()
}

fn later(collected: Collected) -> Time {
    match collected {
        Collected::Later { again, shortages, .. } => {
            assert!(matches!(shortages[0].lack, Lack::Fresh { .. }), "{shortages:?}");
            assert!(shortages[0].to_string().contains(&again.to_string()), "{}", shortages[0]);
            again
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn ocsp_is_asked_again_when_the_period_is_over() {
    let world = world("grace", &Shape::new());
    let pdf = stamped(&world, CONTRACT, now());
    let over = now().after(24 * HOUR);
    assert_eq!(later(outcome(&world, &pdf, now().after(minutes(1)), 24 * HOUR)), over);
    assert_eq!(later(outcome(&world, &pdf, over.before(Duration::from_secs(1)), 24 * HOUR)), over);
    for time in [over, over.after(days(3))] {
        assert!(matches!(outcome(&world, &pdf, time, 24 * HOUR), Collected::Complete(_)), "{time}");
    }
    assert!(matches!(outcome(&world, &pdf, now(), Duration::ZERO), Collected::Complete(_)));
}

#[test]
fn a_list_is_awaited_until_its_next_update() {
    let world = world("grace by CRL", &Shape::new().sources(RevocationSources::CrlOnly));
    let pdf = stamped(&world, CONTRACT, now());
    let again = later(outcome(&world, &pdf, now(), 24 * HOUR));
    assert_eq!(again, now().after(days(30)));
    assert!(matches!(outcome(&world, &pdf, again, 24 * HOUR), Collected::Complete(_)));
}

#[test]
fn the_error_is_one_to_try_again_and_names_the_time() {
    let world = world("grace error", &Shape::new());
    let pdf = stamped(&world, CONTRACT, now());
    let document = Document::open(pdf.as_slice()).unwrap();
    let mut collector = Collector::new(&document, &world.trust, now()).unwrap().grace(HOUR);
    collect(&mut collector, &Network::new(&world, |_| false));
    let error = collector.finish().unwrap_err();
    assert_eq!((error.kind(), error.class()), (ErrorKind::Evidence, ErrorClass::Retryable));
    assert!(error.advice().unwrap().contains(&now().after(HOUR).to_string()), "{error}");
}

#[test]
fn old_evidence_in_the_file_does_not_stop_the_newer() {
    let world = world("grace in two steps", &Shape::new());
    let early = world.extended(&stamped(&world, CONTRACT, now()), now());
    let over = now().after(2 * HOUR);
    let Collected::Complete(evidence) = outcome(&world, &early, over, 2 * HOUR) else { panic!("it is over") };
    let document = Document::open(early.as_slice()).unwrap();
    let update = Augmentation::new(&document, over).evidence(&evidence).finish().unwrap();
    let pdf = update.apply(&early).unwrap();
    assert!(pdf.len() > early.len(), "the newer answer is new");
    assert_eq!(world.verify(&pdf, over).verdict(), Some(Indication::TotalPassed));
    // Now that it is there, nobody needs to be asked.
    let document = Document::open(pdf.as_slice()).unwrap();
    let offline = Collector::new(&document, &world.trust, over).unwrap().grace(2 * HOUR);
    assert!(matches!(offline.outcome(), Collected::Complete(_)));
}

#[test]
fn a_signature_without_a_proved_time_has_no_period() {
    let world = world("no time", &Shape::new());
    let pdf = world.signed(CONTRACT, now());
    assert!(matches!(outcome(&world, &pdf, now(), HOUR), Collected::Complete(_)));
}
