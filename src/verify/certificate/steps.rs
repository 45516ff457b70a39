//! Each step of 5.2.6 by a certificate of our own making: its sub-indication, and whether the policy asks for it.

use x509_cert::ext::pkix::KeyUsages;

use super::*;
use crate::digest::DigestAlgorithm;
use crate::pki::extension::Extension;
use crate::pki::fixture::{cert_id, entry, extension, generalized, good, party, purposes, time, usage};
use crate::pki::path::Purpose;
use crate::pki::path::purpose::EKU_OCSP_SIGNING;
use crate::pki::revocation::ocsp::asn1::{CertStatus, ID_PKIX_OCSP_NOCHECK, RevokedInfo};
use crate::report::Constraint;

const UNKNOWN: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("1.2.3.9");

/// The sub-indication about a certificate with `extensions` that ends at `end`, on `day`, with a list of `listed` until `next`.
fn told(extensions: &[Extension], end: &str, (listed, next): (&str, &str), day: &str, policy: &Policy) -> String {
    let root = party(1, 1);
    let (anchor, target) = (root.certify(root), root.issue_until(party(2, 2), extensions, end));
    let mut trust = TrustStore::new();
    trust.add(anchor, "test");
    let mut evidence = Evidence::new();
    evidence.add_crl(&root.crl(listed, Some(next), &[])).unwrap();
    let (pool, limits, proofs) = (Pool::new(&evidence), Limits::default(), ProofsOfExistence::new(time(day)));
    let validator = Validator::new(&trust, &pool, &limits, policy, &proofs);
    let judged = validator.judge(&target, Purpose::DocumentSigning, Moment::at(time(day)));
    judged.conclusion.sub_indication.map_or("PASSED", SubIndication::as_str).to_owned()
}

fn in_2025(extensions: &[Extension], policy: &Policy) -> String {
    told(extensions, "300101000000Z", ("250101000000Z", "260101000000Z"), "2025-06-01", policy)
}

#[test]
fn a_critical_extension_that_nobody_knows_is_a_general_failure() {
    let policy = Policy::default();
    assert_eq!(in_2025(&[extension(UNKNOWN, false, &der::asn1::Null)], &policy), "PASSED");
    let critical = extension(UNKNOWN, true, &der::asn1::Null);
    assert_eq!(in_2025(&[critical], &policy), "CERTIFICATE_CHAIN_GENERAL_FAILURE");
}

#[test]
fn key_usages_are_constraints_that_a_policy_chooses() {
    let policy = Policy::default;
    let failure = "CHAIN_CONSTRAINTS_FAILURE";
    let (enciphers, signs) = ([usage(KeyUsages::KeyEncipherment)], [usage(KeyUsages::DigitalSignature)]);
    let commits = [usage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation)];
    assert_eq!(in_2025(&enciphers, &policy()), failure);
    assert_eq!(in_2025(&enciphers, &policy().waiving(Constraint::KeyUsage)), "PASSED");
    let strict = policy().requiring(Constraint::ContentCommitment);
    for (extensions, expected) in [(&signs[..], failure), (&[], failure), (&commits, "PASSED")] {
        assert_eq!(in_2025(extensions, &policy()), "PASSED");
        assert_eq!(in_2025(extensions, &strict), expected);
    }
}

/// The authority signed its list in its last month, good for years; in the year after, nobody keeps its key safe any more.
#[test]
fn what_an_expired_authority_signed_is_out_of_bounds() {
    let list = ("291201000000Z", "340101000000Z");
    let on = |day| told(&[], "350101000000Z", list, day, &Policy::default());
    assert_eq!(on("2029-12-15"), "PASSED");
    assert_eq!(on("2031-06-01"), "REVOCATION_OUT_OF_BOUNDS_NO_POE");
}

