//! Encryption dictionaries (ISO 32000-2, tables 20, 21 and 25).
//!
//! Invariant: what stands here fits together: a method never meets a key of the wrong length.

use super::cipher::Method;
use super::permissions::Permissions;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Name, Object, Ref};

/// What the encryption dictionary of the standard security handler says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EncryptionDictionary {
    /// The object that it is, if it is one.
    pub(super) own: Option<Ref>,
    /// `/R`.
    pub(super) revision: u8,
    /// The length of the file encryption key, in bytes.
    pub(super) key_length: usize,
    pub(super) owner: Vec<u8>,
    pub(super) user: Vec<u8>,
    /// `/OE`, `/UE` and `/Perms`; empty before revision 5.
    pub(super) owner_key: Vec<u8>,
    pub(super) user_key: Vec<u8>,
    pub(super) perms: Vec<u8>,
    pub(super) p: u32,
    pub(super) encrypts_metadata: bool,
    pub(super) strings: Method,
    pub(super) streams: Method,
    pub(super) embedded_files: Method,
    /// The crypt filters that streams may name.
    filters: Vec<(Name, Method)>,
    /// Whether the file carries an integrity code that every update would have to renew (ISO/TS 32004).
    pub(crate) has_integrity_code: bool,
}

impl EncryptionDictionary {
    /// Reads `dictionary`; `own` is the object that it is, if it is one, and `resolve` follows references.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for other handlers than the standard one and for what it does not define;
    /// [`ErrorKind::Syntax`] where the dictionary is malformed.
    pub(crate) fn read(
        dictionary: &Dictionary,
        own: Option<Ref>,
        resolve: &dyn Fn(&Object) -> Result<Object>,
    ) -> Result<Self> {
        let reading = Reading { dictionary, resolve };
        reading.check_handler()?;
        let (version, revision) = (reading.number("V", 0)?, reading.number("R", 0)?);
        let (revision, key_length) = match (version, revision) {
            (1, 2..=4) => (revision, 40),
            (2, 2..=4) => (revision, reading.number("Length", 40)?),
            (4, 2..=4) => (revision, 128),
            (5, 5 | 6) | (6, 7) => (revision, 256),
            _ => {
                let message = format!("the file is encrypted in a way that is not known (/V {version} /R {revision})");
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
        };
        let revision = u8::try_from(revision).map_err(|_| malformed("R"))?;
        let is_valid = matches!(key_length, 40..=128 | 256) && key_length.checked_rem(8) == Some(0);
        let key_length =
            usize::try_from(key_length / 8).ok().filter(|_| is_valid).ok_or_else(|| malformed("Length"))?;
        let (verifier, wrapped) = if revision >= 5 { (48, 32) } else { (32, 0) };
        let filters = if version >= 4 { reading.filters()? } else { Vec::new() };
        let mut read = Self {
            own,
            revision,
            key_length,
            owner: reading.bytes("O", verifier)?,
            user: reading.bytes("U", verifier)?,
            owner_key: reading.bytes("OE", wrapped)?,
            user_key: reading.bytes("UE", wrapped)?,
            perms: reading.bytes("Perms", wrapped / 2)?,
            p: reading.permissions()?,
            encrypts_metadata: version < 4 || reading.boolean("EncryptMetadata", true)?,
            strings: Method::Rc4,
            streams: Method::Rc4,
            embedded_files: Method::Rc4,
            filters,
            has_integrity_code: dictionary.get("KDFSalt").is_some(),
        };
        if version >= 4 {
            read.strings = read.default_filter(&reading, "StrF")?.unwrap_or(Method::Identity);
            read.streams = read.default_filter(&reading, "StmF")?.unwrap_or(Method::Identity);
            read.embedded_files = read.default_filter(&reading, "EFF")?.unwrap_or(read.streams);
        }
        Ok(read)
    }

    /// The method of the crypt filter `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`] where the dictionary has none of that name.
    pub(super) fn filter(&self, name: &Name) -> Result<Method> {
        if *name == *"Identity" {
            return Ok(Method::Identity);
        }
        let found = self.filters.iter().find(|(known, _)| known == name).map(|(_, method)| *method);
        found.ok_or_else(|| Error::new(ErrorKind::Syntax, format!("the file defines no crypt filter {name:?}")))
    }

    pub(super) fn permissions(&self) -> Permissions {
        Permissions::new(self.p, self.revision)
    }

    /// For people.
    pub(super) fn method(&self) -> String {
        let bits = self.key_length.saturating_mul(8);
        let cipher = match (self.streams, self.strings) {
            (Method::AesV4, _) | (Method::Identity, Method::AesV4) => format!("AES-{bits}-GCM"),
            (Method::Identity, Method::Identity) => "none by default".into(),
            (Method::Rc4, _) | (Method::Identity, Method::Rc4) => format!("RC4-{bits}"),
            _ => format!("AES-{bits}"),
        };
        format!("{cipher} (revision {})", self.revision)
    }

    fn default_filter(&self, reading: &Reading<'_>, key: &str) -> Result<Option<Method>> {
        match reading.value(key)? {
            Object::Null => Ok(None),
            Object::Name(name) => self.filter(&name).map(Some),
            _ => Err(malformed(key)),
        }
    }
}

/// An encryption dictionary while it is read.
struct Reading<'r> {
    dictionary: &'r Dictionary,
    resolve: &'r dyn Fn(&Object) -> Result<Object>,
}

