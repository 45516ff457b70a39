//! What certifications and locks permit.

use super::*;

/// `/Reference` of a certification.
fn certified(level: u8) -> String {
    format!("[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P {level}/V/1.2>>>>]")
}

/// A signature whose dictionary has a `/Reference`, made by replacing another entry of the same length.
fn certify(pdf: &[u8], level: u8) -> Vec<u8> {
    let reference = certified(level);
    let room = "x".repeat(reference.len() + "/Reference".len() - "/Location ()".len());
    let entries = SignatureEntries { location: Some(room.clone()), reason: None, ..entries() };
    let signed = signed_with(pdf, &entries, |_, _| {});
    let old = format!("/Location ({room})");
    let at = signed.windows(old.len()).position(|window| window == old.as_bytes()).unwrap();
    let mut signed = signed;
    signed[at..at + old.len()].copy_from_slice(format!("/Reference{reference}").as_bytes());
    signed
}

#[test]
fn a_certification_says_what_is_permitted() {
    for pdf in both_styles(&[]) {
        for (level, permits_signing) in [(1, false), (2, true), (3, true)] {
            let pdf = evidence(&certify(&pdf, level), 1);
            assert_silent(&pdf, Modification::Lta);
            assert_silent(&timestamp(&pdf), Modification::Lta);
            let found = first(&sign(&pdf));
            assert_eq!((found.modification, found.is_permitted), (Modification::Form, permits_signing));
            assert_eq!(found.findings.is_empty(), permits_signing, "{:?}", found.findings);
        }
    }
}

#[test]
fn a_lock_says_what_is_permitted_from_its_signature_on() {
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R 21 0 R 22 0 R]>>>>"),
        (20, "<</FT/Sig/T(A)/Lock<</Action/Include/Fields[(B)]>>>>"),
        (21, "<</FT/Sig/T(B)>>"),
        (22, "<</FT/Sig/T(C)/Lock<</Action/Include/Fields[]/P 1>>>>"),
    ];
    for pdf in both_styles(&objects) {
        let fill = |pdf: &[u8], name| specimen::signed(pdf, FieldChoice::Named(name)).unwrap().0;
        assert_silent(&fill(&fill(&pdf, "B"), "A"), Modification::Form);
        assert_refused(&fill(&fill(&pdf, "A"), "B"), "the field \"B\" was signed, which an earlier signature forbids");
        assert_silent(&fill(&fill(&pdf, "A"), "C"), Modification::Form);
        let locked = evidence(&fill(&fill(&pdf, "A"), "C"), 1);
        assert_silent(&locked, Modification::Form);
        let found = first(&sign(&locked));
        assert_eq!((found.modification, found.is_permitted), (Modification::Form, false));
    }
}

#[test]
fn a_lock_of_all_fields_is_one_of_new_fields_too() {
    let lock = |lock: &str| {
        let field = format!("<</FT/Sig/T(A)/Lock<<{lock}>>>>");
        let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R]>>>>";
        let [pdf, _] = both_styles(&[(1, catalog), (20, &field)]);
        specimen::signed(&pdf, FieldChoice::Named("A")).unwrap().0
    };
    for locked in [lock("/Action/All"), lock("/Action/Exclude/Fields[(B)]")] {
        assert_silent(&timestamp(&evidence(&locked, 1)), Modification::Lta);
        assert_refused(&sign(&locked), "the field \"Signature1\" was added, which an earlier signature forbids");
    }
    assert_silent(&sign(&lock("/Action/Exclude/Fields[(Signature1)]")), Modification::Form);
    assert_silent(&sign(&lock("/Action/Include/Fields[(B)]")), Modification::Form);
}
