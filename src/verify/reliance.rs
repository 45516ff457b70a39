//! Whom a document relies on, and as of when they therefore have to hold: what has to be collected for it.
//!
//! Specified in EN 319 142-1, 5.5. Noun: [`Reliance`].

use super::certificate::Validator;
use super::integrity::{Content, Facts, Hashed};
use super::proving::{Covered, Found, Proved, signature_timestamps};
use super::reading::evidence_covered;
use crate::pdf::document::Document;
use crate::pki::certificate::Certificate;
use crate::pki::cms::SignedData;
use crate::pki::evidence::Evidence;
use crate::pki::path::Purpose;
use crate::time::Time;

/// A certificate that a document relies on, and as of when its status has to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reliance {
    /// Whose signature or timestamp it is.
    pub(crate) field: String,
    pub(crate) certificate: Certificate,
    pub(crate) purpose: Purpose,
    /// As of when it has to hold.
    pub(crate) time: Time,
    /// Since when its work is proved to have been there.
    pub(crate) proved: Option<Time>,
}

impl Reliance {
    /// `certificate` holds as of the time at which its work is `proved` to have been there, if what is at hand lasts: if it will do once
    /// it is proved to be as old as now. If not, its status is needed for now; of a certificate that has expired, for its end: nobody
    /// vouches for it any longer.
    fn new(
        validator: Validator<'_>,
        facts: &Facts,
        certificate: Certificate,
        purpose: Purpose,
        proved: Option<Time>,
    ) -> Self {
        let lasts = |time: &Time| validator.past(&certificate, purpose, *time).is_ok();
        let time = proved.filter(lasts).unwrap_or(validator.proofs.now().min(certificate.not_after()));
        Self { field: facts.field.clone(), certificate, purpose, time, proved }
    }
}

/// What the document timestamps among `facts` cover. What is among `known`, too, is not read again.
pub(crate) fn covered(document: &Document<'_>, facts: &[Facts], known: &Evidence) -> Covered {
    let stamps = facts.iter().filter(|facts| facts.is_timestamp() && facts.is_well_formed);
    // However many of them end a revision, what it holds is read once.
    let revisions: std::collections::BTreeSet<usize> = stamps.filter_map(|facts| facts.revision).collect();
    revisions.into_iter().map(|revision| (revision, evidence_covered(document, revision, facts, known))).collect()
}

/// The signing certificates of every signature and timestamp among `facts`, oldest first, each once for each field and time.
///
/// What a later document timestamp proves needs no newer evidence than it covers: only so can a file be renewed after those who
/// answered for its first signatures are gone (EN 319 142-1, 5.5).
pub(crate) fn reliances(
    validator: Validator<'_>,
    facts: &[Facts],
    digests: &[Hashed],
    covered: &Covered,
) -> Vec<Reliance> {
    let Proved { proofs, found } = Proved::extract(validator, facts, digests, covered);
    let validator = Validator { proofs: &proofs, ..validator };
    let mut reliances: Vec<Reliance> = Vec::new();
    for (facts, found) in facts.iter().zip(found) {
        let end = facts.end();
        match (&facts.content, found) {
            (Content::Signature(cms), _) => {
                let proved = end.and_then(|end| proofs.of_bytes_by_later(end));
                reliances.extend(of_signature(validator, facts, cms, proved));
            }
            (Content::Timestamp(_), Found::Timestamp(token)) => {
                // Its own time proves nothing about itself: what counts are the timestamps above it.
                let proved = end.and_then(|end| proofs.of_bytes_by_later(end));
                let certificate = token.cryptography.signing_certificate;
                reliances
                    .extend(certificate.map(|one| Reliance::new(validator, facts, one, Purpose::TimeStamping, proved)));
            }
            _ => {}
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

/// The signer of `cms` and the authorities of its timestamps, those over the content included.
fn of_signature(validator: Validator<'_>, facts: &Facts, cms: &SignedData, proved: Option<Time>) -> Vec<Reliance> {
    let (tokens, _) = signature_timestamps(validator, facts, cms, proved);
    let best = tokens.iter().filter_map(|token| token.proof()).chain(proved).min();
    let signer = signer(cms, validator.pool.evidence.certificates().as_slice());
    let signer = signer.map(|signer| Reliance::new(validator, facts, signer, facts.purpose(), best));
    let authorities = tokens.into_iter().filter_map(|token| token.cryptography.signing_certificate);
    let authorities =
        authorities.map(|authority| Reliance::new(validator, facts, authority, Purpose::TimeStamping, proved));
    // What a content timestamp says is as old as the signature over it.
    let pool = validator.pool.evidence.certificates();
    let contents = facts.content_tokens.iter().flatten().filter_map(|token| token.signer(pool.as_slice()).ok());
    let contents = contents.map(|one| Reliance::new(validator, facts, one.clone(), Purpose::TimeStamping, best));
    signer.into_iter().chain(authorities).chain(contents).collect()
}

fn signer(cms: &SignedData, pool: &[Certificate]) -> Option<Certificate> {
    let signer = cms.signer().ok()?;
    let candidates = || cms.certificates().iter().chain(pool);
    let named = signer.signing_certificate_in(candidates()).ok().cloned();
    named.or_else(|| signer.identified_certificate_in(candidates()).cloned())
}
