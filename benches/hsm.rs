//! What the pool of sessions costs: signatures a second through a `Pkcs11Signer`, beside a bare loop of `C_SignInit` and `C_Sign` on
//! the same SoftHSM token, in turns, in one run. `cargo bench --bench hsm`; with `--test` a few of each.
//!
//! Without SoftHSM it says so and is done.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use cryptoki::context::Pkcs11;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::pkcs11::{Pin, Pkcs11Key, Pkcs11Signer};
use pades_ltv::{Document, Signer, Signing, SigningInput, Time};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const FOLDER: &str = "PADES_SOFTHSM_FOLDER";
const PIN: &str = "1234";
/// DigestInfo of SHA-256, before the digest (RFC 8017, 9.2, note 1).
const SHA256: &[u8] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

fn main() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return measure(Path::new(&folder));
    }
    if !Path::new(MODULE).exists() || Command::new("softhsm2-util").arg("--version").output().is_err() {
        return println!("skipped: no softhsm2");
    }
    // SoftHSM finds its tokens by the environment, so the work is done by a child.
    let folder = tempfile::tempdir().unwrap();
    let (tokens, conf) = (folder.path().join("tokens"), folder.path().join("softhsm2.conf"));
    std::fs::create_dir(&tokens).unwrap();
    std::fs::write(&conf, format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display())).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(std::env::args().skip(1)).env("SOFTHSM2_CONF", conf).env(FOLDER, folder.path());
    assert!(child.status().unwrap().success());
}

fn measure(folder: &Path) {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (rounds, count) = if is_test { (1, 4) } else { (9, 400) };
    let authority = Authority::new("the HSM bench", Time::from_unix(1_800_000_000)).unwrap();
    println!("{:<12}{:>10}{:>16}{:>16}{:>8}", "key", "threads", "bare loop /s", "pool /s", "ratio");
    util(&["--init-token", "--free", "--label", "bench", "--so-pin", "5678", "--pin", PIN]);
    for (key, id) in [(KeyType::Rsa2048, "01"), (KeyType::P256, "02")] {
        let (label, subscriber) = (format!("{key:?}"), Subscriber::new("bench").key(key));
        let file = folder.join("key.pem");
        std::fs::write(&file, authority.private_key_pem(subscriber.clone()).unwrap()).unwrap();
        let file = file.to_str().unwrap();
        util(&["--import", file, "--token", "bench", "--label", &label, "--id", id, "--pin", PIN]);
        let identity = authority.issue(subscriber).unwrap().identity().unwrap();
        let chain: Vec<Vec<u8>> = identity.certificates().map(<[u8]>::to_vec).collect();
        let signer = Pkcs11Key::new(MODULE).label(&label).pin(Pin::new(PIN)).certificates(chain).open().unwrap();
        for threads in [1, 2] {
            let (mut bare, mut pooled) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                bare.push(rate(threads, count, || loop_of_its_own(&label, key, count)));
                pooled.push(rate(threads, count, || through_the_pool(&signer, count)));
            }
            let (bare, pooled) = (median(bare), median(pooled));
            println!("{label:<12}{threads:>10}{bare:>16.0}{pooled:>16.0}{:>8.2}", pooled / bare);
        }
    }
}

/// Signatures a second where each of `threads` does `work`, which is `count` signatures. What `work` gives is the time that each needed.
fn rate(threads: usize, count: usize, work: impl Fn() -> f64 + Sync) -> f64 {
    let seconds = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).fold(0.0, f64::max)
    });
    (threads * count) as f64 / seconds
}

fn through_the_pool(signer: &Pkcs11Signer, count: usize) -> f64 {
    let input = input(signer);
    let start = Instant::now();
    for _ in 0..count {
        signer.sign(&input).unwrap();
    }
    start.elapsed().as_secs_f64()
}

/// SoftHSM alone: one session, one key, one prepared input.
fn loop_of_its_own(label: &str, key: KeyType, count: usize) -> f64 {
    // The signer has initialised the module and logged this process in.
    let module = Pkcs11::new(MODULE).unwrap();
    let slot = module.get_slots_with_initialized_token().unwrap()[0];
    let session = module.open_ro_session(slot).unwrap();
    let template = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Label(label.as_bytes().to_vec())];
    let handle = session.find_objects(&template).unwrap()[0];
    let digest = [0x5a; 32];
    let (mechanism, input) = match key {
        KeyType::Rsa2048 => (Mechanism::RsaPkcs, [SHA256, &digest].concat()),
        _ => (Mechanism::Ecdsa, digest.to_vec()),
    };
    let start = Instant::now();
    for _ in 0..count {
        session.sign(&mechanism, handle, &input).unwrap();
    }
    start.elapsed().as_secs_f64()
}

fn input(signer: &Pkcs11Signer) -> SigningInput {
    let pdf = include_bytes!("../examples/contract.pdf");
    let document = Document::open(pdf.as_slice()).unwrap();
    let prepared = Signing::new(&document, Time::from_unix(1_800_000_000)).prepare(&signer.identity().unwrap());
    prepared.unwrap().input().clone()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn util(arguments: &[&str]) {
    let output = Command::new("softhsm2-util").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
