//! XML within bounds.
//!
//! Invariant: no document type declaration is read, so there is nothing to expand; what would cost more than it is long is refused before
//! it is parsed.
//!
//! Specified in XML 1.0 and Namespaces in XML 1.0.

use std::collections::HashSet;

use base64ct::{Base64, Encoding};
use roxmltree::{Document, Node, ParsingOptions};

use crate::error::{Error, ErrorKind, Result};
use crate::time::Time;

/// Bytes of a list. The largest national list has about 7 MB.
const BYTES: usize = 64 << 20;
/// Elements, texts and the like. The largest national list has about 300,000.
const NODES: u32 = 2_000_000;
/// Quotation marks from one `<` to the next: two for each attribute. Texts hold some, too.
const QUOTES: usize = 2_048;
/// Different namespace prefixes. Real lists have below 20.
const PREFIXES: usize = 64;
/// Namespace declarations. Some writers repeat them in every extension.
const DECLARATIONS: usize = 50_000;

/// Parses a list.
///
/// # Errors
/// [`ErrorKind::Syntax`] when it is not well-formed or has a document type declaration, [`ErrorKind::Limit`] when it is too large.
pub(super) fn parse(bytes: &[u8]) -> Result<Document<'_>> {
    if bytes.len() > BYTES {
        return Err(too_large("bytes", BYTES));
    }
    let unreadable = || Error::new(ErrorKind::Syntax, "the list cannot be read as XML").advise("fetch the file again");
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|fault| unreadable().because(fault))?;
    check_costs(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, entity_resolver: None };
    Document::parse_with_options(text, options).map_err(|fault| match fault {
        roxmltree::Error::NodesLimitReached => too_large("elements", usize::try_from(NODES).unwrap_or(usize::MAX)),
        fault => unreadable().because(fault.to_string()),
    })
}

/// The parser compares each attribute with those before it in its element, and each namespace with those around it.
fn check_costs(text: &str) -> Result<()> {
    let quotes = |tag: &[u8]| tag.iter().filter(|byte| matches!(byte, b'"' | b'\'')).count();
    if text.as_bytes().split(|byte| *byte == b'<').any(|tag| quotes(tag) > QUOTES) {
        return Err(too_large("quotation marks in one element", QUOTES));
    }
    let mut prefixes = HashSet::new();
    for (count, part) in text.split("xmlns").skip(1).enumerate() {
        prefixes.insert(part.split(|one: char| one == '=' || one.is_whitespace()).next().unwrap_or_default());
        if count >= DECLARATIONS {
            return Err(too_large("namespace declarations", DECLARATIONS));
        }
        if prefixes.len() > PREFIXES {
            return Err(too_large("namespace prefixes", PREFIXES));
        }
    }
    Ok(())
}

fn too_large(what: &str, limit: usize) -> Error {
    Error::new(ErrorKind::Limit, format!("the list has more than {limit} {what}"))
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

    fn kind(xml: &str) -> Option<ErrorKind> {
        parse(xml.as_bytes()).err().map(|error| error.kind())
    }

    #[test]
    fn what_would_cost_more_than_it_is_long_is_refused() {
        let laughs = r#"<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;&c;&c;</a>"#;
        assert_eq!(kind(laughs), Some(ErrorKind::Syntax));
        assert_eq!(kind(r#"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>"#), Some(ErrorKind::Syntax));
        let attributes: String = (0..2_000).map(|at| format!(" a{at}=''")).collect();
        assert_eq!(kind(&format!("<a{attributes}/>")), Some(ErrorKind::Limit));
        let nested: String = (0..100).map(|at| format!("<a xmlns:p{at}='u:{at}'>")).collect();
        assert_eq!(kind(&nested), Some(ErrorKind::Limit));
        assert_eq!(kind(&"<a xmlns='u'>".repeat(60_000)), Some(ErrorKind::Limit));
        let elements = format!("<a>{}</a>", "<b/>".repeat(2_000_001));
        assert_eq!(kind(&elements), Some(ErrorKind::Limit));
    }

    #[test]
    fn depth_alone_does_no_harm() {
        let (open, close) = ("<a>".repeat(200_000), "</a>".repeat(200_000));
        let xml = format!("{open}deep{close}");
        let document = parse(xml.as_bytes()).unwrap();
        assert_eq!(document.descendants().filter(Node::is_text).count(), 1);
        assert_eq!(kind(&open), Some(ErrorKind::Syntax));
        assert_eq!(kind("\u{feff}<a/>"), None);
        assert_eq!(parse(b"<a>\xff</a>").err().map(|error| error.kind()), Some(ErrorKind::Syntax));
    }
}
