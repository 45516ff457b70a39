//! The standard security handler with its key (ISO 32000-2, 7.6.3 to 7.6.6).

use std::fmt;

use super::cipher::Method;
use super::dictionary::EncryptionDictionary;
use super::encryption::{Access, Encryption};
use super::permissions::Permissions;
use super::values::{for_each_string, has_strings};
use super::vector::Seed;
use super::{extended, legacy, password};
use crate::error::Result;
use crate::pdf::object::{Dictionary, Name, Object, PdfString, Ref, StringForm};

/// Decrypts and encrypts the strings and streams of one file.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecurityHandler {
    dictionary: EncryptionDictionary,
    /// The file encryption key.
    key: Vec<u8>,
    access: Access,
}

impl SecurityHandler {
    /// The handler of a file, if `password` opens it, as the owner's or else as the user's. `id` is the first half of the file's
    /// `/ID`.
    pub(crate) fn open(dictionary: EncryptionDictionary, id: &[u8], password: &[u8]) -> Result<Option<Self>> {
        let candidates = match dictionary.revision {
            ..=4 => password::legacy(password),
            5.. => password::extended(password),
        };
        for candidate in candidates {
            let opened = match dictionary.revision {
                ..=4 => legacy::authenticate(&dictionary, id, &candidate)?,
                5.. => extended::authenticate(&dictionary, &candidate),
            };
            if let Some((access, key)) = opened {
                return Ok(Some(Self { dictionary, key, access }));
            }
        }
        Ok(None)
    }

    pub(crate) fn dictionary(&self) -> &EncryptionDictionary {
        &self.dictionary
    }

    /// What the caller may know of it.
    pub(crate) fn encryption(&self) -> Encryption {
        Encryption::new(self.dictionary.method(), self.access, self.permissions())
    }

    /// Decrypts the strings of the indirect object `id`, which stands in the file itself and not in an object stream.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) where a string is not what its cipher makes.
    pub(crate) fn decrypt_strings(&self, id: Ref, object: &mut Object) -> Result<()> {
        if !self.touches(id, object) {
            return Ok(());
        }
        for_each_string(object, |_, string| {
            // An empty string is no cipher's output but RC4's; writers leave it as it is.
            if !string.bytes.is_empty() {
                string.bytes = self.dictionary.strings.decrypt(&self.key, id, std::mem::take(&mut string.bytes))?;
            }
            Ok(())
        })
    }

    /// Encrypts the strings of an object that is going to be `id`.
    pub(crate) fn encrypt_strings(&self, id: Ref, object: &mut Object, seed: Seed) -> Result<()> {
        if self.dictionary.strings == Method::Identity || !self.touches(id, object) {
            return Ok(());
        }
        for_each_string(object, |index, PdfString { bytes, form }| {
            let vector = seed.vector(&self.key, id, index, bytes);
            *bytes = self.dictionary.strings.encrypt(&self.key, id, &vector, std::mem::take(bytes))?;
            *form = StringForm::Hexadecimal;
            Ok(())
        })
    }

    /// The data of the stream `id` as its first filter wants it. `crypt_filter` is the crypt filter that the stream names.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) where the data is not what its cipher makes, or where the file does not
    /// define the crypt filter.
    pub(crate) fn decrypt_stream(
        &self,
        id: Ref,
        dictionary: &Dictionary,
        crypt_filter: Option<&Name>,
        data: Vec<u8>,
    ) -> Result<Vec<u8>> {
        self.stream_method(dictionary, crypt_filter)?.decrypt(&self.key, id, data)
    }

    /// The data of a new stream that is going to be `id`, and names no crypt filter.
    pub(crate) fn encrypt_stream(
        &self,
        id: Ref,
        dictionary: &Dictionary,
        data: Vec<u8>,
        seed: Seed,
    ) -> Result<Vec<u8>> {
        let method = self.stream_method(dictionary, None)?;
        let vector = seed.vector(&self.key, id, u64::MAX, &data);
        method.encrypt(&self.key, id, &vector, data)
    }

    fn stream_method(&self, dictionary: &Dictionary, crypt_filter: Option<&Name>) -> Result<Method> {
        let is = |name: &str| dictionary.get("Type").and_then(Object::as_name).is_some_and(|found| *found == *name);
        match crypt_filter {
            _ if is("XRef") => Ok(Method::Identity),
            Some(name) => self.dictionary.filter(name),
            None if is("Metadata") && !self.dictionary.encrypts_metadata => Ok(Method::Identity),
            None if is("EmbeddedFile") => Ok(self.dictionary.embedded_files),
            None => Ok(self.dictionary.streams),
        }
    }

    /// Whether the strings of this object are encrypted at all: not those of the encryption dictionary (7.6.2), nor of a
    /// cross-reference stream (7.5.8.2).
    fn touches(&self, id: Ref, object: &Object) -> bool {
        self.dictionary.own != Some(id) && is_touched(object)
    }

    /// From revision 5 on `/P` counts only as far as `/Perms` vouches for it: it alone could be changed by anybody.
    fn permissions(&self) -> Permissions {
        let written = self.dictionary.permissions();
        match self.dictionary.revision {
            ..=4 => written,
            5.. => written.and(extended::vouched_permissions(&self.dictionary, &self.key).unwrap_or(0)),
        }
    }
}

impl EncryptionDictionary {
    /// Whether the object `id`, of which nothing was decrypted, can be read without a key.
    pub(crate) fn leaves_readable(&self, id: Ref, object: &Object) -> bool {
        self.strings == Method::Identity || self.own == Some(id) || !is_touched(object) || !has_strings(object)
    }

    /// What the caller may know of a file that is not open.
    pub(crate) fn locked(&self) -> Encryption {
        Encryption::new(self.method(), Access::Locked, self.permissions())
    }
}

/// Nothing of the key.
impl fmt::Debug for SecurityHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityHandler").field("encryption", &self.encryption()).finish_non_exhaustive()
    }
}

fn is_touched(object: &Object) -> bool {
    let Object::Stream(stream) = object else { return true };
    stream.dictionary.get("Type").and_then(Object::as_name).is_none_or(|name| *name != *"XRef")
}
