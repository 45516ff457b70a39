//! Who may say what about whom, and what happens to values that lie.

use crate::pki::extension::Extension;
use const_oid::ObjectIdentifier;
use der::Decode;
use proptest::prelude::*;
use x509_cert::ext::pkix::KeyUsages;

use super::ocsp::asn1::{CertStatus, ID_PKIX_OCSP_NOCHECK, OcspRequest, RevokedInfo};
use super::*;
use crate::digest::DigestAlgorithm;
use crate::limits::Limits;
use crate::pki::fixture::{Party, cert_id, entry, extension, generalized, good, party, purposes, time, tlv, usage};
use crate::pki::path::purpose::EKU_OCSP_SIGNING;
use crate::pki::path::{PathSettings, Paths, validate};
use crate::pki::trust::store::TrustStore;

const CA: Party = Party { name: 1, key: 1 };
const LEAF: Party = Party { name: 2, key: 2 };
const RESPONDER: Party = Party { name: 3, key: 3 };
/// An IssuingDistributionPoint with indirectCRL alone.
const INDIRECT: [u8; 5] = [0x30, 3, 0x84, 1, 0xff];
const ID_CE_CERTIFICATE_ISSUER: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_CERTIFICATE_ISSUER;
const ID_CE_ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_ISSUING_DISTRIBUTION_POINT;

struct Scene {
    issuer: Certificate,
    leaf: Certificate,
}

impl Scene {
    fn new() -> Self {
        Self { issuer: CA.certify(CA), leaf: CA.issue(LEAF, &[]) }
    }

    fn ask(&self, crls: &[Vec<u8>], ocsps: &[Vec<u8>], pool: &[Certificate]) -> Answers {
        let limits = Limits::default();
        let crls: Vec<_> = crls.iter().map(|der| Crl::from_der(der, &limits).unwrap()).collect();
        let ocsps: Vec<_> = ocsps.iter().map(|der| OcspResponse::from_der(der, &limits).unwrap()).collect();
        answers(&self.leaf, &self.issuer, &crls, &ocsps, &[&Certificates::from(pool)], &Checks::new(1_000))
    }

    fn fault(&self, crls: &[Vec<u8>], ocsps: &[Vec<u8>], pool: &[Certificate]) -> RevocationFault {
        let found = self.ask(crls, ocsps, pool);
        assert!(found.answers.is_empty(), "{:?}", found.answers);
        found.refused[0].fault.clone()
    }

    fn ocsp(&self, by: Party, status: CertStatus, certificates: &[&Certificate]) -> Vec<u8> {
        by.ocsp(cert_id(&self.leaf, &self.issuer, DigestAlgorithm::Sha1), status, time("2026-01-01"), certificates)
    }
}

fn raw(oid: ObjectIdentifier, critical: bool, der: &[u8]) -> Extension {
    extension(oid, critical, &der::asn1::AnyRef::try_from(der).unwrap())
}

#[test]
fn a_version_1_crl_without_next_update_is_read() {
    let scene = Scene::new();
    let found = scene.ask(&[CA.crl("260101000000Z", None, &[(&[1], "251231000000Z")])], &[], &[]);
    let [answer] = found.answers.as_slice() else { panic!("{found:?}") };
    assert_eq!((answer.status, answer.next_update, &answer.signer), (Status::Good, None, &scene.issuer));
    let revoked = CA.crl("260101000000Z", None, &[(&[1], "251231000000Z"), (scene.leaf.serial(), "251230000000Z")]);
    let status = Status::Revoked { time: time("2025-12-30"), reason: Reason::Unspecified };
    assert_eq!(scene.ask(&[revoked], &[], &[]).answers[0].status, status);
}

