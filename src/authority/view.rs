//! The authority's services as they are at one time.

use std::sync::Arc;

use super::hierarchy::{Entity, Origin};
use super::{Authority, Misbehaviour, token};
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::port::{Fetch, FetchRequest, TimestampAuthority};
use crate::time::Time;

/// A view of an [`Authority`] whose clock stands still: a [`TimestampAuthority`], and a [`Fetch`] for the addresses in
/// its certificates.
///
/// OCSP answers are as of that time and good for 7 days, CRLs for 30.
#[derive(Clone, Copy, Debug)]
pub struct AuthorityAt<'a> {
    pub(super) authority: &'a Authority,
    pub(super) time: Time,
    pub(super) misbehaviour: Option<Misbehaviour>,
}

impl<'a> AuthorityAt<'a> {
    pub(super) fn new(authority: &'a Authority, time: Time) -> Self {
        Self { authority, time, misbehaviour: None }
    }

    /// The same services, answering badly in this one way; services that the way does not concern answer well.
    #[must_use]
    pub fn misbehaving(mut self, misbehaviour: Misbehaviour) -> Self {
        self.misbehaviour = Some(misbehaviour);
        self
    }

    /// The certificate that timestamps are signed with, DER; to revoke it, say.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] outside the authority's life.
    pub fn tsa_certificate(&self) -> Result<Vec<u8>> {
        Ok(self.authority.tsa(self.time, self.misbehaviour)?.certificate.der().to_vec())
    }

    /// The certificate of the issuing authority in force, DER.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] outside the authority's life.
    pub fn issuer_certificate(&self) -> Result<Vec<u8>> {
        Ok(self.authority.issuer(self.time)?.certificate.der().to_vec())
    }

    pub(super) fn is(&self, misbehaviour: Misbehaviour) -> bool {
        self.misbehaviour == Some(misbehaviour)
    }

    /// The certificates of `issuer` as they are served.
    fn certificates(&self, issuer: &Entity) -> Result<Vec<u8>> {
        let certificates = self.authority.certificates_of(issuer)?;
        match certificates.as_slice() {
            [one] if !self.authority.origin.shape.has_bundles => Ok(one.der().to_vec()),
            several => token::bundle(several),
        }
    }

    /// `answer`, unless something else is to be sent in its place.
    fn deliver(&self, kind: ErrorKind, answer: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        match self.misbehaviour {
            Some(Misbehaviour::TransportFailure) => {
                Err(Error::new(kind, "the connection was closed before an answer came").class_is(ErrorClass::Retryable))
            }
            Some(Misbehaviour::HtmlPage) => Ok(HTML_PAGE.as_bytes().to_vec()),
            Some(Misbehaviour::Empty) => Ok(Vec::new()),
            Some(Misbehaviour::Garbage) => Ok(b"\xde\xad\xbe\xef no DER".to_vec()),
            Some(Misbehaviour::TrailingData) => answer().map(|mut answer| {
                answer.push(0);
                answer
            }),
            Some(Misbehaviour::Truncated) => answer().map(|mut answer| {
                answer.truncate(answer.len() / 2);
                answer
            }),
            _ => answer(),
        }
    }
}

impl TimestampAuthority for AuthorityAt<'_> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.deliver(ErrorKind::Timestamp, || self.stamp(request))
    }
}

impl Fetch for AuthorityAt<'_> {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        let (issuer, service) = self.authority.served(request.url())?;
        match (request, service) {
            (FetchRequest::Certificate { .. }, Service::Certificate) => {
                self.deliver(ErrorKind::Fetch, || self.certificates(&issuer))
            }
            (FetchRequest::Crl { .. }, Service::Crl) => self.deliver(ErrorKind::Fetch, || self.crl(&issuer)),
            (FetchRequest::Ocsp { body, .. }, Service::Ocsp) => {
                self.deliver(ErrorKind::Fetch, || self.ocsp(&issuer, body))
            }
            _ => Err(not_found(request.url())),
        }
    }
}

/// What an issuer serves, each below its own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Certificate,
    Crl,
    Ocsp,
}

impl Service {
    const ALL: [Self; 3] = [Self::Certificate, Self::Crl, Self::Ocsp];

    fn path(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Crl => "crl",
            Self::Ocsp => "ocsp",
        }
    }
}

impl Origin {
    /// Where the issuer `label` serves `service`: below a domain that cannot exist (RFC 6761, 6.4).
    pub(super) fn url(&self, label: &str, service: Service) -> String {
        format!("http://authority.invalid/{}/{label}/{}", self.tag, service.path())
    }
}

impl Authority {
    /// The inverse of [`Origin::url`].
    fn served(&self, url: &str) -> Result<(Arc<Entity>, Service)> {
        let path =
            url.strip_prefix("http://authority.invalid/").and_then(|path| path.strip_prefix(self.origin.tag.as_str()));
        let parts = path.and_then(|path| path.strip_prefix('/')).and_then(|path| path.split_once('/'));
        let (label, path) = parts.ok_or_else(|| not_found(url))?;
        let service = Service::ALL.into_iter().find(|service| service.path() == path).ok_or_else(|| not_found(url))?;
        Ok((self.issuer_labelled(label).map_err(|_| not_found(url))?, service))
    }
}

fn not_found(url: &str) -> Error {
    Error::new(ErrorKind::Fetch, "404 Not Found").at(url).class_is(ErrorClass::Permanent)
}

const HTML_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head>\n\
    <body><h1>503 Service Unavailable</h1></body></html>\n";
