//! Long-term cases that other verifiers get wrong: who ended when, how it became known, and what was proved by then (EN 319 102-1, 5.6).

use pades_ltv::authority::{Authority, KeyType, Misbehaviour, RevocationReason, Subscriber};
use pades_ltv::report::{Block, SignatureReport};
use pades_ltv::{
    Algorithm, Augmentation, Collector, Document, Evidence, Fetch, Model, Policy, Report, Signing, Time, TrustStore,
    Verification,
};

use crate::common::{ROOM, World, at, certificates, days, minutes, now, pdf, signature, verdict, years};

const PASSED: &str = "TOTAL-PASSED";

fn base() -> Vec<u8> {
    pdf::table(&[])
}

fn year(count: u64) -> Time {
    now().after(years(count))
}

fn first(report: &Report) -> &SignatureReport {
    signature(report, "Signature1")
}

/// A world of another seed that begins at `time`.
fn world_of(seed: &str, time: Time) -> World {
    let authority = Authority::new(seed, time).unwrap();
    let signer = authority.issue(seed).unwrap();
    World { trust: authority.anchors(), authority, signer }
}

/// What `fetch` answers about those who worked on `file`, sufficient or not.
fn collected(file: &[u8], trust: &TrustStore, fetch: &dyn Fetch, time: Time, policy: &Policy) -> Evidence {
    let document = Document::open(file).unwrap();
    let mut collector = Collector::new(&document, trust, time).unwrap().policy(policy.clone());
    while let Some(request) = collector.next_request() {
        let answer = fetch.fetch(&request);
        collector.answer(&request, answer);
    }
    collector.finish_incomplete()
}

/// The anchors of all `worlds`.
fn anchors(worlds: &[&World]) -> TrustStore {
    let mut trust = TrustStore::new();
    for (number, world) in worlds.iter().enumerate() {
        trust.add_der(world.authority.root_der(), &format!("list {number}")).unwrap();
    }
    trust
}

/// The report on `file` at `time`, with what `worlds` answer then.
fn seen(file: &[u8], trust: &TrustStore, worlds: &[&World], time: Time, policy: &Policy) -> Report {
    let mut evidence = Evidence::new();
    for world in worlds {
        evidence.extend(&collected(file, trust, &world.authority.at(time), time, policy));
    }
    let document = Document::open(file).unwrap();
    Verification::new(&document, trust, time).evidence(&evidence).policy(policy.clone()).verify()
}

fn etsi() -> Policy {
    Policy::default()
}

/// No responder answers: what the intermediate's CRL says, and when the revocation began, decides.
#[test]
fn a_crl_of_the_intermediate_proves_the_revocation_of_the_signer() {
    for (revoked, expected) in
        [(now().after(minutes(60)), PASSED), (now().before(minutes(60)), "INDETERMINATE/REVOKED_NO_POE")]
    {
        let mut world = World::new();
        let file = world.stamped(&base(), now());
        let own = certificates(&world.signer)[0].clone();
        world.authority.revoke(&own, revoked, RevocationReason::Superseded).unwrap();
        let tomorrow = now().after(days(1));
        let services = world.authority.at(tomorrow);
        let crls = services.misbehaving(Misbehaviour::OcspTryLater);
        let evidence = collected(&file, &world.trust, &crls, tomorrow, &etsi());
        let document = Document::open(file.as_slice()).unwrap();
        let archive = Augmentation::new(&document, tomorrow).evidence(&evidence).timestamp(&services).unwrap();
        let archived = archive.apply(&file).unwrap();
        for time in [tomorrow, year(2), year(9)] {
            let report = seen(&archived, &world.trust, &[&world], time, &etsi());
            assert_eq!(verdict(first(&report)), expected, "revoked {revoked}, seen {time}: {report:#?}");
            assert_eq!(first(&report).best_signature_time, Some(now()));
            let said = first(&report).associated.revocation.as_ref().map(|one| (one.time, one.reason.as_str()));
            assert_eq!(said, (expected != PASSED).then_some((revoked, "superseded")));
        }
    }
}

