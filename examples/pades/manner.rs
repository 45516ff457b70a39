//! How to sign, where it is not to be what fits the key: `--digest` and `--pss`, for keys wherever they are.

use pades_ltv::csc::CscSigner;
use pades_ltv::pkcs11::Pkcs11Key;
use pades_ltv::{DigestAlgorithm, Identity, SoftwareSigner};

use crate::arguments::Arguments;
use crate::failure::Stop;

const DIGESTS: &str = "sha256 | sha384 | sha512 | sha3-256 | sha3-384 | sha3-512 | shake256";

/// How to sign, where it is not to be what fits the key.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manner {
    pub(crate) digest: Option<DigestAlgorithm>,
    pub(crate) is_pss: bool,
}

impl Manner {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "digest" => self.digest = Some(arguments.parsed(option, DIGESTS, digest_named)?),
            "pss" => self.is_pss = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(crate) fn of_identity(self, identity: Identity) -> pades_ltv::Result<Identity> {
        let identity = if self.is_pss { identity.with_pss()? } else { identity };
        self.digest.map_or(Ok(identity.clone()), |digest| identity.with_digest(digest))
    }

    pub(crate) fn of_software(self, signer: SoftwareSigner) -> pades_ltv::Result<SoftwareSigner> {
        let signer = if self.is_pss { signer.with_pss()? } else { signer };
        match self.digest {
            Some(digest) => signer.with_digest(digest),
            None => Ok(signer),
        }
    }

    pub(crate) fn of_service(self, signer: CscSigner) -> pades_ltv::Result<CscSigner> {
        if !self.is_pss && self.digest.is_none() {
            return Ok(signer);
        }
        let algorithm = self.of_identity(signer.credential().identity().clone())?.algorithm();
        signer.with_algorithm(algorithm)
    }

    pub(crate) fn of_token(self, key: Pkcs11Key) -> Pkcs11Key {
        let key = if self.is_pss { key.pss() } else { key };
        match self.digest {
            Some(digest) => key.digest(digest),
            None => key,
        }
    }
}

/// `sha256` or `SHA-256`, `sha3-256` or `SHA3-256`.
pub(crate) fn digest_named(text: &str) -> Option<DigestAlgorithm> {
    use DigestAlgorithm::{Sha3_256, Sha3_384, Sha3_512, Sha256, Sha384, Sha512, Shake256};
    let plain = |name: &str| name.to_ascii_lowercase().replace('-', "");
    let wanted = plain(text);
    let all = [Sha256, Sha384, Sha512, Sha3_256, Sha3_384, Sha3_512, Shake256];
    all.into_iter().find(|one| plain(one.name()) == wanted)
}
