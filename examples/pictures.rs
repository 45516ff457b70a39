//! Draws every page that changed after a signature, as it was and as it is: `cargo run --features render --example pictures -- FILE DIR`.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use pades_ltv::{Document, Time, TrustStore, Verification, render};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, folder] = arguments.as_slice() else { return Err("usage: pictures FILE DIR".into()) };
    let file = std::fs::read(file)?;
    let document = Document::open(&file)?;
    // What changed does not depend on whom one trusts.
    let report = Verification::new(&document, &TrustStore::new(), Time::from(std::time::SystemTime::now())).verify();
    for (number, signature) in (1..).zip(&report.signatures) {
        let told: BTreeSet<usize> = signature.changes.iter().filter_map(|change| change.page).collect();
        // A change of what a page shows is told of an object, and not always of the page.
        let pages = if signature.changes.iter().all(|change| change.page.is_some()) {
            told
        } else {
            told.into_iter().chain([1]).collect()
        };
        for page in pages.into_iter().filter(|_| !signature.changes.is_empty()) {
            let pictures = match render::changes(&document, signature, page) {
                Ok(pictures) => pictures,
                Err(error) => {
                    eprintln!("{} page {page}: {error}", signature.field);
                    continue;
                }
            };
            for (picture, what) in [(pictures.before, "before"), (pictures.after, "after")] {
                let name = format!("signature{number}-page{page}-{what}.png");
                std::fs::write(Path::new(folder).join(&name), picture.to_png()?)?;
                println!("{name}: {}, {} x {}", signature.field, picture.width(), picture.height());
            }
        }
    }
    Ok(())
}
