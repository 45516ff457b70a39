//! Extraction of proofs of existence: every timestamp of a file, newest first, each judged by what those above it prove.
//!
//! Specified in EN 319 102-1, 5.6.2.3 and 5.6.3.4. Noun: [`Proved`].

use std::collections::BTreeMap;

use super::certificate::Validator;
use super::existence::ProofsOfExistence;
use super::integrity::{Content, Cryptography, Facts, Hashed};
use super::process::ess_digest;
use super::timestamp::{self, JudgedToken};
use crate::digest::DigestAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::cms::SignedData;
use crate::pki::evidence::Evidence;
use crate::pki::timestamp::{TimestampFault, TimestampToken};
use crate::report::{Code, Constraint, Finding};
use crate::time::Time;

/// What each document timestamp covers, by the revision that it ends.
pub(crate) type Covered = BTreeMap<usize, Evidence>;

/// What the timestamps of a file prove, and what was found on the way.
pub(crate) struct Proved {
    pub(crate) proofs: ProofsOfExistence,
    /// For each signature of the file, in their order.
    pub(crate) found: Vec<Found>,
}

/// What was found out about one signature or document timestamp while its proofs were extracted.
pub(crate) enum Found {
    Signature {
        cryptography: Box<Cryptography>,
        tokens: Vec<JudgedToken>,
        /// The timestamps over the content: they prove nothing to exist, but that the signature is no older.
        content_tokens: Vec<JudgedToken>,
        /// Since when what is signed is proved to exist, by the tokens over the value.
        signed: Option<Time>,
        /// What is wrong with the tokens.
        findings: Vec<Finding>,
    },
    Timestamp(Box<JudgedToken>),
    /// It cannot be read, or hashed.
    Nothing,
}

impl Proved {
    /// Judges the timestamps among `facts`, newest first: each is proved by those above it.
    pub(crate) fn extract(validator: Validator<'_>, facts: &[Facts], digests: &[Hashed], covered: &Covered) -> Self {
        let mut proofs = validator.proofs.clone();
        let mut found = Vec::with_capacity(facts.len());
        for (facts, hashed) in facts.iter().zip(digests).rev() {
            let validator = Validator { proofs: &proofs, ..validator };
            let digest = facts.digest_algorithm().and_then(|algorithm| hashed.by(algorithm));
            let one = match (&facts.content, digest, facts.end()) {
                (Content::Timestamp(token), Some(digest), Some(end)) => {
                    let judged = timestamp::judge(validator, token, digest, proofs.of_bytes(end));
                    Found::Timestamp(Box::new(judged))
                }
                (Content::Signature(cms), Some(digest), end) => {
                    let proved = end.and_then(|end| proofs.of_bytes(end));
                    signature(validator, facts, cms, (digest, hashed), proved)
                }
                _ => Found::Nothing,
            };
            one.add_to(&mut proofs, facts, covered);
            found.push(one);
        }
        found.reverse();
        Self { proofs, found }
    }
}

impl Found {
    /// Adds what this proves. A byte range that is not sound covers nothing for certain.
    fn add_to(&self, proofs: &mut ProofsOfExistence, facts: &Facts, covered: &Covered) {
        let Some(end) = facts.end().filter(|_| facts.is_well_formed) else { return };
        match self {
            Self::Timestamp(token) => {
                let Some(time) = token.proof() else { return };
                proofs.add_bytes(end, time);
                if let Some(evidence) = facts.revision.and_then(|revision| covered.get(&revision)) {
                    proofs.add_objects(evidence.fingerprints(), time);
                }
            }
            Self::Signature { cryptography, signed: Some(time), .. } => {
                // So were the certificate that the signed attributes name, and the revocation values in them.
                let time = *time;
                proofs.add_bytes(end, time);
                let bound = cryptography.signing_certificate.iter().filter(|_| cryptography.certificate_is_bound);
                proofs.add_objects(bound.map(Certificate::fingerprint), time);
                let signed = signed_values(facts);
                proofs.add_objects(signed.iter().map(Vec::as_slice), time);
            }
            _ => {}
        }
    }
}

