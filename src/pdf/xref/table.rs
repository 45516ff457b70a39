//! Cross-reference tables and their trailers (ISO 32000-2, 7.5.4, 7.5.5).

use nom::Parser;

use super::super::bytes::{Bytes, Cursor};
use super::super::lexer::{Fault, Lexed, Token, digits, is_regular, keyword, space, token};
use super::super::object::Object;
use super::super::parser;
use super::{Lines, Section, XrefEntry, XrefStyle, numbered, too_many};
use crate::error::Result;

const MALFORMED: &str = "the cross-reference table was overwritten or damaged: an entry is malformed";

/// The bytes of a line, its end included.
const LINE: u64 = 20;

/// Place, generation, and whether it is in use.
type Entry = (u64, u16, bool);

/// Reads a table; the cursor stands at `xref`.
///
/// Departs: 7.5.4 wants lines of exactly 20 bytes. Real writers make them of 19 to 21, or break the head of a subsection
/// differently; since every entry is two numbers and a letter, reading by tokens needs no guess
/// (`sloppy_lines_are_read`). Others count bytes, find other entries, and search the file for objects; behind what was signed that is a
/// change that could not be judged (`uneven_lines_behind_a_signature_are_not_judged`).
/// Departs: 7.5.4 wants object 0 first. Where the only free entry of generation 65535, which can be object 0 alone, stands first
/// in a table that says it starts at 1, the count starts at 0, as every reader takes it (`a_table_that_starts_at_1`).
pub(super) fn read(bytes: &Bytes<'_>, mut cursor: Cursor<'_>, shift: u64, room: usize) -> Result<Section> {
    let offset = cursor.offset();
    cursor.lex(keyword("xref"))?;
    let most = bytes.limits().objects;
    let (mut entries, mut lines) = (Vec::new(), Lines::Even);
    loop {
        let (end, next) = cursor.lex(head)?;
        if end == Form::Loose && !entries.is_empty() {
            lines = Lines::Uneven;
        }
        let Some((mut first, count)) = next else { break };
        // What the file claims is believed as far as it costs nothing.
        entries.reserve(usize::try_from(count.min(64)).unwrap_or_default());
        for index in 0..count {
            if entries.len() >= room {
                return Err(too_many("the number of cross-reference entries"));
            }
            let start = cursor.offset();
            let ((place, generation, in_use), form) = cursor.lex(entry)?;
            // From the end of one letter to that of the next; the first line begins where the head ends.
            let length = cursor.offset().saturating_sub(start);
            if form == Form::Loose || (index > 0 && length != LINE) {
                lines = Lines::Uneven;
            }
            if entries.is_empty() && first == 1 && !in_use && generation == u16::MAX {
                first = 0;
            }
            entries.push((numbered(first, index, most)?, located(place, generation, in_use, shift)));
        }
    }
    let trailer = cursor.parse(|window, base| {
        let ((), head) = parser::lex(window, space)?;
        let rest = window.get(head..).unwrap_or_default();
        let base = base.saturating_add(parser::offset(head));
        match parser::object(rest, Some(base), bytes.limits()).map_err(|stop| stop.further(head))? {
            (Object::Dictionary(trailer), length) => Ok((trailer, head.saturating_add(length))),
            _ => Err(parser::Stop::Fault(head, "the trailer is no dictionary")),
        }
    })?;
    let end = cursor.offset();
    Section { offset, end, style: XrefStyle::Table, lines, entries, trailer, hidden: None }.check()
}

/// An entry in use at byte 0, where no object can be, is a free one of some writers.
fn located(place: u64, generation: u16, in_use: bool, shift: u64) -> XrefEntry {
    match in_use && place != 0 {
        true => XrefEntry::InFile { offset: place.saturating_add(shift), generation },
        false => XrefEntry::Free,
    }
}

/// Whether a line ended here, and the first object number and the count of a subsection, or nothing at the keyword `trailer`.
fn head(input: &[u8]) -> Lexed<'_, (Form, Option<(u64, u64)>)> {
    let end = match input {
        [b' ', b'\r' | b'\n', ..] | [b'\r', b'\n', ..] => Form::Exact,
        _ => Form::Loose,
    };
    let (here, ()) = space(input)?;
    match token(here)? {
        (rest, Token::Keyword(b"trailer")) => Ok((rest, (end, None))),
        (_, Token::Integer(_)) => (digits, digits).parse(here).map(|(rest, pair)| (rest, (end, Some(pair)))),
        _ => Fault::at(
            here,
            "the cross-reference table was overwritten or damaged: neither a subsection nor the keyword trailer",
        ),
    }
}

/// How an entry, or the end of its line, is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Exact,
    Loose,
}

/// `oooooooooo ggggg n` or `… f`.
fn entry(input: &[u8]) -> Lexed<'_, (Entry, Form)> {
    let (here, ()) = space(input)?;
    if let Some((rest, exact)) = exact(here) {
        return Ok((rest, (exact, Form::Exact)));
    }
    let (rest, (place, generation)) = (digits, digits).parse(here).map_err(malformed)?;
    let (rest, ()) = space(rest)?;
    let (rest, letter) = token(rest)?;
    let in_use = match letter {
        Token::Keyword(b"n") => true,
        Token::Keyword(b"f") => false,
        _ => return Fault::at(here, MALFORMED),
    };
    match u16::try_from(generation) {
        Ok(generation) => Ok((rest, ((place, generation, in_use), Form::Loose))),
        // A free entry's generation means nothing to a reader.
        Err(_) if !in_use => Ok((rest, ((place, 0, false), Form::Loose))),
        Err(_) => Fault::at(here, "a generation is larger than 65535"),
    }
}

