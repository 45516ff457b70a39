//! Object streams (ISO 32000-2, 7.5.7).
//!
//! Invariant: a member takes no byte of the next, so that reading all members is linear in the stream.
//! `/Extends` is never followed: a cross-reference entry names the very stream that holds its object.
//!
//! Nouns: [`Container`].

use std::ops::Range;

use super::lexer::{SENTINEL, digits};
use super::mention;
use super::object::{Dictionary, Object};
use super::parser::{self, Stop, lex};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// A decoded object stream.
#[derive(Debug)]
pub(crate) struct Container {
    /// Object number and place of every member.
    members: Vec<(u32, Range<usize>)>,
    data: Vec<u8>,
}

impl Container {
    pub(crate) fn new(dictionary: &Dictionary, data: Vec<u8>, limits: &Limits) -> Result<Self> {
        if dictionary.get("Type").and_then(Object::as_name).is_none_or(|name| *name != *"ObjStm") {
            return Err(wrong("it is no object stream"));
        }
        let number = |key: &str| {
            dictionary.get(key).and_then(Object::as_integer).and_then(|number| usize::try_from(number).ok())
        };
        let count = number("N").ok_or_else(|| wrong("an object stream has no direct /N"))?;
        let first = number("First").ok_or_else(|| wrong("an object stream has no direct /First"))?;
        if limits.objects < u32::try_from(count).unwrap_or(u32::MAX) {
            return Err(Error::new(ErrorKind::Limit, "an object stream holds more than Limits::objects"));
        }
        let mut head =
            data.get(..first).ok_or_else(|| wrong("/First lies behind the end of the object stream"))?.to_vec();
        head.extend_from_slice(SENTINEL);
        let (numbers, starts) = pairs(&head, count, first)?;
        let ends = starts.iter().skip(1).copied().chain([data.len()]);
        let ranges: Vec<_> = starts.iter().zip(ends).map(|(start, end)| *start..end).collect();
        if ranges.iter().any(|range| range.is_empty()) {
            return Err(wrong("the members of an object stream do not follow each other"));
        }
        Ok(Self { members: numbers.into_iter().zip(ranges).collect(), data })
    }

    /// The object numbers of its members, in their order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.members.iter().map(|(number, _)| *number)
    }

    /// The `index`th member, which must be object `number`.
    pub(crate) fn object(&self, number: u32, index: u32, limits: &Limits) -> Result<Object> {
        let window = self.window(number, index)?;
        match parser::object(&window, None, limits) {
            Ok((object, _)) => Ok(object),
            Err(Stop::Limit(what)) => Err(Error::new(ErrorKind::Limit, what)),
            Err(Stop::Fault(_, what)) => Err(wrong(what)),
            Err(Stop::Incomplete) => Err(wrong("it does not end")),
        }
    }

    /// Whether that member is spelled so plainly that what it refers to can be said without reading it: see [`mention`].
    pub(crate) fn mentions(&self, number: u32, index: u32, limits: &Limits, mentioned: &mut Vec<u32>) -> Result<bool> {
        let window = self.window(number, index)?;
        Ok(mention::value(&window, limits, mentioned).is_some())
    }

    fn window(&self, number: u32, index: u32) -> Result<Vec<u8>> {
        let member = usize::try_from(index).ok().and_then(|index| self.members.get(index));
        let (found, range) = member.ok_or_else(|| wrong("the object stream has no such member"))?;
        if *found != number {
            return Err(wrong("the object stream holds another object there"));
        }
        let bytes = self.data.get(range.clone()).unwrap_or_default();
        Ok([bytes, SENTINEL].concat())
    }
}

/// Object numbers, and where each starts in the decoded data.
fn pairs(head: &[u8], count: usize, first: usize) -> Result<(Vec<u32>, Vec<usize>)> {
    let (mut numbers, mut starts) = (Vec::new(), Vec::new());
    let mut at = 0;
    let mut next = || match lex(head.get(at..).unwrap_or_default(), digits) {
        Ok((value, length)) => {
            at = at.saturating_add(length);
            Ok(value)
        }
        Err(_) => Err(wrong("the head of an object stream is malformed")),
    };
    for _ in 0..count {
        let (number, start) = (next()?, next()?);
        let start = usize::try_from(start).ok().and_then(|start| start.checked_add(first));
        numbers.push(u32::try_from(number).map_err(|_| wrong("an object number is too large"))?);
        starts.push(start.ok_or_else(|| wrong("an offset in an object stream is too large"))?);
    }
    Ok((numbers, starts))
}

fn wrong(what: &'static str) -> Error {
    Error::new(ErrorKind::Syntax, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(head: &str, body: &str) -> Result<Container> {
        let text = format!("<</Type/ObjStm/N {}/First {}>> ", head.split(' ').count() / 2, head.len());
        let (object, _) = parser::object(text.as_bytes(), None, &Limits::default()).unwrap();
        Container::new(object.as_dictionary().unwrap(), format!("{head}{body}").into_bytes(), &Limits::default())
    }

    #[test]
    fn members_are_found_by_index_and_number() {
        let container = container("7 0 9 3 8 11", "17 <</A 1>>/N").unwrap();
        let get = |number, index| container.object(number, index, &Limits::default());
        assert_eq!(get(7, 0).unwrap(), Object::Integer(17));
        assert_eq!(get(8, 2).unwrap(), Object::name("N"));
        assert_eq!(get(9, 1).unwrap().as_dictionary().unwrap().get("A"), Some(&Object::Integer(1)));
        assert!(get(9, 0).is_err());
        assert!(get(9, 3).is_err());
    }

    #[test]
    fn members_must_follow_each_other_and_end() {
        for (head, body) in
            [("1 3 2 0", "1 2 "), ("1 0 2 0", "1 2 "), ("1 9", "1"), ("1 x", "1"), ("1 0 2 99999", "1 2")]
        {
            assert!(container(head, body).is_err(), "{head}");
        }
        let cut = container("1 0 2 3", "[1 2]").unwrap();
        assert!(cut.object(1, 0, &Limits::default()).is_err());
        assert!(container("1 0", "(x").unwrap().object(1, 0, &Limits::default()).is_err());
    }
}
