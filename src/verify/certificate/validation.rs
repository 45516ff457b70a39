//! X.509 certificate validation (EN 319 102-1, 5.2.6; steps by their numbers).

use super::{Fault, Judged, Moment, SIGNER_DEPTH, Validator, links, path_code};
use crate::pki::certificate::Certificate;
use crate::pki::oid::Oid;
use crate::pki::path::{
    Path, PathFault, PathSettings, Purpose, PurposeFault, StepFault, ValidityCheck, named_policies, purpose, validate,
};
use crate::pki::revocation::Answer;
use crate::pki::trust::term::NotVouched;
use crate::report::{AssociatedData, Block, Code, Conclusion, Constraint, Finding, Model, Step, SubIndication};
use crate::time::Time;

/// The results that a proof of existence may mend (5.5.4, step 1; 5.6.3.4, step 4).
pub(in crate::verify) fn time_may_help(sub_indication: SubIndication) -> bool {
    matches!(
        sub_indication,
        SubIndication::CryptoConstraintsFailureNoPoe
            | SubIndication::RevokedNoPoe
            | SubIndication::RevokedCaNoPoe
            | SubIndication::TryLater
            | SubIndication::OutOfBoundsNoPoe
            | SubIndication::OutOfBoundsNotRevoked
            | SubIndication::RevocationOutOfBoundsNoPoe
            | SubIndication::NoCertificateChainFoundNoPoe
    )
}

