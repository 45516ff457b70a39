//! A key that signs digests and nothing else, as HSMs and cloud services do.

use std::fmt;

use super::{Authority, Subscriber};
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::software::key::PrivateKey;
use crate::software::key::elliptic::EcPrivateKey;

/// A P-256 key with its certificate, **not for production**: what a local fake of a remote signing service holds.
///
/// It gets digests, never documents or messages; so whoever asks it has to do what the real service's client does.
pub struct Device {
    key: EcPrivateKey,
    certificates: Vec<Vec<u8>>,
}

impl Device {
    /// The signing certificate and its chain, each DER.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Signs a SHA-256 digest: DER `Ecdsa-Sig-Value`.
    ///
    /// # Errors
    /// [`ErrorKind::Signer`] where `digest` has not 32 bytes.
    pub fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>> {
        let refuse = |why: &str| Error::new(ErrorKind::Signer, "the device signs SHA-256 digests only").because(why);
        if digest.len() != 32 {
            return Err(refuse(&format!("{} bytes were given", digest.len())));
        }
        let signed = self.key.sign(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), digest);
        signed.map_err(|fault: String| refuse(&fault))
    }
}

impl Authority {
    /// Issues a certificate for a key that signs digests, valid for 3 years from the beginning.
    ///
    /// # Errors
    /// As [`issue`](Self::issue).
    pub fn device(&self, common_name: &str) -> Result<Device> {
        let entity = self.subscriber(&Subscriber::new(common_name))?;
        let PrivateKey::Elliptic(key) = &entity.key else {
            return Err(Error::new(ErrorKind::Unsupported, "devices have P-256 keys only"));
        };
        let certificates = entity.chain().map(Certificate::der).map(<[u8]>::to_vec).collect();
        Ok(Device { key: key.clone(), certificates })
    }
}

/// That there is one; never the key.
impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Device({} certificates)", self.certificates.len())
    }
}
