//! Values and indirect objects from tokens (ISO 32000-2, 7.3), without recursion.
//!
//! What it is for: reading one value, or one `n g obj … endobj`, from a window into the file.
//!
//! Invariant: the work is linear in the window, the nesting bounded; nothing is repaired or guessed.
//!
//! Nouns: [`Indirect`] (an object with its identity), [`Stop`] (why there is none).

use std::ops::Range;

use nom::Parser;
use nom::bytes::streaming::take_while;
use nom::combinator::opt;

use super::lexer::{
    Fault, Lexed, Token, digits, is_white, keyword, name, plain_reference, plainest_reference, position, space, token,
};
use super::long_list::LongList;
use super::object::{Array, Dictionary, Entry, Object, Ref};
use crate::limits::Limits;

/// An indirect object (7.3.10), and how many bytes of the window it took.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Indirect {
    pub(crate) id: Ref,
    pub(crate) body: Body,
}

/// What an indirect object holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    /// A value; the window was read up to and with `endobj`.
    Value(Object),
    /// The dictionary of a stream; the window was read up to the first byte of the data, whose end only `/Length` knows.
    Stream(Dictionary),
}

/// Why the window was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The window ends too early: a larger one may do.
    Incomplete,
    /// No larger window helps: what is wrong, this many bytes into the window.
    Fault(usize, &'static str),
    /// A bound of [`Limits`] was reached.
    Limit(&'static str),
}

/// What was read from a window, and how many bytes it took.
pub(crate) type Parsed<T> = Result<(T, usize), Stop>;

/// Runs a lexical rule on a window.
pub(crate) fn lex<'a, T>(window: &'a [u8], mut rule: impl FnMut(&'a [u8]) -> Lexed<'a, T>) -> Parsed<T> {
    match rule(window) {
        Ok((rest, value)) => Ok((value, window.len().saturating_sub(rest.len()))),
        Err(fault) => Err(stop(window, fault)),
    }
}

/// Why a lexical rule does not go on in `window`.
fn stop(window: &[u8], fault: nom::Err<Fault<'_>>) -> Stop {
    match fault {
        nom::Err::Incomplete(_) => Stop::Incomplete,
        nom::Err::Error(fault) | nom::Err::Failure(fault) => {
            Stop::Fault(window.len().saturating_sub(fault.rest.len()), fault.what)
        }
    }
}

/// Reads one value. `base` is where the window starts in the file, `None` inside an object stream.
pub(crate) fn object(window: &[u8], base: Option<u64>, limits: &Limits) -> Parsed<Object> {
    object_among(&[], window, base, limits)
}

/// The same; a list that begins as one of `long_lists` does shares its values.
fn object_among(long_lists: &[LongList], window: &[u8], base: Option<u64>, limits: &Limits) -> Parsed<Object> {
    let mut stack = Stack { frames: Vec::new(), nesting: limits.nesting };
    let mut rest = window;
    let mut values: u32 = 0;
    let place = |rest: &[u8]| window.len().saturating_sub(rest.len());
    loop {
        let (here, ()) = space(rest).map_err(|fault| stop(window, fault))?;
        let (behind, token) = token(here).map_err(|fault| stop(window, fault))?;
        rest = behind;
        let Some((mut value, start)) = stack.take(token, place(here))? else { continue };
        if let Object::Integer(number) = value
            && let Some((id, behind)) = reference(number, rest).map_err(|fault| stop(window, fault))?
        {
            (value, rest) = (Object::Reference(id), behind);
        }
        values = values.saturating_add(1);
        if values > limits.objects {
            return Err(Stop::Limit("one object holds too many values"));
        }
        let Some(innermost) = stack.frames.last_mut() else { return Ok((value, place(rest))) };
        let (span, is_reference) = (span(base, start..place(rest)), matches!(value, Object::Reference(_)));
        innermost.content.take(value, span).map_err(|what| Stop::Fault(start, what))?;
        if let (true, Content::Array(items)) = (is_reference, &mut innermost.content) {
            let (more, length) = plain_references(long_lists, rest, items);
            values = values.saturating_add(more);
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}

/// Reads `n g obj`, its value, and `endobj` or `stream` with its line end.
pub(crate) fn indirect(window: &[u8], base: u64, limits: &Limits) -> Parsed<Indirect> {
    indirect_among(&[], window, base, limits)
}

/// The same; a list that begins as one of `long_lists` does shares its values.
pub(crate) fn indirect_among(long_lists: &[LongList], window: &[u8], base: u64, limits: &Limits) -> Parsed<Indirect> {
    let (id, head) = lex(window, header)?;
    let behind = |length: usize| window.get(length..).unwrap_or_default();
    let value_base = base.checked_add(offset(head));
    let (value, length) =
        object_among(long_lists, behind(head), value_base, limits).map_err(|stop| stop.further(head))?;
    let position = head.saturating_add(length);
    match value {
        Object::Dictionary(dictionary) => {
            let (is_stream, length) = lex(behind(position), ending).map_err(|stop| stop.further(position))?;
            let body = match is_stream {
                true => Body::Stream(dictionary),
                false => Body::Value(Object::Dictionary(dictionary)),
            };
            Ok((Indirect { id, body }, position.saturating_add(length)))
        }
        value => {
            let ((), length) = lex(behind(position), keyword("endobj")).map_err(|stop| stop.further(position))?;
            Ok((Indirect { id, body: Body::Value(value) }, position.saturating_add(length)))
        }
    }
}

/// `n g obj` (7.3.10).
pub(crate) fn header(input: &[u8]) -> Lexed<'_, Ref> {
    let (here, ()) = space(input)?;
    let (rest, number) = digits(here)?;
    let (rest, generation) = digits(rest)?;
    let (rest, ()) = keyword("obj")(rest)?;
    match (u32::try_from(number), u16::try_from(generation)) {
        (Ok(number), Ok(generation)) => Ok((rest, Ref { number, generation })),
        _ => Fault::at(here, "an object number or generation is too large"),
    }
}

impl Stop {
    /// The same, seen from `bytes` further to the front.
    pub(crate) fn further(self, bytes: usize) -> Self {
        match self {
            Self::Fault(at, what) => Self::Fault(at.saturating_add(bytes), what),
            other => other,
        }
    }
}

/// The arrays and dictionaries that are still open.
struct Stack<'w> {
    frames: Vec<Frame<'w>>,
    nesting: usize,
}

struct Frame<'w> {
    start: usize,
    content: Content<'w>,
}

