//! How much work the comparison of revisions may be: so much for each byte of the file.
//!
//! Invariant: whatever a file is made of, its analysis ends after work in proportion to its length. What is left then is unknown.

use std::cell::Cell;

use crate::error::{Error, ErrorKind, Result};

/// How many values may be looked at for each byte of the file. Real files need less than one.
const EACH_BYTE: u64 = 16;
/// And for any file.
const LEAST: u64 = 1 << 16;

/// What is left of the work that a file may be.
#[derive(Debug)]
pub(super) struct Work {
    most: u64,
    spent: Cell<u64>,
}

impl Work {
    pub(super) fn for_file(bytes: u64) -> Self {
        Self { most: bytes.saturating_mul(EACH_BYTE).saturating_add(LEAST), spent: Cell::new(0) }
    }

    /// Counts so many values that are looked at.
    pub(super) fn spend(&self, values: usize) -> Result<()> {
        let spent = self.spent.get().saturating_add(u64::try_from(values).unwrap_or(u64::MAX));
        self.spent.set(spent);
        if spent > self.most {
            return Err(Error::new(ErrorKind::Limit, "the revisions take more work to compare than the file is long"));
        }
        Ok(())
    }

    /// The values looked at so far.
    pub(super) fn spent(&self) -> u64 {
        self.spent.get()
    }
}
