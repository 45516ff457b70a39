//! What can be wrong with a time-stamp or with a TSA's answer, one variant each.

use const_oid::ObjectIdentifier;

use crate::error::ErrorClass;
use crate::pki::certificate::CertificateFault;
use crate::pki::cms::CmsFault;
use crate::pki::oid::Oid;
use crate::pki::purpose::PurposeFault;
use crate::time::Time;

/// What is wrong with a TSA's answer or with a token: data for whoever asked, and for a verifier's findings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TimestampFault {
    #[error("the time-stamp request is not readable")]
    MalformedRequest,
    #[error("the TSA's answer is empty")]
    EmptyResponse,
    #[error("the TSA's answer is no TimeStampResp; it begins with \"{beginning}\"")]
    NotAResponse { beginning: String },
    #[error("something follows the TimeStampResp at byte {offset}")]
    TrailingData { offset: usize },
    #[error("the TSA refused with status {status}{}{}", Listed(": ", fail_info), Quoted(text))]
    Rejected { status: u32, fail_info: Vec<&'static str>, text: String },
    #[error("the TSA granted a token other than the one asked for (grantedWithMods){}", Quoted(text))]
    GrantedWithMods { text: String },
    #[error("the TSA says that it granted a token, but sent none")]
    NoToken,

    #[error("the time-stamp token does not stand: {0}")]
    Cms(#[from] CmsFault),
    #[error("the token's content is of type {0}, not a TSTInfo")]
    NotTstInfo(Oid),
    #[error("the token has no TSTInfo inside")]
    NoTstInfo,
    #[error("the token's TSTInfo is not readable")]
    MalformedTstInfo,
    #[error("the token's TSTInfo is of version {0} instead of 1")]
    Version(u8),
    #[error("the token has the critical extension {0}, which is not known here")]
    CriticalExtension(Oid),

    #[error("the token's imprint was made with {found} instead of {expected}")]
    ImprintAlgorithm { expected: ObjectIdentifier, found: ObjectIdentifier },
    #[error("the digest algorithm {0} of the token's imprint is not supported")]
    UnknownImprintAlgorithm(ObjectIdentifier),
    #[error("the token is for other data: its imprint is not the expected digest")]
    Imprint,
    #[error("the token has no nonce although one was sent")]
    NonceMissing,
    #[error("the token's nonce is not the one that was sent: it may be an old answer")]
    Nonce,
    #[error("the token was made under the policy {found} instead of {asked}")]
    Policy { asked: Oid, found: Oid },

    #[error("the TSA's certificate was asked for, but is not in the token")]
    CertificateMissing,
    #[error("the TSA's certificate is not readable: {0}")]
    Certificate(CertificateFault),
    #[error("the TSA's certificate is not for time-stamping: {0}")]
    Purpose(#[from] PurposeFault),
    #[error("the token's time {time} lies outside the validity of the TSA's certificate, {not_before} to {not_after}")]
    OutsideValidity { time: Time, not_before: Time, not_after: Time },
    #[error("the token's time {time} lies ahead: the clock allows for {latest} at the latest")]
    Ahead { time: Time, latest: Time },
    #[error("the token's time {time} lies before it was asked for: the clock allows for {earliest} at the earliest")]
    Behind { time: Time, earliest: Time },
    #[error("the token says that it is by {named}, but the TSA's certificate is for {subject}")]
    TsaName { named: String, subject: String },
}

impl TimestampFault {
    /// What a queue should do: what lies in one answer may be better in the next, what lies in how the authority is set up or in what
    /// was asked of it will not.
    pub(crate) fn class(&self) -> ErrorClass {
        use ErrorClass::{Operator, Permanent, Retryable};
        match self {
            Self::EmptyResponse | Self::NotAResponse { .. } | Self::TrailingData { .. } | Self::NoToken => Retryable,
            Self::Imprint | Self::ImprintAlgorithm { .. } | Self::Nonce => Retryable,
            Self::Cms(CmsFault::Signature(_) | CmsFault::ContentDigest | CmsFault::Malformed { .. }) => Retryable,
            Self::MalformedRequest | Self::UnknownImprintAlgorithm(_) => Permanent,
            Self::Rejected { status, fail_info, .. } => class_of_refusal(*status, fail_info),
            _ => Operator,
        }
    }

    /// What to do about it.
    pub(crate) fn advice(&self) -> &'static str {
        match (self.class(), self) {
            (ErrorClass::Retryable, _) => "ask again, or another authority",
            (ErrorClass::Operator, Self::Rejected { status: 2, .. } | Self::Policy { .. }) => {
                "ask for what this authority gives (digest, policy), or ask another authority"
            }
            (ErrorClass::Operator, _) => "ask another authority, or have this one mended",
            (ErrorClass::Permanent, _) => "ask for something else",
        }
    }
}

/// `PKIStatus` and `PKIFailureInfo` (RFC 3161, 2.4.2): 3 is waiting; 4 and 5 say that the authority itself is or will be revoked.
fn class_of_refusal(status: u32, fail_info: &[&str]) -> ErrorClass {
    match fail_info.first() {
        _ if status > 3 => ErrorClass::Operator,
        Some(&("badAlg" | "unacceptedPolicy" | "unacceptedExtension" | "addInfoNotAvailable")) => ErrorClass::Operator,
        Some(&("badRequest" | "badDataFormat")) => ErrorClass::Permanent,
        _ => ErrorClass::Retryable,
    }
}

/// The names of a list after `0`, if there are any.
struct Listed<'a>(&'a str, &'a [&'static str]);