#[test]
fn crls_are_signed_by_the_issuer_or_by_its_namesake_alone() {
    let scene = Scene::new();
    let crl = |by: Party| by.crl("260101000000Z", None, &[]);
    assert!(scene.ask(&[crl(party(9, 1))], &[], &[]).refused.is_empty());
    let forged = scene.fault(&[crl(party(1, 9))], &[], &[]);
    assert!(matches!(forged, RevocationFault::Signature(_)), "{forged}");
    let other = CA.issue(party(1, 9), &[usage(KeyUsages::CRLSign)]);
    let found = scene.ask(&[crl(party(1, 9))], &[], std::slice::from_ref(&other));
    assert_eq!(found.answers[0].signer, other);
    let unfit = CA.issue(party(1, 9), &[usage(KeyUsages::DigitalSignature)]);
    assert!(matches!(scene.fault(&[crl(party(1, 9))], &[], &[unfit]), RevocationFault::SignerPurpose(_)));
}

#[test]
fn entries_of_other_issuers_need_an_indirect_list() {
    let scene = Scene::new();
    let other = tlv(0x30, &[&tlv(0xa4, &[party(7, 7).issue(LEAF, &[]).issuer().der()])]);
    let foreign = entry(scene.leaf.serial(), "251230000000Z", &[raw(ID_CE_CERTIFICATE_ISSUER, true, &other)]);
    let plain = CA.crl_with("260101000000Z", None, std::slice::from_ref(&foreign), &[]);
    assert_eq!(scene.fault(&[plain], &[], &[]), RevocationFault::NotIndirect);
    let point = raw(ID_CE_ISSUING_DISTRIBUTION_POINT, true, &INDIRECT);
    let indirect = CA.crl_with("260101000000Z", None, &[foreign], &[point]);
    assert_eq!(scene.ask(&[indirect], &[], &[]).answers[0].status, Status::Good);
}

/// What a complete list holds, its delta releases (RFC 5280, 5.2.4 and 5.3.1); a delta without its list says nothing.
#[test]
fn a_hold_is_released_by_remove_from_crl() {
    use const_oid::db::rfc5912::{ID_CE_CRL_NUMBER, ID_CE_CRL_REASONS, ID_CE_DELTA_CRL_INDICATOR};

    let scene = Scene::new();
    let number = |value: u8| raw(ID_CE_CRL_NUMBER, false, &[2, 1, value]);
    let since = |value: u8| raw(ID_CE_DELTA_CRL_INDICATOR, true, &[2, 1, value]);
    let because = |reason: u8| raw(ID_CE_CRL_REASONS, false, &[10, 1, reason]);
    let of = |reason: u8| entry(scene.leaf.serial(), "251230000000Z", &[because(reason)]);
    let base = CA.crl_with("260101000000Z", None, &[of(6)], &[number(5)]);
    let released = CA.crl_with("260102000000Z", None, &[of(8)], &[number(6), since(5)]);
    let found = scene.ask(&[base.clone(), released.clone()], &[], &[]).answers;
    let held = Status::Revoked { time: time("2025-12-30"), reason: Reason::CertificateHold };
    assert_eq!(found.iter().map(|answer| answer.status).collect::<Vec<_>>(), [held, Status::Good]);
    assert_eq!(found[1].source, Source::DeltaCrl { delta: 1, base: 0 });
    // Nothing new of it; and a delta to a later list, or to none.
    let silent = CA.crl_with("260102000000Z", None, &[], &[number(6), since(5)]);
    assert_eq!(scene.ask(&[base.clone(), silent], &[], &[]).answers[1].status, held);
    let later = CA.crl_with("260102000000Z", None, &[of(8)], &[number(8), since(7)]);
    assert_eq!(scene.ask(&[base, later], &[], &[]).refused[0].fault, RevocationFault::NoBase);
    assert_eq!(scene.fault(&[released], &[], &[]), RevocationFault::NoBase);
}

