//! Updates of small files of every style, read back.

use proptest::prelude::*;

use super::*;
use crate::pdf::account::account;
use crate::pdf::dss::Dss;
use crate::pdf::evidence::DssAdditions;
use crate::pdf::field::FieldChoice;
use crate::pdf::form::Form;
use crate::pdf::signature::SignatureDictionary;
use crate::pdf::source::Source;
use crate::pdf::specimen;
use crate::pdf::xref::XrefStyle;

fn id(number: u32) -> Ref {
    Ref { number, generation: 0 }
}

fn rewritten(pdf: &[u8], number: u32, value: Object) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let mut writer = UpdateWriter::new(&document).unwrap();
    writer.put(id(number), value);
    specimen::apply(pdf, &writer.finish([1; 16]).unwrap())
}

fn both_styles(objects: &[(u32, &str)]) -> [Vec<u8>; 2] {
    [specimen::table_pdf(objects, specimen::ID), specimen::stream_pdf(objects, specimen::ID)]
}

#[test]
fn each_style_is_answered_in_kind_again_and_again() {
    for (pdf, style) in both_styles(&specimen::ONE_PAGE).into_iter().zip([XrefStyle::Table, XrefStyle::Stream]) {
        let mut updated = pdf.clone();
        for round in 1..=5 {
            let previous = updated.clone();
            updated = rewritten(&updated, 20 + round, Object::Integer(i64::from(round)));
            assert!(updated.starts_with(&previous));
            let document = Document::open(&updated).unwrap();
            let revisions = document.revisions();
            assert_eq!(revisions.len(), 1 + round as usize);
            let last = revisions.last().unwrap();
            assert_eq!((last.style, last.end()), (style, updated.len() as u64));
            assert_eq!(account(&document, round as usize).unwrap(), []);
            assert_eq!(document.trailing(), updated.len() as u64..updated.len() as u64);
            for earlier in 1..=round {
                let found = document.latest().get(id(20 + earlier)).unwrap();
                assert_eq!(found, Object::Integer(i64::from(earlier)));
            }
        }
    }
}

#[test]
fn the_trailer_keeps_what_is_not_of_one_section() {
    for pdf in [
        specimen::table_pdf(&specimen::ONE_PAGE, &format!("{} /Info 2 0 R /Private (x)", specimen::ID)),
        specimen::stream_pdf(&specimen::ONE_PAGE, &format!("{} /Info 2 0 R /Private (x)", specimen::ID)),
    ] {
        let updated = rewritten(&pdf, 9, Object::Boolean(true));
        let (before, after) = (Document::open(&pdf).unwrap(), Document::open(&updated).unwrap());
        let (before, after) = (before.latest().trailer().clone(), after.latest().trailer().clone());
        for key in ["Root", "Info", "Private"] {
            assert_eq!(before.get(key), after.get(key), "{key}");
        }
        let halves = |trailer: &Dictionary| trailer.get("ID").unwrap().as_array().unwrap().to_vec();
        assert_eq!(halves(&before)[0], halves(&after)[0]);
        assert_eq!(halves(&after)[1].as_string().unwrap().bytes, [1; 16]);
        let size = after.get("Size").unwrap().as_integer().unwrap();
        assert!(size >= 10 && size >= before.get("Size").unwrap().as_integer().unwrap());
    }
    let without = rewritten(&specimen::table_pdf(&specimen::ONE_PAGE, ""), 9, Object::Boolean(true));
    assert_eq!(Document::open(&without).unwrap().latest().trailer().get("ID"), None);
}

#[test]
fn a_cross_reference_stream_lists_itself() {
    let updated = rewritten(&specimen::stream_pdf(&specimen::ONE_PAGE, ""), 1, Object::Boolean(true));
    let document = Document::open(&updated).unwrap();
    let last = document.revisions().last().unwrap();
    let is_xref = |object: &Object| matches!(object, Object::Stream(stream) if stream.dictionary.get("Type") == Some(&Object::name("XRef")));
    let objects = last.changed.iter().map(|(number, _)| document.latest().get(id(*number)).unwrap());
    assert_eq!(objects.filter(is_xref).count(), 1);
    assert_eq!(last.changed.len(), 2);
}

#[test]
fn a_hybrid_file_is_answered_without_a_hidden_stream() {
    let base = specimen::table_pdf(&specimen::ONE_PAGE, "");
    let hidden = "<< /Type /XRef /Size 6 /W [1 4 1] /Index [5 1] /Length 6 >>\nstream\n\0\0\0\0\0\0\nendstream";
    let hybrid = specimen::with_section(&base, &[(id(4), hidden)], &format!("/Size 6 /XRefStm {}", base.len()));
    assert_eq!(Document::open(&hybrid).unwrap().revisions().last().unwrap().style, XrefStyle::Hybrid);
    let updated = rewritten(&hybrid, 1, Object::Boolean(true));
    let document = Document::open(&updated).unwrap();
    let last = document.revisions().last().unwrap();
    assert_eq!((last.style, last.trailer.get("XRefStm")), (XrefStyle::Table, None));
    assert_eq!(updated[hybrid.len()], b'\n', "the base ended without a line end");
}

