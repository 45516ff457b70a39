//! Names of signatures under `/VRI` (ISO 32000-2, 12.8.4.3, table 261; 12.8.4.4).

use der::Reader;

use crate::digest::{DigestAlgorithm, hex};
use crate::verify::Facts;

/// How `/VRI` is written: which values belong to which signature. Nobody needs it to verify, and some old readers look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vri {
    /// The values only.
    Plain,
    /// And when they were put there, by the clock of who did (`/TU`).
    Dated,
}

/// The key of a signature: the SHA-1 of its `/Contents`, in upper case, as most readers and writers compute it.
///
/// Of a signature with its padding, as Adobe's and all others do; of a document timestamp the token alone, as ISO 32000-2 says.
pub(super) fn key(facts: &Facts) -> Option<String> {
    let contents = &facts.dictionary.contents.as_ref().ok()?.der;
    let token = token(contents).filter(|_| facts.is_timestamp());
    Some(name(token.unwrap_or(contents)))
}

/// Whether `key` stands for the signature, in any of the ways in which it is written.
pub(super) fn is_key_of(key: &str, facts: &Facts) -> bool {
    let Ok(contents) = &facts.dictionary.contents else { return false };
    let ways = [Some(contents.der.as_slice()), token(&contents.der)];
    ways.into_iter().flatten().any(|bytes| name(bytes).eq_ignore_ascii_case(key))
}

fn name(bytes: &[u8]) -> String {
    hex(&DigestAlgorithm::Sha1.digest(bytes)).to_ascii_uppercase()
}

/// The DER at the beginning, without the padding behind it.
fn token(contents: &[u8]) -> Option<&[u8]> {
    der::SliceReader::new(contents).ok()?.tlv_bytes().ok()
}
