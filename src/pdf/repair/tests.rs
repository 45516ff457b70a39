use proptest::prelude::*;

use super::*;
use crate::pdf::object::{Object, Ref};
use crate::pdf::sample::Sample;

/// Every object of a document but its cross-reference streams: identity, value, data.
fn objects(document: &Document<'_>) -> Vec<(Ref, Object, Vec<u8>)> {
    let view = document.latest();
    let read = |id| {
        let object = view.get(id).unwrap();
        let data = match &object {
            Object::Stream(stream) => view.raw_stream_data(stream).unwrap(),
            _ => Vec::new(),
        };
        // Where data stands is no part of the value.
        let value = object.as_dictionary().cloned().map_or(object, Object::Dictionary);
        (id, value, data)
    };
    let is_xref =
        |object: &Object| object.as_dictionary().is_some_and(|dictionary| scan::is_of_type(dictionary, "XRef"));
    view.live_objects().map(read).filter(|(_, object, _)| !is_xref(object)).collect()
}

fn mended(bytes: &[u8]) -> Result<Repaired<'_>> {
    repair(Box::new(bytes), Limits::default())
}

fn refused(bytes: &[u8]) -> Error {
    mended(bytes).err().expect("it is not refused")
}

/// The file without anything from the last cross-reference section on.
fn without_end(bytes: &[u8]) -> Vec<u8> {
    let document = Document::open(bytes).unwrap();
    let cut = document.revisions().last().unwrap().startxref;
    bytes[..usize::try_from(cut).unwrap()].to_vec()
}

/// The file with every offset of its end pointing nowhere.
fn with_lost_end(bytes: &[u8]) -> Vec<u8> {
    let at = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
    [&bytes[..at], b"startxref\n7\n%%EOF\n"].concat()
}

fn samples() -> Vec<Vec<u8>> {
    let one = || Sample::one_page().object(4, "(some 9 0 obj text)").stream(5, "", b"7 0 obj\n(not one)\nendobj\n");
    let members = b"10 0 11 4 (a) [1 2]";
    let packed = || one().stream(9, "/Type/ObjStm/N 2/First 10", members);
    vec![
        one().table("/Root 1 0 R/Size 6/Info 4 0 R").bytes,
        one().table("/Root 1 0 R/Size 6").object(4, "(newer)").object(6, "[5 0 R]").table("/Root 1 0 R/Size 7").bytes,
        packed().xref_stream(12, "/Root 1 0 R", &[(10, 9, 0), (11, 9, 1)]).bytes,
        packed()
            .xref_stream(12, "/Root 1 0 R", &[(10, 9, 0), (11, 9, 1)])
            .object(10, "(newer)")
            .xref_stream(13, "/Root 1 0 R", &[])
            .bytes,
    ]
}

#[test]
fn a_lost_cross_reference_gives_the_same_objects() {
    for sample in samples() {
        let original = objects(&Document::open(&sample).unwrap());
        for broken in [with_lost_end(&sample), without_end(&sample)] {
            let repaired = mended(&broken).unwrap();
            assert_eq!(objects(&repaired.document), original);
            assert_eq!(repaired.document.revisions().len(), 1);
            assert!(repaired.document.trailing().is_empty());
        }
    }
}

#[test]
fn what_opens_well_is_refused() {
    for sample in samples() {
        let error = refused(&sample);
        assert_eq!(error.kind(), ErrorKind::Repair, "{error}");
        let broken = with_lost_end(&sample);
        let whole = [broken.clone(), mended(&broken).unwrap().appended].concat();
        assert_eq!(refused(&whole).kind(), ErrorKind::Repair);
    }
}

#[test]
fn wrong_lengths_and_missing_ends_are_written_anew() {
    let base = |body: &str| {
        let sample = Sample::one_page();
        let place = sample.offset();
        sample.raw(format!("5 0 obj\n{body}\n").as_bytes()).entry(5, place).table("/Root 1 0 R/Size 6").bytes
    };
    let cases = [
        ("<</Length 3>>\nstream\nlonger\nendstream\nendobj", "longer", RepairFlaw::Length),
        ("<<>>\nstream\nlonger\nendstream\nendobj", "longer", RepairFlaw::Length),
        ("<</Length 6>>\nstream\nlonger\nendstream", "longer", RepairFlaw::End),
        ("(a value)", "", RepairFlaw::End),
    ];
    for (body, data, flaw) in cases {
        let broken = base(body);
        let repaired = mended(&broken).unwrap();
        let steps = &repaired.steps;
        let is_it =
            |step: &RepairStep| matches!(step, RepairStep::Rewritten { number: 5, flaw: found, .. } if *found == flaw);
        assert!(steps.iter().any(is_it), "{body}: {steps:?}");
        let object = objects(&repaired.document).into_iter().find(|(id, ..)| id.number == 5).unwrap();
        assert_eq!(object.2, data.as_bytes(), "{body}");
        let end = repaired.document.latest();
        assert!(matches!(end.examine(object.0), Ok(Length::Right)));
    }
}

