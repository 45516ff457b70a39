//! Many documents at once: in order, each with its own result.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::{
    Batch, DigestAlgorithm, Document, Error, ErrorKind, Identity, Prepared, Result, Signer, Signing, SigningInput,
    SoftwareSigner,
};

use crate::common::{World, now, pdf, signature};

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

/// What crosses threads.
const _: () = {
    const fn crosses<T: Send + Sync>() {}
    crosses::<Prepared>();
    crosses::<pades_ltv::Signed<'_>>();
    crosses::<Batch<'_, '_>>();
    crosses::<pades_ltv::csc::CscSigner>();
    crosses::<pades_ltv::csc::Authorization>();
};

/// A signer that counts, and refuses what its owner says.
struct Counting<'w> {
    world: &'w World,
    asked: AtomicUsize,
    refused: &'w [usize],
}

impl Signer for Counting<'_> {
    fn identity(&self) -> Result<Identity> {
        self.world.signer.identity()
    }

    fn sign(&self, input: &SigningInput) -> Result<Vec<u8>> {
        match self.asked.fetch_add(1, Ordering::SeqCst) {
            number if self.refused.contains(&number) => Err(Error::new(ErrorKind::Signer, "the device is busy")),
            _ => self.world.signer.sign(input),
        }
    }
}

fn files() -> Vec<Vec<u8>> {
    (0..12).map(|number| pdf::table(&[format!("({number})").as_str()])).collect()
}

/// A signer that gives its certificates anew each time, so that nothing is known of its signatures before.
struct Forgetful(SoftwareSigner);

impl Signer for Forgetful {
    fn identity(&self) -> Result<Identity> {
        let identity = self.0.identity()?;
        Ok(Identity::new(identity.certificates())?.with_algorithm(identity.algorithm()))
    }

    fn sign(&self, input: &SigningInput) -> Result<Vec<u8>> {
        self.0.sign(input)
    }
}

/// The first CMS of an identity is built and read in full, the next ones are copies with two values replaced: nobody sees which is which.
#[test]
fn copies_are_what_would_be_built() {
    let authority = Authority::new("copies", now()).unwrap();
    let sha512 = |signer: SoftwareSigner| signer.with_digest(DigestAlgorithm::Sha512).unwrap();
    let signer = |key: KeyType| authority.issue(Subscriber::new("copies").key(key)).unwrap();
    let rsa = signer(KeyType::Rsa2048);
    for signer in [signer(KeyType::P256), signer(KeyType::Ed25519), sha512(rsa.clone()), rsa] {
        for (number, file) in files().iter().enumerate() {
            let document = Document::open(file.as_slice()).unwrap();
            let signing = Signing::new(&document, now()).timestamp_room(0);
            let copied = signing.sign(&signer).unwrap();
            let built = signing.sign(&Forgetful(signer.clone())).unwrap();
            assert_eq!(copied.cms(), built.cms(), "{signer:?}, document {number}");
            assert_eq!(copied.finish().unwrap(), built.finish().unwrap());
        }
    }
}

/// However many threads work on it, and however the signer is asked: the same files, in the order given.
#[test]
fn every_way_gives_the_same_in_order() {
    let world = World::new();
    let files = files();
    let documents: Vec<Document> = files.iter().map(|file| Document::open(file.as_slice()).unwrap()).collect();
    let signings: Vec<Signing> =
        documents.iter().map(|document| Signing::new(document, now()).timestamp_room(0)).collect();
    let one_by_one: Vec<_> =
        signings.iter().map(|signing| signing.sign(&world.signer).unwrap().finish().unwrap()).collect();
    for (update, file) in one_by_one.iter().zip(&files) {
        assert!(signature(&world.verify(&update.apply(file).unwrap(), now()), "Signature1").intact);
    }
    let identity = world.signer.identity().unwrap();
    for count in [1, 2, 5, 100] {
        let batch = Batch::new(&signings).threads(threads(count));
        let each = batch.sign(&world.signer);
        let at_once = batch.sign_with(&identity, |inputs| inputs.iter().map(|one| world.signer.sign(one)).collect());
        for signed in [each, at_once] {
            let updates: Vec<_> = batch.finish(signed, Ok).into_iter().map(Result::unwrap).collect();
            assert_eq!(updates, one_by_one, "{count} threads");
        }
    }
    assert!(Batch::new(&[]).sign(&world.signer).is_empty());
}

