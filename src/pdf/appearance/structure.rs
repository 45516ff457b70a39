//! The place of a new widget in the structure of a tagged file (ISO 32000-2, 14.7.2, 14.7.5.3): a `/Form` element, and the entry of the
//! parent tree that leads to it.
//!
//! Invariant: what is there stays; numbers and lists only grow, at their end. A structure that is not made as it should is left alone.
//!
//! Departs: where somebody signed before, the structure is left alone, too: verifiers such as pyHanko take its change for
//! one of the document. Test: a_seal_has_its_place_in_a_tagged_file.

use crate::error::Result;
use crate::pdf::form::{FieldValue, Form};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::text::text_string;
use crate::pdf::update::{Place, UpdateWriter};
use crate::pdf::view::View;

/// Where the parent tree (7.9.7) takes its next entry.
struct Slot {
    key: i64,
    /// The node that holds the last entries; none where there is no tree yet.
    leaf: Option<Place>,
    /// The nodes whose `/Limits` grow with it.
    limited: Vec<Place>,
}

/// Gives the new field `widget`, which stands on `page`, its place in the structure tree, if the file has one.
pub(super) fn tag(writer: &mut UpdateWriter<'_>, widget: Ref, page: Ref, name: &str) -> Result<()> {
    let Some(root) = tree_root(writer.view())? else { return Ok(()) };
    let Some(slot) = slot(writer, root)? else { return Ok(()) };
    let element = writer.allocate()?;
    let parent = adopt(writer, root, element)?;
    writer.put(element, form_element(parent, page, widget));
    enter(writer, root, &slot, element)?;
    let entries = writer.edit_dictionary(&Place::object(widget))?;
    entries.set("StructParent", Object::Integer(slot.key));
    // What is read aloud (14.9.3); PDF/UA asks for it.
    entries.set("TU", Object::String(text_string(name)));
    let page = writer.edit_dictionary(&Place::object(page))?;
    if page.get("Tabs").is_none() {
        page.set("Tabs", Object::name("S"));
    }
    Ok(())
}

/// The structure tree of a tagged file.
pub(crate) fn structure_of(view: View<'_>) -> Result<Option<Ref>> {
    let (_, catalog) = view.catalog()?;
    let mark_info = view.entry(&catalog, "MarkInfo")?;
    let marked = mark_info.as_dictionary().map(|info| view.entry(info, "Marked")).transpose()?;
    Ok(catalog.get("StructTreeRoot").and_then(Object::as_reference).filter(|_| marked == Some(Object::Boolean(true))))
}

/// The root of the structure tree of a tagged file that nobody has signed.
fn tree_root(view: View<'_>) -> Result<Option<Ref>> {
    let Some(root) = structure_of(view)? else { return Ok(None) };
    let is_signed = Form::read(view)?.signatures().any(|field| field.value != FieldValue::Empty);
    let is_tree = matches!(view.get(root)?, Object::Dictionary(_));
    Ok(Some(root).filter(|_| is_tree && !is_signed))
}

/// Follows the last kids of the parent tree to its last entry; `None` where it is not made as it should.
fn slot(writer: &UpdateWriter<'_>, root: Ref) -> Result<Option<Slot>> {
    let root = Place::object(root);
    let (_, next) = writer.look(&root, "ParentTreeNextKey", Object::as_integer)?;
    let mut slot = Slot { key: next.unwrap_or(0).max(0), leaf: None, limited: Vec::new() };
    let (mut node, value) = writer.entry(&root, "ParentTree")?;
    match value {
        Object::Null => return Ok(Some(slot)),
        Object::Dictionary(_) => {}
        _ => return Ok(None),
    }
    for _ in 0..writer.view().document().limits().nesting {
        if writer.look(&node, "Limits", |limits| limits.as_array().is_some())?.1 {
            slot.limited.push(node.clone());
        }
        let (_, last) = writer.look(&node, "Kids", |kids| kids.as_array()?.last().cloned())?;
        if let Some(last) = last {
            let Some(kid) = last.as_reference() else { return Ok(None) };
            if !matches!(writer.current(kid)?, Object::Dictionary(_)) {
                return Ok(None);
            }
            node = Place::object(kid);
            continue;
        }
        let (_, last) = writer.look(&node, "Nums", |numbers| match numbers.as_array().unwrap_or_default() {
            [] => Some(-1),
            [.., key, _] => key.as_integer(),
            [_] => None,
        })?;
        let Some(last) = last.filter(|last| *last < i64::from(u32::MAX)) else { return Ok(None) };
        slot.key = slot.key.max(last.saturating_add(1));
        slot.leaf = Some(node);
        return Ok(Some(slot));
    }
    Ok(None)
}

