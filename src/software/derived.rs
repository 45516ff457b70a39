//! Bytes that look random and follow from a secret: for blinding, salts and the keys of test authorities.
//!
//! Invariant: without the secret nobody can tell these bytes from random ones; with it, they are always the same.

use std::convert::Infallible;

use der::zeroize::Zeroizing;
use rsa::rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

/// SHA-256(seed ‖ 0), SHA-256(seed ‖ 1), …: each request begins a new block.
pub(crate) struct Derived {
    seed: Zeroizing<[u8; 32]>,
    counter: u64,
}

impl Derived {
    /// The bytes that follow from `parts`. Each part's length is hashed with it, so that no two lists collide.
    pub(crate) fn from_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        Self { seed: Zeroizing::new(hasher.finalize().into()), counter: 0 }
    }

    /// The next `N` bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        let Ok(()) = self.try_fill_bytes(&mut bytes);
        bytes
    }

    /// The next `len` bytes.
    pub(crate) fn vec(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        let Ok(()) = self.try_fill_bytes(&mut bytes);
        bytes
    }
}

impl TryRng for Derived {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for chunk in target.chunks_mut(32) {
            let mut hasher = Sha256::new();
            hasher.update(self.seed.as_slice());
            hasher.update(self.counter.to_be_bytes());
            self.counter = self.counter.wrapping_add(1);
            chunk.iter_mut().zip(hasher.finalize()).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}

impl TryCryptoRng for Derived {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_from_the_parts_and_nothing_else() {
        let first: [u8; 40] = Derived::from_parts(&[b"a", b"bc"]).bytes();
        assert_eq!(first, Derived::from_parts(&[b"a", b"bc"]).bytes::<40>());
        assert_ne!(first, Derived::from_parts(&[b"ab", b"c"]).bytes::<40>());
        let mut derived = Derived::from_parts(&[]);
        assert_ne!(derived.bytes::<32>(), derived.bytes::<32>());
    }
}
