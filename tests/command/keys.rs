//! Keys as they come: files of every form, PKCS#12, and how they are to sign. Tokens stand in `token.rs`.

use std::process::Command;

use pades_ltv::Signer;
use pades_ltv::authority::{Authority, KeyType, Subscriber};

use crate::bench::{Bench, CHAIN, CONTRACT, KEY, NOW};

/// One P-256 key in every form, and its password.
const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/vectors");
const PASSWORD: &str = "秘密 geheim";

fn authority() -> Authority {
    Authority::new("keys of the command's tests", NOW.parse().unwrap()).unwrap()
}

pub(crate) fn subscriber(key: KeyType) -> Subscriber {
    Subscriber::new("Keys of the command").key(key)
}

/// `key.pem`, `chain.pem` and `anchor.pem`.
pub(crate) fn with_key(key: KeyType) -> Bench {
    let (bench, authority) = (Bench::new(), authority());
    bench.write("key.pem", authority.private_key_pem(subscriber(key)).unwrap());
    let identity = authority.issue(subscriber(key)).unwrap().identity().unwrap();
    let pem = |der| der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).unwrap();
    bench.write("chain.pem", identity.certificates().map(pem).collect::<String>());
    bench.write("anchor.pem", authority.root_pem());
    bench
}

/// What the report on a file signed just now says of its algorithm.
pub(crate) fn algorithm(bench: &Bench, file: &str) -> String {
    let run = bench.pades(["verify", "--json", "--at", NOW, "--trust", "anchor.pem", file]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["signatures"][0]["level"], "B-B", "{report}");
    report["signatures"][0]["algorithm"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_read_in_every_form() {
    let bench = Bench::new();
    bench.write("pass.txt", format!("{PASSWORD}\r\nnot this\n"));
    bench.write("marked.txt", format!("\u{feff}{PASSWORD}\r\n"));
    for (name, words) in [
        ("pkcs8", format!("--key {VECTORS}/pkcs8.pem --chain {VECTORS}/chain.pem")),
        ("sec1", format!("--key {VECTORS}/sec1.pem --chain {VECTORS}/chain.pem")),
        ("pbkdf2", format!("--key {VECTORS}/pbkdf2.pem --pass-file pass.txt --chain {VECTORS}/chain.pem")),
        ("scrypt", format!("--key {VECTORS}/scrypt.pem --pass-file pass.txt --chain {VECTORS}/chain.pem")),
        ("modern", format!("--p12 {VECTORS}/modern.p12 --pass-file pass.txt")),
        ("marked", format!("--p12 {VECTORS}/modern.p12 --pass-file marked.txt")),
        ("legacy", format!("--p12 {VECTORS}/legacy.p12 --pass-file pass.txt")),
    ] {
        let run = bench.does(&format!("sign {words} --at {NOW} {CONTRACT} {name}.pdf"));
        assert_eq!(run.err, "", "a key of one's own needs no warning");
    }
    // One key and deterministic signatures: the same file, whatever the key came in.
    let first = bench.read("pkcs8.pdf");
    for name in ["sec1", "pbkdf2", "scrypt", "modern", "marked", "legacy"] {
        assert!(bench.read(&format!("{name}.pdf")) == first, "{name}");
    }
    let (_, key) = der::pem::decode_vec(&std::fs::read(format!("{VECTORS}/pkcs8.pem")).unwrap()).unwrap();
    let (_, chain) = der::pem::decode_vec(&std::fs::read(format!("{VECTORS}/chain.pem")).unwrap()).unwrap();
    bench.write("key.der", key);
    bench.write("chain.der", chain);
    bench.does(&format!("sign --key key.der --chain chain.der --at {NOW} {CONTRACT} der.pdf"));
    assert!(bench.read("der.pdf") == first);
    bench.does(&format!("sign --key {VECTORS}/pkcs8.pem --chain chain.der --at {NOW} {CONTRACT} mixed.pdf"));
    assert!(bench.read("mixed.pdf") == first);
    // What is wrong with the chain is said of the chain.
    bench.write("cut.pem", "-----BEGIN CERTIFICATE-----\nMIIB");
    let words = format!("sign --key {VECTORS}/pkcs8.pem --chain cut.pem --at {NOW} {CONTRACT} out.pdf");
    bench.fails(words.split(' '), &["--chain: cannot use cut.pem"]);
    let words = format!("sign --key {VECTORS}/pkcs8.pem --chain {VECTORS}/pkcs8.pem --at {NOW} {CONTRACT} out.pdf");
    bench.fails(words.split(' '), &["--chain: cannot use", "the PEM has no certificate"]);
}

/// What a PKCS#12 file lacks stands beside it; what it has is not repeated.
#[test]
fn a_container_and_a_chain_go_together() {
    let bench = with_key(KeyType::P256);
    let chain = String::from_utf8(bench.read("chain.pem")).unwrap();
    let (leaf, above) = chain.split_at(chain.find("-----END CERTIFICATE-----").unwrap() + 26);
    bench.write("leaf.pem", leaf);
    bench.write("above.pem", above);
    for (name, how) in [("one", "-in leaf.pem"), ("whole", "-in chain.pem"), ("bare", "-nocerts")] {
        let words = format!("pkcs12 -export -inkey key.pem {how} -passout pass: -out {name}.p12");
        let run = Command::new("openssl").args(words.split(' ')).current_dir(bench.path("")).output();
        let Ok(run) = run else { return println!("skipped: no openssl") };
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }
    let sign = |words: &str, out: &str| {
        let run = bench.does(&format!("sign {words} --at {NOW} {CONTRACT} {out}"));
        (run.err, bench.read(out))
    };
    let whole = sign("--key key.pem --chain chain.pem", "whole.pdf");
    assert_eq!(whole.0, "");
    let p12s = ["one.p12 --chain above.pem", "one.p12 --chain chain.pem", "whole.p12", "whole.p12 --chain chain.pem"];
    for words in p12s.into_iter().chain(["bare.p12 --chain chain.pem"]) {
        assert!(sign(&format!("--p12 {words}"), "out.pdf") == whole, "{words}");
    }
    // Without it, what lies between is not in the signature.
    assert!(sign("--p12 one.p12", "out.pdf").1.len() < whole.1.len());
    let words = format!("sign --p12 bare.p12 --chain above.pem --at {NOW} {CONTRACT} not.pdf");
    bench.fails_in_both(words.split(' '), &["--p12", "belongs to no certificate"], "対応していません");
    // What has nothing to do with the signer is said, wherever the key is.
    bench.write("both.pem", [chain.as_bytes(), &std::fs::read(CHAIN).unwrap()].concat());
    for words in [
        format!("--p12 whole.p12 --chain {CHAIN} OUT"),
        "--key key.pem --chain both.pem OUT".to_owned(),
        "--dry-run --chain both.pem".to_owned(),
        "--prepare state --chain both.pem".to_owned(),
    ] {
        let words = format!("sign --at {NOW} {CONTRACT} {}", words.replace("OUT", "out.pdf"));
        let run = bench.does(&words);
        assert!(run.err.contains("WARNING: not every certificate") && run.err.contains("--chain"), "{}", run.err);
        assert!(run.err.contains("nothing to do with the signer, but goes into the signature: O="), "{}", run.err);
        let run = bench.does(&format!("{words} --lang ja"));
        assert!(
            run.err.contains("警告") && run.err.contains("署名者と無関係ですが、署名に含めます: O="),
            "{}",
            run.err
        );
    }
}

#[test]
fn passwords_of_keys_are_missing_wrong_or_not_needed() {
    let bench = Bench::new();
    bench.write("pass.txt", PASSWORD);
    bench.write("wrong.txt", "Geheim 秘密");
    bench.write("binary", b"\xff\xfe\n");
    let sign = |words: &str, causes: &[&str], japanese: &str| {
        let words = format!("sign {words} --at {NOW} {CONTRACT} out.pdf").replace("VECTORS", VECTORS);
        bench.fails_in_both(words.split(' '), causes, japanese);
        // The same as JSON: the error has its class, and the password stands nowhere.
        let run = bench.pades(words.split(' ').chain(["--json"]));
        let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((run.code, &json["error"]["class"]), (4, &"operator".into()), "{json}");
        assert!(json["out"].is_null() && !run.out.contains(PASSWORD) && !run.out.contains("Geheim"), "{}", run.out);
    };
    let chain = "--chain VECTORS/chain.pem";
    sign(
        &format!("--key VECTORS/scrypt.pem {chain}"),
        &["scrypt.pem", "is encrypted", "with --pass-file"],
        "秘密鍵は暗号化されています",
    );
    sign(
        &format!("--key VECTORS/scrypt.pem --pass-file wrong.txt {chain}"),
        &["--key", "does not open", "check the first line of --pass-file"],
        "パスワードが違います",
    );
    sign(
        &format!("--key VECTORS/pkcs8.pem --pass-file pass.txt {chain}"),
        &["is not encrypted", "leave out --pass-file"],
        "--pass-file を省略",
    );
    sign("--p12 VECTORS/modern.p12", &["--p12", "does not open", "with --pass-file"], "パスワードが違います");
    sign(
        "--p12 VECTORS/legacy.p12 --pass-file wrong.txt",
        &["--p12", "check the first line of --pass-file"],
        "パスワードが違います",
    );
    sign(
        "--p12 VECTORS/modern.p12 --pass-file binary",
        &["--pass-file", "binary", "not UTF-8"],
        "UTF-8 ではありません",
    );
    sign(
        "--p12 VECTORS/chain.pem --pass-file pass.txt",
        &["--p12", "chain.pem", "no PKCS#12 file"],
        "PKCS#12 (.p12, .pfx) のファイルではありません",
    );
}

#[test]
fn digest_and_scheme_are_those_asked_for() {
    let bench = with_key(KeyType::Rsa2048);
    for (words, expected) in [
        ("", "RSA PKCS#1 v1.5 with SHA-256"),
        ("--digest sha512 ", "RSA PKCS#1 v1.5 with SHA-512"),
        ("--digest SHA3-256 ", "RSA PKCS#1 v1.5 with SHA3-256"),
        ("--pss ", "RSASSA-PSS with SHA-256"),
        ("--digest SHA-384 --pss ", "RSASSA-PSS with SHA-384"),
    ] {
        bench.does(&format!("sign {words}--key key.pem --chain chain.pem --at {NOW} {CONTRACT} out.pdf"));
        assert_eq!(algorithm(&bench, "out.pdf"), expected);
        // Without the key, the same is foreseen.
        let run = bench.does(&format!("sign --dry-run {words}--chain chain.pem --at {NOW} {CONTRACT}"));
        assert!(run.out.contains(&format!("\"algorithm\":\"{expected}\"")), "{}", run.out);
    }
}

#[test]
fn algorithms_that_do_not_fit_the_key_are_refused() {
    let bench = with_key(KeyType::Ed25519);
    for (words, causes, japanese) in [
        (
            "--key key.pem --chain chain.pem --digest sha256",
            ["Ed25519 signs with SHA-512", "not with SHA-256"],
            "変更できません",
        ),
        ("--key key.pem --chain chain.pem --pss", ["--pss", "cannot sign with RSASSA-PSS"], "その方式で署名できません"),
        ("--dry-run --chain chain.pem --pss", ["--pss", "cannot sign with RSASSA-PSS"], "その方式で署名できません"),
        ("--digest md5", ["--digest", "sha256 | sha384"], "--digest"),
    ] {
        let words = format!("sign {words} --at {NOW} {CONTRACT} out.pdf --text");
        bench.fails_in_both(words.split(' '), &causes, japanese);
    }
}

/// Wherever the key is: what is only verified is never made.
#[test]
fn what_is_only_read_is_never_made() {
    let bench = with_key(KeyType::Rsa2048);
    for name in ["short", "dsa", "pss-sha1", "pss-sha256"] {
        let text = std::fs::read_to_string(format!("{VECTORS}/{name}.pem")).unwrap();
        let (key, chain) = text.split_at(text.find("-----BEGIN CERTIFICATE").unwrap());
        bench.write(&format!("{name}.pem"), chain);
        bench.write(&format!("{name}.key"), key);
    }
    for (words, cause, japanese) in [
        ("--prepare state --chain short.pem IN --text", "an RSA key of 1024 bits is too short", "2048 ビット以上"),
        ("--dry-run --chain short.pem IN --text", "an RSA key of 1024 bits is too short", "2048 ビット以上"),
        ("--prepare state --chain dsa.pem IN --text", "DSA is withdrawn", "DSA は廃止"),
        ("--prepare state --chain pss-sha1.pem IN --text", "SHA-1 is broken", "安全ではない"),
        ("--key pss-sha1.key --chain pss-sha1.pem IN out.pdf", "SHA-1 is broken", "安全ではない"),
        ("--key pss-sha256.key --chain pss-sha256.pem --digest sha512 IN out.pdf", "may not be used", "その方式"),
        ("--prepare state --chain chain.pem --digest shake256 IN --text", "cannot sign with", "その方式"),
        ("--key key.pem --chain chain.pem --pss --digest shake256 IN out.pdf", "no standard names", "標準にありません"),
    ] {
        let words = format!("sign --at {NOW} {}", words.replace("IN", CONTRACT));
        bench.fails_in_both(words.split(' '), &[cause], japanese);
    }
    bench.does(&format!("sign --key pss-sha256.key --chain pss-sha256.pem --at {NOW} {CONTRACT} out.pdf"));
}

#[test]
fn one_place_for_the_key() {
    let bench = Bench::new();
    let usage = "`pades help sign` をご覧ください";
    for (words, causes) in [
        (format!("--key {KEY} --p12 k.p12"), ["--key", "--p12"]),
        (format!("--p12 k.p12 --pkcs11 pkcs11: --chain {CHAIN}"), ["--p12", "--pkcs11"]),
        (format!("--key {KEY} --chain {CHAIN} --pkcs11 pkcs11:"), ["--key", "--pkcs11"]),
        (format!("--chain {CHAIN}"), ["--key", "--chain"]),
        ("--pass-file p".to_owned(), ["--pass-file", "--key"]),
        (format!("--key {KEY} --chain {CHAIN} --module m"), ["--module", "--pkcs11"]),
        ("--pin-file p".to_owned(), ["--pin-file", "--pkcs11"]),
    ] {
        let words = format!("sign {words} {CONTRACT} out.pdf");
        bench.fails_in_both(words.split(' '), &causes, usage);
    }
}
