//! Responders, lists and certificates that are of no use: what is missing then says why, and is for an operator.

use pades_ltv::authority::{Authority, AuthorityAt, Misbehaviour, RevocationSources, Shape};
use pades_ltv::{Document, Error, ErrorClass, ErrorKind, Evidence, Signer, Signing, SoftwareSigner};

use crate::common::{CONTRACT, now};

/// What comes of collecting where all answer so, for a signature whose certificates name these sources.
fn error(bad: Misbehaviour, sources: RevocationSources) -> Error {
    let authority = Authority::shaped("of no use", now(), Shape::new().sources(sources)).unwrap();
    let signer = authority.issue("signer").unwrap();
    let document = Document::open(CONTRACT).unwrap();
    let signed = Signing::new(&document, now()).sign(&signer).unwrap().timestamp(&authority.at(now())).unwrap();
    let file = signed.finish().unwrap().apply(CONTRACT).unwrap();
    let document = Document::open(file.as_slice()).unwrap();
    let found = Evidence::collect(&document, &authority.anchors(), &authority.at(now()).misbehaving(bad), now());
    found.unwrap_err()
}

#[test]
fn each_useless_answer_says_why() {
    use Misbehaviour as M;
    use RevocationSources::{CrlOnly, OcspOnly};

    for (bad, sources, words) in [
        (M::TransportFailure, OcspOnly, "/ocsp: the connection was closed before an answer came"),
        (M::HtmlPage, OcspOnly, "a OCSP response cannot be read"),
        (M::Empty, OcspOnly, "a OCSP response cannot be read"),
        (M::Garbage, OcspOnly, "a OCSP response cannot be read"),
        (M::Truncated, OcspOnly, "a OCSP response cannot be read"),
        (M::OcspTryLater, OcspOnly, "the OCSP responder refused to answer: TryLater"),
        (M::OcspUnauthorized, OcspOnly, "the OCSP responder refused to answer: Unauthorized"),
        (M::OcspWrongCertificate, OcspOnly, "/ocsp: the answer did not help"),
        (M::OcspUnknown, OcspOnly, "the OCSP responder does not know the certificate"),
        (M::OcspBadSignature, OcspOnly, "the signature value does not verify"),
        (M::OcspWrongResponder, OcspOnly, "its extended key usage does not include OCSPSigning"),
        (M::TransportFailure, CrlOnly, "/crl: the connection was closed before an answer came"),
        (M::HtmlPage, CrlOnly, "a CRL cannot be read"),
        (M::Truncated, CrlOnly, "a CRL cannot be read"),
        (M::CrlExpired, CrlOnly, "/crl: the answer did not help"),
        (M::CrlWrongIssuer, CrlOnly, "/crl: the answer did not help"),
        (M::CrlBadSignature, CrlOnly, "the signature value does not verify"),
    ] {
        let error = error(bad, sources);
        assert_eq!((error.kind(), error.class()), (ErrorKind::Evidence, ErrorClass::Operator), "{bad:?}: {error}");
        assert!(error.to_string().contains(words), "{bad:?}: {error}");
        assert!(error.to_string().contains("current revocation data for \"CN=signer"), "{bad:?}: {error}");
    }
}

/// A file without its signer's issuers, and a server that does not give them (RFC 5280, 4.2.2.1).
#[test]
fn an_issuer_that_nobody_gives_is_named_with_who_was_asked() {
    let authority = Authority::new("of no use", now()).unwrap();
    let all = authority.issue("signer").unwrap().identity().unwrap();
    let key = authority.private_key_pem("signer").unwrap();
    let own =
        der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, all.certificates().next().unwrap()).unwrap();
    let signer = SoftwareSigner::from_pem(key.as_bytes(), own.as_bytes()).unwrap();
    let base = Document::open(CONTRACT).unwrap();
    let file = Signing::new(&base, now()).sign(&signer).unwrap().finish().unwrap().apply(CONTRACT).unwrap();
    let document = Document::open(file.as_slice()).unwrap();
    let collect = |services: AuthorityAt<'_>| Evidence::collect(&document, &authority.anchors(), &services, now());
    assert!(collect(authority.at(now())).is_ok());
    for (bad, words) in [
        (Misbehaviour::TransportFailure, "/certificate: the connection was closed before an answer came"),
        (Misbehaviour::HtmlPage, "/certificate: a certificate cannot be read"),
        (Misbehaviour::Empty, "/certificate: a certificate cannot be read"),
        (Misbehaviour::Truncated, "/certificate: a certificate cannot be read"),
    ] {
        let error = collect(authority.at(now()).misbehaving(bad)).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Evidence, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains(words), "{bad:?}: {error}");
    }
}
