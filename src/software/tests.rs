use der::pem::LineEnding;
use proptest::prelude::*;
use rsa::RsaPrivateKey;

use super::derived::Derived;
use super::key::elliptic::EcPrivateKey;
use super::key::rsa::RsaSigningKey;
use super::*;
use crate::authority::{Authority, KeyType, Subscriber};
use crate::digest::DigestAlgorithm::{Sha1, Sha3_256, Sha3_512, Sha256, Sha384, Sha512};
use crate::time::Time;

const TYPES: &[KeyType] = &[
    KeyType::P256,
    KeyType::P384,
    KeyType::P521,
    KeyType::BrainpoolP256,
    KeyType::BrainpoolP384,
    KeyType::BrainpoolP512,
    KeyType::Rsa2048,
    KeyType::Ed25519,
    KeyType::Ed448,
    #[cfg(feature = "ml-dsa")]
    KeyType::MlDsa44,
    #[cfg(feature = "ml-dsa")]
    KeyType::MlDsa65,
    #[cfg(feature = "ml-dsa")]
    KeyType::MlDsa87,
];

fn issue(name: &str, key: KeyType) -> SoftwareSigner {
    let authority = Authority::new(b"software", Time::from_unix(1_800_000_000)).unwrap();
    authority.issue(Subscriber::new(name).key(key)).unwrap()
}

fn key_pem(signer: &SoftwareSigner) -> String {
    der::pem::encode_string("PRIVATE KEY", LineEnding::LF, &signer.key.to_pkcs8_der().unwrap()).unwrap()
}

/// The chain upside down, with the words around it that `openssl pkcs12` writes.
fn chain_pem(signer: &SoftwareSigner) -> String {
    let pem = |der: &[u8]| der::pem::encode_string("CERTIFICATE", LineEnding::LF, der).unwrap();
    let blocks: Vec<String> = signer.identity.certificates().map(pem).collect();
    blocks.into_iter().rev().map(|block| format!("Bag Attributes\n  friendlyName: 署名\n{block}\n")).collect()
}