/// Sources that remember who expired: expiredCertsOnCRL (ITU-T X.509) and archiveCutoff (RFC 6960, 4.4.4).
#[test]
fn sources_say_since_when_they_remember() {
    use super::ocsp::asn1::{ID_PKIX_OCSP_ARCHIVE_CUTOFF, SingleResponse};

    let scene = Scene::new();
    let since = b"\x18\x0f20200101000000Z".as_slice();
    let kept = raw(ObjectIdentifier::new_unwrap("2.5.29.60"), false, since);
    let crl = CA.crl_with("310101000000Z", None, &[], &[kept]);
    let single = SingleResponse {
        cert_id: cert_id(&scene.leaf, &scene.issuer, DigestAlgorithm::Sha256),
        cert_status: good(),
        this_update: generalized(time("2031-01-01")),
        next_update: None,
        single_extensions: Some(vec![raw(ID_PKIX_OCSP_ARCHIVE_CUTOFF, false, since)]),
    };
    let ocsp = CA.ocsp_of(vec![single], time("2031-01-01"), &[]);
    let found = scene.ask(&[crl], &[ocsp], &[]).answers;
    // The certificate ended 2030.
    assert!(found.len() == 2 && found.iter().all(Answer::is_conclusive), "{found:?}");
    assert!(found.iter().all(|answer| answer.expired_kept_since == Some(time("2020-01-01"))), "{found:?}");
    let forgetful = scene.ask(&[CA.crl("310101000000Z", None, &[])], &[], &[]).answers;
    assert!(!forgetful[0].is_conclusive());
}

/// A response of thousands about others, and one about the certificate.
#[test]
fn a_response_about_thousands_is_searched_by_serial_number() {
    use super::ocsp::asn1::SingleResponse;

    let scene = Scene::new();
    let of = |id| SingleResponse {
        cert_id: id,
        cert_status: good(),
        this_update: generalized(time("2026-01-01")),
        next_update: None,
        single_extensions: None,
    };
    let own = cert_id(&scene.leaf, &scene.issuer, DigestAlgorithm::Sha256);
    let mut other = own.clone();
    let others = (0..5_000_u16).map(|number| {
        other.serial_number = der::asn1::Int::new(&[&[0x41], number.to_be_bytes().as_slice()].concat()).unwrap();
        of(other.clone())
    });
    let responses: Vec<_> = others.chain([of(own.clone())]).collect();
    let found = scene.ask(&[], &[CA.ocsp_of(responses, time("2026-01-01"), &[])], &[]);
    assert_eq!(found.answers.len(), 1, "{found:?}");
}

/// Distribution points share the work (RFC 5280, 5.2.5): a list for others, by kind or by place, says nothing.
#[test]
fn a_list_speaks_about_its_scope_alone() {
    let scene = Scene::new();
    let list =
        |point: &[u8]| CA.crl_with("260101000000Z", None, &[], &[raw(ID_CE_ISSUING_DISTRIBUTION_POINT, true, point)]);
    // onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts, onlySomeReasons (keyCompromise), a place.
    let place = tlv(0x30, &[&tlv(0xa0, &[&tlv(0xa0, &[&tlv(0x86, &[b"http://other.invalid/1.crl"])])])]);
    for (point, expected) in [
        (&[0x30, 3, 0x81, 1, 0xff][..], Some(true)),
        (&[0x30, 3, 0x82, 1, 0xff], None),
        (&[0x30, 3, 0x85, 1, 0xff], None),
        (&[0x30, 4, 0x83, 2, 6, 0x40], Some(false)),
        (&place, None),
    ] {
        let found = scene.ask(&[list(point)], &[], &[]);
        assert!(found.refused.is_empty());
        assert_eq!(found.answers.first().map(|answer| answer.reasons.is_all()), expected, "{point:02x?}");
    }
}

#[test]
fn one_unknown_critical_entry_spoils_the_list() {
    let scene = Scene::new();
    let unknown = ObjectIdentifier::new_unwrap("1.2.3");
    let odd = entry(&[5], "251230000000Z", &[extension(unknown, true, &true)]);
    let crl = CA.crl_with("260101000000Z", None, &[entry(scene.leaf.serial(), "251230000000Z", &[]), odd], &[]);
    assert_eq!(scene.fault(&[crl], &[], &[]), RevocationFault::CriticalExtension(unknown.into()));
}

