//! The two shapes of an ECDSA signature value: DER, as CMS and certificates hold it, and the bare numbers that devices give.
//!
//! Specified in RFC 5480, appendix A (`Ecdsa-Sig-Value`); r‖s as in IEEE 1363 and PKCS #11.

use der::Encode;
use der::asn1::UintRef;

/// The DER `Ecdsa-Sig-Value` of `raw`: r and s, big-endian, each half of it; `None` where it has no such halves.
pub(crate) fn from_raw(raw: &[u8]) -> Option<Vec<u8>> {
    let half = raw.len() / 2;
    let (r, s) = raw.split_at_checked(half).filter(|(r, s)| !r.is_empty() && r.len() == s.len())?;
    vec![UintRef::new(r).ok()?, UintRef::new(s).ok()?].to_der().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_needless_zeros() {
        let raw = [[0, 0, 0x7f, 1], [0, 0x80, 0, 2]].concat();
        assert_eq!(from_raw(&raw).unwrap(), [0x30, 10, 2, 2, 0x7f, 1, 2, 4, 0, 0x80, 0, 2]);
        assert_eq!(from_raw(&[0, 0]).unwrap(), [0x30, 6, 2, 1, 0, 2, 1, 0]);
        assert_eq!((from_raw(&[]), from_raw(&[1, 2, 3])), (None, None));
    }
}
