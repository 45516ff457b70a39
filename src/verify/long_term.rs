//! The processes: basic validation, and with proofs of existence the long-term one.
//!
//! Invariant: the process is chosen by what is in the file, never by the caller.
//!
//! Specified in EN 319 102-1, 5.3 (basic), 5.5 (with time), 5.6 (archival). On this floor, 5.6 takes the time of the earliest
//! proof of existence as control time, rather than sliding it from certificate to certificate.

use super::certificate::{Judged, Validator};
use super::integrity::Cryptography;
use super::timestamp::{check_cms, conclude};
use crate::pki::cms::SignedData;
use crate::pki::path::purpose::Purpose;
use crate::report::{Code, Conclusion, Finding, SubIndication};
use crate::time::Time;

/// What the processes say of one signature.
pub(crate) struct Validated {
    pub(crate) conclusion: Conclusion,
    pub(crate) judged: Option<Judged>,
    pub(crate) findings: Vec<Finding>,
}

/// Validates a signature at `now`, and where that does not suffice at `best_signature_time` (5.5.4, steps 3 to 6).
pub(crate) fn validate(
    validator: Validator<'_>,
    cms: &SignedData,
    cryptography: &Cryptography,
    now: Time,
    best_signature_time: Option<Time>,
) -> Validated {
    let basic = at(validator, cms, cryptography, now);
    let Some(best) = best_signature_time.filter(|best| *best < now) else { return basic };
    let before_validity = cryptography.signing_certificate.as_ref().is_some_and(|one| best < one.not_before());
    match basic.conclusion.sub_indication {
        Some(sub_indication) if time_may_help(sub_indication) => {}
        None if !before_validity => return basic,
        None => {}
        Some(_) => return basic,
    }
    if before_validity {
        let message = "the signature existed before its signing certificate was valid";
        let findings = vec![Finding::new(Code::Validity, message)];
        return Validated { conclusion: Conclusion::failed(SubIndication::NotYetValid), findings, ..basic };
    }
    let then = at(validator, cms, cryptography, best);
    if then.conclusion.is_passed() { then } else { basic }
}

/// Basic validation as if it were `time` (5.3): format and signing certificate were judged before.
fn at(validator: Validator<'_>, cms: &SignedData, cryptography: &Cryptography, time: Time) -> Validated {
    let certificate = cryptography.signing_certificate.as_ref();
    let judged = certificate.map(|certificate| validator.judge(certificate, Purpose::DocumentSigning, time));
    let mut findings = judged.as_ref().map_or_else(Vec::new, |judged| judged.findings.clone());
    let mut conclusion = conclude(cryptography, judged.as_ref());
    // 5.2.8: the signature's own algorithms.
    if conclusion.is_passed()
        && let Err(weak) = check_cms(cms, cryptography, time)
    {
        conclusion = Conclusion::indeterminate(SubIndication::CryptoConstraintsFailureNoPoe);
        findings.push(Finding::new(Code::Algorithm, weak));
    }
    Validated { conclusion, judged, findings }
}

/// The results of basic validation that a proof of existence may mend (5.5.4, step 1; 5.6.3.4, step 4).
fn time_may_help(sub_indication: SubIndication) -> bool {
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