impl Validator<'_> {
    /// Judges `target` for `purpose` at `moment` (5.2.6).
    pub(crate) fn judge(&self, target: &Certificate, purpose: Purpose, moment: Moment) -> Judged {
        self.judge_at_depth(target, purpose, moment, SIGNER_DEPTH)
    }

    pub(super) fn judge_at_depth(&self, target: &Certificate, purpose: Purpose, moment: Moment, depth: u8) -> Judged {
        let key = (target.clone(), purpose, moment, depth);
        if let Some(judged) = self.pool.judged.borrow().get(&key) {
            return judged.clone();
        }
        let judged = self.judge_paths(target, purpose, moment, depth);
        self.pool.judged.borrow_mut().insert(key, judged.clone());
        judged
    }

    fn judge_paths(&self, target: &Certificate, purpose: Purpose, moment: Moment, depth: u8) -> Judged {
        let mut current: Option<Judged> = None;
        let (mut search, mut steps) = (Vec::new(), Vec::new());
        // Step 2: another chain, until one holds.
        for candidate in self.paths(target) {
            match candidate {
                Ok(path) => {
                    let mut judged = self.judge_path(path, purpose, moment, depth);
                    steps.append(&mut judged.steps);
                    if judged.conclusion.is_passed() {
                        return Judged { steps, ..judged };
                    }
                    if current.as_ref().is_none_or(|current| !is_mendable(current) && is_mendable(&judged)) {
                        current = Some(judged);
                    }
                }
                Err(fault) => {
                    let conclusion = Conclusion::indeterminate(SubIndication::NoCertificateChainFound);
                    let step = Step::new(Block::X509CertificateValidation, conclusion);
                    steps.push(step.about(target).at(moment.time).why(&fault));
                    search.push(Finding::new(path_code(&fault), fault));
                }
            }
        }
        let mut judged = current.unwrap_or_else(|| Judged {
            conclusion: Conclusion::indeterminate(SubIndication::NoCertificateChainFound),
            path: None,
            associated: AssociatedData::default(),
            is_orderly_end: false,
            findings: Vec::new(),
            steps: Vec::new(),
            known: Vec::new(),
        });
        judged.findings.append(&mut search);
        Judged { steps, ..judged }
    }

    fn judge_path(&self, path: Path, purpose: Purpose, moment: Moment, depth: u8) -> Judged {
        let mut judged = Judged {
            conclusion: Conclusion::PASSED,
            path: None,
            associated: AssociatedData::default(),
            is_orderly_end: false,
            findings: Vec::new(),
            steps: Vec::new(),
            known: Vec::new(),
        };
        let outcome = check_trust(&path, purpose, moment)
            .and_then(|()| self.check_rfc5280(&path, moment))
            .and_then(|()| self.check_revocation(&path, (purpose, moment), depth, &mut judged))
            .and_then(|answers| {
                self.check_purpose(&path, purpose)?;
                self.check_algorithms(&path, &answers, moment.issuers)?;
                check_validity(&path, moment.time)?;
                check_revocation_bounds(&path, &answers, self.status_time(moment.time))?;
                judged.findings.extend(self.unproved_answers(&answers, moment));
                Ok(())
            });
        let mut step = Step::new(Block::X509CertificateValidation, Conclusion::PASSED).at(moment.time);
        if let Err(fault) = outcome {
            judged.conclusion = Conclusion::indeterminate(fault.sub_indication);
            step = Step { outcome: judged.conclusion, ..step.why(&fault.finding.message) };
            judged.findings.push(fault.finding);
            judged.associated = *fault.associated;
        }
        judged.steps.push(step.about(described(&path)));
        judged.path = Some(path);
        judged
    }

    /// Step 4: RFC 5280, 6.1, leaving out whether the time lies in the target's own validity.
    fn check_rfc5280(&self, path: &Path, moment: Moment) -> Result<(), Fault> {
        let refused = |fault: PathFault| match fault {
            // Departs: 5.2.6 has no word of its own for an authority that expired. It is out of bounds like a signer that did, and an
            // earlier time may help: so says EU DSS, too (`a_contract_that_nobody_renewed_is_not_known_any_more`).
            PathFault::Refused { fault: StepFault::Expired(_) | StepFault::NotYetValid(_), .. } => {
                Fault::new(SubIndication::OutOfBoundsNoPoe, Code::Validity, fault)
            }
            _ => Fault::new(SubIndication::CertificateChainGeneralFailure, path_code(&fault), fault),
        };
        match self.model {
            Model::Shell => {
                let settings = self.settings(ValidityCheck::Issuers);
                validate(path, moment.time, &settings).map_err(refused)?;
                if moment.issuers != moment.time {
                    validate(path, moment.issuers, &settings).map_err(refused)?;
                }
                Ok(())
            }
            Model::Chain => {
                validate(path, moment.time, &self.settings(ValidityCheck::Nobody)).map_err(refused)?;
                check_issuing_times(path).map_err(refused)
            }
        }
    }

    /// Step 5.
    pub(super) fn check_purpose(&self, path: &Path, purpose: Purpose) -> Result<(), Fault> {
        let Some(target) = path.certificates.first() else { return Ok(()) };
        let refused = |fault: PurposeFault| Fault::new(SubIndication::ChainConstraintsFailure, Code::Purpose, fault);
        let signs_documents = matches!(purpose, Purpose::DocumentSigning | Purpose::DocumentCertification);
        if !signs_documents || self.policy.requires(Constraint::KeyUsage) {
            purpose::check(target, purpose).map_err(refused)?;
        }
        if signs_documents && self.policy.requires(Constraint::ContentCommitment) {
            purpose::check_content_commitment(target).map_err(refused)?;
        }
        Ok(())
    }

    /// Step 6: the algorithms of the chain and of its revocation data.
    fn check_algorithms(&self, path: &Path, answers: &Answered, time: Time) -> Result<(), Fault> {
        for (subject, issuer) in links(path) {
            if let Some(weak) = self.end_of_certificate(subject, issuer)?.filter(|weak| weak.until <= time) {
                return Err(Fault::weak(subject, &weak));
            }
        }
        for (answer, issuer) in answers {
            if let Some(weak) = self.end_of_answer(answer).filter(|weak| weak.until <= self.status_time(time)) {
                return Err(Fault::weak(&super::status::described(answer), &weak));
            }
            // One whose status is asked was judged with all else.
            let own = if answer.nocheck { self.end_of_certificate(&answer.signer, issuer)? } else { None };
            if let Some(weak) = own.filter(|weak| weak.until <= self.status_time(time)) {
                return Err(Fault::weak(&answer.signer, &weak));
            }
        }
        Ok(())
    }

    /// Judged again as of the past, a responder may have expired since (5.5.4, step 5): that stands, for its certificate held then and those
    /// above it hold now, but nobody keeps its key safe any more. So it is said where nothing proves that the answer is older.
    fn unproved_answers(&self, answers: &Answered, moment: Moment) -> Vec<Finding> {
        let is_unproved = |answer: &Answer| {
            let ended = answer.signer.not_after();
            let proved = self.status_time(self.proofs.of_answer(answer, self.pool.evidence));
            moment.time <= ended && ended < self.status_time(moment.issuers) && ended < proved
        };
        let unproved = answers.iter().map(|(answer, _)| answer).filter(|answer| is_unproved(answer));
        let said = unproved.map(|answer| {
            let (by, what, ended) = (&answer.signer, super::status::described(answer), answer.signer.not_after());
            format!("{by} signed {what}, and expired on {ended}; nothing proves that the answer is older")
        });
        said.map(|message| Finding::new(Code::Validity, message)).collect()
    }

    pub(super) fn settings(&self, validity: ValidityCheck) -> PathSettings {
        PathSettings::new(self.limits).validity(validity)
    }
}

