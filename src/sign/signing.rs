//! What a signature is to say, and where it is to stand.

use const_oid::db::rfc5911::ID_DATA;

use super::prepared::Prepared;
use super::revision::{self, Entries};
use super::signed::Signed;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "appearance")]
use crate::pdf::appearance::{Appearance, Placement, Seal};
use crate::pdf::document::Document;
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::signature::SignatureKind;
use crate::pki::cms::{SignedAttributes, SignedDataWriter};
use crate::port::{Identity, Signer};
use crate::time::{Time, UtcOffset};

/// One signature to be made.
///
/// # Examples
/// ```
/// # use pades_ltv::{Document, Signing, Time, UtcOffset, authority::Authority};
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let authority = Authority::new("doc", now)?;
/// # let (signer, tsa) = (authority.issue("甲野サービス")?, authority.at(now));
/// let document = Document::open(pdf)?;
/// let update = Signing::new(&document, now)
///     .field("FIELD_2336416_0")
///     .reason("甲野太郎 様が承認しました")
///     .location("日本")
///     .utc_offset(UtcOffset::east(9, 0))
///     .sign(&signer)?
///     .timestamp(&tsa)?
///     .finish()?;
/// let signed: Vec<u8> = update.apply(pdf)?;
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Signing<'d> {
    document: &'d Document<'d>,
    now: Time,
    offset: UtcOffset,
    field: Option<String>,
    reason: Option<String>,
    location: Option<String>,
    name: Option<String>,
    contact_info: Option<String>,
    token_room: usize,
    #[cfg(feature = "appearance")]
    seal: Option<Seal>,
}

impl<'d> Signing<'d> {
    /// A signature on `document`, made at `now`: the claimed time, and the time at which the signing certificate must be valid.
    pub fn new(document: &'d Document<'d>, now: Time) -> Self {
        Self {
            document,
            now,
            offset: UtcOffset::UTC,
            field: None,
            reason: None,
            location: None,
            name: None,
            contact_info: None,
            token_room: super::TOKEN_ROOM,
            #[cfg(feature = "appearance")]
            seal: None,
        }
    }

    /// The field's fully qualified name: an empty signature field of the document, or a new, invisible one.
    ///
    /// Without a name, a new field is called `Signature1`, or the next free number.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// Why the document is signed, in any language (`/Reason`).
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Where it is signed, in any language (`/Location`).
    #[must_use]
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// The signer's name, in any language (`/Name`); viewers show the certificate's otherwise.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How to reach the signer, in any language (`/ContactInfo`).
    #[must_use]
    pub fn contact_info(mut self, contact_info: impl Into<String>) -> Self {
        self.contact_info = Some(contact_info.into());
        self
    }

    /// The zone that the claimed time is written in; UTC unless told.
    #[must_use]
    pub fn utc_offset(mut self, offset: UtcOffset) -> Self {
        self.offset = offset;
        self
    }

    /// Room for a timestamp token, in bytes: 10 KiB unless told, 0 where there will never be one.
    ///
    /// A byte range is fixed before the timestamp is there; a token that does not fit is an
    /// [`ErrorKind::Capacity`] that names the room it needs.
    #[must_use]
    pub fn timestamp_room(mut self, bytes: usize) -> Self {
        self.token_room = bytes;
        self
    }

