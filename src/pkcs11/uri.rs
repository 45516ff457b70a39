//! `pkcs11:` URIs.
//!
//! Invariant: every attribute is honoured or refused by name, never skipped; a `pin-value` is never shown, nor what may be a part of one.
//!
//! Specified in RFC 7512, 2.3 and 2.4; `file:` URIs in RFC 8089.

use std::path::PathBuf;

use der::zeroize::Zeroizing;

use super::key::{KeyChoice, TokenChoice};
use super::pin::Pin;
use crate::error::{Error, ErrorKind, Result};

/// What a URI says of a private key.
#[derive(Default)]
pub(super) struct Uri {
    pub(super) token: TokenChoice,
    pub(super) key: KeyChoice,
    pub(super) module: Option<PathBuf>,
    pub(super) pin: Option<Pin>,
    pub(super) pin_source: Option<PathBuf>,
}

/// The attributes that RFC 7512 knows in the path: what is to be found.
const PATH: [&str; 13] = [
    "token",
    "manufacturer",
    "serial",
    "model",
    "library-manufacturer",
    "library-version",
    "library-description",
    "object",
    "type",
    "id",
    "slot-description",
    "slot-manufacturer",
    "slot-id",
];
/// Those in the query: how to get there.
const QUERY: [&str; 4] = ["pin-source", "pin-value", "module-name", "module-path"];

impl Uri {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let scheme =
            text.split_at_checked("pkcs11:".len()).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("pkcs11:"));
        let (_, rest) = scheme.ok_or_else(|| wrong("the URI does not begin with `pkcs11:`"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self::default();
        uri.read(path, ';', &PATH)?;
        uri.read(query, '&', &QUERY)?;
        if uri.pin.is_some() && uri.pin_source.is_some() {
            // RFC 7512, 2.4: such a URI SHOULD be refused.
            let message = "the URI has both a `pin-value` and a `pin-source`";
            return Err(refused(message, "pin-value, pin-source", "leave one of them out"));
        }
        Ok(uri)
    }

    /// Reads one part of the URI, which has the attributes `known`.
    fn read(&mut self, part: &str, separator: char, known: &[&str]) -> Result<()> {
        let mut seen: Vec<&str> = Vec::new();
        for attribute in part.split(separator).filter(|attribute| !attribute.is_empty()) {
            let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            if !known.contains(&name) {
                return Err(unknown(name, &seen));
            }
            if name.len() == attribute.len() {
                return Err(wrong("an attribute of the URI has no value").at(name));
            }
            if seen.contains(&name) {
                return Err(wrong("an attribute stands twice in the URI").at(name));
            }
            if let Some(stray) = stray(value) {
                return Err(misplaced(stray));
            }
            seen.push(name);
            self.set(name, decoded(name, value)?)?;
        }
        Ok(())
    }

    fn set(&mut self, name: &str, mut value: Zeroizing<Vec<u8>>) -> Result<()> {
        if name == "id" {
            self.key.id = Some(std::mem::take(&mut *value));
            return Ok(());
        }
        let value = text(name, value)?;
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
                return Err(refused("the URI is not one of a private key", &format!("type={value}"), advice));
            }
            "module-path" => self.module = Some(value.into()),
            "module-name" => {
                let message = "the URI names its PKCS #11 module, and modules are found by their path alone";
                return Err(refused(message, name, "give `module-path=` with its path instead"));
            }
            "pin-value" => self.pin = Some(Pin::new(value)),
            "pin-source" => self.pin_source = Some(pin_source(&value)?),
            _ => return Err(wrong("the URI has an attribute that is not supported").at(name)),
        }
        Ok(())
    }
}

