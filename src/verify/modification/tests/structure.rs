//! What may change in the structure of a tagged file.

use super::*;

fn tagged() -> [Vec<u8>; 2] {
    both_styles(&[
        (1, "<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 50 0 R>>"),
        (50, "<</K 51 0 R/ParentTree 53 0 R/ParentTreeNextKey 1>>"),
        (51, "<</S/Document/P 50 0 R/K[52 0 R]>>"),
        (52, "<</S/P/P 51 0 R/Pg 3 0 R/K 0>>"),
        (53, "<</Kids[54 0 R]>>"),
        (54, "<</Limits[0 0]/Nums[0[52 0 R]]>>"),
    ])
}

/// A signature in a new field with the element 90, and what differs from the right way to have one.
fn signed(pdf: &[u8], changes: &[(u32, &str, &str)]) -> Vec<u8> {
    signed_with(&sign(pdf), &entries(), |writer, widget| {
        let field = widget.number;
        let text = format!("<</Type/StructElem/S/Form/P 51 0 R/K<</Type/OBJR/Obj {field} 0 R/Pg 3 0 R>>>>");
        writer.put(id(90), object(&text));
        let right = [
            (field, "StructParent", "1"),
            (50, "ParentTreeNextKey", "2"),
            (51, "K", "[52 0 R 90 0 R]"),
            (54, "Limits", "[0 1]"),
            (54, "Nums", "[0[52 0 R]1 90 0 R]"),
        ];
        for (number, key, value) in right.iter().chain(changes) {
            let value = value.replace("WIDGET", &field.to_string());
            writer.edit_dictionary(&Place::object(id(*number))).unwrap().set(key, object(&value));
        }
    })
}

#[test]
fn a_new_signature_field_may_have_an_element() {
    for pdf in tagged() {
        assert_silent(&signed(&pdf, &[]), Modification::Form);
        assert_silent(&signed(&pdf, &[(90, "Alt", "(seal)"), (50, "ParentTreeNextKey", "9")]), Modification::Form);
        assert_silent(&signed(&pdf, &[(90, "K", "[<</Type/OBJR/Obj WIDGET 0 R>>]")]), Modification::Form);
    }
}

#[test]
fn nothing_else_changes_in_the_structure() {
    let changes: [&[(u32, &str, &str)]; 14] = [
        &[(90, "S", "/Figure")],
        &[(90, "ActualText", "(1,000,000)")],
        &[(90, "K", "[<</Type/OBJR/Obj WIDGET 0 R>> 0]")],
        &[(90, "K", "<</Type/OBJR/Obj 3 0 R>>")],
        &[(90, "P", "52 0 R")],
        &[(50, "ParentTreeNextKey", "1"), (50, "RoleMap", "<</P/Artifact>>")],
        &[(50, "K", "[51 0 R 52 0 R]")],
        &[(51, "K", "[90 0 R 52 0 R]")],
        &[(51, "K", "[52 0 R 90 0 R 52 0 R]")],
        &[(51, "S", "/Artifact")],
        &[(52, "ActualText", "(1,000,000)")],
        &[(54, "Nums", "[0 90 0 R 1 90 0 R]")],
        &[(54, "Nums", "[0[52 0 R]7 90 0 R]")],
        &[(54, "Limits", "[0 9]")],
    ];
    for pdf in tagged() {
        for change in changes {
            let found = first(&signed(&pdf, change));
            let result = (found.modification, found.is_permitted);
            assert_eq!(result, (Modification::Other, false), "{change:?}: {:?}", found.findings);
        }
        // Without a new field there is nothing to tag.
        let alone = edit(&sign(&pdf), |writer| {
            writer.edit_dictionary(&Place::object(id(50))).unwrap().set("ParentTreeNextKey", object("2"));
        });
        assert_refused(&alone, "was changed in /ParentTreeNextKey");
    }
}
