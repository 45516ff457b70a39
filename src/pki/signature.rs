//! One question asked of certificates, CRLs and OCSP responses alike: did this key sign that part?
//!
//! Invariant: the signed part is hashed as received; and an algorithm or key that is not known is said to be so, not called a forgery.
//!
//! Invariant: no search of a verification checks more signatures than [`Checks`] allows; what is known already costs nothing.
//!
//! Specified in RFC 5280, 4.1.1.3 and 5.1.1.3; RFC 6960, 4.2.1. Nouns: [`SignatureFault`], [`Memo`], [`KeyMemo`], [`Checks`].

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use der::asn1::BitString;
use der::{Decode, Reader, SliceReader};
use spki::AlgorithmIdentifierOwned;

use super::algorithm::{SignatureAlgorithm, UnknownAlgorithm};
use super::key::{KeyFault, PublicKey};

/// Why a signature did not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureFault {
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
    #[error(transparent)]
    Key(#[from] KeyFault),
}

/// The answer to the first question about a value's signature. It follows from bytes that do not change, and validation asks it again
/// and again: of every path, at every time, for every timestamp.
#[derive(Clone, Debug)]
pub(crate) struct Memo<K, F>(OnceLock<(K, Result<(), F>)>);

impl<K: Clone + PartialEq, F: Copy> Memo<K, F> {
    /// What `check` says of `key`, asked once where all ask about the same key.
    pub(crate) fn ask(&self, key: &K, check: impl Fn() -> Result<(), F>) -> Result<(), F> {
        let (first, answer) = self.0.get_or_init(|| (key.clone(), check()));
        if first == key { *answer } else { check() }
    }
}

impl<K, F> Default for Memo<K, F> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

/// The answers to all questions about a value's signature, by the DER `SubjectPublicKeyInfo`: hostile files hold a thousand authorities of
/// one name, each of which may have signed each of a thousand values.
#[derive(Debug, Default)]
pub(crate) struct KeyMemo(Mutex<HashMap<Vec<u8>, Result<(), SignatureFault>>>);

impl KeyMemo {
    /// What `check` says of the key `spki`, asked once.
    pub(crate) fn ask(
        &self,
        spki: &[u8],
        check: impl FnOnce() -> Result<(), SignatureFault>,
    ) -> Result<(), SignatureFault> {
        // What is behind the lock is whole after every insertion.
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(spki) {
            return *known;
        }
        let answer = check();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(spki.to_vec(), answer);
        answer
    }

    /// Whether the answer for `spki` is known.
    pub(crate) fn knows(&self, spki: &[u8]) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(spki)
    }
}

/// How many signatures the searches of one verification may still check: each costs more than all else that is done for a value.
#[derive(Debug)]
pub(crate) struct Checks {
    left: Cell<usize>,
    limit: usize,
}

/// Nothing is left of the [`Checks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search stopped after {limit} signature checks (Limits::signature_checks)")]
pub(crate) struct ChecksSpent {
    limit: usize,
}

impl Checks {
    pub(crate) fn new(limit: usize) -> Self {
        Self { left: Cell::new(limit), limit }
    }

    /// Counts one check, unless its answer `is_known`.
    pub(crate) fn count(&self, is_known: bool) -> Result<(), ChecksSpent> {
        if !is_known {
            self.left.set(self.left.get().checked_sub(1).ok_or(ChecksSpent { limit: self.limit })?);
        }
        Ok(())
    }

    /// How many were made.
    #[cfg(test)]
    pub(crate) fn made(&self) -> usize {
        self.limit - self.left.get()
    }
}

/// The three parts that certificates, CRLs and OCSP responses begin with: what is signed, how, and the value.
#[derive(Clone, Debug)]
pub(crate) struct Signed<'a> {
    /// The DER of the signed part, as received.
    pub(crate) tbs: &'a [u8],
    pub(crate) algorithm: AlgorithmIdentifierOwned,
    pub(crate) value: BitString,
}

impl<'a> Signed<'a> {
    /// Reads `SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING, … }`; what may follow inside is left to the caller.
    pub(crate) fn from_der(der: &'a [u8]) -> der::Result<Self> {
        let mut outer = SliceReader::new(der)?;
        let signed = outer.sequence(|reader| {
            let tbs = reader.tlv_bytes()?;
            let algorithm = AlgorithmIdentifierOwned::decode(reader)?;
            let value = BitString::decode(reader)?;
            while !reader.is_finished() {
                reader.tlv_bytes()?;
            }
            Ok::<_, der::Error>(Self { tbs, algorithm, value })
        })?;
        outer.finish()?;
        Ok(signed)
    }

    /// Checks the signature under the key in the DER `SubjectPublicKeyInfo` `spki`.
    pub(crate) fn verify(&self, spki: &[u8]) -> Result<(), SignatureFault> {
        verify(spki, &self.algorithm, self.tbs, &self.value)
    }
}

/// Checks `signature` over `message` under the key in the DER `SubjectPublicKeyInfo` `spki`.
pub(crate) fn verify(
    spki: &[u8],
    algorithm: &AlgorithmIdentifierOwned,
    message: &[u8],
    signature: &BitString,
) -> Result<(), SignatureFault> {
    // Every signature value is a string of octets: with unused bits it would be a second encoding of the same value.
    let signature = signature.as_bytes().ok_or(KeyFault::BadSignature)?;
    let algorithm = SignatureAlgorithm::from_identifier(algorithm)?;
    Ok(PublicKey::from_spki(spki)?.verify(algorithm, message, signature)?)
}
