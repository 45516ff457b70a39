//! Servers: timestamps and evidence over HTTP, and every way in which a server can fail.

use pades_ltv::authority::{Authority, Misbehaviour};
use pades_ltv::{Fetch, FetchRequest, Time, TimestampAuthority};

use crate::bench::{Bench, CHAIN, CONTRACT, KEY, NOW};
use crate::server::{Question, Server, answer};

fn now() -> Time {
    NOW.parse().unwrap()
}

fn authority() -> Authority {
    Authority::new("servers of the command's tests", now()).unwrap()
}

/// A timestamp authority at an address, misbehaving so.
fn tsa(misbehaviour: Option<Misbehaviour>) -> Server {
    let authority = authority();
    Server::new(move |question| {
        assert!(question.line.starts_with("POST / "), "{}", question.line);
        assert!(question.head.to_ascii_lowercase().contains("content-type: application/timestamp-query"));
        let services = authority.at(now());
        let services = misbehaviour.into_iter().fold(services, |services, one| services.misbehaving(one));
        answer("200 OK", "application/timestamp-reply", &services.timestamp(&question.body).unwrap())
    })
}

/// All the authority's servers behind one proxy.
fn proxy() -> Server {
    let authority = authority();
    Server::new(move |question| {
        let path = question.line.split(' ').nth(1).unwrap();
        let url = format!("http://authority.invalid{path}");
        let requests = [
            FetchRequest::Ocsp { url: url.clone(), body: question.body.clone() },
            FetchRequest::Crl { url: url.clone() },
            FetchRequest::Certificate { url },
        ];
        let services = authority.at(now());
        match requests.iter().find_map(|request| services.fetch(request).ok()) {
            Some(body) => answer("200 OK", "application/octet-stream", &body),
            None => answer("404 Not Found", "text/plain", b"no such thing"),
        }
    })
}

#[test]
fn timestamps_come_over_http() {
    let (bench, tsa) = (Bench::new(), tsa(None));
    bench.write("anchor.pem", authority().root_pem());
    let url = tsa.url();
    bench.does(&format!("sign --key {KEY} --chain {CHAIN} --tsa {url} --at {NOW} {CONTRACT} signed.pdf"));
    bench.does(&format!("timestamp --tsa {url} --at {NOW} signed.pdf stamped.pdf"));
    let run = bench.pades(["verify", "--json", "--at", NOW, "--trust", CHAIN, "--trust", "anchor.pem", "stamped.pdf"]);
    assert!(run.out.contains("\"level\":\"B-T\"") && run.out.contains("document_timestamp"), "{}", run.out);
}