/// A list of the authority's namesake, certified by another authority that ended since: as of the signature's time all was well, but today
/// nobody vouches for the namesake.
#[test]
fn who_vouches_for_the_signer_of_a_list_lives_today() {
    let (root, authority, other, namesake) = (party(1, 1), party(2, 2), party(4, 4), party(2, 9));
    let target = authority.issue(party(3, 3), &[]);
    let usages = || usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
    let sub = root.issue_until(other, &[crate::pki::fixture::ca(None), usages()], "250601000000Z");
    let mut trust = TrustStore::new();
    trust.add(root.certify(root), "test");
    let mut evidence = Evidence::new();
    for one in [root.certify(authority), sub, other.issue(namesake, &[usage(KeyUsages::CRLSign)])] {
        evidence.insert_certificate(one);
    }
    for party in [root, other, namesake] {
        evidence.add_crl(&party.crl("250301000000Z", Some("251201000000Z"), &[])).unwrap();
    }
    let (policy, limits, proofs) = (Policy::default(), Limits::default(), ProofsOfExistence::new(time("2025-09-01")));
    let judged = |issuers| {
        let pool = Pool::new(&evidence);
        let validator = Validator::new(&trust, &pool, &limits, &policy, &proofs);
        let moment = Moment { time: time("2025-04-01"), issuers: time(issuers) };
        validator.judge(&target, Purpose::DocumentSigning, moment).conclusion.sub_indication
    };
    assert_eq!(judged("2025-04-01"), None);
    assert_eq!(judged("2025-09-01"), Some(SubIndication::TryLater));
}

/// RFC 6960, 4.2.2.1: how far ahead clocks may be is the policy's, and "revoked" counts whatever the clock.
#[test]
fn a_list_from_the_future_revokes_and_does_not_absolve() {
    let root = party(1, 1);
    let (anchor, target) = (root.certify(root), root.issue(party(2, 2), &[]));
    let told = |entries: &[(&[u8], &str)], policy: &Policy| {
        let mut trust = TrustStore::new();
        trust.add(anchor.clone(), "test");
        let mut evidence = Evidence::new();
        evidence.add_crl(&root.crl("250601000500Z", Some("251201000000Z"), entries)).unwrap();
        let now = time("2025-06-01");
        let (pool, limits, proofs) = (Pool::new(&evidence), Limits::default(), ProofsOfExistence::new(now));
        let validator = Validator::new(&trust, &pool, &limits, policy, &proofs);
        validator.judge(&target, Purpose::DocumentSigning, Moment::at(now)).conclusion.sub_indication
    };
    let tolerant = Policy::default();
    let strict = Policy::default().clocks_apart(std::time::Duration::from_secs(299));
    assert_eq!(told(&[], &tolerant), None);
    assert_eq!(told(&[], &strict), Some(SubIndication::TryLater));
    let revoked = [(target.serial(), "250501000000Z")];
    for policy in [tolerant, strict] {
        assert_eq!(told(&revoked, &policy), Some(SubIndication::RevokedNoPoe));
    }
}

/// EN 319 102-1, 5.2.6, step 1 means the anchor's own certificate. Another one with its name and key says what it likes: of its validity
/// and its purposes, and nobody revoked it.
#[test]
fn a_namesake_with_the_anchors_key_is_no_anchor() {
    let root = party(1, 1);
    let (anchor, longer) = (root.issue_until(root, &[], "250701000000Z"), root.certify(root));
    let mut trust = TrustStore::new();
    trust.add(anchor.clone(), "test");
    let told = |certificate: &Certificate, list: bool| {
        let mut evidence = Evidence::new();
        if list {
            evidence.add_crl(&root.crl("250501000000Z", Some("260101000000Z"), &[])).unwrap();
        }
        let now = time("2025-06-01");
        let (pool, limits, proofs) = (Pool::new(&evidence), Limits::default(), ProofsOfExistence::new(now));
        let policy = Policy::default();
        let validator = Validator::new(&trust, &pool, &limits, &policy, &proofs);
        let judged = validator.judge(certificate, Purpose::TimeStamping, Moment::at(now));
        judged.conclusion.sub_indication.map_or("PASSED", SubIndication::as_str)
    };
    // Neither is for timestamps; but of the anchor itself nobody is asked whether it was revoked.
    assert_eq!(told(&anchor, false), "CHAIN_CONSTRAINTS_FAILURE");
    assert_eq!(told(&longer, false), "TRY_LATER");
    assert_eq!(told(&longer, true), "CHAIN_CONSTRAINTS_FAILURE");
}

