//! Runs the judges, where they are installed.

#![allow(dead_code, reason = "every test binary uses its own part of this")]

use std::path::Path;
use std::process::Command;

use pades_ltv::Time;

/// Where the judges read, and what time it is for them.
pub(crate) struct Tools<'a> {
    folder: &'a Path,
    pub(crate) now: Time,
}

/// What a judge said.
pub(crate) struct Words {
    pub(crate) is_good: bool,
    pub(crate) text: String,
}

impl Words {
    pub(crate) fn count(&self, words: &str) -> usize {
        self.text.matches(words).count()
    }
}

impl<'a> Tools<'a> {
    pub(crate) fn new(folder: &'a Path, now: Time) -> Self {
        Self { folder, now }
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.join(name), bytes).unwrap();
    }

    /// Runs `program` in the folder; `None`, and a word about it, where it is not installed.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Option<Words> {
        let output = Command::new(program).args(arguments).current_dir(self.folder).env("LC_ALL", "C").output();
        let Ok(output) = output else {
            println!("skipped: no {program}");
            return None;
        };
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Some(Words { is_good: output.status.success(), text })
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(name)).unwrap()
    }

    /// OpenSSL must do it; `None` where it is not installed.
    pub(crate) fn openssl(&self, command: &str) -> Option<()> {
        let words = self.run("openssl", &command.split(' ').collect::<Vec<_>>())?;
        assert!(words.is_good, "openssl {command}: {}", words.text);
        Some(())
    }

    /// OpenSSL must agree, as of the world's time.
    pub(crate) fn assert_openssl(&self, name: &str, command: &str) {
        let command = format!("{command} -attime {}", self.now.to_unix());
        let Some(words) = self.run("openssl", &command.split(' ').collect::<Vec<_>>()) else { return };
        assert!(words.is_good, "{name}: openssl {command}: {}", words.text);
    }
}

/// The python that has pyHanko; `None`, and a word about it, where there is none.
pub(crate) fn pyhanko() -> Option<String> {
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_it = Command::new(&python).args(["-c", "import pyhanko"]).output().is_ok_and(|run| run.status.success());
    if !has_it {
        println!("skipped: no pyHanko in {python}");
    }
    has_it.then_some(python)
}

/// What `script`, of this folder, prints.
pub(crate) fn python(
    python: &str,
    script: &str,
    folder: &Path,
    now: Time,
    arguments: impl IntoIterator<Item = String>,
) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(script);
    let mut command = Command::new(python);
    command.arg(script).arg(now.to_string()).args(arguments).current_dir(folder);
    let output = command.output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
