//! Initialisation vectors without randomness.
//!
//! A vector is SHA-512, cut to its length, of the file encryption key, the version of the file that is being written, the object,
//! the place of the string in it, and the SHA-256 of the plaintext. That is a synthetic vector, as RFC 5297 and RFC 8452 use one:
//!
//! - Nobody without the file key can predict it, which is what CBC needs (NIST SP 800-38A, appendix C).
//! - Two plaintexts get the same vector only where 96 bits (GCM) or 128 bits (CBC) of the digest collide: a file would need some 2^40
//!   appended objects for odds of one in 65,000, and `Limits::objects` stops at 2^23. So a GCM nonce is never used for two different messages.
//! - The same plaintext at the same place of the same update gives the same bytes. That is meant (`Prepared` can be made
//!   again), and tells an onlooker nothing but that the two files are the same.

use sha2::{Digest, Sha256, Sha512};

use crate::pdf::object::Ref;

/// The first bytes of every vector that is derived for one string or stream.
pub(super) struct Vector(pub(super) [u8; 16]);

/// What all vectors of one update have in common: the new second half of the file's `/ID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed(pub(crate) [u8; 16]);

impl Seed {
    /// The vector for the `index`th string (or the stream, counted last) of the object `id`.
    pub(super) fn vector(self, key: &[u8], id: Ref, index: u64, plaintext: &[u8]) -> Vector {
        let mut hasher = Sha512::new_with_prefix(b"pades-ltv vector");
        // Each part has a fixed length, so that no two inputs are written alike.
        hasher.update(Sha256::digest(key));
        hasher.update(self.0);
        hasher.update(id.number.to_be_bytes());
        hasher.update(id.generation.to_be_bytes());
        hasher.update(index.to_be_bytes());
        hasher.update(Sha256::digest(plaintext));
        let mut vector = [0; 16];
        vector.iter_mut().zip(hasher.finalize()).for_each(|(byte, new)| *byte = new);
        Vector(vector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_differs_makes_another_vector() {
        let id = |number, generation| Ref { number, generation };
        let vectors = [
            Seed([0; 16]).vector(b"key", id(1, 0), 0, b"text").0,
            Seed([1; 16]).vector(b"key", id(1, 0), 0, b"text").0,
            Seed([0; 16]).vector(b"kez", id(1, 0), 0, b"text").0,
            Seed([0; 16]).vector(b"key", id(2, 0), 0, b"text").0,
            Seed([0; 16]).vector(b"key", id(1, 1), 0, b"text").0,
            Seed([0; 16]).vector(b"key", id(1, 0), 1, b"text").0,
            Seed([0; 16]).vector(b"key", id(1, 0), 0, b"texu").0,
        ];
        let distinct: std::collections::HashSet<_> = vectors.iter().collect();
        assert_eq!(distinct.len(), vectors.len());
        assert_eq!(vectors[0], Seed([0; 16]).vector(b"key", id(1, 0), 0, b"text").0);
    }
}
