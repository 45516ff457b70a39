//! What CRLs and OCSP responses say about certificates.
//!
//! What it is for: [`answers`] finds every authentic answer about one certificate, of any time; [`select`] picks the one that counts at a time.
//!
//! Invariant: facts are kept apart from judgement: an answer is never dropped for being old, new, or signed by a certificate that expired.
//! Invariant: who signed an answer is handed out, for the caller to validate as of the time that it chooses.
//!
//! | clause | held by |
//! |---|---|
//! | RFC 5280, 6.3.3 as a whole | PKITS 4.4, 4.14, 4.15 (`path::pkits`); OpenSSL and webpki (`corpora`) |
//! | who signs: 6.3.3 (f), namesakes | `crls_are_signed_by_the_issuer_or_by_its_namesake_alone` |
//! | indirect lists (5.2.5, 5.3.3) | `entries_of_other_issuers_need_an_indirect_list`; PKITS 4.14.22–4.14.35 |
//! | partitions, scopes (5.2.5) | `a_list_speaks_about_its_scope_alone`; PKITS 4.14.1–4.14.14 |
//! | reason masks (6.3.3 (d), (e)) | `partial_lists_count_together` (`select`); PKITS 4.14.15–4.14.21 |
//! | deltas, hold, removeFromCRL (5.2.4, 5.3.1) | `a_hold_is_released_by_remove_from_crl`, `nobody_comes_back_from_a_revocation`; PKITS 4.15 |
//! | expiredCertsOnCRL, archiveCutoff | `sources_say_since_when_they_remember`, `good_after_expiry_needs_a_source_that_remembers` |
//! | critical extensions, of lists and entries (5.2, 5.3) | `one_unknown_critical_entry_spoils_the_list` |
//! | RFC 6960: CertID, SHA-1 to SHA-512 (4.1.1) | `a_response_about_another_certificate_is_no_data` |
//! | responders: issuer, delegate, nocheck (4.2.2.2) | `ocsp_by_the_issuer_and_by_its_delegate`, `responders_that_the_issuer_did_not_appoint_are_refused`, `nobody_speaks_for_itself` |
//! | nonce (4.4.1) | `requests_carry_the_nonce`; an answer without it counts, for responders that answer in advance leave it out (RFC 5019, 4) |
//! | noRevAvail (RFC 9608), short-term (EN 319 412-1) | `certificates_may_say_that_nobody_can_be_asked` (`verify::certificate::status`) |
//! | freshness (EN 319 102-1, 5.2.5) | `good_is_as_old_as_its_next_update_allows`, `freshness_decides_about_now` |
//! | bounds | `the_search_for_signers_has_a_budget`, `a_list_of_a_million_entries`, `forged_answers_do_not_hide_the_good_one`, `a_response_about_thousands_is_searched_by_serial_number` |
//!
//! Specified in RFC 5280, 6.3 and RFC 6960. Nouns: [`Answer`], [`Status`], [`Reason`], [`Refusal`], [`RevocationFault`].

use self::crl::distribution::ReasonSet;
use self::ocsp::asn1::OcspResponseStatus;
use super::algorithm::SignatureAlgorithm;
use super::certificate::Certificate;
use super::certificates::Certificates;
use super::oid::Oid;
use super::path::PurposeFault;
use super::signature::{Checks, ChecksSpent, SignatureFault};
use crate::time::Time;

pub(crate) mod crl;
mod from_crl;
mod from_ocsp;
pub(crate) mod ocsp;
mod reason;
pub(crate) mod select;

#[cfg(test)]
mod corpora;
#[cfg(test)]
mod tests;

pub(crate) use crl::Crl;
pub(crate) use ocsp::OcspResponse;
pub(crate) use reason::Reason;

/// What was found about one certificate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    /// Every authentic answer, CRLs first, in the order of the input.
    pub(crate) answers: Vec<Answer>,
    /// Values that are about the certificate but say nothing, and why.
    pub(crate) refused: Vec<Refusal>,
}

/// One authentic statement about a certificate's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    /// When the status was known to be so.
    pub(crate) this_update: Time,
    /// When newer information is to be had at the latest.
    pub(crate) next_update: Option<Time>,
    /// When an OCSP response was signed.
    pub(crate) produced_at: Option<Time>,
    /// Whose key signed it. Unless it has the issuer's name and key, its own path and status are the caller's to validate.
    pub(crate) signer: Certificate,
    pub(crate) source: Source,
    /// The reasons for revocation that a CRL speaks about; all of them for most CRLs and every OCSP response.
    pub(crate) reasons: ReasonSet,
    /// The signer carries id-pkix-ocsp-nocheck: its own status need not be asked (RFC 6960, 4.2.2.2.1).
    pub(crate) nocheck: bool,
    /// Since when the status of expired certificates is kept: archiveCutoff (RFC 6960, 4.4.4) or expiredCertsOnCRL.
    pub(crate) expired_kept_since: Option<Time>,
    /// How it was signed, where that is known here.
    pub(crate) algorithm: Option<SignatureAlgorithm>,
    /// When the certificate that it is about ends.
    pub(crate) not_after: Time,
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Good,
    Revoked { time: Time, reason: Reason },
}

