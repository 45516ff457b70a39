//! A B-B and a B-LTA file of every algorithm, and what others say of them.
//!
//! Who judges which (both levels each; OpenSSL 3.0.19, poppler 22.12 over NSS, pyHanko 0.38), and whose files we read in turn
//! (`foreign.rs`, both levels each):
//!
//! ```text
//! algorithm                              pyHanko  openssl cms  pdfsig  pyHanko's read here
//! RSA PKCS#1, SHA-2: 2048, 3072, 4096, 8192  yes      yes        yes       yes
//! RSA PKCS#1, SHA-3: 256, 384, 512           yes      yes        no (b)    no (a)
//! RSA-PSS, SHA-2: 2048, 3072, 8192           yes      yes        yes       yes
//! RSA-PSS, SHA-3: 256, 384, 512              yes      yes        no (b)    yes
//! RSA-PSS, two digests, salt of 20           yes      yes        yes       no (a)
//! ECDSA P-256, P-384, P-521, SHA-2           yes      yes        yes       yes
//! ECDSA P-256, P-384, P-521, SHA-3           yes      yes        no (b)    yes
//! ECDSA Brainpool 256, 384, 512, SHA-2       yes      yes        no (b)    yes
//! ECDSA Brainpool 256, 384, 512, SHA-3       yes      yes        no (b)    yes
//! Ed25519, Ed448                             yes      no (c)     no (b)    yes
//! ML-DSA-44, -65, -87                        yes      no (c)     no (b)    yes
//! ```
//!
//! (a) asn1crypto has no name of its own for PKCS#1 v1.5 over SHA-3, so pyHanko does not sign so, and it signs PSS with one digest and a salt as long.
//! (b) NSS knows neither SHA-3, Brainpool, ML-DSA, nor EdDSA in CMS. (c) OpenSSL 3.0 has no EdDSA in CMS, and no ML-DSA.

use pades_ltv::DigestAlgorithm::{self, Sha3_256, Sha3_384, Sha3_512, Sha256, Sha384, Sha512};
use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::report::Level;
use pades_ltv::{Document, Indication, SignatureAlgorithm, SoftwareSigner};

use crate::common::{World, all, now, pdf};
use crate::extract;
use crate::tools::{self, Tools};

/// Which judges know the algorithm, besides ourselves.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    /// OpenSSL 3.0, poppler and pyHanko.
    ByAll,
    /// OpenSSL 3.0 and pyHanko.
    NotByPoppler,
    /// pyHanko alone.
    ByPyHanko,
}

/// A key that follows from a seed, or one that OpenSSL made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Key {
    Of(KeyType),
    /// 8192 bits, which take too long to be found in a test.
    LongRsa,
}

impl From<KeyType> for Key {
    fn from(kind: KeyType) -> Self {
        Self::Of(kind)
    }
}

struct Case {
    name: &'static str,
    key: Key,
    algorithm: SignatureAlgorithm,
    known: Known,
    /// The ISO/TS that the file declares.
    extensions: &'static [&'static str],
}

fn case(
    name: &'static str,
    key: impl Into<Key>,
    algorithm: SignatureAlgorithm,
    known: Known,
    extensions: &'static [&'static str],
) -> Case {
    let key = key.into();
    Case { name, key, algorithm, known, extensions }
}

