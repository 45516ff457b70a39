//! Whether two values mean the same, however they are spelled.

use std::collections::BTreeMap;

use super::meter::steps;
use crate::error::Result;
use crate::pdf::object::{Dictionary, Name, Object};
use crate::pdf::view::View;

/// Whether two objects, each as its view shows it, are the same; streams by their data as it stands in the file.
pub(super) fn same_object(before: (View<'_>, &Object), after: (View<'_>, &Object)) -> Result<bool> {
    let (Object::Stream(left), Object::Stream(right)) = (before.1, after.1) else { return Ok(same(before.1, after.1)) };
    let length = |range: &std::ops::Range<u64>| range.end.saturating_sub(range.start);
    if length(&left.data) != length(&right.data) || !same_dictionary(&left.dictionary, &right.dictionary) {
        return Ok(false);
    }
    Ok(left.data == right.data || before.0.raw_stream_data(left)? == after.0.raw_stream_data(right)?)
}

/// Whether two values are the same. Streams, which are no values inside others, are not.
pub(super) fn same(left: &Object, right: &Object) -> bool {
    let mut waiting = vec![(left, right)];
    while let Some(pair) = waiting.pop() {
        steps(1);
        let is_same = match pair {
            (Object::Array(left), Object::Array(right)) if left.len() == right.len() => {
                waiting.extend(left.iter().zip(right));
                true
            }
            (Object::Dictionary(left), Object::Dictionary(right)) => match pairs(left, right) {
                Some(pairs) => {
                    waiting.extend(pairs);
                    true
                }
                None => false,
            },
            (Object::String(left), Object::String(right)) => left.bytes == right.bytes,
            (Object::Stream(_), _) | (_, Object::Stream(_)) => false,
            (left, right) => left == right || matches!((number(left), number(right)), (Some(l), Some(r)) if l == r),
        };
        if !is_same {
            return false;
        }
    }
    true
}

/// How many references two lists begin with alike: long ones are written again and again with one more.
pub(super) fn front(before: &[Object], after: &[Object]) -> usize {
    // Versions of one list share their values.
    if std::ptr::eq(before.as_ptr(), after.as_ptr()) {
        return before.len().min(after.len());
    }
    let is_alike =
        |(old, new): &(&Object, &Object)| old.as_reference().is_some_and(|old| new.as_reference() == Some(old));
    before.iter().zip(after).take_while(is_alike).count()
}

pub(super) fn same_dictionary(left: &Dictionary, right: &Dictionary) -> bool {
    pairs(left, right).is_some_and(|pairs| pairs.into_iter().all(|(left, right)| same(left, right)))
}

/// A key with the values that two dictionaries have for it.
pub(super) struct Difference<'d> {
    pub(super) key: &'d Name,
    pub(super) before: Option<&'d Object>,
    pub(super) after: Option<&'d Object>,
}

/// The keys whose values differ, in the order of the keys.
pub(super) fn differences<'d>(before: &'d Dictionary, after: &'d Dictionary) -> Vec<Difference<'d>> {
    let mut keys: BTreeMap<&[u8], Difference<'d>> = BTreeMap::new();
    for (key, (name, value)) in values(before) {
        keys.insert(key, Difference { key: name, before: Some(value), after: None });
    }
    for (key, (name, value)) in values(after) {
        keys.entry(key).or_insert(Difference { key: name, before: None, after: None }).after = Some(value);
    }
    keys.into_values()
        .filter(|one| !matches!((one.before, one.after), (Some(left), Some(right)) if same(left, right)))
        .collect()
}

type Values<'d> = BTreeMap<&'d [u8], (&'d Name, &'d Object)>;

/// What the keys have, without nulls, which are the same as nothing (7.3.7).
fn values(dictionary: &Dictionary) -> Values<'_> {
    let there = dictionary.iter().filter(|entry| !entry.value.is_null());
    let values: Values<'_> = there.map(|entry| (entry.key.as_bytes(), (&entry.key, &entry.value))).collect();
    steps(values.len());
    values
}

/// The values of the same keys; none if the keys are not the same.
fn pairs<'d>(left: &'d Dictionary, right: &'d Dictionary) -> Option<Vec<(&'d Object, &'d Object)>> {
    let (left, right) = (values(left), values(right));
    let is_alike = left.len() == right.len() && left.keys().eq(right.keys());
    is_alike.then(|| left.into_values().zip(right.into_values()).map(|((_, left), (_, right))| (left, right)).collect())
}

/// A number's sign, and its digits before and behind the point without idle zeros.
fn number(object: &Object) -> Option<(bool, String, String)> {
    let text = match object {
        Object::Integer(value) => value.to_string(),
        Object::Real(text) => text.clone(),
        _ => return None,
    };
    let digits = text.trim_start_matches(['+', '-']);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let is_negative = text.starts_with('-') && !(whole.is_empty() && part.is_empty());
    Some((is_negative, whole.to_owned(), part.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn parse(text: &str) -> Object {
        crate::pdf::parser::object(format!("{text} endobj").as_bytes(), None, &Limits::default()).unwrap().0
    }

    #[test]
    fn spelling_does_not_matter() {
        for (left, right) in [
            ("<</A 1/B[2 3]>>", "<</B[2.0 +3]/A 01>>"),
            ("<</A 1/B null>>", "<</A 1.>>"),
            ("(ab)", "<6162>"),
            ("-0.50", "-.5"),
            ("-0", "0"),
            ("5 0 R", "5 0 R"),
        ] {
            assert!(same(&parse(left), &parse(right)), "{left} {right}");
        }
    }

    #[test]
    fn lists_are_alike_up_to_their_first_difference() {
        let (Object::Array(list), Object::Array(other)) =
            (parse("[1 0 R 2 0 R 3 0 R 4 0 R]"), parse("[1 0 R 2 0 R 4 0 R]"))
        else {
            panic!()
        };
        assert_eq!((front(&list, &other), front(&list[1..], &other)), (2, 0));
        assert_eq!((front(&list[..3], &list), front(&list, &list[..1]), front(&[], &list)), (3, 1, 0));
    }

    #[test]
    fn meaning_does() {
        for (left, right) in [
            ("<</A 1>>", "<</A 2>>"),
            ("<</A 1>>", "<</B 1>>"),
            ("<</A 1>>", "<</A 1/B 1>>"),
            ("[1 2]", "[2 1]"),
            ("[1]", "[1 1]"),
            ("(a)", "/a"),
            ("0.5", "-.5"),
            ("1", "10"),
            ("1.1", "1.01"),
            ("5 0 R", "5 1 R"),
            ("null", "false"),
        ] {
            assert!(!same(&parse(left), &parse(right)), "{left} {right}");
        }
    }

    #[test]
    fn differences_are_the_keys_that_differ() {
        let (before, after) = (parse("<</A 1/B 2/C 3>>"), parse("<</D 4/C 3.0/B 5>>"));
        let found = differences(before.as_dictionary().unwrap(), after.as_dictionary().unwrap());
        let keys: Vec<_> =
            found.iter().map(|one| (one.key.to_text(), one.before.is_some(), one.after.is_some())).collect();
        assert_eq!(keys, [("A".into(), true, false), ("B".into(), true, true), ("D".into(), false, true)]);
    }
}