#[test]
fn offsets_count_from_where_the_base_counts() {
    let pdf = [b"a mail gateway's banner\n".as_slice(), &specimen::table_pdf(&specimen::ONE_PAGE, "")].concat();
    let updated = rewritten(&pdf, 9, Object::Integer(9));
    let document = Document::open(&updated).unwrap();
    assert_eq!(document.revisions().len(), 2);
    assert_eq!(document.latest().get(id(9)).unwrap(), Object::Integer(9));
}

#[test]
fn what_did_not_change_is_not_written() {
    for pdf in both_styles(&specimen::ONE_PAGE) {
        let document = Document::open(&pdf).unwrap();
        let mut writer = UpdateWriter::new(&document).unwrap();
        let pages = Place::object(id(2));
        writer.edit_dictionary(&pages).unwrap().set("Count", Object::Integer(1));
        writer.allocate().unwrap();
        let appended = writer.finish([0; 16]).unwrap();
        assert_eq!((appended.bytes, appended.hole), (vec![], None));
    }
}

#[test]
fn old_generations_are_kept() {
    let page = Ref { number: 5, generation: 7 };
    let pages = (id(2), "<< /Type /Pages /Kids [5 7 R] /Count 1 >>");
    let base = specimen::table_pdf(&specimen::ONE_PAGE, "");
    let pdf = specimen::with_section(&base, &[pages, (page, "<< /Type /Page /Parent 2 0 R >>")], "/Size 6");
    let document = Document::open(&pdf).unwrap();
    let mut writer = UpdateWriter::new(&document).unwrap();
    writer.edit_dictionary(&Place::object(page)).unwrap().set("Rotate", Object::Integer(90));
    let updated = specimen::apply(&pdf, &writer.finish([0; 16]).unwrap());
    let document = Document::open(&updated).unwrap();
    let page = document.latest().get(page).unwrap();
    assert_eq!(page.as_dictionary().unwrap().get("Rotate"), Some(&Object::Integer(90)));
}

#[test]
fn streams_come_back_compressed_or_not() {
    for pdf in both_styles(&specimen::ONE_PAGE) {
        let document = Document::open(&pdf).unwrap();
        let mut writer = UpdateWriter::new(&document).unwrap();
        let (long, short) = (vec![b'a'; 10_000], b"\r\nendstream\n".to_vec());
        writer.put_stream(id(30), &long).unwrap();
        writer.put_stream(id(31), &short).unwrap();
        let appended = writer.finish([0; 16]).unwrap();
        assert!(appended.bytes.len() < 1000);
        let updated = specimen::apply(&pdf, &appended);
        let document = Document::open(&updated).unwrap();
        for (number, data) in [(30, long), (31, short)] {
            let Object::Stream(stream) = document.latest().get(id(number)).unwrap() else { panic!() };
            assert_eq!(document.latest().stream_data(&stream).unwrap(), data);
        }
    }
}

#[test]
fn a_stream_of_the_base_takes_its_data_along() {
    let stream = "<< /Length 5 /Kind (a) >>\nstream\nhello\nendstream";
    for pdf in both_styles(&specimen::one_page_with(&[(4, stream)])) {
        let document = Document::open(&pdf).unwrap();
        let Object::Stream(mut stream) = document.latest().get(id(4)).unwrap() else { panic!() };
        stream.dictionary.set("Kind", Object::Integer(1));
        let updated = rewritten(&pdf, 4, Object::Stream(stream));
        let document = Document::open(&updated).unwrap();
        let Object::Stream(stream) = document.latest().get(id(4)).unwrap() else { panic!() };
        assert_eq!(document.latest().stream_data(&stream).unwrap(), b"hello");
        assert_eq!(stream.dictionary.get("Kind"), Some(&Object::Integer(1)));
    }
}

#[test]
fn a_base_whose_encryption_is_malformed_is_refused() {
    let pdf = specimen::table_pdf(&specimen::ONE_PAGE, "/Encrypt 3 0 R");
    let document = Document::open(&pdf).unwrap();
    assert_eq!(UpdateWriter::new(&document).err().unwrap().kind(), ErrorKind::Syntax);
}

#[test]
fn a_signature_is_embedded_padded_or_refused() {
    for pdf in both_styles(&specimen::ONE_PAGE) {
        let document = Document::open(&pdf).unwrap();
        let mut writer = UpdateWriter::new(&document).unwrap();
        writer.put_signature(id(40), specimen::entries(), 4);
        let mut appended = writer.finish([0; 16]).unwrap();
        assert_eq!(appended.capacity(), 4);
        let error = appended.embed(&[0x30; 5]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Capacity);
        assert!(error.to_string().contains("5 bytes are needed, but 4 are reserved"), "{error}");
        appended.embed(&[0x30; 4]).unwrap();
        appended.embed(&[0x31, 0xAB]).unwrap();
        let [before, after] = appended.covered().unwrap();
        let before_hole = [&pdf, before].concat();
        let updated = specimen::apply(&pdf, &appended);
        assert_eq!(updated, [&before_hole, b"<31AB0000>".as_slice(), after].concat());
        let document = Document::open(&updated).unwrap();
        let signature = SignatureDictionary::read(document.latest(), id(40)).unwrap();
        let range = signature.byte_range.unwrap();
        assert_eq!(Some(range), appended.byte_range());
        assert_eq!(range.hole().start, before_hole.len() as u64);
        assert_eq!(range.end(), updated.len() as u64);
        assert_eq!(signature.contents.unwrap().der, [0x31, 0xAB, 0, 0]);
    }
}

