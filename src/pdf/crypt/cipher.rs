//! One string or stream, decrypted or encrypted (ISO 32000-2, 7.6.3; ISO/TS 32003, 5.2).
//!
//! Invariant: decrypting never gives part of the data: what has not the shape of its cipher's output is an error.

use aes::{Aes128, Aes256};
use aes_gcm::aead::Aead;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use md5::{Digest, Md5};
use rc4::{Rc4, StreamCipher};

use super::vector::Vector;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::Ref;

/// How long an initialisation vector of CBC is, which stands before the data.
const BLOCK: usize = 16;
/// How long a nonce of GCM is, which stands before the data.
const NONCE: usize = 12;

/// What a crypt filter does (table 25, `/CFM`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Nothing.
    Identity,
    /// `V2`, and what versions 1 and 2 do: RC4.
    Rc4,
    /// `AESV2`: AES-128 in CBC mode.
    AesV2,
    /// `AESV3`: AES-256 in CBC mode.
    AesV3,
    /// `AESV4`: AES-256 in Galois/counter mode.
    AesV4,
}

impl Method {
    /// The data of the object `id`, decrypted with the file encryption key `key`.
    pub(super) fn decrypt(self, key: &[u8], id: Ref, data: Vec<u8>) -> Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(data),
            Self::Rc4 => rc4(&object_key(key, id, b""), data),
            Self::AesV2 => {
                let (iv, data) = split(&data, BLOCK)?;
                let cipher = cbc::Decryptor::<Aes128>::new_from_slices(&object_key(key, id, SALT), iv);
                cipher.map_err(wrong_key)?.decrypt_padded_vec::<Pkcs7>(data).map_err(|_| damaged())
            }
            Self::AesV3 => {
                let (iv, data) = split(&data, BLOCK)?;
                let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, iv);
                cipher.map_err(wrong_key)?.decrypt_padded_vec::<Pkcs7>(data).map_err(|_| damaged())
            }
            Self::AesV4 => {
                let (nonce, data) = split(&data, NONCE)?;
                let nonce = Nonce::try_from(nonce).map_err(|_| damaged())?;
                Aes256Gcm::new_from_slice(key).map_err(wrong_key)?.decrypt(&nonce, data).map_err(|_| damaged())
            }
        }
    }

    /// `data` as it stands in the object `id`, encrypted with the file encryption key `key`.
    pub(super) fn encrypt(self, key: &[u8], id: Ref, vector: &Vector, data: Vec<u8>) -> Result<Vec<u8>> {
        let [iv, nonce] = [BLOCK, NONCE].map(|length| vector.0.get(..length).unwrap_or_default());
        match self {
            Self::Identity => Ok(data),
            Self::Rc4 => rc4(&object_key(key, id, b""), data),
            Self::AesV2 => {
                let cipher = cbc::Encryptor::<Aes128>::new_from_slices(&object_key(key, id, SALT), iv);
                let data = cipher.map_err(wrong_key)?.encrypt_padded_vec::<Pkcs7>(&data);
                Ok([iv, &data].concat())
            }
            Self::AesV3 => {
                let cipher = cbc::Encryptor::<Aes256>::new_from_slices(key, iv);
                let data = cipher.map_err(wrong_key)?.encrypt_padded_vec::<Pkcs7>(&data);
                Ok([iv, &data].concat())
            }
            Self::AesV4 => {
                let cipher = Aes256Gcm::new_from_slice(key).map_err(wrong_key)?;
                let value = Nonce::try_from(nonce).map_err(wrong_key)?;
                let data = cipher.encrypt(&value, data.as_slice()).map_err(wrong_key)?;
                Ok([nonce, &data].concat())
            }
        }
    }
}

/// Algorithm 1, step b.
const SALT: &[u8] = b"sAlT";

/// The key for one object (algorithm 1).
fn object_key(key: &[u8], id: Ref, salt: &[u8]) -> Vec<u8> {
    let number = id.number.to_le_bytes();
    let mut hasher = Md5::new_with_prefix(key);
    hasher.update(number.get(..3).unwrap_or_default());
    hasher.update(id.generation.to_le_bytes());
    hasher.update(salt);
    let mut key_of_object = hasher.finalize().to_vec();
    key_of_object.truncate(key.len().saturating_add(5));
    key_of_object
}

/// RC4, which is its own inverse.
pub(super) fn rc4(key: &[u8], mut data: Vec<u8>) -> Result<Vec<u8>> {
    Rc4::new_from_slice(key).map_err(wrong_key)?.apply_keystream(&mut data);
    Ok(data)
}

fn split(data: &[u8], at: usize) -> Result<(&[u8], &[u8])> {
    data.split_at_checked(at).ok_or_else(damaged)
}

fn damaged() -> Error {
    Error::new(ErrorKind::Syntax, "the data is not encrypted as the file's encryption dictionary says, or is damaged")
}

/// No key that [`EncryptionDictionary`](super::EncryptionDictionary) lets through has a wrong length.
fn wrong_key<E>(_: E) -> Error {
    Error::new(ErrorKind::Encrypted, "the file encryption key does not fit the cipher")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: Ref = Ref { number: 0x0102_0304, generation: 0x0506 };
    const ENCRYPTING: [(Method, usize); 5] =
        [(Method::Rc4, 5), (Method::Rc4, 16), (Method::AesV2, 16), (Method::AesV3, 32), (Method::AesV4, 32)];

    #[test]
    fn keys_depend_on_the_object_but_for_its_highest_byte() {
        let key = |number, generation| object_key(b"12345", Ref { number, generation }, SALT);
        assert_eq!(key(0x0102_0304, 5), key(0x0002_0304, 5));
        assert_ne!(key(1, 0), key(0, 1));
        assert_eq!((key(1, 0).len(), object_key(&[0; 16], ID, b"").len()), (10, 16));
        assert_ne!(object_key(&[0; 16], ID, b""), object_key(&[0; 16], ID, SALT));
    }

    #[test]
    fn a_flipped_bit_in_authenticated_data_is_an_error() {
        let sealed = Method::AesV4.encrypt(&[7; 32], ID, &Vector([1; 16]), b"text".to_vec()).unwrap();
        assert_eq!(sealed.len(), 12 + 4 + 16);
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert_eq!(Method::AesV4.decrypt(&[7; 32], ID, flipped).unwrap_err().kind(), ErrorKind::Syntax);
        }
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_decrypted(data in proptest::collection::vec(any::<u8>(), 0..100), vector: [u8; 16]) {
            for (method, length) in ENCRYPTING {
                let key = vec![9; length];
                let sealed = method.encrypt(&key, ID, &Vector(vector), data.clone()).unwrap();
                prop_assert_eq!(method.decrypt(&key, ID, sealed).unwrap(), data.clone(), "{:?}", method);
            }
        }

        #[test]
        fn anything_is_data_or_an_error(data in proptest::collection::vec(any::<u8>(), 0..100)) {
            for (method, length) in ENCRYPTING {
                let _ = method.decrypt(&vec![9; length], ID, data.clone());
            }
        }
    }
}