impl Reading<'_> {
    fn check_handler(&self) -> Result<()> {
        let handler = match self.value("Filter")? {
            Object::Name(name) if name == *"Standard" => return Ok(()),
            Object::Name(name) => name,
            _ => return Err(malformed("Filter")),
        };
        let message = match handler.as_bytes() {
            b"Adobe.PubSec" | b"Adobe.PPKLite" | b"Entrust.PPKEF" => {
                format!("the file is encrypted for certificates ({handler:?}), not with a password")
            }
            _ => format!("the file is encrypted by {handler:?}, which is not known"),
        };
        let advice =
            "have somebody who can open it save it without encryption or with a password, if nobody has signed it yet";
        Err(Error::new(ErrorKind::Unsupported, message).advise(advice))
    }

    fn value(&self, key: &str) -> Result<Object> {
        self.dictionary.get(key).map_or(Ok(Object::Null), self.resolve)
    }

    fn number(&self, key: &str, default: i64) -> Result<i64> {
        match self.value(key)? {
            Object::Null => Ok(default),
            value => value.as_integer().ok_or_else(|| malformed(key)),
        }
    }

    fn boolean(&self, key: &str, default: bool) -> Result<bool> {
        match self.value(key)? {
            Object::Null => Ok(default),
            Object::Boolean(value) => Ok(value),
            _ => Err(malformed(key)),
        }
    }

    /// The first `length` bytes of a string. Some writers fill up with zeros behind them.
    fn bytes(&self, key: &str, length: usize) -> Result<Vec<u8>> {
        if length == 0 {
            return Ok(Vec::new());
        }
        let value = self.value(key)?;
        let bytes = value.as_string().and_then(|string| string.bytes.get(..length));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| malformed(key))
    }

    /// `/P` has 32 bits; with the highest set it is a negative number, but not all writers say so.
    fn permissions(&self) -> Result<u32> {
        let Object::Integer(p) = self.value("P")? else { return Err(malformed("P")) };
        let signed = i32::try_from(p).map(i32::cast_unsigned);
        signed.or_else(|_| u32::try_from(p)).map_err(|_| malformed("P"))
    }

    /// `/CF`, and which method each filter has.
    fn filters(&self) -> Result<Vec<(Name, Method)>> {
        let version = self.number("V", 0)?;
        let filters = match self.value("CF")? {
            Object::Null => return Ok(Vec::new()),
            Object::Dictionary(filters) => filters,
            _ => return Err(malformed("CF")),
        };
        let methods = filters.iter().map(|entry| {
            let filter = (self.resolve)(&entry.value)?;
            let filter = filter.as_dictionary().ok_or_else(|| malformed("CF"))?;
            let method = filter.get("CFM").map_or(Ok(Object::Null), self.resolve)?;
            Ok((entry.key.clone(), method_of(&method, version)?))
        });
        methods.collect()
    }
}

/// The method that `/CFM` names, if it goes with the version: each has one length of the file encryption key.
fn method_of(cfm: &Object, version: i64) -> Result<Method> {
    let name = match cfm {
        Object::Null => return Ok(Method::Identity),
        Object::Name(name) => name,
        _ => return Err(malformed("CFM")),
    };
    match (name.as_bytes(), version) {
        (b"None", _) => Ok(Method::Identity),
        (b"V2", 4) => Ok(Method::Rc4),
        (b"AESV2", 4) => Ok(Method::AesV2),
        (b"AESV3", 5 | 6) => Ok(Method::AesV3),
        (b"AESV4", 6) => Ok(Method::AesV4),
        _ => {
            let message = format!("the file is encrypted in a way that is not known (/V {version} /CFM {name:?})");
            Err(Error::new(ErrorKind::Unsupported, message))
        }
    }
}

