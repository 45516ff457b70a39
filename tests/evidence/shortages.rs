//! What could not be had is named: which certificate, from where, in whose words.

use std::cell::RefCell;

use pades_ltv::authority::{Misbehaviour, RevocationSources, Shape};
use pades_ltv::{
    Collected, Collector, Document, Error, ErrorKind, Evidence, Fetch, FetchRequest, Lack, Language, Result, Shortage,
    Time,
};

use crate::common::{CONTRACT, World, now, signature, verdict};
use crate::worlds::{stamped, world};

/// A network that fails where it is told to, and remembers what it was asked.
pub(crate) struct Network<'a> {
    pub(crate) world: &'a World,
    pub(crate) time: Time,
    pub(crate) misbehaviour: Option<Misbehaviour>,
    pub(crate) fails: fn(&str) -> bool,
    pub(crate) asked: RefCell<Vec<String>>,
}

impl<'a> Network<'a> {
    pub(crate) fn new(world: &'a World, fails: fn(&str) -> bool) -> Self {
        Self { world, time: now(), misbehaviour: None, fails, asked: RefCell::default() }
    }
}

impl Fetch for Network<'_> {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        self.asked.borrow_mut().push(request.url().to_owned());
        if (self.fails)(request.url()) {
            return Err(Error::new(ErrorKind::Fetch, "the server answered 503 closed for cleaning").at(request.url()));
        }
        let services = self.world.authority.at(self.time);
        self.misbehaviour.into_iter().fold(services, |services, one| services.misbehaving(one)).fetch(request)
    }
}

/// Collects as far as it goes.
pub(crate) fn collect(collector: &mut Collector<'_>, fetch: &impl Fetch) {
    while let Some(request) = collector.next_request() {
        let answer = fetch.fetch(&request);
        collector.answer(&request, answer);
    }
}

