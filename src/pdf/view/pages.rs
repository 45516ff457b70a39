//! The page tree (ISO 32000-2, 7.7.3).

use std::collections::HashSet;

use super::View;
use crate::error::{Error, ErrorKind, Result};
use crate::pdf::object::{Dictionary, Object, Ref};

impl<'d> View<'d> {
    /// The first page.
    pub(crate) fn first_page(&self) -> Result<(Ref, Dictionary)> {
        let first = self.pages()?.next();
        first.unwrap_or_else(|| Err(Error::new(ErrorKind::Syntax, "the document has no pages")))
    }

    /// All pages in their order. `/Count` is not trusted: the leaves count. After an error there are no more.
    pub(crate) fn pages(&self) -> Result<Pages<'d>> {
        let (_, catalog) = self.catalog()?;
        let root = reference(catalog.get("Pages"), "the catalog's /Pages")?;
        Ok(Pages { view: *self, waiting: vec![root], seen: HashSet::new() })
    }

    /// An attribute that may stand in a node above: of a page (7.7.3.4) or of a field (12.7.4.1). `Null` if it stands nowhere.
    pub(crate) fn inherited(&self, node: &Dictionary, key: &str) -> Result<Object> {
        let mut node = node.clone();
        for _ in 0..self.document.limits().nesting {
            match (self.entry(&node, key)?, self.entry(&node, "Parent")?) {
                (Object::Null, Object::Dictionary(parent)) => node = parent,
                (value, _) => return Ok(value),
            }
        }
        Err(Error::new(ErrorKind::Syntax, "the nodes above lead in a circle, or are too many"))
    }
}

/// The way through the page tree, with an explicit stack.
pub(crate) struct Pages<'d> {
    view: View<'d>,
    waiting: Vec<Ref>,
    seen: HashSet<Ref>,
}

impl Pages<'_> {
    /// The next node, if it is a page; otherwise its kids wait from now on.
    fn visit(&mut self, id: Ref) -> Result<Option<(Ref, Dictionary)>> {
        let most = self.view.document.limits().pages;
        if !self.seen.insert(id) {
            return Err(Error::new(ErrorKind::Syntax, "the page tree holds a page or node twice").at(id));
        }
        if self.seen.len() > most {
            return Err(Error::new(ErrorKind::Limit, "the page tree has more nodes than Limits::pages"));
        }
        let node = match self.view.get(id)? {
            Object::Dictionary(node) => node,
            _ => return Err(Error::new(ErrorKind::Syntax, "a page or node is missing or no dictionary").at(id)),
        };
        match &*self.view.look(&node, "Kids")? {
            Object::Array(kids) => {
                if kids.len().saturating_add(self.waiting.len()) > most {
                    return Err(Error::new(ErrorKind::Limit, "the page tree has more nodes than Limits::pages"));
                }
                for kid in kids.iter().rev() {
                    self.waiting.push(reference(Some(kid), "a member of /Kids")?);
                }
                return Ok(None);
            }
            Object::Null => {}
            _ => return Err(Error::new(ErrorKind::Syntax, "/Kids is no array").at(id)),
        }
        Ok(Some((id, node)))
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<(Ref, Dictionary)>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(id) = self.waiting.pop() {
            match self.visit(id) {
                Ok(Some(page)) => return Some(Ok(page)),
                Ok(None) => {}
                Err(error) => {
                    self.waiting.clear();
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

fn reference(object: Option<&Object>, what: &str) -> Result<Ref> {
    let id = object.and_then(Object::as_reference);
    id.ok_or_else(|| Error::new(ErrorKind::Syntax, format!("{what} is no reference")))
}
