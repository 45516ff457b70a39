//! `sign --prepare` and `--complete`: each a process of its own, which finds nothing but the files of the other.

use std::path::Path;
use std::process::{Command, Stdio};

use pades_ltv::authority::KeyType;
use pades_ltv::{DigestAlgorithm, Document, Reserved, Signer, SoftwareSigner};
use serde_json::Value;

use crate::bench::{Bench, CONTRACT, NOW, binary};
use crate::keys::with_key;

/// A contract, another one of the same length, and what an owner needs but the key.
fn world(key: KeyType) -> Bench {
    let bench = with_key(key);
    let contract = std::fs::read(CONTRACT).unwrap();
    bench.write("in.pdf", &contract);
    let mut other = contract.clone();
    let comment = other.windows(2).position(|two| two == b"\n%").map_or(10, |at| at + 3);
    other[comment] ^= 1;
    bench.write("other.pdf", other);
    bench
}

fn prepare(bench: &Bench, words: &str) -> Value {
    serde_json::from_str(&bench.does(&format!("sign --at {NOW} {words}")).out).unwrap()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// The key, elsewhere: OpenSSL. Whether it is there.
fn openssl(bench: &Bench, words: &str) -> bool {
    let run = Command::new("openssl").args(words.split(' ')).current_dir(bench.path("")).output();
    match run {
        Ok(run) => {
            assert!(run.status.success(), "{words}: {}", String::from_utf8_lossy(&run.stderr));
            true
        }
        Err(_) => {
            println!("skipped: no openssl");
            false
        }
    }
}

/// r and s, one behind the other, of a DER value over P-256.
fn raw(der: &[u8]) -> Vec<u8> {
    p256::ecdsa::Signature::from_der(der).unwrap().to_bytes().to_vec()
}

/// Many keep key and certificates in one file.
#[test]
fn a_chain_may_stand_beside_its_key() {
    let bench = world(KeyType::P256);
    let (key, chain) = (bench.read("key.pem"), bench.read("chain.pem"));
    // What cannot be read as PEM is not looked at, either, unless it is a certificate.
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    bench.write("both.pem", [&key, old.as_bytes(), &chain].concat());
    bench.write("pair.pem", [key.clone(), chain.clone()].concat());
    bench.write("key-only.pem", &key);
    let damaged = String::from_utf8(chain.clone()).unwrap().replacen("MII", "MI!", 1);
    bench.write("damaged.pem", [key.clone(), damaged.into_bytes()].concat());
    let alone = prepare(&bench, "--prepare state --chain chain.pem in.pdf");
    let mut both = prepare(&bench, "--prepare both --chain both.pem in.pdf");
    assert_eq!(both["state"].take(), "both");
    assert!(bench.read("both") == bench.read("state") && both["digest"] == alone["digest"]);
    bench.does(&format!("sign --key pair.pem --chain pair.pem --at {NOW} in.pdf out.pdf"));
    std::fs::remove_file(bench.path("out.pdf")).unwrap();
    let secret = String::from_utf8(key).unwrap().lines().nth(1).unwrap().to_owned();
    for (chain, cause, japanese) in [
        ("key-only.pem", "the PEM has no certificate", "ファイルに証明書がありません"),
        ("damaged.pem", "the PEM cannot be read", "証明書を使用できません"),
    ] {
        for words in ["--prepare state2", "--dry-run"] {
            let words = format!("sign --at {NOW} {words} --chain {chain} in.pdf --text");
            let run = bench.fails(words.split(' '), &[cause, "--chain"]);
            assert!(!run.err.contains(&secret), "{}", run.err);
            bench.fails_in_both(words.split(' '), &[cause], japanese);
        }
    }
}

#[test]
fn a_digest_goes_to_the_key_and_its_value_comes_back() {
    let bench = world(KeyType::P256);
    let json = prepare(&bench, "--prepare state --chain chain.pem --reason 承認 in.pdf");
    assert_eq!((&json["schema"], &json["wants"]), (&"pades-ltv/prepared/1".into(), &"value".into()));
    assert_eq!((&json["algorithm"], &json["state"]), (&"ECDSA with SHA-256".into(), &"state".into()));
    assert!(json["certificate"].as_str().unwrap().contains("Keys of the command") && json["error"].is_null());
    assert_eq!(bench.names(), ["anchor.pem", "chain.pem", "in.pdf", "key.pem", "other.pdf", "state"]);
    assert!(bench.read("state").len() < 8_000, "{}", bench.read("state").len());
    bench.write("digest", bytes(&json["digest"]));
    if !openssl(&bench, "pkeyutl -sign -inkey key.pem -in digest -out value.der") {
        return;
    }
    bench.write("value.raw", raw(&bench.read("value.der")));
    // From here on a different machine: another folder with what was sent there.
    let there = Bench::new();
    for name in ["in.pdf", "state", "value.der", "value.raw", "anchor.pem"] {
        there.write(name, bench.read(name));
    }
    let complete = |value: &str, out: &str| {
        there.does(&format!("sign --at {NOW} --complete state --signature {value} in.pdf {out}"));
        there.read(out)
    };
    let signed = complete("value.der", "once.pdf");
    assert_eq!(json["file_len"], signed.len());
    assert!(complete("value.der", "again.pdf") == signed && complete("value.raw", "raw.pdf") == signed);
    assert_eq!(crate::keys::algorithm(&there, "once.pdf"), "ECDSA with SHA-256");
    // The authority is asked when the value is there, and --in-place works as ever.
    let words = format!("sign --at {NOW} --complete state --signature value.der --tsa local --in-place --json in.pdf");
    let run = there.does(&words);
    let done: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&done["out"], &done["error"]), (&"in.pdf".into(), &Value::Null));
    let run = there.pades(["verify", "--json", "--at", NOW, "--trust", "anchor.pem", "in.pdf"]);
    assert!(run.out.contains("\"level\":\"B-T\""), "{}", run.out);
}

