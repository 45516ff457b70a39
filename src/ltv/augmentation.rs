//! Appending evidence, and a document timestamp over it.

use super::vri::Vri;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::crypt::{Deed, Enforcement};
use crate::pdf::document::Document;
use crate::pdf::dss::Dss;
use crate::pdf::evidence::{DssAdditions, VriAddition};
use crate::pdf::update::UpdateWriter;
use crate::pki::certificate::Certificate;
use crate::pki::evidence::Evidence;
use crate::pki::revocation::crl::Crl;
use crate::pki::revocation::ocsp::OcspResponse;
use crate::pki::timestamp::TimestampTerms;
use crate::port::TimestampAuthority;
use crate::sign::{Timestamping, Update, file_id};
use crate::time::{Time, UtcOffset};
use crate::verify::{evidence_in, newest_timestamp, read_signatures};

/// What is to be added to a signed document so that it can be verified for longer.
///
/// # Examples
/// ```
/// # use pades_ltv::{Augmentation, Document, Evidence, Signing, Time, authority::Authority};
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let authority = Authority::new("doc", now)?;
/// # let signer = authority.issue("signer")?;
/// # let (trust, server) = (authority.anchors(), authority.at(now));
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let base = Document::open(pdf)?;
/// # let signed = Signing::new(&base, now).sign(&signer)?.timestamp(&server)?.finish()?.apply(pdf)?;
/// let document = Document::open(signed.as_slice())?;
/// let evidence = Evidence::collect(&document, &trust, &server, now)?;
/// let update = Augmentation::new(&document, now).evidence(&evidence).timestamp(&server)?; // B-LT, then B-LTA
/// let archived = update.apply(&signed)?;
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Augmentation<'d> {
    document: &'d Document<'d>,
    now: Time,
    evidence: Evidence,
    vri: Option<Vri>,
    field: Option<String>,
    expired: Expired,
    permissions: Enforcement,
    terms: TimestampTerms,
}

/// What becomes of a file whose newest timestamp has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expired {
    Refused,
    Archived,
}

impl<'d> Augmentation<'d> {
    /// An augmentation of `document`, made at `now`.
    pub fn new(document: &'d Document<'d>, now: Time) -> Self {
        let (permissions, expired, terms) = (Enforcement::Obeyed, Expired::Refused, TimestampTerms::new());
        Self { document, now, evidence: Evidence::new(), vri: None, field: None, expired, permissions, terms }
    }

    /// Adds `evidence` to the document security store. What is there already is kept and not added again.
    #[must_use]
    pub fn evidence(mut self, evidence: &Evidence) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Says for each signature and timestamp, too, which values belong to it (`/VRI`; ISO 32000-2, 12.8.4.4), as far as a
    /// [`Collector`](crate::Collector) found that out. Verifying needs none of it, and some readers look for it. What other writers said
    /// there stays.
    #[must_use]
    pub fn vri(mut self, vri: Vri) -> Self {
        self.vri = Some(vri);
        self
    }

    /// Adds a document timestamp even where the newest timestamp of the file has expired: it proves that the file is as old as the new
    /// one, and nothing of the time before.
    #[must_use]
    pub fn archive_what_is_left(mut self) -> Self {
        self.expired = Expired::Archived;
        self
    }

    /// The name of the document timestamp's field; `Timestamp1`, or the next free number, unless told.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// How to ask for the document timestamp: with which digest, under which policy.
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

    /// The evidence as one revision to append (B-LT); no bytes at all where nothing is new.
    ///
    /// # Errors
    /// [`ErrorKind::Encrypted`] where the document is not open or its permissions forbid it; [`ErrorKind::Syntax`] or
    /// [`ErrorKind::Io`] where the document cannot be appended to;
    /// [`ErrorKind::SelfCheck`] where the result does not read back as meant.
    pub fn finish(&self) -> Result<Update> {
        let mut writer = UpdateWriter::new(self.document)?;
        self.permissions.check(self.document.encryption(), Deed::Preserve)?;
        Dss::append(&mut writer, &self.additions())?;
        let appended = writer.finish(file_id(self.document, self.now))?;
        let update = Update::new(self.document.len(), appended.bytes);
        self.check(&update)?;
        Ok(update)
    }

