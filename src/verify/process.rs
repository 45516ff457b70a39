//! The processes: what the blocks come to together, at now and with proofs of existence.
//!
//! Invariant: the process is chosen by what is in the file, never by the caller.
//! Invariant: nothing but a proof of existence makes a verdict better than it is now.
//!
//! Specified in EN 319 102-1, 5.3 (basic), 5.5 (with time), 5.6.2.4 (past) and 5.6.3 (archival).

use super::certificate::{Judged, Moment, Validator, time_may_help};
use super::context::Context;
use super::integrity::{Cryptography, Value};
use crate::digest::DigestAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{CmsFault, SignedData};
use crate::pki::path::Purpose;
use crate::report::{AlgorithmEnd, AssociatedData, Block, Code, Conclusion, Finding, Indication, Step, SubIndication};
use crate::time::Time;

/// What the processes say of one signature or timestamp.
pub(super) struct Validated {
    pub(super) conclusion: Conclusion,
    pub(super) judged: Option<Judged>,
    pub(super) associated: AssociatedData,
    pub(super) findings: Vec<Finding>,
    pub(super) steps: Vec<Step>,
}

/// A signature, and what the blocks before the X.509 ones found out about it.
pub(super) struct Subject<'s> {
    pub(super) cms: &'s SignedData,
    pub(super) cryptography: &'s Cryptography,
    /// What its certificate was used for.
    pub(super) purpose: Purpose,
    /// What the format digests the bytes with before anything is signed.
    pub(super) carried: Option<DigestAlgorithm>,
    pub(super) context: &'s Context,
    /// When it is proved to have existed.
    pub(super) proved: Option<Time>,
    /// When it certainly did not exist yet, by a timestamp over its content.
    pub(super) not_before: Option<Time>,
}

/// The signature's own part of 5.2.8.
pub(super) struct Acceptance<'s> {
    time: Time,
    algorithms: &'s dyn Fn() -> Result<(), Weak>,
    /// What initializing the context failed for.
    context: Option<SubIndication>,
    not_before: Option<Time>,
}

impl<'s> Acceptance<'s> {
    /// Of a token, which has no policy of its own to find and no content timestamps.
    pub(super) fn of_token(time: Time, algorithms: &'s dyn Fn() -> Result<(), Weak>) -> Self {
        Self { time, algorithms, context: None, not_before: None }
    }

    /// A weak algorithm: for certain, where it had ended before the signature can have been made (5.3, step 6).
    fn weak(&self, weak: &Weak) -> Conclusion {
        let end = weak.algorithm.as_ref().map(|algorithm| algorithm.end.unwrap_or(Time::MIN));
        match (end, self.not_before) {
            (Some(end), Some(not_before)) if end <= not_before => {
                Conclusion::indeterminate(SubIndication::CryptoConstraintsFailure)
            }
            _ => Conclusion::indeterminate(SubIndication::CryptoConstraintsFailureNoPoe),
        }
    }
}

/// Signature validation, from 5.3 to 5.6: at now, and where that does not suffice with the time at which the signature is proved to
/// have existed. Format checking was done before.
pub(super) fn validate_signature(validator: Validator<'_>, subject: &Subject<'_>) -> Validated {
    let Subject { cms, cryptography, purpose, proved, .. } = *subject;
    let now = validator.proofs.now();
    let mut steps = vec![identification(cryptography), context(validator, subject.context)];
    let certificate = cryptography.signing_certificate.as_ref();
    let basic = certificate.map(|one| {
        let judged = validator.judge(one, purpose, Moment::at(now));
        signed_too_late(judged, one, subject.not_before)
    });
    steps.extend(basic.iter().flat_map(|judged| judged.steps.iter().cloned()));
    steps.push(cryptographic_verification(cryptography));
    let conclusion = basic_conclusion(cryptography, basic.as_ref());
    steps.push(Step::new(Block::BasicSignatureValidation, conclusion).at(now));
    let is_sound = conclusion.is_passed() || basic.as_ref().is_some_and(|basic| basic.conclusion == conclusion);
    let judged = match (certificate, basic) {
        (Some(certificate), Some(basic)) if is_sound => {
            let judged = with_proof(validator, certificate, purpose, basic, proved, &mut steps);
            Some(judged)
        }
        (_, basic) => basic,
    };
    let time = proved.unwrap_or(now);
    let algorithms = || {
        check_cms(validator, cms, cryptography, time)?;
        for digest in ess_digest(cms).into_iter().chain(subject.carried) {
            validator.policy.check_digest(digest, time)?;
        }
        Ok(())
    };
    let (context, not_before) = (subject.context.fault, subject.not_before);
    finish(validator, cryptography, judged, steps, Acceptance { time, algorithms: &algorithms, context, not_before })
}