#[test]
fn keys_that_sign_messages_get_the_message() {
    let bench = world(KeyType::Ed25519);
    let json = prepare(&bench, "--prepare state --chain chain.pem --tsa none in.pdf");
    assert_eq!((&json["algorithm"], &json["digest"]), (&"Ed25519".into(), &Value::Null));
    bench.write("message", bytes(&json["message"]));
    if openssl(&bench, "pkeyutl -sign -rawin -inkey key.pem -in message -out value") {
        bench.does(&format!("sign --at {NOW} --complete state --signature value in.pdf out.pdf"));
        assert_eq!(json["file_len"], bench.read("out.pdf").len());
        assert_eq!(crate::keys::algorithm(&bench, "out.pdf"), "Ed25519");
        let words = format!("sign --at {NOW} --complete state --signature value --tsa local in.pdf more.pdf");
        bench.fails(words.split(' '), &["does not fit", "--timestamp-room"]);
    }
    let text = bench.does(&format!("sign --at {NOW} --prepare state --chain chain.pem --text --lang ja in.pdf")).out;
    assert!(text.contains("準備しました") && text.contains("署名対象"), "{text}");
}

/// Somebody unknown makes the whole CMS: here, the test authority through the library, as a service would.
#[test]
fn a_ready_cms_is_taken() {
    let bench = world(KeyType::P256);
    let json = prepare(&bench, "--prepare state in.pdf --digest sha256");
    assert_eq!((&json["wants"], &json["certificate"], &json["message"]), (&"cms".into(), &Value::Null, &Value::Null));
    let (file, signer) =
        (bench.read("in.pdf"), SoftwareSigner::from_pem(&bench.read("key.pem"), &bench.read("chain.pem")));
    let (document, signer) = (Document::open(file.as_slice()).unwrap(), signer.unwrap());
    let cms = |state: &str| made_by(&signer, Reserved::from_bytes(&bench.read(state)).unwrap(), &document);
    let made = cms("state");
    bench.write("cms", &made);
    bench.write("cms.pem", der::pem::encode_string("CMS", der::pem::LineEnding::LF, &made).unwrap());
    for (answer, out) in [("cms", "der.pdf"), ("cms.pem", "pem.pdf")] {
        bench.does(&format!("sign --at {NOW} --complete state --signature {answer} in.pdf {out}"));
    }
    assert!(bench.read("der.pdf") == bench.read("pem.pdf"));
    assert_eq!(crate::keys::algorithm(&bench, "der.pdf"), "ECDSA with SHA-256");

    // One for another document, and one by somebody else than was prepared for.
    prepare(&bench, "--prepare theirs --reason other in.pdf");
    bench.write("swapped", cms("theirs"));
    let refused = |state: &str, answer: &str, causes: &[&str], japanese: &str| {
        let words = format!("sign --at {NOW} --complete {state} --signature {answer} in.pdf out.pdf");
        bench.fails_in_both(words.split(' '), causes, japanese);
    };
    refused("state", "swapped", &["no PAdES signature for this place"], "PAdES 署名 (CMS) ではありません");
    refused("state", "key.pem", &["no PAdES signature for this place"], "PAdES 署名 (CMS) ではありません");
    prepare(&bench, "--prepare small --cms-room 100 --tsa none in.pdf");
    refused("small", "cms", &["reserved for it", "--cms-room"], "収まりません");
}

