//! The processes: what the blocks come to together, at now and with proofs of existence.
//!
//! Invariant: the process is chosen by what is in the file, never by the caller.
//! Invariant: nothing but a proof of existence makes a verdict better than it is now.
//!
//! Specified in EN 319 102-1, 5.3 (basic), 5.5 (with time), 5.6.2.4 (past) and 5.6.3 (archival).

use super::certificate::{Judged, Moment, Validator, time_may_help};
use super::integrity::{Cryptography, Value};
use crate::digest::DigestAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{CmsFault, SignedData};
use crate::pki::path::Purpose;
use crate::report::{AlgorithmEnd, AssociatedData, Block, Code, Conclusion, Finding, Step, SubIndication};
use crate::time::Time;

/// What the processes say of one signature or timestamp.
pub(super) struct Validated {
    pub(super) conclusion: Conclusion,
    pub(super) judged: Option<Judged>,
    pub(super) associated: AssociatedData,
    pub(super) findings: Vec<Finding>,
    pub(super) steps: Vec<Step>,
}

/// Signature validation, from 5.3 to 5.6: at now, and where that does not suffice with the time at which the signature is `proved` to
/// have existed. Format checking was done before.
pub(super) fn validate_signature(
    validator: Validator<'_>,
    cms: &SignedData,
    cryptography: &Cryptography,
    purpose: Purpose,
    proved: Option<Time>,
) -> Validated {
    let now = validator.proofs.now();
    let mut steps = vec![identification(cryptography), context(validator)];
    let certificate = cryptography.signing_certificate.as_ref();
    let basic = certificate.map(|one| validator.judge(one, purpose, Moment::at(now)));
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
    let acceptance = || {
        check_cms(validator, cms, cryptography, time)?;
        match ess_digest(cms) {
            Some(digest) => Ok(validator.policy.check_digest(digest, time)?),
            None => Ok(()),
        }
    };
    finish(validator, cryptography, judged, steps, (time, &acceptance))
}

/// Puts the blocks' answers together, in the order of 5.3; `acceptance` is the signature's own part of 5.2.8, at the time beside it.
pub(super) fn finish(
    validator: Validator<'_>,
    cryptography: &Cryptography,
    judged: Option<Judged>,
    mut steps: Vec<Step>,
    (time, acceptance): (Time, &dyn Fn() -> Result<(), Weak>),
) -> Validated {
    let mut findings = judged.as_ref().map_or_else(Vec::new, |judged| judged.findings.clone());
    let mut associated = judged.as_ref().map_or_else(AssociatedData::default, |judged| judged.associated.clone());
    let mut conclusion = basic_conclusion(cryptography, judged.as_ref());
    if conclusion.is_passed() {
        let step = Step::new(Block::SignatureAcceptanceValidation, Conclusion::PASSED).at(time);
        match acceptance() {
            Ok(()) => steps.push(step),
            Err(weak) => {
                conclusion = Conclusion::indeterminate(SubIndication::CryptoConstraintsFailureNoPoe);
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
pub(super) fn context(validator: Validator<'_>) -> Step {
    let said = format!("policy {}, {} model", validator.policy, validator.model.as_str());
    Step::new(Block::ValidationContextInitialization, Conclusion::PASSED).why(said)
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
