//! Keys and certificates in files: PEM, DER and PKCS#12.

use std::path::Path;

use pades_ltv::{ErrorKind, SoftwareSigner};

use crate::access;
use crate::failure::{During, Stop};
use crate::inputs;
use crate::messages::Message;

/// A key and its certificates in files of their own, PEM or DER.
pub(crate) fn from_files(key: &Path, chain: &Path, pass_file: Option<&Path>) -> Result<SoftwareSigner, Stop> {
    let cannot_use = |option: &'static str, path: &Path| Message::CannotUse { option, path: path.to_owned() };
    let bytes = inputs::secret(key).during(|| cannot_use("key", key))?;
    let certificates = certificates(chain)?;
    let password = pass_file.map(|path| access::secret("pass-file", path)).transpose()?;
    let is_pem = bytes.windows(PEM.len()).any(|window| window == PEM);
    let signer = match (is_pem, &password) {
        (true, None) => SoftwareSigner::from_pem(&bytes, pem(&certificates).as_bytes()),
        (true, Some(password)) => SoftwareSigner::from_encrypted_pem(&bytes, password, pem(&certificates).as_bytes()),
        (false, None) => SoftwareSigner::from_der(&bytes, certificates),
        (false, Some(password)) => SoftwareSigner::from_encrypted_der(&bytes, password, certificates),
    };
    let signer = signer.map_err(|error| match (error.kind(), pass_file) {
        (ErrorKind::Password, Some(_)) => error.advise("check the first line of --pass-file"),
        _ => error,
    });
    signer.during(|| cannot_use("key", key))
}

const PEM: &[u8] = b"-----BEGIN ";

/// Certificates as a PEM key has them beside it, in whatever form they came.
fn pem(certificates: &[Vec<u8>]) -> String {
    let block = |der: &Vec<u8>| der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der);
    // Longer than a string can be, they would not have been read.
    certificates.iter().filter_map(|der| block(der).ok()).collect()
}

/// A PKCS#12 file; without a password of its own it has the empty one.
pub(crate) fn from_container(
    p12: &Path,
    pass_file: Option<&Path>,
    chain: Option<&Path>,
) -> Result<SoftwareSigner, Stop> {
    let cannot_use = || Message::CannotUse { option: "p12", path: p12.to_owned() };
    let bytes = inputs::secret(p12).during(cannot_use)?;
    let password = pass_file.map(|path| access::secret("pass-file", path)).transpose()?;
    let password = password.as_deref().map_or("", String::as_str);
    let signer = SoftwareSigner::from_pkcs12_and_chain(&bytes, password, beside(chain)?);
    let signer = signer.map_err(|error| match (error.kind(), pass_file) {
        (ErrorKind::Password, None) => error.advise("give its password with --pass-file"),
        (ErrorKind::Password, Some(_)) => error.advise("check the first line of --pass-file"),
        _ => error,
    });
    signer.during(cannot_use)
}

/// The certificates of `--chain`, which belong to a key that may have some of its own.
pub(crate) fn beside(chain: Option<&Path>) -> Result<Vec<Vec<u8>>, Stop> {
    chain.map_or(Ok(Vec::new()), certificates)
}

pub(crate) fn certificates(chain: &Path) -> Result<Vec<Vec<u8>>, Stop> {
    let certificates = inputs::secret(chain).and_then(|bytes| inputs::chain(&bytes));
    certificates.during(|| Message::CannotUse { option: "chain", path: chain.to_owned() })
}
