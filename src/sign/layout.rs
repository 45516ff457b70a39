//! The revision of a signature before anything is hashed or signed: where it stands, and how long it is.
//!
//! Invariant: everything that can forbid the signature does so here, before a key is asked for anything.

use const_oid::db::rfc5911::ID_DATA;

use super::revision::Draft;
use super::rules::Rules;
use super::seed::{Objection, Plan, objections};
use super::signed::TimestampRequirement;
use super::signing::Signing;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::crypt::{Deed, Enforcement};
use crate::pdf::extensions::IsoExtension;
use crate::pdf::field::{FieldChoice, FieldOrigin};
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::seed_value::{Constraint, Requirement};
use crate::pdf::signature::SignatureKind;
use crate::pdf::transform::{Certification, FieldLock, references};
use crate::pdf::update::Appended;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{SignedAttributes, SignedDataWriter};
use crate::pki::key::making::check_digest;
use crate::port::Identity;
use crate::time::Time;

/// How PAdES signatures are encoded (EN 319 142-1, 6.3 (l)).
const SUB_FILTER: &str = "ETSI.CAdES.detached";

/// A signature's revision with an empty hole, and what was learned on the way.
pub(super) struct Layout {
    pub(super) appended: Appended,
    pub(super) rules: Rules,
    /// Optional constraints that the signature does not meet.
    pub(super) objections: Vec<Objection>,
    pub(super) timestamp: TimestampWish,
}

/// Whether the field asks for a timestamp.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TimestampWish {
    pub(super) is_required: bool,
    pub(super) url: Option<String>,
}

impl TimestampWish {
    pub(super) fn requirement(&self) -> TimestampRequirement {
        if self.is_required { TimestampRequirement::Required } else { TimestampRequirement::Optional }
    }
}

/// Who will sign.
#[derive(Clone, Copy)]
pub(super) enum Signatory<'i> {
    Known(&'i Identity),
    /// Said later: until then, what the CMS may be.
    Unknown {
        digest: DigestAlgorithm,
        cms_room: usize,
    },
}

impl<'i> Signatory<'i> {
    fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Known(identity) => identity.algorithm().digest(),
            Self::Unknown { digest, .. } => digest,
        }
    }

    /// Whether they may sign at `now`, as far as it is known how.
    fn check(self, now: Time) -> Result<()> {
        match self {
            Self::Known(identity) => check_identity(identity, now),
            Self::Unknown { digest, .. } => check_digest(digest).map_err(|unfit| {
                Error::new(ErrorKind::Key, unfit.to_string()).advise("reserve with SHA-256 or a longer digest")
            }),
        }
    }

    fn identity(self) -> Option<&'i Identity> {
        match self {
            Self::Known(identity) => Some(identity),
            Self::Unknown { .. } => None,
        }
    }

    /// Room for the CMS; for somebody known measured on one with zeros in it.
    pub(super) fn cms_room(self) -> usize {
        let identity = match self {
            Self::Known(identity) => identity,
            Self::Unknown { cms_room, .. } => return cms_room,
        };
        identity.cms_len(|| {
            let imprint = vec![0; self.digest().len()];
            let value = vec![0; identity.key().signature_len()];
            cms(identity, &signed_attributes(identity, &imprint), &value).len()
        })
    }
}

impl Layout {
    /// Lays out what `signing` says for whoever will sign.
    pub(super) fn new(signing: &Signing<'_>, signatory: Signatory<'_>) -> Result<Self> {
        signatory.check(signing.now)?;
        let mut draft = draft(signing)?;
        let deed = match (draft.field().origin, &signing.transaction) {
            (FieldOrigin::Existing, None) => Deed::FillField,
            // Metadata asks for no more than a field: to modify the document.
            _ => Deed::CreateField,
        };
        draft.check_access(signing.permissions, deed)?;
        let rules = Rules::read(signing.document, draft.field())?;
        check_rules(signing, &rules)?;
        let lock = signing.lock.as_ref().or(rules.lock.as_ref());
        let objections = check_seeds(signing, signatory, &rules, lock)?;
        if let Some(lock) = &signing.lock {
            draft.lock(lock)?;
        }
        if signing.certification.is_some() {
            draft.certify()?;
        }
        if let Some(transaction) = &signing.transaction {
            rules.check_transaction(signing.document, transaction)?;
            draft.state(transaction, rules.standing())?;
        }
        extensions(signatory).try_for_each(|extension| draft.declare(extension))?;
        let mut entries = entries(signing);
        entries.references = references(signing.certification, lock, draft.catalog()?);
        let appended = draft.finish(entries, signatory.cms_room().saturating_add(signing.token_room), signing.now)?;
        Ok(Self { appended, timestamp: timestamp_wish(&rules), rules, objections })
    }
}

