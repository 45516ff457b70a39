//! The same paths, judged by a library that nobody here wrote: certval, with its own reader, name constraints, policies (RFC 9618) and
//! CRLs. The signatures are asked of our keys, so that these alone are no second opinion: Wycheproof holds them.

use std::collections::BTreeMap;

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, DefaultSignatureVerificationCache,
    MemoryCrlSource, PDVCertificate, PDVTrustAnchorChoice, PkiEnvironment, TimeOfInterest,
};
use der::Encode;
use der::asn1::BitString;
use serde_json::Value;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::pkits::{Suite, settings, strings};
use super::*;
use crate::pki::oid::Oid;
use crate::pki::path::policy::{InitialPolicyFlags, PolicySet};
use crate::pki::signature;

/// No chain of the suite has more certificates below the anchor.
const LONGEST: usize = 7;

/// Whose path the other one refuses, and we and the suite do not.
const PATHS: [(&str, &str); 2] = [
    ("40105", "DSA parameters of the issuer (RFC 5280, 6.1.4 (e)): it hands none down"),
    ("40203", "a UTCTime of 1950 (RFC 5280, 4.1.2.5.1): it reads no time before 1970"),
];

/// Whose revocation it judges otherwise than we and the suite do. All are things that it says it does not do, and it accepts what we refuse
/// in one case only: 41504, where a delta CRL revokes what its base does not.
const REVOCATION: [(&str, &[&str]); 5] = [
    (
        "a CRL under another key of the issuer than the certificate's (RFC 5280, 6.3.3 (f))",
        &["40419", "40501", "40504", "40506", "40615", "40617", "40906", "41107", "41207", "41209", "41319"],
    ),
    ("a point named relative to the issuer (RFC 5280, 4.2.1.13)", &["41404", "41405", "41407"]),
    ("CRLs of some reasons (RFC 5280, 6.3.3 (d))", &["41418", "41419"]),
    ("indirect CRLs (RFC 5280, 5.2.5)", &["41424", "41425", "41428", "41429", "41430", "41433"]),
    ("delta CRLs (RFC 5280, 5.2.4)", &["41504", "41505"]),
];

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
        environment.add_signature_cache(Box::new(DefaultSignatureVerificationCache::new()));
        let source = MemoryCrlSource::new();
        for crl in crls {
            source.add(crl);
        }
        environment.add_crl_source(Box::new(source));
        let anchor = suite.trust.anchors()[0].certificate().der().to_vec();
        Self { environment, anchor: PDVTrustAnchorChoice::create(&anchor, "anchor").unwrap() }
    }

    /// `chain`, the target first, as it reads it.
    fn path(&self, chain: &[Certificate]) -> Option<CertificationPath> {
        let read = chain.iter().rev().map(|one| PDVCertificate::try_from(one.der()));
        let mut read = read.collect::<Result<Vec<_>, _>>().ok()?;
        let target = read.pop()?;
        Some(CertificationPath::new(self.anchor.clone(), read, target))
    }

    /// RFC 5280, 6.1 without revocation.
    fn is_valid(&self, path: &CertificationPath, settings: &CertificationPathSettings) -> bool {
        let mut results = CertificationPathResults::new();
        self.environment.validate_path(&self.environment, settings, path, &mut results).is_ok()
    }

    /// Whether everybody's status is known to be good (RFC 5280, 6.3).
    fn is_good(&self, path: &CertificationPath, settings: &CertificationPathSettings) -> bool {
        let mut results = CertificationPathResults::new();
        certval::check_revocation_local(&self.environment, settings, path, &mut results).is_ok()
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

/// A case of the suite before both.
struct Case {
    id: String,
    value: Value,
    settings: PathSettings,
    other: Other,
    chains: Vec<Vec<Certificate>>,
}

impl Case {
    fn all(suite: &Suite) -> Vec<Self> {
        let values = ["pkits.json", "pkits-user-notice.json"].map(|file| suite.cases(file)).concat();
        values.into_iter().map(|value| Self::new(suite, value)).collect()
    }

    fn new(suite: &Suite, value: Value) -> Self {
        let certificate = |name: &str| Certificate::from_der(&suite.read("certs", name)).unwrap();
        let target = certificate(value["cert"].as_str().unwrap());
        let pool: Vec<_> = strings(&value["other_certs"]).iter().map(|name| certificate(name)).collect();
        let crls = [vec!["TrustAnchorRootCRL.crl".to_owned()], strings(&value["crls"])].concat();
        let crls: Vec<_> = crls.iter().map(|name| suite.read("crls", name)).collect();
        let mut chains = chains(&target, &pool, suite.trust.anchors()[0].certificate());
        // As the suite lists it, too: names that do not chain are for both to find.
        let listed: Vec<_> = [&target].into_iter().chain(pool.iter().rev()).cloned().collect();
        if !chains.contains(&listed) {
            chains.push(listed);
        }
        let settings = settings(&value["params"], &suite.limits);
        let id = value["id"].as_str().unwrap().to_owned();
        Self { id, value, settings, other: Other::new(suite, &crls), chains }
    }
}

/// Every set of flags, with every policy, with some, and with one that nobody has.
fn all_settings(suite: &Suite) -> Vec<PathSettings> {
    let policy = |last: &str| format!("2.16.840.1.101.3.2.1.48.{last}").parse::<Oid>().unwrap();
    let only = |lasts: &[&str]| PolicySet::Only(lasts.iter().map(|last| policy(last)).collect());
    let sets = [PolicySet::Any, only(&["1"]), only(&["2"]), only(&["1", "3"]), only(&["99"])];
    let flags = (0..8).map(|bits| InitialPolicyFlags {
        explicit_policy: bits & 1 != 0,
        policy_mapping_inhibit: bits & 2 != 0,
        any_policy_inhibit: bits & 4 != 0,
    });
    let each = flags.flat_map(|policy_flags| sets.clone().map(|policies| (policy_flags, policies)));
    each.map(|(policy_flags, policies)| PathSettings { policies, policy_flags, ..PathSettings::new(&suite.limits) })
        .collect()
}

/// Each path of each case, under the settings of its case and under all others.
#[test]
fn every_path_under_any_policies() {
    let Some(suite) = Suite::open() else { return };
    let anchor = &suite.trust.anchors()[0];
    let (mut judged, mut valid, mut differing) = (0, 0, BTreeMap::new());
    for case in Case::all(&suite) {
        for chain in &case.chains {
            let (path, theirs) = (Path::new(chain.clone(), anchor), case.other.path(chain));
            for settings in all_settings(&suite).iter().chain([&case.settings]) {
                let ours = validate(&path, suite.at, settings);
                let words = in_their_words(settings, &suite);
                let is_valid = theirs.as_ref().is_some_and(|theirs| case.other.is_valid(theirs, &words));
                (judged, valid) = (judged + 1, valid + usize::from(is_valid));
                if ours.is_ok() != is_valid {
                    let said = format!("{settings:?}: {ours:?}");
                    differing.entry(case.id.clone()).or_insert((ours.is_ok(), said));
                }
            }
        }
    }
    println!("{judged} judgements, {valid} valid, differing: {:?}", differing.keys());
    let explained = |id: &str| PATHS.iter().any(|(one, _)| *one == id);
    let unexplained: Vec<_> = differing.iter().filter(|(id, (valid, _))| !explained(id) || !valid).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    assert_eq!(differing.len(), PATHS.len(), "they agree by now: {:?}", differing.keys());
    assert!(valid > judged / 10 && valid < judged, "{valid} of {judged}");
}

/// The verdict on each case, revocation on.
#[test]
fn every_case_with_its_crls() {
    let Some(suite) = Suite::open() else { return };
    let cases = Case::all(&suite);
    let mut differing = BTreeMap::new();
    for case in &cases {
        let words = in_their_words(&case.settings, &suite);
        let mut paths = case.chains.iter().filter_map(|chain| case.other.path(chain));
        let theirs = paths.any(|path| case.other.is_valid(&path, &words) && case.other.is_good(&path, &words));
        if suite.run(&case.value).is_ok() != theirs {
            differing.insert(case.id.as_str(), theirs);
        }
    }
    println!("{} of {} agree", cases.len() - differing.len(), cases.len());
    let revocation = REVOCATION.iter().flat_map(|(_, ids)| ids.iter().copied());
    let explained = revocation.chain(PATHS.map(|(id, _)| id)).map(|id| (id, id == "41504")).collect::<BTreeMap<_, _>>();
    assert_eq!(differing, explained);
}
