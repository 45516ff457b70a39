//! Proofs of existence: what is proved to have been there, and as of when a certificate therefore has to hold.
//!
//! Invariant: only a timestamp that passed proves anything; a time that somebody merely claims never does.
//!
//! Specified in EN 319 102-1, 5.6.2.3 (extraction) and 5.6.3.4 (newest first). Nouns: [`Proof`], [`Proved`], [`Reliance`].

use super::certificate::Validator;
use super::integrity::{Content, Facts};
use super::timestamp::{self, JudgedToken, signature_tokens};
use crate::pki::certificate::Certificate;
use crate::pki::cms::SignedData;
use crate::pki::path::purpose::Purpose;
use crate::pki::timestamp::TimestampToken;
use crate::time::Time;

/// A time at which everything up to `end` (in bytes from the start of the file) is proved to have existed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) end: u64,
    pub(crate) time: Time,
}

/// The earliest time at which something that ends at `end` is proved to have existed.
pub(crate) fn earliest(proofs: &[Proof], end: u64) -> Option<Time> {
    proofs.iter().filter(|proof| proof.end >= end).map(|proof| proof.time).min()
}

/// What the document timestamps of a file prove.
pub(crate) struct Proved {
    pub(crate) proofs: Vec<Proof>,
    /// For each signature of the file, in their order, what was found where it is a document timestamp.
    pub(crate) tokens: Vec<Option<JudgedToken>>,
}

impl Proved {
    /// Judges the document timestamps among `facts` at `now`, newest first: each is proved by those above it.
    pub(crate) fn judge(validator: Validator<'_>, facts: &[Facts], digests: &[Option<Vec<u8>>], now: Time) -> Self {
        let mut proofs: Vec<Proof> = Vec::new();
        let mut tokens: Vec<Option<JudgedToken>> = facts.iter().map(|_| None).collect();
        for ((facts, digest), slot) in facts.iter().zip(digests).zip(&mut tokens).rev() {
            let (Content::Timestamp(token), Some(digest), Some(end)) = (&facts.content, digest, facts.end()) else {
                continue;
            };
            let judged = timestamp::judge(validator, token, digest, now, earliest(&proofs, end));
            if let (Some(time), true) = (judged.proof(), facts.is_well_formed) {
                proofs.push(Proof { end, time });
            }
            *slot = Some(judged);
        }
        Self { proofs, tokens }
    }
}

/// A certificate that a document relies on, and as of when its status has to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reliance {
    pub(crate) certificate: Certificate,
    pub(crate) time: Time,
}

impl Reliance {
    /// `certificate` holds as of the time at which its work is `proved` to have been there, if that can be shown with what is at
    /// hand. If not, its status is needed for now; of a certificate that has expired, for its end: nobody vouches for it any longer.
    fn new(
        validator: Validator<'_>,
        certificate: Certificate,
        purpose: Purpose,
        now: Time,
        proved: Option<Time>,
    ) -> Self {
        let holds = |time: &Time| validator.judge(&certificate, purpose, *time).conclusion.is_passed();
        let time = proved.filter(holds).unwrap_or(now.min(certificate.not_after()));
        Self { certificate, time }
    }
}

/// The signing certificates of every signature and timestamp among `facts`, oldest first, each once for each time.
///
/// What a later document timestamp proves needs no newer evidence than it covers: only so can a file be renewed after those who
/// answered for its first signatures are gone (EN 319 142-1, 5.5).
pub(crate) fn reliances(
    validator: Validator<'_>,
    facts: &[Facts],
    digests: &[Option<Vec<u8>>],
    now: Time,
) -> Vec<Reliance> {
    let Proved { proofs, tokens } = Proved::judge(validator, facts, digests, now);
    let mut reliances: Vec<Reliance> = Vec::new();
    for (facts, token) in facts.iter().zip(tokens) {
        let proved = facts.end().and_then(|end| earliest(&proofs, end));
        match &facts.content {
            Content::Signature(cms) => reliances.extend(of_signature(validator, cms, now, proved)),
            Content::Timestamp(_) => {
                // Its own time proves nothing about itself: what counts are the timestamps above it.
                let above: Vec<Proof> = proofs.iter().filter(|proof| Some(proof.end) > facts.end()).copied().collect();
                let proved = facts.end().and_then(|end| earliest(&above, end));
                let certificate = token.and_then(|token| token.cryptography.signing_certificate);
                reliances
                    .extend(certificate.map(|one| Reliance::new(validator, one, Purpose::TimeStamping, now, proved)));
            }
            Content::None => {}
        }
    }
    let mut unique: Vec<Reliance> = Vec::new();
    for reliance in reliances {
        if !unique.contains(&reliance) {
            unique.push(reliance);
        }
    }
    unique
}

/// The signer of `cms` and the authorities of its timestamps.
fn of_signature(validator: Validator<'_>, cms: &SignedData, now: Time, proved: Option<Time>) -> Vec<Reliance> {
    let tokens = signature_tokens(cms, validator.limits).into_iter().flatten();
    let judge = |token: &TimestampToken| {
        let digest = token.imprint_algorithm().ok()?.digest(cms.signer().ok()?.signature());
        Some(timestamp::judge(validator, token, &digest, now, proved))
    };
    let judged: Vec<JudgedToken> = tokens.filter_map(|token| judge(&token)).collect();
    let best = judged.iter().filter_map(JudgedToken::proof).chain(proved).min();
    let signer = signer(cms, validator.pool.evidence.certificates());
    let signer = signer.map(|signer| Reliance::new(validator, signer, Purpose::DocumentSigning, now, best));
    let authorities = judged.into_iter().filter_map(|token| token.cryptography.signing_certificate);
    let authorities =
        authorities.map(|authority| Reliance::new(validator, authority, Purpose::TimeStamping, now, proved));
    signer.into_iter().chain(authorities).collect()
}

fn signer(cms: &SignedData, pool: &[Certificate]) -> Option<Certificate> {
    let signer = cms.signer().ok()?;
    let candidates = || cms.certificates().iter().chain(pool);
    let named = signer.signing_certificate_in(candidates()).ok().cloned();
    named.or_else(|| signer.identified_certificate_in(candidates()).cloned())
}
