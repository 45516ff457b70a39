//! What a TSA answers, and whether it is what was asked for.
//!
//! Invariant: a token is only handed out when every check of RFC 3161, 2.4.2 held; what the server said of itself is
//! kept in the fault.
//!
//! Specified in RFC 3161, 2.4.2 and RFC 5816.

use der::asn1::BitString;
use der::{Decode, Encode};

use super::asn1::{PkiStatusInfo, TimeStampResp};
use super::fault::TimestampFault;
use super::request::TimestampRequest;
use super::token::TimestampToken;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::pki::cms::CmsFault;
use crate::pki::cms::ber::Definite;

/// `PKIFailureInfo` (RFC 3161, 2.4.2).
const FAILURES: [(usize, &str); 8] = [
    (0, "badAlg"),
    (2, "badRequest"),
    (5, "badDataFormat"),
    (14, "timeNotAvailable"),
    (15, "unacceptedPolicy"),
    (16, "unacceptedExtension"),
    (17, "addInfoNotAvailable"),
    (25, "systemFailure"),
];
/// How many characters of an answer that is none are quoted: enough for an HTML page's title line.
const QUOTED: usize = 120;

impl TimestampRequest {
    /// As [`accept`](Self::accept), as an error that says what to do.
    pub(crate) fn judge(&self, response: &[u8], limits: &Limits) -> crate::error::Result<TimestampToken> {
        self.accept(response, limits).map_err(|fault| {
            let error = Error::new(ErrorKind::Timestamp, "the timestamp authority's answer is not usable");
            error.class_is(fault.class()).advise(fault.advice()).because(fault)
        })
    }

    /// Judges the TSA's `response` to this request, and gives the token.
    pub(crate) fn accept(&self, response: &[u8], limits: &Limits) -> Result<TimestampToken, TimestampFault> {
        let token = TimestampToken::from_der(&granted_token(response, limits)?, limits)?;
        self.check(&token)?;
        let authority = token.signer(&[]).map_err(|fault| match fault {
            TimestampFault::Cms(CmsFault::SigningCertificateNotFound) => TimestampFault::CertificateMissing,
            fault => fault,
        })?;
        token.check_authority(authority)?;
        token.verify_signature(authority)?;
        Ok(token)
    }

    /// The token says what was asked.
    fn check(&self, token: &TimestampToken) -> Result<(), TimestampFault> {
        let (expected, found) = (self.imprint_algorithm().oid(), token.imprint_algorithm_oid());
        if expected != found {
            return Err(TimestampFault::ImprintAlgorithm { expected, found });
        }
        token.check_imprint(self.imprint())?;
        match (self.nonce(), token.nonce()) {
            (Some(_), None) => return Err(TimestampFault::NonceMissing),
            (Some(sent), Some(answered)) if sent != answered => return Err(TimestampFault::Nonce),
            _ => {}
        }
        match self.requested_policy() {
            Some(asked) if asked != token.policy() => {
                Err(TimestampFault::Policy { asked: asked.clone(), found: token.policy().clone() })
            }
            _ => Ok(()),
        }
    }
}

/// What a TSA says in a response that came with an HTTP status other than 200, if it is one that refuses.
#[cfg(feature = "http")]
pub(crate) fn refusal_in(body: &[u8]) -> Option<TimestampFault> {
    let refusal = granted_token(body, &Limits::default()).err()?;
    matches!(refusal, TimestampFault::Rejected { .. }).then_some(refusal)
}

/// The `TimeStampToken` of a response that grants one.
fn granted_token(response: &[u8], limits: &Limits) -> Result<Vec<u8>, TimestampFault> {
    if response.is_empty() {
        return Err(TimestampFault::EmptyResponse);
    }
    if u64::try_from(response.len()).unwrap_or(u64::MAX) > limits.cms_bytes {
        return Err(CmsFault::TooLarge { bytes: response.len(), limit: limits.cms_bytes }.into());
    }
    let not_a_response = || TimestampFault::NotAResponse { beginning: beginning(response) };
    // Two levels belong to the response, the others to the token.
    let value = Definite::read(response, limits.asn1_depth.saturating_add(2)).map_err(|_| not_a_response())?;
    let parsed = TimeStampResp::from_der(&value.bytes).map_err(|_| not_a_response())?;
    if value.consumed < response.len() {
        return Err(TimestampFault::TrailingData { offset: value.consumed });
    }
    let text = parsed.status.text();
    match parsed.status.status {
        PkiStatusInfo::GRANTED => {}
        // Departs: RFC 3161, 2.4.2 lets a token follow here; we asked for nothing that could be modified
        // (`grants_with_mods_are_refused`).
        PkiStatusInfo::GRANTED_WITH_MODS => return Err(TimestampFault::GrantedWithMods { text }),
        status => {
            let fail_info = parsed.status.fail_info.as_ref().map(failures).unwrap_or_default();
            return Err(TimestampFault::Rejected { status, fail_info, text });
        }
    }
    let token = parsed.time_stamp_token.ok_or(TimestampFault::NoToken)?;
    token.to_der().map_err(|_| not_a_response())
}

