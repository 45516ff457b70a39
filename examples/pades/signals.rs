//! Ctrl-C and the like: what is being written is there whole or not at all, and nothing else stays behind.
//!
//! Signals end the process as they always do, by the same signal; but first what is unfinished is removed. What must not be cut
//! off waits for no signal: the signal waits for it. Against SIGKILL and power cuts nothing helps: then a `.pades-*.tmp` may stay.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

/// Files that are to vanish unless they get finished. Whoever holds this is not interrupted.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does `work` to its end before a signal ends the process.
pub(crate) fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let _held = unfinished();
    work()
}

/// A file that vanishes, whatever happens, unless it takes its name.
pub(crate) struct Unfinished(Option<NamedTempFile>);

impl Unfinished {
    pub(crate) fn create(create: impl FnOnce() -> io::Result<NamedTempFile>) -> io::Result<Self> {
        let mut unfinished = unfinished();
        let file = create()?;
        unfinished.insert(file.path().to_owned());
        Ok(Self(Some(file)))
    }

    pub(crate) fn file(&mut self) -> io::Result<&mut File> {
        self.0.as_mut().map(NamedTempFile::as_file_mut).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Replaces whatever is at `target`, at once.
    pub(crate) fn finish(mut self, target: &Path) -> io::Result<()> {
        let mut unfinished = unfinished();
        let Some(file) = self.0.take() else { return Ok(()) };
        unfinished.remove(file.path());
        file.persist(target).map(drop).map_err(|error| error.error)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(file) = self.0.take() {
            unfinished().remove(file.path());
        }
    }
}

/// From now on, signals that end the process wait, and clean up.
#[cfg(unix)]
pub(crate) fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let ignored = ignored();
    let watched = [(SIGHUP, HANG_UP), (SIGINT, 1 << 1), (SIGTERM, 1 << 14)];
    let watched = watched.into_iter().filter(|(_, bit)| ignored & bit == 0).map(|(signal, _)| signal);
    // Where they cannot be watched, they end the process at once, as ever.
    let Ok(mut signals) = signal_hook::iterator::Signals::new(watched) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Held to the end: nobody begins another file.
            let unfinished = unfinished();
            unfinished.iter().for_each(|path| drop(std::fs::remove_file(path)));
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn watch() {}

/// The bit of SIGHUP among all signals, which is number 1 everywhere, as SIGINT is 2 and SIGTERM 15 (POSIX, `kill`).
#[cfg(unix)]
const HANG_UP: u64 = 1;

/// The signals that whoever started the process wants to be ignored, a bit each: `nohup` does so with SIGHUP, a shell in the
/// background with SIGINT. They stay ignored. Where the system does not tell, it is SIGHUP.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(HANG_UP)
}
