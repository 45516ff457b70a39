//! Which objects a value mentions, read without building the value.
//!
//! What it is for: who compares revisions has to know, of every object of a file, what it refers to, and of nearly all of them nothing
//! else. Looking through the bytes takes a fraction of the time that values take.
//!
//! Invariant: only what is spelled plainly is answered: no comments, no streams, no pages with annotations, nothing malformed. There the answer is that of
//! [`parser`](super::parser), which is asked about all the rest.
//!
//! Specified in ISO 32000-2, 7.3.

use super::lexer::{is_regular, is_white, natural, plain_reference};
use super::object::Ref;
use crate::limits::Limits;

/// The object `n g obj … endobj` at the start of `window`, if it is spelled plainly: its identity. Afterwards `mentioned` holds the number of
/// every object that it refers to, as often as it does.
pub(crate) fn indirect(window: &[u8], limits: &Limits, mentioned: &mut Vec<u32>) -> Option<Ref> {
    let (rest, number) = natural(window)?;
    let (rest, generation) = natural(rest.strip_prefix(b" ")?)?;
    let rest = rest.strip_prefix(b" obj").filter(|rest| rest.first().is_some_and(|next| !is_regular(*next)))?;
    let rest = value(rest, limits, mentioned)?;
    let (next, _) = space(rest).strip_prefix(b"endobj")?.split_first()?;
    let id = Ref { number: u32::try_from(number).ok()?, generation: u16::try_from(generation).ok()? };
    Some(id).filter(|_| !is_regular(*next))
}

/// What is left behind the value at the start of `input`, if that is spelled plainly.
pub(crate) fn value<'a>(mut input: &'a [u8], limits: &Limits, mentioned: &mut Vec<u32>) -> Option<&'a [u8]> {
    mentioned.clear();
    let mut open: Vec<Open> = Vec::new();
    let mut values: u32 = 0;
    loop {
        let (first, behind) = space(input).split_first()?;
        let (rest, is_whole) = match (first, open.last_mut()) {
            // A page's list of annotations means more than others, and the page is read.
            (b'/', Some(Open::Key)) if behind.starts_with(b"Annots") => return None,
            (b'/', Some(Open::Key)) => (name(behind)?, false),
            (b'>', Some(Open::Key)) => {
                open.pop();
                (behind.strip_prefix(b">")?, true)
            }
            (_, Some(Open::Key)) => return None,
            (b']', Some(Open::Array)) => {
                open.pop();
                (behind, true)
            }
            (b'[', _) => (nest(&mut open, Open::Array, behind, limits)?, false),
            (b'<', _) => match behind.strip_prefix(b"<") {
                Some(behind) => (nest(&mut open, Open::Key, behind, limits)?, false),
                None => (hexadecimal(behind)?, true),
            },
            (b'/', _) => (name(behind)?, true),
            (b'(', _) => (literal(behind)?, true),
            _ => (word(space(input), mentioned)?, true),
        };
        input = rest;
        if is_whole {
            values = values.saturating_add(1);
        }
        if values > limits.objects {
            return None;
        }
        match (open.last_mut(), is_whole) {
            (None, true) => return Some(input),
            // A name was the key of the value to come, or a value is complete, and the next key comes.
            (Some(frame @ Open::Key), false) if *first == b'/' => *frame = Open::Value,
            (Some(frame @ Open::Value), true) => *frame = Open::Key,
            _ => {}
        }
    }
}

/// What is open, and what has to come next in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Array,
    Key,
    Value,
}

fn nest<'a>(open: &mut Vec<Open>, what: Open, rest: &'a [u8], limits: &Limits) -> Option<&'a [u8]> {
    let is_allowed = open.len() < limits.nesting;
    open.push(what);
    is_allowed.then_some(rest)
}

fn space(input: &[u8]) -> &[u8] {
    let length = input.iter().position(|byte| !is_white(*byte)).unwrap_or(input.len());
    input.get(length..).unwrap_or_default()
}

/// Behind a run of regular characters, which something must follow.
fn name(input: &[u8]) -> Option<&[u8]> {
    input.get(input.iter().position(|byte| !is_regular(*byte))?..)
}

fn hexadecimal(input: &[u8]) -> Option<&[u8]> {
    let end = input.iter().position(|byte| !byte.is_ascii_hexdigit() && !is_white(*byte))?;
    input.get(end..)?.strip_prefix(b">")
}

fn literal(mut input: &[u8]) -> Option<&[u8]> {
    let mut open: u64 = 1;
    loop {
        let at = input.iter().position(|byte| matches!(byte, b'(' | b')' | b'\\'))?;
        let (special, rest) = input.get(at..)?.split_first()?;
        input = rest;
        match special {
            b'\\' => (_, input) = rest.split_first()?,
            b'(' => open = open.saturating_add(1),
            _ if open == 1 => return Some(rest),
            _ => open = open.saturating_sub(1),
        }
    }
}

