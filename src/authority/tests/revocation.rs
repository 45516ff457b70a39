use super::super::*;
use super::{chain, now, years_later};
use crate::limits::Limits;
use crate::pki::certificates::Certificates;
use crate::pki::path::{PathSettings, Paths, validate};
use crate::pki::revocation::crl::Crl;
use crate::pki::revocation::ocsp::OcspResponse;
use crate::pki::revocation::ocsp::asn1::{OcspRequest, OcspResponseStatus};
use crate::pki::revocation::{Answers, Reason, Status, answers};
use crate::pki::signature::Checks;
use crate::port::{Fetch, FetchRequest};

fn ocsp_request(certificate: &Certificate, issuer: &Certificate) -> FetchRequest {
    let body = OcspRequest::for_certificate(certificate, issuer, Some(b"nonce")).unwrap();
    FetchRequest::Ocsp { url: certificate.ocsp_urls().remove(0), body }
}

/// What the library makes of the OCSP answer about the first certificate of the chain.
fn by_ocsp(services: AuthorityAt<'_>, chain: &[Certificate]) -> Result<Answers, String> {
    let answer = services.fetch(&ocsp_request(&chain[0], &chain[1])).map_err(|error| error.to_string())?;
    let response = OcspResponse::from_der(&answer, &Limits::default()).map_err(|fault| fault.to_string())?;
    match response.status() {
        OcspResponseStatus::Successful => Ok(answers(&chain[0], &chain[1], &[], &[response], &[], &Checks::new(1_000))),
        status => Err(format!("{status:?}")),
    }
}

fn by_crl(services: AuthorityAt<'_>, chain: &[Certificate]) -> Result<Answers, String> {
    let request = FetchRequest::Crl { url: chain[0].crl_urls().remove(0) };
    let crl = services.fetch(&request).map_err(|error| error.to_string())?;
    let crl = Crl::from_der(&crl, &Limits::default()).map_err(|fault| fault.to_string())?;
    Ok(answers(&chain[0], &chain[1], &[crl], &[], &[], &Checks::new(1_000)))
}

/// Either the one status with its nextUpdate, or why there is none.
fn summary(answers: Result<Answers, String>) -> String {
    match answers.map(|answers| (answers.answers, answers.refused)) {
        Err(fault) => fault,
        Ok((answers, refused)) => match (answers.as_slice(), refused.as_slice()) {
            ([one], []) => format!("{:?} until {}", one.status, one.next_update.unwrap()),
            ([], [one]) => one.fault.to_string(),
            ([], []) => "nothing about the certificate".to_owned(),
            _ => panic!("more than one answer"),
        },
    }
}

#[test]
fn every_misbehaviour_of_the_responder_is_told_apart() {
    let authority = Authority::new(b"responder", now()).unwrap();
    let chain = chain(&authority.issue("Alice").unwrap());
    assert_eq!(summary(by_ocsp(authority.at(now()), &chain)), "Good until 2026-10-14T00:25:23Z");
    use Misbehaviour as M;
    let mut seen = Vec::new();
    for (bad, expected) in [
        (M::TransportFailure, "connection was closed"),
        (M::Garbage, "not readable DER"),
        (M::OcspTryLater, "TryLater"),
        (M::OcspUnauthorized, "Unauthorized"),
        (M::OcspWrongCertificate, "nothing about the certificate"),
        (M::OcspUnknown, "does not know"),
        (M::OcspRevoked, "Revoked"),
        (M::OcspExpired, "Good until 2026-10-06"),
        (M::OcspBadSignature, "does not verify"),
        (M::OcspWrongResponder, "extended key usage"),
    ] {
        let found = summary(by_ocsp(authority.at(now()).misbehaving(bad), &chain));
        assert!(found.contains(expected), "{bad:?}: {found}");
        assert!(!seen.contains(&found), "{bad:?} as another: {found}");
        seen.push(found);
    }
}

#[test]
fn every_misbehaviour_of_the_crl_issuer_is_told_apart() {
    let authority = Authority::new(b"lists", now()).unwrap();
    let chain = chain(&authority.issue("Alice").unwrap());
    assert_eq!(summary(by_crl(authority.at(now()), &chain)), "Good until 2026-11-06T00:25:23Z");
    use Misbehaviour as M;
    for (bad, expected) in [
        (M::CrlExpired, "Good until 2026-10-06"),
        (M::CrlWrongIssuer, "nothing about the certificate"),
        (M::CrlBadSignature, "does not verify"),
        (M::HtmlPage, "not readable DER"),
    ] {
        let found = summary(by_crl(authority.at(now()).misbehaving(bad), &chain));
        assert!(found.contains(expected), "{bad:?}: {found}");
    }
}

#[test]
fn revocations_are_answered_from_their_time_on() {
    let mut authority = Authority::new(b"revoked", now()).unwrap();
    let mut chain = chain(&authority.issue("Alice").unwrap());
    chain.push(Certificate::from_der(authority.root_der()).unwrap());
    authority.revoke(chain[0].der(), years_later(1), RevocationReason::KeyCompromise).unwrap();
    authority.revoke(chain[1].der(), years_later(2), RevocationReason::CaCompromise).unwrap();
    let status = |answers: Result<Answers, String>| answers.unwrap().answers[0].status;
    for (of, years, reason) in [(&chain[..2], 1, Reason::KeyCompromise), (&chain[1..], 2, Reason::CaCompromise)] {
        let revoked = Status::Revoked { time: years_later(years), reason };
        let services = |time| authority.at(time);
        for ask in [by_ocsp, by_crl] {
            assert_eq!(status(ask(services(years_later(years).before(hierarchy::DAY)), of)), Status::Good);
            assert_eq!(status(ask(services(years_later(years)), of)), revoked);
        }
    }
}

#[test]
fn paths_to_the_anchor_are_valid_over_the_whole_life() {
    let authority = Authority::new(b"paths", now()).unwrap();
    let (anchors, limits) = (authority.anchors(), Limits::default());
    for years in 0..59 {
        let time = years_later(years);
        let services = authority.at(time);
        let [target, issuer] = [services.tsa_certificate(), services.issuer_certificate()]
            .map(|der| Certificate::from_der(&der.unwrap()).unwrap());
        let path = Paths::new(&target, &Certificates::from([issuer].as_slice()), &anchors, &limits).next().unwrap();
        let judged = validate(&path.unwrap(), time, &PathSettings::new(&limits));
        assert!(judged.is_ok(), "{years}: {judged:?}");
    }
}
