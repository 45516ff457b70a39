//! The signer over somebody else's signing service.

use pades_ltv::csc::{AuthorizationMode, CscSigner, HttpCsc, Scal, Service};
use pades_ltv::{Batch, DigestAlgorithm, Document, ErrorKind, SignatureAlgorithm, Signing, TrustStore, Verification};

use crate::common::{now, pdf};
use crate::dummy::Dummy;

fn service(dummy: &Dummy) -> Service {
    Service::new(&dummy.url(), "nobody-looks").unwrap()
}

#[test]
fn the_demonstration_server_signs() {
    for scal in ["1", "2"] {
        let Some(dummy) = Dummy::start(scal) else { return };
        let http = HttpCsc::new();
        let info = http.ask(&service(&dummy).info()).unwrap();
        assert_eq!(info.specs, "1.0.4.0");
        assert!(info.methods.iter().any(|method| method == "signatures/signHash"), "{info:?}");
        let mut ids = http.ask(&service(&dummy).credentials()).unwrap().ids;
        ids.sort();
        assert_eq!(ids, ["demo/ec", "demo/root", "demo/rsa"]);

        let signer = |id: &str| CscSigner::new(http.clone(), service(&dummy), id).unwrap();
        let pss = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha384);
        let sha512 = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512);
        for signer in [
            signer("demo/rsa"),
            signer("demo/rsa").with_algorithm(pss).unwrap(),
            signer("demo/ec"),
            signer("demo/ec").with_algorithm(sha512).unwrap(),
        ] {
            let credential = signer.credential();
            assert_eq!(*credential.mode(), AuthorizationMode::Implicit);
            assert_eq!(credential.scal() == Scal::Two, scal == "2");
            assert_eq!(credential.multisign(), 10);
            signs_an_envelope(&signer);
        }
        let error = signer("demo/ec").with_algorithm(pss).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Key, "{error}");
        let error = CscSigner::new(http.clone(), service(&dummy), "demo/nobody").unwrap_err();
        assert!(error.to_string().contains("404"), "{error}");
    }
}

/// Twelve documents in two authorisations, verified under the server's root.
fn signs_an_envelope(signer: &CscSigner) {
    let files: Vec<Vec<u8>> = (0..12).map(|number| pdf::table(&[format!("({number})").as_str()])).collect();
    let documents: Vec<Document> = files.iter().map(|file| Document::open(file.as_slice()).unwrap()).collect();
    let signings: Vec<Signing> =
        documents.iter().map(|document| Signing::new(document, now()).timestamp_room(0)).collect();
    let identity = signer.credential().identity();
    let mut trust = TrustStore::new();
    trust.add_der(identity.certificates().last().unwrap(), "the demonstration's root").unwrap();
    let signed = Batch::new(&signings).sign_with(identity, |inputs| signer.sign_all(inputs));
    for (signed, file) in signed.into_iter().zip(&files) {
        let file = signed.unwrap().finish().unwrap().apply(file).unwrap();
        let report = Verification::new(&Document::open(file.as_slice()).unwrap(), &trust, now()).verify();
        assert!(report.signatures[0].intact, "{report:#?}");
    }
}
