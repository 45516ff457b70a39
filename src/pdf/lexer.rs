//! Tokens of PDF syntax (ISO 32000-2, 7.2 and 7.3), on nom's streaming parsers.
//!
//! What it is for: one token from the start of a slice that may be a window into a larger file. "The window ends too
//! early" ([`nom::Err::Incomplete`]) and "this is no PDF" ([`Fault`]) are different answers, so that windows can grow.
//!
//! Invariant: a token is the same whatever the size of the window it was read from.
//!
//! Nouns: [`Token`], [`Fault`].

use nom::bytes::streaming::{tag, take_till, take_while, take_while_m_n, take_while1};
use nom::combinator::opt;
use nom::error::ParseError;
use nom::number::streaming::u8 as byte;
use nom::{Err, IResult, Needed, Parser};

use super::object::{Name, PdfString, StringForm};

/// What stands behind the last byte of what can be read: it ends every token except an unfinished string, is no part of
/// any value, and so makes "there is no more" an ordinary fault instead of a special case in every rule.
pub(crate) const SENTINEL: &[u8] = b"\n}";

/// The result of a lexical rule: what is left, and what was read.
pub(crate) type Lexed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

/// The input is not what the rule wants, whatever may follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault<'a> {
    /// What was left where the fault is.
    pub(crate) rest: &'a [u8],
    pub(crate) what: &'static str,
}

/// A token (7.2.3).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Integer(i64),
    /// As it is spelled.
    Real(&'a str),
    /// As it is spelled behind its slash: [`name`] tells what it means.
    Name(&'a [u8]),
    String(PdfString),
    ArrayOpen,
    ArrayClose,
    DictionaryOpen,
    DictionaryClose,
    /// `true`, `obj`, `R`, `xref`, …
    Keyword(&'a [u8]),
}

impl<'a> Fault<'a> {
    pub(crate) fn at<T>(rest: &'a [u8], what: &'static str) -> Lexed<'a, T> {
        Err(Err::Error(Self { rest, what }))
    }
}

impl<'a> ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(rest: &'a [u8], _: nom::error::ErrorKind) -> Self {
        Self { rest, what: "unexpected byte" }
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// Skips white space and comments.
pub(crate) fn space(mut input: &[u8]) -> Lexed<'_, ()> {
    loop {
        match input {
            [first, rest @ ..] if is_white(*first) => input = rest,
            [b'%', rest @ ..] => (input, _) = take_till(is_line_end)(rest)?,
            [_, ..] => return Ok((input, ())),
            [] => return Err(Err::Incomplete(Needed::new(1))),
        }
    }
}

/// Reads the token at the very start of `input`, which is neither white space nor a comment.
pub(crate) fn token(input: &[u8]) -> Lexed<'_, Token<'_>> {
    let [first, rest @ ..] = input else { return Err(Err::Incomplete(Needed::new(1))) };
    match first {
        b'/' => regular(rest).map(|(rest, spelled)| (rest, Token::Name(spelled))),
        b'(' => literal(rest).map(|(rest, string)| (rest, Token::String(string))),
        b'[' => Ok((rest, Token::ArrayOpen)),
        b']' => Ok((rest, Token::ArrayClose)),
        b'<' => match rest {
            [b'<', rest @ ..] => Ok((rest, Token::DictionaryOpen)),
            _ => hexadecimal(rest).map(|(rest, string)| (rest, Token::String(string))),
        },
        b'>' => match rest {
            [b'>', rest @ ..] => Ok((rest, Token::DictionaryClose)),
            [_, ..] => Fault::at(input, "a lone >"),
            [] => Err(Err::Incomplete(Needed::new(1))),
        },
        b')' | b'{' | b'}' => Fault::at(input, "an unexpected delimiter"),
        _ => word(input),
    }
}

