//! XML within bounds.
//!
//! Invariant: no document type declaration is read, so there is nothing to expand; what would cost more than it is long is refused before
//! it is parsed.
//!
//! Specified in XML 1.0 and Namespaces in XML 1.0.

use std::collections::HashSet;

use roxmltree::{Document, ParsingOptions};

use crate::error::{Error, ErrorKind, Result};

/// Quotation marks from one `<` to the next: two for each attribute. Texts hold some, too.
const QUOTES: usize = 2_048;
/// Different namespace prefixes. Real files have below 40.
const PREFIXES: usize = 64;
/// Namespace declarations. Some writers repeat them in every element.
const DECLARATIONS: usize = 50_000;

/// How large a document of one kind may be, and what it is called in errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// In bytes.
    pub(crate) bytes: usize,
    /// Elements, texts and the like.
    pub(crate) nodes: u32,
}

impl Kind {
    /// Parses a document of this kind.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`] when it is not well-formed or has a document type declaration, [`ErrorKind::Limit`] when it is too large.
    pub(crate) fn parse(self, text: &str) -> Result<Document<'_>> {
        if text.len() > self.bytes {
            return Err(self.too_large("bytes", self.bytes));
        }
        self.check_costs(text)?;
        let options = ParsingOptions { allow_dtd: false, nodes_limit: self.nodes, entity_resolver: None };
        Document::parse_with_options(text, options).map_err(|fault| match fault {
            roxmltree::Error::NodesLimitReached => {
                self.too_large("elements", usize::try_from(self.nodes).unwrap_or(usize::MAX))
            }
            fault => self.unreadable(fault.to_string()),
        })
    }

    /// The error for what is not XML.
    pub(crate) fn unreadable(self, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::new(ErrorKind::Syntax, format!("the {} cannot be read as XML", self.name)).because(why)
    }

    /// The parser compares each attribute with those before it in its element, and each namespace with those around it.
    fn check_costs(self, text: &str) -> Result<()> {
        let quotes = |tag: &[u8]| tag.iter().filter(|byte| matches!(byte, b'"' | b'\'')).count();
        if text.as_bytes().split(|byte| *byte == b'<').any(|tag| quotes(tag) > QUOTES) {
            return Err(self.too_large("quotation marks in one element", QUOTES));
        }
        let mut prefixes = HashSet::new();
        for (count, part) in text.split("xmlns").skip(1).enumerate() {
            prefixes.insert(part.split(|one: char| one == '=' || one.is_whitespace()).next().unwrap_or_default());
            if count >= DECLARATIONS {
                return Err(self.too_large("namespace declarations", DECLARATIONS));
            }
            if prefixes.len() > PREFIXES {
                return Err(self.too_large("namespace prefixes", PREFIXES));
            }
        }
        Ok(())
    }

    /// The error for more than `limit` of `what`.
    pub(crate) fn too_large(self, what: &str, limit: usize) -> Error {
        Error::new(ErrorKind::Limit, format!("the {} has more than {limit} {what}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use roxmltree::Node;

    use super::*;

    const LIST: Kind = Kind { name: "list", bytes: 64 << 20, nodes: 2_000_000 };

    fn kind(xml: &str) -> Option<ErrorKind> {
        LIST.parse(xml).err().map(|error| error.kind())
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
        assert_eq!(kind(&" ".repeat((64 << 20) + 1)), Some(ErrorKind::Limit));
    }

    #[test]
    fn depth_alone_does_no_harm() {
        let (open, close) = ("<a>".repeat(200_000), "</a>".repeat(200_000));
        let xml = format!("{open}deep{close}");
        let document = LIST.parse(&xml).unwrap();
        assert_eq!(document.descendants().filter(Node::is_text).count(), 1);
        assert_eq!(kind(&open), Some(ErrorKind::Syntax));
    }
}
