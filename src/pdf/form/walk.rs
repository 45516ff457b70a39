//! The walk from `/AcroForm` to its fields.
//!
//! Invariant: every object is visited once; nodes, depth and the length of all names together are bounded.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pdf::form::{Field, FieldKind, FieldValue, Form, FormFault};
use crate::pdf::object::{Dictionary, Object, Ref};
use crate::pdf::text::read_text_string;
use crate::pdf::transform::FieldLock;
use crate::pdf::view::View;

/// A field's dictionary and what it inherits, waiting to be visited.
struct Node {
    id: Option<Ref>,
    dictionary: Dictionary,
    parent: Arc<Inherited>,
    depth: usize,
}

/// What fields hand down (12.7.4.1).
struct Inherited {
    name: Arc<str>,
    kind: FieldKind,
    value: FieldValue,
}

/// Whether it is looked what the values of signature fields lead to: nothing, or something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    Read,
    /// Something.
    Assumed,
}

/// The way through all fields, with an explicit stack.
pub(super) struct Walk<'d> {
    view: View<'d>,
    values: Values,
    form: Form,
    visited: HashSet<Ref>,
    nodes: usize,
    name_bytes: u64,
}

impl<'d> Walk<'d> {
    pub(super) fn new(view: View<'d>, values: Values) -> Self {
        Self { view, values, form: Form::default(), visited: HashSet::new(), nodes: 0, name_bytes: 0 }
    }

    /// What was found so far.
    pub(super) fn into_form(self) -> Form {
        self.form
    }

    pub(super) fn run(&mut self, acro_form: &Dictionary) -> Result<()> {
        let root = Arc::new(Inherited { name: Arc::from(""), kind: FieldKind::Unknown, value: FieldValue::Empty });
        let mut waiting = self.kids(acro_form, "Fields", &root, 0)?;
        waiting.reverse();
        while let Some(node) = waiting.pop() {
            let first = waiting.len();
            waiting.extend(self.visit(node)?);
            if let Some(kids) = waiting.get_mut(first..) {
                kids.reverse();
            }
        }
        Ok(())
    }

    /// Notes one field and gives back those of its kids that are fields.
    fn visit(&mut self, node: Node) -> Result<Vec<Node>> {
        let name = self.name(&node)?;
        let kind = self.kind(&node)?;
        let own_value = node.dictionary.get("V").is_some();
        let value = if own_value { self.value(&node.dictionary, kind)? } else { node.parent.value.clone() };
        let inherited = Arc::new(Inherited { name: Arc::clone(&name), kind, value: value.clone() });
        let kids = self.kids(&node.dictionary, "Kids", &inherited, node.depth.saturating_add(1))?;
        let (fields, widgets): (Vec<Node>, Vec<Node>) = kids.into_iter().partition(|kid| is_field(&kid.dictionary));
        let is_merged = node.dictionary.get("Subtype").and_then(Object::as_name).is_some_and(|name| *name == *"Widget");
        let own_widget = node.id.filter(|_| is_merged);
        self.note_name(&node, &name);
        let lock = match kind {
            FieldKind::Signature => self.lock(&node.dictionary)?,
            _ => None,
        };
        self.form.fields.push(Field {
            name,
            id: node.id,
            kind,
            is_group: !fields.is_empty(),
            // A group's own value is that of its kids, and they are listed with it.
            value: if fields.is_empty() || own_value { value } else { FieldValue::Empty },
            widgets: own_widget.into_iter().chain(widgets.iter().filter_map(|widget| widget.id)).collect(),
            lock,
        });
        Ok(fields)
    }

    /// The dictionaries in the array `key`, each object once.
    fn kids(
        &mut self,
        holder: &Dictionary,
        key: &'static str,
        parent: &Arc<Inherited>,
        depth: usize,
    ) -> Result<Vec<Node>> {
        let found = self.entry(holder, key)?;
        let items = match &*found {
            Object::Null => return Ok(Vec::new()),
            Object::Array(items) => items,
            _ => {
                self.fault(FormFault::WrongType(key));
                return Ok(Vec::new());
            }
        };
        if depth >= self.limits().nesting {
            return Err(limit("levels of fields", depth));
        }
        let mut kids = Vec::new();
        for item in items {
            let id = item.as_reference();
            self.count_node()?;
            if let Some(id) = id.filter(|id| !self.visited.insert(*id)) {
                self.fault(FormFault::SharedKid(id));
                continue;
            }
            match self.tolerate(self.view.resolve(item).map(|kid| kid.into_owned()))? {
                Some(Object::Dictionary(dictionary)) => {
                    kids.push(Node { id, dictionary, parent: Arc::clone(parent), depth });
                }
                Some(_) => self.fault(FormFault::NotDictionary(Arc::clone(&parent.name))),
                None => {}
            }
        }
        Ok(kids)
    }

