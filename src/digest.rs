//! Digest algorithms and running digests.
//!
//! Invariant: a [`Hasher`] is a value: cloning it forks the digest, so that a prefix shared by several messages is hashed once.
//!
//! Specified in FIPS 180-4 and FIPS 202; identifiers in RFC 5754, RFC 3370, RFC 8419 and NIST's register.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use sha3::{Sha3_256, Sha3_384, Sha3_512};
use shake::{ExtendableOutput, Shake256, XofReader};

/// One row an algorithm: everything that this crate knows of it.
macro_rules! digests {
    ($($(#[doc = $doc:literal])+ $name:ident($state:ty): $text:literal, $len:literal, $oid:expr;)+) => {
        /// A digest algorithm that this crate computes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum DigestAlgorithm {
            $($(#[doc = $doc])+ $name,)+
        }

        impl DigestAlgorithm {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];

            /// The name as the standards write it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The length of a digest, in bytes.
            pub fn len(self) -> usize {
                match self { $(Self::$name => $len),+ }
            }

            pub(crate) fn oid(self) -> ObjectIdentifier {
                match self { $(Self::$name => $oid),+ }
            }

            pub(crate) fn hasher(self) -> Hasher {
                match self { $(Self::$name => Hasher::$name(<$state>::new())),+ }
            }
        }

        /// A digest in progress.
        #[derive(Clone)]
        pub(crate) enum Hasher {
            $($name($state)),+
        }

        impl Hasher {
            pub(crate) fn algorithm(&self) -> DigestAlgorithm {
                match self { $(Self::$name(_) => DigestAlgorithm::$name),+ }
            }

            pub(crate) fn update(&mut self, bytes: &[u8]) {
                match self { $(Self::$name(state) => state.update(bytes)),+ }
            }

            pub(crate) fn finish(self) -> Vec<u8> {
                match self { $(Self::$name(state) => state.finalize().to_vec()),+ }
            }
        }
    };
}

digests! {
    /// MD5: read in old files, never written.
    Md5(Md5): "MD5", 16, rfc5912::ID_MD_5;
    /// SHA-1: read in old files, never written.
    Sha1(Sha1): "SHA-1", 20, rfc5912::ID_SHA_1;
    /// SHA-224: read in old files, never written.
    Sha224(Sha224): "SHA-224", 28, rfc5912::ID_SHA_224;
    /// SHA-256, the default.
    Sha256(Sha256): "SHA-256", 32, rfc5912::ID_SHA_256;
    /// SHA-384.
    Sha384(Sha384): "SHA-384", 48, rfc5912::ID_SHA_384;
    /// SHA-512.
    Sha512(Sha512): "SHA-512", 64, rfc5912::ID_SHA_512;
    /// SHA3-256 (in PDFs: ISO/TS 32001).
    Sha3_256(Sha3_256): "SHA3-256", 32, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.8");
    /// SHA3-384 (in PDFs: ISO/TS 32001).
    Sha3_384(Sha3_384): "SHA3-384", 48, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.9");
    /// SHA3-512 (in PDFs: ISO/TS 32001).
    Sha3_512(Sha3_512): "SHA3-512", 64, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.10");
    /// SHAKE256 with 512 bits of output, the digest of Ed448 (RFC 8419; in PDFs: ISO/TS 32001).
    Shake256(Shake256Of512): "SHAKE256", 64, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.12");
}

impl DigestAlgorithm {
    /// Whether the digest has no bytes: never.
    pub fn is_empty(self) -> bool {
        false
    }

    /// The digest of `message`.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        let mut hasher = self.hasher();
        hasher.update(message);
        hasher.finish()
    }

    /// Whether it is of FIPS 202, which PDF 2.0 does not name.
    pub(crate) fn is_sha3(self) -> bool {
        matches!(self, Self::Sha3_256 | Self::Sha3_384 | Self::Sha3_512 | Self::Shake256)
    }

    pub(crate) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.oid() == oid)
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({})", self.algorithm().name())
    }
}

/// SHAKE256 where it stands for a digest: 512 bits of output (RFC 8419, 2.3).
#[derive(Clone)]
pub(crate) struct Shake256Of512(Shake256);

impl Shake256Of512 {
    fn new() -> Self {
        Self(Shake256::default())
    }

    fn update(&mut self, bytes: &[u8]) {
        shake::Update::update(&mut self.0, bytes);
    }

    fn finalize(self) -> [u8; 64] {
        let mut digest = [0; 64];
        self.0.finalize_xof().read(&mut digest);
        digest
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4 and FIPS 202, the digests of "abc".
    #[test]
    fn digests_are_those_of_the_standards() {
        for (digest, start) in [
            (DigestAlgorithm::Md5, "900150983cd24fb0"),
            (DigestAlgorithm::Sha1, "a9993e364706816a"),
            (DigestAlgorithm::Sha256, "ba7816bf8f01cfea"),
            (DigestAlgorithm::Sha512, "ddaf35a193617aba"),
            (DigestAlgorithm::Sha3_256, "3a985da74fe225b2"),
            (DigestAlgorithm::Sha3_384, "ec01498288516fc9"),
            (DigestAlgorithm::Sha3_512, "b751850b1a57168a"),
            (DigestAlgorithm::Shake256, "483366601360a877"),
        ] {
            let value = digest.digest(b"abc");
            assert!(hex(&value).starts_with(start), "{}: {}", digest.name(), hex(&value));
        }
    }

    #[test]
    fn every_digest_has_its_own_name_identifier_and_length() {
        for (at, one) in DigestAlgorithm::ALL.iter().enumerate() {
            assert_eq!(one.digest(b"").len(), one.len());
            assert_eq!(DigestAlgorithm::from_oid(one.oid()), Some(*one));
            let mut hasher = one.hasher();
            hasher.update(b"ab");
            let mut forked = hasher.clone();
            forked.update(b"c");
            hasher.update(b"d");
            assert_eq!((forked.algorithm(), forked.finish()), (*one, one.digest(b"abc")));
            assert_eq!(hasher.finish(), one.digest(b"abd"));
            assert!(DigestAlgorithm::ALL[..at].iter().all(|other| other.name() != one.name()));
        }
    }
}
