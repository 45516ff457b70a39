//! Values that were stamped before there was anything to sign: what a signature's own timestamp proves, and of whose.

use p256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use pades_ltv::authority::RevocationReason;
use pades_ltv::report::Indication;
use pades_ltv::{Document, Signing};

use crate::common::asn1::{Cms, OCTET_STRING, SIGNATURE_TIMESTAMP, attribute, sha256, tlv};
use crate::common::asn1::{MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2};
use crate::common::{all, certificates, days, minutes, now, pdf, signature, verdict};
use crate::content::token;
use crate::forge::{Forge, remove, set};

/// `certificate` with the key under which `value` is the signature of `message`: of ECDSA there always is one.
fn keyed_for(certificate: &[u8], value: &[u8], message: &[u8]) -> Vec<u8> {
    let value = Signature::from_der(value).unwrap();
    let ids = [RecoveryId::new(false, false), RecoveryId::new(true, false)];
    let key = ids.into_iter().find_map(|id| VerifyingKey::recover_from_prehash(&sha256(message), &value, id).ok());
    let point = key.unwrap().to_sec1_point(false);
    let at = *all(certificate, &[0x03, 0x42, 0x00, 0x04]).first().unwrap() + 3;
    let mut keyed = certificate.to_vec();
    keyed[at..at + 65].copy_from_slice(point.as_bytes());
    keyed
}

/// Somebody steals a key, which is revoked, and signs. Then he covers that with a signature whose value he had stamped long before, under
/// a key that he found for it: the value was there, but what it covers was not.
#[test]
fn a_value_that_was_stamped_before_its_key_was_found_proves_nothing() {
    for sub_filter in ["ETSI.CAdES.detached", "adbe.pkcs7.detached"] {
        let mut forge = Forge::new();
        let old = forge.value(b"anything");
        let stamp = token(&forge.world, &old, now().after(minutes(30)));
        let own = certificates(&forge.world.signer)[0].clone();
        forge.world.authority.revoke(&own, now().after(minutes(60)), RevocationReason::KeyCompromise).unwrap();
        let stolen = forge.signed();
        let document = Document::open(stolen.as_slice()).unwrap();
        let other = forge.world.authority.issue("Mallory").unwrap();
        let covering = Signing::new(&document, now().after(minutes(90))).timestamp_room(4_000).sign(&other).unwrap();
        let mut file = covering.finish().unwrap().apply(&stolen).unwrap();
        let place = *all(&file, b"ETSI.CAdES.detached").last().unwrap();
        file[place..place + sub_filter.len()].copy_from_slice(sub_filter.as_bytes());
        let hole = pdf::holes(&file).pop().unwrap();
        let content = [&file[..hole.start], &file[hole.end..]].concat();
        let mut cms = Cms::read(&pdf::contents(&file, &hole));
        set(&mut cms, MESSAGE_DIGEST, &[&tlv(OCTET_STRING, &[&sha256(&content)])]);
        remove(&mut cms, SIGNING_CERTIFICATE_V2);
        let message = cms.signer().message();
        cms.certificates = vec![keyed_for(&certificates(&other)[0], &old, &message)];
        cms.signer().signature = old;
        cms.signer().unsigned = vec![attribute(SIGNATURE_TIMESTAMP, &[&stamp])];
        pdf::fill(&mut file, &hole, &cms.to_der());
        // Nobody knows Mallory's certificate: what is at hand is about the thief's victim and the timestamp authority.
        let seen = now().after(days(1));
        let evidence = forge.world.evidence(&forge.world.stamped(&pdf::table(&[]), now()), seen);
        let report = forge.world.verify_with(&file, seen, &evidence);
        let forged = signature(&report, "Signature2");
        assert!(forged.intact && forged.signature_timestamps[0].conclusion.is_passed(), "{forged:#?}");
        assert_ne!(forged.conclusion.indication, Indication::TotalPassed);
        let one = signature(&report, "Signature1");
        assert_eq!(verdict(one), "INDETERMINATE/REVOKED_NO_POE", "{sub_filter}");
        assert_eq!(one.best_signature_time, None);
    }
}
