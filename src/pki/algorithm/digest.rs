//! Digests as `AlgorithmIdentifier`.
//!
//! Specified in RFC 5754, 2 (SHA-2); RFC 8419, 2.3 (SHAKE256 with Ed448); NIST's register (SHA-3).

use const_oid::ObjectIdentifier;
use der::Any;
use spki::AlgorithmIdentifierOwned;

use super::{UnknownAlgorithm, is_null_or_absent};
use crate::digest::DigestAlgorithm;

/// `id-shake256-len`: SHAKE256 with the length of its output as parameter (RFC 8419, 2.3).
const SHAKE256_LEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.18");
/// The one length in use, in bits.
const SHAKE256_BITS: u16 = 512;

/// The digest of a digest `AlgorithmIdentifier`; absent and NULL parameters mean the same (RFC 5754, 2).
pub(crate) fn digest_of(identifier: &AlgorithmIdentifierOwned) -> Result<DigestAlgorithm, UnknownAlgorithm> {
    let unknown = UnknownAlgorithm(identifier.oid);
    if identifier.oid == SHAKE256_LEN {
        let bits = identifier.parameters.as_ref().and_then(|any| any.decode_as::<u16>().ok());
        return if bits == Some(SHAKE256_BITS) { Ok(DigestAlgorithm::Shake256) } else { Err(unknown) };
    }
    let known = DigestAlgorithm::from_oid(identifier.oid).filter(|_| is_null_or_absent(identifier));
    known.ok_or(unknown)
}

/// The identifier of a digest as we write it: without parameters (RFC 5754, 2), but SHAKE256 with its length (RFC 8419, 2.3).
pub(crate) fn digest_identifier(digest: DigestAlgorithm) -> AlgorithmIdentifierOwned {
    match digest {
        DigestAlgorithm::Shake256 => {
            AlgorithmIdentifierOwned { oid: SHAKE256_LEN, parameters: Any::encode_from(&SHAKE256_BITS).ok() }
        }
        _ => AlgorithmIdentifierOwned { oid: digest.oid(), parameters: None },
    }
}

#[cfg(test)]
mod tests {
    use der::asn1::{AnyRef, Null};

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for digest in DigestAlgorithm::ALL {
            assert_eq!(digest_of(&digest_identifier(*digest)), Ok(*digest));
        }
    }

    #[test]
    fn parameters_are_null_or_absent_or_the_length() {
        let with = |oid, parameters| digest_of(&AlgorithmIdentifierOwned { oid, parameters });
        let sha256 = DigestAlgorithm::Sha256.oid();
        assert_eq!(with(sha256, Some(Any::from(AnyRef::from(Null)))), Ok(DigestAlgorithm::Sha256));
        assert_eq!(with(sha256, Any::encode_from(&512u16).ok()), Err(UnknownAlgorithm(sha256)));
        assert_eq!(with(DigestAlgorithm::Shake256.oid(), None), Ok(DigestAlgorithm::Shake256));
        for parameters in [None, Any::encode_from(&256u16).ok()] {
            assert_eq!(with(SHAKE256_LEN, parameters), Err(UnknownAlgorithm(SHAKE256_LEN)));
        }
    }
}