#[test]
fn lengths_may_stand_behind_their_streams_and_data_may_look_like_objects() {
    let data = "endstream\nendobj\n7 0 obj\n<</Type/Catalog>>\nendobj";
    let sample = Sample::one_page();
    let place = sample.offset();
    let stream = format!("5 0 obj\n<</Length 6 0 R>>\nstream\n{data}\nendstream\nendobj\n");
    let sample = sample.raw(stream.as_bytes()).entry(5, place).object(6, &data.len().to_string());
    let broken = with_lost_end(&sample.table("/Root 1 0 R/Size 7").bytes);
    let repaired = mended(&broken).unwrap();
    let found = objects(&repaired.document);
    assert_eq!(found.iter().map(|one| one.0.number).collect::<Vec<_>>(), [1, 2, 3, 5, 6]);
    assert_eq!(found[3].2, data.as_bytes());
}

#[test]
fn signatures_are_found_wherever_they_are() {
    let base = || Sample::one_page().table("/Root 1 0 R/Size 4");
    let held = [
        base().object(4, "<</Type/Sig/Filter/X>>"),
        base().object(4, "<</FT/Sig/V<</ByteRange[0 1 2 3]>>>>"),
        base().object(4, "[[<</Type/DocTimeStamp>>]]"),
        base().object(4, "<</Byte#52ange null>>"),
        base().raw(b"4 0 obj\n<</Contents<00>/ByteRange [0 1 2"),
        base().stream(4, "/Type/ObjStm/N 1/First 4", b"5 0 <</Type/Sig>>"),
    ];
    for sample in held {
        let text = String::from_utf8_lossy(&sample.bytes).into_owned();
        let error = refused(&sample.bytes);
        assert_eq!((error.kind(), error.place().is_some()), (ErrorKind::Repair, true), "{text}: {error}");
    }
}

#[test]
fn what_is_left_decides_who_is_the_catalog() {
    let page = Sample::one_page();
    let lost = mended(&page.bytes).unwrap();
    let is_it = |step: &RepairStep| matches!(step, RepairStep::Catalog { number: 1, .. });
    assert!(lost.steps.iter().any(is_it), "{:?}", lost.steps);
    // A trailer that leads nowhere does not count; the one before it does.
    let two = Sample::one_page().table("/Root 1 0 R/Size 4").object(4, "(x)").table("/Root 9 0 R/Size 5");
    let broken = with_lost_end(&two.bytes);
    let repaired = mended(&broken).unwrap();
    assert_eq!(repaired.document.latest().catalog().unwrap().0.number, 1);
    for nothing in [Sample::new(), Sample::new().object(1, "<</Type/Catalog/Pages 2 0 R>>")] {
        assert_eq!(refused(&nothing.bytes).kind(), ErrorKind::Syntax);
    }
    assert_eq!(refused(b"1 0 obj\n<</Type/Catalog>>\nendobj").kind(), ErrorKind::NotPdf);
}

#[test]
fn lost_encryption_is_not_guessed() {
    let dictionary = "<</Filter/Standard/V 1/R 2/P -4/O(o)/U(u)>>";
    let sample = Sample::one_page().object(4, dictionary);
    assert_eq!(refused(&sample.bytes).kind(), ErrorKind::Encrypted);
    let mixed =
        Sample::one_page().object(4, dictionary).table("/Root 1 0 R/Encrypt 4 0 R").object(5, "5").table("/Root 1 0 R");
    assert_eq!(refused(&with_lost_end(&mixed.bytes)).kind(), ErrorKind::Encrypted);
}

#[test]
fn offsets_count_from_the_header() {
    for junk in [&b"x"[..], b"\n", b"junk before the header\n"] {
        let broken = [junk, &with_lost_end(&samples()[0])].concat();
        let repaired = mended(&broken).unwrap();
        assert_eq!(objects(&repaired.document).len(), 5);
    }
}

#[test]
fn the_work_is_bounded() {
    let mut bytes = Sample::one_page().bytes;
    (10..20_000).for_each(|number| bytes.extend(format!("{number} 0 obj(").into_bytes()));
    assert_eq!(refused(&bytes).kind(), ErrorKind::Limit);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is done to the bytes from the cross-reference on, the objects before it are found.
    #[test]
    fn any_damage_to_the_end_gives_the_same_objects(sample in 0usize..4, damage in proptest::collection::vec(any::<u8>(), 1..80), at in 0.0..1.0f64) {
        let sample = samples().swap_remove(sample);
        let document = Document::open(&sample).unwrap();
        let start = usize::try_from(document.revisions().last().unwrap().startxref).unwrap();
        let original = objects(&document);
        let mut broken = sample.clone();
        let at = start + ((sample.len() - start) as f64 * at) as usize;
        for (place, byte) in broken[at..].iter_mut().zip(&damage) {
            *place = *byte;
        }
        let Ok(repaired) = mended(&broken) else { return Ok(()) };
        let mut found = objects(&repaired.document);
        // A cross-reference stream whose type is damaged is a stream like others: 12 and 13, in the samples.
        found.retain(|(id, ..)| !matches!(id.number, 12 | 13));
        prop_assert_eq!(found, original);
    }
}
