//! Evidence made to cost: work that is counted, bounds that are named, and what is good is still found.

use p256::ecdsa::SigningKey;

use super::*;
use crate::digest::DigestAlgorithm;
use crate::pki::fixture::{Party, cert_id, good, party, time, tlv};
use crate::report::Finding;

const ROOT: Party = Party { name: 1, key: 1 };
const SUB: Party = Party { name: 2, key: 2 };
const LEAF: Party = Party { name: 3, key: 3 };

/// A root that is trusted, and evidence at hand.
struct World {
    trust: TrustStore,
    evidence: Evidence,
    limits: Limits,
    policy: Policy,
    proofs: ProofsOfExistence,
}

impl World {
    fn new() -> Self {
        let mut trust = TrustStore::new();
        trust.add(ROOT.certify(ROOT), "test");
        let proofs = ProofsOfExistence::new(time("2026-01-01"));
        let (evidence, limits, policy) = (Evidence::new(), Limits::default(), Policy::default());
        Self { trust, evidence, limits, policy, proofs }
    }

    fn add(&mut self, certificates: impl IntoIterator<Item = Certificate>) {
        certificates.into_iter().for_each(|one| self.evidence.insert_certificate(one));
    }

    fn judged<T>(&self, judge: impl Fn(Validator<'_>) -> T) -> T {
        let pool = Pool::new(&self.evidence);
        judge(Validator::new(&self.trust, &pool, &self.limits, &self.policy, &self.proofs))
    }

    fn judge(validator: Validator<'_>, target: &Certificate) -> Judged {
        validator.judge(target, Purpose::DocumentSigning, Moment::at(validator.proofs.now()))
    }
}

/// The findings that a bound was reached.
fn limits(judged: &Judged) -> Vec<String> {
    let of_limits = judged.findings.iter().filter(|finding| finding.code == Code::Limit);
    of_limits.map(ToString::to_string).collect()
}

/// `model` under `count` other keys: nobody signed them, but who asks must try.
fn namesakes(model: &Certificate, count: u32) -> Vec<Certificate> {
    let point = model.key_bits().to_vec();
    let at = model.der().windows(point.len()).position(|window| window == point).unwrap();
    let keyed = |number: u32| {
        let secret = DigestAlgorithm::Sha256.digest(&number.to_be_bytes());
        let key = SigningKey::from_slice(&secret).unwrap();
        let mut der = model.der().to_vec();
        der[at..at + point.len()].copy_from_slice(key.verifying_key().to_sec1_point(false).as_bytes());
        Certificate::from_der(&der).unwrap()
    };
    (0..count).map(keyed).collect()
}

#[test]
fn ten_thousand_authorities_of_one_name() {
    let mut world = World::new();
    let issuer = ROOT.certify(SUB);
    world.add(namesakes(&issuer, 10_000));
    world.add([issuer]);
    world.limits.signature_checks = 1_000;
    world.judged(|validator| {
        let targets = (10..40).map(|name| SUB.issue(party(name, 3), &[]));
        let judged: Vec<Judged> = targets.map(|target| World::judge(validator, &target)).collect();
        assert!(judged.iter().all(|judged| !judged.conclusion.is_passed() && limits(judged).len() == 1));
        let [first, last] = [&judged[0], &judged[29]].map(|judged| limits(judged)[0].clone());
        assert!(first.contains("400 steps (Limits::path_steps)"), "{first}");
        assert!(last.contains("1000 signature checks (Limits::signature_checks)"), "{last}");
        assert_eq!(validator.checks().made(), 1_000);
    });
}

/// An authority that says whose key it is (RFC 5280, 4.2.1.2) is found among as many that do not.
#[test]
fn a_hint_finds_the_one_among_ten_thousand() {
    use x509_cert::ext::pkix::{AuthorityKeyIdentifier, KeyUsages, SubjectKeyIdentifier};

    let mut world = World::new();
    world.add(namesakes(&ROOT.certify(SUB), 10_000));
    let id = der::asn1::OctetString::new([7; 20]).unwrap();
    let own = crate::pki::fixture::extension(
        const_oid::db::rfc5912::ID_CE_SUBJECT_KEY_IDENTIFIER,
        false,
        &SubjectKeyIdentifier(id.clone()),
    );
    let wanted = AuthorityKeyIdentifier { key_identifier: Some(id), ..AuthorityKeyIdentifier::default() };
    let wanted = crate::pki::fixture::extension(const_oid::db::rfc5912::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &wanted);
    let usage = crate::pki::fixture::usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
    world.add([ROOT.issue(SUB, &[crate::pki::fixture::ca(None), usage, own])]);
    let target = SUB.issue(LEAF, &[wanted]);
    world.judged(|validator| {
        let path = validator.paths(&target).next().unwrap().unwrap();
        assert_eq!(path.certificates.len(), 2);
        assert!(validator.checks().made() <= 20, "{}", validator.checks().made());
    });
}

/// Everybody certified everybody, and nobody is trusted.
#[test]
fn a_mesh_of_cross_certificates() {
    let mut world = World::new();
    let all: Vec<Party> = (10..30).map(|number| party(number, number)).collect();
    for issuer in &all {
        world.add(all.iter().filter(|subject| *subject != issuer).map(|subject| issuer.certify(*subject)));
    }
    world.judged(|validator| {
        for round in 0..2 {
            let judged = World::judge(validator, &all[0].issue(LEAF, &[]));
            let said = limits(&judged);
            assert!(said.len() == 1 && said[0].contains("Limits::path_steps"), "{said:?}");
            // A step is a check the first time only.
            assert!(validator.checks().made() <= 400, "{round}: {}", validator.checks().made());
        }
    });
}

/// A list of a million, asked about a thousand certificates, is read once: read again and again, this would take an hour.
#[test]
fn a_list_of_a_million_entries() {
    let count = 1_000_000_u32;
    let entries: Vec<Vec<u8>> = (0..count)
        .map(|number| {
            // Not in order: as authorities write them, by date.
            let serial = [&[0x41], number.wrapping_mul(0x9e37_79b1).to_be_bytes().as_slice()].concat();
            tlv(0x30, &[&tlv(2, &[&serial]), &tlv(0x17, &[b"251201000000Z"])])
        })
        .collect();
    let list = SUB.crl_with("260101000000Z", Some("260201000000Z"), &entries, &[]);
    let mut world = World::new();
    world.evidence.add_crl(&list).unwrap();
    let issuer = ROOT.certify(SUB);
    let crl = &world.evidence.crls()[0];
    for number in 0..1_000_u32 {
        let serial = [&[0x41], number.wrapping_mul(0x9e37_79b1).to_be_bytes().as_slice()].concat();
        assert!(crl.find(issuer.subject(), &serial).unwrap().is_some());
        assert!(crl.find(issuer.subject(), &serial[1..]).unwrap().is_none());
    }
    let target = SUB.issue(LEAF, &[]);
    world.judged(|validator| {
        let found = validator.answers(&target, &issuer);
        assert_eq!(found.answers.len(), 1, "{:?}", found.refused);
    });
}

/// As many forged answers as a file may hold, and the good one behind them.
#[test]
fn forged_answers_do_not_hide_the_good_one() {
    let mut world = World::new();
    let (issuer, target) = (ROOT.certify(SUB), SUB.issue(LEAF, &[]));
    let id = || cert_id(&target, &issuer, DigestAlgorithm::Sha1);
    let genuine = SUB.ocsp(id(), good(), time("2026-01-01"), &[]);
    let at = genuine.len() - 1;
    for number in 1..=2_000_u16 {
        let mut forged = genuine.clone();
        let [high, low] = number.to_be_bytes();
        (forged[at - 1], forged[at]) = (forged[at - 1] ^ high, forged[at] ^ low);
        world.evidence.add_ocsp(&forged).unwrap();
    }
    world.evidence.add_ocsp(&genuine).unwrap();
    world.judged(|validator| {
        let found = validator.answers(&target, &issuer);
        assert_eq!((found.answers.len(), found.refused.len()), (1, 2_000));
        let made = validator.checks().made();
        assert!(made <= 2_001, "{made}");
    });
    // Where that is more than is allowed, the bound is named, once.
    world.limits.signature_checks = 100;
    world.add([issuer.clone()]);
    world.evidence.add_crl(&ROOT.crl("260101000000Z", Some("260201000000Z"), &[])).unwrap();
    world.evidence = fresh(&world.evidence);
    world.judged(|validator| {
        let judged = World::judge(validator, &target);
        let said: Vec<&Finding> = judged.findings.iter().filter(|finding| finding.code == Code::Limit).collect();
        assert!(!said.is_empty() && said.len() <= 16, "{said:?}");
        assert!(said[0].message.contains("100 signature checks (Limits::signature_checks)"), "{said:?}");
        assert!(judged.findings.len() < 40, "{}", judged.findings.len());
    });
}

/// Behind more forged answers than are checked, somebody says "revoked": what was not looked at is no "good".
#[test]
fn a_bound_hides_no_revocation() {
    use crate::pki::fixture::generalized;
    use crate::pki::revocation::ocsp::asn1::{CertStatus, RevokedInfo};

    let (issuer, target) = (ROOT.certify(SUB), SUB.issue(LEAF, &[]));
    let ocsp = |status| SUB.ocsp(cert_id(&target, &issuer, DigestAlgorithm::Sha1), status, time("2025-12-20"), &[]);
    let revocation = RevokedInfo { revocation_time: generalized(time("2025-12-01")), revocation_reason: None };
    let revoked = ocsp(CertStatus::Revoked(revocation));
    let judged = |forged: u8| {
        let mut world = World::new();
        world.limits.signature_checks = 100;
        world.add([issuer.clone()]);
        for party in [ROOT, SUB] {
            world.evidence.add_crl(&party.crl("251231000000Z", Some("260201000000Z"), &[])).unwrap();
        }
        for number in 1..=forged {
            let mut value = ocsp(good());
            *value.last_mut().unwrap() ^= number;
            world.evidence.add_ocsp(&value).unwrap();
        }
        world.evidence.add_ocsp(&revoked).unwrap();
        world.judged(|validator| World::judge(validator, &target))
    };
    assert_eq!(judged(10).conclusion.sub_indication, Some(SubIndication::RevokedNoPoe));
    let flooded = judged(200);
    assert_eq!(flooded.conclusion.sub_indication, Some(SubIndication::TryLater), "{flooded:?}");
    assert!(!limits(&flooded).is_empty());
}

/// The same values, of whose signatures nothing is known.
fn fresh(evidence: &Evidence) -> Evidence {
    let mut read = Evidence::new();
    evidence.certificates().as_slice().iter().for_each(|one| read.add_certificate(one.der()).unwrap());
    evidence.crls().iter().for_each(|one| read.add_crl(one.der()).unwrap());
    evidence.ocsps().iter().for_each(|one| read.add_ocsp(one.der()).unwrap());
    read
}

/// One response with more certificates than are read.
#[test]
fn a_response_full_of_certificates_is_refused_by_name() {
    let certificates: Vec<Certificate> = (0..=u8::MAX).map(|name| ROOT.issue(party(name, 1), &[])).collect();
    let many: Vec<&Certificate> = certificates.iter().cycle().take(1_001).collect();
    let id = cert_id(&certificates[0], &ROOT.certify(ROOT), DigestAlgorithm::Sha1);
    let response = ROOT.ocsp(id, good(), time("2026-01-01"), &many);
    let error = Evidence::new().add_ocsp(&response).unwrap_err().to_string();
    assert!(error.contains("more than 1000 certificates (Limits::certificates)"), "{error}");
}
