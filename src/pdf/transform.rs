//! What a signature or field permits to change later: transform methods and field locks, read and written
//! (ISO 32000-2, 12.8.2, and 12.7.5.5, table 236).
//!
//! Invariant: what cannot be read permits nothing.
//!
//! Nouns: [`Certification`], [`FieldLock`] with its [`FieldSelection`]; [`Transform`] is where a signature says them.

use std::fmt;

use crate::error::Result;
use crate::pdf::object::{Array, Dictionary, Object, Ref};
use crate::pdf::text::{read_text_string, text_string};
use crate::pdf::view::View;

/// A signature reference dictionary (12.8.1, table 256).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Transform {
    /// A certification: what may change in the whole document.
    DocMdp(Certification),
    /// The fields that may not change.
    FieldMdp(FieldSelection),
    /// Another method, such as the usage rights `UR3`, by name.
    Other(String),
    /// An entry that cannot be read as a signature reference.
    Unreadable,
}

/// What may still change in a document once it is certified or locked, from least to most (ISO 32000-2, 12.8.2.2,
/// table 257).
///
/// Evidence and document timestamps are no changes under any of them, says the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certification {
    /// Nothing (P = 1): nobody can sign after it.
    ///
    /// A trap where the file is to stay verifiable for long: Acrobat and Foxit call such a signature invalid as soon as
    /// evidence or a document timestamp is added, though ISO 32000-2, 12.8.2.2.1 permits both. Use
    /// [`FillForms`](Self::FillForms) then.
    NoChanges,
    /// Forms may be filled in and signed (P = 2).
    FillForms,
    /// As [`FillForms`](Self::FillForms), and annotations may be added, changed and removed (P = 3).
    Annotate,
}

/// Which fields a `FieldMDP` or lock is about, by fully qualified names; a name stands for its descendants, too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FieldSelection {
    All,
    Include(Vec<String>),
    Exclude(Vec<String>),
}

/// What a signature in a field will freeze, once it is there: a lock dictionary (ISO 32000-2, 12.7.5.5, table 236).
///
/// Names are fully qualified; the name of a group stands for all fields below it.
///
/// # Examples
/// ```
/// use pades_ltv::{Certification, FieldLock};
///
/// let amounts = FieldLock::include(["amount", "date"]);
/// let everything = FieldLock::all().permission(Certification::NoChanges);
/// # let _ = (amounts, everything);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldLock {
    pub(crate) fields: FieldSelection,
    pub(crate) permission: Option<Certification>,
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
            Some("DocMDP") => Self::DocMdp(Certification::read(view, &parameters)?.unwrap_or(Certification::FillForms)),
            Some("FieldMDP") => Self::FieldMdp(FieldSelection::read(view, &parameters)?),
            Some(other) => Self::Other(other.to_owned()),
            None => Self::Unreadable,
        })
    }
}

impl Certification {
    /// The number that stands for it as `/P`.
    pub fn level(self) -> u8 {
        match self {
            Self::NoChanges => 1,
            Self::FillForms => 2,
            Self::Annotate => 3,
        }
    }

    /// What `level` stands for, if anything.
    pub(crate) fn from_level(level: i64) -> Option<Self> {
        [Self::NoChanges, Self::FillForms, Self::Annotate].into_iter().find(|one| i64::from(one.level()) == level)
    }

    /// `/P`: none where it is absent, the strictest where it is no permission.
    fn read(view: View<'_>, dictionary: &Dictionary) -> Result<Option<Self>> {
        Ok(match view.entry(dictionary, "P")? {
            Object::Null => None,
            Object::Integer(level) => Some(Self::from_level(level).unwrap_or(Self::NoChanges)),
            _ => Some(Self::NoChanges),
        })
    }

    fn to_object(self) -> Object {
        Object::Integer(self.level().into())
    }
}

impl fmt::Display for Certification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoChanges => "no changes (P 1)",
            Self::FillForms => "filling in forms and signing (P 2)",
            Self::Annotate => "filling in forms, signing and annotating (P 3)",
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

    /// Sets `/Action` and `/Fields`, as lock dictionaries and the parameters of `FieldMDP` have them.
    fn write(&self, dictionary: &mut Dictionary) {
        let (action, names) = match self {
            Self::All => ("All", None),
            Self::Include(names) => ("Include", Some(names)),
            Self::Exclude(names) => ("Exclude", Some(names)),
        };
        dictionary.set("Action", Object::name(action));
        if let Some(names) = names {
            let names = names.iter().map(|name| Object::String(text_string(name)));
            dictionary.set("Fields", Object::Array(names.collect()));
        }
    }
}

impl FieldLock {
    /// Freezes every field of the form.
    pub fn all() -> Self {
        Self { fields: FieldSelection::All, permission: None }
    }