/// Reads exactly `keyword`, after white space and comments.
pub(crate) fn keyword(keyword: &'static str) -> impl for<'a> Fn(&'a [u8]) -> Lexed<'a, ()> {
    move |input| {
        let (here, ()) = space(input)?;
        match token(here)? {
            (rest, Token::Keyword(found)) if found == keyword.as_bytes() => Ok((rest, ())),
            _ => Fault::at(here, missing(keyword)),
        }
    }
}

/// Reads a number of digits only, after white space and comments.
pub(crate) fn digits(input: &[u8]) -> Lexed<'_, u64> {
    let (here, ()) = space(input)?;
    if let Some((rest, value)) = natural(here) {
        return Ok((rest, value.unsigned_abs()));
    }
    let (rest, digits) = take_while1(is_regular)(here)?;
    match digits.iter().all(u8::is_ascii_digit).then(|| ascii(digits).parse()) {
        Some(Ok(value)) => Ok((rest, value)),
        _ => Fault::at(here, "an unsigned integer is missing"),
    }
}

pub(crate) fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

/// Which bytes are regular: nearly every byte that is read is asked, so that the answers stand in a table.
static REGULAR: [bool; 256] = {
    let mut regular = [true; 256];
    let mut others: &[u8] = b"\0\t\n\x0C\r ()<>[]{}/%";
    while let [byte, rest @ ..] = others {
        #[expect(clippy::as_conversions, clippy::indexing_slicing, reason = "a byte is less than 256")]
        let is_regular = &mut regular[*byte as usize];
        *is_regular = false;
        others = rest;
    }
    regular
};

pub(crate) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Neither white space nor a delimiter (7.2.3).
#[inline]
pub(crate) fn is_regular(byte: u8) -> bool {
    REGULAR.get(usize::from(byte)).copied().unwrap_or_default()
}

/// The regular characters at the start of `input`, which another one has to end.
#[inline]
fn regular(input: &[u8]) -> Lexed<'_, &[u8]> {
    let end = input.iter().position(|byte| !is_regular(*byte));
    let (run, rest) = end.and_then(|end| input.split_at_checked(end)).ok_or(Err::Incomplete(Needed::Unknown))?;
    Ok((rest, run))
}

/// A number or a keyword: a run of regular characters (7.3.3).
fn word(input: &[u8]) -> Lexed<'_, Token<'_>> {
    if let Some((rest, value)) = natural(input) {
        return Ok((rest, Token::Integer(value)));
    }
    let (rest, word) = regular(input)?;
    match word {
        [] => return Fault::at(input, "unexpected byte"),
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => {}
        _ => return Ok((rest, Token::Keyword(word))),
    }
    let unsigned = word.strip_prefix(b"+").or(word.strip_prefix(b"-")).unwrap_or(word);
    let points = unsigned.iter().filter(|byte| **byte == b'.').count();
    let plain = unsigned.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let any_digit = unsigned.iter().any(u8::is_ascii_digit);
    if !plain || !any_digit || points > 1 {
        return Fault::at(input, "not a number");
    }
    let text = ascii(word);
    match text.parse() {
        Ok(value) if points == 0 => Ok((rest, Token::Integer(value))),
        // A real number, or an integer beyond i64: its spelling is kept, and nobody calculates with it.
        _ => Ok((rest, Token::Real(text))),
    }
}

/// Digits only, and few enough for no overflow, as nearly all numbers are; none where it is something else, or may go on.
#[inline]
pub(crate) fn natural(input: &[u8]) -> Option<(&[u8], i64)> {
    const DIGITS: usize = 18;
    let (mut rest, mut value) = (input, 0_i64);
    while let [digit @ b'0'..=b'9', behind @ ..] = rest {
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0')));
        rest = behind;
    }
    let is_whole = rest.first().is_some_and(|next| !is_regular(*next));
    let length = input.len().saturating_sub(rest.len());
    (is_whole && (1..=DIGITS).contains(&length)).then_some((rest, value))
}

/// ` g R` behind the number of an object, spelled as nearly everybody does: the generation, and what is left. None where it is
/// something else, or may go on.
#[inline]
pub(crate) fn plain_reference(input: &[u8]) -> Option<(&[u8], u16)> {
    let [b' ', rest @ ..] = input else { return None };
    let (rest, generation) = natural(rest)?;
    let [b' ', b'R', rest @ ..] = rest else { return None };
    let is_whole = rest.first().is_some_and(|next| !is_regular(*next));
    u16::try_from(generation).ok().filter(|_| is_whole).map(|generation| (rest, generation))
}

