//! Appending evidence, and a document timestamp over it.

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::crypt::{Deed, Enforcement};
use crate::pdf::document::Document;
use crate::pdf::dss::Dss;
use crate::pdf::evidence::DssAdditions;
use crate::pdf::update::UpdateWriter;
use crate::pki::certificate::Certificate;
use crate::pki::evidence::Evidence;
use crate::pki::revocation::crl::Crl;
use crate::pki::revocation::ocsp::OcspResponse;
use crate::port::TimestampAuthority;
use crate::sign::{Timestamping, Update, file_id};
use crate::time::Time;

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
    field: Option<String>,
    permissions: Enforcement,
}

impl<'d> Augmentation<'d> {
    /// An augmentation of `document`, made at `now`.
    pub fn new(document: &'d Document<'d>, now: Time) -> Self {
        Self { document, now, evidence: Evidence::new(), field: None, permissions: Enforcement::Obeyed }
    }

    /// Adds `evidence` to the document security store. What is there already is kept and not added again.
    #[must_use]
    pub fn evidence(mut self, evidence: &Evidence) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// The name of the document timestamp's field; `Timestamp1`, or the next free number, unless told.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
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
    /// Those of [`finish`](Self::finish) and of [`Timestamping::timestamp`].
    pub fn timestamp<T: TimestampAuthority + ?Sized>(&self, tsa: &T) -> Result<Update> {
        let evidence = self.finish()?;
        let document = evidence.document(self.document)?;
        let mut timestamping = Timestamping::new(&document, self.now);
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
        }
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
        if store.as_ref().is_some_and(holds) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::SelfCheck, "the evidence does not read back from the file made; nothing was written")
            .advise("report this with the file; it is a defect of this library"))
    }
}