    /// Freezes the fields of these names.
    pub fn include<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { fields: FieldSelection::Include(names.into_iter().map(Into::into).collect()), permission: None }
    }

    /// Freezes every field but those of these names.
    pub fn exclude<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { fields: FieldSelection::Exclude(names.into_iter().map(Into::into).collect()), permission: None }
    }

    /// Says also what may still change in the whole document (PDF 2.0). It can only take away from what earlier
    /// signatures left.
    #[must_use]
    pub fn permission(mut self, permission: Certification) -> Self {
        self.permission = Some(permission);
        self
    }

    /// What a lock that cannot be read stands for.
    pub(crate) const STRICTEST: Self = Self { fields: FieldSelection::All, permission: Some(Certification::NoChanges) };

    /// The lock dictionary of a signature field's dictionary.
    pub(crate) fn read(view: View<'_>, field: &Dictionary) -> Result<Option<Self>> {
        Ok(match view.entry(field, "Lock")? {
            Object::Null => None,
            Object::Dictionary(lock) => {
                Some(Self { fields: FieldSelection::read(view, &lock)?, permission: Certification::read(view, &lock)? })
            }
            _ => Some(Self::STRICTEST),
        })
    }

    /// The lock dictionary of a new field.
    pub(crate) fn to_dictionary(&self) -> Object {
        let mut lock = Dictionary::of([("Type", Object::name("SigFieldLock"))]);
        self.fields.write(&mut lock);
        if let Some(permission) = self.permission {
            lock.set("P", permission.to_object());
        }
        Object::Dictionary(lock)
    }
}

/// The `/Reference` of a signature that certifies, or that stands in a locked field; none where it does neither.
// Departs: table 256 asks for /DigestMethod, which nothing uses since PDF 1.7; Acrobat and pyHanko leave it out, too.
// Test: references_are_read_back.
pub(crate) fn references(
    certification: Option<Certification>,
    lock: Option<&FieldLock>,
    catalog: Ref,
) -> Option<Object> {
    let certified = certification.map(|permission| {
        let mut parameters = parameters();
        parameters.set("P", permission.to_object());
        reference("DocMDP", parameters)
    });
    let locked = lock.map(|lock| {
        let mut parameters = parameters();
        lock.fields.write(&mut parameters);
        // Departs: table 259 knows no /P; the lock dictionary has it, and Acrobat and pyHanko repeat it here.
        // Test: references_are_read_back.
        if let Some(permission) = lock.permission {
            parameters.set("P", permission.to_object());
        }
        let mut reference = reference("FieldMDP", parameters);
        // Required for this method alone (table 256); all of the document is looked at.
        reference.set("Data", Object::Reference(catalog));
        reference
    });
    let references: Array = certified.into_iter().chain(locked).map(Object::Dictionary).collect();
    (!references.is_empty()).then_some(Object::Array(references))
}

fn parameters() -> Dictionary {
    Dictionary::of([("Type", Object::name("TransformParams")), ("V", Object::name("1.2"))])
}

fn reference(method: &str, parameters: Dictionary) -> Dictionary {
    Dictionary::of([
        ("Type", Object::name("SigRef")),
        ("TransformMethod", Object::name(method)),
        ("TransformParams", Object::Dictionary(parameters)),
    ])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::document::Document;
    use crate::pdf::serializer::serialize;
    use crate::pdf::specimen;

    #[test]
    fn references_are_read_back() {
        let catalog = Ref { number: 1, generation: 0 };
        let lock = FieldLock::include(["金額", "a.b"]).permission(Certification::NoChanges);
        let written = references(Some(Certification::Annotate), Some(&lock), catalog).unwrap();
        let text = String::from_utf8(serialize(&written)).unwrap().replace('\n', " ");
        assert!(!text.contains("DigestMethod") && text.contains("/Data 1 0 R"), "{text}");
        assert!(text.contains("/Action /Include") && text.contains("/P 1"), "{text}");
        let body = format!("<< /Reference {text} /Lock {} >>", {
            String::from_utf8(serialize(&lock.to_dictionary())).unwrap()
        });
        let pdf = specimen::table_pdf(&specimen::one_page_with(&[(4, &body)]), "");
        let document = Document::open(&pdf).unwrap();
        let view = document.latest();
        let found = view.get(Ref { number: 4, generation: 0 }).unwrap();
        let found = found.as_dictionary().unwrap();
        let expected = [Transform::DocMdp(Certification::Annotate), Transform::FieldMdp(lock.fields.clone())];
        assert_eq!(Transform::all(view, found).unwrap(), expected);
        assert_eq!(FieldLock::read(view, found).unwrap(), Some(lock));
        assert_eq!(references(None, None, catalog), None);
    }
}
