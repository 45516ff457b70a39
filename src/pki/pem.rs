//! What stands between the lines of a PEM block.
//!
//! What it is for: certificates and keys as people keep them: wrapped at any length, with blanks at the ends of lines, pasted through forms.
//!
//! Invariant: white space apart, every character counts: digits of base64 with their padding, or an error.
//!
//! Specified in RFC 7468, 2 and 3 (the lax form).

use der::pem::{Base64Decoder, Error};
use der::zeroize::Zeroizing;

/// The bytes in the `body` of a block, which may be secret.
pub(crate) fn decode(body: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut digits = Zeroizing::new(Vec::with_capacity(body.len()));
    digits.extend(body.iter().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len()));
    Base64Decoder::new(&digits)?.decode_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_alone_is_skipped() {
        for good in ["AAEC/w==", "AAEC/w==\n", "\r\n AA\tEC\n\n/w\r==  "] {
            assert_eq!(decode(good.as_bytes()).unwrap().as_slice(), [0, 1, 2, 255], "{good:?}");
        }
        for bad in ["", "AAEC/w=", "AAEC/w", "AAEC/x==", "AAEC/w==A", "AA-C/w==", "Key: value\n\nAAEC", "AAEC\0"] {
            assert!(decode(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }
}
