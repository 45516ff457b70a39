//! `pkcs11:` URIs.
//!
//! Invariant: what narrows the choice and is not understood is an error, never skipped; a `pin-value` is never shown.
//!
//! Specified in RFC 7512, 2.3.

use der::zeroize::Zeroizing;

use super::key::{KeyChoice, TokenChoice};
use super::pin::Pin;
use crate::error::{Error, ErrorKind, Result};

/// What a URI says of a private key.
#[derive(Default)]
pub(super) struct Uri {
    pub(super) token: TokenChoice,
    pub(super) key: KeyChoice,
    pub(super) module: Option<String>,
    pub(super) pin: Option<Pin>,
}

impl Uri {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let scheme =
            text.split_at_checked("pkcs11:".len()).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("pkcs11:"));
        let (_, rest) = scheme.ok_or_else(|| wrong("the URI does not begin with `pkcs11:`"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        for attribute in path.split(';').chain(query.split('&')).filter(|part| !part.is_empty()) {
            let (name, value) = attribute.split_once('=').ok_or_else(|| {
                let name: String = attribute.chars().take_while(char::is_ascii_alphanumeric).collect();
                wrong("an attribute of the URI has no value").at(name)
            })?;
            if seen.contains(&name) {
                return Err(wrong("an attribute stands twice in the URI").at(name));
            }
            seen.push(name);
            uri.set(name, decoded(name, value)?)?;
        }
        Ok(uri)
    }

    fn set(&mut self, name: &str, mut value: Zeroizing<Vec<u8>>) -> Result<()> {
        if name == "id" {
            self.key.id = Some(std::mem::take(&mut *value));
            return Ok(());
        }
        let value =
            String::from_utf8(std::mem::take(&mut *value)).map_err(|_| wrong("the value is not UTF-8").at(name))?;
        match name {
            "token" => self.token.label = Some(value),
            "serial" => self.token.serial = Some(value),
            "manufacturer" => self.token.manufacturer = Some(value),
            "model" => self.token.model = Some(value),
            "slot-id" => {
                let slot = value.parse().map_err(|_| wrong("the slot is not a number").at(name))?;
                self.token.slot = Some(slot);
            }
            "object" => self.key.label = Some(value),
            "type" if value == "private" => {}
            "type" => {
                let advice = "leave the type out, or give `type=private`: the certificate is found by its key";
                return Err(wrong("the URI is not one of a private key").at(format!("type={value}")).advise(advice));
            }
            "module-path" => self.module = Some(value),
            "pin-value" => self.pin = Some(Pin::new(value)),
            // Where the PIN is read is for the caller to say; what else stands in the query names no key.
            "pin-source" | "module-name" => {}
            _ if name.starts_with("x-") => {}
            _ => return Err(wrong("the URI has an attribute that is not supported").at(name)),
        }
        Ok(())
    }
}

/// `value` without its `%` signs.
fn decoded(name: &str, value: &str) -> Result<Zeroizing<Vec<u8>>> {
    let broken = || wrong("a `%` in the URI is not followed by two hexadecimal digits").at(name);
    let mut parts = value.split('%');
    let mut bytes = Zeroizing::new(parts.next().unwrap_or_default().as_bytes().to_vec());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or_else(broken)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(broken());
        }
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| broken())?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    Ok(bytes)
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::Key, message).advise("as in `pkcs11:token=contracts;object=witness;id=%01`")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_decoded() {
        let uri = Uri::parse(
            "pkcs11:token=The%20Software%20PKCS%2311;serial=4d%3B;slot-id=327;manufacturer=M;model=X;\
             object=%E5%8D%B0;type=private;id=%69%95%3E%00?pin-value=the%20pin&module-path=/usr/lib/p11.so&pin-source=file:/x",
        )
        .unwrap();
        assert_eq!(uri.token.label.as_deref(), Some("The Software PKCS#11"));
        assert_eq!((uri.token.serial.as_deref(), uri.token.slot), (Some("4d;"), Some(327)));
        assert_eq!((uri.token.manufacturer.as_deref(), uri.token.model.as_deref()), (Some("M"), Some("X")));
        assert_eq!(uri.key.label.as_deref(), Some("印"));
        assert_eq!(uri.key.id.as_deref(), Some(b"i\x95>\0".as_slice()));
        assert_eq!(uri.module.as_deref(), Some("/usr/lib/p11.so"));
        assert!(uri.pin.is_some());
        assert!(Uri::parse("PKCS11:").unwrap().key.label.is_none());
    }

    #[test]
    fn what_is_not_understood_is_refused_and_no_pin_is_shown() {
        for (text, words) in [
            ("http://x", "begin with `pkcs11:`"),
            ("pkcs11:token", "no value (token)"),
            ("pkcs11:object=a;object=b", "twice in the URI (object)"),
            ("pkcs11:object=%4", "two hexadecimal digits (object)"),
            ("pkcs11:object=%+4", "two hexadecimal digits (object)"),
            ("pkcs11:object=%\u{e9}", "two hexadecimal digits (object)"),
            ("pkcs11:object=%ff", "not UTF-8 (object)"),
            ("pkcs11:slot-id=one", "not a number"),
            ("pkcs11:type=cert", "not one of a private key (type=cert)"),
            ("pkcs11:library-version=3", "not supported (library-version)"),
            ("pkcs11:?pin-value=%zz1234", "two hexadecimal digits (pin-value)"),
        ] {
            let error = Uri::parse(text).err().unwrap().to_string();
            assert!(error.contains(words) && !error.contains("1234"), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*", tail in "[%;=?&a-z0-9-]*") {
            let _ = Uri::parse(&text);
            let _ = Uri::parse(&format!("pkcs11:{tail}"));
        }

        #[test]
        fn any_id_survives(id: Vec<u8>) {
            let encoded: String = id.iter().map(|byte| format!("%{byte:02x}")).collect();
            prop_assert_eq!(Uri::parse(&format!("pkcs11:id={encoded}")).unwrap().key.id, Some(id));
        }
    }
}