/// Of whatever shape the states of other releases are, their version is said.
#[test]
fn states_of_other_releases_are_named() {
    let bench = world(KeyType::P256);
    prepare(&bench, "--prepare value --chain chain.pem in.pdf");
    prepare(&bench, "--prepare cms in.pdf");
    bench.write("other-shape", [0x30, 9, 2, 1, 2, 0x0c, 4, b'l', b'a', b't', b'e']);
    bench.write("signature", [0; 64]);
    for (name, place) in [("value", 8), ("cms", 4)] {
        let mut state = bench.read(name);
        assert_eq!(state[place..place + 3], [2, 1, 1]);
        state[place + 2] = 2;
        bench.write(name, state);
    }
    for name in ["value", "cms", "other-shape"] {
        let words = format!("sign --at {NOW} --complete {name} --signature signature in.pdf out.pdf");
        bench.fails_in_both(words.split(' '), &["version 2, this release reads 1"], "別のバージョン");
    }
}

#[test]
fn a_cms_by_somebody_else_is_refused() {
    let (bench, other) = (world(KeyType::P256), with_key(KeyType::BrainpoolP256));
    prepare(&bench, "--prepare known --chain chain.pem in.pdf");
    let (file, state) = (bench.read("in.pdf"), bench.read("known"));
    let document = Document::open(file.as_slice()).unwrap();
    // The place is the first part of the state.
    let [0x30, 0x82, _, _, place @ ..] = state.as_slice() else { panic!("{state:02x?}") };
    let length = usize::from(u16::from_be_bytes([place[2], place[3]])) + 4;
    let cms_by = |bench: &Bench| {
        let signer = SoftwareSigner::from_pem(&bench.read("key.pem"), &bench.read("chain.pem")).unwrap();
        let sum = DigestAlgorithm::Sha256.digest(&place[..length]);
        let reserved = Reserved::from_bytes(&[&place[..length], &sum].concat()).unwrap();
        made_by(&signer, reserved, &document)
    };
    bench.write("theirs", cms_by(&other));
    bench.write("ours", cms_by(&bench));
    let words = format!("sign --at {NOW} --complete known --signature theirs in.pdf out.pdf");
    bench.fails_in_both(words.split(' '), &["somebody else", "prepare again without --chain"], "署名者と違います");
    bench.does(&format!("sign --at {NOW} --complete known --signature ours in.pdf out.pdf"));
    assert_eq!(crate::keys::algorithm(&bench, "out.pdf"), "ECDSA with SHA-256");
}

/// What a service makes that answers with a whole CMS.
fn made_by(signer: &SoftwareSigner, place: Reserved, document: &Document<'_>) -> Vec<u8> {
    let prepared = place.identify(&signer.identity().unwrap()).unwrap();
    let value = signer.sign(prepared.input()).unwrap();
    prepared.complete(document, &value).unwrap().cms().to_vec()
}

#[test]
fn what_was_changed_or_swapped_is_refused_by_name() {
    let bench = world(KeyType::P256);
    let json = prepare(&bench, "--prepare state --chain chain.pem in.pdf");
    let swapped = prepare(&bench, "--prepare swapped --chain chain.pem --reason other in.pdf");
    bench.write("digest", bytes(&json["digest"]));
    bench.write("swapped.digest", bytes(&swapped["digest"]));
    if !openssl(&bench, "pkeyutl -sign -inkey key.pem -in digest -out value")
        || !openssl(&bench, "pkeyutl -sign -inkey key.pem -in swapped.digest -out swapped.value")
    {
        return;
    }
    bench.write("longer.pdf", [bench.read("in.pdf"), b"\n".to_vec()].concat());
    bench.write("cut", &bench.read("state")[..500]);
    // A bit in the certificate of an authority, which nobody signs here.
    let mut bent = bench.read("state");
    let near_its_end = bent.len() - 100;
    bent[near_its_end] ^= 1;
    bench.write("bent", bent);
    bench.write("empty", "");
    for (state, value, file, causes, japanese, class) in [
        ("state", "value", "other.pdf", "the right length but other bytes", "別のファイルです", "permanent"),
        ("state", "value", "longer.pdf", "was made for a file of", "別のファイルです", "permanent"),
        ("state", "swapped.value", "in.pdf", "no signature of the signing certificate", "検証できません", "operator"),
        ("state", "digest", "in.pdf", "hashed twice", "検証できません", "operator"),
        ("state", "empty", "in.pdf", "no signature of the signing certificate", "検証できません", "operator"),
        ("cut", "value", "in.pdf", "the stored value cannot be read", "--prepare で作られた", "permanent"),
        ("bent", "value", "in.pdf", "is not what was stored", "壊れています", "permanent"),
        ("in.pdf", "value", "in.pdf", "the stored value cannot be read", "--prepare で作られた", "permanent"),
        ("missing", "value", "in.pdf", "missing", "見つかりません", "retryable"),
        ("state", "missing", "in.pdf", "missing", "見つかりません", "retryable"),
    ] {
        let words = format!("sign --at {NOW} --complete {state} --signature {value} {file} out.pdf");
        bench.fails_in_both(words.split(' '), &[causes], japanese);
        let run = bench.pades(words.split(' ').chain(["--json"]));
        let answer: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((run.code, &answer["error"]["class"]), (4, &class.into()), "{answer}");
    }
    bench.does(&format!("sign --at {NOW} --complete state --signature value in.pdf out.pdf"));
}

