//! Declaring what goes beyond the file's version of PDF: PAdES in files older than PDF 2.0, and algorithms that PDF 2.0 does not name
//! (ISO 32000-2, 7.12; EN 319 142-1, 5.6; ISO/TS 32001 and 32002).

use crate::error::Result;
use crate::pdf::object::{Array, Dictionary, Object, PdfString, StringForm};
use crate::pdf::parser::offset;
use crate::pdf::update::{Place, UpdateWriter};
use crate::pdf::view::View;

/// Adds `/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 1 >> >>` to the catalog of a file below PDF 2.0,
/// where no such declaration stands yet. A higher level is left as it is, and other developers' entries are kept.
pub(crate) fn declare_extensions(writer: &mut UpdateWriter<'_>) -> Result<()> {
    if is_pdf_2(writer.view())? {
        return Ok(());
    }
    let (catalog, _) = writer.view().catalog()?;
    let catalog = Place::object(catalog);
    let (_, is_open) = writer.look(&catalog, "Extensions", |extensions| match extensions {
        Object::Null => true,
        Object::Dictionary(declared) => declared.get("ESIC").is_none(),
        // Not made as it should: signing does not depend on it.
        _ => false,
    })?;
    if is_open {
        let esic = Dictionary::of([("BaseVersion", Object::name("1.7")), ("ExtensionLevel", Object::Integer(1))]);
        writer.dictionary(&catalog, "Extensions")?.set("ESIC", Object::Dictionary(esic));
    }
    Ok(())
}

/// An extension of PDF 2.0 by ISO itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IsoExtension {
    /// SHA-3 and SHAKE256 (ISO/TS 32001:2022).
    Digests,
    /// EdDSA, and curves for ECDSA that ISO 32000-2 does not name (ISO/TS 32002:2022).
    Curves,
}

impl IsoExtension {
    fn level(self) -> i64 {
        match self {
            Self::Digests => 32_001,
            Self::Curves => 32_002,
        }
    }

    fn url(self) -> &'static str {
        match self {
            Self::Digests => "https://www.iso.org/standard/45874.html",
            Self::Curves => "https://www.iso.org/standard/45875.html",
        }
    }

    fn to_object(self) -> Object {
        Object::Dictionary(Dictionary::of([
            ("Type", Object::name("DeveloperExtensions")),
            // Departs: 7.12.3 wants no base version above the file's; in a file below 2.0 nothing else could be said, and
            // others say it.
            ("BaseVersion", Object::name("2.0")),
            ("ExtensionLevel", Object::Integer(self.level())),
            ("ExtensionRevision", text(":2022")),
            ("URL", text(self.url())),
        ]))
    }

    fn is_in(self, declared: &[Object]) -> bool {
        declared.iter().any(|one| match one {
            Object::Dictionary(one) => one.get("ExtensionLevel").and_then(Object::as_integer) == Some(self.level()),
            _ => false,
        })
    }
}

fn text(text: &str) -> Object {
    Object::String(PdfString { bytes: text.as_bytes().to_vec(), form: StringForm::Literal })
}

/// Adds `extension` to the array `/ISO_` of the extensions in the catalog, unless it is declared already.
pub(crate) fn declare_iso(writer: &mut UpdateWriter<'_>, extension: IsoExtension) -> Result<()> {
    let (catalog, _) = writer.view().catalog()?;
    let (extensions, value) = writer.entry(&Place::object(catalog), "Extensions")?;
    let mut all = match value {
        Object::Null => Dictionary::new(),
        Object::Dictionary(all) => all,
        // Not made as it should: signing does not depend on it.
        _ => return Ok(()),
    };
    let mut declared = match all.get("ISO_").cloned() {
        None | Some(Object::Null) => Array::new(),
        Some(Object::Array(declared)) => declared,
        Some(one @ Object::Dictionary(_)) => [one].into(),
        Some(_) => return Ok(()),
    };
    if !extension.is_in(&declared) {
        declared.push(extension.to_object());
        all.set("ISO_", Object::Array(declared));
        *writer.edit(&extensions)? = Object::Dictionary(all);
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
    let version = document.header().saturating_add(offset(b"%PDF-".len()));
    Ok(is_2(&document.bytes().look(version..document.len().min(version.saturating_add(2)))?))
}

fn is_2(version: &[u8]) -> bool {
    matches!(version, [b'2'..=b'9', b'.', ..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::specimen::{apply, one_page_with, table_pdf};

    fn declared(pdf: &[u8], extensions: &[IsoExtension]) -> Vec<u8> {
        let document = Document::open(pdf).unwrap();
        let mut writer = UpdateWriter::new(&document).unwrap();
        extensions.iter().for_each(|one| declare_iso(&mut writer, *one).unwrap());
        let update = writer.finish([1; 16]).unwrap();
        apply(pdf, &update)
    }

    fn levels(pdf: &[u8]) -> Vec<i64> {
        let document = Document::open(pdf).unwrap();
        let (_, catalog) = document.latest().catalog().unwrap();
        let Some(Object::Dictionary(extensions)) = catalog.get("Extensions") else { panic!("{catalog:?}") };
        let declared = extensions.get("ISO_").and_then(Object::as_array).unwrap();
        let level = |one: &Object| match one {
            Object::Dictionary(one) => one.get("ExtensionLevel").and_then(Object::as_integer).unwrap(),
            other => panic!("{other:?}"),
        };
        declared.iter().map(level).collect()
    }

    #[test]
    fn each_extension_is_declared_once_and_others_stay() {
        let once = declared(&table_pdf(&one_page_with(&[]), ""), &[IsoExtension::Digests, IsoExtension::Digests]);
        assert_eq!(levels(&once), [32_001]);
        let both = declared(&once, &[IsoExtension::Curves, IsoExtension::Digests]);
        assert_eq!(levels(&both), [32_001, 32_002]);
    }
}
