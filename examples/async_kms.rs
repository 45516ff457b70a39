//! A key in a cloud KMS, a timestamp authority and the internet, all asked with `async`.
//!
//! No trait of this library is needed for that: what waits for the world is a plain value. `Prepared` says what to
//! sign, `Signed` what to stamp, a `Collector` what to fetch next, and between the question and the answer you await
//! whatever client you have. The futures are `Send`: three contracts go at once below, on one thread or on many.
//! Hashing a large file is work, not waiting: hand `prepare` and `complete` of such to `spawn_blocking`.
//!
//! Here the KMS, the authority and the internet are one small server on the loopback interface, and the HTTP client is
//! thirty lines by hand.
//!
//! `cargo run --example async_kms [FOLDER]` writes the archived contracts to FOLDER, or to `target/async_kms/`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64ct::{Base64, Encoding};
use pades_ltv::authority::{Authority, Device};
use pades_ltv::{
    Augmentation, Collector, Document, Error, ErrorClass, ErrorKind, Fetch, FetchRequest, Identity, Indication, Result,
    Signing, SigningInput, Time, TimestampAuthority, Timestamping, TrustStore, Verification,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

type Anything = Box<dyn std::error::Error>;

fn main() -> std::result::Result<(), Anything> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> std::result::Result<(), Anything> {
    let folder: PathBuf = std::env::args_os().nth(1).map_or_else(|| "target/async_kms".into(), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    let now = Time::from(SystemTime::now());
    let cloud = Cloud::new(now)?;
    let trust = Arc::new(cloud.authority.anchors());
    std::fs::write(folder.join("anchor.pem"), cloud.authority.root_pem())?;
    let network = Arc::new(Network { address: cloud.listen().await? });

    let contract = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contract.pdf"))?;
    let mut contracts = JoinSet::new();
    for number in 1..=3 {
        let (contract, network, trust) = (contract.clone(), Arc::clone(&network), Arc::clone(&trust));
        contracts.spawn(async move { Ok::<_, Error>((number, archive(contract, &network, &trust, now).await?)) });
    }
    while let Some(done) = contracts.join_next().await {
        let (number, file) = done??;
        let report = Verification::new(&Document::open(file.as_slice())?, &trust, now).verify();
        let path = folder.join(format!("contract-{number}.pdf"));
        std::fs::write(&path, &file)?;
        let level = report.signatures.first().and_then(|signature| signature.level);
        let (Some(Indication::TotalPassed), Some(level)) = (report.verdict(), level) else {
            return Err("it does not verify".into());
        };
        println!("{}: {}, {}", path.display(), Indication::TotalPassed, level.as_str());
    }
    Ok(())
}

/// One contract from nothing to B-LTA.
async fn archive(contract: Vec<u8>, network: &Network, trust: &TrustStore, now: Time) -> Result<Vec<u8>> {
    let kms = Kms { network, key_id: "alias/contracts" };

    // B-B: the KMS gets a digest, and nothing else.
    let document = Document::open(contract.as_slice())?;
    let prepared = Signing::new(&document, now).reason("承認しました").prepare(&kms.identity().await?)?;
    let value = kms.sign(prepared.input()).await?;
    let signed = prepared.complete(&document, &value)?;

    // B-T: the authority gets a digest of the signature.
    let request = signed.timestamp_request()?;
    let reply = network.timestamp(&request.to_der()).await?;
    let signature = signed.timestamped(&request, &reply)?.finish()?;

    // B-LT: whatever the collector asks for next.
    let document_with_signature = signature.document(&document)?;
    let mut collector = Collector::new(&document_with_signature, trust, now)?;
    while let Some(request) = collector.next_request() {
        let answer = network.fetch(&request).await;
        collector.answer(&request, answer);
    }
    let evidence = Augmentation::new(&document_with_signature, now).evidence(&collector.finish()?).finish()?;

    // B-LTA: a document timestamp over all of it.
    let preserved = evidence.document(&document_with_signature)?;
    let sealing = Timestamping::new(&preserved, now).prepare()?;
    let reply = network.timestamp(&sealing.request().to_der()).await?;
    let seal = sealing.complete(&preserved, &reply)?;
    signature.then(evidence)?.then(seal)?.apply(&contract)
}

/// A key in a KMS, as its client sees it: a name, and two calls.
struct Kms<'n> {
    network: &'n Network,
    key_id: &'n str,
}

impl Kms<'_> {
    /// The certificates are usually not in the KMS: here it keeps them beside the key.
    async fn identity(&self) -> Result<Identity> {
        let answer = self.call("GetCertificates", json!({ "KeyId": self.key_id })).await?;
        let certificates = answer.get("Certificates").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Identity::new(certificates.iter().map(|one| decoded(Some(one))).collect::<Result<Vec<_>>>()?)
    }

    /// Gives the value as the KMS gives it; whether it is one is for `complete` to say.
    async fn sign(&self, input: &SigningInput) -> Result<Vec<u8>> {
        let request = json!({
            "KeyId": self.key_id,
            "MessageType": "DIGEST",
            "Message": Base64::encode_string(&input.digest()),
            "SigningAlgorithm": "ECDSA_SHA_256",
        });
        decoded(self.call("Sign", request).await?.get("Signature"))
    }

    async fn call(&self, operation: &str, request: Value) -> Result<Value> {
        let (url, body) = (format!("http://kms.example/{operation}"), request.to_string());
        let answer = self.network.post(&url, "application/json", body.as_bytes(), ErrorKind::Signer).await?;
        serde_json::from_slice(&answer).map_err(|fault| {
            Error::new(ErrorKind::Signer, "the KMS answered with no JSON")
                .because(fault)
                .class_is(ErrorClass::Permanent)
        })
    }
}

