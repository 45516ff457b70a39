//! A folder in which OpenSSL works.

use std::path::PathBuf;
use std::process::{Command, Output};

pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    /// `None`, and a word about it, where there is no OpenSSL 3.
    pub(crate) fn new() -> Option<Self> {
        let version = Command::new("openssl").arg("version").output();
        if !version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).starts_with("OpenSSL 3")) {
            println!("skipped: no openssl");
            return None;
        }
        Some(Self { folder: tempfile::tempdir().unwrap() })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Runs OpenSSL in the folder, and gives what it prints.
    pub(crate) fn openssl(&self, arguments: &str) -> String {
        let run = Command::new("openssl").args(arguments.split(' ')).current_dir(self.folder.path()).output();
        let Output { status, stdout, stderr } = run.unwrap();
        assert!(status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8_lossy(&stdout).into_owned()
    }

    /// A root `name`.pem with its key.
    pub(crate) fn root(&self, name: &str, key: &str) {
        let subject = format!("-subj /CN={name} -days 30");
        self.openssl(&format!("req -x509 -newkey {key} -nodes -keyout {name}.key -out {name}.pem {subject}"));
    }

    /// A certificate `name`.pem with its key, issued by `issuer`, with these extensions.
    pub(crate) fn issue(&self, name: &str, key: &str, issuer: &str, extensions: &str) {
        self.write(&format!("{name}.ext"), extensions);
        self.openssl(&format!("req -new -newkey {key} -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}"));
        let issuer = format!("-CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial -days 20");
        self.openssl(&format!("x509 -req -in {name}.csr {issuer} -extfile {name}.ext -out {name}.pem"));
    }
}

pub(crate) const P256: &str = "ec -pkeyopt ec_paramgen_curve:P-256";
pub(crate) const RSA: &str = "rsa:2048";