/// `12345678 0 R`: the number of an object, which has at most eight digits, and what is left. None where it is something else, or may go on.
///
/// Files that were signed a thousand times hold a million of these: the digits are looked at together, without a branch for each.
#[inline]
pub(crate) fn plainest_reference(input: &[u8]) -> Option<(&[u8], u32)> {
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    // The first byte is the lowest; a digit is its value now, and what is none is 10 or more.
    let bytes = u64::from_le_bytes(*input.first_chunk()?) ^ each(b'0');
    let is_none = (bytes.wrapping_add(each(0x80 - 10)) | bytes) & each(0x80);
    let length = is_none.trailing_zeros() / 8;
    // Zeros come before the first digit; then two digits make one number, and two of these, and two of those.
    let digits = bytes.checked_shl(64_u32.wrapping_sub(8_u32.wrapping_mul(length)))?;
    let pairs = (digits.wrapping_mul(10).wrapping_add(digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let number = u32::try_from(fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & u64::from(u32::MAX)).ok()?;
    let rest = input.get(usize::try_from(length).ok()?..)?.strip_prefix(b" 0 R")?;
    let is_whole = rest.first().is_some_and(|next| !is_regular(*next));
    is_whole.then_some((rest, number))
}

/// What a name means that is `spelled` so behind its slash (7.3.5). A `#` that two hexadecimal digits do not follow stands for itself, as
/// before PDF 1.2.
pub(crate) fn name(mut spelled: &[u8]) -> Name {
    if !spelled.contains(&b'#') {
        return Name::from(spelled);
    }
    let mut bytes = Vec::with_capacity(spelled.len());
    while let Some((&first, behind)) = spelled.split_first() {
        match (first, behind.split_first_chunk()) {
            (b'#', Some((&[high, low], behind))) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(pair([high, low]));
                spelled = behind;
            }
            _ => {
                bytes.push(first);
                spelled = behind;
            }
        }
    }
    Name::from(bytes.as_slice())
}

/// A literal string behind its parenthesis (7.3.4.2).
fn literal(mut input: &[u8]) -> Lexed<'_, PdfString> {
    let mut bytes = Vec::new();
    let mut open: u64 = 1;
    loop {
        let (rest, plain) = take_till(|byte| matches!(byte, b'(' | b')' | b'\\' | b'\r'))(input)?;
        bytes.extend_from_slice(plain);
        let (rest, special) = byte(rest)?;
        input = match special {
            b'\\' => escape(rest, &mut bytes)?.0,
            b'\r' => {
                bytes.push(b'\n');
                opt(tag("\n")).parse(rest)?.0
            }
            b')' if open == 1 => return Ok((rest, PdfString { bytes, form: StringForm::Literal })),
            b')' => {
                open = open.saturating_sub(1);
                bytes.push(special);
                rest
            }
            _ => {
                open = open.saturating_add(1);
                bytes.push(special);
                rest
            }
        };
    }
}

/// What stands behind a backslash (7.3.4.2, table 3).
fn escape<'a>(input: &'a [u8], bytes: &mut Vec<u8>) -> Lexed<'a, ()> {
    let (rest, first) = byte(input)?;
    match first {
        b'n' => bytes.push(b'\n'),
        b'r' => bytes.push(b'\r'),
        b't' => bytes.push(b'\t'),
        b'b' => bytes.push(8),
        b'f' => bytes.push(12),
        b'\n' => {}
        b'\r' => return opt(tag("\n")).parse(rest).map(|(rest, _)| (rest, ())),
        b'0'..=b'7' => {
            let (rest, octal) = take_while_m_n(1, 3, |byte| matches!(byte, b'0'..=b'7'))(input)?;
            // "High-order overflow shall be ignored."
            let value = octal.iter().fold(0u8, |value, digit| (value << 3) | (digit & 7));
            bytes.push(value);
            return Ok((rest, ()));
        }
        other => bytes.push(other),
    }
    Ok((rest, ()))
}

