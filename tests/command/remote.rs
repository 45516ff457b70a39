//! `sign --csc`: a key in the care of a signing service, here the one of the tests, on the loopback interface.

use std::collections::BTreeMap;
use std::time::Duration;

use pades_ltv::authority::Authority;
use serde_json::Value;

use crate::bench::{Bench, CHAIN, CONTRACT, NOW, Run};
use crate::dummy::Dummy;
use crate::server::answer;
use crate::service::{Rules, SigningService, TOKEN};

const PIN: &str = "2718281828";

/// A folder with the secrets, and a service that wants the PIN.
pub(crate) struct Desk {
    pub(crate) bench: Bench,
    pub(crate) service: SigningService,
}

impl Desk {
    pub(crate) fn new(rules: Rules) -> Self {
        Self::interrupted(rules, |_, _| None)
    }

    pub(crate) fn interrupted(
        rules: Rules,
        interrupt: impl Fn(&str, usize) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        let authority = Authority::new("services of the command's tests", NOW.parse().unwrap()).unwrap();
        let rules = Rules { pin: Some(PIN), ..rules };
        let service = SigningService::interrupted(authority.device("甲野太郎").unwrap(), rules, interrupt);
        let bench = Bench::new();
        bench.write("anchor.pem", authority.root_pem());
        bench.write("token", format!("{TOKEN}\r\n"));
        bench.write("pin", format!("{PIN}\n"));
        bench.write("wrong", "3141592653\n");
        bench.write("otp", "738496");
        bench.write("empty", "\n");
        Self { bench, service }
    }

    /// Signs, in JSON; what unlocks the key stands in `words`.
    pub(crate) fn sign(&self, words: &str) -> (Run, Vec<Value>) {
        let url = self.service.url();
        let words = format!("sign --csc {url} --csc-token-file token --at {NOW} --json {words}");
        let run = self.bench.pades(words.split(' '));
        for secret in [TOKEN, PIN, "3141592653", "738496"] {
            assert!(!format!("{}{}", run.out, run.err).contains(secret), "{}{}", run.out, run.err);
        }
        let lines = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (run, lines)
    }

    /// How often each method was called, and with how many hashes altogether.
    fn calls(&self) -> BTreeMap<String, (usize, usize)> {
        let mut calls = BTreeMap::<String, (usize, usize)>::new();
        for (method, hashes) in self.service.calls() {
            let (count, sum) = calls.entry(method).or_default();
            *count += 1;
            *sum += hashes;
        }
        calls
    }

    pub(crate) fn called(&self, method: &str) -> (usize, usize) {
        self.calls().get(method).copied().unwrap_or_default()
    }

    /// Contracts with these names, all different but the last two.
    pub(crate) fn contracts(&self, count: usize) -> String {
        std::fs::create_dir(self.bench.path("out")).unwrap();
        let contract = std::fs::read(CONTRACT).unwrap();
        let names: Vec<String> = (1..=count).map(|number| format!("{number}.pdf")).collect();
        for (number, name) in names.iter().enumerate() {
            let mark = format!("%{}\n", number.min(count - 2));
            self.bench.write(name, [contract.as_slice(), mark.as_bytes()].concat());
        }
        names.join(" ")
    }

    fn passes(&self, files: &str) {
        let words = format!("verify --json --at {NOW} --trust anchor.pem --waive signer_revocation {files}");
        let run = self.bench.pades(words.replace("  ", " ").split(' '));
        for line in run.out.lines() {
            let report: Value = serde_json::from_str(line).unwrap();
            assert_eq!(
                (&report["signatures"][0]["intact"], &report["signatures"][0]["level"]),
                (&true.into(), &"B-B".into()),
                "{report}"
            );
        }
        assert_eq!(run.out.lines().count(), files.split(' ').count());
    }
}

#[test]
fn a_service_signs_with_either_version() {
    for version in [1, 2] {
        let desk = Desk::new(Rules { version, ..Rules::default() });
        let (run, lines) = desk.sign(&format!("--csc-pin-file pin {CONTRACT} out.pdf"));
        assert_eq!((run.code, run.err.as_str(), &lines[0]["error"]), (0, "", &Value::Null), "{}", run.out);
        desk.passes("out.pdf");
        // The same again, by name and with the same object in general words, gives the same.
        let (run, _) = desk.sign(&format!("--csc-credential GX01 --csc-auth-file PIN=pin {CONTRACT} again.pdf"));
        assert!(run.code == 0 && desk.bench.read("out.pdf") == desk.bench.read("again.pdf"), "{}", run.err);
        assert_eq!((desk.called("credentials/list"), desk.called("signatures/signHash")), ((1, 0), (2, 2)));
        // A dry run asks for the certificate alone.
        let (run, lines) = desk.sign(&format!("--dry-run {CONTRACT}"));
        assert_eq!((run.code, &lines[0]["algorithm"]), (0, &"ECDSA with SHA-256".into()), "{}", run.err);
        assert_eq!(desk.called("credentials/authorize"), (2, 2));
        // With a timestamp of the test authority, as with every other key.
        let (run, _) = desk.sign(&format!("--csc-pin-file pin --tsa local {CONTRACT} stamped.pdf"));
        assert!(
            run.code == 0 && desk.bench.read("stamped.pdf").len() > desk.bench.read("out.pdf").len(),
            "{}",
            run.err
        );
    }
}