#[test]
fn evidence_comes_over_http_when_online() {
    let (bench, tsa, proxy) = (Bench::new(), tsa(None), proxy());
    bench.write("anchor.pem", authority().root_pem());
    let url = tsa.url();
    bench.does(&format!("sign --key {KEY} --chain {CHAIN} --tsa {url} --at {NOW} {CONTRACT} signed.pdf"));
    let augment = format!("augment --lta --trust {CHAIN} --trust anchor.pem --tsa {url} --at {NOW} signed.pdf out.pdf");
    bench.fails(augment.split(' '), &["evidence is missing", "--online"]);
    let proxies = [("HTTP_PROXY", proxy.url()), ("NO_PROXY", "127.0.0.1".to_owned())];
    let set: Vec<(&str, &str)> = proxies.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let run = bench.pades_with(augment.split(' ').chain(["--online"]), &set);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let run = bench.pades(["verify", "--json", "--at", NOW, "--trust", CHAIN, "--trust", "anchor.pem", "out.pdf"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("\"level\":\"B-LTA\""), "{}", run.out);
}

#[test]
fn a_stamp_without_evidence_of_its_own_is_kept_with_a_warning() {
    let (bench, tsa) = (Bench::new(), tsa(None));
    bench.write("anchor.pem", authority().root_pem());
    let url = tsa.url();
    let run = bench.does(&format!("augment --lta --trust anchor.pem --tsa {url} --at {NOW} {CONTRACT} out.pdf"));
    assert!(run.err.contains("WARNING") && run.err.contains("revocation data"), "{}", run.err);
}

#[test]
fn a_server_that_fails_is_quoted_and_nothing_is_written() {
    type Answer = fn(&Question) -> Vec<u8>;
    let cases: [(Answer, &[&str]); 8] = [
        (
            |_| answer("503 Service Unavailable", "text/html", b"<html><body>Down until 09:00</body></html>"),
            &["503 Service Unavailable", "Down until 09:00", "try again later"],
        ),
        (
            |_| b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n".to_vec(),
            &["429 Too Many Requests", "60"],
        ),
        (
            |_| answer("401 Unauthorized", "text/plain", b"who are you?"),
            &["401 Unauthorized", "who are you?", "password"],
        ),
        (|_| answer("404 Not Found", "text/html", b"<h1>Not here</h1>"), &["404 Not Found", "Not here", "address"]),
        (
            |_| answer("200 OK", "text/html; charset=utf-8", b"<html>Please log in</html>"),
            &["a page instead of an answer", "Please log in"],
        ),
        (
            |_| answer("200 OK", "application/timestamp-reply", b"\xde\xad\xbe\xef"),
            &["the timestamp authority's answer is not usable"],
        ),
        (|_| answer("200 OK", "text/plain", b"0\x03\x02\x01"), &["the timestamp authority's answer is not usable"]),
        (|_| Vec::new(), &["the timestamp authority gave no answer", "try again later"]),
    ];
    let bench = Bench::new();
    for (answer, causes) in cases {
        let server = Server::new(answer);
        let url = server.url();
        bench.fails(["sign", "--tsa", &url, CONTRACT, "out.pdf"], causes);
        let run = bench.fails(["timestamp", "--tsa", &url, CONTRACT, "out.pdf"], causes);
        let is_quoted = run.err.contains(&url) || causes[0].contains("not usable");
        assert!(is_quoted, "{}", run.err);
    }
}

#[test]
fn an_answer_that_is_not_the_one_asked_for_is_refused() {
    use Misbehaviour::*;

    let bench = Bench::new();
    let wrong = [
        HtmlPage,
        Empty,
        Garbage,
        TrailingData,
        Rejected,
        NoToken,
        WrongNonce,
        MissingNonce,
        WrongImprint,
        WrongImprintAlgorithm,
        NoCertificate,
        WrongCertificate,
        NoSigningCertificate,
        ExpiredCertificate,
        NotYetValid,
        NoExtendedKeyUsage,
        NonCriticalExtendedKeyUsage,
        SecondExtendedKeyUsage,
        BadSignature,
        WrongMessageDigest,
        TwoSigners,
    ];
    for misbehaviour in wrong {
        let server = tsa(Some(misbehaviour));
        let url = server.url();
        let run = bench.fails(["sign", "--tsa", &url, "--at", NOW, CONTRACT, "out.pdf"], &["answer is not usable"]);
        println!("{misbehaviour:?}: {}", run.err);
    }
}

#[test]
fn user_and_password_come_from_the_environment_and_go_nowhere_else() {
    let server = Server::new(|question| {
        // "city:secret" in base64.
        let is_known = question.head.to_ascii_lowercase().contains("authorization: basic y2l0etpzzwnyzxq=");
        let status = if is_known { "403 Forbidden" } else { "401 Unauthorized" };
        answer(status, "text/plain", b"no")
    });
    let (bench, url) = (Bench::new(), server.url());
    let sign = ["sign", "--tsa", &url, CONTRACT, "out.pdf"];
    let run = bench.pades_with(sign, &[("PADES_TSA_USER", "city"), ("PADES_TSA_PASSWORD", "secret")]);
    assert!(run.code == 4 && run.err.contains("403 Forbidden") && !run.err.contains("secret"), "{}", run.err);
    let with_password = url.replace("http://", "http://city:secret@");
    let run = bench.fails(["sign", "--tsa", &with_password, CONTRACT, "out.pdf"], &["password"]);
    assert!(!run.err.contains("secret"), "{}", run.err);
    bench.fails(["sign", "--tsa", "ldap://127.0.0.1/", CONTRACT, "out.pdf"], &["ldap:"]);
}