fn decoded(text: Option<&Value>) -> Result<Vec<u8>> {
    let refuse = || Error::new(ErrorKind::Signer, "the KMS answered with no Base64").class_is(ErrorClass::Permanent);
    Base64::decode_vec(text.and_then(Value::as_str).ok_or_else(refuse)?).map_err(|_| refuse())
}

/// An HTTP client that knows one proxy. Take a real one.
struct Network {
    address: String,
}

/// How long one exchange may take, and how long an answer may be.
const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST: u64 = 1 << 20;

impl Network {
    async fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.post("http://tsa.example/", "application/timestamp-query", request, ErrorKind::Timestamp).await
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        match request {
            FetchRequest::Ocsp { url, body } => {
                self.post(url, "application/ocsp-request", body, ErrorKind::Fetch).await
            }
            other => self.ask("GET", other.url(), "", b"", ErrorKind::Fetch).await,
        }
    }

    async fn post(&self, url: &str, content_type: &str, body: &[u8], kind: ErrorKind) -> Result<Vec<u8>> {
        self.ask("POST", url, content_type, body, kind).await
    }

    async fn ask(&self, method: &str, url: &str, content_type: &str, body: &[u8], kind: ErrorKind) -> Result<Vec<u8>> {
        let head = format!(
            "{method} {url} HTTP/1.0\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let exchange = async {
            let mut stream = TcpStream::connect(&self.address).await?;
            stream.write_all(&[head.as_bytes(), body].concat()).await?;
            let mut answer = Vec::new();
            stream.take(LONGEST).read_to_end(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        };
        let failed = |cause: &str| Error::new(kind, "there is no answer").at(url).because(cause);
        let answer = timeout(PATIENCE, exchange).await.map_err(|_| failed("it took too long"))?;
        let answer = answer.map_err(|fault| failed(&fault.to_string()))?;
        let (head, body) = split(&answer).ok_or_else(|| failed("it is no HTTP"))?;
        match head.split(' ').nth(1) {
            Some("200") => Ok(body.to_vec()),
            Some("500" | "503" | "429") => Err(failed("the server is busy")),
            _ => Err(failed(head.lines().next().unwrap_or_default()).class_is(ErrorClass::Permanent)),
        }
    }
}

/// Head and body of a message.
fn split(message: &[u8]) -> Option<(&str, &[u8])> {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, behind) = message.split_at_checked(end)?;
    Some((std::str::from_utf8(head).ok()?, behind.get(4..)?))
}

/// A stand-in for the KMS, the timestamp authority and all responders: **not for production**.
struct Cloud {
    authority: Authority,
    device: Device,
    now: Time,
}

impl Cloud {
    fn new(now: Time) -> Result<Self> {
        let authority = Authority::new("the KMS example", now)?;
        Ok(Self { device: authority.device("電子契約サービス (demo)")?, authority, now })
    }

    /// Serves on the loopback interface for as long as the runtime lives.
    async fn listen(self) -> std::io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let cloud = Arc::new(self);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let cloud = Arc::clone(&cloud);
                tokio::spawn(async move { cloud.serve(stream).await });
            }
        });
        Ok(address)
    }

    async fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut question = Vec::new();
        while !is_whole(&question) && stream.read_buf(&mut question).await? > 0 {}
        let Some((head, body)) = split(&question) else { return Ok(()) };
        let mut words = head.split(' ');
        let (method, url) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let answer = match self.answer(method, url, body) {
            Ok(body) => [b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), &body].concat(),
            Err(error) => format!("HTTP/1.0 400 {error}\r\n\r\n").into_bytes(),
        };
        stream.write_all(&answer).await
    }

    fn answer(&self, method: &str, url: &str, body: &[u8]) -> std::result::Result<Vec<u8>, Anything> {
        let (services, url) = (self.authority.at(self.now), url.to_owned());
        match (method, url.as_str()) {
            ("POST", "http://kms.example/Sign") => {
                let request: Value = serde_json::from_slice(body)?;
                let value = self.device.sign_digest(&decoded(request.get("Message"))?)?;
                Ok(json!({ "Signature": Base64::encode_string(&value) }).to_string().into_bytes())
            }
            ("POST", "http://kms.example/GetCertificates") => {
                let certificates = self.device.certificates().iter().map(|der| Base64::encode_string(der));
                Ok(json!({ "Certificates": certificates.collect::<Vec<_>>() }).to_string().into_bytes())
            }
            ("POST", "http://tsa.example/") => Ok(services.timestamp(body)?),
            ("POST", _) => Ok(services.fetch(&FetchRequest::Ocsp { url, body: body.to_vec() })?),
            _ => {
                let crl = services.fetch(&FetchRequest::Crl { url: url.clone() });
                Ok(crl.or_else(|_| services.fetch(&FetchRequest::Certificate { url }))?)
            }
        }
    }
}

/// Whether as much of the body is there as the head says.
fn is_whole(question: &[u8]) -> bool {
    let Some((head, body)) = split(question) else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