/// 5.3, step 4: a certificate that was revoked, or had ended, before the signature can have been made. Proofs of existence do not mend
/// that: they only say when the signature was there at the latest.
fn signed_too_late(judged: Judged, certificate: &Certificate, not_before: Option<Time>) -> Judged {
    let Some(not_before) = not_before else { return judged };
    let revoked = judged.associated.revocation.as_ref().map(|revocation| revocation.time);
    let (sub_indication, code, message) = match judged.conclusion.sub_indication {
        Some(SubIndication::RevokedNoPoe) if revoked.is_some_and(|revoked| revoked < not_before) => {
            let message = format!("a timestamp of {not_before} over the signed content is later than the revocation");
            (SubIndication::Revoked, Code::Revocation, message)
        }
        Some(SubIndication::OutOfBoundsNoPoe | SubIndication::OutOfBoundsNotRevoked)
            if certificate.not_after() < not_before =>
        {
            let end = certificate.not_after();
            let message = format!("a timestamp of {not_before} over the signed content is later than {end}, the end");
            (SubIndication::Expired, Code::Validity, format!("{message} of {certificate}"))
        }
        _ => return judged,
    };
    let conclusion = Conclusion::failed(sub_indication);
    let mut judged = Judged { conclusion, ..judged };
    judged.steps.push(Step::new(Block::X509CertificateValidation, conclusion).about(certificate).why(&message));
    judged.findings.push(Finding::new(code, message));
    judged
}

/// Puts the blocks' answers together, in the order of 5.3.
///
/// Departs: 5.3, step 3 returns what the context came to at once. Here a broken digest or value and a certificate that is not found
/// come first, for they say more (`a_policy_that_is_missing_hides_no_forgery`).
pub(super) fn finish(
    validator: Validator<'_>,
    cryptography: &Cryptography,
    judged: Option<Judged>,
    mut steps: Vec<Step>,
    acceptance: Acceptance<'_>,
) -> Validated {
    let mut findings = judged.as_ref().map_or_else(Vec::new, |judged| judged.findings.clone());
    let mut associated = judged.as_ref().map_or_else(AssociatedData::default, |judged| judged.associated.clone());
    let mut conclusion = basic_conclusion(cryptography, judged.as_ref());
    let is_identified = cryptography.is_intact() && cryptography.certificate_is_bound;
    if let Some(fault) =
        acceptance.context.filter(|_| is_identified && conclusion.indication != Indication::TotalFailed)
    {
        conclusion = Conclusion::indeterminate(fault);
        associated = AssociatedData::default();
    }
    if conclusion.is_passed() {
        let step = Step::new(Block::SignatureAcceptanceValidation, Conclusion::PASSED).at(acceptance.time);
        match (acceptance.algorithms)() {
            Ok(()) => steps.push(step),
            Err(weak) => {
                conclusion = acceptance.weak(&weak);
                steps.push(Step { outcome: conclusion, ..step.why(&weak.message) });
                findings.push(Finding::new(Code::Algorithm, weak.message));
                associated.algorithms.extend(weak.algorithm);
            }
        }
    }
    let now = validator.proofs.now();
    steps.push(Step::new(Block::ArchivalValidation, conclusion).at(now));
    Validated { conclusion, judged, associated, findings, steps }
}