/// Certificates that the service does not have stand beside it, and foreign ones are told of.
#[test]
fn a_chain_beside_the_service_is_added() {
    let desk = Desk::new(Rules::default());
    desk.bench.write("foreign.pem", std::fs::read(CHAIN).unwrap());
    let (run, _) = desk.sign(&format!("--csc-pin-file pin {CONTRACT} alone.pdf"));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let (run, _) = desk.sign(&format!("--csc-pin-file pin --chain anchor.pem {CONTRACT} rooted.pdf"));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(desk.bench.read("rooted.pdf").len() > desk.bench.read("alone.pdf").len());
    let (run, _) = desk.sign(&format!("--csc-pin-file pin --chain foreign.pem {CONTRACT} foreign.pdf"));
    assert!(run.code == 0 && run.err.contains("has nothing to do with the signer"), "{}", run.err);
}

/// An envelope: one authorisation where the service allows it, also of more files than are open at once.
#[test]
fn all_files_of_a_run_are_authorised_at_once() {
    for (multisign, count, authorisations) in [(20, 20, 1), (8, 20, 3), (100, 70, 1), (30, 70, 3)] {
        let desk = Desk::new(Rules { multisign, ..Rules::default() });
        let names = desk.contracts(count);
        let (run, lines) = desk.sign(&format!("--csc-pin-file pin --out-dir out {names}"));
        assert_eq!((run.code, run.err.as_str(), lines.len()), (0, "", count), "{}", run.out);
        assert_eq!(desk.called("credentials/authorize"), (authorisations, count), "{multisign}");
        assert_eq!(desk.called("signatures/signHash"), (authorisations, count));
        let outs: Vec<String> = names.split(' ').map(|name| format!("out/{name}")).collect();
        desk.passes(&outs.join(" "));
        for (line, name) in lines.iter().zip(names.split(' ')) {
            assert_eq!((&line["file"], &line["error"]), (&name.into(), &Value::Null));
        }
    }
}

/// What is wrong with one document is its own; the service never hears of it.
#[test]
fn what_fails_for_one_is_its_own() {
    for count in [3, 70] {
        let desk = Desk::new(Rules { multisign: 100, ..Rules::default() });
        let names = desk.contracts(count);
        desk.bench.write("page.pdf", "<html>503</html>");
        let (run, lines) = desk.sign(&format!("--csc-pin-file pin --out-dir out page.pdf {names} missing.pdf"));
        assert_eq!((run.code, lines.len()), (5, count + 2), "{}", run.err);
        assert_eq!(desk.called("credentials/authorize"), (1, count));
        let failed: Vec<_> = lines.iter().filter(|line| !line["error"].is_null()).map(|line| &line["file"]).collect();
        assert_eq!(failed, ["page.pdf", "missing.pdf"]);
    }
    // One of three questions fails: the others are signed.
    let desk = Desk::interrupted(Rules { multisign: 30, ..Rules::default() }, |method, before| {
        (method == "signatures/signHash" && before == 1)
            .then(|| answer("503 Service Unavailable", "text/html", b"<p>Maintenance</p>"))
    });
    let names = desk.contracts(70);
    let (run, lines) = desk.sign(&format!("--csc-pin-file pin --out-dir out {names}"));
    let retryable = lines.iter().filter(|line| line["error"]["class"] == "retryable").count();
    assert_eq!((run.code, retryable), (5, 30), "{}", run.err);
}

/// Somebody confirms elsewhere: it is waited for, or said how long it would be.
#[test]
fn a_pending_authorisation_is_waited_for() {
    let desk = Desk::new(Rules { pending: 2, ..Rules::default() });
    let (run, _) = desk.sign(&format!("--csc-pin-file pin --csc-wait 0 {CONTRACT} out.pdf"));
    assert!(run.code == 4 && run.err.contains("has to confirm it elsewhere; confirm it there"), "{}", run.err);
    let (run, _) = desk.sign(&format!("--csc-pin-file pin --csc-wait 0 --lang ja {CONTRACT} out.pdf"));
    assert!(run.err.contains("承認が時間内に行われませんでした"), "{}", run.err);
    let desk = Desk::new(Rules { pending: 1, ..Rules::default() });
    let (run, _) = desk.sign(&format!("--csc-pin-file pin {CONTRACT} out.pdf"));
    assert_eq!((run.code, desk.called("credentials/authorizeCheck").0), (0, 1), "{}", run.err);
}

