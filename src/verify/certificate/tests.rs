//! Time sliding and freshness over other people's CRLs and OCSP responses, and what stands in nobody's corpus.

use super::*;
use crate::corpora;
use crate::pki::certificate::Certificate;

fn time(text: &str) -> Time {
    format!("{text}Z").parse().unwrap()
}

/// One folder of the time-slide corpus: a root, an intermediate authority and Alice.
struct World {
    folder: std::path::PathBuf,
    evidence: Evidence,
    proofs: ProofsOfExistence,
    trust: TrustStore,
    limits: Limits,
    policy: Policy,
}

impl World {
    fn new(folder: &str, now: &str) -> Option<Self> {
        Some(Self {
            folder: corpora::folder("time-slide")?.join(folder),
            evidence: Evidence::new(),
            proofs: ProofsOfExistence::new(time(now)),
            trust: TrustStore::new(),
            limits: Limits::default(),
            // The keys are of a test-suite.
            policy: Policy::permissive(),
        })
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(name)).unwrap()
    }

    fn certificate(&self, name: &str) -> Certificate {
        let mut store = TrustStore::new();
        store.add_pem(&self.read(name), "").unwrap();
        store.anchors()[0].certificate().clone()
    }

    /// The evidence in `names`, proved to exist at `proved`.
    fn with(mut self, names: &[&str], proved: Option<&str>) -> Self {
        for name in names {
            let mut one = Evidence::new();
            let der = self.read(name);
            match name.rsplit('.').next() {
                Some("crl") => one.add_crl(&der).unwrap(),
                Some("ors" | "der") => one.add_ocsp(&der).unwrap(),
                _ => one.insert_certificate(self.certificate(name)),
            }
            if let Some(proved) = proved {
                self.proofs.add_objects(one.fingerprints(), time(proved));
            }
            self.evidence.extend(&one);
        }
        self
    }

    fn judged<T>(&self, anchor: &str, judge: impl Fn(Validator<'_>) -> T) -> T {
        let mut trust = self.trust.clone();
        trust.add(self.certificate(anchor), "test");
        let pool = Pool::new(&self.evidence);
        judge(Validator::new(&trust, &pool, &self.limits, &self.policy, &self.proofs))
    }
}

/// The control time of Alice's certificate, or why there is none.
fn control(world: &World) -> Result<String, SubIndication> {
    let alice = world.certificate("certs/alice.crt");
    world.judged("certs/root.crt", |validator| {
        // Proved for the beginning of time: the control time itself is asked for.
        let past = validator.past(&alice, Purpose::DocumentSigning, Time::MIN);
        past.map(|past| past.steps.last().unwrap().time.unwrap().to_string())
            .map_err(|(sub_indication, _)| sub_indication)
    })
}