/// What no list should hold and X.690, 8.3.2 forbids: octets before a serial number that say nothing. Revoked is revoked.
#[test]
fn a_serial_number_is_the_integer_that_it_is() {
    let scene = Scene::new();
    for padding in [&[][..], &[0], &[0, 0]] {
        let padded = tlv(2, &[padding, scene.leaf.serial()]);
        let own = tlv(0x30, &[&padded, &tlv(0x17, &[b"251230000000Z"])]);
        let crl = CA.crl_with("260101000000Z", None, &[entry(&[0x41], "250101000000Z", &[]), own], &[]);
        let found = scene.ask(&[crl], &[], &[]);
        let revoked = Status::Revoked { time: time("2025-12-30"), reason: Reason::Unspecified };
        assert_eq!(found.answers[0].status, revoked, "{padding:?}");
    }
}

/// One certificate, entered twice: on hold and revoked for good, or revoked at two times.
#[test]
fn of_two_entries_the_gravest_counts() {
    let scene = Scene::new();
    let entry = |at: &str, reason: u8| {
        entry(scene.leaf.serial(), at, &[raw(const_oid::db::rfc5912::ID_CE_CRL_REASONS, false, &[10, 1, reason])])
    };
    let (lost, lost_later, held) = (entry("250601000000Z", 1), entry("250901000000Z", 1), entry("250101000000Z", 6));
    let expected = Status::Revoked { time: time("2025-06-01"), reason: Reason::KeyCompromise };
    for entries in [[&lost, &lost_later], [&lost_later, &lost], [&lost, &held], [&held, &lost]] {
        let crl = CA.crl_with("260101000000Z", None, &entries.map(Clone::clone), &[]);
        assert_eq!(scene.ask(&[crl], &[], &[]).answers[0].status, expected);
    }
}

/// Of two distribution points, only one counts; nobody says which.
#[test]
fn an_extension_that_stands_twice_spoils_the_list() {
    let scene = Scene::new();
    let (users, authorities) = ([0x30, 3, 0x81, 1, 0xff], [0x30, 3, 0x82, 1, 0xff]);
    let points = [users, authorities].map(|point| raw(ID_CE_ISSUING_DISTRIBUTION_POINT, true, &point));
    let list = CA.crl_with("260101000000Z", None, &[], &points);
    let twice = RevocationFault::RepeatedExtension(ID_CE_ISSUING_DISTRIBUTION_POINT.into());
    assert_eq!(scene.fault(&[list], &[], &[]), twice);
    let reason = raw(const_oid::db::rfc5912::ID_CE_CRL_REASONS, false, &[10, 1, 6]);
    let own = entry(scene.leaf.serial(), "250101000000Z", &[reason.clone(), reason]);
    let list = CA.crl_with("260101000000Z", None, &[own], &[]);
    let twice = RevocationFault::RepeatedExtension(const_oid::db::rfc5912::ID_CE_CRL_REASONS.into());
    assert_eq!(scene.fault(&[list], &[], &[]), twice);
}

#[test]
fn ocsp_by_the_issuer_and_by_its_delegate() {
    let scene = Scene::new();
    let found = scene.ask(&[], &[scene.ocsp(CA, good(), &[])], &[]);
    assert_eq!((found.answers[0].status, &found.answers[0].signer), (Status::Good, &scene.issuer));
    let nocheck = extension(ID_PKIX_OCSP_NOCHECK, false, &der::asn1::Null);
    let delegate = CA.issue(RESPONDER, &[purposes(false, &[EKU_OCSP_SIGNING]), nocheck]);
    let info = RevokedInfo { revocation_time: generalized(time("2025-01-01")), revocation_reason: None };
    let response = scene.ocsp(RESPONDER, CertStatus::Revoked(info), &[&delegate]);
    let found = scene.ask(&[], &[response], &[]);
    let [answer] = found.answers.as_slice() else { panic!("{found:?}") };
    assert_eq!((&answer.signer, answer.nocheck, answer.issued_at()), (&delegate, true, time("2026-01-01")));
    assert_eq!(answer.status, Status::Revoked { time: time("2025-01-01"), reason: Reason::Unspecified });
    // The same, with the delegate in the pool.
    let response = scene.ocsp(RESPONDER, good(), &[]);
    assert_eq!(scene.ask(&[], std::slice::from_ref(&response), &[delegate]).answers.len(), 1);
    assert_eq!(scene.fault(&[], &[response], &[]), RevocationFault::NoSigner);
}

