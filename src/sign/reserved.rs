//! A place for a signature of which nobody knows yet who signs it.

use super::layout::{Layout, Signatory, check_identity, signed_attributes};
use super::prepared::Prepared;
use super::revision;
use super::signed::{Signed, TimestampRequirement};
use super::signing::Signing;
use super::state::{self, Base, ReservedState, malformed};
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pdf::update::Appended;
use crate::pki::certificate::Certificate;
use crate::port::Identity;
use crate::time::Time;

/// A revision with a place for a signature whose certificate comes later: from a remote service that tells it only when it
/// signs, or inside a CMS that somebody else makes.
///
/// Made by [`Signing::reserve`]. It becomes a [`Prepared`] by [`identify`](Self::identify), or a [`Signed`] by
/// [`complete`](Self::complete). A few KB that hold no part of the document.
///
/// # Examples
/// ```
/// # use pades_ltv::{DigestAlgorithm, Document, Reserved, Signer, Signing, Time, authority::Authority};
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let signer = Authority::new("doc", now)?.issue("甲野サービス")?;
/// let document = Document::open(pdf)?;
/// let stored = Signing::new(&document, now).reserve(DigestAlgorithm::Sha256, 8_000)?.to_bytes()?;
///
/// // Later, elsewhere: the service has told its certificate.
/// let prepared = Reserved::from_bytes(&stored)?.identify(&signer.identity()?)?;
/// let value = signer.sign(prepared.input())?;
/// let update = prepared.complete(&document, &value)?.finish()?;
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reserved {
    pub(super) base: Base,
    pub(super) appended: Appended,
    pub(super) digest: DigestAlgorithm,
    /// Of what the signature covers.
    pub(super) imprint: Vec<u8>,
    pub(super) now: Time,
    pub(super) timestamp: TimestampRequirement,
}

impl Reserved {
    /// Hashes `signing`'s document and `layout` with `digest`.
    pub(super) fn new(signing: &Signing<'_>, layout: Layout, digest: DigestAlgorithm) -> Result<Self> {
        let Layout { appended, timestamp, .. } = layout;
        let imprint = revision::imprint(signing.document, &appended, digest)?;
        let base = Base::of(signing.document)?;
        Ok(Self { base, appended, digest, imprint, now: signing.now, timestamp: timestamp.requirement() })
    }

    /// What the document is hashed with.
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        self.digest
    }

    /// The digest of everything that the signature will cover: what whoever makes the CMS puts into its message-digest attribute.
    pub fn imprint(&self) -> &[u8] {
        &self.imprint
    }

    /// How many bytes longer the file will be.
    pub fn update_len(&self) -> usize {
        self.appended.bytes.len()
    }

    /// Says who signs.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] where the signing certificate is not valid at the time of signing; [`ErrorKind::Key`] where its
    /// algorithm has another digest, or nothing new is signed so, as [`Signing::prepare`] says; [`ErrorKind::Capacity`] where its CMS
    /// will not fit.
    pub fn identify(self, identity: &Identity) -> Result<Prepared> {
        check_identity(identity, self.now)?;
        let wanted = identity.algorithm();
        if wanted.digest() != self.digest {
            let message = format!("the place was made for {}, but the signer uses {wanted}", self.digest.name());
            let advice = "reserve with the digest of the signer, or choose another with Identity::with_algorithm";
            return Err(Error::new(ErrorKind::Key, message).at(identity.signing_certificate()).advise(advice));
        }
        self.check_fit(Signatory::Known(identity).cms_room())?;
        Ok(self.prepared(identity))
    }

    /// Says who signs, where the place was made for them.
    pub(super) fn prepared(self, identity: &Identity) -> Prepared {
        let attributes = signed_attributes(identity, &self.imprint);
        Prepared::new(self, identity.clone(), attributes)
    }

    /// Takes a CMS that somebody else made over [`imprint`](Self::imprint): DER, detached, with one signer, its certificate inside,
    /// and the attributes of a PAdES baseline signature.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `document` is not the file that the place was made in, by length or digest;
    /// [`ErrorKind::Signer`] where the CMS is malformed, no PAdES signature, over other content, does not verify under its own certificate,
    /// or was made by a key or with an algorithm that nothing new is signed with; [`ErrorKind::Certificate`] where that certificate is not
    /// valid at the time of signing; [`ErrorKind::Capacity`] where the CMS does not fit; [`ErrorKind::State`] where this value was damaged
    /// while it was stored; [`ErrorKind::Io`] where the document cannot be read.
    pub fn complete<'d>(self, document: &'d Document<'d>, cms: &[u8]) -> Result<Signed<'d>> {
        self.complete_from(document, cms).map(|(signed, _)| signed)
    }

    /// As [`complete`](Self::complete), with the certificate of whoever made the CMS.
    pub(super) fn complete_from<'d>(self, document: &'d Document<'d>, cms: &[u8]) -> Result<(Signed<'d>, Certificate)> {
        self.base.check(document)?;
        self.check_fit(cms.len())?;
        Signed::adopt_from(document, self, cms)
    }

    /// This value as bytes, to be stored. The format carries its version.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where it cannot be written; only for sizes beyond 256 MB.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        state::to_bytes(&ReservedState::new(self)?)
    }

    /// Reads back what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where `bytes` are no such value, or of a version that this release does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        state::from_bytes::<ReservedState>(bytes)?.into_reserved()
    }

    /// What will be signed must be this very revision, whatever happened to it in storage.
    pub(super) fn check_imprint(&self, document: &Document<'_>) -> Result<()> {
        let is_same = revision::imprint(document, &self.appended, self.digest)? == self.imprint;
        if is_same { Ok(()) } else { Err(malformed()) }
    }

    fn check_fit(&self, needed: usize) -> Result<()> {
        let capacity = self.appended.capacity();
        if needed <= capacity {
            return Ok(());
        }
        let message = format!("the CMS needs {needed} bytes, but {capacity} were reserved for it and its timestamp");
        Err(Error::new(ErrorKind::Capacity, message).advise(format!("reserve at least {needed} bytes")))
    }
}

impl Signing<'_> {
    /// A place for a signature before anybody knows whose it will be: `cms_room` bytes for the CMS, beside the
    /// [room for its timestamp](Self::timestamp_room). Reads the document once.
    ///
    /// With a chain of two RSA certificates, a CMS has some 4,000 bytes.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare), but for the certificate; [`ErrorKind::Key`] for MD5 and SHA-1 alone, as nothing else is known of the
    /// key; and [`ErrorKind::Field`] where the field restricts who may sign it.
    pub fn reserve(&self, digest: DigestAlgorithm, cms_room: usize) -> Result<Reserved> {
        let layout = Layout::new(self, Signatory::Unknown { digest, cms_room })?;
        Reserved::new(self, layout, digest)
    }
}
