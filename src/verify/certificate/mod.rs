//! The X.509 blocks: is there a path from a certificate to a trust anchor that holds at a time, and was nothing on it revoked?
//!
//! Invariant: revocation data that is newer than the time of interest is used: it is what past validation needs.
//! Invariant: every certificate that signed revocation data is itself judged, and so is how it signed.
//! Invariant: what an expired or revoked issuer signed counts only as far as it is proved to be older than that.
//!
//! Specified in EN 319 102-1, 5.2.6 ([`validation`]), 5.6.2.1 ([`past`]) and 5.6.2.2 ([`sliding`]); RFC 5280, 6; RFC 6960.
//! Nouns: [`Validator`], [`Pool`] (evidence, and what was found out about it), [`Moment`], [`Judged`], [`Past`], [`Needs`].

#[cfg(test)]
mod hostile;
mod known;
mod needs;
mod past;
mod sliding;
mod status;
#[cfg(test)]
mod steps;
#[cfg(test)]
mod tests;
mod validation;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::existence::ProofsOfExistence;
use super::policy::{Policy, Unreliable};
use crate::limits::Limits;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::evidence::Evidence;
use crate::pki::path::{Path, PathFault, Paths, Purpose};
use crate::pki::revocation::{Answer, Answers, answers};
use crate::pki::signature::Checks;
use crate::pki::trust::store::TrustStore;
use crate::report::{AlgorithmEnd, AssociatedData, Code, Conclusion, Constraint, Finding, Model, Step, SubIndication};
use crate::time::Time;

pub(crate) use known::Known;
pub(crate) use needs::{Gap, Needs, Settled};
pub(crate) use past::Past;
pub(super) use status::described;
pub(super) use validation::{policies, time_may_help};

/// How deep judging a certificate may lead to judging those who signed its revocation data, and so on.
const SIGNER_DEPTH: u8 = 3;

/// What judging needs: anchors, evidence, what is proved of it, rules and bounds.
#[derive(Clone, Copy)]
pub(crate) struct Validator<'a> {
    pub(crate) trust: &'a TrustStore,
    pub(crate) pool: &'a Pool<'a>,
    pub(crate) limits: &'a Limits,
    pub(crate) policy: &'a Policy,
    pub(crate) model: Model,
    pub(crate) proofs: &'a ProofsOfExistence,
    /// Whoever was good then is taken to stay so: for looking into the future.
    pub(crate) assumed: Option<Time>,
}

/// Evidence with the answers that were read out of it: they depend on no time, and a file that is full of worthless values would have
/// each checked again for every signature and time.
pub(crate) struct Pool<'a> {
    pub(crate) evidence: &'a Evidence,
    /// By certificate and issuer.
    answers: Rc<RefCell<AnswersByLink>>,
    /// By certificate, purpose, moment and depth: a thousand signatures may name the same certificate.
    judged: RefCell<HashMap<(Certificate, Purpose, Moment, u8), Judged>>,
    /// By certificate, purpose, what is to be proved, depth and the number of proofs.
    past: RefCell<HashMap<PastKey, Result<Past, Unmended>>>,
    /// By certificate and time.
    needs: RefCell<HashMap<(Certificate, Time), Rc<Needs>>>,
    checks: Rc<OnceCell<Checks>>,
}

type AnswersByLink = HashMap<(Certificate, Certificate), Rc<Answers>>;
type PastKey = (Certificate, Purpose, Time, u8, usize);

impl<'a> Pool<'a> {
    pub(crate) fn new(evidence: &'a Evidence) -> Self {
        Self {
            evidence,
            answers: Rc::default(),
            judged: RefCell::default(),
            past: RefCell::default(),
            needs: RefCell::default(),
            checks: Rc::default(),
        }
    }

    /// Other evidence, in the same verification: both share what may be done for them.
    pub(crate) fn beside<'b>(&self, evidence: &'b Evidence) -> Pool<'b> {
        Pool { checks: Rc::clone(&self.checks), ..Pool::new(evidence) }
    }

    /// The same evidence, for another time: what depends on none is kept.
    pub(crate) fn again(&self) -> Self {
        Self { answers: Rc::clone(&self.answers), ..self.beside(self.evidence) }
    }

    /// Every certificate of a path that was judged, or of a signer of revocation values, once each and in the order of their DER.
    pub(crate) fn judged_certificates(&self) -> Vec<Certificate> {
        let judged = self.judged.borrow();
        let paths = judged.values().filter_map(|judged| judged.path.as_ref());
        let answers = self.answers.borrow();
        let signers = answers.values().flat_map(|found| found.answers.iter().map(|answer| answer.signer.clone()));
        let mut all: Vec<_> = paths.flat_map(|path| path.certificates.iter().cloned()).chain(signers).collect();
        all.sort_by(|one, other| one.der().cmp(other.der()));
        all.dedup();
        all
    }

    /// Every answer that was found, with the certificate that it is about, in the order of their DER.
    pub(crate) fn found_answers(&self) -> Vec<(Certificate, Answer)> {
        let answers = self.answers.borrow();
        let mut links: Vec<_> = answers.iter().collect();
        links.sort_by(|((one, by), _), ((other, by_other), _)| {
            (one.der(), by.der()).cmp(&(other.der(), by_other.der()))
        });
        let about = |((subject, _), found): (&(Certificate, Certificate), &Rc<Answers>)| {
            found.answers.iter().map(|answer| (subject.clone(), answer.clone())).collect::<Vec<_>>()
        };
        links.into_iter().flat_map(about).collect()
    }
}

