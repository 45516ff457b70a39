//! What a service says when it refuses (CSC API, 10.1), and what can be done about it.

use std::fmt;

use serde_json::{Map, Value};

use super::request::Answer;
use crate::error::{Error, ErrorClass, ErrorKind};
use crate::words::{printable, spoken};

/// A refusal in the service's own words: the source of the [`Error`] that a refused request gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The error code, as in `invalid_request`; empty where there is none.
    pub error: String,
    /// The description, or what else the answer says, in one line.
    pub description: String,
}

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if !self.error.is_empty() {
            write!(f, " {}", self.error)?;
        }
        if self.description.is_empty() { Ok(()) } else { write!(f, ": \"{}\"", self.description) }
    }
}

impl Refused {
    fn new(answer: &Answer<'_>) -> Self {
        let fields = serde_json::from_slice::<Map<String, Value>>(answer.body).unwrap_or_default();
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(printable);
        match text("error") {
            Some(error) => {
                let description = text("error_description").unwrap_or_default();
                Self { status: answer.status, error, description }
            }
            None => {
                let words = spoken(answer.body);
                let description = words.strip_prefix(": \"").and_then(|words| words.strip_suffix('"'));
                let description = description.unwrap_or_default().to_owned();
                Self { status: answer.status, error: String::new(), description }
            }
        }
    }

    /// Whether the activation data were good, but no longer are (11.10: "SAD expired").
    pub fn is_expired_authorization(&self) -> bool {
        self.says("sad") && self.says("expired")
    }

    /// Whether the description has this word, in whatever case.
    fn says(&self, word: &str) -> bool {
        let mut words = self.description.split(|one: char| !one.is_alphanumeric());
        words.any(|one| one.eq_ignore_ascii_case(word))
    }

    fn says_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.says(word))
    }

    /// What to do, from the most to the least specific sign.
    fn judge(&self) -> (ErrorKind, ErrorClass, &'static str) {
        use ErrorClass::{Operator, Permanent, Retryable};
        let signer = |class, advice| (ErrorKind::Signer, class, advice);
        let wrong_secret = signer(
            Operator,
            "give the right PIN or password; after several wrong ones the service locks the credential",
        );
        match (self.status, self.error.as_str()) {
            (408 | 425 | 429 | 500 | 502.., _) | (_, "server_error" | "temporarily_unavailable") => {
                signer(Retryable, "try again later")
            }
            _ if self.is_expired_authorization() => {
                signer(Retryable, "authorise again: the activation data have expired")
            }
            (_, "invalid_pin" | "invalid_otp" | "invalid_authentication_data" | "authentication_error") => wrong_secret,
            _ if self.says("locked") => signer(Operator, "have the signing service unlock the credential or its PIN"),
            _ if self.says("disabled") => {
                (ErrorKind::Key, Operator, "have the signing service enable the credential, or use another")
            }
            _ if self.says("certificate") && (self.says("expired") || self.says("revoked")) => {
                (ErrorKind::Certificate, Operator, "use a credential whose certificate is valid")
            }
            _ if self.says_any(&["invalid", "wrong", "incorrect"]) && self.says_any(&["pin", "otp", "password"]) => {
                wrong_secret
            }
            (401 | 402 | 403 | 407, _)
            | (
                _,
                "access_denied" | "unauthorized_client" | "invalid_client" | "invalid_scope" | "insufficient_scope",
            )
            | (_, "invalid_token" | "expired_token" | "invalid_grant") => {
                signer(Operator, "get a new access token, or the right to use this credential")
            }
            // Nobody there who speaks the API.
            (300..=399 | 404 | 405 | 410, "") => signer(Permanent, "check the service's address"),
            _ => signer(Permanent, "check the request against what the service's info and the credential say"),
        }
    }
}

/// The error of a refused `method`.
pub(super) fn read(method: &str, answer: &Answer<'_>) -> Error {
    let refused = Refused::new(answer);
    let (kind, class, advice) = refused.judge();
    let error = Error::new(kind, format!("the signing service refused {method}")).class_is(class).because(refused);
    match answer.retry_after.map(printable) {
        Some(wait) if class == ErrorClass::Retryable => error.advise(format!("{advice} (Retry-After: {wait})")),
        _ => error.advise(advice),
    }
}

/// Whether `error` is the refusal of activation data that have expired.
#[cfg(feature = "http")]
pub(super) fn is_expired_authorization(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Refused>());
    source.is_some_and(Refused::is_expired_authorization)
}
