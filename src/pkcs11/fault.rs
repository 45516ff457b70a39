//! What a token answers when it does not do what it was asked: `CKR_` values as errors with a class and a way out.
//!
//! Specified in PKCS #11 v2.40 base, 5.1.

use std::fmt;

use cryptoki::error::{Error as Cause, RvError};

use crate::error::{Error, ErrorClass, ErrorKind};

/// An error, and what it says about the session it happened in.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: Error,
    pub(super) loss: Option<Loss>,
    /// The token has no room for one more session.
    pub(super) is_full: bool,
}

/// Why another session may do what this one did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The session does not exist any more. Its handle must not be closed: the token may have given it to somebody else.
    Dead,
    /// The session exists, but has lost its login or its key.
    Stale,
}

pub(super) type Outcome<T> = Result<T, Fault>;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { error, loss: None, is_full: false }
    }
}

impl Fault {
    /// `what` could not be done because of `cause`.
    pub(super) fn new(what: impl Into<String>, cause: Cause) -> Self {
        let code = match cause {
            Cause::Pkcs11(code, _) => Some(code),
            _ => None,
        };
        Self { error: error(what, cause), loss: code.and_then(loss), is_full: code == Some(RvError::SessionCount) }
    }

    /// Says where.
    pub(super) fn at(mut self, place: impl fmt::Display) -> Self {
        self.error = self.error.at(place);
        self
    }
}

/// As a plain error, where there is no session yet.
pub(super) fn error(what: impl Into<String>, cause: Cause) -> Error {
    let error = Error::new(ErrorKind::Signer, what);
    match cause {
        Cause::Pkcs11(code, function) => {
            let (class, advice) = judge(code);
            let error = error.because(format!("C_{function:?} gave {}", name(code))).class_is(class);
            if advice.is_empty() { error } else { error.advise(advice) }
        }
        Cause::LibraryLoading(_) | Cause::MissingSymbol(_) => error
            .because(cause)
            .class_is(ErrorClass::Operator)
            .advise("check the module's path, and that it is a PKCS #11 module for this machine"),
        _ => error.because(cause).class_is(ErrorClass::Permanent),
    }
}

/// The name as the standard writes it.
pub(super) fn name(code: RvError) -> String {
    match code {
        RvError::VendorDefined(value) => format!("CKR_VENDOR_DEFINED 0x{value:08X}"),
        RvError::UnknownErrorCode(value) => format!("0x{value:08X}"),
        code => {
            let mut name = "CKR".to_owned();
            for letter in format!("{code:?}").chars() {
                if letter.is_ascii_uppercase() {
                    name.push('_');
                }
                name.push(letter.to_ascii_uppercase());
            }
            name
        }
    }
}

fn loss(code: RvError) -> Option<Loss> {
    use RvError::{
        CryptokiNotInitialized, DeviceError, DeviceRemoved, FunctionFailed, GeneralError, KeyHandleInvalid,
        ObjectHandleInvalid, OperationActive, SessionClosed, SessionHandleInvalid, SlotIdInvalid, TokenNotPresent,
        TokenNotRecognized, UserNotLoggedIn,
    };
    match code {
        SessionHandleInvalid
        | SessionClosed
        | DeviceRemoved
        | TokenNotPresent
        | TokenNotRecognized
        | SlotIdInvalid
        | CryptokiNotInitialized => Some(Loss::Dead),
        // Modules of network HSMs say CKR_DEVICE_ERROR when the connection broke, and many say the others for everything: SoftHSM gives
        // CKR_GENERAL_ERROR where somebody logs out in the middle of C_SignInit.
        UserNotLoggedIn | KeyHandleInvalid | ObjectHandleInvalid | OperationActive | DeviceError | GeneralError
        | FunctionFailed => Some(Loss::Stale),
        _ => None,
    }
}