    /// The evidence and behind it a document timestamp by `tsa` (B-LTA), as two revisions to append.
    ///
    /// Two, because other verifiers look for what a document timestamp protects in the revision before it.
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where the newest timestamp of the file (a document timestamp, or else that of the newest signature with
    /// one) is of an authority whose certificate has ended by now: what it proved is lost, and a new timestamp would only look like a
    /// renewal; see [`archive_what_is_left`](Self::archive_what_is_left). Those of [`finish`](Self::finish) and of [`Timestamping::timestamp`].
    pub fn timestamp<T: TimestampAuthority + ?Sized>(&self, tsa: &T) -> Result<Update> {
        if self.expired == Expired::Refused {
            self.check_newest()?;
        }
        let evidence = self.finish()?;
        let document = evidence.document(self.document)?;
        let mut timestamping = Timestamping::new(&document, self.now).terms(&self.terms);
        if let Some(field) = &self.field {
            timestamping = timestamping.field(field);
        }
        if self.permissions == Enforcement::Ignored {
            timestamping = timestamping.danger_ignore_permissions();
        }
        let timestamp = timestamping.timestamp(tsa)?;
        evidence.then(timestamp)
    }

    fn additions(&self) -> DssAdditions {
        let evidence = &self.evidence;
        DssAdditions {
            certs: evidence.certificates().as_slice().iter().map(Certificate::der).map(<[u8]>::to_vec).collect(),
            crls: evidence.crls().iter().map(Crl::der).map(<[u8]>::to_vec).collect(),
            ocsps: evidence.ocsps().iter().map(OcspResponse::der).map(<[u8]>::to_vec).collect(),
            vri: self.vri.map_or_else(Vec::new, |vri| self.related(vri)),
        }
    }

    /// What belongs to each signature, out of what is added.
    fn related(&self, vri: Vri) -> Vec<VriAddition> {
        let evidence = &self.evidence;
        let related = evidence.related().iter().map(|(key, values)| {
            let of = |fingerprint: &[u8]| values.contains(fingerprint);
            VriAddition {
                key: key.clone(),
                certs: ders(evidence.certificates().as_slice(), |one| of(one.fingerprint()), Certificate::der),
                crls: ders(evidence.crls(), |one| of(one.fingerprint()), Crl::der),
                ocsps: ders(evidence.ocsps(), |one| of(one.fingerprint()), OcspResponse::der),
                tu: (vri == Vri::Dated).then(|| self.now.to_pdf_date(UtcOffset::UTC)),
            }
        });
        related.collect()
    }

    /// The newest timestamp still counts: a chain that has broken is not mended by one more link (EN 319 142-1, 5.5).
    fn check_newest(&self) -> Result<()> {
        let facts = read_signatures(self.document, &mut Vec::new())?;
        let mut evidence = evidence_in(self.document, self.document.latest().revision(), &facts, &mut Vec::new());
        evidence.extend(&self.evidence);
        let newest = newest_timestamp(&facts, evidence.certificates().as_slice());
        let Some((facts, end)) = newest.filter(|(_, end)| *end < self.now) else { return Ok(()) };
        let message =
            format!("the newest timestamp expired on {end}, and nothing proves any more what was there before");
        Err(Error::new(ErrorKind::Evidence, message)
            .at(&facts.field)
            .advise("keep another copy that was renewed in time, or archive what is left (archive_what_is_left)"))
    }

    /// The store read back holds everything that was to go in.
    fn check(&self, update: &Update) -> Result<()> {
        if update.bytes().is_empty() {
            return Ok(());
        }
        let document = update.document(self.document)?;
        let store = Dss::read(document.latest())?;
        let wanted = self.additions();
        let holds = |store: &Dss| {
            let pairs = [(&wanted.certs, &store.certs), (&wanted.crls, &store.crls), (&wanted.ocsps, &store.ocsps)];
            pairs.into_iter().all(|(wanted, there)| {
                wanted.iter().all(|der| there.iter().any(|value| value.der.as_ref() == der.as_slice()))
            })
        };
        let relates = |store: &Dss| wanted.vri.iter().all(|one| store.vri.iter().any(|vri| vri.key == one.key));
        if store.as_ref().is_some_and(|store| holds(store) && relates(store)) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::SelfCheck, "the evidence does not read back from the file made; nothing was written")
            .advise("report this with the file; it is a defect of this library"))
    }
}

/// The bytes of the values that belong there.
fn ders<T>(values: &[T], belongs: impl Fn(&T) -> bool, der: impl Fn(&T) -> &[u8]) -> Vec<Vec<u8>> {
    values.iter().filter(|one| belongs(one)).map(|one| der(one).to_vec()).collect()
}
