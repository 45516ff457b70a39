//! What a policy asks for besides algorithms (EN 319 102-1, 5.2.4 and 5.2.8), and what signers state about their signatures.

use pades_ltv::report::{AttributeOrigin, Code, PolicyDocument, SignatureReport};
use pades_ltv::{Constraint, Document, ModificationRule, Policy, Report, Signing, Verification};

use crate::common::asn1::{MESSAGE_DIGEST, OCTET_STRING, OID, SEQUENCE, SET, SIGNING_CERTIFICATE_V2, sha256, tlv};
use crate::common::{ROOM, World, days, minutes, now, pdf, signature, verdict};
use crate::content::signed;
use crate::forge::{Forge, add, remove, set};

const PASSED: &str = "TOTAL-PASSED";
const SIGNATURE_POLICY: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 15];
const COMMITMENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 16];
const SIGNER_ATTRIBUTES_V2: &[u8] = &[4, 0, 0x81, 0x95, 0x32, 1, 1];
const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
/// 2.999.4.
const POLICY: &[u8] = &[0x88, 0x37, 4];
const DOCUMENT: &[u8] = b"Who signs under this policy has read it.";

/// An explicit policy with the digest of `document`, and where to find it.
fn explicit(document: Option<&[u8]>) -> Vec<u8> {
    let algorithm = tlv(SEQUENCE, &[&tlv(OID, &[SHA_256])]);
    let digest = document.map(|document| tlv(SEQUENCE, &[&algorithm, &tlv(OCTET_STRING, &[&sha256(document)])]));
    let uri =
        [&tlv(OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 5, 1]])[..], &tlv(0x16, &[b"http://policy"])];
    let qualifiers = tlv(SEQUENCE, &[&tlv(SEQUENCE, &uri)]);
    tlv(SEQUENCE, &[&tlv(OID, &[POLICY]), &digest.unwrap_or_default(), &qualifiers])
}

fn with(forge: &Forge, oid: &[u8], value: &[u8]) -> Vec<u8> {
    signed(forge, |cms, _| add(cms, oid, &[value]))
}

fn judged(
    world: &World,
    file: &[u8],
    change: impl for<'v> Fn(Verification<'v>) -> Verification<'v>,
) -> SignatureReport {
    let document = Document::open(file).unwrap();
    let evidence = world.evidence(file, now());
    let report = change(Verification::new(&document, &world.trust, now()).evidence(&evidence)).verify();
    signature(&report, "Signature1").clone()
}

fn under(world: &World, file: &[u8], policy: &Policy) -> SignatureReport {
    judged(world, file, |verification| verification.policy(policy.clone()))
}

#[test]
fn the_document_of_a_signature_policy_is_compared() {
    let forge = Forge::new();
    let world = &forge.world;
    let file = with(&forge, SIGNATURE_POLICY, &explicit(Some(DOCUMENT)));
    let one = judged(world, &file, |verification| verification);
    assert_eq!(verdict(&one), "INDETERMINATE/SIGNATURE_POLICY_NOT_AVAILABLE", "{one:#?}");
    assert!(one.findings.iter().any(|one| one.code == Code::SignaturePolicy), "{one:#?}");
    let policy = one.signature_policy.unwrap();
    assert_eq!((policy.identifier.as_deref(), policy.document), (Some("2.999.4"), PolicyDocument::NotAtHand));
    assert_eq!(policy.locations, ["http://policy"]);
    assert!(policy.digest.unwrap().starts_with("SHA-256 "));
    for (document, expected, became) in [
        (DOCUMENT, PASSED, PolicyDocument::Matches),
        (b"another", "INDETERMINATE/POLICY_PROCESSING_ERROR", PolicyDocument::Differs),
    ] {
        let one = judged(world, &file, |verification| verification.signature_policy("2.999.4", document));
        assert_eq!((verdict(&one).as_str(), one.signature_policy.unwrap().document), (expected, became));
    }
    let one = judged(world, &file, |verification| verification.signature_policy("1.2.3.5", DOCUMENT));
    assert_eq!(verdict(&one), "INDETERMINATE/SIGNATURE_POLICY_NOT_AVAILABLE");
    let one = under(world, &file, &Policy::default().waiving(Constraint::SignaturePolicy));
    assert_eq!((verdict(&one).as_str(), one.findings.len()), (PASSED, 1), "said, and without harm");
}

