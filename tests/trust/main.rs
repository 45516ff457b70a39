//! Whom published lists trust, for what and for how long, and what verification makes of it.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod accredited;
mod adobe;
#[path = "../common/mod.rs"]
mod common;
mod etsi;
mod hostile;
mod terms;

use std::path::{Path, PathBuf};

use pades_ltv::TrustStore;

/// A real list of the corpora.
fn corpus(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("PADES_CORPORA").map_or_else(|| "../shared/corpora".into(), PathBuf::from);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("trustlists").join(name);
    let read = std::fs::read(path).ok();
    if read.is_none() {
        println!("skipped: no corpora");
    }
    read
}

/// Every certificate in the last `/Contents` of `pdf`, found by how certificates begin.
fn certificates_in(pdf: &[u8]) -> Vec<Vec<u8>> {
    let (begin, _) = pdf.windows(9).enumerate().filter(|(_, window)| window == b"/Contents").last().unwrap();
    let digits = pdf[begin + 9..]
        .iter()
        .skip_while(|one| !one.is_ascii_hexdigit())
        .take_while(|one| **one != b'>')
        .copied()
        .collect::<Vec<u8>>();
    let digit = |one: u8| u8::try_from(char::from(one).to_digit(16).unwrap()).unwrap();
    let der: Vec<u8> = digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
    let mut found = Vec::new();
    for start in 0..der.len() - 4 {
        let [0x30, 0x82, high, low] = der[start..start + 4] else { continue };
        let end = start + 4 + usize::from(u16::from_be_bytes([high, low]));
        let certificate = der.get(start..end).filter(|der| TrustStore::new().add_der(der, "").is_ok());
        found.extend(certificate.map(<[u8]>::to_vec));
    }
    found
}