/// The password comes after the service was asked to send it, and the service gets what came.
#[test]
fn a_one_time_password_is_sent_first() {
    for (version, method) in [(1, "credentials/sendOTP"), (2, "credentials/getChallenge")] {
        let desk = Desk::new(Rules { version, ..Rules::default() });
        let (run, _) = desk.sign(&format!("--csc-send-otp --csc-otp-file otp --dry-run {CONTRACT}"));
        assert_eq!((run.code, desk.called(method).0), (0, 0), "{}", run.err);
        let words = format!("--csc-pin-file pin --csc-send-otp --csc-otp-file otp {CONTRACT} out.pdf");
        let (run, _) = desk.sign(&words);
        assert!(run.code == 0 && run.err.contains("sends a one-time password"), "{}", run.err);
        let methods: Vec<String> = desk.service.calls().into_iter().map(|(method, _)| method).collect();
        assert_eq!(methods[methods.len() - 3..], [method, "credentials/authorize", "signatures/signHash"]);
        let (run, _) = desk.sign(&format!("{words} --lang ja"));
        assert!(run.err.contains("ワンタイムパスワードを送信しました"), "{}", run.err);
        assert_eq!(desk.service.bodies("credentials/authorize").len(), 2);
        for body in desk.service.bodies("credentials/authorize") {
            let otp = if version == 1 { &body["OTP"] } else { &body["authData"][1]["value"] };
            assert_eq!(otp, "738496");
        }
    }
}

/// A pipe says what it has to say once.
#[cfg(unix)]
#[test]
fn an_access_token_is_read_once() {
    let desk = Desk::new(Rules::default());
    let pipe = desk.bench.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn(move || {
        std::fs::write(&pipe, TOKEN).unwrap();
        std::fs::remove_file(&pipe).unwrap();
    });
    let words = "--csc-token-file pipe --csc-pin-file pin --csc-send-otp --csc-otp-file otp";
    let (run, _) = desk.sign(&format!("{words} {CONTRACT} out.pdf"));
    assert_eq!(run.code, 0, "{}", run.err);
    writer.join().unwrap();
}

#[test]
fn an_authorisation_that_ended_is_asked_for_again_or_retryable() {
    let desk = Desk::new(Rules { lifetime: (300, Duration::ZERO), ..Rules::default() });
    let (run, lines) = desk.sign(&format!("--csc-pin-file pin {CONTRACT} out.pdf"));
    assert_eq!((run.code, &lines[0]["error"]["class"]), (4, &"retryable".into()), "{}", run.err);
    assert_eq!(desk.called("credentials/authorize").0, 2);
    let (run, _) = desk.sign(&format!("--csc-pin-file pin --lang ja {CONTRACT} out.pdf"));
    assert!(run.err.contains("認可の有効期限が切れました"), "{}", run.err);
}

/// Somebody else's service, which signs at most ten at once.
#[test]
fn the_demonstration_service_signs() {
    let Some(dummy) = Dummy::start("2") else { return };
    let bench = Bench::new();
    bench.write("token", "nobody-looks");
    std::fs::create_dir(bench.path("out")).unwrap();
    let contract = std::fs::read(CONTRACT).unwrap();
    let names: Vec<String> = (1..=12).map(|number| format!("{number}.pdf")).collect();
    for name in &names {
        bench.write(name, [contract.as_slice(), name.as_bytes()].concat());
    }
    let sign =
        format!("sign --csc {} --csc-token-file token --at {NOW} --out-dir out {}", dummy.url(), names.join(" "));
    let run = bench.pades(sign.split(' '));
    assert!(run.code == 4 && run.err.contains("demo/ec") && run.err.contains("none was named"), "{}", run.err);
    for (words, algorithm) in [
        ("demo/ec", "ECDSA with SHA-384"),
        ("demo/rsa --pss --digest sha512", "RSASSA-PSS with SHA-512"),
        ("demo/rsa", "RSA PKCS#1 v1.5 with SHA-256"),
    ] {
        bench.does(&format!("{sign} --csc-credential {words}"));
        let run = bench.pades(format!("verify --json --at {NOW} out/1.pdf out/12.pdf").split(' '));
        for line in run.out.lines() {
            let report: Value = serde_json::from_str(line).unwrap();
            let signature = &report["signatures"][0];
            assert_eq!((&signature["intact"], &signature["algorithm"]), (&true.into(), &algorithm.into()), "{report}");
        }
        assert_eq!(run.out.lines().count(), 2);
    }
}
