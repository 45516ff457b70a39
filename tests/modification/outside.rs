//! No false alarm: what other programs do to signed files, where they are installed, and long histories of our own.
//!
//! The programs are those of the python that `PYHANKO_PYTHON` names, or of `python3`.

use std::path::Path;
use std::process::Command;

use pades_ltv::report::{ChangeKind, Modification};
use pades_ltv::{Certification, Document, Signing};

use crate::common::{World, now, pdf};

/// A page with a form and a remark.
const FORM: [(usize, &str); 9] = [
    (1, "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>"),
    (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
    (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</Font<</Helv 5 0 R>>>>/Annots[6 0 R 7 0 R]>>"),
    (4, "<</Fields[6 0 R 7 0 R]/DA(/Helv 9 Tf 0 g)/DR<</Font<</Helv 5 0 R>>>>>>"),
    (5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"),
    (6, "<</Type/Annot/Subtype/Widget/FT/Tx/T(date)/V()/DA(/Helv 9 Tf 0 g)/Rect[10 10 90 25]/F 4/P 3 0 R>>"),
    (
        7,
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(agreed)/V/Off/AS/Off/MK<</CA(4)>>/DA(/ZaDb 0 Tf 0 g)/Rect[10 50 20 60]/F 4/AP<</N<</Yes 8 0 R/Off 9 0 R>>>>/P 3 0 R>>",
    ),
    (8, "<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length 11>>\nstream\n0 0 9 9 re f\nendstream"),
    (9, "<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length 3>>\nstream\nq Q\nendstream"),
];

fn form(world: &World, certification: Certification) -> Vec<u8> {
    let objects: Vec<(usize, String)> =
        FORM.iter().map(|(number, body)| (*number, body.replace("/Length 11", "/Length 12"))).collect();
    let objects: Vec<(usize, &str)> = objects.iter().map(|(number, body)| (*number, body.as_str())).collect();
    let id = "/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]";
    let base = pdf::table_with(&objects, id);
    let document = Document::open(&base).unwrap();
    let signing = Signing::new(&document, now()).certify(certification);
    signing.sign(&world.signer).unwrap().finish().unwrap().apply(&base).unwrap()
}

/// What `how` of `outside.py` makes of `file`; none where its program is not installed.
fn changed(how: &str, file: &[u8]) -> Option<Vec<u8>> {
    let python = std::env::var("PYHANKO_PYTHON").unwrap_or_else(|_| "python3".into());
    let module = how.split('_').next().unwrap().replace("mupdf", "pymupdf");
    let has = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        println!("skipped: no {module}");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.pdf");
    let mut source = folder.path().join("in.pdf");
    if module == "pymupdf" {
        // It appends to the file that it opened.
        source.clone_from(&target);
    }
    std::fs::write(&source, file).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modification/outside.py");
    let mut command = Command::new(&python);
    let output = command.arg(script).arg(how).arg(&source).arg(&target).current_dir(folder.path()).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{how}: {words}");
    let changed = std::fs::read(target).unwrap();
    assert!(changed.starts_with(file) && changed.len() > file.len(), "{how} appended nothing");
    Some(changed)
}

/// The first signature permits all that followed, which is this much and has this kind of thing in it.
#[track_caller]
fn assert_permitted(world: &World, file: &[u8], level: Modification, kind: ChangeKind) {
    let report = world.verify(file, now());
    for signature in &report.signatures {
        assert!(signature.changes.iter().all(|change| change.allowed), "{signature:#?}");
    }
    let first = &report.signatures[0];
    assert_eq!(first.modification, level, "{first:#?}");
    assert!(first.changes.iter().any(|change| change.kind == kind), "{:#?}", first.changes);
}

#[test]
fn comments_by_others_are_permitted_where_comments_are() {
    let world = World::new();
    for how in ["mupdf_comments", "pypdf_comments"] {
        let Some(file) = changed(how, &form(&world, Certification::Annotate)) else { continue };
        assert_permitted(&world, &file, Modification::Annotate, ChangeKind::Annotation);
        let file = changed(how, &form(&world, Certification::FillForms)).unwrap();
        let report = world.verify(&file, now());
        assert!(report.signatures[0].changes.iter().any(|change| !change.allowed), "{how}");
    }
}

#[test]
fn forms_filled_by_others_are_permitted_between_signatures() {
    let world = World::new();
    for how in ["mupdf_fill", "pypdf_fill", "pyhanko_fill"] {
        let Some(file) = changed(how, &form(&world, Certification::FillForms)) else { continue };
        assert_permitted(&world, &file, Modification::Form, ChangeKind::FormField);
        let file = world.signed(&file, now());
        assert_permitted(&world, &file, Modification::Form, ChangeKind::FormField);
        let report = world.verify(&file, now());
        let filled = report.signatures[0].changes.iter().find(|change| change.field.as_deref() == Some("date"));
        let filled = filled.unwrap_or_else(|| panic!("{how}: {report:#?}"));
        assert_eq!((filled.old.as_deref(), filled.new.as_deref()), (Some(""), Some("2026-10-07")), "{how}");
        assert_eq!((filled.page, filled.by.as_deref()), (Some(1), Some("甲野太郎")), "{how}");
        let file = changed(how, &form(&world, Certification::NoChanges)).unwrap();
        let report = world.verify(&file, now());
        assert!(report.signatures[0].changes.iter().any(|change| !change.allowed), "{how}");
    }
}

#[test]
fn twenty_signatures_are_permitted() {
    let world = World::new();
    // One of each style: the other programs take their time.
    for (_, base) in pdf::bases().into_iter().step_by(3) {
        let mut file = base.clone();
        for _ in 0..20 {
            file = world.signed(&file, now());
        }
        assert_permitted(&world, &file, Modification::Form, ChangeKind::Signature);
        let Some(file) = changed("pyhanko_signs", &world.signed(&base, now())) else { continue };
        assert_permitted(&world, &file, Modification::Form, ChangeKind::Signature);
        assert_eq!(world.verify(&file, now()).signatures.len(), 21);
    }
}

#[test]
fn evidence_and_timestamps_by_others_are_permitted() {
    let world = World::new();
    for (_, base) in pdf::bases().into_iter().step_by(3) {
        let signed = world.signed(&base, now());
        let Some(file) = changed("pyhanko_archives", &signed) else { return };
        assert_permitted(&world, &file, Modification::Lta, ChangeKind::DocumentTimestamp);
        let Some(file) = changed("pyhanko_archives", &world.archived(&signed, now())) else { return };
        assert_permitted(&world, &file, Modification::Lta, ChangeKind::SecurityStore);
    }
}

/// Linearized by qpdf, and with both kinds of cross-reference by hand.
#[test]
fn linearized_and_hybrid_bases_are_no_change() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let mut bases = vec![hybrid()];
    std::fs::write(folder.path().join("in.pdf"), pdf::table(&[])).unwrap();
    let qpdf = Command::new("qpdf").args(["--linearize", "in.pdf", "out.pdf"]).current_dir(folder.path()).status();
    match qpdf {
        Ok(status) if status.success() => bases.push(std::fs::read(folder.path().join("out.pdf")).unwrap()),
        _ => println!("skipped: no qpdf"),
    }
    for base in bases {
        let file = world.archived(&world.signed(&world.signed(&base, now()), now()), now());
        assert_permitted(&world, &file, Modification::Form, ChangeKind::Signature);
        let Some(file) = changed("pyhanko_archives", &file) else { continue };
        assert_permitted(&world, &file, Modification::Form, ChangeKind::DocumentTimestamp);
    }
}

/// A table for older readers, and a stream that hides one object from them.
fn hybrid() -> Vec<u8> {
    let mut file = pdf::table(&[]);
    let start = file.windows(4).position(|window| window == b"xref").unwrap();
    let tail = String::from_utf8(file.split_off(start)).unwrap();
    let hidden = file.len();
    file.extend(b"5 0 obj\n<</Hidden true>>\nendobj\n");
    let stream = file.len();
    let data = format!("01{hidden:06x}00>");
    let head =
        format!("6 0 obj\n<</Type/XRef/W[1 3 1]/Index[5 1]/Size 7/Filter/ASCIIHexDecode/Length {}>>", data.len());
    file.extend(format!("{head}\nstream\n{data}\nendstream\nendobj\n").into_bytes());
    let table = file.len();
    let tail = tail.replace("trailer\n<<", &format!("6 1\n{stream:010} 00000 n \ntrailer\n<</XRefStm {stream}"));
    let tail = tail.replace("/Size 4", "/Size 7");
    let tail = tail.split("startxref").next().unwrap().to_owned();
    file.extend(format!("{tail}startxref\n{table}\n%%EOF\n").into_bytes());
    file
}
