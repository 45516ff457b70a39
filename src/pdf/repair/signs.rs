//! Whether something in a file is a signature: then nothing may be appended that gives its bytes another meaning.
//!
//! Nouns: [`Signatures`] (what becomes of a search that meets one).

use crate::error::{Error, ErrorKind};
use crate::pdf::object::{Dictionary, Name, Object};

/// What is done about signatures when objects are searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signatures {
    /// For a repair: the first one ends it.
    Refused,
    /// For a report: they are what is searched for.
    Sought,
}

/// Whether `object` is or holds, however deep, the dictionary of a signature or document timestamp, signed or still to be.
pub(super) fn is_in(object: &Object) -> bool {
    let mut waiting = vec![object];
    while let Some(object) = waiting.pop() {
        match object {
            Object::Array(items) => waiting.extend(items),
            Object::Dictionary(dictionary) => {
                if is_signature(dictionary) {
                    return true;
                }
                waiting.extend(dictionary.iter().map(|entry| &entry.value));
            }
            Object::Stream(stream) if is_signature(&stream.dictionary) => return true,
            _ => {}
        }
    }
    false
}

pub(super) fn holds_signature(offset: u64) -> Error {
    Error::new(ErrorKind::Repair, "the file holds a signature, and is not repaired: that would change what was signed")
        .at(format_args!("byte {offset}"))
        .advise("get the file again from whoever signed it")
}

fn is_signature(dictionary: &Dictionary) -> bool {
    let is_kind = |name: &Name| *name == *"Sig" || *name == *"DocTimeStamp";
    dictionary.entry("ByteRange").is_some() || dictionary.get("Type").and_then(Object::as_name).is_some_and(is_kind)
}
