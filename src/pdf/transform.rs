//! What a signature or field permits to change later: transform methods and field locks
//! (ISO 32000-2, 12.8.2, and 12.7.5.5, table 236).
//!
//! Invariant: what cannot be read permits nothing.

use crate::error::Result;
use crate::pdf::object::{Dictionary, Object};
use crate::pdf::text::read_text_string;
use crate::pdf::view::View;

/// A signature reference dictionary (12.8.1, table 256).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Transform {
    /// A certification: what may change in the whole document.
    DocMdp(Permission),
    /// The fields that may not change.
    FieldMdp(FieldSelection),
    /// Another method, such as the usage rights `UR3`, by name.
    Other(String),
    /// An entry that cannot be read as a signature reference.
    Unreadable,
}

/// The permitted changes of `DocMDP` or of a lock dictionary, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Permission {
    /// P = 1.
    NoChanges,
    /// P = 2: filling in forms, instantiating page templates, signing.
    FillForms,
    /// P = 3: annotations as well.
    Annotate,
}

/// Which fields a `FieldMDP` or lock is about, by fully qualified names; a name stands for its descendants, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldSelection {
    All,
    Include(Vec<String>),
    Exclude(Vec<String>),
}

/// A signature field's lock dictionary: what its signature, once there, will freeze (table 236).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldLock {
    pub(crate) fields: FieldSelection,
    pub(crate) permission: Option<Permission>,
}

impl Transform {
    /// All signature references of the signature dictionary `signature`, in order.
    pub(crate) fn all(view: View<'_>, signature: &Dictionary) -> Result<Vec<Self>> {
        match view.entry(signature, "Reference")? {
            Object::Null => Ok(Vec::new()),
            Object::Array(items) => items.iter().map(|item| Self::read(view, item)).collect(),
            _ => Ok(vec![Self::Unreadable]),
        }
    }

    fn read(view: View<'_>, item: &Object) -> Result<Self> {
        let item = view.resolve(item)?;
        let Some(reference) = item.as_dictionary() else { return Ok(Self::Unreadable) };
        let parameters = view.entry(reference, "TransformParams")?;
        let parameters = parameters.as_dictionary().cloned().unwrap_or_default();
        Ok(match view.entry(reference, "TransformMethod")?.as_name().map(|name| name.to_text()).as_deref() {
            Some("DocMDP") => Self::DocMdp(Permission::read(view, &parameters)?.unwrap_or(Permission::FillForms)),
            Some("FieldMDP") => Self::FieldMdp(FieldSelection::read(view, &parameters)?),
            Some(other) => Self::Other(other.to_owned()),
            None => Self::Unreadable,
        })
    }
}

impl Permission {
    /// `/P`: none where it is absent, the strictest where it is no permission.
    fn read(view: View<'_>, dictionary: &Dictionary) -> Result<Option<Self>> {
        Ok(match view.entry(dictionary, "P")? {
            Object::Null => None,
            Object::Integer(2) => Some(Self::FillForms),
            Object::Integer(3) => Some(Self::Annotate),
            _ => Some(Self::NoChanges),
        })
    }
}

impl FieldSelection {
    /// `/Action` and `/Fields`: everything where they cannot be read.
    fn read(view: View<'_>, dictionary: &Dictionary) -> Result<Self> {
        let action = view.entry(dictionary, "Action")?;
        let Some(names) = field_names(view, dictionary)? else { return Ok(Self::All) };
        Ok(match action.as_name().map(|name| name.to_text()).as_deref() {
            Some("Include") => Self::Include(names),
            Some("Exclude") => Self::Exclude(names),
            _ => Self::All,
        })
    }

    /// Whether the field of this fully qualified name is selected.
    pub(crate) fn selects(&self, name: &str) -> bool {
        let among = |names: &[String]| {
            names.iter().any(|ancestor| {
                name.strip_prefix(ancestor.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self {
            Self::All => true,
            Self::Include(names) => among(names),
            Self::Exclude(names) => !among(names),
        }
    }
}

impl FieldLock {
    /// What a lock that cannot be read stands for.
    pub(crate) const STRICTEST: Self = Self { fields: FieldSelection::All, permission: Some(Permission::NoChanges) };

    /// The lock dictionary of a signature field's dictionary.
    pub(crate) fn read(view: View<'_>, field: &Dictionary) -> Result<Option<Self>> {
        Ok(match view.entry(field, "Lock")? {
            Object::Null => None,
            Object::Dictionary(lock) => {
                Some(Self { fields: FieldSelection::read(view, &lock)?, permission: Permission::read(view, &lock)? })
            }
            _ => Some(Self::STRICTEST),
        })
    }
}

/// The names in `/Fields`; `None` where it is absent or holds anything else.
fn field_names(view: View<'_>, dictionary: &Dictionary) -> Result<Option<Vec<String>>> {
    let Object::Array(items) = view.entry(dictionary, "Fields")? else { return Ok(None) };
    let mut names = Vec::new();
    for item in &items {
        match view.resolve(item)?.as_string() {
            Some(string) => names.push(read_text_string(string)),
            None => return Ok(None),
        }
    }
    Ok(Some(names))
}
