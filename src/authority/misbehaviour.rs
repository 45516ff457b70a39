//! Every way in which the services can be made to answer badly.

/// One way to answer badly: `authority.at(time).misbehaving(…)`. Each is what some real service did, or an attacker
/// would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Any service: no answer at all; a retryable error.
    TransportFailure,
    /// Any service: a proxy's "503 Service Unavailable" page.
    HtmlPage,
    /// Any service: no bytes.
    Empty,
    /// Any service: bytes that are no DER.
    Garbage,
    /// Any service: the first half of a good answer.
    Truncated,
    /// Any service: a good answer with one more byte after it.
    TrailingData,

    /// Timestamp: status "rejection" with `systemFailure` and a text.
    Rejected,
    /// Timestamp: status "rejection" with `badAlg`, whatever the digest.
    RejectedAlgorithm,
    /// Timestamp: status "rejection" with `unacceptedPolicy`, whatever the policy.
    RejectedPolicy,
    /// Timestamp: status "rejection" with neither reason nor text.
    RejectedInSilence,
    /// Timestamp: status "waiting", which no transport here knows how to take up again.
    Waiting,
    /// Timestamp: status "revocationWarning".
    RevocationWarning,
    /// Timestamp: status "grantedWithMods".
    GrantedWithMods,
    /// Timestamp: status "granted" without a token.
    NoToken,
    /// Timestamp: another nonce than the request's.
    WrongNonce,
    /// Timestamp: no nonce, though the request has one.
    MissingNonce,
    /// Timestamp: the digest of another message.
    WrongImprint,
    /// Timestamp: the right digest under another algorithm's name.
    WrongImprintAlgorithm,
    /// Timestamp: another policy than the one asked for, and than the usual one.
    WrongPolicy,
    /// Timestamp: a `TSTInfo` of version 2.
    WrongVersion,
    /// Timestamp: a critical extension that nobody knows.
    CriticalExtension,
    /// Timestamp: the `tsa` field names somebody else than the certificate does (RFC 3161, 2.4.2).
    WrongName,
    /// Timestamp: the answer to an earlier request, over other bytes.
    OldAnswer,
    /// Timestamp: signed content of another type than `TSTInfo`.
    WrongContentType,
    /// Timestamp: a time one hour ahead.
    FutureTime,
    /// Timestamp: the TSA's certificate was asked for and is not there.
    NoCertificate,
    /// Timestamp: signing-certificate-v2 names the issuer's certificate (RFC 5816, 2.2.1).
    WrongCertificate,
    /// Timestamp: no signing-certificate-v2.
    NoSigningCertificate,
    /// Timestamp: signed after the TSA's certificate expired.
    ExpiredCertificate,
    /// Timestamp: signed before the TSA's certificate began.
    NotYetValid,
    /// Timestamp: the TSA's certificate has no extended key usage.
    NoExtendedKeyUsage,
    /// Timestamp: the TSA's extended key usage is not critical (RFC 3161, 2.3).
    NonCriticalExtendedKeyUsage,
    /// Timestamp: timestamping is not the only purpose of the TSA's certificate (RFC 3161, 2.3).
    SecondExtendedKeyUsage,
    /// Timestamp: the signature is over another message.
    BadSignature,
    /// Timestamp: message-digest is another content's.
    WrongMessageDigest,
    /// Timestamp: two SignerInfos (RFC 3161, 2.4.2 allows one).
    TwoSigners,

    /// OCSP: status "tryLater".
    OcspTryLater,
    /// OCSP: status "unauthorized".
    OcspUnauthorized,
    /// OCSP: the status "good" of another serial number.
    OcspWrongCertificate,
    /// OCSP: the certificate is "unknown".
    OcspUnknown,
    /// OCSP: the certificate is "revoked" since a day, for key compromise.
    OcspRevoked,
    /// OCSP: an answer whose `nextUpdate` passed a day ago.
    OcspExpired,
    /// OCSP: the signature is over another message.
    OcspBadSignature,
    /// OCSP: signed by a certificate of the same issuer that is no OCSP responder's (RFC 6960, 4.2.2.2).
    OcspWrongResponder,

    /// CRL: one whose `nextUpdate` passed a day ago.
    CrlExpired,
    /// CRL: the root's instead of the issuing authority's, or the other way round.
    CrlWrongIssuer,
    /// CRL: the signature is over another message.
    CrlBadSignature,
}
