//! PEM files as tools write them: several blocks, with text around them (RFC 7468).
//!
//! Invariant: a block that cannot be read is an error, never skipped.

use der::pem;

use super::Secret;
use super::form::Form;
use crate::error::{Error, ErrorKind, Result};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// The older way to encrypt, whose key is one MD5 of the password (RFC 1421's header fields).
const OLD_ENCRYPTION: &str = "Proc-Type:";
const CONVERT: &str = "convert it with `openssl pkcs8 -topk8 -in key.pem -out pkcs8.pem`";

/// The one private key in `text`, DER, and its form.
pub(crate) fn private_key(text: &[u8]) -> Result<(Form, Secret)> {
    let blocks: Vec<Block<'_>> =
        blocks(text)?.into_iter().filter(|block| block.label.ends_with("PRIVATE KEY")).collect();
    let [block] = blocks.as_slice() else {
        return Err(Error::new(ErrorKind::Key, format!("the PEM has {} private keys, not one", blocks.len()))
            .advise("give a file with one block `BEGIN PRIVATE KEY`"));
    };
    let unsupported = |what: &str| Err(crate::software::unsupported(what).at(block.place()).advise(CONVERT));
    let form = match block.label {
        _ if block.text.contains(OLD_ENCRYPTION) => {
            return unsupported("the private key is encrypted in the PEM itself");
        }
        "PRIVATE KEY" => Form::Pkcs8,
        "ENCRYPTED PRIVATE KEY" => Form::EncryptedPkcs8,
        "RSA PRIVATE KEY" => Form::Pkcs1,
        "EC PRIVATE KEY" => Form::Sec1,
        _ => return unsupported("the private key's form is not known"),
    };
    Ok((form, block.decode(ErrorKind::Key)?))
}

/// The DER of every certificate in `text`, in its order.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<Vec<u8>>> {
    let blocks = blocks(text)?.into_iter().filter(|block| block.label == "CERTIFICATE");
    blocks.map(|block| block.decode(ErrorKind::Certificate).map(|der| der.to_vec())).collect()
}

/// One block, from its `-----BEGIN` to the end of its last line.
struct Block<'a> {
    label: &'a str,
    text: &'a str,
    offset: usize,
}

impl Block<'_> {
    fn decode(&self, kind: ErrorKind) -> Result<Secret> {
        let read = || {
            let mut decoder = pem::Decoder::new_detect_wrap(self.text.as_bytes())?;
            let mut der = Secret::default();
            decoder.decode_to_end(&mut der)?;
            Ok::<_, pem::Error>(der)
        };
        read().map_err(|fault| Error::new(kind, "the PEM block cannot be read").at(self.place()).because(fault))
    }

    fn place(&self) -> String {
        format!("`BEGIN {}`, byte {}", self.label, self.offset)
    }
}

/// All blocks of `text`.
fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>> {
    let cut = |at: usize| Error::new(ErrorKind::Syntax, "the PEM block does not end").at(format!("byte {at}"));
    let text = std::str::from_utf8(text).map_err(|fault| {
        Error::new(ErrorKind::Syntax, "the PEM is not text")
            .at(format!("byte {}", fault.valid_up_to()))
            .advise("give PEM; a DER file becomes PEM with `openssl x509 -inform DER` or `openssl pkey -inform DER`")
    })?;
    let mut found = Vec::new();
    for (offset, _) in text.match_indices(BEGIN) {
        let block = text.get(offset..).unwrap_or_default();
        let label = block.get(BEGIN.len()..).and_then(|rest| rest.split_once(DASHES)).ok_or_else(|| cut(offset))?.0;
        let last = format!("{END}{label}{DASHES}");
        let (body, _) = block.split_once(&last).ok_or_else(|| cut(offset))?;
        let length = body.len().saturating_add(last.len());
        found.push(Block { label, text: block.get(..length).unwrap_or_default(), offset });
    }
    Ok(found)
}
