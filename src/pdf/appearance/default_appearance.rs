//! The default appearance string of a field (ISO 32000-2, 12.7.4.3): its font size and colour.

use super::area::number_of;
use super::color::Paint;
use crate::pdf::object::{Object, PdfString};

/// What a field's `/DA` says about its text. The font that it names is not used: the caller brings one that has the letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DefaultAppearance {
    /// In points; `None` where it follows from the field (size 0).
    pub(super) size: Option<f64>,
    pub(super) paint: Paint,
}

impl DefaultAppearance {
    /// Reads the operators `Tf`, `g`, `rg` and `k`; the last of a kind counts, others do not matter for text.
    pub(super) fn read(string: &PdfString) -> Self {
        let mut found = Self::default();
        let mut operands: Vec<f64> = Vec::new();
        for token in tokens(&string.bytes) {
            if let Some(number) = number(token) {
                operands.push(number);
                continue;
            }
            match token {
                // The name of a font is an operand.
                [b'/', ..] => continue,
                b"Tf" => found.size = operands.last().copied().filter(|size| *size > 0.0),
                b"g" | b"rg" | b"k" => found.paint = Paint::from_parts(&operands).unwrap_or(found.paint),
                _ => {}
            }
            operands.clear();
        }
        found
    }
}

impl Default for DefaultAppearance {
    fn default() -> Self {
        Self { size: None, paint: Paint::BLACK }
    }
}

/// 7.2.3: what white space parts, and what begins with a delimiter.
fn tokens(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let is_delimiter = |byte: u8| b"/[](){}<>%".contains(&byte);
    let words = bytes.split(is_space).filter(|word| !word.is_empty());
    words.flat_map(move |word| {
        word.chunk_by(move |before, next| !is_delimiter(*next) && (!is_delimiter(*before) || *before == b'/'))
    })
}

fn number(token: &[u8]) -> Option<f64> {
    number_of(&Object::Real(std::str::from_utf8(token).ok()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::text::text_string;

    #[test]
    fn size_and_colour_are_read() {
        for (string, size, paint) in [
            ("/Helv 12 Tf 0 g", Some(12.0), Paint::Gray(0.0)),
            ("0 0 .5 rg /F#20x 9.5 Tf", Some(9.5), Paint::Rgb([0.0, 0.0, 0.5])),
            ("/Helv 0 Tf 0 1 1 0 k 1 w", None, Paint::Cmyk([0.0, 1.0, 1.0, 0.0])),
            ("/Helv 12 Tf /Helv 8 Tf 1 0 g .25 g", Some(8.0), Paint::Gray(0.25)),
            ("Tf rg inf nan 1e5 Tf", None, Paint::BLACK),
            ("0 0 1 rg/Helv 9 Tf[]0 d", Some(9.0), Paint::Rgb([0.0, 0.0, 1.0])),
            (".5 g[/Helv]3 Tf(x)", Some(3.0), Paint::Gray(0.5)),
            ("/Helv -3 Tf 7 g", None, Paint::Gray(1.0)),
            ("", None, Paint::BLACK),
        ] {
            assert_eq!(DefaultAppearance::read(&text_string(string)), DefaultAppearance { size, paint }, "{string}");
        }
    }
}
