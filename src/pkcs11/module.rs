//! Modules, loaded once per process, and the tokens behind them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as Cause, RvError};
use cryptoki::slot::{Slot, TokenInfo};

use super::fault::{Fault, Outcome};
use super::key::TokenChoice;
use crate::error::{Error, ErrorClass, ErrorKind};

/// What this process has loaded. PKCS #11 makes a module's state global, so this is where it is kept; nothing is ever taken out.
static LOADED: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// The module at `path`, loaded and initialised; also again, where somebody has finalised it.
pub(super) fn module(path: &Path) -> Outcome<Pkcs11> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let module = match loaded.get(path) {
        Some(module) => module.clone(),
        None => {
            let failed = |cause| Fault::new(format!("the PKCS #11 module {} cannot be loaded", path.display()), cause);
            let module = Pkcs11::new(path).map_err(failed)?;
            loaded.entry(path.to_owned()).or_insert(module).clone()
        }
    };
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Cause::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(module),
        Err(cause) => Err(Fault::new(format!("the PKCS #11 module {} does not start", path.display()), cause)),
    }
}

/// A token that is there.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) module: Pkcs11,
    pub(super) slot: Slot,
    pub(super) info: TokenInfo,
}

impl Token {
    /// The one token that `choice` fits.
    pub(super) fn find(module: &Pkcs11, choice: &TokenChoice) -> Outcome<Self> {
        let slots = module.get_slots_with_token().map_err(|cause| Fault::new("the tokens cannot be listed", cause))?;
        let (mut found, mut seen) = (Vec::new(), Vec::new());
        for slot in slots {
            let info = match module.get_token_info(slot) {
                Ok(info) if info.token_initialized() => info,
                Ok(_) => continue,
                Err(Cause::Pkcs11(code, _)) => {
                    seen.push(format!("slot {slot}: {}", super::fault::name(code)));
                    continue;
                }
                Err(cause) => {
                    seen.push(format!("slot {slot}: {cause}"));
                    continue;
                }
            };
            let token = Self { module: module.clone(), slot, info };
            seen.push(token.to_string());
            if choice.fits(&token) {
                found.push(token);
            }
        }
        match (found.pop(), found.len()) {
            (Some(token), 0) => Ok(token),
            (None, _) => Err(no_token(&format!("no token fits: {choice}"), &seen)),
            (Some(_), others) => {
                let count = others.saturating_add(1);
                Err(no_token(&format!("{count} tokens fit where one must: {choice}"), &seen))
            }
        }
    }
}

impl TokenChoice {
    fn fits(&self, token: &Token) -> bool {
        let same = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        same(&self.label, token.info.label())
            && same(&self.serial, token.info.serial_number())
            && same(&self.manufacturer, token.info.manufacturer_id())
            && same(&self.model, token.info.model())
            && self.slot.is_none_or(|wanted| wanted == token.slot.id())
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "token `{}`, serial number {}, slot {}", self.info.label(), self.info.serial_number(), self.slot)
    }
}

fn no_token(message: &str, seen: &[String]) -> Fault {
    let seen =
        if seen.is_empty() { "there is no token at all".to_owned() } else { format!("there: {}", seen.join("; ")) };
    let error = Error::new(ErrorKind::Key, message).at(seen).class_is(ErrorClass::Operator);
    error.advise("choose by label, serial number or slot, and check that the token is put in").into()
}
