//! Document timestamps (ISO 32000-2, 12.8.5; EN 319 142-1, 5.4.3), in the same steps as signatures.

use der::Sequence;
use der::asn1::OctetString;

use super::revision::{self, Draft};
use super::rules::Rules;
use super::state::{self, AppendedState, Base, VERSION, check_version, malformed, octets};
use super::update::Update;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::crypt::{Deed, Enforcement};
use crate::pdf::document::Document;
use crate::pdf::field::FieldChoice;
use crate::pdf::placeholder::SignatureEntries;
use crate::pdf::signature::SignatureKind;
use crate::pdf::update::Appended;
use crate::pki::timestamp::{TimestampRequest, TimestampTerms};
use crate::port::TimestampAuthority;
use crate::time::Time;

/// One document timestamp to be made: it proves that the whole file as it is existed.
#[derive(Clone, Debug)]
pub struct Timestamping<'d> {
    document: &'d Document<'d>,
    now: Time,
    field: Option<String>,
    token_room: usize,
    permissions: Enforcement,
    terms: TimestampTerms,
}

impl<'d> Timestamping<'d> {
    /// A timestamp on `document`, asked for at `now`.
    pub fn new(document: &'d Document<'d>, now: Time) -> Self {
        let (permissions, terms) = (Enforcement::Obeyed, TimestampTerms::new());
        Self { document, now, field: None, token_room: super::TOKEN_ROOM, permissions, terms }
    }

    /// The field's fully qualified name; `Timestamp1`, or the next free number, unless told.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// Room for the token, in bytes: 10 KiB unless told.
    #[must_use]
    pub fn token_room(mut self, bytes: usize) -> Self {
        self.token_room = bytes;
        self
    }

    /// How to ask: with which digest, under which policy.
    #[must_use]
    pub fn terms(mut self, terms: &TimestampTerms) -> Self {
        self.terms = terms.clone();
        self
    }

    /// Does it even where the permissions of an encrypted document ([`Permissions`](crate::Permissions)) forbid it. Whoever says this
    /// speaks for the owner, whose password would do the same.
    #[must_use]
    pub fn danger_ignore_permissions(mut self) -> Self {
        self.permissions = Enforcement::Ignored;
        self
    }

    /// Asks `tsa` and gives the bytes to append: the one-call form of [`prepare`](Self::prepare) and
    /// [`PreparedTimestamp::complete`].
    ///
    /// # Errors
    /// Those of the two, and whatever the authority says.
    pub fn timestamp<T: TimestampAuthority + ?Sized>(&self, tsa: &T) -> Result<Update> {
        let prepared = self.prepare()?;
        let response = tsa.timestamp(&prepared.request().to_der())?;
        prepared.complete_with(self.document, &response)
    }

    /// Everything but the token: what to ask for, and where the answer will go. Reads the document once.
    ///
    /// # Errors
    /// [`ErrorKind::Field`] where the field cannot be used, or is meant for a signature; [`ErrorKind::Encrypted`] where the document is not open or its permissions forbid it;
    /// [`ErrorKind::Syntax`], [`ErrorKind::Unsupported`] or [`ErrorKind::Io`] where the document cannot be read there or appended to;
    /// [`ErrorKind::Limit`] where reading takes more than its [`Limits`], or it has no number left for a new object;
    /// [`ErrorKind::SelfCheck`] where what was written does not read back.
    pub fn prepare(&self) -> Result<PreparedTimestamp> {
        let choice = self.field.as_deref().map_or(FieldChoice::Numbered("Timestamp"), FieldChoice::Named);
        let draft = Draft::new(self.document, choice)?;
        draft.check_access(self.permissions, Deed::Preserve)?;
        Rules::read(self.document, draft.field())?.check_timestamp()?;
        let entries = SignatureEntries {
            kind: SignatureKind::DocumentTimestamp,
            sub_filter: "ETSI.RFC3161",
            m: None,
            name: None,
            reason: None,
            location: None,
            contact_info: None,
            references: None,
        };
        let appended = draft.finish(entries, self.token_room, self.now)?;
        let imprint = revision::imprint(self.document, &appended, self.terms.imprint_algorithm())?;
        let request = self.terms.request(&imprint, &derived_nonce(&imprint, self.now));
        Ok(PreparedTimestamp { base: Base::of(self.document)?, appended, imprint, request })
    }
}

