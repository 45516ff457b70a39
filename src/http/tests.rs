use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::*;
use crate::port::TimestampAuthority;

/// A server that gives `answer` to the first who asks, and then tells what it was asked.
fn server(answer: impl AsRef<[u8]>) -> (String, JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/service", listener.local_addr().unwrap());
    let answer = answer.as_ref().to_vec();
    let asked = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut reader = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {
            let line = head.lines().last().unwrap_or_default().to_ascii_lowercase();
            length = line.strip_prefix("content-length: ").map_or(length, |value| value.parse().unwrap());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        reader.into_inner().write_all(&answer).unwrap();
        (head, body)
    });
    (url, asked)
}

fn answer(status: &str, content_type: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn timestamp(answer: impl AsRef<[u8]>) -> Result<Vec<u8>> {
    let (url, asked) = server(answer);
    let result = HttpTsa::new(url)?.timeout(Duration::from_secs(10)).timestamp(b"query");
    asked.join().unwrap();
    result
}

#[test]
fn a_query_is_posted_and_the_reply_handed_on() {
    let (url, asked) = server(answer("200 OK", "application/timestamp-reply", "0 any bytes"));
    let tsa = HttpTsa::new(url).unwrap().basic_auth("city", "秘密");
    assert_eq!(tsa.timestamp(b"\x30\x00").unwrap(), b"0 any bytes");
    let (head, body) = asked.join().unwrap();
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with("post /service http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-type: application/timestamp-query\r\n"), "{head}");
    assert!(
        head.contains(&format!("\r\nauthorization: basic {}\r\n", "Y2l0eTrnp5jlr4Y=".to_ascii_lowercase())),
        "{head}"
    );
    assert_eq!(body, b"\x30\x00");
    assert!(!format!("{tsa:?}").contains("Y2l0"), "{tsa:?}");
}

#[test]
fn certificates_and_crls_are_got_and_ocsp_is_posted() {
    let url = |url: &str| url.to_owned();
    let requests: [fn(String) -> FetchRequest; 3] = [
        |url| FetchRequest::Certificate { url },
        |url| FetchRequest::Crl { url },
        |url| FetchRequest::Ocsp { url, body: b"request".to_vec() },
    ];
    for (request, expected) in requests.into_iter().zip(["get ", "get ", "post "]) {
        let (address, asked) = server(answer("200 OK", "text/plain", "0 mislabelled"));
        assert_eq!(HttpFetch::new().fetch(&request(url(&address))).unwrap(), b"0 mislabelled");
        let (head, body) = asked.join().unwrap();
        assert!(head.to_ascii_lowercase().starts_with(expected), "{head}");
        assert_eq!(body, if expected == "post " { b"request".as_slice() } else { b"" });
    }
}

#[test]
fn refusals_keep_the_servers_words_and_say_whether_to_try_again() {
    let page = "<html><head><title>503</title></head><body>Maintenance until 09:00</body></html>";
    for (status, body, class, words) in [
        (
            "503 Service Unavailable",
            page,
            ErrorClass::Retryable,
            "503 Service Unavailable: \"503 Maintenance until 09:00\"",
        ),
        ("429 Too Many Requests", "", ErrorClass::Retryable, "429 Too Many Requests ("),
        ("404 Not Found", "no such service", ErrorClass::Permanent, "404 Not Found: \"no such service\""),
        ("401 Unauthorized", "who?", ErrorClass::Operator, "401 Unauthorized: \"who?\""),
        ("200 OK", page, ErrorClass::Operator, "a page instead of an answer: \"503 Maintenance"),
    ] {
        let error = timestamp(answer(status, "text/html; charset=utf-8", body)).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Timestamp, class), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.place().unwrap().starts_with("http://127.0.0.1:"), "{error}");
    }
}

