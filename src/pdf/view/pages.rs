//! The page tree (ISO 32000-2, 7.7.3).

use std::collections::HashSet;

use super::View;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, Ref};

impl View<'_> {
    /// The first page.
    pub(crate) fn first_page(&self) -> Result<(Ref, Dictionary)> {
        self.page(0)
    }

    /// A page, counted from 0. `/Count` is not trusted: the leaves are counted.
    pub(crate) fn page(&self, index: usize) -> Result<(Ref, Dictionary)> {
        let limits = self.document.limits();
        let (_, catalog) = self.catalog()?;
        let mut waiting = vec![reference(catalog.get("Pages"), "the catalog's /Pages")?];
        let mut seen = HashSet::new();
        let mut pages: usize = 0;
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                return Err(Error::new(ErrorKind::Syntax, "the page tree holds a page or node twice").at(id));
            }
            if seen.len() > limits.pages {
                return Err(Error::new(ErrorKind::Limit, "the page tree has more nodes than Limits::pages"));
            }
            let node = match self.get(id)? {
                Object::Dictionary(node) => node,
                _ => return Err(Error::new(ErrorKind::Syntax, "a page or node is missing or no dictionary").at(id)),
            };
            match self.entry(&node, "Kids")? {
                Object::Array(kids) => {
                    if kids.len().saturating_add(waiting.len()) > limits.pages {
                        return Err(Error::new(ErrorKind::Limit, "the page tree has more nodes than Limits::pages"));
                    }
                    for kid in kids.iter().rev() {
                        waiting.push(reference(Some(kid), "a member of /Kids")?);
                    }
                }
                Object::Null if pages == index => return Ok((id, node)),
                Object::Null => pages = pages.saturating_add(1),
                _ => return Err(Error::new(ErrorKind::Syntax, "/Kids is no array").at(id)),
            }
        }
        Err(Error::new(
            ErrorKind::Syntax,
            format!("the document has {pages} pages; page {index}, counted from 0, is none"),
        ))
    }

    /// A page attribute that may stand in a node above the page, `Null` if it stands nowhere (7.7.3.4).
    #[cfg(test)]
    pub(crate) fn inherited(&self, page: &Dictionary, key: &str) -> Result<Object> {
        let mut node = page.clone();
        for _ in 0..self.document.limits().nesting {
            match (self.entry(&node, key)?, self.entry(&node, "Parent")?) {
                (Object::Null, Object::Dictionary(parent)) => node = parent,
                (value, _) => return Ok(value),
            }
        }
        Err(Error::new(ErrorKind::Syntax, "the page tree is a circle or too deep"))
    }
}

fn reference(object: Option<&Object>, what: &str) -> Result<Ref> {
    let id = object.and_then(Object::as_reference);
    id.ok_or_else(|| Error::new(ErrorKind::Syntax, format!("{what} is no reference")))
}
