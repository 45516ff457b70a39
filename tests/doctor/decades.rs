//! Fifty years: signed once, renewed every nine, by authorities that change and with algorithms that end.

use pades_ltv::authority::{Authority, KeyType, Shape};
use pades_ltv::report::{Diagnosis, Level};
use pades_ltv::{
    Algorithm, Augmentation, Collector, Document, Evidence, Fetch, FetchRequest, Indication, Policy, Result, Time,
    TrustStore, Verification,
};

use crate::common::{CONTRACT, World, minutes, now, years};

/// Three authorities, each with keys of its own; whoever is asked, the right one answers.
struct Worlds {
    all: [Authority; 3],
    trust: TrustStore,
    policy: Policy,
}

struct Everybody<'w>(&'w Worlds, Time);

impl Fetch for Everybody<'_> {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        let [first, second, third] = &self.0.all;
        let asked = first.at(self.1).fetch(request);
        asked.or_else(|_| second.at(self.1).fetch(request)).or_else(|_| third.at(self.1).fetch(request))
    }
}

impl Worlds {
    fn new(world: &World) -> Self {
        let keys = [("first", KeyType::P256), ("second", KeyType::P384), ("third", KeyType::P521)];
        let all = keys.map(|(name, key)| Authority::shaped(name, now(), Shape::new().keys(key)).unwrap());
        let mut trust = world.authority.anchors();
        all.iter().for_each(|one| trust.add_der(one.root_der(), "ours").unwrap());
        let policy = Policy::etsi_119312()
            .ending(Algorithm::Ecdsa { bits: 256 }, now().after(years(25)))
            .ending(Algorithm::Ecdsa { bits: 384 }, now().after(years(42)))
            .ending(Algorithm::Ecdsa { bits: 521 }, Time::MAX);
        Self { all, trust, policy }
    }

    fn evidence(&self, world: &World, file: &[u8], time: Time) -> Evidence {
        let document = Document::open(file).unwrap();
        let mut collector = Collector::new(&document, &self.trust, time).unwrap().policy(self.policy.clone());
        while let Some(request) = collector.next_request() {
            let own = world.authority.at(time).fetch(&request);
            collector.answer(&request, own.or_else(|_| Everybody(self, time).fetch(&request)));
        }
        collector.finish_incomplete()
    }

    fn renewed(&self, world: &World, file: &[u8], time: Time, by: usize) -> Vec<u8> {
        let document = Document::open(file).unwrap();
        let evidence = self.evidence(world, file, time);
        let update = Augmentation::new(&document, time).evidence(&evidence).timestamp(&self.all[by].at(time)).unwrap();
        update.apply(file).unwrap()
    }

    fn seen(&self, world: &World, file: &[u8], time: Time) -> Diagnosis {
        let document = Document::open(file).unwrap();
        let evidence = self.evidence(world, file, time);
        Verification::new(&document, &self.trust, time).policy(self.policy.clone()).evidence(&evidence).diagnose()
    }

    fn verdict(&self, world: &World, file: &[u8], time: Time) -> Option<Indication> {
        let document = Document::open(file).unwrap();
        let evidence = self.evidence(world, file, time);
        let verification = Verification::new(&document, &self.trust, time).policy(self.policy.clone());
        verification.evidence(&evidence).verify().verdict()
    }
}

#[test]
fn fifty_years_through_authorities_and_algorithms() {
    let world = World::new();
    let worlds = Worlds::new(&world);
    let mut file = worlds.renewed(&world, &world.stamped(CONTRACT, now()), now().after(minutes(5)), 0);
    // By P-256 until it ends in the year 25, by P-384 until the year 42, by P-521 from then on.
    for (year, by) in [(9, 0), (18, 1), (27, 1), (36, 2), (45, 2)] {
        let time = now().after(years(year));
        let seen = worlds.seen(&world, &file, time);
        assert!(seen.is_valid(), "year {year}: {seen:#?}");
        assert!(seen.outlook.renewal_due.is_some_and(|due| time <= due), "year {year}: {seen:#?}");
        // What the doctor says of the future is so: the last second passes, the next does not.
        let until = seen.outlook.holds_until.unwrap();
        let next = Time::from_unix(until.to_unix() + 1);
        assert_eq!(worlds.verdict(&world, &file, until), Some(Indication::TotalPassed), "year {year}: {until}");
        assert_ne!(worlds.verdict(&world, &file, next), Some(Indication::TotalPassed), "year {year}: {until}");
        file = worlds.renewed(&world, &file, time, by);
    }
    let end = now().after(years(50));
    let seen = worlds.seen(&world, &file, end);
    assert!(seen.is_valid(), "{seen:#?}");
    assert_eq!((seen.has[0].level, seen.has[0].proved), (Some(Level::Lta), Some(now())));
    assert_eq!(seen.has.len(), 7);
}
