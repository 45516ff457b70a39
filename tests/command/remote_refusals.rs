//! What `sign --csc` refuses, and what it says of services that refuse or make no sense.

use serde_json::Value;

use crate::bench::{Bench, CONTRACT, NOW};
use crate::remote::Desk;
use crate::server::{Server, answer};
use crate::service::{Rules, TOKEN};

#[test]
fn each_refusal_has_its_words_and_its_class() {
    let desk = Desk::new(Rules { ids: &["GX01", "GX02\u{202e}"], multisign: 2, ..Rules::default() });
    let names = desk.contracts(3);
    let many = format!("--out-dir out {names}");
    for (words, kind, class, cause, japanese) in [
        ("--csc-pin-file pin ONE", "key", "operator", "none was named (GX01, GX02", "--csc-credential で指定"),
        (
            "--csc-credential GX01 ONE",
            "signer",
            "operator",
            "wants PIN, and nothing was given; give it with --csc-pin-file",
            "認証情報が必要です",
        ),
        (
            "--csc-credential GX01 --csc-pin-file wrong ONE",
            "signer",
            "operator",
            "Credential locked",
            "ロックされています",
        ),
        (
            "--csc-credential GX03 --csc-pin-file pin ONE",
            "signer",
            "permanent",
            "Invalid parameter credentialID",
            "拒否",
        ),
        (
            "--csc-credential GX01 --csc-send-otp --csc-otp-file otp --csc-pin-file nowhere ONE",
            "io",
            "retryable",
            "--csc-pin-file",
            "見つかりません",
        ),
        ("--csc-credential GX01 --csc-pin-file empty ONE", "password", "operator", "is empty", "1 行目が空です"),
        ("--csc-credential GX01 --digest sha512 ONE", "key", "operator", "offers 1.2.840.10045.4.3.2", "--digest"),
        ("--csc-credential GX01 --pss ONE", "key", "operator", "cannot sign with RSASSA-PSS", "その方式"),
        (
            "--csc-credential GX01 --csc-pin-file pin --csc-send-otp --csc-otp-file otp MANY",
            "signer",
            "operator",
            "is good for one authorisation, of 2 signatures here, not of 3; give at most 2 files at once",
            "一度に指定するファイルを減らして",
        ),
        (
            "--csc-credential GX01 --chain wrong --csc-pin-file pin ONE",
            "certificate",
            "operator",
            "--chain: cannot use wrong: a certificate of the signer's chain cannot be read",
            "証明書を使用できません",
        ),
    ] {
        let words = words.replace("ONE", &format!("{CONTRACT} out.pdf")).replace("MANY", &many);
        let (run, lines) = desk.sign(&words);
        assert_eq!(run.code, 4, "{words}: {}", run.err);
        for json in &lines {
            assert_eq!((&json["error"]["kind"], &json["error"]["class"]), (&kind.into(), &class.into()), "{json}");
        }
        assert!(run.err.contains(cause) && !desk.bench.path("out.pdf").exists(), "{cause}: {}", run.err);
        let (run, _) = desk.sign(&format!("{words} --lang ja"));
        assert!(run.err.contains(japanese), "{japanese}: {}", run.err);
    }
    // Many are two authorisations, and the wrong PIN is given once.
    let (run, lines) = desk.sign(&format!("--csc-credential GX01 --csc-pin-file wrong {many}"));
    let locked = lines.iter().filter(|line| line["error"]["message"].to_string().contains("Credential locked"));
    assert_eq!((run.code, locked.count(), lines.len()), (4, 3, 3), "{}", run.out);
    // Nobody was asked to authorise what cannot be signed, but for the wrong PIN, or to send what is of no use.
    assert_eq!((desk.called("signatures/signHash"), desk.called("credentials/getChallenge")), ((0, 0), (0, 0)));
    assert_eq!(desk.called("credentials/authorize"), (3, 4));
}

