//! Opening what is encrypted (ISO 32000-2, 7.6.4).
//!
//! What it is for: a document's encryption dictionary and identifier, found in its trailer, and a password make a security handler,
//! through which its views read and its updates write.
//!
//! Invariant: opening a document never fails for its encryption. It stays locked, with the reason, and reading says so.
//! Invariant: one document, one encryption: where revisions disagree, nothing is decrypted.
//!
//! Nouns: [`Security`] (a document's state), [`Locked`] (why it is not open).

use std::sync::Arc;

use super::crypt::{Encryption, EncryptionDictionary, SecurityHandler, has_strings};
use super::document::Document;
use super::filter::Filter;
use super::object::{Object, Ref, Stream};
use super::source::Source;
use super::view::View;
use crate::error::{Error, ErrorKind, Result};

/// Whether the objects of a document are decrypted as they are read.
#[derive(Clone, Debug)]
pub(crate) enum Security {
    /// Nothing is encrypted.
    None,
    Open {
        handler: Arc<SecurityHandler>,
        encryption: Encryption,
    },
    Locked(Box<Locked>),
}

/// Why an encrypted document is not open.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    kind: ErrorKind,
    message: String,
    advice: Option<String>,
    encryption: Encryption,
    /// What is known of the encryption: some objects need none.
    dictionary: Option<EncryptionDictionary>,
}