    /// 12.7.4.2: the partial names on the way, joined by periods.
    fn name(&mut self, node: &Node) -> Result<Arc<str>> {
        let partial = match &*self.entry(&node.dictionary, "T")? {
            Object::String(string) => read_text_string(string),
            Object::Null => return Ok(Arc::clone(&node.parent.name)),
            _ => {
                self.fault(FormFault::WrongType("T"));
                return Ok(Arc::clone(&node.parent.name));
            }
        };
        let parent = &node.parent.name;
        let name = if parent.is_empty() { partial } else { format!("{parent}.{partial}") };
        // Nesting multiplies names, so that they have a bound together: that of a single object.
        self.name_bytes = self.name_bytes.saturating_add(u64::try_from(name.len()).unwrap_or(u64::MAX));
        if self.name_bytes > self.limits().object_bytes {
            return Err(limit("bytes of field names", name.len()));
        }
        Ok(Arc::from(name))
    }

    fn note_name(&mut self, node: &Node, name: &Arc<str>) {
        if name.is_empty() {
            self.fault(FormFault::NoName);
        }
        if node.id.is_none() {
            self.fault(FormFault::DirectField(Arc::clone(name)));
        }
    }

    fn kind(&mut self, node: &Node) -> Result<FieldKind> {
        Ok(match &*self.entry(&node.dictionary, "FT")? {
            Object::Null => node.parent.kind,
            Object::Name(name) => match name.as_bytes() {
                b"Sig" => FieldKind::Signature,
                b"Tx" => FieldKind::Text,
                b"Btn" => FieldKind::Button,
                b"Ch" => FieldKind::Choice,
                _ => FieldKind::Unknown,
            },
            _ => FieldKind::Unknown,
        })
    }

    fn value(&mut self, dictionary: &Dictionary, kind: FieldKind) -> Result<FieldValue> {
        Ok(match dictionary.get("V") {
            None => FieldValue::Empty,
            // Only for signatures it matters whether there is something at the other end; what cannot be read is
            // something.
            Some(Object::Reference(id)) if kind == FieldKind::Signature && self.values == Values::Read => {
                match self.tolerate(self.view.get(*id))? {
                    Some(Object::Null) => FieldValue::Empty,
                    _ => FieldValue::Indirect(*id),
                }
            }
            Some(Object::Reference(id)) => FieldValue::Indirect(*id),
            Some(direct) => FieldValue::Direct(direct.clone()),
        })
    }

    fn lock(&mut self, dictionary: &Dictionary) -> Result<Option<FieldLock>> {
        let lock = FieldLock::read(self.view, dictionary);
        Ok(self.tolerate(lock)?.unwrap_or(Some(FieldLock::STRICTEST)))
    }

    /// A resolved entry; one that cannot be read is a fault and null.
    pub(super) fn entry<'o>(&mut self, dictionary: &'o Dictionary, key: &str) -> Result<Cow<'o, Object>> {
        Ok(self.tolerate(self.view.look(dictionary, key))?.unwrap_or(Cow::Owned(Object::Null)))
    }

    /// A broken file is a fault of the form; a source that fails is an error.
    fn tolerate<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::Io => Err(error),
            Err(error) => {
                self.fault(FormFault::Unreadable(error.to_string()));
                Ok(None)
            }
        }
    }

    fn count_node(&mut self) -> Result<()> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > self.limits().fields { Err(limit("form fields", self.nodes)) } else { Ok(()) }
    }

    pub(super) fn fault(&mut self, fault: FormFault) {
        self.form.faults.push(fault);
    }

    fn limits(&self) -> &Limits {
        self.view.document().limits()
    }
}

/// Whether a kid is a field, not just an annotation of its parent. By the rules `/T` tells (12.7.4.1); one with a value
/// of its own is taken for a field, too, so that no signature hides in a widget.
fn is_field(kid: &Dictionary) -> bool {
    ["T", "Kids", "V"].into_iter().any(|key| kid.get(key).is_some())
}

pub(super) fn limit(what: &str, count: usize) -> Error {
    Error::new(ErrorKind::Limit, format!("too many {what}: {count}"))
}
