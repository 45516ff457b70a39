//! Trust lists as XML: parsed, and looked into.
//!
//! Invariant: the bounds of [`crate::xml`] hold.

use base64ct::{Base64, Encoding};
use roxmltree::{Document, Node};

use crate::error::{Error, ErrorKind, Result};
use crate::time::Time;
use crate::xml::Kind;

/// The largest national list has about 7 MB and 300,000 elements and texts.
const LIST: Kind = Kind { name: "list", bytes: 64 << 20, nodes: 2_000_000 };

/// Parses a list.
///
/// # Errors
/// [`ErrorKind::Syntax`] when it is not well-formed or has a document type declaration, [`ErrorKind::Limit`] when it is too large.
pub(super) fn parse(bytes: &[u8]) -> Result<Document<'_>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.len() > LIST.bytes {
        return Err(LIST.too_large("bytes", LIST.bytes));
    }
    let text = std::str::from_utf8(bytes).map_err(|fault| LIST.unreadable(fault));
    text.and_then(|text| LIST.parse(text)).map_err(|error| match error.kind() {
        ErrorKind::Syntax => error.advise("fetch the file again"),
        _ => error,
    })
}

/// The child elements of `node` with this name, in its own namespace.
pub(super) fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    let namespace = node.tag_name().namespace();
    node.children().filter(move |child| {
        child.is_element() && child.tag_name().name() == name && child.tag_name().namespace() == namespace
    })
}

/// The first child element with this name, in the namespace of `node`.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The element at the end of `path`, each the first of its name.
pub(super) fn find<'a, 'i>(node: Node<'a, 'i>, path: &[&'static str]) -> Option<Node<'a, 'i>> {
    path.iter().try_fold(node, |node, name| child(node, name))
}

/// All text in `node` itself, without the space around it.
pub(super) fn text(node: Node<'_, '_>) -> String {
    let texts = node.children().filter(Node::is_text).filter_map(|text| text.text());
    texts.collect::<String>().trim().to_owned()
}

/// The text at the end of `path`, if it is there and not empty.
pub(super) fn text_at(node: Node<'_, '_>, path: &[&'static str]) -> Option<String> {
    find(node, path).map(text).filter(|text| !text.is_empty())
}

/// The time at the end of `path`, in UTC seconds; `None` where nothing stands there.
pub(super) fn time_at(node: Node<'_, '_>, path: &[&'static str]) -> Result<Option<Time>> {
    let Some(text) = text_at(node, path) else { return Ok(None) };
    let time = text.parse().map_err(|fault| bad(node, "a time cannot be read").because(fault))?;
    Ok(Some(time))
}

/// Base64 with any white space in it.
pub(super) fn base64(node: Node<'_, '_>) -> Result<Vec<u8>> {
    let digits: String = text(node).chars().filter(|one| !one.is_whitespace()).collect();
    Base64::decode_vec(&digits).map_err(|fault| bad(node, "Base64 cannot be read").because(fault))
}

/// What is wrong, and in which element.
pub(super) fn bad(node: Node<'_, '_>, message: &str) -> Error {
    let place = format!("{} at byte {}", node.tag_name().name(), node.range().start);
    Error::new(ErrorKind::Syntax, format!("the list is not as it should be: {message}")).at(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_utf_8_with_or_without_a_mark() {
        assert!(parse("\u{feff}<a/>".as_bytes()).is_ok());
        for xml in [b"<a>\xff</a>".as_slice(), b"<!DOCTYPE a><a/>"] {
            let error = parse(xml).unwrap_err();
            assert_eq!((error.kind(), error.advice()), (ErrorKind::Syntax, Some("fetch the file again")));
        }
    }
}