/// What a proof that the work of `certificate` existed at `proved` makes of `basic`, the answer of now (5.5.4 and 5.6.2.4).
pub(super) fn with_proof(
    validator: Validator<'_>,
    certificate: &Certificate,
    purpose: Purpose,
    basic: Judged,
    proved: Option<Time>,
    steps: &mut Vec<Step>,
) -> Judged {
    let now = validator.proofs.now();
    let Some(proved) = proved.filter(|proved| *proved < now) else { return basic };
    let sub_indication = basic.conclusion.sub_indication;
    if sub_indication.is_some_and(|sub_indication| !time_may_help(sub_indication)) {
        return basic;
    }
    // 5.5.4, step 3; 5.6.2.4, step 3.
    if proved < certificate.not_before() {
        let conclusion = Conclusion::failed(SubIndication::NotYetValid);
        let message = "the signature existed before its signing certificate was valid";
        steps.push(Step::new(Block::SignaturesWithTime, conclusion).at(proved).why(message));
        let findings = vec![Finding::new(Code::Validity, message)];
        return Judged { conclusion, findings, associated: AssociatedData::default(), ..basic };
    }
    let Some(sub_indication) = sub_indication else { return basic };
    // 5.5.4, steps 3 and 5. What an issuer that is expired or revoked vouches for takes proofs of its own: 5.6.
    let may_rerun = [SubIndication::TryLater, SubIndication::RevokedNoPoe, SubIndication::OutOfBoundsNotRevoked]
        .contains(&sub_indication);
    if may_rerun {
        let then = validator.judge(certificate, purpose, Moment { time: proved, issuers: now });
        steps.extend(then.steps.iter().cloned());
        steps.push(Step::new(Block::SignaturesWithTime, then.conclusion).at(proved));
        if then.conclusion.is_passed() {
            return then;
        }
    }
    past_signature(validator, certificate, purpose, basic, proved, steps)
}

/// Past signature validation (5.6.2.4): `basic` unless the certificate held in the past, up to the proof at least.
fn past_signature(
    validator: Validator<'_>,
    certificate: &Certificate,
    purpose: Purpose,
    basic: Judged,
    proved: Time,
    steps: &mut Vec<Step>,
) -> Judged {
    let block = Block::PastSignatureValidation;
    match validator.past(certificate, purpose, proved) {
        Ok(past) if proved <= certificate.not_after() => {
            steps.extend(past.steps);
            steps.push(Step::new(block, Conclusion::PASSED).at(proved));
            Judged {
                conclusion: Conclusion::PASSED,
                path: Some(past.path),
                associated: AssociatedData::default(),
                is_orderly_end: false,
                findings: Vec::new(),
                steps: Vec::new(),
                known: past.known,
            }
        }
        Ok(past) => {
            steps.extend(past.steps);
            let why = format!("the proof is of after {}, the end of {certificate}", certificate.not_after());
            steps.push(Step::new(block, basic.conclusion).at(proved).why(why));
            basic
        }
        Err((sub_indication, why)) => {
            let failed = Conclusion::indeterminate(sub_indication);
            steps.push(Step::new(Block::PastCertificateValidation, failed).about(certificate).why(why));
            steps.push(Step::new(block, basic.conclusion).at(proved));
            basic
        }
    }
}

