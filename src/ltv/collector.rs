//! What is missing, what to ask for it, and what came back.

use std::fmt;
use std::rc::Rc;

use crate::error::{Error, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pki::cms::SignedData;
use crate::pki::evidence::Evidence;
use crate::pki::revocation::ocsp::asn1::OcspRequest;
use crate::pki::trust::store::TrustStore;
use crate::port::{Fetch, FetchRequest};
use crate::time::Time;
use crate::verify::{
    Covered, Facts, Gap, Needs, Policy, Pool, ProofsOfExistence, Validator, covered, evidence_in, hash,
    read_signatures, reliances,
};

impl Evidence {
    /// Collects what `document` needs to be verified offline from now on: the certificates and revocation values of every
    /// signature and timestamp in it. The one-call form of [`Collector`].
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where something is still missing after everything was asked: it names each certificate, and what
    /// the servers said.
    pub fn collect<F: Fetch + ?Sized>(
        document: &Document<'_>,
        trust: &TrustStore,
        fetch: &F,
        now: Time,
    ) -> Result<Self> {
        let mut collector = Collector::new(document, trust, now)?;
        while let Some(request) = collector.next_request() {
            let answer = fetch.fetch(&request);
            collector.answer(&request, answer);
        }
        collector.finish()
    }
}

/// Finds out, request by request, what a document needs to be verified offline. Does no I/O itself: an async caller
/// loops over [`next_request`](Self::next_request) and [`answer`](Self::answer).
///
/// # Examples
/// ```
/// # use pades_ltv::{Collector, Document, Fetch, Time, TrustStore, authority::Authority};
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let authority = Authority::new("doc", now)?;
/// # let (trust, server) = (authority.anchors(), authority.at(now));
/// let document = Document::open(pdf)?;
/// let mut collector = Collector::new(&document, &trust, now)?;
/// while let Some(request) = collector.next_request() {
///     let answer = server.fetch(&request); // or await your own client
///     collector.answer(&request, answer);
/// }
/// let evidence = collector.finish()?;
/// # Ok::<(), pades_ltv::Error>(())
/// ```
pub struct Collector<'a> {
    document: &'a Document<'a>,
    trust: &'a TrustStore,
    now: Time,
    facts: Vec<Facts>,
    digests: Vec<Option<Vec<u8>>>,
    covered: Covered,
    policy: Policy,
    at_hand: Evidence,
    asked: Vec<FetchRequest>,
    /// What was missing when that was last asked, unless something came since.
    missing: Option<Vec<Gap>>,
    failures: Vec<String>,
}

impl<'a> Collector<'a> {
    /// A collector for every signature and timestamp of `document`, under the anchors in `trust`, as of `now`.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`] or [`ErrorKind::Io`] where the document's form cannot be read.
    pub fn new(document: &'a Document<'a>, trust: &'a TrustStore, now: Time) -> Result<Self> {
        let mut findings = Vec::new();
        let facts = read_signatures(document, &mut findings)?;
        let at_hand = evidence_in(document, document.latest().revision(), &facts, &mut findings);
        // What signatures cover is not asked here; only document timestamps prove anything about others.
        let is_stamped = facts.iter().any(Facts::is_timestamp);
        let digests = if is_stamped { hash(document, &facts)? } else { vec![None; facts.len()] };
        let covered = covered(document, &facts, &at_hand);
        let policy = Policy::default();
        Ok(Self {
            document,
            trust,
            now,
            facts,
            digests,
            covered,
            policy,
            at_hand,
            asked: Vec::new(),
            missing: None,
            failures: Vec::new(),
        })
    }

    /// Uses `evidence` before asking anybody: files at hand, or what was collected for another document of the same authority.
    #[must_use]
    pub fn evidence(mut self, evidence: &Evidence) -> Self {
        self.at_hand.extend(evidence);
        self.missing = None;
        self
    }

