//! The forms that a private key comes in.
//!
//! Specified in RFC 5958 (PKCS#8, plain and encrypted), RFC 8017, A.1.2 (PKCS#1), RFC 5915 (SEC 1).

use super::key::PrivateKey;
use super::password::{Effort, decrypt};
use crate::error::{Error, ErrorKind, Result};
use crate::pki::cms::element::{Element, Elements, INTEGER, OCTET_STRING, SEQUENCE};

/// What a DER private key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Pkcs8,
    EncryptedPkcs8,
    Pkcs1,
    Sec1,
}

impl Form {
    /// The form of `der`, told by its first two parts; `None` where it is no private key.
    pub(crate) fn of(der: &[u8]) -> Option<Self> {
        let whole = Elements::new(der).expect(SEQUENCE, "").ok()?;
        let mut parts = whole.children();
        let (first, second) = (parts.any("").ok()?, parts.any("").ok()?);
        match (first.tag, second.tag) {
            (INTEGER, SEQUENCE) => Some(Self::Pkcs8),
            (INTEGER, INTEGER) => Some(Self::Pkcs1),
            (INTEGER, OCTET_STRING) => Some(Self::Sec1),
            (SEQUENCE, OCTET_STRING) => Some(Self::EncryptedPkcs8),
            _ => None,
        }
    }

    /// Reads a key of this form.
    pub(crate) fn read(self, der: &[u8]) -> Result<PrivateKey> {
        match self {
            Self::Pkcs8 => PrivateKey::from_pkcs8_der(der),
            Self::Pkcs1 => PrivateKey::from_pkcs1_der(der),
            Self::Sec1 => PrivateKey::from_sec1_der(der),
            Self::EncryptedPkcs8 => Err(Error::new(ErrorKind::Password, "the private key is encrypted")
                .advise("give its password: `SoftwareSigner::from_encrypted_pem` or `from_encrypted_der`")),
        }
    }

    /// Reads an encrypted key of this form.
    pub(crate) fn read_encrypted(self, der: &[u8], password: &str) -> Result<PrivateKey> {
        if self != Self::EncryptedPkcs8 {
            return Err(Error::new(ErrorKind::Password, "the private key is not encrypted, and a password was given")
                .advise("use `SoftwareSigner::from_pem` or `from_der`"));
        }
        let parts = Elements::new(der).expect(SEQUENCE, "an encrypted private key").map_err(damaged)?;
        decrypt_key(parts, password, &mut Effort::default())
    }
}

/// Reads an `EncryptedPrivateKeyInfo` (RFC 5958, 3).
pub(super) fn decrypt_key(info: Element<'_>, password: &str, effort: &mut Effort) -> Result<PrivateKey> {
    let what = "an encrypted private key";
    let mut parts = info.children();
    let algorithm = parts.expect(SEQUENCE, what).map_err(damaged)?;
    let ciphertext = parts.expect(OCTET_STRING, what).map_err(damaged)?;
    parts.end(what).map_err(damaged)?;
    let plain = decrypt(algorithm, password, ciphertext.content, effort)?;
    // One wrong password in 256 gives something that is padded as it should be.
    if Form::of(&plain) != Some(Form::Pkcs8) {
        return Err(super::password::wrong());
    }
    PrivateKey::from_pkcs8_der(&plain)
}

/// The key's file is not what it should be, whatever the password.
pub(super) fn damaged(fault: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Key, "the private key's file is damaged").because(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_told_by_its_first_parts() {
        for (der, form) in [
            (&[0x30, 6, 2, 1, 0, 0x30, 1, 0][..], Some(Form::Pkcs8)),
            (&[0x30, 6, 2, 1, 0, 2, 1, 5], Some(Form::Pkcs1)),
            (&[0x30, 6, 2, 1, 1, 4, 1, 5], Some(Form::Sec1)),
            (&[0x30, 5, 0x30, 0, 4, 1, 5], Some(Form::EncryptedPkcs8)),
            (&[0x30, 3, 2, 1, 0], None),
            (&[0x31, 0], None),
            (&[], None),
        ] {
            assert_eq!(Form::of(der), form, "{der:02x?}");
        }
    }
}