    /// Makes the signature visible: what it shows, and where.
    ///
    /// A new field stands in the place that `placement` says. An existing field keeps its own:
    /// [`Placement::in_field`] is the only placement for it, and is for it only.
    ///
    /// Errors come when the signature is prepared: [`ErrorKind::Appearance`] for what cannot be shown there,
    /// [`ErrorKind::Field`] for a field that cannot show it.
    ///
    /// # Examples
    /// ```
    /// # use pades_ltv::{Appearance, Color, Document, Page, Placement, Signing, Time, authority::Authority};
    /// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
    /// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
    /// # let signer = Authority::new("doc", now)?.issue("甲野サービス")?;
    /// let ring = Appearance::new().draw(|canvas| {
    ///     canvas.ellipse(30.0, 30.0, 28.0, 28.0).stroke(Color::VERMILION, 3.0);
    /// });
    /// let document = Document::open(pdf)?;
    /// let signing = Signing::new(&document, now).seal(ring, Placement::bottom_right(Page::Last, 60.0, 60.0, 36.0));
    /// let update = signing.sign(&signer)?.finish()?;
    /// # Ok::<(), pades_ltv::Error>(())
    /// ```
    #[cfg(feature = "appearance")]
    #[must_use]
    pub fn seal(mut self, appearance: Appearance, placement: Placement) -> Self {
        self.seal = Some(Seal::new(appearance, placement));
        self
    }

    /// Signs with `signer`: the one-call form of [`prepare`](Self::prepare) and [`Prepared::complete`].
    ///
    /// # Errors
    /// Those of the two, and whatever the signer says.
    pub fn sign<S: Signer + ?Sized>(&self, signer: &S) -> Result<Signed<'d>> {
        let prepared = self.prepare(&signer.identity()?)?;
        let value = signer.sign(prepared.input())?;
        prepared.complete_with(self.document, &value)
    }

    /// Everything but the signature value: what is to be signed, and where it will go. Reads the document once.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] where the signing certificate is not valid at the time given; [`ErrorKind::Field`] where the field
    /// cannot be signed, or cannot show the seal; [`ErrorKind::Appearance`] where the seal cannot be drawn; [`ErrorKind::Encrypted`], [`ErrorKind::Syntax`] or [`ErrorKind::Io`] where the document cannot be appended to.
    pub fn prepare(&self, identity: &Identity) -> Result<Prepared> {
        check_validity(identity, self.now)?;
        let signing = identity.signing_certificate();
        let digest = identity.algorithm().digest();
        let attributes = |imprint: &[u8]| SignedAttributes::new(digest, ID_DATA, imprint, signing).to_der();
        let dummy = attributes(&vec![0; digest.len()]);
        let value = vec![0; identity.key().signature_len()];
        let bare = cms(identity, &dummy, &value);
        let entries = Entries {
            field: self.field.as_deref(),
            stem: "Signature",
            #[cfg(feature = "appearance")]
            seal: self.seal.as_ref(),
            signature: self.entries(),
            reserved: bare.len().saturating_add(self.token_room),
        };
        let base = self.document;
        let appended = revision::prepare(base, entries, self.now)?;
        let imprint = revision::imprint(base, &appended, digest)?;
        Prepared::new(base, appended, identity.clone(), attributes(&imprint), self.now)
    }

    fn entries(&self) -> SignatureEntries {
        SignatureEntries {
            kind: SignatureKind::Signature,
            sub_filter: "ETSI.CAdES.detached",
            m: Some(self.now.to_pdf_date(self.offset)),
            name: self.name.clone(),
            reason: self.reason.clone(),
            location: self.location.clone(),
            contact_info: self.contact_info.clone(),
        }
    }
}

/// The CMS of `identity` over `attributes`.
pub(super) fn cms(identity: &Identity, attributes: &[u8], value: &[u8]) -> Vec<u8> {
    let writer = SignedDataWriter::new(attributes, identity.algorithm(), value, identity.signing_certificate());
    writer.chain(identity.chain()).finish()
}

fn check_validity(identity: &Identity, now: Time) -> Result<()> {
    let signing = identity.signing_certificate();
    if signing.is_valid_at(now) {
        return Ok(());
    }
    let state = if now < signing.not_before() { "is not valid yet" } else { "has expired" };
    let message =
        format!("the signing certificate {state}: valid from {} to {}", signing.not_before(), signing.not_after());
    Err(Error::new(ErrorKind::Certificate, message).at(signing).advise("sign with a certificate that is valid now"))
}
