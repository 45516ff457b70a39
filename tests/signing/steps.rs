//! Signing in steps that are days and machines apart: what was stored is completed with the very file it was prepared for,
//! or not at all.

use pades_ltv::authority::KeyType;
use pades_ltv::{
    DigestAlgorithm, Document, ErrorClass, ErrorKind, Prepared, PreparedTimestamp, Reserved, Signed, Signer, Signing,
    SoftwareSigner, Time, TimestampAuthority, Timestamping, Update,
};

use crate::common::asn1::{self, CONTEXT_0, Cms, ID_DATA, OCTET_STRING, OID, SEQUENCE, tlv};
use crate::common::{ROOM, World, days, now, pdf, signature};

fn prepare(world: &World, base: &[u8]) -> Prepared {
    let document = Document::open(base).unwrap();
    Signing::new(&document, now()).timestamp_room(ROOM).prepare(&world.signer.identity().unwrap()).unwrap()
}

/// Completes what was stored, as another process would.
fn complete(stored: &[u8], base: &[u8], value: &[u8]) -> pades_ltv::Result<Update> {
    let document = Document::open(base)?;
    Prepared::from_bytes(stored)?.complete(&document, value)?.finish()
}

#[test]
fn what_was_stored_is_completed_elsewhere() {
    let world = World::new();
    for (name, base) in pdf::bases() {
        let prepared = prepare(&world, &base);
        let input = prepared.input();
        let value = world.signer.sign(input).unwrap();
        assert_eq!(input.digest(), crate::common::asn1::sha256(input.message()), "{name}");
        let stored = prepared.to_bytes().unwrap();
        let update = complete(&stored, &base, &value).unwrap();
        assert_eq!(update.bytes().len(), prepared.update_len(), "{name}");
        let document = Document::open(base.as_slice()).unwrap();
        let at_once = Signing::new(&document, now()).timestamp_room(ROOM).sign(&world.signer).unwrap();
        assert_eq!(update, at_once.finish().unwrap(), "{name}: the same as in one go");
        let file = update.apply(&base).unwrap();
        assert!(signature(&world.verify(&file, now()), "Signature1").intact, "{name}");
    }
}

/// The timestamp may come in steps of its own.
#[test]
fn a_timestamp_is_asked_for_and_taken_in_steps() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let value = world.signer.sign(prepare(&world, &base).input()).unwrap();
    let signed = prepare(&world, &base).complete(&document, &value).unwrap();
    let request = signed.timestamp_request().unwrap();
    let later = now().after(days(1));
    let response = world.authority.at(later).timestamp(&request.to_der()).unwrap();
    let file = signed.timestamped(&request, &response).unwrap().finish().unwrap().apply(&base).unwrap();
    let report = world.verify_online(&file, later);
    assert_eq!(signature(&report, "Signature1").best_signature_time, Some(later));
    assert_eq!(signature(&report, "Signature1").claimed_time, Some(now()));
}

#[test]
fn another_file_is_refused() {
    let world = World::new();
    let base = pdf::table(&[]);
    let prepared = prepare(&world, &base);
    let value = world.signer.sign(prepared.input()).unwrap();
    let stored = prepared.to_bytes().unwrap();
    let mut other = base.clone();
    let place = crate::common::only(&base, b"0 0 9 9");
    other[place + 6] = b'8';
    for (file, words) in [
        ([base.as_slice(), b"\n"].concat(), format!("a file of {} bytes, but this file has", base.len())),
        (pdf::table(&["null"]), format!("a file of {} bytes, but this file has", base.len())),
        (other, "the right length but other bytes".to_owned()),
    ] {
        let error = complete(&stored, &file, &value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Base, "{error}");
        assert!(error.to_string().contains(&words), "{error}");
    }
    assert!(complete(&stored, &base, &value).is_ok());
}