/// A hexadecimal string behind its `<` (7.3.4.3).
fn hexadecimal(input: &[u8]) -> Lexed<'_, PdfString> {
    // Signatures are long, and written without white space: two loops without a branch, which compilers make fast.
    let is_digit = |byte: u8| (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6);
    let end = position(input, |byte| !is_digit(byte));
    if let Some((digits, [b'>', rest @ ..])) = end.and_then(|end| input.split_at_checked(end))
        && let (pairs, []) = digits.as_chunks::<2>()
    {
        let bytes = pairs.iter().map(|digits| pair(*digits)).collect();
        return Ok((rest, PdfString { bytes, form: StringForm::Hexadecimal }));
    }
    let (rest, body) = take_while(|byte: u8| byte.is_ascii_hexdigit() || is_white(byte))(input)?;
    let (end, close) = byte(rest)?;
    if close != b'>' {
        return Fault::at(rest, "not a hexadecimal digit");
    }
    Ok((end, PdfString { bytes: unhex(body), form: StringForm::Hexadecimal }))
}

/// Decodes hexadecimal digits, passing over what is none; an odd last digit is followed by 0.
pub(crate) fn unhex(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len().div_ceil(2));
    let mut high = None;
    for digit in body.iter().copied().filter(u8::is_ascii_hexdigit) {
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(pair([high, digit])),
        }
    }
    bytes.extend(high.map(|high| pair([high, b'0'])));
    bytes
}

/// Where such a byte stands first, looked for block by block: a loop without a branch in each, which compilers make fast.
pub(crate) fn position(input: &[u8], is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    const BLOCK: usize = 64;
    let has = |block: &&[u8; BLOCK]| block.iter().fold(false, |has, byte| has | is_wanted(*byte));
    let before = input.as_chunks::<BLOCK>().0.iter().take_while(|block| !has(block)).count().checked_mul(BLOCK)?;
    let rest = input.get(before..)?.iter().position(|byte| is_wanted(*byte))?;
    before.checked_add(rest)
}

/// The byte that two hexadecimal digits spell, both in one word: letters have a bit that digits have not, and count from 1.
fn pair(digits: [u8; 2]) -> u8 {
    let digits = u16::from_le_bytes(digits);
    let nibbles = (digits & 0x0F0F).wrapping_add(((digits >> 6) & 0x0101).wrapping_mul(9));
    let [byte, _] = ((nibbles << 4) | (nibbles >> 8)).to_le_bytes();
    byte
}

