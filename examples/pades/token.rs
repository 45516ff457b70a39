//! A key on a token or HSM: where its module is, and who says the PIN.

use std::path::Path;

use pades_ltv::pkcs11::{Pin, Pkcs11Key};

use crate::access;
use crate::failure::{During, Failure, Stop};
use crate::help::Topic;
use crate::key_files::beside;
use crate::messages::Message;

/// The key that `uri` names, with module and PIN from wherever they are said.
pub(crate) fn key(
    uri: &str,
    module: Option<&Path>,
    pin_file: Option<&Path>,
    chain: Option<&Path>,
) -> Result<Pkcs11Key, Stop> {
    let mut key = Pkcs11Key::from_uri(uri).during(|| Message::CannotUseToken)?;
    check_once(&key, module, pin_file)?;
    if let Some(module) = module {
        key = key.module(module);
    }
    let pin_source = key.pin_source().map(|path| access::needed("pkcs11", path));
    if let Some(pin) = pin_file.map(|path| access::needed("pin-file", path)).or(pin_source) {
        key = key.pin(Pin::new(pin?.as_str()));
    }
    Ok(key.certificates(beside(chain)?))
}

/// What stands in the URI is not said by an option, too: nobody has to know which of them counts.
fn check_once(key: &Pkcs11Key, module: Option<&Path>, pin_file: Option<&Path>) -> Result<(), Stop> {
    for (option, is_given, attribute, is_there) in [
        ("--module", module.is_some(), "--pkcs11 pkcs11:…?module-path=", key.has_module()),
        ("--pin-file", pin_file.is_some(), "--pkcs11 pkcs11:…?pin-value=", key.has_pin()),
        ("--pin-file", pin_file.is_some(), "--pkcs11 pkcs11:…?pin-source=", key.pin_source().is_some()),
    ] {
        if is_given && is_there {
            return Err(Failure::usage(Topic::Sign, Message::NotBoth(option, attribute)).into());
        }
    }
    Ok(())
}
