//! A folder to run the command in.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::SystemTime;

/// A time at which the certificate of `chain.pem` and the test authority are valid.
pub(crate) const NOW: &str = "2027-06-01T09:00:00+09:00";
pub(crate) const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/key.pem");
pub(crate) const CHAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/chain.pem");
pub(crate) const OTHER_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/other-key.pem");
pub(crate) const CONTRACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contract.pdf");

pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
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

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Every file with its bytes and the time when it was written last.
    fn contents(&self) -> Vec<(String, Vec<u8>, SystemTime)> {
        let seen = |name: String| {
            let modified = std::fs::symlink_metadata(self.path(&name)).unwrap().modified().unwrap();
            let bytes = std::fs::read(self.path(&name)).unwrap_or_default();
            // Probing whether a folder can be written to touches it.
            let modified = if self.path(&name).is_dir() { SystemTime::UNIX_EPOCH } else { modified };
            (name, bytes, modified)
        };
        self.names().into_iter().map(seen).collect()
    }

    /// Runs the command in this folder, in English and without proxies.
    pub(crate) fn pades<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        self.pades_with(arguments, &[])
    }

    pub(crate) fn pades_with<'a>(&self, arguments: impl IntoIterator<Item = &'a str>, set: &[(&str, &str)]) -> Run {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.folder.path()).env_clear().envs(set.iter().copied());
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        // No code at all means that a signal ended it.
        let run = Run { code: status.code().unwrap(), out: text(stdout), err: text(stderr) };
        assert!(!run.err.contains("panicked"), "{}", run.err);
        // What people cannot type is of no use to them.
        assert!(!["::", "danger_", "(…)", "_room("].iter().any(|word| run.err.contains(word)), "{}", run.err);
        assert!(!run.err.contains(['\r', '\x1b']), "progress where nobody watches: {:?}", run.err);
        run
    }

    /// Runs words without blanks in them, and expects success.
    pub(crate) fn does(&self, words: &str) -> Run {
        let run = self.pades(words.split(' '));
        assert_eq!(run.code, 0, "{words}: {}{}", run.out, run.err);
        run
    }

    /// As [`fails`](Self::fails), in English and in Japanese, which says `japanese`.
    pub(crate) fn fails_in_both<'a>(
        &self,
        arguments: impl IntoIterator<Item = &'a str>,
        causes: &[&str],
        japanese: &str,
    ) {
        let arguments: Vec<&str> = arguments.into_iter().collect();
        self.fails(arguments.iter().copied(), causes);
        self.fails(arguments.into_iter().chain(["--lang", "ja"]), &[japanese]);
    }

    /// Expects exit code 4, nothing on standard output, every file as it was, and all of `causes` on standard error.
    pub(crate) fn fails<'a>(&self, arguments: impl IntoIterator<Item = &'a str>, causes: &[&str]) -> Run {
        let before = self.contents();
        let run = self.pades(arguments);
        assert_eq!((run.code, run.out.as_str()), (4, ""), "{}", run.err);
        for cause in causes {
            assert!(run.err.contains(cause), "{cause:?} is not in: {}", run.err);
        }
        assert!(run.err.starts_with("pades: "), "{}", run.err);
        assert!(self.contents() == before, "something was changed or left behind: {:?}", self.names());
        run
    }
}

/// A file signed by the test authority, one with evidence and a document timestamp, and the anchor.
pub(crate) fn signed() -> &'static Bench {
    static SIGNED: OnceLock<Bench> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let bench = Bench::new();
        bench.does(&format!("sign --at {NOW} --anchor-out anchor.pem {CONTRACT} signed.pdf"));
        bench.does(&format!("augment --lta --at {NOW} --trust anchor.pem signed.pdf archived.pdf"));
        bench
    })
}

/// The example beside this test. Cargo builds it for a plain `cargo test`; for a filtered one an old binary would pass for the
/// new, so its age is checked.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let folder = test.parent().unwrap().parent().unwrap();
        let binary = folder.join("examples").join(format!("pades{}", std::env::consts::EXE_SUFFIX));
        let built = binary.metadata().and_then(|metadata| metadata.modified()).ok();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let changed = [root.join("src"), root.join("examples/pades")].iter().map(|folder| newest(folder)).max();
        assert!(built >= changed, "{} is old or missing: run `cargo build --example pades`", binary.display());
        binary
    })
}

fn newest(folder: &Path) -> SystemTime {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let times = entries.map(|entry| match entry.file_type().unwrap().is_dir() {
        true => newest(&entry.path()),
        false => entry.metadata().unwrap().modified().unwrap(),
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}
