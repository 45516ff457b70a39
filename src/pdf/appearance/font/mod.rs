//! Fonts that the caller brings (ISO/IEC 14496-22), and which glyphs show a text.

mod subset;

use std::fmt;
use std::sync::Arc;

use skrifa::charmap::{Charmap, MapVariant};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::outline::{DrawSettings, OutlineGlyphCollection, OutlinePen};
use skrifa::raw::TableProvider;
use skrifa::string::StringId;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};

pub(super) use self::subset::Used;
use super::unusable;
use crate::error::{Error, ErrorKind, Result};

/// A TrueType or OpenType font. Of what it holds, only the glyphs that are shown go into the file.
///
/// A character stands for one glyph, chosen by the font's character map and by a variation selector that follows (葛󠄀, 辻󠄀);
/// there are no ligatures, no kerning and no vertical writing. Scripts that cannot be written so are refused.
///
/// Cloning is cheap.
#[derive(Clone)]
pub struct Font(Arc<Inner>);

struct Inner {
    data: Vec<u8>,
    index: u32,
    name: String,
    metrics: Metrics,
}

/// What a font says about itself, as fractions of the font size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Metrics {
    pub(super) ascent: f64,
    /// Below the baseline, and negative.
    pub(super) descent: f64,
    cap_height: f64,
    bounds: [f64; 4],
    italic_angle: f64,
    is_monospace: bool,
}

/// A glyph that shows a character.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Glyph {
    /// Its number in the font.
    pub(super) id: u16,
    /// How far the next one is, as a fraction of the font size.
    pub(super) advance: f64,
    pub(super) character: char,
    pub(super) selector: Option<char>,
}