impl std::fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.1.is_empty() { Ok(()) } else { write!(f, "{}{}", self.0, self.1.join(", ")) }
    }
}

/// The server's own words, if there are any.
struct Quoted<'a>(&'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, ", saying \"{}\"", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_the_servers_words() {
        let rejected = |fail_info, text: &str| TimestampFault::Rejected { status: 2, fail_info, text: text.to_owned() };
        assert_eq!(rejected(vec![], "").to_string(), "the TSA refused with status 2");
        assert_eq!(
            rejected(vec!["badAlg"], "use SHA-256").to_string(),
            "the TSA refused with status 2: badAlg, saying \"use SHA-256\""
        );
    }

    /// What no misbehaving server of the tests brings about.
    #[test]
    fn what_is_rare_has_its_words_and_its_class() {
        use ErrorClass::{Operator, Permanent};
        let extension = CertificateFault::Extension(const_oid::db::rfc5912::ID_CE_SUBJECT_ALT_NAME.into());
        for (fault, words, class) in [
            (TimestampFault::MalformedRequest, "the time-stamp request is not readable", Permanent),
            (
                TimestampFault::UnknownImprintAlgorithm(const_oid::db::rfc5912::ID_CE_SUBJECT_ALT_NAME),
                "of the token's imprint is not supported",
                Permanent,
            ),
            (TimestampFault::NoTstInfo, "the token has no TSTInfo inside", Operator),
            (TimestampFault::MalformedTstInfo, "the token's TSTInfo is not readable", Operator),
            (TimestampFault::Certificate(extension), "the TSA's certificate is not readable", Operator),
        ] {
            assert!(fault.to_string().contains(words), "{fault}");
            assert_eq!(fault.class(), class, "{fault}");
        }
    }

    #[test]
    fn a_refusal_has_the_class_of_its_reason() {
        use ErrorClass::{Operator, Permanent, Retryable};
        for (status, fail_info, class) in [
            (2, vec![], Retryable),
            (2, vec!["systemFailure"], Retryable),
            (2, vec!["timeNotAvailable"], Retryable),
            (3, vec![], Retryable),
            (2, vec!["badAlg"], Operator),
            (2, vec!["unacceptedPolicy"], Operator),
            (2, vec!["badDataFormat"], Permanent),
            (4, vec![], Operator),
            (5, vec!["systemFailure"], Operator),
        ] {
            let fault = TimestampFault::Rejected { status, fail_info, text: String::new() };
            assert_eq!(fault.class(), class, "{fault}");
        }
    }
}
