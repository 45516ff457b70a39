//! What a caller sees of a file's encryption, and what it permits us to do.

use std::borrow::Cow;

use super::permissions::Permissions;
use crate::error::{Error, ErrorKind, Result};

/// How a document is encrypted, and with whose password it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    method: Cow<'static, str>,
    access: Access,
    permissions: Permissions,
}

/// What the password at hand opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Nothing: strings and streams cannot be read, and nothing can be appended.
    Locked,
    /// The document, within its [`Permissions`]: it was opened with the user password, which may be empty.
    User,
    /// The document, without restriction: it was opened with the owner password.
    Owner,
}

impl Encryption {
    pub(super) fn new(method: impl Into<Cow<'static, str>>, access: Access, permissions: Permissions) -> Self {
        Self { method: method.into(), access, permissions }
    }

    /// Of a document whose encryption this crate cannot undo.
    pub(crate) fn unknown() -> Self {
        Self::new("unknown", Access::Locked, Permissions::NONE)
    }

    /// The cipher and the revision of the security handler, such as `AES-256 (revision 6)`; `unknown` where this crate does
    /// not know it.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// With whose password the document is open.
    pub fn access(&self) -> Access {
        self.access
    }

    /// What `/P` permits. It binds with [`Access::User`] only.
    pub fn permissions(&self) -> Permissions {
        self.permissions
    }

    /// Whether this may be appended.
    ///
    /// # Errors
    /// [`ErrorKind::Encrypted`] where the file's permissions forbid it.
    pub(crate) fn check(&self, deed: Deed) -> Result<()> {
        let permissions = self.permissions;
        let permitted = match deed {
            Deed::FillField | Deed::Preserve => permissions.may_fill_forms(),
            Deed::CreateField => permissions.may_create_fields(),
        };
        if permitted || self.access == Access::Owner {
            return Ok(());
        }
        let message = match deed {
            Deed::FillField => "the document's permissions forbid signing its signature fields",
            Deed::CreateField => "the document's permissions forbid adding a signature field",
            Deed::Preserve => "the document's permissions forbid adding timestamps and evidence",
        };
        let advice = match permissions.may_fill_forms() {
            true => {
                "sign a signature field that is there, open it with the owner password, or say danger_ignore_permissions()"
            }
            false => "open it with the owner password, or say danger_ignore_permissions()",
        };
        Err(Error::new(ErrorKind::Encrypted, message).advise(advice))
    }
}

/// What is to be appended, as far as permissions tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A signature in a field that is there.
    FillField,
    /// A signature in a new field.
    CreateField,
    /// Evidence, or a document timestamp. Table 22 names neither; they add nothing that a reader sees, so that whoever may sign may
    /// also keep the signature verifiable.
    Preserve,
}

/// Whether permissions are obeyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Enforcement {
    #[default]
    Obeyed,
    /// The caller said so.
    Ignored,
}

impl Enforcement {
    /// Whether `deed` may be done to a document of this encryption.
    ///
    /// # Errors
    /// As [`Encryption::check`].
    pub(crate) fn check(self, encryption: Option<&Encryption>, deed: Deed) -> Result<()> {
        match (self, encryption) {
            (Self::Obeyed, Some(encryption)) => encryption.check(deed),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_bind_users_not_owners() {
        let deeds = [Deed::FillField, Deed::CreateField, Deed::Preserve];
        for (bits, expected) in
            [(0, [false; 3]), (1 << 8, [true, false, true]), (1 << 3, [false; 3]), (1 << 3 | 1 << 5, [true; 3])]
        {
            let check = |access| {
                let encryption = Encryption::new("x", access, Permissions::new(bits, 6));
                deeds.map(|deed| encryption.check(deed).is_ok())
            };
            assert_eq!(check(Access::User), expected, "{bits:b}");
            assert_eq!(check(Access::Owner), [true; 3]);
        }
        let encryption = Encryption::new("x", Access::User, Permissions::NONE);
        for deed in deeds {
            let error = Enforcement::Obeyed.check(Some(&encryption), deed).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Encrypted);
            assert!(error.advice().unwrap().contains("owner password"));
            assert!(Enforcement::Ignored.check(Some(&encryption), deed).is_ok());
        }
    }
}
