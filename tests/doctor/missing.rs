//! What is missing, level by level; and that adding it makes the level that was promised.

use pades_ltv::report::{Advice, ChainOf, Diagnosis, Goal, Level, MissingValue, Thing};
use pades_ltv::{Augmentation, Document, Evidence, Language, Time, TrustStore, Verification};
use serde_json::Value;

use crate::common::{CONTRACT, World, days, minutes, now, pdf};

fn diagnose(world: &World, file: &[u8], time: Time, evidence: &Evidence) -> Diagnosis {
    let document = Document::open(file).unwrap();
    Verification::new(&document, &world.trust, time).evidence(evidence).diagnose()
}

fn goals(diagnosis: &Diagnosis) -> Vec<Goal> {
    let mut goals: Vec<Goal> = diagnosis.missing.iter().map(|one| one.goal).collect();
    goals.dedup();
    goals
}

/// The subjects and addresses of what is missing for `goal`.
fn evidence(diagnosis: &Diagnosis, goal: Goal) -> Vec<(String, ChainOf, MissingValue, usize)> {
    let of_goal = diagnosis.missing.iter().filter(|one| one.goal == goal);
    let evidence = of_goal.filter_map(|one| match &one.thing {
        Thing::Evidence(one) => Some(one),
        _ => None,
    });
    let name = |one: &pades_ltv::report::MissingEvidence| one.certificate.common_name.clone().unwrap();
    evidence.map(|one| (name(one), one.chain, one.value, one.urls.len())).collect()
}

#[test]
fn each_level_lacks_what_the_next_one_adds() {
    let (world, nothing) = (World::new(), Evidence::new());
    let time = now().after(minutes(5));
    let bare = world.signed(CONTRACT, now());
    let seen = diagnose(&world, &bare, time, &nothing);
    assert_eq!(goals(&seen), [Goal::T, Goal::Lt, Goal::Lta, Goal::LongTerm]);
    assert_eq!((seen.level_after, seen.has[0].level), (Some(Level::Lta), Some(Level::B)));
    let lacks = evidence(&seen, Goal::Lt);
    assert_eq!(lacks.len(), 2, "the signer and its issuer: {lacks:?}");
    assert!(lacks.iter().all(|one| one.1 == ChainOf::Signer && one.2 == MissingValue::Revocation && one.3 == 2));
    assert_eq!((lacks[0].0.as_str(), &seen.next), ("甲野太郎", &vec![Advice::Archive]));
    assert!(!seen.is_valid() && seen.outlook.holds_until == Some(time));

    let stamped = world.stamped(CONTRACT, now());
    let seen = diagnose(&world, &stamped, time, &nothing);
    assert_eq!(goals(&seen), [Goal::Lt, Goal::Lta, Goal::LongTerm]);
    let of_authority = evidence(&seen, Goal::Lt).into_iter().filter(|one| one.1 == ChainOf::TimestampAuthority);
    assert_eq!(of_authority.count(), 1);

    let extended = world.extended(&stamped, time);
    let seen = diagnose(&world, &extended, time, &nothing);
    assert_eq!(goals(&seen), [Goal::Lta]);
    assert!(seen.is_valid() && seen.has[0].long_term);

    let archived = world.archived(&stamped, time);
    let seen = diagnose(&world, &archived, time, &nothing);
    assert_eq!((seen.missing.as_slice(), seen.level_after), (&[][..], Some(Level::Lta)), "{seen:#?}");
    let due = seen.outlook.renewal_due.unwrap();
    assert_eq!(seen.next, [Advice::RenewBy(due)]);
    // What was added later is no part of it: once it is too old, the doctor asks for a renewal by the same date.
    let later = now().after(days(400));
    let seen = diagnose(&world, &archived, later, &world.evidence(&archived, later));
    assert_eq!((goals(&seen), seen.outlook.renewal_due), (Vec::new(), Some(due)));
}

#[test]
fn what_nothing_mends_is_not_promised() {
    let (world, nothing) = (World::new(), Evidence::new());
    let time = now().after(minutes(5));
    let stamped = world.stamped(CONTRACT, now());
    // Nobody is trusted.
    let document = Document::open(stamped.as_slice()).unwrap();
    let seen = Verification::new(&document, &TrustStore::new(), time).diagnose();
    let lacks = evidence(&seen, Goal::Lt);
    let above: Vec<MissingValue> = lacks.iter().map(|one| one.2).collect();
    assert!(above.iter().all(|value| matches!(value, MissingValue::Issuer | MissingValue::Anchor)), "{lacks:?}");
    // A broken signature.
    let mut broken = stamped.clone();
    let place = broken.windows(5).position(|window| window == b"/Size").unwrap() - 40;
    broken[place] ^= 1;
    if let Ok(document) = Document::open(broken.as_slice()) {
        let seen = Verification::new(&document, &world.trust, time).diagnose();
        assert_eq!((seen.level_after, &seen.next[0]), (None, &Advice::SignAgain(vec!["Signature1".to_owned()])));
    }
    let seen = diagnose(&world, CONTRACT, time, &nothing);
    assert_eq!((seen.level_after, seen.verdict, seen.has.len()), (None, None, 0));
}

#[test]
fn the_json_holds_the_keys_of_the_contract_and_the_text_speaks_both_languages() {
    let world = World::new();
    let seen = diagnose(&world, &world.signed(&pdf::table(&[]), now()), now().after(minutes(5)), &Evidence::new());
    let json: Value = serde_json::from_str(&seen.to_json("a.pdf")).unwrap();
    let keys = ["has", "missing", "level_after", "verifies_until", "because"];
    assert!(keys.iter().all(|key| json.get(key).is_some()), "{json}");
    assert_eq!((&json["level_after"], &json["file"]), (&"B-LTA".into(), &"a.pdf".into()));
    for one in json["missing"].as_array().unwrap() {
        assert!(["for", "certificate", "what", "url"].iter().all(|key| one.get(key).is_some()), "{one}");
    }
    let first = json["missing"].as_array().unwrap().iter().find(|one| one["what"] == "revocation_value").unwrap();
    assert!(first["url"].as_str().unwrap().ends_with("/ocsp"), "{first}");
    assert!(first["certificate"].as_str().unwrap().contains("甲野太郎"), "{first}");
    let (english, japanese) = (seen.to_text(Language::English), seen.to_text(Language::Japanese));
    assert!(english.contains("For B-LT:") && english.contains("pades augment --lta"), "{english}");
    assert!(japanese.contains("不足しているもの") && japanese.contains("の失効情報"), "{japanese}");
    assert_eq!(english.matches("甲野太郎").count(), 1, "said once, though two goals want it: {english}");
}

/// What is said to be missing, added, makes the level that was promised.
#[test]
fn the_promise_is_kept() {
    let world = World::new();
    let time = now().after(minutes(5));
    for file in [world.signed(CONTRACT, now()), world.stamped(&pdf::table(&[]), now())] {
        let seen = diagnose(&world, &file, time, &Evidence::new());
        let document = Document::open(file.as_slice()).unwrap();
        let evidence = world.evidence(&file, time);
        let update =
            Augmentation::new(&document, time).evidence(&evidence).timestamp(&world.authority.at(time)).unwrap();
        let longer = world.extended(&update.apply(&file).unwrap(), time);
        let after = diagnose(&world, &longer, time, &Evidence::new());
        assert_eq!((after.has[0].level, after.missing.as_slice()), (seen.level_after, &[][..]), "{after:#?}");
    }
}
