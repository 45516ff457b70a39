//! From a key on a token to B-LTA, judged by us and by whom else there is.

use std::path::Path;
use std::process::Command;

use pades_ltv::authority::{KeyType, Subscriber};
use pades_ltv::pkcs11::{Pin, PinPurpose};
use pades_ltv::report::Level;
use pades_ltv::{
    Augmentation, DigestAlgorithm, Document, ErrorClass, ErrorKind, Evidence, Indication, SignatureAlgorithm, Signer,
    Signing, Verification,
};

use crate::common::{CONTRACT, days, now};
use crate::softhsm::{Access, PIN, SoftHsm, refusal, subscriber, wanted, with_softhsm};

const PSS: SignatureAlgorithm =
    SignatureAlgorithm::RsaPss { digest: DigestAlgorithm::Sha256, mask: DigestAlgorithm::Sha256, salt_len: 32 };

/// The contract, signed, stamped, with its evidence and a document timestamp.
fn archive(hsm: &SoftHsm, signer: &impl Signer) -> Vec<u8> {
    let (world, trust) = (hsm.authority.at(now()), hsm.authority.anchors());
    let base = Document::open(CONTRACT).unwrap();
    let signature = Signing::new(&base, now()).sign(signer).unwrap().timestamp(&world).unwrap().finish().unwrap();
    let signed = signature.document(&base).unwrap();
    let evidence = Evidence::collect(&signed, &trust, &world, now()).unwrap();
    let archive = Augmentation::new(&signed, now()).evidence(&evidence).timestamp(&world).unwrap();
    signature.then(archive).unwrap().apply(CONTRACT).unwrap()
}

fn assert_archived(hsm: &SoftHsm, pdf: &[u8], name: &str) {
    let (document, trust) = (Document::open(pdf).unwrap(), hsm.authority.anchors());
    let report = Verification::new(&document, &trust, now()).verify();
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{name}: {report:#?}");
    assert_eq!(report.signatures[0].level, Some(Level::Lta), "{name}");
}

#[test]
fn every_kind_of_key_reaches_b_lta() {
    with_softhsm("levels::every_kind_of_key_reaches_b_lta", "", |hsm| {
        hsm.token("contracts");
        let mut requests = Vec::new();
        for (index, key, algorithm) in [
            (1, KeyType::Rsa2048, None),
            (1, KeyType::Rsa2048, Some(PSS)),
            (2, KeyType::P256, None),
            (3, KeyType::P384, None),
            (4, KeyType::P521, None),
            (5, KeyType::Ed25519, None),
            (2, KeyType::P256, Some(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512))),
        ] {
            let (label, subscriber) = (format!("{key:?}"), subscriber(key));
            let name = format!(
                "{label}-{}.pdf",
                algorithm.map_or("default".to_owned(), |one| one.to_string().replace(' ', "-"))
            );
            if algorithm.is_none() {
                hsm.key_with_chain("contracts", &label, &format!("0{index}"), &subscriber);
            }
            let mut key = wanted(&label);
            if let Some(algorithm) = algorithm {
                key = key.algorithm(algorithm);
            }
            let signer = key.open().unwrap();
            let identity = signer.identity().unwrap();
            assert!(identity.certificates().eq(hsm.chain(&subscriber)), "{name}: the chain is not that of the token");
            let pdf = archive(hsm, &signer);
            assert_archived(hsm, &pdf, &name);
            hsm.write(&name, &pdf);
            requests.push(format!("{name}=B-LTA"));
        }
        hsm.write("anchor.pem", hsm.authority.root_pem().as_bytes());
        judge(hsm.folder(), &requests);
    });
}