/// The signature timestamp's own certificate ended long ago; a document timestamp of its time keeps it.
#[test]
fn an_expired_timestamp_authority_lives_on_under_a_document_timestamp() {
    let world = World::new();
    let archived = world.archived(&world.stamped(&base(), now()), now().after(minutes(5)));
    let renewed = world.archived(&archived, year(10));
    let report = world.verify_online(&renewed, year(16));
    assert_eq!(report.signatures.iter().map(verdict).collect::<Vec<_>>(), [PASSED; 3], "{report:#?}");
    let stamp = &first(&report).signature_timestamps[0];
    assert!(stamp.conclusion.is_passed() && stamp.signer.as_ref().unwrap().not_after < year(12));
    let blocks: Vec<Block> = stamp.process.iter().map(|step| step.block).collect();
    for block in [Block::TimeStampValidation, Block::ControlTimeSliding, Block::PastSignatureValidation] {
        assert!(blocks.contains(&block), "{block:?}: {stamp:#?}");
    }
}

/// A list may forget who expired: one that was issued after the signer's end says nothing, and takes nothing away.
#[test]
fn a_crl_from_after_the_signers_end_neither_helps_nor_harms() {
    let world = World::new();
    let period = Subscriber::new("Alice").valid(now().before(minutes(10)), now().after(days(3)));
    let world = World { signer: world.authority.issue(period).unwrap(), ..world };
    let stamped = world.stamped(&base(), now());
    let archived = world.archived(&stamped, now().after(days(2)));
    let later = now().after(days(40));
    // Evidence of today about everybody, gathered for a file whose signer has not ended, and the same issuers.
    let long = World { signer: world.authority.issue("Bob").unwrap(), ..world };
    let other = long.stamped(&base(), now());
    let lists = long.authority.at(later).misbehaving(Misbehaviour::OcspTryLater);
    let newer = collected(&other, &long.trust, &lists, later, &etsi());
    assert!(!newer.is_empty());
    let mut all = collected(&archived, &long.trust, &long.authority.at(later), later, &etsi());
    all.extend(&newer);
    let report = long.verify_with(&archived, later, &all);
    assert_eq!(verdict(first(&report)), PASSED, "{report:#?}");
    let report = long.verify_with(&stamped, later, &newer);
    assert_eq!(verdict(first(&report)), "INDETERMINATE/OUT_OF_BOUNDS_NO_POE", "{report:#?}");
}

/// RFC 3161, 4: a unit that ended in good order leaves what it stated; one that lost its key, or gave no reason, does not.
#[test]
fn the_reason_of_a_timestamp_authoritys_end_counts() {
    let file = World::new().stamped(&base(), now());
    let hour = now().after(minutes(60));
    for (reason, time, is_good) in [
        (RevocationReason::Superseded, hour, true),
        (RevocationReason::CessationOfOperation, hour, true),
        (RevocationReason::AffiliationChanged, hour, true),
        (RevocationReason::KeyCompromise, hour, false),
        (RevocationReason::CaCompromise, hour, false),
        (RevocationReason::Unspecified, hour, false),
        (RevocationReason::Superseded, now(), false),
    ] {
        let mut world = World::new();
        let unit = world.authority.at(now()).tsa_certificate().unwrap();
        world.authority.revoke(&unit, time, reason).unwrap();
        let report = world.verify_online(&file, now().after(days(1)));
        let one = first(&report);
        assert_eq!(one.best_signature_time, is_good.then_some(now()), "{reason:?}: {report:#?}");
        let stamp = &one.signature_timestamps[0];
        let revoked = stamp.associated.revocation.as_ref().map(|one| one.time);
        assert_eq!(revoked, (!is_good).then_some(time), "{reason:?}");
    }
}

