//! What cannot be told, and what it costs.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

use crate::pdf::document::Damage;
use crate::pdf::source::Source;

#[test]
fn bytes_that_belong_to_nothing_make_it_unknown() {
    for pdf in both_styles(&[]) {
        let signed = sign(&pdf);
        let junk = |tail: &[u8]| [&signed[..], tail].concat();
        assert_silent(&junk(b"\r\n"), Modification::None);
        for tail in [&b"\n\n "[..], b"9 0 obj null endobj", b"\0"] {
            let found = first(&junk(tail));
            assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
            assert_eq!(found.findings[0].code, Code::StrayBytes);
        }
        let found = first(&evidence(&junk(b"3 0 obj <</Type/Page>> endobj\n"), 1));
        assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
        assert!(found.findings.iter().any(|finding| finding.code == Code::StrayBytes), "{:?}", found.findings);
        // Of a damaged file others may make something else, wherever its front ends.
        let mut damaged = Document::open(&signed).unwrap();
        damaged.set_damage(Damage::Behind("somehow".to_owned()));
        let found = analyse(&damaged, &[Some(damaged.revisions().len() - 1)]).modified.remove(0);
        assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
    }
}

#[test]
fn what_cannot_be_read_is_unknown() {
    let pdf = sign(&table_pdf(&one_page_with(&[]), ""));
    assert_eq!(first(&pdf).modification, Modification::None);
    // An object of the signed revision that is broken could refer to anything that was added later.
    let broken = sign(&table_pdf(&one_page_with(&[(6, "<</A ]>>")]), ""));
    let found = first(&evidence(&broken, 1));
    assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
    assert_eq!(found.findings.last().unwrap().code, Code::ModificationUnknown);
    let document = Document::open(&pdf).unwrap();
    for revision in [None, Some(2), Some(usize::MAX)] {
        let found = analyse(&document, &[revision]).modified.remove(0);
        assert_eq!((found.modification, found.is_permitted), (Modification::Unknown, false));
    }
}

#[test]
fn findings_are_bounded_and_counted() {
    let objects: Vec<(u32, String)> = (10..60).map(|number| (number, format!("<</A {number}>>"))).collect();
    let changed: Vec<(u32, &str)> = objects.iter().map(|(number, _)| (*number, "<</B 1>>")).collect();
    let objects: Vec<(u32, &str)> = objects.iter().map(|(number, text)| (*number, text.as_str())).collect();
    let found = first(&with(&sign(&table_pdf(&one_page_with(&objects), "")), &changed));
    assert_eq!(found.findings.len(), FINDINGS + 1);
    assert!(found.findings[FINDINGS].message.contains("34 further"), "{:?}", found.findings[FINDINGS]);
}

/// A source that counts the bytes that are read from it.
struct Counting<'c> {
    bytes: &'c [u8],
    read: &'c AtomicUsize,
}

impl Source for Counting<'_> {
    fn len(&self) -> std::io::Result<u64> {
        Source::len(self.bytes)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.read.fetch_add(buffer.len(), Ordering::Relaxed);
        self.bytes.read_at(offset, buffer)
    }
}

/// How many bytes are read to analyse a file.
fn cost(pdf: &[u8]) -> usize {
    let read = AtomicUsize::new(0);
    let document = Document::open(Counting { bytes: pdf, read: &read }).unwrap();
    read.store(0, Ordering::Relaxed);
    let revisions: Vec<_> = (1..document.revisions().len()).map(Some).collect();
    let found = analyse(&document, &revisions).modified;
    assert!(found.iter().all(|modified| modified.is_permitted));
    read.load(Ordering::Relaxed)
}

#[test]
fn the_cost_is_linear_in_the_file() {
    let bodies: Vec<(u32, String)> =
        (10..2010).map(|number| (number, format!("<</Private({number})/Next {} 0 R>>", number + 1))).collect();
    let bodies: Vec<(u32, &str)> = bodies.iter().map(|(number, body)| (*number, body.as_str())).collect();
    for pdf in both_styles(&bodies) {
        let mut pdf = sign(&pdf);
        let mut costs = Vec::new();
        for round in 0..60 {
            if round == 20 || round == 40 {
                costs.push(cost(&pdf));
            }
            pdf = if round % 2 == 0 { evidence(&pdf, round) } else { timestamp(&pdf) };
        }
        costs.push(cost(&pdf));
        // Later rounds cost as much as earlier ones, but for the lists that they write again.
        assert!(costs[2] - costs[1] <= (costs[1] - costs[0]) * 3 / 2, "{costs:?}");
    }
}
