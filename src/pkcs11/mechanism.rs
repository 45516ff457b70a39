//! How a token is asked for a signature: the mechanism, and what goes into it.
//!
//! Digests are computed here where the token allows it, so that only they travel.
//!
//! Specified in PKCS #11 v2.40 mechanisms, 2.1 (RSA) and 2.3 (elliptic curves); v3.0, 2.3.14 (EdDSA).

use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::types::Ulong;

use super::fault::Outcome;
use super::module::Token;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::PublicKey;
use crate::pki::key::rsa::pkcs1_scheme;

/// What a token can sign with.
pub(super) struct Offer(Vec<MechanismType>);

/// Who hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hashing {
    Anywhere,
    /// In the token, the message in parts: `cryptoki` knows no other way to log in between init and sign.
    InToken,
}

/// A request to sign.
pub(super) struct Plan {
    pub(super) mechanism: Mechanism<'static>,
    pub(super) input: Vec<u8>,
}

impl Offer {
    pub(super) fn of(token: &Token) -> Outcome<Self> {
        let all = token.module.get_mechanism_list(token.slot);
        let all = all.map_err(|cause| super::fault::Fault::new("the token's mechanisms cannot be listed", cause))?;
        let signs = |kind: &MechanismType| {
            // Where the token does not describe a mechanism that it lists, trying tells.
            token.module.get_mechanism_info(token.slot, *kind).map_or(true, |info| info.sign())
        };
        Ok(Self(all.into_iter().filter(is_known).filter(signs).collect()))
    }

    /// How to have `message` signed so by `key`.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the token offers no mechanism for it; [`ErrorKind::Key`] where the key is of another type.
    pub(super) fn plan(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        hashing: Hashing,
        message: &[u8],
    ) -> Result<Plan> {
        let mut ways = ways(key, algorithm)?;
        ways.retain(|way| hashing == Hashing::Anywhere || way.hashes == Hashing::InToken);
        let Some(at) = ways.iter().position(|way| self.0.contains(&way.mechanism.mechanism_type())) else {
            return Err(missing(algorithm, hashing, &ways));
        };
        let way = ways.swap_remove(at);
        let input = match way.hashes {
            Hashing::InToken => message.to_vec(),
            Hashing::Anywhere => prepared(key, algorithm, message),
        };
        Ok(Plan { mechanism: way.mechanism, input })
    }
}

/// One mechanism that an algorithm can be had by.
struct Way {
    mechanism: Mechanism<'static>,
    hashes: Hashing,
}

/// The ways to an algorithm, the best first; none where PKCS #11 or `cryptoki` has no word for its digest.
fn ways(key: &PublicKey, algorithm: SignatureAlgorithm) -> Result<Vec<Way>> {
    let (given_digest, in_token) = match (key, algorithm) {
        (PublicKey::Rsa(_), SignatureAlgorithm::RsaPkcs1(digest)) => (Some(Mechanism::RsaPkcs), pkcs1(digest)),
        (PublicKey::Rsa(_), SignatureAlgorithm::RsaPss { digest, mask, salt_len }) => {
            let parameters = pss_parameters(digest, mask, salt_len);
            (parameters.map(Mechanism::RsaPkcsPss), parameters.and_then(|parameters| pss(digest, parameters)))
        }
        (PublicKey::Elliptic(_), SignatureAlgorithm::Ecdsa(digest)) => (Some(Mechanism::Ecdsa), ecdsa(digest)),
        (PublicKey::Edwards(_), SignatureAlgorithm::Ed25519) => (Some(eddsa(EddsaSignatureScheme::Ed25519)), None),
        (PublicKey::Edwards(_), SignatureAlgorithm::Ed448) => (Some(eddsa(EddsaSignatureScheme::Ed448(&[]))), None),
        _ => return Err(foreign(algorithm)),
    };
    let given_digest = given_digest.map(|mechanism| Way { mechanism, hashes: Hashing::Anywhere });
    let in_token = in_token.map(|mechanism| Way { mechanism, hashes: Hashing::InToken });
    Ok(given_digest.into_iter().chain(in_token).collect())
}

/// What a mechanism that does not hash the message is given: DigestInfo for PKCS#1 v1.5; the message for EdDSA; else the digest, for ECDSA
/// cut to the curve's length (FIPS 186-5, 6.4.1), which not every token does for itself.
fn prepared(key: &PublicKey, algorithm: SignatureAlgorithm, message: &[u8]) -> Vec<u8> {
    let mut digest = algorithm.digest().digest(message);
    match algorithm {
        SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => message.to_vec(),
        SignatureAlgorithm::RsaPkcs1(kind) => {
            let prefix = pkcs1_scheme(kind).map(|scheme| scheme.prefix).unwrap_or_default();
            [&prefix, digest.as_slice()].concat()
        }
        SignatureAlgorithm::Ecdsa(_) => {
            digest.truncate(usize::try_from(key.bits().div_ceil(8)).unwrap_or(usize::MAX));
            digest
        }
        _ => digest,
    }
}