#[test]
fn a_wrong_signature_value_is_refused() {
    let world = World::new();
    let base = pdf::table(&[]);
    let prepared = prepare(&world, &base);
    let stored = prepared.to_bytes().unwrap();
    let good = world.signer.sign(prepared.input()).unwrap();
    let stranger = world.authority.issue("Stranger").unwrap().sign(prepared.input()).unwrap();
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let trailing = [good.as_slice(), &[0]].concat();
    for value in [Vec::new(), vec![0; 64], stranger, flipped, trailing] {
        let error = complete(&stored, &base, &value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signer, "{error}");
        assert!(error.to_string().contains("is no signature of the signing certificate"), "{error}");
        assert!(error.to_string().contains("甲野太郎"), "{error}");
    }
    // What services and people give instead of the bytes is told.
    let text: String = good.iter().map(|byte| format!("{byte:02x}")).collect();
    for (value, advice) in [
        (Vec::new(), "the answer is empty"),
        (format!("{text}\n").into_bytes(), "the answer is text"),
        ([good.as_slice(), &[0; 9]].concat(), "a value of this key has at most 72"),
    ] {
        let error = complete(&stored, &base, &value).unwrap_err();
        assert!(error.advice().unwrap().contains(advice), "{error}");
    }
}

/// Devices give the bare numbers r and s, libraries DER: both are the value, and the file is the same.
#[test]
fn an_ecdsa_value_is_taken_in_either_form() {
    for key in [KeyType::P256, KeyType::P384, KeyType::P521] {
        let world = World::with_key(key);
        let base = pdf::table(&[]);
        let prepared = prepare(&world, &base);
        let stored = prepared.to_bytes().unwrap();
        let der = world.signer.sign(prepared.input()).unwrap();
        let half = match key {
            KeyType::P256 => 32,
            KeyType::P384 => 48,
            _ => 66,
        };
        let numbers = asn1::Value::read(&der).children();
        let padded = numbers.iter().flat_map(|number| {
            let digits = &number.content[number.content.len().saturating_sub(half)..];
            [vec![0; half - digits.len()], digits.to_vec()].concat()
        });
        let mut raw: Vec<u8> = padded.collect();
        assert_eq!(complete(&stored, &base, &raw).unwrap(), complete(&stored, &base, &der).unwrap());
        raw[half] ^= 1;
        assert_eq!(complete(&stored, &base, &raw).unwrap_err().kind(), ErrorKind::Signer);
    }
}

/// Nobody knows who will sign, until somebody says so or brings the CMS.
#[test]
fn a_place_is_reserved_before_the_certificate_is_known() {
    let world = World::new();
    for (name, base) in pdf::bases() {
        let document = Document::open(base.as_slice()).unwrap();
        let signing = Signing::new(&document, now()).timestamp_room(ROOM);
        let reserved = signing.reserve(DigestAlgorithm::Sha256, 2_000).unwrap();
        let stored = reserved.to_bytes().unwrap();
        assert!(stored.len() < 2_000, "{name}: {} bytes", stored.len());

        let later = || Reserved::from_bytes(&stored).unwrap();
        let prepared = later().identify(&world.signer.identity().unwrap()).unwrap();
        let value = world.signer.sign(prepared.input()).unwrap();
        let signed = prepared.complete(&document, &value).unwrap();
        let cms = signed.cms().to_vec();
        let file = signed.finish().unwrap().apply(&base).unwrap();
        assert!(signature(&world.verify(&file, now()), "Signature1").intact, "{name}");
        let brought = later().complete(&document, &cms).unwrap().finish().unwrap().apply(&base).unwrap();
        assert!(brought == file, "{name}: the CMS of somebody else");
    }
}

/// A service that was prepared for may answer with a whole CMS; another may not.
#[test]
fn a_ready_cms_is_by_the_one_that_was_prepared_for() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let stored = Signing::new(&document, now()).reserve(DigestAlgorithm::Sha256, 3_000).unwrap().to_bytes().unwrap();
    let prepared_for =
        |signer: &SoftwareSigner| Reserved::from_bytes(&stored).unwrap().identify(&signer.identity().unwrap()).unwrap();
    let cms_by = |signer: &SoftwareSigner| {
        let prepared = prepared_for(signer);
        let value = signer.sign(prepared.input()).unwrap();
        prepared.complete(&document, &value).unwrap().cms().to_vec()
    };
    let (ours, theirs) = (&world.signer, world.authority.issue("somebody else").unwrap());
    let prepared = prepared_for(ours);
    assert_eq!(prepared.imprint(), Reserved::from_bytes(&stored).unwrap().imprint());
    assert_eq!(prepared.identity().subject(), ours.identity().unwrap().subject());
    let whole = prepared.clone().complete_cms(&document, &cms_by(ours)).unwrap().finish().unwrap();
    let value = ours.sign(prepared.input()).unwrap();
    let from_value = prepared.clone().complete(&document, &value).unwrap().finish().unwrap();
    assert!(whole.bytes() == from_value.bytes());

    let error = prepared.clone().complete_cms(&document, &cms_by(&theirs)).unwrap_err();
    assert_eq!((error.kind(), error.class()), (ErrorKind::Signer, ErrorClass::Operator), "{error}");
    assert!(error.to_string().contains("somebody else"), "{error}");
    let error = prepared.clone().complete_cms(&document, &value).unwrap_err();
    assert!(error.to_string().contains("no PAdES signature for this place"), "{error}");
    let longer = [base.as_slice(), b"\n"].concat();
    let other = Document::open(longer.as_slice()).unwrap();
    assert_eq!(prepared.complete_cms(&other, &cms_by(ours)).unwrap_err().kind(), ErrorKind::Base);
}

