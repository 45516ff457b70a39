//! `CscSigner` against a service: what it asks, in which order, and what it makes of the answers.

use std::num::NonZeroUsize;
use std::time::Duration;

use pades_ltv::csc::{AuthData, Authorization, CscSigner, HttpCsc, Service};
use pades_ltv::{Batch, Document, Error, ErrorClass, ErrorKind, Prepared, Result, Signing, SigningInput, Update};

use crate::common::{ROOM, World, now, pdf, signature};
use crate::server::{Server, answer};
use crate::service::{OAUTH, Rules, SigningService, TOKEN};

fn http() -> HttpCsc {
    HttpCsc::new().timeout(Duration::from_secs(20))
}

fn signer_at(url: &str) -> Result<CscSigner> {
    CscSigner::new(http(), Service::new(url, TOKEN)?, "GX01")
}

fn signer(service: &SigningService) -> CscSigner {
    signer_at(&service.url()).unwrap()
}

fn calls(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
    expected.iter().map(|(method, hashes)| ((*method).to_owned(), *hashes)).collect()
}

/// `count` documents, all different.
fn envelope(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| pdf::table(&[format!("({number})").as_str()])).collect()
}

fn open(files: &[Vec<u8>]) -> Vec<Document<'_>> {
    files.iter().map(|file| Document::open(file.as_slice()).unwrap()).collect()
}

