//! What is encrypted under a password.
//!
//! Invariant: the work that a file asks for is bounded before it is done, over all of its parts together.
//! Invariant: a password that does not open something is another error than a file that cannot be read.
//!
//! Specified in RFC 8018 (PBES2), RFC 7914 (scrypt), RFC 7292, B and C (the older schemes of PKCS#12). Nouns: [`Effort`].

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, InnerIvInit, KeyIvInit};
use const_oid::ObjectIdentifier;
use der::Decode;
use pkcs5::EncryptionScheme;
use pkcs5::pbes2::{Kdf, PBES2_OID};
use spki::AlgorithmIdentifierRef;

use super::Secret;
use super::form::damaged;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::cms::element::{Element, OCTET_STRING};

const SHA_3DES_3_KEYS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const SHA_3DES_2_KEYS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.4");
const SHA_RC2_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5");
const SHA_RC2_40: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");

/// What scrypt may take, in bytes. Files are made with 16 MiB; RFC 7914 knows no bound.
const SCRYPT_MEMORY: u64 = 256 << 20;

/// The rounds of hashing that one file may still ask for: 10 million in all, where today's files ask for 2,048 to 600,000 a part.
#[derive(Debug)]
pub(crate) struct Effort(u64);

impl Default for Effort {
    fn default() -> Self {
        Self(10_000_000)
    }
}

impl Effort {
    pub(super) fn spend(&mut self, rounds: u64) -> Result<()> {
        self.0 = self.0.checked_sub(rounds).ok_or_else(|| {
            Error::new(ErrorKind::Limit, format!("the password's protection asks for {rounds} rounds more than it may"))
                .advise("protect the key with fewer rounds: `openssl pkcs8 -topk8 -iter 600000`")
        })?;
        Ok(())
    }
}

/// Decrypts `ciphertext` as the `AlgorithmIdentifier` says.
pub(super) fn decrypt(
    algorithm: Element<'_>,
    password: &str,
    ciphertext: &[u8],
    effort: &mut Effort,
) -> Result<Secret> {
    let oid = algorithm.children().any("an algorithm").and_then(|oid| oid.oid("an algorithm")).map_err(damaged)?;
    if oid == PBES2_OID {
        return pbes2(algorithm, password, ciphertext, effort);
    }
    let (key_len, iv_len) = match oid.held() {
        Some(SHA_3DES_3_KEYS) => (24, 8),
        Some(SHA_3DES_2_KEYS | SHA_RC2_128) => (16, 8),
        Some(SHA_RC2_40) => (5, 8),
        _ => return Err(unsupported(&oid)),
    };
    let Salted { salt, rounds } = Salted::read(algorithm)?;
    effort.spend(rounds.saturating_mul(2))?;
    let derive = |purpose, len| pkcs12_kdf(DigestAlgorithm::Sha1, password, salt, rounds, purpose, len);
    let (mut key, iv) = (derive(Purpose::Key, key_len), derive(Purpose::Iv, iv_len));
    let plain = if oid == SHA_RC2_128 || oid == SHA_RC2_40 {
        let cipher = rc2::Rc2::new_with_eff_key_len(&key, key.len().saturating_mul(8));
        cbc::Decryptor::inner_iv_slice_init(cipher, &iv)
            .ok()
            .and_then(|cbc| cbc.decrypt_padded_vec::<Pkcs7>(ciphertext).ok())
    } else {
        // Two keys are three, of which the last is the first.
        let third = key.get(..8).filter(|_| key.len() < 24).unwrap_or_default().to_vec();
        key.extend_from_slice(&Secret::new(third));
        cbc::Decryptor::<des::TdesEde3>::new_from_slices(&key, &iv)
            .ok()
            .and_then(|cbc| cbc.decrypt_padded_vec::<Pkcs7>(ciphertext).ok())
    };
    plain.map(Secret::new).ok_or_else(wrong)
}

fn pbes2(algorithm: Element<'_>, password: &str, ciphertext: &[u8], effort: &mut Effort) -> Result<Secret> {
    let identifier = AlgorithmIdentifierRef::from_der(algorithm.whole).map_err(damaged)?;
    let scheme = EncryptionScheme::try_from(identifier).map_err(unsupported_part)?;
    match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(Kdf::Pbkdf2(pbkdf2)) => effort.spend(pbkdf2.iteration_count.into())?,
        Some(Kdf::Scrypt(scrypt)) => {
            let memory = scrypt.cost_parameter.saturating_mul(u64::from(scrypt.block_size)).saturating_mul(128);
            if memory > SCRYPT_MEMORY {
                let error = Error::new(ErrorKind::Limit, format!("scrypt asks for {memory} bytes of memory"));
                return Err(error.advise("protect the key with less: `openssl pkcs8 -topk8 -scrypt -scrypt_N 16384`"));
            }
            effort.spend(scrypt.cost_parameter.saturating_mul(scrypt.parallelization.into()))?;
        }
        _ => return Err(unsupported(&PBES2_OID)),
    }
    scheme.decrypt(password, ciphertext).map(Secret::new).map_err(|fault| match fault {
        pkcs5::Error::DecryptFailed => wrong(),
        other => unsupported_part(other),
    })
}

