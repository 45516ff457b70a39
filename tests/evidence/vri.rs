//! `/VRI` on request: written, merged, and no harm to any reader.

use lopdf::{Dictionary, Object};
use pades_ltv::authority::Shape;
use pades_ltv::{Augmentation, Document, Indication, Vri};

use crate::common::{CONTRACT, World, minutes, now};
use crate::tools;
use crate::worlds::{judged, stamped, world};

fn with_vri(world: &World, pdf: &[u8], vri: Vri) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let augmentation = Augmentation::new(&document, now()).evidence(&world.evidence(pdf, now())).vri(vri);
    augmentation.finish().unwrap().apply(pdf).unwrap()
}

/// The entries of `/VRI`, as somebody else reads them.
pub(crate) fn entries(pdf: &[u8]) -> Vec<(String, Dictionary)> {
    let file = lopdf::Document::load_mem(pdf).unwrap();
    let resolved = |object: &Object| file.dereference(object).unwrap().1.as_dict().unwrap().clone();
    let catalog = file.catalog().unwrap();
    let Ok(dss) = catalog.get(b"DSS") else { return Vec::new() };
    let Ok(vri) = resolved(dss).get(b"VRI").cloned() else { return Vec::new() };
    let vri = resolved(&vri);
    vri.iter().map(|(key, value)| (String::from_utf8(key.clone()).unwrap(), resolved(value))).collect()
}

fn count(entry: &Dictionary, key: &str) -> usize {
    entry.get(key.as_bytes()).and_then(Object::as_array).map_or(0, Vec::len)
}

#[test]
fn it_is_written_on_request_only_and_relates_all_that_a_signature_needs() {
    let world = world("vri", &Shape::new());
    let signed = stamped(&world, CONTRACT, now());
    assert_eq!(entries(&world.extended(&signed, now())).len(), 0);
    for (vri, has_time) in [(Vri::Plain, false), (Vri::Dated, true)] {
        let pdf = with_vri(&world, &signed, vri);
        let found = entries(&pdf);
        let [(key, entry)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(*key, sha1_of_contents(&pdf), "the SHA-1 of /Contents, in upper case");
        assert_eq!(entry.has(b"TU"), has_time);
        // Signer, TSA, their issuer and two responders; answers about signer, TSA, and the issuer.
        assert_eq!((count(entry, "Cert"), count(entry, "OCSP"), count(entry, "CRL")), (5, 3, 0), "{entry:?}");
        assert_eq!(world.verify(&pdf, now()).verdict(), Some(Indication::TotalPassed));
        assert_eq!(with_vri(&world, &pdf, vri), pdf, "nothing new, nothing written");
    }
}

#[test]
fn a_second_signature_gets_its_own_entry_and_the_first_stays() {
    let world = world("two entries", &Shape::new());
    let first = with_vri(&world, &stamped(&world, CONTRACT, now()), Vri::Dated);
    let second = with_vri(&world, &stamped(&world, &first, now()), Vri::Plain);
    let (before, after) = (entries(&first), entries(&second));
    assert_eq!((before.len(), after.len()), (1, 2));
    assert!(after.contains(&before[0]), "{before:?} {after:?}");
    assert_eq!(after.iter().filter(|(_, entry)| entry.has(b"TU")).count(), 1);
    if let Some(python) = tools::pyhanko() {
        let archived = world.sealed(&second, now());
        assert_eq!(judged(&python, &world, &archived, now().after(minutes(1))), "judged.pdf: good");
    }
}

/// The key of the only signature, by plain search.
fn sha1_of_contents(pdf: &[u8]) -> String {
    use sha1::Digest;
    let start = crate::common::only(pdf, b"/Contents <") + b"/Contents <".len();
    let end = start + pdf[start..].iter().position(|byte| *byte == b'>').unwrap();
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
    let bytes: Vec<u8> = pdf[start..end].chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
    sha1::Sha1::digest(&bytes).iter().map(|byte| format!("{byte:02X}")).collect()
}
