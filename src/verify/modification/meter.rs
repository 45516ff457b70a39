//! How much was looked at, whatever was charged for it.
//!
//! What it is for: [`Work`](super::work::Work) ends an analysis by what the rules say that they look at. Whether they say all of it is
//! another question, and its answer is counted here: by the loops themselves, without a ceiling, and by nobody outside of tests and
//! fuzz targets. A loop that charges nothing is seen as steps that outgrow the file.

/// Counts so many values that a loop goes through.
#[cfg(not(any(test, feature = "fuzzing")))]
pub(super) fn steps(_: usize) {}

#[cfg(any(test, feature = "fuzzing"))]
pub(super) use counting::steps;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use counting::taken;

#[cfg(any(test, feature = "fuzzing"))]
mod counting {
    use std::cell::Cell;

    thread_local! {
        static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    pub(crate) fn steps(count: usize) {
        STEPS.set(STEPS.get().saturating_add(u64::try_from(count).unwrap_or(u64::MAX)));
    }

    /// The steps that this thread took since it was asked last.
    pub(crate) fn taken() -> u64 {
        STEPS.replace(0)
    }
}
