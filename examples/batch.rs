//! An envelope (封筒) of twenty contracts: one question to the key, twenty results.
//!
//! The key is a remote service. It is asked once, for all digests together: one authorisation, one PIN, one round trip.
//! What goes wrong with one contract stays with that contract.
//!
//! `cargo run --release --example batch [FOLDER]` writes the signed contracts to FOLDER, or to `target/envelope/`.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::SystemTime;

use pades_ltv::authority::{Authority, Device};
use pades_ltv::{Batch, Document, ErrorClass, Identity, Result, Signing, SigningInput, Time, UtcOffset};

const ENVELOPE: usize = 20;

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let folder: PathBuf = std::env::args_os().nth(1).map_or_else(|| "target/envelope".into(), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    let now = Time::from(SystemTime::now());
    let authority = Authority::new("the batch example", now)?;
    let (service, tsa) = (SigningService(authority.device("電子契約サービス (demo)")?), authority.at(now));

    // Twenty contracts; the tenth has been signed already, by a job that came twice.
    let contract = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contract.pdf"))?;
    let signed = service.sign_alone(&contract, now)?;
    let file = |number| if number == 10 { signed.clone() } else { contract.clone() };
    let envelope: Vec<Vec<u8>> = (1..=ENVELOPE).map(file).collect();
    let documents = envelope.iter().map(|file| Document::open(file.as_slice())).collect::<Result<Vec<_>>>()?;
    let signings: Vec<Signing> = (1..).zip(&documents).map(|(number, one)| agreement(one, number, now)).collect();

    // Hashed on all processors, signed in one exchange, verified and stamped on all processors. `CscSigner::sign_all`
    // fits in here.
    let batch = Batch::new(&signings).threads(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
    let signed = batch.sign_with(&service.identity()?, |inputs| service.sign_all(inputs));
    let updates = batch.finish(signed, |one| one.timestamp(&tsa));

    // Each result is in the place of its document: written, or put aside with what a queue has to know.
    let mut written = Vec::new();
    for ((number, update), contract) in (1..).zip(updates).zip(&envelope) {
        match update.and_then(|update| update.apply(contract)) {
            Ok(file) => {
                std::fs::write(folder.join(format!("{number:02}.pdf")), file)?;
                written.push(number);
            }
            Err(error) => {
                let next = match error.class() {
                    ErrorClass::Retryable => "try again later",
                    ErrorClass::Operator => "somebody has to look at it",
                    _ => "put aside",
                };
                println!("{number:02}: {next}: {error}");
            }
        }
    }
    std::fs::write(folder.join("anchor.pem"), authority.root_pem())?;
    println!("{} of {ENVELOPE} signed: {}", written.len(), folder.display());
    Ok(())
}

/// What stands in one party's signature.
fn agreement<'d>(document: &'d Document<'d>, number: usize, now: Time) -> Signing<'d> {
    let japan = UtcOffset::east(9, 0);
    Signing::new(document, now)
        .field("FIELD_2336416_0")
        .reason(format!("甲野太郎 様 が{} JSTに承認しました（封筒 {number}/{ENVELOPE}）", now.display_in(japan)))
        .location("日本")
        .utc_offset(japan)
}

/// A stand-in for a remote service that signs many digests in one call.
struct SigningService(Device);

impl SigningService {
    fn identity(&self) -> Result<Identity> {
        Identity::new(self.0.certificates())
    }

    fn sign_alone(&self, contract: &[u8], now: Time) -> Result<Vec<u8>> {
        let document = Document::open(contract)?;
        let prepared = agreement(&document, 10, now).prepare(&self.identity()?)?;
        let value = self.0.sign_digest(&prepared.input().digest())?;
        prepared.complete(&document, &value)?.finish()?.apply(contract)
    }

    /// One round trip, however many there are.
    fn sign_all(&self, inputs: &[&SigningInput]) -> Vec<Result<Vec<u8>>> {
        println!("one question with {} digests", inputs.len());
        inputs.iter().map(|input| self.0.sign_digest(&input.digest())).collect()
    }
}
