//! Servers: timestamps and evidence over HTTP, and every way in which a server can fail.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

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

/// A server that answers so before it stamps, so often; with the lines of its questions.
fn late(refusals: usize, refusal: &'static str) -> Server {
    let (authority, asked) = (authority(), AtomicUsize::new(0));
    Server::new(move |question| match asked.fetch_add(1, Ordering::SeqCst) < refusals {
        true => answer(refusal, "text/plain", b"not now"),
        false => {
            answer("200 OK", "application/timestamp-reply", &authority.at(now()).timestamp(&question.body).unwrap())
        }
    })
}

#[test]
fn the_next_authority_is_asked_and_the_first_is_named() {
    let (bench, gone, bad, good) =
        (Bench::new(), late(9, "404 Not Found"), tsa(Some(Misbehaviour::NoCertificate)), tsa(None));
    let all = format!("--tsa {} --tsa {} --tsa {} --at {NOW}", gone.url(), bad.url(), good.url());
    let run = bench.does(&format!("sign --key {KEY} --chain {CHAIN} {all} {CONTRACT} signed.pdf"));
    for words in ["WARNING: another authority", "404 Not Found", &gone.url(), "not in the token", &bad.url()] {
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
    let run = bench.does(&format!("timestamp --lang ja {all} {CONTRACT} stamped.pdf"));
    assert!(run.err.contains("警告: ほかのタイムスタンプ局"), "{}", run.err);
    // All fail: every one is named, and nothing is written.
    let all = format!("timestamp --tsa {} --tsa {} {CONTRACT} out.pdf", gone.url(), bad.url());
    bench.fails_in_both(
        all.split(' '),
        &["no timestamp authority gave", "[1]", "404", "[2]", "not in the token"],
        "要求を拒否しました",
    );
}

#[test]
fn what_may_help_is_tried_again_when_told() {
    let bench = Bench::new();
    let busy = late(1, "503 Service Unavailable");
    bench.fails(["timestamp", "--tsa", &busy.url(), CONTRACT, "out.pdf"], &["503 Service Unavailable"]);
    let busy = late(1, "503 Service Unavailable");
    let run = bench.does(&format!("timestamp --retry 1 --tsa {} --at {NOW} {CONTRACT} out.pdf", busy.url()));
    assert!(run.err.contains("503 Service Unavailable") && run.err.contains("WARNING"), "{}", run.err);
}

#[test]
fn terms_and_timeouts_reach_the_authority() {
    let (bench, tsa) = (Bench::new(), tsa(None));
    let url = tsa.url();
    let policy = "1.3.6.1.4.1.32473.1.2";
    bench.does(&format!(
        "sign --tsa {url} --tsa-digest sha512 --tsa-policy {policy} --tsa-timeout 9 --at {NOW} {CONTRACT} out.pdf"
    ));
    // The imprint's algorithm: SHA-512.
    let sha512 = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03";
    let hex = bench.read("out.pdf").to_ascii_lowercase();
    let digits: String = sha512.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(hex.windows(digits.len()).any(|window| window == digits.as_bytes()));
    for command in ["sign", "timestamp"] {
        let other = format!("{command} --tsa {url} --tsa-policy 1.2.3.4 --at {NOW} {CONTRACT} other.pdf");
        bench.fails(other.split(' '), &["unacceptedPolicy", "the policy is not supported"]);
    }
    bench.does(&format!("augment --lta --trust {CHAIN} --tsa {url} --tsa-digest sha384 --at {NOW} {CONTRACT} lta.pdf"));
}

/// A password goes to the server that it was given for, and to no other.
#[test]
fn each_server_hears_its_own_password() {
    type Heard = Arc<Mutex<Vec<String>>>;
    let listening = |heard: &Heard| {
        let heard = Arc::clone(heard);
        Server::new(move |question| {
            let line = question.head.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization:"));
            heard.lock().unwrap().push(line.unwrap_or("none").to_owned());
            answer("403 Forbidden", "text/plain", b"no")
        })
    };
    let (bench, one, other) = (Bench::new(), Heard::default(), Heard::default());
    let (first, second) = (listening(&one), listening(&other));
    bench.write("pass", "secret\nand no more");
    let words = format!(
        "timestamp --tsa {} --tsa {} --tsa-user city --tsa-pass-file pass {CONTRACT} out.pdf",
        first.url(),
        second.url()
    );
    let run = bench.fails(words.split(' '), &["403 Forbidden"]);
    assert!(!run.err.contains("secret"), "{}", run.err);
    let set = [("PADES_TSA_USER", "town"), ("PADES_TSA_PASSWORD", "other")];
    assert_eq!(bench.pades_with(words.split(' '), &set).code, 4);
    // "city:secret" and "town:other" in base64.
    assert!(other.lock().unwrap().iter().all(|line| line.ends_with("Y2l0eTpzZWNyZXQ=")), "{other:?}");
    assert_eq!(one.lock().unwrap()[0], "none");
    assert!(one.lock().unwrap()[1].ends_with("dG93bjpvdGhlcg=="), "{one:?}");
}

/// Headers come from a file, reach their server, and stand in no error.
#[test]
fn headers_come_from_a_file_and_are_never_shown() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listening = Arc::clone(&heard);
    let server = Server::new(move |question| {
        listening.lock().unwrap().extend(question.head.lines().map(str::to_ascii_lowercase));
        answer("403 Forbidden", "text/plain", b"no")
    });
    let bench = Bench::new();
    bench.write("headers", "X-Api-Key: open sesame\n\nX-Tenant:city\n");
    let words = format!("timestamp --tsa {} --tsa-header-file headers {CONTRACT} out.pdf", server.url());
    let run = bench.fails(words.split(' '), &["403 Forbidden"]);
    assert!(!run.err.contains("sesame"), "{}", run.err);
    let lines = heard.lock().unwrap().clone();
    assert!(
        ["x-api-key: open sesame", "x-tenant: city"].iter().all(|one| lines.iter().any(|line| line == one)),
        "{lines:?}"
    );
    for (headers, cause) in [
        ("X-Key: a\nopen sesame", "line 2"),
        ("Host: open sesame", "this header cannot be sent"),
        ("bad name: open sesame", "this header cannot be sent"),
        ("X-Key: open\u{7f}sesame", "this header cannot be sent"),
    ] {
        bench.write("headers", headers);
        let run = bench.fails(words.split(' '), &["--tsa-header-file: cannot use headers", cause]);
        assert!(!run.err.contains("sesame"), "{}", run.err);
    }
}

