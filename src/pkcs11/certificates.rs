//! Whose key it is: its certificate, from the token or the caller, and the chain above.

use cryptoki::object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass};
use cryptoki::session::Session;
use der::Decode;
use der::asn1::OctetStringRef;
use rsa::pkcs1::RsaPublicKeyRef;

use super::fault::{Fault, Outcome};
use super::object::{Found, PrivateKey, PublicHalf};
use crate::digest::hex;
use crate::error::{Error, ErrorKind};
use crate::pki::certificate::Certificate;
use crate::pki::key::PublicKey;

/// Certificates above the signing one that are looked for: real chains have two to four.
const DEPTH: usize = 8;

/// Whether a certificate is the key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belonging {
    Yes,
    No,
    /// The token does not show the public half.
    Unseen,
}

impl PublicHalf {
    pub(super) fn belongs(&self, certificate: &Certificate) -> Belonging {
        let same = match self {
            Self::Unseen(key_type) => {
                let is_rsa = matches!(certificate.public_key(), Ok(PublicKey::Rsa(_)));
                let other = if is_rsa { KeyType::EC } else { KeyType::RSA };
                return if *key_type == Some(other) { Belonging::No } else { Belonging::Unseen };
            }
            Self::Rsa { modulus, exponent } => RsaPublicKeyRef::from_der(certificate.key_bits()).is_ok_and(|key| {
                number(modulus) == key.modulus.as_bytes() && number(exponent) == key.public_exponent.as_bytes()
            }),
            Self::Point(point) => {
                let bare = <&OctetStringRef>::from_der(point).map(OctetStringRef::as_bytes);
                certificate.key_bits() == point || bare.is_ok_and(|bare| certificate.key_bits() == bare)
            }
        };
        if same { Belonging::Yes } else { Belonging::No }
    }
}

/// The key's certificate and those above it, each DER, and whether it was seen to be the key's.
pub(super) fn find(session: &Session, key: &PrivateKey, given: &[Vec<u8>]) -> Outcome<(Vec<Certificate>, Belonging)> {
    let half = key.public_half(session)?;
    let given = given.iter().map(|der| read(der)).collect::<Outcome<Vec<_>>>()?;
    let (signing, belonging) = signing(session, key, &half, &given)?;
    let mut all = vec![signing];
    extend(session, &mut all, &given)?;
    let rest: Vec<Certificate> = given.into_iter().filter(|one| !all.contains(one)).collect();
    all.extend(rest);
    Ok((all, belonging))
}

/// The caller's word goes first, as far as the token lets us judge it; else the certificate with the key's `CKA_ID`.
fn signing(
    session: &Session,
    key: &PrivateKey,
    half: &PublicHalf,
    given: &[Certificate],
) -> Outcome<(Certificate, Belonging)> {
    if let Some(certificate) = given.iter().find(|one| half.belongs(one) == Belonging::Yes) {
        return Ok((certificate.clone(), Belonging::Yes));
    }
    let on_token =
        if key.id.is_empty() { Vec::new() } else { all(session, [Attribute::Id(key.id.clone())])?.whole()? };
    let fits = |one: &&Certificate| half.belongs(one) != Belonging::No;
    let fitting: Vec<&Certificate> = on_token.iter().filter(fits).collect();
    let found = match fitting.as_slice() {
        [] => given.iter().find(fits).ok_or_else(|| without(session, key, &on_token, given))?,
        [certificate] => *certificate,
        several => given.iter().find(|one| several.contains(one)).ok_or_else(|| ambiguous(key, several))?,
    };
    Ok((found.clone(), half.belongs(found)))
}

fn ambiguous(key: &PrivateKey, several: &[&Certificate]) -> Fault {
    let message = format!("{key} has {} certificates on the token", several.len());
    let error = Error::new(ErrorKind::Certificate, message).at(Found::from(several.to_vec()).named());
    error.advise("give the one to sign with by `Pkcs11Key::certificates`").into()
}

/// That no certificate is the key's.
fn without(session: &Session, key: &PrivateKey, on_token: &[Certificate], given: &[Certificate]) -> Fault {
    let foreign: Vec<&Certificate> = on_token.iter().chain(given).collect();
    if !foreign.is_empty() {
        let message = format!("{key} belongs to another certificate");
        let error = Error::new(ErrorKind::Key, message).at(Found::from(foreign).named());
        let advice = "give the key's own certificate by `Pkcs11Key::certificates`, or write it to the token with the key's CKA_ID";
        return error.advise(advice).into();
    }
    let error = Error::new(ErrorKind::Certificate, format!("{key} has no certificate on the token"));
    let advice = format!(
        "write its certificate to the token with CKA_ID {}, or give it by `Pkcs11Key::certificates`",
        if key.id.is_empty() { "that the key must be given first".to_owned() } else { hex(&key.id) }
    );
    match all(session, []) {
        Ok(there) => error.at(there.named()).advise(advice).into(),
        Err(fault) => fault,
    }
}

/// Adds what is above the last of `chain`, up to but without the anchor, which whoever verifies has.
fn extend(session: &Session, chain: &mut Vec<Certificate>, given: &[Certificate]) -> Outcome<()> {
    while let Some(last) = chain.last().filter(|last| chain.len() <= DEPTH && !last.is_self_issued()) {
        let mut above = all(session, [Attribute::Subject(last.issuer().der().to_vec())])?.whole()?;
        above.extend(given.iter().filter(|one| one.subject() == last.issuer()).cloned());
        let issuer = above.into_iter().find(|one| last.verify(one.spki()).is_ok());
        match issuer {
            Some(issuer) if !issuer.is_self_issued() && !chain.contains(&issuer) => chain.push(issuer),
            _ => break,
        }
    }
    Ok(())
}

/// The X.509 certificates on the token with these attributes.
fn all<const N: usize>(session: &Session, attributes: [Attribute; N]) -> Outcome<Found<Certificate>> {
    let failed = |cause| Fault::new("the token's certificates cannot be read", cause);
    let kind = [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::CertificateType(CertificateType::X_509)];
    let template: Vec<Attribute> = kind.into_iter().chain(attributes).collect();
    let found = Found::handles(session, &template).map_err(failed)?.read(|handle| {
        let values = session.get_attributes(handle, &[AttributeType::Value]).map_err(failed)?;
        let value = values.into_iter().find_map(|attribute| match attribute {
            Attribute::Value(der) => Some(der),
            _ => None,
        });
        value.map(|der| read(&der)).transpose()
    })?;
    Ok(found.distinct())
}

fn read(der: &[u8]) -> Outcome<Certificate> {
    Certificate::from_der(der)
        .map_err(|fault| Error::new(ErrorKind::Certificate, "a certificate cannot be read").because(fault).into())
}

/// A big-endian number without leading zeros.
fn number(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}
