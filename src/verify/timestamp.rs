//! The timestamp block: is a token's time to be believed?
//!
//! Specified in EN 319 102-1, 5.4; RFC 3161, 2.4.2.

use super::certificate::{Judged, Validator};
use super::integrity::{Cryptography, Value};
use super::policy;
use crate::limits::Limits;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{CmsFault, SignedData};
use crate::pki::path::purpose::Purpose;
use crate::pki::timestamp::{TimestampFault, TimestampToken};
use crate::report::{CertificateReport, Code, Conclusion, Finding, SubIndication, TimestampReport};
use crate::time::Time;

/// What was found about one token.
pub(crate) struct JudgedToken {
    pub(crate) report: TimestampReport,
    pub(crate) cryptography: Cryptography,
    pub(crate) findings: Vec<Finding>,
}

impl JudgedToken {
    /// A token that cannot be read.
    pub(crate) fn unreadable() -> Self {
        let report = TimestampReport {
            time: None,
            conclusion: Conclusion::failed(SubIndication::FormatFailure),
            signer: None,
            trust_source: None,
            policy: None,
            serial: None,
        };
        Self { report, cryptography: Cryptography::unchecked(), findings: Vec::new() }
    }

    /// The proved time, where the token passed.
    pub(crate) fn proof(&self) -> Option<Time> {
        self.report.time.filter(|_| self.report.conclusion.is_passed())
    }
}

/// Judges `token` over content with `digest`, at `time`; where that does not suffice and the token itself is proved to have
/// existed at `proved`, at that time (EN 319 102-1, 5.6.2.4, with the proof's time as control time).
pub(crate) fn judge(
    validator: Validator<'_>,
    token: &TimestampToken,
    digest: &[u8],
    time: Time,
    proved: Option<Time>,
) -> JudgedToken {
    let cryptography = Cryptography::of_token(token, digest, validator.pool.evidence.certificates());
    let gen_time = token.gen_time();
    let mut findings = cryptography.findings.clone();
    let judged = cryptography.signing_certificate.as_ref().map(|certificate| {
        let now = validator.judge(certificate, Purpose::TimeStamping, time);
        match proved {
            Some(proved) if !now.conclusion.is_passed() && proved < time => {
                let then = validator.judge(certificate, Purpose::TimeStamping, proved);
                if then.conclusion.is_passed() { then } else { now }
            }
            _ => now,
        }
    });
    let mut conclusion = conclude(&cryptography, judged.as_ref());
    findings.extend(judged.iter().flat_map(|judged| judged.findings.iter().cloned()));
    if conclusion.is_passed()
        && let Err(weak) = check_algorithms(token, &cryptography, proved.unwrap_or(time))
    {
        conclusion = Conclusion::indeterminate(SubIndication::CryptoConstraintsFailureNoPoe);
        findings.push(Finding::new(Code::Algorithm, weak));
    }
    // RFC 3161, 2.4.2: time, name and critical extensions of the TSTInfo fit the certificate; a path alone does not say so.
    if conclusion.is_passed()
        && let Some(certificate) = &cryptography.signing_certificate
        && let Err(fault) = token.check_authority(certificate)
    {
        conclusion = Conclusion::indeterminate(SubIndication::SigConstraintsFailure);
        findings.push(Finding::new(Code::Timestamp, fault));
    }
    let report = TimestampReport {
        time: Some(gen_time),
        conclusion,
        signer: cryptography.signing_certificate.as_ref().map(certificate_report),
        trust_source: trust_source(judged.as_ref()),
        policy: Some(token.policy().to_string()),
        serial: Some(token.serial_hex()),
    };
    JudgedToken { report, cryptography, findings }
}

