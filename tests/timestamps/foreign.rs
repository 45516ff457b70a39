//! A real RFC 3161 server: `openssl ts` behind HTTP.

use std::sync::Arc;
use std::time::SystemTime;

use pades_ltv::authority::Authority;
use pades_ltv::{
    DigestAlgorithm, Document, ErrorClass, ErrorKind, HttpTsa, SignatureTimestamping, Signing, Time,
    TimestampAuthority, TimestampTerms, Timestamping, Verification,
};

use crate::bench::{Bench, P256, RSA};
use crate::common::CONTRACT;
use crate::server::{Server, answer};

const CONFIG: &str = "\
[tsa]
default_tsa = server
[server]
serial = serial
crypto_device = builtin
signer_cert = unit.pem
certs = root.pem
signer_key = unit.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.2.1
other_policies = 1.3.6.1.4.1.32473.2.2
digests = sha256, sha384, sha512
accuracy = secs:1
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
";

/// The server, and the folder it works in.
fn server(key: &str) -> Option<(Arc<Bench>, Server)> {
    let bench = Arc::new(Bench::new()?);
    bench.root("root", key);
    bench.issue("unit", key, "root", "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n");
    bench.write("ts.cnf", CONFIG);
    bench.write("serial", "01\n");
    let worker = Arc::clone(&bench);
    let server = Server::new(move |question| {
        worker.write("query.der", &question.body);
        worker.openssl("ts -reply -config ts.cnf -queryfile query.der -out reply.der");
        answer("200 OK", "application/timestamp-reply", &worker.read("reply.der"))
    });
    Some((bench, server))
}

/// The machine's clock: that is the server's, too.
fn now() -> Time {
    Time::from(SystemTime::now())
}

#[test]
fn a_real_server_stamps_signatures_and_documents_on_all_terms() {
    for key in [P256, RSA] {
        let Some((bench, server)) = server(key) else { return };
        let (tsa, now) = (HttpTsa::new(server.url()).unwrap(), now());
        let authority = Authority::new("a real server", now).unwrap();
        let signer = authority.issue("signer").unwrap();
        for (digest, policy) in
            [(DigestAlgorithm::Sha256, "1"), (DigestAlgorithm::Sha384, "2"), (DigestAlgorithm::Sha512, "2")]
        {
            let policy = format!("1.3.6.1.4.1.32473.2.{policy}");
            let terms = TimestampTerms::new().digest(digest).unwrap().policy(&policy).unwrap();
            let document = Document::open(CONTRACT).unwrap();
            let signed = Signing::new(&document, now).sign(&signer).unwrap();
            let bare = Signing::new(&document, now).sign(&signer).unwrap().finish().unwrap().apply(CONTRACT).unwrap();
            let signed = signed.timestamp_with(&tsa, &terms).unwrap().finish().unwrap();
            let stamp =
                Timestamping::new(&signed.document(&document).unwrap(), now).terms(&terms).timestamp(&tsa).unwrap();
            let file = signed.then(stamp).unwrap().apply(CONTRACT).unwrap();
            let late = Document::open(bare.as_slice()).unwrap();
            let late = SignatureTimestamping::new(&late, "Signature1", now).unwrap().terms(&terms);
            let late = late.timestamp(&tsa).unwrap().apply(&bare).unwrap();

            let mut anchors = authority.anchors();
            bench.openssl("x509 -in root.pem -outform DER -out root.der");
            anchors.add_der(&bench.read("root.der"), "OpenSSL").unwrap();
            for file in [&file, &late] {
                let report = Verification::new(&Document::open(file.as_slice()).unwrap(), &anchors, now).verify();
                let json = report.to_json("stamped.pdf");
                assert!(json.contains("\"level\":\"B-T\""), "{digest:?}: {json}");
                let asked = bench.openssl("ts -query -in query.der -text");
                let name = digest.name().to_ascii_lowercase().replace('-', "");
                assert!(
                    asked.contains(&name) && asked.contains(&policy) && asked.contains("Certificate required: yes"),
                    "{asked}"
                );
            }
        }
        // Without a nonce none comes back, and that is well.
        let document = Document::open(CONTRACT).unwrap();
        let terms = TimestampTerms::new().without_nonce();
        assert!(Timestamping::new(&document, now).terms(&terms).timestamp(&tsa).is_ok());
    }
}

#[test]
fn a_real_server_refuses_in_its_own_words() {
    let Some((_bench, server)) = server(P256) else { return };
    let tsa = HttpTsa::new(server.url()).unwrap();
    let document = Document::open(CONTRACT).unwrap();
    let terms = TimestampTerms::new();
    for (terms, words) in [
        (terms.clone().policy("1.2.3.4").unwrap(), "unacceptedPolicy"),
        (terms.clone().digest(DigestAlgorithm::Sha3_256).unwrap(), "badAlg"),
    ] {
        let error = Timestamping::new(&document, now()).terms(&terms).timestamp(&tsa).unwrap_err();
        assert_eq!((error.kind(), error.class()), (ErrorKind::Timestamp, ErrorClass::Operator), "{error}");
        assert!(error.to_string().contains("refused with status 2") && error.to_string().contains(words), "{error}");
    }
    let garbage = tsa.timestamp(b"no request").unwrap();
    let error = Timestamping::new(&document, now()).prepare().unwrap().complete(&document, &garbage).unwrap_err();
    assert!(error.to_string().contains("badDataFormat"), "{error}");
}
