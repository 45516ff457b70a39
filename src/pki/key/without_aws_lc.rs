//! What stands in for [`aws_lc`](super::aws_lc) without the feature: nobody is there, and answers nothing.

use super::Claim;
use super::elliptic::EcKey;
use super::rsa::RsaKey;
#[cfg(feature = "software")]
use crate::pki::algorithm::SignatureAlgorithm;

/// Nothing: nobody reads a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RsaVerifier(());

pub(super) fn rsa_holds(_: &RsaKey, _: Claim<'_>) -> Option<bool> {
    None
}

pub(super) fn ecdsa_holds(_: &EcKey, _: Claim<'_>) -> Option<bool> {
    None
}

pub(super) fn ed25519_holds(_: &[u8; 32], _: Claim<'_>) -> Option<bool> {
    None
}

/// A key that there never is.
#[cfg(feature = "software")]
pub(crate) enum RsaSigner {}

#[cfg(feature = "software")]
impl RsaSigner {
    pub(crate) fn new(_: &rsa::RsaPrivateKey) -> Option<Self> {
        None
    }

    pub(crate) fn sign(&self, _: SignatureAlgorithm, _: &[u8]) -> Option<Vec<u8>> {
        match *self {}
    }
}

/// A key that there never is.
#[cfg(feature = "software")]
pub(crate) enum Ed25519Signer {}

#[cfg(feature = "software")]
impl Ed25519Signer {
    pub(crate) fn new(_: &ed25519_dalek::SigningKey) -> Option<Self> {
        None
    }

    pub(crate) fn sign(&self, _: &[u8]) -> Option<Vec<u8>> {
        match *self {}
    }
}