#[test]
fn responders_that_the_issuer_did_not_appoint_are_refused() {
    let scene = Scene::new();
    let response = scene.ocsp(RESPONDER, good(), &[]);
    let eku = purposes(false, &[EKU_OCSP_SIGNING]);
    let foreign = party(8, 8).issue(RESPONDER, std::slice::from_ref(&eku));
    assert_eq!(scene.fault(&[], std::slice::from_ref(&response), &[foreign]), RevocationFault::NotAuthorised);
    let namesake = party(CA.name, 8).issue(RESPONDER, std::slice::from_ref(&eku));
    assert_eq!(scene.fault(&[], std::slice::from_ref(&response), &[namesake]), RevocationFault::NotAuthorised);
    let unfit = CA.issue(RESPONDER, &[]);
    assert!(matches!(scene.fault(&[], &[response], &[unfit]), RevocationFault::SignerPurpose(_)));
}

#[test]
fn nobody_speaks_for_itself() {
    let mut scene = Scene::new();
    scene.leaf = CA.issue(LEAF, &[purposes(false, &[EKU_OCSP_SIGNING])]);
    let response = scene.ocsp(LEAF, good(), &[&scene.leaf]);
    assert_eq!(scene.fault(&[], &[response], &[]), RevocationFault::NotAuthorised);
}

#[test]
fn a_response_about_another_certificate_is_no_data() {
    let scene = Scene::new();
    let at = time("2026-01-01");
    for (certificate, issuer) in
        [(CA.issue(party(4, 4), &[]), CA.certify(CA)), (scene.leaf.clone(), party(1, 5).certify(CA))]
    {
        let mut id = cert_id(&certificate, &issuer, DigestAlgorithm::Sha256);
        if certificate == scene.leaf {
            id.issuer_key_hash =
                cert_id(&certificate, &RESPONDER.certify(RESPONDER), DigestAlgorithm::Sha256).issuer_key_hash;
        }
        let found = scene.ask(&[], &[CA.ocsp(id, good(), at, &[])], &[]);
        assert!(found.answers.is_empty() && found.refused.is_empty(), "{found:?}");
    }
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        let id = cert_id(&scene.leaf, &scene.issuer, digest);
        assert_eq!(scene.ask(&[], &[CA.ocsp(id, good(), at, &[])], &[]).answers.len(), 1);
    }
}

/// RFC 5280, 5.3.1: 7 is unused, and 11 is of nobody yet. Revoked is revoked, and for good.
#[test]
fn a_reason_that_nobody_defined_undoes_no_revocation() {
    let scene = Scene::new();
    for (der, expected) in [([10, 1, 7], Some(7)), ([10, 1, 11], Some(11)), ([2, 1, 6], None)] {
        let reason = Reason::Undefined(expected);
        let info = RevokedInfo {
            revocation_time: generalized(time("2025-01-01")),
            revocation_reason: Some(der::Any::from_der(&der).unwrap()),
        };
        let list =
            entry(scene.leaf.serial(), "250101000000Z", &[raw(const_oid::db::rfc5912::ID_CE_CRL_REASONS, false, &der)]);
        let crl = CA.crl_with("260101000000Z", Some("260201000000Z"), &[list], &[]);
        let found = scene.ask(&[crl], &[scene.ocsp(CA, CertStatus::Revoked(info), &[])], &[]);
        let revoked = Status::Revoked { time: time("2025-01-01"), reason };
        assert_eq!(found.answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [revoked, revoked]);
        let counts = select::newest_usable(&found.answers, time("2026-01-15"), None);
        assert!(matches!(counts, select::StatusAt::Revoked { .. }), "{counts:?}");
    }
}

