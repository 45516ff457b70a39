//! Hybrid files: what readers of both ages see. And places beyond 4 GiB.

use std::io;

use pades_ltv::preflight::Preflight;
use pades_ltv::report::Code;
use pades_ltv::{Document, ErrorKind, Indication, Signer, Signing, Source, fuzzing};

use crate::common::{World, now, only};
use crate::matrix::hybrid;
use crate::{archived, verified};

/// The same file for a reader that does not know `/XRefStm`.
fn for_old_readers(pdf: &[u8]) -> Vec<u8> {
    let mut pdf = pdf.to_vec();
    let at = only(&pdf, b"/XRefStm");
    pdf[at..at + 8].copy_from_slice(b"/XRefOld");
    pdf
}

/// What is appended to a hybrid file hides nothing, and no `/XRefStm` of it points to the past (ISO 32000-2, 7.5.8.4).
#[test]
fn readers_of_both_ages_see_what_is_appended() {
    let (world, base) = (World::new(), hybrid());
    let numbers = |pdf: &[u8]| fuzzing::numbers(&Document::open(pdf).unwrap());
    assert_eq!(numbers(&base), [1, 2, 3, 4, 6, 7]);
    assert_eq!(numbers(&for_old_readers(&base)), [1, 2, 3, 4]);
    let made = archived(&world, &base).unwrap();
    let (new, old) = (numbers(&made), numbers(&for_old_readers(&made)));
    let hidden: Vec<_> = new.iter().filter(|number| !old.contains(number)).collect();
    assert_eq!(hidden, [&6, &7]);
    let old = for_old_readers(&made);
    let report = verified(&world, &Document::open(&old).unwrap()).unwrap();
    assert_eq!(report.signatures.len(), 2, "{report:#?}");
}

/// Two documents in one file are never passed, whichever of them somebody saw when signing.
#[test]
fn a_hybrid_file_with_two_views_is_not_passed() {
    let world = World::new();
    let mut base = hybrid();
    // The hidden section says where the page is, too: elsewhere than the table does.
    let index = only(&base, b"/Index[6 2]");
    base[index..index + 11].copy_from_slice(b"/Index[2 2]");
    let made = archived(&world, &base).unwrap();
    let report = verified(&world, &Document::open(&made).unwrap()).unwrap();
    assert_ne!(report.verdict(), Some(Indication::TotalPassed), "{report:#?}");
    let finding = report.signatures[0].findings.iter().find(|finding| finding.code == Code::Structure);
    assert!(finding.is_some_and(|finding| finding.message.contains("object 2 twice")), "{report:#?}");
}

/// A file with nothing but NUL, which is white space, between its header and what stands at `place`.
struct Sparse {
    place: u64,
    end: Vec<u8>,
}

impl Source for Sparse {
    fn len(&self) -> io::Result<u64> {
        Ok(self.place + length(&self.end))
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        for (at, byte) in (offset..).zip(buffer) {
            let in_end = at.checked_sub(self.place).and_then(|at| self.end.get(usize::try_from(at).unwrap()));
            let in_header = usize::try_from(at).ok().and_then(|at| b"%PDF-1.7\n".get(at));
            *byte = in_header.or(in_end).copied().unwrap_or(0);
        }
        Ok(())
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap()
}

/// One page, all of it from `place` on; with a table where `has_table`, else with a cross-reference stream.
fn sparse(place: u64, has_table: bool) -> Sparse {
    let mut end = Vec::new();
    let mut offsets = Vec::new();
    for (number, body) in [
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
    ] {
        offsets.push(place + length(&end));
        end.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
    }
    let start = place + length(&end);
    if has_table {
        end.extend(b"xref\n0 4\n0000000000 65535 f \n");
        offsets.iter().for_each(|offset| end.extend(format!("{offset:010} 00000 n \n").into_bytes()));
        end.extend(b"trailer\n<</Size 4/Root 1 0 R>>\n");
    } else {
        offsets.push(start);
        end.extend(b"4 0 obj\n<</Type/XRef/Size 5/Index[1 4]/W[1 8 0]/Length 36/Root 1 0 R>>\nstream\n");
        offsets.iter().for_each(|offset| end.extend([&[1][..], &offset.to_be_bytes()].concat()));
        end.extend(b"\nendstream\nendobj\n");
    }
    end.extend(format!("startxref\n{start}\n%%EOF\n").into_bytes());
    Sparse { place, end }
}

#[test]
fn places_beyond_4_gib_are_read_and_10_digits_are_the_end_of_tables() {
    let world = World::new();
    let identity = world.signer.identity().unwrap();
    const GIB: u64 = 1 << 30;
    // A table holds ten digits; this base still fits, and what would be appended does not.
    let last = 9_999_999_999 - 500;
    for (place, has_table, fits) in [
        (5 * GIB, true, true),
        (5 * GIB, false, true),
        (last, true, false),
        (last, false, true),
        (50 * GIB, false, true),
    ] {
        let document = Document::open(sparse(place, has_table)).unwrap();
        assert_eq!((fuzzing::objects(&document), fuzzing::pages(&document)), (if has_table { 3 } else { 4 }, Some(1)));
        assert!(document.revisions()[0].end() > place);
        let preflight: Result<Preflight, _> = Signing::new(&document, now()).preflight(&identity);
        match preflight {
            Ok(preflight) => assert!(fits && preflight.file_len > document.len(), "{place}"),
            Err(error) => {
                assert!(!fits, "{place}: {error}");
                assert_eq!(error.kind(), ErrorKind::Limit);
                assert!(error.to_string().contains("beyond what a cross-reference table can hold"), "{error}");
                let error = Signing::new(&document, now()).prepare(&identity).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Limit, "before anything is hashed or signed");
            }
        }
    }
}