impl Font {
    /// Reads a font file (TTF, OTF, TTC, OTC). `index` counts from 0, for collections; it is 0 for others.
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`] where this is no font, has no outlines that PDF can embed, or its licence bits forbid to embed it.
    pub fn from_bytes(data: impl Into<Vec<u8>>, index: u32) -> Result<Self> {
        let data = data.into();
        let font = FontRef::from_index(&data, index).map_err(|fault| {
            let error = unusable(format!("this is no font, or has no font {index}")).because(fault);
            error.advise("use a TrueType or OpenType font file")
        })?;
        let name = postscript_name(&font);
        check_outlines(&font).and_then(|()| check_licence(&font)).map_err(|error| error.at(place(&name)))?;
        let metrics = Metrics::read(&font).map_err(|error| error.at(place(&name)))?;
        Ok(Self(Arc::new(Inner { data, index, name, metrics })))
    }

    /// Its PostScript name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The distance from one line to the next, as a fraction of the font size.
    pub(super) fn line_height(&self) -> f64 {
        self.metrics().ascent - self.metrics().descent
    }

    /// The glyphs that show one line of text.
    ///
    /// # Errors
    /// [`ErrorKind::Appearance`] for a character that the font lacks; [`ErrorKind::Unsupported`] for one whose script needs shaping.
    pub(super) fn glyphs(&self, line: &str) -> Result<Vec<Glyph>> {
        let font = self.face()?;
        let source = Source {
            charmap: font.charmap(),
            widths: widths(&font),
            units: units_per_em(&font)?,
            outlines: font.outline_glyphs(),
        };
        let mut glyphs: Vec<Glyph> = Vec::new();
        for character in line.chars() {
            let glyph = match glyphs.last() {
                Some(last) if is_selector(character) => {
                    let glyph = source.variant(last.character, character);
                    let glyph = glyph.ok_or_else(|| self.missing(&[last.character, character]))?;
                    glyphs.pop();
                    glyph
                }
                _ => {
                    check_script(character)?;
                    source.plain(character).ok_or_else(|| self.missing(&[character]))?
                }
            };
            if !character.is_whitespace() && !source.is_drawn(glyph.id) {
                return Err(self.missing(&[glyph.character]));
            }
            glyphs.push(glyph);
        }
        Ok(glyphs)
    }

    fn face(&self) -> Result<FontRef<'_>> {
        let face = FontRef::from_index(&self.0.data, self.0.index);
        face.map_err(|fault| unusable("the font cannot be read").because(fault).at(place(self.name())))
    }

    fn missing(&self, characters: &[char]) -> Error {
        let text: String = characters.iter().collect();
        let codes: Vec<String> = characters.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        unusable(format!("the font {} has no glyph for “{text}” ({})", self.name(), codes.join(" ")))
            .advise("use a font that has it")
    }
}

/// Two values are one font where they were cloned from one another.
impl PartialEq for Font {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Font").field(&self.name()).finish()
    }
}

impl Metrics {
    fn read(font: &FontRef<'_>) -> Result<Self> {
        let units = units_per_em(font)?;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        let part = |value: f32| f64::from(value) / units;
        let bounds = metrics.bounds.unwrap_or_default();
        let (ascent, descent) = (part(metrics.ascent), part(metrics.descent));
        // A font that says nothing about its height gets what most have.
        let (ascent, descent) = if ascent - descent > 0.1 { (ascent, descent) } else { (0.88, -0.12) };
        Ok(Self {
            ascent,
            descent,
            cap_height: metrics.cap_height.map_or(ascent, part),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(part),
            italic_angle: f64::from(metrics.italic_angle),
            is_monospace: metrics.is_monospace,
        })
    }
}

impl Glyph {
    fn new(id: GlyphId, character: char, selector: Option<char>, source: &Source<'_>) -> Option<Self> {
        let number = u16::try_from(id.to_u32()).ok().filter(|number| *number != 0)?;
        let advance = f64::from(source.widths.advance_width(id)?) / source.units;
        Some(Self { id: number, advance, character, selector })
    }
}

/// Where glyphs come from.
struct Source<'f> {
    charmap: Charmap<'f>,
    widths: GlyphMetrics<'f>,
    units: f64,
    outlines: OutlineGlyphCollection<'f>,
}

/// Notes whether anything is drawn.
#[derive(Default)]
struct Ink {
    is_there: bool,
}

impl Source<'_> {
    /// Whether the glyph has an outline: fonts of coloured pictures have empty ones.
    fn is_drawn(&self, id: u16) -> bool {
        let mut ink = Ink::default();
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        let outline = self.outlines.get(GlyphId::from(id));
        // One that cannot be read is for the subset to refuse.
        outline.is_none_or(|outline| outline.draw(settings, &mut ink).is_err()) || ink.is_there
    }

    fn plain(&self, character: char) -> Option<Glyph> {
        Glyph::new(self.charmap.map(character)?, character, None, self)
    }

    fn variant(&self, character: char, selector: char) -> Option<Glyph> {
        match self.charmap.map_variant(character, selector)? {
            MapVariant::UseDefault => Glyph::new(self.charmap.map(character)?, character, Some(selector), self),
            MapVariant::Variant(id) => Glyph::new(id, character, Some(selector), self),
        }
    }
}

impl OutlinePen for Ink {
    fn move_to(&mut self, _: f32, _: f32) {}

    fn line_to(&mut self, _: f32, _: f32) {
        self.is_there = true;
    }

    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        self.is_there = true;
    }

    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        self.is_there = true;
    }

    fn close(&mut self) {}
}

fn widths<'f>(font: &FontRef<'f>) -> GlyphMetrics<'f> {
    font.glyph_metrics(Size::unscaled(), LocationRef::default())
}

fn units_per_em(font: &FontRef<'_>) -> Result<f64> {
    let head = font.head().map_err(|fault| unusable("the font has no head table").because(fault))?;
    match head.units_per_em() {
        0 => Err(unusable("the font has no units")),
        units => Ok(f64::from(units)),
    }
}

/// Name 6 of the name table, as a PDF name wants it; "Font" where there is none.
fn postscript_name(font: &FontRef<'_>) -> String {
    let name = font.localized_strings(StringId::POSTSCRIPT_NAME).english_or_first();
    let name: String =
        name.iter().flat_map(|name| name.chars()).filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if name.is_empty() { "Font".to_owned() } else { name }
}

fn place(name: &str) -> String {
    format!("font {name}")
}

fn check_outlines(font: &FontRef<'_>) -> Result<()> {
    let has = |tag: &[u8; 4]| font.table_data(Tag::new(tag)).is_some();
    if has(b"glyf") || has(b"CFF ") {
        return Ok(());
    }
    let why = if has(b"CFF2") { "outlines of the kind CFF2" } else { "no outlines, only pictures" };
    Err(unusable(format!("the font has {why}, which a PDF cannot embed")).advise("use another font"))
}

/// `fsType` of the OS/2 table: whether the font may be embedded, as a subset, with its outlines.
fn check_licence(font: &FontRef<'_>) -> Result<()> {
    const USAGE: u16 = 0x000F;
    const RESTRICTED: u16 = 0x0002;
    const NO_SUBSET_OR_BITMAPS_ONLY: u16 = 0x0300;
    let bits = font.os2().map_or(0, |os2| os2.fs_type());
    if bits & USAGE == RESTRICTED || bits & NO_SUBSET_OR_BITMAPS_ONLY != 0 {
        let message = format!("the font forbids to embed a subset of it (fsType {bits:#06X})");
        return Err(unusable(message).advise("use another font, or ask its maker for one with other licence bits"));
    }
    Ok(())
}

/// VS1 to VS16, and those of the Ideographic Variation Database.
fn is_selector(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Refuses what one glyph after the other would show wrongly.
fn check_script(character: char) -> Result<()> {
    let code = u32::from(character);
    let why = match character {
        _ if character.is_control() => "is a control character",
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{3099}' | '\u{309A}' => {
            "is a mark on the character before it"
        }
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' => "runs from right to left",
        '\u{0900}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => {
            "belongs to a script whose letters change with their neighbours"
        }
        _ => return Ok(()),
    };
    let error = Error::new(ErrorKind::Unsupported, format!("U+{code:04X} {why}, which cannot be shown"));
    Err(error.advise("write composed characters (Unicode NFC), or use an image"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::appearance::fixture::{font, font_file};

    fn fault(font: &Font, text: &str) -> Error {
        font.glyphs(text).unwrap_err()
    }

    #[test]
    fn letters_have_glyphs_and_widths() {
        let font = font("ab日");
        assert_eq!(font.name(), "TestBoxes");
        let glyphs = font.glyphs("日b").unwrap();
        let found: Vec<_> = glyphs.iter().map(|glyph| (glyph.id, glyph.advance)).collect();
        assert_eq!(found, [(3, 1.0), (2, 0.5)]);
        assert_eq!((font.metrics().ascent, font.line_height()), (0.8, 1.0));
    }

    #[test]
    fn variants_of_kanji_are_told_apart() {
        let font = font("様葛");
        let glyphs = font.glyphs("様\u{E0100}様葛").unwrap();
        let found: Vec<_> = glyphs.iter().map(|glyph| (glyph.id, glyph.selector)).collect();
        assert_eq!(found, [(2, Some('\u{E0100}')), (1, None), (2, None)]);
        assert!(fault(&font, "葛\u{E0101}").to_string().contains("U+845B U+E0101"));
    }

    #[test]
    fn a_missing_glyph_is_named() {
        let error = fault(&font("a"), "a𠮷");
        assert_eq!(error.kind(), ErrorKind::Appearance);
        assert!(error.to_string().starts_with("the font TestBoxes has no glyph for “𠮷” (U+20BB7)"), "{error}");
    }

    #[test]
    fn scripts_that_need_shaping_are_refused() {
        let font = font("aかשकا\u{301}\u{3099}\t");
        for text in ["ש", "ا", "क", "a\u{301}", "か\u{3099}", "a\t"] {
            assert_eq!(fault(&font, text).kind(), ErrorKind::Unsupported, "{text}");
        }
    }

    #[test]
    fn licence_bits_are_respected() {
        for (bits, is_allowed) in [(0, true), (0x0004, true), (0x0008, true), (0x0002, false), (0x0100, false)] {
            let font = Font::from_bytes(font_file("a", bits), 0);
            assert_eq!(font.is_ok(), is_allowed, "{bits:#06X}");
        }
    }

    #[test]
    fn what_is_no_font_is_refused() {
        for data in [b"".as_slice(), b"wOF2....", b"%PDF-1.7", &font_file("a", 0)[..60]] {
            assert_eq!(Font::from_bytes(data, 0).unwrap_err().kind(), ErrorKind::Appearance);
        }
        assert!(Font::from_bytes(font_file("a", 0), 1).unwrap_err().to_string().contains("no font 1"));
    }
}
