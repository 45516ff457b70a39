//! Passwords and keys of revisions 2 to 4 of the standard security handler (ISO 32000-2, 7.6.4.3 and 7.6.4.4).

use md5::{Digest, Md5};

use super::cipher::rc4;
use super::dictionary::EncryptionDictionary;
use super::encryption::Access;
use crate::error::Result;

/// Algorithm 2, step a.
const PADDING: [u8; 32] = *b"\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\
                             \x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A";

/// Whose password it is, and the file encryption key; `None` where it is nobody's. `id` is the first half of the file's `/ID`.
pub(super) fn authenticate(
    dictionary: &EncryptionDictionary,
    id: &[u8],
    password: &[u8],
) -> Result<Option<(Access, Vec<u8>)>> {
    // Algorithm 7. Without an owner password, the user password stands for it: so it opens as the owner's.
    let user = user_password(dictionary, password)?;
    if let Some(key) = user_key(dictionary, id, &padded(&user))? {
        return Ok(Some((Access::Owner, key)));
    }
    Ok(user_key(dictionary, id, &padded(password))?.map(|key| (Access::User, key)))
}

/// The file encryption key, if `padded` is the user password (algorithm 6).
fn user_key(dictionary: &EncryptionDictionary, id: &[u8], padded: &[u8; 32]) -> Result<Option<Vec<u8>>> {
    let key = file_key(dictionary, id, padded);
    let (expected, significant) = match dictionary.revision {
        // Algorithm 4.
        2 => (rc4(&key, PADDING.to_vec())?, 32),
        // Algorithm 5.
        _ => {
            let mut hasher = Md5::new_with_prefix(PADDING);
            hasher.update(id);
            (twenty_times(&key, 0..20, hasher.finalize().to_vec())?, 16)
        }
    };
    let found = dictionary.user.get(..significant);
    Ok((found == expected.get(..significant)).then_some(key))
}

/// Algorithm 2.
fn file_key(dictionary: &EncryptionDictionary, id: &[u8], padded: &[u8; 32]) -> Vec<u8> {
    let mut hasher = Md5::new_with_prefix(padded);
    hasher.update(&dictionary.owner);
    hasher.update(dictionary.p.to_le_bytes());
    hasher.update(id);
    if dictionary.revision >= 4 && !dictionary.encrypts_metadata {
        hasher.update([0xFF; 4]);
    }
    let digest = hasher.finalize().to_vec();
    strengthened(dictionary, digest, dictionary.key_length)
}

/// The user password that the owner password hides (algorithms 3 and 7), still padded.
fn user_password(dictionary: &EncryptionDictionary, owner: &[u8]) -> Result<Vec<u8>> {
    // All 16 bytes go around here, whatever the length of the key (algorithm 3, step c).
    let key = strengthened(dictionary, Md5::digest(padded(owner)).to_vec(), 16);
    let key = key.get(..dictionary.key_length).unwrap_or(&key);
    match dictionary.revision {
        2 => rc4(key, dictionary.owner.clone()),
        _ => twenty_times(key, (0..20).rev(), dictionary.owner.clone()),
    }
}

/// From revision 3 on, fifty times the digest of its first `length` bytes; then those.
fn strengthened(dictionary: &EncryptionDictionary, mut digest: Vec<u8>, length: usize) -> Vec<u8> {
    digest.truncate(length);
    if dictionary.revision >= 3 {
        for _ in 0..50 {
            digest = Md5::digest(&digest).to_vec();
            digest.truncate(length);
        }
    }
    digest
}

/// RC4 with the key and its variations (algorithms 3, 5 and 7).
fn twenty_times(key: &[u8], rounds: impl Iterator<Item = u8>, data: Vec<u8>) -> Result<Vec<u8>> {
    rounds.into_iter().try_fold(data, |data, round| {
        let varied: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
        rc4(&varied, data)
    })
}

/// Exactly 32 bytes (algorithm 2, step a).
fn padded(password: &[u8]) -> [u8; 32] {
    let mut padded = [0; 32];
    padded.iter_mut().zip(password.iter().chain(&PADDING)).for_each(|(byte, new)| *byte = *new);
    padded
}