/// The order of 5.3: a broken digest or value weighs more than any trouble with certificates.
pub(super) fn basic_conclusion(cryptography: &Cryptography, judged: Option<&Judged>) -> Conclusion {
    if !cryptography.digest_holds {
        return Conclusion::failed(SubIndication::HashFailure);
    }
    let Some(judged) = judged else {
        return Conclusion::indeterminate(SubIndication::NoSigningCertificateFound);
    };
    match cryptography.value {
        Value::Holds => {}
        Value::Broken => return Conclusion::failed(SubIndication::SigCryptoFailure),
        Value::Untried => return Conclusion::indeterminate(SubIndication::CryptoConstraintsFailureNoPoe),
    }
    if !cryptography.certificate_is_bound {
        return Conclusion::indeterminate(SubIndication::NoSigningCertificateFound);
    }
    judged.conclusion
}

/// An algorithm of a signature that cannot be relied on.
pub(super) struct Weak {
    message: String,
    algorithm: Option<AlgorithmEnd>,
}

impl From<super::policy::Unreliable> for Weak {
    fn from(weak: super::policy::Unreliable) -> Self {
        Self { message: weak.to_string(), algorithm: Some(AlgorithmEnd::new(weak.what, weak.until)) }
    }
}

impl From<String> for Weak {
    fn from(message: String) -> Self {
        Self { message, algorithm: None }
    }
}

/// The algorithms of a CMS at `time` (5.2.8): of its content and its value.
pub(super) fn check_cms(
    validator: Validator<'_>,
    cms: &SignedData,
    cryptography: &Cryptography,
    time: Time,
) -> Result<(), Weak> {
    let said = |fault: CmsFault| Weak::from(fault.to_string());
    let signer = cms.signer().map_err(said)?;
    let (digest, algorithm) = (signer.digest_algorithm().map_err(said)?, signer.signature_algorithm().map_err(said)?);
    let certificate = cryptography.signing_certificate.as_ref();
    let certificate = certificate.ok_or_else(|| Weak::from("there is no signing certificate".to_owned()))?;
    let key = certificate.public_key().map_err(|fault| Weak::from(fault.to_string()))?;
    validator.policy.check_digest(digest, time)?;
    Ok(validator.policy.check_signature(algorithm, &key, time)?)
}

/// What the signing certificate is named by.
pub(super) fn ess_digest(cms: &SignedData) -> Option<DigestAlgorithm> {
    Some(cms.signer().ok()?.signing_certificate().ok()?.algorithm)
}

/// 5.2.3.
pub(super) fn identification(cryptography: &Cryptography) -> Step {
    let block = Block::IdentificationOfTheSigningCertificate;
    match &cryptography.signing_certificate {
        Some(certificate) if cryptography.certificate_is_bound => {
            Step::new(block, Conclusion::PASSED).about(certificate)
        }
        certificate => {
            let failed = Conclusion::indeterminate(SubIndication::NoSigningCertificateFound);
            let step = Step::new(block, failed);
            certificate.iter().fold(step, |step, certificate| step.about(certificate))
        }
    }
}

/// 5.2.4.
pub(super) fn context(validator: Validator<'_>, context: &Context) -> Step {
    let constraints: Vec<&str> = validator.policy.constraints().map(|one| one.as_str()).collect();
    let model = validator.model.as_str();
    let said = format!("policy {}, {model} model, requires {}", validator.policy, constraints.join(", "));
    let outcome = context.fault.map_or(Conclusion::PASSED, Conclusion::indeterminate);
    Step::new(Block::ValidationContextInitialization, outcome).why(said)
}

/// 5.2.7.
pub(super) fn cryptographic_verification(cryptography: &Cryptography) -> Step {
    let outcome = match (cryptography.digest_holds, cryptography.value) {
        (false, _) => Conclusion::failed(SubIndication::HashFailure),
        (true, Value::Holds) => Conclusion::PASSED,
        (true, Value::Broken) => Conclusion::failed(SubIndication::SigCryptoFailure),
        (true, Value::Untried) => Conclusion::indeterminate(SubIndication::CryptoConstraintsFailureNoPoe),
    };
    Step::new(Block::CryptographicVerification, outcome)
}
