//! Who may sign which trusted list.
//!
//! Invariant: who is named for the list of one territory signs none of another, and no list of lists.
//!
//! Specified in TS 119 612, 5.3.13; TS 119 615, 4.1 and 4.2. Noun: [`ListSigners`].

use super::etsi::{ListPointer, TrustedList};
use crate::error::{Error, ErrorKind, Result};
use crate::pki::certificate::Certificate;

/// Those who may sign trusted lists, each with the lists that somebody named it for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListSigners(Vec<ListSigner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct ListSigner {
    /// DER.
    certificate: Vec<u8>,
    scope: Scope,
}

/// The lists that somebody may sign.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    Any,
    /// Those of a territory and, where it is named, a kind.
    Of {
        territory: Option<String>,
        kind: Option<String>,
    },
}

impl ListSigners {
    /// DER certificates that may sign any list: for those that stand in the Official Journal, or that come from the publisher of a list in
    /// another way.
    pub fn of_any_list(certificates: &[impl AsRef<[u8]>]) -> Self {
        let any = |der: &[u8]| ListSigner { certificate: der.to_vec(), scope: Scope::Any };
        Self(certificates.iter().map(|der| any(der.as_ref())).collect())
    }

    pub(super) fn of_pointers(pointers: &[ListPointer]) -> Self {
        let mut signers = Self::default();
        for pointer in pointers {
            let scope = Scope::Of { territory: pointer.territory.clone(), kind: pointer.kind.clone() };
            let named = pointer.certificates.iter().cloned();
            signers.add(named.map(|certificate| ListSigner { certificate, scope: scope.clone() }));
        }
        signers
    }

    /// These and `others`.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.add(others.0.iter().cloned());
        self
    }

    /// The DER certificates of those who may sign lists of `territory`, such as `EL`, whatever their kind.
    pub fn of_territory(&self, territory: &str) -> Vec<&[u8]> {
        let mut named: Vec<&[u8]> =
            self.0.iter().filter(|one| one.scope.is_in(territory)).map(|one| one.certificate.as_slice()).collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Those who may sign `list`, by what it says of itself: its signature covers that.
    pub(super) fn of(&self, list: &TrustedList) -> Result<Vec<Certificate>> {
        let unreadable = |fault| Error::new(ErrorKind::Certificate, "a list signer cannot be read").because(fault);
        let named = self.0.iter().filter(|one| one.scope.is_in(&list.territory) && one.scope.is_of(&list.kind));
        named.map(|one| Certificate::from_der(&one.certificate).map_err(unreadable)).collect()
    }

    fn add(&mut self, others: impl Iterator<Item = ListSigner>) {
        for other in others {
            if !self.0.contains(&other) {
                self.0.push(other);
            }
        }
    }
}

impl Scope {
    /// A pointer that names no territory names nobody.
    fn is_in(&self, territory: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of { territory: own, .. } => own.as_deref() == Some(territory),
        }
    }

    fn is_of(&self, kind: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of { kind: own, .. } => own.as_deref().is_none_or(|own| own == kind),
        }
    }
}
