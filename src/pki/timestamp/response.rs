//! What a TSA answers, and whether it is what was asked for.
//!
//! Invariant: a token is only handed out when every check of RFC 3161, 2.4.2 held; what the server said of itself is kept in the fault.
//!
//! Specified in RFC 3161, 2.4.2 and RFC 5816.

use der::asn1::BitString;
use der::{Decode, Encode};

use super::asn1::{PkiStatusInfo, TimeStampResp};
use super::fault::TimestampFault;
use super::request::TimestampRequest;
use super::token::TimestampToken;
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
            Some(asked) if asked != token.policy() => Err(TimestampFault::Policy { asked, found: token.policy() }),
            _ => Ok(()),
        }
    }
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
        // Departs: RFC 3161, 2.4.2 lets a token follow here; we asked for nothing that could be modified (`grants_with_mods_are_refused`).
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
