//! What would come of a signature, said before any key is used.
//!
//! What it is for: showing somebody what is about to happen, and refusing early: the field, the certificate, what
//! earlier signatures permit, and how long the signed file will be, so that a limit on mail can be checked beforehand.
//!
//! Invariant: the revision is really laid out, by the code that signs; nothing here is estimated.
//! Invariant: what forbids a signature is an error, the same one as when signing; what merely speaks against it is a
//! [`Warning`].
//!
//! Nouns: [`Preflight`], [`Warning`]; the rest is what they are made of.

#[cfg(feature = "json")]
mod json;
mod warning;

pub use warning::Warning;

use super::layout::{Layout, Signatory};
use super::signing::Signing;
use crate::error::Result;
use crate::limits::Limits;
pub use crate::pdf::field::FieldOrigin;
use crate::pdf::form::Form;
use crate::pdf::transform::Certification;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::path::PathFault;
use crate::port::Identity;
use crate::time::Time;

/// What one signature would be.
///
/// # Examples
/// ```
/// # use pades_ltv::{Document, Signer, Signing, Time, authority::Authority};
/// # let pdf = include_bytes!("../../../examples/contract.pdf").as_slice();
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let signer = Authority::new("doc", now)?.issue("甲野サービス")?;
/// let document = Document::open(pdf)?;
/// let preflight = Signing::new(&document, now).reason("承認しました").preflight(&signer.identity()?)?;
/// assert!(preflight.file_len < 6_000_000, "too long for this mail server");
/// for warning in &preflight.warnings {
///     println!("{warning}");
/// }
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preflight {
    /// The field that would be signed.
    pub field: PlannedField,
    /// Who would sign.
    pub certificate: PlannedCertificate,
    /// How.
    pub algorithm: SignatureAlgorithm,
    /// Whether the certificates given lead up to a root.
    pub chain: Chain,
    /// What the signatures that are there permit; `None` where none of them says anything.
    pub permission: Option<Certification>,
    /// The signatures and document timestamps that are there, in file order.
    pub earlier: Vec<EarlierSignature>,
    /// The timestamp that there is room for, or that is asked for.
    pub timestamp: PlannedTimestamp,
    /// The length of the document as it is, in bytes.
    pub base_len: u64,
    /// How many bytes would be appended: exactly that many, with or without a signature timestamp.
    pub update_len: u64,
    /// The length of the signed file, in bytes. Evidence and document timestamps that are added later come on top.
    pub file_len: u64,
    /// What speaks against it.
    pub warnings: Vec<Warning>,
}

/// The field that would be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedField {
    /// Its fully qualified name (ISO 32000-2, 12.7.4.2).
    pub name: String,
    /// Whether it is there already.
    pub origin: FieldOrigin,
    /// Whether it takes room on a page.
    pub visible: bool,
}

/// The signing certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedCertificate {
    /// The subject (RFC 4514).
    pub subject: String,
    /// The issuer (RFC 4514).
    pub issuer: String,
    /// The serial number in lower-case hexadecimal.
    pub serial: String,
    /// Valid from, inclusive.
    pub not_before: Time,
    /// Valid to, inclusive.
    pub not_after: Time,
    /// Whole days from the time of signing to the end of validity.
    pub days_left: u64,
}

/// Whether the certificates given lead from the signing certificate up to a root.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chain {
    /// They do, each signed by the next; nothing has to be fetched.
    ToRoot,
    /// They end below a certificate that has to be found elsewhere; an issuer's name (RFC 4514).
    EndsBelow(String),
    /// They do not hold together.
    Broken(String),
}

/// A signature or document timestamp that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EarlierSignature {
    /// The fully qualified name of its field; `None` for a certification that stands in no field.
    pub field: Option<String>,
    /// Whether what it certifies and locks permits the new signature.
    pub survives: bool,
}

/// The timestamp of the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedTimestamp {
    /// The room left for it, in bytes.
    pub room: usize,
    /// Whether the field requires one: [`Signed::finish`](crate::Signed::finish) refuses a signature without it then.
    pub required: bool,
    /// The authority that the field's author names.
    pub url: Option<String>,
}

impl Preflight {
    pub(super) fn new(signing: &Signing<'_>, identity: &Identity) -> Result<Self> {
        let layout = Layout::new(signing, Signatory::Known(identity))?;
        let chain = chain(identity, signing.document.limits());
        let field = field(signing, &layout)?;
        let earlier = earlier(&layout);
        let warnings = warning::all(signing, identity, &layout, &chain);
        let own = identity.signing_certificate();
        let Layout { appended, rules, timestamp, .. } = layout;
        Ok(Self {
            field,
            certificate: PlannedCertificate::of(own, signing.now),
            algorithm: identity.algorithm(),
            chain,
            permission: rules.restrictions.least().map(|(permission, _)| permission),
            earlier,
            timestamp: PlannedTimestamp {
                room: signing.token_room,
                required: timestamp.is_required,
                url: timestamp.url,
            },
            base_len: appended.base,
            update_len: appended.end().saturating_sub(appended.base),
            file_len: appended.end(),
            warnings,
        })
    }
}

impl PlannedCertificate {
    fn of(certificate: &Certificate, now: Time) -> Self {
        let seconds = certificate.not_after().to_unix().saturating_sub(now.to_unix());
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.serial_hex(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            days_left: u64::try_from(seconds).unwrap_or(0) / 86_400,
        }
    }
}

/// The field as it stands in the file that would be made.
fn field(signing: &Signing<'_>, layout: &Layout) -> Result<PlannedField> {
    let signed = &layout.rules.field;
    let document = signing.document.with_appended(layout.appended.bytes.clone())?;
    let view = document.latest();
    let form = Form::read(view)?;
    let visible = match form.field(&signed.name) {
        Some(field) => field.is_visible(view)?,
        None => false,
    };
    Ok(PlannedField { name: signed.name.clone(), origin: signed.origin, visible })
}

fn earlier(layout: &Layout) -> Vec<EarlierSignature> {
    let name = &layout.rules.field.name;
    let rules = layout.rules.restrictions.rules.iter();
    rules
        .map(|rule| EarlierSignature {
            field: rule.field.as_deref().map(str::to_owned),
            survives: rule.permits_signing(name),
        })
        .collect()
}

/// Looks for a path to a self-issued certificate among those given. Whom to trust is the verifier's business.
fn chain(identity: &Identity, limits: &Limits) -> Chain {
    match identity.path(limits) {
        Some(Ok(_)) => Chain::ToRoot,
        Some(Err(PathFault::NoIssuer { certificate })) => Chain::EndsBelow(certificate.issuer().to_string()),
        Some(Err(fault)) => Chain::Broken(fault.to_string()),
        None => Chain::EndsBelow(identity.signing_certificate().issuer().to_string()),
    }
}
