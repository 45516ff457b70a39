//! Other people's files, and what is known to be different about some of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// `None`, and a word about it, where there are no corpora.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(root).join(name);
    if !folder.is_dir() {
        println!("skipped: no corpora");
        return None;
    }
    Some(folder)
}

/// Every PDF directly in `folder`, in order.
pub(crate) fn pdfs(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    paths.sort();
    paths
}

/// Does `work` to every item, on two threads; the answers are in the order of the items.
pub(crate) fn on_two_threads<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (answers, work) = (&answers, &work);
            scope.spawn(move || {
                for (index, item) in items.iter().enumerate().skip(worker).step_by(2) {
                    let answer = work(item);
                    answers.lock().unwrap().push((index, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap();
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// What is said of a file by its name.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Whether a judge that nobody here wrote is there; says so where it is not.
pub(crate) fn has(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        println!("skipped: no {program}");
    }
    is_there
}

/// What qpdf has to say against a file: nothing, where it is clean.
pub(crate) fn qpdf_check(path: &Path) -> Option<String> {
    let output = Command::new("qpdf").arg("--check").arg(path).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (!output.status.success() || text.contains("WARNING")).then_some(text)
}

/// A list of exceptions: `file | what is said of it | why`, a line each, comments behind `#`.
pub(crate) struct Exceptions {
    list: &'static str,
    /// What is expected, by file.
    expected: BTreeMap<&'static str, &'static str>,
}

impl Exceptions {
    pub(crate) fn read(list: &'static str, text: &'static str) -> Self {
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let rows = lines.map(|line| {
            let columns: Vec<_> = line.split('|').map(str::trim).collect();
            let [file, said, why] = columns[..] else { panic!("{list}: {line}") };
            assert!(!why.is_empty(), "{list}: no reason: {line}");
            (file, said)
        });
        let mut expected = BTreeMap::new();
        for (file, said) in rows {
            assert!(expected.insert(file, said).is_none(), "{list}: {file} stands there twice");
        }
        Self { list, expected }
    }

    /// `found` is what is said of files, by name: it must be what the list says, no more and no less.
    pub(crate) fn hold(mut self, found: impl IntoIterator<Item = (String, String)>) {
        let mut faults = Vec::new();
        for (file, said) in found {
            match self.expected.remove(file.as_str()) {
                Some(expected) if said.contains(expected) => {}
                Some(expected) => faults.push(format!("{file} | {said} | and not {expected}")),
                None => faults.push(format!("{file} | {said} | no exception says so")),
            }
        }
        faults.extend(self.expected.iter().map(|(file, said)| format!("{file} | {said} | no longer happens")));
        assert!(faults.is_empty(), "{}:\n{}\n", self.list, faults.join("\n"));
    }
}