/// Where a `pin-source` leads: a file, by its absolute path or its `file:` URI.
fn pin_source(value: &str) -> Result<PathBuf> {
    let advice = "give the file with the PIN, as in `pin-source=file:/run/secrets/pin`";
    let refuse = |message: &str| Err(refused(message, "pin-source", advice));
    if value.starts_with('|') {
        return refuse("the PIN is to come from a command, and none is run");
    }
    let path = match value.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => {
            text("pin-source", decoded("pin-source", of_file(rest))?)?
        }
        Some((scheme, _)) if is_scheme(scheme) => {
            return refuse("the PIN is to come from a URI that is none of a file");
        }
        _ => value.to_owned(),
    };
    let path = PathBuf::from(path);
    if path.is_absolute() { Ok(path) } else { refuse("the PIN is to come from a file whose path is not absolute") }
}

/// The path in a `file:` URI behind its scheme; what is on another machine has none (RFC 8089, 2).
fn of_file(rest: &str) -> &str {
    let Some(authority) = rest.strip_prefix("//") else { return rest };
    authority.strip_prefix("localhost").unwrap_or(authority)
}

/// Whether a URI may begin so. Drives of one letter do, too, and are none.
fn is_scheme(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn text(name: &str, mut value: Zeroizing<Vec<u8>>) -> Result<String> {
    String::from_utf8(std::mem::take(&mut *value)).map_err(|_| wrong("the value is not UTF-8").at(name))
}

/// That nobody knows `name` in this part of the URI. What follows a PIN may be the rest of it, behind a `&` that was meant.
fn unknown(name: &str, seen: &[&str]) -> Error {
    if PATH.contains(&name) || QUERY.contains(&name) {
        return misplaced(name);
    }
    if seen.contains(&"pin-value") {
        let advice = "write `&` as `%26` where it belongs to the PIN";
        return refused("something unknown stands behind the PIN in the URI", "pin-value", advice);
    }
    let is_plain = |one: &char| one.is_ascii_alphanumeric() || *one == '-' || *one == '_';
    wrong("the URI has an attribute that is not supported").at(name.chars().take_while(is_plain).collect::<String>())
}

fn misplaced(name: &str) -> Error {
    let advice = "what chooses the key stands in front of the `?`, where its module and PIN are stands behind it";
    refused("an attribute stands in the wrong part of the URI", name, advice)
}

/// An attribute that `value` has swallowed, since the mark in front of it is that of the other part. A PIN would stand in a label.
fn stray(value: &str) -> Option<&str> {
    let mut behind = value.split([';', '&']).skip(1).filter_map(|piece| piece.split_once('='));
    behind.find_map(|(name, _)| (PATH.contains(&name) || QUERY.contains(&name)).then_some(name))
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

/// Something that is understood, and not done.
fn refused(message: &str, place: &str, advice: &str) -> Error {
    Error::new(ErrorKind::Key, message).at(place).advise(advice)
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::Key, message).advise("as in `pkcs11:token=contracts;object=witness;id=%01`")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_decoded() {
        let uri = Uri::parse(
            "pkcs11:token=The%20Software%20PKCS%2311;serial=4d%3B;slot-id=327;manufacturer=M;model=X;\
             object=%E5%8D%B0;type=private;id=%69%95%3E%00?pin-value=the%20pin&module-path=/usr/lib/p11.so",
        )
        .unwrap();
        assert_eq!(uri.token.label.as_deref(), Some("The Software PKCS#11"));
        assert_eq!((uri.token.serial.as_deref(), uri.token.slot), (Some("4d;"), Some(327)));
        assert_eq!((uri.token.manufacturer.as_deref(), uri.token.model.as_deref()), (Some("M"), Some("X")));
        assert_eq!(uri.key.label.as_deref(), Some("印"));
        assert_eq!(uri.key.id.as_deref(), Some(b"i\x95>\0".as_slice()));
        assert_eq!(uri.module.as_deref(), Some(Path::new("/usr/lib/p11.so")));
        assert!(uri.pin.is_some() && uri.pin_source.is_none());
        assert!(Uri::parse("PKCS11:").unwrap().key.label.is_none());
        assert_eq!(Uri::parse("pkcs11:object=a&b=c").unwrap().key.label.as_deref(), Some("a&b=c"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pin_source_is_a_file() {
        for (source, path) in [
            ("/etc/token_pin", "/etc/token_pin"),
            ("file:/etc/token_pin", "/etc/token_pin"),
            ("FILE:///run/pin%2520of%20%E5%8D%B0", "/run/pin of 印"),
            ("file://localhost/run/pin", "/run/pin"),
            ("/run/a%20pin%3Aof", "/run/a pin:of"),
        ] {
            let uri = Uri::parse(&format!("pkcs11:?pin-source={source}")).unwrap();
            assert_eq!(uri.pin_source.as_deref(), Some(Path::new(path)), "{source}");
        }
        for (source, words) in [
            ("%7C/usr/lib/pinomatic", "from a command, and none is run (pin-source)"),
            ("|cat /run/pin", "from a command"),
            ("https://example.jp/pin", "a URI that is none of a file (pin-source)"),
            ("pkcs11:token=other", "a URI that is none of a file"),
            ("file://example.jp/pin", "not absolute"),
            ("file:pin", "not absolute"),
            ("pin.txt", "not absolute (pin-source)"),
            ("", "not absolute"),
            ("file:/%25ff", "not UTF-8 (pin-source)"),
        ] {
            let error = Uri::parse(&format!("pkcs11:?pin-source={source}")).err().unwrap().to_string();
            assert!(error.contains(words), "{source}: {error}");
        }
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
            ("pkcs11:type=cert", "not one of a private key (type=cert); leave the type out"),
            ("pkcs11:library-version=3", "not supported (library-version)"),
            ("pkcs11:slot-description=x", "not supported (slot-description)"),
            ("pkcs11:x-vendor=a", "not supported (x-vendor)"),
            ("pkcs11:?x-vendor=a", "not supported (x-vendor)"),
            (
                "pkcs11:?module-name=opensc",
                "its PKCS #11 module, and modules are found by their path alone (module-name)",
            ),
            ("pkcs11:module-path=/x.so", "in the wrong part of the URI (module-path)"),
            ("pkcs11:?object=a", "in the wrong part of the URI (object)"),
            ("pkcs11:?pin-value=%zz1234", "two hexadecimal digits (pin-value)"),
            (
                "pkcs11:?pin-value=1234&pin-source=file:/x",
                "both a `pin-value` and a `pin-source` (pin-value, pin-source); leave one",
            ),
            ("pkcs11:?pin-value=12&1234", "stands behind the PIN in the URI (pin-value)"),
            ("pkcs11:?pin-value=12&1234=5", "write `&` as `%26`"),
            ("pkcs11:?pin-value=1234&pin-value=1234", "twice in the URI (pin-value)"),
            ("pkcs11:pin-value=1234", "in the wrong part of the URI (pin-value)"),
            ("pkcs11:pin-value=12;1234", "in the wrong part of the URI (pin-value)"),
            ("pkcs11:object=a&pin-value=1234", "in the wrong part of the URI (pin-value)"),
            ("pkcs11:token=a;slot-id=1&module-path=/x.so&pin-value=1234", "in the wrong part of the URI (module-path)"),
            ("pkcs11:?pin-value=1234;object=a", "in the wrong part of the URI (object)"),
            ("pkcs11:?pin-value=%ff1234", "not UTF-8 (pin-value)"),
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
        fn no_part_of_a_pin_is_shown(pin in "[0-9]{3}[0-9&=%;?#]{0,20}", front in "(object=a\\?|\\?|token=b;|type=b&)", behind in "(|&module-name=x|&x)") {
            let Err(error) = Uri::parse(&format!("pkcs11:{front}pin-value={pin}{behind}")) else { return Ok(()) };
            let shown = error.to_string();
            let digits = pin.split(|one: char| !one.is_ascii_digit()).filter(|digits| digits.len() > 2);
            for digits in digits {
                prop_assert!(!shown.contains(digits), "{}", shown);
            }
        }

        #[test]
        fn any_id_survives(id: Vec<u8>) {
            let encoded: String = id.iter().map(|byte| format!("%{byte:02x}")).collect();
            prop_assert_eq!(Uri::parse(&format!("pkcs11:id={encoded}")).unwrap().key.id, Some(id));
        }
    }
}
