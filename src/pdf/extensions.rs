//! Declaring PAdES in files older than PDF 2.0 (ISO 32000-2, 7.12; EN 319 142-1, 5.6).

use crate::error::Result;
use crate::pdf::object::{Dictionary, Object};
use crate::pdf::revision::find;
use crate::pdf::update::{Place, UpdateWriter};
use crate::pdf::view::View;

/// Adds `/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 1 >> >>` to the catalog of a file below PDF 2.0,
/// where no such declaration stands yet. A higher level is left as it is, and other developers' entries are kept.
pub(crate) fn declare_extensions(writer: &mut UpdateWriter<'_>) -> Result<()> {
    if is_pdf_2(writer.view())? {
        return Ok(());
    }
    let (catalog, _) = writer.view().catalog()?;
    let (extensions, value) = writer.entry(&Place::object(catalog), "Extensions")?;
    let mut esic = Dictionary::new();
    esic.set("BaseVersion", Object::name("1.7"));
    esic.set("ExtensionLevel", Object::Integer(1));
    match value {
        Object::Null => {
            let mut declared = Dictionary::new();
            declared.set("ESIC", Object::Dictionary(esic));
            *writer.edit(&extensions)? = Object::Dictionary(declared);
        }
        Object::Dictionary(declared) if declared.get("ESIC").is_none() => {
            writer.edit_dictionary(&extensions)?.set("ESIC", Object::Dictionary(esic));
        }
        // Declared already, or not made as it should: signing does not depend on it.
        _ => {}
    }
    Ok(())
}

/// Whether the header or the catalog's `/Version` says 2.0 or later (7.5.2, 7.7.2).
fn is_pdf_2(view: View<'_>) -> Result<bool> {
    let (_, catalog) = view.catalog()?;
    let version = view.entry(&catalog, "Version")?;
    if version.as_name().is_some_and(|version| is_2(version.as_bytes())) {
        return Ok(true);
    }
    let document = view.document();
    let head = document.read(0..document.len().min(1024))?;
    let after = find(&head, b"%PDF-", 0).and_then(|at| head.get(at.saturating_add(5)..));
    Ok(after.is_some_and(is_2))
}

fn is_2(version: &[u8]) -> bool {
    matches!(version, [b'2'..=b'9', b'.', ..])
}
