//! Who computes: the crates in pure Rust, or AWS-LC with the feature `aws-lc`.
//!
//! Invariant: a backend never changes a verdict: what AWS-LC does not judge in exactly the same way, pure Rust does.
//!
//! Specified nowhere. Noun: [`Backend`].

use super::elliptic::EcKey;
use super::rsa::RsaKey;
use super::{Claim, aws_lc};

/// Who is asked first. Where AWS-LC has no answer (`None`), pure Rust has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Pure,
    AwsLc,
}

impl Backend {
    /// The fastest that was compiled in.
    pub(crate) const BEST: Self = if cfg!(feature = "aws-lc") { Self::AwsLc } else { Self::Pure };

    /// Whether an RSA signature holds.
    pub(super) fn rsa(self, key: &RsaKey, claim: Claim<'_>) -> Option<bool> {
        self.if_aws_lc(|| aws_lc::rsa_holds(key, claim))
    }

    /// Whether a DER `Ecdsa-Sig-Value` holds.
    pub(super) fn ecdsa(self, key: &EcKey, claim: Claim<'_>) -> Option<bool> {
        self.if_aws_lc(|| aws_lc::ecdsa_holds(key, claim))
    }

    /// Whether an Ed25519 signature holds.
    pub(super) fn ed25519(self, key: &[u8; 32], claim: Claim<'_>) -> Option<bool> {
        self.if_aws_lc(|| aws_lc::ed25519_holds(key, claim))
    }

    /// What AWS-LC answers, where it is the one to ask.
    pub(crate) fn if_aws_lc<T>(self, answer: impl FnOnce() -> Option<T>) -> Option<T> {
        match self {
            Self::Pure => None,
            Self::AwsLc => answer(),
        }
    }
}