fn prepare(signer: &CscSigner, documents: &[Document<'_>]) -> Vec<Prepared> {
    let identity = signer.credential().identity();
    let prepare = |document| Signing::new(document, now()).timestamp_room(0).prepare(identity);
    documents.iter().map(|document| prepare(document).unwrap()).collect()
}

fn inputs(prepared: &[Prepared]) -> Vec<&SigningInput> {
    prepared.iter().map(Prepared::input).collect()
}

#[test]
fn one_document_is_signed_with_either_version() {
    for version in [1, 2] {
        let world = World::new();
        let device = world.authority.device("甲野太郎").unwrap();
        let service = SigningService::new(device, Rules { version, pin: Some("1234"), ..Rules::default() });
        let base = pdf::table(&[]);
        let document = Document::open(base.as_slice()).unwrap();
        let signer = signer(&service).auth(AuthData::new().pin("1234"));
        let signed = Signing::new(&document, now()).timestamp_room(ROOM).sign(&signer).unwrap();
        let file = signed.timestamp(&world.authority.at(now())).unwrap().finish().unwrap().apply(&base).unwrap();
        let report = world.verify_online(&file, now());
        assert_eq!(crate::common::verdict(signature(&report, "Signature1")), "TOTAL-PASSED");
        let expected = [("credentials/info", 0), ("credentials/authorize", 1), ("signatures/signHash", 1)];
        assert_eq!(service.calls(), calls(&expected));
    }
}

/// An envelope (封筒): one authorisation, one question, and the same again gives the same files.
#[test]
fn twenty_documents_take_one_authorisation() {
    let world = World::new();
    let service = SigningService::new(world.authority.device("甲野太郎").unwrap(), Rules::default());
    let signer = signer(&service);
    let files = envelope(20);
    let sign = || -> Vec<Update> {
        let documents = open(&files);
        let signings: Vec<Signing> =
            documents.iter().map(|document| Signing::new(document, now()).timestamp_room(0)).collect();
        let batch = Batch::new(&signings).threads(NonZeroUsize::new(3).unwrap());
        let signed = batch.sign_with(signer.credential().identity(), |inputs| signer.sign_all(inputs));
        signed.into_iter().map(|one| one.unwrap().finish().unwrap()).collect()
    };
    let updates = sign();
    let expected = [("credentials/info", 0), ("credentials/authorize", 20), ("signatures/signHash", 20)];
    assert_eq!(service.calls(), calls(&expected));
    for (update, file) in updates.iter().zip(&files) {
        let report = world.verify(&update.apply(file).unwrap(), now());
        assert!(signature(&report, "Signature1").intact);
    }
    assert_eq!(sign(), updates);
}

#[test]
fn more_than_one_authorisation_covers_are_authorised_in_several() {
    let world = World::new();
    let device = world.authority.device("甲野太郎").unwrap();
    let service = SigningService::new(device, Rules { multisign: 8, ..Rules::default() });
    let signer = signer(&service);
    let files = envelope(20);
    let documents = open(&files);
    let prepared = prepare(&signer, &documents);
    let values = signer.sign_all(&inputs(&prepared));
    for ((prepared, document), value) in prepared.into_iter().zip(&documents).zip(values) {
        prepared.complete(document, &value.unwrap()).unwrap();
    }
    let pair = |count| [("credentials/authorize", count), ("signatures/signHash", count)];
    let expected = [&[("credentials/info", 0)][..], &pair(8), &pair(8), &pair(4)].concat();
    assert_eq!(service.calls(), calls(&expected));
}

/// Where nobody asks for all at once, each document is authorised alone, on as many threads as one likes.
#[test]
fn one_signer_serves_many_threads() {
    let world = World::new();
    let service = SigningService::new(world.authority.device("甲野太郎").unwrap(), Rules::default());
    let signer = signer(&service);
    let files = envelope(8);
    let documents = open(&files);
    let signings: Vec<Signing> = documents.iter().map(|document| Signing::new(document, now())).collect();
    let signed = Batch::new(&signings).threads(NonZeroUsize::new(4).unwrap()).sign(&signer);
    assert!(signed.iter().all(Result::is_ok), "{signed:?}");
    assert_eq!(service.calls().len(), 1 + 2 * 8);
}

/// Activation data that last ten seconds are extended before each further question, and bound to what is left.
#[test]
fn an_authorisation_that_runs_out_is_extended() {
    let world = World::new();
    let device = world.authority.device("甲野太郎").unwrap();
    let service = SigningService::new(device, Rules { lifetime: (10, Duration::from_secs(10)), ..Rules::default() });
    let signer = signer(&service).hashes_per_request(NonZeroUsize::new(2).unwrap());
    let files = envelope(5);
    let documents = open(&files);
    let values = signer.sign_all(&inputs(&prepare(&signer, &documents)));
    assert!(values.iter().all(Result::is_ok), "{values:?}");
    let expected = [
        ("credentials/info", 0),
        ("credentials/authorize", 5),
        ("signatures/signHash", 2),
        ("credentials/extendTransaction", 3),
        ("signatures/signHash", 2),
        ("credentials/extendTransaction", 1),
        ("signatures/signHash", 1),
    ];
    assert_eq!(service.calls(), calls(&expected));
}

/// The service says that they have expired: once more where that takes nobody, else an error that says so.
#[test]
fn an_expired_authorisation_is_asked_for_once_more() {
    let world = World::new();
    let files = envelope(2);
    let documents = open(&files);
    let expired = || {
        let body = br#"{"error": "invalid_request", "error_description": "SAD expired"}"#;
        answer("400 Bad Request", "application/json", body)
    };
    for (times, otp, good) in [(1, None, true), (2, None, false), (1, Some("738496"), false)] {
        let device = world.authority.device("甲野太郎").unwrap();
        let service = SigningService::interrupted(device, Rules::default(), move |method, before| {
            (method == "signatures/signHash" && before < times).then(expired)
        });
        let auth = otp.map_or(AuthData::new(), |otp| AuthData::new().otp(otp));
        let signer = signer(&service).auth(auth);
        let values = signer.sign_all(&inputs(&prepare(&signer, &documents)));
        assert!(values.iter().all(|value| value.is_ok() == good), "{times} {otp:?}: {values:?}");
        for error in values.into_iter().filter_map(Result::err) {
            assert_eq!((error.kind(), error.class()), (ErrorKind::Signer, ErrorClass::Retryable), "{error}");
            assert!(error.to_string().contains("SAD expired\"; authorise again"), "{error}");
        }
    }
}

/// What one question failed for is an error for each that was in it; the others are signed.
#[test]
fn what_fails_on_the_way_leaves_the_rest_signed() {
    let world = World::new();
    let device = world.authority.device("甲野太郎").unwrap();
    let rules = Rules { multisign: 3, ..Rules::default() };
    let service = SigningService::interrupted(device, rules, |method, before| {
        (method == "signatures/signHash" && before == 1)
            .then(|| answer("503 Service Unavailable", "text/html", b"<p>Maintenance</p>"))
    });
    let signer = signer(&service);
    let files = envelope(7);
    let documents = open(&files);
    let values = signer.sign_all(&inputs(&prepare(&signer, &documents)));
    let good: Vec<bool> = values.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, true, true, false, false, false, true]);
    for error in values.into_iter().filter_map(Result::err) {
        assert_eq!(error.class(), ErrorClass::Retryable, "{error}");
        assert!(error.to_string().contains("503: \"Maintenance\""), "{error}");
    }
}

/// What somebody has to deal with first is asked once, however many authorisations there would be: wrong PINs lock credentials.
#[test]
fn a_wrong_pin_is_given_once() {
    let world = World::new();
    let rules = Rules { multisign: 2, pin: Some("1234"), ..Rules::default() };
    let service = SigningService::new(world.authority.device("甲野太郎").unwrap(), rules);
    let signer = signer(&service).auth(AuthData::new().pin("4321"));
    let files = envelope(7);
    let documents = open(&files);
    let values = signer.sign_all(&inputs(&prepare(&signer, &documents)));
    assert_eq!(service.calls(), calls(&[("credentials/info", 0), ("credentials/authorize", 2)]));
    assert_eq!(values.len(), 7);
    for error in values.into_iter().map(Result::unwrap_err) {
        assert_eq!(error.class(), ErrorClass::Operator, "{error}");
        assert!(error.to_string().contains("Credential locked"), "{error}");
    }
}