/// The revocation values that settled the status of a path's certificates, from the anchor down, each with who issued the certificate.
pub(super) type Answered = Vec<(Answer, Certificate)>;

fn is_mendable(judged: &Judged) -> bool {
    judged.conclusion.sub_indication.is_some_and(time_may_help)
}

/// Steps 1 and 3: an anchor vouches under its terms; past its sunset date, for nothing new.
fn check_trust(path: &Path, purpose: Purpose, moment: Moment) -> Result<(), Fault> {
    let vouched = path.anchor.vouches(purpose, &policies(path), moment.time, moment.issuers);
    vouched.map(drop).map_err(|fault| {
        let sub_indication = match fault {
            NotVouched::Over(_) => SubIndication::NoCertificateChainFoundNoPoe,
            NotVouched::Use(_) | NotVouched::NotYet(_) | NotVouched::Policy => SubIndication::NoCertificateChainFound,
        };
        Fault::new(sub_indication, Code::Path, untrusted(path, &fault))
    })
}

/// The policies that the target names.
pub(in crate::verify) fn policies(path: &Path) -> Vec<Oid> {
    let named = path.certificates.first().map(named_policies);
    named.and_then(Result::ok).unwrap_or_default()
}

pub(super) fn untrusted(path: &Path, fault: &NotVouched) -> String {
    format!("the trust anchor \"{}\" {fault} ({})", path.anchor.name(), path.anchor.label())
}

/// The chain model: everybody was valid when the certificate below was issued.
pub(super) fn check_issuing_times(path: &Path) -> Result<(), PathFault> {
    let pairs = path.certificates.iter().zip(path.certificates.iter().skip(1));
    for (subject, issuer) in pairs {
        let issued = subject.not_before();
        if issued < issuer.not_before() {
            return Err(PathFault::refused(issuer, StepFault::NotYetValid(issuer.not_before())));
        }
        if issued > issuer.not_after() {
            return Err(PathFault::refused(issuer, StepFault::Expired(issuer.not_after())));
        }
    }
    Ok(())
}

/// Step 7: `time` lies in the target's own validity. Revocation was found good before.
fn check_validity(path: &Path, time: Time) -> Result<(), Fault> {
    let Some(target) = path.certificates.first().filter(|target| !target.is_valid_at(time)) else { return Ok(()) };
    let message = format!("{target} is valid from {} to {}, not at {time}", target.not_before(), target.not_after());
    Err(Fault::new(SubIndication::OutOfBoundsNotRevoked, Code::Validity, message))
}

/// Step 8: whoever signed the target's revocation data is not expired: nobody keeps the key of an expired responder safe.
///
/// Departs: 5.2.6 says "outside its validity"; one whose certificate began after a time in the past is no danger to it, and what it
/// signed before its certificate began was refused already.
fn check_revocation_bounds(path: &Path, answers: &Answered, time: Time) -> Result<(), Fault> {
    let Some((target, issuer)) = links(path).next() else { return Ok(()) };
    // The last is the target's, unless no revocation data exists for it, or was asked for.
    let own = answers.last().filter(|(_, by)| by == issuer && !super::status::is_exempt(target));
    let Some((answer, _)) = own.filter(|(answer, _)| answer.signer.not_after() < time) else { return Ok(()) };
    let ended = answer.signer.not_after();
    let message = format!("{} signed {}, and expired on {ended}", answer.signer, super::status::described(answer));
    Err(Fault::new(SubIndication::RevocationOutOfBoundsNoPoe, Code::RevocationUnusable, message))
}

pub(super) fn described(path: &Path) -> String {
    let certificates: Vec<String> = path.certificates.iter().map(ToString::to_string).collect();
    format!("{} < \"{}\"", certificates.join(" < "), path.anchor.name())
}
