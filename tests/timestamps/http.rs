//! Every way in which HTTP can fail, for timestamps and for evidence: words, class, and what to do.

use std::time::Duration;

use pades_ltv::authority::{Authority, Misbehaviour};
use pades_ltv::{Error, ErrorClass, ErrorKind, Fetch, FetchRequest, HttpFetch, HttpTsa, TimestampAuthority};

use crate::common::now;
use crate::server::{Server, answer};

/// What comes of asking at this address, for a timestamp and for each kind of evidence.
fn errors(url: &str) -> Vec<Error> {
    let wait = Duration::from_secs(2);
    let tsa = HttpTsa::new(url).unwrap().timeout(wait).answer_limit(1000).timestamp(b"query").unwrap_err();
    let fetch = HttpFetch::new().timeout(wait).answer_limit(1000);
    let fetch = |request| fetch.fetch(&request).unwrap_err();
    let url = url.to_owned();
    let certificate = fetch(FetchRequest::Certificate { url: url.clone() });
    let crl = fetch(FetchRequest::Crl { url: url.clone() });
    vec![tsa, certificate, crl, fetch(FetchRequest::Ocsp { url, body: b"query".to_vec() })]
}

#[test]
fn each_way_of_http_to_fail_has_its_words_and_its_class() {
    use ErrorClass::{Operator, Permanent, Retryable};

    let long = vec![b'0'; 1001];
    for (bytes, class, words, advice) in [
        (
            answer("400 Bad Request", "text/plain", b"what?"),
            Permanent,
            "answered 400 Bad Request: \"what?\"",
            "check the address",
        ),
        (
            answer("401 Unauthorized", "text/plain", b"who?"),
            Operator,
            "answered 401 Unauthorized: \"who?\"",
            "check user",
        ),
        (answer("403 Forbidden", "text/plain", b"no"), Operator, "answered 403 Forbidden: \"no\"", "check user"),
        (
            answer("404 Not Found", "text/plain", b"none"),
            Permanent,
            "answered 404 Not Found: \"none\"",
            "check the address",
        ),
        (answer("407 Proxy Authentication Required", "text/plain", b""), Operator, "answered 407 Proxy", "check user"),
        (
            answer("408 Request Timeout", "text/plain", b""),
            Retryable,
            "answered 408 Request Timeout",
            "try again later",
        ),
        (
            answer("429 Too Many Requests", "text/plain", b""),
            Retryable,
            "answered 429 Too Many Requests",
            "try again later",
        ),
        (
            answer("500 Internal Server Error", "text/html", b"<p>Oops"),
            Retryable,
            "answered 500 Internal Server Error: \"Oops\"",
            "try again",
        ),
        (
            answer("503 Service Unavailable", "text/plain", b"Down"),
            Retryable,
            "answered 503 Service Unavailable: \"Down\"",
            "try again",
        ),
        (answer("204 No Content", "text/plain", b""), Permanent, "answered 204 No Content", "check the address"),
        (
            answer("200 OK", "text/html", b"<p>Log in"),
            Operator,
            "a page instead of an answer: \"Log in\"",
            "check the address",
        ),
        (
            answer("200 OK", "application/timestamp-reply", &long),
            Permanent,
            "an answer of more than 1000 bytes",
            "allow more",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_vec(),
            Retryable,
            "gave no answer",
            "try again later",
        ),
        (b"no HTTP at all\r\n\r\n".to_vec(), Retryable, "gave no answer", "try again later"),
        (Vec::new(), Retryable, "gave no answer", "try again later"),
    ] {
        let server = Server::new(move |_| bytes.clone());
        for (error, kind) in errors(&server.url()).iter().zip([
            ErrorKind::Timestamp,
            ErrorKind::Fetch,
            ErrorKind::Fetch,
            ErrorKind::Fetch,
        ]) {
            assert_eq!((error.kind(), error.class()), (kind, class), "{error}");
            assert!(error.to_string().contains(words), "{words}: {error}");
            assert!(
                error.advice().unwrap().contains(advice) && error.place() == Some(server.url().as_str()),
                "{error}"
            );
        }
    }
}

#[test]
fn servers_that_are_silent_or_not_there_have_their_words() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let error = HttpTsa::new(&url).unwrap().timeout(Duration::from_millis(50)).timestamp(b"").unwrap_err();
    assert!(error.to_string().contains("gave no whole answer within 0.05 s"), "{error}");
    drop(silent);
    let error = HttpTsa::new(&url).unwrap().timestamp(b"").unwrap_err();
    assert!(error.to_string().contains("gave no answer") && error.class() == ErrorClass::Retryable, "{error}");
}

/// Some authorities refuse by the status of HTTP and in a `TimeStampResp` at once: both are kept.
#[test]
fn a_refusal_inside_a_refusal_is_kept() {
    let refusal = Authority::new("refusals", now()).unwrap();
    let refusal = refusal.at(now()).misbehaving(Misbehaviour::Rejected).timestamp(b"").unwrap();
    let server = Server::new(move |_| answer("400 Bad Request", "application/timestamp-reply", &refusal));
    let error = HttpTsa::new(server.url()).unwrap().timestamp(b"query").unwrap_err();
    for words in ["answered 400 Bad Request", "status 2: badDataFormat", "saying \"this is no TimeStampReq\""] {
        assert!(error.to_string().contains(words), "{error}");
    }
}
