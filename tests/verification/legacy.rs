//! Formats of the past (ISO 32000-2, 12.8.3.2 and 12.8.3.3): `adbe.pkcs7.sha1` and `adbe.x509.rsa_sha1`, put together here around what
//! OpenSSL signed. Nothing of this crate writes them.

use std::path::Path;
use std::process::Command;

use pades_ltv::authority::{KeyType, Subscriber};
use pades_ltv::report::{Code, SignatureReport};
use pades_ltv::{Document, Policy, Verification};
use sha1::{Digest, Sha1};

use crate::common::asn1::{OCTET_STRING, tlv};
use crate::common::{World, certificates, now, pdf, signature, verdict};
use crate::forge::signed_base;

/// Room for a value, in bytes.
const ROOM: usize = 4_000;
const RANGE: usize = 64;

/// Somebody with an RSA key, in files for OpenSSL.
struct Old {
    world: World,
    folder: tempfile::TempDir,
}

impl Old {
    /// `None` where OpenSSL is not installed.
    fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            println!("skipped: no openssl");
            return None;
        }
        let world = World::with_key(KeyType::Rsa2048);
        let folder = tempfile::tempdir().unwrap();
        let subscriber = Subscriber::new("甲野太郎").key(KeyType::Rsa2048);
        let key = world.authority.private_key_pem(subscriber).unwrap();
        std::fs::write(folder.path().join("key.pem"), key).unwrap();
        std::fs::write(folder.path().join("cert.der"), &certificates(&world.signer)[0]).unwrap();
        let old = Self { world, folder };
        old.openssl(&["x509", "-inform", "DER", "-in", "cert.der", "-out", "cert.pem"]);
        Some(old)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn openssl(&self, arguments: &[&str]) {
        let done = Command::new("openssl").args(arguments).current_dir(self.path()).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// What OpenSSL makes of `input`, given as `in`, in `out`.
    fn made(&self, input: &[u8], arguments: &[&str]) -> Vec<u8> {
        std::fs::write(self.path().join("in"), input).unwrap();
        self.openssl(arguments);
        std::fs::read(self.path().join("out")).unwrap()
    }

    /// A CMS that carries `content`.
    fn cms(&self, content: &[u8]) -> Vec<u8> {
        let sign = ["cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-in", "in", "-signer", "cert.pem"];
        self.made(content, &[&sign[..], &["-inkey", "key.pem", "-outform", "DER", "-out", "out"]].concat())
    }

    /// A PKCS#1 v1.5 value with SHA-1, as the OCTET STRING that stands in the file.
    fn pkcs1(&self, message: &[u8]) -> Vec<u8> {
        let value = self.made(message, &["dgst", "-sha1", "-sign", "key.pem", "-out", "out", "in"]);
        tlv(OCTET_STRING, &[&value])
    }

    fn judged(&self, file: &[u8], policy: Policy) -> SignatureReport {
        let document = Document::open(file).unwrap();
        let evidence = self.world.evidence(file, now());
        let report = Verification::new(&document, &self.world.trust, now()).evidence(&evidence).policy(policy).verify();
        signature(&report, "Signature1").clone()
    }
}

