//! A certification authority, timestamp authority, OCSP responder and CRL issuer in memory. **NOT FOR PRODUCTION.**
//!
//! What it is for: testing a signing service without a network, and demonstrations. It answers well, and on request it
//! answers badly in every way that real services do: [`Misbehaviour`].
//!
//! **Every key follows from the seed: who knows the seed can sign as anybody in this hierarchy.** Each certificate says
//! so in its subject. Never make its root a trust anchor outside tests.
//!
//! Invariant: no clock, no randomness, no I/O. An [`Authority`] is a value of its seed, its beginning and its
//! revocations; the same questions get the same bytes, in any order and in any process.
//!
//! The hierarchy lives for 60 years, so that renewals can be tested over decades: one root; a new issuing authority
//! every 4 years, each valid for 15; a new timestamp certificate every year, each valid for 11; a new OCSP responder
//! every year. [`Authority::at`] picks those in force.
//!
//! Specified in RFC 5280 (certificates, CRLs), RFC 6960 (OCSP), RFC 3161 with RFC 5816 (timestamps), RFC 9336 (document
//! signing). Policies are below 1.3.6.1.4.1.32473, the arc kept for documentation (RFC 5612).
//! Nouns: [`Authority`] with [`Shape`], [`AuthorityAt`] (its view at one time), [`Device`] (a key for fakes), [`Subscriber`] with [`KeyType`], [`RevocationReason`],
//! [`Misbehaviour`].

mod certificate;
mod crl;
mod device;
mod hierarchy;
mod misbehaviour;
mod ocsp;
mod shape;
mod stamp;
mod subscriber;
mod token;
mod view;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

pub use self::device::Device;
use self::hierarchy::{Entity, Origin};
pub use self::misbehaviour::Misbehaviour;
pub use self::shape::{OcspSigner, RevocationSources, Shape};
pub use self::subscriber::{KeyType, Subscriber};
pub use self::view::AuthorityAt;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::certificate::Certificate;
use crate::pki::trust::store::TrustStore;
use crate::software::SoftwareSigner;
use crate::time::Time;

/// A whole PKI in memory, **not for production**: see the [module](self).
///
/// # Examples
/// ```
/// use pades_ltv::authority::{Authority, KeyType, Subscriber};
/// use pades_ltv::{Fetch, FetchRequest, TimestampAuthority};
///
/// let now = "2026-10-07T09:00:00+09:00".parse()?;
/// let authority = Authority::new("my tests", now)?;
/// let alice = authority.issue("Alice")?;
/// let bob = authority.issue(Subscriber::new("Bob").key(KeyType::P384))?;
/// // Both a TimestampAuthority and a Fetch, whose clock stands at `now`.
/// let services = authority.at(now);
/// # let _ = (alice, bob, services);
/// # Ok::<(), pades_ltv::Error>(())
/// ```
pub struct Authority {
    origin: Origin,
    root: Arc<Entity>,
    /// Who is trusted: the root, or the one that certified it.
    anchor: Arc<Entity>,
    anchor_pem: String,
    /// Everybody else, as far as asked for.
    entities: Mutex<BTreeMap<String, Arc<Entity>>>,
    revocations: Vec<Revocation>,
}

/// That a certificate was revoked, when and why.
#[derive(Clone, Debug)]
struct Revocation {
    certificate: Certificate,
    time: Time,
    reason: RevocationReason,
}

impl Authority {
    /// The authority that follows from `seed` and begins a day before `now`.
    ///
    /// Two authorities with different seeds have different keys, names and addresses.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] if `now` is before 1970 or so late that 60 years cannot be written.
    pub fn new(seed: impl AsRef<[u8]>, now: Time) -> Result<Self> {
        Self::shaped(seed, now, Shape::new())
    }