/// The text of bytes that are known to be ASCII.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn missing(keyword: &str) -> &'static str {
    match keyword {
        "obj" => "the keyword obj is missing",
        "endobj" => "the keyword endobj is missing",
        "endstream" => "the keyword endstream is missing",
        "xref" => "the keyword xref is missing",
        "trailer" => "the keyword trailer is missing",
        "startxref" => "the keyword startxref is missing",
        _ => "a keyword is missing",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(input: &str) -> Token<'_> {
        let (rest, token) = token(input.as_bytes()).unwrap();
        assert_eq!(rest, b"|", "{input}");
        token
    }

    fn string(input: &str) -> Vec<u8> {
        match one(input) {
            Token::String(string) => string.bytes,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn hexadecimal_digits_have_their_values() {
        let decoded = |text: &str| hexadecimal(text.as_bytes()).ok().map(|(_, string)| string.bytes);
        for value in 0..=u8::MAX {
            for text in [format!("{value:02x}>"), format!("{value:02X}>"), format!("{value:02x} >")] {
                assert_eq!(decoded(&text), Some(vec![value]), "{text}");
            }
            let is_known = value.is_ascii_hexdigit() || is_white(value) || value == b'>';
            assert_eq!(hexadecimal(&[b'0', value, b'>']).is_ok(), is_known, "{value}");
        }
        assert_eq!(decoded("4 1 5>"), Some(b"AP".to_vec()));
        for length in 0..40 {
            let bytes: Vec<u8> = (0..=u8::MAX).map(|at| at.wrapping_mul(37)).skip(length).take(length).collect();
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            for text in [format!("{digits}>"), format!("{}>", digits.to_uppercase())] {
                assert_eq!(decoded(&text).as_ref(), Some(&bytes), "{text}");
            }
        }
    }

    #[test]
    fn bytes_are_found_where_they_stand_first() {
        for length in [0, 1, 63, 64, 65, 127, 128, 200] {
            let mut input = vec![b'0'; length];
            assert_eq!(position(&input, |byte| byte == b'>'), None);
            for at in (0..length).rev() {
                input[at] = b'>';
                assert_eq!(position(&input, |byte| byte == b'>'), Some(at));
            }
        }
    }

    #[test]
    fn numbers() {
        let number = |text: &str| token(format!("{text} ").as_bytes()).map(|(_, token)| format!("{token:?}")).ok();
        for (text, value) in [("0", 0), ("+1", 1), ("-17", -17), ("007", 7), ("9223372036854775807", i64::MAX)] {
            assert_eq!(number(text), Some(format!("{:?}", Token::Integer(value))));
        }
        for text in ["-.5", "4.", "0.0", "+3.25", "9223372036854775808", "-.002"] {
            assert_eq!(number(text), Some(format!("{:?}", Token::Real(text))));
        }
        for text in ["-", ".", "+", "--5", "1.2.3", "1e5", "12a", "+-1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn strings() {
        assert_eq!(string("(a(b)c)|"), b"a(b)c");
        assert_eq!(string(r"(\n\r\t\b\f\(\)\\\x\053\53x\0053\777)|"), b"\n\r\t\x08\x0c()\\x++x\x053\xff");
        assert_eq!(string("(a\\\r\nb\\\nc\\\rd)|"), b"abcd");
        assert_eq!(string("(a\r\nb\rc\nd)|"), b"a\nb\nc\nd");
        assert_eq!(string("<4 1\n42 5>|"), b"AB\x50");
        assert_eq!(string("<>|"), b"");
        assert!(token(b"<4x>").is_err_and(|error| !error.is_incomplete()));
    }

    #[test]
    fn names() {
        assert_eq!(token(b"/A#20b#2 "), Ok((&b" "[..], Token::Name(b"A#20b#2"))));
        assert_eq!(name(b"A#20b#2"), Name::from("A b#2"));
        assert_eq!(token(b"/ "), Ok((&b" "[..], Token::Name(b""))));
    }

    #[test]
    fn comments_are_space() {
        assert_eq!(space(b" %a (b\r\n\0%c\rx"), Ok((&b"x"[..], ())));
        assert!(space(b" % no end").unwrap_err().is_incomplete());
    }

    #[test]
    fn what_may_go_on_is_incomplete() {
        for text in ["", "12", "/Na", "(abc", "<41", "<", ">", "tru", "(\\", "(\\0", "(a\r"] {
            assert!(token(text.as_bytes()).unwrap_err().is_incomplete(), "{text}");
        }
    }

    #[test]
    fn digits_together_are_digits_one_by_one() {
        for text in ["7 0 R]  ", "12345678 0 R ", "00000012 0 R/", "3456 0 R\n3"] {
            let (rest, number) = plainest_reference(text.as_bytes()).unwrap();
            let (behind, expected) = natural(text.as_bytes()).unwrap();
            assert_eq!((i64::from(number), Some((rest, 0))), (expected, plain_reference(behind)), "{text}");
        }
        for text in [
            " 1 0 R    ",
            "123456789 0 R ",
            "1 1 R     ",
            "1 0 Rx    ",
            "1  0 R   ",
            "1 0 R",
            "1:0 0 R  ",
            "1\u{80} 0 R ",
        ] {
            assert_eq!(plainest_reference(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn plainest_references_are_plain_ones(number in "[0-9/:\u{7f}\u{ff}]{0,10}", rest in "( [0-9] R[ \\]x])?") {
            let text = format!("{number}{rest}   ");
            if let Some((rest, number)) = plainest_reference(text.as_bytes()) {
                let (behind, expected) = natural(text.as_bytes()).unwrap();
                prop_assert_eq!((i64::from(number), Some((rest, 0))), (expected, plain_reference(behind)));
            }
        }

        #[test]
        fn a_larger_window_changes_no_token(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..200) {
            let whole = token(&bytes).map(|(rest, token)| (bytes.len() - rest.len(), format!("{token:?}")));
            let window = &bytes[..cut.min(bytes.len())];
            let part = token(window).map(|(rest, token)| (window.len() - rest.len(), format!("{token:?}")));
            match (whole, part) {
                (_, Err(Err::Incomplete(_))) => {}
                (Ok(whole), Ok(part)) => prop_assert_eq!(whole, part),
                (Err(_), Err(_)) => {}
                (whole, part) => prop_assert!(false, "{whole:?} {part:?}"),
            }
        }
    }
}
