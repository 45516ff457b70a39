//! The signature of a trusted list: enveloped, exclusive canonicalization, XAdES.
//!
//! What it is for: one profile and nothing else, so that whoever wraps, moves or adds elements finds no second way to read them: the
//! signature is a child of the document element, covers all of the document but itself, and the list is read from the very same tree.
//!
//! Invariant: no algorithm outside of the table, no transform outside of the profile, no key from the file: the certificate in the
//! signature has to be one that the caller named.
//!
//! Specified in XML Signature 1.1, 3.2; TS 119 612, 5.7.1 and annex B; EN 319 132-1, 5.2.2 (signing certificate).

use roxmltree::{Document, Node};

use super::xml::{base64, child, children, find, text};
use super::xml_canonical::canonical;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::ecdsa_value;

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
/// References in one signature: the list, the signed properties, and perhaps the key.
const REFERENCES: usize = 8;

/// RFC 9231, 2.1 and XML Signature 1.1, 6.2. SHA-1 is not among them.
const DIGESTS: [(&str, DigestAlgorithm); 3] = [
    ("http://www.w3.org/2001/04/xmlenc#sha256", DigestAlgorithm::Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", DigestAlgorithm::Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha512", DigestAlgorithm::Sha512),
];

/// What a certificate may be named by, beside those: nobody has to find a second one that the caller trusts.
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";

/// Checks that `document` is signed by one of `signers`, and says by which.
///
/// # Errors
/// [`ErrorKind::TrustList`]: there is no such signature, or it does not hold.
pub(super) fn check<'c>(document: &Document<'_>, signers: &'c [Certificate]) -> Result<&'c Certificate> {
    let root = document.root_element();
    let mut signatures = root.children().filter(|node| node.has_tag_name((DSIG, "Signature")));
    let signature = signatures.next().ok_or_else(|| unsigned("it has none"))?;
    if signatures.next().is_some() {
        return Err(unsigned("there is more than one"));
    }
    let info = child(signature, "SignedInfo").ok_or_else(|| unsigned("SignedInfo is missing"))?;
    if algorithm(info, "CanonicalizationMethod")? != EXCLUSIVE {
        return Err(unsigned("its canonicalization is not the exclusive one"));
    }
    check_references(document, signature, info)?;
    let signer = signer(signature, signers)?;
    let value = child(signature, "SignatureValue").ok_or_else(|| unsigned("SignatureValue is missing"))?;
    check_value(algorithm(info, "SignatureMethod")?, &canonical(info, None), &base64(value)?, signer)?;
    check_signing_certificate(signature, signer)?;
    Ok(signer)
}

fn unsigned(why: impl Into<String>) -> Error {
    let error = Error::new(ErrorKind::TrustList, "the list's signature does not hold").because(why.into());
    error.advise("fetch the list again from its publisher")
}

/// Every reference holds, one is to the list itself, one to the signed properties (TS 119 612, B.1).
fn check_references(document: &Document<'_>, signature: Node<'_, '_>, info: Node<'_, '_>) -> Result<()> {
    let (mut covers_list, mut covers_properties) = (false, false);
    for (count, reference) in children(info, "Reference").enumerate() {
        if count >= REFERENCES {
            return Err(unsigned("it has too many references"));
        }
        let uri = reference.attribute("URI").ok_or_else(|| unsigned("a reference names nothing"))?;
        let target = target(document, uri)?;
        let is_list = target.is_root() || target == document.root_element();
        let expected: &[&str] = if is_list { &[ENVELOPED, EXCLUSIVE] } else { &[EXCLUSIVE] };
        if transforms(reference)? != expected {
            return Err(unsigned(format!("the transforms of the reference to {uri:?} are not those of the profile")));
        }
        let bytes = canonical(target, is_list.then(|| signature.id()));
        let digest = digest(algorithm(reference, "DigestMethod")?)?;
        let value = child(reference, "DigestValue").ok_or_else(|| unsigned("DigestValue is missing"))?;
        if digest.digest(&bytes) != base64(value)? {
            return Err(unsigned(format!("the digest of {} is another", if is_list { "the list" } else { uri })));
        }
        covers_list |= is_list;
        covers_properties |=
            reference.attribute("Type") == Some(SIGNED_PROPERTIES) && target.tag_name().name() == "SignedProperties";
    }
    match (covers_list, covers_properties) {
        (true, true) => Ok(()),
        (false, _) => Err(unsigned("it does not cover the list")),
        (true, false) => Err(unsigned("it does not cover its own properties")),
    }
}

/// The document, or the only element with an identifier.
fn target<'a, 'i>(document: &'a Document<'i>, uri: &str) -> Result<Node<'a, 'i>> {
    if uri.is_empty() {
        return Ok(document.root());
    }
    let id = uri.strip_prefix('#').filter(|id| !id.is_empty()).ok_or_else(|| unsigned("it covers another file"))?;
    let mut named = document.descendants().filter(|node| node.attribute("Id") == Some(id));
    match (named.next(), named.next()) {
        (Some(node), None) => Ok(node),
        (None, _) => Err(unsigned(format!("there is no {uri:?}"))),
        (Some(_), Some(_)) => Err(unsigned(format!("{uri:?} stands twice"))),
    }
}