#[test]
fn command_lines_that_mix_the_steps_are_refused() {
    let bench = world(KeyType::P256);
    let usage = "`pades help sign` をご覧ください";
    for (words, causes) in [
        ("--prepare s --key key.pem --chain chain.pem in.pdf", ["--key", "--prepare"]),
        ("--prepare s --in-place in.pdf", ["--in-place", "--prepare"]),
        ("--prepare s in.pdf out.pdf", ["out.pdf", "too many"]),
        ("--prepare s --dry-run in.pdf", ["--dry-run", "--prepare"]),
        ("--prepare s --pss in.pdf", ["--pss", "--chain"]),
        ("--complete s in.pdf out.pdf", ["--complete", "--signature"]),
        ("--signature v in.pdf out.pdf", ["--complete", "--signature"]),
        ("--complete s --signature v --reason r in.pdf out.pdf", ["--reason", "--prepare"]),
        ("--complete s --signature v --key key.pem --chain chain.pem in.pdf out.pdf", ["--key", "--prepare"]),
        ("--complete s --signature v in.pdf", ["OUT", "missing"]),
        ("--cms-room 99 in.pdf out.pdf", ["--cms-room", "--prepare"]),
    ] {
        bench.fails_in_both(["sign"].into_iter().chain(words.split(' ')), &causes, usage);
    }
    let run =
        bench.fails(["sign", "--prepare", "in.pdf", "--chain", "chain.pem", "in.pdf", "--text"], &["PDF's own file"]);
    assert_eq!(run.out, "");
    let run = bench.pades(["sign", "--at", NOW, "--prepare", "no/state", "--chain", "chain.pem", "in.pdf"]);
    let json: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &json["error"]["kind"], &json["state"]), (4, &"io".into(), &Value::Null), "{json}");
}

/// A run that is killed leaves either nothing or all, and the next one goes on.
#[test]
fn killed_runs_leave_no_half_of_anything() {
    let bench = world(KeyType::P256);
    let json = prepare(&bench, "--prepare state --chain chain.pem in.pdf");
    bench.write("digest", bytes(&json["digest"]));
    if !openssl(&bench, "pkeyutl -sign -inkey key.pem -in digest -out value") {
        return;
    }
    let whole = bench.read("state");
    let complete = format!("sign --at {NOW} --complete state --signature value in.pdf out.pdf");
    let again = format!("sign --at {NOW} --prepare fresh --chain chain.pem in.pdf");
    bench.does(&complete.replace("out.pdf", "whole.pdf"));
    let signed = bench.read("whole.pdf");
    for wait in (0..12).map(|step| std::time::Duration::from_millis(step * 14)) {
        for (words, name, expected) in [(&complete, "out.pdf", &signed), (&again, "fresh", &whole)] {
            let _ = std::fs::remove_file(bench.path(name));
            killed_after(wait, words, &bench.path(""));
            if bench.path(name).exists() {
                assert!(bench.read(name) == *expected, "{wait:?} {name}");
            }
            assert!(bench.read("state") == whole);
            bench.does(words);
            assert!(bench.read(name) == *expected, "{wait:?} {name}");
        }
    }
}

fn killed_after(wait: std::time::Duration, words: &str, folder: &Path) {
    let mut command = Command::new(binary());
    command.args(words.split(' ')).current_dir(folder).env_clear().stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
}