    /// As [`new`](Self::new), of another shape.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn shaped(seed: impl AsRef<[u8]>, now: Time, shape: Shape) -> Result<Self> {
        let origin = Origin::new(seed.as_ref(), now, shape);
        let root = Arc::new(origin.root()?);
        let anchor = if origin.shape.is_cross_certified { Arc::new(origin.other_root()?) } else { Arc::clone(&root) };
        let anchor_pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, anchor.certificate.der())
            .map_err(|fault| Error::new(ErrorKind::Certificate, "the root cannot be written as PEM").because(fault))?;
        Ok(Self { origin, root, anchor, anchor_pem, entities: Mutex::default(), revocations: Vec::new() })
    }

    /// Issues a certificate and hands out a signer with its key, by default P-256, valid for 3 years from the
    /// beginning.
    ///
    /// The same subscriber always gets the same key and certificate.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] if the validity is empty or begins outside the authority's life.
    pub fn issue(&self, subscriber: impl Into<Subscriber>) -> Result<SoftwareSigner> {
        let entity = self.subscriber(&subscriber.into())?;
        SoftwareSigner::new(entity.key.clone(), entity.chain().map(Certificate::der))
    }

    /// The private key of a subscriber, PKCS#8 PEM: to put it into a device, so that [`issue`](Self::issue)'s certificate is that of a key in there.
    ///
    /// # Errors
    /// As [`issue`](Self::issue); [`ErrorKind::Key`] if the key cannot be written.
    pub fn private_key_pem(&self, subscriber: impl Into<Subscriber>) -> Result<String> {
        subscriber::pem(&self.subscriber(&subscriber.into())?.key)
    }

    /// Revokes one of this authority's certificates (DER) as of `time`: answers given at `time` and later say so.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] if `certificate` cannot be read or is not from this authority.
    pub fn revoke(&mut self, certificate: &[u8], time: Time, reason: RevocationReason) -> Result<()> {
        let certificate = Certificate::from_der(certificate)
            .map_err(|fault| Error::new(ErrorKind::Certificate, "the certificate cannot be read").because(fault))?;
        if !self.origin.is_ours(certificate.serial()) {
            return Err(Error::new(ErrorKind::Certificate, "the certificate is not from this authority")
                .at(&certificate)
                .advise("revoke what the same seed issued"));
        }
        self.revocations.push(Revocation { certificate, time, reason });
        Ok(())
    }

    /// The root certificate, DER: the trust anchor of tests.
    pub fn root_der(&self) -> &[u8] {
        self.anchor.certificate.der()
    }

    /// The root certificate, PEM.
    pub fn root_pem(&self) -> &str {
        &self.anchor_pem
    }

    /// A trust store with the root, labelled as what it is.
    pub fn anchors(&self) -> TrustStore {
        let mut anchors = TrustStore::new();
        anchors.add(self.anchor.certificate.clone(), "test authority, NOT FOR PRODUCTION");
        anchors
    }

    /// The authority's services with their clock at `time`.
    pub fn at(&self, time: Time) -> AuthorityAt<'_> {
        AuthorityAt::new(self, time)
    }

    /// The earliest revocation of the serial number that has happened at `time`.
    fn revocation(&self, serial: &[u8], time: Time) -> Option<&Revocation> {
        let happened = self.revocations.iter().filter(|one| one.certificate.serial() == serial && one.time <= time);
        happened.min_by_key(|one| one.time)
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({}, from {})", self.origin.tag, self.origin.epoch)
    }
}

/// Why a certificate was revoked (RFC 5280, 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationReason {
    /// No reason given.
    Unspecified,
    /// The key may be in foreign hands: signatures from any time are in doubt.
    KeyCompromise,
    /// The issuing authority's key may be in foreign hands.
    CaCompromise,
    /// The subject's name or affiliation changed.
    AffiliationChanged,
    /// Another certificate replaced it.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// It is on hold.
    CertificateHold,
    /// A privilege in it was withdrawn.
    PrivilegeWithdrawn,
}

/// Encoding what this authority makes up itself does not fail, unless a caller's time or name cannot be written.
fn unwritable(fault: der::Error) -> Error {
    Error::new(ErrorKind::Certificate, "the test authority cannot write this").because(fault)
}

#[cfg(test)]
mod tests;
