//! Hashing files: each base once, however many signatures are made or checked.
//!
//! Invariant: memory does not depend on the file's length; the bytes hashed are those of the source, nothing else.
//!
//! Specified in ISO 32000-2, 12.8.1 (what a byte range covers).

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::document::{Document, Known};
use super::parser::offset;
use super::security::Credential;
use super::source::Joined;
use crate::digest::{DigestAlgorithm, Hasher};
use crate::error::{Error, ErrorKind, Result};

/// How much is read at a time: large enough for SHA-256 to dominate, small enough to stay in a processor's cache.
const CHUNK: u64 = 256 * 1024;

/// The running digests of a whole file, kept so that what is appended later continues them.
#[derive(Debug, Default)]
pub(crate) struct Digests(Mutex<Vec<Hasher>>);

impl Digests {
    /// These digests, each continued by `appended`.
    fn continued(&self, appended: &[u8]) -> Self {
        let mut states = self.states().clone();
        states.iter_mut().for_each(|state| state.update(appended));
        Self(Mutex::new(states))
    }

    fn states(&self) -> std::sync::MutexGuard<'_, Vec<Hasher>> {
        // A digest is complete before it is stored, so that a panic elsewhere leaves nothing half-done here.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Document<'a> {
    /// The running digest of the whole file. The first call for an algorithm reads the file, later ones do not.
    pub(crate) fn digest_state(&self, algorithm: DigestAlgorithm) -> Result<Hasher> {
        let known = |states: &[Hasher]| states.iter().find(|state| state.algorithm() == algorithm).cloned();
        if let Some(state) = known(&self.digests().states()) {
            return Ok(state);
        }
        let mut state = algorithm.hasher();
        feed(self, 0..self.len(), |chunk| state.update(chunk))?;
        self.digests().states().push(state.clone());
        Ok(state)
    }

    /// This file with `appended` behind it, as a file of its own; digests that are known continue.
    pub(crate) fn with_appended(&self, appended: Vec<u8>) -> Result<Document<'_>> {
        let digests = self.digests().continued(&appended);
        self.joined(appended, digests)
    }

    /// As [`with_appended`](Self::with_appended), to be read and never hashed.
    pub(crate) fn unhashed_with<'b>(&'b self, appended: &'b [u8]) -> Result<Document<'b>> {
        self.joined(appended, Digests::default())
    }

    fn joined<'b>(&'b self, appended: impl AsRef<[u8]> + Send + Sync + 'b, digests: Digests) -> Result<Document<'b>> {
        let joined = Joined { base: self.source(), base_len: self.len(), appended };
        let known = Known { base: Some(self), digests, credential: Credential::Base(self.security()) };
        Document::open_knowing(joined, self.limits().clone(), known)
    }
}

/// What one signature covers: its digest algorithm and its ranges, in bytes from the start of the file.
pub(crate) struct Covered {
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) ranges: [Range<u64>; 2],
}

/// The digests of several byte ranges in one pass over the file.
///
/// Ranges that begin at 0 share the digest up to the hole; only what follows the hole is hashed for each. With signatures in
/// revisions of their own, that is a few KB each, so that the cost is that of the file, whatever the number of signatures.
pub(crate) fn digests(document: &Document<'_>, covered: &[Covered]) -> Result<Vec<Vec<u8>>> {
    let mut running: Vec<Hasher> = Vec::new();
    for one in covered {
        if !running.iter().any(|state| state.algorithm() == one.algorithm) {
            running.push(one.algorithm.hasher());
        }
    }
    let mut found = vec![Vec::new(); covered.len()];
    let mut in_order: Vec<_> = covered.iter().zip(&mut found).collect();
    in_order.sort_by_key(|(one, _)| one.ranges[0].end);
    let mut position = 0;
    for (Covered { algorithm, ranges: [front, tail] }, digest) in in_order {
        feed(document, position..front.end, |chunk| running.iter_mut().for_each(|state| state.update(chunk)))?;
        position = front.end;
        let fork = running.iter().find(|state| state.algorithm() == *algorithm).cloned();
        let mut state = fork.unwrap_or_else(|| algorithm.hasher());
        feed(document, tail.clone(), |chunk| state.update(chunk))?;
        *digest = state.finish();
    }
    Ok(found)
}

/// Gives the bytes of `range` to `sink`, in order, a chunk at a time.
pub(crate) fn feed(document: &Document<'_>, range: Range<u64>, mut sink: impl FnMut(&[u8])) -> Result<()> {
    let mut position = range.start;
    let mut buffer = Vec::new();
    while position < range.end {
        let length = range.end.saturating_sub(position).min(CHUNK);
        let length = usize::try_from(length).unwrap_or_default();
        let lent = document.source().lend(position..position.saturating_add(offset(length)));
        if let Some(lent) = lent.filter(|lent| lent.len() == length) {
            sink(lent);
        } else {
            buffer.resize(length, 0);
            document.source().read_at(position, &mut buffer).map_err(|cause| {
                Error::new(ErrorKind::Io, "the file cannot be read").at(format_args!("byte {position}")).because(cause)
            })?;
            sink(&buffer);
        }
        position = position.saturating_add(offset(length));
    }
    Ok(())
}
