//! What PDF/A (ISO 19005) forbids of what a caller may want to show: transparency and colours of a device.

use super::unusable;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Object};
use crate::pdf::view::View;

/// A file that says of itself that it is PDF/A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Archive {
    /// Part of ISO 19005.
    part: u32,
    intent: Intent,
}

/// The colours that the file's output intent stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    None,
    Cmyk,
    Other,
}

impl Archive {
    /// What the metadata says; `None` for any other file.
    pub(super) fn read(view: View<'_>) -> Result<Option<Self>> {
        let (_, catalog) = view.catalog()?;
        let Object::Stream(metadata) = view.entry(&catalog, "Metadata")? else { return Ok(None) };
        // Metadata that cannot be read says nothing of the file.
        let Some(part) = view.stream_data(&metadata).ok().as_deref().and_then(part) else { return Ok(None) };
        Ok(Some(Self { part, intent: Intent::read(view, &catalog)? }))
    }

    /// ISO 19005-1, 6.4, forbids masks; later parts want a colour space to mix in, which an output intent gives (19005-2, 6.2.10).
    pub(super) fn check_transparency(self) -> Result<()> {
        let why = match (self.part, self.intent) {
            (1, _) => "knows no transparency",
            (_, Intent::None) => "has no output intent, without which it must not have transparency",
            _ => return Ok(()),
        };
        Err(unusable(format!("the image is transparent in parts, and the file is PDF/A-{} and {why}", self.part))
            .advise("use an image without transparency, or a drawing"))
    }

    /// ISO 19005-1, 6.2.3.3; 19005-2, 6.2.4.3: colours of a device need an output intent of their kind.
    pub(super) fn check_cmyk(self) -> Result<()> {
        if self.takes_cmyk() {
            return Ok(());
        }
        Err(unusable(format!(
            "the image is in CMYK, and the file is PDF/A-{} without an output intent for it",
            self.part
        ))
        .advise("convert it to RGB or grey"))
    }

    pub(super) fn takes_cmyk(self) -> bool {
        self.intent == Intent::Cmyk
    }
}

impl Intent {
    fn read(view: View<'_>, catalog: &Dictionary) -> Result<Self> {
        for intent in view.entry(catalog, "OutputIntents")?.as_array().unwrap_or_default() {
            let Object::Dictionary(intent) = view.resolve(intent)?.into_owned() else { continue };
            if view.entry(&intent, "S")?.as_name().is_none_or(|name| *name != *"GTS_PDFA1") {
                continue;
            }
            let Object::Stream(profile) = view.entry(&intent, "DestOutputProfile")? else { continue };
            return Ok(match view.entry(&profile.dictionary, "N")? {
                Object::Integer(4) => Self::Cmyk,
                _ => Self::Other,
            });
        }
        Ok(Self::None)
    }
}

/// The value of `pdfaid:part`, as an attribute or as an element, in whatever encoding of Unicode.
fn part(metadata: &[u8]) -> Option<u32> {
    let text: Vec<u8> = metadata.iter().copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&text);
    let (_, behind) = text.split_once("pdfaid:part")?;
    let value = behind.trim_start_matches([' ', '\t', '\r', '\n', '=', '>', '"', '\'']);
    let digits = value.find(|c: char| !c.is_ascii_digit()).map_or(value, |end| value.get(..end).unwrap_or_default());
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::specimen;

    fn archive(metadata: &str, intent: &str) -> Option<Archive> {
        let catalog = format!("<</Pages 2 0 R/Metadata 4 0 R{intent}>>");
        let metadata = format!("<</Type/Metadata/Length {}>>\nstream\n{metadata}\nendstream", metadata.len());
        let objects = [(1, catalog.as_str()), (4, metadata.as_str()), (5, "<</N 4/Length 0>>\nstream\n\nendstream")];
        let pdf = specimen::table_pdf(&specimen::one_page_with(&objects), "");
        Archive::read(Document::open(&pdf).unwrap().latest()).unwrap()
    }

    #[test]
    fn files_say_what_they_are() {
        let cmyk = "/OutputIntents[<</S/GTS_PDFX>> <</S/GTS_PDFA1/DestOutputProfile 5 0 R>>]";
        for (metadata, intent, expected) in [
            ("<x/>", "", None),
            ("<pdfaid:part>1</pdfaid:part>", "", Some((1, Intent::None))),
            ("<r pdfaid:part = '2' pdfaid:conformance='B'/>", cmyk, Some((2, Intent::Cmyk))),
            ("p\0d\0f\0a\0i\0d\0:\0p\0a\0r\0t\0=\0\"\x003\0\"\0", cmyk, Some((3, Intent::Cmyk))),
            ("pdfaid:part=x", "", None),
        ] {
            assert_eq!(archive(metadata, intent).map(|one| (one.part, one.intent)), expected, "{metadata}");
        }
    }

    #[test]
    fn what_is_forbidden_is_named() {
        let archive = |part, intent| Archive { part, intent };
        assert!(archive(1, Intent::Other).check_transparency().is_err());
        assert!(archive(2, Intent::None).check_transparency().is_err());
        assert!(archive(2, Intent::Other).check_transparency().is_ok());
        assert!(archive(2, Intent::Other).check_cmyk().is_err());
        assert!(archive(1, Intent::Cmyk).check_cmyk().is_ok());
    }
}
