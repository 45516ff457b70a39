//! The strings of an object that encryption touches (ISO 32000-2, 7.6.2).

use crate::error::Result;
use crate::pdf::object::{Dictionary, Object, PdfString};

/// Applies `change` to every string in `object` but the `/Contents` of signatures, with its number in an order that depends on the
/// object alone.
pub(super) fn for_each_string(
    object: &mut Object,
    mut change: impl FnMut(u64, &mut PdfString) -> Result<()>,
) -> Result<()> {
    let mut waiting = vec![object];
    let mut index: u64 = 0;
    while let Some(value) = waiting.pop() {
        match value {
            Object::String(string) => {
                change(index, string)?;
                index = index.saturating_add(1);
            }
            Object::Array(items) => waiting.extend(items),
            Object::Dictionary(dictionary) => waiting.extend(encrypted(dictionary)),
            Object::Stream(stream) => waiting.extend(encrypted(&mut stream.dictionary)),
            _ => {}
        }
    }
    Ok(())
}

/// Whether `object` holds a string that is encrypted.
pub(crate) fn has_strings(object: &Object) -> bool {
    let mut waiting = vec![object];
    while let Some(value) = waiting.pop() {
        match value {
            Object::String(string) if !string.bytes.is_empty() => return true,
            Object::Array(items) => waiting.extend(items),
            Object::Dictionary(dictionary) => waiting.extend(readable(dictionary)),
            Object::Stream(stream) => waiting.extend(readable(&stream.dictionary)),
            _ => {}
        }
    }
    false
}

fn encrypted(dictionary: &mut Dictionary) -> impl Iterator<Item = &mut Object> {
    let skips_contents = is_signature(dictionary);
    dictionary.values_mut().filter(move |(key, _)| !(skips_contents && **key == *"Contents")).map(|(_, value)| value)
}

fn readable(dictionary: &Dictionary) -> impl Iterator<Item = &Object> {
    let skips_contents = is_signature(dictionary);
    dictionary.iter().filter(move |entry| !(skips_contents && entry.key == *"Contents")).map(|entry| &entry.value)
}

/// Whether it is a signature dictionary. `/Type` is optional in one (table 255), so that `/ByteRange` tells as well.
fn is_signature(dictionary: &Dictionary) -> bool {
    let is_typed = dictionary.get("Type").and_then(Object::as_name);
    dictionary.get("ByteRange").is_some() || is_typed.is_some_and(|name| *name == *"Sig" || *name == *"DocTimeStamp")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::pdf::parser;

    fn object(text: &str) -> Object {
        parser::object(format!("{text} |").as_bytes(), None, &Limits::default()).unwrap().0
    }

    #[test]
    fn all_strings_but_the_contents_of_signatures() {
        for (text, expected) in [
            ("[(a) [<62>] << /K (c) >> /n 1 null]", "[(x) [<78>] <<\n/K (x)\n>> /n 1 null]"),
            ("<< /Contents (a) /T (b) >>", "<<\n/Contents (x)\n/T (x)\n>>"),
            ("<< /Contents <30> /ByteRange [] /M (b) >>", "<<\n/Contents <30>\n/ByteRange []\n/M (x)\n>>"),
            ("<< /V << /Type /Sig /Contents <30> >> >>", "<<\n/V <<\n/Type /Sig\n/Contents <30>\n>>\n>>"),
            ("<< /Type /DocTimeStamp /Contents <30> >>", "<<\n/Type /DocTimeStamp\n/Contents <30>\n>>"),
            ("<< /Type /Annot /Contents (a) >>", "<<\n/Type /Annot\n/Contents (x)\n>>"),
        ] {
            let mut changed = object(text);
            let mut seen = Vec::new();
            let change = |index, string: &mut PdfString| {
                seen.push(index);
                string.bytes = b"x".to_vec();
                Ok(())
            };
            for_each_string(&mut changed, change).unwrap();
            assert_eq!(String::from_utf8(crate::pdf::serializer::serialize(&changed)).unwrap(), expected);
            assert_eq!(seen, (0..seen.len() as u64).collect::<Vec<_>>());
            assert_eq!(has_strings(&object(text)), !seen.is_empty(), "{text}");
        }
        assert!(!has_strings(&object("[() 1]")));
    }
}
