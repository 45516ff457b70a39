//! PEM files as tools write them: several blocks, with text in any encoding around them (RFC 7468).
//!
//! Invariant: a block that cannot be read is an error, never skipped.

use super::Secret;
use super::form::Form;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pki::pem;

const BEGIN: &[u8] = b"-----BEGIN ";
const DASHES: &[u8] = b"-----";
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
    let unsupported = |what: &str, advice| Err(crate::software::unsupported(what).at(block.place()).advise(advice));
    let form = match block.label {
        _ if find(block.body, OLD_ENCRYPTION).is_some() => {
            return unsupported("the private key is encrypted in the PEM itself", CONVERT);
        }
        "PRIVATE KEY" => Form::Pkcs8,
        "ENCRYPTED PRIVATE KEY" => Form::EncryptedPkcs8,
        "RSA PRIVATE KEY" => Form::Pkcs1,
        "EC PRIVATE KEY" => Form::Sec1,
        "OPENSSH PRIVATE KEY" => return unsupported("the private key's form is that of OpenSSH alone", CONVERT_SSH),
        _ => return unsupported("the private key's form is not known", CONVERT),
    };
    Ok((form, block.decode(ErrorKind::Key)?))
}

/// The DER of every certificate in `text`, in its order.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<Vec<u8>>> {
    let blocks = blocks(text)?.into_iter().filter(|block| block.label == "CERTIFICATE");
    blocks.map(|block| block.decode(ErrorKind::Certificate).map(|der| der.to_vec())).collect()
}

/// One block: what stands between its first line and its last.
struct Block<'a> {
    label: &'a str,
    body: &'a [u8],
    offset: usize,
}

impl Block<'_> {
    fn decode(&self, kind: ErrorKind) -> Result<Secret> {
        pem::decode(self.body).map_err(|fault| {
            Error::new(kind, "the PEM block cannot be read")
                .at(self.place())
                .because(fault)
                .class_is(ErrorClass::Operator)
        })
    }

    fn place(&self) -> String {
        format!("`BEGIN {}`, byte {}", self.label, self.offset)
    }
}

/// All blocks of `text`.
fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>> {
    let (mut found, mut at) = (Vec::new(), 0_usize);
    while let Some(offset) = find(text.get(at..).unwrap_or_default(), BEGIN).map(|next| at.saturating_add(next)) {
        let block = block(text, offset).ok_or_else(|| {
            let error = Error::new(ErrorKind::Syntax, "the PEM block does not end").at(format!("byte {offset}"));
            error.advise("get the whole file again").class_is(ErrorClass::Operator)
        })?;
        at = offset.saturating_add(BEGIN.len());
        found.push(block);
    }
    match std::str::from_utf8(text) {
        Err(fault) if found.is_empty() => Err(Error::new(ErrorKind::Syntax, "the PEM is not text")
            .at(format!("byte {}", fault.valid_up_to()))
            .advise("give PEM; a DER file becomes PEM with `openssl x509 -inform DER` or `openssl pkey -inform DER`")
            .class_is(ErrorClass::Operator)),
        _ => Ok(found),
    }
}

/// The block that begins at `offset`.
fn block(text: &[u8], offset: usize) -> Option<Block<'_>> {
    let rest = text.get(offset..)?.strip_prefix(BEGIN)?;
    let (label, rest) = rest.split_at_checked(find(rest, DASHES)?)?;
    let last = [b"-----END ", label, DASHES].concat();
    let body = rest.strip_prefix(DASHES)?;
    Some(Block { label: std::str::from_utf8(label).ok()?, body: body.get(..find(body, &last)?)?, offset })
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 4] =
        ["-----BEGIN CERTIFICATE-----", "AAECAwQFBgcICQoL", "DA0ODw==", "-----END CERTIFICATE-----"];

    #[test]
    fn blocks_are_read_however_they_are_wrapped_and_whatever_stands_around() {
        let joined = |between: &str| LINES.join(between).into_bytes();
        let commented = [&b"# cl\xe9 \x8f\x96\n"[..], &joined("\n"), b"\n\xff"].concat();
        let marked = [&b"\xef\xbb\xbf"[..], &joined("\r\n")].concat();
        for text in [joined("\n"), joined("\r\n"), joined("\r"), joined("  \n\n\t"), joined(""), commented, marked] {
            let shown = String::from_utf8_lossy(&text);
            assert_eq!(certificates(&text).unwrap(), [(0..16).collect::<Vec<u8>>()], "{shown}");
        }
        let twice = [joined("\n"), joined("\n")].concat();
        assert_eq!(certificates(&twice).unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_block_is_told() {
        let joined = LINES.join("\n");
        for (text, cause) in [
            (joined.replace("END CERT", "END X509 CERT").into_bytes(), "does not end (byte 0)"),
            (joined.replace('Q', "*").into_bytes(), "cannot be read (`BEGIN CERTIFICATE`, byte 0)"),
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
