//! What is missing, what to ask for it, and what came back.

use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use super::shortage::{Attempt, Collected, Lack, Shortage};
use super::vri;
use super::want::Want;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pdf::document::Document;
use crate::pki::evidence::{Evidence, ders};
use crate::pki::trust::store::TrustStore;
use crate::port::{Fetch, FetchRequest};
use crate::time::Time;
use crate::verify::{
    Covered, Facts, Gap, Hashed, Needs, Policy, Pool, ProofsOfExistence, Reliance, Validator, covered, evidence_in,
    hash, read_signatures, reliances,
};

/// What goes into a file stays there for decades: lists of more bytes are taken only when asked for. Those of public authorities for
/// document signing stay below 5 MB; the largest of all, for TLS, have 50 MB.
const CRL_LIMIT: u64 = 10 << 20;

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
    digests: Vec<Hashed>,
    covered: Covered,
    policy: Policy,
    at_hand: Evidence,
    grace: Option<Duration>,
    crl_limit: u64,
    asked: Vec<FetchRequest>,
    /// What was wanting when that was last asked, unless something came since.
    wants: Option<Vec<Wanted>>,
    attempts: Vec<(FetchRequest, Option<String>)>,
}

/// What is wanting, and for the signatures and timestamps of which fields.
#[derive(Clone, Debug)]
struct Wanted {
    want: Want,
    fields: Vec<String>,
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
        let digests = if is_stamped { hash(document, &facts)? } else { vec![Hashed::default(); facts.len()] };
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
            grace: None,
            crl_limit: CRL_LIMIT,
            asked: Vec::new(),
            wants: None,
            attempts: Vec::new(),
        })
    }

    /// Uses `evidence` before asking anybody: files at hand, or what was collected for another document of the same authority.
    #[must_use]
    pub fn evidence(mut self, evidence: &Evidence) -> Self {
        self.at_hand.extend(evidence);
        self.wants = None;
        self
    }

    /// Judges algorithms by `policy`, as the verification will; by [`Policy::etsi_119312`] unless told.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self.wants = None;
        self
    }

    /// Wants revocation data of each signer's certificate whose `thisUpdate` is at least `period` after the time at which the signature
    /// is proved to have been there: a revocation that was asked for before the signing is in it then (RFC 5126, 3: grace period).
    ///
    /// No period unless told. A signature whose time nothing proves has none to count from: give it a timestamp first. Until the period
    /// is over, [`outcome`](Self::outcome) is [`Collected::Later`].
    #[must_use]
    pub fn grace(mut self, period: Duration) -> Self {
        self.grace = Some(period);
        self.wants = None;
        self
    }

    /// Takes fetched CRLs of up to `bytes`: 10 MiB unless told. OCSP is asked first in any case, and what was given as
    /// [`evidence`](Self::evidence) has no limit.
    #[must_use]
    pub fn crl_limit(mut self, bytes: u64) -> Self {
        self.crl_limit = bytes;
        self
    }

    /// What to fetch next; `None` when nothing is missing, or nobody is left to ask.
    pub fn next_request(&mut self) -> Option<FetchRequest> {
        let wants = self.wants();
        let open = wants.iter().flat_map(|wanted| wanted.want.requests(&self.at_hand));
        let next = open.into_iter().find(|request| !self.asked.contains(request));
        self.wants = Some(wants);
        self.asked.extend(next.clone());
        next
    }

    /// What to fetch at the same time: one request for each thing that is missing. Once all of them are answered, in any order, there
    /// may be more; none when nothing is missing, or nobody is left to ask.
    pub fn next_requests(&mut self) -> Vec<FetchRequest> {
        let wants = self.wants();
        let mut requests: Vec<FetchRequest> = Vec::new();
        for wanted in &wants {
            let mut open = wanted.want.requests(&self.at_hand).into_iter();
            requests.extend(open.find(|request| !self.asked.contains(request)).filter(|one| !requests.contains(one)));
        }
        self.wants = Some(wants);
        self.asked.extend(requests.iter().cloned());
        requests
    }

    /// Takes the body that `request` brought, or why it brought none. A useless answer counts as none: the next source is tried.
    pub fn answer(&mut self, request: &FetchRequest, answer: Result<Vec<u8>>) {
        let added = answer.and_then(|body| match request {
            FetchRequest::Certificate { .. } => self.at_hand.add_certificates(&body),
            FetchRequest::Crl { .. } => self.add_crl(&body),
            FetchRequest::Ocsp { .. } => self.at_hand.add_ocsp(&body),
        });
        if added.is_ok() {
            self.wants = None;
        }
        let failure = added.err().map(|error| {
            // The address stands beside it.
            let place = error.place().filter(|place| *place == request.url()).map(|place| format!(" ({place})"));
            place.map_or_else(|| error.to_string(), |place| error.to_string().replacen(&place, "", 1))
        });
        self.attempts.push((request.clone(), failure));
    }

    /// What the document needs, nothing else, in a fixed order.
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where something is still missing: it names each certificate, and what the servers said. Its class is
    /// [`ErrorClass::Retryable`] where only the grace period is not over, and the error says when it is.
    pub fn finish(self) -> Result<Evidence> {
        let (shortages, again) = match self.outcome() {
            Collected::Complete(evidence) => return Ok(evidence),
            Collected::Later { shortages, again, .. } => (shortages, Some(again)),
            Collected::Incomplete { shortages, .. } => (shortages, None),
        };
        let missing: Vec<String> = shortages.iter().map(Shortage::to_string).collect();
        let error = Error::new(ErrorKind::Evidence, format!("evidence is missing: {}", missing.join("; ")));
        Err(match again {
            Some(again) => error.advise(format!("collect again at {again}")).class_is(ErrorClass::Retryable),
            None => {
                error.advise("give the anchors, CRLs, OCSP responses or certificates named, or ask again online later")
            }
        })
    }

    /// What collecting came to: complete, complete but for the grace period, or what is missing, for which certificate, and who was
    /// asked for it.
    pub fn outcome(self) -> Collected {
        let wants = self.wants();
        let evidence = self.needed();
        if wants.is_empty() {
            return Collected::Complete(evidence);
        }
        let mut shortages: Vec<Shortage> = Vec::new();
        for shortage in wants.iter().filter_map(|wanted| self.shortage(wanted)) {
            match shortages.iter_mut().find(|known| known.is_about_the_same(&shortage)) {
                Some(known) => known.join(shortage),
                None => shortages.push(shortage),
            }
        }
        let again = shortages.iter().map(|shortage| match shortage.lack {
            Lack::Fresh { again, .. } => again,
            _ => None,
        });
        match again.collect::<Option<Vec<Time>>>().and_then(|times| times.into_iter().max()) {
            Some(again) => Collected::Later { again, evidence, shortages },
            None => Collected::Incomplete { evidence, shortages },
        }
    }

    /// What the document needs as far as it was found, though something may be missing.
    pub fn finish_incomplete(self) -> Evidence {
        self.needed()
    }

    /// Each certificate that the document relies on, and what it takes. The pool is in a fixed order, so that the same values give the
    /// same choice however they came.
    fn needs(&self, at_hand: &Evidence) -> Vec<(Reliance, Rc<Needs>)> {
        let pool = Pool::new(at_hand);
        let proofs = ProofsOfExistence::new(self.now);
        let validator = Validator::new(self.trust, &pool, self.document.limits(), &self.policy, &proofs);
        let reliances = reliances(validator, &self.facts, &self.digests, &self.covered);
        let needs = |reliance: Reliance| {
            let needs = validator.needs(&reliance.certificate, reliance.time);
            (reliance, needs)
        };
        reliances.into_iter().map(needs).collect()
    }

    fn sorted(&self) -> Evidence {
        let mut at_hand = self.at_hand.clone();
        at_hand.sort();
        at_hand
    }

    /// Takes what was wanting, or finds it out.
    fn wants(&self) -> Vec<Wanted> {
        if let Some(wants) = &self.wants {
            return wants.clone();
        }
        let mut all: Vec<Wanted> = Vec::new();
        for (reliance, needs) in self.needs(&self.sorted()) {
            for want in Want::all(&needs, &reliance, self.grace, self.now) {
                match all.iter_mut().find(|known| known.want == want) {
                    Some(known) if known.fields.contains(&reliance.field) => {}
                    Some(known) => known.fields.push(reliance.field.clone()),
                    None => all.push(Wanted { want, fields: vec![reliance.field.clone()] }),
                }
            }
        }
        all
    }

    fn needed(&self) -> Evidence {
        let at_hand = self.sorted();
        let mut needed = Evidence::new();
        for (reliance, needs) in self.needs(&at_hand) {
            let mut own: BTreeSet<Vec<u8>> = needs.certificates.iter().map(|one| one.fingerprint().to_vec()).collect();
            needs.certificates.iter().for_each(|one| needed.insert_certificate(one.clone()));
            for settled in &needs.settled {
                needed.insert_answer(&settled.answer, &at_hand);
                own.extend(at_hand.fingerprints_of(&settled.answer).into_iter().map(<[u8]>::to_vec));
            }
            let facts = self.facts.iter().find(|facts| facts.field == reliance.field);
            if let Some(key) = facts.and_then(vri::key) {
                needed.relate(&key, own);
            }
        }
        needed
    }

    fn shortage(&self, Wanted { want, fields }: &Wanted) -> Option<Shortage> {
        let certificate = want.certificate()?;
        let (lack, reasons) = match want {
            Want::Gap(Gap::Issuer(_)) => (Lack::Issuer, Vec::new()),
            Want::Gap(Gap::Path(_, why)) => (Lack::Path, vec![why.clone()]),
            Want::Gap(Gap::Revocation(_, _, reasons)) => (Lack::Revocation, reasons.clone()),
            Want::Fresh(fresh) => (Lack::Fresh { since: fresh.since, again: fresh.again }, Vec::new()),
        };
        let requests = want.requests(&self.at_hand);
        let attempts =
            requests.iter().flat_map(|wanted| self.attempts.iter().filter(move |(request, _)| request == wanted));
        let attempts =
            attempts.map(|(request, failure)| Attempt { url: request.url().to_owned(), failure: failure.clone() });
        Some(Shortage {
            fields: fields.clone(),
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.serial_hex(),
            lack,
            reasons,
            attempts: attempts.collect(),
            ignored: want.ignored(),
        })
    }

    /// A list as it was fetched: DER, or PEM as some servers have it.
    fn add_crl(&mut self, body: &[u8]) -> Result<()> {
        let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        if length > self.crl_limit {
            let message = format!("the CRL has {length} bytes, more than the {} that are taken", self.crl_limit);
            return Err(Error::new(ErrorKind::Evidence, message).advise("allow more with crl_limit, or ask for OCSP"));
        }
        ders(body)?.iter().try_for_each(|der| self.at_hand.add_crl(der))
    }
}

impl fmt::Debug for Collector<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collector({} signatures, {} requests made)", self.facts.len(), self.asked.len())
    }
}
