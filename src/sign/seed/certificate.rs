//! Whether the signing certificate is one that the author of the field accepts (ISO 32000-2, 12.7.5.5, table 238).

use const_oid::ObjectIdentifier;
use const_oid::db::{rfc3280, rfc4519};

use super::{Judgement, meet, one_of};
use crate::limits::Limits;
use crate::pdf::seed_value::Constraint;
use crate::pki::certificate::Certificate;
use crate::pki::certificates::Certificates;
use crate::pki::path::{Paths, named_policies};
use crate::pki::trust::store::TrustStore;
use crate::port::Identity;

const ADVICE: &str = "sign with a certificate that the field accepts";

/// The names of attributes, as RFC 4514 and the viewers write them; others stand as dotted object identifiers.
const ATTRIBUTES: [(&str, ObjectIdentifier); 21] = [
    ("cn", rfc4519::COMMON_NAME),
    ("commonName", rfc4519::COMMON_NAME),
    ("c", rfc4519::COUNTRY_NAME),
    ("countryName", rfc4519::COUNTRY_NAME),
    ("l", rfc4519::LOCALITY_NAME),
    ("st", rfc4519::ST),
    ("street", rfc4519::STREET),
    ("o", rfc4519::ORGANIZATION_NAME),
    ("organizationName", rfc4519::ORGANIZATION_NAME),
    ("ou", rfc4519::ORGANIZATIONAL_UNIT_NAME),
    ("dc", rfc4519::DOMAIN_COMPONENT),
    ("uid", rfc4519::UID),
    ("sn", rfc4519::SURNAME),
    ("surname", rfc4519::SURNAME),
    ("givenName", rfc4519::GIVEN_NAME),
    ("serialNumber", rfc4519::SERIAL_NUMBER),
    ("title", rfc4519::TITLE),
    ("e", rfc3280::EMAIL_ADDRESS),
    ("email", rfc3280::EMAIL_ADDRESS),
    ("emailAddress", rfc3280::EMAIL_ADDRESS),
    ("organizationIdentifier", ObjectIdentifier::new_unwrap("2.5.4.97")),
];

/// Judges the constraints that speak of the signing certificate; others are met.
pub(super) fn judge(constraint: &Constraint, identity: &Identity, limits: &Limits) -> Judgement {
    let own = identity.signing_certificate();
    match constraint {
        Constraint::Subject(certificates) => {
            let is_met = certificates.iter().any(|der| der == own.der());
            meet(is_met, || format!("another certificate than that of {own}"), ADVICE)
        }
        Constraint::Issuer(certificates) => issuer(certificates, identity, limits),
        Constraint::Policies(oids) => {
            // Departs: table 238 uses /OID only beside /Issuer; where it is alone, we refuse rather than pass over it.
            // Test: policies_are_all_there.
            let named = named_policies(own).unwrap_or_default();
            let missing = oids.iter().find(|oid| !named.iter().any(|own| own.to_string() == **oid));
            meet(missing.is_none(), || format!("the certificate policy {}", missing.map_or("", |oid| oid)), ADVICE)
        }
        Constraint::SubjectDn(attributes) => {
            let missing = attributes.iter().find(|(name, value)| !has_attribute(own, name, value));
            let why = || {
                missing.map(|(name, value)| format!("the subject's attribute {name} \"{value}\"")).unwrap_or_default()
            };
            meet(missing.is_none(), why, ADVICE)
        }
        Constraint::KeyUsage(profiles) => {
            let is_met = profiles.iter().any(|profile| has_usages(own, profile));
            meet(is_met, || format!("the key usages {}", one_of(profiles)), ADVICE)
        }
        _ => Ok(()),
    }
}

/// "Refers directly or indirectly" to one of them: a path of signatures leads there.
fn issuer(certificates: &[Vec<u8>], identity: &Identity, limits: &Limits) -> Judgement {
    let mut accepted = TrustStore::new();
    for der in certificates.iter().take(limits.certificates) {
        // One that cannot be read accepts nobody.
        if let Ok(certificate) = Certificate::from_der(der) {
            accepted.add(certificate, "");
        }
    }
    let own = identity.signing_certificate();
    let chain = Certificates::from(identity.chain());
    let mut paths = Paths::new(own, &chain, &accepted, limits);
    let names: Vec<String> = accepted.anchors().iter().map(|anchor| anchor.name().to_string()).collect();
    meet(
        paths.next().is_some_and(|path| path.is_ok()),
        || format!("a certificate below {}, where the chain given does not lead there", one_of(&names)),
        "sign with a certificate of one of these issuers, and give its whole chain",
    )
}