fn malformed(key: &str) -> Error {
    Error::new(ErrorKind::Syntax, format!("/{key} of the encryption dictionary is missing or malformed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::pdf::parser;

    fn read(entries: &str) -> Result<EncryptionDictionary> {
        let text = format!("<<{entries}>> |");
        let (object, _) = parser::object(text.as_bytes(), None, &Limits::default()).unwrap();
        EncryptionDictionary::read(object.as_dictionary().unwrap(), None, &|object| Ok(object.clone()))
    }

    fn with(entries: &str, verifier: usize) -> String {
        let (long, short) = ("00".repeat(verifier), "00".repeat(32));
        format!("/Filter/Standard/O<{long}>/U<{long}>/OE<{short}>/UE<{short}>/Perms<{short}>/P -4{entries}")
    }

    #[test]
    fn versions_have_their_key_lengths_and_methods() {
        let aes = "/CF<</StdCF<</CFM/AESV2>>>>/StmF/StdCF";
        for (entries, verifier, key, strings, streams) in [
            ("/V 1/R 2/Length 128", 32, 5, Method::Rc4, Method::Rc4),
            ("/V 2/R 3", 32, 5, Method::Rc4, Method::Rc4),
            ("/V 2/R 3/Length 128", 32, 16, Method::Rc4, Method::Rc4),
            (&format!("/V 4/R 4/Length 40{aes}/StrF/StdCF"), 32, 16, Method::AesV2, Method::AesV2),
            (&format!("/V 4/R 4{aes}"), 32, 16, Method::Identity, Method::AesV2),
            ("/V 4/R 4", 32, 16, Method::Identity, Method::Identity),
            ("/V 5/R 5/CF<</X<</CFM/AESV3>>>>/StmF/X/StrF/Identity", 48, 32, Method::Identity, Method::AesV3),
            ("/V 6/R 7/CF<</X<</CFM/AESV4>>>>/StmF/X/StrF/X", 48, 32, Method::AesV4, Method::AesV4),
        ] {
            let read = read(&with(entries, verifier)).unwrap();
            assert_eq!((read.key_length, read.strings, read.streams), (key, strings, streams), "{entries}");
            assert_eq!((read.owner.len(), read.p), (verifier, 0xFFFF_FFFC));
        }
    }

    #[test]
    fn what_is_malformed_is_an_error() {
        for entries in [
            "/V 2/R 3/Length 39",
            "/V 2/R 3/Length 136",
            "/V 2/R 3/Length 16",
            "/V 2/R (3)",
            "/V 4/R 4/StmF/StdCF",
            "/V 4/R 4/StmF 1",
            "/V 4/R 4/CF 1",
            "/V 4/R 4/CF<</StdCF 1>>",
            "/V 4/R 4/EncryptMetadata 1",
            "/V 5/R 6",
        ] {
            assert_eq!(read(&with(entries, 32)).unwrap_err().kind(), ErrorKind::Syntax, "{entries}");
        }
        let whole = with("/V 1/R 2", 32);
        for (part, instead) in
            [("/P -4", ""), ("/P -4", "/P 4294967296"), ("/P -4", "/P -2147483649"), ("/Standard", "(x)")]
        {
            assert_eq!(read(&whole.replace(part, instead)).unwrap_err().kind(), ErrorKind::Syntax, "{instead}");
        }
        assert_eq!(read(&whole.replace("-4", "4294967292")).unwrap().p, 0xFFFF_FFFC);
    }

    #[test]
    fn what_is_not_known_says_so() {
        for entries in [
            "/V 0/R 2",
            "/V 3/R 3",
            "/V 5/R 4",
            "/V 6/R 6",
            "/V 9/R 9",
            "/V 4/R 4/CF<</StdCF<</CFM/AESV3>>>>",
            "/V 5/R 6/CF<</StdCF<</CFM/AESV2>>>>",
        ] {
            assert_eq!(read(&with(entries, 48)).unwrap_err().kind(), ErrorKind::Unsupported, "{entries}");
        }
        let error = read("/Filter/Adobe.PubSec/V 4").unwrap_err();
        assert!(error.kind() == ErrorKind::Unsupported && error.to_string().contains("certificates"), "{error}");
    }
}
