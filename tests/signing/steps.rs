//! Signing in steps that are days and machines apart: what was stored is completed with the very file it was prepared for,
//! or not at all.

use pades_ltv::{
    Document, ErrorKind, Prepared, PreparedTimestamp, Signer, Signing, Time, TimestampAuthority, Timestamping, Update,
};

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