/// EN 319 102-1, 5.5.4, step 5: judged again as of the past, what a signer of lists said stands that has expired since. Somebody may have
/// written it after that end, with a key that nobody keeps safe: so it is said, unless a proof speaks against it.
#[test]
fn an_answer_of_who_has_expired_since_is_said() {
    let (root, authority, namesake) = (party(1, 1), party(2, 2), party(2, 9));
    let target = authority.issue(party(3, 3), &[]);
    let mut trust = TrustStore::new();
    trust.add(root.certify(root), "test");
    let mut evidence = Evidence::new();
    evidence.insert_certificate(root.certify(authority));
    evidence.insert_certificate(root.issue_until(namesake, &[usage(KeyUsages::CRLSign)], "250601000000Z"));
    for party in [root, namesake] {
        evidence.add_crl(&party.crl("250301000000Z", Some("251201000000Z"), &[])).unwrap();
    }
    let told = |proved: Option<&str>| {
        let (policy, limits, pool) = (Policy::default(), Limits::default(), Pool::new(&evidence));
        let mut proofs = ProofsOfExistence::new(time("2025-09-01"));
        if let Some(proved) = proved {
            proofs.add_objects(evidence.fingerprints(), time(proved));
        }
        let validator = Validator::new(&trust, &pool, &limits, &policy, &proofs);
        let moment = Moment { time: time("2025-04-01"), issuers: time("2025-09-01") };
        let judged = validator.judge(&target, Purpose::DocumentSigning, moment);
        assert!(judged.conclusion.is_passed(), "{judged:#?}");
        judged.findings.iter().filter(|one| one.message.contains("nothing proves that the answer is older")).count()
    };
    assert_eq!([None, Some("2025-05-01"), Some("2025-07-01")].map(told), [1, 0, 1]);
}

/// A lost key signs with any date. As of the signature's time its owner was in good standing; today nobody believes what it signs, unless
/// that is proved to be older.
#[test]
fn who_vouches_for_others_was_not_revoked_since() {
    const COMPROMISE: u8 = 1;
    const SUPERSEDED: u8 = 4;
    const HOLD: u8 = 6;
    let (root, authority, responder) = (party(1, 1), party(2, 2), party(3, 3));
    let (sub, target) = (root.certify(authority), authority.issue(party(4, 4), &[]));
    let delegate = authority.issue(responder, &[purposes(false, &[EKU_OCSP_SIGNING])]);
    let mut trust = TrustStore::new();
    trust.add(root.certify(root), "test");
    let told = |of_sub: Option<u8>, of_delegate: Option<u8>, model, today| {
        let mut evidence = Evidence::new();
        [&sub, &delegate].into_iter().for_each(|one| evidence.insert_certificate(one.clone()));
        let reason = |code| extension(const_oid::db::rfc5912::ID_CE_CRL_REASONS, false, &enumerated(code));
        let listed: Vec<_> =
            of_sub.map(|code| entry(sub.serial(), "250601000000Z", &[reason(code)])).into_iter().collect();
        evidence.add_crl(&root.crl_with("250701000000Z", None, &listed, &[])).unwrap();
        let status = of_delegate.map_or_else(good, |code| {
            let (revocation_time, revocation_reason) = (generalized(time("2025-06-01")), Some(enumerated(code)));
            CertStatus::Revoked(RevokedInfo { revocation_time, revocation_reason })
        });
        for (by, about, status) in [(responder, &target, good()), (authority, &delegate, status)] {
            let id = cert_id(about, &sub, DigestAlgorithm::Sha256);
            evidence.add_ocsp(&by.ocsp(id, status, time("2025-07-01"), &[&delegate])).unwrap();
        }
        let (policy, limits, pool) = (Policy::default(), Limits::default(), Pool::new(&evidence));
        let proofs = ProofsOfExistence::new(time("2025-09-01"));
        let validator = Validator { model, ..Validator::new(&trust, &pool, &limits, &policy, &proofs) };
        let moment = Moment { time: time("2025-04-01"), issuers: time(today) };
        validator.judge(&target, Purpose::DocumentSigning, moment).conclusion.sub_indication
    };
    let (later, lost) = (Some(SubIndication::TryLater), Some(SubIndication::RevokedCaNoPoe));
    for (of_sub, of_delegate, shell, chain) in [
        (None, None, None, None),
        (None, Some(COMPROMISE), later, later),
        (None, Some(SUPERSEDED), later, None),
        (Some(COMPROMISE), None, lost, lost),
        (Some(SUPERSEDED), None, lost, None),
        (Some(HOLD), None, later, None),
    ] {
        assert_eq!(told(of_sub, of_delegate, Model::Shell, "2025-09-01"), shell, "{of_sub:?} {of_delegate:?}");
        assert_eq!(told(of_sub, of_delegate, Model::Chain, "2025-09-01"), chain, "{of_sub:?} {of_delegate:?}");
        assert_eq!(told(of_sub, of_delegate, Model::Shell, "2025-04-01"), None, "{of_sub:?} {of_delegate:?}");
    }
}

