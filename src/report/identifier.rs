//! What identifies a signature for somebody who has the file, too: digests and the value (TS 119 102-2, 4.2.3 and 4.2.6).

use crate::digest::DigestAlgorithm;

/// What was signed, and how the dictionary places it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureIdentifier {
    /// The digest of the bytes that the signature covers.
    pub document: Option<DigestValue>,
    /// The digest of what the key signed: the signed attributes, as the SET OF that was signed (RFC 5652, 5.4).
    pub to_be_signed: Option<DigestValue>,
    /// The signature value; of a document timestamp, that of its token.
    pub value: Vec<u8>,
    /// SHA-256 of the token of a document timestamp, in lower-case hexadecimal; `None` for signatures.
    pub token: Option<String>,
    /// `/ByteRange`: offset and length of each part, in bytes from the start of the file.
    pub byte_range: Option<[u64; 4]>,
    /// `/Filter`.
    pub filter: Option<String>,
}

/// A digest with its algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigestValue {
    /// The algorithm.
    pub algorithm: DigestAlgorithm,
    /// The digest.
    pub value: Vec<u8>,
}

impl DigestValue {
    pub(crate) fn new(algorithm: DigestAlgorithm, value: Vec<u8>) -> Self {
        Self { algorithm, value }
    }
}
