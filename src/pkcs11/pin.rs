//! The PIN: where it comes from, and who asks for it.

use std::fmt;
use std::sync::Arc;

use cryptoki::types::AuthPin;
use der::zeroize::Zeroizing;

use crate::error::{Error, ErrorClass, ErrorKind, Result};

/// A PIN: wiped when dropped, never shown.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// The PIN as text; PKCS #11 sends it as UTF-8. A line break at its end belongs to it: cut it off what was read from a file.
    pub fn new(pin: impl Into<String>) -> Self {
        Self(Zeroizing::new(pin.into()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn to_auth(&self) -> AuthPin {
        AuthPin::new(self.0.as_str().into())
    }
}

/// That there is one; never the PIN.
impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// What a PIN is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinPurpose {
    /// To log in: once per token, and again after the token was lost.
    Login,
    /// For one signature with a key that wants it (`CKA_ALWAYS_AUTHENTICATE`).
    Signature,
}

/// Who asks for a PIN, and what is at stake.
#[derive(Clone, Debug)]
pub struct PinRequest {
    pub(super) token: String,
    pub(super) purpose: PinPurpose,
    pub(super) tries: Tries,
}

impl PinRequest {
    /// The token's label and serial number.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What for.
    pub fn purpose(&self) -> PinPurpose {
        self.purpose
    }

    /// Whether a wrong PIN was given since the last right one (`CKF_USER_PIN_COUNT_LOW`).
    pub fn was_wrong_before(&self) -> bool {
        self.tries != Tries::All
    }

    /// Whether one more wrong PIN locks the token (`CKF_USER_PIN_FINAL_TRY`): give an error rather than a PIN that nobody has just typed.
    pub fn is_last_try(&self) -> bool {
        self.tries == Tries::Last
    }
}

/// How many wrong PINs the token still takes, as far as it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tries {
    All,
    Fewer,
    Last,
}

/// Somebody who knows the PIN.
type Ask = dyn Fn(&PinRequest) -> Result<Pin> + Send + Sync;

/// Where PINs come from.
#[derive(Clone)]
pub(super) enum PinSource {
    Absent,
    Fixed(Pin),
    Asked(Arc<Ask>),
}

impl PinSource {
    /// The PIN for `request`. A PIN that is merely stored never takes the last try: a service that restarts with a wrong one
    /// would lock the token.
    pub(super) fn ask(&self, request: &PinRequest) -> Result<Pin> {
        match self {
            Self::Asked(ask) => ask(request),
            Self::Fixed(_) if request.is_last_try() => {
                Err(needed(request, "the token would be locked by one more wrong PIN, so the stored one is not tried")
                    .advise("log in once with the vendor's tool and the right PIN, which restores the tries"))
            }
            Self::Fixed(pin) => Ok(pin.clone()),
            Self::Absent => Err(needed(request, "the token wants a PIN, and there is none").advise(
                "give it by `Pkcs11Key::pin` or `pin_from`; what a URI's `pin-source` names is for the caller to read",
            )),
        }
    }
}

fn needed(request: &PinRequest, message: &str) -> Error {
    Error::new(ErrorKind::Signer, message).at(&request.token).class_is(ErrorClass::Operator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(tries: Tries) -> PinRequest {
        PinRequest { token: "token `t`".to_owned(), purpose: PinPurpose::Login, tries }
    }

    #[test]
    fn a_stored_pin_never_takes_the_last_try() {
        let stored = PinSource::Fixed(Pin::new("1234"));
        assert!(stored.ask(&request(Tries::All)).is_ok() && stored.ask(&request(Tries::Fewer)).is_ok());
        let error = stored.ask(&request(Tries::Last)).unwrap_err();
        assert!(error.class() == ErrorClass::Operator && error.to_string().contains("locked"), "{error}");
        let asked = PinSource::Asked(Arc::new(|request| {
            assert!(request.is_last_try() && request.was_wrong_before());
            Ok(Pin::new("1234"))
        }));
        assert!(asked.ask(&request(Tries::Last)).is_ok());
    }

    #[test]
    fn a_pin_is_not_shown() {
        assert_eq!(format!("{:?}", Pin::new("1234")), "Pin(..)");
    }
}