/// When, over what, proved since when: the control time, or why there is none.
type Case = (&'static str, &'static [&'static str], Option<&'static str>, Result<&'static str, SubIndication>);

#[test]
fn time_slides_to_where_everything_held() {
    const INTERM: &str = "certs/interm.crt";
    const REVOKED: &str = "certs/interm-revoked.crt";
    let days = ["2020-10-01", "2020-11-29"];
    for folder in ["ades/time-slide", "freshness"] {
        for day in days {
            let now = format!("{day}T00:05:00");
            let names = [INTERM.to_owned(), format!("root-{day}.crl"), format!("alice-{day}.ors")];
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let Some(world) = World::new(folder, &now) else { return };
            assert_eq!(control(&world.with(&names, None)).unwrap(), format!("{now}Z"), "{folder}: all is fresh");
        }
        let cases: [Case; 6] = [
            // The intermediate authority was revoked on the first of December.
            (
                "2020-12-10T00:00:00",
                &[REVOKED, "root-2020-12-10.crl", "alice-2020-11-29.ors"],
                Some("2020-11-29T00:06:00"),
                Ok("2020-11-29T00:10:00Z"),
            ),
            (
                "2020-12-10T00:00:00",
                &[REVOKED, "root-2020-12-10.crl", "alice-2020-11-29.ors"],
                None,
                Err(SubIndication::NoPoe),
            ),
            (
                "2020-12-10T00:00:00",
                &[REVOKED, "root-2020-12-10.crl", "alice-2020-11-29.ors"],
                Some("2020-12-02T00:00:00"),
                Err(SubIndication::NoPoe),
            ),
            // Alice was.
            (
                "2020-12-10T00:05:00",
                &[INTERM, "root-2020-12-10.crl", "alice-2020-12-10.ors"],
                None,
                Ok("2020-11-30T23:59:59Z"),
            ),
            // What is stale goes back to where it was fresh, and only with a proof.
            (
                "2021-06-01T00:00:00",
                &[INTERM, "root-2020-12-10.crl", "alice-2020-11-29.ors"],
                Some("2020-12-10T00:05:00"),
                Ok("2020-11-29T00:10:00Z"),
            ),
            (
                "2021-06-01T00:00:00",
                &[INTERM, "root-2020-12-10.crl", "alice-2020-11-29.ors"],
                None,
                Err(SubIndication::NoPoe),
            ),
        ];
        for (now, names, proved, expected) in cases {
            let world = World::new(folder, now).unwrap().with(names, proved).with(&["certs/alice.crt"], proved);
            assert_eq!(control(&world), expected.map(str::to_owned), "{folder}, {now}: {names:?} of {proved:?}");
        }
    }
    // The same by lists of the intermediate authority.
    for (now, list, expected) in [
        ("2020-11-25T00:00:00", "interm-2020-11-29.crl", "2020-11-25T00:00:00Z"),
        ("2020-12-10T00:00:00", "interm-2020-12-10.crl", "2020-11-30T23:59:59Z"),
        ("2020-12-10T00:00:00", "interm-2020-10-01.crl", "2020-10-02T00:00:00Z"),
    ] {
        let names = [INTERM, if now.contains("12-10") { "root-2020-12-10.crl" } else { "root-2020-11-29.crl" }, list];
        let world = World::new("ades/time-slide", now).unwrap().with(&names, None);
        assert_eq!(control(&world).unwrap(), expected, "{now}: {list}");
    }
}

#[test]
fn freshness_decides_about_now() {
    for (now, list, answer, expected) in [
        ("2020-11-29T00:05:00", "root-2020-11-29.crl", "alice-2020-11-29.ors", None),
        ("2020-11-29T00:10:01", "root-2020-11-29.crl", "alice-2020-11-29.ors", Some(SubIndication::TryLater)),
        ("2020-11-29T00:05:00", "root-2020-11-29.crl", "alice-2020-10-01.ors", Some(SubIndication::TryLater)),
        ("2020-11-29T00:05:00", "root-2020-10-01.crl", "alice-2020-11-29.ors", Some(SubIndication::TryLater)),
        ("2020-12-10T00:05:00", "root-2020-12-10.crl", "alice-2020-12-10.ors", Some(SubIndication::RevokedNoPoe)),
    ] {
        let Some(world) = World::new("freshness", now) else { return };
        let world = world.with(&["certs/interm.crt", list, answer], None);
        let alice = world.certificate("certs/alice.crt");
        let judged = world.judged("certs/root.crt", |validator| {
            validator.judge(&alice, Purpose::DocumentSigning, Moment::at(time(now)))
        });
        assert_eq!(judged.conclusion.sub_indication, expected, "{now} {list} {answer}: {judged:#?}");
        let again = judged.associated.try_again.is_some();
        assert_eq!(again, expected == Some(SubIndication::TryLater), "{judged:#?}");
    }
}

/// What is newer than the time asked about knows more; what is newer than today, nobody can know.
#[test]
fn good_news_count_from_the_past_and_not_from_the_future() {
    let (then, later) = ("2020-11-29T00:05:00", "2020-12-10T00:05:00");
    let told = |now: &str| {
        let world = World::new("freshness", now)?;
        let world = world.with(&["certs/interm.crt", "root-2020-12-10.crl", "alice-2020-12-10.ors"], None);
        let alice = world.certificate("certs/alice.crt");
        let moment = Moment { time: time(then), issuers: time(now) };
        let judge = |validator: Validator<'_>| validator.judge(&alice, Purpose::DocumentSigning, moment);
        Some(world.judged("certs/root.crt", judge))
    };
    let (Some(today), Some(ahead)) = (told(later), told(then)) else { return };
    assert_eq!(today.conclusion.sub_indication, None, "{today:#?}");
    assert_eq!(ahead.conclusion.sub_indication, Some(SubIndication::TryLater));
    assert!(ahead.findings[0].message.contains("lies ahead of the validation time"), "{ahead:#?}");
}

/// One responder, with one name and key, answers for two authorities, with a certificate of each. Its times have fractions of a second,
/// which RFC 6960, 4.2.2.1 with RFC 5280, 4.1.2.5.2 forbids: they are not read.
#[test]
fn times_with_fractions_are_refused() {
    let Some(world) = World::new("multitasking-ocsp", "2021-08-19T12:20:00") else { return };
    for name in ["ocsp-resp-alice.der", "ocsp-resp-interm.der"] {
        let error = Evidence::new().add_ocsp(&world.read(name)).unwrap_err();
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }
}
