//! What is named by identifiers that `const_oid` cannot hold is read, compared and judged like anything else: certificates, CRLs, OCSP responses.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::asn1::OctetString;
use der::{Any, Encode};

use super::certificate::Certificate;
use super::certificates::Certificates;
use super::extension::Extension;
use super::fixture::{ca, cert_id, extension, generalized, good, party, time, tlv};
use super::name::Name;
use super::oid::Oid;
use super::path::policy::PolicySet;
use super::path::{PathSettings, Paths, validate};
use super::purpose::{Purpose, PurposeFault, check};
use super::revocation::crl::Crl;
use super::revocation::ocsp::OcspResponse;
use super::revocation::ocsp::asn1::SingleResponse;
use super::trust::store::TrustStore;
use crate::digest::DigestAlgorithm;
use crate::limits::Limits;

/// An arc of examples (X.660, A.2), a UUID (X.667), an arc of more than 32 bits, and one of more than 39 octets.
fn odd() -> Vec<Oid> {
    let long = format!("1.3.6.1.4.1{}", ".4294967295".repeat(20));
    let texts = ["2.999.1", "2.25.329800735698586629295641978511506172918", "1.3.6.1.4.1.99999999999", &long];
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn any(der: &[u8]) -> Any {
    der::Decode::from_der(der).unwrap()
}

fn list(parts: impl IntoIterator<Item = Vec<u8>>) -> Any {
    any(&tlv(0x30, &[&parts.into_iter().flatten().collect::<Vec<_>>()]))
}

fn unknown(oid: &Oid, critical: bool) -> Extension {
    extension(oid.clone(), critical, &true)
}

fn policies(named: &[Oid]) -> Extension {
    let named = named.iter().map(|policy| tlv(0x30, &[&policy.to_der().unwrap()]));
    extension(rfc5912::ID_CE_CERTIFICATE_POLICIES, true, &list(named))
}

fn purposes(named: &[Oid]) -> Extension {
    extension(rfc5912::ID_CE_EXT_KEY_USAGE, false, &list(named.iter().map(|purpose| purpose.to_der().unwrap())))
}

#[test]
fn policies_are_compared_whatever_their_arcs() {
    for policy in odd() {
        let mapped: Oid = format!("2.999.7.{}", policy.as_bytes().len()).parse().unwrap();
        let pair = [&policy, &mapped].map(|one| one.to_der().unwrap()).concat();
        let mapping = extension(rfc5912::ID_CE_POLICY_MAPPINGS, true, &list([tlv(0x30, &[&pair])]));
        let (root, sub, leaf) = (party(1, 1), party(2, 2), party(3, 3));
        let authority = root.issue(sub, &[ca(None), policies(std::slice::from_ref(&policy)), mapping]);
        let mut trust = TrustStore::new();
        trust.add(root.certify(root), "test");
        let granted = |named: &Oid, wanted: &Oid| {
            let target = sub.issue(leaf, &[policies(std::slice::from_ref(named))]);
            let pool = Certificates::from([authority.clone()].as_slice());
            let path = Paths::new(&target, &pool, &trust, &Limits::default()).next().unwrap().unwrap();
            let mut settings = PathSettings::new(&Limits::default());
            settings.policies = PolicySet::Only([wanted.clone()].into());
            settings.policy_flags.explicit_policy = true;
            validate(&path, time("2026-01-01"), &settings).map_err(|fault| fault.to_string())
        };
        assert_eq!(granted(&mapped, &policy), Ok(PolicySet::Only([policy.clone()].into())));
        assert!(granted(&policy, &policy).unwrap_err().contains("polic"), "{policy} was mapped to another");
        assert!(granted(&mapped, &"2.999.8".parse().unwrap()).is_err());
    }
}

#[test]
fn purposes_that_nobody_knows_are_beside_those_that_count() {
    const SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
    let judge = |named: &[Oid]| check(&party(1, 1).issue(party(2, 2), &[purposes(named)]), Purpose::DocumentSigning);
    for purpose in odd() {
        assert_eq!(judge(&[purpose.clone(), SIGNING.into()]), Ok(()));
        assert!(matches!(judge(&[purpose]), Err(PurposeFault::ExtendedKeyUsage(_))));
    }
}

#[test]
fn extensions_that_nobody_knows_are_refused_only_where_they_are_critical() {
    let root = party(1, 1);
    let mut trust = TrustStore::new();
    trust.add(root.certify(root), "test");
    let judge = |extensions: &[Extension]| {
        let target = root.issue(party(2, 2), extensions);
        let path = Paths::new(&target, &Certificates::default(), &trust, &Limits::default()).next().unwrap().unwrap();
        validate(&path, time("2026-01-01"), &PathSettings::new(&Limits::default())).map_err(|fault| fault.to_string())
    };
    for oid in odd() {
        assert!(judge(&[unknown(&oid, false)]).is_ok());
        assert!(judge(&[unknown(&oid, true)]).unwrap_err().contains(&format!("critical extension {oid}")));
        assert!(judge(&[unknown(&oid, false), unknown(&oid, false)]).unwrap_err().contains("stands twice"));
        let crl = |critical| {
            let der = root.crl_with("250101000000Z", Some("260101000000Z"), &[], &[unknown(&oid, critical)]);
            Crl::from_der(&der, &Limits::default()).unwrap().unknown_critical().cloned()
        };
        assert_eq!((crl(false), crl(true)), (None, Some(oid)));
    }
}

#[test]
fn responses_with_unknown_extensions_are_read() {
    let root = party(1, 1);
    let (issuer, target, at) = (root.certify(root), root.certify(party(2, 2)), time("2025-06-01"));
    for oid in odd() {
        for critical in [false, true] {
            let single = SingleResponse {
                cert_id: cert_id(&target, &issuer, DigestAlgorithm::Sha256),
                cert_status: good(),
                this_update: generalized(at),
                next_update: None,
                single_extensions: Some(vec![unknown(&oid, critical)]),
            };
            let response = OcspResponse::from_der(&root.ocsp_of(vec![single], at, &[]), &Limits::default()).unwrap();
            let about = response.about(&target, &issuer).next().unwrap();
            assert_eq!(response.check(about, &target).is_err(), critical, "{oid}");
        }
    }
}

#[test]
fn attributes_of_names_are_compared_by_type_and_value() {
    let name = |oid: &Oid, text: &str| {
        let value = tlv(0x0c, &[text.as_bytes()]);
        let attribute = tlv(0x30, &[&oid.to_der().unwrap(), &value]);
        let common = tlv(0x30, &[&[6, 3, 0x55, 4, 3], &tlv(0x0c, &[b"Taro"])]);
        Name::from_der(&tlv(0x30, &[&tlv(0x31, &[&common]), &tlv(0x31, &[&attribute])])).unwrap()
    };
    let all = odd();
    for oid in &all {
        assert_eq!(name(oid, "No. 1"), name(oid, "no.  1"));
        assert_ne!(name(oid, "No. 1"), name(oid, "No. 2"));
        assert_ne!(name(oid, "No. 1"), name(&"2.999.9".parse().unwrap(), "No. 1"));
        assert_eq!(name(oid, "A").to_string(), format!("{oid}=#0c0141,CN=Taro"));
    }
}

#[test]
fn access_methods_and_names_that_nobody_knows_cost_no_address() {
    let uri = tlv(0x86, &[b"http://ocsp.example.jp"]);
    for oid in odd() {
        let unknown = tlv(0x30, &[&oid.to_der().unwrap(), &uri]);
        let known = tlv(0x30, &[&Oid::from(rfc5912::ID_AD_OCSP).to_der().unwrap(), &uri]);
        let access = extension(rfc5912::ID_PE_AUTHORITY_INFO_ACCESS, false, &list([unknown, known]));
        // An otherName of an unknown type beside the address.
        let other = tlv(0xa0, &[&oid.to_der().unwrap(), &tlv(0xa0, &[&[5, 0]])]);
        let places = tlv(0x30, &[&tlv(0xa0, &[&tlv(0xa0, &[&other, &tlv(0x86, &[b"http://crl.example.jp"])])])]);
        let points = extension(rfc5912::ID_CE_CRL_DISTRIBUTION_POINTS, false, &list([places]));
        let certificate: Certificate = party(1, 1).issue(party(2, 2), &[access, points]);
        assert_eq!(certificate.ocsp_urls(), ["http://ocsp.example.jp"], "{oid}");
        assert_eq!(certificate.crl_urls(), ["http://crl.example.jp"], "{oid}");
    }
}

#[test]
fn statements_are_no_hindrance() {
    // QCStatements (RFC 3739, 3.2.6) with a statement that nobody knows.
    for oid in odd() {
        let value = tlv(0x30, &[&tlv(0x30, &[&oid.to_der().unwrap()])]);
        let extn_id = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3").into();
        let statements = Extension { extn_id, critical: false, extn_value: OctetString::new(value).unwrap() };
        assert_eq!(party(1, 1).issue(party(2, 2), &[statements]).extensions().len(), 1, "{oid}");
    }
}