#[test]
fn two_signatures_in_one_update_are_refused() {
    let pdf = specimen::table_pdf(&specimen::ONE_PAGE, "");
    let document = Document::open(&pdf).unwrap();
    let mut writer = UpdateWriter::new(&document).unwrap();
    writer.put_signature(id(40), specimen::entries(), 4);
    writer.put_signature(id(41), specimen::entries(), 4);
    assert_eq!(writer.finish([0; 16]).unwrap_err().kind(), ErrorKind::State);
}

#[test]
fn the_same_changes_give_the_same_bytes() {
    for pdf in both_styles(&specimen::ONE_PAGE) {
        let sign = || specimen::signed(&pdf, FieldChoice::Numbered("Signature")).unwrap();
        assert_eq!(sign(), sign());
    }
}

#[test]
fn beyond_ten_gigabytes_a_table_is_refused_and_a_stream_goes_on() {
    for (pdf, is_table) in both_styles(&specimen::ONE_PAGE).into_iter().zip([true, false]) {
        let base = Sparse::from(&pdf);
        let document = Document::open(base.clone()).unwrap();
        let mut writer = UpdateWriter::new(&document).unwrap();
        writer.put_signature(id(40), specimen::entries(), 4);
        let mut appended = match writer.finish([0; 16]) {
            Err(error) => {
                assert!(is_table && error.kind() == ErrorKind::Limit, "{error}");
                continue;
            }
            Ok(appended) => appended,
        };
        assert!(!is_table);
        appended.embed(&[0x30]).unwrap();
        let tail = [base.tail, appended.bytes.clone()].concat();
        let document = Document::open(Sparse { head: base.head, tail }).unwrap();
        let signature = SignatureDictionary::read(document.latest(), id(40)).unwrap();
        let range = signature.byte_range.unwrap();
        assert!(range.hole().start > TEN_GIGABYTES);
        assert_eq!((Some(range), range.end()), (appended.byte_range(), document.len()));
        assert_eq!(account(&document, 1).unwrap(), []);
    }
}

const TEN_GIGABYTES: u64 = 10_000_000_000;

/// A file with a hole of white space, up to its last cross-reference section at byte 10,000,000,000.
#[derive(Clone)]
struct Sparse {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Sparse {
    fn from(pdf: &[u8]) -> Self {
        let ending = pdf.windows(9).rposition(|window| window == b"startxref").unwrap();
        let pointer: usize = String::from_utf8_lossy(&pdf[ending + 10..pdf.len() - 7]).parse().unwrap();
        let mut section = pdf[pointer..ending].to_vec();
        if !section.starts_with(b"xref") {
            // The last entry is the stream's own.
            let own = section.len() - b"\nendstream\nendobj\n".len() - 10;
            section[own..own + 8].copy_from_slice(&TEN_GIGABYTES.to_be_bytes());
        }
        let tail = [section, format!("startxref\n{TEN_GIGABYTES}\n%%EOF\n").into_bytes()].concat();
        Self { head: pdf[..pointer].to_vec(), tail }
    }
}

impl Source for Sparse {
    fn len(&self) -> std::io::Result<u64> {
        Ok(TEN_GIGABYTES + self.tail.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        for (place, byte) in (offset..).zip(buffer) {
            *byte = match place.checked_sub(TEN_GIGABYTES) {
                Some(index) => self.tail[index as usize],
                None => self.head.get(place as usize).copied().unwrap_or(b' '),
            };
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn damaged_files_are_read_and_signed_without_panic(
        is_stream: bool,
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let pdf = both_styles(&specimen::ONE_PAGE)[usize::from(is_stream)].clone();
        let (pdf, _) = specimen::signed(&pdf, FieldChoice::Named("a")).unwrap();
        let additions = DssAdditions { certs: vec![vec![1; 9]], ..DssAdditions::default() };
        let mut pdf = specimen::with_evidence(&pdf, &additions).unwrap();
        for (at, byte) in edits {
            let at = at.index(pdf.len());
            pdf[at] = byte;
        }
        if let Ok(document) = Document::open(&pdf) {
            let view = document.latest();
            let _ = Dss::read(view);
            for field in Form::read(view).iter().flat_map(Form::signatures) {
                field.signature(view).unwrap();
            }
            if let Ok((signed, field)) = specimen::signed(&pdf, FieldChoice::Numbered("b")) {
                let document = Document::open(&signed).unwrap();
                let form = Form::read(document.latest()).unwrap();
                let signature = form.field(&field.name).unwrap().signature(document.latest()).unwrap().unwrap();
                prop_assert_eq!(signature.byte_range.unwrap().end(), signed.len() as u64);
            }
        }
    }
}