/// Hangs `element` behind everything else that the document has, and gives its parent.
fn adopt(writer: &mut UpdateWriter<'_>, root: Ref, element: Ref) -> Result<Ref> {
    let parent = match writer.current(root)?.as_dictionary().and_then(|root| root.get("K")) {
        Some(Object::Reference(only)) => match writer.current(*only)? {
            Object::Dictionary(_) => *only,
            Object::Array(kids) => only_element(writer, &kids)?.unwrap_or(root),
            _ => root,
        },
        Some(Object::Array(kids)) => only_element(writer, kids)?.unwrap_or(root),
        _ => root,
    };
    let (place, kids) = writer.entry(&Place::object(parent), "K")?;
    let element = Object::Reference(element);
    match kids {
        Object::Null => *writer.edit(&place)? = element,
        Object::Array(_) => writer.append(&Place::object(parent), "K", vec![element])?,
        _ => {
            let parent = writer.edit_dictionary(&Place::object(parent))?;
            let only = parent.get("K").cloned().unwrap_or(Object::Null);
            parent.set("K", Object::Array([only, element].into()));
        }
    }
    Ok(parent)
}

/// The one element of the root, which is the document (14.8.4.3).
fn only_element(writer: &UpdateWriter<'_>, kids: &[Object]) -> Result<Option<Ref>> {
    let [Object::Reference(only)] = kids else { return Ok(None) };
    Ok(matches!(writer.current(*only)?, Object::Dictionary(_)).then_some(*only))
}

/// 14.8.4.8: the element of a widget, and the reference that is all of its content.
fn form_element(parent: Ref, page: Ref, widget: Ref) -> Object {
    let reference = Dictionary::of([
        ("Type", Object::name("OBJR")),
        ("Pg", Object::Reference(page)),
        ("Obj", Object::Reference(widget)),
    ]);
    Object::Dictionary(Dictionary::of([
        ("Type", Object::name("StructElem")),
        ("S", Object::name("Form")),
        ("P", Object::Reference(parent)),
        ("Pg", Object::Reference(page)),
        ("K", Object::Dictionary(reference)),
    ]))
}

