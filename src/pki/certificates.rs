//! Certificates at hand, found by what names them.
//!
//! What it is for: hostile files hold thousands of certificates, and every path, CRL and OCSP response asks for those of one name or key: whoever
//! asks pays for what is found, not for what is there.
//!
//! Invariant: each certificate stands here once, in the order in which it came; that it is here says nothing for it.
//!
//! Noun: [`Certificates`].

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use super::certificate::Certificate;
use super::name::Name;
use crate::digest::DigestAlgorithm;

/// A set of certificates, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Certificates {
    all: Vec<Certificate>,
    known: HashSet<Certificate>,
    by_subject: HashMap<BySubject, Vec<usize>>,
    by_key: HashMap<Vec<u8>, Vec<usize>>,
}

impl Certificates {
    /// Adds `certificate`; returns whether it was not here before.
    pub(crate) fn insert(&mut self, certificate: Certificate) -> bool {
        if !self.known.insert(certificate.clone()) {
            return false;
        }
        let at = self.all.len();
        self.by_key.entry(key_hash(&certificate)).or_default().push(at);
        self.by_subject.entry(BySubject(certificate.clone())).or_default().push(at);
        self.all.push(certificate);
        true
    }

    /// All of them, in order.
    pub(crate) fn as_slice(&self) -> &[Certificate] {
        &self.all
    }

    /// Those with the subject `name`.
    pub(crate) fn named<'a>(&'a self, name: &Name) -> impl Iterator<Item = &'a Certificate> + use<'a> {
        self.at(self.by_subject.get(name))
    }

    /// Those whose key bits have the SHA-1 digest `hash` (RFC 6960, 4.2.1: KeyHash).
    pub(crate) fn keyed<'a>(&'a self, hash: &[u8]) -> impl Iterator<Item = &'a Certificate> + use<'a> {
        self.at(self.by_key.get(hash))
    }

    /// Takes the certificates of `pool` in place of equal ones here: what was found out about their signatures is known then.
    pub(crate) fn share(&mut self, pool: &Self) {
        for one in &mut self.all {
            if let Some(same) = pool.known.get(one) {
                *one = same.clone();
            }
        }
    }

    /// Puts them into an order that does not depend on how they came here.
    pub(crate) fn sort(&mut self) {
        let mut sorted = std::mem::take(&mut self.all);
        sorted.sort_by(|one, other| one.fingerprint().cmp(other.fingerprint()));
        *self = sorted.into_iter().collect();
    }

    fn at<'a>(&'a self, places: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a Certificate> + use<'a> {
        places.into_iter().flatten().filter_map(|at| self.all.get(*at))
    }
}

impl FromIterator<Certificate> for Certificates {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let mut all = Self::default();
        for one in certificates {
            all.insert(one);
        }
        all
    }
}

impl From<&[Certificate]> for Certificates {
    fn from(certificates: &[Certificate]) -> Self {
        certificates.iter().cloned().collect()
    }
}

/// SHA-1 of the key's bits.
pub(crate) fn key_hash(certificate: &Certificate) -> Vec<u8> {
    DigestAlgorithm::Sha1.digest(certificate.key_bits())
}

/// A certificate that stands for its subject.
#[derive(Clone, Debug)]
struct BySubject(Certificate);

impl Borrow<Name> for BySubject {
    fn borrow(&self) -> &Name {
        self.0.subject()
    }
}

impl PartialEq for BySubject {
    fn eq(&self, other: &Self) -> bool {
        self.0.subject() == other.0.subject()
    }
}

impl Eq for BySubject {}

impl Hash for BySubject {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.subject().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::fixture::party;

    #[test]
    fn certificates_are_found_by_name_and_by_key() {
        let (root, sub) = (party(1, 1), party(2, 2));
        let namesake = party(2, 3);
        let pool = [root.certify(sub), root.certify(namesake), root.certify(root), root.certify(sub)];
        let all = Certificates::from(pool.as_slice());
        assert_eq!(all.as_slice(), &pool[..3]);
        assert_eq!(all.named(pool[0].subject()).collect::<Vec<_>>(), [&pool[0], &pool[1]]);
        assert_eq!(all.keyed(&key_hash(&pool[1])).collect::<Vec<_>>(), [&pool[1]]);
        assert_eq!(all.named(party(9, 9).certify(root).issuer()).count(), 0);
    }
}