/// What a queue should do, and what a reader can do.
fn judge(code: RvError) -> (ErrorClass, &'static str) {
    use ErrorClass::{Operator, Permanent, Retryable};
    match code {
        RvError::PinIncorrect => {
            (Operator, "the PIN is wrong; it is not tried again: give the right one to a new signer")
        }
        RvError::PinLocked => (Operator, "the PIN is locked after wrong tries; the security officer unlocks it"),
        RvError::PinExpired => (Operator, "the PIN has expired; change it with the vendor's tool"),
        RvError::PinLenRange | RvError::PinInvalid => (
            Operator,
            "the PIN has a length or character that the token never takes; check for a line break at its end",
        ),
        RvError::UserPinNotInitialized => {
            (Operator, "the token has no user PIN yet; initialise it with the vendor's tool")
        }
        RvError::UserAnotherAlreadyLoggedIn | RvError::UserTooManyTypes => {
            (Operator, "another user is logged in, perhaps the security officer; log out there")
        }
        RvError::TokenNotPresent | RvError::DeviceRemoved | RvError::SlotIdInvalid => {
            (Operator, "put the token back, or check the connection to the HSM")
        }
        RvError::TokenNotRecognized => {
            (Operator, "the module does not know this kind of token; check module and token")
        }
        RvError::KeyFunctionNotPermitted | RvError::ActionProhibited => (
            Operator,
            "the key may not sign (CKA_SIGN, CKA_ALLOWED_MECHANISMS); choose another, or change its attributes",
        ),
        RvError::FunctionRejected => (Operator, "the signature was refused at the device; ask whoever holds it"),
        RvError::CantLock | RvError::NeedToCreateThreads => (Operator, "the module cannot be used by several threads"),
        RvError::LibraryLoadFailed | RvError::FipsSelfTestFailed => {
            (Operator, "the module does not start; see its log")
        }
        RvError::SessionCount => {
            (Retryable, "the token has no session left; allow fewer by `Pkcs11Key::sessions`, or close those of others")
        }
        RvError::SessionHandleInvalid
        | RvError::SessionClosed
        | RvError::UserNotLoggedIn
        | RvError::KeyHandleInvalid
        | RvError::ObjectHandleInvalid
        | RvError::CryptokiNotInitialized => (Retryable, "the session is lost again and again; look for who closes it"),
        RvError::DeviceError | RvError::DeviceMemory | RvError::HostMemory => {
            (Retryable, "try again later; if it stays so, see the device's log")
        }
        RvError::GeneralError | RvError::FunctionFailed | RvError::VendorDefined(_) | RvError::UnknownErrorCode(_) => {
            (Retryable, "the module's log or manual says more")
        }
        RvError::Cancel | RvError::FunctionCanceled => (Retryable, "it was cancelled at the device"),
        RvError::OperationActive | RvError::MutexBad | RvError::MutexNotLocked => (Retryable, ""),
        RvError::MechanismInvalid | RvError::MechanismParamInvalid => {
            (Permanent, "the token does not sign so with this key; choose another algorithm")
        }
        RvError::KeyTypeInconsistent | RvError::KeySizeRange | RvError::CurveNotSupported => {
            (Permanent, "the token does not sign so with a key of this type or length")
        }
        _ => (Permanent, ""),
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    fn fault(code: RvError) -> Fault {
        Fault::new("the token did not sign", Cause::Pkcs11(code, Function::Sign))
    }

    #[test]
    fn names_are_those_of_the_standard() {
        for (code, expected) in [
            (RvError::PinIncorrect, "CKR_PIN_INCORRECT"),
            (RvError::SessionHandleInvalid, "CKR_SESSION_HANDLE_INVALID"),
            (RvError::SessionReadWriteSoExists, "CKR_SESSION_READ_WRITE_SO_EXISTS"),
            (RvError::RandomNoRng, "CKR_RANDOM_NO_RNG"),
            (RvError::VendorDefined(0x8000_0042), "CKR_VENDOR_DEFINED 0x80000042"),
            (RvError::UnknownErrorCode(0x999), "0x00000999"),
        ] {
            assert_eq!(name(code), expected);
        }
    }

    #[test]
    fn each_answer_has_its_class() {
        use ErrorClass::{Operator, Permanent, Retryable};
        for (code, class, word) in [
            (RvError::PinIncorrect, Operator, "not tried again"),
            (RvError::PinLocked, Operator, "security officer unlocks"),
            (RvError::PinExpired, Operator, "expired"),
            (RvError::UserPinNotInitialized, Operator, "no user PIN"),
            (RvError::TokenNotPresent, Operator, "put the token back"),
            (RvError::DeviceRemoved, Operator, "put the token back"),
            (RvError::KeyFunctionNotPermitted, Operator, "CKA_SIGN"),
            (RvError::SessionCount, Retryable, "fewer"),
            (RvError::SessionHandleInvalid, Retryable, "again and again"),
            (RvError::DeviceError, Retryable, "later"),
            (RvError::VendorDefined(0x8000_0001), Retryable, "0x80000001"),
            (RvError::MechanismInvalid, Permanent, "another algorithm"),
            (RvError::DataLenRange, Permanent, "CKR_DATA_LEN_RANGE"),
        ] {
            let error = fault(code).error;
            let text = error.to_string();
            assert!(error.class() == class && error.kind() == ErrorKind::Signer, "{code:?}");
            assert!(text.contains(&format!("C_Sign gave {}", name(code))) && text.contains(word), "{text}");
        }
    }

    #[test]
    fn a_lost_session_is_told_from_a_lost_login() {
        assert_eq!(fault(RvError::SessionHandleInvalid).loss, Some(Loss::Dead));
        assert_eq!(fault(RvError::TokenNotPresent).loss, Some(Loss::Dead));
        assert_eq!(fault(RvError::UserNotLoggedIn).loss, Some(Loss::Stale));
        assert_eq!(fault(RvError::GeneralError).loss, Some(Loss::Stale));
        assert_eq!(fault(RvError::PinIncorrect).loss, None);
        assert_eq!(fault(RvError::PinLocked).loss, None);
        assert!(fault(RvError::SessionCount).is_full);
    }
}
