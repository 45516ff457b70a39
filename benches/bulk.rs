//! What many files cost: files a second of `pades verify --csv`, with one thread and with one for each core, and the peak memory of each
//! run, beside that of a tenth of the files. `cargo bench --bench bulk`: 10,000 archived files; with `--test`, 200.
//!
//! Each run is a process of its own. The files are of one content under many names, so that what is measured is verifying and not the
//! disk. Whether more threads are as many times faster is the machine's affair and is printed; that memory does not grow with the
//! number of files is ours, and a bar that is missed ends the bench with an error.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::panic, missing_docs)]

use std::fs::File;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pades_ltv::authority::Authority;
use pades_ltv::{Augmentation, Document, Evidence, Signing, Time};

const NOW: &str = "2026-10-07T00:25:23Z";
const CONTRACT: &[u8] = include_bytes!("../examples/contract.pdf");
/// As many folders.
const FOLDERS: usize = 100;
/// How much more memory ten times as many files may take: buffers of the allocator, and the names in a folder.
const GROWTH: f64 = 1.25;

/// What a run came to.
struct Run {
    seconds: f64,
    peak: Option<u64>,
}

fn main() {
    let files = if std::env::args().any(|one| one == "--test") { 200 } else { 10_000 };
    let folder = tempfile::tempdir().unwrap();
    let command = command();
    lay_out(folder.path(), files);
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN).get();
    println!("{:>8}{:>9}{:>10}{:>11}{:>9}{:>13}", "files", "threads", "seconds", "files/s", "ratio", "peak memory");
    let tenth = line(&command, folder.path(), (files / 10, FOLDERS / 10), cores, None);
    let one = line(&command, folder.path(), (files, FOLDERS), 1, None);
    let all = line(&command, folder.path(), (files, FOLDERS), cores, Some(&one));
    if let (Some(few), Some(many)) = (tenth.peak, all.peak)
        && files >= 10_000
    {
        let growth = many as f64 / few as f64;
        println!("memory for ten times as many files: {growth:.2} times (bar: {GROWTH})");
        assert!(growth <= GROWTH, "memory grows with the number of files");
    }
}

/// The command, built as this bench is.
fn command() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let release = (!cfg!(debug_assertions)).then_some("--release");
    let features = cfg!(feature = "aws-lc").then_some("--features=aws-lc");
    let built =
        Command::new(cargo).args(["build", "--quiet", "--example", "pades"]).args(release).args(features).status();
    let built = built.unwrap();
    assert!(built.success());
    let own = std::env::current_exe().unwrap();
    own.parent().unwrap().parent().unwrap().join("examples/pades")
}

/// `count` archived files, as many in each folder.
fn lay_out(root: &Path, count: usize) {
    let now: Time = NOW.parse().unwrap();
    let authority = Authority::new("bulk", now).unwrap();
    let (signer, server) = (authority.issue("甲野太郎").unwrap(), authority.at(now));
    let base = Document::open(CONTRACT).unwrap();
    let signed = Signing::new(&base, now).sign(&signer).unwrap().timestamp(&server).unwrap().finish().unwrap();
    let signed = signed.apply(CONTRACT).unwrap();
    let document = Document::open(signed.as_slice()).unwrap();
    let evidence = Evidence::collect(&document, &authority.anchors(), &server, now).unwrap();
    let update = Augmentation::new(&document, now).evidence(&evidence).timestamp(&server).unwrap();
    let first = root.join("archived.pdf");
    std::fs::write(&first, update.apply(&signed).unwrap()).unwrap();
    std::fs::write(root.join("anchor.pem"), authority.root_pem()).unwrap();
    for at in 0..count {
        let folder = root.join(format!("{:05}", at / (count / FOLDERS)));
        std::fs::create_dir_all(&folder).unwrap();
        let name = folder.join(format!("契約書-{at:05}.pdf"));
        // One content, many names; where the file system has no links, copies.
        std::fs::hard_link(&first, &name).or_else(|_| std::fs::copy(&first, &name).map(drop)).unwrap();
    }
}

/// Verifies the `count` files in the first `folders`, and prints the run, beside `other`.
fn line(command: &Path, root: &Path, (count, folders): (usize, usize), threads: usize, other: Option<&Run>) -> Run {
    let rows = root.join("rows.csv");
    let start = Instant::now();
    let mut child = Command::new(command)
        .args(["verify", "--csv", "--trust", "anchor.pem", "--at", NOW, "--threads", &threads.to_string()])
        .args((0..folders).map(|at| format!("{at:05}")))
        .current_dir(root)
        .stdout(Stdio::from(File::create(&rows).unwrap()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let peak = watched(&mut child);
    let run = Run { seconds: start.elapsed().as_secs_f64(), peak };
    // A run that verified less would be fast.
    let passed = std::fs::read_to_string(rows).unwrap().matches(",TOTAL-PASSED,").count();
    assert_eq!(passed, count);
    let rate = |run: &Run| count as f64 / run.seconds;
    let ratio = other.map_or(String::new(), |other| format!("{:.2}", rate(&run) / rate(other)));
    let memory = run.peak.map_or("unknown".to_owned(), |peak| format!("{:.1} MB", peak as f64 / 1e6));
    println!("{count:>8}{threads:>9}{:>10.2}{:>11.1}{ratio:>9}{memory:>13}", run.seconds, rate(&run));
    run
}

/// Waits for the end; gives the most memory that the process ever had, where the system tells.
fn watched(child: &mut Child) -> Option<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        // It never falls, so that the last answer before the end is the one that counts.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = kilobytes.map(|kilobytes| kilobytes * 1_024).or(peak);
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