#[test]
fn what_does_not_belong_into_a_reserved_place_is_refused_by_name() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let reserve = |digest, room| Signing::new(&document, now()).timestamp_room(0).reserve(digest, room).unwrap();
    let identity = world.signer.identity().unwrap();
    let cms_of = |place: Reserved, document: &Document<'_>| {
        let prepared = place.identify(&identity).unwrap();
        let value = world.signer.sign(prepared.input()).unwrap();
        prepared.complete(document, &value).unwrap().cms().to_vec()
    };
    let place = || reserve(DigestAlgorithm::Sha256, 4_000);
    let good = cms_of(place(), &document);
    assert!(place().complete(&document, &good).is_ok());

    let other_base = pdf::table(&["null"]);
    let other = Document::open(other_base.as_slice()).unwrap();
    let elsewhere = Signing::new(&other, now()).timestamp_room(0).reserve(DigestAlgorithm::Sha256, 4_000).unwrap();
    let changed = |change: &dyn Fn(&mut Cms)| {
        let mut cms = Cms::read(&good);
        change(&mut cms);
        cms.to_der()
    };
    let enclosing = tlv(SEQUENCE, &[&tlv(OID, &[ID_DATA]), &tlv(CONTEXT_0, &[&tlv(OCTET_STRING, &[b"content"])])]);
    let cases: [(Vec<u8>, &str); 6] = [
        (cms_of(elsewhere, &other), "the content has changed"),
        (b"no CMS".to_vec(), "malformed"),
        (changed(&|cms| cms.certificates.clear()), "the signing certificate is not among"),
        (changed(&|cms| cms.signer().signature[9] ^= 1), "does not verify"),
        (changed(&|cms| cms.signer().signed = None), "signed attributes"),
        (changed(&|cms| cms.content = enclosing.clone()), "the content itself"),
    ];
    for (cms, words) in cases {
        let error = place().complete(&document, &cms).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signer, "{error}");
        assert!(error.to_string().contains(words), "{error} does not say {words}");
    }

    let error = place().complete(&other, &good).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Base, "{error}");
    let error = reserve(DigestAlgorithm::Sha512, 4_000).identify(&identity).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Key, "{error}");
    for error in [
        reserve(DigestAlgorithm::Sha256, 500).identify(&identity).unwrap_err(),
        reserve(DigestAlgorithm::Sha256, 500).complete(&document, &good).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Capacity, "{error}");
    }
}

/// The signature is there, its timestamp a day and a machine away.
#[test]
fn a_signature_that_waits_for_its_timestamp_is_stored() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let signing = Signing::new(&document, now()).timestamp_room(ROOM);
    let signed = signing.sign(&world.signer).unwrap();
    let (stored, request) = (signed.to_bytes().unwrap(), signed.timestamp_request().unwrap());
    let response = world.authority.at(now()).timestamp(&request.to_der()).unwrap();
    let at_once = signed.timestamped(&request, &response).unwrap().finish().unwrap();

    let elsewhere = Document::open(base.as_slice()).unwrap();
    let restored = Signed::from_bytes(&stored, &elsewhere).unwrap();
    let request = restored.timestamp_request().unwrap();
    let restored = restored.timestamped(&request, &response).unwrap();
    // And once more, with the timestamp inside.
    let restored = Signed::from_bytes(&restored.to_bytes().unwrap(), &elsewhere).unwrap();
    assert_eq!(restored.finish().unwrap(), at_once);

    let other = pdf::table(&["null"]);
    let other = Document::open(other.as_slice()).unwrap();
    assert_eq!(Signed::from_bytes(&stored, &other).unwrap_err().kind(), ErrorKind::Base);
    assert_eq!(Signed::from_bytes(b"0", &document).unwrap_err().kind(), ErrorKind::State);
}

