//! Evidence kept for the next document of the same authorities.

use std::fmt;

use der::asn1::OctetString;
use der::{Decode, Encode, Sequence};

use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pki::certificate::Certificate;
use crate::pki::evidence::Evidence;
use crate::pki::revocation::crl::Crl;
use crate::pki::revocation::ocsp::OcspResponse;
use crate::time::Time;

/// The version that this release writes and reads.
const VERSION: u8 = 1;

/// Evidence of many documents, which can be stored, and forgets what has expired: a hundred contracts of one authority need its lists
/// once.
///
/// Each value expires by what it says itself: certificates at their end, CRLs and OCSP responses at their `nextUpdate`; those
/// without one are not kept, as newer information is to be had at any time (RFC 6960, 4.2.2.1). It proves nothing by being here.
///
/// # Examples
/// ```
/// # use pades_ltv::{Collector, Document, EvidenceCache, Fetch, Signing, Time, authority::Authority};
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let authority = Authority::new("doc", now)?;
/// # let (trust, server, stored) = (authority.anchors(), authority.at(now), EvidenceCache::new().to_bytes()?);
/// let mut cache = EvidenceCache::from_bytes(&stored)?;
/// # let base = Document::open(pdf)?;
/// # let signed = Signing::new(&base, now).sign(&authority.issue("signer")?)?.timestamp(&server)?.finish()?.apply(pdf)?;
/// let document = Document::open(signed.as_slice())?;
/// let mut collector = Collector::new(&document, &trust, now)?.evidence(&cache.evidence(now));
/// while let Some(request) = collector.next_request() {
///     let answer = server.fetch(&request);
///     collector.answer(&request, answer);
/// }
/// cache.keep(&collector.finish()?, now);
/// let stored = cache.to_bytes()?;
/// # assert!(!cache.is_empty());
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct EvidenceCache {
    kept: Evidence,
}

impl EvidenceCache {
    /// A cache with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps of `evidence` what will be good for a while after `now`, and forgets what is not any more.
    pub fn keep(&mut self, evidence: &Evidence, now: Time) {
        self.kept.extend(&current(evidence, now));
        self.forget(now);
    }

    /// What is good at `now`, for [`Collector::evidence`](crate::Collector::evidence).
    pub fn evidence(&self, now: Time) -> Evidence {
        current(&self.kept, now)
    }

    /// Forgets what is not good any more at `now`.
    pub fn forget(&mut self, now: Time) {
        self.kept = current(&self.kept, now);
    }

    /// When the next of its revocation values expires, UTC; `None` where there is none.
    pub fn expires(&self) -> Option<Time> {
        let crls = self.kept.crls().iter().filter_map(Crl::next_update);
        crls.chain(self.kept.ocsps().iter().filter_map(OcspResponse::next_update)).min()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// This cache as bytes, to be stored: the same values give the same bytes, in whatever order they came. The format carries its version.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where it cannot be written; only for sizes beyond 256 MB.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut kept = self.kept.clone();
        kept.sort();
        let octets = |der: &[u8]| OctetString::new(der.to_vec());
        let write = || -> der::Result<Vec<u8>> {
            let stored = Stored {
                version: VERSION,
                certificates: kept
                    .certificates()
                    .as_slice()
                    .iter()
                    .map(|one| octets(one.der()))
                    .collect::<der::Result<_>>()?,
                crls: kept.crls().iter().map(|one| octets(one.der())).collect::<der::Result<_>>()?,
                ocsps: kept.ocsps().iter().map(|one| octets(one.der())).collect::<der::Result<_>>()?,
            };
            stored.to_der()
        };
        write().map_err(|fault| Error::new(ErrorKind::State, "the cache is too large to be stored").because(fault))
    }

    /// Reads back what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where `bytes` are no such value, of a version that this release does not know, or damaged. A cache that
    /// cannot be read may be thrown away: everything in it can be fetched again.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let malformed = || Error::new(ErrorKind::State, "the stored cache cannot be read").advise("throw it away");
        let stored = Stored::from_der(bytes).map_err(|fault| malformed().because(fault))?;
        if stored.version != VERSION {
            let message = format!("the stored cache has version {}, this release reads {VERSION}", stored.version);
            return Err(Error::new(ErrorKind::State, message).advise("throw it away"));
        }
        let (limits, mut kept) = (Limits::default(), Evidence::new());
        for der in stored.certificates {
            let certificate = Certificate::from_der(der.as_bytes()).map_err(|fault| malformed().because(fault))?;
            kept.insert_certificate(certificate);
        }
        for der in stored.crls {
            kept.insert_crl(Crl::from_der(der.as_bytes(), &limits).map_err(|fault| malformed().because(fault))?);
        }
        for der in stored.ocsps {
            kept.insert_ocsp(
                OcspResponse::from_der(der.as_bytes(), &limits).map_err(|fault| malformed().because(fault))?,
            );
        }
        Ok(Self { kept })
    }
}

impl fmt::Debug for EvidenceCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = &self.kept;
        let counts = (kept.certificates().as_slice().len(), kept.crls().len(), kept.ocsps().len());
        write!(f, "EvidenceCache({} certificates, {} CRLs, {} OCSP responses)", counts.0, counts.1, counts.2)
    }
}

/// The stored form.
#[derive(Sequence)]
struct Stored {
    version: u8,
    certificates: Vec<OctetString>,
    crls: Vec<OctetString>,
    ocsps: Vec<OctetString>,
}

/// What of `evidence` is good at `now`.
fn current(evidence: &Evidence, now: Time) -> Evidence {
    let mut good = Evidence::new();
    let certificates = evidence.certificates().as_slice().iter().filter(|one| now <= one.not_after());
    certificates.for_each(|one| good.insert_certificate(one.clone()));
    let lasts = |next_update: Option<Time>| next_update.is_some_and(|next| now < next);
    let crls = evidence.crls().iter().filter(|one| lasts(one.next_update()));
    crls.for_each(|one| good.insert_crl(one.clone()));
    let ocsps = evidence.ocsps().iter().filter(|one| lasts(one.next_update()));
    ocsps.for_each(|one| good.insert_ocsp(one.clone()));
    good
}
