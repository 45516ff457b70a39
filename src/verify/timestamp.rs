//! The timestamp block: is a token's time to be believed?
//!
//! Specified in EN 319 102-1, 5.4; RFC 3161, 2.4.2 and 4.

use super::basis;
use super::certificate::{Judged, Moment, Validator, policies};
use super::context::Context;
use super::integrity::Cryptography;
use super::process::{
    Acceptance, Validated, Weak, basic_conclusion, check_cms, context, cryptographic_verification, ess_digest, finish,
    identification, with_proof,
};
use crate::pki::certificate::Certificate;
use crate::pki::path::Purpose;
use crate::pki::timestamp::TimestampToken;
use crate::pki::timestamp::token::Interval;
use crate::pki::trust::term::Term;
use crate::report::{
    AccreditationReport, AssociatedData, Block, CertificateReport, Code, Conclusion, Finding, Step, SubIndication,
    TimestampReport, TrustAnchorReport,
};
use crate::time::Time;

/// What was found about one token.
pub(crate) struct JudgedToken {
    pub(crate) report: TimestampReport,
    /// The times that it may have been made at.
    pub(crate) interval: Option<Interval>,
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
            trust_anchor: None,
            accredited: None,
            policy: None,
            serial: None,
            associated: AssociatedData::default(),
            process: vec![Step::new(Block::FormatChecking, Conclusion::failed(SubIndication::FormatFailure))],
            chain: Vec::new(),
            revocation: Vec::new(),
            fingerprint: None,
        };
        Self { report, interval: None, cryptography: Cryptography::unchecked(), findings: Vec::new() }
    }

    /// The proved time, where the token passed.
    pub(crate) fn proof(&self) -> Option<Time> {
        self.report.time.filter(|_| self.report.conclusion.is_passed())
    }

    /// When that was for certain, where the token passed.
    pub(crate) fn proved_interval(&self) -> Option<Interval> {
        self.interval.filter(|_| self.report.conclusion.is_passed())
    }
}

/// Judges `token` over content with `digest` as of now; where that does not suffice and the token itself is `proved` to have existed, as
/// of then (EN 319 102-1, 5.4 and 5.6.2.4).
pub(crate) fn judge(
    validator: Validator<'_>,
    token: &TimestampToken,
    digest: &[u8],
    proved: Option<Time>,
) -> JudgedToken {
    let cryptography = Cryptography::of_token(token, digest, validator.pool.evidence.certificates().as_slice());
    let gen_time = token.gen_time();
    let now = validator.proofs.now();
    let mut findings = cryptography.findings.clone();
    let mut steps = vec![identification(&cryptography), context(validator, &Context::empty())];
    let certificate = cryptography.signing_certificate.as_ref();
    let judged = certificate.map(|certificate| {
        let basic = judge_authority(validator, certificate, (gen_time, proved.unwrap_or(now)), &mut steps);
        let conclusion = basic_conclusion(&cryptography, Some(&basic));
        steps.push(cryptographic_verification(&cryptography));
        steps.push(Step::new(Block::TimeStampValidation, conclusion).at(now));
        with_proof(validator, certificate, Purpose::TimeStamping, basic, proved, &mut steps)
    });
    let time = proved.unwrap_or(now);
    let acceptance = || check_algorithms(validator, token, &cryptography, time);
    let validated = finish(validator, &cryptography, judged, steps, Acceptance::of_token(time, &acceptance));
    let Validated { mut conclusion, judged, associated, findings: said, steps: process } = validated;
    findings.extend(said);
    // RFC 3161, 2.4.2: time, name and critical extensions of the TSTInfo fit the certificate; a path alone does not say so.
    let latest = now.after(validator.policy.clock_tolerance());
    if conclusion.is_passed()
        && let Some(certificate) = &cryptography.signing_certificate
        && let Err(fault) = token.check_statement(certificate).and_then(|()| token.check_not_after(latest))
    {
        conclusion = Conclusion::indeterminate(SubIndication::SigConstraintsFailure);
        findings.push(Finding::new(Code::Timestamp, fault));
    }
    // Departs: RFC 3161 knows no other digest than SHA-1 here, and nobody has to find a second certificate with a given one: said, without
    // harm to the token, as EU DSS does. RFC 5816 brought the others.
    let named_by = ess_digest(token.signed_data()).map(|digest| validator.policy.check_digest(digest, time));
    if let Some(Err(weak)) = named_by {
        findings
            .push(Finding::new(Code::Conformity, format!("the authority's certificate is named by a digest: {weak}")));
    }
    findings.extend(expired_list(judged.as_ref(), Purpose::TimeStamping, now));
    let report = TimestampReport {
        time: Some(gen_time),
        conclusion,
        signer: cryptography.signing_certificate.as_ref().map(certificate_report),
        trust_source: trust_source(judged.as_ref()),
        trust_anchor: trust_anchor(judged.as_ref(), Purpose::TimeStamping, now),
        accredited: accredited(validator, &cryptography, judged.as_ref(), gen_time),
        policy: Some(token.policy().to_string()),
        serial: Some(token.serial_hex()),
        associated,
        process,
        chain: basis::chain(validator, judged.as_ref()),
        revocation: basis::statuses(validator, judged.as_ref()),
        fingerprint: Some(basis::fingerprint(token.der())),
    };
    JudgedToken { report, interval: Some(token.interval()), cryptography, findings }
}