fn failures(bits: &BitString) -> Vec<&'static str> {
    let set = bits.bits().enumerate().filter(|(_, set)| *set);
    let name = |(bit, _)| FAILURES.iter().find(|(number, _)| *number == bit).map_or("unknown", |(_, name)| *name);
    set.take(64).map(name).collect()
}

/// The first characters as printable text: HTML pages and messages of gateways show what they are.
fn beginning(response: &[u8]) -> String {
    let text =
        String::from_utf8_lossy(response.get(..response.len().min(QUOTED.saturating_mul(4))).unwrap_or_default());
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(QUOTED).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use const_oid::ObjectIdentifier;
    use der::Any;
    use der::asn1::Int;
    use proptest::prelude::*;

    use super::super::asn1::TstInfo;
    use super::*;
    use crate::corpora;
    use crate::digest::DigestAlgorithm;
    use crate::pki::cms::fixture::{EKU, Party, TIME_STAMPING, name, purposes, tst};
    use crate::pki::cms::foreign_tests::files;
    use crate::pki::key::KeyFault;
    use crate::pki::purpose::PurposeFault;

    const OTHER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.5");

    fn request() -> TimestampRequest {
        TimestampRequest::new(DigestAlgorithm::Sha256, &[7; 32], &[9; 8])
    }

    fn good_tst() -> TstInfo {
        TstInfo { nonce: Some(Int::new(request().nonce().unwrap()).unwrap()), ..tst(&[7; 32]) }
    }

    fn response(status: PkiStatusInfo, token: Option<&[u8]>) -> Vec<u8> {
        let time_stamp_token = token.map(|token| Any::from_der(token).unwrap());
        TimeStampResp { status, time_stamp_token }.to_der().unwrap()
    }

    fn answer(response: &[u8]) -> Result<TimestampToken, TimestampFault> {
        request().accept(response, &Limits::default())
    }

    /// The verdict over a TSTInfo that this TSA signs.
    fn answer_by(tsa: &Party, tst: &TstInfo) -> Result<TimestampToken, TimestampFault> {
        answer(&response(PkiStatusInfo::granted(), Some(&tsa.token(tst, &tsa.certificate))))
    }

    fn fault_of(edit: impl Fn(&mut TstInfo)) -> TimestampFault {
        let mut tst = good_tst();
        edit(&mut tst);
        answer_by(&Party::tsa(1), &tst).unwrap_err()
    }

    #[test]
    fn a_good_answer_is_a_token() {
        let tsa = Party::tsa(1);
        let sent = tsa.token(&good_tst(), &tsa.certificate);
        let token = answer(&response(PkiStatusInfo::granted(), Some(&sent))).unwrap();
        assert_eq!(token.der(), sent);
        assert_eq!(token.signer(&[]), Ok(&tsa.certificate));
        assert_eq!(token.gen_time().to_string(), "2026-10-07T00:25:23Z");
        assert_eq!((token.serial_hex().as_str(), token.imprint_algorithm()), ("01", Ok(DigestAlgorithm::Sha256)));
        assert_eq!(token.check_imprint(&[8; 32]), Err(TimestampFault::Imprint));
    }

    #[test]
    fn what_is_no_response_is_quoted() {
        let page = b"<html>\n<head><title>429 Too Many Requests</title>\x01</head>";
        let beginning = "<html> <head><title>429 Too Many Requests</title>\u{fffd}</head>".to_owned();
        assert_eq!(answer(page).unwrap_err(), TimestampFault::NotAResponse { beginning });
        assert_eq!(answer(b"").unwrap_err(), TimestampFault::EmptyResponse);
        let tsa = Party::tsa(1);
        let mut good = response(PkiStatusInfo::granted(), Some(&tsa.token(&good_tst(), &tsa.certificate)));
        let offset = good.len();
        good.push(0);
        assert_eq!(answer(&good).unwrap_err(), TimestampFault::TrailingData { offset });
    }

    #[test]
    fn refusals_keep_the_servers_words() {
        let refusal = response(PkiStatusInfo::rejection(14, "クロック異常").unwrap(), None);
        let fail_info = vec!["timeNotAvailable"];
        let fault = TimestampFault::Rejected { status: 2, fail_info, text: "クロック異常".to_owned() };
        assert_eq!(answer(&refusal).unwrap_err(), fault);
        assert_eq!(answer(&response(PkiStatusInfo::granted(), None)).unwrap_err(), TimestampFault::NoToken);
    }

    #[test]
    fn grants_with_mods_are_refused() {
        let tsa = Party::tsa(1);
        let status = PkiStatusInfo { status: PkiStatusInfo::GRANTED_WITH_MODS, ..PkiStatusInfo::granted() };
        let modified = response(status, Some(&tsa.token(&good_tst(), &tsa.certificate)));
        assert_eq!(answer(&modified).unwrap_err(), TimestampFault::GrantedWithMods { text: String::new() });
    }

    #[test]
    fn the_token_says_what_was_asked() {
        assert_eq!(fault_of(|tst| tst.version = 2), TimestampFault::Version(2));
        assert_eq!(fault_of(|tst| tst.nonce = None), TimestampFault::NonceMissing);
        assert_eq!(fault_of(|tst| tst.nonce = Some(Int::new(&[9]).unwrap())), TimestampFault::Nonce);
        let imprint = |algorithm, digest| super::super::asn1::MessageImprint::new(algorithm, digest).unwrap();
        let other = imprint(DigestAlgorithm::Sha256, &[8; 32]);
        assert_eq!(fault_of(|tst| tst.message_imprint = other.clone()), TimestampFault::Imprint);
        let (expected, found) = (DigestAlgorithm::Sha256.oid(), DigestAlgorithm::Sha512.oid());
        let other = imprint(DigestAlgorithm::Sha512, &[7; 32]);
        let fault = fault_of(|tst| tst.message_imprint = other.clone());
        assert_eq!(fault, TimestampFault::ImprintAlgorithm { expected, found });
        let tsa = Party::tsa(1);
        let sent = response(PkiStatusInfo::granted(), Some(&tsa.token(&good_tst(), &tsa.certificate)));
        let fault = request().under_policy(&OTHER.to_string()).unwrap().accept(&sent, &Limits::default()).unwrap_err();
        assert_eq!(fault, TimestampFault::Policy { asked: OTHER.into(), found: good_tst().policy });
    }

    #[test]
    fn the_certificate_is_a_tsas() {
        let lacking = || TimestampFault::Purpose(PurposeFault::ExtendedKeyUsage("timeStamping"));
        let by = |extensions: &[Vec<u8>]| answer_by(&Party::with_extensions(1, extensions), &good_tst()).unwrap_err();
        assert_eq!(by(&[]), lacking());
        assert_eq!(by(&[purposes(true, &[OTHER])]), lacking());
        assert_eq!(by(&[purposes(false, &[TIME_STAMPING])]), TimestampFault::Purpose(PurposeFault::NotCritical));
        assert_eq!(by(&[purposes(true, &[TIME_STAMPING, OTHER])]), TimestampFault::Purpose(PurposeFault::NotSole));
        let twice = [purposes(true, &[TIME_STAMPING]), purposes(true, &[TIME_STAMPING])];
        let fault = crate::pki::certificate::CertificateFault::DuplicateExtension(EKU.into());
        assert_eq!(by(&twice), TimestampFault::Purpose(PurposeFault::Unreadable(fault)));
        let late = super::super::asn1::GenTime::new("2031-01-01T00:00:00Z".parse().unwrap());
        assert!(matches!(fault_of(|tst| tst.gen_time = late), TimestampFault::OutsideValidity { .. }));
    }

    #[test]
    fn the_tsa_field_is_the_certificates_subject() {
        use x509_cert::ext::pkix::name::GeneralName;
        let directory = |seed| GeneralName::DirectoryName(x509_cert::name::Name::from_der(&name(seed)).unwrap());
        let named = |seed| der::Any::encode_from(&directory(seed)).unwrap();
        let subject = "CN=Party 1".to_owned();
        let fault = TimestampFault::TsaName { named: "CN=Party 2".to_owned(), subject };
        assert_eq!(fault_of(|tst| tst.tsa = Some(named(2))), fault);
        assert!(answer_by(&Party::tsa(1), &TstInfo { tsa: Some(named(1)), ..good_tst() }).is_ok());
    }

    #[test]
    fn the_signer_is_whom_the_token_names() {
        let (tsa, other) = (Party::tsa(1), Party::tsa(2));
        let elsewhere = answer(&response(PkiStatusInfo::granted(), Some(&tsa.token(&good_tst(), &other.certificate))));
        assert_eq!(elsewhere.unwrap_err(), CmsFault::EssMismatch.into());
        // The last byte belongs to the signature value.
        let mut forged = tsa.token(&good_tst(), &tsa.certificate);
        *forged.last_mut().unwrap() ^= 1;
        let fault = answer(&response(PkiStatusInfo::granted(), Some(&forged))).unwrap_err();
        assert_eq!(fault, CmsFault::Signature(KeyFault::BadSignature).into());
        let cms = response(PkiStatusInfo::granted(), Some(&tsa.cms(b"no token")));
        assert_eq!(answer(&cms).unwrap_err(), TimestampFault::NotTstInfo(const_oid::db::rfc5911::ID_DATA.into()));
    }

    /// The verdict over a stored answer, to a stored request or to the one that it says it answers.
    fn stored(response: &Path, request: Option<&Path>) -> Result<TimestampToken, TimestampFault> {
        let response = std::fs::read(response).unwrap();
        let token = TimestampToken::from_der(&granted_token(&response, &Limits::default())?, &Limits::default())?;
        token.imprint_algorithm()?;
        let request = match request {
            Some(request) => TimestampRequest::from_der(&std::fs::read(request).unwrap())?,
            None => TimestampRequest::answered_by(&token),
        };
        request.accept(&response, &Limits::default())
    }

    #[test]
    fn foreign_answers_are_accepted() {
        let Some(folder) = corpora::folder("foreign/blobs") else { return };
        let mut accepted = 0;
        for path in files(folder, "tsr") {
            match stored(&path, None) {
                Ok(_) => accepted += 1,
                Err(TimestampFault::UnknownImprintAlgorithm(oid)) => println!("{}: {oid}", path.display()),
                Err(fault) => panic!("{}: {fault}", path.display()),
            }
        }
        println!("{accepted} answers accepted");
        assert!(accepted > 20);
    }

    #[test]
    fn public_answers_get_their_verdicts() {
        use TimestampFault::{CertificateMissing, ImprintAlgorithm, Nonce};
        let Some(folder) = corpora::folder("rfc3161/test/fixtures") else { return };
        let (expected, found) = (DigestAlgorithm::Sha512.oid(), DigestAlgorithm::Sha256.oid());
        let bad = CmsFault::Signature(KeyFault::BadSignature).into();
        for (response, request, expected) in [
            ("identrust/issue-104.tsr", None, Ok("2025-03-11T08:52:08Z")),
            ("sigstage/response-sha256.tsr", None, Ok("2025-05-09T11:58:55Z")),
            ("sigstage/response-sha384.tsr", None, Ok("2025-05-09T11:58:55Z")),
            ("sigstage/response-sha512.tsr", None, Ok("2025-05-09T11:58:56Z")),
            ("sigstage/response-sha512.tsr", Some("sigstage/request.der"), Err(Nonce)),
            ("sigstage/response-sha256.tsr", Some("sigstage/request.der"), Err(ImprintAlgorithm { expected, found })),
            ("sigstage/response-invalid-signature.tsr", None, Err(bad)),
            ("sigstage/response-no-embedded-cert.tsr", None, Err(CertificateMissing)),
            ("sigstore.mock/response-expired.tsr", None, Err(CertificateMissing)),
            ("test_tsa/response.tsr", Some("test_tsa/request.der"), Ok("2024-10-08T15:40:32Z")),
            ("test_tsa/response-injected-certs.tsr", Some("test_tsa/request.der"), Ok("2024-10-08T15:40:32Z")),
            ("test_tsa/other_response.tsr", Some("test_tsa/request.der"), Err(Nonce)),
        ] {
            let request = request.map(|request| folder.join(request));
            let verdict = stored(&folder.join(response), request.as_deref()).map(|token| token.gen_time().to_string());
            assert_eq!(verdict, expected.map(str::to_owned), "{response}");
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_judged_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(answer(&bytes).is_err());
        }

        /// No byte of a good answer can change and leave a token with another meaning.
        #[test]
        fn a_changed_answer_is_refused_or_means_the_same(at in 0usize..2000, byte in any::<u8>()) {
            let tsa = Party::tsa(1);
            let mut sent = response(PkiStatusInfo::granted(), Some(&tsa.token(&good_tst(), &tsa.certificate)));
            let at = at % sent.len();
            sent[at] = byte;
            if let Ok(token) = answer(&sent) {
                prop_assert_eq!(token.tst(), &good_tst());
                prop_assert_eq!(token.signer(&[]), Ok(&tsa.certificate));
            }
        }
    }
}