/// The order of EN 319 102-1, 5.3: a broken digest or value weighs more than any trouble with certificates.
pub(super) fn conclude(cryptography: &Cryptography, judged: Option<&Judged>) -> Conclusion {
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

/// The signature timestamps of `cms`, each readable or not.
pub(crate) fn signature_tokens(cms: &SignedData, limits: &Limits) -> Vec<Result<TimestampToken, TimestampFault>> {
    match cms.signer().and_then(|signer| signer.signature_timestamps(limits)) {
        Ok(tokens) => tokens.into_iter().map(|token| TimestampToken::from_der(token, limits)).collect(),
        Err(CmsFault::NoSigner | CmsFault::SeveralSigners(_)) => Vec::new(),
        Err(fault) => vec![Err(fault.into())],
    }
}

/// A certificate, for people.
pub(super) fn certificate_report(certificate: &Certificate) -> CertificateReport {
    CertificateReport {
        subject: certificate.subject().to_string(),
        common_name: certificate.subject().values(const_oid::db::rfc4519::COMMON_NAME).pop(),
        issuer: certificate.issuer().to_string(),
        serial: certificate.serial_hex(),
        not_after: certificate.not_after(),
    }
}

/// The label of the anchor that a certificate's path ends in.
pub(super) fn trust_source(judged: Option<&Judged>) -> Option<String> {
    judged?.path.as_ref().map(|path| path.anchor.label().to_owned())
}

fn check_algorithms(token: &TimestampToken, cryptography: &Cryptography, time: Time) -> Result<(), String> {
    let imprint = token.imprint_algorithm().map_err(|fault| fault.to_string())?;
    policy::check_digest(imprint, time).map_err(|weak| weak.to_string())?;
    check_cms(token.signed_data(), cryptography, time)
}

/// The algorithms of a CMS at `time` (EN 319 102-1, 5.2.8).
pub(super) fn check_cms(cms: &SignedData, cryptography: &Cryptography, time: Time) -> Result<(), String> {
    let signer = cms.signer().map_err(|fault| fault.to_string())?;
    let digest = signer.digest_algorithm().map_err(|fault| fault.to_string())?;
    let algorithm = signer.signature_algorithm().map_err(|fault| fault.to_string())?;
    let certificate = cryptography.signing_certificate.as_ref().ok_or("there is no signing certificate")?;
    let key = certificate.public_key().map_err(|fault| fault.to_string())?;
    policy::check_digest(digest, time).map_err(|weak| weak.to_string())?;
    policy::check_signature(algorithm, &key, time).map_err(|weak| weak.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::certificate::Pool;
    use super::*;
    use crate::digest::DigestAlgorithm;
    use crate::pki::cms::fixture::{Party, name, tst};
    use crate::pki::evidence::Evidence;
    use crate::pki::timestamp::asn1::{GenTime, TstInfo};
    use crate::pki::trust::store::TrustStore;

    /// The conclusion and findings about a token over `edit`ed facts, by a trusted TSA whose certificate is valid 2020 to 2030.
    fn judged(edit: impl Fn(&mut TstInfo)) -> JudgedToken {
        let (tsa, digest) = (Party::tsa(1), DigestAlgorithm::Sha256.digest(b"data"));
        let mut info = tst(&digest);
        edit(&mut info);
        let limits = Limits::default();
        let token = TimestampToken::from_der(&tsa.token(&info, &tsa.certificate), &limits).unwrap();
        let mut trust = TrustStore::new();
        trust.add(tsa.certificate.clone(), "test");
        let evidence = Evidence::new();
        let validator = Validator { trust: &trust, pool: &Pool::new(&evidence), limits: &limits };
        judge(validator, &token, &digest, "2026-10-08T00:00:00Z".parse().unwrap(), None)
    }

    #[test]
    fn a_token_that_its_certificate_does_not_fit_proves_no_time() {
        assert!(judged(|_| {}).proof().is_some());
        let early = judged(|info| info.gen_time = GenTime::new("2019-12-31T23:59:59Z".parse().unwrap()));
        let named = judged(|info| {
            let other = der::Decode::from_der(&name(2)).unwrap();
            info.tsa = Some(x509_cert::ext::pkix::name::GeneralName::DirectoryName(other));
        });
        let critical = judged(|info| {
            let extn_id = const_oid::ObjectIdentifier::new_unwrap("1.2.3.9");
            let extn_value = der::asn1::OctetString::new([5, 0]).unwrap();
            info.extensions = Some(vec![x509_cert::ext::Extension { extn_id, critical: true, extn_value }]);
        });
        for (token, expected) in [(early, "outside the validity"), (named, "Party 2"), (critical, "1.2.3.9")] {
            assert_eq!(token.proof(), None, "{expected}");
            assert_eq!(token.report.conclusion.sub_indication, Some(SubIndication::SigConstraintsFailure));
            let finding = token.findings.last().unwrap().to_string();
            assert!(finding.contains(expected), "{finding}");
        }
    }
}
