//! Somebody else's signing service: certomancer-csc-dummy (CSC API 1.0.4.0), in the python that `CSC_PYTHON` names, or
//! in `python3`.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

/// The server; it ends with its standard input.
pub(crate) struct Dummy {
    child: Child,
    input: Option<ChildStdin>,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Dummy {
    /// `None`, and a word about it, where it is not installed.
    pub(crate) fn start(scal: &str) -> Option<Self> {
        let python = std::env::var("CSC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let has_it = Command::new(&python).args(["-c", "import csc_dummy"]).output();
        if !has_it.is_ok_and(|run| run.status.success()) {
            println!("skipped: no certomancer-csc-dummy in {python}");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/remote/demo.py");
        let mut command = Command::new(&python);
        command.args([script, folder.path().to_str().unwrap(), scal]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (input, port) = (child.stdin.take(), line.trim().parse().unwrap());
        Some(Self { child, input, port, _folder: folder })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/csc/v1", self.port)
    }
}

impl Drop for Dummy {
    fn drop(&mut self) {
        drop(self.input.take());
        self.child.wait().unwrap();
    }
}
