//! The same world gives the same store, however its answers came; nothing that a file holds is dropped; every failure is named.

use std::collections::BTreeSet;

use lopdf::Object;
use pades_ltv::{Augmentation, Collected, Collector, Document, Error, ErrorKind, Evidence, Fetch, FetchRequest, Time};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::common::{World, days, now, pdf};
use crate::shortages::Network;
use crate::worlds::{shapes, stamped, world};

/// Everything that the servers have for `pdf` at `time`, whether it is needed or not.
fn answers(world: &World, pdf: &[u8], time: Time) -> Vec<(FetchRequest, Vec<u8>)> {
    let document = Document::open(pdf).unwrap();
    let mut collector = Collector::new(&document, &world.trust, time).unwrap();
    let network = Network { time, ..Network::new(world, |_| false) };
    let mut answers = Vec::new();
    while let Some(request) = collector.next_request() {
        let answer = network.fetch(&request);
        if let Ok(body) = &answer {
            answers.push((request.clone(), body.clone()));
        }
        collector.answer(&request, answer);
    }
    answers
}

fn shuffled<T: Clone>(values: &[T], order: &[Index]) -> Vec<T> {
    let mut left = values.to_vec();
    let mut taken = Vec::new();
    let mut order = order.iter().cycle();
    while !left.is_empty() {
        let at = order.next().unwrap().index(left.len());
        taken.push(left.remove(at));
    }
    taken
}

fn written(pdf: &[u8], evidence: &Evidence) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    Augmentation::new(&document, now()).evidence(evidence).finish().unwrap().apply(pdf).unwrap()
}

/// The values of the document security store, as somebody else reads them.
fn store(pdf: &[u8]) -> BTreeSet<Vec<u8>> {
    let file = lopdf::Document::load_mem(pdf).unwrap();
    let Ok(dss) = file.catalog().unwrap().get(b"DSS") else { return BTreeSet::new() };
    let dss = file.dereference(dss).unwrap().1.as_dict().unwrap().clone();
    let lists = [&b"Certs"[..], b"CRLs", b"OCSPs"].into_iter().filter_map(|key| dss.get(key).ok());
    let items = lists.flat_map(|list| file.dereference(list).unwrap().1.as_array().unwrap().clone());
    items.map(|item: Object| file.dereference(&item).unwrap().1.as_stream().unwrap().content.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_same_answers_give_the_same_store_however_they_came(
        shape in 0usize..13,
        order in prop::collection::vec(any::<Index>(), 1..40),
    ) {
        let (name, shape) = shapes().swap_remove(shape);
        let world = world(name, &shape);
        let signed = stamped(&world, &pdf::table(&[]), now());
        // Answers of some days, all fresh: the newest count.
        let days: Vec<Time> = vec![now(), now().after(days(2)), now().after(days(4))];
        let last = days[2];
        let all: Vec<(FetchRequest, Vec<u8>)> = days.iter().flat_map(|time| answers(&world, &signed, *time)).collect();
        let gathered = |all: &[(FetchRequest, Vec<u8>)]| {
            let mut evidence = Evidence::new();
            for (request, body) in all {
                match request {
                    FetchRequest::Certificate { .. } => evidence.add_certificates(body).unwrap(),
                    FetchRequest::Crl { .. } => evidence.add_crl(body).unwrap(),
                    _ => evidence.add_ocsp(body).unwrap(),
                }
            }
            let document = Document::open(signed.as_slice()).unwrap();
            let found = Collector::new(&document, &world.trust, last).unwrap().evidence(&evidence).finish().unwrap();
            written(&signed, &found)
        };
        prop_assert_eq!(gathered(&all), gathered(&shuffled(&all, &order)));
    }

    #[test]
    fn asking_many_at_once_gives_what_asking_one_by_one_gives(
        shape in 0usize..13,
        order in prop::collection::vec(any::<Index>(), 1..40),
    ) {
        let (name, shape) = shapes().swap_remove(shape);
        let world = world(name, &shape);
        let signed = stamped(&world, &pdf::table(&[]), now());
        let document = Document::open(signed.as_slice()).unwrap();
        let network = Network::new(&world, |_| false);
        let mut collector = Collector::new(&document, &world.trust, now()).unwrap();
        loop {
            let requests = collector.next_requests();
            if requests.is_empty() {
                break;
            }
            for request in shuffled(&requests, &order) {
                let answer = network.fetch(&request);
                collector.answer(&request, answer);
            }
        }
        prop_assert_eq!(written(&signed, &collector.finish().unwrap()), world.extended(&signed, now()));
    }

    #[test]
    fn what_fails_is_named_and_what_came_is_kept(
        shape in 0usize..13,
        failing in prop::collection::vec(any::<bool>(), 1..12),
    ) {
        let (name, shape) = shapes().swap_remove(shape);
        let world = world(name, &shape);
        let signed = stamped(&world, &pdf::table(&[]), now());
        let document = Document::open(signed.as_slice()).unwrap();
        let mut collector = Collector::new(&document, &world.trust, now()).unwrap();
        let (network, mut fails, mut failed) = (Network::new(&world, |_| false), failing.iter().cycle(), Vec::new());
        while let Some(request) = collector.next_request() {
            let is_failing = *fails.next().unwrap();
            let answer = match is_failing {
                true => Err(Error::new(ErrorKind::Fetch, "out of order")),
                false => network.fetch(&request),
            };
            if is_failing {
                failed.push(request.url().to_owned());
            }
            collector.answer(&request, answer);
        }
        let evidence = match collector.outcome() {
            Collected::Complete(evidence) => evidence,
            Collected::Incomplete { evidence, shortages } => {
                prop_assert!(!shortages.is_empty());
                for attempt in shortages.iter().flat_map(|one| &one.attempts) {
                    let is_known = failed.contains(&attempt.url) || attempt.url.ends_with("/nothing");
                    prop_assert!(attempt.failure.is_none() || is_known, "{:?}", attempt);
                }
                prop_assert!(shortages.iter().any(|one| one.attempts.iter().any(|one| one.failure.is_some())));
                evidence
            }
            other => return Err(TestCaseError::fail(format!("{other:?}"))),
        };
        // A later try adds what was missing, and drops nothing.
        let early = written(&signed, &evidence);
        let whole = world.extended(&early, now());
        prop_assert!(whole.starts_with(&early) && store(&whole).is_superset(&store(&early)));
        prop_assert_eq!(world.verify(&whole, now()).verdict(), Some(pades_ltv::Indication::TotalPassed));
    }
}
