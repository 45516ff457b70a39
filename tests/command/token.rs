//! `sign --pkcs11` with a real token: SoftHSM, set up for each test. Where it is not installed: "skipped: no softhsm2".

use std::path::PathBuf;
use std::process::Command;

use pades_ltv::authority::KeyType;
use serde_json::Value;

use crate::bench::{Bench, CONTRACT, NOW, Run};
use crate::keys::{algorithm, with_key};

const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];
const URI: &str = "pkcs11:token=contracts;object=seal";

struct Token {
    bench: Bench,
    module: String,
    conf: String,
}

impl Token {
    /// A token with the PIN 1234 and the key of `key.pem`, whose certificates are not on it.
    fn new(key: KeyType, options: &str) -> Option<Self> {
        let module = MODULES.map(PathBuf::from).into_iter().find(|path| path.exists());
        let util = Command::new("softhsm2-util").arg("--version").output();
        let (Some(module), Ok(_)) = (module, util) else {
            println!("skipped: no softhsm2");
            return None;
        };
        let bench = with_key(key);
        std::fs::create_dir(bench.path("tokens")).unwrap();
        let text = format!("directories.tokendir = {}\nlog.level = ERROR\n{options}\n", bench.path("tokens").display());
        bench.write("softhsm2.conf", text);
        bench.write("pin.txt", "1234\n");
        bench.write("wrong.txt", "31415926\n");
        let token = Self {
            module: module.display().to_string(),
            conf: bench.path("softhsm2.conf").display().to_string(),
            bench,
        };
        token.util("--init-token --free --label contracts --so-pin 5678 --pin 1234");
        token.util("--import key.pem --token contracts --label seal --id 01 --pin 1234");
        // The key is on the token alone.
        std::fs::remove_file(token.bench.path("key.pem")).unwrap();
        Some(token)
    }

    fn util(&self, words: &str) {
        let mut util = Command::new("softhsm2-util");
        util.args(words.split(' ')).current_dir(self.bench.path("")).env("SOFTHSM2_CONF", &self.conf);
        let run = util.output().unwrap();
        assert!(run.status.success(), "{words}: {}", String::from_utf8_lossy(&run.stderr));
    }

    /// Makes the token say that its PIN is locked (`CKF_USER_PIN_LOCKED`): SoftHSM says what is in its file.
    fn lock(&self) {
        let attribute = [0x8000_534b_u64.to_be_bytes(), 2_u64.to_be_bytes()].concat();
        let mut tokens = std::fs::read_dir(self.bench.path("tokens")).unwrap();
        let path = tokens.next().unwrap().unwrap().path().join("token.object");
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.windows(attribute.len()).position(|window| window == attribute).unwrap() + attribute.len();
        bytes[at + 5] |= 0x04;
        std::fs::write(path, bytes).unwrap();
    }

    /// Signs with the key at `uri`, in JSON.
    fn sign(&self, uri: &str, words: &str) -> (Run, Value) {
        let words = format!("sign --pkcs11 {uri} --at {NOW} {words} --json");
        let words = words.replace("MODULE", &self.module);
        let run = self.bench.pades_with(words.split(' '), &[("SOFTHSM2_CONF", &self.conf)]);
        let json = run.out.lines().next().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
        assert!(!format!("{}{}", run.out, run.err).contains("1415926"), "a PIN is shown");
        (run, json)
    }
}

#[test]
fn a_key_on_a_token_signs() {
    let Some(token) = Token::new(KeyType::Rsa2048, "") else { return };
    for (uri, words, expected) in [
        (URI.to_owned(), "--module MODULE --pin-file pin.txt", "RSA PKCS#1 v1.5 with SHA-256"),
        (
            format!("pkcs11:id=%01?module-path={}&pin-value=1234", token.module),
            "--pss --digest sha512",
            "RSASSA-PSS with SHA-512",
        ),
    ] {
        let (run, json) = token.sign(&uri, &format!("{words} --chain chain.pem {CONTRACT} out.pdf"));
        assert_eq!((run.code, &json["error"], run.err.as_str()), (0, &Value::Null, ""), "{}", run.out);
        assert_eq!(algorithm(&token.bench, "out.pdf"), expected);
    }
    // Many, with one login; and what it would be, for which the token is asked, too.
    std::fs::create_dir(token.bench.path("out")).unwrap();
    for name in ["a.pdf", "b.pdf", "c.pdf"] {
        std::fs::copy(CONTRACT, token.bench.path(name)).unwrap();
    }
    let given = "--module MODULE --pin-file pin.txt --chain chain.pem";
    let (run, _) = token.sign(URI, &format!("{given} --out-dir out a.pdf b.pdf c.pdf"));
    assert_eq!((run.code, run.out.lines().count()), (0, 3), "{}", run.err);
    let (run, json) = token.sign(URI, &format!("{given} --dry-run a.pdf"));
    assert_eq!((run.code, &json["algorithm"]), (0, &"RSA PKCS#1 v1.5 with SHA-256".into()), "{}", run.err);
}

