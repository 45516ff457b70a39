//! A contract signed by a key that never leaves its HSM, archived to B-LTA, and verified.
//!
//! Any HSM or smart card with a PKCS #11 module does; here it is SoftHSM (`apt-get install softhsm2`), with a token made for the occasion.
//!
//! `cargo run --release --example hsm` writes `target/hsm/contract.pdf` and its anchor.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

use pades_ltv::authority::{Authority, Subscriber};
use pades_ltv::pkcs11::{Pin, Pkcs11Key};
use pades_ltv::{Augmentation, Document, Evidence, Indication, Language, Signing, Time, Verification};

const FOLDER: &str = "target/hsm";
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "2718";
const TOWNS: [&str; 4] = ["東町", "西町", "南町", "北町"];

fn main() -> Result<(), Box<dyn Error>> {
    // In production these are an accredited authority and the internet; here, an authority in memory.
    let time = std::env::args().nth(1);
    let now = time.as_ref().map_or_else(|| Ok(Time::from(SystemTime::now())), |time| time.parse())?;
    let authority = Authority::new("the HSM example", now)?;
    let service = Subscriber::new("電子契約サービス (demo)");
    let (world, trust) = (authority.at(now), authority.anchors());
    if time.is_none() {
        return with_own_softhsm(&authority.private_key_pem(service)?, now);
    }

    // Where the key is. Certificates that the token has need not be given; the PIN may come from a callback instead.
    let signer = Pkcs11Key::from_uri("pkcs11:token=contracts;object=witness")?
        .module(MODULE)
        .pin(Pin::new(PIN))
        .certificates(certificates(&authority, service)?)
        .open()?;
    println!("{signer:?}");

    // One contract, to B-LTA.
    let pdf = include_bytes!("contract.pdf").as_slice();
    let document = Document::open(pdf)?;
    let signature = Signing::new(&document, now).reason("承認しました").sign(&signer)?.timestamp(&world)?.finish()?;
    let signed = signature.document(&document)?;
    let evidence = Evidence::collect(&signed, &trust, &world, now)?;
    let archive = Augmentation::new(&signed, now).evidence(&evidence).timestamp(&world)?;
    let contract = signature.then(archive)?.apply(pdf)?;
    std::fs::write(Path::new(FOLDER).join("contract.pdf"), &contract)?;
    std::fs::write(Path::new(FOLDER).join("anchor.pem"), authority.root_pem())?;

    // Many at once, one for each town: the threads share the signer, which has a session for each.
    thread::scope(|scope| {
        let sign = |reason| Signing::new(&document, now).reason(reason).sign(&signer)?.timestamp(&world)?.finish();
        let threads = TOWNS.map(|reason| scope.spawn(move || sign(reason)));
        for thread in threads {
            let update = thread.join().map_err(|_| "a thread panicked")??;
            println!("one more, {} bytes", update.bytes().len());
        }
        Ok::<(), Box<dyn Error>>(())
    })?;

    let report = Verification::new(&Document::open(contract.as_slice())?, &trust, now).verify();
    print!("{}", report.to_text(Language::Japanese));
    println!("{FOLDER}/contract.pdf, and whom to trust for it: {FOLDER}/anchor.pem");
    if report.verdict() == Some(Indication::TotalPassed) { Ok(()) } else { Err("the contract does not verify".into()) }
}

/// The service's certificate and those above it. A CA issues them for the key's public half.
fn certificates(authority: &Authority, service: Subscriber) -> pades_ltv::Result<Vec<Vec<u8>>> {
    let identity = pades_ltv::Signer::identity(&authority.issue(service)?)?;
    Ok(identity.certificates().map(<[u8]>::to_vec).collect())
}

/// What an administrator does once: makes a token, and a key on it. Then this program again, with SoftHSM's
/// environment and the same authority.
fn with_own_softhsm(private_key: &str, now: Time) -> Result<(), Box<dyn Error>> {
    let folder = std::path::absolute(FOLDER)?;
    let (tokens, conf, key) = (folder.join("tokens"), folder.join("softhsm2.conf"), folder.join("key.pem"));
    if tokens.exists() {
        std::fs::remove_dir_all(&tokens)?;
    }
    std::fs::create_dir_all(&tokens)?;
    std::fs::write(&conf, format!("directories.tokendir = {}\n", tokens.display()))?;
    std::fs::write(&key, private_key)?;
    let key = key.to_str().ok_or("the path is not UTF-8")?;
    let init = ["--init-token", "--free", "--label", "contracts", "--so-pin", "3141", "--pin", PIN];
    let import = ["--import", key, "--token", "contracts", "--label", "witness", "--id", "01", "--pin", PIN];
    let (program, now) = (std::env::current_exe()?, now.to_string());
    let steps: [(&Path, &[&str]); 3] =
        [("softhsm2-util".as_ref(), &init), ("softhsm2-util".as_ref(), &import), (&program, &[&now])];
    for (program, arguments) in steps {
        let status = Command::new(program).args(arguments).env("SOFTHSM2_CONF", &conf).status();
        let status = status.map_err(|fault| format!("{}: {fault}; apt-get install softhsm2", program.display()))?;
        if arguments == import {
            std::fs::remove_file(key)?;
        }
        if !status.success() {
            return Err(format!("{} {status}", program.display()).into());
        }
    }
    Ok(())
}