impl<'w> Stack<'w> {
    /// Takes a token that starts at `start`; gives the value that is complete with it, and where that starts.
    fn take(&mut self, token: Token<'w>, start: usize) -> Result<Option<(Object, usize)>, Stop> {
        let fault = |what| Err(Stop::Fault(start, what));
        let value = match token {
            Token::ArrayOpen => return self.open(start, Content::Array(Array::new())),
            Token::DictionaryOpen => return self.open(start, Content::Dictionary(Dictionary::new(), None)),
            Token::ArrayClose => match self.frames.pop() {
                Some(Frame { start, content: Content::Array(items) }) => {
                    return Ok(Some((Object::Array(items), start)));
                }
                _ => return fault("an unexpected ]"),
            },
            Token::DictionaryClose => match self.frames.pop() {
                Some(Frame { start, content: Content::Dictionary(dictionary, None) }) => {
                    return Ok(Some((Object::Dictionary(dictionary), start)));
                }
                Some(Frame { content: Content::Dictionary(_, Some(_)), .. }) => return fault("a key without a value"),
                _ => return fault("an unexpected >>"),
            },
            Token::Name(spelled) => match self.frames.last_mut() {
                Some(Frame { content: Content::Dictionary(_, key @ None), .. }) => {
                    *key = Some(spelled);
                    return Ok(None);
                }
                _ => Object::Name(name(spelled)),
            },
            Token::Integer(number) => Object::Integer(number),
            Token::Real(spelling) => Object::Real(spelling.to_owned()),
            Token::String(string) => Object::String(string),
            Token::Keyword(b"null") => Object::Null,
            Token::Keyword(b"true") => Object::Boolean(true),
            Token::Keyword(b"false") => Object::Boolean(false),
            Token::Keyword(_) => return fault("an unexpected keyword"),
        };
        Ok(Some((value, start)))
    }

