//! What is refused: each with a kind, the cause in words, and no bytes.

use std::collections::BTreeSet;

use p256::pkcs8::EncodePrivateKey;
use pades_ltv::authority::{KeyType, Misbehaviour, Subscriber};
use pades_ltv::{
    Augmentation, Document, ErrorClass, ErrorKind, Evidence, Identity, Signer, Signing, SigningInput, SoftwareSigner,
    TimestampAuthority, Timestamping,
};

use crate::common::{CONTRACT, ROOM, World, certificates, days, now, pdf, years};

#[test]
fn a_certificate_must_be_valid_when_it_signs() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let period = Subscriber::new("Alice").valid(now(), now().after(days(10)));
    let alice = world.authority.issue(period).unwrap();
    for (time, words) in [
        (now().before(days(1)), "the signing certificate is not valid yet: valid from 2026-10-07T00:25:23Z to"),
        (now().after(days(11)), "the signing certificate has expired: valid from 2026-10-07T00:25:23Z to 2026-10-17"),
    ] {
        let error = Signing::new(&document, time).sign(&alice).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Certificate, ErrorClass::Operator));
        assert!(error.to_string().contains(words) && error.to_string().contains("Alice"), "{error}");
    }
    assert!(Signing::new(&document, now().after(days(10))).sign(&alice).is_ok());
}

#[test]
fn key_and_certificate_must_belong_together() {
    let world = World::new();
    let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_der().unwrap();
    let error = SoftwareSigner::from_der(key.as_bytes(), certificates(&world.signer)).unwrap_err();
    assert_eq!((error.kind(), error.class()), (ErrorKind::Key, ErrorClass::Operator));
    let words = ["belongs to no certificate", "甲野太郎"];
    assert!(words.iter().all(|word| error.to_string().contains(word)), "{error}");
    let error = SoftwareSigner::from_der(key.as_bytes(), Vec::<Vec<u8>>::new()).unwrap_err();
    assert_eq!((error.kind(), error.class()), (ErrorKind::Certificate, ErrorClass::Operator));
    assert!(error.to_string().contains("there is no certificate for the key"), "{error}");
}

/// A device that has one certificate and signs with another key, or not at all.
struct Confused {
    certificate: SoftwareSigner,
    key: Option<SoftwareSigner>,
}

impl Signer for Confused {
    fn identity(&self) -> pades_ltv::Result<Identity> {
        self.certificate.identity()
    }

    fn sign(&self, input: &SigningInput) -> pades_ltv::Result<Vec<u8>> {
        let locked = || pades_ltv::Error::new(ErrorKind::Signer, "the card is locked");
        self.key.as_ref().ok_or_else(locked)?.sign(input)
    }
}

#[test]
fn a_signer_that_does_not_sign_is_an_error() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let another = world.authority.issue("Bob").unwrap();
    for (key, words) in [(Some(another), "is no signature of the signing certificate"), (None, "the card is locked")] {
        let signer = Confused { certificate: world.signer.clone(), key };
        let error = Signing::new(&document, now()).sign::<dyn Signer>(&signer).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signer);
        assert!(error.to_string().contains(words), "{error}");
    }
}

/// From the second signature on, what an RSA key in memory verified itself is not verified again: for that value, and for that key.
#[test]
fn what_its_maker_verified_counts_for_one_value_of_one_key() {
    let world = World::new();
    let document = Document::open(CONTRACT).unwrap();
    let issue = |name| world.authority.issue(Subscriber::new(name).key(KeyType::Rsa2048)).unwrap();
    let (alice, bob) = (issue("Alice"), issue("Bob"));
    let identity = alice.identity().unwrap();
    for _ in 0..3 {
        let prepared = Signing::new(&document, now()).prepare(&identity).unwrap();
        let theirs = bob.sign(prepared.input()).unwrap();
        assert_eq!(prepared.clone().complete(&document, &theirs).unwrap_err().kind(), ErrorKind::Signer);
        let good = alice.sign(prepared.input()).unwrap();
        assert!(prepared.complete(&document, &good).is_ok());

        let prepared = Signing::new(&document, now().after(days(1))).prepare(&identity).unwrap();
        let mut wrong = alice.sign(prepared.input()).unwrap();
        for (at, bit) in [(0, 1), (255, 0x80), (100, 4)] {
            wrong[at] ^= bit;
            assert_eq!(prepared.clone().complete(&document, &wrong).unwrap_err().kind(), ErrorKind::Signer);
        }
        assert_eq!(prepared.complete(&document, &good).unwrap_err().kind(), ErrorKind::Signer);
    }
}

