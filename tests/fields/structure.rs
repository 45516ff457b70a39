//! Visible signatures in tagged files (ISO 32000-2, 14.7), which keep what PDF/UA asks for.

use pades_ltv::{Appearance, Color, Indication, Placement};

use crate::base::{World, appended, check, pdf_with};
use crate::outside::pyhanko;
use crate::permissions::verdict;

/// A page with a tagged line, and a parent tree of two leaves.
fn tagged() -> Vec<u8> {
    let content = "/P << /MCID 0 >> BDC 60 700 100 1 re f EMC";
    let content = format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let catalog = "/MarkInfo << /Marked true >> /Lang (ja) /StructTreeRoot 5 0 R";
    let objects = [
        content.as_str(),
        "<< /Type /StructTreeRoot /K 6 0 R /ParentTree 8 0 R /ParentTreeNextKey 2 >>",
        "<< /Type /StructElem /S /Document /P 5 0 R /K [7 0 R] >>",
        "<< /Type /StructElem /S /P /P 6 0 R /Pg 3 0 R /K 0 >>",
        "<< /Kids [9 0 R 10 0 R] >>",
        "<< /Limits [0 0] /Nums [0 [7 0 R]] >>",
        "<< /Limits [1 1] /Nums [1 7 0 R] >>",
    ];
    pdf_with(catalog, "/Contents 4 0 R /StructParents 0", &objects)
}

fn ring() -> Appearance {
    Appearance::new().draw(|canvas| canvas.ellipse(30.0, 30.0, 28.0, 28.0).stroke(Color::VERMILION, 3.0))
}

#[test]
fn a_seal_has_its_place_in_a_tagged_file() {
    let (world, base) = (World::new(), tagged());
    let place = Placement::bottom_right(1, 60.0, 60.0, 36.0);
    let first = world.sign(&base, |signing| signing.seal(ring(), place)).unwrap();
    check(&first);
    let update = appended(&base, &first);
    for expected in [
        "/StructParent 2",
        "/TU (Signature1)",
        "/ParentTreeNextKey 3",
        "/S /Form /P 6 0 R",
        "/Type /OBJR",
        "/Limits [1 2]",
        "/Tabs /S",
    ] {
        assert!(update.contains(expected), "{expected}: {update}");
    }
    assert_eq!(verdict(&world, &first), Some(Indication::TotalPassed));

    // Behind a signature the structure stays as it is: verifiers take its change for one of the document.
    let document = pades_ltv::Document::open(&first).unwrap();
    let signing = pades_ltv::Signing::new(&document, world.now).seal(ring(), place.moved(-70.0, 0.0));
    let warnings = signing.preflight(&world.identity()).unwrap().warnings;
    assert!(warnings.iter().any(|warning| warning.code() == "untagged"), "{warnings:?}");
    let second = world.sign(&first, |signing| signing.seal(ring(), place.moved(-70.0, 0.0))).unwrap();
    check(&second);
    assert!(!appended(&first, &second).contains("/StructParent "), "the structure was signed");
    assert_eq!(verdict(&world, &second), Some(Indication::TotalPassed));

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("root.pem"), world.authority.root_pem()).unwrap();
    std::fs::write(folder.path().join("tagged.pdf"), &second).unwrap();
    let Some(words) = pyhanko(folder.path(), &["levels", &world.now.to_string(), "root.pem", "tagged.pdf"]) else {
        return;
    };
    assert_eq!(words, "tagged.pdf Signature1: FORM_FILLING permitted\ntagged.pdf Signature2: NONE permitted\n");
}

#[test]
fn an_invisible_field_needs_no_place() {
    let (world, base) = (World::new(), tagged());
    let signed = world.sign(&base, |signing| signing).unwrap();
    assert!(!appended(&base, &signed).contains("/StructElem"));
}
