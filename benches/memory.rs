//! What large files cost: bytes read and peak memory, for a file of 1 GB and one of 8 GB (sparse, beyond 4 GiB).
//! `cargo bench --bench memory`; with `--test` the files are 32 MB and 64 MB. Each case runs in a process of its own, so that its peak
//! is its own. A bar that is missed ends the bench with an error: bytes do not depend on the machine.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::panic, missing_docs)]

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use common::World;
use pades_ltv::{Document, Source, Verification};

#[allow(dead_code, reason = "the floor is for ratio.rs")]
mod common;

/// Marks the arguments of a process that measures one case.
const CASE: &str = "--case";
const MB: u64 = 1_000_000;
const PEAK: u64 = 32 * MB;
/// What structure and evidence may cost beyond the bytes that are hashed.
const STRUCTURE: u64 = 2 * MB;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mark, case, path] = &arguments[..]
        && mark == CASE
    {
        return measure(case, Path::new(path));
    }
    let lengths = if arguments.iter().any(|one| one == "--test") { [32 * MB, 64 * MB] } else { [1000 * MB, 8000 * MB] };
    println!("{:<42}{:>16}{:>10}{:>14}{:>10}", "", "bytes read", "of file", "peak memory", "time");
    let met = lengths.into_iter().all(|length| {
        let folder = tempfile::tempdir().unwrap();
        let path = base(folder.path(), length);
        ["sign to B-LTA, in place", "open and list", "verify"].iter().all(|case| run(case, &path))
    });
    if !met {
        std::process::exit(1);
    }
}

/// Runs a case in a process of its own, and prints what that says: whether the bars are met.
fn run(case: &str, path: &Path) -> bool {
    Command::new(std::env::current_exe().unwrap())
        .args([CASE.as_ref(), case.as_ref(), path.as_os_str()])
        .status()
        .unwrap()
        .success()
}

/// One case, with its line and its bars.
fn measure(case: &str, path: &Path) {
    let source = Counted { file: File::open(path).unwrap(), read: AtomicU64::new(0) };
    let (length, start) = (source.len().unwrap(), Instant::now());
    let passes = match case {
        "open and list" => list(&source),
        "verify" => verify(&source),
        _ => sign(&source, path),
    };
    let (read, peak) = (source.read.into_inner(), peak());
    let memory = peak.map_or("unknown".to_owned(), |peak| format!("{:.1} MB", peak as f64 / 1e6));
    let (times, taken) = (read as f64 / length as f64, start.elapsed().as_secs_f64());
    let words = format!("{case}, {:.2} GB", length as f64 / 1e9);
    println!("{words:<42}{read:>16}{times:>10.4}{memory:>14}{taken:>8.2} s");
    let bar = passes * length + STRUCTURE;
    assert!(read <= bar, "{words}: {read} bytes read, where {bar} are the bar");
    assert!(peak.is_none_or(|peak| peak <= PEAK), "{words}: peak memory {memory}, where {PEAK} bytes are the bar");
}

/// Signs to B-LTA and appends to the file itself; gives how often the file may be read.
fn sign(source: &Counted, path: &Path) -> u64 {
    let (world, base) = (World::new(), Document::open(source).unwrap());
    let update = world.archived(&base, &world.server());
    update.append_to(&mut File::options().write(true).open(path).unwrap()).unwrap();
    1
}

fn list(source: &Counted) -> u64 {
    let document = Document::open(source).unwrap();
    let fields = document.form_fields().unwrap();
    assert_eq!(fields.iter().filter(|field| field.signature.is_some()).count(), 2);
    0
}

fn verify(source: &Counted) -> u64 {
    let world = World::new();
    let report = Verification::new(&Document::open(source).unwrap(), &world.trust, world.now).verify();
    assert_eq!(report.signatures.len(), 2);
    1
}

/// A PDF of about `length` bytes: a page, and an image of nothing, which costs a file system no room.
fn base(folder: &Path, length: u64) -> PathBuf {
    let path = folder.join("base.pdf");
    let mut file = File::create(&path).unwrap();
    let mut offsets = Vec::new();
    let mut at = 0;
    let mut object = |file: &mut File, body: &str| {
        offsets.push(file.stream_position().unwrap());
        write!(file, "{} 0 obj\n{body}", offsets.len()).unwrap();
    };
    file.write_all(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n").unwrap();
    object(&mut file, "<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    object(&mut file, "<</Type/Pages/Count 1/Kids[4 0 R]>>\nendobj\n");
    object(&mut file, &format!("<</Type/EmbeddedFile/Length {length}>>\nstream\n"));
    at += file.seek(SeekFrom::Current(length as i64)).unwrap();
    assert!(at > length);
    file.write_all(b"\nendstream\nendobj\n").unwrap();
    object(&mut file, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n");
    let start = file.stream_position().unwrap();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    offsets.iter().for_each(|offset| end.push_str(&format!("{offset:010} 00000 n \n")));
    end.push_str(&format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", offsets.len() + 1));
    file.write_all(end.as_bytes()).unwrap();
    path
}

/// A file that counts what is read of it.
struct Counted {
    file: File,
    read: AtomicU64,
}

impl Source for Counted {
    fn len(&self) -> std::io::Result<u64> {
        Source::len(&self.file)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        self.file.read_at(offset, buffer)
    }
}

/// The most memory that this process ever had, in bytes, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