fn malformed(error: nom::Err<Fault<'_>>) -> nom::Err<Fault<'_>> {
    error.map(|fault| Fault { what: MALFORMED, ..fault })
}

/// An entry as the standard wants it, to which reading by tokens would come, too; none where it is something else, or may go on.
fn exact(input: &[u8]) -> Option<(&[u8], Entry)> {
    let (place, rest) = input.split_first_chunk::<10>()?;
    let (generation, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<5>()?;
    let ([b' ', letter @ (b'n' | b'f')], rest) = rest.split_first_chunk::<2>()? else { return None };
    let is_whole = rest.first().is_some_and(|next| !is_regular(*next));
    let generation = u16::try_from(decimal(generation)?).ok()?;
    is_whole.then_some((rest, (decimal(place)?, generation, *letter == b'n')))
}

/// The value of at most ten digits.
fn decimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |value, byte| match byte.wrapping_sub(b'0') {
        digit @ 0..=9 => Some(value.wrapping_mul(10).wrapping_add(digit.into())),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;
    use crate::error::ErrorKind;

    fn at(offset: u64) -> XrefEntry {
        XrefEntry::InFile { offset, generation: 0 }
    }

    #[test]
    fn subsections_follow_each_other() {
        let text = "xref\n0 2\n0000000000 65535 f \n0000000017 00000 n \n7 1\n0000000042 00003 n \ntrailer\n<</Size 8>>\nstartxref";
        let section = read(text.as_bytes()).unwrap();
        let third = XrefEntry::InFile { offset: 42, generation: 3 };
        assert_eq!(section.entries, [(0, XrefEntry::Free), (1, at(17)), (7, third)]);
        assert_eq!(&text[section.end as usize..], "\nstartxref");
    }

    #[test]
    fn sloppy_lines_are_read() {
        for line_end in ["\n", "\r", "\r\n", " \r\n", "  \n", " "] {
            let lines = format!("0000000000 65535 f{line_end}0000000017 00000 n{line_end}");
            for head in ["xref\n0 2\n", "xref 0 2 ", "\r\n xref\r0 2\r"] {
                let section = read(format!("{head}{lines}trailer<<>>").as_bytes()).unwrap();
                assert_eq!(section.entries, [(0, XrefEntry::Free), (1, at(17))]);
            }
        }
    }

    #[test]
    fn lines_are_even_where_readers_that_count_bytes_see_the_same() {
        let lines = |head: &str, first: &str, second: &str| {
            let text = format!("xref{head}0 2{head}0000000000 65535 f{first}0000000017 00000 n{second}trailer<<>>");
            read(text.as_bytes()).unwrap().lines
        };
        for end in [" \n", " \r", "\r\n"] {
            assert_eq!(lines("\n", end, end), Lines::Even);
            assert_eq!(lines("\r\n", end, end), Lines::Even);
            assert_eq!(lines("\n", end, "\n"), Lines::Uneven);
        }
        for end in ["\n", "\r", " \r\n", "  \n", " ", "\n%\n"] {
            assert_eq!(lines("\n", end, " \n"), Lines::Uneven);
        }
        let odd = read(b"xref\n0 2\n0000000000 65535 f \n000000017  00000 n \ntrailer<<>>").unwrap();
        assert_eq!(odd.lines, Lines::Uneven);
    }

    #[test]
    fn exact_lines_are_what_their_tokens_say() {
        let slowly = |line: &str| {
            // A comment is white space, too.
            entry(line.replacen(' ', "%\n", 1).as_bytes()).map(|(rest, (read, _))| (rest.len(), read)).ok()
        };
        for line in [
            "0000000017 00000 n \n",
            "0000000000 65535 f\r\n",
            "9999999999 00007 f\n}",
            "0000000017 00000 n% ",
            "0000000017 00000 nn\n",
            "0000000017 65536 n \n",
            "0000000017 65536 f \n",
            "000000001x 00000 n \n",
            "0000000017 0000  n \n",
            "0000000017 00000 n",
        ] {
            let read = entry(line.as_bytes()).map(|(rest, (read, _))| (rest.len(), read)).ok();
            assert_eq!(read, slowly(line), "{line:?}");
        }
        assert!(exact(b"0000000017 00000 n \n").is_some() && exact(b"0000000017 65536 f \n").is_none());
    }

    #[test]
    fn a_table_that_starts_at_1() {
        let numbers = |text: &str| {
            let section = read(text.as_bytes()).unwrap();
            section.entries.iter().map(|(number, _)| *number).collect::<Vec<_>>()
        };
        assert_eq!(numbers("xref 1 2 0 65535 f 17 0 n trailer<<>>"), [0, 1]);
        assert_eq!(numbers("xref 1 2 0 0 f 17 0 n trailer<<>>"), [1, 2]);
        assert_eq!(numbers("xref 1 2 16 0 n 17 0 n trailer<<>>"), [1, 2]);
    }

    #[test]
    fn counts_in_the_billions_cost_nothing() {
        let error = read(b"xref 0 4000000000 0 0 f trailer<<>>").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Syntax);
        let error = read(b"xref 4000000000 1 0 0 f trailer<<>>").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        let many = format!("xref 0 2000 {} trailer<<>>", "0 0 f ".repeat(2_000));
        assert_eq!(read(many.as_bytes()).unwrap_err().kind(), ErrorKind::Limit);
    }

    #[test]
    fn malformed_entries_are_refused() {
        for text in ["0 1 17 0 x", "0 1 17 n", "0 1 -17 0 n", "0 1 17 65536 n", "0 2 17 0 n", "0", "x 1"] {
            assert!(read(format!("xref {text} trailer<<>>").as_bytes()).is_err(), "{text}");
        }
    }
}