fn has_attribute(certificate: &Certificate, name: &str, value: &str) -> bool {
    let known = ATTRIBUTES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, oid)| *oid);
    let oid = known.or_else(|| ObjectIdentifier::new(name).ok());
    oid.is_some_and(|oid| certificate.subject().has(oid, value))
}

/// Whether every usage is set (`1`) or not (`0`) as `profile` says; a certificate without key usages has no profile.
fn has_usages(certificate: &Certificate, profile: &str) -> bool {
    let Ok(Some(usages)) = certificate.key_usage() else {
        return !profile.chars().take(9).any(|wanted| matches!(wanted, '0' | '1'));
    };
    profile.chars().zip((0..9_u16).map(|bit| usages.0.bits() & 1_u16.wrapping_shl(bit.into()) != 0)).all(
        |(wanted, is_set)| match wanted {
            '0' => !is_set,
            '1' => is_set,
            _ => true,
        },
    )
}

#[cfg(test)]
mod tests {
    use x509_cert::ext::pkix::certpolicy::PolicyInformation;
    use x509_cert::ext::pkix::{CertificatePolicies, KeyUsages};

    use crate::pki::extension::Extension;

    use super::*;
    use crate::pki::fixture::{extension, party, usage};

    fn met(constraint: &Constraint, certificates: &[&Certificate]) -> bool {
        let identity = Identity::new(certificates.iter().map(|certificate| certificate.der())).unwrap();
        judge(constraint, &identity, &Limits::default()).is_ok()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn the_certificate_itself_and_its_issuers() {
        let (root, middle, other) = (party(1, 1), party(2, 2), party(4, 4));
        let root_certificate = root.certify(root);
        let middle_certificate = root.certify(middle);
        let own = middle.issue(party(3, 3), &[]);
        let foreign = other.certify(other);
        let chain = [&own, &middle_certificate];
        let subject = |certificate: &Certificate| Constraint::Subject(vec![vec![0x30], certificate.der().to_vec()]);
        assert!(met(&subject(&own), &chain) && !met(&subject(&foreign), &chain));
        let issuer = |certificate: &Certificate| Constraint::Issuer(vec![vec![0x30], certificate.der().to_vec()]);
        assert!(met(&issuer(&middle_certificate), &chain), "directly");
        assert!(met(&issuer(&root_certificate), &chain), "indirectly, though the root is not in the chain");
        assert!(!met(&issuer(&root_certificate), &[&own]), "nothing leads there");
        assert!(!met(&issuer(&foreign), &chain));
        assert!(!met(&Constraint::Issuer(Vec::new()), &chain));
    }

    fn policies(oids: &[&str]) -> Extension {
        let information = |oid: &&str| PolicyInformation {
            policy_identifier: ObjectIdentifier::new_unwrap(oid),
            policy_qualifiers: None,
        };
        let value = CertificatePolicies(oids.iter().map(information).collect());
        extension(const_oid::db::rfc5912::ID_CE_CERTIFICATE_POLICIES, false, &value)
    }

    #[test]
    fn key_usages_by_profile() {
        let usages = usage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation);
        let own = party(1, 1).issue(party(2, 2), &[usages]);
        let bare = party(1, 1).issue(party(2, 2), &[]);
        for (profile, is_met) in [
            ("11", true),
            ("1", true),
            ("X1X", true),
            ("110000000", true),
            ("1100000001", true),
            ("10", false),
            ("111", false),
            ("", true),
        ] {
            assert_eq!(met(&Constraint::KeyUsage(texts(&[profile])), &[&own]), is_met, "{profile}");
        }
        assert!(met(&Constraint::KeyUsage(texts(&["10", "11"])), &[&own]), "one of them is enough");
        assert!(!met(&Constraint::KeyUsage(texts(&["1"])), &[&bare]));
    }

    #[test]
    fn policies_are_all_there() {
        let own = party(1, 1).issue(party(2, 2), &[policies(&["1.2.3", "1.2.4"])]);
        assert!(met(&Constraint::Policies(texts(&["1.2.4", "1.2.3"])), &[&own]));
        assert!(!met(&Constraint::Policies(texts(&["1.2.3", "1.2.5"])), &[&own]));
    }

    #[test]
    fn attributes_of_the_subject() {
        let own = party(1, 1).issue(party(2, 2), &[]);
        let name = own.subject().values(rfc4519::COMMON_NAME).remove(0);
        let pairs = |pairs: &[(&str, &str)]| {
            Constraint::SubjectDn(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
        };
        assert!(met(&pairs(&[("CN", &name), ("2.5.4.3", &name.to_uppercase())]), &[&own]));
        assert!(!met(&pairs(&[("CN", &name), ("o", "nobody")]), &[&own]));
        assert!(!met(&pairs(&[("no such thing", &name)]), &[&own]));
    }
}
