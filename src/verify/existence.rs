//! Proofs of existence: what is proved to have been there, and since when.
//!
//! Invariant: only a timestamp that passed proves anything; a time that somebody merely claims never does.
//! Invariant: what lies in the hole of a signature or timestamp is not proved by it.
//!
//! Specified in EN 319 102-1, 5.6.2.3. Nouns: [`ProofsOfExistence`], [`Proof`].

use std::collections::HashMap;

use crate::pki::evidence::Evidence;
use crate::pki::revocation::Answer;
use crate::time::Time;

/// A time at which everything up to `end` (in bytes from the start of the file) is proved to have existed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Proof {
    end: u64,
    time: Time,
}

/// Since when each object is proved to have existed: the standard's set of POEs, as a value. Whatever is at hand exists now.
#[derive(Clone, Debug)]
pub(crate) struct ProofsOfExistence {
    now: Time,
    bytes: Vec<Proof>,
    /// Certificates and revocation values, by their SHA-256.
    objects: HashMap<Vec<u8>, Time>,
    added: usize,
}

impl ProofsOfExistence {
    /// Nothing but that everything at hand exists `now`.
    pub(crate) fn new(now: Time) -> Self {
        Self { now, bytes: Vec::new(), objects: HashMap::new(), added: 0 }
    }

    pub(crate) fn now(&self) -> Time {
        self.now
    }

    /// How many timestamps have proved something: sets of one number in one verification are the same.
    pub(crate) fn len(&self) -> usize {
        self.added
    }

    /// Everything in the file up to `end` existed at `time`. A time ahead of now proves nothing.
    pub(crate) fn add_bytes(&mut self, end: u64, time: Time) {
        if time <= self.now {
            self.bytes.push(Proof { end, time });
            self.added = self.added.saturating_add(1);
        }
    }

    /// The objects with these fingerprints existed at `time`.
    pub(crate) fn add_objects<'a>(&mut self, fingerprints: impl IntoIterator<Item = &'a [u8]>, time: Time) {
        if time > self.now {
            return;
        }
        for fingerprint in fingerprints {
            let known = self.objects.entry(fingerprint.to_vec()).or_insert(time);
            *known = time.min(*known);
        }
        self.added = self.added.saturating_add(1);
    }

    /// Since when what ends at `end` is proved to exist, by timestamps over it.
    pub(crate) fn of_bytes(&self, end: u64) -> Option<Time> {
        self.bytes.iter().filter(|proof| proof.end >= end).map(|proof| proof.time).min()
    }

    /// As [`of_bytes`](Self::of_bytes), by timestamps that cover more.
    pub(crate) fn of_bytes_by_later(&self, end: u64) -> Option<Time> {
        self.bytes.iter().filter(|proof| proof.end > end).map(|proof| proof.time).min()
    }

    /// Since when the object with this fingerprint is proved to exist.
    pub(crate) fn of(&self, fingerprint: &[u8]) -> Time {
        self.objects.get(fingerprint).copied().unwrap_or(self.now)
    }

    /// Since when the value that `answer` was read from is proved to exist; of a delta CRL, with the list that it changes.
    pub(crate) fn of_answer(&self, answer: &Answer, evidence: &Evidence) -> Time {
        evidence.fingerprints_of(answer).into_iter().map(|one| self.of(one)).max().unwrap_or(self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_proof_counts_and_none_from_the_future() {
        let time = Time::from_unix;
        let mut proofs = ProofsOfExistence::new(time(100));
        assert_eq!((proofs.of_bytes(5), proofs.of(b"one"), proofs.len()), (None, time(100), 0));
        proofs.add_bytes(20, time(90));
        proofs.add_bytes(10, time(80));
        proofs.add_bytes(30, time(101));
        proofs.add_objects([&b"one"[..]], time(90));
        proofs.add_objects([&b"one"[..], b"two"], time(95));
        proofs.add_objects([&b"one"[..]], time(200));
        assert_eq!((proofs.of(b"one"), proofs.of(b"two"), proofs.len()), (time(90), time(95), 4));
        assert_eq!(
            [5, 10, 11, 20, 21].map(|end| proofs.of_bytes(end)),
            [80, 80, 90, 90, 100].map(|at| Some(time(at)).filter(|at| *at < time(100)))
        );
        assert_eq!(proofs.of_bytes_by_later(10), Some(time(90)));
    }
}