/// Enters `element` into the parent tree.
fn enter(writer: &mut UpdateWriter<'_>, root: Ref, slot: &Slot, element: Ref) -> Result<()> {
    let root = Place::object(root);
    let entry = vec![Object::Integer(slot.key), Object::Reference(element)];
    match &slot.leaf {
        Some(leaf) => writer.append(leaf, "Nums", entry)?,
        None => {
            let tree = Dictionary::of([("Nums", Object::Array(entry.into()))]);
            let id = writer.allocate()?;
            writer.put(id, Object::Dictionary(tree));
            writer.edit_dictionary(&root)?.set("ParentTree", Object::Reference(id));
        }
    }
    for node in &slot.limited {
        let (place, ()) = writer.look(node, "Limits", |_| ())?;
        if let Object::Array(limits) = writer.edit(&place)?
            && let Some(last) = limits.iter_mut().next_back()
        {
            *last = Object::Integer(slot.key);
        }
    }
    writer.edit_dictionary(&root)?.set("ParentTreeNextKey", Object::Integer(slot.key.saturating_add(1)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::serializer::serialize;
    use crate::pdf::specimen;

    /// The objects `numbers` after a widget, object 40, was tagged in a file of these objects.
    fn tagged(objects: &[(u32, &str)], numbers: &[u32]) -> Vec<String> {
        let mut all = vec![(1, "<</Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 5 0 R>>")];
        all.extend(objects);
        let pdf = specimen::table_pdf(&specimen::one_page_with(&all), specimen::ID);
        let document = Document::open(&pdf).unwrap();
        let mut writer = UpdateWriter::new(&document).unwrap();
        let id = |number: u32| Ref { number, generation: 0 };
        writer.put(id(40), Object::Dictionary(Dictionary::new()));
        tag(&mut writer, id(40), id(3), "承認").unwrap();
        let text = |number: &u32| {
            let object = writer.current(id(*number)).unwrap();
            String::from_utf8(serialize(&object)).unwrap().replace('\n', " ")
        };
        numbers.iter().map(text).collect()
    }

    #[test]
    fn a_nested_tree_grows_at_its_end() {
        let found = tagged(
            &[
                (5, "<</Type/StructTreeRoot/K[6 0 R]/ParentTree 7 0 R/ParentTreeNextKey 3>>"),
                (6, "<</S/Document/P 5 0 R/K[10 0 R]>>"),
                (7, "<</Kids[8 0 R 9 0 R]>>"),
                (8, "<</Limits[0 1]/Nums[0 [10 0 R] 1 10 0 R]>>"),
                (9, "<</Limits[2 2]/Nums[2 10 0 R]>>"),
                (10, "<</S/P/P 6 0 R>>"),
            ],
            &[5, 6, 7, 8, 9, 40, 41, 3],
        );
        assert!(found[0].contains("/ParentTreeNextKey 4") && found[0].contains("/K [6 0 R]"), "{found:#?}");
        assert!(found[1].contains("/K [10 0 R 41 0 R]"), "{found:#?}");
        assert_eq!(found[2], "<< /Kids [8 0 R 9 0 R] >>");
        assert!(found[3].contains("/Limits [0 1]"), "{found:#?}");
        assert!(found[4].contains("/Limits [2 3]") && found[4].contains("/Nums [2 10 0 R 3 41 0 R]"), "{found:#?}");
        assert!(found[5].contains("/StructParent 3") && found[5].contains("/TU <FEFF"), "{found:#?}");
        let element = "/S /Form /P 6 0 R /Pg 3 0 R /K << /Type /OBJR /Pg 3 0 R /Obj 40 0 R >>";
        assert!(found[6].contains(element), "{found:#?}");
        assert!(found[7].contains("/Tabs /S"), "{found:#?}");
    }

    #[test]
    fn small_trees_grow_too() {
        let found = tagged(&[(5, "<</K 6 0 R>>"), (6, "<</S/Document/P 5 0 R/K 0>>")], &[5, 6, 42, 40]);
        assert!(found[0].contains("/K 6 0 R /ParentTree 42 0 R /ParentTreeNextKey 1"), "{found:#?}");
        assert!(found[1].contains("/K [0 41 0 R]"), "{found:#?}");
        assert_eq!(found[2], "<< /Nums [0 41 0 R] >>");
        let found =
            tagged(&[(5, "<</K[6 0 R 6 0 R]/ParentTree<</Nums[7 6 0 R]>>>>"), (6, "<</S/P/P 5 0 R>>")], &[5, 40]);
        assert!(
            found[0].contains("/K [6 0 R 6 0 R 41 0 R]") && found[0].contains("/Nums [7 6 0 R 8 41 0 R]"),
            "{found:#?}"
        );
        assert!(found[1].contains("/StructParent 8"), "{found:#?}");
    }

    #[test]
    fn broken_trees_are_left_alone() {
        for root in [
            "<</ParentTree 1>>",
            "<</ParentTree<</Nums[7]>>>>",
            "<</ParentTree<</Nums[(x) 6 0 R]>>>>",
            "<</ParentTree<</Kids[<<>>]>>>>",
            "<</ParentTree<</Kids[77 0 R]>>>>",
            "<</ParentTree 6 0 R>>",
            "[]",
        ] {
            let found = tagged(&[(5, root), (6, "<</Kids[6 0 R]>>")], &[40]);
            assert_eq!(found, ["<< >>"], "{root}");
        }
    }
}