fn prepare_timestamp(base: &[u8], now: Time) -> PreparedTimestamp {
    let document = Document::open(base).unwrap();
    Timestamping::new(&document, now).token_room(ROOM).prepare().unwrap()
}

fn complete_timestamp(stored: &[u8], base: &[u8], response: &[u8]) -> pades_ltv::Result<Update> {
    let document = Document::open(base)?;
    PreparedTimestamp::from_bytes(stored)?.complete(&document, response)
}

#[test]
fn a_document_timestamp_is_stored_and_completed_elsewhere() {
    let world = World::new();
    let base = world.signed(&pdf::packed(&[]), now());
    let prepared = prepare_timestamp(&base, now());
    let response = world.authority.at(now()).timestamp(&prepared.request().to_der()).unwrap();
    let stored = prepared.to_bytes().unwrap();
    let update = complete_timestamp(&stored, &base, &response).unwrap();
    assert_eq!(update.apply(&base).unwrap(), world.sealed(&base, now()));

    let longer = [base.as_slice(), b"\n"].concat();
    assert_eq!(complete_timestamp(&stored, &longer, &response).unwrap_err().kind(), ErrorKind::Base);
    let mut other = base.clone();
    other[crate::common::all(&base, b"0 0 9 9")[0] + 6] = b'8';
    assert_eq!(complete_timestamp(&stored, &other, &response).unwrap_err().kind(), ErrorKind::Base);
    // The answer to another request: of another time, so with another nonce; and for another file.
    let another = prepare_timestamp(&base, now().after(days(1))).request().to_der();
    let foreign = prepare_timestamp(&pdf::table(&[]), now()).request().to_der();
    for request in [another, foreign] {
        let response = world.authority.at(now()).timestamp(&request).unwrap();
        let error = complete_timestamp(&stored, &base, &response).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timestamp, "{error}");
    }
}

/// What is read back from storage is not trusted: whatever happened to it there, no update comes out that does not verify.
#[test]
fn a_stored_value_that_was_damaged_gives_no_bad_signature() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let prepared = Signing::new(&document, now()).timestamp_room(0).prepare(&world.signer.identity().unwrap()).unwrap();
    let value = world.signer.sign(prepared.input()).unwrap();
    let stored = prepared.to_bytes().unwrap();
    for length in (0..stored.len()).step_by(3) {
        assert_eq!(Prepared::from_bytes(&stored[..length]).unwrap_err().kind(), ErrorKind::State);
    }
    let stamp = Timestamping::new(&document, now()).token_room(ROOM).prepare().unwrap();
    let response = world.authority.at(now()).timestamp(&stamp.request().to_der()).unwrap();
    let stored_stamp = stamp.to_bytes().unwrap();
    for length in (0..stored_stamp.len()).step_by(3) {
        assert_eq!(PreparedTimestamp::from_bytes(&stored_stamp[..length]).unwrap_err().kind(), ErrorKind::State);
    }
    let check = |flipped: &[u8], place: usize, complete: &dyn Fn(&[u8]) -> pades_ltv::Result<Update>| {
        let Ok(update) = complete(flipped) else { return };
        let Ok(file) = update.apply(&base) else { panic!("byte {place}: no update of this base") };
        let report = world.verify(&file, now());
        let [one] = report.signatures.as_slice() else { panic!("byte {place}: {report:#?}") };
        assert!(one.intact, "byte {place}: {report:#?}");
    };
    // A prime stride meets every part: flipping all bytes takes minutes, and most are zeros waiting for a signature.
    for place in (0..stored.len()).step_by(13) {
        let mut flipped = stored.clone();
        flipped[place] ^= 1 << (place % 8);
        check(&flipped, place, &|stored| complete(stored, &base, &value));
    }
    for place in (0..stored_stamp.len()).step_by(13) {
        let mut flipped = stored_stamp.clone();
        flipped[place] ^= 1 << (place % 8);
        check(&flipped, place, &|stored| complete_timestamp(stored, &base, &response));
    }
}
