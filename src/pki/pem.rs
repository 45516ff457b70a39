//! PEM files as tools and people make them: blocks wrapped at any length, with blanks at the ends of lines, pasted through forms, and text in
//! any encoding around them.
//!
//! Invariant: inside a block, white space apart, every character counts: digits of base64 with their padding, or an error.
//! Invariant: whatever begins like a block is one, or an error; what a fault shows was no part of a body.
//!
//! Specified in RFC 7468, 2 and 3 (the lax form).
//!
//! Nouns: [`Block`], [`Fault`].

use der::pem::{Base64Decoder, Error};
use der::zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// How long a label may be: those in use have less than 30 characters, and errors show them.
const LABEL: usize = 64;
/// The labels of certificates: RFC 7468, 5.1, and the older one that OpenSSL still reads.
const CERTIFICATES: [&str; 2] = ["CERTIFICATE", "X509 CERTIFICATE"];

/// One block: what stands between its first line and its last.
#[derive(Clone, Copy)]
pub(crate) struct Block<'a> {
    pub(crate) label: &'a str,
    body: &'a [u8],
    /// Bytes of the file before it.
    pub(crate) offset: usize,
    ends: bool,
}

/// Why a block cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// No last line with its label comes before the next block, or the end of the file.
    #[error("the block does not end")]
    Cut,
    /// The bytes of the file before it.
    #[error("what begins at byte {0} is no first line of a block")]
    Label(usize),
    #[error(transparent)]
    Digits(#[from] Error),
}

impl Block<'_> {
    /// The bytes that it stands for, which may be secret.
    pub(crate) fn decode(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        if self.ends { Ok(decode(self.body)?) } else { Err(Fault::Cut) }
    }

    /// Whether `word` stands in it as it is, such as a header field of RFC 1421.
    #[cfg(feature = "software")]
    pub(crate) fn holds(&self, word: &[u8]) -> bool {
        find(self.body, word).is_some()
    }

    pub(crate) fn is_certificate(&self) -> bool {
        CERTIFICATES.contains(&self.label)
    }
}

/// Whether `file` begins as certificates and CRLs in DER do, with a SEQUENCE whose length begins with a byte that no text has: then what looks
/// like PEM in it is a part of its names.
pub(crate) fn is_der(file: &[u8]) -> bool {
    matches!(file, [0x30, 0x81..=0x84, ..])
}

/// All blocks of `text`, in its order; none where it is something else.
pub(crate) fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>, Fault> {
    let (mut blocks, mut begin) = (Vec::new(), find(text, BEGIN));
    while let Some(offset) = begin {
        let behind = offset.saturating_add(BEGIN.len());
        let rest = text.get(behind..).unwrap_or_default();
        let length = find(rest, BEGIN);
        let own = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        blocks.push(block(own, offset).ok_or(Fault::Label(offset))?);
        begin = length.map(|length| behind.saturating_add(length));
    }
    Ok(blocks)
}

/// The block whose first line goes on with `text`, which holds no other.
fn block(text: &[u8], offset: usize) -> Option<Block<'_>> {
    let length = find(text.get(..LABEL.saturating_add(DASHES.len())).unwrap_or(text), DASHES)?;
    let (label, rest) = text.split_at_checked(length)?;
    let label = std::str::from_utf8(label).ok().filter(|label| label.bytes().all(|one| matches!(one, b' '..=b'~')))?;
    let rest = rest.strip_prefix(DASHES)?;
    let end = find(rest, &[END, label.as_bytes(), DASHES].concat());
    let body = rest.get(..end.unwrap_or(rest.len()))?;
    Some(Block { label, body, offset, ends: end.is_some() })
}

fn decode(body: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut digits = Zeroizing::new(Vec::with_capacity(body.len()));
    digits.extend(body.iter().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len()));
    Base64Decoder::new(&digits)?.decode_to_end(&mut bytes)?;
    Ok(bytes)
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 4] =
        ["-----BEGIN CERTIFICATE-----", "AAECAwQFBgcICQoL", "DA0ODw==", "-----END CERTIFICATE-----"];

    fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
        blocks(text).unwrap().iter().map(|block| block.decode().unwrap().to_vec()).collect()
    }

    #[test]
    fn blocks_are_read_however_they_are_wrapped_and_whatever_stands_around() {
        let joined = |between: &str| LINES.join(between).into_bytes();
        let commented = [&b"# cl\xe9 \x8f\x96\n"[..], &joined("\n"), b"\n\xff"].concat();
        let marked = [&b"\xef\xbb\xbf"[..], &joined("\r\n")].concat();
        for text in [joined("\n"), joined("\r\n"), joined("\r"), joined("  \n\n\t"), joined(""), commented, marked] {
            assert_eq!(decoded(&text), [(0..16).collect::<Vec<u8>>()], "{}", String::from_utf8_lossy(&text));
        }
        assert_eq!(decoded(&[joined("\n"), joined("\n")].concat()).len(), 2);
        assert_eq!(decoded(b"\x30\x82-----BEGIN"), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_first_line_that_is_none_is_an_error_that_shows_nothing_of_it() {
        let whole = LINES.join("\n");
        let long = format!("-----BEGIN {}-----", "X".repeat(65));
        for line in [
            "-----BEGIN ",
            "-----BEGIN CERTIF",
            "-----BEGIN CERTIFICATE----\nAAEC\n",
            "-----BEGIN \u{1b}[2J-----",
            "-----BEGIN 鍵-----",
            &long,
        ] {
            for text in [format!("{whole}\n{line}"), format!("{whole}\n{line}\n{whole}")] {
                assert_eq!(blocks(text.as_bytes()).err(), Some(Fault::Label(whole.len() + 1)), "{text}");
            }
        }
    }

    #[test]
    fn white_space_alone_is_skipped() {
        for good in ["AAEC/w==", "AAEC/w==\n", "\r\n AA\tEC\n\n/w\r==  "] {
            assert_eq!(decode(good.as_bytes()).unwrap().as_slice(), [0, 1, 2, 255], "{good:?}");
        }
        for bad in ["", "AAEC/w=", "AAEC/w", "AAEC/x==", "AAEC/w==A", "AA-C/w==", "Key: value\n\nAAEC", "AAEC\0"] {
            assert!(decode(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_block_that_does_not_end_takes_no_other_with_it() {
        let whole = LINES.join("\n");
        let (cut, other) = (&whole[..50], whole.replace("END CERT", "END X509 CERT"));
        for text in [format!("{cut}\n{whole}"), format!("{other}\n{whole}")] {
            let found = blocks(text.as_bytes()).unwrap();
            assert!(matches!(found[0].decode(), Err(Fault::Cut)), "{text}");
            assert_eq!((found.len(), found[1].offset, found[1].decode().is_ok()), (2, text.len() - whole.len(), true));
        }
    }
}