#[test]
fn values_that_are_none_sign_nothing() {
    for (body, cause, japanese) in [
        (&br#"{"signatures": []}"#[..], "has 0 signatures, where 1 were asked for", "応答が正しくありません"),
        (br#"{"signatures": ["MAA="]}"#, "is no signature of the signing certificate", "検証できません"),
        (br#"{"signatures": ["?"]}"#, "the signing service's answer", "応答が正しくありません"),
        (b"\xFF\xFE{", "the signing service's answer", "応答が正しくありません"),
    ] {
        let desk = Desk::interrupted(Rules::default(), move |method, _| {
            (method == "signatures/signHash").then(|| answer("200 OK", "application/json", body))
        });
        let (run, lines) = desk.sign(&format!("--csc-pin-file pin {CONTRACT} out.pdf"));
        assert_eq!((run.code, &lines[0]["error"]["kind"]), (4, &"signer".into()), "{}", run.out);
        assert!(run.err.contains(cause), "{cause}: {}", run.err);
        let (run, _) = desk.sign(&format!("--csc-pin-file pin --lang ja {CONTRACT} out.pdf"));
        assert!(run.err.contains(japanese) && !desk.bench.path("out.pdf").exists(), "{japanese}: {}", run.err);
    }
}

#[test]
fn servers_that_are_none_and_tokens_that_end_are_told_apart() {
    let bench = Bench::new();
    bench.write("token", TOKEN);
    bench.write("empty", "\n");
    bench.write("spaced", "two words");
    let token = br#"{"error": "invalid_token", "error_description": "The access token expired"}"#;
    for (status, kind, body, class, cause, japanese) in [
        (
            "401 Unauthorized",
            "application/json",
            &token[..],
            "operator",
            "give a new access token with --csc-token-file",
            "新しいものを",
        ),
        (
            "200 OK",
            "text/html",
            b"<title>Log in</title>",
            "operator",
            "a page instead of JSON: \"Log in\"",
            "ではなくページを返しました",
        ),
        ("503 Service Unavailable", "text/plain", b"", "retryable", "503; try again later", "混み合って"),
        (
            "404 Not Found",
            "text/html",
            b"<p>no such page</p>",
            "permanent",
            "\"no such page\"; check the service's address",
            "--csc のアドレス",
        ),
        ("200 OK", "application/json", b"{}", "permanent", "lacks credentialIDs", "応答が正しくありません"),
        (
            "200 OK",
            "application/json",
            br#"{"credentialIDs": []}"#,
            "operator",
            "no credential for this",
            "鍵が署名サービスにありません",
        ),
    ] {
        let body = body.to_vec();
        let server = Server::new(move |_| answer(status, kind, &body));
        let words = format!("sign --csc {}csc/v2 --csc-token-file token --at {NOW} {CONTRACT} out.pdf", server.url());
        bench.fails_in_both(words.split(' '), &["--csc: cannot use the signing service", cause], japanese);
        let json: Value = serde_json::from_str(&bench.pades(words.split(' ').chain(["--json"])).out).unwrap();
        assert_eq!(json["error"]["class"], class, "{json}");
    }
    for (url, token, cause, japanese) in [
        ("http://sign.example.jp/csc/v2", "token", "not https: PIN and token would travel", "https で始まる"),
        ("https://sign.example.jp/", "token", "up to /csc/v2", "/csc/v1 まで指定"),
        ("http://127.0.0.1:9/csc/v2", "empty", "cannot use empty: the first line is empty", "1 行目が空です"),
        ("http://127.0.0.1:9/csc/v2", "spaced", "the access token is empty, or", "--csc-token-file の 1 行目"),
        ("https://kono:pw@x.example.jp/csc/v2", "token", "holds a user name or password", "含めることはできません"),
        ("http://127.0.0.1:9/csc/v2", "nowhere", "--csc-token-file: cannot use nowhere", "見つかりません"),
    ] {
        let words = format!("sign --csc {url} --csc-token-file {token} --at {NOW} {CONTRACT} out.pdf");
        bench.fails_in_both(words.split(' '), &[cause], japanese);
    }
}

#[test]
fn command_lines_that_make_no_sense_are_refused() {
    let bench = Bench::new();
    for (words, causes) in [
        ("--csc https://x/csc/v2", ["--csc", "--csc-token-file"]),
        ("--csc-token-file t", ["--csc-token-file", "without --csc"]),
        ("--csc-pin-file t", ["--csc-pin-file", "without --csc"]),
        ("--csc-wait 5", ["--csc-wait", "without --csc"]),
        ("--csc-send-otp", ["--csc-send-otp", "without --csc"]),
        ("--csc-pin-file a --csc-auth-file PIN=b", ["--csc-pin-file", "--csc-auth-file"]),
        ("--csc https://x/csc/v2 --csc-token-file t --csc-send-otp", ["--csc-send-otp", "without --csc-otp-file"]),
        ("--csc-wait long", ["--csc-wait", "3600"]),
        ("--csc-auth-file pin", ["--csc-auth-file", "ID=FILE"]),
        ("--csc https://x/csc/v2 --csc-token-file t --key k", ["--key", "--csc"]),
        ("--csc https://x/csc/v2 --csc-token-file t --pass-file f", ["--pass-file", "without --key"]),
        ("--csc https://x/csc/v2 --csc-token-file t --prepare s", ["--csc", "--prepare"]),
    ] {
        let words = format!("sign {words} {CONTRACT} out.pdf --text");
        bench.fails_in_both(words.split(' '), &causes, "`pades help sign` をご覧ください");
    }
}