/// A number, a reference or a keyword that is a value.
fn word<'a>(input: &'a [u8], mentioned: &mut Vec<u32>) -> Option<&'a [u8]> {
    let Some((rest, number)) = natural(input) else { return number_or_keyword(input) };
    let number = u32::try_from(number).ok()?;
    if let Some((rest, _)) = plain_reference(rest) {
        mentioned.push(number);
        return Some(rest);
    }
    // Another spelling of a reference is left to the parser, and so is a comment, which could hide one.
    let next = space(rest);
    let Some((behind, _)) = natural(next) else { return next.first().filter(|byte| **byte != b'%').map(|_| rest) };
    let (first, behind) = space(behind).split_first()?;
    let is_reference = *first == b'R' && behind.first().is_none_or(|byte| !is_regular(*byte));
    (!is_reference && *first != b'%').then_some(rest)
}

/// A number that no reference begins with, or a keyword.
fn number_or_keyword(input: &[u8]) -> Option<&[u8]> {
    let rest = name(input)?;
    let word = input.get(..input.len().checked_sub(rest.len())?)?;
    let is_integer = || input.strip_prefix(b"-").and_then(natural).is_some();
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    let points = digits.iter().filter(|byte| **byte == b'.').count();
    let is_real = || {
        let is_plain = digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        is_plain && points == 1 && digits.len() > 1
    };
    (matches!(word, b"true" | b"false" | b"null") || is_integer() || is_real()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pdf::object::Object;
    use crate::pdf::parser::{self, Body};

    /// The references in a value, sorted.
    fn references(object: &Object) -> Vec<u32> {
        let (mut numbers, mut waiting) = (Vec::new(), vec![object]);
        while let Some(value) = waiting.pop() {
            match value {
                Object::Reference(id) => numbers.push(id.number),
                Object::Array(items) => waiting.extend(items),
                Object::Dictionary(dictionary) => waiting.extend(dictionary.iter().map(|entry| &entry.value)),
                _ => {}
            }
        }
        numbers.sort_unstable();
        numbers
    }

    fn found(window: &[u8]) -> Option<(Ref, Vec<u32>)> {
        let mut mentioned = Vec::new();
        let id = indirect(window, &Limits::default(), &mut mentioned)?;
        mentioned.sort_unstable();
        Some((id, mentioned))
    }

    /// Where there is an answer, it is that of the parser.
    fn assert_agrees(window: &[u8]) {
        let Some(found) = found(window) else { return };
        match parser::indirect(window, 0, &Limits::default()) {
            Ok((parser::Indirect { id, body: Body::Value(object) }, _)) => assert_eq!(found, (id, references(&object))),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn plain_objects_are_answered() {
        for (text, numbers) in [
            (
                "7 0 obj\n<</A 1 0 R/B[2 0 R 3 4 0 R 5.5 6 7 8]/C(x\\)(9 0 R))/D<09>/E/F/G -1.5/H null>>\nendobj\n",
                &[1, 2, 4][..],
            ),
            ("7 0 obj 8 0 R endobj\n", &[8]),
            ("7 0 obj[]endobj ", &[]),
            ("7 0 obj<</K<</L[<</M 1 0 R>>1 0 R]>>>>endobj ", &[1, 1]),
        ] {
            let id = Ref { number: 7, generation: 0 };
            assert_eq!(found(text.as_bytes()), Some((id, numbers.to_vec())), "{text}");
            assert_agrees(text.as_bytes());
        }
    }

    #[test]
    fn other_objects_are_left_to_the_parser() {
        for text in [
            "7 0 obj 8  0 R endobj ",
            "7 0 obj[8 0\nR]endobj ",
            "7 0 obj[8 %\n0 R]endobj ",
            "7 0 obj<</A 1 0 R>>stream\n",
            "7 0 obj<</A>>endobj ",
            "7 0 obj<<1 2>>endobj ",
            "7 0 obj[1 0 R)endobj ",
            "7 0 obj 1 2 endobj ",
            "7 0 obj[1 0 R]endobj",
            "7 0 obj[1 0 R]",
            "7 0 obj<</Annots 1 0 R>>endobj ",
            "7 0 obj<</Annots[1 0 R]>>endobj ",
            "70000 70000 obj[1 0 R]endobj ",
        ] {
            assert_eq!(found(text.as_bytes()), None, "{text}");
        }
        let limits = Limits { nesting: 2, ..Limits::default() };
        assert!(value(b"[[1]] ", &limits, &mut Vec::new()).is_some());
        assert!(value(b"[[[1]]] ", &limits, &mut Vec::new()).is_none());
    }

    proptest! {
        #[test]
        fn answers_are_those_of_the_parser(pieces in proptest::collection::vec(piece(), 0..12)) {
            assert_agrees(format!("7 0 obj{} endobj ", pieces.concat()).as_bytes());
            assert_agrees(format!("7 0 obj<</A[{}]>>endobj\n", pieces.concat()).as_bytes());
        }
    }

    fn piece() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec![
            "<<",
            ">>",
            "[",
            "]",
            "/A",
            "/A ",
            "(a\\)b)",
            "(a(1 0 R)",
            ")",
            "<41 2>",
            "<",
            " 1 0 R ",
            " 1 0 R/",
            " 2 0  R",
            " 17 ",
            "0 ",
            "R ",
            " 1",
            "-1.5 ",
            "+1 ",
            "-2 ",
            ". ",
            "4.",
            "null ",
            "true",
            "%c\n",
            "\0",
            "}",
            "99999999999 ",
            "endobj ",
            "#41",
        ])
    }
}
