//! Logging in: once per token, and never twice with a wrong PIN.

use std::sync::{Mutex, PoisonError};

use cryptoki::error::{Error as Cause, RvError};
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::TokenInfo;

use super::fault::{Fault, Loss, Outcome, name};
use super::module::Token;
use super::pin::{PinPurpose, PinRequest, PinSource, Tries};
use crate::error::{Error, ErrorClass, ErrorKind};

/// What one signer knows of its PIN.
pub(super) struct Login {
    pin: PinSource,
    /// How the token refused the PIN. Held while somebody logs in, so that all others find it done, or refused.
    refused: Mutex<Option<String>>,
}

impl Login {
    pub(super) fn new(pin: PinSource) -> Self {
        Self { pin, refused: Mutex::new(None) }
    }

    /// Logs `session` in, and with it all sessions of this process, unless that is done or not wanted.
    pub(super) fn ensure(&self, token: &Token, session: &Session) -> Outcome<()> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let state = session.get_session_info().map_err(|cause| failed(token, cause))?.session_state();
        if matches!(state, SessionState::RoUser | SessionState::RwUser) {
            return Ok(());
        }
        // Asked anew: how many tries are left changes.
        let info = token.module.get_token_info(token.slot).map_err(|cause| failed(token, cause))?;
        if !info.login_required() {
            return Ok(());
        }
        self.attempt(token, &info, session, UserType::User, &mut refused)
    }

    /// Lets one operation of `session` go on, for a key that wants it.
    pub(super) fn confirm(&self, token: &Token, session: &Session) -> Outcome<()> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let info = token.module.get_token_info(token.slot).map_err(|cause| failed(token, cause))?;
        self.attempt(token, &info, session, UserType::ContextSpecific, &mut refused)
    }

    fn attempt(
        &self,
        token: &Token,
        info: &TokenInfo,
        session: &Session,
        user: UserType,
        refused: &mut Option<String>,
    ) -> Outcome<()> {
        check(token, info, refused.as_deref())?;
        let purpose = match user {
            UserType::ContextSpecific => PinPurpose::Signature,
            _ => PinPurpose::Login,
        };
        let pin = if info.protected_authentication_path() {
            // The PIN is typed at the device.
            None
        } else {
            let request = PinRequest { token: token.to_string(), purpose, tries: tries(info) };
            let pin = self.pin.ask(&request)?;
            if pin.is_empty() {
                let error = Error::new(ErrorKind::Signer, "the PIN is empty, and so is not tried").at(token);
                return Err(error.advise("give the token's PIN").class_is(ErrorClass::Operator).into());
            }
            Some(pin.to_auth())
        };
        match session.login(user, pin.as_ref()) {
            Ok(()) | Err(Cause::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(cause) => {
                if let Cause::Pkcs11(code, _) = &cause
                    && is_refusal(*code)
                {
                    *refused = Some(name(*code));
                }
                let mut fault = failed(token, cause);
                // Whether this has cost a try, nobody knows; so it is not done again.
                fault.loss = fault.loss.filter(|loss| *loss == Loss::Dead);
                Err(fault)
            }
        }
    }
}

/// What makes a try hopeless, before it is spent.
fn check(token: &Token, info: &TokenInfo, refused: Option<&str>) -> Outcome<()> {
    let hopeless = |message: String, advice: &str| {
        let error = Error::new(ErrorKind::Signer, message).at(token).class_is(ErrorClass::Operator);
        Err(error.advise(advice).into())
    };
    if let Some(refused) = refused {
        let message = format!("the PIN was refused before ({refused}) and is not tried again");
        return hopeless(message, "make a new signer with the right PIN");
    }
    if info.user_pin_locked() {
        let message = "the token's PIN is locked (CKR_PIN_LOCKED)".to_owned();
        return hopeless(message, "the security officer unlocks it");
    }
    if !info.user_pin_initialized() {
        let message = "the token has no user PIN yet (CKR_USER_PIN_NOT_INITIALIZED)".to_owned();
        return hopeless(message, "initialise it with the vendor's tool");
    }
    Ok(())
}

fn tries(info: &TokenInfo) -> Tries {
    match (info.user_pin_final_try(), info.user_pin_count_low()) {
        (true, _) => Tries::Last,
        (false, true) => Tries::Fewer,
        (false, false) => Tries::All,
    }
}

fn is_refusal(code: RvError) -> bool {
    use RvError::{PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked};
    matches!(code, PinIncorrect | PinInvalid | PinLenRange | PinExpired | PinLocked)
}

fn failed(token: &Token, cause: Cause) -> Fault {
    Fault::new("the token did not log in", cause).at(token)
}