#[test]
fn each_fault_has_its_words_and_its_class() {
    let Some(token) = Token::new(KeyType::P256, "slots.mechanisms = CKM_ECDSA") else { return };
    let other = with_key(KeyType::P384);
    token.bench.write("other.pem", other.read("chain.pem"));
    let given = "--module MODULE --pin-file pin.txt --chain chain.pem";
    for (uri, words, kind, class, cause, japanese) in [
        (
            URI,
            "--module MODULE --pin-file wrong.txt --chain chain.pem",
            "signer",
            "operator",
            "CKR_PIN_INCORRECT; the PIN is wrong; it is not tried again: give the right one with --pin-file",
            "PIN が違います",
        ),
        (URI, "--module MODULE --chain chain.pem", "signer", "operator", "with --pin-file", "--pin-file で指定"),
        (URI, "--module MODULE --pin-file nowhere", "io", "retryable", "--pin-file", "見つかりません"),
        (URI, "--module /no/such.so", "signer", "operator", "/no/such.so", "読み込めません"),
        (URI, "--pin-file pin.txt", "key", "operator", "with --module", "--module で指定"),
        ("pkcs11:token=others", given, "key", "operator", "`contracts`", "トークンがありません"),
        ("pkcs11:object=none", given, "key", "operator", "`seal`", "署名鍵がトークンにありません"),
        ("http://x", given, "key", "operator", "begin with `pkcs11:`", "pkcs11: で始まる"),
        (
            URI,
            "--module MODULE --pin-file pin.txt",
            "certificate",
            "operator",
            "or give it with --chain",
            "証明書がありません",
        ),
        (
            URI,
            "--module MODULE --pin-file pin.txt --chain other.pem",
            "key",
            "operator",
            "belongs to another certificate",
            "対応していません",
        ),
        (URI, &format!("{given} --pss"), "key", "operator", "cannot sign with RSASSA-PSS", "その方式で署名できません"),
        (URI, &format!("{given} --digest sha3-256"), "", "", "", ""),
        (
            URI,
            &format!("{given} --at 2099-01-01T00:00:00Z"),
            "certificate",
            "operator",
            "has expired",
            "有効期限が切れています",
        ),
    ] {
        let words = format!("{words} {CONTRACT} out.pdf");
        let (run, json) = token.sign(uri, &words);
        if kind.is_empty() {
            // The digest is computed here, so the token needs no mechanism of its own for it.
            assert_eq!(run.code, 0, "{}", run.err);
            std::fs::remove_file(token.bench.path("out.pdf")).unwrap();
            continue;
        }
        assert_eq!(
            (run.code, &json["error"]["kind"], &json["error"]["class"]),
            (4, &kind.into(), &class.into()),
            "{json}"
        );
        assert!(json["error"]["message"].as_str().unwrap().contains(cause), "{cause}: {json}");
        assert!(run.err.contains(cause) && !token.bench.path("out.pdf").exists(), "{}", run.err);
        let (run, _) = token.sign(uri, &format!("{words} --lang ja"));
        assert!(run.err.contains(japanese), "{japanese}: {}", run.err);
    }
}

