//! The test authority before an outside judge: OpenSSL must accept what it answers, and refuse what it answers badly.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pades_ltv::authority::{Authority, AuthorityAt, KeyType, Misbehaviour, RevocationReason, Subscriber};
use pades_ltv::{Fetch, FetchRequest, Signer, Time, TimestampAuthority};

const YEAR: u64 = 365 * 86_400;

/// A folder with the files that OpenSSL reads and writes.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    /// `None`, and a word about it, where there is no OpenSSL 3.
    fn new() -> Option<Self> {
        let version = Command::new("openssl").arg("version").output().ok()?;
        if !String::from_utf8_lossy(&version.stdout).starts_with("OpenSSL 3") {
            return None;
        }
        Some(Self { folder: tempfile::tempdir().unwrap() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    fn pem(&self, name: &str, der: &[u8]) -> PathBuf {
        let pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).unwrap();
        self.write(name, pem.as_bytes())
    }

    /// Runs OpenSSL in the folder; `Err` has its words.
    fn openssl(&self, arguments: &str) -> Result<String, String> {
        let run = Command::new("openssl").args(arguments.split(' ')).current_dir(self.folder.path()).output();
        let Output { status, stdout, stderr } = run.unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        if status.success() { Ok(text) } else { Err(text) }
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }
}

fn bench() -> Option<Bench> {
    let bench = Bench::new();
    if bench.is_none() {
        println!("skipped: no openssl");
    }
    bench
}

fn now() -> Time {
    "2026-10-07T09:25:23+09:00".parse().unwrap()
}

fn years_later(years: u64) -> Time {
    now().after(std::time::Duration::from_secs(YEAR.saturating_mul(years)))
}

fn certificates(signer: &impl Signer) -> Vec<Vec<u8>> {
    signer.identity().unwrap().certificates().map(<[u8]>::to_vec).collect()
}

/// Writes root.pem, ca.pem and own.pem.
fn lay_out(bench: &Bench, authority: &Authority, signer: &impl Signer) {
    bench.write("root.pem", authority.root_pem().as_bytes());
    let chain = certificates(signer);
    bench.pem("own.pem", &chain[0]);
    bench.pem("ca.pem", &chain[1]);
}

#[test]
fn openssl_accepts_the_certificates_of_every_key_type() {
    let Some(bench) = bench() else { return };
    let authority = Authority::new(b"keys", now()).unwrap();
    for key in [KeyType::P256, KeyType::P384, KeyType::P521, KeyType::Rsa2048] {
        lay_out(&bench, &authority, &authority.issue(Subscriber::new("署名 花子").key(key)).unwrap());
        let verify =
            format!("verify -x509_strict -attime {} -CAfile root.pem -untrusted ca.pem own.pem", now().to_unix());
        assert_eq!(bench.openssl(&verify).unwrap(), "own.pem: OK\n", "{key:?}");
        let text = bench.openssl("x509 -in own.pem -noout -subject -nameopt utf8").unwrap();
        assert!(text.contains("署名 花子") && text.contains("NOT FOR PRODUCTION"), "{text}");
    }
}

/// `openssl ts -verify` of what `services` answer, at their own time.
fn stamp(bench: &Bench, services: AuthorityAt<'_>, time: Time) -> Result<String, String> {
    bench.write("message", b"a message");
    bench.openssl("ts -query -data message -sha256 -cert -out query.tsq").unwrap();
    bench.write("reply.tsr", &services.timestamp(&bench.read("query.tsq")).unwrap());
    let time = time.to_unix();
    bench.openssl(&format!("ts -verify -attime {time} -queryfile query.tsq -in reply.tsr -CAfile root.pem"))
}

#[test]
fn openssl_accepts_timestamps_over_decades_and_refuses_bad_ones() {
    let Some(bench) = bench() else { return };
    let authority = Authority::new(b"stamps", now()).unwrap();
    bench.write("root.pem", authority.root_pem().as_bytes());
    for years in [0, 1, 12, 59] {
        let time = years_later(years);
        let judged = stamp(&bench, authority.at(time), time);
        assert!(judged.as_ref().is_ok_and(|text| text.contains("Verification: OK")), "{years}: {judged:?}");
    }
    let text = bench.openssl("ts -reply -in reply.tsr -text").unwrap();
    for expected in ["Status: Granted.", "Policy OID: 1.3.6.1.4.1.32473.1.2", "Accuracy: 0x01 seconds", "Nonce: 0x"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    use Misbehaviour as M;
    for bad in [
        M::HtmlPage,
        M::Empty,
        M::Garbage,
        M::Rejected,
        M::NoToken,
        M::WrongNonce,
        M::MissingNonce,
        M::WrongImprint,
        M::WrongImprintAlgorithm,
        M::NoCertificate,
        M::WrongCertificate,
        M::NoSigningCertificate,
        M::ExpiredCertificate,
        M::NotYetValid,
        M::NoExtendedKeyUsage,
        M::NonCriticalExtendedKeyUsage,
        M::SecondExtendedKeyUsage,
        M::BadSignature,
        M::WrongMessageDigest,
        M::TwoSigners,
        M::Truncated,
        M::RejectedAlgorithm,
        M::RejectedPolicy,
        M::RejectedInSilence,
        M::Waiting,
        M::RevocationWarning,
        M::WrongVersion,
        M::OldAnswer,
        M::WrongContentType,
    ] {
        let judged = stamp(&bench, authority.at(now()).misbehaving(bad), now());
        assert!(judged.is_err(), "{bad:?}: {judged:?}");
    }
}

/// OpenSSL's words on the OCSP answer about own.pem, issued by ca.pem.
fn ocsp(bench: &Bench, services: AuthorityAt<'_>, time: Time) -> Result<String, String> {
    let url = bench.openssl("x509 -in own.pem -noout -ocsp_uri").unwrap().trim().to_owned();
    bench.openssl("ocsp -issuer ca.pem -cert own.pem -reqout request.der").unwrap();
    let request = FetchRequest::Ocsp { url, body: bench.read("request.der") };
    bench.write("answer.der", &services.fetch(&request).unwrap());
    // A century of leeway: OpenSSL compares the answer's times with the machine's clock, whatever -attime says.
    let leeway = "-validity_period 3200000000";
    let options = format!("-attime {} -CAfile root.pem -verify_other ca.pem {leeway}", time.to_unix());
    bench.openssl(&format!(
        "ocsp -no_nonce -issuer ca.pem -cert own.pem -reqin request.der -respin answer.der {options}"
    ))
}

fn is_good(judged: &Result<String, String>, status: &str) -> bool {
    judged
        .as_ref()
        .is_ok_and(|text| text.contains("Response verify OK") && text.contains(&format!("own.pem: {status}")))
}

#[test]
fn openssl_accepts_ocsp_answers_and_refuses_bad_ones() {
    let Some(bench) = bench() else { return };
    let mut authority = Authority::new(b"ocsp", now()).unwrap();
    let alice = authority.issue("Alice").unwrap();
    lay_out(&bench, &authority, &alice);
    let good = ocsp(&bench, authority.at(now()), now());
    assert!(is_good(&good, "good"), "{good:?}");

    use Misbehaviour as M;
    for (bad, words) in [
        (M::OcspTryLater, "trylater"),
        (M::OcspUnauthorized, "unauthorized"),
        (M::OcspWrongCertificate, "No Status found"),
        (M::OcspUnknown, "own.pem: unknown"),
        (M::OcspRevoked, "own.pem: revoked"),
        (M::OcspBadSignature, "Response Verify Failure"),
        (M::OcspWrongResponder, "Response Verify Failure"),
        (M::Garbage, "Error reading OCSP response"),
    ] {
        let judged = ocsp(&bench, authority.at(now()).misbehaving(bad), now());
        let (Ok(text) | Err(text)) = judged;
        assert!(text.contains(words), "{bad:?}: {text}");
    }

    authority.revoke(&certificates(&alice)[0], years_later(1), RevocationReason::KeyCompromise).unwrap();
    let before = ocsp(&bench, authority.at(now()), now());
    assert!(is_good(&before, "good"), "{before:?}");
    let after = ocsp(&bench, authority.at(years_later(2)), years_later(2));
    assert!(is_good(&after, "revoked") && after.as_ref().is_ok_and(|text| text.contains("keyCompromise")), "{after:?}");
}

#[test]
fn a_stranger_is_unknown() {
    let Some(bench) = bench() else { return };
    let authority = Authority::new(b"ocsp", now()).unwrap();
    let alice = authority.issue("Alice").unwrap();
    let chain = certificates(&alice);
    bench.pem("own.pem", &chain[0]);
    let url = bench.openssl("x509 -in own.pem -noout -ocsp_uri").unwrap().trim().to_owned();
    bench.pem("ca.pem", &chain[1]);
    bench.openssl("ocsp -issuer ca.pem -serial 42 -reqout request.der").unwrap();
    let request = FetchRequest::Ocsp { url, body: bench.read("request.der") };
    bench.write("answer.der", &authority.at(now()).fetch(&request).unwrap());
    let text = bench.openssl("ocsp -respin answer.der -noverify -resp_text").unwrap();
    assert!(text.contains("Cert Status: unknown"), "{text}");
}

fn crl(bench: &Bench, services: AuthorityAt<'_>, certificate: &Path, name: &str) {
    let text = bench.openssl(&format!("x509 -in {} -noout -ext crlDistributionPoints", certificate.display())).unwrap();
    let url = text.lines().find_map(|line| line.trim().strip_prefix("URI:")).unwrap().to_owned();
    bench.write("crl.der", &services.fetch(&FetchRequest::Crl { url }).unwrap());
    bench.openssl(&format!("crl -inform DER -in crl.der -out {name}")).unwrap();
}

#[test]
fn openssl_accepts_crls_and_refuses_bad_ones() {
    let Some(bench) = bench() else { return };
    let mut authority = Authority::new(b"crl", now()).unwrap();
    let alice = authority.issue("Alice").unwrap();
    lay_out(&bench, &authority, &alice);
    let check = |authority: &Authority, bad: Option<Misbehaviour>, time: Time| {
        let services = authority.at(time);
        let services = bad.map_or(services, |bad| services.misbehaving(bad));
        crl(&bench, services, &bench.path("own.pem"), "leaf.crl");
        crl(&bench, authority.at(time), &bench.path("ca.pem"), "root.crl");
        let options =
            "-x509_strict -crl_check_all -CAfile root.pem -untrusted ca.pem -CRLfile leaf.crl -CRLfile root.crl";
        bench.openssl(&format!("verify -attime {} {options} own.pem", time.to_unix()))
    };
    assert_eq!(check(&authority, None, now()).unwrap(), "own.pem: OK\n");
    for bad in [Misbehaviour::CrlExpired, Misbehaviour::CrlWrongIssuer, Misbehaviour::CrlBadSignature] {
        let judged = check(&authority, Some(bad), now());
        assert!(judged.as_ref().is_err_and(|text| text.to_lowercase().contains("crl")), "{bad:?}: {judged:?}");
    }
    authority.revoke(&certificates(&alice)[0], years_later(1), RevocationReason::Superseded).unwrap();
    assert!(check(&authority, None, now()).is_ok());
    let judged = check(&authority, None, years_later(2));
    assert!(judged.as_ref().is_err_and(|text| text.contains("revoked")), "{judged:?}");
    let text = bench.openssl("crl -in leaf.crl -noout -text").unwrap();
    assert!(text.contains("Superseded"), "{text}");
}