fn pkcs1(digest: DigestAlgorithm) -> Option<Mechanism<'static>> {
    match digest {
        DigestAlgorithm::Sha224 => Some(Mechanism::Sha224RsaPkcs),
        DigestAlgorithm::Sha256 => Some(Mechanism::Sha256RsaPkcs),
        DigestAlgorithm::Sha384 => Some(Mechanism::Sha384RsaPkcs),
        DigestAlgorithm::Sha512 => Some(Mechanism::Sha512RsaPkcs),
        _ => None,
    }
}

fn pss(digest: DigestAlgorithm, parameters: PkcsPssParams) -> Option<Mechanism<'static>> {
    match digest {
        DigestAlgorithm::Sha256 => Some(Mechanism::Sha256RsaPkcsPss(parameters)),
        DigestAlgorithm::Sha384 => Some(Mechanism::Sha384RsaPkcsPss(parameters)),
        DigestAlgorithm::Sha512 => Some(Mechanism::Sha512RsaPkcsPss(parameters)),
        _ => None,
    }
}

fn ecdsa(digest: DigestAlgorithm) -> Option<Mechanism<'static>> {
    match digest {
        DigestAlgorithm::Sha224 => Some(Mechanism::EcdsaSha224),
        DigestAlgorithm::Sha256 => Some(Mechanism::EcdsaSha256),
        DigestAlgorithm::Sha384 => Some(Mechanism::EcdsaSha384),
        DigestAlgorithm::Sha512 => Some(Mechanism::EcdsaSha512),
        _ => None,
    }
}

fn eddsa(scheme: EddsaSignatureScheme<'static>) -> Mechanism<'static> {
    Mechanism::Eddsa(EddsaParams::new(scheme))
}

fn pss_parameters(digest: DigestAlgorithm, mask: DigestAlgorithm, salt_len: u16) -> Option<PkcsPssParams> {
    let hash_alg = match digest {
        DigestAlgorithm::Sha224 => MechanismType::SHA224,
        DigestAlgorithm::Sha256 => MechanismType::SHA256,
        DigestAlgorithm::Sha384 => MechanismType::SHA384,
        DigestAlgorithm::Sha512 => MechanismType::SHA512,
        _ => return None,
    };
    let mgf = match mask {
        DigestAlgorithm::Sha1 => PkcsMgfType::MGF1_SHA1,
        DigestAlgorithm::Sha224 => PkcsMgfType::MGF1_SHA224,
        DigestAlgorithm::Sha256 => PkcsMgfType::MGF1_SHA256,
        DigestAlgorithm::Sha384 => PkcsMgfType::MGF1_SHA384,
        DigestAlgorithm::Sha512 => PkcsMgfType::MGF1_SHA512,
        _ => return None,
    };
    Some(PkcsPssParams { hash_alg, mgf, s_len: Ulong::new(salt_len.into()) })
}

/// Whether any of the ways uses it; describing all of a token's mechanisms takes a call for each.
fn is_known(kind: &MechanismType) -> bool {
    use MechanismType as M;
    [M::RSA_PKCS, M::RSA_PKCS_PSS, M::ECDSA, M::EDDSA].contains(kind)
        || [M::SHA224_RSA_PKCS, M::SHA256_RSA_PKCS, M::SHA384_RSA_PKCS, M::SHA512_RSA_PKCS].contains(kind)
        || [M::SHA256_RSA_PKCS_PSS, M::SHA384_RSA_PKCS_PSS, M::SHA512_RSA_PKCS_PSS].contains(kind)
        || [M::ECDSA_SHA224, M::ECDSA_SHA256, M::ECDSA_SHA384, M::ECDSA_SHA512].contains(kind)
}

fn missing(algorithm: SignatureAlgorithm, hashing: Hashing, ways: &[Way]) -> Error {
    let names: Vec<String> = ways.iter().map(|way| way.mechanism.mechanism_type().to_string()).collect();
    let which = if names.is_empty() {
        "no mechanism exists for it".to_owned()
    } else {
        format!("it would be {}", names.join(" or "))
    };
    let message = format!("the token offers no mechanism for {algorithm}: {which}");
    let error = Error::new(ErrorKind::Unsupported, message).class_is(ErrorClass::Operator);
    match hashing {
        Hashing::Anywhere => error.advise("choose another algorithm or key, or allow the mechanism in the token's configuration"),
        Hashing::InToken => error.advise(
            "the key wants its PIN for every signature (CKA_ALWAYS_AUTHENTICATE), which needs a token that hashes for itself; use a key without that",
        ),
    }
}

fn foreign(algorithm: SignatureAlgorithm) -> Error {
    Error::new(ErrorKind::Key, format!("the key on the token is not one that signs with {algorithm}"))
        .class_is(ErrorClass::Permanent)
}