#[test]
fn requests_carry_the_nonce() {
    let scene = Scene::new();
    let der = OcspRequest::for_certificate(&scene.leaf, &scene.issuer, Some(&[7; 16])).unwrap();
    let request = OcspRequest::from_der(&der).unwrap();
    let id = &request.tbs_request.request_list[0].req_cert;
    assert_eq!(*id, cert_id(&scene.leaf, &scene.issuer, DigestAlgorithm::Sha1));
    let nonce = request.tbs_request.request_extensions.unwrap()[0].extn_value.as_bytes().to_vec();
    assert_eq!(nonce, [&[4, 16][..], &[7; 16]].concat());
    assert!(OcspRequest::for_certificate(&scene.leaf, &scene.issuer, None).unwrap().len() < der.len());
}

#[test]
fn the_search_for_signers_has_a_budget() {
    let scene = Scene::new();
    let namesakes: Certificates = (10..40).map(|key| party(1, key).certify(party(1, key))).collect();
    let crl = Crl::from_der(&party(1, 99).crl("260101000000Z", None, &[]), &Limits::default()).unwrap();
    let ask =
        |checks: &Checks| answers(&scene.leaf, &scene.issuer, std::slice::from_ref(&crl), &[], &[&namesakes], checks);
    let fault = ask(&Checks::new(10)).refused[0].fault.clone();
    assert!(
        fault.is_limit() && fault.to_string().contains("10 signature checks (Limits::signature_checks)"),
        "{fault}"
    );
    // The ten are known now.
    let fault = ask(&Checks::new(21)).refused[0].fault.clone();
    assert!(matches!(fault, RevocationFault::Signature(_)), "{fault}");
    assert_eq!(ask(&Checks::new(0)).refused[0].fault, fault);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_are_refused_or_change_nothing_signed(at in any::<prop::sample::Index>(), bit in 0u8..8, which in 0usize..3) {
        let scene = Scene::new();
        let limits = Limits::default();
        let delegate = CA.issue(RESPONDER, &[purposes(false, &[EKU_OCSP_SIGNING])]);
        let point = raw(ID_CE_ISSUING_DISTRIBUTION_POINT, true, &INDIRECT);
        let mut values = [
            CA.crl_with("260101000000Z", Some("260201000000Z"), &[entry(scene.leaf.serial(), "251230000000Z", &[])], &[point]),
            scene.ocsp(RESPONDER, good(), &[&delegate]),
            scene.leaf.der().to_vec(),
        ];
        let index = at.index(values[which].len());
        values[which][index] ^= 1 << bit;
        let [crl, ocsp, leaf] = &values;
        let crls: Vec<_> = Crl::from_der(crl, &limits).into_iter().collect();
        let ocsps: Vec<_> = OcspResponse::from_der(ocsp, &limits).into_iter().collect();
        let mut trust = TrustStore::new();
        trust.add(scene.issuer.clone(), "test");
        match (which, Certificate::from_der(leaf)) {
            (0 | 1, _) => {
                let found = answers(&scene.leaf, &scene.issuer, &crls, &ocsps, &[], &Checks::new(1_000));
                // The untouched one always answers; the other never says anything else than before.
                prop_assert!(!found.answers.is_empty());
                for answer in found.answers {
                    prop_assert_eq!(answer.status == Status::Good, matches!(answer.source, Source::Ocsp(_)));
                }
            }
            (_, Ok(changed)) => {
                let held = Paths::new(&changed, &Certificates::default(), &trust, &limits).flatten().any(|path| {
                    validate(&path, time("2026-01-01"), &PathSettings::new(&limits)).is_ok()
                });
                prop_assert!(!held);
            }
            (_, Err(_)) => {}
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let limits = Limits::default();
        let _ = Crl::from_der(&bytes, &limits);
        let _ = OcspResponse::from_der(&bytes, &limits);
        let _ = Certificate::from_der(&bytes);
    }
}