    fn open(&mut self, start: usize, content: Content<'w>) -> Result<Option<(Object, usize)>, Stop> {
        if self.frames.len() >= self.nesting {
            return Err(Stop::Limit("arrays and dictionaries nest too deeply"));
        }
        self.frames.push(Frame { start, content });
        Ok(None)
    }
}

enum Content<'w> {
    Array(Array),
    /// The entries so far, and the key whose value comes next, as it is spelled.
    Dictionary(Dictionary, Option<&'w [u8]>),
}

impl Content<'_> {
    fn take(&mut self, value: Object, span: Option<Range<u64>>) -> Result<(), &'static str> {
        match self {
            Self::Array(items) => items.push(value),
            Self::Dictionary(dictionary, key) => {
                let key = key.take().ok_or("a dictionary key is no name")?;
                dictionary.push(Entry { key: name(key), value, span });
            }
        }
        Ok(())
    }
}

/// Takes the references behind another one in an array, as long as they are spelled as nearly everybody does: most values of long
/// files are such. How many there are, and how many bytes they take.
fn plain_references(long_lists: &[LongList], window: &[u8], items: &mut Array) -> (u32, usize) {
    const SHORTEST: usize = b" 1 0 R".len();
    if let [first] = &**items
        && let Some((front, length)) = long_lists.iter().find_map(|long| long.front(first, window))
    {
        let count = u32::try_from(front.len()).unwrap_or(u32::MAX).saturating_sub(1);
        *items = front;
        return (count, length);
    }
    // Lists that hold others would be looked through, and make the same room, as often as they nest.
    let mut own = std::mem::take(items).into_vec();
    if own.len() == 1
        && let Some(end) = position(window, |byte| (byte == b'[') | (byte == b']'))
        && window.get(end) == Some(&b']')
    {
        own.reserve(end.div_euclid(SHORTEST));
    }
    let (mut rest, mut count) = (window, 0_u32);
    while let [b' ' | b'\n', here @ ..] = rest
        && let Some((behind, number)) = plainest_reference(here)
    {
        own.push(Object::Reference(Ref { number, generation: 0 }));
        (rest, count) = (behind, count.saturating_add(1));
    }
    *items = own.into();
    (count, window.len().saturating_sub(rest.len()))
}

/// The reference that the integer `number` begins where `g R` follows, and what is left.
fn reference<'a>(number: i64, rest: &'a [u8]) -> Result<Option<(Ref, &'a [u8])>, nom::Err<Fault<'a>>> {
    let Ok(number) = u32::try_from(number) else { return Ok(None) };
    if let Some((behind, generation)) = plain_reference(rest) {
        return Ok(Some((Ref { number, generation }, behind)));
    }
    // A look at the next byte spares most integers the whole look ahead.
    let (here, ()) = space(rest)?;
    if !here.first().is_some_and(u8::is_ascii_digit) {
        return Ok(None);
    }
    match tail(here) {
        Ok((behind, generation)) => {
            Ok(u16::try_from(generation).ok().map(|generation| (Ref { number, generation }, behind)))
        }
        Err(nom::Err::Incomplete(needed)) => Err(nom::Err::Incomplete(needed)),
        Err(_) => Ok(None),
    }
}

/// `g R` behind white space, whatever its spelling.
fn tail(input: &[u8]) -> Lexed<'_, i64> {
    let (rest, generation) = token(input)?;
    let (here, ()) = space(rest)?;
    match (generation, token(here)?) {
        (Token::Integer(generation), (rest, Token::Keyword(b"R"))) => Ok((rest, generation)),
        _ => Fault::at(input, "no reference"),
    }
}