#[test]
fn too_little_room_is_said_before_anything_is_written() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let services = world.authority.at(now());
    let room_named = |error: &pades_ltv::Error, name: &str| -> usize {
        assert_eq!(error.kind(), ErrorKind::Capacity, "{error}");
        let advice = error.advice().unwrap();
        let (_, rest) = advice.split_once(&format!("{name}(")).unwrap_or_else(|| panic!("{advice}"));
        rest.split(')').next().unwrap().parse().unwrap()
    };
    for room in [0, 100, 1_000] {
        let signing = Signing::new(&document, now()).timestamp_room(room);
        let error = signing.sign(&world.signer).unwrap().timestamp(&services).unwrap_err();
        let enough = room_named(&error, "timestamp_room");
        assert!(signing.timestamp_room(enough).sign(&world.signer).unwrap().timestamp(&services).is_ok());
        let timestamping = Timestamping::new(&document, now()).token_room(room);
        let error = timestamping.timestamp(&services).unwrap_err();
        let enough = room_named(&error, "token_room");
        assert!(timestamping.token_room(enough).timestamp(&services).is_ok());
    }
    // Without a timestamp no room is needed.
    assert!(Signing::new(&document, now()).timestamp_room(0).sign(&world.signer).unwrap().finish().is_ok());
}

/// Every misbehaviour that concerns timestamps, but for `FutureTime`: nobody here has a clock to compare with, and the nonce proves
/// that the answer is new (RFC 3161, 2.4.2). What a verifier makes of it is tested with the verifier.
const BAD_STAMPS: [Misbehaviour; 23] = [
    Misbehaviour::TransportFailure,
    Misbehaviour::HtmlPage,
    Misbehaviour::Empty,
    Misbehaviour::Garbage,
    Misbehaviour::TrailingData,
    Misbehaviour::Rejected,
    Misbehaviour::GrantedWithMods,
    Misbehaviour::NoToken,
    Misbehaviour::WrongNonce,
    Misbehaviour::MissingNonce,
    Misbehaviour::WrongImprint,
    Misbehaviour::WrongImprintAlgorithm,
    Misbehaviour::NoCertificate,
    Misbehaviour::WrongCertificate,
    Misbehaviour::NoSigningCertificate,
    Misbehaviour::ExpiredCertificate,
    Misbehaviour::NotYetValid,
    Misbehaviour::NoExtendedKeyUsage,
    Misbehaviour::NonCriticalExtendedKeyUsage,
    Misbehaviour::SecondExtendedKeyUsage,
    Misbehaviour::BadSignature,
    Misbehaviour::WrongMessageDigest,
    Misbehaviour::TwoSigners,
];

#[test]
fn every_bad_answer_of_a_timestamp_authority_is_refused_in_its_own_words() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let mut words = BTreeSet::new();
    for bad in BAD_STAMPS {
        let services = world.authority.at(now()).misbehaving(bad);
        let signed = Signing::new(&document, now()).timestamp_room(ROOM).sign(&world.signer).unwrap();
        let of_signature = signed.timestamp(&services).err().unwrap_or_else(|| panic!("{bad:?} is accepted"));
        let of_document = Timestamping::new(&document, now()).timestamp(&services).unwrap_err();
        let of_archive =
            Augmentation::new(&document, now()).timestamp::<dyn TimestampAuthority>(&services).unwrap_err();
        for error in [&of_signature, &of_document, &of_archive] {
            // Which class is which is held by `tests/timestamps/misbehaving.rs`.
            assert_eq!((error.kind(), error.class()), (ErrorKind::Timestamp, of_signature.class()), "{bad:?}: {error}");
        }
        let words_of = |error: &pades_ltv::Error| error.to_string().replace(|one: char| one.is_ascii_digit(), "#");
        assert_eq!(words_of(&of_signature), words_of(&of_document), "{bad:?}");
        words.insert(of_signature.to_string());
    }
    assert_eq!(words.len(), BAD_STAMPS.len(), "{words:#?}");
}

