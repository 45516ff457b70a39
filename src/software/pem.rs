//! Keys and certificates in PEM files.
//!
//! Invariant: a block that is asked for and cannot be read is an error, never skipped.

use super::Secret;
use super::form::Form;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pki::pem::{self, Block, Fault};

/// The older way to encrypt, whose key is one MD5 of the password (RFC 1421's header fields).
const OLD_ENCRYPTION: &[u8] = b"Proc-Type:";
const CONVERT: &str = "convert it with `openssl pkcs8 -topk8 -in key.pem -out pkcs8.pem`";
/// Which OpenSSL does not read.
const CONVERT_SSH: &str = "convert a copy with `ssh-keygen -p -m PKCS8 -f key`";

/// The one private key in `text`, DER, and its form.
pub(crate) fn private_key(text: &[u8]) -> Result<(Form, Secret)> {
    let blocks: Vec<Block<'_>> =
        blocks(text)?.into_iter().filter(|block| block.label.ends_with("PRIVATE KEY")).collect();
    let [block] = blocks.as_slice() else {
        return Err(Error::new(ErrorKind::Key, format!("the PEM has {} private keys, not one", blocks.len()))
            .advise("give a file with one block `BEGIN PRIVATE KEY`"));
    };
    let unsupported = |what: &str, advice| Err(crate::software::unsupported(what).at(place(block)).advise(advice));
    let form = match block.label {
        _ if block.holds(OLD_ENCRYPTION) => {
            return unsupported("the private key is encrypted in the PEM itself", CONVERT);
        }
        "PRIVATE KEY" => Form::Pkcs8,
        "ENCRYPTED PRIVATE KEY" => Form::EncryptedPkcs8,
        "RSA PRIVATE KEY" => Form::Pkcs1,
        "EC PRIVATE KEY" => Form::Sec1,
        "OPENSSH PRIVATE KEY" => return unsupported("the private key's form is that of OpenSSH alone", CONVERT_SSH),
        _ => return unsupported("the private key's form is not known", CONVERT),
    };
    Ok((form, decoded(block, ErrorKind::Key)?))
}

/// The DER of every certificate in `text`, in its order.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<Vec<u8>>> {
    let blocks = blocks(text)?.into_iter().filter(Block::is_certificate);
    blocks.map(|block| decoded(&block, ErrorKind::Certificate).map(|der| der.to_vec())).collect()
}

fn decoded(block: &Block<'_>, kind: ErrorKind) -> Result<Secret> {
    block.decode().map_err(|fault| {
        let error = Error::new(kind, "the PEM block cannot be read").at(place(block)).because(fault);
        let error = if fault == Fault::Cut { error.advise("get the whole file again") } else { error };
        error.class_is(ErrorClass::Operator)
    })
}

fn place(block: &Block<'_>) -> String {
    format!("`BEGIN {}`, byte {}", block.label, block.offset)
}

/// All blocks of `text`.
fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>> {
    let found = pem::blocks(text).map_err(|fault| {
        let error = Error::new(ErrorKind::Syntax, "the PEM cannot be read").because(fault);
        error.advise("get the whole file again").class_is(ErrorClass::Operator)
    })?;
    match std::str::from_utf8(text) {
        Err(fault) if found.is_empty() => Err(Error::new(ErrorKind::Syntax, "the PEM is not text")
            .at(format!("byte {}", fault.valid_up_to()))
            .advise("give PEM; a DER file becomes PEM with `openssl x509 -inform DER` or `openssl pkey -inform DER`")
            .class_is(ErrorClass::Operator)),
        _ => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = "-----BEGIN CERTIFICATE-----\nAAECAwQFBgcICQoL\n-----END CERTIFICATE-----";

    #[test]
    fn what_is_no_block_is_told() {
        for (text, cause) in [
            (BLOCK.replace("END CERT", "END X509 CERT").into_bytes(), "does not end"),
            (BLOCK.replace('Q', "*").into_bytes(), "cannot be read (`BEGIN CERTIFICATE`, byte 0)"),
            (b"\x30\x82\xff\xff".to_vec(), "not text (byte 1)"),
        ] {
            let error = certificates(&text).unwrap_err();
            assert!(error.to_string().contains(cause), "{error}");
            assert_eq!(error.class(), ErrorClass::Operator, "{error}");
        }
        let ssh = b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
        assert!(private_key(ssh).unwrap_err().advice().unwrap().contains("ssh-keygen"));
    }
}
