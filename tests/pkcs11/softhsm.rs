//! A SoftHSM of our own for each test: its folder, its tokens, what is on them.
//!
//! SoftHSM reads its folder from the environment, once per process. So each test runs itself again as a child with that
//! environment, and the child does the work.

use std::path::{Path, PathBuf};
use std::process::Command;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, KeyType as Pkcs11KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use pades_ltv::Signer;
use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::pkcs11::{Pin, Pkcs11Key};
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};

use crate::common::{certificates, now};

pub(crate) const PIN: &str = "1234";
/// What the child finds its folder by.
const CHILD: &str = "PADES_SOFTHSM_FOLDER";
const DONE: &str = "the child has done its work";
const MODULES: [&str; 5] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/// Where SoftHSM's module is, if anywhere.
pub(crate) fn module() -> Option<PathBuf> {
    MODULES.map(PathBuf::from).into_iter().find(|path| path.exists())
}

/// Does `work`, the body of the test called `name`, in a process with an empty SoftHSM, whose configuration also says `options`.
pub(crate) fn with_softhsm(name: &str, options: &str, work: impl FnOnce(&SoftHsm)) {
    if let Some(folder) = std::env::var_os(CHILD) {
        work(&SoftHsm { folder: folder.into(), authority: Authority::new("pkcs11 tests", now()).unwrap() });
        println!("{DONE}");
        return;
    }
    if module().is_none() || Command::new("softhsm2-util").arg("--version").output().is_err() {
        println!("skipped: no softhsm2");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let conf = folder.path().join("softhsm2.conf");
    let text = format!("directories.tokendir = {}\nlog.level = ERROR\n{options}\n", tokens.display());
    std::fs::write(&conf, text).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("SOFTHSM2_CONF", conf)
        .env(CHILD, folder.path())
        .output()
        .unwrap();
    let (said, failed) = (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success() && said.contains(DONE), "{name}, {}: {said}\n{failed}", child.status);
    said.lines().filter(|line| line.starts_with("skipped: ")).for_each(|line| println!("{line}"));
}

/// SoftHSM as the child sees it, and an authority that issues certificates for keys on it.
pub(crate) struct SoftHsm {
    folder: PathBuf,
    pub(crate) authority: Authority,
}

impl SoftHsm {
    /// An empty token.
    pub(crate) fn token(&self, label: &str) {
        self.util(&["--init-token", "--free", "--label", label, "--so-pin", "5678", "--pin", PIN]);
    }

    /// All tokens are gone, as if somebody had taken them out. Only while the module is not in use.
    pub(crate) fn destroy_tokens(&self) {
        let tokens = self.folder.join("tokens");
        std::fs::remove_dir_all(&tokens).unwrap();
        std::fs::create_dir(tokens).unwrap();
    }

    /// Makes the only token say `flag` of itself: its file holds, big-endian, an attribute's type, kind (2: a number) and value.
    pub(crate) fn set_flag(&self, flag: u64) {
        let attribute = [0x8000_534b_u64.to_be_bytes(), 2_u64.to_be_bytes()].concat();
        let tokens: Vec<_> = std::fs::read_dir(self.folder.join("tokens")).unwrap().collect();
        let path = tokens[0].as_ref().unwrap().path().join("token.object");
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.windows(attribute.len()).position(|window| window == attribute).unwrap() + attribute.len();
        let flags = u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap()) | flag;
        bytes[at..at + 8].copy_from_slice(&flags.to_be_bytes());
        std::fs::write(path, bytes).unwrap();
    }

    /// A subscriber's key on the token, without certificate.
    pub(crate) fn key(&self, token: &str, label: &str, id: &str, subscriber: &Subscriber) {
        let file = self.folder.join("key.pem");
        std::fs::write(&file, self.authority.private_key_pem(subscriber.clone()).unwrap()).unwrap();
        let file = file.to_str().unwrap();
        self.util(&["--import", file, "--token", token, "--label", label, "--id", id, "--pin", PIN]);
    }

    /// A subscriber's key and all of its certificates on the token.
    pub(crate) fn key_with_chain(&self, token: &str, label: &str, id: &str, subscriber: &Subscriber) {
        self.key(token, label, id, subscriber);
        let access = Access::new(token);
        for (index, der) in self.chain(subscriber).iter().enumerate() {
            let id = if index == 0 { hex(id) } else { vec![0xff, u8::try_from(index).unwrap()] };
            access.write_certificate(label, &id, der);
        }
    }

    /// A subscriber's certificates, each DER, its own first.
    pub(crate) fn chain(&self, subscriber: &Subscriber) -> Vec<Vec<u8>> {
        certificates(&self.authority.issue(subscriber.clone()).unwrap())
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn util(&self, arguments: &[&str]) {
        let output = Command::new("softhsm2-util").args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The key with this label, wherever it is, with the right PIN.
pub(crate) fn wanted(label: &str) -> Pkcs11Key {
    Pkcs11Key::new(module().unwrap()).label(label).pin(Pin::new(PIN))
}

pub(crate) fn subscriber(key: KeyType) -> Subscriber {
    Subscriber::new("電子契約サービス").key(key)
}

/// Somebody else in the same process who uses the same module: what is done through it happens behind a signer's back.
pub(crate) struct Access {
    pub(crate) module: Pkcs11,
    session: Session,
}

impl Access {
    pub(crate) fn new(token: &str) -> Self {
        let module = Pkcs11::new(module().unwrap()).unwrap();
        // Unless the signer was first.
        let _ = module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        let mut slots = module.get_slots_with_initialized_token().unwrap();
        slots.retain(|slot| module.get_token_info(*slot).unwrap().label() == token);
        let session = module.open_rw_session(slots[0]).unwrap();
        // Unless the signer was first.
        let _ = session.login(UserType::User, Some(&AuthPin::new(PIN.into())));
        Self { module, session }
    }

    pub(crate) fn write_certificate(&self, label: &str, id: &[u8], der: &[u8]) {
        let certificate: x509_cert::Certificate = der::Decode::from_der(der).unwrap();
        let subject = der::Encode::to_der(certificate.tbs_certificate().subject()).unwrap();
        let template = [
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Label(label.as_bytes().to_vec()),
            Attribute::Id(id.to_vec()),
            Attribute::Subject(subject),
            Attribute::Value(der.to_vec()),
        ];
        self.session.create_object(&template).unwrap();
    }

    /// A key that wants its PIN for every signature, without public key and certificate.
    pub(crate) fn write_wary_key(&self, label: &str, pem: &str) {
        let mut template = vec![
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sign(true),
            Attribute::AlwaysAuthenticate(true),
            Attribute::Label(label.as_bytes().to_vec()),
        ];
        if let Ok(key) = rsa::RsaPrivateKey::from_pkcs8_pem(pem) {
            let [p, q] = [0, 1].map(|index| key.primes()[index].to_be_bytes().to_vec());
            template.extend([
                Attribute::KeyType(Pkcs11KeyType::RSA),
                Attribute::Modulus(key.n().to_be_bytes().to_vec()),
                Attribute::PublicExponent(key.e().to_be_bytes().to_vec()),
                Attribute::PrivateExponent(key.d().to_be_bytes().to_vec()),
                Attribute::Prime1(p),
                Attribute::Prime2(q),
                Attribute::Exponent1(key.dp().unwrap().to_be_bytes().to_vec()),
                Attribute::Exponent2(key.dq().unwrap().to_be_bytes().to_vec()),
                Attribute::Coefficient(key.crt_coefficient().unwrap().to_be_bytes().to_vec()),
            ]);
        } else {
            let key = p256::SecretKey::from_pkcs8_pem(pem).unwrap();
            template.extend([
                Attribute::KeyType(Pkcs11KeyType::EC),
                // OBJECT IDENTIFIER prime256v1
                Attribute::EcParams(hex("06082a8648ce3d030107")),
                Attribute::Value(key.to_bytes().to_vec()),
            ]);
        }
        self.session.create_object(&template).unwrap();
    }

    pub(crate) fn find(&self, class: ObjectClass, label: &str) -> ObjectHandle {
        let template = [Attribute::Class(class), Attribute::Label(label.as_bytes().to_vec())];
        let found = self.session.find_objects(&template).unwrap();
        assert_eq!(found.len(), 1, "{label}");
        found[0]
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// The whole process is logged out.
    pub(crate) fn log_out(&self) {
        self.session.logout().unwrap();
    }

    /// The module forgets all sessions of the process, those of signers too. Only while nobody uses it.
    pub(crate) fn finalize(self) {
        let Self { module, session } = self;
        drop(session);
        module.finalize().unwrap();
    }
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The text of the error and its class, where there must be one.
pub(crate) fn refusal(key: Pkcs11Key) -> pades_ltv::Error {
    match key.open() {
        Err(error) => error,
        Ok(signer) => panic!("opened: {:?}", signer.identity()),
    }
}
