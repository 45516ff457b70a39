//! PKCS#12: a key and its certificates in one file, under a password.
//!
//! Invariant: nothing is read from a file whose MAC does not hold.
//!
//! Specified in RFC 7292. Nouns: [`Contents`].

use cbc::cipher::KeyInit;
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911;
use der::Decode;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::Secret;
use super::form::{damaged, decrypt_key};
use super::key::PrivateKey;
use super::password::{Effort, Purpose, decrypt, pkcs12_kdf, wrong};
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pki::algorithm::digest_of;
use crate::pki::cms::CmsFault;
use crate::pki::cms::ber::Definite;
use crate::pki::cms::element::{Element, Elements, INTEGER, OCTET_STRING, SEQUENCE, context};
use crate::pki::oid::Oid;

const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const SAFE_CONTENTS_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.6");
const X509_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
/// `[0] IMPLICIT OCTET STRING`.
const IMPLICIT_OCTET_STRING: u8 = 0x80;
/// The form that is read, which is the only one in use (RFC 7292, 4).
const VERSION: u8 = 3;

/// What stands in the file.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) keys: Vec<PrivateKey>,
    pub(crate) certificates: Vec<Vec<u8>>,
}

impl Contents {
    /// Reads a `PFX` in BER or DER.
    pub(crate) fn read(bytes: &[u8], password: &str) -> Result<Self> {
        if bytes.first() != Some(&SEQUENCE) {
            let error = Error::new(ErrorKind::Key, "the bytes are no PKCS#12 file");
            return Err(error.advise("make one with `openssl pkcs12 -export -inkey key.pem -in chain.pem`"));
        }
        let pfx = definite(bytes)?;
        let mut effort = Effort::default();
        let authenticated = open(&pfx, password, &mut effort)?;
        let authenticated = definite(authenticated)?;
        let mut contents = Self::default();
        for info in sequence(&authenticated, "an authenticated safe")? {
            let safe = safe_contents(info, password, &mut effort)?;
            contents.add(&definite(&safe)?, password, &mut effort)?;
        }
        Ok(contents)
    }

    /// Adds what is in a `SafeContents`, and in those within it.
    fn add(&mut self, safe: &[u8], password: &str, effort: &mut Effort) -> Result<()> {
        let what = "a safe bag";
        let mut bags = sequence(safe, "safe contents")?;
        while let Some(bag) = bags.pop() {
            let mut parts = bag.children();
            let kind = parts.any(what).and_then(|oid| oid.oid(what)).map_err(damaged)?;
            let value = parts.expect(context(0), what).and_then(|outer| outer.children().any(what)).map_err(damaged)?;
            match kind.held() {
                Some(KEY_BAG) => self.keys.push(PrivateKey::from_pkcs8_der(value.whole)?),
                Some(SHROUDED_KEY_BAG) => self.keys.push(decrypt_key(value, password, effort)?),
                Some(CERTIFICATE_BAG) => self.certificates.extend(certificate(value).map_err(damaged)?),
                // The depth was bounded where the file was read.
                Some(SAFE_CONTENTS_BAG) => bags.extend(value.children().all(what).map_err(damaged)?),
                // CRLs and other secrets are nothing to us.
                _ => {}
            }
        }
        Ok(())
    }
}

/// The authenticated safe of a `PFX` whose MAC holds.
fn open<'a>(pfx: &'a [u8], password: &str, effort: &mut Effort) -> Result<&'a [u8]> {
    let what = "a PKCS#12 file";
    let mut outer = Elements::new(pfx);
    let mut parts = outer.expect(SEQUENCE, what).map_err(damaged)?.children();
    let version = parts.expect(INTEGER, "a version").map_err(damaged)?.content;
    let info = parts.expect(SEQUENCE, "a content info").map_err(damaged)?;
    if version != [VERSION] {
        return Err(damaged("it is not version 3 of PKCS#12"));
    }
    let (kind, content) = content_info(info).map_err(damaged)?;
    let unsupported = |text: &str| {
        crate::software::unsupported(text).advise("make the file anew: `openssl pkcs12 -export`, with a password")
    };
    if kind != rfc5911::ID_DATA {
        return Err(unsupported("the PKCS#12 file is protected by a public key, not by a password"));
    }
    let content = content.children().expect(OCTET_STRING, what).map_err(damaged)?.content;
    let mac = parts.optional(SEQUENCE, what).map_err(damaged)?;
    parts.end(what).map_err(damaged)?;
    let mac = mac.ok_or_else(|| unsupported("the PKCS#12 file has no MAC: anybody could have made it"))?;
    if MacData::read(mac)?.holds(content, password, effort)? { Ok(content) } else { Err(wrong()) }
}

/// `MacData` (RFC 7292, 4).
struct MacData<'a> {
    digest: DigestAlgorithm,
    value: &'a [u8],
    salt: &'a [u8],
    rounds: u64,
}