/// Values in another order, or for something else, are each refused for their own document.
#[test]
fn swapped_values_are_refused() {
    let world = World::new();
    let service = SigningService::new(world.authority.device("甲野太郎").unwrap(), Rules::default());
    let signer = signer(&service);
    let files = envelope(3);
    let documents = open(&files);
    let signings: Vec<Signing> = documents.iter().map(|document| Signing::new(document, now())).collect();
    let signed = Batch::new(&signings).sign_with(signer.credential().identity(), |inputs| {
        let mut values = signer.sign_all(inputs);
        values.swap(0, 1);
        values
    });
    let errors: Vec<Option<Error>> = signed.into_iter().map(Result::err).collect();
    for error in errors[..2].iter().flatten() {
        assert_eq!((error.kind(), error.class()), (ErrorKind::Signer, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("is the one to this very request"), "{error}");
    }
    assert_eq!(errors.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn a_wrong_pin_needs_somebody() {
    let world = World::new();
    let device = world.authority.device("甲野太郎").unwrap();
    let service = SigningService::new(device, Rules { pin: Some("1234"), ..Rules::default() });
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    for (auth, words) in [
        (AuthData::new(), "wants PIN, and nothing was given"),
        (AuthData::new().pin("4321"), "refused credentials/authorize"),
    ] {
        let error = Signing::new(&document, now()).sign(&signer(&service).auth(auth)).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Signer, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains(words) && !error.to_string().contains("4321"), "{error}");
    }
}

/// Somebody confirms on a telephone: with patience it is waited for, and without it is an error.
#[test]
fn a_pending_authorisation_is_waited_for_or_reported() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    for (patience, good) in [(Duration::from_secs(60), true), (Duration::ZERO, false)] {
        let device = world.authority.device("甲野太郎").unwrap();
        let service = SigningService::new(device, Rules { pending: 2, ..Rules::default() });
        let signed = Signing::new(&document, now()).sign(&signer(&service).patience(patience));
        let checks = service.calls().iter().filter(|(method, _)| method == "credentials/authorizeCheck").count();
        assert_eq!((signed.is_ok(), checks), (good, if good { 2 } else { 0 }));
        if let Err(error) = signed {
            assert_eq!(error.class(), ErrorClass::Operator, "{error}");
            assert!(error.to_string().contains("confirm it elsewhere"), "{error}");
        }
    }
}

/// The access token is the authorisation, and nothing else is asked for.
#[test]
fn a_credential_under_oauth_takes_the_token() {
    let world = World::new();
    let device = world.authority.device("甲野太郎").unwrap();
    let service = SigningService::new(device, Rules { oauth: true, ..Rules::default() });
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let error = Signing::new(&document, now()).sign(&signer(&service)).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Operator, "{error}");
    assert!(error.to_string().contains("scope credential"), "{error}");

    let until = pades_ltv::Time::from(std::time::SystemTime::now()).after(Duration::from_secs(60));
    let authorized = signer(&service).authorization(Authorization::new(OAUTH, until));
    assert!(Signing::new(&document, now()).sign(&authorized).is_ok());
    assert_eq!(service.calls().last().unwrap().0, "signatures/signHash");
    assert!(service.calls().iter().all(|(method, _)| method != "credentials/authorize"));

    let expired = signer(&service).authorization(Authorization::new(OAUTH, pades_ltv::Time::from_unix(0)));
    let error = Signing::new(&document, now()).sign(&expired).unwrap_err();
    assert!(error.to_string().contains("the authorisation expired at"), "{error}");
}

/// One clear error for each way in which a server can be no signing service.
#[test]
fn servers_that_are_none_are_told_apart() {
    let elsewhere =
        b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:9/csc/v2/info\r\nContent-Length: 0\r\n\r\n".to_vec();
    let page = answer("200 OK", "text/html", b"<html><title>Log in</title></html>");
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec();
    let huge = answer("200 OK", "application/json", &vec![b' '; (4 << 20) + 1]);
    let busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n".to_vec();
    let missing = answer("404 Not Found", "text/plain", b"no such thing");
    for (answer, class, words) in [
        (elsewhere, ErrorClass::Permanent, "307; check the service's address"),
        (page, ErrorClass::Operator, "a page instead of JSON: \"Log in\""),
        (cut, ErrorClass::Retryable, "gave no answer"),
        (huge, ErrorClass::Permanent, "more than 4194304 bytes"),
        (busy, ErrorClass::Retryable, "429; try again later (Retry-After: 7)"),
        (missing, ErrorClass::Permanent, "404: \"no such thing\"; check the service's address"),
        (Vec::new(), ErrorClass::Retryable, "gave no answer"),
    ] {
        let server = Server::new(move |_| answer.clone());
        let error = signer_at(&format!("{}csc/v2", server.url())).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Signer, class), "{error}");
        let text = error.to_string();
        assert!(text.contains(words) && text.contains("http://127.0.0.1:") && !text.contains(TOKEN), "{text}");
    }
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let service = Service::new(&format!("http://{}/csc/v2", silent.local_addr().unwrap()), TOKEN).unwrap();
    let error = HttpCsc::new().timeout(Duration::from_millis(50)).ask(&service.info()).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Retryable, "{error}");
    assert!(error.to_string().contains("within 0.05 s"), "{error}");
}
