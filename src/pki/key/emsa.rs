//! What PSS makes of a digest before RSA sees it.
//!
//! Written out here, rather than taken from the `rsa` crate, because there the mask's digest is always the message's.
//!
//! Specified in RFC 8017, 9.1 and B.2.1.

use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::pss::Pss;

const TRAILER: u8 = 0xbc;

/// EMSA-PSS-VERIFY: whether `em`, a number of `bits` bits, encodes `prehash` (RFC 8017, 9.1.2).
pub(crate) fn pss_holds(pss: Pss, em: &[u8], bits: u32, prehash: &[u8]) -> bool {
    let Some((TRAILER, body)) = em.split_last().map(|(last, body)| (*last, body)) else { return false };
    let Some(at) = body.len().checked_sub(pss.digest.len()) else { return false };
    let (masked, hash) = body.split_at(at);
    let Some(padding) = masked.len().checked_sub(usize::from(pss.salt_len)).and_then(|rest| rest.checked_sub(1)) else {
        return false;
    };
    let unused = unused_bits(em.len(), bits);
    if masked.first().is_none_or(|first| first & !unused != 0) {
        return false;
    }
    let mut block = xor(masked, &mgf1(pss.mask, hash, masked.len()));
    if let Some(first) = block.first_mut() {
        *first &= unused;
    }
    let (zeros, rest) = block.split_at(padding);
    let [1, salt @ ..] = rest else { return false };
    zeros.iter().all(|byte| *byte == 0) && hash == salted(pss.digest, prehash, salt)
}

/// EMSA-PSS-ENCODE: `prehash` as a number of `bits` bits (RFC 8017, 9.1.1); `None` where they are too few.
#[cfg(feature = "software")]
pub(crate) fn pss_encode(pss: Pss, bits: u32, prehash: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
    let len = usize::try_from(bits.div_ceil(8)).ok()?;
    let masked_len = len.checked_sub(pss.digest.len())?.checked_sub(1)?;
    let padding = masked_len.checked_sub(salt.len())?.checked_sub(1)?;
    let hash = salted(pss.digest, prehash, salt);
    let block = [&vec![0; padding][..], &[1], salt].concat();
    let mut em = xor(&block, &mgf1(pss.mask, &hash, masked_len));
    if let Some(first) = em.first_mut() {
        *first &= unused_bits(len, bits);
    }
    em.extend_from_slice(&hash);
    em.push(TRAILER);
    Some(em)
}

/// The bits of the first of `len` bytes that a number of `bits` bits may use.
fn unused_bits(len: usize, bits: u32) -> u8 {
    let whole = u32::try_from(len).unwrap_or(u32::MAX).saturating_mul(8);
    0xff_u8.checked_shr(whole.saturating_sub(bits)).unwrap_or(0)
}

/// The digest of eight zeros, the message's digest and the salt.
fn salted(digest: DigestAlgorithm, prehash: &[u8], salt: &[u8]) -> Vec<u8> {
    let mut hasher = digest.hasher();
    [&[0; 8], prehash, salt].iter().for_each(|part| hasher.update(part));
    hasher.finish()
}

/// `len` bytes that follow from `seed` (RFC 8017, B.2.1).
fn mgf1(digest: DigestAlgorithm, seed: &[u8], len: usize) -> Vec<u8> {
    let mut seeded = digest.hasher();
    seeded.update(seed);
    let blocks = (0_u32..).flat_map(|counter| {
        let mut hasher = seeded.clone();
        hasher.update(&counter.to_be_bytes());
        hasher.finish()
    });
    blocks.take(len).collect()
}

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(one, other)| one ^ other).collect()
}

#[cfg(all(test, feature = "software"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PSS: Pss = Pss { digest: DigestAlgorithm::Sha512, mask: DigestAlgorithm::Sha256, salt_len: 20 };

    #[test]
    fn a_number_too_short_for_digest_and_salt_is_refused() {
        let shortest = 8 * (64 + 20 + 2);
        assert!(pss_encode(PSS, shortest, &[1; 64], &[2; 20]).is_some());
        assert_eq!(pss_encode(PSS, shortest - 8, &[1; 64], &[2; 20]), None);
    }

    proptest! {
        #[test]
        fn what_is_encoded_holds_and_nothing_else(bits in 1016u32..1040, at in any::<usize>(), mask in 1u8..) {
            let mut em = pss_encode(PSS, bits, &[1; 64], &[2; 20]).unwrap();
            prop_assert!(pss_holds(PSS, &em, bits, &[1; 64]));
            prop_assert!(!pss_holds(PSS, &em, bits, &[3; 64]));
            for other in [Pss { salt_len: 21, ..PSS }, Pss { mask: DigestAlgorithm::Sha512, ..PSS }] {
                prop_assert!(!pss_holds(other, &em, bits, &[1; 64]));
            }
            let at = at % em.len();
            em[at] ^= mask;
            prop_assert!(!pss_holds(PSS, &em, bits, &[1; 64]));
        }

        #[test]
        fn any_bytes_are_judged_without_panic(em: Vec<u8>, bits: u32, salt_len: u16) {
            pss_holds(Pss { salt_len, ..PSS }, &em, bits, &[1; 64]);
        }
    }
}
