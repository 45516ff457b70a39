//! A font as it stands in a file: the glyphs that are used, their widths and what they mean (ISO 32000-2, 9.7, 9.9, 9.10.3).

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Name, Rect, Str};
use skrifa::{FontRef, Tag};
use subsetter::GlyphRemapper;

use super::{Font, Glyph, place};
use crate::digest::DigestAlgorithm;
use crate::error::Result;
use crate::pdf::appearance::area::real;
use crate::pdf::appearance::unusable;
use crate::pdf::object::Ref;
use crate::pdf::update::{Packed, UpdateWriter, pointer};

const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A font with the glyphs of it that are used so far.
#[derive(Debug)]
pub(in crate::pdf::appearance) struct Used {
    pub(in crate::pdf::appearance) font: Font,
    /// The Type 0 font.
    pub(in crate::pdf::appearance) id: Ref,
    remapper: GlyphRemapper,
    /// By their number in the subset, which is their code in content streams as well.
    glyphs: BTreeMap<u16, Glyph>,
}

/// What a font program is.
struct Program {
    kind: CidFontType,
    data: Vec<u8>,
    glyphs: u16,
}

impl Used {
    pub(in crate::pdf::appearance) fn new(font: Font, id: Ref) -> Self {
        Self { font, id, remapper: GlyphRemapper::new(), glyphs: BTreeMap::new() }
    }

    /// The code that shows `glyph`.
    ///
    /// Where one glyph stands for several characters, the first that is shown is what people will copy.
    pub(in crate::pdf::appearance) fn code(&mut self, glyph: Glyph) -> Result<u16> {
        // The remapper cannot count further, and no reader should have to.
        const MOST: usize = 60_000;
        if self.glyphs.len() > MOST {
            return Err(unusable("too many different characters").at(place(self.font.name())));
        }
        let code = self.remapper.remap(glyph.id);
        self.glyphs.entry(code).or_insert(glyph);
        Ok(code)
    }

    /// Writes the five or six objects of the font.
    pub(in crate::pdf::appearance) fn write(self, writer: &mut UpdateWriter<'_>) -> Result<()> {
        let program = self.program()?;
        let name = format!("{}+{}", program.tag(), self.font.name());
        let [cid_font, descriptor, file, to_unicode, cid_set] = writer.allocate_all()?;
        let base_font = match program.kind {
            CidFontType::Type0 => format!("{name}-Identity-H"),
            CidFontType::Type2 => name.clone(),
        };
        writer.put_chunk(self.id, |chunk, id| {
            let mut font = chunk.type0_font(id);
            font.base_font(Name(base_font.as_bytes())).encoding_predefined(Name(b"Identity-H"));
            font.descendant_font(pointer(cid_font)).to_unicode(pointer(to_unicode));
        })?;
        writer.put_chunk(cid_font, |chunk, id| {
            let mut font = chunk.cid_font(id);
            font.subtype(program.kind).base_font(Name(name.as_bytes())).system_info(IDENTITY);
            font.font_descriptor(pointer(descriptor)).default_width(0.0);
            if program.kind == CidFontType::Type2 {
                font.cid_to_gid_map_predefined(Name(b"Identity"));
            }
            self.write_widths(&mut font.widths());
        })?;
        writer.put_chunk(descriptor, |chunk, id| {
            let mut entries = chunk.font_descriptor(id);
            entries.name(Name(name.as_bytes())).cid_set(pointer(cid_set));
            match program.kind {
                CidFontType::Type0 => entries.font_file3(pointer(file)),
                CidFontType::Type2 => entries.font_file2(pointer(file)),
            };
            self.write_metrics(&mut entries);
        })?;
        program.write(writer, file)?;
        writer.put_stream(cid_set, &program.cid_set())?;
        writer.put_stream(to_unicode, &self.to_unicode(&name))
    }

    fn program(&self) -> Result<Program> {
        let failed = |why: String| {
            let error = unusable("no subset can be made of the font").because(why).at(place(self.font.name()));
            error.advise("use another font")
        };
        // The crate computes with offsets of the font unchecked, and panics where a damaged one makes them overflow.
        let subset = || subsetter::subset(&self.font.0.data, self.font.0.index, &self.remapper);
        let data = catch_unwind(AssertUnwindSafe(subset)).map_err(|_| failed("it is damaged".to_owned()))?;
        let data = data.map_err(|fault| failed(fault.to_string()))?;
        let subset = FontRef::new(&data).map_err(|fault| failed(fault.to_string()))?;
        let glyphs = subset.table_data(Tag::new(b"maxp")).and_then(|maxp| maxp.read_at::<u16>(4).ok());
        let glyphs = glyphs.ok_or_else(|| failed("it has no glyphs".to_owned()))?;
        match subset.table_data(Tag::new(b"CFF ")) {
            Some(cff) => Ok(Program { kind: CidFontType::Type0, data: cff.as_bytes().to_vec(), glyphs }),
            None => Ok(Program { kind: CidFontType::Type2, data, glyphs }),
        }
    }

