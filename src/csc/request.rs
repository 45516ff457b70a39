//! What to send, and what came back.

use std::fmt;

use der::zeroize::Zeroizing;
use serde_json::Value;

use super::object::{Fields, Object, parse};
use super::refusal;
use super::service::Version;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::time::Time;
use crate::words::printable;

/// How long an answer may be, in bytes. A thousand RSA-4096 values in Base64 take 700 KB.
pub const ANSWER_LIMIT: usize = 4 << 20;

/// One request to a signing service, whose answer reads as an `A`: always a POST of JSON.
///
/// Made by [`Service`](super::Service).
#[must_use = "a request does nothing until it is sent"]
pub struct Request<A> {
    url: String,
    method: &'static str,
    authorization: Zeroizing<String>,
    fields: Fields,
    asked: Asked,
    read: Read<A>,
}

/// What reading the answer takes beside the answer.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) version: Version,
    pub(super) credential: String,
    /// When the request was made.
    pub(super) now: Time,
    /// How many values the answer has to hold.
    pub(super) count: usize,
}

pub(super) type Read<A> = fn(&Object<'_>, &Asked) -> Result<A>;

impl<A> Request<A> {
    /// A request for `method`, the API's name for it, below `base`.
    pub(super) fn new(base: &str, method: &'static str, token: &str, asked: Asked, read: Read<A>) -> Self {
        let authorization = Zeroizing::new(format!("Bearer {token}"));
        Self { url: format!("{base}/{method}"), method, authorization, fields: Fields::default(), asked, read }
    }

    pub(super) fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Data of the caller's own that the service may keep with the transaction (7.4).
    pub fn client_data(self, data: impl Into<String>) -> Self {
        self.field("clientData", data.into())
    }

    /// Where to send it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers that it takes: names and values.
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("Authorization", self.authorization.as_str()),
        ]
    }

    /// The JSON to send. It may hold a PIN or activation data: it belongs into no log, and is best wiped once it is sent.
    pub fn body(&self) -> Vec<u8> {
        std::mem::take(&mut *self.secret_body())
    }

    pub(super) fn secret_body(&self) -> Zeroizing<Vec<u8>> {
        self.fields.to_json()
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`ErrorKind::Signer`] where the service refused, [`Refused`](super::Refused) being the source, or answered with
    /// something else than is specified; [`ErrorKind::Key`] or [`ErrorKind::Certificate`] where it says that these
    /// cannot be used. Its class is [`Retryable`](ErrorClass::Retryable) where the service is busy, or an authorisation
    /// has expired: authorise again; [`Operator`](ErrorClass::Operator) where somebody has to give another PIN, token
    /// or right.
    pub fn read(&self, answer: &Answer<'_>) -> Result<A> {
        let place = |error: Error| error.at(printable(&self.url));
        if answer.body.len() > ANSWER_LIMIT {
            return Err(place(unusable(format!("is longer than {ANSWER_LIMIT} bytes"))));
        }
        if !(200..300).contains(&answer.status) {
            let body = self.without_secrets(answer.body);
            return Err(place(refusal::read(self.method, &Answer { body: body.as_bytes(), ..*answer })));
        }
        let fields = if answer.body.is_empty() { Fields::default() } else { parse(answer.body).map_err(place)? };
        (self.read)(&Object::new(&fields), &self.asked).map_err(place)
    }

    /// `body` without what this request was to keep to itself: some services repeat a wrong PIN.
    fn without_secrets(&self, body: &[u8]) -> Zeroizing<String> {
        let objects = self.fields.get("authData").and_then(Value::as_array).into_iter().flatten();
        let given = objects.filter_map(|object| object.get("value"));
        let secrets = ["PIN", "OTP", "SAD", "handle"].into_iter().filter_map(|name| self.fields.get(name));
        let secrets = secrets.chain(given).filter_map(Value::as_str).chain(self.authorization.strip_prefix("Bearer "));
        let body = Zeroizing::new(String::from_utf8_lossy(body).into_owned());
        secrets.filter(|secret| !secret.is_empty()).fold(body, |body, secret| body.replace(secret, "…").into())
    }
}

/// What is asked of whom; no token, no PIN.
impl<A> fmt::Debug for Request<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({})", self.url)
    }
}

/// What a service answered.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub(super) status: u16,
    pub(super) retry_after: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// An answer with the HTTP status and the body as it came. A body cut behind [`ANSWER_LIMIT`] bytes, or a little
    /// later, is enough.
    pub fn new(status: u16, body: &'a [u8]) -> Self {
        Self { status, retry_after: None, body }
    }

    /// What the header `Retry-After` says; it becomes part of the error.
    #[must_use]
    pub fn retry_after(mut self, value: &'a str) -> Self {
        self.retry_after = Some(value);
        self
    }
}

/// How long it is; it may hold activation data.
impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

/// An answer that was given, but cannot be used.
pub(super) fn unusable(why: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Signer, format!("the signing service's answer {why}")).class_is(ErrorClass::Permanent)
}