fn cases() -> Vec<Case> {
    use KeyType::*;
    use Known::{ByAll, ByPyHanko, NotByPoppler};
    use SignatureAlgorithm::{Ecdsa, Ed448, Ed25519, MlDsa44, MlDsa65, MlDsa87, RsaPkcs1, RsaPss};
    let pss = SignatureAlgorithm::rsa_pss;
    let mixed = |digest, mask, salt_len| RsaPss { digest, mask, salt_len };
    let sha3: &[&str] = &["32001"];
    let curve: &[&str] = &["32002"];
    vec![
        case("rsa-sha256", Rsa2048, RsaPkcs1(Sha256), ByAll, &[]),
        case("rsa-sha384", Rsa2048, RsaPkcs1(Sha384), ByAll, &[]),
        case("rsa-sha512", Rsa3072, RsaPkcs1(Sha512), ByAll, &[]),
        case("rsa4096-sha256", Rsa4096, RsaPkcs1(Sha256), ByAll, &[]),
        case("rsa8192-sha512", Key::LongRsa, RsaPkcs1(Sha512), ByAll, &[]),
        case("rsa-sha3-256", Rsa2048, RsaPkcs1(Sha3_256), NotByPoppler, sha3),
        case("rsa-sha3-384", Rsa2048, RsaPkcs1(Sha3_384), NotByPoppler, sha3),
        case("rsa-sha3-512", Rsa2048, RsaPkcs1(Sha3_512), NotByPoppler, sha3),
        case("pss-sha256", Rsa2048, pss(Sha256), ByAll, &[]),
        case("pss-sha384", Rsa3072, pss(Sha384), ByAll, &[]),
        case("pss-sha512", Rsa2048, pss(Sha512), ByAll, &[]),
        case("pss8192-sha512", Key::LongRsa, pss(Sha512), ByAll, &[]),
        case("pss-sha3-256", Rsa2048, pss(Sha3_256), NotByPoppler, sha3),
        case("pss-sha3-384", Rsa2048, pss(Sha3_384), NotByPoppler, sha3),
        case("pss-sha3-512", Rsa2048, pss(Sha3_512), NotByPoppler, sha3),
        case("pss-sha512-mgf1-sha256", Rsa2048, mixed(Sha512, Sha256, 20), ByAll, &[]),
        case("p256-sha256", P256, Ecdsa(Sha256), ByAll, &[]),
        case("p384-sha384", P384, Ecdsa(Sha384), ByAll, &[]),
        case("p521-sha512", P521, Ecdsa(Sha512), ByAll, &[]),
        case("p256-sha512", P256, Ecdsa(Sha512), ByAll, &[]),
        case("p256-sha3-256", P256, Ecdsa(Sha3_256), NotByPoppler, sha3),
        case("p384-sha3-384", P384, Ecdsa(Sha3_384), NotByPoppler, sha3),
        case("p521-sha3-512", P521, Ecdsa(Sha3_512), NotByPoppler, sha3),
        case("bp256-sha256", BrainpoolP256, Ecdsa(Sha256), NotByPoppler, curve),
        case("bp384-sha384", BrainpoolP384, Ecdsa(Sha384), NotByPoppler, curve),
        case("bp512-sha512", BrainpoolP512, Ecdsa(Sha512), NotByPoppler, curve),
        case("bp256-sha3-256", BrainpoolP256, Ecdsa(Sha3_256), NotByPoppler, &["32001", "32002"]),
        case("bp384-sha3-384", BrainpoolP384, Ecdsa(Sha3_384), NotByPoppler, &["32001", "32002"]),
        case("bp512-sha3-512", BrainpoolP512, Ecdsa(Sha3_512), NotByPoppler, &["32001", "32002"]),
        case("ed25519", KeyType::Ed25519, Ed25519, ByPyHanko, curve),
        case("ed448", KeyType::Ed448, Ed448, ByPyHanko, &["32001", "32002"]),
        case("mldsa44", KeyType::MlDsa44, MlDsa44, ByPyHanko, &[]),
        case("mldsa65", KeyType::MlDsa65, MlDsa65, ByPyHanko, &[]),
        case("mldsa87", KeyType::MlDsa87, MlDsa87, ByPyHanko, &[]),
    ]
}