/// What may open a document.
#[derive(Clone, Copy, Debug)]
pub(super) enum Credential<'c> {
    Password(&'c [u8]),
    /// What opened the file to which revisions were added.
    Base(&'c Security),
}

impl<'a> Document<'a> {
    /// Opens a document with its user or owner password, within the default [`Limits`](crate::Limits); see
    /// [`unlock`](Self::unlock).
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and [`unlock`](Self::unlock).
    pub fn open_with_password(source: impl Source + 'a, password: impl AsRef<[u8]>) -> Result<Self> {
        Self::open(source)?.unlock(password)
    }

    /// This document, open with `password`: text in UTF-8, or bytes in an encoding that only the caller knows.
    ///
    /// The owner password lifts the [`Permissions`](crate::Permissions) of the file. The empty user password, with which most
    /// restricted files open, is tried by [`open`](Self::open) already. A document that is not encrypted needs no password and ignores it.
    ///
    /// # Errors
    /// [`ErrorKind::Encrypted`] where it is neither the user's nor the owner's password, [`ErrorKind::Unsupported`] where the
    /// file is encrypted for certificates or in a way that is not known, [`ErrorKind::Syntax`] where its encryption dictionary
    /// is malformed.
    pub fn unlock(mut self, password: impl AsRef<[u8]>) -> Result<Self> {
        let security = Security::read(self.latest(), Credential::Password(password.as_ref()))?;
        if let Security::Locked(locked) = security {
            return Err(match locked.kind {
                ErrorKind::Encrypted => wrong_password(),
                _ => locked.error(),
            });
        }
        self.set_security(security);
        Ok(self)
    }

    /// How it is encrypted and what is permitted; `None` where it is not encrypted.
    pub fn encryption(&self) -> Option<&Encryption> {
        match self.security() {
            Security::None => None,
            Security::Open { encryption, .. } => Some(encryption),
            Security::Locked(locked) => Some(&locked.encryption),
        }
    }

    /// Refuses a document whose strings and streams cannot be read.
    ///
    /// # Errors
    /// [`ErrorKind::Encrypted`], or why this crate can never open it.
    pub(crate) fn require_open(&self) -> Result<()> {
        match self.security() {
            Security::Locked(locked) => Err(locked.error()),
            _ => Ok(()),
        }
    }
}

impl Security {
    /// The state of the document of `view`, its latest.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] only: whatever else is wrong leaves the document locked.
    pub(super) fn read(view: View<'_>, credential: Credential<'_>) -> Result<Self> {
        match Self::try_read(view, credential) {
            Err(error) if error.kind() == ErrorKind::Io => Err(error),
            Err(error) => Ok(Self::Locked(Locked::because(&error, None))),
            Ok(security) => Ok(security),
        }
    }

    fn try_read(view: View<'_>, credential: Credential<'_>) -> Result<Self> {
        let revisions = view.document().revisions();
        let encrypted = revisions.iter().filter(|revision| revision.trailer.get("Encrypt").is_some()).count();
        if encrypted == 0 {
            return Ok(Self::None);
        }
        if encrypted != revisions.len() {
            let message = "some revisions of the file are encrypted and some are not: nobody can read both";
            return Err(Error::new(ErrorKind::Syntax, message));
        }
        let dictionary = encryption_dictionary(view)?;
        match credential {
            Credential::Base(Self::Open { handler, encryption }) if *handler.dictionary() == dictionary => {
                Ok(Self::Open { handler: Arc::clone(handler), encryption: encryption.clone() })
            }
            Credential::Base(_) => Ok(Self::Locked(Locked::because(&needs_password(), Some(dictionary)))),
            Credential::Password(password) => {
                match SecurityHandler::open(dictionary.clone(), &identifier(view)?, password)? {
                    Some(handler) => Ok(Self::Open { encryption: handler.encryption(), handler: Arc::new(handler) }),
                    None => Ok(Self::Locked(Locked::because(&needs_password(), Some(dictionary)))),
                }
            }
        }
    }

    /// `object`, which stands in the file as `id`, with its strings decrypted.
    pub(crate) fn decrypted(&self, id: Ref, mut object: Object) -> Result<Object> {
        match self {
            Self::None => {}
            Self::Open { handler, .. } => handler.decrypt_strings(id, &mut object)?,
            Self::Locked(locked) => locked.check(id, &object)?,
        }
        Ok(object)
    }

    /// The raw data of `stream`, decrypted; what a crypt filter of `chain` stands for is done, and it is gone.
    pub(super) fn decrypted_data(&self, stream: &Stream, chain: &mut Vec<Filter>, data: Vec<u8>) -> Result<Vec<u8>> {
        let handler = match self {
            Self::None => return Ok(data),
            Self::Open { handler, .. } => handler,
            Self::Locked(locked) => return Err(locked.error()),
        };
        let crypt_filter = Filter::take_crypt(chain);
        handler.decrypt_stream(stream.id, &stream.dictionary, crypt_filter.as_ref(), data)
    }

    /// The handler with which an update is to be encrypted, `None` where it is not.
    ///
    /// # Errors
    /// Where the document is locked, and [`ErrorKind::Unsupported`] where every update would have to renew an integrity code.
    pub(crate) fn for_update(&self, view: View<'_>) -> Result<Option<Arc<SecurityHandler>>> {
        let handler = match self {
            Self::None => return Ok(None),
            Self::Locked(locked) => return Err(locked.error()),
            Self::Open { handler, .. } => handler,
        };
        if handler.dictionary().has_integrity_code || view.trailer().get("AuthCode").is_some() {
            let message = "the file carries an integrity code (ISO/TS 32004), which an update would break";
            return Err(Error::new(ErrorKind::Unsupported, message)
                .advise("save it without the integrity code, if nobody has signed it yet"));
        }
        Ok(Some(Arc::clone(handler)))
    }
}

impl Locked {
    fn because(error: &Error, dictionary: Option<EncryptionDictionary>) -> Box<Self> {
        let locked = Self {
            kind: error.kind(),
            message: error.message().to_owned(),
            advice: error.advice().map(str::to_owned),
            encryption: dictionary.as_ref().map_or_else(Encryption::unknown, EncryptionDictionary::locked),
            dictionary,
        };
        Box::new(locked)
    }

    fn error(&self) -> Error {
        let error = Error::new(self.kind, self.message.clone());
        match &self.advice {
            Some(advice) => error.advise(advice.clone()),
            None => error,
        }
    }

    /// Refuses an object whose strings are ciphertext.
    fn check(&self, id: Ref, object: &Object) -> Result<()> {
        let is_readable = match &self.dictionary {
            Some(dictionary) => dictionary.leaves_readable(id, object),
            None => !has_strings(object),
        };
        if is_readable { Ok(()) } else { Err(self.error()) }
    }
}

fn encryption_dictionary(view: View<'_>) -> Result<EncryptionDictionary> {
    let malformed = || Error::new(ErrorKind::Syntax, "/Encrypt in the trailer is no dictionary");
    let entry = view.trailer().get("Encrypt").ok_or_else(malformed)?;
    let Object::Dictionary(dictionary) = view.plain(entry)? else { return Err(malformed()) };
    EncryptionDictionary::read(&dictionary, entry.as_reference(), &|object| view.plain(object))
}

/// The first half of `/ID`; nothing where there is none, which readers agree on.
fn identifier(view: View<'_>) -> Result<Vec<u8>> {
    let Some(halves) = view.trailer().get("ID") else { return Ok(Vec::new()) };
    let halves = view.plain(halves)?;
    let first = halves.as_array().and_then(<[Object]>::first).map(|first| view.plain(first)).transpose()?;
    Ok(first.as_ref().and_then(Object::as_string).map(|string| string.bytes.clone()).unwrap_or_default())
}

fn needs_password() -> Error {
    Error::new(ErrorKind::Encrypted, "the document is encrypted, and needs a password to be opened")
        .advise("give its user or owner password (Document::open_with_password)")
}

fn wrong_password() -> Error {
    Error::new(ErrorKind::Encrypted, "the password is neither the user's nor the owner's password of this document")
        .advise("check the password; it is case-sensitive, and the keyboard's layout matters")
}