fn transforms<'a>(reference: Node<'a, '_>) -> Result<Vec<&'a str>> {
    let transforms = child(reference, "Transforms").ok_or_else(|| unsigned("a reference has no transforms"))?;
    let read = |transform: Node<'a, '_>| {
        // InclusiveNamespaces, XPath and XSLT change what is signed.
        let is_plain = !transform.children().any(|node| node.is_element());
        transform.attribute("Algorithm").filter(|_| is_plain)
    };
    let elements = transforms.children().filter(Node::is_element);
    elements.map(|one| read(one).ok_or_else(|| unsigned("a transform has parameters"))).collect()
}

/// The `Algorithm` of the child `name`.
fn algorithm<'a>(node: Node<'a, '_>, name: &'static str) -> Result<&'a str> {
    let method = child(node, name).filter(|method| !method.children().any(|one| one.is_element()));
    let named = method.and_then(|method| method.attribute("Algorithm"));
    named.ok_or_else(|| unsigned(format!("{name} is missing or has parameters")))
}

fn digest(uri: &str) -> Result<DigestAlgorithm> {
    let known = DIGESTS.iter().find(|(known, _)| *known == uri);
    known.map(|(_, digest)| *digest).ok_or_else(|| unsigned(format!("the digest {uri} is not relied on")))
}

/// RFC 9231, 2.3: RSA, RSA-PSS with its usual parameters, ECDSA.
fn signature_algorithm(uri: &str) -> Option<SignatureAlgorithm> {
    const DIGESTS: [(&str, DigestAlgorithm); 3] =
        [("sha256", DigestAlgorithm::Sha256), ("sha384", DigestAlgorithm::Sha384), ("sha512", DigestAlgorithm::Sha512)];
    DIGESTS.iter().find_map(|(name, digest)| {
        if uri == format!("http://www.w3.org/2001/04/xmldsig-more#rsa-{name}") {
            Some(SignatureAlgorithm::RsaPkcs1(*digest))
        } else if uri == format!("http://www.w3.org/2007/05/xmldsig-more#{name}-rsa-MGF1") {
            Some(SignatureAlgorithm::rsa_pss(*digest))
        } else if uri == format!("http://www.w3.org/2001/04/xmldsig-more#ecdsa-{name}") {
            Some(SignatureAlgorithm::Ecdsa(*digest))
        } else {
            None
        }
    })
}

/// The one of `signers` whose certificate stands in `KeyInfo`.
fn signer<'c>(signature: Node<'_, '_>, signers: &'c [Certificate]) -> Result<&'c Certificate> {
    let data = find(signature, &["KeyInfo", "X509Data"]).ok_or_else(|| unsigned("it names no certificate"))?;
    let named = children(data, "X509Certificate").map(base64).collect::<Result<Vec<_>>>()?;
    let known = signers.iter().find(|signer| named.iter().any(|der| der == signer.der()));
    known.ok_or_else(|| {
        let said = named.first().and_then(|der| Certificate::from_der(der).ok());
        let said = said.map_or_else(|| "an unreadable certificate".to_owned(), |one| one.to_string());
        unsigned(format!("{said} is none of those that may sign it"))
    })
}

fn check_value(method: &str, message: &[u8], value: &[u8], signer: &Certificate) -> Result<()> {
    let algorithm =
        signature_algorithm(method).ok_or_else(|| unsigned(format!("the algorithm {method} is not relied on")))?;
    let key = signer.public_key().map_err(|fault| unsigned(format!("{signer}: {fault}")))?;
    let value = match algorithm {
        // r and s, one after the other (XML Signature 1.1, 6.4.3).
        SignatureAlgorithm::Ecdsa(_) => {
            ecdsa_value::from_raw(value).ok_or_else(|| unsigned("its value is no ECDSA"))?
        }
        _ => value.to_vec(),
    };
    key.verify(algorithm, message, &value).map_err(|fault| unsigned(fault.to_string()))
}

/// The signed properties name the certificate that signed (EN 319 132-1, 5.2.2).
fn check_signing_certificate(signature: Node<'_, '_>, signer: &Certificate) -> Result<()> {
    let is_named =
        |node: &Node<'_, '_>| matches!(node.tag_name().name(), "SigningCertificate" | "SigningCertificateV2");
    let mut named = signature.descendants().filter(is_named);
    let (Some(certificate), None) = (named.next(), named.next()) else {
        return Err(unsigned("its properties do not name one signing certificate"));
    };
    let cert_digest = find(certificate, &["Cert", "CertDigest"]);
    let part = |name| cert_digest.and_then(|node| node.children().find(|one| one.has_tag_name((DSIG, name))));
    let (Some(method), Some(value)) = (part("DigestMethod"), part("DigestValue")) else {
        return Err(unsigned("its properties name no digest of the signing certificate"));
    };
    let method = method.attribute("Algorithm").unwrap_or_default();
    let digest = if method == SHA1 { DigestAlgorithm::Sha1 } else { digest(method)? };
    if digest.digest(signer.der()) == base64(value)? {
        Ok(())
    } else {
        Err(unsigned(format!("its properties name another certificate ({})", text(value))))
    }
}

#[cfg(test)]
mod tests;