/// RFC 9608 and RFC 6960, 4.2.2.2.1: nobody has to be asked about some certificates. Who says "revoked" all the same is heard.
#[test]
fn who_need_not_be_asked_about_may_be_known_to_be_lost() {
    const NO_REV_AVAIL: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("2.5.29.56");
    let (root, responder) = (party(1, 1), party(3, 3));
    let anchor = root.certify(root);
    let null = |oid| extension(oid, false, &der::asn1::Null);
    let exempt = root.issue(party(2, 2), &[null(NO_REV_AVAIL)]);
    let (asked, nocheck) = (root.issue(party(4, 4), &[]), null(ID_PKIX_OCSP_NOCHECK));
    let delegate = root.issue(responder, &[purposes(false, &[EKU_OCSP_SIGNING]), nocheck]);
    let mut trust = TrustStore::new();
    trust.add(anchor.clone(), "test");
    let told = |target: &Certificate, lost: Option<&Certificate>| {
        let mut evidence = Evidence::new();
        let id = |about| cert_id(about, &anchor, DigestAlgorithm::Sha256);
        evidence.add_ocsp(&responder.ocsp(id(&asked), good(), time("2025-07-01"), &[&delegate])).unwrap();
        if let Some(lost) = lost {
            let (revocation_time, revocation_reason) = (generalized(time("2025-03-01")), None);
            let status = CertStatus::Revoked(RevokedInfo { revocation_time, revocation_reason });
            evidence.add_ocsp(&root.ocsp(id(lost), status, time("2025-07-01"), &[])).unwrap();
        }
        let (policy, limits, pool) = (Policy::default(), Limits::default(), Pool::new(&evidence));
        let mut proofs = ProofsOfExistence::new(time("2025-07-01"));
        proofs.add_objects(evidence.fingerprints(), time("2025-07-01"));
        let validator = Validator::new(&trust, &pool, &limits, &policy, &proofs);
        let judged = validator.judge(target, Purpose::DocumentSigning, Moment::at(time("2025-07-01")));
        let past = validator.past(target, Purpose::DocumentSigning, time("2025-07-01"));
        (judged.conclusion.sub_indication, past.is_ok())
    };
    assert_eq!(told(&exempt, None), (None, true));
    assert_eq!(told(&exempt, Some(&exempt)), (Some(SubIndication::RevokedNoPoe), false));
    assert_eq!(told(&asked, None), (None, true));
    assert_eq!(told(&asked, Some(&delegate)), (Some(SubIndication::TryLater), false));
    assert_eq!(told(&asked, Some(&exempt)), (None, true), "somebody else");
}

fn enumerated(code: u8) -> der::Any {
    der::Any::new(der::Tag::Enumerated, [code]).unwrap()
}