/// pyHanko agrees, where it is; and poppler.
fn judge(folder: &Path, requests: &[String]) {
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if Command::new(&python).args(["-c", "import pyhanko"]).output().is_ok_and(|run| run.status.success()) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/judge.py");
        let run = Command::new(&python)
            .arg(script)
            .arg(now().to_string())
            .args(requests)
            .current_dir(folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert_eq!(said.matches(": good").count(), requests.len(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    } else {
        println!("skipped: no pyHanko in {python}");
    }
    // Poppler does not know EdDSA.
    for request in requests.iter().filter(|request| !request.starts_with("Ed25519")) {
        let name = request.split_once('=').unwrap().0;
        let Ok(run) = Command::new("pdfsig").args(["-nocert", name]).current_dir(folder).output() else {
            println!("skipped: no pdfsig");
            return;
        };
        let said = String::from_utf8_lossy(&run.stdout);
        assert_eq!(said.matches("Signature is Valid").count(), 1, "{name}: {said}");
    }
}

#[test]
fn a_mechanism_that_the_token_lacks_is_named() {
    let options = "slots.mechanisms = CKM_SHA256,CKM_SHA256_RSA_PKCS";
    with_softhsm("levels::a_mechanism_that_the_token_lacks_is_named", options, |hsm| {
        hsm.token("contracts");
        let (elliptic, rsa) = (subscriber(KeyType::P256), subscriber(KeyType::Rsa2048));
        hsm.key_with_chain("contracts", "elliptic", "01", &elliptic);
        hsm.key_with_chain("contracts", "rsa", "02", &rsa);
        let error = refusal(wanted("elliptic"));
        assert!((error.kind(), error.class()) == (ErrorKind::Unsupported, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("CKM_ECDSA or CKM_ECDSA_SHA256"), "{error}");
        assert!(refusal(wanted("rsa").algorithm(PSS)).to_string().contains("CKM_RSA_PKCS_PSS"));
        assert!(refusal(wanted("rsa").pss()).to_string().contains("CKM_RSA_PKCS_PSS"));
        assert!(refusal(wanted("rsa").digest(DigestAlgorithm::Sha512)).to_string().contains("CKM_SHA512_RSA_PKCS"));
        assert_eq!(refusal(wanted("elliptic").pss()).kind(), ErrorKind::Key);
        // Without CKM_RSA_PKCS the token hashes for itself.
        let signer = wanted("rsa").open().unwrap();
        assert_archived(hsm, &archive(hsm, &signer), "CKM_SHA256_RSA_PKCS");
        // What does not fit the key is said before the token is asked.
        let error = refusal(wanted("rsa").algorithm(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)));
        assert!((error.kind(), error.class()) == (ErrorKind::Key, ErrorClass::Permanent), "{error}");
    });
}

#[test]
fn an_expired_certificate_signs_nothing() {
    with_softhsm("levels::an_expired_certificate_signs_nothing", "", |hsm| {
        hsm.token("contracts");
        let ended = Subscriber::new("Ended").valid(now().before(days(1)), now().after(days(1)));
        hsm.key_with_chain("contracts", "ended", "01", &ended);
        let signer = wanted("ended").open().unwrap();
        let document = Document::open(CONTRACT).unwrap();
        let error = Signing::new(&document, now().after(days(2))).sign(&signer).unwrap_err();
        assert!((error.kind(), error.class()) == (ErrorKind::Certificate, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("has expired"), "{error}");
    });
}

#[test]
fn a_key_may_want_its_pin_for_every_signature() {
    with_softhsm("levels::a_key_may_want_its_pin_for_every_signature", "", |hsm| {
        hsm.token("contracts");
        let access = Access::new("contracts");
        for key in [KeyType::Rsa2048, KeyType::P256] {
            let pem = hsm.authority.private_key_pem(subscriber(key)).unwrap();
            access.write_wary_key(&format!("{key:?}"), &pem);
        }
        let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let note = std::sync::Arc::clone(&asked);
        let key = wanted("Rsa2048").certificates(hsm.chain(&subscriber(KeyType::Rsa2048))).pin_from(move |request| {
            note.lock().unwrap().push(request.purpose());
            Ok(Pin::new(PIN))
        });
        let signer = key.open().unwrap();
        assert_archived(hsm, &archive(hsm, &signer), "always authenticate");
        // The token was logged in already, by the one who made the keys.
        assert_eq!(*asked.lock().unwrap(), [PinPurpose::Signature]);
        // SoftHSM has no ECDSA that hashes, and there is no other way.
        let key = wanted("P256").certificates(hsm.chain(&subscriber(KeyType::P256)));
        match key.open() {
            Ok(signer) => assert_archived(hsm, &archive(hsm, &signer), "always authenticate, P-256"),
            Err(error) => assert!(error.to_string().contains("CKA_ALWAYS_AUTHENTICATE"), "{error}"),
        }
    });
}