/// As of when something is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Moment {
    /// The validation time: whose validity and status count then.
    pub(crate) time: Time,
    /// Until when issuers have to live and algorithms have to hold: those who vouch today for what was then (5.5.4, step 7).
    pub(crate) issuers: Time,
}

impl Moment {
    /// Everything as of `time`.
    pub(crate) fn at(time: Time) -> Self {
        Self { time, issuers: time }
    }
}

/// What the block found.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) conclusion: Conclusion,
    /// The path that the conclusion is about; where none held, the first that a proof of existence may mend, or else the first.
    pub(crate) path: Option<Path>,
    pub(crate) associated: AssociatedData,
    /// The reason of a revocation leaves what was signed before it intact (RFC 3161, 4).
    pub(crate) is_orderly_end: bool,
    pub(crate) findings: Vec<Finding>,
    pub(crate) steps: Vec<Step>,
    /// What was known of the path's certificates, from the anchor down.
    pub(crate) known: Vec<Known>,
}

/// Why the past does not help, for the record of the process.
pub(crate) type Unmended = (SubIndication, String);

/// A sub-indication with the finding that explains it, and the data that the standard wants beside it.
struct Fault {
    sub_indication: SubIndication,
    finding: Finding,
    associated: Box<AssociatedData>,
}

impl Fault {
    fn new(sub_indication: SubIndication, code: Code, message: impl std::fmt::Display) -> Self {
        Self { sub_indication, finding: Finding::new(code, message), associated: Box::default() }
    }

    /// Step 6: an algorithm of `subject` ended.
    fn weak(subject: &impl std::fmt::Display, weak: &Unreliable) -> Self {
        let message = format!("{subject}: {weak}");
        let mut fault = Self::new(SubIndication::CryptoConstraintsFailureNoPoe, Code::Algorithm, message);
        fault.associated.algorithms.push(AlgorithmEnd::new(weak.what, weak.until));
        fault
    }
}

impl<'a> Validator<'a> {
    /// A validator of the shell model, about the world as it is.
    pub(crate) fn new(
        trust: &'a TrustStore,
        pool: &'a Pool<'a>,
        limits: &'a Limits,
        policy: &'a Policy,
        proofs: &'a ProofsOfExistence,
    ) -> Self {
        Self { trust, pool, limits, policy, model: Model::Shell, proofs, assumed: None }
    }
}

impl Validator<'_> {
    /// Whether the status of a certificate on a path of `purpose` has to be known, `is_target` being whether it is the path's first.
    /// That of whoever signs revocation values always has.
    fn requires_status(&self, purpose: Purpose, is_target: bool) -> bool {
        let constraint = match (purpose, is_target) {
            (Purpose::DocumentSigning | Purpose::DocumentCertification | Purpose::TimeStamping, false) => {
                Constraint::AuthorityRevocation
            }
            (Purpose::DocumentSigning | Purpose::DocumentCertification, true) => Constraint::SignerRevocation,
            (Purpose::TimeStamping, true) => Constraint::TimestampRevocation,
            (Purpose::OcspSigning | Purpose::CrlSigning, _) => return true,
        };
        self.policy.requires(constraint)
    }

    /// Every authentic answer at hand. Anchors may sign CRLs for others, so that they are among the candidates.
    fn answers(&self, subject: &Certificate, issuer: &Certificate) -> Rc<Answers> {
        let mut known = self.pool.answers.borrow_mut();
        let found = known.entry((subject.clone(), issuer.clone())).or_insert_with(|| {
            let evidence = self.pool.evidence;
            let pools = [evidence.certificates(), self.trust.certificates()];
            Rc::new(answers(subject, issuer, evidence.crls(), evidence.ocsps(), &pools, self.checks()))
        });
        Rc::clone(found)
    }

    /// The prospective paths of `target`.
    fn paths(&self, target: &Certificate) -> Paths<'_> {
        Paths::new(target, self.pool.evidence.certificates(), self.trust, self.limits).within(self.checks())
    }

    /// Whether anybody who is trusted, or whom somebody trusted vouches for, issued `target`, whatever the time.
    pub(super) fn is_issued(&self, target: &Certificate) -> bool {
        self.paths(target).any(|path| path.is_ok())
    }

    /// What all searches of the verification share.
    fn checks(&self) -> &Checks {
        self.pool.checks.get_or_init(|| Checks::new(self.limits.signature_checks))
    }

    /// From when on the signature of `issuer` on `subject` is not relied on.
    fn end_of_certificate(&self, subject: &Certificate, issuer: &Certificate) -> Result<Option<Unreliable>, Fault> {
        let unknown = |message| Fault::new(SubIndication::CryptoConstraintsFailureNoPoe, Code::Algorithm, message);
        let algorithm = SignatureAlgorithm::from_identifier(subject.signature_algorithm())
            .map_err(|fault| unknown(format!("{subject}: {fault}")))?;
        let key = issuer.public_key().map_err(|fault| unknown(format!("{issuer}: {fault}")))?;
        Ok(self.policy.end_of_signature(algorithm, &key))
    }
}

/// Each certificate of `path` with its issuer, from the target up. A target that is an anchor has no issuer to ask.
fn links(path: &Path) -> impl DoubleEndedIterator<Item = (&Certificate, &Certificate)> {
    path.links().filter(|_| !path.is_anchor())
}

/// What is said of a path that was not found or does not hold.
fn path_code(fault: &PathFault) -> Code {
    if fault.is_limit() { Code::Limit } else { Code::Path }
}

/// The same name and key, whatever certificate carries them.
fn is_same_authority(one: &Certificate, other: &Certificate) -> bool {
    one.subject() == other.subject() && one.spki() == other.spki()
}