/// The fingerprints of the revocation values among the signed attributes (ISO 32000-2, 12.8.3.3.2).
fn signed_values(facts: &Facts) -> Vec<Vec<u8>> {
    let Content::Signature(cms) = &facts.content else { return Vec::new() };
    let values = cms.signer().ok().and_then(|signer| signer.adbe_revocation().ok()).unwrap_or_default();
    values.crls.iter().chain(&values.ocsps).map(|der| DigestAlgorithm::Sha256.digest(der)).collect()
}

/// The cryptography of a signature, and its timestamps.
fn signature(
    validator: Validator<'_>,
    facts: &Facts,
    cms: &SignedData,
    (digest, hashed): (&[u8], &Hashed),
    proved: Option<Time>,
) -> Found {
    let Some(format) = facts.format() else { return Found::Nothing };
    let pool = validator.pool.evidence.certificates().as_slice();
    let needs_ess = facts.is_pades() && validator.policy.requires(Constraint::SigningCertificateAttribute);
    let cryptography = Box::new(Cryptography::of_signature(cms, format, digest, pool, needs_ess));
    let (tokens, mut findings) = signature_timestamps(validator, facts, cms, proved);
    let stamped = tokens.iter().filter_map(JudgedToken::proof).min();
    let signed = stamped.filter(|time| fixes_content(validator, cms, &cryptography, (*time, proved)));
    // What is proved of what is signed is proved of the signed attributes.
    let proved = signed.into_iter().chain(proved).min();
    let stamped = |algorithm| hashed.by(algorithm).map(<[u8]>::to_vec);
    let (content_tokens, more) = judge_all(validator, &facts.content_tokens, stamped, proved);
    findings.extend(more);
    Found::Signature { cryptography, tokens, content_tokens, signed, findings }
}

/// Whether what is signed was there when the value was, which is stamped at the first of both times: an indirect proof (EN 319 102-1,
/// 5.6.2.3). The second is when both are proved to have existed by other timestamps.
///
/// For any value somebody finds a key under which it signs what he likes; so the key has to be older than the value: what is signed names
/// its certificate, or an authority that is trusted issued that before.
fn fixes_content(
    validator: Validator<'_>,
    cms: &SignedData,
    cryptography: &Cryptography,
    (stamped, proved): (Time, Option<Time>),
) -> bool {
    let Some(certificate) = cryptography.signing_certificate.as_ref().filter(|_| cryptography.is_intact()) else {
        return false;
    };
    let digest = cms.signer().ok().and_then(|signer| signer.digest_algorithm().ok());
    let time = proved.unwrap_or(validator.proofs.now());
    let holds = |digest| validator.policy.check_digest(digest, time).is_ok();
    let is_named = cryptography.certificate_is_bound && ess_digest(cms).is_some_and(holds);
    let is_older = || certificate.not_before() <= stamped && validator.is_issued(certificate);
    digest.is_some_and(holds) && (is_named || is_older())
}

/// Every signature timestamp of `cms`, in their order, and what is wrong with them.
pub(super) fn signature_timestamps(
    validator: Validator<'_>,
    facts: &Facts,
    cms: &SignedData,
    proved: Option<Time>,
) -> (Vec<JudgedToken>, Vec<Finding>) {
    let Ok(signer) = cms.signer() else { return (Vec::new(), Vec::new()) };
    judge_all(validator, &facts.tokens, |algorithm| Some(algorithm.digest(signer.signature())), proved)
}

/// Judges `tokens` over what `stamped` gives the digest of.
pub(super) fn judge_all(
    validator: Validator<'_>,
    tokens: &[Result<TimestampToken, TimestampFault>],
    stamped: impl Fn(DigestAlgorithm) -> Option<Vec<u8>>,
    proved: Option<Time>,
) -> (Vec<JudgedToken>, Vec<Finding>) {
    let (mut judged, mut findings) = (Vec::new(), Vec::new());
    for token in tokens {
        let readable = token.as_ref().map_err(TimestampFault::clone);
        let digested = readable.and_then(|token| Ok((stamped(token.imprint_algorithm()?), token)));
        match digested {
            Ok((digest, token)) => {
                let token = timestamp::judge(validator, token, &digest.unwrap_or_default(), proved);
                findings.extend(token.findings.iter().cloned());
                judged.push(token);
            }
            Err(fault) => {
                findings.push(Finding::new(Code::Timestamp, &fault));
                judged.push(JudgedToken::unreadable());
            }
        }
    }
    (judged, findings)
}
