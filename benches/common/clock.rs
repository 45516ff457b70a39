//! The clock of benches and tests: processor time, so that other work on the machine takes nothing from either side of a ratio.

use std::time::{Duration, Instant};

/// What this thread has computed so far; where the system does not count that, the time that has passed.
pub(crate) fn computed() -> Duration {
    processor().unwrap_or_else(|| {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    })
}

/// What this thread computes for `work`.
pub(crate) fn of<T>(work: impl FnOnce() -> T) -> Duration {
    let start = computed();
    std::hint::black_box(work());
    computed().saturating_sub(start)
}

#[cfg(unix)]
fn processor() -> Option<Duration> {
    Duration::try_from(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime)).ok()
}

#[cfg(not(unix))]
fn processor() -> Option<Duration> {
    None
}
