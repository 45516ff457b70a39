//! Values to bytes (ISO 32000-2, 7.3).
//!
//! What it is for: the bodies of the objects of an incremental update.
//!
//! Invariant: parsing what was written gives the same value again: numbers keep their spelling, strings their form,
//! references their generation, names their bytes.
//!
//! What was parsed is written here, since `pdf-writer` cannot keep that promise (its integers are 32 bits wide, its references have
//! no generation, it chooses the form of a string, and its `Primitive` trait is sealed); what is new is written by it.

use std::slice;

use crate::pdf::lexer::is_regular;
use crate::pdf::object::{Dictionary, Entry, Name, Object, PdfString, Ref, StringForm};

/// `object` as bytes. A stream gives its dictionary: its data is the affair of whoever writes the indirect object.
pub(crate) fn serialize(object: &Object) -> Vec<u8> {
    let mut out = Vec::new();
    write_object(&mut out, object);
    out
}

/// As [`serialize`], behind what stands in `out`.
pub(crate) fn write_object(out: &mut Vec<u8>, object: &Object) {
    let mut open = Vec::new();
    write_value(out, &mut open, object);
    write_open(out, open);
}

/// `dictionary` as bytes.
pub(crate) fn serialize_dictionary(dictionary: &Dictionary) -> Vec<u8> {
    let mut out = Vec::new();
    write_dictionary(&mut out, dictionary);
    out
}

/// `dictionary` as bytes, behind what stands in `out`.
pub(crate) fn write_dictionary(out: &mut Vec<u8>, dictionary: &Dictionary) {
    let mut open = Vec::new();
    open_dictionary(out, &mut open, dictionary);
    write_open(out, open);
}

/// An object number, a generation and what stands behind them: ` R` or ` obj`.
pub(crate) fn write_ref(out: &mut Vec<u8>, id: Ref, behind: &[u8]) {
    write_natural(out, u64::from(id.number), 1);
    out.push(b' ');
    write_natural(out, u64::from(id.generation), 1);
    out.extend_from_slice(behind);
}

/// `value` in decimal digits, with zeros before it up to `width`.
pub(crate) fn write_natural(out: &mut Vec<u8>, value: u64, width: usize) {
    /// As many as `u64` has.
    const MOST: usize = 20;
    let mut digits = [b'0'; MOST];
    let (mut rest, mut used) = (value, 0_usize);
    for digit in digits.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *digit = b'0' | u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        used = used.saturating_add(1);
    }
    out.extend_from_slice(digits.get(MOST.saturating_sub(used.max(width))..).unwrap_or(&digits));
}

fn write_integer(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    write_natural(out, value.unsigned_abs(), 1);
}

/// What is open, and what of it is still to be written: kept on a stack, so that nesting costs no call depth.
enum Open<'o> {
    /// With what goes before the next item.
    Array(slice::Iter<'o, Object>, &'static [u8]),
    Dictionary(slice::Iter<'o, Entry>),
}

fn write_open<'o>(out: &mut Vec<u8>, mut open: Vec<Open<'o>>) {
    while let Some(innermost) = open.last_mut() {
        let (value, close): (Option<&'o Object>, &[u8]) = match innermost {
            Open::Array(items, separator) => {
                let item = items.next().inspect(|_| out.extend_from_slice(std::mem::replace(separator, b" ")));
                (item, b"]")
            }
            Open::Dictionary(entries) => {
                let key = |entry: &'o Entry| {
                    out.push(b'\n');
                    write_name(out, &entry.key);
                    out.push(b' ');
                    &entry.value
                };
                (entries.next().map(key), b"\n>>")
            }
        };
        match value {
            Some(value) => write_value(out, &mut open, value),
            None => {
                out.extend_from_slice(close);
                open.pop();
            }
        }
    }
}

/// A value, or the start of one that is then open.
fn write_value<'o>(out: &mut Vec<u8>, open: &mut Vec<Open<'o>>, value: &'o Object) {
    match value {
        Object::Dictionary(dictionary) => open_dictionary(out, open, dictionary),
        Object::Stream(stream) => open_dictionary(out, open, &stream.dictionary),
        Object::Array(items) => {
            out.push(b'[');
            open.push(Open::Array(items.iter(), b""));
        }
        Object::Null => out.extend_from_slice(b"null"),
        Object::Boolean(true) => out.extend_from_slice(b"true"),
        Object::Boolean(false) => out.extend_from_slice(b"false"),
        Object::Integer(value) => write_integer(out, *value),
        Object::Real(spelling) => out.extend_from_slice(spelling.as_bytes()),
        Object::Name(name) => write_name(out, name),
        Object::String(string) => write_string(out, string),
        Object::Reference(id) => write_ref(out, *id, b" R"),
    }
}