/// A file with `entries` in its signature dictionary and what `value` makes of the covered bytes in `/Contents`.
fn assembled(entries: &str, value: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let hole = "0".repeat(2 * ROOM);
    let range = "#".repeat(RANGE);
    let body = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/M(D:20261007092523+09'00'){entries}/ByteRange {range}/Contents <{hole}>>>"
    );
    let mut file = signed_base(&body);
    let hole = pdf::holes(&file).pop().unwrap();
    let place = file.windows(RANGE).position(|window| window.iter().all(|byte| *byte == b'#')).unwrap();
    let text = format!("[0 {} {} {}]", hole.start, hole.end, file.len() - hole.end);
    file[place..place + RANGE].copy_from_slice(format!("{text:RANGE$}").as_bytes());
    let content = [&file[..hole.start], &file[hole.end..]].concat();
    let value = value(&content);
    pdf::fill(&mut file, &hole, &value);
    file
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Judged as they were made, with a byte changed, and by policies that know when SHA-1 ended.
fn assert_judged(old: &Old, file: &[u8], sub_filter: &str) {
    let good = old.judged(file, Policy::permissive());
    assert_eq!((verdict(&good).as_str(), good.intact, good.level), ("TOTAL-PASSED", true, None), "{good:#?}");
    assert_eq!(good.sub_filter.as_deref(), Some(sub_filter));
    assert_eq!(good.findings.iter().map(|one| one.code).collect::<Vec<_>>(), [Code::SubFilter], "{good:#?}");
    assert!(good.signer.as_ref().unwrap().subject.contains("甲野太郎"));
    let weak = old.judged(file, Policy::default());
    assert_eq!(verdict(&weak), "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "{weak:#?}");
    assert!(weak.intact && weak.associated.algorithms[0].algorithm.contains("SHA-1"), "{weak:#?}");
    // The box of the page is signed.
    let mut tampered = file.to_vec();
    let place = file.windows(9).position(|window| window == b"/MediaBox").unwrap();
    let digit = (place..file.len()).find(|at| file[*at].is_ascii_digit() && file[*at] != b'0').unwrap();
    tampered[digit] = if file[digit] == b'1' { b'2' } else { b'1' };
    let broken = old.judged(&tampered, Policy::permissive());
    assert!(verdict(&broken).starts_with("TOTAL-FAILED/") && !broken.intact, "{broken:#?}");
}

#[test]
fn pkcs7_sha1_is_judged_and_named() {
    let Some(old) = Old::new() else { return };
    let file = assembled("/SubFilter/adbe.pkcs7.sha1", |content| old.cms(&Sha1::digest(content)));
    assert_judged(&old, &file, "adbe.pkcs7.sha1");
    // The digest that is carried has to be that of the bytes, whoever signed it.
    let other = assembled("/SubFilter/adbe.pkcs7.sha1", |_| old.cms(&Sha1::digest(b"something else")));
    let one = old.judged(&other, Policy::permissive());
    assert_eq!(verdict(&one), "TOTAL-FAILED/HASH_FAILURE", "{one:#?}");
    let whole = assembled("/SubFilter/adbe.pkcs7.sha1", |content| old.cms(content));
    assert_eq!(verdict(&old.judged(&whole, Policy::permissive())), "TOTAL-FAILED/HASH_FAILURE");
}

#[test]
fn x509_rsa_sha1_is_judged_and_named() {
    let Some(old) = Old::new() else { return };
    let certificate = hex(&certificates(&old.world.signer)[0]);
    let issuer = hex(&certificates(&old.world.signer)[1]);
    for certificates in [format!("<{certificate}>"), format!("[<{certificate}><{issuer}>]")] {
        let entries = format!("/SubFilter/adbe.x509.rsa_sha1/Cert{certificates}");
        let file = assembled(&entries, |content| old.pkcs1(content));
        assert_judged(&old, &file, "adbe.x509.rsa_sha1");
    }
    // The first certificate is the signer's (ISO 32000-2, table 255).
    let entries = format!("/SubFilter/adbe.x509.rsa_sha1/Cert[<{issuer}><{certificate}>]");
    let file = assembled(&entries, |content| old.pkcs1(content));
    assert!(verdict(&old.judged(&file, Policy::permissive())).starts_with("TOTAL-FAILED/"));
    for entries in ["/SubFilter/adbe.x509.rsa_sha1", "/SubFilter/adbe.x509.rsa_sha1/Cert<00>"] {
        let file = assembled(entries, |content| old.pkcs1(content));
        assert_eq!(verdict(&old.judged(&file, Policy::permissive())), "TOTAL-FAILED/FORMAT_FAILURE");
    }
}
