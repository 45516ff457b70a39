//! The same paths, judged by a library that nobody here wrote: `certval` (RFC 5280 and RFC 9618, its own reader, constraints, policies and
//! CRLs). The signatures are asked of our keys, so that these alone are no second opinion: Wycheproof holds them.

use std::collections::BTreeSet;

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, MemoryCrlSource, PDVCertificate,
    PDVTrustAnchorChoice, PkiEnvironment, TimeOfInterest,
};
use der::Encode;
use der::asn1::BitString;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::pkits::{FOLDER, Suite, strings};
use super::*;
use crate::pki::oid::Oid;
use crate::pki::path::policy::PolicySet;
use crate::pki::signature;

/// No chain of the suite has more certificates below the anchor.
const LONGEST: usize = 7;

/// The other library, with what it was given.
struct Other {
    environment: PkiEnvironment,
    anchor: PDVTrustAnchorChoice,
}

impl Other {
    fn new(suite: &Suite, crls: &[Vec<u8>]) -> Self {
        let mut environment = PkiEnvironment::default();
        environment.populate_5280_pki_environment();
        environment.clear_verify_signature_digest_callbacks();
        environment.clear_verify_signature_message_callbacks();
        environment.add_verify_signature_message_callback(verify);
        let source = MemoryCrlSource::new();
        crls.iter().for_each(|crl| drop(source.add(crl)));
        environment.add_crl_source(Box::new(source));
        let anchor = suite.trust.anchors()[0].certificate().der().to_vec();
        Self { environment, anchor: PDVTrustAnchorChoice::create(&anchor, "anchor").unwrap() }
    }

    /// Whether the path of `chain`, the target first, is valid; and whether everybody's status is known to be good.
    fn judge(&self, chain: &[Certificate], settings: &CertificationPathSettings) -> (Result<(), String>, Result<(), String>) {
        let read = chain.iter().map(|one| PDVCertificate::try_from(one.der()));
        let mut read = match read.collect::<Result<Vec<_>, _>>() {
            Ok(read) => read,
            Err(fault) => return (Err(fault.to_string()), Err("unread".to_owned())),
        };
        let target = read.remove(0);
        read.reverse();
        let path = CertificationPath::new(self.anchor.clone(), read, target);
        let mut results = CertificationPathResults::new();
        let valid = self.environment.validate_path(&self.environment, settings, &path, &mut results);
        let mut results = CertificationPathResults::new();
        let status = certval::check_revocation_local(&self.environment, settings, &path, &mut results);
        (valid.map_err(|fault| format!("{fault:?}")), status.map_err(|fault| format!("{fault:?}")))
    }
}

fn verify(
    _: &PkiEnvironment,
    message: &[u8],
    value: &BitString,
    algorithm: &AlgorithmIdentifierOwned,
    key: &SubjectPublicKeyInfoOwned,
) -> certval::Result<()> {
    let key = key.to_der().map_err(certval::Error::Asn1Error)?;
    signature::verify(&key, algorithm, message, value).map_err(|_| certval::Error::Unrecognized)
}

/// Our settings in their words.
fn in_their_words(settings: &PathSettings, suite: &Suite) -> CertificationPathSettings {
    let mut theirs = CertificationPathSettings::new();
    theirs.set_time_of_interest(TimeOfInterest::from_unix_secs(u64::try_from(suite.at.to_unix()).unwrap()).unwrap());
    theirs.set_require_ta_store(false);
    if let PolicySet::Only(policies) = &settings.policies {
        theirs.set_initial_policy_set(policies.iter().map(Oid::to_string).collect());
    }
    theirs.set_initial_explicit_policy_indicator(settings.policy_flags.explicit_policy);
    theirs.set_initial_policy_mapping_inhibit_indicator(settings.policy_flags.policy_mapping_inhibit);
    theirs.set_initial_inhibit_any_policy_indicator(settings.policy_flags.any_policy_inhibit);
    theirs
}

/// Every chain of names from `target` to the anchor, whoever signed what: the target first.
fn chains(target: &Certificate, pool: &[Certificate], anchor: &Certificate) -> Vec<Vec<Certificate>> {
    let (mut open, mut found) = (vec![vec![target.clone()]], Vec::new());
    while let Some(chain) = open.pop() {
        let issuer = chain.last().unwrap().issuer();
        if issuer == anchor.subject() {
            found.push(chain.clone());
        }
        let next = pool.iter().filter(|one| one.subject() == issuer && *one != anchor && !chain.contains(one));
        if chain.len() < LONGEST {
            open.extend(next.map(|one| chain.iter().chain([one]).cloned().collect::<Vec<_>>()));
        }
    }
    found
}

#[test]
fn probe() {
    let Some(suite) = Suite::open() else { return };
    let anchor = suite.trust.anchors()[0].certificate().clone();
    let (mut paths, mut cases_n, mut cases_ok) = (0, 0, 0);
    for file in ["pkits.json", "pkits-user-notice.json"] {
        for case in suite.cases(file) {
            let id = format!("{} {}", case["id"].as_str().unwrap(), case["name"].as_str().unwrap());
            let certificate = |name: &str| Certificate::from_der(&suite.read("certs", name));
            let Ok(target) = certificate(case["cert"].as_str().unwrap()) else {
                println!("{id}: we cannot read the target");
                continue;
            };
            let Ok(pool) = strings(&case["other_certs"]).iter().map(|n| certificate(n)).collect::<Result<Vec<_>, _>>() else {
                println!("{id}: we cannot read the pool");
                continue;
            };
            let mut crls = vec!["TrustAnchorRootCRL.crl".to_owned()];
            crls.extend(strings(&case["crls"]));
            let crls: Vec<_> = crls.iter().map(|n| suite.read("crls", n)).collect();
            let other = Other::new(&suite, &crls);
            let settings = super::pkits::settings(&case["params"], &suite.limits);
            let theirs = in_their_words(&settings, &suite);
            let mut all = chains(&target, &pool, &anchor);
            let told: Vec<_> = [&target].into_iter().chain(pool.iter().rev()).cloned().collect();
            if !all.contains(&told) {
                all.push(told);
            }
            let mut any = false;
            for chain in all {
                paths += 1;
                let ours = validate(&Path::new(chain.clone(), &suite.trust.anchors()[0]), suite.at, &settings);
                let (valid, status) = other.judge(&chain, &theirs);
                any |= valid.is_ok() && status.is_ok();
                if ours.is_ok() != valid.is_ok() {
                    println!("PATH {id} ({}): {:?} / {valid:?}", chain.len(), ours.map(drop).map_err(|f| f.to_string()));
                }
            }
            let ours = suite.run(&case);
            cases_n += 1;
            if ours.is_ok() == any {
                cases_ok += 1;
            } else {
                println!("CASE {id}: {ours:?} / {any}");
            }
        }
    }
    println!("{paths} paths, {cases_ok} of {cases_n} cases");
    let _ = (FOLDER, BTreeSet::<u8>::new());
}