fn open_dictionary<'o>(out: &mut Vec<u8>, open: &mut Vec<Open<'o>>, dictionary: &'o Dictionary) {
    out.extend_from_slice(b"<<");
    open.push(Open::Dictionary(dictionary.iter()));
}

/// 7.3.5: whatever is not a regular, visible character is written as `#xx`.
fn write_name(out: &mut Vec<u8>, name: &Name) {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && is_regular(byte) && byte != b'#';
    out.push(b'/');
    if name.as_bytes().iter().all(|byte| is_plain(*byte)) {
        return out.extend_from_slice(name.as_bytes());
    }
    for &byte in name.as_bytes() {
        if is_plain(byte) {
            out.push(byte);
        } else {
            out.push(b'#');
            out.extend_from_slice(&hexadecimal(byte));
        }
    }
}

fn write_string(out: &mut Vec<u8>, string: &PdfString) {
    match string.form {
        StringForm::Hexadecimal => {
            out.push(b'<');
            out.extend(string.bytes.iter().flat_map(|&byte| hexadecimal(byte)));
            out.push(b'>');
        }
        StringForm::Literal => {
            out.push(b'(');
            for &byte in &string.bytes {
                match byte {
                    b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                    b' '..=b'~' => out.push(byte),
                    // Escaped, since a bare CR would be read as LF (7.3.4.2) and bare binary confuses line-minded
                    // tools.
                    _ => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
                }
            }
            out.push(b')');
        }
    }
}

/// The two upper-case digits of `byte`.
pub(crate) fn hexadecimal(byte: u8) -> [u8; 2] {
    [digit(byte >> 4), digit(byte & 0x0F)]
}

/// Calculated, not looked up: so compilers write many digits at once.
fn digit(nibble: u8) -> u8 {
    let letters = if nibble > 9 { b'A' - b'9' - 1 } else { 0 };
    (nibble | b'0').wrapping_add(letters)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::Limits;
    use crate::pdf::parser;

    /// The value that stands in `text`; something has to follow, so that the last token ends.
    fn parse(text: &[u8]) -> Object {
        let text = [text, b" |"].concat();
        let (object, length) = parser::object(&text, None, &Limits::default()).unwrap();
        assert_eq!(length, text.len() - 2, "{}", String::from_utf8_lossy(&text));
        object
    }

    fn any_object() -> impl Strategy<Value = Object> {
        let bytes = || proptest::collection::vec(any::<u8>(), 0..12);
        let name = move || bytes().prop_map(|bytes| Name::from(bytes.as_slice()));
        let form = prop_oneof![Just(StringForm::Literal), Just(StringForm::Hexadecimal)];
        let leaf = prop_oneof![
            Just(Object::Null),
            any::<bool>().prop_map(Object::Boolean),
            any::<i64>().prop_map(Object::Integer),
            "[+-]?[0-9]{0,9}\\.[0-9]{1,9}".prop_map(Object::Real),
            name().prop_map(Object::Name),
            (bytes(), form).prop_map(|(bytes, form)| Object::String(PdfString { bytes, form })),
            (1..u32::MAX, any::<u16>()).prop_map(|(number, generation)| Object::Reference(Ref { number, generation })),
        ];
        leaf.prop_recursive(6, 60, 8, move |inner| {
            let entries = proptest::collection::vec((name(), inner.clone()), 0..8);
            let dictionary = entries.prop_map(|entries| {
                let mut dictionary = Dictionary::new();
                entries.into_iter().for_each(|(key, value)| dictionary.push(Entry { key, value, span: None }));
                Object::Dictionary(dictionary)
            });
            prop_oneof![
                proptest::collection::vec(inner, 0..8).prop_map(|items| Object::Array(items.into())),
                dictionary
            ]
        })
    }

    #[test]
    fn spelling_is_kept() {
        let text = "<<\n/A#20B -0.50\n/C [1 2 0 R 10 5 R (a\\(\\)\\\\\\015) <28FF> null true]\n/ <<\n>>\n>>";
        assert_eq!(String::from_utf8(serialize(&parse(text.as_bytes()))).unwrap(), text);
    }

    #[test]
    fn nesting_costs_no_call_depth() {
        let mut object = Object::Null;
        for _ in 0..200 {
            object = Object::Array([object].into());
        }
        assert_eq!(parse(&serialize(&object)), object);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(object in any_object()) {
            prop_assert_eq!(parse(&serialize(&object)), object);
        }
    }
}