/// RSA PKCS#1 v1.5 ends on 2029-01-01 (TS 119 312): what was stamped before stays, what was stamped after does not.
#[test]
fn an_algorithm_ends_between_two_timestamps() {
    let world = World::with_key(KeyType::Rsa2048);
    let end = at("2029-01-01T00:00:00Z");
    let bare = world.signed(&base(), now());
    let (before, after) = (end.before(days(1)), end.after(days(1)));
    let in_time = world.archived(&world.archived(&bare, before), after);
    let too_late = world.archived(&bare, after);
    let policies = [etsi(), Policy::cryptrec(), Policy::permissive()];
    let weak = "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE";
    for (file, expected) in [(&in_time, [PASSED; 3]), (&too_late, [weak, PASSED, PASSED])] {
        for (policy, expected) in policies.iter().zip(expected) {
            let report = seen(file, &world.trust, &[&world], after.after(days(1)), policy);
            assert_eq!(verdict(first(&report)), expected, "{policy}: {report:#?}");
            assert_eq!(report.policy, policy.name());
        }
    }
    let report = seen(&too_late, &world.trust, &[&world], after.after(days(1)), &etsi());
    let ended = &first(&report).associated.algorithms;
    assert_eq!(ended.len(), 1, "{report:#?}");
    assert_eq!((ended[0].algorithm.as_str(), ended[0].end), ("RSA PKCS#1 v1.5 with 2048 bits", Some(end)));
    // The chain's algorithm ends like the signature's own: P-256 signs everything here.
    let ends = etsi().ending(Algorithm::Ecdsa { bits: 256 }, year(1));
    let report = seen(&in_time, &world.trust, &[&world], after.after(days(1)), &ends);
    assert_eq!(verdict(first(&report)), weak, "{report:#?}");
}

/// An anchor is given up: what another anchor's timestamp covers stays.
#[test]
fn an_anchor_may_have_a_sunset() {
    let (old, new) = (World::new(), world_of("the next authority", now()));
    let archived = old.archived(&old.stamped(&base(), now()), now().after(minutes(5)));
    let kept = new.sealed(&archived, now().after(days(1)));
    let mut trust = anchors(&[&old, &new]);
    let time = now().after(days(3));
    let worlds = [&old, &new];
    for file in [&archived, &kept] {
        let report = seen(file, &trust, &worlds, time, &etsi());
        assert_eq!(verdict(first(&report)), PASSED, "{report:#?}");
    }
    assert_eq!(trust.sunset("list 0", now().after(days(2))), 1);
    let report = seen(&archived, &trust, &worlds, time, &etsi());
    assert_eq!(verdict(first(&report)), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "{report:#?}");
    let report = seen(&kept, &trust, &worlds, time, &etsi());
    assert_eq!(report.signatures.iter().map(verdict).collect::<Vec<_>>(), [PASSED; 3], "{report:#?}");
    // A sunset before the proof.
    trust.sunset("list 0", now().after(minutes(1)));
    let report = seen(&kept, &trust, &worlds, time, &etsi());
    assert_eq!(verdict(first(&report)), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "{report:#?}");
}

/// The shell model asks whether everybody holds now, the chain model whether they did when they issued.
#[test]
fn the_chain_model_forgives_an_authority_that_ended_in_good_order() {
    let mut world = World::new();
    let file = world.signed(&base(), now());
    let issuer = certificates(&world.signer)[1].clone();
    world.authority.revoke(&issuer, now().after(minutes(60)), RevocationReason::CessationOfOperation).unwrap();
    let time = now().after(days(1));
    let evidence = collected(&file, &world.trust, &world.authority.at(time), time, &etsi());
    let document = Document::open(file.as_slice()).unwrap();
    let verification = Verification::new(&document, &world.trust, time).evidence(&evidence);
    let report = verification.clone().verify();
    assert_eq!(verdict(first(&report)), "INDETERMINATE/REVOKED_CA_NO_POE", "{report:#?}");
    let report = verification.model(Model::Chain).verify();
    assert_eq!((verdict(first(&report)).as_str(), report.model), (PASSED, Model::Chain), "{report:#?}");
}