#[test]
fn a_locked_file_is_refused() {
    let world = World::new();
    let encrypt = "/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<O>/U<O>>>/ID[<00><00>]"
        .replace("O>", &format!("{}>", "00".repeat(32)));
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
    ];
    let base = pdf::table_with(&objects, &encrypt);
    let document = Document::open(base.as_slice()).unwrap();
    assert!(document.is_encrypted());
    let services = world.authority.at(now());
    let mut evidence = Evidence::new();
    evidence.add_certificate(&certificates(&world.signer)[0]).unwrap();
    for error in [
        Signing::new(&document, now()).sign(&world.signer).unwrap_err(),
        Timestamping::new(&document, now()).timestamp(&services).unwrap_err(),
        Augmentation::new(&document, now()).evidence(&evidence).finish().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Encrypted);
        assert!(error.advice().is_some(), "{error}");
    }
}

#[test]
fn what_is_no_whole_pdf_is_refused() {
    for (file, kind) in [
        (b"".to_vec(), ErrorKind::NotPdf),
        (b"<!DOCTYPE html><title>404</title>".to_vec(), ErrorKind::NotPdf),
        (CONTRACT[..CONTRACT.len() / 2].to_vec(), ErrorKind::NotPdf),
        (pdf::table_with(&[(1, "<</Type/Catalog>>")], "/Prev 9999999"), ErrorKind::Syntax),
    ] {
        let error = Document::open(file.as_slice()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
    // No page to stand on.
    let world = World::new();
    let base = pdf::table_with(&[(1, "<</Type/Catalog/Pages 2 0 R>>"), (2, "<</Type/Pages/Kids[]/Count 0>>")], "");
    let document = Document::open(base.as_slice()).unwrap();
    let error = Signing::new(&document, now()).sign(&world.signer).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Syntax, "{error}");
}

/// Evidence is complete, or it is an error that names what is missing and what the servers said.
#[test]
fn missing_evidence_is_named() {
    let world = World::new();
    let file = world.stamped(&pdf::table(&[]), now());
    let document = Document::open(file.as_slice()).unwrap();
    let services = world.authority.at(now());
    let collect = |bad: Misbehaviour| Evidence::collect(&document, &world.trust, &services.misbehaving(bad), now());
    for (bad, words) in [
        (Misbehaviour::TransportFailure, "the connection was closed"),
        (Misbehaviour::HtmlPage, "http://authority.invalid/"),
        (Misbehaviour::Garbage, "http://authority.invalid/"),
        (Misbehaviour::Empty, "http://authority.invalid/"),
    ] {
        let error = collect(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Evidence, "{bad:?}: {error}");
        for words in [words, "current revocation data for", "甲野太郎", "Timestamp Unit 0", "Issuing CA 0"] {
            assert!(error.to_string().contains(words), "{bad:?}: {words}: {error}");
        }
    }
    // OCSP that is of no use is made up for by CRLs, and the other way round.
    for bad in [
        Misbehaviour::OcspTryLater,
        Misbehaviour::OcspUnauthorized,
        Misbehaviour::OcspWrongCertificate,
        Misbehaviour::OcspUnknown,
        Misbehaviour::OcspExpired,
        Misbehaviour::OcspBadSignature,
        Misbehaviour::OcspWrongResponder,
        Misbehaviour::CrlExpired,
        Misbehaviour::CrlWrongIssuer,
        Misbehaviour::CrlBadSignature,
    ] {
        let evidence = collect(bad).unwrap_or_else(|error| panic!("{bad:?}: {error}"));
        let report = world.verify_with(&file, now(), &evidence);
        assert_eq!(report.verdict(), Some(pades_ltv::Indication::TotalPassed), "{bad:?}: {report:#?}");
    }
    let nobody = Evidence::collect(&document, &pades_ltv::TrustStore::new(), &services, now()).unwrap_err();
    assert!(nobody.to_string().contains("no trust anchor"), "{nobody}");
    // Years later the signer's certificate has expired, and with it what anybody says about it.
    let late =
        Evidence::collect(&document, &world.trust, &world.authority.at(now().after(years(8))), now().after(years(8)));
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Evidence);
}
