//! ASCIIHexDecode and ASCII85Decode (7.4.2, 7.4.3).

use super::{damaged, too_long};
use crate::error::Result;
use crate::pdf::lexer::{is_white, unhex};

/// 7.4.2. The end mark may be missing.
pub(super) fn hexadecimal(data: &[u8]) -> Result<Vec<u8>> {
    let body = data.split(|byte| *byte == b'>').next().unwrap_or_default();
    match body.iter().all(|byte| byte.is_ascii_hexdigit() || is_white(*byte)) {
        true => Ok(unhex(body)),
        false => Err(damaged("not a hexadecimal digit")),
    }
}

/// 7.4.3. The end mark may be missing.
pub(super) fn base85(data: &[u8], most: usize) -> Result<Vec<u8>> {
    let mut decoded = Vec::new();
    let mut group = Vec::with_capacity(5);
    for byte in data.iter().copied().filter(|byte| !is_white(*byte)) {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => decoded.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => group.push(byte.wrapping_sub(b'!')),
            _ => return Err(damaged("not a base-85 digit")),
        }
        if group.len() == 5 {
            decoded.extend_from_slice(&number(&group)?);
            group.clear();
        }
        if decoded.len() > most {
            return Err(too_long());
        }
    }
    match group.len() {
        0 => {}
        1 => return Err(damaged("a base-85 group of one digit")),
        digits => {
            group.resize(5, 84);
            let last = number(&group)?;
            decoded.extend_from_slice(last.get(..digits.saturating_sub(1)).unwrap_or_default());
        }
    }
    if decoded.len() > most { Err(too_long()) } else { Ok(decoded) }
}

/// Five digits as four bytes.
fn number(group: &[u8]) -> Result<[u8; 4]> {
    let value = group.iter().fold(0u64, |value, digit| value.wrapping_mul(85).wrapping_add(u64::from(*digit)));
    u32::try_from(value).map(u32::to_be_bytes).map_err(|_| damaged("a base-85 group is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_ends_at_its_mark() {
        assert_eq!(hexadecimal(b"41 4\n2 5>zz").unwrap(), b"ABP");
        assert_eq!(hexadecimal(b"41").unwrap(), b"A");
        assert!(hexadecimal(b"4x>").is_err());
    }

    #[test]
    fn base85_groups() {
        assert_eq!(base85(b"87cURD]i,\"Ebo80~>", 100).unwrap(), b"Hello World!");
        assert_eq!(base85(b"87cURDZ~>", 100).unwrap(), b"Hello");
        assert_eq!(base85(b"z z~>", 100).unwrap(), [0; 8]);
        for wrong in [&b"uuuuu"[..], b"!~>", b"!z~>", b"v"] {
            assert!(base85(wrong, 100).is_err());
        }
        assert!(base85(&b"z".repeat(10), 39).is_err());
    }
}