impl<'a> MacData<'a> {
    fn read(mac: Element<'a>) -> Result<Self> {
        let what = "a MAC";
        let mut parts = mac.children();
        let mut info = parts.expect(SEQUENCE, what).map_err(damaged)?.children();
        let algorithm = info.any(what).and_then(|one| one.algorithm(what)).map_err(damaged)?;
        let digest = digest_of(&algorithm)
            .map_err(|unknown| no_such_mac("the MAC of the PKCS#12 file is not supported").because(unknown))?;
        let value = info.expect(OCTET_STRING, what).map_err(damaged)?.content;
        let salt = parts.expect(OCTET_STRING, what).map_err(damaged)?.content;
        let rounds = match parts.optional(INTEGER, what).map_err(damaged)? {
            None => 1,
            Some(rounds) => u32::from_der(rounds.whole).map_err(damaged)?,
        };
        if rounds == 0 { Err(damaged("no rounds")) } else { Ok(Self { digest, value, salt, rounds: rounds.into() }) }
    }

    fn holds(&self, content: &[u8], password: &str, effort: &mut Effort) -> Result<bool> {
        effort.spend(self.rounds)?;
        let key = pkcs12_kdf(self.digest, password, self.salt, self.rounds, Purpose::Mac, self.digest.len());
        hmac_holds(self.digest, &key, content, self.value).ok_or_else(|| {
            no_such_mac(format!("a MAC of the PKCS#12 file with {} is not supported", self.digest.name()))
        })
    }
}

fn no_such_mac(what: impl Into<String>) -> Error {
    crate::software::unsupported(what).advise("make the file anew: `openssl pkcs12 -export -macalg sha256`")
}

/// Compares in constant time.
fn hmac_holds(digest: DigestAlgorithm, key: &[u8], content: &[u8], value: &[u8]) -> Option<bool> {
    macro_rules! holds {
        ($digest:ty) => {
            Hmac::<$digest>::new_from_slice(key).ok().map(|mut mac| {
                mac.update(content);
                mac.verify_slice(value).is_ok()
            })
        };
    }
    match digest {
        DigestAlgorithm::Sha1 => holds!(Sha1),
        DigestAlgorithm::Sha224 => holds!(Sha224),
        DigestAlgorithm::Sha256 => holds!(Sha256),
        DigestAlgorithm::Sha384 => holds!(Sha384),
        DigestAlgorithm::Sha512 => holds!(Sha512),
        _ => None,
    }
}

/// The `SafeContents` in one part of the authenticated safe, decrypted where it is encrypted.
fn safe_contents(info: Element<'_>, password: &str, effort: &mut Effort) -> Result<Secret> {
    let (kind, content) = content_info(info).map_err(damaged)?;
    match kind.held() {
        Some(rfc5911::ID_DATA) => {
            let data = content.children().expect(OCTET_STRING, "data").map_err(damaged)?;
            Ok(Secret::new(data.content.to_vec()))
        }
        Some(rfc5911::ID_ENCRYPTED_DATA) => {
            let (algorithm, ciphertext) = encrypted_data(content).map_err(damaged)?;
            decrypt(algorithm, password, ciphertext, effort)
        }
        _ => Err(crate::software::unsupported(format!("content of type {kind} in a PKCS#12 file"))),
    }
}

/// The type, and the `[0]` with the content.
fn content_info(info: Element<'_>) -> Result<(Oid, Element<'_>), CmsFault> {
    let what = "a content info";
    let mut parts = info.children();
    Ok((parts.any(what)?.oid(what)?, parts.expect(context(0), what)?))
}

/// The algorithm and the ciphertext of an `EncryptedData` (RFC 5652, 8).
fn encrypted_data(content: Element<'_>) -> Result<(Element<'_>, &[u8]), CmsFault> {
    let what = "encrypted data";
    let mut parts = content.children().expect(SEQUENCE, what)?.children();
    parts.expect(INTEGER, what)?;
    let mut info = parts.expect(SEQUENCE, what)?.children();
    info.any(what)?;
    Ok((info.expect(SEQUENCE, what)?, info.expect(IMPLICIT_OCTET_STRING, what)?.content))
}

/// The X.509 certificate in a `CertBag`, if it is one.
fn certificate(bag: Element<'_>) -> Result<Option<Vec<u8>>, CmsFault> {
    let what = "a certificate bag";
    let mut parts = bag.children();
    let kind = parts.any(what)?.oid(what)?;
    let value = parts.expect(context(0), what)?.children().expect(OCTET_STRING, what)?;
    Ok((kind == X509_CERTIFICATE).then(|| value.content.to_vec()))
}

/// BER with definite lengths; nothing may follow.
fn definite(bytes: &[u8]) -> Result<Secret> {
    let read = Definite::read(bytes, Limits::default().asn1_depth).map_err(damaged)?;
    if read.consumed == bytes.len() { Ok(Secret::new(read.bytes.into_owned())) } else { Err(damaged("it goes on")) }
}

/// The parts of the one SEQUENCE in `bytes`.
fn sequence<'a>(bytes: &'a [u8], what: &'static str) -> Result<Vec<Element<'a>>> {
    let whole = Elements::new(bytes).expect(SEQUENCE, what).map_err(damaged)?;
    whole.children().all(what).map_err(damaged)
}
