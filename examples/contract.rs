//! A whole contract, from two agreements to a file that verifies for decades.
//!
//! A contractor and a city conclude a contract through a witness-type service: the service's key signs for each party once it
//! has agreed. Each signature carries its own timestamp; evidence and a document timestamp close the file. Then anybody verifies
//! it, offline.
//!
//! `cargo run --release --example contract [IN.pdf] [--lang ja|en]` writes `target/contract/`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::{
    Amount, Augmentation, Document, Evidence, Indication, Language, Signer, Signing, Time, TimestampAuthority,
    Transaction, Update, UtcOffset, Verification,
};

/// What the service writes into a party's signature.
struct Agreement {
    field: &'static str,
    party: &'static str,
    mail: &'static str,
}

const CONTRACTOR: Agreement = Agreement { field: "FIELD_2336416_0", party: "甲野太郎", mail: "taro@example.jp" };
const CITY: Agreement =
    Agreement { field: "FIELD_2336416_1", party: "架空市 乙川花子", mail: "hanako@example.jp" };
const JAPAN: (u8, u8) = (9, 0);

fn main() -> Result<(), Box<dyn Error>> {
    let (input, language) = arguments()?;
    let pdf = std::fs::read(&input)?;
    let folder = Path::new("target/contract");
    std::fs::create_dir_all(folder)?;

    // In production these are an HSM, an accredited authority and the internet; here, an authority in memory.
    let now = Time::from(SystemTime::now());
    let authority = Authority::new("the contract example", now)?;
    let service = authority.issue(Subscriber::new("電子契約サービス (demo)").key(KeyType::P256))?;
    let trust = authority.anchors();

    // Each party agrees in its own time, and the service signs as a witness.
    let minutes_ago = |count: u64| now.before(Duration::from_secs(count.saturating_mul(60)));
    let base = Document::open(pdf.as_slice())?;
    let about = about(minutes_ago(20))?;
    let first = agree(&base, &CONTRACTOR, &about, &service, &authority.at(minutes_ago(20)), minutes_ago(20))?;
    let base_with_first = first.document(&base)?;
    let second = agree(&base_with_first, &CITY, &about, &service, &authority.at(minutes_ago(10)), minutes_ago(10))?;
    let agreed = first.then(second)?;

    // Evidence goes in, and a document timestamp over all of it.
    let signed = agreed.document(&base)?;
    let evidence = Evidence::collect(&signed, &trust, &authority.at(now), now)?;
    let archive = Augmentation::new(&signed, now).evidence(&evidence).timestamp(&authority.at(now))?;
    let contract = agreed.then(archive)?.apply(&pdf)?;

    // Anybody can verify it from here on, with nothing but the file and the anchor.
    let document = Document::open(contract.as_slice())?;
    let report = Verification::new(&document, &trust, now).verify();
    let (file, anchor) = (folder.join("contract.pdf"), folder.join("anchor.pem"));
    std::fs::write(&file, &contract)?;
    std::fs::write(&anchor, authority.root_pem())?;
    std::fs::write(folder.join("report.json"), report.to_json("contract.pdf"))?;
    print!("{}", report.to_text(language));
    println!("\n{} ({} bytes, {} before)", file.display(), contract.len(), pdf.len());
    println!("{}", anchor.display());
    if report.verdict() == Some(Indication::TotalPassed) { Ok(()) } else { Err("the contract does not verify".into()) }
}

/// One party agreed: the service signs for it, with a timestamp.
fn agree(
    document: &Document<'_>,
    agreement: &Agreement,
    about: &Transaction,
    service: &impl Signer,
    tsa: &impl TimestampAuthority,
    now: Time,
) -> pades_ltv::Result<Update> {
    let japan = UtcOffset::east(JAPAN.0, JAPAN.1);
    let when = now.display_in(japan);
    Signing::new(document, now)
        .field(agreement.field)
        .reason(format!("{} 様 {} が{when} JSTに承認しました", agreement.party, agreement.mail))
        .location("日本")
        .utc_offset(japan)
        .transaction(about.clone())
        .sign(service)?
        .timestamp(tsa)?
        .finish()
}

/// What the contract is about. The first signature writes it into the metadata, and both sign it.
fn about(agreed: Time) -> pades_ltv::Result<Transaction> {
    let japan = agreed.display_in(UtcOffset::east(JAPAN.0, JAPAN.1));
    let day = japan.split(' ').next().unwrap_or_default();
    Transaction::new("架空市", day.parse()?)?
        .with_counterparty("株式会社架空システムズ")?
        .with_amount(Amount::new("4950000", "JPY")?)
        .with_title("業務委託契約書")
}

fn arguments() -> Result<(PathBuf, Language), Box<dyn Error>> {
    let mut input = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contract.pdf"));
    let mut language = Language::Japanese;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Value(path) => input = path.into(),
            lexopt::Arg::Long("lang") => {
                language = match parser.value()?.to_str() {
                    Some("ja") => Language::Japanese,
                    Some("en") => Language::English,
                    _ => return Err("--lang takes ja or en".into()),
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok((input, language))
}
