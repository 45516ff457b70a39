//! Files that hold more than anybody needs: what is too much is left out by a bound that the report names, and no verdict suffers.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../common/mod.rs"]
mod common;

use pades_ltv::report::Code;
use pades_ltv::{Document, Indication, Report, Signing};

use common::asn1::{self, Cms};
use common::{World, clock, days, now, pdf, signature, verdict};

fn says(report: &Report, words: &str) -> bool {
    let own = report.signatures.iter().flat_map(|one| &one.findings);
    report.findings.iter().chain(own).any(|finding| finding.message.contains(words))
}

/// A document security store of a hundred thousand entries, a thousand and more of them certificates of one name.
#[test]
fn a_store_of_a_hundred_thousand_certificates() {
    let world = World::new();
    let root = world.authority.root_der();
    let streams: Vec<String> = (0..1_200_u16)
        .map(|number| {
            let mut der = root.to_vec();
            let at = der.len() - 2;
            let [high, low] = number.to_be_bytes();
            (der[at], der[at + 1]) = (der[at] ^ high, der[at + 1] ^ low);
            let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("<</Filter/ASCIIHexDecode/Length {}>>\nstream\n{hex}>\nendstream", hex.len() + 1)
        })
        .collect();
    let list: String = (0..100_000).map(|number| format!("{} 0 R ", 6 + number % 1_200)).collect();
    let list = format!("[{list}]");
    let mut objects = vec![
        (1, "<</Type/Catalog/Pages 2 0 R/DSS 4 0 R>>"),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
        (4, "<</Certs 5 0 R>>"),
        (5, list.as_str()),
    ];
    objects.extend(streams.iter().enumerate().map(|(index, stream)| (6 + index, stream.as_str())));
    let base = pdf::table_with(&objects, "");
    let report = world.verify_online(&world.stamped(&base, now()), now().after(days(1)));
    assert_eq!(report.verdict(), Some(Indication::TotalPassed), "{:#?}", report.findings);
    assert!(says(&report, "/Certs has more values than the 1000 that are read (Limits::certificates)"), "{report:#?}");
}

/// Three thousand timestamps in one signature: none of them counts, and the signature is judged without.
#[test]
fn a_signature_of_three_thousand_timestamps() {
    let world = World::new();
    let base = pdf::table(&[]);
    let document = Document::open(base.as_slice()).unwrap();
    let signed = Signing::new(&document, now()).timestamp_room(24_000).sign(&world.signer).unwrap();
    let mut file = signed.finish().unwrap().apply(&base).unwrap();
    let hole = pdf::holes(&file).remove(0);
    let mut cms = Cms::read(&pdf::contents(&file, &hole));
    let tokens: Vec<Vec<u8>> =
        (0..3_000_u16).map(|number| asn1::tlv(asn1::SEQUENCE, &[&asn1::tlv(4, &[&number.to_be_bytes()])])).collect();
    cms.signer().unsigned.push(asn1::attribute(asn1::SIGNATURE_TIMESTAMP, &asn1::slices(&tokens)));
    pdf::fill(&mut file, &hole, &cms.to_der());
    let report = world.verify_online(&file, now().after(days(1)));
    let one = signature(&report, "Signature1");
    assert_eq!((verdict(one).as_str(), one.intact), ("TOTAL-PASSED", true), "{one:#?}");
    assert!(says(&report, "more than 32 timestamps (Limits::signature_timestamps)"), "{one:#?}");
    assert!(one.findings.iter().all(|finding| finding.code != Code::SignatureValue), "{one:#?}");
}

/// A hundred document timestamps over a store of two megabytes: each covers it, and each costs the same.
#[test]
fn many_timestamps_over_a_large_store() {
    let world = World::new();
    let large = format!("<</Length {}>>\nstream\n{}\nendstream", 2 << 20, "0".repeat(2 << 20));
    let base = pdf::table_with(
        &[
            (1, "<</Type/Catalog/Pages 2 0 R/DSS 4 0 R>>"),
            (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
            (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
            (4, "<</Certs[5 0 R]>>"),
            (5, &large),
        ],
        "",
    );
    let mut file = base;
    let mut took = Vec::new();
    for count in 1..=100 {
        file = world.sealed(&file, now());
        if count == 10 || count == 100 {
            let evidence = world.evidence(&file, now());
            let begun = clock::computed();
            let report = world.verify_with(&file, now(), &evidence);
            took.push(clock::computed().saturating_sub(begun));
            assert_eq!((report.signatures.len(), report.verdict()), (count, Some(Indication::TotalPassed)));
        }
    }
    println!("{took:?} for 10 and 100 timestamps");
    // Ten times as many; were each judged with all others, it would be a hundred times as much.
    assert!(took[1] < took[0] * 40, "{took:?}");
}