/// `endobj` (false), or `stream` and its line end (true). A carriage return alone is no line end here (7.3.8.1), but real
/// writers use it; since a line feed right behind it would belong to it, there is nothing to guess.
fn ending(input: &[u8]) -> Lexed<'_, bool> {
    let (here, ()) = space(input)?;
    match token(here)? {
        (rest, Token::Keyword(b"endobj")) => Ok((rest, false)),
        (rest, Token::Keyword(b"stream")) => {
            let (rest, _) = take_while(|byte| matches!(byte, b' ' | b'\t'))(rest)?;
            let (rest, carriage_return) = opt(nom::bytes::streaming::tag("\r")).parse(rest)?;
            let (rest, line_feed) = opt(nom::bytes::streaming::tag("\n")).parse(rest)?;
            if carriage_return.or(line_feed).is_none() {
                return Fault::at(rest, "no line end behind the keyword stream");
            }
            Ok((rest, true))
        }
        _ => Fault::at(here, "the keyword endobj or stream is missing"),
    }
}

/// `endstream` and `endobj` behind the data of a stream.
pub(crate) fn stream_end(input: &[u8]) -> Lexed<'_, ()> {
    let (rest, _) = take_while(is_white)(input)?;
    let (rest, ()) = keyword("endstream")(rest)?;
    keyword("endobj")(rest)
}

fn span(base: Option<u64>, window: Range<usize>) -> Option<Range<u64>> {
    let base = base?;
    Some(base.checked_add(offset(window.start))?..base.checked_add(offset(window.end))?)
}

