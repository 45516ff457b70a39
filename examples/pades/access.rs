//! What opens things: the password of encrypted PDFs, and the secrets of keys.

use std::path::{Path, PathBuf};

use der::zeroize::Zeroizing;
use pades_ltv::{Error, ErrorKind};

use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::inputs::{self, Secret};
use crate::messages::Message;

/// The environment's password: unlike those on a command line, other users cannot see it.
const VARIABLE: &str = "PADES_PASSWORD";

/// The password of the PDFs, as the command line says it. It has no `Debug`: nothing shows it.
#[derive(Default)]
pub(crate) struct Password(Option<Said>);

enum Said {
    Text(String),
    File(PathBuf),
}

impl Password {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        let said = match (option, &self.0) {
            ("password", Some(Said::File(_))) | ("password-file", Some(Said::Text(_))) => {
                return Err(arguments.wrong(Message::Apart("password", "password-file")));
            }
            ("password", _) => Said::Text(arguments.text(option)?),
            ("password-file", _) => Said::File(arguments.path(option)?),
            _ => return Ok(false),
        };
        self.0 = Some(said);
        Ok(true)
    }

    /// The password itself, if there is one: text in UTF-8, or whatever bytes its file holds.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, Stop> {
        match &self.0 {
            Some(Said::Text(text)) => Ok(Some(text.clone().into_bytes())),
            Some(Said::File(path)) => {
                let bytes = inputs::secret(path)
                    .during(|| Message::CannotUse { option: "password-file", path: path.clone() })?;
                Ok(Some(first_line(bytes).to_vec()))
            }
            None => {
                let value = std::env::var(VARIABLE).ok().filter(|value| !value.is_empty());
                Ok(value.map(String::into_bytes))
            }
        }
    }
}

/// The password or PIN in the first line of a file, which `option` names; wiped when dropped.
pub(crate) fn secret(option: &'static str, path: &Path) -> Result<Zeroizing<String>, Stop> {
    let text = || {
        let bytes = first_line(inputs::secret(path)?);
        let text = std::str::from_utf8(&bytes)
            .map_err(|fault| Error::new(ErrorKind::Password, "the first line is not UTF-8").because(fault))?;
        Ok(Zeroizing::new(text.to_owned()))
    };
    text().during(|| Message::CannotUse { option, path: path.to_owned() })
}

/// The same, where an empty one is a mistake: as a PIN it would be one wrong try.
pub(crate) fn needed(option: &'static str, path: &Path) -> Result<Zeroizing<String>, Stop> {
    let text = secret(option, path)?;
    if text.is_empty() {
        let error = Error::new(ErrorKind::Password, "the first line is empty");
        return Err(error).during(|| Message::CannotUse { option, path: path.to_owned() });
    }
    Ok(text)
}

/// What editors put around a line, such as a byte order mark in front, is no part of the password.
fn first_line(mut bytes: Secret) -> Secret {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3).for_each(drop);
    }
    if let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        bytes.truncate(end);
    }
    bytes
}