/// The authority's certificate as of now. Where it was revoked in good order, what the authority stated before stays (RFC 3161, 4; ISO
/// 32000-2, 12.8.5.3): a compromised key could state any time, and so could one that was revoked for no reason given. Past the certificate's
/// own end nobody says any more what became of the key: what is not `seen` by then is as late as if the unit had gone on.
fn judge_authority(
    validator: Validator<'_>,
    certificate: &Certificate,
    (gen_time, seen): (Time, Time),
    steps: &mut Vec<Step>,
) -> Judged {
    let now = validator.proofs.now();
    let mut basic = validator.judge(certificate, Purpose::TimeStamping, Moment::at(now));
    steps.extend(basic.steps.iter().cloned());
    let revoked = basic.associated.revocation.as_ref().map(|revoked| revoked.time).filter(|_| basic.is_orderly_end);
    let is_seen = seen <= certificate.not_after();
    let Some(revoked) = revoked.filter(|revoked| gen_time < *revoked && is_seen) else { return basic };
    let before = revoked.before(std::time::Duration::from_secs(1));
    let then = validator.judge(certificate, Purpose::TimeStamping, Moment { time: before, issuers: now });
    steps.extend(then.steps.iter().cloned());
    if then.conclusion.is_passed() {
        return then;
    }
    // The revocation alone would not have mattered: what else does is said with it.
    basic.findings.extend(then.findings);
    basic.associated.algorithms.extend(then.associated.algorithms);
    basic
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

/// That the list which names the anchor had expired by `now`. Whoever took it anyway is told; the verdict stands on what he trusts.
pub(super) fn expired_list(judged: Option<&Judged>, purpose: Purpose, now: Time) -> Option<Finding> {
    let path = judged?.path.as_ref()?;
    let due = path.anchor.term(purpose, &policies(path), now)?.overdue(now)?;
    let (anchor, list) = (path.anchor.name(), path.anchor.label());
    let message = format!("the list that names the trust anchor \"{anchor}\" expired on {due} ({list})");
    Some(Finding::new(Code::TrustList, message))
}

/// The anchor itself, and the term under which it vouches `now`, or else the last one.
pub(super) fn trust_anchor(judged: Option<&Judged>, purpose: Purpose, now: Time) -> Option<TrustAnchorReport> {
    let path = judged?.path.as_ref()?;
    let term = path.anchor.term(purpose, &policies(path), now);
    let uses = term.and_then(Term::uses);
    Some(TrustAnchorReport {
        subject: path.anchor.name().to_string(),
        uses: uses.map(|uses| uses.iter().map(|one| one.as_str().to_owned()).collect()),
        from: term.and_then(Term::begin),
        until: term.and_then(Term::end),
    })
}

/// Who accredited the authority of an intact token, or one on its certificate's path, as of the time that the token states.
fn accredited(
    validator: Validator<'_>,
    cryptography: &Cryptography,
    judged: Option<&Judged>,
    time: Time,
) -> Option<AccreditationReport> {
    let signer = cryptography.signing_certificate.as_ref().filter(|_| cryptography.is_intact())?;
    let path = judged.and_then(|judged| judged.path.as_ref());
    let issuers = path.into_iter().flat_map(|path| path.certificates.iter().skip(1).chain([path.anchor.certificate()]));
    let mut candidates = [signer].into_iter().chain(issuers);
    let accreditation = candidates.find_map(|one| validator.trust.accreditation_of(one, time))?;
    let (from, until) = accreditation.period();
    Some(AccreditationReport { list: accreditation.list().to_owned(), from, until })
}

fn check_algorithms(
    validator: Validator<'_>,
    token: &TimestampToken,
    cryptography: &Cryptography,
    time: Time,
) -> Result<(), Weak> {
    let imprint = token.imprint_algorithm().map_err(|fault| Weak::from(fault.to_string()))?;
    validator.policy.check_digest(imprint, time)?;
    check_cms(validator, token.signed_data(), cryptography, time)
}

#[cfg(test)]
mod tests {
    use super::super::certificate::Pool;
    use super::super::existence::ProofsOfExistence;
    use super::super::policy::Policy;
    use super::*;
    use crate::digest::DigestAlgorithm;
    use crate::limits::Limits;
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
        let proofs = ProofsOfExistence::new("2026-10-08T00:00:00Z".parse().unwrap());
        let (pool, policy) = (Pool::new(&evidence), Policy::default());
        judge(Validator::new(&trust, &pool, &limits, &policy, &proofs), &token, &digest, None)
    }

    #[test]
    fn a_token_that_its_certificate_does_not_fit_proves_no_time() {
        assert!(judged(|_| {}).proof().is_some());
        let early = judged(|info| info.gen_time = GenTime::new("2019-12-31T23:59:59Z".parse().unwrap()));
        let named = judged(|info| {
            let other = der::Decode::from_der(&name(2)).unwrap();
            info.tsa =
                Some(der::Any::encode_from(&x509_cert::ext::pkix::name::GeneralName::DirectoryName(other)).unwrap());
        });
        let critical = judged(|info| {
            let extn_id = "2.999.9".parse().unwrap();
            let extn_value = der::asn1::OctetString::new([5, 0]).unwrap();
            info.extensions = Some(vec![crate::pki::extension::Extension { extn_id, critical: true, extn_value }]);
        });
        for (token, expected) in [(early, "outside the validity"), (named, "Party 2"), (critical, "2.999.9")] {
            assert_eq!(token.proof(), None, "{expected}");
            assert_eq!(token.report.conclusion.sub_indication, Some(SubIndication::SigConstraintsFailure));
            let finding = token.findings.last().unwrap().to_string();
            assert!(finding.contains(expected), "{finding}");
        }
    }
}