    fn write_widths(&self, widths: &mut pdf_writer::writers::Widths<'_>) {
        let advance = |glyph: &Glyph| real(glyph.advance * 1000.0);
        // Codes follow one another from 1 on: 0 is the glyph for what is missing, and is never shown.
        widths.consecutive(1, self.glyphs.values().map(advance));
    }

    fn write_metrics(&self, entries: &mut pdf_writer::writers::FontDescriptor<'_>) {
        let metrics = self.font.metrics();
        let [x_min, y_min, x_max, y_max] = metrics.bounds.map(|value| real(value * 1000.0));
        let mut flags = FontFlags::SYMBOLIC;
        flags.set(FontFlags::FIXED_PITCH, metrics.is_monospace);
        flags.set(FontFlags::ITALIC, metrics.italic_angle != 0.0);
        entries.flags(flags).bbox(Rect::new(x_min, y_min, x_max, y_max)).italic_angle(real(metrics.italic_angle));
        entries.ascent(real(metrics.ascent * 1000.0)).descent(real(metrics.descent * 1000.0));
        // No table holds the width of stems; readers use it only for fonts that are not embedded.
        entries.cap_height(real(metrics.cap_height * 1000.0)).stem_v(80.0);
    }

    fn to_unicode(&self, name: &str) -> Vec<u8> {
        let name = format!("{name}-UTF16");
        let mut cmap: UnicodeCmap = UnicodeCmap::new(Name(name.as_bytes()), IDENTITY);
        for (code, glyph) in &self.glyphs {
            cmap.pair_with_multiple(*code, [glyph.character].into_iter().chain(glyph.selector));
        }
        cmap.finish().to_vec()
    }
}

impl Program {
    fn write(&self, writer: &mut UpdateWriter<'_>, id: Ref) -> Result<()> {
        let length = i32::try_from(self.data.len()).unwrap_or(i32::MAX);
        let packed = Packed::new(&self.data);
        writer.put_chunk(id, |chunk, id| {
            let mut stream = chunk.stream(id, packed.data());
            packed.declare(&mut stream);
            match self.kind {
                CidFontType::Type0 => stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C")),
                CidFontType::Type2 => stream.pair(Name(b"Length1"), length),
            };
        })
    }

    /// 9.9.2: six letters that tell one subset from another; the same subset has the same.
    fn tag(&self) -> String {
        let digest = DigestAlgorithm::Sha256.digest(&self.data);
        digest.iter().take(6).map(|byte| char::from(b'A'.saturating_add(byte % 26))).collect()
    }

    /// One bit for each glyph in the program, all of them set (table 122). PDF/A-1 asks for it.
    fn cid_set(&self) -> Vec<u8> {
        let whole = vec![0xFF_u8; usize::from(self.glyphs / 8)];
        let rest = (!self.glyphs.is_multiple_of(8)).then(|| !(0xFF_u8 >> (self.glyphs % 8)));
        whole.into_iter().chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pdf::appearance::fixture::{font, font_file};

    fn used(font: &Font, text: &str) -> Result<Used> {
        let mut used = Used::new(font.clone(), Ref { number: 1, generation: 0 });
        for glyph in font.glyphs(text)? {
            used.code(glyph)?;
        }
        Ok(used)
    }

    #[test]
    fn only_what_is_used_is_in_the_program() {
        let font = font("abcdefg日本");
        let used = used(&font, "日ag日").unwrap();
        let program = used.program().unwrap();
        assert_eq!((program.kind, program.glyphs, program.cid_set()), (CidFontType::Type2, 4, vec![0xF0]));
        assert!(program.data.len() < font.0.data.len());
        let cmap = String::from_utf8(used.to_unicode("x")).unwrap();
        assert!(cmap.contains("3 beginbfchar\n<0001> <65E5>\n<0002> <0061>\n<0003> <0067>\nendbfchar"), "{cmap}");
    }

    #[test]
    fn the_tag_names_the_subset() {
        let font = font("abc");
        let tag = |text: &str| used(&font, text).unwrap().program().unwrap().tag();
        assert_eq!(tag("ab"), tag("aba"));
        assert_ne!(tag("ab"), tag("abc"));
        assert!(tag("a").len() == 6 && tag("a").bytes().all(|byte| byte.is_ascii_uppercase()));
    }

    proptest! {
        #[test]
        fn damaged_fonts_do_no_harm(changes in prop::collection::vec((0..2000_usize, any::<u8>()), 1..8), cut in 0..4000_usize) {
            let mut file = font_file("ab日本", 0);
            for (at, value) in changes {
                let at = at % file.len();
                file[at] = value;
            }
            file.truncate(cut);
            if let Ok(used) = Font::from_bytes(file, 0).and_then(|font| used(&font, "ab日本")) {
                let _ = used.program();
            }
        }
    }
}