    /// Judges algorithms by `policy`, as the verification will; by [`Policy::etsi_119312`] unless told.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self.missing = None;
        self
    }

    /// What to fetch next; `None` when nothing is missing, or nobody is left to ask.
    pub fn next_request(&mut self) -> Option<FetchRequest> {
        let missing = self.missing.take().unwrap_or_else(|| self.gaps());
        let next = missing.iter().flat_map(requests).find(|request| !self.asked.contains(request));
        self.missing = Some(missing);
        let next = next?;
        self.asked.push(next.clone());
        Some(next)
    }

    /// Takes the body that `request` brought, or why it brought none. A useless answer counts as none: the next source is tried.
    pub fn answer(&mut self, request: &FetchRequest, answer: Result<Vec<u8>>) {
        let added = answer.and_then(|body| match request {
            FetchRequest::Certificate { .. } => self.add_certificates(&body),
            FetchRequest::Crl { .. } => self.at_hand.add_crl(&body),
            FetchRequest::Ocsp { .. } => self.at_hand.add_ocsp(&body),
        });
        if added.is_ok() {
            self.missing = None;
        }
        if let Err(error) = added {
            let names_place = error.place() == Some(request.url());
            self.failures.push(if names_place { error.to_string() } else { format!("{}: {error}", request.url()) });
        }
    }

    /// What the document needs, nothing else, in a fixed order.
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where something is still missing: it names each certificate, and what the servers said.
    pub fn finish(self) -> Result<Evidence> {
        let gaps = self.gaps();
        if gaps.is_empty() {
            return Ok(self.needed());
        }
        let missing: Vec<String> = gaps.iter().map(describe).collect();
        let mut message = format!("evidence is missing: {}", missing.join("; "));
        if !self.failures.is_empty() {
            message.push_str(&format!(" (asked: {})", self.failures.join("; ")));
        }
        Err(Error::new(ErrorKind::Evidence, message)
            .advise("give the anchors, CRLs, OCSP responses or certificates named, or ask again online later"))
    }

    /// What the document needs as far as it was found, though something may be missing.
    pub fn finish_incomplete(self) -> Evidence {
        self.needed()
    }

    /// What each certificate that the document relies on takes.
    fn needs(&self) -> Vec<Rc<Needs>> {
        let pool = Pool::new(&self.at_hand);
        let proofs = ProofsOfExistence::new(self.now);
        let validator = Validator::new(self.trust, &pool, self.document.limits(), &self.policy, &proofs);
        let reliances = reliances(validator, &self.facts, &self.digests, &self.covered);
        reliances.iter().map(|reliance| validator.needs(&reliance.certificate, reliance.time)).collect()
    }

    fn gaps(&self) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        for gap in self.needs().iter().flat_map(|needs| needs.gaps.clone()) {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        gaps
    }

    fn needed(&self) -> Evidence {
        let mut needed = Evidence::new();
        for needs in self.needs() {
            needs.certificates.iter().for_each(|one| needed.insert_certificate(one.clone()));
            needs.answers.iter().for_each(|answer| needed.insert_answer(answer, &self.at_hand));
        }
        needed
    }

    /// A certificate, or a certs-only CMS as AIA addresses may serve (RFC 5280, 4.2.2.1).
    fn add_certificates(&mut self, body: &[u8]) -> Result<()> {
        let Err(error) = self.at_hand.add_certificate(body) else { return Ok(()) };
        let Ok(cms) = SignedData::from_der(body, self.document.limits()) else { return Err(error) };
        cms.certificates().iter().for_each(|one| self.at_hand.insert_certificate(one.clone()));
        Ok(())
    }
}

impl fmt::Debug for Collector<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collector({} signatures, {} requests made)", self.facts.len(), self.asked.len())
    }
}

/// Who may close a gap: OCSP before CRLs, which may be large.
fn requests(gap: &Gap) -> Vec<FetchRequest> {
    match gap {
        Gap::Issuer(certificate) => {
            certificate.issuer_urls().into_iter().map(|url| FetchRequest::Certificate { url }).collect()
        }
        Gap::Path(..) => Vec::new(),
        Gap::Revocation(subject, issuer) => {
            let body = OcspRequest::for_certificate(subject, issuer, None).ok();
            let ocsp =
                subject.ocsp_urls().into_iter().filter_map(|url| Some(FetchRequest::Ocsp { url, body: body.clone()? }));
            let crls = subject.crl_urls().into_iter().map(|url| FetchRequest::Crl { url });
            ocsp.chain(crls).collect()
        }
    }
}

fn describe(gap: &Gap) -> String {
    match gap {
        Gap::Issuer(certificate) if certificate.is_self_issued() => format!("{certificate} is no trust anchor"),
        Gap::Issuer(certificate) => {
            format!("the issuer of {certificate}, which is \"{}\" and no trust anchor", certificate.issuer())
        }
        Gap::Path(certificate, why) => format!("a path that holds for {certificate}: {why}"),
        Gap::Revocation(subject, _) => format!("current revocation data for {subject}"),
    }
}
