//! Pictures of what changed: the marks stand where the report says, in the colour of what it says.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::Path;

use pades_ltv::render::{self, Comparison, Picture};
use pades_ltv::{Document, ErrorKind, Time, TrustStore, Verification};

const GREEN: [u8; 3] = [0, 150, 60];
const RED: [u8; 3] = [215, 20, 30];

/// Page `page` of a vector, as its first signature covers it and as it is.
fn compared(name: &str, page: usize) -> pades_ltv::Result<Comparison> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/modification/{name}.pdf"));
    let file = std::fs::read(path).unwrap();
    let document = Document::open(&file)?;
    let now: Time = "2026-10-07T00:25:23Z".parse()?;
    let report = Verification::new(&document, &TrustStore::new(), now).verify();
    let first = report.signatures.iter().find(|one| one.field == "Signature1").unwrap();
    render::changes(&document, first, page)
}

fn has(picture: &Picture, color: [u8; 3]) -> bool {
    picture.rgba().chunks(4).any(|pixel| pixel[..3] == color)
}

/// White that was tinted.
fn tinted(color: [u8; 3]) -> [u8; 3] {
    color.map(|one| u8::midpoint(255, one))
}

#[test]
fn a_permitted_change_is_framed_in_green() {
    let Comparison { before, after } = compared("filling_text_good", 1).unwrap();
    assert_eq!((before.width(), before.height()), (300, 300));
    for picture in [&before, &after] {
        assert!(has(picture, GREEN) && !has(picture, RED) && !has(picture, tinted(RED)));
    }
}

#[test]
fn a_forbidden_change_is_red_where_it_is_seen() {
    let Comparison { before, after } = compared("filling_text_bad", 1).unwrap();
    assert!(has(&before, RED) && has(&after, RED));
    let Comparison { before, after } = compared("page_content_bad", 1).unwrap();
    assert!(has(&before, tinted(RED)) && has(&after, tinted(RED)));
    assert_ne!(before, after);
}

#[test]
fn pictures_are_written_as_png() {
    let picture = compared("page_content_bad", 1).unwrap().after;
    let file = picture.to_png().unwrap();
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    decoder.next_frame(&mut pixels).unwrap();
    assert_eq!(pixels, picture.rgba());
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    for page in [0, 3, usize::MAX] {
        assert_eq!(compared("filling_text_good", page).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
