//! The chain of a verdict, and what was known of each certificate of it: where from, since when, with what.

use pades_ltv::authority::RevocationReason;
use pades_ltv::report::{CertificateStatus, Place, RevocationSource, SignatureReport};

use crate::common::{World, certificates, days, minutes, now, pdf, signature, years};

fn stati(signature: &SignatureReport) -> Vec<CertificateStatus> {
    signature.revocation.iter().map(|one| one.status).collect()
}

fn places(signature: &SignatureReport) -> Vec<Vec<Place>> {
    let values = signature.revocation.iter().map(|one| one.value.as_ref());
    values.map(|value| value.map_or_else(Vec::new, |value| value.found_in.clone())).collect()
}

#[test]
fn the_chain_leads_from_the_signer_to_the_anchor() {
    let world = World::new();
    let report = world.verify_online(&world.stamped(&pdf::table(&[]), now()), now().after(minutes(1)));
    let one = signature(&report, "Signature1");
    let names: Vec<&str> = one.chain.iter().filter_map(|one| one.common_name.as_deref()).collect();
    assert_eq!(names.len(), 3);
    assert!(
        names[0] == "甲野太郎" && names[1].starts_with("Issuing CA") && names[2].starts_with("Root CA"),
        "{names:?}"
    );
    for (below, above) in one.chain.iter().zip(&one.chain[1..]) {
        assert_eq!((&below.issuer, &below.trust_source), (&above.subject, &None));
    }
    assert_eq!(one.chain[2].trust_source, one.trust_source);
    assert_eq!(one.chain[0].serial, one.signer.as_ref().unwrap().serial);
    assert_eq!(one.chain[0].key.as_deref(), Some("EC, 256 bits"));
    assert_eq!(one.revocation.len(), 2);
    assert_eq!(one.signature_timestamps[0].chain.len(), 3);
}

#[test]
fn a_value_says_where_it_was_found() {
    let world = World::new();
    let (stamped, then) = (world.stamped(&pdf::table(&[]), now()), now().after(minutes(1)));
    let none = world.verify(&stamped, then);
    assert_eq!(stati(signature(&none, "Signature1")), [CertificateStatus::NotAsked, CertificateStatus::Unknown]);
    let given = world.verify_online(&stamped, then);
    assert_eq!(places(signature(&given, "Signature1")), [[Place::Given], [Place::Given]]);
    let extended = world.extended(&stamped, now());
    let stored = world.verify(&extended, then);
    let one = signature(&stored, "Signature1");
    assert_eq!((stati(one), places(one)), (vec![CertificateStatus::Good; 2], vec![vec![Place::Dss]; 2]));
    let value = one.revocation[0].value.as_ref().unwrap();
    assert_eq!((value.source, value.this_update, value.proved), (RevocationSource::Ocsp, now(), None));
    assert!(value.produced_at.is_some() && value.next_update.is_some_and(|next| next > then));
    let both = world.verify_with(&extended, then, &world.evidence(&stamped, now()));
    assert_eq!(places(signature(&both, "Signature1"))[0], [Place::Dss, Place::Given]);
}

#[test]
fn a_revocation_is_told_with_its_time_and_reason() {
    let file = World::new().stamped(&pdf::table(&[]), now());
    let mut world = World::new();
    let (signer, since) = (certificates(&world.signer)[0].clone(), now().before(minutes(5)));
    world.authority.revoke(&signer, since, RevocationReason::KeyCompromise).unwrap();
    let report = world.verify_online(&file, now().after(days(1)));
    let one = signature(&report, "Signature1");
    assert_eq!(stati(one), [CertificateStatus::Revoked, CertificateStatus::Good]);
    let value = one.revocation[0].value.as_ref().unwrap();
    assert_eq!((value.revoked_at, value.reason.as_deref()), (Some(since), Some("keyCompromise")));
}

#[test]
fn what_is_too_old_says_so_and_what_is_renewed_is_proved() {
    let world = World::new();
    let extended = world.extended(&world.stamped(&pdf::table(&[]), now()), now());
    let late = world.verify(&extended, now().after(days(60)));
    assert_eq!(signature(&late, "Signature1").revocation[1].status, CertificateStatus::TooOld);
    // Past validation: the signer has expired, and what was known then still counts.
    let archived = world.sealed(&extended, now().after(minutes(1)));
    let renewed = world.archived(&archived, now().after(years(2)));
    let report = world.verify_online(&renewed, now().after(years(4)));
    let one = signature(&report, "Signature1");
    assert!(one.conclusion.is_passed(), "{one:#?}");
    assert_eq!(stati(one), [CertificateStatus::Good; 2]);
    // The authority above still answers; for the signer, only the file does.
    let value = one.revocation[0].value.as_ref().unwrap();
    assert!(value.proved.is_some_and(|proved| proved < now().after(years(3))), "{value:#?}");
    assert!(value.found_in.contains(&Place::Dss));
}
