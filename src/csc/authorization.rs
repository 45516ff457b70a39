//! What unlocks a key, and what the service gives for it.

use std::fmt;
use std::time::Duration;

use der::zeroize::Zeroizing;
use serde_json::{Value, json};

use super::object::Object;
use super::request::Asked;
use super::service::Version;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::time::Time;

/// How long activation data last where the service does not say (CSC API, 11.6): an hour.
const LIFETIME: u64 = 3600;

/// The authentication objects that an authorisation takes (CSC API, 8.3): PIN, one-time password and the like. None for
/// credentials that the service authorises by itself.
#[derive(Clone, Default)]
pub struct AuthData(Vec<(String, Option<Zeroizing<String>>)>);

impl AuthData {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The credential's PIN: the object `PIN`.
    #[must_use]
    pub fn pin(self, pin: impl Into<String>) -> Self {
        self.value("PIN", pin)
    }

    /// A one-time password: the object `OTP`. It is good for one authorisation.
    #[must_use]
    pub fn otp(self, otp: impl Into<String>) -> Self {
        self.value("OTP", otp)
    }

    /// The value of the object `id`, as [`AuthorizationMode::Explicit`](super::AuthorizationMode::Explicit) names it.
    #[must_use]
    pub fn value(mut self, id: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.push((id.into(), Some(Zeroizing::new(value.into()))));
        self
    }

    /// The object `id` whose value comes to the service by another way: a telephone, say (8.3.1.3, 8.3.1.5).
    #[must_use]
    pub fn out_of_band(mut self, id: impl Into<String>) -> Self {
        self.0.push((id.into(), None));
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it can be given a second time: nothing but a PIN.
    #[cfg(feature = "http")]
    pub(super) fn is_repeatable(&self) -> bool {
        self.0.iter().all(|(id, value)| id == "PIN" && value.is_some())
    }

    /// Its fields: one array in version 2, a field for each in version 1.
    pub(super) fn fields(&self, version: Version) -> Result<Vec<(String, Value)>> {
        let object = |(id, value): &(String, Option<Zeroizing<String>>)| match value {
            Some(value) => json!({ "id": id, "value": value.as_str() }),
            None => json!({ "id": id }),
        };
        match version {
            Version::V2 if self.0.is_empty() => Ok(Vec::new()),
            Version::V2 => Ok(vec![("authData".to_owned(), self.0.iter().map(object).collect())]),
            Version::V1 => self.0.iter().map(|(id, value)| Ok((id.clone(), plain(id, value.as_ref())?))).collect(),
        }
    }
}

/// Which there are; no values.
impl fmt::Debug for AuthData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AuthData").field(&self.0.iter().map(|(id, _)| id).collect::<Vec<_>>()).finish()
    }
}

/// Version 1 knows a PIN and an OTP only (1.0.4.0, 11.6).
fn plain(id: &str, value: Option<&Zeroizing<String>>) -> Result<Value> {
    match value {
        Some(value) if ["PIN", "OTP"].contains(&id) => Ok(Value::from(value.as_str())),
        _ => {
            let message = "version 1 of the API takes a PIN and an OTP, and nothing else";
            Err(Error::new(ErrorKind::Unsupported, message).at(format!("authentication object {id}")))
        }
    }
}

/// The signature activation data (SAD) that a service gave, and how long they are good.
#[derive(Clone)]
pub struct Authorization {
    sad: Zeroizing<String>,
    expires: Time,
}

impl Authorization {
    /// Activation data from elsewhere: an OAuth 2.0 access token of scope `credential` (CSC API, 8.4).
    pub fn new(sad: impl Into<String>, expires: Time) -> Self {
        Self { sad: Zeroizing::new(sad.into()), expires }
    }

    /// When they stop being good, counted from when they were asked for.
    pub fn expires(&self) -> Time {
        self.expires
    }

    /// The activation data themselves, to be kept where another process goes on. Whoever has them and the access token
    /// can sign what they are bound to.
    pub fn activation_data(&self) -> &str {
        &self.sad
    }

    /// The activation data, where they are good at `now`.
    pub(super) fn sad(&self, now: Time) -> Result<&str> {
        if now < self.expires {
            return Ok(&self.sad);
        }
        let message = format!("the authorisation expired at {}", self.expires);
        let error = Error::new(ErrorKind::Signer, message).class_is(ErrorClass::Retryable);
        Err(error.advise("authorise again, or extend the transaction before it runs out"))
    }

    pub(super) fn read(object: &Object<'_>, asked: &Asked) -> Result<Self> {
        let seconds = object.optional_number("expiresIn")?.unwrap_or(LIFETIME);
        Ok(Self::new(object.text("SAD")?, asked.now.after(Duration::from_secs(seconds))))
    }
}

/// How long they are good; not what they are.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorization(until {})", self.expires)
    }
}

/// How far an authorisation has come.
#[derive(Clone)]
#[must_use = "an authorisation may still be pending"]
pub enum AuthorizationState {
    /// Here it is.
    Granted(Authorization),
    /// Somebody still has to confirm it elsewhere: ask again with this handle
    /// ([`Service::authorize_check`](super::Service::authorize_check)).
    Pending(String),
}

impl AuthorizationState {
    /// The authorisation, where there is nothing to wait for.
    ///
    /// # Errors
    /// [`ErrorKind::Signer`] where it is pending.
    pub fn granted(self) -> Result<Authorization> {
        match self {
            Self::Granted(authorization) => Ok(authorization),
            Self::Pending(_) => {
                let message = "the authorisation is pending: somebody has to confirm it elsewhere";
                Err(Error::new(ErrorKind::Signer, message)
                    .class_is(ErrorClass::Operator)
                    .advise("ask again with Service::authorize_check"))
            }
        }
    }

    pub(super) fn read(object: &Object<'_>, asked: &Asked) -> Result<Self> {
        match object.optional_text("handle")? {
            Some(handle) if object.optional_text("SAD")?.is_none() => Ok(Self::Pending(handle.to_owned())),
            _ => Authorization::read(object, asked).map(Self::Granted),
        }
    }
}

/// How far; neither activation data nor the handle, which they can be had for.
impl fmt::Debug for AuthorizationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Granted(authorization) => f.debug_tuple("Granted").field(authorization).finish(),
            Self::Pending(_) => f.write_str("Pending(..)"),
        }
    }
}