#[test]
fn keys_of_every_type_are_read_and_sign_with_their_certificate() {
    for key in TYPES.iter().copied() {
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
    let pss = SignatureAlgorithm::rsa_pss(Sha384);
    let mixed = RsaPss { digest: Sha512, mask: Sha256, salt_len: 7 };
    for (key, good, bad) in [
        (KeyType::P256, Ecdsa(Sha512), RsaPkcs1(Sha256)),
        (KeyType::P521, Ecdsa(Sha256), RsaPkcs1(Sha256)),
        (KeyType::Rsa2048, pss, Ecdsa(Sha256)),
        (KeyType::Rsa2048, mixed, SignatureAlgorithm::Ed25519),
        (KeyType::Rsa2048, RsaPkcs1(Sha3_256), RsaPkcs1(Sha1)),
        (KeyType::Rsa2048, RsaPkcs1(Sha512), RsaPss { digest: Sha512, mask: Sha512, salt_len: 300 }),
        (KeyType::BrainpoolP512, Ecdsa(Sha3_512), SignatureAlgorithm::Ed448),
        (KeyType::Ed25519, SignatureAlgorithm::Ed25519, SignatureAlgorithm::Ed448),
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
    let key = p256::ecdsa::SigningKey::from_slice(&secret).unwrap();
    let key = PrivateKey::Elliptic(EcPrivateKey::P256(Box::new(key)));
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
    let encrypted = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n\
                  -----END RSA PRIVATE KEY-----\n";
    for (text, kind, words) in [
        (relabelled("ENCRYPTED PRIVATE KEY"), ErrorKind::Password, "from_encrypted_pem"),
        (relabelled("EC PRIVATE KEY"), ErrorKind::Key, "cannot be read"),
        (relabelled("OPENSSH PRIVATE KEY"), ErrorKind::Unsupported, "OPENSSH"),
        (encrypted.to_owned(), ErrorKind::Unsupported, "in the PEM itself"),
        (format!("{key}{key}"), ErrorKind::Key, "2 private keys"),
        (chain.clone(), ErrorKind::Key, "0 private keys"),
        (key.replace("-----END", "-----FIN"), ErrorKind::Key, "does not end"),
        (key.replacen('M', "*", 1), ErrorKind::Key, "cannot be read"),
    ] {
        let error = SoftwareSigner::from_pem(text.as_bytes(), chain.as_bytes()).unwrap_err();
        assert!(error.kind() == kind && error.to_string().contains(words), "{words}: {error}");
        assert_eq!(error.class(), ErrorClass::Operator, "{words}: {error}");
    }
    assert_eq!(SoftwareSigner::from_pem(key.as_bytes(), b"").unwrap_err().kind(), ErrorKind::Certificate);
}

#[test]
fn short_rsa_keys_are_refused() {
    let key = RsaPrivateKey::new(&mut Derived::from_parts(&[b"short"]), 1024).unwrap();
    let error =
        PrivateKey::from_pkcs8_der(&PrivateKey::Rsa(RsaSigningKey::new(key)).to_pkcs8_der().unwrap()).unwrap_err();
    assert!(error.kind() == ErrorKind::Unsupported && error.to_string().contains("1024"), "{error}");
    assert_eq!(error.class(), ErrorClass::Operator);
}

/// RFC 4055, 1.2: what the file of a key says counts, whatever its certificate lets it be used for.
#[test]
fn a_key_kept_for_pss_signs_nothing_else() {
    let kept = include_bytes!("../../tests/keys/vectors/pss-sha256.pem");
    let authority = Authority::new(b"kept", Time::from_unix(1_800_000_000)).unwrap();
    let kept = authority.issue(Subscriber::new("Kept").private_key(kept).unwrap()).unwrap();
    let pss = |digest, mask, salt_len| SignatureAlgorithm::RsaPss { digest, mask, salt_len };
    assert_eq!(kept.identity.algorithm(), pss(Sha256, Sha256, 32));
    for forbidden in [SignatureAlgorithm::RsaPkcs1(Sha256), pss(Sha512, Sha512, 64), pss(Sha256, Sha256, 31)] {
        let error = kept.clone().with_algorithm(forbidden).unwrap_err();
        assert!(
            error.kind() == ErrorKind::Key && error.to_string().contains("may not be used with anything but"),
            "{error}"
        );
        assert!(kept.sign(&SigningInput::new(b"a message".to_vec(), forbidden)).is_err(), "{forbidden}");
    }
    // Asked for what they do already, keys keep their parameters.
    let longer = pss(Sha256, Sha256, 40);
    let longer = kept.with_algorithm(longer).unwrap().with_pss().unwrap().with_digest(Sha256).unwrap();
    assert_eq!(longer.identity.algorithm(), pss(Sha256, Sha256, 40));
}

#[test]
fn a_mask_of_sha_1_is_not_chosen() {
    let signer = issue("Alice", KeyType::Rsa2048);
    let error = signer.with_algorithm(SignatureAlgorithm::RsaPss { digest: Sha256, mask: Sha1, salt_len: 20 });
    let error = error.unwrap_err();
    assert!(error.kind() == ErrorKind::Key && error.to_string().contains("mask of PSS is made with SHA-1"), "{error}");
}

/// Keys that nobody signs with are told by what they are, and what to do.
#[test]
fn forms_that_are_not_supported_are_named() {
    use crate::pki::cms::element::{INTEGER, OCTET_STRING, SEQUENCE, context, tlv};
    let (one, long) = (tlv(INTEGER, &[&[1]]), tlv(INTEGER, &[&[0], &[0x81; 256]]));
    let rsa = |version: u8, exponent: &[u8], more: &[u8]| {
        let exponent = tlv(INTEGER, &[exponent]);
        tlv(SEQUENCE, &[&tlv(INTEGER, &[&[version]]), &long, &exponent, &one, &one, &one, &one, &one, &one, more])
    };
    let others = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&one, &one, &one])]);
    let curve = tlv(context(0), &[&tlv(SEQUENCE, &[&one])]);
    let number = tlv(OCTET_STRING, &[&[1; 32]]);
    for (key, cause, advice) in [
        (rsa(1, &[3], &others), "more than two primes", "openssl genpkey"),
        (rsa(0, &[1; 9], &[]), "exponent has 65 bits", "openssl genpkey"),
        (tlv(SEQUENCE, &[&one, &number, &curve]), "spells its curve out", "-param_enc named_curve"),
    ] {
        let error = SoftwareSigner::from_der(&key, [&key]).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Unsupported, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains(cause) && error.advice().unwrap().contains(advice), "{error}");
    }
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
        prop_assert!(SoftwareSigner::from_der(&bytes, [&bytes]).is_err());
        prop_assert!(SoftwareSigner::from_pkcs12(&bytes, &key).is_err());
    }
}