#[test]
fn the_wait_that_a_server_asks_for_is_passed_on() {
    let error =
        timestamp("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n").unwrap_err();
    assert!(error.advice().unwrap().contains("Retry-After: 120"), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
}

#[test]
fn nothing_is_carried_elsewhere() {
    let error =
        timestamp("HTTP/1.1 301 Moved Permanently\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n")
            .unwrap_err();
    assert!(error.to_string().contains("301 Moved Permanently"), "{error}");
    assert!(error.advice().unwrap().contains("moved to https://other.example/"), "{error}");
    assert_eq!(error.class(), ErrorClass::Permanent);
}

#[test]
fn headers_are_sent_and_never_shown() {
    let (url, asked) = server(answer("200 OK", "application/timestamp-reply", "0"));
    let tsa = HttpTsa::new(url).unwrap().basic_auth("city", "old").header("X-Api-Key", "1").unwrap();
    let tsa = tsa.header("x-api-key", "a secret").unwrap().basic_auth("city", "秘密");
    assert!(!format!("{tsa:?}").contains("secret"));
    tsa.timestamp(b"query").unwrap();
    let head = asked.join().unwrap().0.to_ascii_lowercase();
    assert!(head.contains("\r\nx-api-key: a secret\r\n") && head.matches("authorization").count() == 1, "{head}");
    for (name, value) in
        [("Host", "elsewhere"), ("a b", "1"), ("", "1"), ("X-Key", "secret\r\nX: 1"), ("content-type", "text/html")]
    {
        let error = tsa.clone().header(name, value).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Timestamp, ErrorClass::Permanent), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn certificates_for_tls_are_read_when_they_are_given() {
    let tsa = || HttpTsa::new("https://tsa.example.jp/").unwrap();
    let chain = include_bytes!("../../tests/command/chain.pem");
    let key = include_bytes!("../../tests/command/key.pem");
    assert!(tsa().client_certificate(chain, key).and_then(|tsa| tsa.server_roots(chain)).is_ok());
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".as_slice();
    for pem in [b"".as_slice(), b"no PEM", key, broken] {
        let kinds =
            [tsa().server_roots(pem), tsa().client_certificate(pem, key)].map(|result| result.unwrap_err().kind());
        assert_eq!(kinds, [ErrorKind::Certificate; 2]);
    }
    let other = include_bytes!("../../tests/command/other-key.pem");
    for key in [chain.as_slice(), other, b""] {
        let error = tsa().client_certificate(chain, key).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Key, ErrorClass::Operator), "{error}");
    }
}

#[test]
fn broken_connections_are_worth_another_try() {
    for broken in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "no HTTP at all\r\n\r\n"] {
        let error = timestamp(broken).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Timestamp, ErrorClass::Retryable), "{error}");
    }
}

#[test]
fn answers_are_bounded_in_bytes_and_time() {
    let (url, asked) = server(answer("200 OK", "application/pkix-crl", "0123456789"));
    let error = HttpFetch::new().answer_limit(9).fetch(&FetchRequest::Crl { url }).unwrap_err();
    assert!(error.to_string().contains("more than 9 bytes"), "{error}");
    asked.join().unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let error = HttpTsa::new(url).unwrap().timeout(Duration::from_millis(50)).timestamp(b"").unwrap_err();
    assert!(error.to_string().contains("within 0.05 s") && error.class() == ErrorClass::Retryable, "{error}");
}

#[test]
fn only_web_addresses_without_passwords_are_asked() {
    for (url, words) in [
        ("ldap://ldap.example/cn=CA", "ldap:"),
        ("file:///etc/passwd", "file:"),
        ("tsa.example.jp", "does not begin with"),
        ("http://a b/", "not one that can be asked"),
        ("", "not one that can be asked"),
        ("https://city:秘密@tsa.example.jp/", "address"),
        ("https://city:secret@tsa.example.jp/", "give them apart"),
    ] {
        let error = HttpTsa::new(url).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Timestamp, ErrorClass::Permanent), "{error}");
        assert!(error.to_string().contains(words) && !error.to_string().contains("secret"), "{error}");
        assert!(HttpFetch::new().fetch(&FetchRequest::Crl { url: url.to_owned() }).is_err());
    }
}
