//! A SoftHSM token for one run, and its bare operations.

use std::path::{Path, PathBuf};
use std::process::Command;

use cryptoki::context::Pkcs11;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use pades_ltv::Signer;
use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::pkcs11::{Pin, Pkcs11Key, Pkcs11Signer};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const FOLDER: &str = "PADES_SOFTHSM_FOLDER";
const PIN: &str = "1234";
/// DigestInfo of SHA-256, before the digest (RFC 8017, 9.2, note 1).
const SHA256: &[u8] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// An initialised token in a folder of its own.
pub(crate) struct Token {
    folder: PathBuf,
}

/// Does `work` without a token, and once more in a child that has one: SoftHSM finds its tokens by the environment.
/// Where it is not installed, there is no child.
pub(crate) fn in_a_child(work: impl Fn(Option<Token>)) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        util(&["--init-token", "--free", "--label", "bench", "--so-pin", "5678", "--pin", PIN]);
        return work(Some(Token { folder: folder.into() }));
    }
    work(None);
    if !Path::new(MODULE).exists() || Command::new("softhsm2-util").arg("--version").output().is_err() {
        return println!("skipped: no softhsm2");
    }
    let folder = tempfile::tempdir().unwrap();
    let (tokens, conf) = (folder.path().join("tokens"), folder.path().join("softhsm2.conf"));
    std::fs::create_dir(&tokens).unwrap();
    std::fs::write(&conf, format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display())).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(std::env::args().skip(1)).env("SOFTHSM2_CONF", conf).env(FOLDER, folder.path());
    assert!(child.status().unwrap().success());
}

impl Token {
    /// A key of `authority`'s in this token, behind the pool.
    pub(crate) fn signer(&self, authority: &Authority, key: KeyType, label: &str, id: &str) -> Pkcs11Signer {
        let subscriber = Subscriber::new("bench").key(key);
        let file = self.folder.join("key.pem");
        std::fs::write(&file, authority.private_key_pem(subscriber.clone()).unwrap()).unwrap();
        let file = file.to_str().unwrap();
        util(&["--import", file, "--token", "bench", "--label", label, "--id", id, "--pin", PIN]);
        let identity = authority.issue(subscriber).unwrap().identity().unwrap();
        let chain: Vec<Vec<u8>> = identity.certificates().map(<[u8]>::to_vec).collect();
        Pkcs11Key::new(MODULE).label(label).pin(Pin::new(PIN)).certificates(chain).open().unwrap()
    }
}

/// SoftHSM alone: one session, one key, one prepared input.
pub(crate) struct Bare {
    session: Session,
    key: ObjectHandle,
    mechanism: Mechanism<'static>,
    input: Vec<u8>,
}

impl Bare {
    /// The key `label`, in a process that a signer has logged in.
    pub(crate) fn open(label: &str, key: KeyType) -> Self {
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
        Self { session, key: handle, mechanism, input }
    }

    pub(crate) fn sign(&self, count: usize) {
        for _ in 0..count {
            self.session.sign(&self.mechanism, self.key, &self.input).unwrap();
        }
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn util(arguments: &[&str]) {
    let output = Command::new("softhsm2-util").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
