//! A signature in steps that are days and machines apart, up to a file that verifies for decades.
//!
//! Nothing is kept between the steps but files. Run each as a process of its own, on a machine of its own if you like,
//! with only the files that it names; run it again after a crash, and it writes the same bytes.
//!
//! ```text
//! step      reads                            writes
//! prepare   contract.pdf                     prepared, digest        what is to be signed, before anybody signs
//! sign      digest                           value                   the key, elsewhere: it never sees the contract
//! complete  contract.pdf prepared value      signed, query           the value is verified; a timestamp is asked for
//! stamp     query                            reply                   the timestamp authority
//! finish    contract.pdf signed reply        signed.pdf              B-T
//! preserve  signed.pdf                       preserved.pdf sealing query   B-LT: the evidence goes in
//! stamp     query                            reply
//! seal      preserved.pdf sealing reply      archived.pdf            B-LTA: a document timestamp over all of it
//! verify    archived.pdf                     -                       says what was reached
//! ```
//!
//! `cargo run --example remote_two_phase prepare FOLDER`, and so on; each step says what it wrote. FOLDER needs a `contract.pdf`:
//! `cp examples/contract.pdf FOLDER` to begin with.
//!
//! What is stored is checked before it is used: another contract, another document's answer and damaged files are each
//! refused by name.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use pades_ltv::authority::Authority;
use pades_ltv::{
    Augmentation, Document, Evidence, Identity, Indication, Language, Prepared, PreparedTimestamp, Signed, Signing,
    Time, TimestampAuthority, TimestampRequest, Timestamping, Update, UtcOffset, Verification,
};

/// In their order; `stamp` comes twice.
const STEPS: [&str; 8] = ["prepare", "sign", "complete", "stamp", "finish", "preserve", "seal", "verify"];

type Result<T = (), E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("remote_two_phase: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result {
    let [step, folder] = arguments.as_slice() else {
        return Err(format!("say which step, and in which folder: {}", STEPS.join(", ")).into());
    };
    let folder = Folder(folder.into());
    match step.as_str() {
        "prepare" => prepare(&folder),
        "sign" => sign(&folder),
        "complete" => complete(&folder),
        "stamp" => stamp(&folder),
        "finish" => finish(&folder),
        "preserve" => preserve(&folder),
        "seal" => seal(&folder),
        "verify" => verify(&folder),
        other => Err(format!("there is no step {other}; there are {}", STEPS.join(", ")).into()),
    }
}

/// The application: everything but the signature value.
fn prepare(folder: &Folder) -> Result {
    let contract = folder.read("contract.pdf")?;
    let document = Document::open(contract.as_slice())?;
    let prepared = Signing::new(&document, agreed())
        .reason("甲野太郎 様 taro@example.jp が2026-10-07 09:25:23 +09:00 JSTに承認しました")
        .location("日本")
        .utc_offset(UtcOffset::east(9, 0))
        .prepare(&identity()?)?;
    folder.write("prepared", prepared.to_bytes()?)?;
    folder.write("digest", prepared.input().digest())
}

/// The key: gets a digest, gives a value.
fn sign(folder: &Folder) -> Result {
    let value = authority()?.device(SIGNER)?.sign_digest(&folder.read("digest")?)?;
    folder.write("value", value)
}

/// The application again, maybe on another machine: takes the value, and asks for a timestamp.
fn complete(folder: &Folder) -> Result {
    let contract = folder.read("contract.pdf")?;
    let document = Document::open(contract.as_slice())?;
    let signed = Prepared::from_bytes(&folder.read("prepared")?)?.complete(&document, &folder.read("value")?)?;
    folder.write("signed", signed.to_bytes()?)?;
    folder.write("query", signed.timestamp_request()?.to_der())
}

/// The timestamp authority, a day later: RFC 3161 over whatever transport.
fn stamp(folder: &Folder) -> Result {
    folder.write("reply", authority()?.at(a_day_later()).timestamp(&folder.read("query")?)?)
}

/// Puts the timestamp in. The query is not stored: it follows from the signature.
fn finish(folder: &Folder) -> Result {
    let contract = folder.read("contract.pdf")?;
    let document = Document::open(contract.as_slice())?;
    let signed = Signed::from_bytes(&folder.read("signed")?, &document)?;
    let request: TimestampRequest = signed.timestamp_request()?;
    let update = signed.timestamped(&request, &folder.read("reply")?)?.finish()?;
    folder.append(&update, &contract, "signed.pdf")
}

/// Collects the evidence and prepares a document timestamp over it. Where the responders are far as well, a `Collector`
/// has steps of its own.
fn preserve(folder: &Folder) -> Result {
    let (file, authority, now) = (folder.read("signed.pdf")?, authority()?, a_day_later());
    let document = Document::open(file.as_slice())?;
    let evidence = Evidence::collect(&document, &authority.anchors(), &authority.at(now), now)?;
    let update = Augmentation::new(&document, now).evidence(&evidence).finish()?;
    let prepared = Timestamping::new(&update.document(&document)?, now).prepare()?;
    folder.append(&update, &file, "preserved.pdf")?;
    folder.write("sealing", prepared.to_bytes()?)?;
    folder.write("query", prepared.request().to_der())
}

/// Puts the document timestamp in.
fn seal(folder: &Folder) -> Result {
    let file = folder.read("preserved.pdf")?;
    let document = Document::open(file.as_slice())?;
    let prepared = PreparedTimestamp::from_bytes(&folder.read("sealing")?)?;
    let update = prepared.complete(&document, &folder.read("reply")?)?;
    folder.append(&update, &file, "archived.pdf")
}

/// Anybody, offline.
fn verify(folder: &Folder) -> Result {
    let file = folder.read("archived.pdf")?;
    let document = Document::open(file.as_slice())?;
    let report = Verification::new(&document, &authority()?.anchors(), a_day_later()).verify();
    print!("{}", report.to_text(Language::English));
    if report.verdict() == Some(Indication::TotalPassed) { Ok(()) } else { Err("it does not verify".into()) }
}

// Stand-ins for the world outside. All of it follows from a seed, so that each process finds the same.

const SIGNER: &str = "電子契約サービス (demo)";

fn authority() -> pades_ltv::Result<Authority> {
    Authority::new("the example in two phases", agreed())
}

fn identity() -> pades_ltv::Result<Identity> {
    Identity::new(authority()?.device(SIGNER)?.certificates())
}

fn agreed() -> Time {
    Time::from_unix(1_791_332_723)
}

fn a_day_later() -> Time {
    agreed().after(Duration::from_secs(86_400))
}

/// Where the files are.
struct Folder(PathBuf);

impl Folder {
    fn read(&self, name: &str) -> Result<Vec<u8>> {
        std::fs::read(self.0.join(name)).map_err(|error| format!("{}: {error}", self.path(name).display()).into())
    }

    /// In one piece or not at all, so that a crash leaves no half file for the next step.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result {
        let part = self.0.join(format!("{name}.part"));
        std::fs::write(&part, &bytes)?;
        std::fs::rename(part, self.path(name))?;
        println!("{}: {} bytes", self.path(name).display(), bytes.as_ref().len());
        Ok(())
    }

    /// The file with `update`. A service would rather append to the file itself: `update.append_to(&mut file)`.
    fn append(&self, update: &Update, base: &[u8], name: &str) -> Result {
        self.write(name, update.apply(base)?)
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(&self.0).join(name)
    }
}