/// A document timestamp that waits for its token: can be stored, and completed elsewhere.
#[derive(Clone, Debug)]
pub struct PreparedTimestamp {
    base: Base,
    appended: Appended,
    imprint: Vec<u8>,
    request: TimestampRequest,
}

impl PreparedTimestamp {
    /// What to send to the authority.
    pub fn request(&self) -> &TimestampRequest {
        &self.request
    }

    /// Takes the DER `TimeStampResp` and gives the bytes to append. The same arguments give the same bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Base`] where `document` is not the file that was prepared; [`ErrorKind::Timestamp`] where the answer is not good in
    /// every respect; [`ErrorKind::Capacity`] where the token does not fit; [`ErrorKind::State`] where this value was damaged
    /// while it was stored; [`ErrorKind::SelfCheck`] where the result does not read back as meant; [`ErrorKind::Io`] where the document
    /// cannot be read.
    pub fn complete(self, document: &Document<'_>, response: &[u8]) -> Result<Update> {
        self.base.check(document)?;
        self.complete_with(document, response)
    }

    fn complete_with(self, document: &Document<'_>, response: &[u8]) -> Result<Update> {
        // What is stamped must be this very revision, whatever happened to it in storage.
        if revision::imprint(document, &self.appended, self.request.imprint_algorithm())? != self.imprint {
            return Err(malformed());
        }
        let token = accept(&self.request, &self.imprint, response)?;
        let room = self.appended.capacity();
        if token.len() > room {
            let message =
                format!("the timestamp of {} bytes does not fit into the {room} bytes left for it", token.len());
            // Another token may be longer: serial numbers, times and ECDSA values vary in length.
            let advice = format!("prepare again with token_room({}) or more", token.len().saturating_add(512));
            return Err(Error::new(ErrorKind::Capacity, message).advise(advice));
        }
        let appended = revision::fill(document, self.appended, &token)?;
        Ok(Update::new(appended.base, appended.bytes))
    }

    /// This value as bytes, to be stored. The format carries its version.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where it cannot be written; only for sizes beyond 256 MB.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let state = TimestampState {
            version: VERSION,
            base_digest: octets(&self.base.digest)?,
            appended: AppendedState::new(&self.appended)?,
            imprint: octets(&self.imprint)?,
            request: octets(&self.request.to_der())?,
        };
        state::to_bytes(&state)
    }

    /// Reads back what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where `bytes` are no such value, or of a version that this release does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let state = state::from_bytes::<TimestampState>(bytes)?;
        check_version(state.version)?;
        let appended = state.appended.into_appended()?;
        let base = Base { length: appended.base, digest: state.base_digest.as_bytes().to_vec() };
        let request =
            TimestampRequest::from_der(state.request.as_bytes()).map_err(|fault| malformed().because(fault))?;
        Ok(Self { base, appended, imprint: state.imprint.as_bytes().to_vec(), request })
    }
}

#[derive(Sequence)]
struct TimestampState {
    version: u8,
    base_digest: OctetString,
    appended: AppendedState,
    imprint: OctetString,
    request: OctetString,
}

/// The token in `response`, after every check of RFC 3161, 2.4.2.
pub(crate) fn accept(request: &TimestampRequest, imprint: &[u8], response: &[u8]) -> Result<Vec<u8>> {
    if request.imprint() != imprint {
        return Err(Error::new(ErrorKind::Timestamp, "the request was made for something else than what is stamped")
            .advise("use the request that this very value gave"));
    }
    Ok(request.judge(response, &Limits::default())?.der().to_vec())
}

/// A nonce from what is stamped and when: there is no source of randomness here. The imprint alone binds the answer to the
/// request; the nonce tells a later request from an earlier one (RFC 3161, 2.4.1).
pub(crate) fn derived_nonce(imprint: &[u8], now: Time) -> [u8; 8] {
    let seed = [b"pades-ltv nonce".as_slice(), &now.to_unix().to_be_bytes(), imprint].concat();
    let mut nonce = [0; 8];
    nonce.iter_mut().zip(DigestAlgorithm::Sha256.digest(&seed)).for_each(|(byte, new)| *byte = new);
    nonce
}