/// The parameters of PKCS#12's own schemes (RFC 7292, C).
struct Salted<'a> {
    salt: &'a [u8],
    rounds: u64,
}

impl<'a> Salted<'a> {
    fn read(algorithm: Element<'a>) -> Result<Self> {
        let what = "a salt and an iteration count";
        let mut parts = algorithm.children();
        parts.any(what).map_err(damaged)?;
        let mut inner = parts.any(what).map_err(damaged)?.children();
        let salt = inner.expect(OCTET_STRING, what).map_err(damaged)?.content;
        let rounds = u32::from_der(inner.any(what).map_err(damaged)?.whole).map_err(damaged)?;
        if rounds == 0 { Err(damaged("no rounds")) } else { Ok(Self { salt, rounds: rounds.into() }) }
    }
}

/// What a key is derived for: the ID byte (RFC 7292, B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key,
    Iv,
    Mac,
}

/// The key derivation of PKCS#12 (RFC 7292, B.2).
pub(super) fn pkcs12_kdf(
    digest: DigestAlgorithm,
    password: &str,
    salt: &[u8],
    rounds: u64,
    purpose: Purpose,
    len: usize,
) -> Secret {
    let block = match digest {
        DigestAlgorithm::Sha384 | DigestAlgorithm::Sha512 => 128,
        _ => 64,
    };
    // B.1: UTF-16, big-endian, with two zero bytes at the end.
    // Every buffer has its final length from the start: one that grows leaves its bytes behind, and nobody wipes them.
    let mut text = Secret::new(Vec::with_capacity(password.len().saturating_add(1).saturating_mul(2)));
    text.extend(password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes));
    let whole_blocks = |bytes: &[u8]| -> Secret {
        let len = bytes.len().next_multiple_of(block);
        let mut blocks = Secret::new(Vec::with_capacity(len));
        blocks.extend(bytes.iter().copied().cycle().take(len));
        blocks
    };
    let purpose = match purpose {
        Purpose::Key => 1,
        Purpose::Iv => 2,
        Purpose::Mac => 3,
    };
    let mut input = Secret::new([whole_blocks(salt).as_slice(), &whole_blocks(&text)].concat());
    let mut output = Secret::new(Vec::with_capacity(len.saturating_add(block)));
    while output.len() < len {
        let first = Secret::new([&vec![purpose; block][..], &input].concat());
        let hash = (0..rounds).fold(first, |hash, _| Secret::new(digest.digest(&hash)));
        output.extend_from_slice(&hash);
        let added = Secret::new(hash.iter().copied().cycle().take(block).collect());
        input.chunks_mut(block).for_each(|chunk| add_one_more(chunk, &added));
    }
    output.truncate(len);
    output
}

/// `chunk` + `added` + 1, modulo its length.
fn add_one_more(chunk: &mut [u8], added: &[u8]) {
    let mut carry = 1_u16;
    for (byte, added) in chunk.iter_mut().zip(added).rev() {
        let [high, low] = u16::from(*byte).saturating_add((*added).into()).saturating_add(carry).to_be_bytes();
        (carry, *byte) = (high.into(), low);
    }
}

/// The password does not fit.
pub(super) fn wrong() -> Error {
    Error::new(ErrorKind::Password, "the password does not open the private key")
}

const ANEW: &str = "encrypt it anew with `openssl pkcs8 -topk8 -v2 aes-256-cbc`, or `openssl pkcs12 -export`";

fn unsupported(oid: &dyn std::fmt::Display) -> Error {
    crate::software::unsupported(format!("the encryption {oid} under a password is not supported")).advise(ANEW)
}

/// A cipher, function or parameter of PBES2.
fn unsupported_part(fault: impl std::error::Error + Send + Sync + 'static) -> Error {
    crate::software::unsupported("the encryption under a password is not supported").because(fault).advise(ANEW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hex;

    /// From the `openssl kdf` command: `-kdfopt digest:SHA1 -kdfopt hexpass:… -kdfopt id:… PKCS12KDF`.
    #[test]
    fn keys_are_derived_as_by_openssl() {
        let derive = |digest, purpose, len| hex(&pkcs12_kdf(digest, "smeg", b"saltsalt", 3, purpose, len));
        assert_eq!(derive(DigestAlgorithm::Sha1, Purpose::Key, 24), KEY);
        assert_eq!(derive(DigestAlgorithm::Sha1, Purpose::Iv, 8), IV);
        assert_eq!(derive(DigestAlgorithm::Sha512, Purpose::Mac, 64), MAC);
    }

    #[test]
    fn effort_is_spent_once() {
        let mut effort = Effort::default();
        effort.spend(9_999_999).unwrap();
        effort.spend(1).unwrap();
        assert_eq!(effort.spend(1).unwrap_err().kind(), ErrorKind::Limit);
    }

    const KEY: &str = "2e659079cd40699e57a2c094e5e9206d35cfd852de995ef0";
    const IV: &str = "3d119f4da8102c2d";
    const MAC: &str = "d4eac0a5fda6da757c1b01e61bcaf58ff76d2fde96afc7d8c8ee6dab117a5054\
                       03c16add86d10b74db009ecc532c31457db0ecc31cd0264e864dc674f4e6f711";
}