fn shortages(network: &Network<'_>, pdf: &[u8], trust: &pades_ltv::TrustStore) -> Vec<Shortage> {
    let document = Document::open(pdf).unwrap();
    let mut collector = Collector::new(&document, trust, now()).unwrap();
    collect(&mut collector, network);
    match collector.outcome() {
        Collected::Complete(_) => Vec::new(),
        Collected::Incomplete { shortages, .. } | Collected::Later { shortages, .. } => shortages,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_shortage_names_certificate_address_and_words() {
    let world = world("shortages", &Shape::new());
    let pdf = stamped(&world, CONTRACT, now());
    let network = Network::new(&world, |url| url.contains("ca-0") && !url.ends_with("certificate"));
    let found = shortages(&network, &pdf, &world.trust);
    assert_eq!(found.len(), 2, "{found:#?}");
    for (shortage, subject) in found.iter().zip(["甲野太郎", "Timestamp Unit"]) {
        assert!(shortage.subject.contains(subject), "{shortage:?}");
        assert_eq!((&shortage.fields[..], &shortage.lack), (&["Signature1".to_owned()][..], &Lack::Revocation));
        let urls: Vec<&str> = shortage.attempts.iter().map(|one| one.url.rsplit('/').next().unwrap()).collect();
        assert_eq!(urls, ["ocsp", "crl"]);
        assert!(
            shortage
                .attempts
                .iter()
                .all(|one| { one.failure.as_deref() == Some("the server answered 503 closed for cleaning") })
        );
        let (english, japanese) = (shortage.to_text(Language::English), shortage.to_text(Language::Japanese));
        for words in [&shortage.serial, "503 closed", "/ca-0/crl"] {
            assert!(english.contains(words) && japanese.contains(words), "{english} {japanese}");
        }
        assert!(english.starts_with("current revocation data for") && japanese.contains("失効情報がありません"));
    }
}

#[test]
fn answers_that_do_not_help_say_why() {
    let world = world("useless", &Shape::new().sources(RevocationSources::OcspOnly));
    let pdf = stamped(&world, CONTRACT, now());
    for (misbehaviour, words) in [
        (Misbehaviour::OcspUnknown, "does not know the certificate"),
        (Misbehaviour::OcspWrongResponder, "its signer"),
        (Misbehaviour::OcspBadSignature, "signature"),
        (Misbehaviour::OcspTryLater, "TryLater"),
        (Misbehaviour::HtmlPage, "cannot be read"),
    ] {
        let network = Network { misbehaviour: Some(misbehaviour), ..Network::new(&world, |_| false) };
        let found = shortages(&network, &pdf, &world.trust);
        let signer = found.iter().find(|one| one.subject.contains("甲野太郎")).unwrap();
        assert_eq!(signer.attempts.len(), 1, "{signer:?}");
        assert!(signer.to_string().contains(words), "{misbehaviour:?}: {signer}");
    }
}

#[test]
fn alternatives_are_tried_and_directories_are_not() {
    let world = world("decoys", &Shape::new().decoys());
    let pdf = stamped(&world, CONTRACT, now());
    let network = Network::new(&world, |_| false);
    assert_eq!(shortages(&network, &pdf, &world.trust), []);
    let asked = network.asked.borrow();
    assert!(asked.iter().all(|url| url.starts_with("http://")), "{asked:?}");
    assert!(asked.iter().any(|url| url.ends_with("/ocsp/nothing")), "{asked:?}");
    assert!(!asked.iter().any(|url| url.ends_with("/crl")), "OCSP sufficed: {asked:?}");
    let dead = Network::new(&world, |url| !url.ends_with("certificate"));
    let found = shortages(&dead, &pdf, &world.trust);
    assert!(found.iter().all(|one| one.ignored.iter().all(|place| place.starts_with("ldap:"))), "{found:#?}");
    assert!(found.iter().all(|one| one.ignored.len() == 2 && one.attempts.len() == 4), "{found:#?}");
}

#[test]
fn a_missing_anchor_is_named() {
    let (world, other) = (world("one", &Shape::new()), world("another", &Shape::new()));
    let pdf = stamped(&world, CONTRACT, now());
    let found = shortages(&Network::new(&world, |_| false), &pdf, &other.trust);
    assert!(found.iter().any(|one| one.lack == Lack::Issuer && one.subject.contains("Root CA")), "{found:#?}");
}

#[test]
fn long_lists_are_taken_on_request_only() {
    let world = world("lists", &Shape::new().sources(RevocationSources::CrlOnly));
    let pdf = stamped(&world, CONTRACT, now());
    let document = Document::open(pdf.as_slice()).unwrap();
    let network = Network::new(&world, |_| false);
    for (limit, is_taken) in [(100, false), (100_000, true)] {
        let mut collector = Collector::new(&document, &world.trust, now()).unwrap().crl_limit(limit);
        collect(&mut collector, &network);
        match collector.finish() {
            Ok(_) => assert!(is_taken),
            Err(error) => {
                assert!(!is_taken);
                assert!(error.to_string().contains("more than the 100 that are taken"), "{error}");
            }
        }
    }
}

/// The collector takes for evidence what the verifier does, and nothing else: an answer beyond its nextUpdate is none for either.
#[test]
fn what_is_too_old_is_too_old_for_collector_and_verifier() {
    for (sources, bad) in [
        (RevocationSources::OcspOnly, Misbehaviour::OcspExpired),
        (RevocationSources::CrlOnly, Misbehaviour::CrlExpired),
    ] {
        let world = world("too old", &Shape::new().sources(sources));
        let file = stamped(&world, CONTRACT, now());
        let document = Document::open(file.as_slice()).unwrap();
        let services = world.authority.at(now());
        let old = services.misbehaving(bad);
        let mut collector = Collector::new(&document, &world.trust, now()).unwrap();
        let mut answers = Evidence::new();
        while let Some(request) = collector.next_request() {
            let body = old.fetch(&request);
            match (&request, &body) {
                (FetchRequest::Ocsp { .. }, Ok(body)) => answers.add_ocsp(body).unwrap(),
                (FetchRequest::Crl { .. }, Ok(body)) => answers.add_crl(body).unwrap(),
                _ => {}
            }
            collector.answer(&request, body);
        }
        assert!(matches!(collector.outcome(), Collected::Incomplete { .. }), "{bad:?}");
        let report = world.verify_with(&file, now(), &answers);
        assert_eq!(verdict(signature(&report, "Signature1")), "INDETERMINATE/TRY_LATER", "{bad:?}");
    }
}
