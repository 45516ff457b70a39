//! What is wanting, and who may have it.

use std::time::Duration;

use crate::pki::certificate::Certificate;
use crate::pki::evidence::Evidence;
use crate::pki::path::Purpose;
use crate::pki::revocation::crl::distribution::DistributionPoints;
use crate::pki::revocation::ocsp::asn1::OcspRequest;
use crate::pki::revocation::{Source, Status};
use crate::port::FetchRequest;
use crate::time::Time;
use crate::verify::{Gap, Needs, Reliance, Settled};

/// How long to wait for an authority that should have answered afresh and did not say when it will.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Something that a document needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Gap(Gap),
    /// Newer revocation data than what is at hand.
    Fresh(Box<Freshness>),
}

/// That the status of a signer has to be newer than its signature (RFC 5126, 3: the grace period).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Freshness {
    pub(super) subject: Certificate,
    issuer: Certificate,
    pub(super) since: Time,
    pub(super) again: Option<Time>,
    is_due: bool,
}

impl Want {
    /// All that `reliance` wants, of which `needs` is known.
    pub(super) fn all(needs: &Needs, reliance: &Reliance, grace: Option<Duration>, now: Time) -> Vec<Self> {
        let fresh = grace.and_then(|grace| Freshness::wanted(needs, reliance, grace, now));
        let gaps = needs.gaps.iter().cloned().map(Self::Gap);
        gaps.chain(fresh.map(|fresh| Self::Fresh(Box::new(fresh)))).collect()
    }

    /// The certificate that it is about.
    pub(super) fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::Gap(Gap::Issuer(reached)) => reached.last(),
            Self::Gap(Gap::Path(certificate, _) | Gap::Revocation(certificate, ..)) => Some(certificate),
            Self::Fresh(fresh) => Some(&fresh.subject),
        }
    }

    /// Who may have it, the likeliest first: OCSP before CRLs, which may be large.
    pub(super) fn requests(&self, at_hand: &Evidence) -> Vec<FetchRequest> {
        match self {
            Self::Gap(Gap::Issuer(reached)) => reached.iter().rev().flat_map(issuers).collect(),
            Self::Gap(Gap::Path(certificate, _)) => issuers(certificate),
            Self::Gap(Gap::Revocation(subject, issuer, _)) => statuses(subject, issuer, at_hand),
            Self::Fresh(fresh) if fresh.is_due => statuses(&fresh.subject, &fresh.issuer, at_hand),
            Self::Fresh(_) => Vec::new(),
        }
    }

    /// Places that its certificate names and that nobody is asked at.
    pub(super) fn ignored(&self) -> Vec<String> {
        let Some(certificate) = self.certificate() else { return Vec::new() };
        let (urls, names) = match self {
            Self::Gap(Gap::Issuer(_) | Gap::Path(..)) => (certificate.issuer_urls(), Vec::new()),
            _ => ([certificate.ocsp_urls(), certificate.crl_urls()].concat(), certificate.crl_names()),
        };
        urls.into_iter().filter(|url| !is_web(url)).chain(names).collect()
    }
}

impl Freshness {
    fn wanted(needs: &Needs, reliance: &Reliance, grace: Duration, now: Time) -> Option<Self> {
        let subject = &reliance.certificate;
        let proved = reliance
            .proved
            .filter(|_| matches!(reliance.purpose, Purpose::DocumentSigning | Purpose::DocumentCertification))?;
        let Settled { issuer, answer, .. } = needs.settled.iter().find(|settled| settled.subject == *subject)?;
        let since = proved.after(grace);
        // Nothing undoes a revocation; what is older than the grace period says nothing of requests on their way.
        if answer.this_update >= since || matches!(answer.status, Status::Revoked { .. }) {
            return None;
        }
        let next = answer.next_update.filter(|next| *next > now);
        let again = match answer.source {
            Source::Ocsp(_) if now < since => since,
            Source::Ocsp(_) => next.unwrap_or(now.after(PATIENCE)),
            Source::Crl(_) | Source::DeltaCrl { .. } => next.unwrap_or(now.after(PATIENCE)).max(since),
        };
        let again = Some(again).filter(|again| *again <= subject.not_after());
        Some(Self { subject: subject.clone(), issuer: issuer.clone(), since, again, is_due: now >= since })
    }
}

fn issuers(certificate: &Certificate) -> Vec<FetchRequest> {
    let urls = certificate.issuer_urls().into_iter().filter(|url| is_web(url));
    urls.map(|url| FetchRequest::Certificate { url }).collect()
}

/// Responders, then lists, then who signed the lists that are there.
fn statuses(subject: &Certificate, issuer: &Certificate, at_hand: &Evidence) -> Vec<FetchRequest> {
    let body = OcspRequest::for_certificate(subject, issuer, None).ok();
    let ocsp = subject.ocsp_urls().into_iter().filter(|url| is_web(url));
    let ocsp = ocsp.filter_map(|url| Some(FetchRequest::Ocsp { url, body: body.clone()? }));
    let crls = subject.crl_urls().into_iter().filter(|url| is_web(url)).map(|url| FetchRequest::Crl { url });
    let points = DistributionPoints::of(subject);
    let lists = at_hand.crls().iter().filter(|crl| !points.scope(crl).is_empty());
    let signers = lists.flat_map(|crl| crl.issuer_urls()).filter(|url| is_web(url));
    ocsp.chain(crls).chain(signers.map(|url| FetchRequest::Certificate { url })).collect()
}

fn is_web(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| scheme == "http" || scheme == "https")
}