/// Which value an answer comes from, as a position in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Crl(usize),
    DeltaCrl { delta: usize, base: usize },
    Ocsp(usize),
}

/// A value that is about the certificate but cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) source: Source,
    pub(crate) fault: RevocationFault,
}

/// Why a CRL or OCSP response says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RevocationFault {
    #[error("it is not readable DER: {0}")]
    Malformed(#[from] der::Error),
    #[error("it is longer than {limit} bytes (Limits::cms_bytes)")]
    TooLong { limit: u64 },
    #[error("it holds more than {limit} certificates (Limits::certificates)")]
    TooManyCertificates { limit: usize },
    #[error("the signature algorithm inside differs from the one outside (RFC 5280, 5.1.1.2)")]
    AlgorithmMismatch,
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    #[error("nobody at hand who may sign it did")]
    NoSigner,
    #[error("its signer: {0}")]
    SignerPurpose(PurposeFault),
    #[error("its signer was not authorised by the issuer itself (RFC 6960, 4.2.2.2)")]
    NotAuthorised,
    #[error("the critical extension {0} is not known")]
    CriticalExtension(Oid),
    #[error("the extension {0} stands twice")]
    RepeatedExtension(Oid),
    #[error("an entry names another issuer, but the list is not indirect (RFC 5280, 5.3.3)")]
    NotIndirect,
    #[error("there is no complete CRL that this delta CRL belongs to (RFC 5280, 6.3.3 (c))")]
    NoBase,
    #[error("the OCSP responder did not answer: {0:?}")]
    Status(OcspResponseStatus),
    #[error("the OCSP responder does not know the certificate")]
    Unknown,
    #[error("the response type {0} is not supported")]
    ResponseType(Oid),
    #[error("version {0} is not supported")]
    Version(u8),
    #[error("its certHash is not that of the certificate")]
    CertHash,
    #[error("looking for its signer: {0}")]
    Budget(#[from] ChecksSpent),
}

impl RevocationFault {
    /// Whether it is a bound of the limits that speaks, not the value.
    pub(crate) fn is_limit(&self) -> bool {
        matches!(self, Self::Budget(_) | Self::TooLong { .. } | Self::TooManyCertificates { .. })
    }
}

impl Answer {
    /// When it was issued, as EN 319 102-1, 5.2.6 counts: producedAt of an OCSP response, thisUpdate of a CRL.
    pub(crate) fn issued_at(&self) -> Time {
        self.produced_at.unwrap_or(self.this_update)
    }

    /// Whether it settles the status of a certificate that may have expired before: "good" from a source that forgets what
    /// expired says nothing (RFC 5280, 5: entries may be removed after expiry).
    pub(crate) fn is_conclusive(&self) -> bool {
        let kept = self.expired_kept_since.is_some_and(|since| since <= self.not_after);
        matches!(self.status, Status::Revoked { .. }) || self.this_update <= self.not_after || kept
    }

    /// Whether its signer's certificate was valid when it was issued (EN 319 102-1, 5.2.6 step 4).
    pub(crate) fn is_signer_valid_at_issuance(&self) -> bool {
        self.signer.is_valid_at(self.issued_at())
    }
}

/// Every authentic answer about `certificate`, which `issuer` issued, whenever it was given.
///
/// `pools` hold certificates among which signers are looked for, one after the other: the caller includes anchors, where they sign CRLs
/// for others. No more than `checks` signatures are checked.
pub(crate) fn answers(
    certificate: &Certificate,
    issuer: &Certificate,
    crls: &[Crl],
    ocsps: &[OcspResponse],
    pools: &[&Certificates],
    checks: &Checks,
) -> Answers {
    let mut search = Search { certificate, issuer, pools, checks, answers: Answers::default() };
    search.ask_crls(crls);
    for (index, ocsp) in ocsps.iter().enumerate() {
        search.ask_ocsp(index, ocsp);
    }
    search.answers
}

/// One run of [`answers`].
struct Search<'a> {
    certificate: &'a Certificate,
    issuer: &'a Certificate,
    pools: &'a [&'a Certificates],
    checks: &'a Checks,
    answers: Answers,
}

impl Search<'_> {
    fn refuse(&mut self, source: Source, fault: RevocationFault) {
        self.answers.refused.push(Refusal { source, fault });
    }

    /// Whether `candidate` speaks for the issuer: the same name and key.
    fn is_issuer(&self, candidate: &Certificate) -> bool {
        candidate.subject() == self.issuer.subject() && candidate.spki() == self.issuer.spki()
    }
}