/// A revocation of before the signature that was published after everything was archived: the archive said "good" in good faith.
#[test]
fn revocation_that_became_known_later_counts() {
    let mut world = World::new();
    let archived = world.archived(&world.stamped(&base(), now()), now().after(minutes(5)));
    assert_eq!(verdict(first(&world.verify_online(&archived, now().after(days(1))))), PASSED);
    let own = certificates(&world.signer)[0].clone();
    world.authority.revoke(&own, now().before(minutes(60)), RevocationReason::KeyCompromise).unwrap();
    for time in [now().after(days(40)), year(2)] {
        let mut evidence = world.evidence(&archived, time);
        // Collected for a signature of the same signer that has no evidence yet.
        let fresh = world.signed(&base(), now());
        evidence.extend(&collected(&fresh, &world.trust, &world.authority.at(time), time, &etsi()));
        let report = world.verify_with(&archived, time, &evidence);
        assert_eq!(verdict(first(&report)), "INDETERMINATE/REVOKED_NO_POE", "{report:#?}");
    }
}

/// Evidence is worth what is proved of it: whoever finds the key of an authority that expired can sign any "good" he likes.
#[test]
fn evidence_that_nobody_stamped_dies_with_its_authority() {
    let (old, new) = (World::new(), world_of("the next authority", now()));
    let trust = anchors(&[&old, &new]);
    let signed = old.stamped(&base(), now());
    // The same evidence under the other authority's timestamps, and beside them.
    let evidence = old.evidence(&signed, now());
    let document = Document::open(signed.as_slice()).unwrap();
    let inside = Augmentation::new(&document, now()).evidence(&evidence).finish().unwrap().apply(&signed).unwrap();
    let renewed = |file: &[u8]| {
        let stamped = new.sealed(file, now().after(minutes(5)));
        let document = Document::open(stamped.as_slice()).unwrap();
        let own = collected(&stamped, &trust, &new.authority.at(year(9)), year(9), &etsi());
        let services = new.authority.at(year(9));
        Augmentation::new(&document, year(9)).evidence(&own).timestamp(&services).unwrap().apply(&stamped).unwrap()
    };
    for (file, expected) in [(renewed(&inside), PASSED), (renewed(&signed), "INDETERMINATE/OUT_OF_BOUNDS_NO_POE")] {
        let mut given = evidence.clone();
        given.extend(&collected(&file, &trust, &new.authority.at(year(16)), year(16), &etsi()));
        let document = Document::open(file.as_slice()).unwrap();
        let report = Verification::new(&document, &trust, year(16)).evidence(&given).verify();
        assert_eq!(verdict(first(&report)), expected, "{report:#?}");
    }
}

