//! What a signature is to say, and where it is to stand.

use super::layout::{Layout, Signatory};
use super::preflight::Preflight;
use super::prepared::Prepared;
use super::reserved::Reserved;
use super::signed::Signed;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;
#[cfg(feature = "appearance")]
use crate::pdf::appearance::{Appearance, Fill, Font, Placement, Seal};
use crate::pdf::crypt::Enforcement;
use crate::pdf::document::Document;
use crate::pdf::transform::{Certification, FieldLock};
use crate::port::{Identity, Signer};
use crate::time::{Time, UtcOffset};
use crate::transaction::Transaction;

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
    pub(super) document: &'d Document<'d>,
    pub(super) now: Time,
    pub(super) offset: UtcOffset,
    pub(super) field: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) location: Option<String>,
    pub(super) name: Option<String>,
    pub(super) contact_info: Option<String>,
    pub(super) token_room: usize,
    pub(super) certification: Option<Certification>,
    pub(super) lock: Option<FieldLock>,
    pub(super) permissions: Enforcement,
    pub(super) transaction: Option<Transaction>,
    #[cfg(feature = "appearance")]
    pub(super) seal: Option<Seal>,
    #[cfg(feature = "appearance")]
    pub(super) fills: Vec<Fill>,
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
            certification: None,
            lock: None,
            permissions: Enforcement::Obeyed,
            transaction: None,
            #[cfg(feature = "appearance")]
            seal: None,
            #[cfg(feature = "appearance")]
            fills: Vec::new(),
        }
    }

    /// The field's fully qualified name: an empty signature field of the document, or a new, invisible one.
    ///
    /// Without a name, a new field is called `Signature1`, or the next free number. The lock of a field that is there is
    /// kept and put in force, and what its author asks for (seed values: ISO 32000-2, 12.7.5.5) is held to: a signature
    /// that does not meet a required constraint is an [`ErrorKind::Field`] that names it.
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

    /// Writes into the document's metadata what it is about, so that it can be found again by counterparty, date and amount; whoever signs
    /// now signs that, too. [`Transaction`] says how it stands there.
    ///
    /// The rest of the metadata stays as it is. PDF/A files get the description of the properties that they have to have. Earlier signatures
    /// stay valid; what they cover is not contradicted.
    ///
    /// Errors come when the signature is prepared: [`ErrorKind::Metadata`] where the metadata cannot be read, or the document is signed and
    /// states another transaction, or stated it when it was signed; [`ErrorKind::Limit`] where it is too large; [`ErrorKind::Encrypted`] where the permissions of the document
    /// forbid to change it, as they would a new field.
    ///
    /// # Examples
    /// ```
    /// # use pades_ltv::{Amount, Document, Signing, Time, Transaction, authority::Authority};
    /// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
    /// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
    /// # let signer = Authority::new("doc", now)?.issue("甲野サービス")?;
    /// let document = Document::open(pdf)?;
    /// let transaction = Transaction::new("架空市", "2026-10-07".parse()?)?.with_amount(Amount::new("1234567", "JPY")?);
    /// let update = Signing::new(&document, now).transaction(transaction.clone()).sign(&signer)?.finish()?;
    /// assert_eq!(update.document(&document)?.transaction()?, Some(transaction));
    /// # Ok::<(), pades_ltv::Error>(())
    /// ```
    #[must_use]
    pub fn transaction(mut self, transaction: Transaction) -> Self {
        self.transaction = Some(transaction);
        self
    }

    /// Makes the signature visible: what it shows, and where.
    ///
    /// A new field stands in the place that `placement` says. An existing field keeps its own:
    /// [`Placement::in_field`] is the only placement for it, and is for it only.
    ///
    /// In a tagged file that nobody has signed, a new field gets its place in the structure. In a PDF/A file, an image that such a
    /// file cannot take (transparent in parts, or in CMYK) is an error.
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
    /// let ring = Appearance::new().draw(|canvas| canvas.ellipse(30.0, 30.0, 28.0, 28.0).stroke(Color::VERMILION, 3.0));
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

    /// Fills a form field in the same revision as the signature, so that the contract date comes with the last signature.
    ///
    /// `name` is the field's fully qualified name. What the value is depends on the field (ISO 32000-2, 12.7.5):
    ///
    /// - a text field takes any text that it has room for. Its scripts are not run: a date field takes the text as it is, whatever
    ///   format its author asks for, and fields that are computed from others stay as they are.
    /// - a choice field takes an export value, or what people see of an option; any text, where one may be typed; and a list that
    ///   takes several, one on each line.
    /// - a check box or a group of radio buttons takes an export value, or else the name of a state such as `Yes`; `Off` for none.
    ///
    /// Texts and options are drawn in the field's own style (size, colour, alignment, border, lines, cells) with `font`; buttons show the
    /// pictures that they have. All of it stays within what earlier signatures permit: under a certification with P 2, and by
    /// default, they stay valid. So a value that was there when somebody signed is not changed any more. Of two values for one field
    /// the last counts.
    ///
    /// Errors come when the signature is prepared: [`ErrorKind::Field`] where there is no such field, it is read-only or locked, was
    /// filled before an earlier signature, or takes no such value (the error names those that it takes);
    /// [`ErrorKind::Appearance`] where the font lacks a letter, or the text does not fit.
    #[cfg(feature = "appearance")]
    #[must_use]
    pub fn fill(self, name: impl Into<String>, value: impl Into<String>, font: &Font) -> Self {
        self.filled(Fill { field: name.into(), value: value.into(), font: Some(font.clone()) })
    }

    /// Sets a check box or a group of radio buttons in the same revision as the signature: [`fill`](Self::fill) where nothing has to
    /// be drawn.
    ///
    /// Errors are those of [`fill`](Self::fill); a field whose value is drawn is an [`ErrorKind::Field`].
    ///
    /// # Examples
    /// ```no_run
    /// # use pades_ltv::{Document, Signer, Signing, Time};
    /// # fn agree(document: &Document<'_>, signer: &dyn Signer, now: Time) -> pades_ltv::Result<()> {
    /// let signed = Signing::new(document, now).check("agreed", "Yes").check("kind", "法人").sign(signer)?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "appearance")]
    #[must_use]
    pub fn check(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.filled(Fill { field: name.into(), value: value.into(), font: None })
    }

    #[cfg(feature = "appearance")]
    fn filled(mut self, fill: Fill) -> Self {
        self.fills.retain(|other| other.field != fill.field);
        self.fills.push(fill);
        self
    }

    /// Makes this a certification: the first signature of a document, which says what may still change in it
    /// (ISO 32000-2, 12.8.2.2).
    ///
    /// It is an [`ErrorKind::Field`] where the document has a signature or a document timestamp already.
    #[must_use]
    pub fn certify(mut self, permitted: Certification) -> Self {
        self.certification = Some(permitted);
        self
    }

    /// Freezes form fields with this signature (ISO 32000-2, 12.7.5.5 and 12.8.2.4).
    ///
    /// It is an [`ErrorKind::Field`] for a field that is there and has a lock, or whose document is signed: what was
    /// signed does not change.
    #[must_use]
    pub fn lock(mut self, lock: FieldLock) -> Self {
        self.lock = Some(lock);
        self
    }

    /// Signs even where the permissions of an encrypted document ([`Permissions`](crate::Permissions)) forbid it, or where an earlier
    /// signature permits no further one or has locked the field.
    ///
    /// Whoever says this speaks for the owner, whose password would do the same; and verifiers will call such an earlier signature
    /// invalid: [`preflight`](Self::preflight) says which.
    #[must_use]
    pub fn danger_ignore_permissions(mut self) -> Self {
        self.permissions = Enforcement::Ignored;
        self
    }

    /// What [`prepare`](Self::prepare) would do with this identity, and what speaks against it. Uses no key, and does not
    /// read the whole document.
    ///
    /// # Errors
    /// Those of [`prepare`](Self::prepare): what forbids the signature is an error here as there.
    pub fn preflight(&self, identity: &Identity) -> Result<Preflight> {
        Preflight::new(self, identity)
    }

    /// Signs with `signer`: the one-call form of [`prepare`](Self::prepare) and [`Prepared::complete`].
    ///
    /// # Errors
    /// Those of the two, and whatever the signer says. There is no [`ErrorKind::Base`] and no [`ErrorKind::State`]: nothing was stored.
    pub fn sign<S: Signer + ?Sized>(&self, signer: &S) -> Result<Signed<'d>> {
        let prepared = self.prepare(&signer.identity()?)?;
        let value = signer.sign(prepared.input())?;
        prepared.complete_with(self.document, &value)
    }

    /// Everything but the signature value: what is to be signed, and where it will go. Reads the document once.
    ///
    /// # Errors
    /// Of who signs: [`ErrorKind::Certificate`] where the signing certificate is not valid at the time given; [`ErrorKind::Key`] where
    /// nothing new is signed so: with MD5, SHA-1 or DSA, RSA below 2048 bits, an algorithm that does not belong to the key, that its
    /// certificate does not let it be used with, or that no standard names.
    ///
    /// Of where: [`ErrorKind::Field`] where the field cannot be signed, may not be signed so (an earlier signature's permissions or
    /// lock, a certification that is not the first signature, a required seed value), cannot show the seal, or a value cannot be filled
    /// in; [`ErrorKind::Appearance`] where the seal or a value cannot be drawn; [`ErrorKind::Encrypted`] where the document is not open
    /// or its permissions forbid it.
    ///
    /// Of the document: [`ErrorKind::Syntax`], [`ErrorKind::Unsupported`] or [`ErrorKind::Io`] where it cannot be read there or appended
    /// to; [`ErrorKind::Limit`] where reading takes more than its [`Limits`](crate::Limits), or it has no number left for a new object;
    /// [`ErrorKind::Metadata`] where the metadata cannot take the transaction; [`ErrorKind::SelfCheck`] where what was written does not
    /// read back.
    pub fn prepare(&self, identity: &Identity) -> Result<Prepared> {
        let layout = Layout::new(self, Signatory::Known(identity))?;
        Ok(Reserved::new(self, layout, identity.algorithm().digest())?.prepared(identity))
    }
}
