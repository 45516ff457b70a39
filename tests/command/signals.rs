//! Signals in the middle of writing.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use crate::bench::{Bench, binary};

/// A PDF whose only stream has `length` bytes, so that writing it takes a while.
fn large(length: usize) -> Vec<u8> {
    let stream = format!("<</Length {length}>>stream\n{}\nendstream", "0".repeat(length));
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>";
    let objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, &stream];
    let (mut pdf, mut xref) = ("%PDF-1.7\n".to_owned(), "xref\n0 5\n0000000000 65535 f \n".to_owned());
    for (index, object) in objects.iter().enumerate() {
        xref += &format!("{:010} 00000 n \n", pdf.len());
        pdf += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = pdf.len();
    format!("{pdf}{xref}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes()
}

/// Runs `pades words` after `before`, and sends it `signal` as soon as `when`, a condition of the shell, is true.
fn interrupted(bench: &Bench, before: &str, words: &str, signal: &str, when: &str) -> ExitStatus {
    let script = format!("{before}; exec \"$0\" {words}");
    let mut pades = Command::new("sh");
    pades.arg("-c").arg(script).arg(binary()).current_dir(bench.path("")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = pades.spawn().unwrap();
    let watch = format!("while kill -0 {0}; do if {when}; then kill -{signal} {0}; exit; fi; done", child.id());
    let mut watcher = Command::new("sh");
    watcher.arg("-c").arg(watch).current_dir(bench.path("")).stderr(Stdio::null());
    let mut watcher = watcher.spawn().unwrap();
    let status = child.wait().unwrap();
    watcher.wait().unwrap();
    status
}

/// Whether this process was started with the signal ignored, as shells start what runs in the background.
fn is_ignored(number: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (number - 1) & 1 == 1)
}

/// Some of OUT is written, but not all.
const WRITING: &str = "set -- .pades-*.tmp; [ -s \"$1\" ]";

#[test]
fn a_signal_leaves_nothing_behind() {
    let bench = Bench::new();
    bench.write("in.pdf", large(64 << 20));
    for (signal, number, out) in [("TERM", 15, "new.pdf"), ("INT", 2, "old.pdf"), ("HUP", 1, "old.pdf")] {
        if is_ignored(number) {
            println!("skipped: {signal} is ignored here, and what is ignored stays ignored");
            continue;
        }
        bench.write("old.pdf", "precious");
        // A fast disk may be done before the signal comes: again.
        let ended = (0..10).find_map(|_| {
            let status = interrupted(&bench, ":", &format!("sign in.pdf {out}"), signal, WRITING);
            let is_done = status.success();
            if is_done {
                std::fs::remove_file(bench.path(out)).unwrap();
                bench.write("old.pdf", "precious");
            }
            (!is_done).then_some(status)
        });
        assert_eq!(ended.and_then(|status| status.signal()), Some(number), "{signal}");
        assert_eq!(bench.names(), ["in.pdf", "old.pdf"], "{signal}");
        assert_eq!(bench.read("old.pdf"), b"precious");
    }
}

/// As under `nohup`.
#[cfg(target_os = "linux")]
#[test]
fn what_is_to_be_ignored_is_ignored() {
    let bench = Bench::new();
    bench.write("in.pdf", large(8 << 20));
    let status = interrupted(&bench, "trap '' HUP; : >begun", "sign in.pdf out.pdf", "HUP", "[ -e begun ]");
    assert!(status.success() && bench.names() == ["begun", "in.pdf", "out.pdf"], "{status}: {:?}", bench.names());
}

/// Without OUT, there is no other file to fall back on: the signal waits.
#[test]
fn what_is_appended_is_whole_or_not_there() {
    let bench = Bench::new();
    let base = large(8 << 20);
    for _ in 0..5 {
        bench.write("in.pdf", &base);
        let when = format!("[ \"$(wc -c <in.pdf)\" -gt {} ]", base.len());
        interrupted(&bench, ":", "sign --in-place in.pdf", "TERM", &when);
        assert!(bench.read("in.pdf").len() > base.len());
        let run = bench.pades(["revisions", "in.pdf"]);
        assert_eq!(run.code, 0, "{}", run.err);
        assert_eq!(bench.names(), ["in.pdf"]);
    }
}
