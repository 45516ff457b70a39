use super::super::*;
use super::now;
use crate::digest::DigestAlgorithm;
use crate::error::ErrorClass;
use crate::limits::Limits;
use crate::pki::timestamp::TimestampRequest;
use crate::port::TimestampAuthority;

/// Each spoilt timestamp answer, and the one fault that it is refused with.
#[test]
fn every_misbehaviour_of_the_tsa_is_its_own_fault() {
    let authority = Authority::new(b"faults", now()).unwrap();
    let request = TimestampRequest::new(DigestAlgorithm::Sha256, &DigestAlgorithm::Sha256.digest(b"x"), &[7; 8]);
    let request = request.under_policy(&certificate::TSA_POLICY.to_string()).unwrap();
    let judge = |misbehaviour: Option<Misbehaviour>| {
        let services = AuthorityAt { misbehaviour, ..authority.at(now()) };
        request.accept(&services.timestamp(&request.to_der()).unwrap(), &Limits::default())
    };
    let token = judge(None).unwrap();
    assert_eq!(token.gen_time(), now());
    use Misbehaviour as M;
    let mut seen = Vec::new();
    for (bad, expected) in [
        (M::HtmlPage, "503 Service Unavailable"),
        (M::Empty, "answer is empty"),
        (M::Garbage, "begins with"),
        (M::TrailingData, "follows the TimeStampResp"),
        (M::Rejected, "systemFailure, saying \"the clock is out of order\""),
        (M::GrantedWithMods, "grantedWithMods"),
        (M::NoToken, "sent none"),
        (M::WrongNonce, "nonce is not the one"),
        (M::MissingNonce, "no nonce"),
        (M::WrongImprint, "other data"),
        (M::WrongImprintAlgorithm, "imprint was made with"),
        (M::WrongPolicy, "under the policy"),
        (M::NoCertificate, "is not in the token"),
        (M::WrongCertificate, "is not the one that the signer identifier names"),
        (M::NoSigningCertificate, "no signing-certificate attribute"),
        (M::ExpiredCertificate, "outside the validity"),
        (M::NotYetValid, "outside the validity"),
        (M::NoExtendedKeyUsage, "does not include timeStamping"),
        (M::NonCriticalExtendedKeyUsage, "not critical"),
        (M::SecondExtendedKeyUsage, "more than time-stamping"),
        (M::BadSignature, "signature value does not verify"),
        (M::WrongMessageDigest, "content's digest"),
        (M::TwoSigners, "2 signers"),
    ] {
        let fault = judge(Some(bad)).err().map(|fault| fault.to_string()).unwrap_or_default();
        assert!(fault.contains(expected), "{bad:?}: {fault}");
        assert!(!seen.contains(&fault), "{bad:?} as another: {fault}");
        seen.push(fault);
    }
    let error = authority.at(now()).misbehaving(M::TransportFailure).timestamp(&request.to_der()).unwrap_err();
    assert_eq!((error.kind(), error.class()), (ErrorKind::Timestamp, ErrorClass::Retryable));
    // Whether the time is right only a second clock can tell.
    assert_eq!(judge(Some(M::FutureTime)).unwrap().gen_time(), now().after(hierarchy::HOUR));
}
