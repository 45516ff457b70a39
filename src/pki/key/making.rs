//! Whether a key may make new signatures: more is verified, and judged by policy, than is ever made.
//!
//! Invariant: what is refused here is refused wherever the key lives, and before it is asked.
//!
//! Specified in TS 119 312, 5 to 7 (digests and lengths); FIPS 186-5, 1 (DSA is withdrawn) and 5.1 (lengths of RSA); RFC 4055, 1.2 (keys
//! restricted to PSS). Noun: [`Unfit`].

use super::{KeyFault, PublicKey};
use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::SignatureAlgorithm;

/// The shortest RSA key that signs, in bits.
const SHORTEST_RSA: u32 = 2048;

/// Why no new signature is made so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("{} is broken, and only read", .0.name())]
    Digest(DigestAlgorithm),
    #[error("the mask of PSS is made with {}, which is broken, and only read", .0.name())]
    Mask(DigestAlgorithm),
    #[error("an RSA key of {0} bits is too short for a new signature, which takes {SHORTEST_RSA}")]
    Short(u32),
    #[error("DSA is withdrawn: old signatures are verified, and none is made")]
    Withdrawn,
    #[error("no standard names {0}")]
    Nameless(SignatureAlgorithm),
    #[error("the key cannot sign with {0}: {1}")]
    Key(SignatureAlgorithm, KeyFault),
    #[error("the key cannot sign with {0}, and may not be used with anything but {1}")]
    Kept(SignatureAlgorithm, String),
}

impl PublicKey {
    /// What the key is kept for, in words.
    fn kept_for(&self) -> String {
        match self {
            Self::Rsa(key) => key.scheme().to_string(),
            _ => self.default_algorithm().to_string(),
        }
    }

    /// Whether the private half may make a new signature with `algorithm`.
    pub(crate) fn check_making(&self, algorithm: SignatureAlgorithm) -> Result<(), Unfit> {
        check_digest(algorithm.digest())?;
        match algorithm {
            // OpenSSL restricts keys to it unless told otherwise, and those can do nothing else (RFC 4055, 1.2).
            SignatureAlgorithm::RsaPss { .. } if algorithm == self.default_algorithm() => {}
            SignatureAlgorithm::RsaPss { mask, .. } => check_digest(mask).map_err(|_| Unfit::Mask(mask))?,
            _ => {}
        }
        if let Self::Dsa(_) = self {
            return Err(Unfit::Withdrawn);
        }
        match self {
            Self::Rsa(key) if key.bits() < SHORTEST_RSA => return Err(Unfit::Short(key.bits())),
            _ => {}
        }
        // Whether the two belong together is asked before the value is looked at.
        match self.verify(algorithm, b"", b"") {
            Err(KeyFault::Restricted) => return Err(Unfit::Kept(algorithm, self.kept_for())),
            Err(KeyFault::Mismatch) => return Err(Unfit::Key(algorithm, KeyFault::Mismatch)),
            _ => {}
        }
        if has_name(algorithm) { Ok(()) } else { Err(Unfit::Nameless(algorithm)) }
    }
}

/// Whether anything new may be digested so.
pub(crate) fn check_digest(digest: DigestAlgorithm) -> Result<(), Unfit> {
    match digest {
        DigestAlgorithm::Md5 | DigestAlgorithm::Sha1 => Err(Unfit::Digest(digest)),
        _ => Ok(()),
    }
}

/// Whether an identifier says all of it. SHAKE256 beside RSA and ECDSA has identifiers of its own (RFC 8702), which we do not write.
fn has_name(algorithm: SignatureAlgorithm) -> bool {
    use SignatureAlgorithm::{Ecdsa, RsaPkcs1, RsaPss};
    match algorithm {
        RsaPkcs1(digest) | Ecdsa(digest) => digest != DigestAlgorithm::Shake256,
        RsaPss { digest, mask, .. } => ![digest, mask].contains(&DigestAlgorithm::Shake256),
        _ => true,
    }
}
