//! Who asks, proved by a certificate, and who answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use pades_ltv::authority::Authority;
use pades_ltv::{Document, Error, ErrorClass, HttpTsa, TimestampAuthority, Timestamping};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::bench::{Bench, P256};
use crate::common::{CONTRACT, now};

/// A root, a server's and two clients' certificates, and a root that nobody here knows.
fn bench() -> Option<Bench> {
    let bench = Bench::new()?;
    bench.root("root", P256);
    bench.root("other", P256);
    bench.issue("server", P256, "root", "subjectAltName=IP:127.0.0.1\n");
    bench.issue("client", P256, "root", "extendedKeyUsage=clientAuth\n");
    bench.issue("stranger", P256, "other", "extendedKeyUsage=clientAuth\n");
    Some(bench)
}

/// A timestamp authority for one client, who must have a certificate from the root.
fn server(bench: &Bench) -> (String, JoinHandle<()>) {
    let chain = CertificateDer::pem_slice_iter(&bench.read("server.pem")).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(&bench.read("server.key")).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&bench.read("root.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_client_cert_verifier(clients).with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // Whoever is not let in hears of it, if the connection stays open until it is read: TLS 1.3 lets a client write before.
        let mut rest = stream.try_clone().unwrap();
        let _ = serve(&mut BufReader::new(StreamOwned::new(ServerConnection::new(config).unwrap(), stream)));
        let _ = rest.shutdown(std::net::Shutdown::Write);
        let _ = rest.read_to_end(&mut Vec::new());
    });
    (url, thread)
}

fn serve(reader: &mut BufReader<StreamOwned<ServerConnection, std::net::TcpStream>>) -> std::io::Result<()> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut query = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut query)?;
    let token = Authority::new("behind TLS", now()).unwrap().at(now()).timestamp(&query).unwrap();
    let reply = crate::server::answer("200 OK", "application/timestamp-reply", &token);
    reader.get_mut().write_all(&reply)?;
    reader.get_mut().flush()
}

fn stamp(bench: &Bench, tell: impl FnOnce(HttpTsa) -> HttpTsa) -> Result<(), Error> {
    let (url, thread) = server(bench);
    let tsa = tell(HttpTsa::new(url).unwrap().timeout(Duration::from_secs(10)));
    let document = Document::open(CONTRACT).unwrap();
    let result = Timestamping::new(&document, now()).timestamp(&tsa).map(drop);
    thread.join().unwrap();
    result
}

#[test]
fn who_asks_and_who_answers_is_proved_by_certificates() {
    let Some(bench) = bench() else { return };
    let root = bench.read("root.pem");
    let known = |tsa: HttpTsa| tsa.server_roots(&root).unwrap();
    let with = |tsa: HttpTsa, name: &str| {
        let [chain, key] = ["pem", "key"].map(|kind| bench.read(&format!("{name}.{kind}")));
        tsa.client_certificate(&chain, &key).unwrap()
    };
    stamp(&bench, |tsa| with(known(tsa), "client")).unwrap();
    stamp(&bench, |tsa| known(with(tsa, "client"))).unwrap();
    for (error, words) in [
        (stamp(&bench, known), "CertificateRequired"),
        (stamp(&bench, |tsa| with(known(tsa), "stranger")), "fatal alert"),
        (stamp(&bench, |tsa| with(tsa, "client")), "UnknownIssuer"),
        (stamp(&bench, |tsa| with(tsa.server_roots(&bench.read("other.pem")).unwrap(), "client")), "UnknownIssuer"),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Operator, "{error}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}
