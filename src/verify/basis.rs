//! What a verdict rests on, as plain data for the report: the chain, and what was known of each certificate of it.

use der::{Reader, SliceReader};

use super::certificate::{Judged, Known, Validator};
use super::integrity::{Content, Facts, Hashed};
use crate::digest::{DigestAlgorithm, hex};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::key::PublicKey;
use crate::pki::revocation::{Answer, Source, Status};
use crate::report::{
    CertificateStatus, ChainCertificate, DigestValue, RevocationSource, RevocationValue, SignatureIdentifier,
    StatusReport,
};
use crate::time::Time;

/// The path that was `judged`, from the target up to the anchor.
pub(super) fn chain(validator: Validator<'_>, judged: Option<&Judged>) -> Vec<ChainCertificate> {
    let Some(path) = judged.and_then(|judged| judged.path.as_ref()) else { return Vec::new() };
    let anchor = path.anchor.certificate();
    let below = path.certificates.iter().filter(|one| *one != anchor).map(|one| in_chain(validator, one, None));
    below.chain([in_chain(validator, anchor, Some(path.anchor.label()))]).collect()
}

fn in_chain(validator: Validator<'_>, certificate: &Certificate, trust_source: Option<&str>) -> ChainCertificate {
    let algorithm = SignatureAlgorithm::from_identifier(certificate.signature_algorithm());
    ChainCertificate {
        subject: certificate.subject().to_string(),
        common_name: certificate.subject().values(const_oid::db::rfc4519::COMMON_NAME).pop(),
        issuer: certificate.issuer().to_string(),
        serial: certificate.serial_hex(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        key: certificate.public_key().ok().map(|key| described(&key)),
        signature_algorithm: algorithm.ok().map(|algorithm| algorithm.to_string()),
        trust_source: trust_source.map(ToOwned::to_owned),
        fingerprint: hex(certificate.fingerprint()),
        proved: proved(validator, validator.proofs.of(certificate.fingerprint())),
    }
}

/// What was known of every certificate of the path that was `judged`, from the target up; an anchor has nobody above it to ask.
pub(super) fn statuses(validator: Validator<'_>, judged: Option<&Judged>) -> Vec<StatusReport> {
    let Some((judged, path)) = judged.and_then(|judged| Some((judged, judged.path.as_ref()?))) else {
        return Vec::new();
    };
    let asked = path.certificates.iter().filter(|_| !path.is_anchor());
    let report = |certificate: &Certificate| {
        let known = judged.known.iter().find(|known| known.certificate == *certificate);
        status(validator, certificate, known)
    };
    asked.map(report).collect()
}

fn status(validator: Validator<'_>, certificate: &Certificate, known: Option<&Known>) -> StatusReport {
    let answer = known.and_then(|known| known.answer.as_ref());
    StatusReport {
        subject: certificate.subject().to_string(),
        serial: certificate.serial_hex(),
        status: known.map_or(CertificateStatus::NotAsked, |known| known.status),
        value: answer.map(|answer| value(validator, answer)),
    }
}

fn value(validator: Validator<'_>, answer: &Answer) -> RevocationValue {
    let evidence = validator.pool.evidence;
    let revoked = match answer.status {
        Status::Revoked { time, reason } => Some((time, reason.to_string())),
        Status::Good => None,
    };
    RevocationValue {
        source: match answer.source {
            Source::Ocsp(_) => RevocationSource::Ocsp,
            Source::Crl(_) => RevocationSource::Crl,
            Source::DeltaCrl { .. } => RevocationSource::DeltaCrl,
        },
        this_update: answer.this_update,
        next_update: answer.next_update,
        produced_at: answer.produced_at,
        signer: answer.signer.subject().to_string(),
        revoked_at: revoked.as_ref().map(|(time, _)| *time),
        reason: revoked.map(|(_, reason)| reason),
        found_in: Vec::new(),
        fingerprint: evidence.fingerprints_of(answer).first().map_or_else(String::new, |one| hex(one)),
        proved: proved(validator, validator.proofs.of_answer(answer, evidence)),
    }
}

/// `time`, if it is earlier than now: that everything at hand exists now goes without saying.
fn proved(validator: Validator<'_>, time: Time) -> Option<Time> {
    Some(time).filter(|time| *time < validator.proofs.now())
}

/// What identifies the signature of `facts`, whose covered bytes have `digest`.
pub(super) fn identifier(facts: &Facts, hashed: &Hashed) -> Option<SignatureIdentifier> {
    let cms = match &facts.content {
        Content::Signature(cms) => cms,
        Content::Timestamp(token) => token.signed_data(),
        Content::None => return None,
    };
    let signer = cms.signer().ok()?;
    let signed = signer.signed_attributes_der();
    let document = facts.digest_algorithm().and_then(|algorithm| Some((algorithm, hashed.by(algorithm)?)));
    Some(SignatureIdentifier {
        document: document.map(|(algorithm, digest)| DigestValue::new(algorithm, digest.to_vec())),
        to_be_signed: signed.and_then(|signed| {
            let algorithm = signer.digest_algorithm().ok()?;
            Some(DigestValue::new(algorithm, algorithm.digest(signed)))
        }),
        value: signer.signature().to_vec(),
        token: match &facts.content {
            Content::Timestamp(token) => Some(fingerprint(without_padding(token.der()))),
            _ => None,
        },
        byte_range: facts.dictionary.byte_range.as_ref().ok().map(|range| range.numbers()),
        filter: facts.dictionary.filter.clone(),
    })
}

/// The value that `bytes` begin with.
fn without_padding(bytes: &[u8]) -> &[u8] {
    SliceReader::new(bytes).and_then(|mut reader| reader.tlv_bytes()).unwrap_or(bytes)
}

/// SHA-256 of `der`, in lower-case hexadecimal.
pub(super) fn fingerprint(der: &[u8]) -> String {
    hex(&DigestAlgorithm::Sha256.digest(der))
}

fn described(key: &PublicKey) -> String {
    let kind = match key {
        PublicKey::Rsa(_) => "RSA",
        PublicKey::Elliptic(_) => "EC",
        PublicKey::Edwards(_) => "EdDSA",
        #[cfg(feature = "ml-dsa")]
        PublicKey::ModuleLattice(_) => "ML-DSA",
        PublicKey::Dsa(_) => "DSA",
    };
    format!("{kind}, {} bits", key.bits())
}