/// Three signers with an algorithm each that ends, three authorities one after the other, fifty years: whoever renews a day before looks
/// passes every time.
#[test]
fn fifty_years_of_renewals_with_three_ends_and_two_changes_of_authority() {
    let worlds = [(0, "first"), (17, "second"), (34, "third")].map(|(begin, seed)| world_of(seed, year(begin)));
    let worlds: Vec<&World> = worlds.iter().collect();
    let trust = anchors(&worlds);
    let policy =
        etsi().ending(Algorithm::Ecdsa { bits: 384 }, year(12)).ending(Algorithm::Ecdsa { bits: 521 }, year(25));
    let mut file = base();
    for key in [KeyType::Rsa2048, KeyType::P384, KeyType::P521] {
        let signer = worlds[0].authority.issue(Subscriber::new(format!("{key:?}")).key(key)).unwrap();
        let document = Document::open(file.as_slice()).unwrap();
        let signed = Signing::new(&document, now()).timestamp_room(ROOM).sign(&signer).unwrap();
        let update = signed.timestamp(&worlds[0].authority.at(now())).unwrap().finish().unwrap();
        let next = update.apply(&file).unwrap();
        drop(document);
        file = next;
    }
    let in_force = |time: Time| worlds[usize::from(time >= year(17)) + usize::from(time >= year(34))];
    for passed in [1, 2, 3, 9, 13, 18, 26, 35, 43, 50] {
        let renewal = year(passed).before(days(1));
        // Whoever is still there answers for those who worked on it last.
        let mut evidence = Evidence::new();
        for world in &worlds {
            evidence.extend(&collected(&file, &trust, &world.authority.at(renewal), renewal, &policy));
        }
        let document = Document::open(file.as_slice()).unwrap();
        let services = in_force(renewal).authority.at(renewal);
        let update = Augmentation::new(&document, renewal).evidence(&evidence).timestamp(&services).unwrap();
        let next = update.apply(&file).unwrap();
        drop(document);
        file = next;
        let report = seen(&file, &trust, &worlds, year(passed), &policy);
        let verdicts: Vec<String> = report.signatures.iter().map(verdict).collect();
        assert!(verdicts.iter().all(|one| one == PASSED), "year {passed}: {verdicts:?} {report:#?}");
        let signers = report.signatures.iter().filter(|one| one.level.is_some());
        let times: Vec<_> = signers.map(|one| one.best_signature_time).collect();
        assert_eq!(times, [Some(now()); 3], "year {passed}");
    }
    // Nobody renewed in time before the first end.
    let late = seen(&base(), &trust, &worlds, year(50), &policy);
    assert_eq!(late.verdict(), None);
}

/// The date on which a file that nobody renews is lost, and to what.
#[test]
fn the_outlook_names_the_day_and_the_cause() {
    let world = World::new();
    let bare = world.signed(&base(), now());
    let stamped = world.stamped(&base(), now());
    let archived = world.archived(&stamped, now().after(minutes(5)));
    let outlook = |file: &[u8], policy: Policy| {
        let evidence = world.evidence(file, now().after(minutes(10)));
        let document = Document::open(file).unwrap();
        let verification = Verification::new(&document, &world.trust, now().after(minutes(10)));
        verification.evidence(&evidence).policy(policy).outlook()
    };
    let signer = first(&world.verify_online(&bare, now())).signer.clone().unwrap().not_after;
    let unit = |file: &[u8]| world.verify_online(file, now().after(minutes(10))).signatures.pop().unwrap();
    let lost = outlook(&bare, etsi());
    assert_eq!((lost.holds_until, lost.lost.len()), (Some(signer), 1), "{lost:#?}");
    assert_eq!(verdict(&lost.lost[0]), "INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED");
    let end = unit(&archived).signer.unwrap().not_after;
    let lost = outlook(&archived, etsi());
    assert_eq!(lost.holds_until, Some(end), "{lost:#?}");
    assert!(lost.lost.iter().any(|one| one.field == "Timestamp1"), "{lost:#?}");
    assert!(lost.lost.iter().all(|one| !one.findings.is_empty()), "{lost:#?}");
    // An algorithm that ends earlier.
    let early = outlook(&archived, etsi().ending(Algorithm::Ecdsa { bits: 256 }, year(5)));
    assert_eq!(early.holds_until, Some(year(5).before(std::time::Duration::from_secs(1))), "{early:#?}");
    let ended = early.lost.iter().flat_map(|one| &one.associated.algorithms).map(|one| one.end);
    assert!(ended.into_iter().any(|end| end == Some(year(5))), "{early:#?}");
    // What does not pass now has no future.
    let document = Document::open(bare.as_slice()).unwrap();
    assert_eq!(Verification::new(&document, &world.trust, now()).outlook().holds_until, Some(now()));
}
