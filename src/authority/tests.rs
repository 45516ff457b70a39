mod revocation;
mod stamp;

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::pki::certificate::Criticality::Critical;
use crate::port::{Fetch, FetchRequest, Signer};

fn now() -> Time {
    "2026-10-07T00:25:23Z".parse().unwrap()
}

fn years_later(years: u64) -> Time {
    now().after(Duration::from_secs(years * hierarchy::YEAR.as_secs()))
}

fn chain(signer: &SoftwareSigner) -> Vec<Certificate> {
    signer.identity().unwrap().certificates().map(|der| Certificate::from_der(der).unwrap()).collect()
}

#[test]
fn the_same_seed_is_the_same_authority_and_another_is_another() {
    let make = |seed: &[u8]| {
        let authority = Authority::new(seed, now()).unwrap();
        // In another order each time: nothing may depend on it.
        let names = if seed == b"one" { ["Alice", "Bob"] } else { ["Bob", "Alice"] };
        let mut chains: Vec<_> = names.iter().map(|name| chain(&authority.issue(*name).unwrap())).collect();
        chains.sort_by_key(|chain| chain[0].subject().to_string());
        (authority.root_der().to_vec(), chains)
    };
    assert_eq!(make(b"one"), make(b"one"));
    let (first, second) = (make(b"one"), make(b"two"));
    assert!(first.0 != second.0 && first.1 != second.1);
    assert_ne!(first.1[0][1].subject(), second.1[0][1].subject());
}

#[test]
fn every_subject_warns_and_every_address_is_served() {
    let authority = Authority::new(b"warn", now()).unwrap();
    let services = authority.at(now());
    let mut certificates = chain(&authority.issue("Alice").unwrap());
    certificates.push(Certificate::from_der(&services.tsa_certificate().unwrap()).unwrap());
    for certificate in &certificates {
        assert!(certificate.subject().to_string().contains("NOT FOR PRODUCTION"), "{certificate}");
        let (certificate_url, crl_url) = (certificate.issuer_urls(), certificate.crl_urls());
        let issuer = services.fetch(&FetchRequest::Certificate { url: certificate_url[0].clone() }).unwrap();
        assert_eq!(Certificate::from_der(&issuer).unwrap().subject(), certificate.issuer());
        assert!(services.fetch(&FetchRequest::Crl { url: crl_url[0].clone() }).is_ok());
        let ocsp = FetchRequest::Ocsp { url: certificate.ocsp_urls()[0].clone(), body: vec![0x30] };
        assert_eq!(services.fetch(&ocsp).unwrap(), [0x30, 3, 0x0a, 1, 1], "malformedRequest");
        let crossed = FetchRequest::Crl { url: certificate_url[0].clone() };
        assert_eq!(services.fetch(&crossed).unwrap_err().kind(), ErrorKind::Fetch);
    }
}

#[test]
fn whoever_is_in_force_is_valid_for_as_long_as_promised() {
    let authority = Authority::new(b"decades", now()).unwrap();
    let mut units = std::collections::BTreeSet::new();
    for years in 0..59 {
        let time = years_later(years);
        let services = authority.at(time);
        let [tsa, issuer] = [services.tsa_certificate(), services.issuer_certificate()]
            .map(|der| Certificate::from_der(&der.unwrap()).unwrap());
        let last = time.after(Duration::from_secs(10 * hierarchy::YEAR.as_secs())).min(years_later(59));
        assert!([&tsa, &issuer].iter().all(|one| one.is_valid_at(time) && one.is_valid_at(last)), "{years}");
        assert_eq!(tsa.issuer(), issuer.subject());
        assert_eq!(tsa.extended_key_usage().unwrap().unwrap().0, Critical);
        units.insert(tsa.serial_hex());
    }
    assert_eq!(units.len(), 59);
    for outside in [now().before(2 * hierarchy::DAY), years_later(61)] {
        let error = authority.at(outside).tsa_certificate().unwrap_err();
        assert!(error.kind() == ErrorKind::Certificate && error.advice().is_some(), "{error}");
    }
}

#[test]
fn only_its_own_certificates_can_be_revoked() {
    let mut authority = Authority::new(b"mine", now()).unwrap();
    let own = chain(&authority.issue("Alice").unwrap());
    let foreign = chain(&Authority::new(b"yours", now()).unwrap().issue("Alice").unwrap());
    for certificate in &own {
        authority.revoke(certificate.der(), now(), RevocationReason::Superseded).unwrap();
    }
    let error = authority.revoke(foreign[0].der(), now(), RevocationReason::Superseded).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Certificate);
    // The earliest revocation counts, and not before it happened.
    authority.revoke(own[0].der(), now().before(hierarchy::DAY), RevocationReason::KeyCompromise).unwrap();
    let reason = |time| authority.revocation(own[0].serial(), time).map(|one| one.reason);
    assert_eq!(reason(now()), Some(RevocationReason::KeyCompromise));
    assert_eq!(reason(now().before(2 * hierarchy::DAY)), None);
}

#[test]
fn validity_must_lie_in_the_authoritys_life() {
    let authority = Authority::new(b"life", now()).unwrap();
    let issued = |from, to| authority.issue(Subscriber::new("Alice").valid(from, to));
    let signer = issued(years_later(5), years_later(6)).unwrap();
    assert!(chain(&signer)[1].subject().to_string().contains("Issuing CA 1"));
    for (from, to) in [(years_later(1), now()), (now().before(2 * hierarchy::DAY), now())] {
        assert_eq!(issued(from, to).unwrap_err().kind(), ErrorKind::Certificate);
    }
    assert!(Authority::new(b"early", Time::from_unix(-1)).is_err());
}

proptest! {
    #[test]
    fn any_request_is_answered(bytes: Vec<u8>, common_name in ".{0,80}") {
        let authority = Authority::new(b"any", now()).unwrap();
        let signer = authority.issue(common_name.as_str()).unwrap();
        prop_assert!(authority.origin.is_ours(chain(&signer)[0].serial()));
        prop_assert!(authority.at(now()).stamp(&bytes).is_ok());
        let url = chain(&signer)[0].ocsp_urls().remove(0);
        let request = FetchRequest::Ocsp { url, body: bytes };
        prop_assert!(authority.at(now()).fetch(&request).is_ok());
    }
}
