//! Several authorities, asked in order, again, and not too often.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pades_ltv::authority::{Authority, Misbehaviour};
use pades_ltv::{
    Document, Error, ErrorClass, Failover, HttpTsa, Limited, Punctual, Rate, Refusals, Result, Retry, Retrying,
    TimestampAuthority, Timestamping,
};

use crate::common::{CONTRACT, now};
use crate::server::{Server, answer};

/// A server that refuses so often, and then stamps.
fn late(refusals: usize, refusal: &'static str) -> Server {
    let (authority, asked) = (Authority::new("several", now()).unwrap(), AtomicUsize::new(0));
    Server::new(move |question| match asked.fetch_add(1, Ordering::SeqCst) < refusals {
        true => format!("HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes(),
        false => {
            let token = authority.at(now()).timestamp(&question.body).unwrap();
            answer("200 OK", "application/timestamp-reply", &token)
        }
    })
}

fn stamp(tsa: &impl TimestampAuthority) -> Result<Vec<u8>> {
    let document = Document::open(CONTRACT)?;
    Timestamping::new(&document, now()).timestamp(tsa)?.apply(CONTRACT)
}

#[test]
fn a_server_that_wants_to_be_left_alone_is_left_alone() {
    for (refusals, refusal, waits) in [
        (2, "503 Service Unavailable", &[1, 2][..]),
        (1, "429 Too Many Requests\r\nRetry-After: 7", &[7]),
        (1, "503 Busy\r\nDate: Wed, 07 Oct 2026 00:25:23 GMT\r\nRetry-After: Wed, 07 Oct 2026 00:25:43 GMT", &[20]),
    ] {
        let (server, waited) = (late(refusals, refusal), Mutex::new(Vec::new()));
        let pause = |wait: Duration| waited.lock().unwrap().push(wait.as_secs());
        let tsa = Retrying::new(HttpTsa::new(server.url()).unwrap(), Retry::times(3), pause);
        assert!(stamp(&tsa).is_ok(), "{refusal}");
        assert_eq!(*waited.lock().unwrap(), waits, "{refusal}");
    }
    // Too long to wait for: the error says how long, and nobody waits.
    let server = late(1, "429 Too Many Requests\r\nRetry-After: 3600");
    let tsa = Retrying::new(HttpTsa::new(server.url()).unwrap(), Retry::times(3), |_| panic!("waited"));
    let error = stamp(&tsa).unwrap_err();
    assert_eq!((error.class(), error.retry_after()), (ErrorClass::Retryable, Some(Duration::from_secs(3600))));
    // What no waiting mends is asked once.
    let server = late(1, "404 Not Found");
    let tsa = Retrying::new(HttpTsa::new(server.url()).unwrap(), Retry::times(3), |_| panic!("waited"));
    assert_eq!(stamp(&tsa).unwrap_err().class(), ErrorClass::Permanent);
}

#[test]
fn the_next_is_asked_and_every_refusal_is_told() {
    let authority = Authority::new("several", now()).unwrap();
    let (gone, good) = (late(9, "404 Not Found"), late(0, ""));
    let told = Mutex::new(Vec::new());
    let all = Failover::new("broken", authority.at(now()).misbehaving(Misbehaviour::BadSignature))
        .or(gone.url(), HttpTsa::new(gone.url()).unwrap())
        .or(good.url(), HttpTsa::new(good.url()).unwrap())
        .or("never asked", authority.at(now()).misbehaving(Misbehaviour::Empty))
        .on_refusal(|refusal| told.lock().unwrap().push(refusal.to_string()));
    assert!(stamp(&all).is_ok());
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("broken: the timestamp authority's answer is not usable"), "{told:?}");
    assert!(told[1].contains("404 Not Found") && told[1].matches(&gone.url()).count() == 1, "{told:?}");
}

/// All fail: an error that has all of them, and never a document without the timestamp.
#[test]
fn no_timestamp_at_all_is_an_error_with_every_refusal() {
    let services = Authority::new("several", now()).unwrap();
    let bad = |bad| services.at(now()).misbehaving(bad);
    let (busy, asked) = (late(99, "503 Service Unavailable\r\nRetry-After: 5"), Mutex::new(0));
    let all = Failover::new("a", bad(Misbehaviour::NoCertificate))
        .or("b", HttpTsa::new(busy.url()).unwrap())
        .or("c", bad(Misbehaviour::WrongImprint).misbehaving(Misbehaviour::RejectedPolicy));
    let again = Retrying::new(all, Retry::times(2), |wait: Duration| {
        assert_eq!(wait.as_secs(), 5);
        *asked.lock().unwrap() += 1;
    });
    let error: Error = stamp(&again).unwrap_err();
    let words = error.to_string();
    for part in
        ["[1] a: ", "but is not in the token", "[2] b: ", "503 Service Unavailable", "[3] c: ", "unacceptedPolicy"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!((error.class(), *asked.lock().unwrap()), (ErrorClass::Retryable, 2));
    let source = std::error::Error::source(&error).unwrap();
    let classes: Vec<ErrorClass> =
        source.downcast_ref::<Refusals>().unwrap().iter().map(|one| one.error().class()).collect();
    assert_eq!(classes, [ErrorClass::Operator, ErrorClass::Retryable, ErrorClass::Operator]);
}

/// Eight threads share one limit in front of one server.
#[test]
fn threads_ask_no_more_often_than_they_may() {
    let authority = Authority::new("several", now()).unwrap();
    let waited = Mutex::new(Vec::new());
    let tsa = Limited::new(
        authority.at(now()),
        Rate::new(2, Duration::from_secs(1)).burst(4),
        || Duration::ZERO,
        |wait: Duration| waited.lock().unwrap().push(wait.as_millis()),
    );
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert!(stamp(&tsa).is_ok()));
        }
    });
    let mut waited = waited.lock().unwrap().clone();
    waited.sort_unstable();
    assert_eq!(waited, [500, 1000, 1500, 2000]);
}

/// RFC 3161 asks nobody to look at a clock: whoever has one says how far it may be off.
#[test]
fn a_timestamp_fits_the_clock_of_who_asked() {
    let authority = Authority::new("several", now()).unwrap();
    let (hour, minute) = (Duration::from_secs(3_600), Duration::from_secs(60));
    let ahead = authority.at(now());
    let ahead = ahead.misbehaving(Misbehaviour::FutureTime);
    assert!(stamp(&ahead).is_ok());
    let error = stamp(&Punctual::new(&ahead, now, minute)).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Operator);
    assert!(error.to_string().contains("lies ahead: the clock allows for 2026-10-07T00:26:23Z"), "{error}");
    assert!(stamp(&Punctual::new(&ahead, now, hour)).is_ok());
    let behind = authority.at(now());
    let late = || now().after(hour);
    let error = stamp(&Punctual::new(&behind, late, minute)).unwrap_err().to_string();
    assert!(error.contains("lies before it was asked for"), "{error}");
    assert!(stamp(&Punctual::new(&behind, late, hour)).is_ok());
}