/// What PDF 2.0 does not know of the algorithm (ISO/TS 32001 and 32002). Of a signatory who is not known yet, that is the digest alone.
fn extensions(signatory: Signatory<'_>) -> impl Iterator<Item = IsoExtension> {
    let digests = signatory.digest().is_sha3().then_some(IsoExtension::Digests);
    let is_on_new_curve = signatory.identity().is_some_and(|identity| identity.key().is_on_new_curve());
    digests.into_iter().chain(is_on_new_curve.then_some(IsoExtension::Curves))
}

fn draft<'d>(signing: &Signing<'d>) -> Result<Draft<'d>> {
    let choice = signing.field.as_deref().map_or(FieldChoice::Numbered("Signature"), FieldChoice::Named);
    #[cfg(feature = "appearance")]
    return Draft::showing(signing.document, choice, signing.seal.as_ref(), &signing.fills);
    #[cfg(not(feature = "appearance"))]
    Draft::new(signing.document, choice)
}

/// Whether `identity` may sign at `now`.
pub(super) fn check_identity(identity: &Identity, now: Time) -> Result<()> {
    check_validity(identity.signing_certificate(), now)?;
    identity.check_making()
}

pub(super) fn check_validity(signing: &Certificate, now: Time) -> Result<()> {
    if signing.is_valid_at(now) {
        return Ok(());
    }
    let state = if now < signing.not_before() { "is not valid yet" } else { "has expired" };
    let message =
        format!("the signing certificate {state}: valid from {} to {}", signing.not_before(), signing.not_after());
    Err(Error::new(ErrorKind::Certificate, message).at(signing).advise("sign with a certificate that is valid now"))
}

fn check_rules(signing: &Signing<'_>, rules: &Rules) -> Result<()> {
    if signing.certification.is_some() {
        rules.check_first()?;
    }
    if signing.permissions == Enforcement::Obeyed {
        rules.check_permissions()?;
        #[cfg(feature = "appearance")]
        {
            let view = signing.document.latest();
            signing.fills.iter().try_for_each(|fill| rules.check_filling(view, &fill.field))?;
        }
    }
    if signing.lock.is_some() { rules.check_new_lock() } else { Ok(()) }
}

/// The optional constraints that are not met; a required one is the error.
fn check_seeds(
    signing: &Signing<'_>,
    signatory: Signatory<'_>,
    rules: &Rules,
    lock: Option<&FieldLock>,
) -> Result<Vec<Objection>> {
    let permission: Option<Certification> =
        signing.certification.into_iter().chain(lock.and_then(|lock| lock.permission)).min();
    let plan = Plan {
        sub_filter: SUB_FILTER,
        digest: signatory.digest(),
        reason: signing.reason.as_deref(),
        certification: signing.certification,
        permission,
        token_room: signing.token_room,
        attestation: rules.attestation.as_deref(),
        identity: signatory.identity(),
        limits: signing.document.limits(),
    };
    let objections = objections(&rules.seeds, &plan);
    match objections.iter().find(|objection| objection.requirement == Requirement::Required) {
        Some(objection) => Err(objection.to_error(&rules.field.name)),
        None => Ok(objections),
    }
}

fn timestamp_wish(rules: &Rules) -> TimestampWish {
    let mut wishes = rules.seeds.iter().filter_map(|seed| match &seed.constraint {
        Constraint::Timestamp(url) => {
            Some(TimestampWish { is_required: seed.requirement == Requirement::Required, url: url.clone() })
        }
        _ => None,
    });
    wishes.next_back().unwrap_or_default()
}

fn entries(signing: &Signing<'_>) -> SignatureEntries {
    SignatureEntries {
        kind: SignatureKind::Signature,
        sub_filter: SUB_FILTER,
        m: Some(signing.now.to_pdf_date(signing.offset)),
        name: signing.name.clone(),
        reason: signing.reason.clone(),
        location: signing.location.clone(),
        contact_info: signing.contact_info.clone(),
        references: None,
    }
}

/// The DER signed attributes of a signature by `identity` over `imprint`.
pub(super) fn signed_attributes(identity: &Identity, imprint: &[u8]) -> Vec<u8> {
    let digest = identity.algorithm().digest();
    let built = || SignedAttributes::new(digest, ID_DATA, imprint, identity.signing_certificate()).to_der();
    identity.known_cms().and_then(|known| known.attributes(imprint)).unwrap_or_else(built)
}

/// The CMS of `identity` over `attributes`.
pub(super) fn cms(identity: &Identity, attributes: &[u8], value: &[u8]) -> Vec<u8> {
    let writer = SignedDataWriter::new(attributes, identity.algorithm(), value, identity.signing_certificate());
    writer.chain(identity.chain()).finish()
}
