//! What the outlook names, and how.

use pades_ltv::report::{Cause, Outlook};
use pades_ltv::{Algorithm, Document, Evidence, Policy, Time, Verification};

use crate::common::{World, days, minutes, now, pdf, years};

fn outlook(world: &World, file: &[u8], time: Time, evidence: &Evidence, policy: Policy) -> Outlook {
    let document = Document::open(file).unwrap();
    Verification::new(&document, &world.trust, time).evidence(evidence).policy(policy).outlook()
}

#[test]
fn certificates_values_and_algorithms_are_named() {
    let world = World::new();
    let time = now().after(minutes(10));
    let bare = world.signed(&pdf::table(&[]), now());
    let evidence = world.evidence(&bare, time);
    let etsi = Policy::etsi_119312;
    let seen = outlook(&world, &bare, time, &evidence, etsi());
    let [Cause::Certificate(signer)] = seen.causes.as_slice() else { panic!("{:#?}", seen.causes) };
    assert!(signer.subject.contains("甲野太郎") && Some(signer.not_after) == seen.holds_until, "{signer:#?}");
    assert_eq!(seen.renewal_due, seen.holds_until);
    assert_eq!(seen.renewed.until, None, "a renewed file has no end: {:#?}", seen.renewed);
    // OCSP answers of the authority are good for seven days.
    let [value @ Cause::RevocationValue { .. }] = seen.at_hand.causes.as_slice() else { panic!("{:#?}", seen.at_hand) };
    assert!(value.to_string().starts_with("the OCSP response of 2026-10-07T00:35:23Z about "), "{value}");
    assert_eq!(seen.at_hand.until, Some(time.after(days(7))));
    // An algorithm that ends earlier; renewed before, the signature outlives it.
    let end = now().after(years(1));
    let seen = outlook(&world, &bare, time, &evidence, etsi().ending(Algorithm::Ecdsa { bits: 256 }, end));
    let [Cause::Algorithm(ended)] = seen.causes.as_slice() else { panic!("{:#?}", seen.causes) };
    assert_eq!((ended.algorithm.as_str(), ended.end), ("ECDSA with 256 bits", Some(end)));
    assert_eq!((seen.renewal_due, seen.renewed.until), (seen.holds_until, None));
    // Nothing passes without evidence: there is no future to look into.
    let seen = outlook(&world, &bare, time, &Evidence::new(), etsi());
    assert_eq!((seen.holds_until, seen.renewal_due, seen.renewed.until), (Some(time), None, Some(time)));
}