/// What is wrong with one document, or what the signer refuses, is that document's error alone.
#[test]
fn failures_are_kept_per_document() {
    let world = World::new();
    let files = files();
    let documents: Vec<Document> = files.iter().map(|file| Document::open(file.as_slice()).unwrap()).collect();
    let late = now().after(crate::common::years(10));
    let time = |place: usize| if place == 4 { late } else { now() };
    let signings: Vec<Signing> =
        documents.iter().enumerate().map(|(place, document)| Signing::new(document, time(place))).collect();
    let kinds = |signed: Vec<Result<_>>| -> Vec<Option<ErrorKind>> {
        signed.into_iter().map(|one: Result<pades_ltv::Signed<'_>>| one.err().map(|error| error.kind())).collect()
    };
    let mut expected = vec![None; 12];
    expected[4] = Some(ErrorKind::Certificate);
    expected[7] = Some(ErrorKind::Signer);

    // The signer never hears of the one that cannot be prepared, so its seventh question is about the eighth document.
    let signer = Counting { world: &world, asked: AtomicUsize::new(0), refused: &[6] };
    let signed = Batch::new(&signings).sign(&signer);
    let finished = Batch::new(&signings).finish(signed, Ok);
    assert_eq!(finished.into_iter().map(|one| one.err().map(|error| error.kind())).collect::<Vec<_>>(), expected);
    assert_eq!(signer.asked.load(Ordering::SeqCst), 11);

    let signer = Counting { world: &world, asked: AtomicUsize::new(0), refused: &[6] };
    let identity = signer.identity().unwrap();
    let batch = Batch::new(&signings).threads(threads(2));
    let signed = batch.sign_with(&identity, |inputs| inputs.iter().map(|one| signer.sign(one)).collect());
    assert_eq!(kinds(signed), expected);
}

#[test]
fn a_signer_that_cannot_count_signs_nothing() {
    let world = World::new();
    let files = files();
    let documents: Vec<Document> = files.iter().map(|file| Document::open(file.as_slice()).unwrap()).collect();
    let signings: Vec<Signing> = documents.iter().map(|document| Signing::new(document, now())).collect();
    let identity = world.signer.identity().unwrap();
    for change in [-1_isize, 1] {
        let signed = Batch::new(&signings).sign_with(&identity, |inputs| {
            let mut values: Vec<_> = inputs.iter().map(|one| world.signer.sign(one)).collect();
            values.resize_with(values.len().saturating_add_signed(change), || Ok(Vec::new()));
            values
        });
        assert_eq!(signed.len(), 12);
        for error in signed.into_iter().map(|one| one.unwrap_err()) {
            assert!(error.to_string().contains("values for 12 documents"), "{error}");
        }
    }
}

/// A job that died between question and answer goes on from what it stored.
#[test]
fn a_stored_batch_is_resumed() {
    let world = World::new();
    let files = files();
    let identity = world.signer.identity().unwrap();
    let stored: Vec<Vec<u8>> = {
        let documents: Vec<Document> = files.iter().map(|file| Document::open(file.as_slice()).unwrap()).collect();
        let signings: Vec<Signing> = documents.iter().map(|document| Signing::new(document, now())).collect();
        let prepared = Batch::new(&signings).threads(threads(2)).prepare(&identity);
        prepared.into_iter().map(|one| one.unwrap().to_bytes().unwrap()).collect()
    };
    let complete = || -> Vec<Vec<u8>> {
        let each = stored.iter().zip(&files).map(|(stored, file)| {
            let prepared = Prepared::from_bytes(stored).unwrap();
            let value = world.signer.sign(prepared.input()).unwrap();
            let document = Document::open(file.as_slice()).unwrap();
            prepared.complete(&document, &value).unwrap().finish().unwrap().apply(file).unwrap()
        });
        each.collect()
    };
    let signed = complete();
    assert_eq!(complete(), signed);
    for file in signed {
        assert!(signature(&world.verify(&file, now()), "Signature1").intact);
    }
}
