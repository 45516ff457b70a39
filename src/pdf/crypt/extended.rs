//! Passwords and keys of revisions 5 to 7 of the standard security handler (ISO 32000-2, 7.6.4.3.3 and 7.6.4.4; ISO/TS 32003, 5.1).
//!
//! Revision 5, of Adobe's extension level 3, differs by its hash only.

use aes::cipher::{Array, BlockCipherDecrypt};
use aes::{Aes128, Aes256};
use aes_gcm::KeyInit;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::dictionary::EncryptionDictionary;
use super::encryption::Access;

/// What `/O` and `/U` hold: a hash and two salts.
struct Verifier<'v> {
    hash: &'v [u8],
    validation_salt: &'v [u8],
    key_salt: &'v [u8],
}

impl<'v> Verifier<'v> {
    fn new(value: &'v [u8]) -> Option<Self> {
        Some(Self { hash: value.get(..32)?, validation_salt: value.get(32..40)?, key_salt: value.get(40..48)? })
    }
}

/// Whose password it is, and the file encryption key (algorithm 2.A); `None` where it is nobody's.
pub(super) fn authenticate(dictionary: &EncryptionDictionary, password: &[u8]) -> Option<(Access, Vec<u8>)> {
    let revision = dictionary.revision;
    let unwrap = |value: &[u8], user: &[u8], wrapped: &[u8]| {
        let verifier = Verifier::new(value)?;
        if hash(revision, password, verifier.validation_salt, user) != verifier.hash {
            return None;
        }
        let key = hash(revision, password, verifier.key_salt, user);
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&key, &[0; 16]).ok()?;
        cipher.decrypt_padded_vec::<NoPadding>(wrapped).ok()
    };
    let owner = unwrap(&dictionary.owner, &dictionary.user, &dictionary.owner_key);
    let user = || unwrap(&dictionary.user, b"", &dictionary.user_key);
    owner.map(|key| (Access::Owner, key)).or_else(|| user().map(|key| (Access::User, key)))
}

/// The permissions that the file key vouches for (algorithm 13); `None` where `/Perms` is not made with this key.
pub(super) fn vouched_permissions(dictionary: &EncryptionDictionary, key: &[u8]) -> Option<u32> {
    let mut block = Array::try_from(dictionary.perms.get(..16)?).ok()?;
    Aes256::new_from_slice(key).ok()?.decrypt_block(&mut block);
    match block.as_slice() {
        [a, b, c, d, _, _, _, _, _, b'a', b'd', b'b', ..] => Some(u32::from_le_bytes([*a, *b, *c, *d])),
        _ => None,
    }
}

fn hash(revision: u8, password: &[u8], salt: &[u8], user: &[u8]) -> Vec<u8> {
    let first = Sha256::digest([password, salt, user].concat()).to_vec();
    if revision == 5 { first } else { hardened(first, password, user) }
}

/// Algorithm 2.B. It ends: after 287 rounds any last byte is small enough.
fn hardened(mut key: Vec<u8>, password: &[u8], user: &[u8]) -> Vec<u8> {
    let mut round: u16 = 0;
    loop {
        let block = [password, &key, user].concat().repeat(64);
        let (cipher_key, iv) = (key.get(..16).unwrap_or_default(), key.get(16..32).unwrap_or_default());
        let Ok(cipher) = cbc::Encryptor::<Aes128>::new_from_slices(cipher_key, iv) else { return Vec::new() };
        // A multiple of 64 bytes: nothing is padded.
        let encrypted = cipher.encrypt_padded_vec::<NoPadding>(&block);
        // The first 16 bytes as a number, modulo 3: 256 is 1 there, so that their sum will do.
        let sum: u16 = encrypted.iter().take(16).map(|byte| u16::from(*byte)).fold(0, u16::saturating_add);
        key = match sum % 3 {
            0 => Sha256::digest(&encrypted).to_vec(),
            1 => Sha384::digest(&encrypted).to_vec(),
            _ => Sha512::digest(&encrypted).to_vec(),
        };
        round = round.saturating_add(1);
        let last = encrypted.last().copied().unwrap_or_default();
        if round >= 64 && u16::from(last) <= round.saturating_sub(32) {
            key.truncate(32);
            return key;
        }
    }
}