#[test]
fn every_algorithm_is_accepted_at_b_b_and_b_lta() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::new(folder.path(), now());
    let base = pdf::table(&["(agreed)"]);
    let mut requests = Vec::new();
    let (mut openssl, mut poppler) = (0, 0);
    let mut world = World::new();
    for case in cases() {
        world.signer = signer(&world.authority, case.key).with_algorithm(case.algorithm).unwrap();
        tools.write("anchor.pem", world.authority.root_pem().as_bytes());
        let signed = world.signed(&base, now());
        let archived = world.archived(&world.stamped(&base, now()), now());
        for (level, bytes) in [(Level::B, &signed), (Level::Lta, &archived)] {
            let report = world.verify_online(bytes, now());
            assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{}: {report:#?}", case.name);
            assert_eq!(report.signatures[0].level, Some(level), "{}", case.name);
            for extension in ["32001", "32002"] {
                let declared = all(bytes, format!("/ExtensionLevel {extension}").as_bytes()).len();
                assert_eq!(declared > 0, case.extensions.contains(&extension), "{} {extension}", case.name);
            }
            let name = format!("{}-{}.pdf", case.name, level.as_str());
            tools.write(&name, bytes);
            openssl += u32::from(judge_cms(&tools, &case, bytes));
            poppler += u32::from(judge_with_poppler(&tools, &case, &name));
            requests.push(format!("{name}={}", level.as_str()));
        }
    }
    println!("openssl cms: {openssl}, pdfsig: {poppler} of {} files", 2 * cases().len());
    let count = requests.len();
    let Some(python) = tools::pyhanko() else { return };
    let words = tools::python(&python, "judge.py", folder.path(), now(), requests);
    let good = words.lines().filter(|line| line.ends_with(": good")).count();
    println!("pyHanko: {good} of {count}");
    assert_eq!(good, count, "{words}");
}

fn signer(authority: &Authority, key: Key) -> SoftwareSigner {
    let subscriber = Subscriber::new("甲野太郎");
    let subscriber = match key {
        Key::Of(kind) => subscriber.key(kind),
        Key::LongRsa => subscriber.private_key(include_bytes!("rsa8192.pem")).unwrap(),
    };
    authority.issue(subscriber).unwrap()
}

/// Whether OpenSSL was asked, and agreed.
fn judge_cms(tools: &Tools<'_>, case: &Case, pdf: &[u8]) -> bool {
    if case.known == Known::ByPyHanko {
        return false;
    }
    let found = extract::signatures(pdf).find(|found| !found.is_timestamp).unwrap();
    tools.write("content", &found.content);
    tools.write("cms", &found.cms);
    let verify = "cms -verify -cades -binary -inform DER -in cms -content content -purpose any";
    tools.assert_openssl(case.name, &format!("{verify} -CAfile anchor.pem -out verified"));
    true
}

/// Whether poppler was asked, and agreed.
fn judge_with_poppler(tools: &Tools<'_>, case: &Case, name: &str) -> bool {
    if case.known != Known::ByAll {
        return false;
    }
    let Some(words) = tools.run("pdfsig", &["-nocert", name]) else { return false };
    assert_eq!(words.count("Signature is Valid"), 1, "{name}: {}", words.text);
    true
}

/// A second signature with other algorithms declares more, which does not touch the first.
#[test]
fn later_signatures_declare_more() {
    let mut world = World::with_key(KeyType::Ed25519);
    let once = world.signed(&pdf::table(&["(agreed)"]), now());
    world.signer = world.authority.issue("somebody else").unwrap().with_digest(Sha3_256).unwrap();
    let twice = world.signed(&once, now());
    let report = world.verify_online(&twice, now());
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{report:#?}");
    assert_eq!(all(&twice[once.len()..], b"/ExtensionLevel 32002").len(), 1);
    assert_eq!(all(&twice[once.len()..], b"/ExtensionLevel 32001").len(), 1);
    assert_eq!(Document::open(twice.as_slice()).unwrap().revisions().len(), 3);
}

#[test]
fn digests_fit_the_key_or_are_refused() {
    let world = World::with_key(KeyType::Ed448);
    assert!(world.signer.clone().with_digest(DigestAlgorithm::Shake256).is_ok());
    let error = world.signer.with_digest(Sha256).unwrap_err();
    assert_eq!(error.kind(), pades_ltv::ErrorKind::Key);
    assert!(error.to_string().contains("Ed448 signs with SHAKE256, not with SHA-256"), "{error}");
    let world = World::new();
    assert_eq!(world.signer.with_pss().unwrap_err().kind(), pades_ltv::ErrorKind::Key);
}