/// Module and PIN stand in the URI, or in options, and nothing is passed over in silence.
#[test]
fn the_uri_says_where_module_and_pin_are() {
    let Some(token) = Token::new(KeyType::P256, "") else { return };
    let folder = token.bench.path("").display().to_string();
    let folder = folder.trim_end_matches('/');
    token.bench.write("a pin.txt", "\u{feff}1234\r\n");
    let given = format!("--chain chain.pem {CONTRACT} out.pdf");
    for query in [
        format!("pin-source={folder}/pin.txt"),
        format!("pin-source=file:{folder}/pin.txt"),
        format!("pin-source=file://{folder}/a%2520pin.txt"),
        "pin-value=%31234".to_owned(),
    ] {
        let (run, json) = token.sign(&format!("{URI}?module-path={}&{query}", token.module), &given);
        assert_eq!((run.code, &json["error"], run.err.as_str()), (0, &Value::Null, ""), "{query}: {}", run.out);
        let (run, _) = token.sign(&format!("{URI}?{query}"), &format!("--module MODULE {given}"));
        assert_eq!(run.code, 0, "{query}: {}", run.err);
    }
    for (query, options, cause, japanese) in [
        ("pin-value=31415926", "--pin-file pin.txt", "--pin-file and --pkcs11", "同時に指定できません"),
        ("pin-source=/run/31415926", "--pin-file pin.txt", "?pin-source= exclude", "同時に指定できません"),
        ("module-path=/a.so", "--pin-file pin.txt", "--module and --pkcs11", "同時に指定できません"),
        ("pin-value=31415926&pin-source=/31415926", "", "both a `pin-value` and a", "同時に指定できません"),
        ("pin-value=%331415926", "", "CKR_PIN_INCORRECT", "PIN が違います"),
        ("pin-value=1&31415926", "", "(pin-value); write `&` as `%26`", "%26"),
        ("pin-source=%7Ccat%20pin.txt", "", "from a command, and none is run", "コマンドは実行しません"),
        ("pin-source=https://example.jp/pin", "", "a URI that is none of a file", "file: URI を指定"),
        ("pin-source=pin.txt", "", "not absolute (pin-source)", "絶対パス"),
        ("pin-source=/", "", "--pkcs11: cannot use /: the file cannot be read", "フォルダーです"),
        ("pin-source=/dev/null", "", "--pkcs11: cannot use /dev/null: the first line is empty", "1 行目が空です"),
        ("pin-source=/no/such", "", "--pkcs11: cannot use /no/such", "/no/such を使用できません"),
        ("module-name=softhsm2", "", "(module-name)", "module-name は使用できません"),
        ("x-vendor=1", "", "not supported (x-vendor)", "対応していない属性"),
        ("object=other", "", "in the wrong part of the URI (object)", "? の前"),
        ("", "", "with --pin-file, or a `pin-source` in the URI", "--pin-file で指定"),
    ] {
        let (uri, words) = (format!("{URI}?{query}"), format!("--module MODULE {options} {given}"));
        let (run, json) = token.sign(&uri, words.replace("  ", " ").as_str());
        assert!(run.code == 4 && run.err.contains(cause) && json["out"].is_null(), "{cause}: {}", run.err);
        let class = match (query, options) {
            ("pin-source=/no/such" | "pin-source=/", _) => "retryable",
            (_, "") => "operator",
            // A command line that makes no sense.
            _ => "permanent",
        };
        assert_eq!(json["error"]["class"], class, "{json}");
        let (run, _) = token.sign(&uri, &format!("{words} --lang ja").replace("  ", " "));
        assert!(run.err.contains(japanese), "{japanese}: {}", run.err);
    }
}

#[test]
fn a_mechanism_that_the_token_lacks_is_named() {
    let Some(token) = Token::new(KeyType::Rsa2048, "slots.mechanisms = CKM_SHA256,CKM_SHA256_RSA_PKCS") else { return };
    let given = "--module MODULE --pin-file pin.txt --chain chain.pem";
    let (run, json) = token.sign(URI, &format!("{given} --pss {CONTRACT} out.pdf"));
    assert_eq!((run.code, &json["error"]["kind"]), (4, &"unsupported".into()), "{}", run.err);
    assert_eq!(json["error"]["class"], "operator");
    assert!(run.err.contains("CKM_RSA_PKCS_PSS") && run.err.contains("--digest or --pss"), "{}", run.err);
    let (run, _) = token.sign(URI, &format!("{given} {CONTRACT} out.pdf"));
    assert_eq!(run.code, 0, "{}", run.err);
}

/// A wrong PIN again and again: the last try is left to people.
#[test]
fn a_wrong_pin_is_tried_once_a_run() {
    let Some(token) = Token::new(KeyType::P256, "") else { return };
    for _ in 0..3 {
        let words = format!("--module MODULE --pin-file wrong.txt --chain chain.pem {CONTRACT} out.pdf");
        let (run, json) = token.sign(URI, &words);
        assert_eq!((run.code, &json["error"]["class"]), (4, &"operator".into()), "{}", run.err);
        assert_eq!(run.err.matches("CKR_PIN_INCORRECT").count(), 1, "{}", run.err);
    }
    let words = format!("--module MODULE --pin-file pin.txt --chain chain.pem {CONTRACT} out.pdf");
    assert_eq!(token.sign(URI, &words).0.code, 0);
}

#[test]
fn a_locked_token_is_for_an_operator() {
    let Some(token) = Token::new(KeyType::P256, "") else { return };
    token.lock();
    let words = format!("--module MODULE --pin-file pin.txt --chain chain.pem {CONTRACT} out.pdf");
    let (run, json) = token.sign(URI, &words);
    assert_eq!((run.code, &json["error"]["class"]), (4, &"operator".into()), "{}", run.err);
    assert!(run.err.contains("the token's PIN is locked") && run.err.contains("security officer"), "{}", run.err);
    let (run, _) = token.sign(URI, &format!("{words} --lang ja"));
    assert!(run.err.contains("PIN がロックされています"), "{}", run.err);
}
