use pkcs8::{EncodePrivateKey, LineEnding};
use proptest::prelude::*;
use rsa::RsaPrivateKey;

use super::derived::Derived;
use super::*;
use crate::authority::{Authority, KeyType, Subscriber};
use crate::digest::DigestAlgorithm::{Sha256, Sha384, Sha512};
use crate::time::Time;

const TYPES: [KeyType; 4] = [KeyType::P256, KeyType::P384, KeyType::P521, KeyType::Rsa2048];

fn issue(name: &str, key: KeyType) -> SoftwareSigner {
    let authority = Authority::new(b"software", Time::from_unix(1_800_000_000)).unwrap();
    authority.issue(Subscriber::new(name).key(key)).unwrap()
}

fn key_pem(signer: &SoftwareSigner) -> String {
    let pem = match &signer.key {
        PrivateKey::Rsa(key) => key.to_pkcs8_pem(LineEnding::CRLF),
        PrivateKey::P256(key) => key.to_pkcs8_pem(LineEnding::LF),
        PrivateKey::P384(key) => key.to_pkcs8_pem(LineEnding::LF),
        PrivateKey::P521(key) => key.to_pkcs8_pem(LineEnding::LF),
    };
    pem.unwrap().to_string()
}

/// The chain upside down, with the words around it that `openssl pkcs12` writes.
fn chain_pem(signer: &SoftwareSigner) -> String {
    let pem = |der: &[u8]| der::pem::encode_string("CERTIFICATE", LineEnding::LF, der).unwrap();
    let blocks: Vec<String> = signer.identity.certificates().map(pem).collect();
    blocks.into_iter().rev().map(|block| format!("Bag Attributes\n  friendlyName: 署名\n{block}\n")).collect()
}

#[test]
fn keys_of_every_type_are_read_and_sign_with_their_certificate() {
    for key in TYPES {
        let issued = issue("Alice", key);
        let read = SoftwareSigner::from_pem(key_pem(&issued).as_bytes(), chain_pem(&issued).as_bytes()).unwrap();
        assert!(read.identity.certificates().eq(issued.identity.certificates()), "{key:?}");
        let identity = read.identity().unwrap();
        let input = SigningInput::new(b"a message".to_vec(), identity.algorithm());
        let value = read.sign(&input).unwrap();
        assert_eq!(identity.key().verify(identity.algorithm(), b"a message", &value), Ok(()), "{key:?}");
        assert_eq!(read.sign(&input).unwrap(), value, "{key:?}");
    }
}

#[test]
fn other_algorithms_of_the_key_are_possible_and_foreign_ones_are_not() {
    use SignatureAlgorithm::{Ecdsa, RsaPkcs1, RsaPss};
    let pss = RsaPss { digest: Sha384, salt_len: 48 };
    for (key, good, bad) in [
        (KeyType::P256, Ecdsa(Sha512), RsaPkcs1(Sha256)),
        (KeyType::P521, Ecdsa(Sha256), RsaPkcs1(Sha256)),
        (KeyType::Rsa2048, pss, Ecdsa(Sha256)),
        (KeyType::Rsa2048, RsaPkcs1(Sha512), RsaPss { digest: Sha512, salt_len: 300 }),
    ] {
        let signer = issue("Alice", key);
        assert_eq!(signer.clone().with_algorithm(bad).unwrap_err().kind(), ErrorKind::Key, "{key:?} {bad}");
        let identity = signer.clone().with_algorithm(good).unwrap().identity().unwrap();
        assert_eq!(identity.algorithm(), good);
        let value = signer.sign(&SigningInput::new(b"a message".to_vec(), good)).unwrap();
        assert_eq!(identity.key().verify(good, b"a message", &value), Ok(()), "{key:?} {good}");
    }
}

/// RFC 6979, A.2.5: P-256, SHA-256, "sample".
#[test]
fn ecdsa_nonces_are_those_of_rfc_6979() {
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    };
    let secret = bytes("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    let key = PrivateKey::P256(p256::ecdsa::SigningKey::from_slice(&secret).unwrap());
    let value = key.sign(SignatureAlgorithm::Ecdsa(Sha256), b"sample").unwrap();
    let r = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716";
    let s = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";
    assert_eq!(value, bytes(&format!("3046022100{r}022100{s}")));
}

#[test]
fn a_key_without_its_certificate_names_both() {
    let (alice, bob) = (issue("Alice", KeyType::P256), issue("Bob", KeyType::P384));
    let error = SoftwareSigner::from_pem(key_pem(&alice).as_bytes(), chain_pem(&bob).as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Key);
    let text = error.to_string();
    for expected in ["a P-256 private key", "CN=Bob", "serial", "Issuing CA", "openssl"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn other_forms_of_keys_are_named_with_the_way_out() {
    let alice = issue("Alice", KeyType::P256);
    let (key, chain) = (key_pem(&alice), chain_pem(&alice));
    let relabelled = |label: &str| key.replace("PRIVATE KEY", label);
    let legacy = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n\
                  -----END RSA PRIVATE KEY-----\n";
    for (text, kind, words) in [
        (relabelled("ENCRYPTED PRIVATE KEY"), ErrorKind::Unsupported, "openssl pkcs8 -topk8 -nodes"),
        (relabelled("EC PRIVATE KEY"), ErrorKind::Unsupported, "openssl pkcs8 -topk8 -nodes"),
        (relabelled("OPENSSH PRIVATE KEY"), ErrorKind::Unsupported, "OPENSSH"),
        (legacy.to_owned(), ErrorKind::Unsupported, "not PKCS#8"),
        (format!("{key}{key}"), ErrorKind::Key, "2 private keys"),
        (chain.clone(), ErrorKind::Key, "0 private keys"),
        (key.replace("-----END", "-----FIN"), ErrorKind::Syntax, "does not end"),
        (key.replacen('M', "*", 1), ErrorKind::Key, "cannot be read"),
    ] {
        let error = SoftwareSigner::from_pem(text.as_bytes(), chain.as_bytes()).unwrap_err();
        assert!(error.kind() == kind && error.to_string().contains(words), "{words}: {error}");
    }
    assert_eq!(SoftwareSigner::from_pem(key.as_bytes(), b"").unwrap_err().kind(), ErrorKind::Certificate);
}

#[test]
fn short_rsa_keys_are_refused() {
    let key = RsaPrivateKey::new(&mut Derived::from_parts(&[b"short"]), 1024).unwrap();
    let error = PrivateKey::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap_err();
    assert!(error.kind() == ErrorKind::Unsupported && error.to_string().contains("1024"), "{error}");
}

#[test]
fn debug_shows_whose_key_it_is_and_nothing_more() {
    let shown = format!("{:?}", issue("Alice", KeyType::P256));
    assert!(shown.starts_with("SoftwareSigner(\"CN=Alice") && shown.ends_with(", a P-256 private key)"), "{shown}");
}

proptest! {
    #[test]
    fn any_key_and_chain_are_read_without_panic(key in ".*", chain in ".*", bytes: Vec<u8>) {
        prop_assert!(SoftwareSigner::from_pem(key.as_bytes(), chain.as_bytes()).is_err());
        let framed = format!("-----BEGIN PRIVATE KEY-----{key}-----END PRIVATE KEY-----");
        prop_assert!(SoftwareSigner::from_pem(framed.as_bytes(), &bytes).is_err());
        prop_assert!(SoftwareSigner::from_pkcs8_der(&bytes, [&bytes]).is_err());
    }
}