/// The XML names the policy of a signature as one that was validated under only where its document was there.
#[test]
fn the_policy_that_was_compared_stands_in_the_xml() {
    let forge = Forge::new();
    let file = with(&forge, SIGNATURE_POLICY, &explicit(Some(DOCUMENT)));
    let document = Document::open(file.as_slice()).unwrap();
    let evidence = forge.world.evidence(&file, now());
    let verification = Verification::new(&document, &forge.world.trust, now()).evidence(&evidence);
    let named = "<SigPolicyId>urn:oid:2.999.4</SigPolicyId>";
    let used = "<XAdES:Identifier>urn:oid:2.999.4</XAdES:Identifier>";
    let xml = verification.clone().verify().to_xml("a.pdf");
    assert!(xml.contains(named) && !xml.contains(used) && xml.contains("<XAdES:SignaturePolicyImplied/>"), "{xml}");
    let xml = verification.signature_policy("2.999.4", DOCUMENT).verify().to_xml("a.pdf");
    assert!(xml.contains(named) && xml.contains(used) && xml.contains("<XAdES:SigPolicyHash>"), "{xml}");
    assert!(!xml.contains("SignaturePolicyImplied"), "{xml}");
}

#[test]
fn policies_may_be_implied_unbound_or_unreadable() {
    let forge = Forge::new();
    let world = &forge.world;
    let implied = judged(world, &with(&forge, SIGNATURE_POLICY, &[5, 0]), |verification| verification);
    assert_eq!((verdict(&implied).as_str(), implied.findings.len()), (PASSED, 0), "{implied:#?}");
    assert_eq!(implied.signature_policy.unwrap().document, PolicyDocument::Implied);
    let unbound = with(&forge, SIGNATURE_POLICY, &explicit(None));
    let one = judged(world, &unbound, |verification| verification.signature_policy("2.999.4", DOCUMENT));
    assert_eq!((verdict(&one).as_str(), one.signature_policy.unwrap().document), (PASSED, PolicyDocument::Unbound));
    let unreadable = judged(world, &with(&forge, SIGNATURE_POLICY, &[4, 0]), |verification| verification);
    assert_eq!(verdict(&unreadable), "INDETERMINATE/POLICY_PROCESSING_ERROR");
}

#[test]
fn a_policy_that_is_missing_hides_no_forgery() {
    let forge = Forge::new();
    let policy = explicit(Some(DOCUMENT));
    let file = signed(&forge, |cms, _| {
        add(cms, SIGNATURE_POLICY, &[&policy]);
        set(cms, MESSAGE_DIGEST, &[&tlv(OCTET_STRING, &[&[7; 32]])]);
    });
    assert_eq!(verdict(&judged(&forge.world, &file, |verification| verification)), "TOTAL-FAILED/HASH_FAILURE");
}

#[test]
fn what_signers_state_is_reported() {
    let forge = Forge::new();
    let approval = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 6, 5];
    let one = with(&forge, COMMITMENT_TYPE, &tlv(SEQUENCE, &[&tlv(OID, &[&approval])]));
    let one = judged(&forge.world, &one, |verification| verification);
    assert_eq!((verdict(&one).as_str(), one.commitment_types), (PASSED, vec!["proof of approval".to_owned()]));
    let role = tlv(SEQUENCE, &[&tlv(OID, &[POLICY]), &tlv(SET, &[&tlv(0x0c, &["経理部長".as_bytes()])])]);
    let claimed = tlv(SEQUENCE, &[&tlv(0xa0, &[&tlv(SEQUENCE, &[&role])])]);
    let one = judged(&forge.world, &with(&forge, SIGNER_ATTRIBUTES_V2, &claimed), |verification| verification);
    assert_eq!((verdict(&one).as_str(), one.findings.len(), one.signer_attributes.len()), (PASSED, 0, 1));
    let stated = &one.signer_attributes[0];
    assert_eq!((stated.origin, stated.identifier.as_deref()), (AttributeOrigin::Claimed, Some("2.999.4")));
    assert_eq!(stated.values, ["経理部長"]);
    let one = judged(&forge.world, &with(&forge, SIGNER_ATTRIBUTES_V2, &[5, 0]), |verification| verification);
    assert_eq!((verdict(&one).as_str(), one.findings[0].code), (PASSED, Code::Conformity), "{one:#?}");
}

/// Waived, an unknown status is no obstacle; but a revocation that is known stays one.
#[test]
fn the_status_of_certificates_may_be_left_out() {
    let world = World::new();
    let file = world.stamped(&pdf::table(&[]), now());
    let document = Document::open(file.as_slice()).unwrap();
    let all = [Constraint::SignerRevocation, Constraint::AuthorityRevocation, Constraint::TimestampRevocation];
    let verify = |policy: Policy| {
        let report: Report = Verification::new(&document, &world.trust, now()).policy(policy).verify();
        signature(&report, "Signature1").clone()
    };
    let passed =
        |one: &SignatureReport| (one.conclusion.is_passed(), one.signature_timestamps[0].conclusion.is_passed());
    let none = all.into_iter().fold(Policy::default(), Policy::waiving);
    let one = verify(none.clone());
    assert_eq!(passed(&one), (true, true), "{one:#?}");
    assert!(one.process.iter().any(|step| step.why.as_deref().is_some_and(|why| why.contains("does not ask"))));
    for (asked, expected) in all.into_iter().zip([(false, true), (false, false), (true, false)]) {
        assert_eq!(passed(&verify(none.clone().requiring(asked))), expected, "{asked}");
    }
    let mut revoked = World::new();
    let own = crate::common::certificates(&revoked.signer)[0].clone();
    let reason = pades_ltv::authority::RevocationReason::KeyCompromise;
    revoked.authority.revoke(&own, now().before(minutes(5)), reason).unwrap();
    assert_eq!(verdict(&under(&revoked, &file, &none)), "INDETERMINATE/REVOKED_NO_POE");
}