/// A length in memory as a length in a file: no machine that we run on has more than 64 bits.
pub(crate) fn offset(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pdf::lexer::SENTINEL;

    fn read(text: &str) -> Result<Object, Stop> {
        object(text.as_bytes(), Some(100), &Limits::default()).map(|(object, _)| object)
    }

    #[test]
    fn values_nest_and_references_need_three_tokens() {
        let object = read("<</A[1 2 R 3 0 4 0 R]/B<</C null/D(x)>>/E -1.50>>|").unwrap();
        let dictionary = object.as_dictionary().unwrap();
        let id = |number, generation| Object::Reference(Ref { number, generation });
        let expected = [id(1, 2), Object::Integer(3), Object::Integer(0), id(4, 0)];
        assert_eq!(dictionary.get("A").unwrap().as_array().unwrap(), expected);
        assert_eq!(dictionary.get("E"), Some(&Object::Real("-1.50".into())));
        let inner = dictionary.get("B").unwrap().as_dictionary().unwrap();
        assert_eq!(inner.get("C"), None);
    }

    #[test]
    fn references_in_a_row_are_what_they_are_one_by_one() {
        let row = "[1 0 R 2 0 R\n3 1 R 4 0 R  5 0 R 6 0\tR 7 0 R(x)8 0 R 9 70000 5 0 R 10 0 R 11 0]|";
        let apart = row.replace(" R", "\tR");
        assert_eq!(read(row).unwrap(), read(&apart).unwrap());
        assert_eq!(read(row).unwrap().as_array().unwrap().len(), 15);
        let few = Limits { objects: 3, ..Limits::default() };
        assert!(object(b"[1 0 R 2 0 R]|", None, &few).is_ok());
        assert_eq!(object(b"[1 0 R 2 0 R 3 0 R]|", None, &few), Err(Stop::Limit("one object holds too many values")));
    }

    /// Room is made once for each byte, however lists nest.
    #[test]
    fn nested_lists_take_no_more_room_than_their_text() {
        let text = format!("{}({}){}|", "[1 0 R".repeat(200), "x".repeat(60_000), "]".repeat(200));
        let object = read(&text).unwrap();
        let room = |value: &Object| match value {
            Object::Array(items) => items.clone().into_vec().capacity(),
            _ => 0,
        };
        let room: usize = object.values().map(room).sum();
        assert!(room <= text.len() / 4, "{room}");
    }

    #[test]
    fn every_value_of_a_dictionary_knows_its_place() {
        let text = "<< /A  (x) /B[ 1 ]/C 1 0 R /D<41> >>|";
        let object = read(text).unwrap();
        let spans = object.as_dictionary().unwrap().iter().map(|entry| entry.span.clone().unwrap());
        let spelled: Vec<_> = spans.map(|span| &text[span.start as usize - 100..span.end as usize - 100]).collect();
        assert_eq!(spelled, ["(x)", "[ 1 ]", "1 0 R", "<41>"]);
    }

    #[test]
    fn malformed_values_say_where() {
        for (text, at) in
            [("]", 0), ("[ >>", 2), ("<</A>>", 4), ("<</A 1 2>>", 7), ("<<1 2>>", 2), ("[foo]", 1), ("[1 70000 R]", 9)]
        {
            assert!(matches!(read(&format!("{text}|")), Err(Stop::Fault(found, _)) if found == at), "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded_without_a_stack_overflow() {
        assert_eq!(read(&"[".repeat(1_000_000)), Err(Stop::Limit("arrays and dictionaries nest too deeply")));
        let deep = format!("{}{}|", "[".repeat(256), "]".repeat(256));
        assert!(read(&deep).is_ok());
    }

    #[test]
    fn indirect_objects_end_behind_endobj_or_where_the_data_starts() {
        let limits = Limits::default();
        let (found, length) = indirect(b"%c\n7 1 obj<</A 1>>endobj\n8", 0, &limits).unwrap();
        assert_eq!((found.id.number, found.id.generation, length), (7, 1, 24));
        for line_end in ["\n", "\r\n", "\r", " \r\n"] {
            let text = format!("7 0 obj<<>>stream{line_end}DATA endstream endobj");
            let (found, length) = indirect(text.as_bytes(), 0, &limits).unwrap();
            assert_eq!(found.body, Body::Stream(Dictionary::new()));
            assert_eq!(&text[length..length + 4], "DATA");
        }
        assert!(matches!(indirect(b"7 0 obj 1 8 0 obj ", 0, &limits), Err(Stop::Fault(10, _))));
        assert!(matches!(indirect(b"7 0 obj endobj ", 0, &limits), Err(Stop::Fault(8, _))));
    }

    proptest! {
        #[test]
        fn a_larger_window_changes_no_object(bytes in hostile(), cut in 0usize..300) {
            let limits = Limits::default();
            let whole = indirect(&bytes, 0, &limits);
            match indirect(&bytes[..cut.min(bytes.len())], 0, &limits) {
                Err(Stop::Incomplete) => {}
                part => prop_assert_eq!(part, whole),
            }
        }

        #[test]
        fn behind_the_sentinel_nothing_is_incomplete_but_strings(bytes in hostile()) {
            let mut bytes = bytes;
            bytes.retain(|byte| !b"(<".contains(byte));
            bytes.extend_from_slice(SENTINEL);
            prop_assert_ne!(object(&bytes, None, &Limits::default()), Err(Stop::Incomplete));
        }
    }

    fn hostile() -> impl Strategy<Value = Vec<u8>> {
        let piece = proptest::sample::select(vec![
            "1 0 obj",
            "<<",
            ">>",
            "[",
            "]",
            "/A",
            "(a\\)b)",
            "<41>",
            " 1 0 R ",
            " 17 ",
            "-1.5 ",
            "stream\r\n",
            "endobj",
            "null ",
            "%c\n",
            "\0",
            "(",
            "}",
        ]);
        let pieces = proptest::collection::vec(piece, 0..40);
        prop_oneof![
            pieces.prop_map(|pieces| format!("1 0 obj{}", pieces.concat()).into_bytes()),
            proptest::collection::vec(any::<u8>(), 0..300),
        ]
    }
}