/// Each backend signs, and each verifies what either signed.
#[cfg(feature = "aws-lc")]
mod backends {
    use super::*;
    use crate::pki::key::Backend::{AwsLc, Pure};
    use crate::pki::key::PublicKey;
    use crate::pki::key::edwards::EdwardsKey;

    fn algorithms(signer: &SoftwareSigner) -> Vec<SignatureAlgorithm> {
        let digests = [Sha256, Sha384, Sha512, Sha3_256];
        match signer.identity.algorithm() {
            SignatureAlgorithm::RsaPkcs1(_) => {
                let short_salt = SignatureAlgorithm::RsaPss { digest: Sha256, mask: Sha256, salt_len: 20 };
                let other_mask = SignatureAlgorithm::RsaPss { digest: Sha256, mask: Sha384, salt_len: 32 };
                let plain = digests.map(SignatureAlgorithm::RsaPkcs1).into_iter();
                plain.chain(digests.map(SignatureAlgorithm::rsa_pss)).chain([short_salt, other_mask]).collect()
            }
            SignatureAlgorithm::Ecdsa(_) => digests.map(SignatureAlgorithm::Ecdsa).to_vec(),
            fixed => vec![fixed],
        }
    }

    /// A salt that AWS-LC draws: of one digest's length, and the mask's digest the message's.
    fn is_drawn(algorithm: SignatureAlgorithm) -> bool {
        [Sha256, Sha384, Sha512].map(SignatureAlgorithm::rsa_pss).contains(&algorithm)
    }

    #[test]
    fn the_same_input_gives_the_same_value_but_for_drawn_salts() {
        for key in TYPES {
            let signer = issue("same", *key);
            for algorithm in algorithms(&signer) {
                let sign = |backend| signer.key.sign_by(backend, algorithm, b"a message").unwrap();
                assert_eq!(sign(Pure), sign(Pure), "{key:?} {algorithm}");
                assert_eq!(sign(AwsLc) == sign(AwsLc), !is_drawn(algorithm), "{key:?} {algorithm}");
                assert_eq!(sign(AwsLc) == sign(Pure), !is_drawn(algorithm), "{key:?} {algorithm}");
            }
        }
    }

    #[test]
    fn each_backend_judges_alike_whatever_either_signed() {
        for key in TYPES {
            let signer = issue("alike", *key);
            let public = signer.key.public_key();
            for algorithm in algorithms(&signer) {
                for value in [Pure, AwsLc].map(|by| signer.key.sign_by(by, algorithm, b"a message").unwrap()) {
                    let holds =
                        |by, message: &[u8], value: &[u8]| public.verify_by(by, algorithm, message, value) == Ok(());
                    let mut broken = value.clone();
                    *broken.last_mut().unwrap() ^= 1;
                    let longer = [&value[..], &[0]].concat();
                    for by in [Pure, AwsLc] {
                        assert!(holds(by, b"a message", &value), "{key:?} {algorithm} {by:?}");
                        assert!(!holds(by, b"a massage", &value), "{key:?} {algorithm} {by:?}");
                        for wrong in [&broken[..], &longer, &value[1..], &[]] {
                            assert!(!holds(by, b"a message", wrong), "{key:?} {algorithm} {by:?}");
                        }
                    }
                }
            }
        }
    }

    /// A value whose R is the neutral element, made with the private key: it verifies without cofactors, and is forbidden here.
    #[test]
    fn an_ed25519_value_with_a_weak_point_is_refused_by_both() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let number = "a0000a78db7a82c4c93e9993fa593de3ae8f9c2be437041e83562bebd74d4907";
        let number = (0..32).map(|at| u8::from_str_radix(&number[2 * at..2 * at + 2], 16).unwrap());
        let value: Vec<u8> = [1].into_iter().chain([0; 31]).chain(number).collect();
        let lenient: &dyn ed25519_dalek::Verifier<ed25519_dalek::Signature> = &key.verifying_key();
        assert!(lenient.verify(b"m", &ed25519_dalek::Signature::from_slice(&value).unwrap()).is_ok());
        let public = PublicKey::Edwards(EdwardsKey::from_ed25519(key.verifying_key()));
        for by in [Pure, AwsLc] {
            assert!(public.verify_by(by, SignatureAlgorithm::Ed25519, b"m", &value).is_err(), "{by:?}");
        }
    }
}
