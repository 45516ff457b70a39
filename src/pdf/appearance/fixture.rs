//! A TrueType font made for tests, whose letters are boxes.

use super::Font;

/// Every letter is 500 units wide and 1000 high; those from U+2E80 on are 1000 wide. The glyph of a letter is its place
/// among them, by their code points.
pub(crate) fn font(letters: &str) -> Font {
    Font::from_bytes(font_file(letters, 0), 0).unwrap()
}

/// As [`font`], with these licence bits.
pub(crate) fn font_file(letters: &str, licence: u16) -> Vec<u8> {
    let mut letters: Vec<char> = letters.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let glyphs = letters.len() as u16 + 1;
    let widths: Vec<u16> =
        [500].into_iter().chain(letters.iter().map(|c| if *c < '\u{2E80}' { 500 } else { 1000 })).collect();
    let boxes: Vec<Vec<u8>> = widths.iter().map(|width| boxed(*width as i16)).collect();
    let places = (0..=boxes.len()).map(|index| (index * boxes[0].len() / 2) as u16);
    let head =
        [0x0001, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF38, 1000, 800, 0, 8, 2, 0, 0];
    let hhea = [1, 0, 800, 0xFF38, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, glyphs];
    let maxp = [1, 0, glyphs, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut os2 = vec![0_u16; 48];
    (os2[0], os2[4]) = (4, licence);
    let mut tables = [
        (*b"OS/2", words(os2)),
        (*b"cmap", cmap(&letters)),
        (*b"glyf", boxes.concat()),
        (*b"head", words(head)),
        (*b"hhea", words(hhea)),
        (*b"hmtx", words(widths.iter().flat_map(|width| [*width, 0]))),
        (*b"loca", words(places)),
        (*b"maxp", words(maxp)),
        (*b"name", name("TestBoxes")),
        (*b"post", words([0x0003, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
    ];
    tables.sort_by_key(|(tag, _)| *tag);
    let mut file = words([0x0001, 0, tables.len() as u16, 128, 3, 32]);
    let mut offset = file.len() + tables.len() * 16;
    for (tag, data) in &tables {
        file.extend(tag);
        file.extend([0, offset as u32, data.len() as u32].iter().flat_map(|value| value.to_be_bytes()));
        offset += data.len().next_multiple_of(4);
    }
    for (_, data) in &tables {
        file.extend(data);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    file
}

fn words(words: impl IntoIterator<Item = u16>) -> Vec<u8> {
    words.into_iter().flat_map(u16::to_be_bytes).collect()
}

/// A box from the descender to the ascender.
fn boxed(width: i16) -> Vec<u8> {
    let (w, low, high) = (width as u16, -200_i16 as u16, 800);
    // One contour of four points with the flags "on the curve"; steps in x, then in y.
    let header = words([1, 0, low, w, high, 3, 0]);
    let steps = words([0, 0, w, 0, 0u16.wrapping_sub(w), low, 1000, 0, 0]);
    let mut glyph = [header, vec![1; 4], steps[2..].to_vec()].concat();
    glyph.resize(glyph.len().next_multiple_of(4), 0);
    glyph
}

/// Format 12 for the letters, and format 14 that has a variant of the first for U+E0100, shown by the glyph of the last.
fn cmap(letters: &[char]) -> Vec<u8> {
    let longs = |values: &[u32]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<u8>>();
    let groups = letters.len() as u32;
    let mut plain = [words([12, 0]), longs(&[16 + 12 * groups, 0, groups])].concat();
    for (index, letter) in letters.iter().enumerate() {
        plain.extend(longs(&[u32::from(*letter), u32::from(*letter), index as u32 + 1]));
    }
    let first = u32::from(*letters.first().unwrap()).to_be_bytes();
    let variants = [
        words([14]),
        longs(&[30, 1]),
        vec![0x0E, 0x01, 0x00],
        longs(&[0, 21]),
        longs(&[1]),
        first[1..].to_vec(),
        words([letters.len() as u16]),
    ];
    let variants = variants.concat();
    let offset = 20 + plain.len() as u32;
    let records = [words([0, 2, 0, 5]), longs(&[offset]), words([3, 10]), longs(&[20])];
    [records.concat(), plain, variants].concat()
}

fn name(name: &str) -> Vec<u8> {
    let text = words(name.encode_utf16());
    [words([0, 1, 18, 3, 1, 0x409, 6, text.len() as u16, 0]), text].concat()
}
