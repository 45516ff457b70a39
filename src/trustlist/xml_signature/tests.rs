//! Signatures made by hand: the list is written in its canonical form, so that no canonicalizer has a part in signing it.

#![cfg(feature = "authority")]

use super::*;
use crate::authority::{Authority, KeyType, Subscriber};
use crate::port::{Signer, SigningInput};
use crate::software::SoftwareSigner;
use crate::trustlist::xml::parse;
use base64ct::{Base64, Encoding};

const LIST: &str = "<List xmlns=\"u:list\" Id=\"own\"><One>1</One></List>";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

fn subscriber(key: KeyType) -> SoftwareSigner {
    let authority = Authority::new("list signers", "2026-10-07T00:00:00Z".parse().unwrap()).unwrap();
    authority.issue(Subscriber::new("list operator").key(key)).unwrap()
}

fn certificate(signer: &SoftwareSigner) -> Certificate {
    Certificate::from_der(signer.identity().unwrap().certificates().next().unwrap()).unwrap()
}

fn digest_of(text: &str) -> String {
    Base64::encode_string(&DigestAlgorithm::Sha256.digest(text.as_bytes()))
}

fn reference(kind: &str, uri: &str, transforms: &[&str], digested: &str) -> String {
    let transforms = transforms.iter().map(|one| format!("<d:Transform Algorithm=\"{one}\"></d:Transform>"));
    format!(
        "<d:Reference{kind} URI=\"{uri}\"><d:Transforms>{}</d:Transforms>\
         <d:DigestMethod Algorithm=\"{SHA256}\"></d:DigestMethod><d:DigestValue>{}</d:DigestValue></d:Reference>",
        transforms.collect::<String>(),
        digest_of(digested)
    )
}

/// The list with a signature of `signer`, under the algorithm `method`; `uri` names the list.
fn signed(signer: &SoftwareSigner, algorithm: SignatureAlgorithm, method: &str, uri: &str) -> String {
    let certificate = certificate(signer);
    let properties = |namespaces: &str, of_digest: &str| {
        format!(
            "<x:SignedProperties{namespaces} Id=\"props\"><x:SigningCertificate><x:Cert><x:CertDigest>\
             <d:DigestMethod{of_digest} Algorithm=\"{SHA256}\"></d:DigestMethod><d:DigestValue{of_digest}>{}</d:DigestValue>\
             </x:CertDigest></x:Cert></x:SigningCertificate></x:SignedProperties>",
            Base64::encode_string(certificate.fingerprint())
        )
    };
    // Alone, the properties declare what they use, where they use it.
    let canonical = properties(" xmlns:x=\"u:x\"", &format!(" xmlns:d=\"{DSIG}\""));
    let kind = format!(" Type=\"{SIGNED_PROPERTIES}\"");
    let references =
        [reference("", uri, &[ENVELOPED, EXCLUSIVE], LIST), reference(&kind, "#props", &[EXCLUSIVE], &canonical)];
    let info = format!(
        "<d:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></d:CanonicalizationMethod>\
         <d:SignatureMethod Algorithm=\"{method}\"></d:SignatureMethod>{}</d:SignedInfo>",
        references.concat()
    );
    let message = format!("<d:SignedInfo xmlns:d=\"{DSIG}\">{info}").into_bytes();
    let mut value = signer.sign(&SigningInput::new(message, algorithm)).unwrap();
    if let SignatureAlgorithm::Ecdsa(_) = algorithm {
        value = raw(&value);
    }
    let signature = format!(
        "<d:Signature xmlns:d=\"{DSIG}\"><d:SignedInfo>{info}<d:SignatureValue>{}</d:SignatureValue><d:KeyInfo>\
         <d:X509Data><d:X509Certificate>{}</d:X509Certificate></d:X509Data></d:KeyInfo><d:Object>{}</d:Object></d:Signature>",
        Base64::encode_string(&value),
        Base64::encode_string(certificate.der()),
        properties(" xmlns:x=\"u:x\"", "")
    );
    LIST.replace("</List>", &format!("{signature}</List>"))
}

/// r and s of a DER value, each as long as P-256's numbers.
fn raw(der: &[u8]) -> Vec<u8> {
    let numbers: Vec<der::asn1::Uint> = der::Decode::from_der(der).unwrap();
    let padded = |number: &der::asn1::Uint| {
        let bytes = number.as_bytes();
        [&vec![0; 32 - bytes.len()], bytes].concat()
    };
    numbers.iter().flat_map(padded).collect()
}

fn checked(xml: &str, signer: &SoftwareSigner) -> Result<()> {
    check(&parse(xml.as_bytes()).unwrap(), &[certificate(signer)]).map(drop)
}

fn ecdsa() -> (SoftwareSigner, String) {
    let signer = subscriber(KeyType::P256);
    let method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    let xml = signed(&signer, SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), method, "");
    (signer, xml)
}

#[test]
fn each_algorithm_of_the_profile_is_verified() {
    let (signer, xml) = ecdsa();
    checked(&xml, &signer).unwrap();
    let rsa = subscriber(KeyType::Rsa2048);
    let pkcs1 = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let xml = signed(&rsa, pkcs1, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "#own");
    checked(&xml, &rsa).unwrap();
    let pss = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256);
    let rsa = rsa.with_pss().unwrap();
    let xml = signed(&rsa, pss, "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", "");
    checked(&xml, &rsa).unwrap();
    let sha1 = signed(&rsa, pss, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "");
    assert!(checked(&sha1, &rsa).unwrap_err().to_string().contains("is not relied on"));
}

#[test]
fn anything_else_is_refused() {
    let (signer, xml) = ecdsa();
    let cases = [
        ("<One>1</One>", "<One>2</One>", "the digest of the list is another"),
        ("<d:Object>", "<d:Object Id=\"props\">", "stands twice"),
        ("URI=\"\"", "URI=\"#props\"", "are not those of the profile"),
        ("URI=\"\"", "URI=\"http://127.0.0.1/\"", "covers another file"),
        ("URI=\"#props\"", "URI=\"#none\"", "there is no"),
        (ENVELOPED, "http://www.w3.org/TR/1999/REC-xpath-19991116", "are not those of the profile"),
        ("</d:Transform></d:Transforms>", "<d:XPath></d:XPath></d:Transform></d:Transforms>", "has parameters"),
        (SIGNED_PROPERTIES, "u:other", "does not cover its own properties"),
        ("<x:Cert>", "<x:Cert><x:CertDigest></x:CertDigest>", "the digest of #props is another"),
        ("<d:SignatureValue>", "<d:SignatureValue>AAAA", "does not hold"),
        ("<d:X509Data>", "<d:Other>", "XML"),
        ("exc-c14n#\"></d:Can", "exc-c14n#WithComments\"></d:Can", "is not the exclusive one"),
    ];
    for (what, with, said) in cases {
        let changed = xml.replacen(what, with, 1);
        assert!(changed != xml, "{what}");
        let Ok(document) = parse(changed.as_bytes()) else {
            assert_eq!(said, "XML");
            continue;
        };
        let error = check(&document, &[certificate(&signer)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TrustList);
        assert!(
            error.to_string().contains("the list's signature does not hold") && error.to_string().contains(said),
            "{error}"
        );
    }
    let other = subscriber(KeyType::P384);
    assert!(checked(&xml, &other).unwrap_err().to_string().contains("none of those that may sign it"));
}
