//! The parameters of RSASSA-PSS.
//!
//! Specified in RFC 4055, 3.1 and 3.3.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::asn1::{AnyRef, Null};
use der::{Any, Decode, Encode};
use spki::AlgorithmIdentifierOwned;

use super::{SignatureAlgorithm, digest_identifier, digest_of};
use crate::digest::DigestAlgorithm;

const MGF1: ObjectIdentifier = rfc5912::ID_MGF_1;

/// What a PSS signature is made with, or what a key limits its signatures to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pss {
    /// The digest of the message.
    pub(crate) digest: DigestAlgorithm,
    /// The digest inside of MGF1.
    pub(crate) mask: DigestAlgorithm,
    /// The salt's length, in bytes.
    pub(crate) salt_len: u16,
}

impl Pss {
    /// Reads `RSASSA-PSS-params`; absent fields have their defaults, and the trailer field is always 1.
    pub(crate) fn from_parameters(parameters: &Any) -> Option<Self> {
        let parameters = parameters.decode_as::<Parameters>().ok()?;
        let digest = parameters.hash.map_or(Some(DigestAlgorithm::Sha1), |hash| digest_of(&hash).ok())?;
        let mask = match parameters.mask {
            None => DigestAlgorithm::Sha1,
            Some(mask) if mask.oid == MGF1 => {
                let hash = AlgorithmIdentifierOwned::from_der(&mask.parameters?.to_der().ok()?).ok()?;
                digest_of(&hash).ok()?
            }
            Some(_) => return None,
        };
        let salt_len = parameters.salt_len.unwrap_or(20);
        (parameters.trailer.unwrap_or(1) == 1).then_some(Self { digest, mask, salt_len })
    }

    /// The parameters as we write them.
    pub(crate) fn to_parameters(self) -> Option<Any> {
        let mask = Any::encode_from(&hash_identifier(self.mask)).ok()?;
        let mask = AlgorithmIdentifierOwned { oid: MGF1, parameters: Some(mask) };
        // DER leaves a default out (X.690, 11.5).
        let is_default = |digest| digest == DigestAlgorithm::Sha1;
        let parameters = Parameters {
            hash: (!is_default(self.digest)).then(|| hash_identifier(self.digest)),
            mask: (!is_default(self.mask)).then_some(mask),
            salt_len: (self.salt_len != 20).then_some(self.salt_len),
            trailer: None,
        };
        Any::encode_from(&parameters).ok()
    }

    /// Whether a key limited to `self` may make signatures with `other` (RFC 4055, 3.3: the same digests, a salt no shorter).
    pub(crate) fn permits(self, other: Self) -> bool {
        self.digest == other.digest && self.mask == other.mask && self.salt_len <= other.salt_len
    }
}

impl From<Pss> for SignatureAlgorithm {
    fn from(Pss { digest, mask, salt_len }: Pss) -> Self {
        Self::RsaPss { digest, mask, salt_len }
    }
}

/// With NULL in the days of SHA-2 (RFC 4055, 2.1), without parameters since.
fn hash_identifier(digest: DigestAlgorithm) -> AlgorithmIdentifierOwned {
    match digest {
        DigestAlgorithm::Sha1
        | DigestAlgorithm::Sha224
        | DigestAlgorithm::Sha256
        | DigestAlgorithm::Sha384
        | DigestAlgorithm::Sha512 => {
            AlgorithmIdentifierOwned { oid: digest.oid(), parameters: Some(Any::from(AnyRef::from(Null))) }
        }
        _ => digest_identifier(digest),
    }
}

/// `RSASSA-PSS-params` (RFC 4055, 3.1).
#[derive(der::Sequence)]
struct Parameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_len: Option<u16>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pss(digest: DigestAlgorithm, mask: DigestAlgorithm, salt_len: u16) -> Pss {
        Pss { digest, mask, salt_len }
    }

    #[test]
    fn any_combination_is_read_as_written_and_defaults_are_left_out() {
        use DigestAlgorithm::{Sha1, Sha3_512, Sha256, Sha512};
        for (digest, mask, salt_len) in
            [(Sha1, Sha1, 20), (Sha256, Sha256, 32), (Sha512, Sha256, 0), (Sha3_512, Sha1, 64)]
        {
            let one = pss(digest, mask, salt_len);
            assert_eq!(Pss::from_parameters(&one.to_parameters().unwrap()), Some(one));
        }
        assert_eq!(pss(Sha1, Sha1, 20).to_parameters().unwrap().to_der().unwrap(), [0x30, 0]);
    }

    #[test]
    fn other_trailers_and_masks_are_refused() {
        let read = |der: &[u8]| Pss::from_parameters(&Any::from_der(der).unwrap());
        assert!(read(&[0x30, 5, 0xa3, 3, 2, 1, 1]).is_some());
        assert_eq!(read(&[0x30, 5, 0xa3, 3, 2, 1, 2]), None);
        assert_eq!(read(&[0x30, 7, 0xa1, 5, 0x30, 3, 6, 1, 0x2a]), None);
        assert_eq!(read(&[0x05, 0]), None);
    }

    #[test]
    fn a_key_permits_its_own_digests_and_longer_salts() {
        use DigestAlgorithm::{Sha256, Sha512};
        let key = pss(Sha256, Sha256, 32);
        assert!(key.permits(key) && key.permits(pss(Sha256, Sha256, 64)));
        for other in [pss(Sha256, Sha256, 31), pss(Sha512, Sha256, 32), pss(Sha256, Sha512, 32)] {
            assert!(!key.permits(other), "{other:?}");
        }
    }
}
