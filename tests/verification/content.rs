//! Timestamps over the content of a signature, and timestamps in their order (EN 319 102-1, 5.3, 5.5.4 and 5.6.3.4).

use pades_ltv::authority::{KeyType, RevocationReason, Subscriber};
use pades_ltv::report::{Code, Level};
use pades_ltv::{
    Algorithm, Constraint, Document, Policy, Report, Time, TimestampAuthority, Timestamping, Verification,
};

use crate::common::asn1::{Cms, OCTET_STRING, OID, SEQUENCE, SIGNATURE_TIMESTAMP, Value, attribute, sha256, tlv};
use crate::common::{ROOM, World, certificates, days, minutes, now, pdf, signature, verdict};
use crate::forge::{Forge, add};

const PASSED: &str = "TOTAL-PASSED";
pub(crate) const CONTENT_TIMESTAMP: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 20];
const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

/// A token of `world`'s authority over `data`.
pub(crate) fn token(world: &World, data: &[u8], time: Time) -> Vec<u8> {
    let algorithm = tlv(SEQUENCE, &[&tlv(OID, &[SHA_256])]);
    let imprint = tlv(SEQUENCE, &[&algorithm, &tlv(OCTET_STRING, &[&sha256(data)])]);
    let request = tlv(SEQUENCE, &[&[2, 1, 1], &imprint, &[1, 1, 0xff]]);
    let response = world.authority.at(time).timestamp(&request).unwrap();
    Value::read(&response).child(1).whole.to_vec()
}

/// A signature of `forge` as `change` leaves its CMS; there is room for several tokens.
pub(crate) fn signed(forge: &Forge, change: impl Fn(&mut Cms, &[u8])) -> Vec<u8> {
    let mut file = forge.sign_with_room(&pdf::table(&[]), 3 * ROOM);
    let hole = pdf::holes(&file)[0].clone();
    let content = [&file[..hole.start], &file[hole.end..]].concat();
    let cms = forge.cms(&content, |cms| change(cms, &content));
    pdf::fill(&mut file, &hole, &cms.to_der());
    file
}

/// Signed after a content timestamp of `content`, and stamped at `stamp`.
fn stamped(forge: &Forge, content: Time, stamp: Option<Time>) -> Vec<u8> {
    let mut file = signed(forge, |cms, bytes| {
        add(cms, CONTENT_TIMESTAMP, &[&token(&forge.world, bytes, content)]);
    });
    if let Some(stamp) = stamp {
        let hole = pdf::holes(&file)[0].clone();
        let mut cms = Cms::read(&pdf::contents(&file, &hole));
        let over = token(&forge.world, &cms.signer().signature.clone(), stamp);
        cms.signer().unsigned.push(attribute(SIGNATURE_TIMESTAMP, &[&over]));
        pdf::fill(&mut file, &hole, &cms.to_der());
    }
    file
}

fn under(world: &World, file: &[u8], time: Time, policy: Policy) -> Report {
    let document = Document::open(file).unwrap();
    let evidence = world.evidence(file, time);
    Verification::new(&document, &world.trust, time).evidence(&evidence).policy(policy).verify()
}

fn told(report: &Report) -> String {
    verdict(signature(report, "Signature1"))
}

#[test]
fn a_content_timestamp_is_judged_and_reported() {
    let forge = Forge::new();
    let file = stamped(&forge, now().before(minutes(5)), Some(now()));
    let report = forge.world.verify_online(&file, now().after(days(1)));
    let one = signature(&report, "Signature1");
    assert_eq!((verdict(one).as_str(), one.findings.len(), one.level), (PASSED, 0, Some(Level::T)), "{report:#?}");
    assert_eq!((one.content_timestamps.len(), one.signature_timestamps.len()), (1, 1));
    let content = &one.content_timestamps[0];
    assert!(content.conclusion.is_passed());
    assert_eq!(content.time, Some(now().before(minutes(5))));
    // It does not say that the signature existed.
    assert_eq!(one.best_signature_time, Some(now()));
    let bare = stamped(&forge, now(), None);
    let report = forge.world.verify_online(&bare, now().after(days(1)));
    let one = signature(&report, "Signature1");
    assert_eq!((verdict(one).as_str(), one.best_signature_time, one.level), (PASSED, None, Some(Level::B)));
    // What is needed for its authority lies in the file after an augmentation, and is enough.
    let extended = forge.world.extended(&file, now());
    let report = forge.world.verify(&extended, now().after(days(1)));
    let one = signature(&report, "Signature1");
    assert_eq!((verdict(one).as_str(), one.level, one.long_term), (PASSED, Some(Level::Lt), true), "{report:#?}");
    assert!(one.content_timestamps[0].conclusion.is_passed());
}

#[test]
fn a_content_timestamp_over_something_else_says_nothing() {
    let forge = Forge::new();
    let file = signed(&forge, |cms, _| add(cms, CONTENT_TIMESTAMP, &[&token(&forge.world, b"else", now())]));
    let report = forge.world.verify_online(&file, now().after(days(1)));
    let one = signature(&report, "Signature1");
    assert_eq!(verdict(one), PASSED);
    assert_eq!(one.content_timestamps[0].conclusion.sub_indication.unwrap().as_str(), "HASH_FAILURE");
    assert_eq!(one.findings.iter().map(|one| one.code).collect::<Vec<_>>(), [Code::Timestamp]);
    let file = signed(&forge, |cms, _| add(cms, CONTENT_TIMESTAMP, &[&[5, 0]]));
    let report = forge.world.verify_online(&file, now().after(days(1)));
    let one = signature(&report, "Signature1");
    assert_eq!(one.content_timestamps[0].conclusion.sub_indication.unwrap().as_str(), "FORMAT_FAILURE");
}