#[test]
fn the_signed_name_of_the_certificate_may_be_left_out() {
    let forge = Forge::new();
    let file = signed(&forge, |cms, _| remove(cms, SIGNING_CERTIFICATE_V2));
    let one = under(&forge.world, &file, &Policy::default());
    assert_eq!(verdict(&one), "INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND");
    let one = under(&forge.world, &file, &Policy::default().waiving(Constraint::SigningCertificateAttribute));
    assert_eq!((verdict(&one).as_str(), one.level), (PASSED, None), "{one:#?}");
}

#[test]
fn later_revisions_may_change_what_the_policy_says() {
    let world = World::new();
    let once = world.signed(&pdf::table(&[]), now());
    let twice = world.signed(&once, now());
    let archived = world.archived(&once, now());
    let changed = pdf::append(&once, &[(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")]);
    let failed = "INDETERMINATE/SIG_CONSTRAINTS_FAILURE";
    use ModificationRule::{AsPermitted, EvidenceOnly, ListedOnly};
    for (file, rule, expected) in [
        (&twice, AsPermitted, PASSED),
        (&twice, EvidenceOnly, failed),
        (&archived, EvidenceOnly, PASSED),
        (&changed, AsPermitted, failed),
        (&changed, EvidenceOnly, failed),
        (&changed, ListedOnly, PASSED),
    ] {
        let one = under(&world, file, &Policy::default().modifications(rule));
        assert_eq!(verdict(&one), expected, "{rule}: {one:#?}");
        let is_said = one.findings.iter().any(|one| one.code == Code::ModifiedAfterSigning);
        assert_eq!(is_said, std::ptr::eq(file, &changed), "what changed is said under every rule");
    }
}

#[test]
fn a_claimed_time_counts_where_that_is_asked() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    // Claimed for now, stamped an hour later, or an hour before.
    let file = |stamp| {
        let signed = Signing::new(&document, now()).timestamp_room(ROOM).sign(&world.signer).unwrap();
        signed.timestamp(&world.authority.at(stamp)).unwrap().finish().unwrap().apply(&base).unwrap()
    };
    let (later, before) = (file(now().after(minutes(60))), file(now().before(minutes(60))));
    let seen = |file: &[u8], policy: Policy| {
        let document = Document::open(file).unwrap();
        let time = now().after(days(1));
        let evidence = world.evidence(file, time);
        let report = Verification::new(&document, &world.trust, time).evidence(&evidence).policy(policy).verify();
        verdict(signature(&report, "Signature1"))
    };
    let failed = "INDETERMINATE/SIG_CONSTRAINTS_FAILURE";
    assert_eq!(seen(&later, Policy::default().timestamped_within(minutes(60))), PASSED);
    assert_eq!(seen(&later, Policy::default().timestamped_within(minutes(59))), failed);
    let claims = || Policy::default().requiring(Constraint::ClaimedTime);
    assert_eq!(
        [seen(&later, claims()), seen(&before, claims()), seen(&before, Policy::default())],
        [PASSED, failed, PASSED]
    );
    let bare = world.signed(&base, now());
    assert_eq!(seen(&bare, Policy::default().timestamped_within(minutes(60))), failed, "nothing proves it");
}

/// What the policy asked for stands in the report, and in the process.
#[test]
fn the_report_lists_what_was_asked() {
    let world = World::new();
    let file = world.signed(&pdf::table(&[]), now());
    let document = Document::open(file.as_slice()).unwrap();
    let policy = Policy::default()
        .waiving(Constraint::KeyUsage)
        .requiring(Constraint::ContentCommitment)
        .modifications(ModificationRule::ListedOnly);
    let report = Verification::new(&document, &world.trust, now()).policy(policy.clone()).verify();
    assert_eq!(report.constraints, policy.constraints().collect::<Vec<_>>());
    assert!(!report.constraints.contains(&Constraint::KeyUsage));
    assert!(report.constraints.contains(&Constraint::ContentCommitment));
    assert_eq!(report.modification_rule, ModificationRule::ListedOnly);
    let default = world.verify(&file, now());
    let all_but = |one: &&Constraint| !matches!(one, Constraint::ContentCommitment | Constraint::ClaimedTime);
    assert_eq!(default.constraints, Constraint::ALL.iter().filter(all_but).copied().collect::<Vec<_>>());
}