/// Three files, each a run of its own inside: the pace is that of all together.
#[test]
fn a_server_is_asked_at_its_pace_over_all_files() {
    let (bench, tsa) = (Bench::new(), tsa(None));
    let words = |rate: &str, folder: &str| {
        std::fs::create_dir(bench.path(folder)).unwrap();
        for name in ["a.pdf", "b.pdf", "c.pdf"] {
            bench.write(name, std::fs::read(CONTRACT).unwrap());
        }
        let url = tsa.url();
        format!("sign --out-dir {folder} --key {KEY} --chain {CHAIN} --tsa {url}{rate} --at {NOW} a.pdf b.pdf c.pdf")
    };
    let start = std::time::Instant::now();
    bench.does(&words(" --tsa-rate 2/s", "slow"));
    assert!(start.elapsed() >= std::time::Duration::from_secs(1), "{:?}", start.elapsed());
    // Each renewal is a run of its own inside.
    bench.write("anchor.pem", crate::bench::signed().read("anchor.pem"));
    bench.write("tsa.pem", authority().root_pem());
    std::fs::create_dir(bench.path("old")).unwrap();
    std::fs::create_dir(bench.path("new")).unwrap();
    for name in ["old/a.pdf", "old/b.pdf", "old/c.pdf"] {
        bench.write(name, crate::bench::signed().read("archived.pdf"));
    }
    let start = std::time::Instant::now();
    let run = bench.does(&format!(
        "renew --out-dir new --within 9999d --trust anchor.pem --trust tsa.pem --tsa {} --tsa-rate 2/s --at {NOW} old",
        tsa.url()
    ));
    assert!(run.err.contains("3 of 3"), "{}{}", run.out, run.err);
    assert!(start.elapsed() >= std::time::Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn options_of_authorities_that_make_no_sense_are_refused() {
    let bench = Bench::new();
    bench.write("other.pem", std::fs::read(crate::bench::OTHER_KEY).unwrap());
    bench.write("anchor.pem", authority().root_pem());
    for (words, cause) in [
        ("--tsa-user city", "--tsa-user is given without --tsa"),
        ("--tsa-policy 1.2.3", "--tsa-policy is given without --tsa"),
        ("--retry 3", "--retry is given without --tsa"),
        ("--tsa http://x/ --tsa local", "exclude one another"),
        ("--tsa http://x/ --tsa-pass-file f", "--tsa-pass-file is given without --tsa-user"),
        ("--tsa http://x/ --tsa-cert f", "--tsa-cert and --tsa-key"),
        ("--tsa http://x/ --tsa-policy policy", "OID"),
        ("--tsa http://x/ --tsa-digest md5", "sha256"),
        ("--tsa http://x/ --tsa-timeout 0", "1 … 3600"),
        ("--tsa http://x/ --retry many", "0 … 20"),
        ("--tsa http://x/ --tsa-rate fast", "10/s"),
        ("--tsa http://x/ --tsa-rate 0/s", "10/s"),
        ("--tsa-rate 1/s", "--tsa-rate is given without --tsa"),
        ("--tsa http://x/ --tsa-header-file missing", "missing"),
        ("--tsa ftp://x/", "ftp: are not supported"),
        ("--tsa http://x/ --tsa-ca missing.pem", "missing.pem"),
        ("--tsa http://x/ --tsa-user city --tsa-pass-file missing", "missing"),
        (
            concat!(
                "--tsa https://x/ --tsa-key other.pem --tsa-cert ",
                env!("CARGO_MANIFEST_DIR"),
                "/tests/command/chain.pem"
            ),
            "no private key for the client's certificate",
        ),
    ] {
        for command in ["sign", "timestamp", "augment --lta --trust anchor.pem"] {
            let line = format!("{command} {words} {CONTRACT} out.pdf");
            bench.fails(line.split(' '), &[cause]);
        }
    }
    for topic in ["sign", "timestamp", "augment"] {
        for language in ["en", "ja"] {
            let run = bench.does(&format!("help {topic} --lang {language}"));
            for option in [
                "--tsa-user",
                "--tsa-pass-file",
                "--tsa-cert",
                "--tsa-key",
                "--tsa-ca",
                "--tsa-policy",
                "--tsa-digest",
                "--tsa-timeout",
                "--tsa-header-file",
                "--tsa-rate",
                "--retry",
            ] {
                assert!(run.out.contains(option) && !run.out.contains('{'), "{topic} {language} {option}");
            }
        }
    }
}