/// 5.3, step 4: the content was stamped after the revocation, so it was signed after it.
#[test]
fn who_signed_after_the_revocation_has_failed() {
    let revocation = now().after(minutes(60));
    for (content, stamp, expected) in [
        (minutes(120), None, "TOTAL-FAILED/REVOKED"),
        (minutes(120), Some(minutes(180)), "TOTAL-FAILED/REVOKED"),
        (minutes(30), None, "INDETERMINATE/REVOKED_NO_POE"),
        (minutes(30), Some(minutes(90)), "INDETERMINATE/REVOKED_NO_POE"),
        (minutes(30), Some(minutes(45)), PASSED),
        // One second is the accuracy of the authority.
        (minutes(60), None, "INDETERMINATE/REVOKED_NO_POE"),
    ] {
        let mut forge = Forge::new();
        let own = certificates(&forge.world.signer)[0].clone();
        forge.world.authority.revoke(&own, revocation, RevocationReason::KeyCompromise).unwrap();
        let file = stamped(&forge, now().after(content), stamp.map(|stamp| now().after(stamp)));
        let report = forge.world.verify_online(&file, now().after(days(1)));
        assert_eq!(told(&report), expected, "{content:?} {stamp:?}: {report:#?}");
        let one = signature(&report, "Signature1");
        assert_eq!(one.associated.revocation.is_some(), expected != PASSED, "{one:#?}");
        assert!(one.intact);
    }
}

/// The same of a certificate that had ended.
#[test]
fn who_signed_after_the_end_has_failed() {
    let world = World::new();
    let period = Subscriber::new("Alice").valid(now().before(minutes(10)), now().after(days(3)));
    let forge = Forge::of(World { signer: world.authority.issue(period).unwrap(), ..world });
    let seen = now().after(days(5));
    // Somebody answered for the signer on the last day, and for the authorities today.
    let bare = forge.world.signed(&pdf::table(&[]), now());
    let mut evidence = forge.world.evidence(&bare, now().after(days(2)));
    evidence.extend(&forge.world.evidence(&forge.world.sealed(&pdf::table(&[]), seen), seen));
    for (content, expected) in [(days(4), "TOTAL-FAILED/EXPIRED"), (days(2), "INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED")]
    {
        let file = stamped(&forge, now().after(content), None);
        let report = forge.world.verify_with(&file, seen, &evidence);
        assert_eq!(told(&report), expected, "{report:#?}");
    }
}

/// 5.3, step 6: the algorithm had ended before the content was stamped.
#[test]
fn an_algorithm_that_had_ended_before_the_signature_was_made() {
    let forge = Forge::of(World::with_key(KeyType::Rsa2048));
    let end = now().after(minutes(60));
    let policy = || Policy::etsi_119312().ending(Algorithm::RsaPkcs1 { bits: 2048 }, end);
    let seen = now().after(days(1));
    for (content, expected) in [
        (minutes(120), "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE"),
        (minutes(30), "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
    ] {
        let file = stamped(&forge, now().after(content), None);
        let report = under(&forge.world, &file, seen, policy());
        assert_eq!(told(&report), expected, "{report:#?}");
        assert_eq!(signature(&report, "Signature1").associated.algorithms[0].end, Some(end));
    }
    let file = stamped(&forge, now().after(minutes(30)), Some(now().after(minutes(45))));
    assert_eq!(told(&under(&forge.world, &file, seen, policy())), PASSED);
}

#[test]
fn timestamps_come_in_the_order_in_which_they_cover_each_other() {
    let forge = Forge::new();
    let seen = now().after(days(2));
    let waived = || Policy::default().waiving(Constraint::TimestampOrder);
    let disorder = "INDETERMINATE/TIMESTAMP_ORDER_FAILURE";
    let at = |count| now().after(minutes(count));
    let content_later = stamped(&forge, at(60), Some(at(30)));
    let in_order = stamped(&forge, at(30), Some(at(60)));
    // Two seconds are what both accuracies leave open.
    let seconds = std::time::Duration::from_secs;
    let in_doubt = stamped(&forge, now().after(seconds(2)), Some(now()));
    let certain = stamped(&forge, now().after(seconds(3)), Some(now()));
    for (file, expected) in [(&content_later, disorder), (&in_order, PASSED), (&in_doubt, PASSED), (&certain, disorder)]
    {
        let report = under(&forge.world, file, seen, Policy::default());
        assert_eq!(told(&report), expected, "{report:#?}");
        let report = under(&forge.world, file, seen, waived());
        assert_eq!(told(&report), PASSED);
        let has_finding = signature(&report, "Signature1").findings.iter().any(|one| one.code == Code::TimestampOrder);
        assert_eq!(has_finding, expected != PASSED, "what is known is said");
    }
    // Document timestamps over a signature timestamp, and over each other.
    let sealed = |file: &[u8], time: Time| {
        let document = Document::open(file).unwrap();
        let stamping = Timestamping::new(&document, time).token_room(ROOM);
        stamping.timestamp(&forge.world.authority.at(time)).unwrap().apply(file).unwrap()
    };
    for (first, second, expected) in
        [(90, 120, [PASSED; 3]), (45, 120, [disorder, PASSED, PASSED]), (120, 90, [disorder, disorder, PASSED])]
    {
        let file = sealed(&sealed(&in_order, at(first)), at(second));
        let report = under(&forge.world, &file, seen, Policy::default());
        let found: Vec<String> = report.signatures.iter().map(verdict).collect();
        assert_eq!(found, expected, "{first} {second}: {report:#?}");
    }
}
