//! The cache: what one document needed is there for the next of the same authority, until it expires.

use pades_ltv::authority::Shape;
use pades_ltv::{Collector, Document, ErrorKind, EvidenceCache};
use proptest::prelude::*;

use crate::common::{CONTRACT, World, days, now, pdf};
use crate::shortages::{Network, collect};
use crate::worlds::{stamped, world};

/// How many servers are asked for `pdf` at `time`, with what the cache holds; it keeps what came.
fn asked(world: &World, pdf: &[u8], cache: &mut EvidenceCache, time: pades_ltv::Time) -> usize {
    let document = Document::open(pdf).unwrap();
    let network = Network { time, ..Network::new(world, |_| false) };
    let mut collector = Collector::new(&document, &world.trust, time).unwrap().evidence(&cache.evidence(time));
    collect(&mut collector, &network);
    cache.keep(&collector.finish().unwrap(), time);
    network.asked.into_inner().len()
}

#[test]
fn the_second_document_asks_nobody_until_answers_expire() {
    let world = world("cache", &Shape::new());
    let (one, other) = (stamped(&world, CONTRACT, now()), stamped(&world, &pdf::table(&[]), now()));
    let mut cache = EvidenceCache::new();
    assert_eq!(cache.expires(), None);
    assert!(asked(&world, &one, &mut cache, now()) > 0);
    assert_eq!(cache.expires(), Some(now().after(days(7))));
    let mut stored = EvidenceCache::from_bytes(&cache.to_bytes().unwrap()).unwrap();
    assert_eq!(stored.to_bytes().unwrap(), cache.to_bytes().unwrap());
    assert_eq!(asked(&world, &other, &mut stored, now()), 0);
    assert_eq!(asked(&world, &other, &mut stored, now().after(days(6))), 0);
    assert!(asked(&world, &other, &mut stored, now().after(days(7))) > 0, "the answers are out of date");
    let empty = EvidenceCache::new().to_bytes().unwrap();
    stored.forget(now().after(days(365 * 40)));
    assert!(stored.is_empty());
    assert_eq!(stored.to_bytes().unwrap(), empty);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_damaged_cache_is_an_error_and_no_panic(at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<bool>()) {
        let world = world("damaged cache", &Shape::new());
        let mut cache = EvidenceCache::new();
        cache.keep(&world.evidence(&stamped(&world, &pdf::table(&[]), now()), now()), now());
        let mut bytes = cache.to_bytes().unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
        match EvidenceCache::from_bytes(&bytes) {
            // What it holds still proves nothing by itself.
            Ok(read) => prop_assert!(!cut && !read.evidence(now()).is_empty()),
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::State),
        }
    }
}
